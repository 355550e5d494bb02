/** What nobody but those whom it is for may read: a name and three numbers of a person who is not, like a real one's. */
export type Secret = {
  /** No other secret has this word in it. */
  readonly name: string;
  readonly nhsNumber: string;
  readonly phone: string;
  readonly email: string;
  /** All of it, as somebody would type it. */
  readonly words: string;
};

/** The secret of this number. */
export function secretOf(index: number): Secret {
  const letters = [676, 26, 1].map((unit) => String.fromCharCode(97 + (Math.floor(index / unit) % 26))).join('');
  const name = `Quillfeather${letters}`;
  const nhsNumber = nhsNumberFrom(index);
  const phone = `07700900${String(index).padStart(3, '0')}`;
  const email = `zebedee.${name.toLowerCase()}@nhs.example`;
  return { name, nhsNumber, phone, email, words: `Zebedee ${name} ${nhsNumber} ${phone} ${email}` };
}

/** One with the right check digit, of those that no patient is given: they begin with 999. */
function nhsNumberFrom(index: number): string {
  const digits = `999${String(Math.floor(index / 10) * 100 + (index % 10) * 7).padStart(6, '0')}`;
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
  const check = (11 - (sum % 11)) % 11;
  // A check digit of ten is none: a number nearby has another.
  return check === 10 ? nhsNumberFrom(index + 1_000) : `${digits}${check}`;
}

/** Which parts of a secret are in a text, in whatever case they stand there. */
export function partsIn(text: string, { name, nhsNumber, phone }: Secret): readonly ('name' | 'numbers')[] {
  const lower = text.toLowerCase();
  // The address holds the name, so that it is found by it.
  const hasName = lower.includes(name.toLowerCase());
  const hasNumbers = lower.includes(nhsNumber) || lower.includes(phone);
  return [...(hasName ? (['name'] as const) : []), ...(hasNumbers ? (['numbers'] as const) : [])];
}
