import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newReference, parseReference } from '../../src/escalation/reference.ts';

const EVERY_LETTER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const references = Array.from({ length: 40 }, newReference);

describe('a reference', () => {
  test('has three characters, a hyphen and four more', () => {
    for (const reference of references) expect(reference).toMatch(/^[A-Z0-9]{3}-[A-Z0-9]{4}$/);
  });

  test('holds nothing that is mistaken for another when read aloud or written down', () => {
    const used = new Set(Array.from({ length: 2_000 }, newReference).join(''));
    for (const ambiguous of '01ILOSU') expect(used.has(ambiguous)).toBe(false);
    // All that may be used is used: 29 letters and digits, and the hyphen.
    expect(used.size).toBe(30);
  });

  test('is read back as it was given', () => {
    for (const reference of references) expect(parseReference(reference)).toBe(reference);
  });

  test('is read in small letters, with spaces, and without its hyphen', () => {
    for (const reference of references) {
      expect(parseReference(reference.toLowerCase())).toBe(reference);
      expect(parseReference(`  ${reference} `)).toBe(reference);
      expect(parseReference(reference.replace('-', ''))).toBe(reference);
      expect(parseReference(reference.replace('-', ' – '))).toBe(reference);
      expect(parseReference([...reference.toLowerCase()].join(' '))).toBe(reference);
    }
  });

  test('with one wrong character is refused, whichever it is', () => {
    let tried = 0;
    for (const reference of references) {
      for (const [index, character] of [...reference].entries()) {
        if (character === '-') continue;
        for (const wrong of EVERY_LETTER) {
          if (wrong === character) continue;
          expect(parseReference(reference.slice(0, index) + wrong + reference.slice(index + 1))).toBeUndefined();
          tried += 1;
        }
      }
    }
    expect(tried).toBe(references.length * 7 * (EVERY_LETTER.length - 1));
  });

  test('with two characters swapped is refused, next to each other or apart', () => {
    let tried = 0;
    for (const reference of references) {
      const characters = [...reference.replace('-', '')];
      for (let one = 0; one < characters.length; one += 1) {
        for (let other = one + 1; other < characters.length; other += 1) {
          const swapped = characters.with(one, characters[other] ?? '').with(other, characters[one] ?? '');
          if (characters[one] === characters[other]) continue;
          expect(parseReference(swapped.join(''))).toBeUndefined();
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(references.length * 10);
  });

  test('that lacks a character, or has one too many, is refused', () => {
    for (const reference of references) {
      for (let index = 0; index < reference.length; index += 1) {
        if (reference[index] === '-') continue;
        expect(parseReference(reference.slice(0, index) + reference.slice(index + 1))).toBeUndefined();
        expect(parseReference(`${reference.slice(0, index)}A${reference.slice(index)}`)).toBeUndefined();
      }
    }
  });

  test('is made from any six characters by one last character, and by no other', () => {
    const letters = [...new Set(references.join(''))].filter((character) => character !== '-').sort();
    expect(letters.length).toBe(29);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters), { minLength: 6, maxLength: 6 }), (body) => {
        const ends = letters.filter((last) => parseReference(body.join('') + last) !== undefined);
        expect(ends.length).toBe(1);
      }),
      { seed: 20260101 },
    );
  });

  test.each(['', '-', 'help', '222-222', '🙂🙂🙂-🙂🙂🙂🙂', '__proto__', 'a'.repeat(10_000)])(
    'is not read from “%s”',
    (text) => {
      expect(parseReference(text)).toBeUndefined();
    },
  );

  test('is hardly ever given twice', () => {
    expect(new Set(Array.from({ length: 2_000 }, newReference)).size).toBeGreaterThan(1_990);
  });
});
