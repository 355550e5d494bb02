import type { SynonymsFile } from '../types.ts';

/** A sparse vector: the columns of its features, and the weight of each at the same place. */
export type Features = { readonly columns: Int32Array; readonly values: Float64Array };

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

/** Names each feature of a text, as often as it stands there: words, pairs of words, and runs of 3 to 5 letters. */
function eachFeature(text: string, expand: Expand, visit: (feature: string) => void): void {
  const list = expand(words(text));
  for (const [index, word] of list.entries()) {
    visit(WORD + word);
    const next = list[index + 1];
    if (next !== undefined) visit(`${WORD}${word} ${next}`);
    const padded = ` ${word} `;
    for (let size = 3; size <= 5; size += 1) {
      for (let start = 0; start + size <= padded.length; start += 1) visit(LETTERS + padded.slice(start, start + size));
    }
  }
}

const WORD = 'w:';
const LETTERS = 'c:';
/** Whole words say more than the runs of letters in them, which are there for slips of the finger. */
const WORDS_WEIGH = 3;

/** The features that some documents have, and how much each says. */
export type Vocabulary = {
  readonly size: number;
  nameOf(column: number): string;
  /** The weights of a text's features, to unit length. Features that are not known are left out. */
  featuresOf(text: string): Features;
};

/**
 * Learns how much each feature says: its inverse document frequency, smoothed, and more for a whole word. A word that
 * only one document has, and letters that fewer than four have, teach nothing and are left out.
 */
export function learnVocabulary(documents: readonly string[], expand: Expand): Vocabulary {
  const holding = new Map<string, { documents: number; last: number }>();
  for (const [index, document] of documents.entries()) {
    eachFeature(document, expand, (feature) => {
      const known = holding.get(feature);
      if (known === undefined) holding.set(feature, { documents: 1, last: index });
      else if (known.last !== index) {
        known.documents += 1;
        known.last = index;
      }
    });
  }
  const names: string[] = [];
  const rarity: number[] = [];
  const columns = new Map<string, number>();
  for (const [feature, { documents: times }] of holding) {
    const isWord = feature.startsWith(WORD);
    if (times < (isWord ? 2 : 4)) continue;
    columns.set(feature, names.length);
    names.push(feature);
    rarity.push((1 + Math.log((1 + documents.length) / (1 + times))) * (isWord ? WORDS_WEIGH : 1));
  }
  return {
    size: names.length,
    nameOf: (column) => names[column] ?? '',
    featuresOf(text) {
      const counts = new Map<number, number>();
      eachFeature(text, expand, (feature) => {
        const column = columns.get(feature);
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      });
      const found = new Int32Array(counts.size);
      const values = new Float64Array(counts.size);
      let place = 0;
      let square = 0;
      for (const [column, times] of counts) {
        const weight = (times === 1 ? 1 : 1 + Math.log(times)) * (rarity[column] ?? 0);
        found[place] = column;
        values[place] = weight;
        square += weight * weight;
        place += 1;
      }
      const length = Math.sqrt(square) || 1;
      for (let index = 0; index < values.length; index += 1) values[index] = (values[index] ?? 0) / length;
      return { columns: found, values };
    },
  };
}
