import type { Features } from './features.ts';

export type Sample = { readonly features: Features; readonly label: string };

/** The probability of each label. They add up to 1. */
export type Classifier = {
  probabilities(features: Features): ReadonlyMap<string, number>;
  /** How much each feature of a message speaks for a label, the strongest first. */
  explain(features: Features, label: string): readonly { readonly column: number; readonly weight: number }[];
};

const PASSES = 10;
const RATE = 4;
/** An error smaller than this teaches nothing worth its time. */
const TOO_SMALL = 0.01;
/** A row that is this sure rests for some passes: most of the time of training is saved. */
const LEARNT = 0.9;
const REST = 4;
/** Small, so that what a message says outweighs how often a flow is meant. */
const CONSTANT = 0.1;

/**
 * Multinomial logistic regression by gradient descent, in a fixed order, so that training is repeatable.
 * @param size How many columns the features have.
 */
export function trainClassifier(samples: readonly Sample[], size: number): Classifier {
  const labels = [...new Set(samples.map(({ label }) => label))];
  // One row of weights for each column, so that all labels of a feature lie side by side.
  const weights = new Float32Array((size + 1) * labels.length);
  const rows = samples.map(({ features, label }) => ({
    ...withConstant(features, size),
    label: labels.indexOf(label),
  }));
  const importance = importanceOf(
    rows.map((row) => row.label),
    labels.length,
  );
  // The pass in which each row is looked at again: one that is learnt may rest.
  const next = new Int32Array(rows.length);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass / 4);
    for (const [index, row] of rows.entries()) {
      if ((next[index] ?? 0) > pass) continue;
      const guess = softmax(scoresOf(weights, row, labels.length));
      const step = rate * (importance[row.label] ?? 1);
      learn(weights, row, errorsOf(guess, row.label), labels.length, step);
      if ((guess[row.label] ?? 0) > LEARNT) next[index] = pass + REST;
    }
  }
  return {
    probabilities(features) {
      const guess = softmax(scoresOf(weights, withConstant(features, size), labels.length));
      return new Map(labels.map((label, index) => [label, guess[index] ?? 0]));
    },
    explain({ columns, values }, label) {
      const place = labels.indexOf(label);
      return [...columns]
        .map((column, index) => ({
          column,
          weight: (weights[column * labels.length + place] ?? 0) * (values[index] ?? 0),
        }))
        .filter(({ weight }) => weight > 0)
        .sort((one, other) => other.weight - one.weight);
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

/** Features with a constant term in the last column. */
function withConstant({ columns, values }: Features, size: number): Features {
  const all = new Int32Array(columns.length + 1);
  all.set(columns);
  all[columns.length] = size;
  const weighed = new Float64Array(values.length + 1);
  weighed.set(values);
  weighed[values.length] = CONSTANT;
  return { columns: all, values: weighed };
}

// In the functions below every index is in range, and `as number` says so: looking again would cost half the time.

function scoresOf(weights: Float32Array, { columns, values }: Features, labels: number): Float64Array {
  const scores = new Float64Array(labels);
  for (let index = 0; index < columns.length; index += 1) {
    const start = (columns[index] as number) * labels;
    const value = values[index] as number;
    for (let label = 0; label < labels; label += 1) {
      scores[label] = (scores[label] as number) + (weights[start + label] as number) * value;
    }
  }
  return scores;
}

type LabelError = { readonly label: number; readonly error: number };

/** How far the guess was off for each label, without what is too small to matter. */
function errorsOf(guess: Float64Array, wanted: number): LabelError[] {
  const errors: LabelError[] = [];
  for (let label = 0; label < guess.length; label += 1) {
    const error = (guess[label] as number) - (label === wanted ? 1 : 0);
    if (Math.abs(error) > TOO_SMALL) errors.push({ label, error });
  }
  return errors;
}

function learn(
  weights: Float32Array,
  { columns, values }: Features,
  errors: readonly LabelError[],
  labels: number,
  step: number,
): void {
  for (let index = 0; index < columns.length; index += 1) {
    const start = (columns[index] as number) * labels;
    const value = (values[index] as number) * step;
    for (const { label, error } of errors) {
      weights[start + label] = (weights[start + label] as number) - error * value;
    }
  }
}

function softmax(scores: Float64Array): Float64Array {
  let top = Number.NEGATIVE_INFINITY;
  for (const score of scores) top = Math.max(top, score);
  const powers = new Float64Array(scores.length);
  let total = 0;
  for (let index = 0; index < scores.length; index += 1) {
    const power = Math.exp((scores[index] as number) - top);
    powers[index] = power;
    total += power;
  }
  for (let index = 0; index < powers.length; index += 1) powers[index] = (powers[index] as number) / total;
  return powers;
}
