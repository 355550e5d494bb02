import type { SynonymsFile } from '../types.ts';

/** A sparse vector: the names of its features, and the weight of each at the same place. */
export type Features = { readonly names: readonly string[]; readonly values: Float64Array };

/** Lower-case words of letters and digits, with apostrophes closed up: "It's Bed-4!" is `its bed 4`. */
export function words(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/['’]/gu, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Adds the plain words behind shorthand, beside what was typed. */
export type Expand = (list: readonly string[]) => string[];

const LONGEST_SHORTHAND = 3;

export function expander(synonyms: SynonymsFile['synonyms']): Expand {
  const means = new Map(
    synonyms.flatMap(({ says, means: plain }) =>
      says.map((say): [string, string[]] => [words(say).join(' '), words(plain)]),
    ),
  );
  return (list) =>
    list.flatMap((word, index) => {
      const added: string[] = [];
      for (let size = 1; size <= LONGEST_SHORTHAND; size += 1) {
        if (index + size <= list.length) added.push(...(means.get(list.slice(index, index + size).join(' ')) ?? []));
      }
      return [word, ...added];
    });
}

/** Counts of words, of pairs of words, and of runs of 3 to 5 characters inside each word. */
export function count(text: string, expand: Expand): Map<string, number> {
  const found = new Map<string, number>();
  const add = (feature: string): void => {
    found.set(feature, (found.get(feature) ?? 0) + 1);
  };
  const list = expand(words(text));
  for (const [index, word] of list.entries()) {
    add(`w:${word}`);
    const next = list[index + 1];
    if (next !== undefined) add(`w:${word} ${next}`);
    const padded = ` ${word} `;
    for (let size = 3; size <= 5; size += 1) {
      for (let start = 0; start + size <= padded.length; start += 1) add(`c:${padded.slice(start, start + size)}`);
    }
  }
  return found;
}

/** Weighs counts by how rare each feature is among the documents, to unit length. Unknown features are left out. */
export function weigh(counts: ReadonlyMap<string, number>, rarity: ReadonlyMap<string, number>): Features {
  const names: string[] = [];
  const values: number[] = [];
  let square = 0;
  for (const [feature, times] of counts) {
    const rare = rarity.get(feature);
    if (rare === undefined) continue;
    const weight = times === 1 ? rare : (1 + Math.log(times)) * rare;
    names.push(feature);
    values.push(weight);
    square += weight * weight;
  }
  const length = Math.sqrt(square) || 1;
  return { names, values: Float64Array.from(values, (value) => value / length) };
}

/** Whole words say more than the runs of letters in them, which are there for slips of the finger. */
const WORDS_WEIGH = 3;

/**
 * How much each feature says: its inverse document frequency, smoothed, and more for a whole word. A word that only
 * one document has, and letters that fewer than four have, teach nothing and are left out.
 */
export function rarityIn(documents: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const holding = new Map<string, number>();
  for (const document of documents) {
    for (const feature of document.keys()) holding.set(feature, (holding.get(feature) ?? 0) + 1);
  }
  const rarity = new Map<string, number>();
  for (const [feature, times] of holding) {
    const isWord = feature.startsWith('w:');
    if (times < (isWord ? 2 : 4)) continue;
    rarity.set(feature, (1 + Math.log((1 + documents.length) / (1 + times))) * (isWord ? WORDS_WEIGH : 1));
  }
  return rarity;
}
