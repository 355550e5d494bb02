import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { text } from '../../src/sandbox/driver.ts';
import { TENANT_ID } from '../../src/sandbox/people.ts';
import { type Activity, card, cardMessage, REFERRALS, type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

const hello = { type: 'message', text: 'Hello' };

/** The events of the team that the bot has been told of, by their names in Teams. */
function eventsTold(): unknown[] {
  return stage.bot.activities.flatMap(({ channelData }) => (channelData as { eventType?: string }).eventType ?? []);
}

describe('a channel', () => {
  test('is made, renamed, deleted and restored, and the bot is told of each', async () => {
    const { teams } = stage;
    await teams.createChannel('Ward 9');
    await teams.renameChannel('Ward 9', 'Ward 10');
    const posted = await stage.postIn('Ward 10', hello);
    await teams.deleteChannel('Ward 10');
    expect((await teams.state()).deletedChannels.map(({ name }) => name)).toEqual(['Ward 10']);
    expect((await stage.postIn('Ward 10', hello)).body.error?.code).toBe('ConversationNotFound');
    const { deletedChannels } = await teams.state();
    const deleted = encodeURIComponent(deletedChannels[0]?.id ?? '');
    const { id: helen } = await teams.findPerson('helen');
    const reading = teams.get(`conversations/${deleted}/messages?viewer=${encodeURIComponent(helen)}`);
    await expect(reading).rejects.toThrow('This channel was deleted.');
    await teams.restoreChannel('Ward 10');
    expect(eventsTold()).toEqual([
      'teamMemberAdded',
      'channelCreated',
      'channelRenamed',
      'channelDeleted',
      'channelRestored',
    ]);
    expect(stage.bot.last('conversationUpdate')).toMatchObject({ channelData: { channel: { name: 'Ward 10' } } });
    const place = ['conversations', String(posted.body.id), 'activities', String(posted.body.activityId)];
    expect((await stage.connector('PUT', place, { type: 'message', text: 'Still here' })).status).toBe(200);
    expect((await teams.channel('Ward 10').as('helen').messages()).map(({ text }) => text)).toEqual(['Still here']);
  });

  test('changes without the bot being told, where the event is lost', async () => {
    const { teams } = stage;
    const lost = { tellBot: false };
    await teams.createChannel('Ward 9', lost);
    await teams.renameChannel(REFERRALS, 'Renamed', lost);
    await teams.deleteChannel('Renamed', lost);
    await teams.restoreChannel('Renamed', lost);
    await teams.removeBotFromTeam(lost);
    expect(eventsTold()).toEqual(['teamMemberAdded']);
    expect((await teams.state()).channels.map(({ name }) => name)).toEqual(['General', 'Ward 9', 'Renamed']);
    expect((await stage.postIn('Renamed', hello)).body.error?.code).toBe('BotNotInConversationRoster');
  });

  test('is not of a team that the bot has left', async () => {
    await stage.teams.removeBotFromTeam();
    await stage.teams.renameChannel(REFERRALS, 'Renamed');
    expect(eventsTold()).toEqual(['teamMemberAdded', 'teamMemberRemoved']);
  });

  test('that cannot be changed is refused with the reason', async () => {
    const { teams } = stage;
    await expect(teams.renameChannel('Nowhere', 'Somewhere')).rejects.toThrow('no channel \\"Nowhere\\"');
    await expect(teams.createChannel('general')).rejects.toThrow('409');
    await expect(teams.deleteChannel('General')).rejects.toThrow('409');
  });
});

describe('a person', () => {
  test('who blocks the bot gets nothing from it, until they unblock it', async () => {
    const amina = stage.teams.person('amina');
    await amina.opens();
    const before = await stage.sendTo('amina', cardMessage('Before'));
    const told = stage.bot.activities.length;
    await amina.blocks();
    const { conversation } = await stage.teams.placeOf('amina');
    const place = ['conversations', conversation, 'activities', String(before.body.id)];
    for (const answer of [await stage.sendTo('amina', hello), await stage.connector('PUT', place, hello)]) {
      expect([answer.status, answer.body.error?.code]).toEqual([403, 'MessageWritesBlocked']);
    }
    expect((await stage.teams.findPerson('amina')).blocks).toBe(true);
    await amina.unblocks();
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
    expect(stage.bot.activities.length).toBe(told);
  });

  test('who leaves has no chat any more, and no bot can begin one', async () => {
    const amina = stage.teams.person('amina');
    await amina.opens();
    await amina.leaves();
    expect((await stage.sendTo('amina', hello)).body.error?.code).toBe('ConversationNotFound');
    const { id } = await stage.teams.findPerson('amina');
    const begin = { tenantId: TENANT_ID, members: [{ id }] };
    expect((await stage.connector('POST', ['conversations'], begin)).status).toBe(404);
    await expect(amina.says('hello')).rejects.toThrow('403');
    await amina.comesBack();
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });

  test('who leaves is no member of the team any more, and the bot is told', async () => {
    const helen = await stage.teams.findPerson('helen');
    await stage.teams.person('helen').leaves();
    expect(stage.bot.last('conversationUpdate')).toMatchObject({
      membersRemoved: [{ id: helen.id }],
      channelData: { eventType: 'teamMemberRemoved' },
    });
    const [general] = (await stage.teams.state()).channels;
    const roster = await stage.connector('GET', ['conversations', general?.id ?? '', 'pagedmembers']);
    expect(roster.body).toMatchObject({ members: [{ name: 'Priya Nair' }] });
    const member = await stage.connector('GET', ['conversations', general?.id ?? '', 'members', helen.id]);
    expect(member.body.error?.code).toBe('MemberNotFoundInConversation');
    await stage.teams.person('helen').comesBack();
    expect(eventsTold().at(-1)).toBe('teamMemberAdded');
  });

  test('who leaves the team sees its channels no more, until they join it again, and the bot is told', async () => {
    const { teams } = stage;
    const helen = await teams.findPerson('helen');
    const [general] = (await teams.state()).channels;
    const place = ['conversations', general?.id ?? ''];
    await teams.person('helen').leavesTeam();
    expect(stage.bot.last('conversationUpdate')).toMatchObject({
      from: { name: 'Priya Nair' },
      membersRemoved: [{ id: helen.id, aadObjectId: helen.aadObjectId }],
      channelData: { eventType: 'teamMemberRemoved' },
    });
    expect((await teams.findPerson('helen')).inTeam).toBe(false);
    await expect(teams.channel(REFERRALS).as('helen').messages()).rejects.toThrow('403');
    const roster = await stage.connector('GET', [...place, 'pagedmembers']);
    expect(roster.body).toEqual({ members: [expect.objectContaining({ name: 'Priya Nair' })] });
    const member = await stage.connector('GET', [...place, 'members', helen.id]);
    expect(member.body.error?.code).toBe('MemberNotFoundInConversation');
    await teams.person('helen').joinsTeam();
    expect(stage.bot.last('conversationUpdate')).toMatchObject({
      membersAdded: [{ id: helen.id, aadObjectId: helen.aadObjectId }],
      channelData: { eventType: 'teamMemberAdded' },
    });
    expect((await stage.connector('GET', [...place, 'members', helen.aadObjectId])).status).toBe(200);
    expect(await teams.channel(REFERRALS).as('helen').messages()).toEqual([]);
  });

  test('who was never in the team can join it, and the bot may not hear of it', async () => {
    await stage.teams.person('sam').joinsTeam({ tellBot: false });
    expect(eventsTold()).toEqual(['teamMemberAdded']);
    await stage.teams.channel(REFERRALS).as('sam').says('Good morning');
    await stage.teams.person('sam').joinsTeam();
    expect(eventsTold()).toEqual(['teamMemberAdded']);
  });

  test('who has left the organisation joins no team', async () => {
    await stage.teams.person('sam').leaves();
    await expect(stage.teams.person('sam').joinsTeam()).rejects.toThrow('Sam Cole has left the organisation.');
  });

  test('may be the last to leave the team', async () => {
    await stage.teams.person('helen').leavesTeam();
    await stage.teams.person('priya').leavesTeam();
    expect(stage.bot.last('conversationUpdate')).toMatchObject({
      from: { name: 'Priya Nair' },
      membersRemoved: [{ aadObjectId: (await stage.teams.findPerson('priya')).aadObjectId }],
    });
  });

  test('who removes the bot from their apps has it again when they open its chat', async () => {
    const amina = stage.teams.person('amina');
    await amina.opens();
    await amina.removesBot();
    expect(stage.bot.last('installationUpdate')).toMatchObject({ action: 'remove' });
    expect((await stage.sendTo('amina', hello)).body.error?.code).toBe('BotNotInConversationRoster');
    await amina.opens();
    expect(stage.bot.last('installationUpdate')).toMatchObject({ action: 'add' });
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });
});

describe('the roster of a team', () => {
  test('comes in pages of no fewer than fifty', async () => {
    await stage.stop();
    stage = await startStage({ crowd: { staff: 50, seniors: 0 } });
    const { staff } = await stage.teams.crowd();
    for (const person of staff) await person.joinsTeam({ tellBot: false });
    const page = async (query: string) => {
      const [general] = (await stage.teams.state()).channels;
      const path = `conversations/${encodeURIComponent(general?.id ?? '')}/pagedmembers`;
      const response = await fetch(`${stage.url}/sandbox/connector/v3/${path}${query}`);
      return (await response.json()) as { members: { name: string }[]; continuationToken?: string };
    };
    expect((await page('')).members.length).toBe(52);
    const first = await page('?pageSize=10');
    expect(first.members.length).toBe(50);
    const second = await page(`?pageSize=10&continuationToken=${first.continuationToken}`);
    expect(second).toEqual({ members: [expect.anything(), expect.anything()] });
    expect(new Set([...first.members, ...second.members].map(({ name }) => name)).size).toBe(52);
    expect(await page('?pageSize=ten')).toMatchObject({ error: { code: 'BadSyntax' } });
  });
});

describe('a card that asks to be fetched anew', () => {
  /** A card that does so for these people. */
  const fresh = (words: string, userIds: readonly string[]) =>
    cardMessage(words, {
      refresh: { action: { type: 'Action.Execute', verb: 'again', data: { key: 'k2' } }, userIds },
    });
  const invokes = (): Activity[] => stage.bot.activities.filter(({ type }) => type === 'invoke');

  test('is, for those whom it names, when they open the channel, and not in its first minute', async () => {
    const { id } = await stage.teams.findPerson('priya');
    await stage.postIn(REFERRALS, fresh('For everybody', [id]));
    const channel = stage.teams.channel(REFERRALS);
    await channel.as('priya').opens();
    expect(invokes()).toEqual([]);
    await stage.teams.advance(1);
    await channel.as('helen').opens();
    expect(invokes()).toEqual([]);
    await channel.as('priya').opens();
    expect(invokes()).toMatchObject([
      { from: { id }, value: { trigger: 'automatic', action: { verb: 'again', data: { key: 'k2' } } } },
    ]);
    expect(text(await channel.as('priya').lastCard())).toContain('Answer');
    expect(text(await channel.as('helen').lastCard())).toContain('For everybody');
  });

  test('shows as it was posted where the bot gives no new one', async () => {
    const { id } = await stage.teams.findPerson('amina');
    stage.bot.onInvoke = () => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'No.' });
    await stage.teams.person('amina').opens();
    await stage.sendTo('amina', fresh('Posted', [id]));
    await stage.teams.advance(1);
    await stage.teams.person('amina').opens();
    expect(invokes().length).toBe(1);
    expect(text(await stage.teams.person('amina').lastCard())).toContain('Posted');
  });

  test('for more than sixty people is refused', async () => {
    const people = Array.from({ length: 61 }, (_, index) => `29:${index}`);
    expect((await stage.postIn(REFERRALS, fresh('Too many', people))).body.error?.code).toBe('BadArgument');
    expect((await stage.postIn(REFERRALS, fresh('As many', people.slice(1)))).status).toBe(201);
  });
});

