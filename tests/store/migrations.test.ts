import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { takeDueLanes } from '../../src/store/lanes.ts';
import { migrationsFor } from '../../src/store/migrations.ts';
import { appendAudit, insertReferral, readReferral } from '../../src/store/referrals.ts';
import { type Dialect, KEPT_NAME } from '../../src/store/schema.ts';
import { openPostgres, openSqlite, type Store, StoreTooNewError } from '../../src/store/store.ts';
import { aSeal } from '../support/keys.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { aReferral } from './rows.ts';

/** A register of the first two migrations, with rows in it, is opened by the code of today. */

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-migrations-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kinds = [
  [
    'SQLite',
    async () => {
      const database = new DatabaseSync(join(folder, 'signpost.sqlite'));
      await makeOld(new Kysely<unknown>({ dialect: new SqliteDialect({ database: shim(database) }) }), 'sqlite');
      return openSqlite(folder);
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const url = await postgres.database();
      const pool = new pg.Pool({ connectionString: url });
      await makeOld(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }), 'postgres');
      return openPostgres(url);
    },
  ],
] as const;

describe.each(kinds)('a register on %s from before there were rounds and conversations', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  test('keeps its referrals, and each begins in its first round', async () => {
    const record = await readReferral(store.db, aSeal(), 'OLD-1');
    expect(record?.referral).toMatchObject({
      status: 'raised',
      route_step: 1,
      next_step_at: 900,
      version: 3,
      round: 0,
      unanswered_at: null,
      owner_due_at: null,
      open_question: null,
      forgotten_at: null,
    });
    expect(record?.words).toMatchObject([{ text: 'A visitor is filming.' }]);
  });

  test('shows the names in it as before, and from now on takes none where one is kept', async () => {
    const named = (reference: string) =>
      store.db.selectFrom('referrals').select(['name_kept', 'reporter_name']).where('reference', '=', reference);
    expect(await named('OLD-1').executeTakeFirst()).toEqual({ name_kept: 0, reporter_name: 'Amina' });
    const kept = aReferral({ reference: 'NEW-1', name_kept: 1, reporter_name: KEPT_NAME });
    await expect(insertReferral(store.db, { ...kept, reporter_name: 'Amina' })).rejects.toThrow(/check/i);
    expect(await insertReferral(store.db, kept)).toBe(true);
    const change = store.db.updateTable('referrals').where('reference', '=', 'NEW-1');
    await expect(change.set({ reporter_name: 'Amina' }).execute()).rejects.toThrow(/check/i);
    // It can be forgotten.
    await change.set({ reporter_name: '' }).execute();
    await store.db.deleteFrom('referrals').where('reference', '=', 'NEW-1').execute();
  });

  test('keeps its cards, with what they show and where', async () => {
    const record = await readReferral(store.db, aSeal(), 'OLD-1');
    expect(
      record?.cards.map(({ id, lane, step, round, state, activity, wanted, shown, due_at }) => [
        id,
        lane,
        step,
        round,
        state,
        activity,
        wanted,
        shown,
        due_at,
      ]),
    ).toEqual([
      ['channel', '19:channel', 0, 0, 'delivered', 'posted-1', 2, 1, 700],
      ['nobody', 'nobody', 0, 0, 'failed', null, 1, 0, null],
      ['nurse', 'a:nurse', 0, 0, 'waiting', null, 1, 0, 600],
      ['reporter', 'a:reporter', null, 0, 'delivered', 'form', 3, 3, null],
    ]);
    for (const card of record?.cards ?? []) {
      expect(card).toMatchObject({ replaced: 0, details: '{}', address: null, place_role: '' });
      // A message that is there was posted when it arrived.
      expect(card.posted_at).toBe(card.activity === null ? null : card.delivered_at);
    }
  });

  test('knows which conversations have something due', async () => {
    const lanes = await store.db.selectFrom('lanes').selectAll().orderBy('lane').execute();
    expect(lanes.map(({ lane, due_at }) => [lane, due_at])).toEqual([
      ['19:channel', 700],
      ['a:nurse', 600],
      ['a:reporter', null],
      ['nobody', null],
    ]);
    const taken = await takeDueLanes(store, { at: 700, until: 800, holder: 'one', limit: 10 });
    expect(taken.map(({ lane }) => lane)).toEqual(['a:nurse', '19:channel']);
  });

  test('goes on with its audit, whose rows are still never changed', async () => {
    const sequence = await appendAudit(store.db, aSeal(), 'OLD-1', { kind: 'note', at: 1_000 });
    expect(sequence).toBe(3);
    const { audit = [] } = (await readReferral(store.db, aSeal(), 'OLD-1')) ?? {};
    expect(audit.map(({ kind, hash }) => [kind, hash === ''])).toEqual([
      ['raised', true],
      ['step', true],
      ['note', false],
    ]);
    await expect(store.db.updateTable('audit').set({ kind: 'other' }).execute()).rejects.toThrow(/never changed/);
    await expect(store.db.deleteFrom('audit').execute()).rejects.toThrow(/never changed/);
  });

  test('keeps who is on duty, and its teams', async () => {
    expect(await store.db.selectFrom('duty').selectAll().execute()).toMatchObject([
      { person: 'nurse', until_at: 5_000, warned_at: null },
    ]);
    expect(await store.db.selectFrom('teams').selectAll().execute()).toMatchObject([{ team: 't1', keepers: '[]' }]);
  });
});

