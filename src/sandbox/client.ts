import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../escalation/clock.ts';
import { type DialogResult, readDialog, readSearch, type SearchResult, searchValue, submitValue } from './extension.ts';
import type { Journal } from './journal.ts';
import { asCard, isTooBig } from './messages.ts';
import { BOT, type Person, TEAM, TENANT_ID } from './people.ts';
import {
  ADAPTIVE_CARD,
  type AdaptiveCard,
  type Channel,
  type Conversation,
  conversationIdOf,
  type Message,
} from './world.ts';

/** How long Teams waits for the answer to a button, and to anything else, in milliseconds. */
const INVOKE_LIMIT_MS = 10_000;
/** How long it waits for what a search finds. */
const SEARCH_LIMIT_MS = 5_000;
const ACTIVITY_LIMIT_MS = 15_000;

type Json = Readonly<Record<string, unknown>>;

/** A button of the Action.Execute type as a card holds it, and what was typed into the card's inputs by their ids. */
export type CardAction = {
  readonly id?: string | undefined;
  readonly verb?: string | undefined;
  readonly data: Json;
  readonly inputs: Json;
};

/** What the presser of a button gets to see: a card in the message's place, a short notice, or an error notice. */
export type ActionResult =
  | { readonly card: AdaptiveCard }
  | { readonly message: string }
  | { readonly error: { readonly code: string; readonly message: string } };

export type TeamEvent = 'channelCreated' | 'channelRenamed' | 'channelDeleted' | 'channelRestored';

type ClientOptions = {
  /** The messages endpoints of the bot: one for each of its servers. */
  readonly messagesUrls: () => readonly string[];
  /** Where the bot is told to call back. */
  readonly serviceUrl: () => string;
  readonly clock: Clock;
  readonly journal: Journal;
};

/**
 * The HTTP status of the bot's answer, 0 when there was none, and its JSON if it sent any. Without an answer, `lost`
 * says why: nothing took the connection, it was cut, or the answer did not come in time.
 */
type Answer = { readonly status: number; readonly body: unknown; readonly lost?: 'refused' | 'cut' | 'late' };

/** How long Teams waits before it sends again what a server of the bot took and did not answer, in milliseconds. */
const AGAIN_AFTER_MS = 300;

const InvokeResponse = z.object({ statusCode: z.number(), type: z.string(), value: z.unknown() });

const ErrorValue = z.object({ code: z.string(), message: z.string() });

/** Who opened or pressed: Teams tells a bot whether a person asked for a card, or it did so by itself. */
type Trigger = 'manual' | 'automatic';

