import { z } from 'zod';
import type { Found } from './finder.ts';

/** A message of an evaluation set, as one line of JSON. */
export const Utterance = z
  .object({
    id: z.string().min(1),
    organisation: z.string().min(1),
    text: z.string().min(1),
    kinds: z.array(z.enum(['in_scope', 'red_flag', 'out_of_scope', 'smalltalk'])).min(1),
    /** The clauses that a right first answer rests on, the most important first. */
    clauses: z.array(z.string()),
  })
  .readonly();
export type Utterance = z.infer<typeof Utterance>;

export type Answered = { readonly utterance: Utterance; readonly found: Found; readonly ranks: readonly boolean[] };

/** A share with its 95% confidence interval (Wilson). */
export type Share = {
  readonly hits: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
};

export type Evaluation = {
  /** The first flow cites the message's first clause. */
  readonly top1: Share;
  /** One of the three flows does. */
  readonly top3: Share;
  /** Mean reciprocal rank of the first flow that does. */
  readonly meanReciprocalRank: number;
  /** In-scope messages that were offered a flow. */
  readonly kept: Share;
  /** Out-of-scope messages that were offered none. */
  readonly rejected: Share;
  /** Grave messages that got the danger card. */
  readonly dangerRecall: Share;
  /** Messages that are not grave and got it too. */
  readonly falseAlarms: Share;
  /** Greetings, thanks and the like that were known as such. */
  readonly smallTalk: Share;
  /** What was meant and what came first, most frequent first. */
  readonly confusions: readonly { readonly clause: string; readonly flow: string; readonly times: number }[];
  readonly misses: readonly { readonly id: string; readonly why: string; readonly text: string }[];
};

/** Measures answers against what was right. */
export function evaluate(answers: readonly Answered[]): Evaluation {
  const inScope = answers.filter(({ utterance }) => isInScope(utterance));
  const outOfScope = answers.filter(({ utterance }) => utterance.kinds.includes('out_of_scope'));
  const grave = answers.filter(({ utterance }) => utterance.kinds.includes('red_flag'));
  const harmless = answers.filter(({ utterance }) => !utterance.kinds.includes('red_flag'));
  const smallTalk = answers.filter(({ utterance }) => utterance.kinds.includes('smalltalk'));
  const reciprocal = inScope.map(({ ranks }) => (ranks.includes(true) ? 1 / (ranks.indexOf(true) + 1) : 0));
  return {
    top1: shareOf(inScope, ({ ranks }) => ranks[0] === true),
    top3: shareOf(inScope, ({ ranks }) => ranks.includes(true)),
    meanReciprocalRank: inScope.length === 0 ? 0 : reciprocal.reduce((sum, one) => sum + one, 0) / inScope.length,
    kept: shareOf(inScope, ({ found }) => found.answer === 'offer'),
    rejected: shareOf(outOfScope, ({ found }) => found.answer !== 'offer'),
    dangerRecall: shareOf(grave, ({ found }) => found.danger),
    falseAlarms: shareOf(harmless, ({ found }) => found.danger),
    smallTalk: shareOf(smallTalk, ({ found }) => found.answer === 'greeting'),
    confusions: confusionsIn(inScope),
    misses: answers.flatMap(missesIn),
  };
}

function isInScope({ kinds }: Utterance): boolean {
  return kinds.includes('in_scope') || kinds.includes('red_flag');
}

function shareOf(all: readonly Answered[], isHit: (answer: Answered) => boolean): Share {
  return wilson(all.filter(isHit).length, all.length);
}

const Z = 1.96;

/** Wilson's interval: honest for small samples and for shares near 0 or 1. */
export function wilson(hits: number, of: number): Share {
  if (of === 0) return { hits, of, share: 0, low: 0, high: 1 };
  const share = hits / of;
  const middle = share + (Z * Z) / (2 * of);
  const spread = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  return { hits, of, share, low: (middle - spread) / scale, high: (middle + spread) / scale };
}

function confusionsIn(answers: readonly Answered[]): Evaluation['confusions'] {
  const times = new Map<string, number>();
  for (const { utterance, found, ranks } of answers) {
    if (ranks[0] === true) continue;
    const key = JSON.stringify([utterance.clauses[0] ?? '', found.flows[0]?.flow ?? found.answer]);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return [...times]
    .map(([key, amount]) => {
      const [clause = '', flow = ''] = JSON.parse(key) as string[];
      return { clause, flow, times: amount };
    })
    .sort((a, b) => b.times - a.times);
}

const PLACES: readonly (string | undefined)[] = ['right first', 'right second', 'right third'];

function missesIn({ utterance, found, ranks }: Answered): Evaluation['misses'] {
  const { id, text, kinds } = utterance;
  const miss = (why: string): Evaluation['misses'] => [{ id, why, text }];
  const offered = found.flows.map(({ flow }) => flow).join(', ');
  const isGrave = kinds.includes('red_flag');
  return [
    ...(isGrave && !found.danger ? miss('danger missed') : []),
    ...(!isGrave && found.danger ? miss('false alarm') : []),
    ...(isInScope(utterance) && found.answer !== 'offer' ? miss(`not kept: ${found.answer}`) : []),
    ...(isInScope(utterance) && found.answer === 'offer' && ranks[0] !== true
      ? miss(`${PLACES[ranks.indexOf(true)] ?? 'not among three'}: ${offered}`)
      : []),
    ...(kinds.includes('out_of_scope') && found.answer === 'offer' ? miss(`forced fit: ${offered}`) : []),
    ...(kinds.includes('smalltalk') && found.answer !== 'greeting'
      ? miss(`small talk: ${found.answer === 'offer' ? offered : found.answer}`)
      : []),
  ];
}
