import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { faultsOf } from '../../src/store/audits.ts';
import { emptyLog } from '../../src/store/forgetting.ts';
import { keepName } from '../../src/store/kept-names.ts';
import { KeysError } from '../../src/store/key-files.ts';
import { type Actor, appendAudit, insertReferral, readReferral, saveWords } from '../../src/store/referrals.ts';
import { keysInUse, lockPlainWords, relockWords } from '../../src/store/relock.ts';
import { KEPT_NAME, type WordsRow } from '../../src/store/schema.ts';
import { createSeal, type Seal } from '../../src/store/seal.ts';
import { openPostgres, openSqlite, type Store } from '../../src/store/store.ts';
import { createVault, parseKeys, type WordsKey, wordsKeysIn } from '../../src/store/vault.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { aReferral } from './rows.ts';

const keyOf = (id: string, byte: number): WordsKey => ({ id, key: Buffer.alloc(32, byte) });
const OLD = keyOf('2026a', 1);
const NEW = keyOf('2026b', 2);
/** Another key that somebody gave the same name. */
const WRONG = keyOf('2026a', 3);

const place = { id: 'w1', referral: 'AAA-AAAA', kind: 'note', at: 1 } as const;

describe('what is locked', () => {
  const vault = createVault([OLD]);

  test('comes back as it was typed, and looks different each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const locked = vault.lock(place, text);
        expect(vault.open({ ...place, ...locked })).toEqual({ text });
        expect(vault.lock(place, text).text).not.toBe(locked.text);
      }),
    );
  });

  test('does not open where a bit of it was changed, or it was cut short', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.boolean(), (text, at, isCut) => {
        const locked = vault.lock(place, text);
        const bytes = Buffer.from(locked.text, 'base64');
        const bit = at % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = isCut ? bytes.subarray(0, at % bytes.length) : bytes;
        const row = { ...place, key: locked.key, text: changed.toString('base64') };
        expect(vault.open(row)).toEqual({ unreadable: 'not-genuine' });
      }),
    );
  });

  test.each([{ id: 'w2' }, { referral: 'BBB-BBBB' }, { kind: 'outcome' as const }, { at: 2 }])(
    'does not open in the place of another: %j',
    (other) => {
      const locked = vault.lock(place, 'A visitor is filming.');
      expect(vault.open({ ...place, ...other, ...locked })).toEqual({ unreadable: 'not-genuine' });
    },
  );

  test('opens by every key at hand, and is locked by the first', () => {
    const both = createVault([NEW, OLD]);
    expect(both.open({ ...place, ...vault.lock(place, 'x') })).toEqual({ text: 'x' });
    expect(both.lock(place, 'x').key).toBe(NEW.id);
  });

  test('says whether its key is missing, or is another of the same name', () => {
    const row = { ...place, ...vault.lock(place, 'x') };
    expect(createVault([NEW]).open(row)).toEqual({ unreadable: 'no-key' });
    expect(createVault([]).open(row)).toEqual({ unreadable: 'no-key' });
    expect(createVault([WRONG]).open(row)).toEqual({ unreadable: 'not-genuine' });
  });

  test('is never kept as it was typed for want of a key', () => {
    expect(() => createVault([]).lock(place, 'x')).toThrow(KeysError);
  });
});

describe('keys', () => {
  const [a, b] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));

  test('are read from a setting, or one from each line of a file', () => {
    for (const text of [`2026b=${b};2026a=${a}`, ` 2026b=${b} ;\n 2026a=${a};\n`, `2026b=${b}\n2026a=${a}\n`]) {
      expect(parseKeys(text)).toEqual([NEW, OLD]);
    }
  });

  test.each(['', ';', `${a}`, `=${a}`, '2026a=short', `2026a=${a};2026a=${b}`, `20 26=${a}`, `2026a=${a}=`])(
    'are not read from %j',
    (text) => expect(parseKeys(text)).toBeUndefined(),
  );

  test('of a data folder are made on first use, stay the same, and are for its owner alone', () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'signpost-keys-')));
    const [folder = '', another = ''] = folders;
    const keys = wordsKeysIn(folder);
    expect(wordsKeysIn(folder)).toEqual(keys);
    expect(statSync(join(folder, 'words.keys')).mode & 0o777).toBe(0o600);
    expect(wordsKeysIn(another)[0]?.id).not.toBe(keys[0]?.id);
    writeFileSync(join(folder, 'words.keys'), 'damaged');
    expect(() => wordsKeysIn(folder)).toThrow(/words\.keys: must hold one key on each line/);
    for (const one of folders) rmSync(one, { recursive: true });
  });
});

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-vault-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const AUDIT_KEY = Buffer.alloc(32, 9);
const sealWith = (...keys: readonly WordsKey[]): Seal => createSeal(AUDIT_KEY, createVault(keys));
const SECRET = 'Mrs Zebedee in bed 4 is being filmed';
const NUMBER = '07700 900 461';
const GRACE: Actor = { tenant: 't', person: 'grace', name: 'Grace Quillfeather' };
const OMAR: Actor = { tenant: 't', person: 'omar', name: 'Omar Underwood' };