/** Makes the activities that Teams sends, and posts them to the bot. Every method reports whether the bot took it. */
export class TeamsClient {
  readonly #options: ClientOptions;
  #posts = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Delivers a message that somebody wrote. */
  async message(person: Person, conversation: Conversation, message: Message): Promise<boolean> {
    const mention = `@${BOT.name}`;
    const inChannel = conversation.type === 'channel';
    const text = inChannel ? message.text?.replace(mention, `<at>${BOT.name}</at>`) : message.text;
    const mentioned = { type: 'mention', text: `<at>${BOT.name}</at>`, mentioned: BOT };
    return this.#deliver({
      ...this.#base(person, conversation, conversationIdOf(message, conversation)),
      type: 'message',
      id: message.id,
      textFormat: 'plain',
      text: text ?? '',
      ...(message.attachments.length === 0 ? {} : { attachments: message.attachments }),
      entities: [clientInfo, ...(inChannel ? [mentioned] : [])],
    });
  }

  /** Delivers the press of an Action.Execute button and returns what the presser sees. */
  async cardAction(
    person: Person,
    conversation: Conversation,
    message: Message,
    { id, verb, data, inputs }: CardAction,
    trigger: Trigger = 'manual',
  ): Promise<ActionResult> {
    const answer = await this.#post(
      {
        ...this.#base(person, conversation, conversationIdOf(message, conversation)),
        type: 'invoke',
        name: 'adaptiveCard/action',
        id: `f:${randomUUID()}`,
        replyToId: message.id,
        value: {
          action: {
            type: 'Action.Execute',
            ...(id === undefined ? {} : { id }),
            ...(verb === undefined ? {} : { verb }),
            data: { ...data, ...inputs },
          },
          trigger,
        },
        entities: [clientInfo],
      },
      INVOKE_LIMIT_MS,
    );
    return readActionResult(answer);
  }

  /** Searches from the box for writing in a conversation. @param text undefined where the box was only opened. */
  async search(person: Person, conversation: Conversation, text: string | undefined): Promise<SearchResult> {
    const value = searchValue(text);
    return readSearch(await this.#invoke(person, conversation, 'composeExtension/query', value, SEARCH_LIMIT_MS));
  }

  /** Opens a dialog from a conversation. */
  async dialog(
    person: Person,
    conversation: Conversation,
    name: 'composeExtension/fetchTask' | 'task/fetch',
    value: Json,
  ): Promise<DialogResult> {
    return readDialog(await this.#invoke(person, conversation, name, value, INVOKE_LIMIT_MS));
  }

  /** Presses a button in a dialog. @param command That opened it; without one a button of a card did. */
  async submit(person: Person, conversation: Conversation, data: Json, command?: string): Promise<DialogResult> {
    const name = command === undefined ? 'task/submit' : 'composeExtension/submitAction';
    return readDialog(await this.#invoke(person, conversation, name, submitValue(data, command), INVOKE_LIMIT_MS));
  }

  /** What an extension asks of the bot: Teams names the conversation, never a thread or the bot's own message. */
  #invoke(person: Person, conversation: Conversation, name: string, value: Json, limitMs: number): Promise<Answer> {
    const base = this.#base(person, conversation, conversation.id);
    return this.#post({ ...base, ...eventId(), type: 'invoke', name, value, entities: [clientInfo] }, limitMs);
  }

  /** Tells the bot that somebody added it to their own apps. */
  async installedFor(person: Person, conversation: Conversation): Promise<boolean> {
    const base = this.#base(person, conversation, conversation.id);
    const taken = await this.#deliver({ ...base, ...eventId(), type: 'conversationUpdate', membersAdded: [BOT] });
    return (await this.#deliver({ ...base, ...eventId(), type: 'installationUpdate', action: 'add' })) && taken;
  }

  /** Tells the bot that somebody removed it from their own apps. */
  async removedFor(person: Person, conversation: Conversation): Promise<boolean> {
    const base = this.#base(person, conversation, conversation.id);
    return this.#deliver({ ...base, ...eventId(), type: 'installationUpdate', action: 'remove' });
  }

  /** Tells the bot that a member of the team added it to the team. */
  async installedInTeam(person: Person): Promise<boolean> {
    const taken = await this.#teamActivity(person, { type: 'conversationUpdate', membersAdded: [BOT] }, [
      'teamMemberAdded',
    ]);
    return (await this.#teamActivity(person, { type: 'installationUpdate', action: 'add' }, [])) && taken;
  }

  /** Tells the bot that a member of the team removed it from the team. */
  async removedFromTeam(person: Person): Promise<boolean> {
    const taken = await this.#teamActivity(person, { type: 'conversationUpdate', membersRemoved: [BOT] }, [
      'teamMemberRemoved',
    ]);
    return (await this.#teamActivity(person, { type: 'installationUpdate', action: 'remove' }, [])) && taken;
  }

  /** Tells the bot, as something that `owner` did, that somebody left the team, or is in it now. */
  async memberEvent(owner: Person, { id, aadObjectId }: Person, left: boolean): Promise<boolean> {
    const member = [{ id, aadObjectId }];
    return left
      ? this.#teamActivity(owner, { type: 'conversationUpdate', membersRemoved: member }, ['teamMemberRemoved'])
      : this.#teamActivity(owner, { type: 'conversationUpdate', membersAdded: member }, ['teamMemberAdded']);
  }

  /** Tells the bot that a member of the team created, renamed, deleted or restored a channel. */
  async channelEvent(person: Person, eventType: TeamEvent, channel: Channel): Promise<boolean> {
    return this.#teamActivity(person, { type: 'conversationUpdate' }, [eventType, channel]);
  }

  #teamActivity(person: Person, fields: Json, [eventType, channel]: [string?, Channel?]): Promise<boolean> {
    return this.#deliver({
      ...this.#common(person),
      ...eventId(),
      ...fields,
      conversation: { isGroup: true, conversationType: 'channel', tenantId: TENANT_ID, id: channel?.id ?? TEAM.id },
      channelData: {
        team: TEAM,
        ...(eventType === undefined ? {} : { eventType }),
        ...(channel === undefined ? {} : { channel }),
        tenant: { id: TENANT_ID },
      },
    });
  }

  /** The fields of every activity in a conversation. `conversationId` may name a thread. */
  #base(person: Person, conversation: Conversation, conversationId: string): Json {
    const tenant = { id: TENANT_ID };
    if (conversation.type === 'personal') {
      return {
        ...this.#common(person),
        conversation: { conversationType: 'personal', tenantId: TENANT_ID, id: conversationId },
        channelData: { tenant },
      };
    }
    return {
      ...this.#common(person),
      conversation: { isGroup: true, conversationType: 'channel', tenantId: TENANT_ID, id: conversationId },
      channelData: {
        teamsChannelId: conversation.id,
        teamsTeamId: TEAM.id,
        channel: { id: conversation.id },
        team: { id: TEAM.id },
        tenant,
      },
    };
  }

  #common(person: Person): Json {
    return {
      channelId: 'msteams',
      serviceUrl: this.#options.serviceUrl(),
      timestamp: new Date(this.#options.clock.now()).toISOString(),
      locale: 'en-GB',
      localTimezone: 'Europe/London',
      from: { id: person.id, name: person.name, aadObjectId: person.aadObjectId },
      recipient: BOT,
    };
  }

  async #deliver(activity: Json): Promise<boolean> {
    const { status } = await this.#post(activity, ACTIVITY_LIMIT_MS);
    return status >= 200 && status < 300;
  }

  /**
   * Posts to the bot, and once more where the connection was cut: Teams delivers a message again under the same id.
   * A press is not repeated; the presser is told that the app could not be reached.
   */
  async #post(activity: Json, limitMs: number): Promise<Answer> {
    const answer = await this.#postToAny(activity, limitMs);
    if (answer.lost !== 'cut' || activity.type === 'invoke') return answer;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    return this.#postToAny(activity, limitMs);
  }

  /** Posts to one server of the bot after the other until one takes the connection, beginning with each in turn. */
  async #postToAny(activity: Json, limitMs: number): Promise<Answer> {
    const urls = this.#options.messagesUrls();
    const first = this.#posts;
    this.#posts += 1;
    let answer: Answer = { status: 0, body: undefined, lost: 'refused' };
    for (const step of urls.keys()) {
      const url = urls[(first + step) % urls.length] ?? '';
      answer = await postJson(url, activity, limitMs);
      this.#options.journal.add({
        at: this.#options.clock.now(),
        direction: 'to the bot',
        method: 'POST',
        path: new URL(url).pathname,
        status: answer.status,
        body: activity,
      });
      if (answer.lost !== 'refused') break;
    }
    return answer;
  }
}

