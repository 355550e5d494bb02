import { z } from 'zod';
import { type BotCall, readBotCall } from './bot-calls.ts';
import type { Journal } from './journal.ts';
import type { Limits } from './limits.ts';
import {
  ActivitySchema,
  type BotActivity,
  contentOf,
  hasBadCard,
  isTooBig,
  refreshesTooMany,
  returnsNoActivityId,
} from './messages.ts';
import { BOT, type Person, TEAM, TEAM_OWNER, TENANT_ID } from './people.ts';
import { answer, type Call, parseBody, Refusal, type Reply, type Route } from './routes.ts';
import type { TroubleBook } from './troubles.ts';
import { type Conversation, type Message, splitConversationId, type World } from './world.ts';

/** Consulted before each call of the bot: a reply here is given in place of the real one. */
export type Troubles = (call: Call) => Reply | undefined;

type ConnectorOptions = {
  readonly world: World;
  readonly journal: Journal;
  readonly now: () => number;
  /** Where the bot is told to call, with a slash at the end. */
  readonly serviceUrl: () => string;
  readonly limits: Limits;
  readonly troubleBook: TroubleBook;
  readonly troubles?: Troubles;
};

/** What the caller gets: an answer, a connection that is cut, or nothing ever. */
export type Outcome = Reply | 'cut' | 'no-answer';

/** The Bot Connector REST API. Its paths are relative to the service URL. */
export type Connector = { handle(call: Call): Promise<Outcome> };

const NewConversation = z.object({
  tenantId: z.string().nullish(),
  members: z.array(z.object({ id: z.string() })).nullish(),
  channelData: z
    .object({
      channel: z.object({ id: z.string() }).nullish(),
      tenant: z.object({ id: z.string() }).nullish(),
    })
    .nullish(),
  activity: ActivitySchema.nullish(),
});

/** Answers the bot's calls as Teams does, within its limits and troubles, and writes each into the journal. */
export function createConnector({
  world,
  journal,
  now,
  serviceUrl,
  limits,
  troubleBook,
  troubles,
}: ConnectorOptions): Connector {
  const routes = [...conversationRoutes(world, serviceUrl), ...memberRoutes(world), ...teamRoutes(world)];
  const decide = async (call: Call): Promise<Outcome> => {
    const replaced = troubles?.(call);
    if (replaced !== undefined) return replaced;
    const botCall = readBotCall(call, world);
    const early = limits.admit(botCall);
    if (early !== undefined) return tooManyRequests(early);
    return withTrouble(troubleBook, botCall, () => answer(routes, call));
  };
  return {
    async handle(call) {
      const outcome = await decide(call);
      journal.add({
        at: now(),
        direction: 'from the bot',
        method: call.method,
        path: `/${call.path.join('/')}`,
        status: typeof outcome === 'string' ? 0 : outcome.status,
        ...(call.body === undefined ? {} : { body: call.body }),
      });
      return outcome;
    },
  };
}

