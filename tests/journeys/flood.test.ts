import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../src/sandbox/driver.ts';
import {
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  waitFor,
} from '../support/rehearsal.ts';

const REFERRALS = 'Safeguarding referrals';

describe('a referral from its beginning to its end', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let channel: ChatDriver;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    grace = await opensChat(rehearsal.teams, 'Grace');
    amina = await opensChat(rehearsal.teams, 'Amina');
    channel = rehearsal.teams.channel(REFERRALS).as('Priya');
    await goesOnDuty(grace, 'ward-9', '23:45');
  });
  afterAll(() => rehearsal.stop());

  /** How many messages of the bot somebody has. */
  const received = async (viewer: ChatDriver): Promise<number> =>
    (await viewer.messages()).filter(({ from }) => from.bot).length;
  const untilReceived = (viewer: ChatDriver, count: number) =>
    waitFor(async () => (await received(viewer)) >= count, `${count} messages`);
  const receivedByAll = () => Promise.all([amina, grace, channel].map(received));

  test('is one card in each place, kept up to date, and a message where somebody must look', async () => {
    const before = await receivedByAll();
    const since = async (): Promise<number[]> =>
      (await receivedByAll()).map((count, index) => count - (before[index] ?? 0));
    const reference = referenceOn(await raisesLivestream(amina));
    await sees(grace, reference, 'Not yet acknowledged');
    await sees(channel, reference, 'Not yet acknowledged');
    // For Amina the answer to what she typed became the question, the form and then the referral's own card.
    expect(await since()).toEqual([1, 1, 1]);

    await pressesOn(grace, reference, 'Acknowledge: I have this');
    await sees(amina, reference, 'Grace Okafor');
    await sees(channel, reference, 'Acknowledged');
    expect(await since()).toEqual([1, 1, 1]);

    await pressesOn(grace, reference, 'Send question', { question: 'Which bay?' });
    await sees(amina, reference, 'Send answer');
    // Her card comes again below, where she sees it: Teams says nothing of a card that is only brought up to date.
    await untilReceived(amina, 2 + (before[0] ?? 0));
    await pressesOn(amina, reference, 'Send answer', { answer: 'Bay 4' });
    await sees(grace, reference, 'Open the referral');
    expect(await since()).toEqual([2, 2, 1]);

    await pressesOn(grace, reference, 'Save note', { note: 'I have spoken to him.' });
    await sees(channel, reference, 'I have spoken to him.');
    await pressesOn(grace, reference, 'Close this referral', { outcome: 'He has stopped.' });
    await sees(channel, reference, 'Closed');
    await sees(amina, reference, 'He has stopped.');
    await untilReceived(amina, 3 + (before[0] ?? 0));
    expect(await since()).toEqual([3, 2, 1]);
  });

  test('changes in the channel without a second post: each change is an update of the first one', async () => {
    const posts = await channel.messages();
    expect(posts).toHaveLength(1);
    const updates = (await rehearsal.teams.journal()).filter(
      ({ method, path, status }) => method === 'PUT' && status === 200 && path.endsWith(`/${posts[0]?.id}`),
    );
    // It was acknowledged, asked, answered, noted and closed. What comes quickly is one update.
    expect(updates.length).toBeGreaterThanOrEqual(3);
    expect(updates.length).toBeLessThanOrEqual(6);
  });
});
