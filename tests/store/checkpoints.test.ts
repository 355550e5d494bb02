import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { checkpointValue, isSignedWith, lastCheckpoint, makeCheckpoints } from '../../src/store/checkpoints.ts';
import { appendAudit, insertReferral } from '../../src/store/referrals.ts';
import { openPostgres, openSqlite, type Store } from '../../src/store/store.ts';
import { verifyRegister } from '../../src/store/verifying.ts';
import { aSeal } from '../support/keys.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { aReferral } from './rows.ts';

const SEAL = aSeal();
const TABLES = ['audit', 'audit_names', 'words', 'checkpoints', 'checkpoint_heads', 'referrals'] as const;
type Table = (typeof TABLES)[number];
/** Of a referral itself only this is a part of its record. */
const COLUMNS_OF_REFERRALS = ['reference', 'events'];
type Row = Readonly<Record<string, string | number | null>>;

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-checkpoints-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['SQLite', async () => openSqlite(folder)],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
])('checkpoints on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
    if (store.dialect === 'sqlite') await sql`pragma synchronous = off`.execute(store.db);
  });
  afterAll(() => store.close());

  let made = 0;
  const raises = async (): Promise<string> => {
    made += 1;
    const reference = `REF-${made}`;
    await insertReferral(store.db, aReferral({ reference }));
    return reference;
  };
  const adds = async (reference: string, isTyped: boolean): Promise<void> => {
    const id = `${reference} ${Math.random()}`;
    await appendAudit(store.db, SEAL, reference, {
      kind: 'note',
      at: made,
      actor: { tenant: 't', person: 'grace', name: 'Grace' },
      ...(isTyped ? { words: { id, kind: 'note', text: `Text of ${id}` } } : {}),
    });
  };
  /** What is found; where a text cannot be checked, that too. */
  const found = async (written?: string): Promise<string[]> => {
    const faults: string[] = [];
    const { unchecked } = await verifyRegister(store, SEAL, written === undefined ? {} : { written }, (fault) =>
      faults.push(fault),
    );
    return [...faults, ...unchecked.map((key) => `no key ${key}`)];
  };
  const tables = (): Kysely<Record<string, Row>> => store.db as unknown as Kysely<Record<string, Row>>;
  const rowsOf = (table: Table): Promise<Row[]> => tables().selectFrom(table).selectAll().execute();

  test('name what has grown since the last, and are not made where nothing has', async () => {
    const [one, other] = [await raises(), await raises()];
    for (const reference of [one, one, other]) await adds(reference, false);
    expect(await makeCheckpoints(store, SEAL, 10)).toBe(1);
    expect(await lastCheckpoint(store.db)).toMatchObject({ number: 1, at: 10, referrals: 2, rows: 3 });
    expect(await makeCheckpoints(store, SEAL, 20)).toBe(0);
    await adds(one, true);
    expect(await makeCheckpoints(store, SEAL, 30)).toBe(1);
    expect(await lastCheckpoint(store.db)).toMatchObject({ number: 2, referrals: 2, rows: 4 });
    const heads = await store.db.selectFrom('checkpoint_heads').selectAll().where('checkpoint', '=', 2).execute();
    expect(heads).toMatchObject([{ referral: one, events: 3 }]);
    expect(await found()).toEqual([]);
  });

  test('are held against one that was written down', async () => {
    const last = await lastCheckpoint(store.db);
    const value = last === undefined ? '' : checkpointValue(last);
    expect(await found(value)).toEqual([]);
    expect(await found(`${value}x`)).toEqual(['checkpoint 2 is not the one that was written down']);
    expect(await found(`9${value}`)).toEqual([
      'the checkpoint that was written down, 92, is not there: it was removed, with what came after it',
    ]);
  });

  test('show a key that is not theirs', async () => {
    expect(await isSignedWith(store.db, SEAL)).toBe(true);
    expect(await isSignedWith(store.db, aSeal(8))).toBe(false);
  });

  test.each(['audit', 'checkpoints', 'checkpoint_heads'] as const)(
    'and %s are never changed, deleted or emptied',
    async (table) => {
      const column = table === 'audit' ? 'kind' : table === 'checkpoints' ? 'digest' : 'hash';
      await expect(
        tables()
          .updateTable(table)
          .set({ [column]: 'x' })
          .execute(),
      ).rejects.toThrow(/never changed/);
      await expect(tables().deleteFrom(table).execute()).rejects.toThrow(/never changed/);
      if (store.dialect === 'postgres') {
        await expect(sql`truncate ${sql.table(table)} cascade`.execute(store.db)).rejects.toThrow(/never changed/);
      }
    },
  );

  test('find whatever was changed or taken out, and nothing where nothing was', async () => {
    const references = [await raises(), await raises(), await raises()];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ which: fc.nat({ max: 2 }), isTyped: fc.boolean(), isSigned: fc.boolean() }), {
          minLength: 1,
          maxLength: 8,
        }),
        async (steps) => {
          for (const { which, isTyped, isSigned } of steps) {
            await adds(references[which] ?? '', isTyped);
            if (isSigned) await makeCheckpoints(store, SEAL, made);
          }
          expect(await found()).toEqual([]);
        },
      ),
      { numRuns: 5, seed: 7 },
    );
    await makeCheckpoints(store, SEAL, made);
    await letTamper(store);
    for (const table of TABLES) {
      const rows = await rowsOf(table);
      const columns = Object.keys(rows[0] ?? {});
      for (const column of table === 'referrals' ? COLUMNS_OF_REFERRALS : columns) {
        const row = fc.sample(fc.constantFrom(...rows), { numRuns: 1, seed: column.length })[0];
        if (row === undefined) throw new Error(`There is nothing in ${table}.`);
        await put(table, row, { [column]: changed(row[column] ?? null) });
        expect({ table, column, found: (await found()).length > 0 }).toEqual({ table, column, found: true });
        await put(table, { ...row, [column]: changed(row[column] ?? null) }, row);
      }
      // Words and names are deleted by rule, and the newest checkpoint is missed by what was written down alone.
      if (table === 'words' || table === 'audit_names') continue;
      const last = Math.max(...rows.map((row) => Number(row.number ?? 0)));
      const row = rows.find((one) => table !== 'checkpoints' || one.number !== last);
      if (row === undefined) throw new Error(`There is nothing in ${table}.`);
      await remove(table, row);
      expect({ table, found: (await found()).length > 0 }).toEqual({ table, found: true });
      await tables().insertInto(table).values(row).execute();
    }
    expect(await found()).toEqual([]);
  });

  test('find an end of an audit, and a whole referral, that were taken out with all that counted them', async () => {
    const [shortened = '', gone = ''] = [await raises(), await raises()];
    for (const reference of [shortened, gone]) for (let row = 0; row < 3; row += 1) await adds(reference, false);
    await makeCheckpoints(store, SEAL, made);
    const { number } = await lastOrThrow();
    await store.db.deleteFrom('audit_names').where('referral', 'in', [shortened, gone]).execute();
    await store.db.deleteFrom('audit').where('referral', '=', shortened).where('sequence', '=', 3).execute();
    await store.db.updateTable('referrals').set({ events: 2 }).where('reference', '=', shortened).execute();
    await store.db.deleteFrom('audit').where('referral', '=', gone).execute();
    await store.db.deleteFrom('referrals').where('reference', '=', gone).execute();
    expect(await found()).toEqual([
      `${shortened} had 3 audit rows at checkpoint ${number}, and has 2: some were removed`,
      `${gone} was removed: it had 3 audit rows at checkpoint ${number}`,
    ]);
    expect(await found(checkpointValue({ ...(await lastOrThrow()), signature: 'x' }))).toContain(
      `checkpoint ${number} is not the one that was written down`,
    );
  });

  test('find an end that was taken out before others grew in its place and were signed', async () => {
    const before = await found();
    const shortened = await raises();
    for (let row = 0; row < 3; row += 1) await adds(shortened, false);
    await makeCheckpoints(store, SEAL, made);
    const { number } = await lastOrThrow();
    await store.db.deleteFrom('audit_names').where('referral', '=', shortened).where('sequence', '=', 3).execute();
    await store.db.deleteFrom('audit').where('referral', '=', shortened).where('sequence', '=', 3).execute();
    await store.db.updateTable('referrals').set({ events: 2 }).where('reference', '=', shortened).execute();
    for (let row = 0; row < 2; row += 1) await adds(shortened, true);
    expect(await makeCheckpoints(store, SEAL, made)).toBe(1);
    const now = await found();
    expect(now.filter((fault) => !before.includes(fault))).toEqual([
      `row 3 of ${shortened} is not the one of checkpoint ${number}`,
    ]);
  });

  const lastOrThrow = async () => {
    const last = await lastCheckpoint(store.db);
    if (last === undefined) throw new Error('There is no checkpoint.');
    return last;
  };
  const put = async (table: Table, now: Row, change: Row): Promise<void> => {
    await where(table, now, tables().updateTable(table).set(change)).execute();
  };
  const remove = async (table: Table, row: Row): Promise<void> => {
    await where(table, row, tables().deleteFrom(table)).execute();
  };
});

