import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { channelsNamed } from '../../src/escalation/health.ts';
import type { Raise } from '../../src/escalation/referrals.ts';
import { faultsNow } from '../../src/store/faults.ts';
import type { ReferralRecord } from '../../src/store/referrals.ts';
import type { ChannelRow } from '../../src/store/schema.ts';
import {
  attemptsFor,
  CHANNEL,
  CHANNELS,
  cardsOf,
  detailsOf,
  GENERAL,
  HOUR,
  type House,
  kindsOf,
  MEMBER,
  MINUTE,
  MORNING,
  NURSE,
  noticesTo,
  onlyFor,
  openHouse,
  postedFor,
  reporterReads,
  SECOND,
  stepsOf,
  TEAM,
  WARD_CHANNEL,
} from './house.ts';

/** The channels of the team are read from Teams again whenever something happened to them. */

const NAME = 'Safeguarding referrals';
const NEW_CHANNEL = '19:safeguarding-again@thread.tacv2';
const BY_THE_HOUR: Partial<Raise> = {
  department: 'ward-2',
  escalate: { route: 'by-the-hour', urgency: 'urgent', category: 'filming' },
};
/** Where a keeper is told who has never spoken to the bot. */
const KEEPER = `person ${MEMBER.tenant} ${MEMBER.person}`;

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

type Seen = Omit<ChannelRow, 'team'>;
const seen = (channels: readonly Seen[]) => house.watch.seen({ ...TEAM, updated_at: house.now() }, channels);
const without = (channel: string): Seen[] => CHANNELS.filter((one) => one.channel !== channel);
const renamed = (channel: string, name: string): Seen[] =>
  CHANNELS.map((one) => (one.channel === channel ? { channel, name } : one));
const faults = async () =>
  (await faultsNow(house.store.db)).map(({ kind, details }) => [kind, detailsOf({ details }).name]).sort();
const kindsTold = (lane: string) => noticesTo(house, lane).map(({ notice }) => notice);

test('the channels that matter are those that a route or a department names', () => {
  expect(channelsNamed(house.organisation)).toEqual([NAME, 'Ward 2 in charge']);
});

describe('a channel that is renamed', () => {
  test('is missing under its name: noted once, and told to the keepers and the team', async () => {
    await seen(renamed(CHANNEL, 'Old referrals'));
    await seen(renamed(CHANNEL, 'Older referrals'));
    await house.settle();
    expect(await faults()).toEqual([['no-channel', NAME]]);
    expect(kindsTold(KEEPER)).toEqual(['no-channel']);
    expect(kindsTold(GENERAL)).toEqual(['no-channel']);
  });

  test('is routed round at once', async () => {
    await seen(renamed(CHANNEL, 'Old referrals'));
    const raised = await house.raises();
    expect(stepsOf(raised)).toMatchObject([
      { missing: ['nobody-on-duty'] },
      { missing: ['no-channel'] },
      { ring: ['senior'] },
    ]);
    expect(raised.referral.unanswered_at).toBe(MORNING);
  });

  test('still shows what was posted there before', async () => {
    const raised = await house.raises();
    await house.settle();
    await seen(renamed(CHANNEL, 'Old referrals'));
    await house.acts(raised, 'acknowledge', { by: MEMBER, from: 'channel' });
    await house.settle();
    expect(house.teams.messages.get(postedFor(house, 'channel')[0] ?? '')?.record?.referral.status).toBe(
      'acknowledged',
    );
  });

  test('is well again under its old name, and gets what was raised meanwhile, once', async () => {
    await seen(renamed(CHANNEL, 'Old referrals'));
    const raised = await house.raises();
    await seen(CHANNELS);
    await seen(CHANNELS);
    await house.settle();
    expect(await faults()).toEqual([]);
    expect(cardsOf(await house.read(raised), 'channel')).toMatchObject([{ channel: CHANNEL, state: 'delivered' }]);
    expect(kindsOf(await house.read(raised)).filter((kind) => kind === 'channel-is-back').length).toBe(1);
  });
});

