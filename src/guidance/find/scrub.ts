/** What kind of identifier was taken out of a text. */
export type Identifier =
  | 'NHS number'
  | 'phone number'
  | 'email address'
  | 'date of birth'
  | 'postcode'
  | 'hospital number';

export type Scrubbed = {
  /** The text with each identifier replaced by its kind in square brackets, and with look-alike characters folded. */
  readonly text: string;
  readonly found: readonly Identifier[];
};

type Rule = {
  readonly kind: Identifier;
  /** What is in a group named `label` stays: "dob", "hosp no". */
  readonly pattern: RegExp;
  /** Whether what has the form is one. `before` is what stands before it. */
  readonly holds?: (match: string, before: string) => boolean;
};

/** What staff put between the digits of a number. Never without a bound, so that no text takes long to read. */
const GAP = String.raw`[\s./-]{0,3}`;
const START = String.raw`(?<![\p{L}\p{N}])`;
const END = String.raw`(?![\p{L}\p{N}])`;
/** Between a label and its number: "no: ", " is ", " = ". Never "]", after which what is taken out would be a label. */
const JOIN = String.raw`[\s:.=#-]{0,4}(?:(?:is|was|on|the)\s{1,3}){0,2}`;
const NUMBER_WORD = String.raw`[\s.]{0,3}(?:no|nos|num|number|nr|id|ref)(?![\p{L}])`;

/** So many digits, with gaps. */
function digitsOf(fewest: number, most: number): string {
  return String.raw`\d(?:${GAP}\d){${fewest - 1},${most - 1}}(?!\d)`;
}

function rule(kind: Identifier, pattern: string, holds?: Rule['holds']): Rule {
  return { kind, pattern: new RegExp(pattern, 'giu'), holds };
}

function labelled(kind: Identifier, label: string, pattern: string): Rule {
  return rule(kind, `(?<label>${START}(?:${label})${JOIN})${pattern}`);
}

const MONTH =
  '(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const DAY = String.raw`\d{1,2}(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?:(?:19|20)\d{2}|\d{2})(?!\d)`;
const DAY_MONTH_YEAR = String.raw`${DAY}[\s./-]{0,3}(?:of\s)?${MONTH}[\s.,/-]{0,3}['’]?${YEAR}`;
const MONTH_DAY = String.raw`${MONTH}[\s.]{0,3}${DAY}[\s,.]{1,3}`;
const BORN = String.raw`d\.?\s?o\.?\s?b\.?|date of birth|birth\s?date|birthday|born`;
/** What stands behind a number that counts something. */
const COUNTED =
  'views?|viewers?|followers?|likes?|people|members?|hits?|times|shares?|comments?|plays?|subscribers?|users?|posts?|pounds?|patients?|staff';
/** Tickets of service desks. */
const TICKET = 'inc|req|chg|prb|tkt';

/** In this order: a longer form is taken out before a shorter one that it contains. */
const RULES: readonly Rule[] = [
  // It begins where its first part can begin, and nowhere inside: otherwise every letter of a long word is a beginning.
  rule('email address', String.raw`(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`),
  labelled('NHS number', `nhs(?:${NUMBER_WORD})?`, digitsOf(9, 11)),
  rule('NHS number', String.raw`(?<![\d+])\d{3}[\s./-]{0,3}\d{3}[\s./-]{1,3}\d{4}(?!\d)`),
  rule('NHS number', String.raw`(?<![\d+])${digitsOf(10, 10)}`, isNhsNumber),
  // dob 03 04 52, d.o.b. 030452, born on 3rd April 52
  labelled(
    'date of birth',
    BORN,
    String.raw`(?:${DAY_MONTH_YEAR}|${MONTH_DAY}['’]?${YEAR}|\d{1,2}[\s./-]{1,3}\d{1,2}[\s./-]{1,3}${YEAR}|\d{4}[\s./-]{1,3}\d{1,2}[\s./-]{1,3}\d{1,2}(?!\d)|\d{8}(?!\d)|\d{6}(?!\d))`,
  ),
  // 03/04/1952, 3.4.52, 03-04-1952
  rule('date of birth', String.raw`(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]${YEAR}`, isDateOfBirth),
  // 1952-04-03, 1952/04/03
  rule('date of birth', String.raw`(?<!\d)(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)`, isDateOfBirth),
  // 3 April 1952, 3rd apr 52, 3apr52, 3-Apr-1952, 3 april '52
  rule('date of birth', String.raw`(?<!\d)${DAY_MONTH_YEAR}`, isDateOfBirth),
  // april 3 1952
  rule('date of birth', String.raw`${START}${MONTH_DAY}(?:['’]\d{2}|(?:19|20)\d{2})(?!\d)`, isDateOfBirth),
  // 07700 900123, 077 00 90 01 23, (01632) 960 001, 01905/763333, +44 (0)7700 900 123, 7700 900123
  rule('phone number', String.raw`(?:\+|(?<!\d)00)\d(?:[\s./()-]{0,3}\d){8,13}(?!\d)`),
  rule('phone number', String.raw`(?<!\d)\(?0(?:[\s./()-]{0,3}\d){9,10}(?!\d)`),
  rule(
    'phone number',
    String.raw`(?<![\d.])7\d{2,3}[\s.-]{1,3}\d{3}[\s.-]{0,3}\d{3,4}(?!\d)`,
    (match) => digits(match).length === 10,
  ),
  labelled('phone number', 'tel|telephone|phone|mob|mobile|ring|call', digitsOf(6, 11)),
  rule(
    'postcode',
    String.raw`${START}(?:[begl-nsw]\d{1,2}|[a-pr-uwyz](?:\d[a-hjkpstuw]|[a-hk-y]\d{1,2}|[a-hk-y]\d[abehmnprv-y]))[\s-]{0,3}\d[abd-hjlnp-uw-z]{2}${END}`,
    isPostcode,
  ),
  // hosp no 123456, MRN: 12 34 56, case notes 445566, patient id is 4455, unit number 12345
  labelled(
    'hospital number',
    `(?:mrn|pas|hosp(?:ital)?|case\\s?notes?)(?:${NUMBER_WORD})?`,
    `[a-z]{0,3}${digitsOf(5, 12)}`,
  ),
  labelled(
    'hospital number',
    `(?:mrn|pas|hosp(?:ital)?|case(?:\\s?notes?)?|patient|pt|unit|record|district)${NUMBER_WORD}`,
    `[a-z]{0,3}${digitsOf(4, 12)}`,
  ),
  // RWP1234567, K1234567
  rule('hospital number', String.raw`${START}(?!(?:${TICKET})\d)[a-z]{1,3}\d{6,8}${END}`),
  // A long run of digits is somebody's number, whichever it is, unless it counts something.
  rule('hospital number', String.raw`(?<![\d£$€]|(?:${TICKET}))\d{7,}(?!\d)(?!\s{0,3}(?:${COUNTED})${END})`),
];

