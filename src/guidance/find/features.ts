import type { SynonymsFile } from '../types.ts';

/** A sparse vector: the columns of its features, and the weight of each at the same place. */
export type Features = { readonly columns: Int32Array; readonly values: Float64Array };

/** Lower-case words of letters and digits, with apostrophes closed up: "It's Bed-4!" is `its bed 4`. */
export function words(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replace(/['’]/gu, '');
  const list = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return HELD.test(plain) ? list.map(squeeze) : list;
}

/** A letter held down is one letter: "heeelp" is "help". A word that is nothing else stays: "www". */
export function squeeze(word: string): string {
  return HELD.test(word) && !ONLY_HELD.test(word) ? word.replace(ALL_HELD, '$1') : word;
}

const HELD = /([a-z])\1\1/;
const ALL_HELD = /([a-z])\1{2,}/g;
const ONLY_HELD = /^([a-z])\1*$/;

/** A list of words, with its shorthand put into plain words. */
export type Rewrite = (list: readonly string[]) => string[];

const LONGEST_SHORTHAND = 3;

type Meant = { readonly size: number; readonly plain: readonly string[] };
const NONE: readonly Meant[] = [];

/** Shorthand put into plain words: beside what was typed, or in its place. */
export function shorthand(synonyms: SynonymsFile['synonyms']): { readonly expand: Rewrite; readonly replace: Rewrite } {
  const means = new Map(
    synonyms.flatMap(({ says, means: plain }) =>
      says.map((say): [string, string[]] => [words(say).join(' '), words(plain)]),
    ),
  );
  const beginnings = new Set([...means.keys()].map((say) => say.split(' ')[0]));
  /** The plain words of the shorthand that begins at a place, by how many words it has, shortest first. */
  const meantAt = (list: readonly string[], index: number): readonly Meant[] => {
    if (!beginnings.has(list[index])) return NONE;
    const sizes = Array.from({ length: Math.min(LONGEST_SHORTHAND, list.length - index) }, (_, more) => more + 1);
    return sizes.flatMap((size) => {
      const plain = means.get(list.slice(index, index + size).join(' '));
      return plain === undefined ? [] : [{ size, plain }];
    });
  };
  return {
    expand(list) {
      const all: string[] = [];
      for (const [index, word] of list.entries()) {
        all.push(word);
        for (const { plain } of meantAt(list, index)) all.push(...plain);
      }
      return all;
    },
    replace(list) {
      const all: string[] = [];
      for (let index = 0; index < list.length; ) {
        const longest = meantAt(list, index).at(-1);
        all.push(...(longest?.plain ?? [list[index] ?? '']));
        index += longest?.size ?? 1;
      }
      return all;
    },
  };
}

const WORD = 'w:';
const LETTERS = 'c:';

/** The runs of 3 and 4 letters in a word, its beginning and end being letters too. */
function lettersOf(word: string): string[] {
  const padded = ` ${word} `;
  const found: string[] = [];
  for (let size = 3; size <= 4; size += 1) {
    for (let start = 0; start + size <= padded.length; start += 1) found.push(padded.slice(start, start + size));
  }
  return found;
}

/** Whole words say more than the runs of letters in them, which are there for slips of the finger. */
const WORDS_WEIGH = 2;
/** A word that only one document has teaches nothing, and nor do letters that few have, or that many have. */
const FEWEST_WITH_WORD = 2;
const FEWEST_WITH_LETTERS = 5;
const MOST_WITH_LETTERS = 0.02;

/** The features that some documents have, and how much each says. */
export type Vocabulary = {
  readonly size: number;
  /** The features of the documents that it was learnt from, in their order. */
  readonly documents: readonly Features[];
  nameOf(column: number): string;
  /** Whether a document has the word. */
  knows(word: string): boolean;
  /** The weights of a text's features, to unit length. Features that are not known are left out. */
  featuresOf(text: string): Features;
};

/** Learns how much each feature says: more the rarer it is, and more for a whole word. */
export function learnVocabulary(documents: readonly string[], expand: Rewrite): Vocabulary {
  const { lists, timesOfWord, numberOf } = numberWords(documents.map((document) => expand(words(document))));
  const names: string[] = [];
  const rarity: number[] = [];
  const add = (feature: string, times: number, weight: number): number => {
    rarity.push((1 + Math.log((1 + documents.length) / (1 + times))) * weight);
    return names.push(feature) - 1;
  };

  const allWords = [...numberOf.keys()];
  const lettersOfWord = allWords.map(lettersOf);
  // Pairs are known by a number, which is found much faster than their letters.
  const pairOf = (word: number, next: number): number => word * allWords.length + next;

  const columnOfLetters = new Map<string, number>();
  const most = Math.max(documents.length * MOST_WITH_LETTERS, FEWEST_WITH_LETTERS);
  for (const [letters, times] of countLetters(lettersOfWord, timesOfWord)) {
    if (times < FEWEST_WITH_LETTERS || times > most) continue;
    columnOfLetters.set(letters, add(LETTERS + letters, times, 1));
  }
  const columnsOfLetters = (all: readonly string[]): number[] => {
    const columns: number[] = [];
    for (const letters of all) {
      const column = columnOfLetters.get(letters);
      if (column !== undefined) columns.push(column);
    }
    return columns;
  };
  // What each known word adds is looked up once, however often it stands there.
  const columnsOfWord = allWords.map((word, number) => {
    const columns = columnsOfLetters(lettersOfWord[number] ?? []);
    const times = timesOfWord[number] ?? 0;
    if (times >= FEWEST_WITH_WORD) columns.push(add(WORD + word, times, WORDS_WEIGH));
    return columns;
  });
  const columnOfPair = new Map<number, number>();
  for (const [pair, times] of countPairs(lists, pairOf)) {
    if (times < FEWEST_WITH_WORD) continue;
    const word = allWords[Math.floor(pair / allWords.length)];
    columnOfPair.set(pair, add(`${WORD}${word} ${allWords[pair % allWords.length]}`, times, WORDS_WEIGH));
  }

  const timesOf = new Int32Array(names.length);
  /** @param list Known words by their number, others as they were typed. */
  const weigh = (list: readonly (number | string)[]): Features => {
    const found: number[] = [];
    const count = (column: number): void => {
      if (timesOf[column] === 0) found.push(column);
      timesOf[column] = (timesOf[column] ?? 0) + 1;
    };
    let last: number | undefined;
    for (const word of list) {
      const number = typeof word === 'number' ? word : undefined;
      const columns = typeof word === 'number' ? (columnsOfWord[word] ?? []) : columnsOfLetters(lettersOf(word));
      for (const column of columns) count(column);
      const pair = last === undefined || number === undefined ? undefined : columnOfPair.get(pairOf(last, number));
      if (pair !== undefined) count(pair);
      last = number;
    }
    const values = new Float64Array(found.length);
    let square = 0;
    for (let place = 0; place < found.length; place += 1) {
      const column = found[place] ?? 0;
      const times = timesOf[column] ?? 1;
      const weight = (times === 1 ? 1 : 1 + Math.log(times)) * (rarity[column] ?? 0);
      timesOf[column] = 0;
      values[place] = weight;
      square += weight * weight;
    }
    const length = Math.sqrt(square) || 1;
    for (let place = 0; place < values.length; place += 1) values[place] = (values[place] ?? 0) / length;
    return { columns: Int32Array.from(found), values };
  };
  return {
    size: names.length,
    documents: lists.map(weigh),
    nameOf: (column) => names[column] ?? '',
    knows: (word) => numberOf.has(word),
    featuresOf: (text) => weigh(expand(words(text)).map((word) => numberOf.get(word) ?? word)),
  };
}

/** The documents with a number for each word, in the order in which the words come, and how often each comes. */
function numberWords(documents: readonly (readonly string[])[]): {
  readonly lists: readonly (readonly number[])[];
  readonly timesOfWord: readonly number[];
  readonly numberOf: ReadonlyMap<string, number>;
} {
  const numberOf = new Map<string, number>();
  const timesOfWord: number[] = [];
  const lists = documents.map((document) =>
    document.map((word) => {
      const number = numberOf.get(word) ?? timesOfWord.length;
      if (number === timesOfWord.length) numberOf.set(word, number);
      timesOfWord[number] = (timesOfWord[number] ?? 0) + 1;
      return number;
    }),
  );
  return { lists, timesOfWord, numberOf };
}

function countPairs(
  lists: readonly (readonly number[])[],
  pairOf: (word: number, next: number) => number,
): Map<number, number> {
  const times = new Map<number, number>();
  for (const list of lists) {
    let last: number | undefined;
    for (const number of list) {
      if (last !== undefined) {
        const pair = pairOf(last, number);
        times.set(pair, (times.get(pair) ?? 0) + 1);
      }
      last = number;
    }
  }
  return times;
}

function countLetters(
  lettersOfWord: readonly (readonly string[])[],
  timesOfWord: readonly number[],
): Map<string, number> {
  const all = new Map<string, number>();
  for (const [number, found] of lettersOfWord.entries()) {
    for (const letters of found) all.set(letters, (all.get(letters) ?? 0) + (timesOfWord[number] ?? 0));
  }
  return all;
}
