import type { Flow, SmallTalkFile } from '../types.ts';
import { count, type Features, rarityIn, weigh } from './features.ts';

export type Ranked = { readonly flow: string; readonly title: string; readonly score: number };

/** What a typed message seems to be about. */
export type Found = {
  readonly answer: 'offer' | 'none' | 'greeting';
  /** True where the message may be about somebody in danger: the danger card then comes first. */
  readonly danger: boolean;
  /** Best first, three at most, without the danger flow. Empty unless `answer` is "offer". */
  readonly flows: readonly Ranked[];
};

export type Finder = { find(text: string): Found };

const NOTHING = ' nothing';
const GREETING = ' greeting';
const OFFERED = 3;
/** Below this probability of being about danger, nothing is said of it. Low, since a miss is worse than a false alarm. */
const DANGER_FROM = 0.2;

/**
 * Learns to tell flows apart from their own examples, by multinomial logistic regression over TF-IDF of words and
 * characters. The same content always gives the same finder.
 */
export function trainFinder(flows: readonly Flow[], smallTalk: SmallTalkFile): Finder {
  const labelled = [
    ...flows.flatMap((flow) => [flow.title, ...flow.examples].map((text) => ({ text, label: flow.flow }))),
    ...smallTalk['off-topic'].map((text) => ({ text, label: NOTHING })),
    ...smallTalk.greetings.map((text) => ({ text, label: GREETING })),
  ];
  const counts = labelled.map(({ text }) => count(text));
  const rarity = rarityIn(counts);
  const samples = counts.map((counted, index) => ({
    features: weigh(counted, rarity),
    label: labelled[index]?.label ?? NOTHING,
  }));
  const probabilities = trainClassifier(samples);
  const byId = new Map(flows.map((flow) => [flow.flow, flow]));
  return {
    find(text) {
      const features = weigh(count(text), rarity);
      if (features.size === 0) return { answer: 'none', danger: false, flows: [] };
      const ranked = [...probabilities(features)].sort((a, b) => b[1] - a[1]);
      const [best] = ranked[0] ?? [NOTHING];
      let danger = 0;
      const offered: Ranked[] = [];
      for (const [label, score] of ranked) {
        const flow = byId.get(label);
        if (flow?.danger) danger += score;
        else if (flow !== undefined) offered.push({ flow: label, title: flow.title, score });
      }
      const isDanger = danger >= DANGER_FROM;
      if (!isDanger && best === GREETING) return { answer: 'greeting', danger: false, flows: [] };
      if (!isDanger && best === NOTHING) return { answer: 'none', danger: false, flows: [] };
      return { answer: 'offer', danger: isDanger, flows: offered.slice(0, OFFERED) };
    },
  };
}

type Sample = { readonly features: Features; readonly label: string };

const PASSES = 60;
const RATE = 2;
const DECAY = 1e-4;

/** Multinomial logistic regression by gradient descent, in a fixed order, so that training is repeatable. */
function trainClassifier(samples: readonly Sample[]): (features: Features) => Map<string, number> {
  const labels = [...new Set(samples.map(({ label }) => label))];
  const columns = new Map<string, number>();
  for (const { features } of samples)
    for (const name of features.keys()) if (!columns.has(name)) columns.set(name, columns.size);
  const weights = labels.map(() => new Float64Array(columns.size + 1));
  const size = new Map(labels.map((label) => [label, samples.filter((sample) => sample.label === label).length]));
  const rows = samples.map(({ features, label }) => ({
    entries: entriesOf(features, columns),
    label: labels.indexOf(label),
    // A flow with many examples must not drown one with few.
    importance: samples.length / (labels.length * (size.get(label) ?? 1)),
  }));
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass / 10);
    for (const row of rows) {
      const guess = softmax(weights.map((weight) => dot(weight, row.entries)));
      for (const [index, weight] of weights.entries()) {
        const error = ((guess[index] ?? 0) - (index === row.label ? 1 : 0)) * row.importance * rate;
        for (const [column, value] of row.entries) {
          const old = weight[column] ?? 0;
          weight[column] = old - error * value - rate * DECAY * old;
        }
      }
    }
  }
  return (features) => {
    const guess = softmax(weights.map((weight) => dot(weight, entriesOf(features, columns))));
    return new Map(labels.map((label, index) => [label, guess[index] ?? 0]));
  };
}

type Entries = readonly (readonly [column: number, value: number])[];

/** Known features by column, with a constant term in the last column. */
function entriesOf(features: Features, columns: ReadonlyMap<string, number>): Entries {
  const entries: [number, number][] = [[columns.size, 1]];
  for (const [name, value] of features) {
    const column = columns.get(name);
    if (column !== undefined) entries.push([column, value]);
  }
  return entries;
}

function dot(weight: Float64Array, entries: Entries): number {
  let sum = 0;
  for (const [column, value] of entries) sum += (weight[column] ?? 0) * value;
  return sum;
}

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