function tooManyRequests(earlyByMs: number): Reply {
  const seconds = Math.ceil(earlyByMs / 1_000);
  return new Refusal(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': String(seconds) }).reply();
}

/** Answers truthfully, but for what the rehearsal's troubles do to this call. */
async function withTrouble(book: TroubleBook, botCall: BotCall, truth: () => Promise<Reply>): Promise<Outcome> {
  const { instead, delay } = book.meet(botCall);
  if (delay?.delivered === false) await wait(delay.ms);
  if (instead?.delivered === false) return instead.answer;
  const reply = await truth();
  if (delay?.delivered) await wait(delay.ms);
  // What Teams refuses has not been delivered, so that nothing is left to be uncertain about.
  return instead === undefined || reply.status >= 400 ? reply : instead.answer;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function conversationRoutes(world: World, serviceUrl: () => string): readonly Route[] {
  const post = (conversation: Conversation, activity: BotActivity, threadOf?: string): Message =>
    world.addMessage(conversation, BOT.id, checkedContent(activity), threadOf);

  const send = (id = '', body: unknown): Reply => {
    const conversation = requireOpen(world, id);
    refuseBlocked(world, conversation);
    const activity = parseBody(ActivitySchema, body);
    // Typing and the like are seen for a moment and leave nothing behind.
    if (activity.type !== 'message') return { status: 200, body: {} };
    refuseTooBig(body);
    const { threadOf } = splitConversationId(id);
    if (threadOf !== undefined) requireMessage(world, conversation, threadOf);
    const message = post(conversation, activity, threadOf);
    return { status: 201, body: returnsNoActivityId(contentOf(activity)) ? {} : { id: message.id } };
  };

  return [
    {
      method: 'POST',
      path: 'v3/conversations',
      handle(_, { body }) {
        const parameters = parseBody(NewConversation, body);
        refuseTooBig(parameters.activity);
        const channel = parameters.channelData?.channel?.id;
        const conversation =
          channel === undefined
            ? personalConversation(world, parameters)
            : requireOpen(world, splitConversationId(channel).id);
        if (!parameters.activity) {
          if (conversation.type === 'channel') {
            throw new Refusal(400, 'BadSyntax', 'A new thread in a channel needs an activity to begin with.');
          }
          return { status: 201, body: { id: conversation.id, serviceUrl: serviceUrl() } };
        }
        refuseBlocked(world, conversation);
        const message = post(conversation, parameters.activity);
        const id = conversation.type === 'channel' ? `${conversation.id};messageid=${message.id}` : conversation.id;
        const activityId = returnsNoActivityId(contentOf(parameters.activity)) ? {} : { activityId: message.id };
        return { status: 201, body: { id, serviceUrl: serviceUrl(), ...activityId } };
      },
    },
    {
      method: 'POST',
      path: 'v3/conversations/:conversation/activities',
      handle: ({ conversation }, { body }) => send(conversation, body),
    },
    {
      method: 'POST',
      path: 'v3/conversations/:conversation/activities/:activity',
      handle: ({ conversation }, { body }) => send(conversation, body),
    },
    {
      method: 'PUT',
      path: 'v3/conversations/:conversation/activities/:activity',
      handle({ conversation: id = '', activity: messageId = '' }, { body }) {
        const conversation = requireOpen(world, id);
        refuseBlocked(world, conversation);
        const message = requireOwnMessage(world, conversation, messageId);
        const activity = parseBody(ActivitySchema, body);
        refuseTooBig(body);
        world.updateMessage(message, checkedContent(activity));
        return { status: 200, body: { id: message.id } };
      },
    },
    {
      method: 'DELETE',
      path: 'v3/conversations/:conversation/activities/:activity',
      handle({ conversation: id = '', activity: messageId = '' }) {
        world.deleteMessage(requireOwnMessage(world, requireOpen(world, id), messageId));
        return { status: 200 };
      },
    },
    {
      method: 'GET',
      path: 'v3/attachments/:attachment/views/:view',
      handle: () => {
        throw new Refusal(403, 'Forbidden', 'A rehearsal keeps no pictures. The journal shows that the bot asked.');
      },
    },
  ];
}

function memberRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      path: 'v3/conversations/:conversation/members',
      handle: ({ conversation: id = '' }) => ({
        status: 200,
        body: world.members(requireOpen(world, id)).map(account),
      }),
    },
    {
      method: 'GET',
      path: 'v3/conversations/:conversation/pagedmembers',
      handle: ({ conversation: id = '' }, { query }) => ({
        status: 200,
        body: pageOf(world.members(requireOpen(world, id)), query),
      }),
    },
    {
      method: 'GET',
      path: 'v3/conversations/:conversation/members/:member',
      handle({ conversation: id = '', member = '' }) {
        const members = world.members(requireOpen(world, id));
        const person = world.directory.find(member);
        if (person === undefined || !members.includes(person)) {
          throw new Refusal(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
        }
        return { status: 200, body: account(person) };
      },
    },
  ];
}

/** How many members Teams gives at once: by default, at least and at most. */
const PAGE = { usual: 200, least: 50, most: 500 } as const;

/** One page of a roster, from where the token of the page before says, with a token if there is more. */
function pageOf(members: readonly Person[], query: URLSearchParams): Readonly<Record<string, unknown>> {
  const asked = Number(query.get('pageSize') ?? PAGE.usual);
  const from = Number(query.get('continuationToken') ?? 0);
  if (!Number.isInteger(asked) || !Number.isInteger(from)) {
    throw new Refusal(400, 'BadSyntax', 'pageSize must be a number, and continuationToken that of a page before.');
  }
  const to = from + Math.min(Math.max(asked, PAGE.least), PAGE.most);
  return {
    members: members.slice(from, to).map(account),
    ...(to < members.length ? { continuationToken: String(to) } : {}),
  };
}

function teamRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      path: 'v3/teams/:team',
      handle({ team }) {
        requireTeam(world, team);
        const counts = { channelCount: world.channels().length, memberCount: world.teamMembers().length };
        return { status: 200, body: { ...TEAM, tenantId: TENANT_ID, type: 'standard', ...counts } };
      },
    },
    {
      method: 'GET',
      path: 'v3/teams/:team/conversations',
      handle({ team }) {
        requireTeam(world, team);
        // Teams gives no name for General, whose id is that of the team.
        const conversations = world
          .channels()
          .map(({ id, name }) => (id === TEAM.id ? { id, type: 'standard' } : { id, name, type: 'standard' }));
        return { status: 200, body: { conversations } };
      },
    },
  ];
}

function account(person: Person): Readonly<Record<string, string>> {
  const [givenName = '', surname = ''] = person.name.split(' ');
  return {
    id: person.id,
    name: person.name,
    givenName,
    surname,
    // The service says objectId in a roster and aadObjectId elsewhere; the SDK reads either.
    objectId: person.aadObjectId,
    aadObjectId: person.aadObjectId,
    email: person.userPrincipalName,
    userPrincipalName: person.userPrincipalName,
    tenantId: TENANT_ID,
    userRole: person.id === TEAM_OWNER ? 'owner' : 'user',
  };
}

function notInRoster(): Refusal {
  return new Refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
}

/** Whether this is the chat of somebody who is not in the organisation any more. */
function isGone(world: World, conversation: Conversation): boolean {
  return conversation.type === 'personal' && world.hasLeft(conversation.person);
}

function refuseBlocked(world: World, conversation: Conversation): void {
  if (conversation.type === 'personal' && world.blocks(conversation.person)) {
    throw new Refusal(403, 'MessageWritesBlocked', 'The user blocked the conversation with the bot.');
  }
}

/** The conversation with this id, if the bot is in it. */
function requireOpen(world: World, id: string): Conversation {
  const conversation = world.findConversation(id);
  if (conversation === undefined) throw new Refusal(404, 'ConversationNotFound', 'Conversation not found.');
  if (isGone(world, conversation)) throw new Refusal(404, 'ConversationNotFound', 'Conversation not found.');
  if (!world.botMayWriteTo(conversation)) throw notInRoster();
  return conversation;
}

function personalConversation(world: World, parameters: z.output<typeof NewConversation>): Conversation {
  const tenant = parameters.tenantId ?? parameters.channelData?.tenant?.id;
  if (tenant !== TENANT_ID) {
    throw new Refusal(400, 'BadSyntax', 'tenantId (or channelData.tenant.id) must be the tenant of the person.');
  }
  const [member, ...others] = parameters.members ?? [];
  const person = others.length === 0 && member !== undefined ? world.directory.find(member.id) : undefined;
  if (person === undefined) {
    throw new Refusal(400, 'BadSyntax', 'members must name one person of this tenant by id, or channelData a channel.');
  }
  return requireOpen(world, person.conversation);
}

function requireMessage(world: World, conversation: Conversation, id: string): Message {
  const message = world.findMessage(conversation, id);
  if (message === undefined) {
    throw new Refusal(404, 'ActivityNotFoundInConversation', `There is no activity ${id} in this conversation.`);
  }
  return message;
}

function requireOwnMessage(world: World, conversation: Conversation, id: string): Message {
  const message = requireMessage(world, conversation, id);
  if (message.from !== BOT.id) throw new Refusal(403, 'Forbidden', 'A bot can change its own messages only.');
  return message;
}

function requireTeam(world: World, id: string | undefined): void {
  if (id !== TEAM.id) throw new Refusal(404, 'TeamNotFound', 'Team not found.');
  if (!world.installedFor(TEAM.id)) throw notInRoster();
}

function refuseTooBig(activity: unknown): void {
  if (activity && isTooBig(activity)) throw new Refusal(413, 'MessageSizeTooBig', 'Message size too large.');
}

function checkedContent(activity: BotActivity): ReturnType<typeof contentOf> {
  const content = contentOf(activity);
  if (content.text === undefined && content.attachments.length === 0) {
    throw new Refusal(400, 'BadSyntax', 'A message needs text or an attachment.');
  }
  if (refreshesTooMany(content)) {
    throw new Refusal(400, 'BadArgument', 'refresh.userIds of an adaptive card may name 60 people at most.');
  }
  if (hasBadCard(content)) throw new Refusal(400, 'BadArgument', 'An adaptive card attachment holds no adaptive card.');
  return content;
}
