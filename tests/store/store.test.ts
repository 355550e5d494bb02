import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitFor } from '../../src/sandbox/driver.ts';
import { addCard, readCard, takeDueCards, updateCard, wantCards } from '../../src/store/cards.ts';
import { dutiesOf, endDuty, onDuty, startDuty } from '../../src/store/duty.ts';
import { chooseOrganisation, findPerson, messageWasSeen, recordMessage, savePerson } from '../../src/store/people.ts';
import {
  appendAudit,
  dueForNextStep,
  insertReferral,
  readReferral,
  saveWords,
  updateReferral,
} from '../../src/store/referrals.ts';
import type { CardRow, ReferralRow } from '../../src/store/schema.ts';
import { openPostgres, openSqlite, type Store, StoreInUseError } from '../../src/store/store.ts';
import { findChannels, removeTeam, saveTeam } from '../../src/store/teams.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-store-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores = [
  ['SQLite', async () => openSqlite(join(folder, 'register'))],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
] as const;

describe.each(stores)('the register on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  test('a person keeps the Trust that they chose when they are saved again', async () => {
    await savePerson(store.db, PERSON);
    await chooseOrganisation(store.db, PERSON, 'worcestershire-acute');
    await savePerson(store.db, { ...PERSON, name: 'New Name', conversation: null });
    expect(await findPerson(store.db, PERSON)).toMatchObject({
      name: 'New Name',
      organisation: 'worcestershire-acute',
      conversation: 'a:1',
    });
  });

  test('times come back as numbers', async () => {
    expect((await findPerson(store.db, PERSON))?.updated_at).toBe(1_700_000_000_000);
  });

  test('a message is recorded once', async () => {
    expect(await messageWasSeen(store.db, 'a:1', 'm1')).toBe(false);
    expect(await recordMessage(store.db, 'a:1', 'm1', 1)).toBe(true);
    expect(await recordMessage(store.db, 'a:1', 'm1', 2)).toBe(false);
    expect(await messageWasSeen(store.db, 'a:1', 'm1')).toBe(true);
  });

  test('duty holds from its start, until its end, and not after somebody comes off', async () => {
    await startDuty(store.db, { ...DUTY, id: 'd1' });
    expect(await onDuty(store.db, 'o', 'ward', 99)).toEqual([]);
    expect((await onDuty(store.db, 'o', 'ward', 100)).map(({ id }) => id)).toEqual(['d1']);
    expect(await onDuty(store.db, 'o', 'ward', 200)).toEqual([]);
    expect(await onDuty(store.db, 'o', 'other ward', 150)).toEqual([]);
    await endDuty(store.db, DUTY, 150, 'ward');
    expect(await onDuty(store.db, 'o', 'ward', 160)).toEqual([]);
    expect(await dutiesOf(store.db, DUTY, 160)).toEqual([]);
  });

  test('a channel is found by its name in any case, only in the teams that settings name', async () => {
    await saveTeam(store.db, TEAM, [{ channel: 'c1', name: 'Safeguarding referrals' }]);
    expect((await findChannels(store.db, ['g1'], 'safeguarding REFERRALS')).map(({ channel }) => channel)).toEqual([
      'c1',
    ]);
    expect(await findChannels(store.db, ['another group'], 'Safeguarding referrals')).toEqual([]);
    expect(await findChannels(store.db, [], 'Safeguarding referrals')).toEqual([]);
    expect((await findChannels(store.db, 'any', 'Safeguarding referrals')).length).toBe(1);
    await saveTeam(store.db, TEAM, [{ channel: 'c1', name: 'Renamed' }]);
    expect(await findChannels(store.db, ['g1'], 'Safeguarding referrals')).toEqual([]);
    await removeTeam(store.db, 't1');
    expect(await findChannels(store.db, 'any', 'Renamed')).toEqual([]);
  });

  test('a referral is inserted once for its key and once for its reference', async () => {
    expect(await insertReferral(store.db, referral('AAA-1', 'key-1'))).toBe(true);
    expect(await insertReferral(store.db, referral('AAA-2', 'key-1'))).toBe(false);
    expect(await insertReferral(store.db, referral('AAA-1', 'key-2'))).toBe(false);
  });

  test('the audit is numbered without a gap and refuses change and removal', async () => {
    await insertReferral(store.db, referral('AUD-1', 'key-audit'));
    for (const kind of ['raised', 'step', 'acknowledge']) await appendAudit(store.db, 'AUD-1', { kind, at: 1 });
    const record = await readReferral(store.db, 'AUD-1');
    expect(record?.audit.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [1, 'raised'],
      [2, 'step'],
      [3, 'acknowledge'],
    ]);
    await expect(store.db.updateTable('audit').set({ kind: 'other' }).execute()).rejects.toThrow(/never changed/);
    await expect(store.db.deleteFrom('audit').execute()).rejects.toThrow(/never changed/);
  });

  test('a transaction that fails leaves nothing behind', async () => {
    const work = store.transaction(async (tx) => {
      await insertReferral(tx, referral('TXN-1', 'key-txn'));
      await saveWords(tx, { id: 'w1', referral: 'TXN-1', kind: 'note', text: 'x', at: 1 });
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await readReferral(store.db, 'TXN-1')).toBeUndefined();
  });

  test('transactions that run at once do not mix', async () => {
    await insertReferral(store.db, referral('MIX-1', 'key-mix'));
    await Promise.all(
      Array.from({ length: 20 }, () => store.transaction((tx) => appendAudit(tx, 'MIX-1', { kind: 'note', at: 1 }))),
    );
    const sequences = (await readReferral(store.db, 'MIX-1'))?.audit.map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 20 }, (__, index) => index + 1));
  });

  test('routes whose next step is due are found, in order', async () => {
    await insertReferral(store.db, { ...referral('DUE-1', 'key-due-1'), next_step_at: 50 });
    await insertReferral(store.db, { ...referral('DUE-2', 'key-due-2'), next_step_at: 40 });
    expect(await dueForNextStep(store.db, 45, 10)).toEqual(['DUE-2']);
    expect(await dueForNextStep(store.db, 50, 10)).toEqual(['DUE-2', 'DUE-1']);
    await updateReferral(store.db, 'DUE-1', { next_step_at: null });
    expect(await dueForNextStep(store.db, 99, 10)).toEqual(['DUE-2']);
  });

  test('due cards are taken by one worker only, most urgent first, and again when the lease is over', async () => {
    await insertReferral(store.db, { ...referral('CRD-1', 'key-card-1'), urgency: 'routine' });
    await insertReferral(store.db, { ...referral('CRD-2', 'key-card-2'), urgency: 'immediate' });
    await addCard(store.db, card('routine', 'CRD-1'));
    await addCard(store.db, card('immediate', 'CRD-2'));
    expect((await takeDueCards(store, 1_000, 2_000, 1)).map(({ id }) => id)).toEqual(['immediate']);
    const [one, other] = await Promise.all([
      takeDueCards(store, 1_000, 2_000, 10),
      takeDueCards(store, 1_000, 2_000, 10),
    ]);
    expect([...one, ...other].map(({ id }) => id)).toEqual(['routine']);
    expect(await takeDueCards(store, 1_999, 3_000, 10)).toEqual([]);
    const again = await takeDueCards(store, 2_000, 3_000, 10);
    expect(again.map(({ id }) => id).sort()).toEqual(['immediate', 'routine']);
    // Nobody knows whether the first worker's messages arrived.
    expect(again.every((row) => row.possible_duplicate === 1)).toBe(true);
    for (const id of ['routine', 'immediate']) await updateCard(store.db, id, { due_at: null, lease_until: 0 });
  });

  test('a change asks for every living card again, and not for one that cannot arrive', async () => {
    await insertReferral(store.db, referral('WNT-1', 'key-want'));
    await addCard(store.db, { ...card('living', 'WNT-1'), due_at: null, shown: 1 });
    await addCard(store.db, { ...card('failed', 'WNT-1'), due_at: null, state: 'failed' });
    await wantCards(store.db, 'WNT-1', 77);
    expect(await readCard(store.db, 'living')).toMatchObject({ wanted: 2, due_at: 77 });
    expect(await readCard(store.db, 'failed')).toMatchObject({ wanted: 1, due_at: null });
    await wantCards(store.db, 'WNT-1', 78, 'reporter');
    expect(await readCard(store.db, 'living')).toMatchObject({ wanted: 2, due_at: 77 });
  });
});

