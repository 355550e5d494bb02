import { mkdtempSync, readdirSync } from 'node:fs';
import { request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import restify from 'restify';
import { createSandboxClock, type SandboxClock } from '../../src/sandbox/clock.ts';
import { cardOf, TeamsDriver, text, waitFor } from '../../src/sandbox/driver.ts';
import { BOT, PEOPLE, TEAM, TENANT_ID } from '../../src/sandbox/people.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { card, cardMessage, FakeBot, type Json } from './stage.ts';

type Running = { readonly url: string; readonly sandbox: Sandbox; readonly clock: SandboxClock; stop(): Promise<void> };

async function run(messagesUrl: string, file?: string): Promise<Running> {
  const server = restify.createServer();
  // The bot's own server reads bodies before the sandbox does.
  server.use(restify.plugins.bodyParser());
  const clock = createSandboxClock();
  const log = { info: () => undefined, error: () => undefined };
  const sandbox = createSandbox({ clock, log, messagesUrl, ...(file === undefined ? {} : { file }) });
  sandbox.mount(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await sandbox.start();
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    sandbox,
    clock,
    async stop() {
      sandbox.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        (server.server as Server).closeAllConnections();
      });
    },
  };
}

let bot: FakeBot;
let messagesUrl: string;
let running: Running;
let teams: TeamsDriver;

beforeEach(async () => {
  bot = new FakeBot();
  messagesUrl = `${await bot.listen()}/api/messages`;
  running = await run(messagesUrl);
  teams = new TeamsDriver(running.url);
});

afterEach(async () => {
  await running.stop();
  await bot.close();
});

