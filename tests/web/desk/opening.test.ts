import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OPEN_MS, REQUEST_MS } from '../../../src/escalation/names.ts';
import { forget } from '../../../src/escalation/retention.ts';
import { inOneTransaction } from '../../../src/escalation/work.ts';
import { readKeptName } from '../../../src/store/kept-names.ts';
import { savePerson } from '../../../src/store/people.ts';
import type { ReferralRecord } from '../../../src/store/referrals.ts';
import { KEPT_NAME } from '../../../src/store/schema.ts';
import { deskView } from '../../../src/teams/views/referral.ts';
import {
  kindsOf,
  MEMBER,
  NURSE,
  noticesTo,
  personCalled,
  postedFor,
  REPORTER,
  reporterReads,
} from '../../escalation/house.ts';
import type { DeskReader } from '../../support/desk.ts';
import { FAR_TRUST, type OpenDesk, openDesk, TRUST } from './open-desk.ts';

/** Opening a name that is kept, as a page asks for it over HTTP. */

const RUTH = MEMBER;
const PRIYA = personCalled('Priya');
const LENA = personCalled('Lena');
/** In the team, and no lead. */
const TESS = personCalled('Tess');
const REASON = 'The police ask who saw it, because a child may be in danger.';

let desk: OpenDesk;
let raised: ReferralRecord;
let reference: string;
let ruth: DeskReader;
let priya: DeskReader;
let lena: DeskReader;
beforeEach(async () => {
  desk = await openDesk();
  for (const { person } of [RUTH, PRIYA, LENA, TESS]) desk.members.add(person);
  desk.leads.push(RUTH.person, PRIYA.person, LENA.person);
  await desk.house.goesOnDuty(NURSE, 'ward-1');
  await raisesKept();
  ruth = desk.as(RUTH);
  priya = desk.as(PRIYA);
  lena = desk.as(LENA);
});
afterEach(() => desk.close());

async function raisesKept(changes: Parameters<OpenDesk['house']['raises']>[0] = {}): Promise<void> {
  raised = await desk.house.raises({ nameKept: true, ...changes });
  reference = raised.referral.reference;
}

const asks = (by: DeskReader, text = REASON, key: string = randomUUID()) =>
  by.gets('askName', { in: { reference }, body: { key, text } });
const requestNow = async (by: DeskReader): Promise<number> =>
  (await by.opensAtDesk(reference)).naming?.request?.id ?? 0;
const answers = async (by: DeskReader, agrees: boolean, request?: number, key: string = randomUUID()) =>
  by.gets('answerName', { in: { reference }, body: { key, agrees, request: request ?? (await requestNow(by)) } });
const looks = (by: DeskReader) => by.gets('lookAtName', { in: { reference }, body: {} });
const cannotLook = async (by: DeskReader): Promise<void> => {
  const { status, message } = await by.isRefused('lookAtName', { in: { reference }, body: {} });
  expect([403, 404]).toContain(status);
  expect(message).not.toContain(REPORTER.name);
};
const kinds = async (): Promise<string[]> => kindsOf(await desk.house.read(raised));
const namingKinds = async (): Promise<string[]> => (await kinds()).filter((kind) => kind.startsWith('name-'));

test('two leads open a name together: each of them reads it, and nobody else does', async () => {
  await cannotLook(ruth);
  expect(await asks(ruth)).toMatchObject({ done: true, notice: '' });
  await cannotLook(ruth);
  await cannotLook(priya);
  expect(await answers(priya, true)).toMatchObject({ done: true, notice: '' });
  const until = desk.house.now() + OPEN_MS;
  expect(await looks(ruth)).toEqual({ name: REPORTER.name, until });
  expect(await looks(priya)).toEqual({ name: REPORTER.name, until });
  await cannotLook(lena);
  await cannotLook(desk.as(TESS));
  await cannotLook(desk.as(NURSE));
  await cannotLook(desk.as(REPORTER));
});

test('the request, the answer and each look are on record, with who it was', async () => {
  await asks(ruth);
  await answers(priya, true);
  await looks(ruth);
  await looks(ruth);
  const { audit, words } = await desk.house.read(raised);
  const rows = audit.filter(({ kind }) => kind.startsWith('name-'));
  expect(rows.map(({ kind, actor }) => [kind, actor])).toEqual([
    ['name-asked', RUTH.person],
    ['name-agreed', PRIYA.person],
    ['name-read', RUTH.person],
    ['name-read', RUTH.person],
  ]);
  expect(words.find(({ id }) => id === rows[0]?.words)).toMatchObject({ text: REASON });
});

