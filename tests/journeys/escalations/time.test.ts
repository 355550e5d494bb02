import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import {
  alone,
  cardOf,
  cardsAbout,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  sees,
  text,
} from '../../support/rehearsal.ts';
import {
  ACKNOWLEDGE,
  CHANNEL,
  inMinutes,
  NOBODY_HAS_IT,
  type OwnPolicies,
  ownPolicies,
  raised,
  seesTimes,
  startStory,
} from './stories.ts';

/** What time does with a referral that nobody takes up, or that somebody takes up and lets lie. */
describe('time', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let channel: ChatDriver;
  beforeAll(async () => {
    rehearsal = await startStory();
    const { teams } = rehearsal;
    amina = await opensChat(teams, 'amina');
    grace = await opensChat(teams, 'grace');
    channel = teams.channel(CHANNEL).as('priya');
  });
  afterAll(() => rehearsal.stop());

  /** Raised while Grace is on duty there for long enough. */
  const raisedWithGrace = async (ward: string): Promise<string> => {
    await goesOnDuty(grace, ward, await inMinutes(rehearsal.teams, 600));
    return raised(amina, ward, ['Grace Okafor', `the channel “${CHANNEL}”`]);
  };

  test('nobody acknowledges in time: the reporter is told in a new message to ring, and whom', async () => {
    const reference = await raisedWithGrace('ward-1');
    await rehearsal.teams.advance(11);
    const [, fresh] = await seesTimes(amina, 2, reference, 'Recorded, but nobody has answered');
    if (fresh === undefined) throw new Error('There is no second card.');
    const read = text(fresh);
    expect(read).toContain(NOBODY_HAS_IT);
    expect(read).toContain('We could not get an answer for you. Ring now.');
    expect(read).toContain('Senior member of the department');
    expect(read).toContain('Find them in person on the ward or department.');
    expect(read).toContain('Do not wait for an answer here. Ring one of these, or go and find them:');
    // That is for those who can act on it: the reporter is told what to do.
    expect(read).not.toContain('there is nobody left to tell');
    expect(read).toContain('Someone is at risk now');
  });

  test('the channel is told in the thread of the card, and the nurse in her chat, each once', async () => {
    const reference = await raisedWithGrace('ward-2');
    await rehearsal.teams.advance(11);
    await sees(channel, reference, 'Nobody has acknowledged this in time');
    const line = await sees(channel, reference, 'Nobody has acknowledged this, and there is nobody left to tell');
    const posted = (await channel.messages()).filter(({ card }) => JSON.stringify(card ?? '').includes(reference));
    const first = posted.find(({ threadOf }) => threadOf === undefined);
    const nudges = posted.filter(({ threadOf }) => threadOf !== undefined);
    expect(nudges.map(({ id }) => id)).toEqual([line.messageId]);
    expect(nudges[0]?.threadOf).toBe(first?.id);
    expect(text(line)).toContain('press “Acknowledge”');
    expect(text(line)).not.toContain('Open the referral');

    const inChat = await sees(grace, reference, 'Nobody has acknowledged this, and there is nobody left to tell');
    await grace.presses('Open the referral', { on: inChat });
    const [, again] = await seesTimes(grace, 2, reference, ACKNOWLEDGE);
    if (again === undefined) throw new Error('There is no second card.');
    await grace.presses(ACKNOWLEDGE, { on: again });
    await sees(amina, reference, 'Grace Okafor has this');
  });

  test('before its time is over, a route waits', async () => {
    const early = await raisedWithGrace('ward-3');
    await rehearsal.teams.advance(9);
    // That a later referral arrives shows that the time that has passed was looked at.
    await raised(amina, 'ward-3', ['Grace Okafor', `the channel “${CHANNEL}”`]);
    expect(text(await sees(amina, early))).toContain('Sent. Not confirmed yet');
    expect(await cardsAbout(amina, early)).toHaveLength(1);
  });

  test('what nobody has acknowledged stands on top of “my referrals”', async () => {
    const waiting = await raisedWithGrace('ward-4');
    const newer = await raisedWithGrace('ward-4');
    await pressesOn(grace, newer, ACKNOWLEDGE);
    await sees(amina, newer, 'Grace Okafor has this');
    await amina.says('my referrals');
    const list = text(await sees(amina, `${waiting}: Not yet acknowledged`));
    expect(list).toContain(`${newer}: Acknowledged`);
    expect(list.indexOf(waiting)).toBeLessThan(list.indexOf(newer));
  });

  test('and what nobody has answered stands above what is only waiting', async () => {
    const unanswered = await raisedWithGrace('ward-5');
    await rehearsal.teams.advance(11);
    await sees(amina, unanswered, 'Recorded, but nobody has answered');
    const waiting = await raisedWithGrace('ward-5');
    await amina.says('my referrals');
    const list = text(await sees(amina, `${waiting}: Not yet acknowledged`, `${unanswered}: `));
    expect(list.indexOf(unanswered)).toBeLessThan(list.indexOf(waiting));
  });

  test('acknowledged and then silent: the owner is reminded, and told what happens next', async () => {
    const reference = await raisedWithGrace('ward-5');
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Grace Okafor has this');
    await rehearsal.teams.advance(31);
    const reminder = text(await sees(grace, reference, 'You have this, and nothing has been done since'));
    expect(reminder).toMatch(/If nothing is done by \d+:\d\d[ap]m.*, it is taken from you and sent out again\./);
    // A reminder is between the desk and its owner: the reporter's card stays true without it.
    const reporter = text(await sees(amina, reference));
    expect(reporter).toContain('Grace Okafor has this');
    expect(reporter).not.toContain('reminded');
    expect(text(await sees(channel, reference, 'Grace Okafor was reminded'))).toContain(reference);
  });

  test('still silent: it goes out again to everybody, and the reporter is told in a new message', async () => {
    const reference = await raisedWithGrace('ward-6');
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Grace Okafor has this');
    await rehearsal.teams.advance(31);
    await sees(grace, reference, 'You have this, and nothing has been done since');
    await rehearsal.teams.advance(31);
    const [, again] = await seesTimes(grace, 2, reference, ACKNOWLEDGE);
    await seesTimes(channel, 2, reference, ACKNOWLEDGE);
    const [, fresh] = await seesTimes(amina, 2, reference, 'Since then no one has confirmed reading it.');
    if (again === undefined || fresh === undefined) throw new Error('There is no second card.');
    const read = text(fresh);
    expect(read).toContain('Grace Okafor had this, but nothing was done. It has been sent out again.');
    expect(read).not.toContain('is responsible for it now');
    expect(text(again)).toContain('Nothing was done, so this was taken from Grace Okafor and sent out again');

    await grace.presses(ACKNOWLEDGE, { on: again });
    expect(text(await sees(amina, reference, 'Grace Okafor has this'))).not.toContain('had this, but nothing was done');
  });

  test('a second round that nobody answers ends as the first did, in the newest thread', async () => {
    const reference = await raisedWithGrace('ward-7');
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Grace Okafor has this');
    await rehearsal.teams.advance(31);
    await sees(grace, reference, 'You have this, and nothing has been done since');
    await rehearsal.teams.advance(31);
    const [, newest] = await seesTimes(channel, 2, reference, ACKNOWLEDGE);
    await seesTimes(amina, 2, reference, `Sent to the channel “${CHANNEL}”`, 'Since then no one has confirmed');
    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Recorded, but nobody has answered');
    const nudge = await sees(channel, reference, 'Nobody has acknowledged this, and there is nobody left to tell');
    const message = (await channel.messages()).find(({ id }) => id === nudge.messageId);
    expect(message?.threadOf).toBe(newest?.messageId);
  });

  test('a note is enough to show that somebody is at it', async () => {
    const reference = await raisedWithGrace('ward-8');
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await rehearsal.teams.advance(25);
    await pressesOn(grace, reference, 'Save note', { note: 'On my way to the bay.' });
    await sees(channel, reference, '“On my way to the bay.”');
    await rehearsal.teams.advance(25);
    const other = await raised(amina, 'ward-8', ['Grace Okafor']);
    expect(other).not.toBe(reference);
    expect(await cardsAbout(grace, reference)).toHaveLength(1);
  });

  test('taken on and then silent: reminded again and again, and never taken away', async () => {
    const reference = await raisedWithGrace('ward-9');
    const escalation = await sees(grace, reference, ACKNOWLEDGE);
    const mine = cardOf(await grace.presses(ACKNOWLEDGE, { on: escalation }));
    await grace.presses('Take it on', { on: mine });
    await sees(amina, reference, 'Grace Okafor is working on this');
    for (const times of [1, 2]) {
      await rehearsal.teams.advance(4_321);
      const reminders = await seesTimes(grace, times, reference, 'You are working on this, and nothing has been added');
      expect(text(reminders.at(-1) ?? escalation)).not.toContain('taken from you');
    }
    expect(text(await sees(amina, reference, 'Grace Okafor is working on this'))).not.toContain('taken from');
  });

  test('nothing that anybody wrote is in the log', () => {
    for (const words of ['streaming the bay', 'On my way', '4455'])
      expect(rehearsal.logged()).not.toMatch(alone(words));
  });
});

