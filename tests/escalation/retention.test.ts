import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { yearsBefore } from '../../src/escalation/retention.ts';
import { waitFor } from '../../src/sandbox/driver.ts';
import { faultsOf } from '../../src/store/audits.ts';
import { endFault, noteFault } from '../../src/store/faults.ts';
import { countRaised } from '../../src/store/figures.ts';
import { isBeingDelivered } from '../../src/store/forgetting.ts';
import { findPerson, savePerson } from '../../src/store/people.ts';
import { type ReferralRecord, saveWords } from '../../src/store/referrals.ts';
import { KEPT_NAME } from '../../src/store/schema.ts';
import { openPostgres, type Store } from '../../src/store/store.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import { aReferral } from '../store/rows.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import {
  cardsOf,
  detailsOf,
  HOUR,
  type House,
  kindsOf,
  MINUTE,
  NURSE,
  openHouse,
  personCalled,
  REPORTER,
  rest,
  SECOND_NURSE,
} from './house.ts';

const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const stores: readonly (readonly [string, () => Promise<Store | undefined>])[] = [
  ['SQLite', async () => undefined],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
];

/** Lets time go by, and the worker do its daily work at the end of it, as often as it takes. */
async function passes(house: House, ms: number): Promise<void> {
  for (const part of [ms - DAY - HOUR, DAY + HOUR]) {
    await house.later(part);
    while (await isAtIt(house)) await house.look();
  }
}

async function isAtIt({ store, now }: House): Promise<boolean> {
  const { due_at } = await store.db
    .selectFrom('chores')
    .select('due_at')
    .where('name', '=', 'forget')
    .executeTakeFirstOrThrow();
  return due_at <= now();
}

/** Whoever speaks to the bot is known to it again. */
async function speak(house: House): Promise<void> {
  for (const person of [REPORTER, NURSE, SECOND_NURSE]) {
    await savePerson(house.store.db, { ...person, updated_at: house.now() });
  }
}

/** Raised, acknowledged and closed, with something in every field that can tell of a person. */
async function closes(house: House, changes: Parameters<House['raises']>[0] = {}): Promise<ReferralRecord> {
  await speak(house);
  await house.goesOnDuty(NURSE, 'ward-1', HOUR);
  const raised = await house.raises({
    description: 'Marked description.',
    callBack: 'Marked number',
    told: ['police'],
    safeToRing: 'yes',
    ...changes,
  });
  await house.settle();
  await house.acts(raised, 'acknowledge');
  await house.acts(raised, 'ask', { text: 'Marked question?' });
  await house.acts(raised, 'answer', { by: changes.reporter ?? REPORTER, text: 'Marked answer.' });
  await house.acts(raised, 'note', { text: 'Marked note.' });
  await house.acts(raised, 'close', { text: 'Marked outcome.' });
  // Teams takes no more than so many messages at a time.
  while (await isBeingDelivered(house.store.db, raised.referral.reference)) await house.later(MINUTE);
  return house.read(raised);
}

let rows = 0;

/** Referrals that were closed now, one of each of these categories. @returns their references. */
async function closedRows(house: House, categories: readonly string[]): Promise<string[]> {
  const closed = categories.map((category) => {
    rows += 1;
    const at = house.now();
    const reference = `ROW-${String(rows).padStart(3, '0')}`;
    const organisation = house.organisation.id;
    return aReferral({ reference, organisation, category, status: 'closed', raised_at: at, closed_at: at });
  });
  await house.store.db.insertInto('referrals').values(closed).execute();
  return closed.map(({ reference }) => reference);
}

/** Those of these referrals whose words and names are kept. */
async function kept(house: House, references: readonly string[]): Promise<string[]> {
  const found_ = await house.store.db
    .selectFrom('referrals')
    .select('reference')
    .where('reference', 'in', references)
    .where('forgotten_at', 'is', null)
    .orderBy('reference')
    .execute();
  return found_.map(({ reference }) => reference);
}

