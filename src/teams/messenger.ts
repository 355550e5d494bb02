import type { Activity } from 'botbuilder';
import type { Clock } from '../escalation/clock.ts';
import type { Messenger, Sent } from '../escalation/deliveries.ts';
import type { Guidance } from '../guidance/types.ts';
import type { ReferralRecord } from '../store/referrals.ts';
import type { CardRow } from '../store/schema.ts';
import type { Connector, SignpostAdapter } from './adapter.ts';
import type { Card, Cards } from './cards.ts';
import { deskView, reporterView } from './views/referral.ts';

/** Longer than Teams takes on a bad day. In milliseconds. */
const PATIENCE_MS = 15_000;

type Needs = {
  readonly adapter: SignpostAdapter;
  readonly cards: Cards;
  readonly guidance: () => Guidance;
  readonly clock: Clock;
};

/** Draws a referral as one of its readers sees it. */
export function drawReferral(
  { cards, guidance, clock }: Omit<Needs, 'adapter'>,
  record: ReferralRecord,
  card: Pick<CardRow, 'role' | 'possible_duplicate' | 'person' | 'tenant'>,
  notice = '',
): Card {
  const organisation = guidance().get(record.referral.organisation);
  if (organisation === undefined) throw new Error(`There is no organisation ${record.referral.organisation} any more.`);
  if (card.role === 'reporter') return cards.draw('reporter', reporterView(organisation, record, clock.now(), notice));
  return cards.draw('desk', deskView(organisation, record, card, clock.now(), notice));
}

/** Shows referral cards through the Bot Connector. */
export function createMessenger(needs: Needs): Messenger {
  return {
    async show(card, record) {
      const drawn = drawReferral(needs, record, card);
      const connector = await needs.adapter.connector(card.service_url);
      try {
        return await place(connector, card, messageWith(drawn));
      } catch (error) {
        return understand(error, card.activity === null);
      }
    },
  };
}

/** A message that holds one card and nothing else: with text beside it, Teams would give no id to update it by. */
export function messageWith(card: Card): Partial<Activity> {
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
}

async function place(connector: Connector, card: CardRow, message: Partial<Activity>): Promise<Sent> {
  const options = { abortSignal: AbortSignal.timeout(PATIENCE_MS) };
  if (card.activity !== null && card.conversation !== null) {
    const update = { ...message, id: card.activity, conversation: conversation(card.conversation) };
    await connector.conversations.updateActivity(card.conversation, card.activity, update, options);
    return { result: 'sent', conversation: card.conversation, activity: card.activity };
  }
  if (card.channel !== null) {
    const thread = await connector.conversations.createConversation(
      {
        isGroup: true,
        bot: { id: card.bot_id, name: '' },
        tenantId: card.tenant,
        channelData: { channel: { id: card.channel } },
        activity: message as Activity,
      } as Parameters<Connector['conversations']['createConversation']>[0],
      options,
    );
    if (!thread.id || !thread.activityId) return { result: 'uncertain', reason: 'Teams gave no id' };
    return { result: 'sent', conversation: thread.id, activity: thread.activityId };
  }
  if (card.conversation === null) return { result: 'refused', reason: 'there is no chat with this person' };
  const sent = await connector.conversations.sendToConversation(card.conversation, message, options);
  if (!sent.id) return { result: 'uncertain', reason: 'Teams gave no id' };
  return { result: 'sent', conversation: card.conversation, activity: sent.id };
}

function conversation(id: string): Activity['conversation'] {
  return { id, isGroup: false, conversationType: 'personal', name: '' };
}

/** What an error from the Bot Connector means for a card. Teams names 412, 429, 502, 503 and 504 as worth a retry. */
function understand(error: unknown, isNew: boolean): Sent {
  const { status, retryAfterMs } = readError(error);
  const reason = status === undefined ? 'no answer' : `HTTP ${status}`;
  if (status === 429 || status === 412) return { result: 'retry', reason, afterMs: retryAfterMs };
  // Without an answer, or with one from a gateway, a new message may have been posted all the same.
  if (status === undefined || status === 408 || status > 500) return { result: isNew ? 'uncertain' : 'retry', reason };
  if (status === 404 && !isNew) return { result: 'gone', reason };
  return { result: 'refused', reason };
}

function readError(error: unknown): { status?: number; retryAfterMs?: number } {
  if (typeof error !== 'object' || error === null) return {};
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  const response = 'response' in error ? error.response : undefined;
  const seconds = Number(headerOf(response, 'retry-after'));
  return { status, retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined };
}

function headerOf(response: unknown, name: string): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = response.headers as { get?(name: string): string | undefined };
  return headers.get?.(name) ?? undefined;
}