const clientInfo = { type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Web', timezone: 'Europe/London' };

function eventId(): { readonly id: string } {
  return { id: `f:${randomUUID()}` };
}

async function postJson(url: string, body: Json, limitMs: number): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(limitMs),
    });
    return { status: response.status, body: parseJson(await response.text()) };
  } catch (error) {
    return { status: 0, body: undefined, lost: lostBy(error) };
  }
}

/** What `fetch` fails with says why in its cause. */
function lostBy(error: unknown): 'refused' | 'cut' | 'late' {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'late';
  return cause?.code === 'ECONNREFUSED' ? 'refused' : 'cut';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(code: string, message: string): ActionResult {
  return { error: { code, message } };
}

/** What Teams makes of the bot's answer to an Action.Execute. */
function readActionResult({ status, body }: Answer): ActionResult {
  if (status === 0) return failure('Timeout', 'Unable to reach app. Please try again.');
  const response = InvokeResponse.safeParse(body);
  if (!response.success) return failure(`HTTP ${status}`, 'Something went wrong. Please try again.');
  const { type, value, statusCode } = response.data;
  if (type === ADAPTIVE_CARD && statusCode === 200) return readCard(value);
  if (type === 'application/vnd.microsoft.activity.message' && statusCode === 200) return { message: String(value) };
  const error = ErrorValue.safeParse(value);
  return error.success ? { error: error.data } : failure(`${statusCode} ${type}`, 'Something went wrong.');
}

function readCard(value: unknown): ActionResult {
  const card = asCard(value);
  if (card === undefined) return failure('BadCard', 'The bot answered with a card that is none.');
  if (isTooBig(card)) return failure('MessageSizeTooBig', 'The bot answered with a card that is too big.');
  return { card };
}