async function wordsOf(house: House, record: ReferralRecord): Promise<number> {
  const rows = await house.store.db
    .selectFrom('words')
    .select('id')
    .where('referral', '=', record.referral.reference)
    .execute();
  return rows.length;
}

describe.each(stores)('what has been kept long enough, on %s', (kind, open) => {
  let house: House;
  let store: Store | undefined;
  beforeAll(async () => {
    store = await open();
    const organisation = loadExampleTrust();
    const retention = { closed: 8, duty: 2, categories: { prevent: 1, harm: 'always' as const } };
    house = await openHouse({
      store,
      organisation: { ...organisation, settings: { ...organisation.settings, retention } },
    });
  });
  afterAll(async () => {
    await house.close();
    await store?.close();
  });

  test('a closed referral loses its words, names and places, and nothing that is counted', async () => {
    const record = await closes(house);
    const { reference, organisation, raised_at: from } = record.referral;
    await passes(house, 8 * YEAR - 2 * DAY);
    expect(await wordsOf(house, record)).toBe(6);
    await passes(house, 3 * DAY);

    const after = await house.read(record);
    expect(after.words).toEqual([]);
    expect(kindsOf(after)).toEqual([...kindsOf(record), 'forgotten']);
    expect(detailsOf(after.audit.at(-1))).toEqual({ because: 'rule', years: 8 });
    expect(after.referral).toEqual({
      ...record.referral,
      reporter_tenant: '',
      reporter: '',
      reporter_name: '',
      owner_tenant: null,
      owner: null,
      owner_name: null,
      responses: '{}',
      told: '[]',
      safe_to_ring: 'not-given',
      asked: JSON.stringify({ ...JSON.parse(record.referral.asked), answers: [] }),
      events: record.referral.events + 1,
      forgotten_at: house.now(),
      forgotten_because: 'rule',
    });
    expect(cardsOf(after, 'on-duty')).toMatchObject([
      { state: 'delivered', place_name: 'Person 2', person: null, teams_id: null, conversation: null, activity: null },
    ]);
    const left = JSON.stringify([after.referral, after.words, after.cards]);
    for (const trace of ['Marked', 'Amina', 'Grace', 'person-', '29:', 'a:', 'A visitor'])
      expect(left).not.toContain(trace);
    // The audit still says who by their id, and no more by their name.
    expect(after.audit[0]?.actor).toBe(record.audit[0]?.actor);
    expect(after.audit.map(({ actor_name }) => actor_name)).toEqual(after.audit.map(() => null));
    expect(JSON.stringify(after.audit)).not.toMatch(/Marked|"Grace"/);
    const { db } = house.store;
    expect(await db.selectFrom('actions').selectAll().where('referral', '=', reference).execute()).toEqual([]);
    expect(await countRaised(db, { organisation, from, until: from + 1 })).toBe(1);
    expect(await faultsOf(house.store, house.engine.seal, reference)).toEqual([]);
  });

  test('a category of its own time goes by that, or never', async () => {
    const [short = '', never = '', other = ''] = await closedRows(house, ['prevent', 'harm', 'filming']);
    await passes(house, YEAR + DAY);
    expect(await kept(house, [short, never, other])).toEqual([never, other]);
    await passes(house, 60 * YEAR);
    expect(await kept(house, [short, never, other])).toEqual([never]);
  });

  test('a name that is kept confidential goes too', async () => {
    const { db } = house.store;
    const [reference = ''] = await closedRows(house, ['filming']);
    await db
      .updateTable('referrals')
      .set({ name_kept: 1, reporter_name: KEPT_NAME })
      .where('reference', '=', reference)
      .execute();
    const name = { id: `name of ${reference}`, referral: reference, kind: 'reporter-name', text: 'Zoe' } as const;
    await saveWords(db, house.engine.seal, { ...name, at: house.now() });
    await passes(house, 8 * YEAR + DAY);
    expect(await kept(house, [reference])).toEqual([]);
    expect(await db.selectFrom('words').select('id').where('referral', '=', reference).execute()).toEqual([]);
  });

  test('one server at a time does it, and another goes on where one was killed', async () => {
    const closed = await closedRows(house, Array<string>(25).fill('filming'));
    house.moveClock(8 * YEAR + DAY);
    // A server that took the work, and was killed before it gave it back.
    await house.store.db
      .updateTable('chores')
      .set({ holder: 'killed', lease_until: house.now() + MINUTE })
      .where('name', '=', 'forget')
      .execute();
    for (let looks = 0; looks < 5; looks += 1) await house.look();
    expect(await kept(house, closed)).toEqual(closed);
    const other = house.anotherWorker();
    await other.start();
    house.moveClock(10 * MINUTE);
    for (let looks = 0; looks < 5; looks += 1) {
      house.worker.wake();
      other.wake();
      await Promise.all([rest(house.worker), rest(other)]);
    }
    expect(await kept(house, closed)).toEqual([]);
    const audit = await house.store.db.selectFrom('audit').selectAll().where('referral', 'in', closed).execute();
    expect(audit.map(({ referral, kind: what }) => `${referral} ${what}`).sort()).toEqual(
      closed.map((reference) => `${reference} forgotten`).sort(),
    );
    await other.stop();
    expect(house.logged).toEqual([]);
  });

  test('who was on duty, who handed over, who has not been heard of, notices and old faults go too', async () => {
    const { db } = house.store;
    const count = async (table: 'duty' | 'handovers' | 'faults' | 'lanes'): Promise<number> =>
      (await db.selectFrom(table).selectAll().execute()).length;
    const silent = personCalled('Silent');
    const waits = personCalled('Waits');
    await savePerson(db, { ...silent, updated_at: house.now() });
    await savePerson(db, { ...waits, updated_at: house.now() });
    const open_ = await house.raises({ reporter: waits });
    await speak(house);
    await house.goesOnDuty(NURSE, 'ward-2', HOUR);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-2' }, NURSE, SECOND_NURSE),
    ).toBe(true);
    await noteFault(db, { key: 'k', kind: 'no-channel', organisation: 'o', details: {}, at: house.now() });
    await endFault(db, 'k', house.now());
    await house.later(HOUR);
    expect([await count('duty'), await count('handovers')].every((rows) => rows > 0)).toBe(true);
    await passes(house, 3 * YEAR);
    expect([await count('duty'), await count('handovers'), await count('faults')]).toEqual([0, 0, 0]);
    expect(await findPerson(db, silent)).toBeUndefined();
    // Somebody whose referral is open must be reached.
    expect(await findPerson(db, waits)).toBeDefined();
    const notices = await db.selectFrom('cards').select('id').where('referral', 'is', null).execute();
    expect(notices).toEqual([]);
    const lanes = await db.selectFrom('lanes').select('lane').execute();
    const used = await db.selectFrom('cards').select('lane').distinct().execute();
    expect(lanes.filter(({ lane }) => !used.some((card) => card.lane === lane))).toEqual([]);
    expect((await house.read(open_)).referral.status).toBe('raised');
  });

  if (kind !== 'SQLite') {
    test('what somebody adds just when it is about to go keeps it', async () => {
      const { db } = house.store;
      const [reference = ''] = await closedRows(house, ['filming']);
      house.moveClock(8 * YEAR + DAY);
      await db.transaction().execute(async (tx) => {
        await tx.selectFrom('referrals').select('reference').where('reference', '=', reference).forUpdate().execute();
        house.worker.wake();
        await waitFor(async () => {
          const { rows } = await sql`select 1 from pg_locks where not granted`.execute(db);
          return rows[0];
        }, 'the worker to stand before the referral');
        const added = { id: `late in ${reference}`, referral: reference, kind: 'addition', text: 'Late.' } as const;
        await saveWords(tx, house.engine.seal, { ...added, at: house.now() });
      });
      await rest(house.worker);
      while (await isAtIt(house)) await house.look();
      expect(await kept(house, [reference])).toEqual([reference]);
      expect(house.logged).toEqual([]);
    });
    return;
  }

  test('nothing more can be done with it, and nobody’s reading of it is kept', async () => {
    const record = await closes(house);
    await passes(house, 8 * YEAR + DAY);
    expect(await house.acts(record, 'note', { text: 'Late.', inTeam: true })).toMatchObject({ result: 'too-late' });
    expect(await house.acts(record, 'reopen')).toEqual({ result: 'not-allowed' });
    const { events } = (await house.read(record)).referral;
    await house.referrals.noteRead(record.referral.reference, SECOND_NURSE, 'desk');
    expect((await house.read(record)).referral.events).toBe(events);
  });

  test('an open referral is kept, however old', async () => {
    const open_ = await house.raises();
    const reopened = await closes(house);
    await house.acts(reopened, 'reopen');
    await house.settle();
    await passes(house, 30 * YEAR);
    expect(await wordsOf(house, open_)).toBe(1);
    expect(await wordsOf(house, reopened)).toBe(6);
    // Nothing below is to wait behind these.
    for (const one of [open_, reopened]) {
      await house.acts(one, 'take-on', { by: NURSE, inTeam: true });
      await house.acts(one, 'close', { by: NURSE, inTeam: true, text: 'Done.' });
    }
  });

  test('what somebody added after the close is kept as long as if it had been closed then', async () => {
    const record = await closes(house);
    await passes(house, 5 * YEAR);
    await house.acts(record, 'add', { by: REPORTER, text: 'One more thing.' });
    await passes(house, 5 * YEAR);
    expect(await wordsOf(house, record)).toBe(7);
    await passes(house, 3 * YEAR + 2 * DAY);
    expect(await wordsOf(house, record)).toBe(0);
  });

  test('no byte of it is left in the folder', async () => {
    const traces = ['zq-teams-id', 'zq-chat', 'Zq answered so', 'Zebedee Quill'];
    const zebedee = {
      ...personCalled('Zebedee Quill'),
      person: 'zq-object-id',
      teams_id: 'zq-teams-id',
      conversation: 'zq-chat',
    };
    await savePerson(house.store.db, zebedee);
    const asked = JSON.parse((await house.raises()).referral.asked);
    for (let raised = 0; raised < 12; raised += 1) {
      await closes(house, {
        reporter: zebedee,
        description: `Zq described it. ${'And more. '.repeat(raised * 30)}`,
        asked: { ...asked, answers: [{ question: 'Who', answer: 'Zq answered so' }] },
        message: { conversation: 'zq-chat', activity: undefined },
      });
    }
    // Words are encrypted: not even that is left of them.
    const { text } = await house.store.db
      .selectFrom('words')
      .innerJoin('referrals', 'referrals.reference', 'words.referral')
      .select('words.text')
      .where('reporter', '=', zebedee.person)
      .limit(1)
      .executeTakeFirstOrThrow();
    traces.push(text.slice(0, 40));
    expect(found(house.folder, traces)).toEqual(traces);
    await passes(house, 9 * YEAR);
    expect(found(house.folder, traces)).toEqual([]);
  });
});

/** Which of these stand anywhere in the files of a folder. */
function found(folder: string, traces: readonly string[]): string[] {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return traces.filter((trace) => files.some((bytes) => bytes.includes(trace)));
}

test.each([
  ['2034-03-03T10:00:00.000Z', 8, '2026-03-03T10:00:00.000Z'],
  ['2032-02-29T10:00:00.000Z', 1, '2031-02-28T10:00:00.000Z'],
  ['2032-02-29T10:00:00.000Z', 4, '2028-02-29T10:00:00.000Z'],
])('%s is kept for %i years if it was closed before %s', (now, years, expected) => {
  expect(new Date(yearsBefore(Date.parse(now), years)).toISOString()).toBe(expected);
});
