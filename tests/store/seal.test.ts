import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRow, WordsRow } from '../../src/store/schema.ts';
import { createSeal, faultsInAudit, keyIn } from '../../src/store/seal.ts';

const SEAL = createSeal(Buffer.alloc(32, 1));
const ANOTHER_SEAL = createSeal(Buffer.alloc(32, 2));

type History = { readonly rows: readonly AuditRow[]; readonly words: readonly WordsRow[] };

const anybody = fc.option(fc.constantFrom('Grace', 'Helen'), { nil: null });

/** A history of some length, as the register writes it: each row is chained to the one before. */
const histories: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('raised', 'step', 'note', 'acknowledge', 'close'),
      at: fc.nat({ max: 100_000 }),
      actor: anybody,
      details: fc.constantFrom('{}', '{"step":0}', '{"to":"The police"}'),
      text: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((events) => {
    const rows: AuditRow[] = [];
    const words: WordsRow[] = [];
    for (const [index, { kind, at, actor, details, text }] of events.entries()) {
      const id = text === undefined ? null : `words-${index}`;
      if (text !== undefined) words.push({ id: `words-${index}`, referral: 'AAA-AAAA', kind: 'note', text, at });
      const row = {
        referral: 'AAA-AAAA',
        sequence: index + 1,
        at,
        kind,
        actor_tenant: actor === null ? null : 'tenant',
        actor,
        actor_name: actor,
        details,
        words: id,
        words_digest: text === undefined ? '' : SEAL.digest(text),
      };
      rows.push({ ...row, hash: SEAL.link(rows.at(-1)?.hash ?? '', row) });
    }
    return { rows, words };
  });

/** A history, and the index of one of its rows. */
const withOneRow = histories.chain(({ rows, words }) =>
  fc.record({ rows: fc.constant(rows), words: fc.constant(words), index: fc.nat({ max: rows.length - 1 }) }),
);

/** How many rows the referral says that there are stays as it was. */
function faultsIn(rows: readonly AuditRow[], words: readonly WordsRow[], written: number): string[] {
  return faultsInAudit(SEAL, rows, words, written);
}

describe('the audit of a referral', () => {
  test('has no fault as it was written', () => {
    fc.assert(fc.property(histories, ({ rows, words }) => expect(faultsIn(rows, words, rows.length)).toEqual([])));
  });

  const CHANGES: Readonly<Record<string, (row: AuditRow) => Partial<AuditRow>>> = {
    referral: () => ({ referral: 'BBB-BBBB' }),
    sequence: ({ sequence }) => ({ sequence: sequence + 1 }),
    moment: ({ at }) => ({ at: at + 1 }),
    kind: ({ kind }) => ({ kind: `${kind} not` }),
    tenant: () => ({ actor_tenant: 'another tenant' }),
    actor: () => ({ actor: 'Victor' }),
    name: () => ({ actor_name: 'Victor' }),
    details: () => ({ details: '{"changed":true}' }),
    words: ({ words }) => ({ words: `${words} of another` }),
    digest: ({ words_digest }) => ({ words_digest: `${words_digest}x` }),
    hash: ({ hash }) => ({ hash: `${hash}x` }),
  };

  test.each(Object.keys(CHANGES))('shows that the %s of a row was changed', (field) => {
    fc.assert(
      fc.property(withOneRow, ({ rows, words, index }) => {
        const changed = rows.map((row, at) => (at === index ? { ...row, ...CHANGES[field]?.(row) } : row));
        expect(faultsIn(changed, words, rows.length)).not.toEqual([]);
      }),
    );
  });

  test('shows that a row was removed, wherever it stood, and though the others were numbered anew', () => {
    fc.assert(
      fc.property(withOneRow, fc.boolean(), ({ rows, words, index }, numberedAnew) => {
        const left = rows.toSpliced(index, 1);
        const numbered = numberedAnew ? left.map((row, at) => ({ ...row, sequence: at + 1 })) : left;
        expect(faultsIn(numbered, words, rows.length)).not.toEqual([]);
      }),
    );
  });

  test('shows that two rows changed places, and though they were numbered anew', () => {
    fc.assert(
      fc.property(withOneRow, fc.boolean(), ({ rows, words, index }, numberedAnew) => {
        const [one, other] = [rows[index], rows[index + 1]];
        fc.pre(one !== undefined && other !== undefined);
        const swapped = one && other ? rows.toSpliced(index, 2, other, one) : rows;
        const numbered = numberedAnew ? swapped.map((row, at) => ({ ...row, sequence: at + 1 })) : swapped;
        expect(faultsIn(numbered, words, rows.length)).not.toEqual([]);
      }),
    );
  });

  test('shows that a row was put in, though it is a copy of a true one', () => {
    fc.assert(
      fc.property(withOneRow, fc.boolean(), ({ rows, words, index }, numberedAnew) => {
        const more = rows.toSpliced(index, 0, ...rows.slice(index, index + 1));
        const numbered = numberedAnew ? more.map((row, at) => ({ ...row, sequence: at + 1 })) : more;
        expect(faultsIn(numbered, words, rows.length)).not.toEqual([]);
      }),
    );
  });

  test('shows that a row was written by somebody without the key', () => {
    fc.assert(
      fc.property(histories, ({ rows, words }) => {
        const { hash: previous, ...last } = rows.at(-1) ?? { hash: '' };
        fc.pre('sequence' in last);
        const row = { ...(last as Omit<AuditRow, 'hash'>), sequence: rows.length + 1 };
        const forged = [...rows, { ...row, hash: ANOTHER_SEAL.link(previous, row) }];
        expect(faultsIn(forged, words, forged.length)).not.toEqual([]);
      }),
    );
  });

  test('shows that words were changed, or were put in the place of others', () => {
    fc.assert(
      fc.property(histories, ({ rows, words }) => {
        fc.pre(words.length > 0);
        const changed = words.map((word, at) => (at === 0 ? { ...word, text: `${word.text} not` } : word));
        expect(faultsIn(rows, changed, rows.length)).toEqual([
          expect.stringMatching(/^the words of row \d+ of AAA-AAAA were changed$/),
        ]);
      }),
    );
  });

  test('shows no fault where words were deleted by rule', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.boolean()), ({ rows, words }, keeps) => {
        const left = words.filter(() => keeps.next().value);
        expect(faultsIn(rows, left, rows.length)).toEqual([]);
      }),
    );
  });

  test('says which row it is', () => {
    const [history] = fc.sample(histories, { numRuns: 1, seed: 7 });
    if (history === undefined) throw new Error('There is no history.');
    const changed = history.rows.map((row, index) => (index === 0 ? { ...row, kind: 'other' } : row));
    expect(faultsIn(changed, history.words, history.rows.length)).toContain(
      'row 1 of AAA-AAAA was changed, or a row before it',
    );
    expect(faultsIn(history.rows, history.words, history.rows.length + 1)).toEqual([
      `AAA-AAAA has ${history.rows.length} audit rows, and should have ${history.rows.length + 1}`,
    ]);
  });
});

describe('the key of a data folder', () => {
  test('is made on first use, stays the same, and is for its owner alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signpost-seal-'));
    const key = keyIn(folder);
    expect(key.length).toBe(32);
    expect(keyIn(folder).equals(key)).toBe(true);
    expect(statSync(join(folder, 'audit.key')).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true, force: true });
  });

  test('is another in another folder', () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'signpost-seal-')));
    const keys = folders.map((folder) => keyIn(folder).toString('hex'));
    expect(new Set(keys).size).toBe(2);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
});
