import type { Flow, Organisation } from '../types.ts';
import type { Utterance } from './evaluate.ts';

/** A message, and the flow that it was meant for where it was meant for one. */
export type Taught = { readonly utterance: Utterance; readonly flow?: string };

/** The organisation as it would be with these messages among its examples. */
export function withExamples(organisation: Organisation, taught: readonly Taught[]): Organisation {
  const textsOf = (kind: Utterance['kinds'][number]): string[] =>
    taught.filter(({ utterance }) => utterance.kinds.includes(kind)).map(({ utterance }) => utterance.text);
  const flows = [...organisation.flows].map(([id, flow]): [string, Flow] => {
    const added = taught.filter((one) => one.flow === id).map(({ utterance }) => utterance.text);
    return [id, { ...flow, examples: [...flow.examples, ...added] }];
  });
  const { smallTalk } = organisation;
  return {
    ...organisation,
    flows: new Map(flows),
    smallTalk: {
      ...smallTalk,
      danger: [...smallTalk.danger, ...textsOf('red_flag')],
      'off-topic': [...smallTalk['off-topic'], ...textsOf('out_of_scope')],
      greetings: [...smallTalk.greetings, ...textsOf('smalltalk')],
    },
  };
}

/** Every nth item of a list makes one fold, so that each fold has some of everything. */
export function foldsOf<T>(items: readonly T[], amount: number): { held: T[]; others: T[] }[] {
  return Array.from({ length: amount }, (_, fold) => ({
    held: items.filter((_, index) => index % amount === fold),
    others: items.filter((_, index) => index % amount !== fold),
  }));
}
