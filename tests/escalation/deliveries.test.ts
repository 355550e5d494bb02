import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createWorker, type Sent, type Worker } from '../../src/escalation/deliveries.ts';
import type { Action } from '../../src/escalation/life.ts';
import { type Acted, createReferrals, type Raise, type Referrals } from '../../src/escalation/referrals.ts';
import { takeDueCards } from '../../src/store/cards.ts';
import { startDuty } from '../../src/store/duty.ts';
import { savePerson } from '../../src/store/people.ts';
import { type ReferralRecord, updateReferral } from '../../src/store/referrals.ts';
import type { CardRole, CardRow, PersonRow } from '../../src/store/schema.ts';
import { openSqlite, type Store } from '../../src/store/store.ts';
import { saveTeam } from '../../src/store/teams.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import { type Attempt, type RehearsedTeams, rehearsedTeams } from './rehearsed-teams.ts';

/**
 * The worker against a real register, a Teams of a few lines and a clock that only the test moves.
 * The route of Example Trust: who is on duty (30 minutes), then the channel (15 minutes), then ring the senior person.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MORNING = Date.parse('2026-01-14T09:00:00Z');
const FORM = 'the-message-of-the-form';
const CHANNEL = '19:safeguarding@thread.tacv2';
const organisation = loadExampleTrust();

const REPORTER = personCalled('Amina');
const NURSE = personCalled('Grace');
const SECOND_NURSE = personCalled('Helen');

let folder: string;
let store: Store;
let time: number;
let teams: RehearsedTeams;
let worker: Worker;
let referrals: Referrals;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-deliveries-'));
  store = await openSqlite(folder);
  time = MORNING;
  const clock = { now: () => time };
  teams = rehearsedTeams(clock.now);
  const groups = () => ['group-1'];
  const log = pino({ level: 'silent' });
  worker = createWorker({ store, clock, teams: groups, messenger: teams, log, everyMs: 60 * MINUTE });
  referrals = createReferrals({ store, clock, teams: groups, wake: worker.wake });
  for (const person of [REPORTER, NURSE, SECOND_NURSE]) await savePerson(store.db, person);
  await saveTeam(
    store.db,
    {
      team: 'team-1',
      tenant: 'tenant-1',
      group_id: 'group-1',
      name: 'Safeguarding',
      service_url: 'https://smba.example',
      bot_id: 'bot',
      updated_at: MORNING,
    },
    [{ channel: CHANNEL, name: 'Safeguarding referrals' }],
  );
});

afterEach(async () => {
  await worker.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a referral that is raised', () => {
  test('reaches who is on duty, and the reporter is told so only then', async () => {
    await goesOnDuty(NURSE);
    const raised = await raises();
    expect(raised.audit.map(({ kind }) => kind)).toEqual(['raised', 'step']);
    await settle();
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([
      { state: 'delivered', place_name: 'Grace', due_at: null },
    ]);
    expect(shownIn(FORM)).toContain('delivered');
    expect(attemptsFor('channel')).toEqual([]);
  });

  test('goes to the next step at once while nobody is on duty', async () => {
    const raised = await raises();
    await settle();
    expect(cardsOf(await read(raised), 'channel')).toMatchObject([{ state: 'delivered', channel: CHANNEL }]);
    expect(attemptsFor('on-duty')).toEqual([]);
  });

  test('goes round those on duty when it may be about somebody in charge', async () => {
    await goesOnDuty(NURSE);
    const raised = await raises({ aboutSenior: 'unsure' });
    await settle();
    expect(attemptsFor('on-duty')).toEqual([]);
    expect(cardsOf(await read(raised), 'channel')).toMatchObject([{ state: 'delivered' }]);
  });

  test('is not sent to the person who raised it, even on duty', async () => {
    await goesOnDuty(REPORTER);
    await raises();
    await settle();
    expect(attemptsFor('on-duty')).toEqual([]);
    expect(attemptsFor('channel').length).toBe(1);
  });

  test('is one referral with one card each, however often Send arrives', async () => {
    await goesOnDuty(NURSE);
    const key = randomUUID();
    const [first, second] = await Promise.all([raises({ key }), raises({ key })]);
    await raises({ key });
    expect(second?.referral.reference).toBe(first?.referral.reference);
    await settle();
    expect(attemptsFor('on-duty').length).toBe(1);
  });
});

describe('a card that Teams does not take now', () => {
  beforeEach(() => goesOnDuty(NURSE));

  test('waits as long as Teams says, and no shorter', async () => {
    teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 429', afterMs: 7 * SECOND });
    const raised = await raises();
    await settle();
    expect(attemptsFor('on-duty').length).toBe(1);
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'waiting', last_error: 'HTTP 429' }]);

    teams.trouble = undefined;
    await later(7 * SECOND - 1);
    expect(attemptsFor('on-duty').length).toBe(1);
    await later(1);
    expect(attemptsFor('on-duty').length).toBe(2);
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([
      { state: 'delivered', attempts: 0, last_error: null, possible_duplicate: 0 },
    ]);
  });

  test('waits as long as Teams says though it changes meanwhile, and then shows the change', async () => {
    teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 429', afterMs: MINUTE });
    const raised = await raises();
    await settle();
    teams.trouble = undefined;
    await acts(raised, 'note', 'A note.');
    await later(MINUTE - 1);
    expect(attemptsFor('on-duty').length).toBe(1);
    await later(1);
    expect(shownIn(postedFor('on-duty')[0])).toContain('note');
  });

  test('is tried again after longer and longer waits, up to a minute, and never given up', async () => {
    teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 503' });
    await raises();
    await settle();
    for (let second = 0; second < 300; second += 1) await later(SECOND, 1);
    const moments = attemptsFor('on-duty').map(({ at }) => (at - MORNING) / SECOND);
    const waits = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
    expect(waits[0]).toBeLessThanOrEqual(2);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(60);
  });

  test('is not spoken of as sent meanwhile', async () => {
    teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 503' });
    await raises();
    await later(5 * SECOND);
    for (const kind of ['delivered', 'uncertain', 'not-delivered']) expect(shownIn(FORM)).not.toContain(kind);
  });
});

describe('a card that may have arrived', () => {
  beforeEach(() => goesOnDuty(NURSE));

  test('is sent again and marked as a possible duplicate, and the reporter is told once', async () => {
    teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'HTTP 502' });
    const raised = await raises();
    await settle();
    await later(2 * SECOND);
    teams.trouble = undefined;
    await later(MINUTE);
    const marks = attemptsFor('on-duty').map(({ card }) => card.possible_duplicate);
    expect(marks[0]).toBe(0);
    expect(marks.length).toBeGreaterThan(2);
    expect(marks.slice(1).every((mark) => mark === 1)).toBe(true);
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', possible_duplicate: 1 }]);
    const told = shownIn(FORM);
    expect(told.filter((kind) => kind === 'uncertain').length).toBe(1);
    expect(told.filter((kind) => kind === 'delivered').length).toBe(1);
  });

  test('is only tried again, without a mark, when the message was there already', async () => {
    const raised = await raises();
    await settle();
    teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'no answer' });
    await acts(raised, 'note', 'A note.');
    await settle();
    teams.trouble = undefined;
    await later(MINUTE);
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', possible_duplicate: 0 }]);
    expect(shownIn(FORM)).not.toContain('uncertain');
    expect(postedFor('on-duty').length).toBe(1);
    expect(shownIn(postedFor('on-duty')[0])).toContain('note');
  });

  test('is marked too when the server stopped between sending and writing down', async () => {
    const raised = await raises();
    // Another life of this server took the cards, and was killed.
    await takeDueCards(store, time, time + MINUTE, 20);
    await settle();
    expect(attemptsFor('on-duty')).toMatchObject([{ card: { possible_duplicate: 1 } }]);
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'delivered' }]);
  });
});

describe('a message that is not there any more', () => {
  test('is posted afresh in the same chat', async () => {
    await goesOnDuty(NURSE);
    const raised = await raises();
    await settle();
    const [old] = postedFor('on-duty');
    teams.messages.delete(old ?? '');
    await acts(raised, 'note', 'A note.');
    await settle();
    const [fresh, ...others] = postedFor('on-duty');
    expect(others).toEqual([]);
    expect(fresh).not.toBe(old);
    expect(shownIn(fresh)).toContain('note');
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([
      { state: 'delivered', activity: fresh, conversation: NURSE.conversation },
    ]);
  });

  test('is a new thread in the channel', async () => {
    const raised = await raises();
    await settle();
    const [before] = cardsOf(await read(raised), 'channel');
    teams.messages.clear();
    await acts(raised, 'note', 'A note.', 'channel');
    await settle();
    const [after] = cardsOf(await read(raised), 'channel');
    expect(after?.state).toBe('delivered');
    expect(after?.conversation).not.toBe(before?.conversation);
    // The reporter's message was gone as well.
    expect(cardsOf(await read(raised), 'reporter')).toMatchObject([{ state: 'delivered' }]);
    expect(teams.messages.size).toBe(2);
  });
});

describe('a card that cannot arrive', () => {
  const REFUSED: Sent = { result: 'refused', reason: 'HTTP 403' };

  test('is given up, the reporter is told, and the next step is taken at once', async () => {
    await goesOnDuty(NURSE);
    teams.trouble = onlyFor('on-duty', REFUSED);
    const raised = await raises();
    await settle();
    const now = await read(raised);
    expect(cardsOf(now, 'on-duty')).toMatchObject([{ state: 'failed', due_at: null, last_error: 'HTTP 403' }]);
    expect(shownIn(FORM)).toContain('not-delivered');
    expect(cardsOf(now, 'channel')).toMatchObject([{ state: 'delivered' }]);
    expect(now.referral).toMatchObject({ route_step: 1, next_step_at: MORNING + 15 * MINUTE });

    await later(10 * MINUTE);
    await acts(raised, 'note', 'A note.', 'channel');
    await settle();
    expect(attemptsFor('on-duty').length).toBe(1);
  });

  test('is not called unacknowledged: nobody had the chance to acknowledge it', async () => {
    await goesOnDuty(NURSE);
    teams.trouble = (card) => (card.role === 'reporter' ? undefined : REFUSED);
    const raised = await raises();
    await settle();
    const kinds = (await read(raised)).audit.map(({ kind }) => kind);
    expect(kinds).toContain('nobody-reached');
    expect(kinds).not.toContain('not-acknowledged');
  });

  test('does not hurry the route while somebody else is reached', async () => {
    await goesOnDuty(NURSE);
    await goesOnDuty(SECOND_NURSE);
    teams.trouble = (card) => (card.person === NURSE.person ? REFUSED : undefined);
    const raised = await raises();
    await settle();
    expect(
      cardsOf(await read(raised), 'on-duty')
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['delivered', 'failed']);
    expect(shownIn(FORM)).toContain('not-delivered');
    expect(attemptsFor('channel')).toEqual([]);
    await later(30 * MINUTE);
    expect(attemptsFor('channel').length).toBe(1);
  });

  test('nor while somebody else may yet be reached', async () => {
    await goesOnDuty(NURSE);
    await goesOnDuty(SECOND_NURSE);
    teams.trouble = (card) => {
      if (card.role === 'reporter') return undefined;
      return card.person === NURSE.person ? REFUSED : { result: 'retry', reason: 'HTTP 503' };
    };
    await raises();
    await settle();
    expect(attemptsFor('channel')).toEqual([]);
  });

  test('leads to the telephone when nobody at all is reached', async () => {
    await goesOnDuty(NURSE);
    teams.trouble = (card) => (card.role === 'reporter' ? undefined : REFUSED);
    const raised = await raises();
    await settle();
    const { audit, referral } = await read(raised);
    const steps = audit.filter(({ kind }) => kind === 'step').map(({ details }) => JSON.parse(details));
    expect(steps).toMatchObject([{ step: 0 }, { step: 1 }, { step: 2, ring: ['senior'] }]);
    expect(referral.next_step_at).toBeNull();
    const told = teams.messages.get(FORM)?.record.audit ?? [];
    expect(told.some(({ details }) => JSON.parse(details).ring?.includes('senior'))).toBe(true);
  });

  test('does not stop the others from being told when it is the reporter’s own', async () => {
    await goesOnDuty(NURSE);
    teams.trouble = onlyFor('reporter', REFUSED);
    const raised = await raises();
    await settle();
    expect(cardsOf(await read(raised), 'reporter')).toMatchObject([{ state: 'failed' }]);
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'delivered' }]);
    expect(attemptsFor('channel')).toEqual([]);
  });

  test('after an acknowledgement moves nothing on', async () => {
    await goesOnDuty(NURSE);
    const raised = await raises();
    await settle();
    await acts(raised, 'acknowledge');
    teams.trouble = onlyFor('on-duty', REFUSED);
    await settle();
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'failed' }]);
    expect(attemptsFor('channel')).toEqual([]);
  });
});

describe('many changes', () => {
  beforeEach(() => goesOnDuty(NURSE));

  test('that come together are one update of each card', async () => {
    const raised = await raises();
    await settle();
    const before = teams.attempts.length;
    for (let number = 1; number <= 10; number += 1) await acts(raised, 'note', `Note ${number}.`);
    await settle();
    const since = teams.attempts.slice(before);
    expect(since.map(({ card }) => card.role).sort()).toEqual(['on-duty', 'reporter']);
    for (const { record } of since) expect(record.audit.filter(({ kind }) => kind === 'note').length).toBe(10);
  });

  test('that come while a card is on its way are one more update of it', async () => {
    const raised = await raises();
    await settle();
    const before = attemptsFor('on-duty').length;
    const held = holdNext('on-duty');
    await acts(raised, 'note', 'The first note.');
    await worker.start();
    await held.reached;
    for (let number = 1; number <= 10; number += 1) await acts(raised, 'note', `Note ${number}.`);
    held.release();
    await worker.stop();
    await settle();
    const since = attemptsFor('on-duty').slice(before);
    expect(since.map(({ record }) => record.audit.filter(({ kind }) => kind === 'note').length)).toEqual([1, 11]);
  });

  test('leave every card showing the last of them, and nothing owed', async () => {
    const raised = await raises();
    await settle();
    await acts(raised, 'acknowledge');
    await acts(raised, 'take-on');
    await acts(raised, 'close', 'It was stopped.');
    await settle();
    for (const { record } of teams.messages.values()) expect(record.referral.status).toBe('closed');
    for (const card of (await read(raised)).cards) expect(card).toMatchObject({ due_at: null, shown: card.wanted });
  });
});

describe('the worker', () => {
  test('shows the other cards when one cannot be drawn, and that one once it can', async () => {
    await goesOnDuty(NURSE);
    await goesOnDuty(SECOND_NURSE);
    teams.trouble = (card) => {
      if (card.person === NURSE.person) throw new Error('The template is broken.');
      return undefined;
    };
    const raised = await raises();
    const other = await raises({ key: randomUUID(), department: 'ward-2' });
    await settle();
    const ofNurse = async () => cardsOf(await read(raised), 'on-duty').find(({ person }) => person === NURSE.person);
    expect(await ofNurse()).toMatchObject({ state: 'waiting', last_error: 'the card could not be drawn' });
    expect(
      cardsOf(await read(raised), 'on-duty')
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['delivered', 'waiting']);
    expect(cardsOf(await read(other), 'channel')).toMatchObject([{ state: 'delivered' }]);

    teams.trouble = undefined;
    await later(MINUTE);
    expect(await ofNurse()).toMatchObject({ state: 'delivered' });
  });

  test('goes on with the other referrals when the next step of one cannot be taken', async () => {
    const broken = await raises();
    await settle();
    await updateReferral(store.db, broken.referral.reference, { route: 'no route at all', next_step_at: time });
    const other = await raises({ key: randomUUID() });
    await settle();
    expect((await read(other)).cards.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  test('shows the most urgent first among those that it takes together', async () => {
    for (let number = 0; number < 4; number += 1) {
      await raises({
        key: randomUUID(),
        escalate: { route: 'senior-first', urgency: 'routine', category: 'filming' },
      });
    }
    const immediate = await raises({ escalate: { route: 'senior-first', urgency: 'immediate', category: 'filming' } });
    await look();
    expect(teams.attempts.length).toBe(10);
    for (const { record } of teams.attempts.slice(0, 2)) {
      expect(record.referral.reference).toBe(immediate.referral.reference);
    }
  });

  test('shows the most urgent first, however many were there before', async () => {
    for (let number = 0; number < 25; number += 1) {
      await raises({ escalate: { route: 'senior-first', urgency: 'routine', category: 'filming' } });
    }
    const immediate = await raises({ escalate: { route: 'senior-first', urgency: 'immediate', category: 'filming' } });
    await look();
    const first = teams.attempts.map(({ record }) => record.referral.reference);
    expect(first).toContain(immediate.referral.reference);
    expect(first.length).toBeLessThan(26);
  });

  test('finishes what is in hand before it stops, and does nothing after', async () => {
    await goesOnDuty(NURSE);
    const held = holdNext('on-duty');
    const raised = await raises();
    await worker.start();
    await held.reached;
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    held.release();
    await stopping;
    expect(cardsOf(await read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', lease_until: 0 }]);

    const before = teams.attempts.length;
    await acts(raised, 'note', 'A note.');
    worker.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(teams.attempts.length).toBe(before);
  });

  test('needs only to be woken: whoever changes a referral need not wait for the clock', async () => {
    await worker.start();
    const shown = holdNext('channel');
    await raises();
    await shown.reached;
    shown.release();
    await worker.stop();
    expect(attemptsFor('channel').length).toBe(1);
  });
});

describe('the next step of a route', () => {
  beforeEach(() => goesOnDuty(NURSE));

  test('is taken when the wait is over, not before, and every card says so', async () => {
    const raised = await raises();
    await settle();
    await later(30 * MINUTE - 1);
    expect(attemptsFor('channel')).toEqual([]);
    await later(1);
    expect(cardsOf(await read(raised), 'channel')).toMatchObject([{ state: 'delivered' }]);
    for (const message of teams.messages.keys()) expect(shownIn(message)).toContain('not-acknowledged');

    await later(15 * MINUTE - 1);
    expect((await read(raised)).referral.route_step).toBe(1);
    await later(1);
    expect((await read(raised)).referral).toMatchObject({ route_step: 2, next_step_at: null, status: 'raised' });
    await later(24 * 60 * MINUTE);
    expect((await read(raised)).referral.route_step).toBe(2);
  });

  test('comes sooner the more urgent it is', async () => {
    const immediate = await raises({ escalate: { route: 'senior-first', urgency: 'immediate', category: 'filming' } });
    const routine = await raises({ escalate: { route: 'senior-first', urgency: 'routine', category: 'filming' } });
    expect(immediate.referral.next_step_at).toBe(MORNING + 10 * MINUTE);
    expect(routine.referral.next_step_at).toBe(MORNING + 240 * MINUTE);
    await later(10 * MINUTE);
    expect(attemptsFor('channel').map(({ record }) => record.referral.reference)).toEqual([
      immediate.referral.reference,
    ]);
  });

  test.each<Action>(['acknowledge', 'take-on'])('is never taken after somebody did “%s”', async (action) => {
    const raised = await raises();
    await settle();
    await later(30 * MINUTE - 1);
    expect(await acts(raised, action)).toMatchObject({ result: 'done' });
    await later(24 * 60 * MINUTE);
    expect(attemptsFor('channel')).toEqual([]);
    expect((await read(raised)).audit.map(({ kind }) => kind)).not.toContain('not-acknowledged');
  });

  test('is not put off by a note: a note takes no responsibility', async () => {
    const raised = await raises();
    await settle();
    await acts(raised, 'note', 'I saw this.');
    await later(30 * MINUTE);
    expect(attemptsFor('channel').length).toBe(1);
  });

  test('is taken after a restart that lasted longer than the wait', async () => {
    const raised = await raises();
    await settle();
    await store.close();
    time += 60 * MINUTE;
    store = await openSqlite(folder);
    const clock = { now: () => time };
    const groups = () => ['group-1'];
    worker = createWorker({ store, clock, teams: groups, messenger: teams, log: pino({ level: 'silent' }) });
    await settle();
    const record = await createReferrals({ store, clock, teams: groups, wake: worker.wake }).read(
      raised.referral.reference,
    );
    expect(record?.referral.route_step).toBe(1);
    expect(attemptsFor('channel').length).toBe(1);
  });

  test('goes by the route as it stood when the referral was raised', async () => {
    const raised = await raises();
    const frozen = JSON.parse(raised.referral.route);
    expect(frozen.steps).toEqual(organisation.settings.routes['senior-first']?.steps);
    expect(frozen.contacts.senior).toMatchObject({ role: 'Senior person in charge', phone: '4455' });
  });
});

// What people and the clock do.

function personCalled(name: string): PersonRow {
  return {
    tenant: 'tenant-1',
    person: `person-${name}`,
    name,
    organisation: null,
    teams_id: `29:${name}`,
    conversation: `a:${name}`,
    service_url: 'https://smba.example',
    bot_id: 'bot',
    updated_at: MORNING,
  };
}

async function goesOnDuty(person: PersonRow): Promise<void> {
  await startDuty(store.db, {
    id: randomUUID(),
    organisation: organisation.id,
    department: 'ward-1',
    tenant: person.tenant,
    person: person.person,
    name: person.name,
    from_at: MORNING - MINUTE,
    until_at: MORNING + 48 * 60 * MINUTE,
    ended_at: null,
  });
}

async function raises(changes: Partial<Raise> = {}): Promise<ReferralRecord> {
  const flow = organisation.flows.get('filming');
  const outcome = flow?.outcomes['tell-senior'];
  if (flow === undefined || outcome?.escalate === undefined) throw new Error('The example has changed.');
  const record = await referrals.raise({
    key: randomUUID(),
    organisation,
    flow: flow.flow,
    edition: flow.edition,
    responses: { danger: 'no', who: 'visitor' },
    outcome: 'tell-senior',
    asked: {
      title: flow.title,
      verdict: outcome.verdict,
      headline: outcome.headline,
      answers: [{ question: 'Who', answer: 'A visitor' }],
      citations: [],
      policy: organisation.policy,
    },
    escalate: outcome.escalate,
    department: 'ward-1',
    description: 'A visitor is filming.',
    callBack: '',
    safeToRing: 'not-given',
    told: [],
    aboutSenior: 'no',
    reporter: REPORTER,
    message: { conversation: REPORTER.conversation ?? '', activity: FORM },
    ...changes,
  });
  // The form's own message is there already: the reporter's card is written over it.
  if (!teams.messages.has(FORM)) {
    const card = cardsOf(record, 'reporter')[0];
    if (card !== undefined) teams.messages.set(FORM, { card, record, at: time });
  }
  return record;
}

function acts(on: ReferralRecord, action: Action, text?: string, from: 'chat' | 'channel' = 'chat'): Promise<Acted> {
  return referrals.act({
    reference: on.referral.reference,
    action,
    actor: NURSE,
    key: randomUUID(),
    conversation: from === 'chat' ? (NURSE.conversation ?? '') : `${CHANNEL};messageid=1`,
    text,
  });
}

async function read(record: ReferralRecord): Promise<ReferralRecord> {
  const found = await referrals.read(record.referral.reference);
  if (found === undefined) throw new Error('The referral is gone.');
  return found;
}

/** Lets the worker look once: a worker that is told to stop finishes the look that it began. */
async function look(): Promise<void> {
  await worker.start();
  await worker.stop();
}

