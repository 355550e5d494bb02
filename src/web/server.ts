import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import restify from 'restify';
import type { Telemetry } from '../escalation/telemetry.ts';
import type { SignpostAdapter } from '../teams/adapter.ts';
import type { Bot } from '../teams/bot.ts';
import type { Identity } from './desk/identity.ts';
import { type Handlers, problemFor, serveDesk } from './desk/serve.ts';
import { type HealthNeeds, serveHealth } from './health.ts';
import { type MetricsNeeds, serveMetrics } from './metrics.ts';
import { servePages } from './pages.ts';

type Needs = {
  readonly adapter: SignpostAdapter;
  readonly bot: Bot;
  readonly health: HealthNeeds;
  readonly metrics: MetricsNeeds;
  readonly telemetry: Telemetry;
  readonly desk: { readonly identity: Identity; readonly handlers: Handlers };
  readonly pages: Parameters<typeof servePages>[1];
  readonly log: Logger;
};

const DESK_PATH = '/api/desk/';
/** More than Teams sends, in bytes. */
const LARGEST_BODY = 512 * 1024;

/** The HTTP server with the bot's endpoint, the desk and its pages, and the pages of its health. The caller listens and closes. */
export function createServer({ adapter, bot, health, metrics, telemetry, desk, pages, log }: Needs): restify.Server {
  const server = restify.createServer({ name: 'signpost', ignoreTrailingSlash: true });
  server.use(restify.plugins.bodyParser({ maxBodySize: LARGEST_BODY, mapParams: false }));
  server.post('/api/messages', async (request, response) => {
    await adapter.process(request, response, bot);
  });
  serveHealth(server, health, log);
  serveMetrics(server, metrics, log);
  serveDesk(server, { ...desk, telemetry, log });
  servePages(server, pages);
  // What went wrong is for the log; the caller learns only the status, and a reader of the desk what to do.
  server.on('restifyError', (request, _response, error: Error & { statusCode?: number; toJSON?: unknown }, next) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'a request failed');
    const isDesk = request.path().startsWith(DESK_PATH);
    error.toJSON = () => (isDesk ? problemFor(status) : { message: STATUS_CODES[status] ?? 'Error' });
    error.toString = () => STATUS_CODES[status] ?? 'Error';
    next();
  });
  return server;
}

/** Listens, and gives the address. Only this machine may connect where `host` is a loopback address. */
export function listen(server: restify.Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address().port));
  });
}

export function close(server: restify.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.server.closeAllConnections?.();
  });
}
