import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNhsNumber, scrub } from '../../src/guidance/find/scrub.ts';

describe('identifiers are taken out, as staff type them', () => {
  test.each([
    ['943 476 5919', 'NHS number'],
    ['9434765919', 'NHS number'],
    ['943-476-5919', 'NHS number'],
    ['nhs no 943.476.5919 thanks', 'NHS number'],
    ['943\u00a0476\u00a05919', 'NHS number'],
    ['943\t476\t5919', 'NHS number'],
    ['943  476  5919', 'NHS number'],
    ['943–476–5919', 'NHS number'],
    ['943/476/5919', 'NHS number'],
    ['94 3476 5919', 'NHS number'],
    ['９４３ ４７６ ５９１９', 'NHS number'],
    ['nhs 943 476 5918', 'NHS number'],
    ['NHS No: 943-476-5918', 'NHS number'],
    ['nhs number is 9434765918', 'NHS number'],
    ['bed 12 943 476 5919', 'NHS number'],
    ['07700 900123', 'phone number'],
    ['07700900123', 'phone number'],
    ['07700.900.123', 'phone number'],
    ['7700 900123', 'phone number'],
    ['077 00 90 01 23', 'phone number'],
    ['01905/763333', 'phone number'],
    ['\u202a07700 900123\u202c', 'phone number'],
    ['+44 7700 900123', 'phone number'],
    ['+44 (0)7700 900123', 'phone number'],
    ['+447700900123', 'phone number'],
    ['0044 7700 900123', 'phone number'],
    ['+353 86 123 4567', 'phone number'],
    ['(01632) 960 001', 'phone number'],
    ['01632 960001', 'phone number'],
    ['020 7946 0018', 'phone number'],
    ['mum is on 01632-960-001', 'phone number'],
    ['ring 763333', 'phone number'],
    ['jo.bloggs@nhs.example', 'email address'],
    ["email o'neil+ward@trust.nhs.example pls", 'email address'],
    ['dob 03/04/1952', 'date of birth'],
    ['3.4.52', 'date of birth'],
    ['03-04-1952', 'date of birth'],
    ['1952-04-03', 'date of birth'],
    ['1952/04/03', 'date of birth'],
    ['born 3rd april 1952', 'date of birth'],
    ['3 Apr 52', 'date of birth'],
    ['3apr52', 'date of birth'],
    ['3-Apr-1952', 'date of birth'],
    ['april 3 1952', 'date of birth'],
    ["3 april '52", 'date of birth'],
    ['dob 03 04 52', 'date of birth'],
    ['d.o.b. 3 4 1952', 'date of birth'],
    ['dob 030452', 'date of birth'],
    ['DOB: 03041952', 'date of birth'],
    ['dob on 3/4/24', 'date of birth'],
    ['her birthday is on 3/4/24', 'date of birth'],
    ['on 3/4/52', 'date of birth'],
    ['3/4/24', 'date of birth'],
    ['12/12/12', 'date of birth'],
    ['lives in WR5 1DD', 'postcode'],
    ['wr51dd', 'postcode'],
    ['wr5  1dd', 'postcode'],
    ['WR5-1DD', 'postcode'],
    ['SW1A 1AA', 'postcode'],
    ['B4 7ET', 'postcode'],
    ['hosp no 123456', 'hospital number'],
    ['hosp number is 123456', 'hospital number'],
    ['MRN: 00123456', 'hospital number'],
    ['MRN 12 34 56', 'hospital number'],
    ['pas no 445566', 'hospital number'],
    ['unit no 44556', 'hospital number'],
    ['patient id is 44556', 'hospital number'],
    ['RWP1234567', 'hospital number'],
    ['K1234567', 'hospital number'],
    ['case notes 445566', 'hospital number'],
    ['case note no 445566', 'hospital number'],
    ['case number 445566', 'hospital number'],
  ])('“%s” holds a %s', (typed, kind) => {
    const { text, found } = scrub(typed);
    expect(found).toEqual([kind]);
    expect(text).toContain(`[${kind}]`);
    expect(text).not.toMatch(/\d{3}|\d \d/);
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
    '1000000 views',
    'it has 12000000 followers',
    '£1000000',
    'INC0012345',
    'version 1.2.34',
    'section 4.2.10',
    'on 3/4/24 a visitor filmed',
    'since 3 April 2024',
    '99/99/99',
    'b4 2nd one',
    'm5 4th',
    'M25 4th car',
    'patient no 3 of 12',
  ])('“%s” holds none and stays as it is', (typed) => {
    expect(scrub(typed)).toEqual({ text: typed, found: [] });
  });

  test('a name is not detected: the documentation says so', () => {
    expect(scrub('Mrs Doreen Smith in bed 4').found).toEqual([]);
  });

  test('all of several identifiers go', () => {
    const { text, found } = scrub('pt 943 476 5919 dob 3/4/52, daughter on 07700 900123, WR5 1DD');
    expect(found).toEqual(['NHS number', 'date of birth', 'phone number', 'postcode']);
    expect(text).toBe('pt [NHS number] dob [date of birth], daughter on [phone number], [postcode]');
  });

  test('an identifier that stands against another goes too', () => {
    expect(scrub('wr51dd3/4/1952').text).toBe('[postcode][date of birth]');
  });

  test('a very long text is scrubbed, whatever it repeats', () => {
    const repeated = [...'a1 .@0-/+(7\t', 'a@', '1 ', 'dob ', 'nhs no ', '3 april ', 'wr5 ', 'hosp no is '];
    for (const part of repeated) {
      const typed = `${part.repeat(200_000 / part.length)} write to jo@nhs.example`;
      expect(scrub(typed).text).toContain('write to [email address]');
    }
  });

  test('every NHS number goes, however it is grouped, and none stays in part', () => {
    const number = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 })
      .map((digits) => digits.join(''))
      .filter((nine) => checkDigit(nine) < 10)
      .map((nine) => nine + checkDigit(nine));
    fc.assert(
      fc.property(number, fc.constantFrom('', ' ', '-', '  ', '\t', '\u00a0', '–', '/', '.'), (ten, gap) => {
        const typed = [ten.slice(0, 3), ten.slice(3, 6), ten.slice(6)].join(gap);
        expect(isNhsNumber(typed)).toBe(true);
        expect(scrub(`see ${typed} please`).text).not.toMatch(/\d/);
      }),
      { seed: 20260101 },
    );
  });

  test('scrubbing what is scrubbed changes nothing, and nothing makes it fail', () => {
    const parts = fc.constantFrom(
      ...['dob', 'nhs no', 'hosp number is', 'born on', 'ring', 'wr5 1dd', 'jo@nhs.example', '3/4/52', '3 apr 1952'],
      ...[
        '943 476 5919',
        '07700 900123',
        'K1234567',
        'MRN',
        '1000000',
        'views',
        'on',
        '12',
        '5',
        '0',
        ' ',
        '-',
        '[',
        ']',
        '@',
      ],
    );
    const likely = fc.array(parts, { maxLength: 12 }).map((all) => all.join(''));
    const spaced = fc.array(parts, { maxLength: 12 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), likely, spaced), (typed) => {
        const once = scrub(typed).text;
        expect(scrub(once).text).toBe(once);
      }),
      { seed: 20260101, numRuns: 2_000 },
    );
  });
});

function checkDigit(nine: string): number {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  return (11 - (sum % 11)) % 11;
}