test('the reporter is told at once, in a new message: who, when and why', async () => {
  await desk.house.settle();
  await asks(ruth);
  await desk.house.settle();
  const before = postedFor(desk.house, 'reporter').length;
  expect(reporterReads(desk.house)).toContain('name-asked');
  await answers(priya, true);
  await desk.house.settle();
  expect(postedFor(desk.house, 'reporter')).toHaveLength(before + 1);
  expect(reporterReads(desk.house)).toContain('name-agreed');
  const own = await desk.as(REPORTER).opens(reference);
  if (own.reader !== 'reporter') throw new Error('It is the reporter’s.');
  expect(own.truths).toContainEqual(
    'Your name was opened to two safeguarding leads at 9:00am: Ruth asked, and Priya agreed. The reason that was given is below.',
  );
  expect(own.timeline).toContainEqual(
    expect.objectContaining({ what: 'Ruth, a safeguarding lead, asked to open your name', words: REASON }),
  );
  await looks(priya);
  expect((await desk.as(REPORTER).opens(reference)).timeline.at(-1)?.what).toBe('Priya looked at your name');
});

test('the other leads are told in their chats, and whoever asked is told the answer', async () => {
  for (const person of [RUTH, PRIYA, LENA, TESS]) {
    await savePerson(desk.house.store.db, { ...person, conversation: `a:${person.name}` });
  }
  await desk.house.goesOnDuty(LENA, 'ward-1');
  await raisesKept({ aboutSenior: 'unsure' });
  const told = (): Record<string, unknown> =>
    Object.fromEntries([RUTH, PRIYA, LENA, TESS].map(({ name }) => [name, noticesTo(desk.house, `a:${name}`)]));
  await asks(ruth);
  await desk.house.settle();
  const about = { organisation: TRUST, reference };
  const asked = { ...about, notice: 'name-asked', by: 'Ruth' };
  // Lena may be the one whom it is about, and Tess is no lead.
  expect(told()).toEqual({ Ruth: [], Priya: [asked], Lena: [], Tess: [] });
  await answers(priya, false);
  await desk.house.settle();
  expect(told()).toEqual({
    Ruth: [{ ...about, notice: 'name-refused', by: 'Priya' }],
    Priya: [asked],
    Lena: [],
    Tess: [],
  });
});

test('why is read by the leads and the reporter, and by nobody else who has it', async () => {
  await asks(ruth);
  await desk.house.later(15_000);
  expect((await lena.opensAtDesk(reference)).naming?.request?.reason).toBe(REASON);
  for (const person of [NURSE, TESS]) {
    const { timeline } = await desk.as(person).opensAtDesk(reference);
    expect(timeline.filter(({ kind }) => kind === 'name-asked')).toMatchObject([{ words: null }]);
  }
  const { tenant, person } = NURSE;
  const card = { role: 'on-duty', possible_duplicate: 0, tenant, person } as const;
  const view = deskView(desk.house.organisation, await desk.house.read(raised), card, desk.house.now());
  expect(JSON.stringify(view)).toContain('asked to open');
  expect(JSON.stringify(view)).not.toContain(REASON);
});

test('a refusal opens nothing, and the reporter reads of it', async () => {
  await asks(ruth);
  expect(await answers(priya, false)).toMatchObject({ done: true });
  await cannotLook(ruth);
  await cannotLook(priya);
  const { timeline } = await desk.as(REPORTER).opens(reference);
  expect(timeline.at(-1)?.what).toBe('Priya, a safeguarding lead, did not agree. Your name stays kept');
});

