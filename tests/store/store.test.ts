import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitFor } from '../../src/sandbox/driver.ts';
import { faultsOf } from '../../src/store/audits.ts';
import { addCards, nextCardIn, readCard, updateCard, wantCards } from '../../src/store/cards.ts';
import { dutiesOf, endDuty, onDuty, startDuty } from '../../src/store/duty.ts';
import { keepLane, releaseLane, takeDueLanes } from '../../src/store/lanes.ts';
import { chooseOrganisation, findPerson, messageWasSeen, recordMessage, savePerson } from '../../src/store/people.ts';
import {
  appendAudit,
  dueForNextStep,
  insertReferral,
  readReferral,
  saveWords,
  updateReferral,
} from '../../src/store/referrals.ts';
import type { CardRow, LaneRow, ReferralRow } from '../../src/store/schema.ts';
import { openPostgres, openSqlite, type Store, StoreInUseError } from '../../src/store/store.ts';
import { findChannels, removeTeam, saveTeam } from '../../src/store/teams.ts';
import { aSeal } from '../support/keys.ts';
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
    await endDuty(store.db, DUTY, 150, { organisation: 'another', department: 'ward' });
    expect((await onDuty(store.db, 'o', 'ward', 160)).map(({ id }) => id)).toEqual(['d1']);
    await endDuty(store.db, DUTY, 150, { organisation: 'o', department: 'ward' });
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
    for (const kind of ['raised', 'step', 'acknowledge']) await appendAudit(store.db, SEAL, 'AUD-1', { kind, at: 1 });
    const record = await readReferral(store.db, SEAL, 'AUD-1');
    expect(record?.audit.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [1, 'raised'],
      [2, 'step'],
      [3, 'acknowledge'],
    ]);
    expect(await faultsOf(store, SEAL, 'AUD-1')).toEqual([]);
    await expect(store.db.updateTable('audit').set({ kind: 'other' }).execute()).rejects.toThrow(/never changed/);
    await expect(store.db.deleteFrom('audit').execute()).rejects.toThrow(/never changed/);
  });

  test('a transaction that fails leaves nothing behind', async () => {
    const work = store.transaction(async (tx) => {
      await insertReferral(tx, referral('TXN-1', 'key-txn'));
      await saveWords(tx, SEAL, { id: 'w1', referral: 'TXN-1', kind: 'note', text: 'x', at: 1 });
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await readReferral(store.db, SEAL, 'TXN-1')).toBeUndefined();
  });

  test('transactions that run at once do not mix', async () => {
    await insertReferral(store.db, referral('MIX-1', 'key-mix'));
    await Promise.all(
      Array.from({ length: 20 }, () =>
        store.transaction((tx) => appendAudit(tx, SEAL, 'MIX-1', { kind: 'note', at: 1 })),
      ),
    );
    const { audit = [] } = (await readReferral(store.db, SEAL, 'MIX-1')) ?? {};
    expect(audit.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (__, index) => index + 1));
    expect(await faultsOf(store, SEAL, 'MIX-1')).toEqual([]);
  });

  test('routes whose next step is due are found, in order', async () => {
    await insertReferral(store.db, { ...referral('DUE-1', 'key-due-1'), next_step_at: 50 });
    await insertReferral(store.db, { ...referral('DUE-2', 'key-due-2'), next_step_at: 40 });
    expect(await dueForNextStep(store.db, 45, 10)).toEqual(['DUE-2']);
    expect(await dueForNextStep(store.db, 50, 10)).toEqual(['DUE-2', 'DUE-1']);
    await updateReferral(store.db, 'DUE-1', { next_step_at: null });
    expect(await dueForNextStep(store.db, 99, 10)).toEqual(['DUE-2']);
  });

  test('conversations with something due are taken by one server only, the most urgent first, and again when the lease is over', async () => {
    await insertReferral(store.db, referral('CRD-1', 'key-card-1'));
    await addCards(store.db, [
      { ...card('routine', 'CRD-1'), lane: 'routine', priority: 2 },
      { ...card('immediate', 'CRD-1'), lane: 'immediate', priority: 0 },
      { ...card('later', 'CRD-1'), lane: 'later', priority: 0, due_at: 5_000 },
    ]);
    expect(names(await takeDueLanes(store, { at: 1_000, until: 2_000, holder: 'one', limit: 1 }))).toEqual([
      'immediate',
    ]);
    const both = await Promise.all(
      ['one', 'other'].map((holder) => takeDueLanes(store, { at: 1_000, until: 2_000, holder, limit: 10 })),
    );
    expect(names(both.flat())).toEqual(['routine']);
    expect(await takeDueLanes(store, { at: 1_999, until: 3_000, holder: 'other', limit: 10 })).toEqual([]);
    const again = await takeDueLanes(store, { at: 2_000, until: 3_000, holder: 'other', limit: 10 });
    expect(names(again)).toEqual(['immediate', 'routine']);
    expect(await keepLane(store.db, 'immediate', 'one', 9_000)).toBe(false);
    expect(await keepLane(store.db, 'immediate', 'other', 9_000)).toBe(true);
    for (const lane of ['immediate', 'routine']) await release(store, { lane, holder: 'other' });
  });

  test('a server does not take what it serves already, though its lease has run out', async () => {
    const first = await takeDueLanes(store, { at: 2_000, until: 3_000, holder: 'one', limit: 1 });
    expect(names(first)).toEqual(['immediate']);
    const more = await takeDueLanes(store, {
      at: 3_000,
      until: 4_000,
      holder: 'one',
      limit: 10,
      except: ['immediate'],
    });
    expect(names(more)).toEqual(['routine']);
    for (const lane of ['immediate', 'routine']) await release(store, { lane, holder: 'one' });
  });

  test('a conversation that Teams slows down is not taken before, whatever comes to be due there', async () => {
    await takeDueLanes(store, { at: 2_000, until: 3_000, holder: 'one', limit: 1 });
    await release(store, { lane: 'immediate', holder: 'one', notBefore: 4_000 });
    await addCards(store.db, [{ ...card('urgent', 'CRD-1'), lane: 'immediate', priority: 0, due_at: 2_500 }]);
    const taken = async (at: number) =>
      names(await takeDueLanes(store, { at, until: at + 1, holder: 'one', limit: 1 }));
    expect(await taken(3_999)).toEqual(['routine']);
    expect(await taken(4_000)).toEqual(['immediate']);
  });

  test('a conversation that was taken over is not given back by the one who lost it', async () => {
    await takeDueLanes(store, { at: 9_000, until: 10_000, holder: 'one', limit: 10 });
    await takeDueLanes(store, { at: 10_000, until: 20_000, holder: 'other', limit: 10 });
    await release(store, { lane: 'immediate', holder: 'one' });
    expect(await takeDueLanes(store, { at: 11_000, until: 12_000, holder: 'one', limit: 10 })).toEqual([]);
    await release(store, { lane: 'immediate', holder: 'other' });
    expect(names(await takeDueLanes(store, { at: 11_000, until: 12_000, holder: 'one', limit: 10 }))).toEqual([
      'immediate',
    ]);
  });

  test('what is due next in a conversation is what nobody has seen, the most urgent of it, the older before the newer', async () => {
    await insertReferral(store.db, referral('NXT-1', 'key-next'));
    const inLane = (id: string, changes: Partial<CardRow>) => ({ ...card(id, 'NXT-1'), lane: 'next', ...changes });
    await addCards(store.db, [
      inLane('reporter', { priority: 3, due_at: 1 }),
      inLane('changed', { priority: 1, due_at: 1, activity: 'posted' }),
      inLane('newer', { priority: 1, due_at: 3 }),
      inLane('older', { priority: 1, due_at: 2 }),
      inLane('too early', { priority: 0, due_at: 99 }),
    ]);
    const order: string[] = [];
    for (let next = await nextCardIn(store.db, 'next', 10); next; next = await nextCardIn(store.db, 'next', 10)) {
      order.push(next.id);
      await updateCard(store.db, next.id, { due_at: null });
    }
    expect(order).toEqual(['older', 'newer', 'reporter', 'changed']);
  });

  test('a change asks for every living card again, and not for one that cannot arrive or is sent once', async () => {
    await insertReferral(store.db, referral('WNT-1', 'key-want'));
    const done = { due_at: null, shown: 1 };
    await addCards(store.db, [
      { ...card('living', 'WNT-1'), ...done },
      { ...card('failed', 'WNT-1'), ...done, state: 'failed' },
      { ...card('nudge', 'WNT-1'), ...done, role: 'nudge' },
      { ...card('told to wait', 'WNT-1'), due_at: 500, attempts: 1 },
    ]);
    await wantCards(store.db, 'WNT-1', 77);
    expect(await readCard(store.db, 'living')).toMatchObject({ wanted: 2, due_at: 77 });
    expect(await readCard(store.db, 'told to wait')).toMatchObject({ wanted: 2, due_at: 500 });
    for (const id of ['failed', 'nudge']) {
      expect(await readCard(store.db, id)).toMatchObject({ wanted: 1, due_at: null });
    }
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

  describe('where somebody stands in the way', () => {
    const QUICK = { connection: 1_000, lock: 200, statement: 5_000, idleInTransaction: 5_000 };
    const holdsAPerson = async (store: Store, until: Promise<unknown>, held: () => void): Promise<void> =>
      store.transaction(async (tx) => {
        await chooseOrganisation(tx, PERSON, 'held');
        held();
        await until;
        await chooseOrganisation(tx, PERSON, 'held again');
      });
    let url: string;
    beforeAll(async () => {
      url = await postgres.database();
      const store = await openPostgres(url);
      await savePerson(store.db, PERSON);
      await store.close();
    });

    test('a row that is held for too long is waited for no longer, and whoever holds it goes on', async () => {
      const [store, other] = [await openPostgres(url), await openPostgres(url, QUICK)];
      const held = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      const holding = holdsAPerson(store, over.promise, held.resolve);
      await held.promise;
      await expect(chooseOrganisation(other.db, PERSON, 'mine')).rejects.toThrow(/lock timeout/);
      over.resolve();
      await holding;
      expect(await findPerson(other.db, PERSON)).toMatchObject({ organisation: 'held again' });
      await Promise.all([store.close(), other.close()]);
    });

    test('a transaction that rests for too long is ended, and what it holds is free for others', async () => {
      const patient = { ...QUICK, lock: 30_000 };
      const [store, other] = [
        await openPostgres(url, { ...QUICK, idleInTransaction: 200 }),
        await openPostgres(url, patient),
      ];
      const held = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      const holding = holdsAPerson(store, over.promise, held.resolve);
      await held.promise;
      await chooseOrganisation(other.db, PERSON, 'mine');
      over.resolve();
      await expect(holding).rejects.toThrow();
      expect(await findPerson(other.db, PERSON)).toMatchObject({ organisation: 'mine' });
      await Promise.all([store.close(), other.close()]);
    });

    test('a statement that takes too long is given up', async () => {
      const store = await openPostgres(url, { ...QUICK, statement: 200 });
      await expect(sql`select pg_sleep(60)`.execute(store.db)).rejects.toThrow(/statement timeout/);
      await store.close();
    });
  });
});

