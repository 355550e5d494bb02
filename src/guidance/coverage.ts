import { dangerFlow } from './outcome.ts';
import { paths } from './paths.ts';
import type { CLAUSE_KINDS, Organisation, Outcome } from './types.ts';

/** The kinds of clause that ask or allow something, so that an answer must rest on each. */
export const OPERATIVE: readonly (typeof CLAUSE_KINDS)[number][] = [
  'duty',
  'prohibition',
  'permission',
  'route',
  'warning',
];

export type Coverage = {
  readonly organisation: string;
  readonly clauses: readonly {
    readonly id: string;
    readonly kind: (typeof CLAUSE_KINDS)[number];
    /** `flow/outcome` of each outcome that cites it. */
    readonly outcomes: readonly string[];
    readonly 'not-decidable'?: string;
  }[];
  readonly outcomes: readonly { readonly outcome: string; readonly clauses: readonly string[] }[];
};

/** Which outcomes rest on which clauses, both ways round. */
export function coverageOf(organisation: Organisation): Coverage {
  const outcomes = [...organisation.flows.values()].flatMap((flow) =>
    Object.entries(flow.outcomes).map(([id, outcome]) => ({
      outcome: `${flow.flow}/${id}`,
      clauses: clausesOf(outcome),
    })),
  );
  return {
    organisation: organisation.id,
    clauses: organisation.clauses.map((clause) => ({
      id: clause.id,
      kind: clause.kind,
      outcomes: outcomes.filter((one) => one.clauses.includes(clause.id)).map((one) => one.outcome),
      ...(clause['not-decidable'] === undefined ? {} : { 'not-decidable': clause['not-decidable'] }),
    })),
    outcomes,
  };
}

/** Each clause that an outcome's steps cite, once. */
export function clausesOf(outcome: Outcome): string[] {
  return [...new Set(outcome.steps.flatMap((step) => step.clauses))];
}

/** One way through one flow, with all that it comes to. */
export type PathRecord = {
  readonly organisation: string;
  readonly flow: string;
  readonly responses: Readonly<Record<string, string>>;
  readonly outcome: string;
  readonly verdict: Outcome['verdict'];
  readonly clauses: readonly string[];
  readonly route?: string;
  readonly urgency?: string;
};

/** Every way through every flow, the danger flow first, then in the order of the files. */
export function pathsOf(organisation: Organisation): PathRecord[] {
  const danger = dangerFlow(organisation);
  const flows = [...organisation.flows.values()].toSorted(
    (a, b) => Number(b.flow === danger) - Number(a.flow === danger) || a.flow.localeCompare(b.flow),
  );
  return flows.flatMap((flow) =>
    paths(flow).flatMap(({ answers, outcome: id }) => {
      const outcome = flow.outcomes[id];
      if (outcome === undefined) return [];
      const { escalate } = outcome;
      return [
        {
          organisation: organisation.id,
          flow: flow.flow,
          responses: Object.fromEntries(answers.map((answer) => [answer.id, answer.option.option])),
          outcome: id,
          verdict: outcome.verdict,
          clauses: clausesOf(outcome),
          ...(escalate === undefined ? {} : { route: escalate.route, urgency: escalate.urgency }),
        },
      ];
    }),
  );
}

/** "filming: danger=no who=visitor -> tell-the-senior | act-now | WAHT-4.2 | senior-on-duty immediate" */
export function pathLine(path: PathRecord): string {
  const answers = Object.entries(path.responses).map(([question, option]) => `${question}=${option}`);
  const raised = path.route === undefined ? 'not raised' : `${path.route} ${path.urgency}`;
  const way = [`${path.flow}:`, ...answers, '->', path.outcome].join(' ');
  return [way, path.verdict, path.clauses.join(' '), raised].join(' | ');
}
