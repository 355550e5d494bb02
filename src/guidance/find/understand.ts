import type { Flow, Option } from '../types.ts';
import type { Responses } from '../walk.ts';
import { type Rewrite, words } from './features.ts';

/** Small words that may stand between the words of an example: "visitor filming" is in "a visitor who is filming". */
const SMALL = new Set(
  'a an the my our this these some is are was were be been being has have had keeps kept who thats whos just now still also openly secretly'.split(
    ' ',
  ),
);
/** How many of them. */
const MOST_SMALL = 4;

/** What turns a sentence round, or makes it a guess. Apostrophes are closed up; "isn t" is what other marks leave. */
const NEGATIVE = new Set(
  'no not none nobody noone nothing nowt never neither nor without except unless instead cannot t aint cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt shouldnt wasnt werent wont wouldnt dunno unsure'.split(
    ' ',
  ),
);
/** So many words before a match, a negative word counts although a comma stands between. */
const NEAR = 4;

/** Nothing is understood of more than a person tells in one message, in characters: its end might turn it round. */
const LONGEST_UNDERSTOOD = 5_000;

/**
 * The answers that a message gives plainly to a flow's own questions, never to a question about danger. Where there is
 * doubt nothing is understood, and the question is asked: an answer that nobody gave is worse than one tap more.
 * @param replace Puts shorthand into plain words.
 */
export function understandIn(flow: Flow, text: string, replace: Rewrite): Responses {
  // One character may stand for eighteen.
  if (Math.max(text.length, text.slice(0, LONGEST_UNDERSTOOD).normalize('NFKC').length) > LONGEST_UNDERSTOOD) return {};
  const sentences = sentencesOf(text, replace);
  const plain = Object.entries(flow.questions).flatMap(([id, question]): [string, string][] => {
    if (question.danger) return [];
    const spoken = question.options
      .map((option) => ({ option, places: placesOf(option, sentences, replace) }))
      .filter(({ places }) => places.length > 0);
    const [only, ...others] = spoken;
    return only?.places.some(isSaid) && others.length === 0 ? [[id, only.option.option]] : [];
  });
  return Object.fromEntries(plain);
}

/** The words of a sentence, and in which part of it each stands. */
type Sentence = { readonly words: readonly string[]; readonly parts: readonly number[] };
/** Where an example begins. */
type Place = { readonly sentence: Sentence; readonly start: number };

/** A text cut at the ends of sentences and at "but"; the parts of a sentence are cut at commas and the like. */
function sentencesOf(text: string, replace: Rewrite): Sentence[] {
  return text.split(/[.!?\n]+|\bbut\b/iu).map((sentence) => {
    const parts = sentence.split(/[,;:()–—]+/u).map((part) => replace(words(part)));
    return { words: parts.flat(), parts: parts.flatMap((part, number) => part.map(() => number)) };
  });
}

/** Where examples of an option stand; nowhere if the message has a word that rules the option out. */
function placesOf({ examples, unless }: Option, sentences: readonly Sentence[], replace: Rewrite): Place[] {
  const find = (phrases: readonly string[]): Place[] =>
    phrases.flatMap((phrase) => {
      const wanted = replace(words(phrase));
      return sentences.flatMap((sentence) =>
        sentence.words.flatMap((_, start) => (standsAt(wanted, sentence.words, start) ? [{ sentence, start }] : [])),
      );
    });
  return find(unless).length > 0 ? [] : find(examples);
}

/** Whether the words stand there one after another, but for small ones between them. */
function standsAt(wanted: readonly string[], said: readonly string[], start: number): boolean {
  let place = start;
  for (const word of wanted) {
    const latest = place === start ? place : place + MOST_SMALL;
    while (place < latest && said[place] !== word && SMALL.has(said[place] ?? '')) place += 1;
    if (said[place] !== word) return false;
    place += 1;
  }
  return true;
}

/** Whether nothing turns it round: no negative word in its part of the sentence, nor shortly before it. */
function isSaid({ sentence: { words: said, parts }, start }: Place): boolean {
  return !said.some(
    (word, index) => NEGATIVE.has(word) && (parts[index] === parts[start] || (index < start && start - index <= NEAR)),
  );
}
