import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type ErasurePlan, erase, type Fate, planErasure } from '../../src/escalation/erasure.ts';
import { isEmpty, noteExport, type PersonRecord, personRecord } from '../../src/escalation/person-record.ts';
import { isBeingDelivered } from '../../src/store/forgetting.ts';
import { savePerson } from '../../src/store/people.ts';
import type { ReferralRecord } from '../../src/store/referrals.ts';
import type { PersonRow } from '../../src/store/schema.ts';
import { findKnown } from '../../src/store/traces.ts';
import {
  detailsOf,
  HOUR,
  type House,
  kindsOf,
  MANAGER,
  MINUTE,
  NURSE,
  OUTSIDER,
  openHouse,
  personCalled,
  REPORTER,
  SECOND_NURSE,
} from './house.ts';

const DAY = 24 * HOUR;

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

type Raised = Parameters<House['raises']>[0];

async function raises(changes: Raised = {}): Promise<ReferralRecord> {
  await house.goesOnDuty(NURSE, 'ward-1', 2 * HOUR);
  const typed = { description: 'The story.', callBack: 'The number.' };
  const raised = await house.raises({ ...typed, told: ['police'], ...changes });
  await house.settle();
  await house.acts(raised, 'acknowledge');
  await house.acts(raised, 'ask', { text: 'The question?' });
  await house.acts(raised, 'answer', { by: REPORTER, text: 'The answer.' });
  await house.acts(raised, 'note', { text: 'The note.' });
  await house.referrals.noteRead(raised.referral.reference, NURSE, 'desk');
  return raised;
}

async function closes(changes: Raised = {}): Promise<ReferralRecord> {
  const raised = await raises(changes);
  await house.acts(raised, 'close', { text: 'The outcome.' });
  while (await isBeingDelivered(house.store.db, raised.referral.reference)) await house.later(MINUTE);
  return raised;
}

const recordOf = (person: PersonRow): Promise<PersonRecord> =>
  personRecord(house.store.db, house.engine.seal, person, house.now());

const textsOf = ({ referrals }: PersonRecord): (string | null)[] =>
  referrals.flatMap(({ words }) => words.map(({ text }) => text));

/** The tables and fields in which these words stand anywhere. */
async function standsIn(traces: readonly string[]): Promise<string[]> {
  const { db } = house.store;
  const found = new Set<string>();
  for (const { name } of await db.introspection.getTables()) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    for (const [column, value] of rows.flatMap((row) => Object.entries(row))) {
      if (traces.some((trace) => String(value).includes(trace))) found.add(`${name}.${column}`);
    }
  }
  return [...found].sort();
}

