import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Template } from 'adaptivecards-templating';
import { isKey, valuesOf } from '../words/languages.ts';
import { type Say, sayIn, sayNamed } from '../words/say.ts';

/** An adaptive card, ready to be sent. */
export type Card = { readonly type: 'AdaptiveCard' } & Readonly<Record<string, unknown>>;

export const CARD_NAMES = [
  'choose-organisation',
  'desk',
  'duty',
  'duty-board',
  'message',
  'my-referrals',
  'notice',
  'nudge',
  'offer',
  'outcome',
  'question',
  'quote',
  'raise-check',
  'raise-form',
  'reporter',
  'shared',
  'welcome',
] as const;
export type CardName = (typeof CARD_NAMES)[number];

/** What a template is bound to. The words for `fallbackText` and `speak` are always there, and their language. */
export type CardData = { readonly language: string; readonly fallback: string; readonly speak: string } & Readonly<
  Record<string, unknown>
>;

export type Cards = {
  /** @throws CardTooLargeError if Teams would refuse the card. */
  draw(name: CardName, data: CardData): Card;
};

/** Teams refuses messages of about 100 KB in UTF-16; cards are kept well below. In bytes. */
export const LARGEST_CARD = 80 * 1024;

/** A card that Teams would refuse. */
export class CardTooLargeError extends Error {
  override readonly name = 'CardTooLargeError';
}

/**
 * Reads every template once, and parses it when it is first drawn in a language: that takes long. A template may hold
 * `{"part": "name"}` for a part that cards share, and `{"say": "key", "with": {…}}` for words of ours.
 */
export function loadCards(folder: string): Cards {
  const parts = new Map(
    jsonFiles(join(folder, 'parts')).map((path): [string, unknown] => [basename(path, '.json'), readJson(path)]),
  );
  const read = new Map(
    jsonFiles(folder).map((path): [string, unknown] => [basename(path, '.json'), withParts(readJson(path), parts)]),
  );
  for (const name of CARD_NAMES) {
    if (!read.has(name)) throw new Error(`The card template ${join(folder, `${name}.json`)} is missing.`);
  }
  for (const [name, template] of read) {
    for (const { say, with: values } of wordsIn(template)) checkWords(name, say, Object.keys(values));
  }
  const parsed = new Map<string, Template>();
  return {
    draw(name, data) {
      const say = sayIn(data.language);
      const key = `${name} ${say.language}`;
      const template = parsed.get(key) ?? new Template(inWords(read.get(name), say));
      parsed.set(key, template);
      const card = withoutNulls(template.expand({ $root: { ...data, lang: lang(say.language) } })) as Card;
      const size = sizeOf(card);
      if (size > LARGEST_CARD) throw new CardTooLargeError(`The card ${name} has ${size} bytes.`);
      return card;
    },
  };
}

/** What a card's `lang` may be: the language alone, without a country. */
function lang(language: string): string {
  return new Intl.Locale(language).language;
}

/** A place in a template where words of ours stand. The values are the template's own placeholders. */
type Words = { readonly say: string; readonly with: Readonly<Record<string, string>> };

function wordsAt(node: object): Words | undefined {
  if (!('say' in node) || typeof node.say !== 'string') return undefined;
  return { say: node.say, with: 'with' in node ? (node.with as Words['with']) : {} };
}

function wordsIn(node: unknown): Words[] {
  if (typeof node !== 'object' || node === null) return [];
  const words = wordsAt(node);
  return words === undefined ? Object.values(node).flatMap(wordsIn) : [words];
}

function checkWords(name: string, key: string, values: readonly string[]): void {
  if (!isKey(key)) throw new Error(`The card ${name} says “${key}”, which has no words in words/en-GB.ts.`);
  const wanted = [...valuesOf(key)].sort().join(', ');
  const given = values.toSorted().join(', ');
  if (wanted !== given) throw new Error(`The card ${name} says “${key}” with (${given}). It needs (${wanted}).`);
}

/** A template in one language. */
function inWords(node: unknown, say: Say): unknown {
  if (Array.isArray(node)) return node.map((item) => inWords(item, say));
  if (typeof node !== 'object' || node === null) return node;
  const words = wordsAt(node);
  if (words !== undefined && isKey(words.say)) return sayNamed(say, words.say, words.with);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inWords(value, say)]));
}

/** Templating leaves null where a property's `$when` is false. */
function withoutNulls(card: object): object {
  return Object.fromEntries(Object.entries(card).filter(([, value]) => value !== null));
}

/** The size that Teams counts: the card's JSON in UTF-16. In bytes. */
export function sizeOf(card: unknown): number {
  return JSON.stringify(card).length * 2;
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function withParts(node: unknown, parts: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((item) => withParts(item, parts));
  if (typeof node !== 'object' || node === null) return node;
  if ('part' in node && typeof node.part === 'string') {
    const part = parts.get(node.part);
    if (part === undefined) throw new Error(`There is no card part called ${node.part}.`);
    return part;
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withParts(value, parts)]));
}
