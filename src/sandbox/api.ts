import { z } from 'zod';
import type { ActionResult, TeamsClient } from './client.ts';
import type { SandboxClock } from './clock.ts';
import { EXTENSION } from './extension.ts';
import { extensionRoutes } from './extension-api.ts';
import type { Happenings } from './happenings.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { Limits, LimitsState } from './limits.ts';
import { AttachmentSchema, refreshOf } from './messages.ts';
import { BOT, type Person, TEAM, TENANT_ID } from './people.ts';
import { parseBody, Refusal, type Reply, type Route } from './routes.ts';
import type { TokenOffice } from './tokens.ts';
import { type TroubleBook, TroubleSchema, type TroubleState } from './troubles.ts';
import type { Channel, Conversation, Message, MessageView, World } from './world.ts';

/** Somebody, as they are now. */
export type PersonState = Person & {
  /** Whether they are in the team. */
  readonly inTeam: boolean;
  /** Whether the bot is among their own apps. */
  readonly opened: boolean;
  /** Whether they block the bot. */
  readonly blocks: boolean;
  /** Whether they left the organisation. */
  readonly left: boolean;
};

/** GET state. */
export type SandboxState = {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly people: readonly PersonState[];
  /** Id of the Microsoft 365 tenant, a GUID. */
  readonly tenant: string;
  readonly team: typeof TEAM & { readonly hasBot: boolean };
  /** Where the tab is: a path on the sandbox's own server, or an address on the bot's. */
  readonly tab: string;
  /** What the app offers in the box for writing and on messages. */
  readonly extension: typeof EXTENSION;
  readonly channels: readonly Channel[];
  readonly deletedChannels: readonly Channel[];
  readonly conversations: readonly { readonly id: string; readonly type: string; readonly name: string }[];
  readonly troubles: readonly TroubleState[];
  readonly limits: LimitsState;
};

/** GET clock. */
export type ClockState = {
  /** Epoch milliseconds. */
  readonly now: number;
  /** How far that is ahead of the system's time, in milliseconds. */
  readonly ahead: number;
};

/** GET troubles. */
export type TroubleList = { readonly troubles: readonly TroubleState[] };

/** POST conversations/:id/messages. */
export type Posted = {
  readonly id: string;
  /** Whether the bot took the message; true also where Teams does not show it to the bot. */
  readonly delivered: boolean;
};

/** GET conversations/:id/messages. */
export type MessageList = {
  readonly messages: readonly MessageView[];
  /** Asked with `since` this, the next list holds only the messages that changed in between. */
  readonly changes: number;
};

/** POST people/:id/token. */
export type IssuedToken = { readonly token: string };

/** GET journal. */
export type JournalList = { readonly entries: readonly JournalEntry[] };

const DAYS_AT_MOST = 366;

const Opening = z.object({ person: z.string() });

const NewMessage = z.object({
  person: z.string(),
  text: z.string(),
  attachments: z.array(AttachmentSchema).default([]),
});

const JsonObject = z.record(z.string(), z.unknown());

const Action = z.object({
  person: z.string(),
  id: z.string().optional(),
  verb: z.string().optional(),
  data: JsonObject.default({}),
  inputs: JsonObject.default({}),
});

const ClockMove = z.union([
  z.strictObject({
    advanceMinutes: z
      .number()
      .positive()
      .max(DAYS_AT_MOST * 24 * 60),
  }),
  /** An instant in epoch milliseconds. */
  z.strictObject({ to: z.number().int() }),
]);

/** Whether the bot is told of what happened. */
const Telling = z.strictObject({ tellBot: z.boolean().optional() });

const NamedChannel = Telling.extend({ name: z.string().trim().min(1).max(50) });

type ApiOptions = {
  readonly world: World;
  readonly client: TeamsClient;
  readonly clock: SandboxClock;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly troubleBook: TroubleBook;
  readonly happenings: Happenings;
  readonly tokens: TokenOffice;
  readonly tab: string;
  /** Called after the clock was moved. */
  readonly clockMoved: () => void;
};