describe('what is given to somebody who asks what is kept about them', () => {
  test('of what they raised under a name that is kept: what they typed too, and to nobody else who it was', async () => {
    await house.goesOnDuty(NURSE, 'ward-1', 2 * HOUR);
    const raised = await house.raises({ nameKept: true, description: 'The story.' });
    await house.settle();
    await house.acts(raised, 'ask', { text: 'The question?' });
    await house.acts(raised, 'answer', { by: REPORTER, text: 'The answer.' });
    const own = await recordOf(REPORTER);
    expect(textsOf(own).sort()).toEqual(['The answer.', 'The question?', 'The story.']);
    expect(own.referrals[0]?.events.map(({ what, by }) => [what, by])).toEqual([
      ['Raised it', 'this person'],
      ['Asked a question', 'somebody else'],
      ['Answered', 'this person'],
    ]);
    const others = await recordOf(NURSE);
    expect(textsOf(others)).toEqual(['The question?']);
    expect(JSON.stringify(others)).not.toContain(REPORTER.name);
  });

  test('of what they raised: what they typed, and what they were asked and told', async () => {
    const raised = await closes();
    const kept = await recordOf(REPORTER);
    expect(textsOf(kept).sort()).toEqual(
      ['The story.', 'The number.', 'The question?', 'The answer.', 'The outcome.'].sort(),
    );
    expect(kept.referrals).toMatchObject([
      {
        reference: raised.referral.reference,
        as: ['reporter', 'acted'],
        status: 'Closed',
        form: { answers: [{ question: 'Who', answer: 'A visitor' }], alreadyTold: 'Police' },
        leftOut: 1,
      },
    ]);
    expect(kept.referrals[0]?.events.map(({ what, by }) => `${what}, by ${by}`)).toEqual([
      'Raised it, by this person',
      'Acknowledged it, by somebody else',
      'Asked a question, by somebody else',
      'Answered, by this person',
      'Wrote a note, by somebody else',
      'Read it at the desk, by somebody else',
      'Closed it, by somebody else',
    ]);
    expect(kept.account).toMatchObject({ name: 'Amina', conversation: 'a:Amina' });
    expect(JSON.stringify(kept)).not.toMatch(/Grace|The note/);
  });

  test('of what others raised: what they did and typed, and nothing else', async () => {
    await closes();
    const kept = await recordOf(NURSE);
    expect(textsOf(kept).sort()).toEqual(['The note.', 'The outcome.', 'The question?']);
    expect(kept.referrals).toMatchObject([{ as: ['owner', 'told', 'acted'], form: null, leftOut: 3 }]);
    expect(kept.referrals[0]?.messages.length).toBeGreaterThan(0);
    expect(kept.duties).toMatchObject([{ place: 'ward-1' }]);
    expect(JSON.stringify(kept)).not.toMatch(/Amina|The story|The number|The answer/);
  });

  test('hand-overs, messages of the bot and a colleague who was asked are in it', async () => {
    const raised = await raises();
    await house.goesOnDuty(SECOND_NURSE, 'ward-2', HOUR);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-2' }, SECOND_NURSE, MANAGER),
    ).toBe(true);
    expect(await house.acts(raised, 'hand-over', { to: SECOND_NURSE })).toMatchObject({ result: 'done' });
    const helen = await recordOf(SECOND_NURSE);
    expect(helen.handovers).toMatchObject([{ did: 'asked somebody to take over' }]);
    expect(helen.referrals).toMatchObject([{ reference: raised.referral.reference, as: ['told'], words: [] }]);
    const omar = await recordOf(MANAGER);
    expect(omar.handovers).toMatchObject([{ did: 'was asked to take over' }]);
    expect(omar.notices.length).toBe(1);
    expect(JSON.stringify(omar)).not.toContain('Helen');
  });

  test('nothing else names them: each place where they stand is looked at', async () => {
    const raised = await raises();
    await house.acts(raised, 'hand-over', { to: SECOND_NURSE });
    expect(await standsIn(['person-Amina', 'person-Grace', 'Amina', 'Grace', '29:', 'a:Amina', 'a:Grace'])).toEqual([
      'audit.actor',
      'audit_names.name',
      'audit_names.person',
      'cards.conversation',
      'cards.lane',
      'cards.person',
      'cards.place_name',
      'cards.teams_id',
      'duty.name',
      'duty.person',
      'lanes.lane',
      'people.conversation',
      'people.name',
      'people.person',
      'people.teams_id',
      'referrals.owner',
      'referrals.owner_name',
      'referrals.reporter',
      'referrals.reporter_name',
      'teams.keepers',
    ]);
  });

  test('that it was given out is in the history of each referral, and in a list that names nobody', async () => {
    const raised = await closes();
    await noteExport(house.store, house.engine.seal, await recordOf(REPORTER), { by: 'ig-lead', reason: 'IG-1' });
    expect(kindsOf(await house.read(raised)).at(-1)).toBe('exported');
    const requests = await house.store.db.selectFrom('person_requests').selectAll().execute();
    expect(requests).toMatchObject([{ kind: 'export', run_by: 'ig-lead', reason: 'IG-1', details: '{"referrals":1}' }]);
    expect(JSON.stringify(requests)).not.toMatch(/Amina|tenant-1/);
    expect((await recordOf(REPORTER)).requests).toMatchObject([{ kind: 'export', reason: 'IG-1' }]);
    expect((await recordOf(OUTSIDER)).requests).toEqual([]);
  });

  test('no history says so of what they raised under a name that is kept, or it could be held beside one that names them', async () => {
    const shown = await house.raises();
    const kept = await house.raises({ nameKept: true });
    const record = await recordOf(REPORTER);
    expect(record.referrals.map(({ as }) => as[0])).toEqual(['reporter', 'reporter']);
    await noteExport(house.store, house.engine.seal, record, { by: 'ig-lead', reason: 'IG-1' });
    expect(kindsOf(await house.read(shown))).toContain('exported');
    expect(kindsOf(await house.read(kept))).not.toContain('exported');
  });

  test('whoever has only spoken to the bot has no more than that, and of anybody else there is nothing', async () => {
    expect(await recordOf(OUTSIDER)).toMatchObject({ account: { name: 'Victor' }, referrals: [], duties: [] });
    expect(isEmpty(await recordOf({ ...OUTSIDER, person: 'nobody' }))).toBe(true);
  });

  test('somebody is found by their object id, or their whole name in any case, also when only the history has them', async () => {
    await closes();
    const amina = { tenant: 'tenant-1', person: 'person-Amina', name: 'Amina' };
    expect(await findKnown(house.store.db, 'person-Amina')).toEqual([amina]);
    expect(await findKnown(house.store.db, ' AMINA ')).toEqual([amina]);
    expect(await findKnown(house.store.db, 'Ami')).toEqual([]);
    await savePerson(house.store.db, personCalled('Éile Ó Briain'));
    expect(await findKnown(house.store.db, 'Éile Ó Briain')).toMatchObject([{ name: 'Éile Ó Briain' }]);
    await house.store.db.deleteFrom('people').execute();
    await house.store.db.deleteFrom('audit_names').execute();
    await house.store.db.deleteFrom('duty').execute();
    await house.store.db.updateTable('cards').set({ person: null }).execute();
    expect(await findKnown(house.store.db, 'person-Grace')).toEqual([
      { tenant: 'tenant-1', person: 'person-Grace', name: '' },
    ]);
  });
});

