import { randomInt } from 'node:crypto';

/**
 * 29 letters and digits that are not mistaken for one another when read aloud or written down. A prime number of
 * them, so that the check character finds every single wrong character and every swap of two.
 */
const ALPHABET = '23456789ABCDEFGHJKMNPQRTVWXYZ';
const LENGTH = 6;

/** A new reference such as `K7M-2PXC`: six random characters and a check character. */
export function newReference(): string {
  const body = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  const whole = body + checkCharacter(body);
  return `${whole.slice(0, 3)}-${whole.slice(3)}`;
}

/** The reference as it is stored, or undefined if what was typed cannot be one. */
export function parseReference(typed: string): string | undefined {
  const characters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (characters.length !== LENGTH + 1) return undefined;
  if ([...characters].some((character) => !ALPHABET.includes(character))) return undefined;
  if (checkCharacter(characters.slice(0, LENGTH)) !== characters.charAt(LENGTH)) return undefined;
  return `${characters.slice(0, 3)}-${characters.slice(3)}`;
}

function checkCharacter(body: string): string {
  const sum = [...body].reduce((total, character, index) => total + (index + 1) * ALPHABET.indexOf(character), 0);
  return ALPHABET.charAt(sum % ALPHABET.length);
}
