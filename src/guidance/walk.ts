import type { Flow, Option, Outcome, Question } from './types.ts';

/** The option chosen for each question, by question id. The order does not matter: the flow gives it. */
export type Responses = Readonly<Record<string, string>>;

/** One question that has been answered on the way. */
export type Answer = {
  readonly id: string;
  readonly question: Question;
  readonly option: Option;
};

/** Where a walk stands once its responses are replayed. */
export type Position =
  | { readonly at: 'question'; readonly id: string; readonly question: Question; readonly answers: readonly Answer[] }
  | { readonly at: 'outcome'; readonly id: string; readonly outcome: Outcome; readonly answers: readonly Answer[] }
  /** A response names an option that this flow does not have. */
  | { readonly at: 'nowhere'; readonly id: string };

/** Replays responses from the start of a flow, as far as they go. */
export function walk(flow: Flow, responses: Responses): Position {
  const answers: Answer[] = [];
  let id = flow.start;
  // A checked flow has no cycle, so no walk asks more questions than the flow has.
  while (answers.length <= Object.keys(flow.questions).length) {
    const outcome = own(flow.outcomes, id);
    if (outcome !== undefined) return { at: 'outcome', id, outcome, answers };
    const question = own(flow.questions, id);
    if (question === undefined) break;
    const chosen = own(responses, id);
    if (chosen === undefined) return { at: 'question', id, question, answers };
    const option = question.options.find((candidate) => candidate.option === chosen);
    if (option === undefined) break;
    answers.push({ id, question, option });
    id = option.next;
  }
  return { at: 'nowhere', id };
}

/** The responses after choosing an option: later answers stay where they still lie on the way, and no others. */
export function answer(flow: Flow, responses: Responses, question: string, option: string): Responses {
  const next = { ...responses, [question]: option };
  const position = walk(flow, next);
  return position.at === 'nowhere' ? next : responsesOf(position.answers);
}

/** The responses without their last answer. */
export function back(flow: Flow, responses: Responses): Responses {
  const position = walk(flow, responses);
  return position.at === 'nowhere' ? {} : responsesOf(position.answers.slice(0, -1));
}

/** The responses with one answer taken out, so that its question is asked again and the later answers are kept. */
export function change(responses: Responses, question: string): Responses {
  return Object.fromEntries(Object.entries(responses).filter(([id]) => id !== question));
}

/** Answers given beforehand to questions that may still be asked on the way on, in the order of the flow. */
export function waiting(flow: Flow, responses: Responses): Answer[] {
  const position = walk(flow, responses);
  if (position.at !== 'question') return [];
  const found: Answer[] = [];
  const visited = new Set<string>([position.id]);
  const visit = (id: string): void => {
    const question = own(flow.questions, id);
    if (question === undefined || visited.has(id)) return;
    visited.add(id);
    const chosen = own(responses, id);
    const option = question.options.find((candidate) => candidate.option === chosen);
    if (option !== undefined) found.push({ id, question, option });
    for (const next of option === undefined ? question.options : [option]) visit(next.next);
  };
  for (const option of position.question.options) visit(option.next);
  return found;
}

function responsesOf(answers: readonly Answer[]): Responses {
  return Object.fromEntries(answers.map((given) => [given.id, given.option.option]));
}

/** Looks a key up without finding what every object inherits. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
