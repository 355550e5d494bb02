import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import restify from 'restify';
import { createSandboxClock } from '../../src/sandbox/clock.ts';
import type { Troubles } from '../../src/sandbox/connector.ts';
import { TeamsDriver } from '../../src/sandbox/driver.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { freePort } from './postgres.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A process that is started again and again need not compile its modules each time. */
export const QUICK_START = { NODE_COMPILE_CACHE: join(tmpdir(), 'signpost-compiled') };

/** The real server process, as `npm start` runs it, that a test can kill and start again on the same data. */
export type ServerProcess = {
  readonly address: string;
  start(): Promise<void>;
  /** As `kill -9` does: nothing is finished. */
  kill(): Promise<void>;
  /** What it printed since it was started. */
  output(): string;
  /** Stops it for good and removes its data. */
  remove(): Promise<void>;
};

export async function serverProcess(environment: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'signpost-process-'));
  let child: ChildProcess | undefined;
  let printed = '';
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    address: `http://127.0.0.1:${port}`,
    output: () => printed,
    async start() {
      printed = '';
      child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
        cwd: ROOT,
        env: {
          ...process.env,
          ...QUICK_START,
          PORT: String(port),
          DATA_DIR: folder,
          LOG_LEVEL: 'error',
          ...environment,
        },
      });
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await untilReady(child, () => printed);
    },
    kill,
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess, printed: () => string): Promise<void> {
  while (!printed().includes('Signpost is ready')) {
    if (child.exitCode !== null) throw new Error(`The server did not start:\n${printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A Teams outside the server's process, so that it lives on when the server is killed. */
export type OutsideTeams = { readonly teams: TeamsDriver; stop(): Promise<void> };

export async function outsideTeams(address: string, troubles?: Troubles): Promise<OutsideTeams> {
  const server = restify.createServer();
  const sandbox = createSandbox({
    clock: createSandboxClock(),
    log: pino({ level: 'silent' }),
    messagesUrl: `${address}/api/messages`,
    troubles,
  });
  sandbox.mount(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  await sandbox.start();
  return {
    teams: new TeamsDriver(`http://127.0.0.1:${server.address().port}`),
    async stop() {
      sandbox.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.server.closeAllConnections();
      });
    },
  };
}
