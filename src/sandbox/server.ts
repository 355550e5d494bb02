import type { Server } from 'node:http';
import { pino } from 'pino';
import restify from 'restify';
import { createSandboxClock, type SandboxClock } from './clock.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

const LOOPBACK = '127.0.0.1';
/** Long, so that a caller who was busy for a while does not find its connection closed. In milliseconds. */
const KEEP_ALIVE_MS = 10 * 60_000;

export type SandboxServerOptions = Pick<SandboxOptions, 'file' | 'crowd' | 'limits' | 'troubles'> & {
  /** The addresses of the bot's servers, such as `http://127.0.0.1:3978`. What one does not take, the next one gets. */
  readonly bots: readonly string[];
  /** By default any that is free. */
  readonly port?: number;
  readonly clock?: SandboxClock;
  readonly log?: SandboxOptions['log'];
};

/** A sandbox on an HTTP server of its own, which lives on when the bot's servers are stopped or killed. */
export type SandboxServer = {
  readonly address: string;
  readonly clock: SandboxClock;
  /** Its `start` adds the bot to the team: call it once a server of the bot listens. */
  readonly sandbox: Sandbox;
  stop(): Promise<void>;
};

/** Makes a sandbox that listens on this machine only. */
export async function createSandboxServer({
  bots,
  port = 0,
  clock = createSandboxClock(),
  log = pino({ level: 'silent' }),
  ...options
}: SandboxServerOptions): Promise<SandboxServer> {
  const messagesUrl = bots.map((address) => new URL('/api/messages', address).href);
  const sandbox = createSandbox({ ...options, clock, log, messagesUrl });
  const server = restify.createServer({ name: 'signpost sandbox' });
  (server.server as Server).keepAliveTimeout = KEEP_ALIVE_MS;
  sandbox.mount(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve());
  });
  return {
    address: `http://${LOOPBACK}:${server.address().port}`,
    clock,
    sandbox,
    async stop() {
      sandbox.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        (server.server as Server).closeAllConnections();
      });
    },
  };
}
