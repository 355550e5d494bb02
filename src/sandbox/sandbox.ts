import type { Logger } from 'pino';
import restify from 'restify';
import { apiRoutes } from './api.ts';
import { TeamsClient } from './client.ts';
import type { SandboxClock } from './clock.ts';
import { createConnector, type Troubles } from './connector.ts';
import { EventStream } from './events.ts';
import { createSaver, load } from './file.ts';
import { createHappenings, type Happenings } from './happenings.ts';
import { refuseStrangers, sendJson, sendOutcome } from './http.ts';
import { createJournal, type JournalEntry } from './journal.ts';
import { createLimits, type LimitsState } from './limits.ts';
import { type Crowd, createDirectory, TEAM } from './people.ts';
import { answer, type Call, Refusal, type Reply } from './routes.ts';
import { readPage, sendFile } from './static.ts';
import { createTokenOffice } from './tokens.ts';
import { createTroubleBook, type TroubleBook } from './troubles.ts';
import { World } from './world.ts';

export type SandboxOptions = {
  readonly clock: SandboxClock;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** The bot's endpoint, or those of its servers. By default /api/messages of the server that the sandbox is on. */
  readonly messagesUrl?: string | readonly string[];
  /** Where to keep the rehearsal, so that it outlives the process. By default it does not. */
  readonly file?: string;
  /** Generated people beside those who have a part. By default none. */
  readonly crowd?: Crowd;
  /** Whether Teams' limits are kept, as they are by default. */
  readonly limits?: boolean;
  /** Consulted before each call of the bot. `troubles` of the sandbox does the same by name, and over HTTP. */
  readonly troubles?: Troubles;
};

/** A Teams to rehearse in: personal chats, one team, and the Bot Connector that serves them. */
export type Sandbox = Happenings & {
  /** Adds the page at /, and the connector, the API and the page's files below /sandbox. */
  mount(server: restify.Server): void;
  /** Installs the bot into the team, unless it was already. Call when both the server and the bot listen. */
  start(): Promise<void>;
  /** What goes wrong with the bot's calls. */
  readonly troubles: TroubleBook;
  /** How many calls of the bot broke a limit. */
  limits(): LimitsState;
  /** The last 1000 requests to and from the bot. */
  journal(): readonly JournalEntry[];
  /** Ends the event streams of open pages, so that the server can close, and keeps what is not kept yet. */
  close(): void;
};

/**
 * Makes the sandbox. With a `file` that holds a rehearsal, goes on with that one and moves `clock` to where it was.
 * @throws Error when the file cannot be read.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, log, messagesUrl, file, crowd, troubles } = options;
  const saved = file === undefined ? undefined : load(file);
  if (saved !== undefined) clock.advance(saved.ahead);
  const events = new EventStream();
  const saver =
    file === undefined ? undefined : createSaver(file, () => ({ ahead: clock.ahead(), world: world.snapshot() }));
  const world = new World(
    clock.now,
    (conversation) => {
      saver?.changed();
      events.send(conversation === undefined ? { state: true } : { conversation });
    },
    createDirectory(crowd),
    saved?.world,
  );
  const journal = createJournal();
  const limits = createLimits(clock.now, options.limits);
  const troubleBook = createTroubleBook(world, () => events.send({ state: true }));

  let mountedOn: restify.Server | undefined;
  const ownUrl = (path: string): string => {
    if (mountedOn === undefined) throw new Error('The sandbox is not mounted on a server.');
    return `http://127.0.0.1:${mountedOn.address().port}${path}`;
  };
  const serviceUrl = (): string => ownUrl('/sandbox/connector/');

  const client = new TeamsClient({
    messagesUrls: () => [messagesUrl ?? ownUrl('/api/messages')].flat(),
    serviceUrl,
    clock,
    journal,
  });
  const connector = createConnector({ world, journal, now: clock.now, serviceUrl, limits, troubleBook, troubles });
  const happenings = createHappenings(world, client);
  const tokens = createTokenOffice(() => ownUrl('/sandbox'));
  const [bot] = messagesUrl === undefined ? [] : [messagesUrl].flat();
  const tab = bot === undefined ? TAB_PATH : new URL(TAB_PATH, bot).href;
  const mayBeFramed = bot === undefined ? "'self'" : new URL(bot).origin;
  const clockMoved = (): void => {
    saver?.changed();
    events.send({ state: true });
  };
  const routes = apiRoutes({ world, client, clock, journal, limits, troubleBook, happenings, tokens, tab, clockMoved });

  return {
    ...happenings,
    mount(server) {
      mountedOn = server;
      const page = readPage();
      mountHandlers(server, log, async (call, response) => {
        const [area, ...path] = call.path;
        if (area === 'connector') return sendOutcome(response, await connector.handle({ ...call, path }));
        if (area === 'api' && call.method === 'GET' && path.join('/') === 'events') return events.add(response);
        if (area === 'keys' && call.method === 'GET') return sendJson(response, { status: 200, body: tokens.keys });
        if (area === 'api') return sendJson(response, await answer(routes, { ...call, path }));
        const found = area === 'page' && call.method === 'GET' ? page.get(path.join('/')) : undefined;
        if (found === undefined) throw new Refusal(404, 'NotFound', 'There is no such page.');
        sendFile(response, found, mayBeFramed);
      });
    },
    async start() {
      if (world.installedFor(TEAM.id)) return;
      if (await happenings.addToTeam()) log.info({ team: TEAM.name }, 'The bot was added to the rehearsal team.');
      else log.error({ team: TEAM.name }, 'The bot did not answer when it was added to the rehearsal team.');
    },
    troubles: troubleBook,
    limits: () => limits.state(),
    journal: () => journal.entries(),
    close() {
      events.close();
      saver?.finish();
    },
  };
}

/** Where a server of the bot serves the tab. */
const TAB_PATH = '/tab/';

type Handler = (call: Call, response: restify.Response) => Promise<void> | void;

/** Sends every request at / and below /sandbox to the handler, after turning strangers away. */
function mountHandlers(server: restify.Server, log: SandboxOptions['log'], handle: Handler): void {
  const guarded = async (request: restify.Request, response: restify.Response): Promise<void> => {
    try {
      refuseStrangers(request);
      await handle(readCall(request), response);
    } catch (error) {
      if (!(error instanceof Refusal)) log.error({ err: error }, 'The sandbox failed.');
      sendJson(response, error instanceof Refusal ? error.reply() : failed);
    }
  };
  const readBody = restify.plugins.bodyParser();
  server.get('/', guarded);
  for (const register of [server.get, server.post, server.put, server.del]) {
    register.call(server, '/sandbox/*', readBody, guarded);
  }
}

const failed: Reply = { status: 500, body: { error: { code: 'ServiceError', message: 'The sandbox failed.' } } };

function readCall(request: restify.Request): Call {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const segments = url.pathname === '/' ? ['page', 'index.html'] : url.pathname.split('/').slice(2);
  return {
    method: request.method ?? 'GET',
    path: segments.map(decode),
    query: url.searchParams,
    body: request.method === 'GET' ? undefined : request.body,
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'BadSyntax', 'The path is not encoded as it should be.');
  }
}
