import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import restify from 'restify';
import type { SignpostAdapter } from '../teams/adapter.ts';
import type { Bot } from '../teams/bot.ts';
import { type HealthNeeds, serveHealth } from './health.ts';

type Needs = {
  readonly adapter: SignpostAdapter;
  readonly bot: Bot;
  readonly health: HealthNeeds;
  readonly log: Logger;
};

/** More than Teams sends, in bytes. */
const LARGEST_BODY = 512 * 1024;

/** The HTTP server with the bot's endpoint and the pages of its health. The caller listens and closes. */
export function createServer({ adapter, bot, health, log }: Needs): restify.Server {
  const server = restify.createServer({ name: 'signpost', ignoreTrailingSlash: true });
  server.use(restify.plugins.bodyParser({ maxBodySize: LARGEST_BODY, mapParams: false }));
  server.post('/api/messages', async (request, response) => {
    await adapter.process(request, response, bot);
  });
  serveHealth(server, health, log);
  // What went wrong is for the log; the caller learns only the status.
  server.on('restifyError', (_request, _response, error: Error & { statusCode?: number; toJSON?: unknown }, next) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'a request failed');
    error.toJSON = () => ({ message: STATUS_CODES[status] ?? 'Error' });
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
