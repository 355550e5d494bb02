/** What kind of identifier was taken out of a text. */
export type Identifier =
  | 'NHS number'
  | 'phone number'
  | 'email address'
  | 'date of birth'
  | 'postcode'
  | 'hospital number';

export type Scrubbed = {
  /** The text with each identifier replaced by its kind in square brackets. */
  readonly text: string;
  readonly found: readonly Identifier[];
};

type Rule = {
  readonly kind: Identifier;
  readonly pattern: RegExp;
  readonly holds?: (match: string) => boolean;
};

/** In this order: a longer form is taken out before a shorter one that it contains. */
const RULES: readonly Rule[] = [
  { kind: 'email address', pattern: /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+/gu },
  { kind: 'NHS number', pattern: /(?<![\d+])\d{3}[ -.]?\d{3}[ -.]?\d{4}(?!\d)/g, holds: isNhsNumber },
  // 07700 900123, +44 7700 900 123, (01632) 960 001, 020-7946-0018
  {
    kind: 'phone number',
    pattern: /(?<!\d)(?:\+44[ -]?\(?0?\)?[ -]?|0044[ -]?|\(?0)\d{2,4}\)?(?:[ -]?\d{2,4}){2,3}(?!\d)/g,
    holds: (match) => digits(match).length >= 10,
  },
  // 03/04/1952, 3.4.52, 03-04-1952, 1952-04-03, 3 April 1952, 3rd apr 52
  { kind: 'date of birth', pattern: /(?<!\d)(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)/g },
  {
    kind: 'date of birth',
    pattern:
      /(?<!\d)\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*,? (?:19|20)?\d{2}(?!\d)/gi,
  },
  {
    kind: 'postcode',
    pattern:
      /(?<![\p{L}\p{N}])[a-pr-uwyz](?:\d{1,2}|\d[a-hjkpstuw]|[a-hk-y]\d{1,2}|[a-hk-y]\d[abehmnprv-y]) ?\d[abd-hjlnp-uw-z]{2}(?![\p{L}\p{N}])/giu,
  },
  // RWP1234567, hosp no 123456, MRN: 00123456, K1234567
  {
    kind: 'hospital number',
    pattern: /\b(?:mrn|hosp(?:ital)?\.? ?(?:no|num|number)?|pas|case ?note(?:s)?)[ .:#-]*[a-z]{0,3}\d{5,10}\b/gi,
  },
  { kind: 'hospital number', pattern: /(?<![\p{L}\p{N}])[a-z]{1,3}\d{6,8}(?![\p{L}\p{N}])/giu },
  // A long run of digits is somebody's number, whichever it is.
  { kind: 'hospital number', pattern: /(?<!\d)\d{7,12}(?!\d)/g },
];

/**
 * Takes out what may identify a person: NHS numbers (by their check digit), phone numbers, email addresses, dates of
 * birth, postcodes and hospital numbers. Names are not detected.
 */
export function scrub(text: string): Scrubbed {
  const found = new Set<Identifier>();
  let left = text;
  for (const { kind, pattern, holds } of RULES) {
    left = left.replace(pattern, (match) => {
      if (holds !== undefined && !holds(match)) return match;
      found.add(kind);
      return `[${kind}]`;
    });
  }
  return { text: left, found: [...found] };
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
