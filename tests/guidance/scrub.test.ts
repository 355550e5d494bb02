import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNhsNumber, scrub } from '../../src/guidance/find/scrub.ts';

describe('identifiers are taken out, as staff type them', () => {
  test.each([
    ['943 476 5919', 'NHS number'],
    ['9434765919', 'NHS number'],
    ['943-476-5919', 'NHS number'],
    ['nhs no 943.476.5919 thanks', 'NHS number'],
    ['07700 900123', 'phone number'],
    ['07700900123', 'phone number'],
    ['+44 7700 900123', 'phone number'],
    ['+447700900123', 'phone number'],
    ['(01632) 960 001', 'phone number'],
    ['01632 960001', 'phone number'],
    ['020 7946 0018', 'phone number'],
    ['mum is on 01632-960-001', 'phone number'],
    ['jo.bloggs@nhs.example', 'email address'],
    ["email o'neil+ward@trust.nhs.example pls", 'email address'],
    ['dob 03/04/1952', 'date of birth'],
    ['3.4.52', 'date of birth'],
    ['03-04-1952', 'date of birth'],
    ['1952-04-03', 'date of birth'],
    ['born 3rd april 1952', 'date of birth'],
    ['3 Apr 52', 'date of birth'],
    ['lives in WR5 1DD', 'postcode'],
    ['wr51dd', 'postcode'],
    ['SW1A 1AA', 'postcode'],
    ['hosp no 123456', 'hospital number'],
    ['MRN: 00123456', 'hospital number'],
    ['RWP1234567', 'hospital number'],
    ['K1234567', 'hospital number'],
    ['case notes 445566', 'hospital number'],
  ])('“%s” holds a %s', (typed, kind) => {
    const { text, found } = scrub(typed);
    expect(found).toEqual([kind]);
    expect(text).toContain(`[${kind}]`);
    expect(text).not.toMatch(/\d{4}/);
  });

  test.each([
    'can i post this photo',
    'bed 4 in bay 12, she is 83',
    'ring 999 or ext 33735',
    'it was on tiktok at 3am on 22 november',
    'page 4.2 of the policy, about 9000 members',
    'ward 9 at 14:30',
    'he has 12 lead ecg 120/80 bp',
    'since 2014',
  ])('“%s” holds none and stays as it is', (typed) => {
    expect(scrub(typed)).toEqual({ text: typed, found: [] });
  });

  test('a name is not detected: the documentation says so', () => {
    expect(scrub('Mrs Doreen Smith in bed 4').found).toEqual([]);
  });

  test('all of several identifiers go', () => {
    const { text, found } = scrub('pt 943 476 5919 dob 3/4/52, daughter on 07700 900123, WR5 1DD');
    expect(found).toEqual(['NHS number', 'phone number', 'date of birth', 'postcode']);
    expect(text).toBe('pt [NHS number] dob [date of birth], daughter on [phone number], [postcode]');
  });

  test('every NHS number goes, however it is grouped, and none stays in part', () => {
    const number = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 })
      .map((digits) => digits.join(''))
      .filter((nine) => checkDigit(nine) < 10)
      .map((nine) => nine + checkDigit(nine));
    fc.assert(
      fc.property(number, fc.constantFrom('', ' ', '-'), (ten, gap) => {
        const typed = [ten.slice(0, 3), ten.slice(3, 6), ten.slice(6)].join(gap);
        expect(isNhsNumber(typed)).toBe(true);
        expect(scrub(`see ${typed} please`).text).not.toMatch(/\d/);
      }),
      { seed: 20260101 },
    );
  });

  test('scrubbing what is scrubbed changes nothing, and nothing makes it fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (typed) => {
        const once = scrub(typed).text;
        expect(scrub(once).text).toBe(once);
      }),
      { seed: 20260101 },
    );
  });
});

function checkDigit(nine: string): number {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  return (11 - (sum % 11)) % 11;
}
