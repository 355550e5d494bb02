import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Audit, faultsInAudit } from '../../src/store/audits.ts';
import type { AuditNameRow, StoredAuditRow, WordsRow } from '../../src/store/schema.ts';
import { keyIn } from '../../src/store/seal.ts';
import { aSeal } from '../support/keys.ts';

const SEAL = aSeal(1);
const ANOTHER_SEAL = aSeal(2);

type History = Pick<Audit, 'rows' | 'names' | 'words'>;

const anybody = fc.option(fc.constantFrom('Grace', 'Helen'), { nil: null });

function aName(changes: Partial<AuditNameRow>): AuditNameRow {
  const name = { sequence: 1, field: 'actor', tenant: 'tenant', person: 'person', name: 'Grace', ...changes };
  return { referral: 'AAA-AAAA', ...name };
}

/** A history of some length, as the register writes it: each row is chained to the one before. */
const histories: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('raised', 'step', 'note', 'acknowledge', 'close'),
      /** From before names were kept apart, where it is old. */
      isOld: fc.boolean(),
      at: fc.nat({ max: 100_000 }),
      actor: anybody,
      details: fc.constantFrom('{}', '{"step":0}', '{"to":"The police"}'),
      text: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((events) => {
    const rows: StoredAuditRow[] = [];
    const names: AuditNameRow[] = [];
    const words: WordsRow[] = [];
    for (const [index, { kind, isOld, at, actor, details, text }] of events.entries()) {
      const id = text === undefined ? null : `words-${index}`;
      const place = { id: `words-${index}`, referral: 'AAA-AAAA', kind: 'note', at } as const;
      if (text !== undefined) words.push({ ...place, ...SEAL.vault.lock(place, text) });
      const own = isOld || actor === null ? [] : [aName({ sequence: index + 1, name: actor })];
      names.push(...own);
      const row = {
        referral: 'AAA-AAAA',
        sequence: index + 1,
        at,
        kind,
        actor_tenant: actor === null ? null : 'tenant',
        actor,
        actor_name: isOld ? actor : null,
        details,
        names: isOld ? '' : JSON.stringify(Object.fromEntries(own.map((one) => [one.field, SEAL.digestName(one)]))),
        words: id,
        words_digest: text === undefined ? '' : SEAL.digest(text),
      };
      rows.push({ ...row, hash: SEAL.link(rows.at(-1)?.hash ?? '', row) });
    }
    return { rows, names, words };
  });

/** The same history, with a last row that says that its words and names were deleted. */
function andForgotten({ rows, names, words }: History): History {
  const row = {
    referral: 'AAA-AAAA',
    sequence: rows.length + 1,
    at: 100_000,
    kind: 'forgotten',
    actor_tenant: null,
    actor: null,
    actor_name: null,
    details: '{"because":"rule"}',
    names: '{}',
    words: null,
    words_digest: '',
  };
  return { rows: [...rows, { ...row, hash: SEAL.link(rows.at(-1)?.hash ?? '', row) }], names, words };
}

/** A history, and the index of one of its rows. */
const withOneRow = histories.chain((history) =>
  fc.record({ history: fc.constant(history), index: fc.nat({ max: history.rows.length - 1 }) }),
);

/** What is found where some rows stand in a history now. How many the referral says that there are stays as it was. */
function faultsIn(history: History, now: Partial<History> = {}): string[] {
  return faultsInAudit(SEAL, { reference: 'AAA-AAAA', events: history.rows.length, ...history, ...now });
}

