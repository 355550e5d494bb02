import type { FlowView } from '../../../web/desk/contract.ts';

export type Question = FlowView['questions'][string];
export type Option = Question['options'][number];
export type Outcome = FlowView['outcomes'][string];
export type Path = FlowView['paths'][number];

/** One question that has been answered. */
export type Given = { readonly id: string; readonly question: Question; readonly option: Option };

/** Where a reader stands in a topic, and how they came there. */
export type Walk = {
  readonly given: readonly Given[];
  readonly at:
    | { readonly kind: 'question'; readonly id: string; readonly question: Question }
    | { readonly kind: 'outcome'; readonly id: string; readonly outcome: Outcome }
    /** The topic leads nowhere from here. Checked guidance has no such place. */
    | { readonly kind: 'nowhere'; readonly id: string };
};

/**
 * Follows a topic from its start.
 *
 * @param options The option at each question, in order. What the topic does not offer, and all after it, is left out: a
 *   link may be older than the guidance.
 */
export function follow(flow: FlowView, options: readonly string[]): Walk {
  const given: Given[] = [];
  let id = flow.start;
  for (const chosen of options) {
    const question = flow.questions[id];
    const option = question?.options.find((candidate) => candidate.option === chosen);
    if (question === undefined || option === undefined) break;
    given.push({ id, question, option });
    id = option.next;
  }
  return { given, at: placeOf(flow, id) };
}

function placeOf(flow: FlowView, id: string): Walk['at'] {
  const question = flow.questions[id];
  if (question !== undefined) return { kind: 'question', id, question };
  const outcome = flow.outcomes[id];
  return outcome === undefined ? { kind: 'nowhere', id } : { kind: 'outcome', id, outcome };
}

/** The options that lead to an answer by the first way that the topic lists. Empty where no way does. */
export function wayTo(flow: FlowView, outcome: string): readonly string[] {
  return flow.paths.find((path) => path.outcome === outcome)?.options ?? [];
}

// In the address of the page, so that a place in a topic has a link.

const WALK = 'walk';
/** In place of a walk: an answer, to which the page then finds the way. */
const ANSWER = 'answer';

export function optionsIn(flow: FlowView, search: URLSearchParams): readonly string[] {
  const answer = search.get(ANSWER);
  if (answer !== null) return wayTo(flow, answer);
  return search.get(WALK)?.split(',') ?? [];
}

export function walkQuery(options: readonly string[]): string {
  return options.length === 0 ? '' : `?${new URLSearchParams({ [WALK]: options.join(',') })}`;
}

export function answerQuery(outcome: string): string {
  return `?${new URLSearchParams({ [ANSWER]: outcome })}`;
}
