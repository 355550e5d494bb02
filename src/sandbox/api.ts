import { z } from 'zod';
import type { ActionResult, TeamsClient } from './client.ts';
import type { SandboxClock } from './clock.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { AttachmentSchema } from './messages.ts';
import { BOT, findPerson, PEOPLE, type Person, TEAM } from './people.ts';
import { parseBody, Refusal, type Reply, type Route } from './routes.ts';
import type { Channel, Conversation, MessageView, World } from './world.ts';

/** GET state. */
export type SandboxState = {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly people: readonly (Omit<Person, 'aadObjectId' | 'userPrincipalName'> & { readonly opened: boolean })[];
  readonly team: { readonly id: string; readonly name: string };
  readonly channels: readonly Channel[];
  readonly conversations: readonly { readonly id: string; readonly type: string; readonly name: string }[];
};

/** POST conversations/:id/messages. */
export type Posted = {
  readonly id: string;
  /** Whether the bot took the message; true also where Teams does not show it to the bot. */
  readonly delivered: boolean;
};

/** GET conversations/:id/messages. */
export type MessageList = { readonly messages: readonly MessageView[] };

/** GET journal. */
export type JournalList = { readonly entries: readonly JournalEntry[] };

const DAYS_AT_MOST = 366;

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

const ClockMove = z.object({
  advanceMinutes: z
    .number()
    .positive()
    .max(DAYS_AT_MOST * 24 * 60),
});

type ApiOptions = {
  readonly world: World;
  readonly client: TeamsClient;
  readonly clock: SandboxClock;
  readonly journal: Journal;
  /** Called after the clock was moved. */
  readonly clockMoved: () => void;
};

/** What the page and the tests call, relative to /sandbox/api. */
export function apiRoutes({ world, client, clock, journal, clockMoved }: ApiOptions): readonly Route[] {
  return [
    { method: 'GET', path: 'state', handle: () => ok(state(world, clock)) },
    { method: 'GET', path: 'journal', handle: () => ok({ entries: journal.entries() } satisfies JournalList) },
    {
      method: 'POST',
      path: 'clock',
      handle(_, { body }) {
        clock.advance(parseBody(ClockMove, body).advanceMinutes * 60_000);
        clockMoved();
        return ok({ now: clock.now() });
      },
    },
    {
      method: 'POST',
      path: 'people/:person/open',
      async handle({ person: id = '' }) {
        await openChat(world, client, requirePerson(id));
        return ok({});
      },
    },
    {
      method: 'GET',
      path: 'conversations/:conversation/messages',
      handle({ conversation: id = '' }, { query }) {
        const viewer = requirePerson(query.get('viewer') ?? '');
        const conversation = requireConversation(world, id, viewer);
        return ok({ messages: world.messagesSeenBy(viewer, conversation) } satisfies MessageList);
      },
    },
    {
      method: 'POST',
      path: 'conversations/:conversation/messages',
      async handle({ conversation: id = '' }, { body }) {
        const { person: personId, text, attachments } = parseBody(NewMessage, body);
        const person = requirePerson(personId);
        const conversation = requireConversation(world, id, person);
        if (text === '' && attachments.length === 0) {
          throw new Refusal(400, 'BadSyntax', 'text: write something or attach something');
        }
        if (conversation.type === 'personal') await openFirstTime(world, client, person);
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
        const person = requirePerson(personId);
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

function state(world: World, clock: SandboxClock): SandboxState {
  return {
    now: clock.now(),
    people: PEOPLE.map((person) => ({
      id: person.id,
      name: person.name,
      role: person.role,
      organisation: person.organisation,
      inTeam: person.inTeam,
      conversation: person.conversation,
      opened: world.installedFor(person.id),
    })),
    team: { id: TEAM.id, name: TEAM.name },
    channels: world.channels(),
    conversations: world.conversations().map((conversation) => ({
      id: conversation.id,
      type: conversation.type,
      name: conversation.type === 'personal' ? conversation.person.name : conversation.channel.name,
    })),
  };
}

function requirePerson(id: string): Person {
  const person = findPerson(id);
  if (person === undefined) throw new Refusal(400, 'BadSyntax', `person: there is nobody with the id "${id}"`);
  return person;
}

/** The conversation, if this person is in it. */
function requireConversation(world: World, id: string, person: Person): Conversation {
  const conversation = world.findConversation(id);
  if (conversation === undefined) throw new Refusal(404, 'NotFound', 'There is no such conversation.');
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

/** Opens the chat as Teams does: the bot is added the first time, and afterwards the posted cards come back. */
async function openChat(world: World, client: TeamsClient, person: Person): Promise<void> {
  world.forgetUserViews(person);
  await openFirstTime(world, client, person);
}

async function openFirstTime(world: World, client: TeamsClient, person: Person): Promise<void> {
  if (world.installedFor(person.id)) return;
  const conversation: Conversation = { type: 'personal', id: person.conversation, person };
  await world.install(person.id, () => client.installedFor(person, conversation));
}
