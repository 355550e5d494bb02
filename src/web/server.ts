import { type Server, STATUS_CODES } from 'node:http';
import { type Logger, pino } from 'pino';
import restify from 'restify';
import type { Telemetry } from '../escalation/telemetry.ts';
import type { SignpostAdapter } from '../teams/adapter.ts';
import type { Bot } from '../teams/bot.ts';
import type { Identity } from './desk/identity.ts';
import { type Handlers, problemFor, serveDesk } from './desk/serve.ts';
import { protect } from './headers.ts';
import { type HealthNeeds, serveHealth } from './health.ts';
import { addressOf, createLimits, NO_LIMITS, type Rates } from './limits.ts';
import { serveMessages } from './messages.ts';
import { type MetricsNeeds, serveMetrics } from './metrics.ts';
import { servePages } from './pages.ts';
import { refuseElsewhere } from './this-machine.ts';

/** How long a caller may take, in milliseconds. */
export type Patience = {
  /** To send the head of a request, and all of it. */
  readonly headers: number;
  readonly request: number;
  /** How long a connection that nothing comes over is kept. Longer than the proxies before a server keep theirs. */
  readonly keepAlive: number;
  /** How often it is looked whether somebody is too slow. */
  readonly look: number;
};

export const PATIENCE: Patience = { headers: 10_000, request: 30_000, keepAlive: 75_000, look: 5_000 };

export type Edge = {
  /** Whether the server is being stopped: whoever is answered then comes back over another connection. */
  readonly isStopping: () => boolean;
  /** Whether staff reach the server over https, through a proxy that speaks it. */
  readonly isPublic: boolean;
  /** How many proxies stand before the server and say in X-Forwarded-For who called them. */
  readonly proxies: number;
  /** Absent where nothing is counted, as in a rehearsal. */
  readonly rates: Rates | undefined;
  readonly patience: Patience;
};

type Needs = {
  readonly adapter: SignpostAdapter;
  readonly bot: Bot;
  readonly health: HealthNeeds;
  readonly metrics: MetricsNeeds;
  readonly telemetry: Telemetry;
  readonly desk: { readonly identity: Identity; readonly handlers: Handlers };
  readonly pages: Parameters<typeof servePages>[1];
  readonly edge: Edge;
  readonly log: Logger;
};

/** What restify itself would log names people by their ids. Its types know another logger than it has. */
const SILENT = pino({ level: 'silent' }) as unknown as NonNullable<restify.ServerOptions['log']>;

const DESK_PATH = '/api/desk/';
/** More than Teams sends, in bytes. */
const LARGEST_BODY = 512 * 1024;

/** The HTTP server with the bot's endpoint, the desk and its pages, and the pages of its health. The caller listens and closes. */
export function createServer({
  adapter,
  bot,
  health,
  metrics,
  telemetry,
  desk,
  pages,
  edge,
  log,
}: Needs): restify.Server {
  const server = restify.createServer({ name: '', ignoreTrailingSlash: true, log: SILENT });
  losePatience(server, edge.patience);
  stayHttp(server);
  protect(server, edge.isPublic);
  if (!edge.isPublic) server.pre(refuseElsewhere);
  server.pre((_request, response, next) => {
    if (edge.isStopping()) response.setHeader('connection', 'close');
    next();
  });
  server.pre(takeOnlyPlainJson);
  server.use(restify.plugins.bodyParser({ maxBodySize: LARGEST_BODY, mapParams: false }));
  const limits = edge.rates === undefined ? NO_LIMITS : createLimits(edge.rates);
  const address = (request: restify.Request): string => addressOf(request, edge.proxies);
  serveMessages(server, { adapter, bot, limits, addressOf: address, log });
  serveHealth(server, health, log);
  serveMetrics(server, metrics, log);
  serveDesk(server, { ...desk, counted: { limits, addressOf: address }, telemetry, log });
  servePages(server, pages);
  // What went wrong is for the log; the caller learns only the status, and a reader of the desk what to do.
  server.on('restifyError', (request, _response, error: Error & { statusCode?: number; toJSON?: unknown }, next) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'a request failed');
    const isDesk = request.path().startsWith(DESK_PATH);
    error.toJSON = () => (isDesk ? problemFor(status) : { message: sayStatus(status) });
    error.toString = () => sayStatus(status);
    next();
  });
  return server;
}

/**
 * A body is JSON as it stands. One that is packed may be a thousand times larger than it seems, and restify ends the
 * process where it is broken; one in parts would be written to this machine's disk.
 */
function takeOnlyPlainJson(request: restify.Request, response: restify.Response, next: restify.Next): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type } = request.headers;
  const isJson = type === undefined || /^application\/json\s*(;|$)/i.test(type);
  if (encoding === 'identity' && isJson) {
    next();
    return;
  }
  const isDesk = request.path().startsWith(DESK_PATH);
  response.writeHead(415, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(isDesk ? problemFor(415) : { message: sayStatus(415) }));
  next(false);
}

function sayStatus(status: number): string {
  switch (status) {
    case 404:
      return 'There is nothing at this address.';
    case 405:
      return 'This address does not take that method.';
    case 413:
      return `This is too long. ${LARGEST_BODY / 1024} KB is the most. Nothing was saved.`;
    case 415:
      return 'This takes JSON alone, and not packed. Nothing was saved.';
    default:
      return STATUS_CODES[status] ?? 'Error';
  }
}

/** Whoever sends a byte at a time is cut off. */
function losePatience(server: restify.Server, { headers, request, keepAlive, look }: Patience): void {
  const http = server.server as Server & { connectionsCheckingInterval?: number };
  http.headersTimeout = headers;
  http.requestTimeout = request;
  http.keepAliveTimeout = keepAlive;
  // Node reads this when it begins to listen; restify gives no way to set it before.
  http.connectionsCheckingInterval = look;
}

/**
 * A request that offers to speak something else is answered as any other. restify takes such a connection over and
 * leaves it open for good, which no time-out ends and which a server that is stopped would wait for.
 */
function stayHttp(server: restify.Server): void {
  (server.server as Server).removeAllListeners('upgrade');
}

/** Listens, and gives the address. Only this machine may connect where `host` is a loopback address. */
export function listen(server: restify.Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address().port));
  });
}

/**
 * Takes no more connections, and closes each as soon as nothing is answered over it. One that is still busy after
 * `withinMs` milliseconds is cut: its caller is too slow, or means to hold up the server.
 */
export async function drain(server: restify.Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const http = server.server as Server;
  const looking = setInterval(() => http.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  const cutting = setTimeout(() => http.closeAllConnections(), withinMs);
  await closed;
  clearInterval(looking);
  clearTimeout(cutting);
}

const LOOK_FOR_IDLE_MS = 50;

/** Takes no more connections, and cuts those that there are. */
export function close(server: restify.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.server.closeAllConnections?.();
  });
}
