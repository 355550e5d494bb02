import { afterEach, describe, expect, test } from '@jest/globals';
import { type Condition, conditionOf, type Problem } from '../../src/escalation/condition.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import {
  CHANNEL,
  CHANNELS,
  HOUR,
  type House,
  MANAGER,
  MINUTE,
  NURSE,
  type Options,
  onlyFor,
  openHouse,
  REPORTER,
  SECOND,
  TEAM,
  withRoute,
} from './house.ts';

let house: House;
afterEach(() => house.close());

async function open(options: Options = {}): Promise<House> {
  house = await openHouse(options);
  return house;
}

/** @param systemAhead How long after now the system's time is read, in milliseconds. */
function condition(systemAhead = 0): Promise<Condition> {
  return conditionOf(house.store.db, {
    now: house.now(),
    systemNow: Date.now() + systemAhead,
    organisations: [house.organisation],
    teams: house.engine.teams,
  });
}

const kinds = ({ problems }: Condition): string[] => problems.map(({ kind }) => kind);

function problem({ problems }: Condition, kind: string): Problem {
  const found = problems.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no problem ${kind}, only: ${problems.map((one) => one.kind)}`);
  return found;
}

/** Everywhere somebody is on duty, so that nothing is wrong. */
async function staffed(options: Options = {}): Promise<House> {
  await open(options);
  await house.goesOnDuty(NURSE, 'ward-1');
  await house.goesOnDuty(NURSE, 'ward-2');
  await house.goesOnDuty(MANAGER, 'site-manager');
  return house;
}

describe('what is wrong now', () => {
  test('nothing is, while a server is at work, the channels are there and somebody is on duty everywhere', async () => {
    await staffed();
    expect(await condition()).toEqual({
      problems: [],
      counts: expect.objectContaining({ servers: 1, open: 0, owed: 0, places: 3, withoutDuty: 0 }),
    });
  });

  test('no server has passed for 30 seconds', async () => {
    await staffed();
    expect(kinds(await condition(29 * SECOND))).toEqual([]);
    expect(problem(await condition(40 * SECOND), 'no-server')).toMatchObject({ area: 'server', severity: 'fault' });
  });

  test('the bot was removed from its team, and with it its channels are gone', async () => {
    await staffed();
    await house.watch.gone(TEAM.team);
    const found = await condition();
    expect(kinds(found)).toEqual(['no-team', 'no-channel', 'no-channel']);
    expect(problem(found, 'no-team').words).toContain('SAFEGUARDING_TEAMS gives for "example-trust"');
    await house.watch.seen(TEAM, CHANNELS);
    expect(kinds(await condition())).toEqual([]);
  });

  test('a channel that no route tells any more is not missed', async () => {
    await staffed();
    await house.watch.seen(
      TEAM,
      CHANNELS.filter(({ channel }) => channel !== CHANNEL),
    );
    expect(problem(await condition(), 'no-channel').words).toContain('“Safeguarding referrals”');
    const { settings } = house.organisation;
    const byTheHour = settings.routes['by-the-hour'];
    if (byTheHour === undefined) throw new Error('The example has changed.');
    const changed = { ...house.organisation, settings: { ...settings, routes: { 'by-the-hour': byTheHour } } };
    const facts = { now: house.now(), systemNow: Date.now(), teams: house.engine.teams };
    expect(kinds(await conditionOf(house.store.db, { ...facts, organisations: [changed] }))).toEqual([]);
  });

  test('what is wrong with an organisation that is not hosted here is not told', async () => {
    await staffed();
    await house.watch.gone(TEAM.team);
    const facts = { now: house.now(), systemNow: Date.now(), teams: house.engine.teams };
    expect(kinds(await conditionOf(house.store.db, { ...facts, organisations: [] }))).toEqual([]);
  });

  test('departments and roles with nobody on duty are named, out of all that a route waits for', async () => {
    await open();
    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    const gaps = problem(await condition(), 'nobody-on-duty');
    expect(gaps).toMatchObject({ area: 'duty', severity: 'warning', organisation: 'example-trust' });
    expect(gaps.words).toContain('2 of 3 places: Ward 2, site manager.');
    house.moveClock(HOUR + 1);
    expect(problem(await condition(), 'nobody-on-duty').words).toContain(
      '3 of 3 places: Ward 1, Ward 2, site manager.',
    );
  });

  test('a route that waits for nobody on duty misses nobody', async () => {
    const onlyChannel = withRoute([{ notify: [{ whom: 'channel', name: 'Safeguarding referrals' }] }]);
    await open({ organisation: onlyChannel });
    expect(kinds(await condition())).toEqual([]);
  });
});

describe('deliveries', () => {
  test('a card that did not arrive is told by its role, and no more once another stands in its place', async () => {
    await staffed({ organisation: withRoute([{ notify: [{ whom: 'channel', name: 'Safeguarding referrals' }] }]) });
    house.teams.trouble = onlyFor('channel', { result: 'refused', reason: 'HTTP 403 BotDisabledByAdmin' });
    const raised = await house.raises();
    await house.settle();
    const found = await condition();
    expect(problem(found, 'channel-unreachable').words).toContain('(HTTP 403 BotDisabledByAdmin)');
    expect(problem(found, 'card-failed').words).toContain(
      `${raised.referral.reference} to the channel “Safeguarding referrals”`,
    );
    house.teams.trouble = undefined;
    await house.watch.seen(
      TEAM,
      CHANNELS.filter(({ channel }) => channel !== CHANNEL),
    );
    await house.watch.seen(TEAM, CHANNELS);
    await house.settle();
    expect(kinds(await condition())).not.toContain('card-failed');
    expect(kinds(await condition())).not.toContain('channel-unreachable');
  });

  test('a person whose card did not arrive is named by what they are on duty as', async () => {
    await staffed();
    house.teams.trouble = onlyFor('on-duty', { result: 'refused', reason: 'HTTP 403 MessageWritesBlocked' });
    const { referral } = await house.raises();
    await house.settle();
    const { words } = problem(await condition(), 'card-failed');
    expect(words).toContain(`${referral.reference} to the nurse in charge of Ward 1`);
    expect(words).not.toContain(NURSE.name);
  });

  test('somebody who can no longer be told what became of it is to be rung', async () => {
    await staffed();
    const record = await house.raises();
    await house.settle();
    house.teams.trouble = onlyFor('reporter', { result: 'refused', reason: 'HTTP 403 MessageWritesBlocked' });
    await house.acts(record, 'acknowledge');
    await house.settle();
    const { words } = problem(await condition(), 'reporter-not-reached');
    expect(words).toContain(record.referral.reference);
    expect(words).not.toContain(REPORTER.name);
    await house.acts(record, 'close', { text: 'Done.' });
    await house.settle();
    expect(kinds(await condition())).not.toContain('reporter-not-reached');
  });

  test('a card that cannot be drawn is a fault once it is put aside', async () => {
    await staffed();
    house.teams.trouble = (card) => {
      if (card.role === 'on-duty') throw new Error('It cannot be drawn.');
      return undefined;
    };
    const { referral } = await house.raises();
    for (let tries = 0; tries < 6; tries += 1) await house.later(20 * SECOND);
    const parked = problem(await condition(), 'card-parked');
    expect(parked.severity).toBe('fault');
    expect(parked.words).toContain(`${referral.reference} to the nurse in charge of Ward 1`);
  });

  test('a card that may have arrived is told until one surely has', async () => {
    await staffed();
    house.teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'HTTP 502' });
    await house.raises();
    await house.settle();
    expect(problem(await condition(), 'card-uncertain').severity).toBe('warning');
    house.teams.trouble = undefined;
    await house.later(5 * SECOND);
    expect(kinds(await condition())).not.toContain('card-uncertain');
  });

  test('a card that may have arrived and is not sent again is told as that, and not as one that did not', async () => {
    await staffed();
    house.teams.trouble = ({ activity }) =>
      activity === null ? { result: 'unconfirmed', reason: 'HTTP 500' } : { result: 'gone', reason: 'HTTP 404' };
    const record = await house.raises();
    await house.settle();
    const found = await condition();
    expect(problem(found, 'card-unconfirmed').words).toContain(`${record.referral.reference} to the nurse in charge`);
    expect(problem(found, 'reporter-unconfirmed').words).toContain(record.referral.reference);
    for (const kind of ['card-failed', 'reporter-not-reached']) expect(kinds(found)).not.toContain(kind);
  });

  test('a conversation that Teams has slowed down is a warning, and what waits there is not late', async () => {
    await staffed({ organisation: withRoute([{ notify: [{ whom: 'channel', name: 'Safeguarding referrals' }] }]) });
    house.teams.trouble = onlyFor('channel', {
      result: 'retry',
      reason: 'HTTP 429',
      afterMs: 10 * MINUTE,
      slowDown: true,
    });
    await house.raises();
    await house.settle();
    // Another is due there at once, and has to wait with the first.
    await house.raises();
    await house.settle();
    house.moveClock(5 * MINUTE);
    const found = await condition();
    const slowed = problem(found, 'slowed-down');
    expect(slowed.severity).toBe('warning');
    expect(slowed.words).toContain(
      'in 1 conversation, at most for another 5 minutes: the channel “Safeguarding referrals”',
    );
    expect(kinds(found)).not.toContain('late');
    house.teams.trouble = undefined;
    await house.later(6 * MINUTE);
    expect(kinds(await condition())).not.toContain('slowed-down');
  });

  test('what should have gone out over a minute ago is a fault', async () => {
    await staffed();
    await house.worker.stop();
    await house.raises();
    house.moveClock(MINUTE);
    expect(kinds(await condition())).not.toContain('late');
    house.moveClock(SECOND);
    const late = problem(await condition(), 'late');
    expect(late.severity).toBe('fault');
    expect(late.words).toContain('the oldest 1 minute ago: chats with people');
    for (const name of [NURSE.name, REPORTER.name]) expect(late.words).not.toContain(name);
  });
});

describe('referrals', () => {
  test('one that waits longer than its first step allows is a warning, and a fault when its route is done', async () => {
    await staffed();
    const { referral } = await house.raises();
    await house.settle();
    expect(kinds(await condition())).toEqual([]);
    const wait = referral.urgency === 'immediate' ? 10 : 30;
    await house.later(wait * MINUTE + SECOND);
    const slow = problem(await condition(), 'not-acknowledged');
    expect(slow.severity).toBe('warning');
    expect(slow.words).toContain(`${referral.reference} (${referral.urgency}, Ward 1), raised ${wait} minutes ago`);
    await house.later(HOUR);
    const found = await condition();
    expect(problem(found, 'unanswered').severity).toBe('fault');
    expect(problem(found, 'unanswered').words).toContain(referral.reference);
    expect(kinds(found)).not.toContain('not-acknowledged');
    expect(found.counts).toMatchObject({ open: 1, unacknowledged: 1, unanswered: 1 });
  });

  test('one whose next step nobody takes is a fault', async () => {
    await staffed();
    const { referral } = await house.raises();
    await house.settle();
    await house.worker.stop();
    house.moveClock(HOUR);
    const overdue = problem(await condition(), 'step-overdue');
    expect(overdue.severity).toBe('fault');
    expect(overdue.words).toContain(referral.reference);
  });

  test('one whose owner was reminded is a warning, until they do something', async () => {
    await staffed();
    const record = await house.raises();
    await house.acts(record, 'acknowledge');
    await house.settle();
    expect(kinds(await condition())).toEqual([]);
    const { times } = loadExampleTrust().settings;
    await house.later(times.remind[record.referral.urgency] * MINUTE + SECOND);
    const { words } = problem(await condition(), 'owner-reminded');
    expect(words).toContain(record.referral.reference);
    expect(words).not.toContain(NURSE.name);
    await house.acts(record, 'note', { text: 'Spoken to the ward.' });
    await house.settle();
    expect(kinds(await condition())).toEqual([]);
  });

  test('nothing that anybody wrote and no name is in any of the words', async () => {
    await open();
    house.teams.trouble = () => ({ result: 'refused', reason: 'HTTP 403' });
    await house.goesOnDuty(NURSE, 'ward-1');
    await house.raises({ description: 'A very particular story.' });
    await house.settle();
    await house.later(2 * HOUR);
    const said = JSON.stringify(await condition());
    expect(said).toContain('unanswered');
    for (const told of ['particular', ...[NURSE, REPORTER, MANAGER].map(({ name }) => name)]) {
      expect(said).not.toContain(told);
    }
  });
});