describe.each([
  [
    'SQLite',
    async () => {
      const place = join(folder, 'newer');
      return { open: () => openSqlite(place) };
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const url = await postgres.database();
      return { open: () => openPostgres(url) };
    },
  ],
])('a register on %s that a newer version has updated', (_, place) => {
  test('is left alone by an older one, which says what to do', async () => {
    const { open } = await place();
    const newer = await open();
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2026-01-01')`.execute(newer.db);
    await newer.close();
    const failure: unknown = await open().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(StoreTooNewError);
    expect(String(failure)).toContain('updated by a newer version of Signpost (999-later)');
  });
});

/** Makes the tables of the first two migrations, with a referral and all that belongs to it. */
async function makeOld(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const migrator = new Migrator({ db, provider: migrationsFor(dialect) });
  const { error } = await migrator.migrateTo('002-unanswered');
  if (error !== undefined) throw error;
  await sql`insert into referrals (reference, raise_key, organisation, flow, edition, responses, outcome, asked, category,
      urgency, department, department_name, about_senior, told, safe_to_ring, reporter_tenant, reporter, reporter_name,
      status, version, events, route, route_step, next_step_at, raised_at)
    values ('OLD-1', 'key', 'o', 'f', 'e', '{}', 'x', '{}', 'c', 'urgent', 'ward', 'Ward', 'no', '[]', 'yes', 'tenant',
      'reporter', 'Amina', 'raised', 3, 2, '{"steps":[]}', 1, 900, 1)`.execute(db);
  await sql`insert into words (id, referral, kind, text, at)
    values ('w1', 'OLD-1', 'description', 'A visitor is filming.', 1)`.execute(db);
  await sql`insert into audit (referral, sequence, at, kind, details, words)
    values ('OLD-1', 1, 1, 'raised', '{}', 'w1'), ('OLD-1', 2, 1, 'step', '{"step":0}', null)`.execute(db);
  await sql`insert into cards (id, referral, role, tenant, person, place_name, team, channel, conversation, activity,
      service_url, bot_id, wanted, shown, state, possible_duplicate, attempts, due_at, lease_until, created_at, delivered_at)
    values
      ('reporter', 'OLD-1', 'reporter', 'tenant', 'reporter', 'Amina', null, null, 'a:reporter', 'form', 's', 'b', 3, 3,
        'delivered', 0, 0, null, 0, 4, 5),
      ('nurse', 'OLD-1', 'on-duty', 'tenant', 'nurse', 'Grace', null, null, 'a:nurse', null, 's', 'b', 1, 0,
        'waiting', 0, 1, 600, 0, 3, null),
      ('nobody', 'OLD-1', 'on-duty', 'tenant', 'nobody', 'Helen', null, null, null, null, 's', 'b', 1, 0,
        'failed', 0, 1, null, 0, 2, null),
      ('channel', 'OLD-1', 'channel', 'tenant', null, 'Safeguarding', 't1', '19:channel', '19:channel;messageid=1',
        'posted-1', 's', 'b', 2, 1, 'delivered', 0, 0, 700, 0, 1, 2)`.execute(db);
  await sql`insert into duty (id, organisation, department, tenant, person, name, from_at, until_at)
    values ('d1', 'o', 'ward', 'tenant', 'nurse', 'Grace', 1, 5000)`.execute(db);
  await sql`insert into teams (team, tenant, group_id, name, service_url, bot_id, updated_at)
    values ('t1', 'tenant', 'g1', 'Team', 's', 'b', 1)`.execute(db);
  await db.destroy();
}

/** What Kysely asks of a SQLite database, by `node:sqlite`. */
function shim(database: DatabaseSync) {
  return {
    close: () => database.close(),
    prepare(text: string) {
      const statement = database.prepare(text);
      const values = (given: readonly unknown[]) => given as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (given: readonly unknown[]) => statement.all(...values(given)),
        run: (given: readonly unknown[]) => statement.run(...values(given)),
        iterate: (given: readonly unknown[]) => statement.iterate(...values(given)),
      };
    },
  };
}
