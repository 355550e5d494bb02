import type { Parsed } from './source.ts';
import type {
  Citation,
  ClausesFile,
  Contact,
  FlowFile,
  NationalFile,
  OrganisationFile,
  Outcome,
  PlainEnglishFile,
  Question,
  SharedFile,
  SmallTalkFile,
  SynonymsFile,
} from './types.ts';

/** One organisation's files as written, before they are joined: what the checks read. */
export type OrganisationSource = {
  readonly folder: string;
  readonly settings: Parsed<OrganisationFile>;
  readonly clauses: Parsed<ClausesFile>;
  readonly shared: readonly Parsed<SharedFile>[];
  readonly flows: readonly Parsed<FlowFile>[];
  readonly national: Parsed<NationalFile>;
  readonly smallTalk: Parsed<SmallTalkFile>;
  readonly plainEnglish: Parsed<PlainEnglishFile>;
  /** The national shorthand, then the organisation's own where it has any. */
  readonly synonyms: readonly Parsed<SynonymsFile>[];
};

/** By id, all that the organisation's outcomes may cite. */
export function citationsOf(source: OrganisationSource): ReadonlyMap<string, Citation> {
  return new Map<string, Citation>([
    ...source.clauses.value.clauses.map(({ id, section, summary }): [string, Citation] => [
      id,
      { kind: 'clause', id, section, summary },
    ]),
    ...source.national.value.facts.map(({ id, summary, source: from }): [string, Citation] => [
      id,
      { kind: 'national', id, summary, source: from },
    ]),
  ]);
}

/** By id, all whom the organisation's outcomes may name. The organisation's own entry wins over the national one. */
export function contactsOf(source: OrganisationSource): ReadonlyMap<string, Contact> {
  return new Map([
    ...Object.entries(source.national.value.contacts),
    ...Object.entries(source.settings.value.contacts),
  ]);
}

/** A flow's own questions and outcomes with those shared ones that it can reach. */
export function joinNodes(
  flow: FlowFile,
  shared: readonly Parsed<SharedFile>[],
): { questions: Record<string, Question>; outcomes: Record<string, Outcome> } {
  const allQuestions = Object.assign({}, ...shared.map((file) => file.value.questions), flow.questions);
  const allOutcomes = Object.assign({}, ...shared.map((file) => file.value.outcomes), flow.outcomes);
  const questions: Record<string, Question> = { ...flow.questions };
  const outcomes: Record<string, Outcome> = { ...flow.outcomes };
  const visited = new Set<string>();
  const visit = (id: string): void => {
    if (visited.has(id)) return;
    visited.add(id);
    const question: Question | undefined = Object.hasOwn(allQuestions, id) ? allQuestions[id] : undefined;
    if (question !== undefined) {
      questions[id] = question;
      for (const option of question.options) visit(option.next);
    }
    const outcome: Outcome | undefined = Object.hasOwn(allOutcomes, id) ? allOutcomes[id] : undefined;
    if (outcome !== undefined) outcomes[id] = outcome;
  };
  visit(flow.start);
  return { questions, outcomes };
}
