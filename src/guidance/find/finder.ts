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
/** What a message is mostly about stands at its beginning; danger may stand anywhere in it. In characters. */
const WINDOW = 600;
const LONGEST_READ = 30_000;
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
  const isGrave = (label: string): boolean => {
    const flow = byId.get(label);
    return flow !== undefined && (flow.danger || flow['danger-first']);
  };
  /** Whether any later part of a very long message is about danger. */
  const dangerLaterOn = (text: string): boolean => {
    for (let start = WINDOW / 2; start < Math.min(text.length, LONGEST_READ); start += WINDOW / 2) {
      const features = weigh(count(text.slice(start, start + WINDOW)), rarity);
      let danger = 0;
      if (features.size > 0) for (const [label, score] of probabilities(features)) if (isGrave(label)) danger += score;
      if (danger >= DANGER_FROM) return true;
    }
    return false;
  };
  return {
    find(text) {
      const features = weigh(count(text.slice(0, WINDOW)), rarity);
      if (features.size === 0) return { answer: 'none', danger: false, flows: [] };
      const ranked = [...probabilities(features)].sort((a, b) => b[1] - a[1]);
      const [best] = ranked[0] ?? [NOTHING];
      let danger = 0;
      const offered: Ranked[] = [];
      for (const [label, score] of ranked) {
        const flow = byId.get(label);
        if (isGrave(label)) danger += score;
        if (flow !== undefined && !flow.danger) offered.push({ flow: label, title: flow.title, score });
      }
      const isDanger = danger >= DANGER_FROM || dangerLaterOn(text);
      if (!isDanger && best === GREETING) return { answer: 'greeting', danger: false, flows: [] };
      if (!isDanger && best === NOTHING) return { answer: 'none', danger: false, flows: [] };
      return { answer: 'offer', danger: isDanger, flows: offered.slice(0, OFFERED) };
    },
  };
}

type Sample = { readonly features: Features; readonly label: string };

const PASSES = 12;
const RATE = 4;
/** An error smaller than this teaches nothing worth its time. */
const TOO_SMALL = 0.01;

/** Multinomial logistic regression by gradient descent, in a fixed order, so that training is repeatable. */
function trainClassifier(samples: readonly Sample[]): (features: Features) => Map<string, number> {
  const labels = [...new Set(samples.map(({ label }) => label))];
  const columns = new Map<string, number>();
  for (const { features } of samples) {
    for (const name of features.keys()) if (!columns.has(name)) columns.set(name, columns.size);
  }
  // One row of weights for each column, so that all labels of a feature lie side by side.
  const weights = new Float64Array((columns.size + 1) * labels.length);
  const rows = samples.map(({ features, label }) => ({
    ...entriesOf(features, columns),
    label: labels.indexOf(label),
  }));
  const importance = importanceOf(
    rows.map((row) => row.label),
    labels.length,
  );
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass / 4);
    for (const row of rows) {
      const guess = softmax(scoresOf(weights, row, labels.length));
      for (let label = 0; label < labels.length; label += 1) {
        const error = (guess[label] ?? 0) - (label === row.label ? 1 : 0);
        if (Math.abs(error) > TOO_SMALL)
          learn(weights, row, label, labels.length, error * rate * (importance[row.label] ?? 1));
      }
    }
  }
  return (features) => {
    const guess = softmax(scoresOf(weights, entriesOf(features, columns), labels.length));
    return new Map(labels.map((label, index) => [label, guess[index] ?? 0]));
  };
}

/** A flow with many examples must not drown one with few: the square root keeps it from shouting instead. */
function importanceOf(labels: readonly number[], amount: number): Float64Array {
  const sizes = new Float64Array(amount);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  const mean = labels.length / amount;
  return sizes.map((size) => Math.sqrt(mean / size));
}

/** Known features by column, with a constant term in the last one. */
type Entries = { readonly columns: Int32Array; readonly values: Float64Array };

function entriesOf(features: Features, columns: ReadonlyMap<string, number>): Entries {
  const known = [...features].flatMap(([name, value]): [number, number][] => {
    const column = columns.get(name);
    return column === undefined ? [] : [[column, value]];
  });
  known.push([columns.size, CONSTANT]);
  return {
    columns: Int32Array.from(known, ([column]) => column),
    values: Float64Array.from(known, ([, value]) => value),
  };
}

/** Small, so that what a message says outweighs how often a flow is meant. */
const CONSTANT = 0.1;

function scoresOf(weights: Float64Array, { columns, values }: Entries, labels: number): Float64Array {
  const scores = new Float64Array(labels);
  for (let index = 0; index < columns.length; index += 1) {
    const start = (columns[index] ?? 0) * labels;
    const value = values[index] ?? 0;
    for (let label = 0; label < labels; label += 1)
      scores[label] = (scores[label] ?? 0) + (weights[start + label] ?? 0) * value;
  }
  return scores;
}

function learn(weights: Float64Array, { columns, values }: Entries, label: number, labels: number, step: number): void {
  for (let index = 0; index < columns.length; index += 1) {
    const place = (columns[index] ?? 0) * labels + label;
    weights[place] = (weights[place] ?? 0) - step * (values[index] ?? 0);
  }
}

function softmax(scores: Float64Array): Float64Array {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
