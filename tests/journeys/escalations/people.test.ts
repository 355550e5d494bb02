import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import {
  alone,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  text,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, NOBODY_HAS_IT, raised, startStory } from './stories.ts';

const IN_CHANNEL = `the channel “${CHANNEL}”`;
const NOT_TO_GRACE = 'It could not be delivered to Grace Okafor, senior nurse on duty.';

/** A nurse who is on duty by the book cannot be reached: the route does not wait for her. */
describe('somebody who cannot be reached', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let daniel: PersonDriver;
  let channel: ChatDriver;
  beforeAll(async () => {
    rehearsal = await startStory();
    const { teams } = rehearsal;
    amina = await opensChat(teams, 'amina');
    grace = await opensChat(teams, 'grace');
    daniel = await opensChat(teams, 'daniel');
    channel = teams.channel(CHANNEL).as('priya');
    for (const ward of ['ward-1', 'ward-2', 'ward-3', 'ward-4']) {
      await goesOnDuty(grace, ward, await inMinutes(teams, 600));
    }
  });
  afterEach(async () => {
    await grace.unblocks();
    await grace.comesBack();
  });
  afterAll(() => rehearsal.stop());

  const isRoundedAtOnce = async (ward: string): Promise<void> => {
    const reference = referenceOn(await raisesLivestream(amina, { department: ward }));
    const card = text(await sees(amina, reference, NOT_TO_GRACE, `Sent to ${IN_CHANNEL}`));
    expect(card).toContain('Recorded, but nobody on duty has it');
    expect(card).toContain('Nobody who is on duty has this yet. Ring now.');
    expect(card).toContain('Ring one of these, or go and find them:');
    expect(card).toContain('That did not reach the people it should, so the next step was taken at once');
    expect(card).toContain(NOBODY_HAS_IT);
    const inChannel = text(await sees(channel, reference, 'Could not be delivered to Grace Okafor'));
    expect(inChannel).toContain(ACKNOWLEDGE);
    // The channel has its whole time before this counts as unanswered.
    expect(inChannel).toContain('Nobody has acknowledged this yet');
    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Recorded, but nobody has answered');
  };

  test('a nurse who has blocked the bot', async () => {
    await grace.blocks();
    await isRoundedAtOnce('ward-1');
  });

  test('a nurse who has left the organisation', async () => {
    await grace.leaves();
    await isRoundedAtOnce('ward-2');
  });

  test('a second nurse who is on duty stands in for her, and nobody is rung', async () => {
    await grace.blocks();
    await goesOnDuty(daniel, 'ward-3', await inMinutes(rehearsal.teams, 300));
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-3' }));
    const card = text(await sees(amina, reference, NOT_TO_GRACE, 'Sent to Daniel Reid'));
    expect(card).not.toContain('Ring now.');
    expect(card).toContain('Sent. Not confirmed yet');
    await pressesOn(daniel, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Daniel Reid has this');
  });

  test('a nurse who blocks the bot after she got it: it is still hers to be asked about', async () => {
    const reference = await raised(amina, 'ward-4', ['Grace Okafor', IN_CHANNEL]);
    await grace.blocks();
    await pressesOn(channel, reference, ACKNOWLEDGE);
    const card = text(await sees(amina, reference, 'Priya Nair has this'));
    expect(card).toContain('Sent to Grace Okafor, senior nurse on duty at');
    expect(card).not.toContain(NOT_TO_GRACE);
  });

  test('a colleague who has never spoken to the bot is not in any list to hand over to', async () => {
    await grace.says('on duty');
    const form = await sees(grace, 'You are on duty until');
    expect(JSON.stringify(form.card)).toContain('"title":"Daniel Reid"');
    for (const name of ['Helen Marsh', 'Sam Cole', 'Tom Bellamy']) {
      expect(JSON.stringify(form.card)).not.toContain(`"title":"${name}"`);
    }
  });

  test('nothing that anybody wrote is in the log', () => {
    for (const words of ['streaming the bay', '4455']) expect(rehearsal.logged()).not.toMatch(alone(words));
  });
});

/** Those who never opened the bot's chat are still told that the channel is gone, if they can mend it. */
describe('somebody who can mend the team and has never spoken to the bot', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startStory();
    await rehearsal.teams.renameChannel(CHANNEL, 'Concerns');
  });
  afterAll(() => rehearsal.stop());

  test.each([
    ['who added the bot', 'priya'],
    ['who owns the team', 'helen'],
  ])('is told in a chat of their own: %s', async (_, name) => {
    await sees(rehearsal.teams.person(name), `There is no channel “${CHANNEL}”`);
  });

  test('and nobody else is', async () => {
    for (const name of ['amina', 'grace', 'sam']) expect(await rehearsal.teams.person(name).messages()).toEqual([]);
  });
});