describe('a channel that is deleted', () => {
  test('loses its cards, says so, and the route goes on at once', async () => {
    const raised = await house.raises();
    await house.settle();
    await seen(without(CHANNEL));
    await house.settle();
    const after = await house.read(raised);
    expect(cardsOf(after, 'channel')).toMatchObject([{ state: 'failed', due_at: null }]);
    expect(kindsOf(after)).toEqual(expect.arrayContaining(['channel-gone', 'not-delivered-to-anybody', 'unanswered']));
    expect(stepsOf(after).at(-1)).toMatchObject({ step: 2, ring: ['senior'] });
    expect(reporterReads(house)).toContain('unanswered');
  });

  test('leaves no reporter waiting for a card that was still to arrive there, though it is closed', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('channel', { result: 'retry', reason: 'HTTP 412' });
    const raised = await house.raises();
    await house.later(30 * MINUTE);
    await house.acts(raised, 'acknowledge');
    await house.acts(raised, 'close', { text: 'Done.' });
    await seen(without(CHANNEL));
    await house.settle();
    expect(reporterReads(house)).toContain('channel-gone');
  });

  test('moves no route on that has somebody else, or that somebody acknowledged', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.later(30 * MINUTE);
    await house.acts(raised, 'acknowledge');
    await seen(without(CHANNEL));
    expect(stepsOf(await house.read(raised)).length).toBe(2);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered' }]);
  });

  test('and made again gets what is open, and not what is closed', async () => {
    const open = await house.raises();
    const closed = await house.raises();
    await house.settle();
    await house.acts(closed, 'acknowledge', { by: MEMBER, from: 'channel' });
    await house.acts(closed, 'close', { by: MEMBER, from: 'channel', text: 'Done.' });
    await seen(without(CHANNEL));
    await seen([...without(CHANNEL), { channel: NEW_CHANNEL, name: NAME }]);
    await house.settle();
    expect(await faults()).toEqual([]);
    const living = cardsOf(await house.read(open), 'channel').filter(({ state }) => state !== 'failed');
    expect(living).toMatchObject([{ channel: NEW_CHANNEL, state: 'delivered' }]);
    expect(cardsOf(await house.read(closed), 'channel').map(({ channel }) => channel)).toEqual([CHANNEL]);
  });

  test('that is a department’s own gets back what its department’s routes sent there', async () => {
    await house.goesOnDuty(NURSE, 'ward-2');
    const open = await house.raises(BY_THE_HOUR);
    const aboutThem = await house.raises({ ...BY_THE_HOUR, aboutSenior: 'yes' });
    await house.settle();
    await seen(without(WARD_CHANNEL));
    await seen([...without(WARD_CHANNEL), { channel: NEW_CHANNEL, name: 'Ward 2 in charge' }]);
    const channels = async (record: typeof open) =>
      cardsOf(await house.read(record), 'channel').map(({ channel }) => channel);
    expect((await channels(open)).sort()).toEqual([NEW_CHANNEL, WARD_CHANNEL].sort());
    expect(await channels(aboutThem)).toEqual([]);
  });

  test('gets nothing back of a concern about somebody who reads it', async () => {
    const raised = await house.raises({ aboutSenior: 'channel' });
    await seen(without(CHANNEL));
    await seen(CHANNELS);
    expect(cardsOf(await house.read(raised), 'channel')).toEqual([]);
  });
});

describe('a channel that takes no message', () => {
  const refuse = () => {
    house.teams.trouble = onlyFor('channel', { result: 'refused', reason: 'HTTP 403' });
  };

  test('is noted once, told to the keepers, and its team is looked at anew', async () => {
    refuse();
    await house.raises();
    await house.raises();
    await house.settle();
    expect(await faults()).toEqual([['channel-unreachable', NAME]]);
    expect(kindsTold(KEEPER)).toEqual(['channel-unreachable']);
    expect(house.lookedAgain).toContain(TEAM.team);
  });

  test('is well again when it takes one, and gets what is open', async () => {
    refuse();
    const first = await house.raises();
    await house.settle();
    house.teams.trouble = undefined;
    await house.later(HOUR);
    const second = await house.raises();
    await house.settle();
    expect(await faults()).toEqual([]);
    for (const raised of [first, second]) {
      const delivered = cardsOf(await house.read(raised), 'channel').filter(({ state }) => state === 'delivered');
      expect(delivered.length).toBe(1);
    }
  });

  test('has its team read again once a minute at most, however many cards it refuses', async () => {
    refuse();
    for (let number = 0; number < 20; number += 1) await house.raises();
    for (let second = 0; second < 20; second += 1) await house.later(SECOND);
    expect(attemptsFor(house, 'channel').length).toBe(20);
    expect(house.lookedAgain).toEqual([TEAM.team]);
    house.moveClock(MINUTE);
    await house.raises();
    await house.settle();
    expect(house.lookedAgain).toEqual([TEAM.team, TEAM.team]);
  });

  test('is no fault any more when it is deleted: that one of its name is missing is another', async () => {
    refuse();
    await house.raises();
    await house.settle();
    await seen(without(CHANNEL));
    expect(await faults()).toEqual([['no-channel', NAME]]);
    house.teams.trouble = undefined;
    await seen([...without(CHANNEL), { channel: NEW_CHANNEL, name: NAME }]);
    expect(await faults()).toEqual([]);
  });
});