/** Lets the worker look until it has nothing more to show now. */
async function settle(): Promise<void> {
  for (let looks = 0; looks < 20; looks += 1) {
    const before = teams.attempts.length;
    await look();
    if (teams.attempts.length === before) return;
  }
  throw new Error('The worker never came to rest.');
}

async function later(ms: number, looks?: number): Promise<void> {
  time += ms;
  if (looks === undefined) await settle();
  else for (let done = 0; done < looks; done += 1) await look();
}

// What Teams does and shows.

function onlyFor(role: CardRole, sent: Sent): (card: CardRow) => Sent | undefined {
  return (card) => (card.role === role ? sent : undefined);
}

/** Holds the next card of a role on its way until it is released. */
function holdNext(role: CardRole): { reached: Promise<void>; release: () => void } {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<undefined>();
  teams.trouble = (card) => {
    if (card.role !== role) return undefined;
    teams.trouble = undefined;
    reached.resolve();
    return released.promise;
  };
  return { reached: reached.promise, release: () => released.resolve(undefined) };
}

function cardsOf(record: ReferralRecord, role: CardRole): CardRow[] {
  return record.cards.filter((card) => card.role === role);
}

function attemptsFor(role: CardRole): Attempt[] {
  return teams.attempts.filter(({ card }) => card.role === role);
}

/** The messages that now show a card of a role. */
function postedFor(role: CardRole): string[] {
  return [...teams.messages].filter(([, { card }]) => card.role === role).map(([activity]) => activity);
}

/** The kinds of events that a message's card knew of when it was last drawn. */
function shownIn(activity: string | undefined): string[] {
  return teams.messages.get(activity ?? '')?.record.audit.map(({ kind }) => kind) ?? [];
}