describe('the register on PostgreSQL alone', () => {
  test('a connection that the server ends does not end the process, and the next query works', async () => {
    const url = await postgres.database();
    const store = await openPostgres(url);
    await findPerson(store.db, PERSON);
    const other = await openPostgres(url);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
      other.db,
    );
    await waitFor(async () => (await findPerson(store.db, PERSON)) === undefined, 'the register to answer again');
    await store.close();
    await other.close();
  });
});

describe('the register on SQLite alone', () => {
  test('a second server on the same folder is refused with what to do', async () => {
    const place = join(folder, 'once');
    const first = await openSqlite(place);
    await expect(openSqlite(place)).rejects.toThrow(StoreInUseError);
    await expect(openSqlite(place)).rejects.toThrow(/Stop it first, set DATA_DIR/);
    await first.close();
    const second = await openSqlite(place);
    await second.close();
  });
});

const PERSON = {
  tenant: 'tenant',
  person: 'person',
  name: 'Name',
  teams_id: '29:1',
  conversation: 'a:1',
  service_url: 'http://127.0.0.1/',
  bot_id: '28:bot',
  updated_at: 1_700_000_000_000,
};

const DUTY = {
  organisation: 'o',
  department: 'ward',
  tenant: 'tenant',
  person: 'nurse',
  name: 'Nurse',
  from_at: 100,
  until_at: 200,
  ended_at: null,
};

const TEAM = {
  team: 't1',
  tenant: 'tenant',
  group_id: 'g1',
  name: 'Team',
  service_url: 'http://127.0.0.1/',
  bot_id: '28:bot',
  updated_at: 1,
};

function referral(reference: string, key: string): ReferralRow {
  return {
    reference,
    raise_key: key,
    organisation: 'o',
    flow: 'f',
    edition: 'e',
    responses: '{}',
    outcome: 'x',
    asked: '{}',
    category: 'c',
    urgency: 'urgent',
    department: 'ward',
    department_name: 'Ward',
    about_senior: 'no',
    told: '[]',
    safe_to_ring: 'yes',
    reporter_tenant: 'tenant',
    reporter: 'person',
    reporter_name: 'Name',
    status: 'raised',
    owner_tenant: null,
    owner: null,
    owner_name: null,
    version: 1,
    events: 0,
    route: '{}',
    route_step: 0,
    next_step_at: null,
    raised_at: 1,
    acknowledged_at: null,
    closed_at: null,
  };
}

function card(id: string, reference: string): CardRow {
  return {
    id,
    referral: reference,
    role: 'on-duty',
    tenant: 'tenant',
    person: 'nurse',
    place_name: 'Nurse',
    team: null,
    channel: null,
    conversation: 'a:2',
    activity: null,
    service_url: 'http://127.0.0.1/',
    bot_id: '28:bot',
    wanted: 1,
    shown: 0,
    state: 'waiting',
    possible_duplicate: 0,
    attempts: 0,
    last_error: null,
    due_at: 500,
    lease_until: 0,
    created_at: 1,
    delivered_at: null,
  };
}
