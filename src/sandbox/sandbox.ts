import type { Logger } from 'pino';
import restify from 'restify';
import { apiRoutes } from './api.ts';
import { TeamsClient } from './client.ts';
import type { SandboxClock } from './clock.ts';
import { createConnector, type Troubles } from './connector.ts';
import { EventStream } from './events.ts';
import { load, save } from './file.ts';
import { refuseStrangers, sendJson } from './http.ts';
import { createJournal, type JournalEntry } from './journal.ts';
import { findPerson, TEAM } from './people.ts';
import { answer, type Call, Refusal, type Reply } from './routes.ts';
import { readPage, sendFile } from './static.ts';
import { type Channel, World } from './world.ts';

export type SandboxOptions = {
  readonly clock: SandboxClock;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** The bot's endpoint. By default /api/messages of the server that the sandbox is mounted on. */
  readonly messagesUrl?: string;
  /** Where to keep the rehearsal, so that it outlives the process. By default it does not. */
  readonly file?: string;
  readonly troubles?: Troubles;
};

/** A Teams to rehearse in: personal chats, one team, and the Bot Connector that serves them. */
export type Sandbox = {
  /** Adds the page at /, and the connector, the API and the page's files below /sandbox. */
  mount(server: restify.Server): void;
  /** Installs the bot into the team, unless it was already. Call when both the server and the bot listen. */
  start(): Promise<void>;
  /** Adds a channel to the team and tells the bot. */
  createChannel(name: string): Promise<Channel>;
  /** Renames a channel of the team and tells the bot. @throws Error when there is none of that name. */
  renameChannel(name: string, newName: string): Promise<void>;
  /** Deletes a channel of the team and tells the bot. @throws Error when there is none of that name. */
  deleteChannel(name: string): Promise<void>;
  /** Removes the bot from the team and tells it. `start` installs it again. */
  removeFromTeam(): Promise<void>;
  /** Removes the bot from somebody's own apps and tells it. @throws Error when there is nobody of that name. */
  removeFor(personId: string): Promise<void>;
  /** The last 1000 requests to and from the bot. */
  journal(): readonly JournalEntry[];
  /** Ends the event streams of open pages, so that the server can close. */
  close(): void;
};

/**
 * Makes the sandbox. With a `file` that holds a rehearsal, goes on with that one and moves `clock` to where it was.
 * @throws Error when the file cannot be read.
 */
export function createSandbox({ clock, log, messagesUrl, file, troubles }: SandboxOptions): Sandbox {
  const saved = file === undefined ? undefined : load(file);
  if (saved !== undefined) clock.advance(saved.ahead);
  const events = new EventStream();
  const keep = (): void => {
    if (file !== undefined) save(file, { ahead: clock.ahead(), world: world.snapshot() });
  };
  const world = new World(
    clock.now,
    (conversation) => {
      keep();
      events.send(conversation === undefined ? { state: true } : { conversation });
    },
    saved?.world,
  );
  const journal = createJournal();

  let mountedOn: restify.Server | undefined;
  const ownUrl = (path: string): string => {
    if (mountedOn === undefined) throw new Error('The sandbox is not mounted on a server.');
    return `http://127.0.0.1:${mountedOn.address().port}${path}`;
  };
  const serviceUrl = (): string => ownUrl('/sandbox/connector/');

  const client = new TeamsClient({
    messagesUrl: () => messagesUrl ?? ownUrl('/api/messages'),
    serviceUrl,
    clock,
    journal,
  });
  const connector = createConnector({ world, journal, now: clock.now, serviceUrl, troubles });
  const clockMoved = (): void => {
    keep();
    events.send({ state: true });
  };
  const routes = apiRoutes({ world, client, clock, journal, clockMoved });

  const requireChannel = (name: string): Channel => {
    const channel = world.channels().find((candidate) => candidate.name === name);
    if (channel === undefined) throw new Error(`The team has no channel "${name}".`);
    return channel;
  };
  const teamOwner = () => {
    const [owner] = world.teamMembers();
    if (owner === undefined) throw new Error('The team has no members.');
    return owner;
  };

  return {
    mount(server) {
      mountedOn = server;
      const page = readPage();
      mountHandlers(server, log, async (call, response) => {
        const [area, ...path] = call.path;
        if (area === 'connector') return sendJson(response, await connector.handle({ ...call, path }));
        if (area === 'api' && call.method === 'GET' && path.join('/') === 'events') return events.add(response);
        if (area === 'api') return sendJson(response, await answer(routes, { ...call, path }));
        const found = area === 'page' && call.method === 'GET' ? page.get(path.join('/')) : undefined;
        if (found === undefined) throw new Refusal(404, 'NotFound', 'There is no such page.');
        sendFile(response, found);
      });
    },
    async start() {
      if (world.installedFor(TEAM.id)) return;
      await world.install(TEAM.id, () => client.installedInTeam(teamOwner()));
      if (world.installedFor(TEAM.id)) log.info({ team: TEAM.name }, 'The bot was added to the rehearsal team.');
      else log.error({ team: TEAM.name }, 'The bot did not answer when it was added to the rehearsal team.');
    },
    async createChannel(name) {
      const channel = world.addChannel(name);
      await client.channelEvent(teamOwner(), 'channelCreated', channel);
      return channel;
    },
    async renameChannel(name, newName) {
      const channel = requireChannel(name);
      world.renameChannel(channel, newName);
      await client.channelEvent(teamOwner(), 'channelRenamed', channel);
    },
    async deleteChannel(name) {
      const channel = requireChannel(name);
      world.deleteChannel(channel);
      await client.channelEvent(teamOwner(), 'channelDeleted', channel);
    },
    async removeFromTeam() {
      world.uninstall(TEAM.id);
      await client.removedFromTeam(teamOwner());
    },
    async removeFor(personId) {
      const person = findPerson(personId);
      if (person === undefined) throw new Error(`There is nobody with the id "${personId}".`);
      world.uninstall(person.id);
      await client.removedFor(person, { type: 'personal', id: person.conversation, person });
    },
    journal: () => journal.entries(),
    close: () => events.close(),
  };
}

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