describe('what is deleted when somebody asks for it', () => {
  const plan = (person: PersonRow, beforeItsTime = false): Promise<ErasurePlan> =>
    planErasure(house.engine, person, {
      guidance: new Map([[house.organisation.id, house.organisation]]),
      beforeItsTime,
    });
  const erases = async (person: PersonRow, beforeItsTime = false): Promise<readonly string[]> =>
    erase(house.engine, await plan(person, beforeItsTime), { by: 'ig-lead', reason: 'IG-2' });
  const fates = (rows: readonly Fate[]): (true | string)[] => rows.map((one) => one.goes || one.because);

  test('an open referral always stays, and how to reach whoever raised it', async () => {
    const raised = await raises();
    const before = await house.read(raised);
    for (const beforeItsTime of [false, true]) {
      const planned = await plan(REPORTER, beforeItsTime);
      expect(fates(planned.referrals)).toEqual(['open']);
      expect(planned.account).toEqual({ goes: false, because: 'open-referral' });
      expect(fates((await plan(NURSE, beforeItsTime)).referrals)).toEqual(['open']);
    }
    await erases(REPORTER, true);
    expect(await house.read(raised)).toEqual(before);
    expect((await recordOf(REPORTER)).account).not.toBeNull();
  });

  test('a closed one stays within its time, and goes before it only if somebody has decided so', async () => {
    const raised = await closes();
    expect(await plan(REPORTER)).toMatchObject({
      account: { goes: true },
      referrals: [{ goes: false, because: 'within-its-time', what: 'all' }],
    });
    const [fate] = (await plan(REPORTER)).referrals;
    expect(new Date(fate?.keptUntil ?? 0).getUTCFullYear()).toBe(new Date(house.now()).getUTCFullYear() + 8);
    expect(await erases(REPORTER)).toEqual([]);
    expect((await house.read(raised)).words.length).toBe(6);
    expect((await recordOf(REPORTER)).account).toBeNull();

    expect(await erases(REPORTER, true)).toEqual([]);
    const after = await house.read(raised);
    expect(after.words).toEqual([]);
    expect(after.referral).toMatchObject({ forgotten_because: 'request', reporter: '', reporter_name: '' });
    // What one person did can be told from what another did: the history keeps the id, and no name.
    expect(await standsIn(['Amina', '29:Amina', 'a:Amina', 'The story'])).toEqual(['audit.actor']);
    expect(fates((await plan(REPORTER, true)).referrals)).toEqual(['already-forgotten']);
  });

  test('no history of a name that was kept says which request deleted it: that of another would name them by it', async () => {
    const [shown, kept] = [await closes(), await closes({ nameKept: true })];
    expect(await erases(REPORTER, true)).toEqual([]);
    const forgotten = async (record: ReferralRecord) => detailsOf((await house.read(record)).audit.at(-1));
    expect(await forgotten(shown)).toEqual({ because: 'request', request: expect.any(String) });
    expect(await forgotten(kept)).toEqual({ because: 'request' });
  });

  test('of whoever dealt with a closed one only the name goes: what they did and wrote is the Trust’s record', async () => {
    const raised = await closes();
    await house.later(3 * HOUR);
    expect((await plan(NURSE, true)).referrals).toMatchObject([{ goes: true, what: 'name' }]);
    await erases(NURSE, true);
    const after = await house.read(raised);
    expect(after.words.length).toBe(6);
    expect(after.referral).toMatchObject({
      reporter_name: 'Amina',
      owner: null,
      owner_name: 'A member of staff',
      forgotten_at: null,
    });
    expect(kindsOf(after).at(-1)).toBe('name-erased');
    expect(await standsIn(['Grace', '29:Grace', 'a:Grace'])).toEqual(['audit.actor', 'duty.name', 'duty.person']);
  });

  test('a duty stays that says who was responsible while something that is kept was open; others go', async () => {
    await house.goesOnDuty(NURSE, 'ward-2', HOUR);
    await house.later(2 * DAY);
    await closes();
    await house.later(3 * HOUR);
    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    expect(fates((await plan(NURSE)).duties)).toEqual([true, 'says-who-was-responsible', 'on-duty']);
    expect((await plan(NURSE)).account).toEqual({ goes: false, because: 'on-duty' });
    await house.duties.end(NURSE);
    await house.later(HOUR);
    await erases(NURSE);
    expect((await recordOf(NURSE)).duties.map(({ place }) => place)).toEqual(['ward-1']);
    expect((await recordOf(NURSE)).account).toBeNull();
  });

  test('what was opened again since it was listed stays, and is told', async () => {
    const raised = await closes();
    const planned = await plan(REPORTER, true);
    await house.acts(raised, 'reopen');
    const left = await erase(house.engine, planned, { by: 'ig-lead', reason: 'IG-3' });
    expect(left).toEqual([raised.referral.reference]);
    expect((await house.read(raised)).words.length).toBe(6);
  });

  test('that it was done is in a list that names nobody', async () => {
    await closes();
    await erases(REPORTER);
    const requests = await house.store.db.selectFrom('person_requests').selectAll().execute();
    expect(requests).toMatchObject([{ kind: 'erase', run_by: 'ig-lead', reason: 'IG-2' }]);
    expect(JSON.stringify(requests)).not.toContain('Amina');
  });
});
