import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  text,
} from '../support/rehearsal.ts';

const REFERRALS = 'Safeguarding referrals';

describe('the channel that receives referrals', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(() => rehearsal.stop());

  test('the team is told on the first day where referrals will be posted', async () => {
    const general = rehearsal.teams.channel('General').as('priya');
    const card = text(await sees(general, 'Signpost is ready in this team'));
    expect(card).toContain(`are posted in the channel “${REFERRALS}”`);
  });

  test('renamed, it is not found: the reporter is told, and whom to ring', async () => {
    await rehearsal.sandbox.renameChannel(REFERRALS, 'Something else');
    const amina = rehearsal.teams.person('amina');
    const sent = await raisesLivestream(amina, { department: 'ward-2' });
    expect(text(sent)).toContain('The channel that should get it was not found.');
    expect(text(sent)).toContain('Nobody here has this. Ring now.');
    expect(text(sent)).toContain('Recorded, but nobody has been told');
  });

  test('added to a team without it, the bot says which channel to make', async () => {
    await rehearsal.sandbox.removeFromTeam();
    await rehearsal.sandbox.start();
    const general = rehearsal.teams.channel('General').as('priya');
    await sees(general, `This team has no channel “${REFERRALS}”`, 'Make a channel with exactly that name');
  });

  test('made under that name, it receives the next referral', async () => {
    await rehearsal.sandbox.createChannel(REFERRALS);
    const amina = rehearsal.teams.person('amina');
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-2' }));
    await sees(rehearsal.teams.channel(REFERRALS).as('priya'), reference);
  });

  test('asked something in the channel, the bot answers only in a chat of one’s own', async () => {
    const channel = rehearsal.teams.channel('General').as('priya');
    await channel.says('@Signpost can I post this photo?');
    await sees(channel, 'Ask me in a chat of your own');
  });
});

describe('a team that the settings do not name', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal({ SAFEGUARDING_TEAMS: 'worcestershire-acute=another-group' });
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(() => rehearsal.stop());

  test('is told so with its group id, and never receives a referral', async () => {
    const general = rehearsal.teams.channel('General').as('priya');
    await sees(general, 'This team is not set up to receive referrals', 'SAFEGUARDING_TEAMS');
    const sent = await raisesLivestream(rehearsal.teams.person('amina'));
    expect(text(sent)).toContain('The channel that should get it was not found.');
    const posted = await rehearsal.teams.channel(REFERRALS).as('priya').cards();
    expect(posted).toEqual([]);
  });
});