describe('the audit of a referral', () => {
  test('has no fault as it was written', () => {
    fc.assert(fc.property(histories, (history) => expect(faultsIn(history)).toEqual([])));
  });

  const CHANGES: Readonly<Record<string, (row: StoredAuditRow) => Partial<StoredAuditRow>>> = {
    referral: () => ({ referral: 'BBB-BBBB' }),
    sequence: ({ sequence }) => ({ sequence: sequence + 1 }),
    moment: ({ at }) => ({ at: at + 1 }),
    kind: ({ kind }) => ({ kind: `${kind} not` }),
    tenant: () => ({ actor_tenant: 'another tenant' }),
    actor: () => ({ actor: 'Victor' }),
    name: () => ({ actor_name: 'Victor' }),
    details: () => ({ details: '{"changed":true}' }),
    names: ({ names }) => ({ names: names === '' ? '{}' : '' }),
    words: ({ words }) => ({ words: `${words} of another` }),
    digest: ({ words_digest }) => ({ words_digest: `${words_digest}x` }),
    hash: ({ hash }) => ({ hash: `${hash}x` }),
  };

  test.each(Object.keys(CHANGES))('shows that the %s of a row was changed', (field) => {
    fc.assert(
      fc.property(withOneRow, ({ history, index }) => {
        const changed = history.rows.map((row, at) => (at === index ? { ...row, ...CHANGES[field]?.(row) } : row));
        expect(faultsIn(history, { rows: changed })).not.toEqual([]);
      }),
    );
  });

  test('shows that a row was removed, wherever it stood, and though the others were numbered anew', () => {
    fc.assert(
      fc.property(withOneRow, fc.boolean(), ({ history, index }, numberedAnew) => {
        const left = history.rows.toSpliced(index, 1);
        const numbered = numberedAnew ? left.map((row, at) => ({ ...row, sequence: at + 1 })) : left;
        expect(faultsIn(history, { rows: numbered })).not.toEqual([]);
      }),
    );
  });

  test('shows that two rows changed places, and though they were numbered anew', () => {
    fc.assert(
      fc.property(withOneRow, fc.boolean(), ({ history, index }, numberedAnew) => {
        const { rows } = history;
        const [one, other] = [rows[index], rows[index + 1]];
        fc.pre(one !== undefined && other !== undefined);
        const swapped = one && other ? rows.toSpliced(index, 2, other, one) : rows;
        const numbered = numberedAnew ? swapped.map((row, at) => ({ ...row, sequence: at + 1 })) : swapped;
        expect(faultsIn(history, { rows: numbered })).not.toEqual([]);
      }),
    );
  });

  test('shows that a row was put in, though it is a copy of a true one', () => {
    fc.assert(
      fc.property(withOneRow, fc.boolean(), ({ history, index }, numberedAnew) => {
        const more = history.rows.toSpliced(index, 0, ...history.rows.slice(index, index + 1));
        const numbered = numberedAnew ? more.map((row, at) => ({ ...row, sequence: at + 1 })) : more;
        expect(faultsIn(history, { rows: numbered })).not.toEqual([]);
      }),
    );
  });

  test('shows that a row was written by somebody without the key', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { rows } = history;
        const { hash: previous, ...last } = rows.at(-1) ?? { hash: '' };
        fc.pre('sequence' in last);
        const row = { ...(last as Omit<StoredAuditRow, 'hash'>), sequence: rows.length + 1 };
        const forged = [...rows, { ...row, hash: ANOTHER_SEAL.link(previous, row) }];
        expect(faultsIn({ ...history, rows: forged })).not.toEqual([]);
      }),
    );
  });

  test('shows that words were changed, or were put in the place of others', () => {
    const another = { key: 'test', text: Buffer.alloc(60, 1).toString('base64') };
    const changes: readonly ((word: WordsRow, rest: readonly WordsRow[]) => Partial<WordsRow>)[] = [
      () => another,
      ({ at }) => ({ at: at + 1 }),
      () => ({ key: null, text: 'Nothing happened.' }),
      (word) => ({ kind: word.kind === 'note' ? 'outcome' : 'note' }),
      // What somebody with the key of the words, and not of the audit, could put there.
      (word) => SEAL.vault.lock(word, 'Nothing happened.'),
      (_, [other]) => (other === undefined ? another : { text: other.text }),
    ];
    fc.assert(
      fc.property(histories, fc.constantFrom(...changes), (history, change) => {
        const [first, ...rest] = history.words;
        fc.pre(first !== undefined);
        const changed = first === undefined ? [] : [{ ...first, ...change(first, rest) }, ...rest];
        expect(faultsIn(history, { words: changed })).toEqual([
          expect.stringMatching(/^the words of row \d+ of AAA-AAAA (were changed|are not encrypted: .*)$/),
        ]);
      }),
    );
  });

  test('shows that a name was changed, given to another, or added', () => {
    const changes: readonly ((name: AuditNameRow) => Partial<AuditNameRow>)[] = [
      () => ({ name: 'Victor' }),
      () => ({ person: 'another' }),
      () => ({ tenant: 'another' }),
      () => ({ field: 'to' }),
      ({ sequence }) => ({ sequence: sequence + 100 }),
    ];
    fc.assert(
      fc.property(histories, fc.constantFrom(...changes), fc.boolean(), (history, change, isAdded) => {
        const [first, ...rest] = history.names;
        fc.pre(first !== undefined);
        const changed =
          first === undefined ? [] : [{ ...first, ...change(first) }, ...(isAdded ? [first] : []), ...rest];
        expect(faultsIn(history, { names: changed })).toEqual([
          expect.stringMatching(/^the name "(actor|to)" in row \d+ of AAA-AAAA was changed or added$/),
        ]);
      }),
    );
  });

  test('shows no fault where words and names were deleted by rule', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.boolean()), (written, keeps) => {
        const history = andForgotten(written);
        const left = {
          words: history.words.filter(() => keeps.next().value),
          names: history.names.filter(() => keeps.next().value),
        };
        expect(faultsIn(history, left)).toEqual([]);
      }),
    );
  });

  test('shows that words were taken out where nothing says that they were deleted', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, nth) => {
        fc.pre(history.words.length > 0);
        const words = history.words.toSpliced(nth % history.words.length, 1);
        expect(faultsIn(history, { words })).toEqual([
          expect.stringMatching(/^the words of row \d+ of AAA-AAAA were taken out, and by no rule$/),
        ]);
      }),
    );
  });

  test('says which row it is', () => {
    const [history] = fc.sample(histories, { numRuns: 1, seed: 7 });
    if (history === undefined) throw new Error('There is no history.');
    const changed = history.rows.map((row, index) => (index === 0 ? { ...row, kind: 'other' } : row));
    expect(faultsIn(history, { rows: changed })).toContain('row 1 of AAA-AAAA was changed, or a row before it');
    const events = history.rows.length + 1;
    expect(faultsInAudit(SEAL, { reference: 'AAA-AAAA', ...history, events })).toEqual([
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

  test('is refused where its file is empty or cut short: anybody could guess it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signpost-seal-'));
    for (const damaged of ['', 'c2hvcnQ=']) {
      writeFileSync(join(folder, 'audit.key'), damaged);
      expect(() => keyIn(folder)).toThrow(/audit\.key: must hold 32 random bytes in base64\. Put back its copy\./);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('is another in another folder', () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'signpost-seal-')));
    const keys = folders.map((folder) => keyIn(folder).toString('hex'));
    expect(new Set(keys).size).toBe(2);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
});