const stores = [
  ['SQLite', async () => openSqlite(folder)],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
] as const;

describe.each(stores)('what people typed, on %s', (kind, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  let made = 0;
  /** A referral with a story, a number and a note. @returns its reference. */
  const raise = async (seal: Seal, text = SECRET): Promise<string> => {
    made += 1;
    const reference = `REF-${made}`;
    await insertReferral(store.db, aReferral({ reference }));
    const words = (of: WordsRow['kind']) => ({ id: `${reference} ${of}`, kind: of, text });
    await appendAudit(store.db, seal, reference, { kind: 'raised', at: 1, actor: GRACE, words: words('description') });
    await saveWords(store.db, seal, { ...words('call-back'), referral: reference, text: NUMBER, at: 1 });
    await appendAudit(store.db, seal, reference, { kind: 'note', at: 2, actor: GRACE, words: words('note') });
    return reference;
  };
  const typedIn = async (reference: string, seal: Seal): Promise<unknown[]> => {
    const { words = [] } = (await readReferral(store.db, seal, reference)) ?? {};
    return words.map((row) => ('text' in row ? row.text : row.unreadable)).sort();
  };

  /** Everything that the register holds, as whoever copies it could read it. */
  const everything = async (): Promise<string> => {
    if (kind === 'SQLite') {
      return readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'latin1'))
        .join('\n');
    }
    const { rows: tables } = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = 'public'`.execute(store.db);
    const contents: string[] = [];
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(store.db);
      contents.push(...rows.map(({ row }) => row));
    }
    return contents.join('\n');
  };

  test('is read as it was typed, and stands nowhere in what is stored', async () => {
    const reference = await raise(sealWith(OLD));
    expect(await typedIn(reference, sealWith(OLD))).toEqual([NUMBER, SECRET, SECRET]);
    const stored = await everything();
    expect(stored).toContain('Grace Quillfeather');
    for (const words of [SECRET, 'Zebedee', NUMBER, '900 461']) expect(stored).not.toContain(words);
    expect(await faultsOf(store, sealWith(OLD), reference)).toEqual([]);
  });

  test('is not read without its key or with a wrong one, and the rest of the referral is', async () => {
    const reference = await raise(sealWith(OLD));
    for (const seal of [sealWith(NEW), sealWith(), sealWith(WRONG)]) {
      const record = await readReferral(store.db, seal, reference);
      expect(record?.words.every((row) => 'unreadable' in row)).toBe(true);
      expect(record?.audit.map(({ actor_name }) => actor_name)).toEqual([GRACE.name, GRACE.name]);
    }
    expect(await faultsOf(store, sealWith(NEW), reference)).toEqual([]);
    expect(await faultsOf(store, sealWith(WRONG), reference)).toHaveLength(3);
  });

  test('is found changed, and found in the place of others', async () => {
    const [one, other] = [await raise(sealWith(OLD)), await raise(sealWith(OLD), 'Nothing at all.')];
    const words = await store.db.selectFrom('words').selectAll().where('referral', 'in', [one, other]).execute();
    const textOf = (id: string): string => words.find((row) => row.id === id)?.text ?? '';
    const put = (id: string, text: string) =>
      store.db.updateTable('words').set({ text }).where('id', '=', id).execute();
    await put(`${one} description`, textOf(`${other} description`));
    await put(`${one} call-back`, textOf(`${other} call-back`));
    expect(await typedIn(one, sealWith(OLD))).toEqual([SECRET, 'not-genuine', 'not-genuine']);
    expect(await faultsOf(store, sealWith(OLD), one)).toEqual([
      `the words of row 1 of ${one} were changed`,
      `the call-back of ${one} were changed`,
    ]);
    for (const id of [`${one} description`, `${one} call-back`]) await put(id, textOf(id));
    expect(await faultsOf(store, sealWith(OLD), one)).toEqual([]);
  });

  test('is missed where it is a name that is kept and somebody took it out', async () => {
    const reference = 'KEPT-1';
    const { tenant: reporter_tenant, person: reporter, name } = GRACE;
    const row = aReferral({ reference, reporter_tenant, reporter, reporter_name: KEPT_NAME, name_kept: 1 });
    await insertReferral(store.db, row);
    await keepName(store.db, sealWith(OLD), reference, name, 1);
    await appendAudit(store.db, sealWith(OLD), reference, { kind: 'raised', at: 1, actor: GRACE });
    expect(await faultsOf(store, sealWith(OLD), reference)).toEqual([]);
    await store.db.deleteFrom('words').where('referral', '=', reference).execute();
    expect(await faultsOf(store, sealWith(OLD), reference)).toEqual([
      `the name that is kept of ${reference} was taken out, and by no rule`,
    ]);
  });

  test('is encrypted when a register from before is opened, and what could be read is gone from its files', async () => {
    const reference = await raise(sealWith(OLD));
    const plain = 'A plain story of before, about Mr Ypsilon. '.repeat(50);
    for (let row = 0; row < 250; row += 1) {
      const words = {
        id: `plain-${row}`,
        referral: reference,
        kind: 'addition',
        key: null,
        text: plain,
        at: 3,
      } as const;
      await store.db.insertInto('words').values(words).execute();
    }
    expect(await everything()).toContain('Mr Ypsilon');
    expect((await typedIn(reference, sealWith(OLD))).filter((text) => text === plain)).toHaveLength(250);
    expect(await faultsOf(store, sealWith(OLD), reference)).toContain(
      `the addition of ${reference} are not encrypted: they were put in by hand, or before Signpost encrypted them`,
    );
    expect(await lockPlainWords(store, sealWith(OLD))).toBe(250);
    expect(await everything()).not.toContain('Ypsilon');
    expect((await typedIn(reference, sealWith(OLD))).filter((text) => text === plain)).toHaveLength(250);
    expect(await lockPlainWords(store, sealWith(OLD))).toBe(0);
  });

  test('is encrypted anew with the first key, but for what cannot be read, and may be begun again', async () => {
    const lost = await raise(sealWith(keyOf('lost', 8)));
    const kept = await raise(sealWith(OLD));
    expect(await keysInUse(store.db)).toEqual(expect.arrayContaining(['2026a', 'lost']));
    const { done, unreadable } = await relockWords(store, sealWith(NEW, OLD));
    expect(done).toBeGreaterThan(250);
    expect([...unreadable]).toEqual([['lost', 3]]);
    expect([...(await keysInUse(store.db))].sort()).toEqual(['2026b', 'lost']);
    expect(await typedIn(kept, sealWith(NEW))).toEqual([NUMBER, SECRET, SECRET]);
    expect(await typedIn(lost, sealWith(NEW))).toEqual(['no-key', 'no-key', 'no-key']);
    expect(await faultsOf(store, sealWith(NEW), kept)).toEqual([]);
    expect((await relockWords(store, sealWith(NEW, OLD))).done).toBe(0);
  });

  test('and names can be deleted, and the record of the rest stays whole', async () => {
    const reference = await raise(sealWith(NEW));
    await appendAudit(store.db, sealWith(NEW), reference, {
      kind: 'hand-over',
      at: 3,
      actor: GRACE,
      details: { because: 'of the hour' },
      people: { to: OMAR },
    });
    const auditNow = async () => (await readReferral(store.db, sealWith(NEW), reference))?.audit.at(-1);
    expect(await auditNow()).toMatchObject({ actor_name: GRACE.name, actor: 'grace' });
    expect(JSON.parse((await auditNow())?.details ?? '')).toEqual({ because: 'of the hour', to: OMAR.name });
    const { rows } = await sql<object>`select * from audit`.execute(store.db);
    expect(JSON.stringify(rows)).not.toMatch(/Quillfeather|Underwood/);

    await store.db.deleteFrom('audit_names').where('person', '=', 'grace').execute();
    expect(await auditNow()).toMatchObject({ actor_name: null, actor: 'grace' });
    expect(JSON.parse((await auditNow())?.details ?? '')).toEqual({ because: 'of the hour', to: OMAR.name });
    await store.db.deleteFrom('audit_names').execute();
    expect(JSON.parse((await auditNow())?.details ?? '')).toEqual({ because: 'of the hour' });
    expect(await faultsOf(store, sealWith(NEW), reference)).toEqual([]);
    await emptyLog(store);
    expect(await everything()).not.toMatch(/Underwood/);
  });
});