/** What the page and the tests call, relative to /sandbox/api. */
export function apiRoutes(options: ApiOptions): readonly Route[] {
  const { world, journal, limits } = options;
  return [
    { method: 'GET', path: 'state', handle: () => ok(state(options)) },
    { method: 'GET', path: 'journal', handle: () => ok({ entries: journal.entries() } satisfies JournalList) },
    { method: 'GET', path: 'limits', handle: () => ok(limits.state() satisfies LimitsState) },
    ...clockRoutes(options),
    ...troubleRoutes(options),
    ...teamRoutes(options),
    ...peopleRoutes(options),
    ...chatRoutes(world, options),
    ...extensionRoutes({
      ...options,
      requirePerson: (id) => requirePerson(world, id),
      requireConversation: (id, person) => requireConversation(world, id, person),
      async tellBot(person, conversation, message) {
        if (conversation.type === 'channel') return true;
        await options.happenings.addFor(person.id);
        await untilBotMayAnswer(limits, conversation);
        return options.client.message(person, conversation, message);
      },
    }),
  ];
}

function clockRoutes({ clock, clockMoved }: ApiOptions): readonly Route[] {
  const read = (): Reply => ok({ now: clock.now(), ahead: clock.ahead() } satisfies ClockState);
  return [
    { method: 'GET', path: 'clock', handle: read },
    {
      method: 'POST',
      path: 'clock',
      handle(_, { body }) {
        const move = parseBody(ClockMove, body);
        const ms = 'to' in move ? move.to - clock.now() : move.advanceMinutes * 60_000;
        if (ms < 0) throw new Refusal(400, 'BadSyntax', 'to: the clock only goes forward, and that has passed');
        clock.advance(ms);
        clockMoved();
        return read();
      },
    },
  ];
}

function troubleRoutes({ troubleBook }: ApiOptions): readonly Route[] {
  const clear = (id?: string): Reply => {
    troubleBook.clear(id);
    return ok({});
  };
  return [
    {
      method: 'GET',
      path: 'troubles',
      handle: () => ok({ troubles: troubleBook.list() } satisfies TroubleList),
    },
    {
      method: 'POST',
      path: 'troubles',
      handle: (_, { body }) => ({ status: 201, body: { id: troubleBook.add(parseBody(TroubleSchema, body)) } }),
    },
    { method: 'DELETE', path: 'troubles', handle: () => clear() },
    { method: 'DELETE', path: 'troubles/:trouble', handle: ({ trouble }) => clear(trouble) },
  ];
}