describe('a team that the bot is removed from', () => {
  test('loses its channels, and its routes go on', async () => {
    const raised = await house.raises();
    await house.settle();
    await house.watch.gone(TEAM.team);
    await house.settle();
    expect(await faults()).toEqual([
      ['no-channel', NAME],
      ['no-channel', 'Ward 2 in charge'],
    ]);
    expect((await house.read(raised)).referral.unanswered_at).toBe(MORNING);
    expect(attemptsFor(house, 'notice').filter(({ card }) => card.channel !== null)).toEqual([]);
  });

  test('is told to its keepers who have a chat with the bot', async () => {
    const keepers = JSON.stringify([{ person: NURSE.person, teamsId: NURSE.teams_id, name: NURSE.name }]);
    await house.watch.seen({ ...TEAM, keepers }, CHANNELS);
    await house.watch.gone(TEAM.team);
    await house.settle();
    expect(noticesTo(house, `${NURSE.conversation}`)).toMatchObject([{ notice: 'removed', name: TEAM.name }]);
  });

  test('and added back to gets what is open', async () => {
    const raised = await house.raises();
    await house.settle();
    await house.watch.gone(TEAM.team);
    await seen(CHANNELS);
    await house.settle();
    expect(await faults()).toEqual([]);
    const states = cardsOf(await house.read(raised), 'channel').map(({ state }) => state);
    expect(states.sort()).toEqual(['delivered', 'failed']);
  });
});

describe('a team that the bot was removed from without a word', () => {
  beforeEach(() => {
    house.teams.trouble = onlyFor('channel', { result: 'refused', reason: 'HTTP 403 BotNotInConversationRoster' });
  });

  test('and added back to is well at once, and gets what is open', async () => {
    const raised = await house.raises();
    await house.settle();
    expect(await faults()).toEqual([['channel-unreachable', NAME]]);
    house.teams.trouble = undefined;
    await house.watch.added({ ...TEAM, updated_at: house.now() }, CHANNELS);
    await house.settle();
    expect(await faults()).toEqual([]);
    const states = cardsOf(await house.read(raised), 'channel').map(({ state }) => state);
    expect(states.sort()).toEqual(['delivered', 'failed']);
  });

  test('is only looked at, and gets nothing, when its channels are read again', async () => {
    const raised = await house.raises();
    await house.settle();
    await seen(CHANNELS);
    await house.settle();
    expect(await faults()).toEqual([['channel-unreachable', NAME]]);
    expect(attemptsFor(house, 'channel').map(({ card }) => card.referral)).toEqual([raised.referral.reference]);
  });
});

describe('the work that channels make which come and go', () => {
  const raises = async (times: number): Promise<ReferralRecord[]> => {
    const records: ReferralRecord[] = [];
    for (let number = 0; number < times; number += 1) records.push(await house.raises());
    return records;
  };
  const closes = async (records: readonly ReferralRecord[]): Promise<void> => {
    for (const record of records) {
      await house.acts(record, 'take-on', { by: MEMBER, from: 'channel' });
      await house.acts(record, 'close', { by: MEMBER, from: 'channel', text: 'Done.' });
    }
    for (let second = 0; second < 20; second += 1) await house.later(SECOND);
  };
  const statementsFor = async (channels: readonly Seen[]): Promise<number> => {
    const before = house.statements();
    await seen(channels);
    return house.statements() - before;
  };

  test('does not grow with what is open where no route names the channels that are new', async () => {
    const others = (name: string): Seen[] =>
      Array.from({ length: 30 }, (_, number) => ({ channel: `19:${name}-${number}`, name: `${name} ${number}` }));
    await raises(2);
    const few = await statementsFor([...CHANNELS, ...others('Choir')]);
    await raises(10);
    expect(await statementsFor([...CHANNELS, ...others('Choir'), ...others('Garden')])).toBe(few);
  });

  test('does not grow with what is closed where the channel is gone, and no closed one says anything new', async () => {
    await closes(await raises(2));
    const few = await statementsFor(without(CHANNEL));
    await seen(CHANNELS);
    const closed = await raises(12);
    await closes(closed);
    const before = await Promise.all(closed.map(house.read));
    const attempts = house.teams.attempts.length;
    expect(await statementsFor(without(CHANNEL))).toBe(few);
    await house.settle();
    for (const [index, record] of closed.entries()) {
      const now = await house.read(record);
      expect(cardsOf(now, 'channel')).toMatchObject([{ state: 'failed', due_at: null }]);
      expect(kindsOf(now)).toEqual(kindsOf(before[index] ?? record));
    }
    expect(house.teams.attempts.slice(attempts).filter(({ card }) => card.referral !== null)).toEqual([]);
  });
});

describe('the auditor', () => {
  test('notices a channel that was never there, and that it is there now', async () => {
    await house.store.db.deleteFrom('channels').where('channel', '=', WARD_CHANNEL).execute();
    await house.later(30 * SECOND);
    expect(await faults()).toEqual([['no-channel', 'Ward 2 in charge']]);
    await house.later(30 * SECOND);
    expect(kindsTold(KEEPER)).toEqual(['no-channel']);
    await house.store.db
      .insertInto('channels')
      .values({ team: TEAM.team, channel: WARD_CHANNEL, name: 'Ward 2 in charge' })
      .execute();
    await house.later(30 * SECOND);
    expect(await faults()).toEqual([]);
  });
});