describe('the register on SQLite alone', () => {
  test('is for its owner alone, also in a folder that others may read', async () => {
    const place = join(folder, 'shared');
    mkdirSync(place, { mode: 0o755 });
    const store = await openSqlite(place);
    const modes = readdirSync(place).map((file) => [file, statSync(join(place, file)).mode & 0o777]);
    expect(modes.map(([file]) => file)).toContain('signpost.sqlite-wal');
    expect(modes).toEqual(modes.map(([file]) => [file, 0o600]));
    await store.close();
  });

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

const SEAL = aSeal();

const names = (lanes: readonly LaneRow[]): string[] => lanes.map(({ lane }) => lane);

function release(
  store: Store,
  { lane, holder, notBefore = 0 }: { lane: string; holder: string; notBefore?: number },
): Promise<void> {
  return releaseLane(store, { lane, holder, sends: '[]', notBefore });
}

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
  warned_at: null,
};

const TEAM = {
  team: 't1',
  tenant: 'tenant',
  group_id: 'g1',
  name: 'Team',
  service_url: 'http://127.0.0.1/',
  bot_id: '28:bot',
  keepers: '[]',
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
    name_kept: 0,
    status: 'raised',
    owner_tenant: null,
    owner: null,
    owner_name: null,
    version: 1,
    events: 0,
    route: '{}',
    route_step: 0,
    next_step_at: null,
    round: 0,
    unanswered_at: null,
    owner_due_at: null,
    reminded_at: null,
    withdraw_asked_at: null,
    open_question: null,
    raised_at: 1,
    acknowledged_at: null,
    closed_at: null,
    forgotten_at: null,
    forgotten_because: null,
  };
}

function card(id: string, reference: string): CardRow {
  return {
    id,
    referral: reference,
    role: 'on-duty',
    lane: 'a:2',
    priority: 1,
    step: 0,
    round: 0,
    tenant: 'tenant',
    person: 'nurse',
    teams_id: null,
    place_name: 'Nurse',
    place_role: '',
    address: null,
    details: '{}',
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
    replaced: 0,
    attempts: 0,
    last_error: null,
    due_at: 500,
    created_at: 1,
    delivered_at: null,
    posted_at: null,
  };
}
