import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Template } from 'adaptivecards-templating';

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
  'raise-check',
  'raise-form',
  'reporter',
  'welcome',
] as const;
export type CardName = (typeof CARD_NAMES)[number];

/** What a template is bound to. The words for `fallbackText` and `speak` are always there. */
export type CardData = { readonly fallback: string; readonly speak: string } & Readonly<Record<string, unknown>>;

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
 * Reads every template once, and parses it when it is first drawn: that takes long. A template may hold
 * `{"part": "name"}` for a part that cards share.
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
  const parsed = new Map<CardName, Template>();
  return {
    draw(name, data) {
      const template = parsed.get(name) ?? new Template(read.get(name));
      parsed.set(name, template);
      const card = withoutNulls(template.expand({ $root: data })) as Card;
      const size = sizeOf(card);
      if (size > LARGEST_CARD) throw new CardTooLargeError(`The card ${name} has ${size} bytes.`);
      return card;
    },
  };
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