describe('nobody opens a name by', () => {
  test('agreeing to their own request', async () => {
    await asks(ruth);
    expect(await answers(ruth, true)).toMatchObject({ done: false, notice: expect.stringContaining('yourself') });
    await cannotLook(ruth);
    expect(await namingKinds()).toEqual(['name-asked']);
  });

  test('asking without saying why', async () => {
    for (const text of ['', '   ', 'Needed.', `${' '.repeat(30)}x`]) {
      expect(await asks(ruth, text)).toMatchObject({ done: false, notice: expect.stringContaining('20 characters') });
    }
    expect(
      await ruth.isRefused('askName', { in: { reference }, body: { key: randomUUID(), text: 'x'.repeat(1_001) } }),
    ).toMatchObject({ status: 413 });
    expect(await namingKinds()).toEqual([]);
  });

  test('pressing at once: of two who ask one is first, and of two answers one counts', async () => {
    const asked = await Promise.all([asks(ruth), asks(priya)]);
    expect(asked.filter(({ done }) => done)).toHaveLength(1);
    expect(await namingKinds()).toEqual(['name-asked']);
    const [first, second] = asked[0].done ? [priya, lena] : [ruth, lena];
    const request = await requestNow(first);
    const answered = await Promise.all([answers(first, false, request), answers(second, true, request)]);
    expect(answered.filter(({ done }) => done)).toHaveLength(1);
    expect(await namingKinds()).toHaveLength(2);
  });

  test('sending an old press again', async () => {
    const key = randomUUID();
    await asks(ruth, REASON, key);
    const request = await requestNow(priya);
    const yes = randomUUID();
    await answers(priya, false, request, yes);
    // The same presses, and the same answer turned round.
    expect(await asks(ruth, REASON, key)).toMatchObject({ done: true });
    await answers(priya, false, request, yes);
    await answers(priya, true, request, yes);
    await answers(priya, true, request);
    expect(await namingKinds()).toEqual(['name-asked', 'name-refused']);
    await cannotLook(ruth);
    // Nor does an answer to an earlier request count for a later one.
    await asks(ruth);
    expect(await answers(lena, true, request)).toMatchObject({ done: false });
    await cannotLook(ruth);
    await cannotLook(lena);
  });

  test('being in the team without being a lead', async () => {
    const tess = desk.as(TESS);
    const NOT_ALLOWED = { status: 403, code: 'not-allowed' };
    const body = { key: randomUUID(), text: REASON };
    expect(await tess.isRefused('askName', { in: { reference }, body })).toMatchObject(NOT_ALLOWED);
    await asks(ruth);
    const answer = { key: randomUUID(), request: await requestNow(ruth), agrees: true };
    expect(await tess.isRefused('answerName', { in: { reference }, body: answer })).toMatchObject(NOT_ALLOWED);
    expect((await tess.opensAtDesk(reference)).naming).toBeNull();
    expect(await namingKinds()).toEqual(['name-asked']);
  });

  test('being named as a lead without being in the team, any more or ever', async () => {
    desk.leads.push(NURSE.person);
    const body = { key: randomUUID(), text: REASON };
    expect(await desk.as(NURSE).isRefused('askName', { in: { reference }, body })).toMatchObject({ status: 403 });
    await asks(ruth);
    await answers(priya, true);
    await looks(ruth);
    desk.members.delete(RUTH.person);
    desk.roster.forget('19:general@thread.tacv2');
    await cannotLook(ruth);
  });

  test('coming from another organisation, or from another tenant under the same id', async () => {
    await asks(ruth);
    const request = await requestNow(priya);
    const far = desk.as({ ...PRIYA, tenant: 'tenant-2' });
    const stranger = desk.as({ ...PRIYA, tenant: 'tenant-3' });
    const body = { key: randomUUID(), request, agrees: true };
    expect(await far.gets('me')).toMatchObject({ organisations: [{ id: FAR_TRUST }] });
    expect(await far.isRefused('answerName', { in: { reference }, body })).toMatchObject({ status: 404 });
    expect(await stranger.isRefused('answerName', { in: { reference }, body })).toMatchObject({ status: 401 });
    await answers(priya, true);
    await cannotLook(far);
    expect(await stranger.isRefused('lookAtName', { in: { reference }, body: {} })).toMatchObject({ status: 401 });
  });

  test('being the one who raised it, who is a lead too', async () => {
    await savePerson(desk.house.store.db, PRIYA);
    await raisesKept({ reporter: PRIYA });
    const body = { key: randomUUID(), text: REASON };
    expect(await priya.isRefused('askName', { in: { reference }, body })).toMatchObject({ status: 403 });
    await asks(ruth);
    const answer = { key: randomUUID(), request: await requestNow(ruth), agrees: true };
    expect(await priya.isRefused('answerName', { in: { reference }, body: answer })).toMatchObject({ status: 403 });
    await answers(lena, true);
    expect(await looks(lena)).toMatchObject({ name: 'Priya' });
  });

  test('being one whom it may be about', async () => {
    await desk.house.goesOnDuty(PRIYA, 'ward-1');
    await raisesKept({ aboutSenior: 'yes' });
    expect(await asks(priya)).toMatchObject({ done: false, notice: expect.stringContaining('may be about you') });
    await asks(ruth);
    expect(await answers(priya, true)).toMatchObject({ done: false });
    expect((await priya.opensAtDesk(reference)).naming).toMatchObject({ canAnswer: false, barred: expect.any(String) });
    await answers(lena, true);
    expect(await looks(ruth)).toMatchObject({ name: REPORTER.name });
  });

  test('waiting: a request is over after a day, and so is the time to look after eight hours', async () => {
    await asks(ruth);
    desk.house.moveClock(REQUEST_MS);
    expect(await answers(priya, true)).toMatchObject({
      done: false,
      notice: expect.stringContaining('its time is over'),
    });
    await asks(ruth);
    await answers(priya, true);
    await looks(ruth);
    desk.house.moveClock(OPEN_MS);
    await cannotLook(ruth);
    await cannotLook(priya);
    expect((await ruth.opensAtDesk(reference)).naming).toMatchObject({ canAsk: true, canLook: false });
  });
});

