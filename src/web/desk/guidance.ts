import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { sayHours } from '../../escalation/hours.ts';
import { clausesOf, coverageOf } from '../../guidance/coverage.ts';
import { diagram } from '../../guidance/diagram.ts';
import { citationsIn, contactsIn } from '../../guidance/outcome.ts';
import { paths } from '../../guidance/paths.ts';
import type { Citation, Contact, Flow, Organisation, Outcome, Question } from '../../guidance/types.ts';
import { sayFor } from '../../words/say.ts';
import type { DeskContact, FlowView, GuidanceList, GuidancePaths } from './contract.ts';

/** All that an organisation's guidance says, as the desk shows it: nothing here knows of a reader, a clock or a referral. */

/** The policy, its topics with the danger flow first, and each clause with the answers that rest on it. */
export function guidanceList(organisation: Organisation): GuidanceList {
  const { policy, approval, settings } = organisation;
  return {
    policy: {
      title: policy.title,
      version: policy.version ?? null,
      approved: policy.approved ?? null,
      reviewDue: policy['review-due'] ?? null,
      owner: policy.owner,
      link: policy.link ?? null,
    },
    approval: approval === undefined ? null : { role: approval.role, date: approval.date },
    content: organisation.content,
    groups: settings.groups.map(({ id, title }) => ({ id, name: title })),
    flows: dangerFirst(organisation).map((flow) => ({
      id: flow.flow,
      title: flow.title,
      group: flow.group,
      danger: flow.danger,
      paths: paths(flow).length,
      outcomes: Object.keys(flow.outcomes).length,
      edition: flow.edition,
    })),
    clauses: clausesIn(organisation),
  };
}

/** Every way through every topic, the danger flow first. */
export function guidancePaths(organisation: Organisation): GuidancePaths {
  return {
    flows: dangerFirst(organisation).map((flow) => ({ id: flow.flow, title: flow.title, paths: pathsIn(flow) })),
  };
}

/**
 * One flow, to be walked in the page. Undefined where the organisation has no such flow.
 *
 * @param draw Gives the SVG of a flow: see `loadDrawing`.
 */
export function flowView(organisation: Organisation, id: string, draw: (flow: Flow) => string): FlowView | undefined {
  const flow = organisation.flows.get(id);
  if (flow === undefined) return undefined;
  return {
    id,
    title: flow.title,
    start: flow.start,
    edition: flow.edition,
    diagram: draw(flow),
    questions: mapValues(flow.questions, questionView),
    outcomes: mapValues(flow.outcomes, (outcome) => outcomeView(organisation, outcome)),
    paths: pathsIn(flow),
  };
}

/** Loads what draws flows as SVG. A flow is drawn once for each edition of it. */
export async function loadDrawing(): Promise<(flow: Flow) => string> {
  const graphviz = await Graphviz.load();
  const drawn = new Map<string, string>();
  return (flow) => {
    // An edition is the hash of all that a flow shows, and so of what is drawn.
    const svg = drawn.get(flow.edition) ?? withoutProlog(graphviz.dot(diagram(flow)));
    drawn.set(flow.edition, svg);
    return svg;
  };
}

function withoutProlog(svg: string): string {
  return svg.slice(svg.indexOf('<svg'));
}

function dangerFirst(organisation: Organisation): Flow[] {
  return [...organisation.flows.values()].toSorted((a, b) => Number(b.danger) - Number(a.danger));
}

function clausesIn(organisation: Organisation): GuidanceList['clauses'] {
  const { clauses } = coverageOf(organisation);
  const behind = new Map(clauses.map(({ id, outcomes }) => [id, outcomes]));
  return organisation.clauses.map((clause) => ({
    id: clause.id,
    section: clause.section,
    kind: clause.kind,
    summary: clause.summary,
    usedIn: (behind.get(clause.id) ?? []).flatMap((place) => usedIn(organisation, place)),
    notDecidable: clause['not-decidable'] ?? null,
  }));
}

/** @param place `flow/outcome`, as the coverage names it. */
function usedIn(organisation: Organisation, place: string): GuidanceList['clauses'][number]['usedIn'] {
  const [id = '', outcome = ''] = place.split('/');
  const flow = organisation.flows.get(id);
  const headline = flow?.outcomes[outcome]?.headline;
  return flow === undefined || headline === undefined ? [] : [{ flow: id, title: flow.title, outcome, headline }];
}

function pathsIn(flow: Flow): FlowView['paths'] {
  return paths(flow).flatMap(({ answers, outcome: id }) => {
    const outcome = flow.outcomes[id];
    if (outcome === undefined) return [];
    return {
      answers: answers.map(({ question, option }) => ({ question: question.short, answer: option.label })),
      options: answers.map(({ option }) => option.option),
      outcome: id,
      headline: outcome.headline,
      verdict: outcome.verdict,
      clauses: clausesOf(outcome),
    };
  });
}

function questionView({ ask, why, danger, options }: Question): FlowView['questions'][string] {
  return { ask, why, danger, options: options.map(({ option, label, next }) => ({ option, label, next })) };
}

function outcomeView(organisation: Organisation, outcome: Outcome): FlowView['outcomes'][string] {
  return {
    verdict: outcome.verdict,
    headline: outcome.headline,
    steps: outcome.steps,
    policySilent: outcome['policy-silent'] ?? null,
    contacts: contactsIn(organisation, outcome).map((contact) => contactAtDesk(organisation, contact)),
    citations: citationsIn(organisation, outcome).map(cited),
    raise: raiseView(organisation, outcome),
  };
}

function raiseView({ settings }: Organisation, { escalate }: Outcome): FlowView['outcomes'][string]['raise'] {
  const route = escalate && settings.routes[escalate.route];
  if (escalate === undefined || route === undefined) return null;
  return {
    route: route.title,
    urgency: escalate.urgency,
    category: settings.categories[escalate.category] ?? escalate.category,
  };
}

/** A clause, or a national fact with the public source that it is from. */
export function cited(citation: Citation): FlowView['outcomes'][string]['citations'][number] {
  const { id, summary } = citation;
  if (citation.kind === 'clause') return { id, section: citation.section, summary };
  const { title, link } = citation.source;
  return { id, section: null, summary: `${summary} Source: ${title}, ${link}` };
}

/** A contact in words that hold at any hour. */
export function contactAtDesk(organisation: Organisation, contact: Contact): DeskContact {
  const { role, phone, email, link, note } = contact;
  const isUnset = contact['set-before-live'] && phone === undefined && email === undefined;
  const words = [
    note,
    contact['in-hours-only'] ? `Phone answered ${sayHours(sayFor(organisation), organisation.settings)}.` : undefined,
    link,
    isUnset ? 'Your Trust has not told Signpost how to reach them.' : undefined,
  ];
  return {
    role,
    phone: phone ?? null,
    email: email ?? null,
    note: words.filter((part) => part !== undefined).join(' '),
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
