import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../src/sandbox/driver.ts';
import { freePort } from '../support/postgres.ts';

/** What the image runs, read from the file that makes it: no container engine is needed for this. */
const [, image = ''] = readFileSync('Containerfile', 'utf8')
  .split(/^FROM .*$/m)
  .slice(1);
const copied = [...image.matchAll(/^COPY --from=build \/build\/(\S+) (\S+)$/gm)].map(([, from = '', to = '']) => ({
  from,
  to,
}));
const commandOf = (instruction: string): string[] =>
  JSON.parse(new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(image)?.[1] ?? '[]');

/** Somebody who can write to nothing of the image, where the tests run as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const LIVE = {
  NODE_ENV: 'production',
  MICROSOFT_APP_ID: '66666666-7777-4888-9999-000000000000',
  MICROSOFT_APP_TYPE: 'UserAssignedMSI',
  MICROSOFT_APP_TENANT_ID: '11111111-2222-4333-8444-555555555555',
  PUBLIC_ADDRESS: 'https://signpost.example.org',
  TENANTS: '11111111-2222-4333-8444-555555555555=worcestershire-acute',
  SAFEGUARDING_TEAMS: 'worcestershire-acute=group',
};

describe('what the image is made of', () => {
  let root: string;
  let environment: NodeJS.ProcessEnv;
  let printed = '';
  let server: ReturnType<typeof spawn>;
  /** A command of the image, run in its folder: links to packages count as being there, so that no others are found. */
  const run = ([, ...args]: readonly string[]): readonly string[] => [
    '--preserve-symlinks',
    '--preserve-symlinks-main',
    ...args,
  ];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'signpost-image-'));
    chmodSync(root, 0o755);
    const app = join(root, 'app');
    for (const { from, to } of copied) {
      if (from === 'node_modules') linkProduction(join(app, to));
      else cpSync(from, join(app, to), { recursive: true });
    }
    const data = join(root, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (NOBODY.uid !== undefined) chownSync(data, NOBODY.uid, NOBODY.gid);
    environment = { ...LIVE, PATH: process.env.PATH, PORT: String(await freePort()), DATA_DIR: data };
    server = spawn(process.execPath, run(commandOf('CMD')), { cwd: app, env: environment, ...NOBODY });
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
  });
  afterAll(async () => {
    if (server.kill('SIGKILL')) await once(server, 'close');
    rmSync(root, { recursive: true, force: true });
  });

  test('starts without anything else, writes nothing but its data, and answers', async () => {
    const address = `http://127.0.0.1:${environment.PORT}`;
    const answer = await waitFor(
      async () => {
        if (server.exitCode !== null) throw new Error(`The server did not start:\n${printed}`);
        return (await fetch(`${address}/healthz`)).json();
      },
      'the server',
      40_000,
    );
    expect(answer).toMatchObject({ alive: true });
    expect(await (await fetch(`${address}/tab/`)).text()).toContain('<script');
    await waitFor(
      async () => (await (await fetch(`${address}/readyz`)).text()).includes('"ready":true'),
      'a server that is ready',
      30_000,
    );
    expect(globSync('*', { cwd: root }).sort()).toEqual(['app', 'data']);
  });

  test('is found well by its own health check', async () => {
    const check = commandOf('HEALTHCHECK');
    await promisify(execFile)(process.execPath, check.slice(1), { env: environment });
    const away = { ...environment, PORT: String(await freePort()) };
    await expect(promisify(execFile)(process.execPath, check.slice(1), { env: away })).rejects.toThrow();
  });

  test('runs as a user of its own, and takes no secret from the folder that it was built in', () => {
    expect(image).toMatch(/^USER node$/m);
    expect(copied.map(({ from }) => from)).not.toContain('env');
    expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^env\/\*$/m);
  });
});

/** Links each package of production, and no other, as `npm ci --omit=dev` would install them. */
function linkProduction(folder: string): void {
  const lock: { packages: Record<string, { dev?: boolean; optional?: boolean }> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  for (const [path, { dev = false }] of Object.entries(lock.packages)) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (dev || name === undefined) continue;
    const link = join(folder, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(path), link);
  }
}
