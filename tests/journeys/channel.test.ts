import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  allText,
  fillsIn,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  text,
  walksToLivestream,
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

  test('“Someone is at risk now” says there whom to ring, with nothing to raise or to choose', async () => {
    const amina = rehearsal.teams.person('amina');
    const channel = rehearsal.teams.channel(REFERRALS).as('priya');
    await opensChat(rehearsal.teams, 'priya');
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-2' }));
    await pressesOn(channel, reference, 'Someone is at risk now');
    const danger = allText(await sees(channel, 'Ring 999 now if you or anyone else is in danger'));
    for (const button of ['Raise this', 'All topics']) expect(danger).not.toContain(button);
  });

  test('nobody asks, raises or lists anything where others read along, whatever card they press', async () => {
    const priya = rehearsal.teams.person('priya');
    const check = await fillsIn(priya, await walksToLivestream(priya), { yourName: 'kept', callBack: '' });
    const personal = actionsOn(check.card).filter(({ verb }) => verb !== 'danger');
    expect(personal.map(({ verb }) => verb)).toEqual(expect.arrayContaining(['raise', 'send']));
    const channel = rehearsal.teams.channel(REFERRALS).as('priya');
    const shown = await channel.lastCard();
    const key = 'a-key-of-a-card';
    const pressed = [
      ...personal,
      { verb: 'check', data: { ...sendOn(personal), yourName: 'kept' } },
      { verb: 'walk', data: sendOn(personal) },
      { verb: 'choose-organisation', data: { organisation: 'worcestershire-acute' } },
      { verb: 'duty-on', data: { department: 'ward-2', until: '23:00', key } },
      { verb: 'none-of-these', data: { text: 'a question' } },
      { verb: 'show-referral', data: { reference: 'K7M-2PXC' } },
      ...['topics', 'change-organisation', 'my-referrals', 'duty-form', 'duty-off', 'duty-board'].map((verb) => ({
        verb,
      })),
    ];
    for (const action of pressed) {
      expect(await channel.executes(shown, action)).toHaveProperty(
        'message',
        expect.stringContaining('only in a chat between you and me'),
      );
    }
    const cards = await rehearsal.teams.channel(REFERRALS).as('helen').cards();
    expect(cards.at(-1)).toEqual(shown);
  });
});

type Action = { readonly verb: string; readonly data?: Readonly<Record<string, unknown>> };

/** What the buttons of a card send. */
function actionsOn(node: unknown): Action[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, verb, data }: { type?: string; verb?: string; data?: Action['data'] } = node;
  if (type === 'Action.Execute' && verb !== undefined) return [{ verb, data }];
  return Object.values(node).flatMap(actionsOn);
}

function sendOn(actions: readonly Action[]): Action['data'] {
  return actions.find(({ verb }) => verb === 'send')?.data;
}

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
