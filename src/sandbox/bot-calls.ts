import type { Call } from './routes.ts';
import { splitConversationId, type World } from './world.ts';

export const CALL_KINDS = ['create', 'send', 'update', 'delete', 'roster', 'team', 'other'] as const;

/** What a bot asks of the connector: a new conversation, a message, its change or deletion, who is there, the team. */
export type CallKind = (typeof CALL_KINDS)[number];

export type BotCall = {
  readonly kind: CallKind;
  /** The personal conversation or the channel that it concerns, never a thread. */
  readonly conversation?: string;
  /** Whether it puts something into the conversation: that is what Teams limits as a send. */
  readonly writes: boolean;
};

/** Reads what a call is about, however wrong the rest of it may be. */
export function readBotCall({ method, path, body }: Call, world: World): BotCall {
  const [, area, id, part] = path;
  const conversation = id === undefined ? undefined : splitConversationId(id).id;
  if (area === 'teams') return { kind: 'team', conversation, writes: false };
  if (area !== 'conversations') return { kind: 'other', writes: false };
  if (id === undefined) return { kind: 'create', ...readNew(body, world) };
  if (part !== 'activities') return { kind: 'roster', conversation, writes: false };
  if (method === 'PUT') return { kind: 'update', conversation, writes: true };
  return { kind: method === 'DELETE' ? 'delete' : 'send', conversation, writes: true };
}

/** The conversation that a bot asks for: a thread in a channel, or somebody's chat. */
function readNew(body: unknown, world: World): { readonly conversation?: string; readonly writes: boolean } {
  const { channelData, members, activity } = asObject(body);
  const channel = asObject(asObject(channelData).channel).id;
  const member = asObject(Array.isArray(members) ? members[0] : undefined).id;
  const conversation =
    typeof channel === 'string'
      ? splitConversationId(channel).id
      : typeof member === 'string'
        ? world.directory.find(member)?.conversation
        : undefined;
  return { conversation, writes: conversation !== undefined && activity !== undefined && activity !== null };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