const KEYS: Readonly<Record<Table, readonly string[]>> = {
  audit: ['referral', 'sequence'],
  audit_names: ['referral', 'sequence', 'field'],
  words: ['id'],
  checkpoints: ['number'],
  checkpoint_heads: ['checkpoint', 'referral'],
  referrals: ['reference'],
};

function where<Q extends { where(column: string, is: '=', value: string | number | null): Q }>(
  table: Table,
  row: Row,
  query: Q,
): Q {
  return KEYS[table].reduce((narrowed, key) => narrowed.where(key, '=', row[key] ?? null), query);
}

function changed(value: string | number | null): string | number {
  return typeof value === 'number' ? value + 1_000 : `${value ?? ''}x`;
}

/** Takes away what holds somebody back who has the database itself. */
async function letTamper({ db, dialect }: Store): Promise<void> {
  if (dialect === 'sqlite') {
    await sql`pragma foreign_keys = off`.execute(db);
    const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(db);
    for (const { name } of rows) await sql`drop trigger ${sql.ref(name)}`.execute(db);
    return;
  }
  for (const table of TABLES) await sql`alter table ${sql.table(table)} disable trigger all`.execute(db);
  await sql`alter table actions disable trigger all`.execute(db);
  await sql`alter table cards disable trigger all`.execute(db);
}