test('where it may be about somebody in the safeguarding team, none of the leads can', async () => {
  await raisesKept({ aboutSenior: 'channel' });
  const body = { key: randomUUID(), text: REASON };
  expect(await ruth.isRefused('askName', { in: { reference }, body })).toMatchObject({ status: 404 });
  await cannotLook(ruth);
});

test('where the name is shown, there is nothing to open', async () => {
  await raisesKept({ nameKept: false });
  expect(await ruth.opensAtDesk(reference)).toMatchObject({ nameKept: false, naming: null, reporter: REPORTER.name });
  expect(await asks(ruth)).toMatchObject({ done: false });
  await cannotLook(ruth);
});

test('once words and names were deleted nobody can ask any more, and no reason is kept', async () => {
  const { engine, store } = desk.house;
  await inOneTransaction(engine, (work) => forget(work, raised.referral, { because: 'rule' }));
  expect(await asks(ruth)).toMatchObject({ done: false, notice: 'No name is kept here. Nothing was changed.' });
  const words = await store.db.selectFrom('words').select('kind').where('referral', '=', reference).execute();
  expect(words).toEqual([]);
});

test('what a lead may do next is told by the server alone', async () => {
  const naming = async (by: DeskReader) => (await by.opensAtDesk(reference)).naming;
  const NOTHING = { canAsk: false, canAnswer: false, canLook: false, barred: null };
  expect(await naming(ruth)).toEqual({ ...NOTHING, request: null, canAsk: true });
  await asks(ruth);
  expect(await naming(ruth)).toMatchObject({
    ...NOTHING,
    request: { askedBy: 'Ruth', reason: REASON, state: 'waiting' },
  });
  expect(await naming(priya)).toMatchObject({ ...NOTHING, canAnswer: true });
  await answers(priya, true);
  expect(await naming(priya)).toMatchObject({ ...NOTHING, canLook: true, request: { answeredBy: 'Priya' } });
  expect(await naming(lena)).toMatchObject({ ...NOTHING, request: { state: 'agreed' } });
});

test('in the store the name is encrypted, and in none of the rows of its referral in clear', async () => {
  const { db } = desk.house.store;
  const rows = await Promise.all(
    (['words', 'audit', 'audit_names', 'cards'] as const).map((table) =>
      db.selectFrom(table).selectAll().where('referral', '=', reference).execute(),
    ),
  );
  expect(rows[0]?.map((row) => ('kind' in row ? row.kind : ''))).toContain('reporter-name');
  const texts = rows
    .flat()
    .flatMap((row) => [
      ...('text' in row ? [row.text] : []),
      ...('name' in row ? [row.name] : []),
      ...('place_name' in row ? [row.place_name, row.details] : []),
      ...('actor_name' in row ? [row.actor_name ?? ''] : []),
    ]);
  expect(texts.filter((text) => text.includes(REPORTER.name))).toEqual([]);
});

test('the store itself takes no name where one is kept', async () => {
  const { db } = desk.house.store;
  expect((await desk.house.read(raised)).referral.reporter_name).toBe(KEPT_NAME);
  await expect(
    db.updateTable('referrals').set({ reporter_name: 'Amina' }).where('reference', '=', reference).execute(),
  ).rejects.toThrow(/check/i);
  expect(await readKeptName(db, desk.house.engine.seal, reference)).toEqual({ text: REPORTER.name });
  expect(await ruth.lists(TRUST, { search: REPORTER.name })).toEqual([]);
});
