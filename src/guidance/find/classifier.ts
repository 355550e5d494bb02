import type { Features } from './features.ts';

export type Sample = { readonly features: Features; readonly label: string };

/** The probability of each label. They add up to 1. */
export type Classifier = {
  probabilities(features: Features): ReadonlyMap<string, number>;
  /** How much each feature of a message speaks for a label, the strongest first. */
  explain(features: Features, label: string): readonly { readonly column: number; readonly weight: number }[];
};

const PASSES = 4;
/** The weights are the mean of those after each pass but the first, which is still far off. */
const SETTLED_FROM = 1;
const RATE = 4;
/** An error smaller than this teaches nothing worth its time. */
const TOO_SMALL = 0.02;
/** A row that is this sure is left out of later passes, which saves time. */
const LEARNT = 0.95;
/** Small, so that what a message says outweighs how often a flow is meant. */
const CONSTANT = 0.1;

/**
 * Multinomial logistic regression by gradient descent, in a fixed order, so that training is repeatable.
 * @param size How many columns the features have.
 */
export function trainClassifier(samples: readonly Sample[], size: number): Classifier {
  const labels = [...new Set(samples.map(({ label }) => label))];
  const places = new Map(labels.map((label, place) => [label, place]));
  const rows = samples.map(({ features, label }) => ({ features, label: places.get(label) ?? 0 }));
  const sizes = new Int32Array(labels.length);
  for (const { label } of rows) sizes[label] = (sizes[label] ?? 0) + 1;
  const importance = importanceOf(sizes, rows.length);
  // A row of weights for each column, so that all labels of a feature lie side by side, and a last one for the constant.
  const current = new Float32Array((size + 1) * labels.length);
  const weights = new Float32Array(current.length);
  const guess = new Float64Array(labels.length);
  let unsure = spread(rows, sizes);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass / 4);
    unsure = unsure.filter(({ features, label }) => {
      guessFor(current, features, guess);
      learn(current, features, errorsOf(guess, label), labels.length, rate * (importance[label] ?? 1));
      return (guess[label] ?? 0) <= LEARNT;
    });
    if (pass >= SETTLED_FROM) addTo(weights, current, 1 / (PASSES - SETTLED_FROM));
  }
  return {
    probabilities(features) {
      const guess = new Float64Array(labels.length);
      guessFor(weights, features, guess);
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
function importanceOf(sizes: Int32Array, total: number): Float64Array {
  const mean = total / sizes.length;
  return Float64Array.from(sizes, (size) => Math.sqrt(mean / size));
}

/** The rows with those of each label spread evenly: the label that came last would otherwise be guessed too often. */
function spread<R extends { readonly label: number }>(rows: readonly R[], sizes: Int32Array): R[] {
  const seen = new Int32Array(sizes.length);
  const placed = rows.map((row) => {
    const before = seen[row.label] ?? 0;
    seen[row.label] = before + 1;
    return { row, place: (before + 0.5) / (sizes[row.label] ?? 1) };
  });
  return placed.sort((one, other) => one.place - other.place).map(({ row }) => row);
}

/** Fills in the probability of each label. */
function guessFor(weights: Float32Array, features: Features, guess: Float64Array): void {
  scoresOf(weights, features, guess);
  softmax(guess);
}

// In the functions below every index is in range, and `as number` says so: looking again would cost half the time.

function scoresOf(weights: Float32Array, { columns, values }: Features, scores: Float64Array): void {
  const labels = scores.length;
  const constant = weights.length - labels;
  for (let label = 0; label < labels; label += 1) scores[label] = (weights[constant + label] as number) * CONSTANT;
  for (let index = 0; index < columns.length; index += 1) {
    const start = (columns[index] as number) * labels;
    const value = values[index] as number;
    for (let label = 0; label < labels; label += 1) {
      scores[label] = (scores[label] as number) + (weights[start + label] as number) * value;
    }
  }
}

function addTo(sum: Float32Array, weights: Float32Array, share: number): void {
  for (let index = 0; index < sum.length; index += 1) {
    sum[index] = (sum[index] as number) + (weights[index] as number) * share;
  }
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
  const constant = weights.length - labels;
  for (const { label, error } of errors) {
    const change = error * step;
    weights[constant + label] = (weights[constant + label] as number) - change * CONSTANT;
    for (let index = 0; index < columns.length; index += 1) {
      const place = (columns[index] as number) * labels + label;
      weights[place] = (weights[place] as number) - change * (values[index] as number);
    }
  }
}

/** Turns scores into probabilities, in place. */
function softmax(scores: Float64Array): void {
  let top = Number.NEGATIVE_INFINITY;
  for (const score of scores) top = Math.max(top, score);
  let total = 0;
  for (let index = 0; index < scores.length; index += 1) {
    const power = Math.exp((scores[index] as number) - top);
    scores[index] = power;
    total += power;
  }
  for (let index = 0; index < scores.length; index += 1) scores[index] = (scores[index] as number) / total;
}
