import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import {
  cardsAbout,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  text,
  waitFor,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, NOBODY_HAS_IT, raised, seesTimes, startStory } from './stories.ts';

const IN_CHANNEL = `the channel “${CHANNEL}”`;
const WORCESTERSHIRE = 'Worcestershire Acute Hospitals NHS Trust';

/** The channel goes, and those who can mend it are told, and what is open finds its way round and back. */
describe('the health of the channel', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let priya: PersonDriver;
  let channel: ChatDriver;
  let general: ChatDriver;
  beforeEach(async () => {
    rehearsal = await startStory();
    const { teams } = rehearsal;
    amina = await opensChat(teams, 'amina');
    priya = await opensChat(teams, 'priya');
    channel = teams.channel(CHANNEL).as('priya');
    general = teams.channel('General').as('helen');
  });
  afterEach(() => rehearsal.stop());

  test('renamed: its team is told, referrals go round it, and are posted once it has its name again', async () => {
    const { teams } = rehearsal;
    const before = await raised(amina, 'ward-1', [IN_CHANNEL]);
    await teams.renameChannel(CHANNEL, 'Concerns');
    for (const viewer of [priya, general]) {
      const told = text(await sees(viewer, `There is no channel “${CHANNEL}”`, WORCESTERSHIRE));
      expect(told).toContain('Make a channel with exactly that name, or give it that name again.');
      expect(told).toContain('Until then staff are told that the channel could not be reached, and whom to ring.');
    }
    const sent = await raisesLivestream(amina, { department: 'ward-1' });
    const meanwhile = referenceOn(sent);
    expect(text(sent)).toContain('The channel that should get it was not found.');
    expect(text(sent)).toContain('Nobody here has this. Ring now.');

    await teams.renameChannel('Concerns', CHANNEL);
    await sees(channel, meanwhile, ACKNOWLEDGE);
    const after = text(await sees(amina, meanwhile, `Sent to ${IN_CHANNEL}`));
    expect(after).toContain(`The channel “${CHANNEL}” is there again`);
    expect(after).toContain(NOBODY_HAS_IT);
    expect(await cardsAbout(channel, before)).toHaveLength(1);
    await pressesOn(channel, meanwhile, ACKNOWLEDGE);
    await sees(amina, meanwhile, 'Priya Nair has this');
  });

  test('deleted with something open in it: the reporter is told at once, and it is posted again in a new one', async () => {
    const { teams } = rehearsal;
    const reference = await raised(amina, 'ward-2', [IN_CHANNEL]);
    await teams.deleteChannel(CHANNEL);
    const card = text(await sees(amina, reference, 'Recorded, but the channel that had it is gone'));
    expect(card).toContain('That channel cannot be reached any more.');
    expect(card).toContain('Nobody here has this. Ring now.');
    await sees(priya, `There is no channel “${CHANNEL}”`);
    await sees(general, `There is no channel “${CHANNEL}”`);

    await teams.createChannel(CHANNEL);
    await sees(channel, reference, ACKNOWLEDGE);
    await pressesOn(channel, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Priya Nair has this');
  });

  test('deleted while a nurse has it: she keeps her time, and nobody is rung in vain', async () => {
    const { teams } = rehearsal;
    const grace = await opensChat(teams, 'grace');
    await goesOnDuty(grace, 'ward-3', await inMinutes(teams, 300));
    const reference = await raised(amina, 'ward-3', ['Grace Okafor', IN_CHANNEL]);
    await teams.deleteChannel(CHANNEL);
    const card = text(await sees(amina, reference, 'That channel cannot be reached any more.'));
    expect(card).not.toContain('Ring now.');
    expect(card).toContain('Sent. Not confirmed yet');
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Grace Okafor has this');
  });

  test('deleted without a word from Teams: the next referral finds out, and the team is told', async () => {
    const { teams } = rehearsal;
    await raised(amina, 'ward-4', [IN_CHANNEL]);
    await teams.deleteChannel(CHANNEL, { tellBot: false });
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-4' }));
    const card = text(await sees(amina, reference, `It could not be delivered to ${IN_CHANNEL}.`));
    expect(card).toContain('Recorded, but it could not be delivered');
    expect(card).toContain('Nobody here has this. Ring now.');
    const told = text(await sees(priya, `Teams refused a referral for the channel “${CHANNEL}”`));
    expect(told).toContain('Put it back, or add Signpost to the team again. What is open is posted at once.');
    await teams.restoreChannel(CHANNEL);
    await sees(channel, reference, ACKNOWLEDGE);
  });

  test('the bot removed from the team and added again: its owner is told, and what is open is posted anew', async () => {
    const { teams } = rehearsal;
    const reference = await raised(amina, 'ward-5', [IN_CHANNEL]);
    await teams.removeBotFromTeam();
    const told = text(await sees(priya, 'Signpost was removed from the team “Safeguarding team”', WORCESTERSHIRE));
    expect(told).toContain('Add Signpost to the team again. What is open is posted at once.');
    await sees(amina, reference, 'Recorded, but the channel that had it is gone');
    await teams.addBotToTeam();
    await sees(amina, reference, `The channel “${CHANNEL}” is there again`, NOBODY_HAS_IT);
    const [, again] = await seesTimes(channel, 2, reference, ACKNOWLEDGE);
    if (again === undefined) throw new Error('It was not posted again.');
    await channel.presses(ACKNOWLEDGE, { on: again });
    await sees(amina, reference, 'Priya Nair has this');
  });

  test('the bot removed without a word from Teams, and added again: what was refused meanwhile is posted', async () => {
    const { teams, signpost } = rehearsal;
    const channelFaults = async (): Promise<readonly unknown[]> => {
      const { problems } = (await (await fetch(`${signpost.address}/readyz`)).json()) as {
        problems: readonly { readonly area: string }[];
      };
      return problems.filter(({ area }) => area === 'channel');
    };
    await teams.removeBotFromTeam({ tellBot: false });
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-6' }));
    await sees(amina, reference, `It could not be delivered to ${IN_CHANNEL}.`);
    await waitFor(async () => (await channelFaults()).length > 0, 'a fault of the channel on /readyz');
    await teams.addBotToTeam();
    await sees(channel, reference, ACKNOWLEDGE);
    await sees(amina, reference, `Sent to ${IN_CHANNEL}`);
    await waitFor(async () => (await channelFaults()).length === 0, 'no fault of the channel on /readyz');
  });
});
