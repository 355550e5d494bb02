import type { Features } from './features.ts';

export type Sample = { readonly features: Features; readonly label: string };

/** The probability of each label. They add up to 1. */
export type Classifier = {
  probabilities(features: Features): ReadonlyMap<string, number>;
  /** How much each feature of a message speaks for a label, the strongest first. */
  explain(features: Features, label: string): readonly { readonly feature: string; readonly weight: number }[];
};

const PASSES = 12;
const RATE = 4;
/** An error smaller than this teaches nothing worth its time. */
const TOO_SMALL = 0.01;
/** Small, so that what a message says outweighs how often a flow is meant. */
const CONSTANT = 0.1;

/** Multinomial logistic regression by gradient descent, in a fixed order, so that training is repeatable. */
export function trainClassifier(samples: readonly Sample[]): Classifier {
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
        if (Math.abs(error) <= TOO_SMALL) continue;
        learn(weights, row, label, labels.length, error * rate * (importance[row.label] ?? 1));
      }
    }
  }
  return {
    probabilities(features) {
      const guess = softmax(scoresOf(weights, entriesOf(features, columns), labels.length));
      return new Map(labels.map((label, index) => [label, guess[index] ?? 0]));
    },
    explain(features, label) {
      const place = labels.indexOf(label);
      return [...features]
        .map(([feature, value]) => {
          const column = columns.get(feature);
          const weight = column === undefined ? 0 : (weights[column * labels.length + place] ?? 0) * value;
          return { feature, weight };
        })
        .filter(({ weight }) => weight > 0)
        .sort((a, b) => b.weight - a.weight);
    },
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
  const known: [number, number][] = [];
  for (const [name, value] of features) {
    const column = columns.get(name);
    if (column !== undefined) known.push([column, value]);
  }
  known.push([columns.size, CONSTANT]);
  return {
    columns: Int32Array.from(known, ([column]) => column),
    values: Float64Array.from(known, ([, value]) => value),
  };
}

function scoresOf(weights: Float64Array, { columns, values }: Entries, labels: number): Float64Array {
  const scores = new Float64Array(labels);
  for (let index = 0; index < columns.length; index += 1) {
    const start = (columns[index] ?? 0) * labels;
    const value = values[index] ?? 0;
    for (let label = 0; label < labels; label += 1) {
      scores[label] = (scores[label] ?? 0) + (weights[start + label] ?? 0) * value;
    }
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