describe('a long conversation', () => {
  test('can be read a little at a time: only what changed since', async () => {
    const amina = stage.teams.person('amina');
    await amina.opens();
    const first = await stage.sendTo('amina', cardMessage('First'));
    await stage.sendTo('amina', cardMessage('Second'));
    const all = await amina.messagesSince();
    expect(all.messages.length).toBe(2);
    expect((await amina.messagesSince(all.changes)).messages).toEqual([]);
    await amina.presses('Acknowledge', { on: { messageId: String(first.body.id), card: card('First') } });
    const { messages, changes } = await amina.messagesSince(all.changes);
    expect(messages.map(({ id }) => id)).toEqual([first.body.id]);
    await stage.sendTo('amina', hello);
    expect((await amina.messagesSince(changes)).messages.map(({ text }) => text)).toEqual(['Hello']);
  });
});

describe('a restart', () => {
  test('keeps who blocks, who left, who is in the team, and the channels that were deleted', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'sandbox.json');
    await stage.stop();
    stage = await startStage({ file });
    await stage.postIn(REFERRALS, hello);
    await stage.teams.person('amina').blocks();
    await stage.teams.person('sam').leaves();
    await stage.teams.person('helen').leavesTeam();
    await stage.teams.person('daniel').joinsTeam();
    await stage.teams.deleteChannel(REFERRALS);
    await stage.stop();
    stage = await startStage({ file });
    expect((await stage.teams.findPerson('amina')).blocks).toBe(true);
    expect((await stage.teams.findPerson('sam')).left).toBe(true);
    const { people } = await stage.teams.state();
    expect(people.filter(({ inTeam }) => inTeam).map(({ name }) => name)).toEqual(['Daniel Reid', 'Priya Nair']);
    await stage.teams.restoreChannel(REFERRALS);
    const messages = await stage.teams.channel(REFERRALS).as('priya').messages();
    expect(messages.map(({ text }) => text)).toEqual(['Hello']);
  });

  test('of a rehearsal from before people could change teams has the team as it began', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'sandbox.json');
    const world = { lastMessageId: 0, installedFor: [], channels: [], messages: [] };
    writeFileSync(file, JSON.stringify({ ahead: 0, world }));
    await stage.stop();
    stage = await startStage({ file });
    const { people } = await stage.teams.state();
    expect(people.filter(({ inTeam }) => inTeam).map(({ name }) => name)).toEqual(['Priya Nair', 'Helen Marsh']);
  });
});