/** A Trust that lets nothing rest for long. */
describe('times of a Trust’s own', () => {
  const wait = { immediate: 4, urgent: 4, routine: 4 };
  let policies: OwnPolicies;
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  beforeAll(async () => {
    policies = ownPolicies(({ routes, times }) => {
      for (const step of routes['senior-on-duty']?.steps ?? []) if ('wait' in step) Object.assign(step, { wait });
      Object.assign(times, { remind: { ...wait, immediate: 3 }, return: { ...wait, immediate: 2 } });
      Object.assign(times, { 'in-progress': 7, 'duty-warning': 6 });
    });
    rehearsal = await startStory({ POLICIES_DIR: policies.folder });
    amina = await opensChat(rehearsal.teams, 'amina');
    grace = await opensChat(rehearsal.teams, 'grace');
  });
  afterAll(async () => {
    await rehearsal.stop();
    policies.remove();
  });
  const raisedFor = async (ward: string, minutes: number): Promise<string> => {
    await goesOnDuty(grace, ward, await inMinutes(rehearsal.teams, minutes));
    return raised(amina, ward, ['Grace Okafor']);
  };

  test('a step waits as long as its route says', async () => {
    const reference = await raisedFor('ward-1', 600);
    await rehearsal.teams.advance(4.1);
    await sees(amina, reference, 'Recorded, but nobody has answered');
  });

  test('an owner is reminded, and loses it, when the organisation says', async () => {
    const reference = await raisedFor('ward-2', 600);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await rehearsal.teams.advance(3.1);
    await sees(grace, reference, 'You have this, and nothing has been done since');
    await rehearsal.teams.advance(2.1);
    await sees(amina, reference, 'Grace Okafor had this, but nothing was done. It has been sent out again.');
  });

  test('whoever works on it is reminded when the organisation says', async () => {
    const reference = await raisedFor('ward-3', 600);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await pressesOn(grace, reference, 'Take it on');
    await rehearsal.teams.advance(7.1);
    await sees(grace, reference, 'You are working on this, and nothing has been added');
  });

  test('the end of a duty is announced as long before as the organisation says', async () => {
    const reference = await raisedFor('ward-4', 10);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await pressesOn(grace, reference, 'Take it on');
    await rehearsal.teams.advance(5);
    await sees(grace, 'Your duty for Ward 4 ends', reference);
  });
});