/**
 * Takes out what may identify a person: NHS numbers, phone numbers, email addresses, dates of birth, postcodes and
 * hospital numbers, as staff type them. Names are not detected. Scrubbing again changes nothing.
 */
export function scrub(text: string): Scrubbed {
  const found = new Set<Identifier>();
  let left = fold(text);
  // What is taken out may bare what stood against it: "wr51dd3/4/52".
  for (let before = ''; before !== left; ) {
    before = left;
    for (const one of RULES) left = takeOut(one, left, found);
  }
  return { text: left, found: [...found] };
}

/** Characters that look alike become one: full-width digits, unusual spaces, dashes and slashes, and what is not seen. */
function fold(text: string): string {
  return text
    .replace(/[\u00AD\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, '')
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2044\u2215]/g, '/');
}

function takeOut({ kind, pattern, holds }: Rule, text: string, found: Set<Identifier>): string {
  let left = '';
  let kept = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const label = match.groups?.label ?? '';
    if (holds !== undefined && !holds(match[0], text.slice(Math.max(0, match.index - LONGEST_BEFORE), match.index))) {
      // What holds may begin inside what does not.
      pattern.lastIndex = match.index + 1;
      continue;
    }
    found.add(kind);
    left += `${text.slice(kept, match.index)}${label}[${kind}]`;
    kept = match.index + match[0].length;
  }
  return left + text.slice(kept);
}

function digits(text: string): string {
  return text.replace(/\D/g, '');
}

/** Ten digits whose last is the check digit, modulus 11. */
export function isNhsNumber(text: string): boolean {
  const number = digits(text);
  if (number.length !== 10) return false;
  const sum = [...number.slice(0, 9)].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check !== 10 && check === Number(number[9]);
}

/** Enough of what stands before a date to see what kind it is. In characters. */
const LONGEST_BEFORE = 12;
/** A number of these is no date. */
const OF_A_TEXT = /(?<![\p{L}\p{N}])(?:v|version|section|clause|page|para)\s+$/iu;
/** On such a date something happened. */
const OF_AN_EVENT = /(?<![\p{L}\p{N}])(?:on|since|from|until|till|by|before|after|dated|posted)\s+$/iu;
/** A later year of two digits is one of the last century: nothing that staff ask about happened then. */
const RECENT_YEARS = 39;

/** A date, unless it is plainly the number of a text, or the day on which something happened lately. */
function isDateOfBirth(text: string, before: string): boolean {
  if (OF_A_TEXT.test(before)) return false;
  const numbers = text.match(/\d+/g) ?? [];
  const place = numbers[0]?.length === 4 ? 0 : numbers.length - 1;
  const year = numbers[place] ?? '';
  const isRecent = year.length === 4 ? year >= '2000' : Number(year) <= RECENT_YEARS;
  if (isRecent && OF_AN_EVENT.test(before)) return false;
  // With the month in words only the day is left, which needs no month beside it.
  return numbers.length < 3 || isDayAndMonth(numbers.filter((_, index) => index !== place).map(Number));
}

/** Whether two numbers can be a day and a month, either first. */
function isDayAndMonth([one = 1, other = 1]: readonly number[]): boolean {
  return Math.min(one, other) >= 1 && Math.min(one, other) <= 12 && Math.max(one, other) <= 31;
}

/** "M5 4th" and "b4 2nd" are roads, beds and ordinals. */
function isPostcode(text: string): boolean {
  return !/^[a-z]\d{1,2}[\s-]+(?:1st|2nd|3rd|\dth)$/u.test(text.replace(/^[A-Z]/, (letter) => letter.toLowerCase()));
}