/** Calls the connector as the bot does. Segments are encoded. */
async function connector(method: string, segments: readonly string[], body?: Json) {
  const path = segments.map(encodeURIComponent).join('/');
  const response = await fetch(`${running.url}/sandbox/connector/v3/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  return { status: response.status, body: (answer === '' ? {} : JSON.parse(answer)) as Json & { error?: Json } };
}

/** Sends from the bot to the conversation of its last message. */
function send(activity: Json) {
  return connector('POST', ['conversations', bot.last('message').conversation.id, 'activities'], activity);
}

describe('a chat', () => {
  test('opening it the first time adds the bot, and opening it again does not', async () => {
    const amina = teams.person('amina');
    await amina.opens();
    await amina.opens();
    const personal = bot.activities.filter(({ conversation }) => conversation.id.startsWith('a:'));
    expect(personal.map(({ type, action }) => [type, action])).toEqual([
      ['conversationUpdate', undefined],
      ['installationUpdate', 'add'],
    ]);
  });

  test('a bot that cannot be reached is added when the chat is opened the next time', async () => {
    const away = await run('http://127.0.0.1:9/api/messages');
    const elsewhere = new TeamsDriver(away.url);
    await elsewhere.person('amina').opens();
    expect((await elsewhere.findPerson('amina')).opened).toBe(false);
    await away.stop();
  });

  test('a message reaches the bot with the fields that Teams sends', async () => {
    const { delivered } = await teams
      .person('amina')
      .says('can I post this photo?', [
        { contentType: 'image/png', contentUrl: 'https://teams.example/picture', name: 'picture.png' },
      ]);
    const amina = PEOPLE[0];
    expect(delivered).toBe(true);
    expect(bot.last('message')).toMatchObject({
      channelId: 'msteams',
      serviceUrl: `${running.url}/sandbox/connector/`,
      text: 'can I post this photo?',
      textFormat: 'plain',
      locale: 'en-GB',
      from: { id: amina?.id, name: 'Amina Yusuf', aadObjectId: amina?.aadObjectId },
      recipient: BOT,
      conversation: { conversationType: 'personal', tenantId: TENANT_ID, id: amina?.conversation },
      channelData: { tenant: { id: TENANT_ID } },
      attachments: [{ contentType: 'image/png', contentUrl: 'https://teams.example/picture', name: 'picture.png' }],
    });
  });

  test("the bot's reply, its update and its deletion show", async () => {
    const amina = teams.person('amina');
    await amina.says('hello');
    const { status, body } = await send({ type: 'message', text: 'Hello <b>Amina</b>' });
    expect(status).toBe(201);
    expect((await amina.messages()).at(-1)).toMatchObject({
      id: body.id,
      text: 'Hello <b>Amina</b>',
      from: { bot: true, name: 'Signpost' },
      edited: false,
    });
    const place = ['conversations', bot.last('message').conversation.id, 'activities', String(body.id)];
    expect((await connector('PUT', place, cardMessage('Changed'))).status).toBe(200);
    const updated = (await amina.messages()).at(-1);
    expect(updated).toMatchObject({ edited: true });
    expect(updated).not.toHaveProperty('text');
    expect(text(await amina.lastCard())).toContain('Changed');
    expect((await connector('DELETE', place)).status).toBe(200);
    expect((await amina.messages()).at(-1)).toMatchObject({ deleted: true });
    expect((await connector('PUT', place, cardMessage('Too late'))).body.error?.code).toBe(
      'ActivityNotFoundInConversation',
    );
  });

  test('nobody sees or writes in the chat of somebody else', async () => {
    const { conversation } = await teams.findPerson('amina');
    const grace = await teams.findPerson('grace');
    const path = `conversations/${encodeURIComponent(conversation)}/messages`;
    await expect(teams.get(`${path}?viewer=${encodeURIComponent(grace.id)}`)).rejects.toThrow('403');
    await expect(teams.post(path, { person: grace.id, text: 'hello' })).rejects.toThrow('403');
  });

  test('a body with fields missing is refused by name', async () => {
    const { conversation } = await teams.findPerson('amina');
    const path = `conversations/${encodeURIComponent(conversation)}/messages`;
    await expect(teams.post(path, { text: 'hello' })).rejects.toThrow(/400: .*person/);
  });
});

describe('Action.Execute', () => {
  test('carries the data of the button with what was typed', async () => {
    const amina = teams.person('amina');
    await amina.says('hello');
    const { body } = await send(cardMessage('Question'));
    await amina.presses('Acknowledge', { inputs: { note: 'typed' } });
    expect(bot.last('invoke')).toMatchObject({
      name: 'adaptiveCard/action',
      replyToId: body.id,
      value: {
        action: { type: 'Action.Execute', verb: 'acknowledge', data: { key: 'k1', note: 'typed' } },
        trigger: 'manual',
      },
    });
    await amina.presses('Acknowledge', { on: { messageId: String(body.id), card: card('Question') } });
    expect(bot.last('invoke')).toMatchObject({ value: { action: { data: { note: 'as drawn' } } } });
  });

  test('answers its presser alone, until the bot updates the message', async () => {
    const channel = teams.channel('safeguarding referrals');
    const { body } = await connector('POST', ['conversations'], {
      channelData: { channel: { id: await referralsChannel() } },
      activity: cardMessage('Posted'),
    });
    const answered = await channel.as('priya').presses('Acknowledge');
    expect(text(cardOf(answered))).toContain('Answer');
    expect(text(await channel.as('priya').lastCard())).toContain('Answer');
    expect(text(await channel.as('helen').lastCard())).toContain('Posted');
    await connector(
      'PUT',
      ['conversations', String(body.id), 'activities', String(body.activityId)],
      cardMessage('Updated'),
    );
    expect(text(await channel.as('priya').lastCard())).toContain('Updated');
    expect(text(await channel.as('helen').lastCard())).toContain('Updated');
  });

  test('shows the posted card again when the chat is opened again', async () => {
    const amina = teams.person('amina');
    await amina.says('hello');
    await send(cardMessage('Posted'));
    await amina.presses('Acknowledge');
    expect(text(await amina.lastCard())).toContain('Answer');
    await amina.opens();
    expect(text(await amina.lastCard())).toContain('Posted');
  });

  test.each([
    [{ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Noted.' }, { message: 'Noted.' }],
    [
      { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code: 'Stale', message: 'Start again.' } },
      { error: { code: 'Stale', message: 'Start again.' } },
    ],
    [{ nonsense: true }, { error: { code: 'HTTP 200', message: 'Something went wrong. Please try again.' } }],
  ])('reads the answer %j', async (answer, expected) => {
    const amina = teams.person('amina');
    await amina.says('hello');
    await send(cardMessage('Posted'));
    bot.onInvoke = () => answer;
    expect(await amina.presses('Acknowledge')).toEqual(expected);
    expect(text(await amina.lastCard())).toContain('Posted');
  });
});

async function referralsChannel(): Promise<string> {
  const { channels } = await teams.state();
  const channel = channels.find(({ name }) => name === 'Safeguarding referrals');
  if (channel === undefined) throw new Error('There is no referrals channel.');
  return channel.id;
}

describe('the connector', () => {
  test('refuses a message above 80 KB of UTF-16', async () => {
    await teams.person('amina').says('hello');
    const tooBig = await send({ type: 'message', text: 'x'.repeat(41_000) });
    expect([tooBig.status, tooBig.body.error?.code]).toEqual([413, 'MessageSizeTooBig']);
    expect((await send({ type: 'message', text: 'x'.repeat(40_000) })).status).toBe(201);
  });

  test('returns no activity id for text with a card, nor for two cards', async () => {
    await teams.person('amina').says('hello');
    const [attachment] = cardMessage('One').attachments as Json[];
    expect((await send({ ...cardMessage('One'), text: 'and text' })).body).toEqual({});
    expect((await send({ type: 'message', attachments: [attachment, attachment] })).body).toEqual({});
    expect((await send(cardMessage('One'))).body).toHaveProperty('id');
  });

  test('begins a thread in a channel, and takes replies to it', async () => {
    const channel = await referralsChannel();
    const created = await connector('POST', ['conversations'], {
      isGroup: true,
      channelData: { channel: { id: channel } },
      activity: cardMessage('Referral'),
    });
    const { id, activityId, serviceUrl } = created.body;
    expect(id).toBe(`${channel};messageid=${String(activityId)}`);
    expect(serviceUrl).toBe(`${running.url}/sandbox/connector/`);
    await connector('POST', ['conversations', String(id), 'activities'], { type: 'message', text: 'A reply' });
    const messages = await teams.channel('Safeguarding referrals').as('helen').messages();
    expect(messages.map(({ threadOf }) => threadOf)).toEqual([undefined, activityId]);
    await teams.channel('Safeguarding referrals').as('helen').presses('Acknowledge');
    expect(bot.last('invoke')).toMatchObject({
      conversation: { id, isGroup: true, conversationType: 'channel' },
      channelData: { team: { id: TEAM.id }, channel: { id: channel } },
    });
  });

  test('finds the chat of a person who has the bot, and no other', async () => {
    const amina = await teams.findPerson('amina');
    const parameters = { tenantId: TENANT_ID, members: [{ id: amina.id }] };
    expect((await connector('POST', ['conversations'], parameters)).body.error?.code).toBe(
      'BotNotInConversationRoster',
    );
    await teams.person('amina').opens();
    expect((await connector('POST', ['conversations'], parameters)).body.id).toBe(amina.conversation);
  });

  test('gives the team, its channels (General without a name) and its members', async () => {
    expect((await connector('GET', ['teams', TEAM.id])).body).toMatchObject({ ...TEAM });
    expect((await connector('GET', ['teams', TEAM.id, 'conversations'])).body).toEqual({
      conversations: [
        { id: TEAM.id, type: 'standard' },
        { id: await referralsChannel(), name: 'Safeguarding referrals', type: 'standard' },
      ],
    });
    const paged = await connector('GET', ['conversations', TEAM.id, 'pagedmembers']);
    expect((paged.body.members as Json[]).map(({ name }) => name)).toEqual(['Priya Nair', 'Helen Marsh']);
    const sam = PEOPLE.find(({ name }) => name === 'Sam Cole');
    const missing = await connector('GET', ['conversations', TEAM.id, 'members', sam?.aadObjectId ?? '']);
    expect(missing.status).toBe(404);
  });

  test('writes each call into the journal', async () => {
    await connector('GET', ['teams', 'unknown']);
    expect((await teams.journal()).at(-1)).toMatchObject({
      direction: 'from the bot',
      method: 'GET',
      path: '/v3/teams/unknown',
      status: 404,
    });
  });
});

describe('the team', () => {
  test('has the bot from the start', () => {
    const types = bot.activities.map(({ type, conversation }) => [type, conversation.id]);
    expect(types).toEqual([
      ['conversationUpdate', TEAM.id],
      ['installationUpdate', TEAM.id],
    ]);
  });

  test('tells the bot of its channels', async () => {
    await running.sandbox.renameChannel('Safeguarding referrals', 'Referrals');
    expect(bot.last('conversationUpdate')).toMatchObject({
      channelData: { eventType: 'channelRenamed', channel: { name: 'Referrals' }, team: { id: TEAM.id } },
    });
    await running.sandbox.deleteChannel('Referrals');
    expect(bot.last('conversationUpdate')).toMatchObject({ channelData: { eventType: 'channelDeleted' } });
    const { id } = await running.sandbox.createChannel('Safeguarding referrals');
    expect(bot.last('conversationUpdate')).toMatchObject({
      channelData: { eventType: 'channelCreated', channel: { id } },
    });
    expect((await teams.state()).channels.map(({ name }) => name)).toEqual(['General', 'Safeguarding referrals']);
  });

  test('is closed to the bot once it is removed, until it is added again', async () => {
    await running.sandbox.removeFromTeam();
    expect(bot.last('installationUpdate')).toMatchObject({ action: 'remove' });
    expect((await connector('GET', ['teams', TEAM.id])).status).toBe(403);
    await teams.addBotToTeam();
    expect(bot.last('installationUpdate')).toMatchObject({ action: 'add' });
    expect((await connector('GET', ['teams', TEAM.id])).status).toBe(200);
  });

  test('shows the bot only the posts that mention it', async () => {
    const priya = teams.channel('general').as('priya');
    await priya.says('good morning');
    expect(bot.activities.some(({ type }) => type === 'message')).toBe(false);
    await priya.says('@Signpost help');
    expect(bot.last('message')).toMatchObject({ text: '<at>Signpost</at> help' });
  });
});

describe('a restart', () => {
  test('keeps ids, chats, messages that the bot can update, and the clock', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'data', 'sandbox.json');
    await running.stop();
    running = await run(messagesUrl, file);
    teams = new TeamsDriver(running.url);
    await teams.person('amina').says('hello');
    const { body } = await send(cardMessage('Before'));
    await teams.advance(60);
    const activities = bot.activities.length;
    // A process that was killed saves nothing more, so none of the first one's state is handed over.
    await running.stop();
    running = await run(messagesUrl, file);
    teams = new TeamsDriver(running.url);
    expect(bot.activities).toHaveLength(activities);
    expect((await teams.person('amina').messages()).map(({ text }) => text)).toEqual(['hello', undefined]);
    expect((await teams.state()).now - Date.now()).toBeGreaterThan(59 * 60_000);
    const place = ['conversations', bot.last('message').conversation.id, 'activities', String(body.id)];
    expect((await connector('PUT', place, cardMessage('After'))).status).toBe(200);
    expect(text(await teams.person('amina').lastCard())).toContain('After');
  });
});

describe('strangers', () => {
  /** `fetch` does not let a Host header be set. */
  function status(headers: Record<string, string>, method = 'GET', path = '/sandbox/api/state'): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(running.url + path, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject);
      request.end(method === 'POST' ? '{"advanceMinutes":1}' : undefined);
    });
  }

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '10.0.0.1'])(
    'the host %s is refused',
    async (host) => {
      expect(await status({ host })).toBe(403);
      expect(await status({ host }, 'GET', '/')).toBe(403);
    },
  );

  test.each(['localhost', 'localhost:3978', '127.0.0.1:3978', '[::1]:3978'])('the host %s is served', async (host) => {
    expect(await status({ host })).toBe(200);
  });

  test('a change asked for by a page of another origin is refused', async () => {
    const json = { 'content-type': 'application/json' };
    const clock = '/sandbox/api/clock';
    expect(await status({ ...json, origin: 'http://evil.example' }, 'POST', clock)).toBe(403);
    expect(await status({ ...json, origin: 'null' }, 'POST', clock)).toBe(403);
    expect(await status({ ...json, origin: running.url }, 'POST', clock)).toBe(200);
  });
});

describe('the clock and the page', () => {
  test('the clock moves forward, and not back', async () => {
    const before = (await teams.state()).now;
    await teams.advance(8 * 60);
    expect((await teams.state()).now - before).toBeGreaterThanOrEqual(8 * 60 * 60_000);
    await expect(teams.advance(-1)).rejects.toThrow('400');
    const { now } = await teams.clock();
    await teams.moveTo(new Date(now + 90_000));
    expect(await teams.clock()).toEqual({ now: expect.any(Number), ahead: expect.any(Number) });
    expect((await teams.clock()).now - now).toBeGreaterThanOrEqual(90_000);
    await expect(teams.moveTo(now)).rejects.toThrow('only goes forward');
  });

  test('the page and its scripts are served, without types and with a policy', async () => {
    const page = await fetch(`${running.url}/`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).toContain('Nothing leaves this computer');
    const sources = [...html.matchAll(/src="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.length).toBe(3);
    for (const source of sources) {
      const script = await fetch(running.url + source);
      expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    }
    const script = await (await fetch(`${running.url}/sandbox/page/page.ts`)).text();
    expect(script).not.toContain(': Theme');
    const files = readdirSync(new URL('../../src/sandbox/page', import.meta.url)).filter(
      (file) => file !== 'tsconfig.json',
    );
    expect(files).toContain('trouble.ts');
    for (const file of files) expect((await fetch(`${running.url}/sandbox/page/${file}`)).status).toBe(200);
    expect((await fetch(`${running.url}/sandbox/page/..%2fsandbox.ts`)).status).toBe(404);
  });

  test('the tab is where the bot is, and may be framed from there', async () => {
    const botAddress = new URL(messagesUrl).origin;
    expect((await teams.state()).tab).toBe(`${botAddress}/tab/`);
    const desk = await fetch(`${running.url}/sandbox/page/desk.html`);
    expect(desk.headers.get('content-security-policy')).toContain(`frame-src ${botAddress};`);
  });

  test('events name the conversation that changed', async () => {
    const abort = new AbortController();
    const response = await fetch(`${running.url}/sandbox/api/events`, { signal: abort.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await teams.channel('general').as('priya').says('good morning');
    let heard = '';
    await waitFor(async () => {
      heard += (await reader?.read())?.value ?? '';
      return heard.includes(TEAM.id);
    }, 'the event');
    abort.abort();
  });
});
