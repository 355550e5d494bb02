import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { followSandboxClock } from '../../src/sandbox/clock.ts';
import { cardOf, TeamsDriver, text, waitFor } from '../../src/sandbox/driver.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/server.ts';
import { readSettings, SettingsError } from '../../src/settings.ts';
import { type Signpost, startSignpost } from '../../src/signpost.ts';
import { freePort } from '../support/postgres.ts';
import { QUICK_START } from '../support/process.ts';
import { FakeBot } from './stage.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('a bot with several servers', () => {
  let first: FakeBot;
  let second: FakeBot;
  let server: SandboxServer;
  let teams: TeamsDriver;
  beforeEach(async () => {
    [first, second] = [new FakeBot(), new FakeBot()];
    server = await createSandboxServer({ bots: [await first.listen(), await second.listen()] });
    await server.sandbox.start();
    teams = new TeamsDriver(server.address);
    await teams.person('amina').opens();
  });
  afterEach(async () => {
    await server.stop();
    await first.close();
    await second.close();
  });

  const messages = (bot: FakeBot) => bot.activities.filter(({ type }) => type === 'message');

  test('has each in turn', async () => {
    for (const _ of [1, 2, 3, 4]) await teams.person('amina').says('hello');
    expect([messages(first).length, messages(second).length]).toEqual([2, 2]);
  });

  test('is there as long as one of them is', async () => {
    await first.close();
    for (const _ of [1, 2, 3]) expect((await teams.person('amina').says('hello')).delivered).toBe(true);
    expect(messages(second).length).toBe(3);
    await second.close();
    expect((await teams.person('amina').says('hello')).delivered).toBe(false);
  });

  test('gets a message again, under the same id, where the connection was cut', async () => {
    first.drops = 1;
    second.drops = 0;
    await teams.person('amina').says('once');
    await teams.person('amina').says('twice');
    const all = [...messages(first), ...messages(second)];
    expect(all.length).toBe(3);
    const dropped = all.filter(({ id }) => all.filter((other) => other.id === id).length === 2);
    expect(dropped.length).toBe(2);
  });

  test('gets a press only once: the presser is told that it was not reached', async () => {
    const { conversation } = await teams.placeOf('amina');
    const card = { type: 'AdaptiveCard', actions: [{ type: 'Action.Execute', title: 'Go', verb: 'go', data: {} }] };
    await fetch(`${server.address}/sandbox/connector/v3/conversations/${encodeURIComponent(conversation)}/activities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
      }),
    });
    first.drops = 1;
    second.drops = 1;
    expect(await teams.person('amina').presses('Go')).toEqual({
      error: { code: 'Timeout', message: 'Unable to reach app. Please try again.' },
    });
    const presses = [...first.activities, ...second.activities].filter(({ type }) => type === 'invoke');
    expect(presses.length).toBe(1);
  });
});

describe('Signpost in the rehearsal of another process', () => {
  let server: SandboxServer;
  let teams: TeamsDriver;
  let folder: string;
  let ports: readonly [number, number];
  const running: Signpost[] = [];
  const start = async (port: number): Promise<Signpost> => {
    const environment = { PORT: String(port), DATA_DIR: join(folder, String(port)), SANDBOX_URL: server.address };
    const signpost = await startSignpost(readSettings(environment), pino({ level: 'silent' }));
    running.push(signpost);
    return signpost;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-standalone-'));
    ports = [await freePort(), await freePort()];
    server = await createSandboxServer({ bots: ports.map((port) => `http://127.0.0.1:${port}`) });
    teams = new TeamsDriver(server.address);
  });
  afterEach(async () => {
    for (const signpost of running.splice(0)) await signpost.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has no sandbox of its own, answers in that one, and keeps its time', async () => {
    await teams.advance(60);
    const signpost = await start(ports[0]);
    expect(signpost.sandbox).toBeUndefined();
    expect((await fetch(`${signpost.address}/sandbox/api/state`)).status).toBe(404);
    await server.sandbox.start();
    const grace = teams.person('grace');
    await grace.opens();
    await grace.presses('Worcestershire Acute Hospitals NHS Trust');
    await grace.says('on duty');
    expect(text(await grace.lastCard())).toContain('Go on duty');
  });

  test('lives on in it after a stop', async () => {
    await (await start(ports[0])).stop();
    running.length = 0;
    expect((await teams.person('amina').says('hello')).delivered).toBe(false);
    await start(ports[0]);
    await server.sandbox.start();
    await teams.person('amina').opens();
    const answer = cardOf(await teams.person('amina').presses('Worcestershire Acute Hospitals NHS Trust'));
    expect(text(answer)).toContain('Worcestershire');
  });

  test('follows a clock that is moved later', async () => {
    const clock = await followSandboxClock(server.address);
    expect(Math.abs(clock.now() - server.clock.now())).toBeLessThan(50);
    await teams.advance(60);
    await waitFor(async () => Math.abs(clock.now() - server.clock.now()) < 50, 'the clock', 2_000);
    clock.stop();
  });

  test('does not start where no rehearsal runs', async () => {
    await server.stop();
    await expect(start(ports[0])).rejects.toThrow(SettingsError);
    await expect(start(ports[0])).rejects.toThrow('SANDBOX_URL: no rehearsal answers at');
  });
});

describe('SANDBOX_URL', () => {
  const read = (environment: NodeJS.ProcessEnv) => readSettings(environment, tmpdir());

  test.each(['http://127.0.0.1:3979', 'http://localhost:3979/', 'http://[::1]:3979'])('may be %s', (address) => {
    expect(read({ SANDBOX_URL: address }).sandboxUrl).toBe(address);
  });

  test.each([
    'https://127.0.0.1:3979',
    'http://10.0.0.1:3979',
    'http://localhost.evil.example',
    'http://user@127.0.0.1',
    'http://127.0.0.1:1/path',
  ])('may not be %s', (address) => {
    expect(() => read({ SANDBOX_URL: address })).toThrow('SANDBOX_URL: must be the address of a rehearsal');
  });

  test('is refused together with the registration of a real bot', () => {
    const live = {
      MICROSOFT_APP_ID: 'app-id',
      MICROSOFT_APP_TYPE: 'UserAssignedMSI',
      MICROSOFT_APP_TENANT_ID: 'bot-tenant',
      PUBLIC_ADDRESS: 'https://signpost.example.org',
      TENANTS: 'tenant-1=one-trust',
      SAFEGUARDING_TEAMS: 'one-trust=group-1',
    };
    expect(() => read({ ...live, SANDBOX_URL: 'http://127.0.0.1:3979' })).toThrow('SANDBOX_URL: is for a rehearsal');
  });
});

describe('the sandbox as a program', () => {
  test('adds the bot to the team as soon as one of its servers listens', async () => {
    const port = await freePort();
    const botPort = await freePort();
    const args = ['src/sandbox/main.ts', '--port', String(port), '--bot', `http://127.0.0.1:${botPort}`];
    const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: ROOT,
      env: { ...process.env, ...QUICK_START },
    });
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await waitFor(async () => printed.includes(`is ready: http://127.0.0.1:${port}`), 'the program');
    const bot = new FakeBot();
    await bot.listen(botPort);
    await waitFor(async () => printed.includes('The bot is in the team.'), 'the bot in the team');
    expect(bot.last('installationUpdate')).toMatchObject({ action: 'add' });
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await gone)[0]).toBe(0);
    await bot.close();
  });
});
