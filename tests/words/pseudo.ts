import { KEYS } from '../../src/words/languages.ts';
import { type Key, parse } from '../../src/words/say.ts';
import { ENGLISH } from '../../words/en-GB.ts';

/**
 * A language for tests: the English words in wide letters, so that whatever is shown in plain letters did not come
 * from the words. What is filled in stays as it is, and so do the patterns of dates.
 */
export function pseudoWords(): Record<string, string> {
  return Object.fromEntries(KEYS.map((key) => [key, isPattern(key) ? ENGLISH[key] : inWideLetters(ENGLISH[key])]));
}

function isPattern(key: Key): boolean {
  return key.startsWith('pattern.');
}

function inWideLetters(message: string): string {
  return print(parse(message, 'en-GB').getAst());
}

type Parts = ReturnType<ReturnType<typeof parse>['getAst']>;
type Part = Parts[number];

function print(parts: Parts): string {
  return parts.map(printOne).join('');
}

/** One part of a message, as it is written. The kinds are ICU's: text, a value, a number, a choice, a plural, its number. */
function printOne(part: Part): string {
  const kind: number = part.type;
  if (kind === 7) return '#';
  if (!('value' in part)) throw new Error('A message has text and values, and nothing else.');
  if (kind === 0) return widen(part.value);
  if (kind === 1) return `{${part.value}}`;
  if (kind === 2) return `{${part.value}, number}`;
  if (!('options' in part)) throw new Error(`{${part.value}} is of a kind that no message needs.`);
  const branches = Object.entries(part.options).map(([name, branch]) => `${name} {${print(branch.value)}}`);
  return `{${part.value}, ${kind === 6 ? 'plural' : 'select'}, ${branches.join(' ')}}`;
}

const WIDE = 0xff_21 - 'A'.charCodeAt(0);

function widen(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + WIDE)).replaceAll("'", "''");
}