/** What happens to the team: its channels, and whether the bot is in it. */
function teamRoutes({ happenings }: ApiOptions): readonly Route[] {
  return [
    {
      method: 'POST',
      path: 'channels',
      async handle(_, { body }) {
        const { name, ...telling } = parseBody(NamedChannel, body);
        return { status: 201, body: await happenings.createChannel(name, telling) };
      },
    },
    {
      method: 'POST',
      path: 'channels/:channel/rename',
      handle({ channel = '' }, { body }) {
        const { name, ...telling } = parseBody(NamedChannel, body);
        return done(happenings.renameChannel(channel, name, telling));
      },
    },
    {
      method: 'POST',
      path: 'channels/:channel/delete',
      handle: ({ channel = '' }, { body }) => done(happenings.deleteChannel(channel, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'channels/:channel/restore',
      handle: ({ channel = '' }, { body }) => done(happenings.restoreChannel(channel, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'team/add-bot',
      async handle() {
        if (await happenings.addToTeam()) return ok({});
        throw new Refusal(502, 'BotDidNotAnswer', 'The bot did not answer when it was added to the team.');
      },
    },
    {
      method: 'POST',
      path: 'team/remove-bot',
      handle: (_, { body }) => done(happenings.removeFromTeam(parseBody(Telling, body))),
    },
  ];
}

/** What people do beside chatting. */
function peopleRoutes(options: ApiOptions): readonly Route[] {
  const { world, happenings, tokens } = options;
  return [
    {
      method: 'POST',
      path: 'people/:person/open',
      handle({ person: id = '' }) {
        const person = requirePerson(world, id);
        return done(open(options, person, requireConversation(world, person.conversation, person)));
      },
    },
    {
      method: 'POST',
      path: 'people/:person/remove-bot',
      handle: ({ person = '' }, { body }) => done(happenings.removeFor(person, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'people/:person/block',
      handle: ({ person = '' }) => done(happenings.setBlocks(person, true)),
    },
    {
      method: 'POST',
      path: 'people/:person/unblock',
      handle: ({ person = '' }) => done(happenings.setBlocks(person, false)),
    },
    {
      method: 'POST',
      path: 'people/:person/leave',
      handle: ({ person = '' }, { body }) => done(happenings.setLeft(person, true, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'people/:person/come-back',
      handle: ({ person = '' }, { body }) => done(happenings.setLeft(person, false, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'people/:person/join-team',
      handle: ({ person = '' }, { body }) => done(happenings.setInTeam(person, true, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'people/:person/leave-team',
      handle: ({ person = '' }, { body }) => done(happenings.setInTeam(person, false, parseBody(Telling, body))),
    },
    {
      method: 'POST',
      path: 'people/:person/token',
      handle({ person: id = '' }) {
        const person = requirePerson(world, id);
        if (world.hasLeft(person)) throw new Refusal(403, 'Forbidden', `${person.name} has left the organisation.`);
        return token(tokens, person);
      },
    },
  ];
}

function chatRoutes(world: World, options: ApiOptions): readonly Route[] {
  const { client, happenings, limits } = options;
  return [
    {
      method: 'POST',
      path: 'conversations/:conversation/open',
      handle({ conversation = '' }, { body }) {
        const person = requirePerson(world, parseBody(Opening, body).person);
        return done(open(options, person, requireConversation(world, conversation, person)));
      },
    },
    {
      method: 'GET',
      path: 'conversations/:conversation/messages',
      handle({ conversation: id = '' }, { query }) {
        const viewer = requirePerson(world, query.get('viewer') ?? '');
        const conversation = requireConversation(world, id, viewer);
        const messages = world.messagesSeenBy(viewer, conversation, Number(query.get('since') ?? -1));
        return ok({ messages, changes: world.changes } satisfies MessageList);
      },
    },
    {
      method: 'POST',
      path: 'conversations/:conversation/messages',
      async handle({ conversation: id = '' }, { body }) {
        const { person: personId, text, attachments } = parseBody(NewMessage, body);
        const person = requirePerson(world, personId);
        const conversation = requireConversation(world, id, person);
        if (text === '' && attachments.length === 0) {
          throw new Refusal(400, 'BadSyntax', 'text: write something or attach something');
        }
        if (conversation.type === 'personal') await happenings.addFor(person.id);
        await untilBotMayAnswer(limits, conversation);
        const message = world.addMessage(conversation, person.id, { ...(text ? { text } : {}), attachments });
        const delivered = !botSees(world, conversation, text) || (await client.message(person, conversation, message));
        return { status: 201, body: { id: message.id, delivered } satisfies Posted };
      },
    },
    {
      method: 'POST',
      path: 'conversations/:conversation/messages/:message/actions',
      async handle({ conversation: id = '', message: messageId = '' }, { body }) {
        const { person: personId, ...action } = parseBody(Action, body);
        const person = requirePerson(world, personId);
        const conversation = requireConversation(world, id, person);
        const message = world.findMessage(conversation, messageId);
        if (message?.from !== BOT.id) throw new Refusal(404, 'NotFound', 'There is no such message of the bot.');
        const result: ActionResult = await client.cardAction(person, conversation, message, action);
        if ('card' in result) world.showTo(person, message, result.card);
        return ok(result);
      },
    },
  ];
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

async function token(tokens: TokenOffice, person: Person): Promise<Reply> {
  return ok({ token: await tokens.issue(person) } satisfies IssuedToken);
}

/** For what changes something and has nothing to say. */
async function done(task: Promise<void>): Promise<Reply> {
  await task;
  return ok({});
}

function state({ world, clock, troubleBook, limits, tab }: ApiOptions): SandboxState {
  return {
    now: clock.now(),
    people: world.directory.people.map((person) => ({
      ...person,
      inTeam: world.isInTeam(person),
      opened: world.installedFor(person.id),
      blocks: world.blocks(person),
      left: world.hasLeft(person),
    })),
    tenant: TENANT_ID,
    team: { ...TEAM, hasBot: world.installedFor(TEAM.id) },
    tab,
    extension: EXTENSION,
    channels: world.channels(),
    deletedChannels: world.deletedChannels(),
    conversations: world.conversations().map((conversation) => ({
      id: conversation.id,
      type: conversation.type,
      name: conversation.type === 'personal' ? conversation.person.name : conversation.channel.name,
    })),
    troubles: troubleBook.list(),
    limits: limits.state(),
  };
}

function requirePerson(world: World, id: string): Person {
  const person = world.directory.find(id);
  if (person === undefined) throw new Refusal(400, 'BadSyntax', `person: there is nobody with the id "${id}"`);
  return person;
}

/** The conversation, if this person is in it. */
function requireConversation(world: World, id: string, person: Person): Conversation {
  const conversation = world.findConversation(id);
  if (conversation === undefined) {
    const wasDeleted = world.deletedChannels().some((channel) => channel.id === id);
    throw new Refusal(404, 'NotFound', wasDeleted ? 'This channel was deleted.' : 'There is no such conversation.');
  }
  if (!world.members(conversation).includes(person)) {
    throw new Refusal(403, 'Forbidden', `${person.name} is not in this conversation.`);
  }
  return conversation;
}

/** In a channel, Teams shows a bot only what mentions it. */
function botSees(world: World, conversation: Conversation, text: string): boolean {
  if (conversation.type === 'personal') return true;
  return world.installedFor(TEAM.id) && text.includes(`@${BOT.name}`);
}

const LONGEST_PAUSE_MS = 30_000;

/** Nobody types as fast as a test does, so a message waits until Teams' limits let the bot answer it in its turn. */
async function untilBotMayAnswer(limits: Limits, conversation: Conversation): Promise<void> {
  const latest = Date.now() + LONGEST_PAUSE_MS;
  // Asked again and again, since the sandbox's clock may be moved meanwhile.
  while (limits.untilNextSend(conversation.id) > 0 && Date.now() < latest) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Opens a chat or channel as Teams does: the bot is added to a chat the first time, the posted cards come back, and
 * those that ask for it are fetched anew for this person.
 */
async function open(options: ApiOptions, person: Person, conversation: Conversation): Promise<void> {
  const { world, happenings } = options;
  world.forgetUserViews(person, conversation);
  if (conversation.type === 'personal') await happenings.addFor(person.id);
  const shown = world.lastMessages(conversation, ON_SCREEN);
  await Promise.all(shown.map((message) => refresh(options, person, conversation, message)));
}

/** Teams fetches only the cards that a person gets to see. */
const ON_SCREEN = 20;
/** A younger card is not fetched anew, in milliseconds. */
const REFRESHED_FROM_MS = 60_000;

async function refresh(
  { world, client, clock }: ApiOptions,
  person: Person,
  conversation: Conversation,
  message: Message,
): Promise<void> {
  const asked = refreshOf(world.cardSeenBy(person, message));
  const isOld = clock.now() - message.at >= REFRESHED_FROM_MS;
  if (message.from !== BOT.id || !isOld || !asked?.userIds.includes(person.id)) return;
  const { verb, data } = asked.action;
  const result = await client.cardAction(person, conversation, message, { verb, data, inputs: {} }, 'automatic');
  if ('card' in result) world.showTo(person, message, result.card);
}
