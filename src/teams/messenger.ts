import type { Activity } from 'botbuilder';
import type { Clock } from '../escalation/clock.ts';
import { colleaguesFor } from '../escalation/colleagues.ts';
import type { Messenger, Sent } from '../escalation/deliveries.ts';
import type { Guidance } from '../guidance/types.ts';
import { codeIn } from '../log.ts';
import type { Mailer } from '../mail/mailer.ts';
import { hasOwnCard } from '../store/cards.ts';
import { findPerson } from '../store/people.ts';
import type { ReferralRecord } from '../store/referrals.ts';
import type { CardRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { type Connector, mayHaveArrived, PATIENCE_MS, type SignpostAdapter } from './adapter.ts';
import type { Card, Cards } from './cards.ts';
import { ForeignServiceUrlError } from './service-urls.ts';
import { referralMail } from './views/mail.ts';
import { noticeView } from './views/notices.ts';
import { deskView, type Extras, NO_EXTRAS, nudgeView, type Reading, reporterView } from './views/referral.ts';

type DrawNeeds = {
  readonly cards: Cards;
  readonly guidance: () => Guidance;
  readonly clock: Clock;
  /** The address of a view of the desk; undefined where none would open there. */
  readonly deskAt: (view: string) => string | undefined;
};

type Needs = DrawNeeds & {
  readonly adapter: SignpostAdapter;
  readonly store: Store;
  /** Absent where no email can be sent. */
  readonly mailer: Mailer | undefined;
  /** Where a reader of an email finds the referral; undefined in a rehearsal, whose Teams has no address. */
  readonly link: string | undefined;
  /** How long an answer of Teams is waited for, in milliseconds. */
  readonly patienceMs?: number | undefined;
};

/** Draws a referral as one of its readers sees it. */
export function drawReferral(
  { cards, guidance, clock, deskAt }: DrawNeeds,
  record: ReferralRecord,
  card: Reading,
  notice = '',
  extras = NO_EXTRAS,
): Card {
  const organisation = guidance().get(record.referral.organisation);
  if (organisation === undefined) throw new Error(`There is no organisation ${record.referral.organisation} any more.`);
  const desk = deskAt(`/referral/${record.referral.reference}`) ?? '';
  switch (card.role) {
    case 'reporter':
      return cards.draw('reporter', reporterView(organisation, record, clock.now(), notice, card));
    case 'nudge':
      return cards.draw('nudge', { ...nudgeView(organisation, record, card, clock.now()), desk });
    default:
      return cards.draw('desk', { ...deskView(organisation, record, card, clock.now(), notice, extras), desk });
  }
}

/** Shows what is owed through the Bot Connector, or by email. */
export function createMessenger(needs: Needs): Messenger {
  return {
    async show(card, record) {
      if (card.role === 'email') return mail(needs, card, record);
      const drawn =
        record === undefined
          ? needs.cards.draw('notice', await noticeView(needs, card))
          : drawReferral(needs, record, card, '', await extrasFor(needs, record, card));
      const doing = card.activity === null ? 'post' : 'update';
      try {
        const connector = await needs.adapter.connector(card.service_url);
        return await place(connector, card, messageWith(drawn), needs.patienceMs ?? PATIENCE_MS);
      } catch (error) {
        return understand(error, doing);
      }
    },
  };
}

/** Teams asks for a view of one's own only where a card is older than this. */
const REFRESH_AFTER_MS = 60_000;

/** What a desk card needs beside the referral: only an owner's own buttons need anything. */
export async function extrasFor(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { referral }: ReferralRecord,
  card: Reading,
): Promise<Extras> {
  const { owner, owner_tenant: tenant, status } = referral;
  if (owner === null || tenant === null || status === 'closed') return NO_EXTRAS;
  const key = { tenant, person: owner };
  const now = clock.now();
  const isShared = card.role === 'channel' && card.person === null;
  const isOld = card.posted_at != null && now - card.posted_at >= REFRESH_AFTER_MS;
  const needsIt = isShared && isOld && !(await hasOwnCard(store.db, referral));
  const teamsId = needsIt ? (await findPerson(store.db, key))?.teams_id : undefined;
  return {
    colleagues: card.person === owner ? await colleaguesFor(store.db, referral, key, now) : [],
    refreshFor: teamsId === undefined ? [] : [teamsId],
  };
}

async function mail(needs: Needs, card: CardRow, record: ReferralRecord | undefined): Promise<Sent> {
  if (needs.mailer === undefined) return { result: 'refused', reason: 'no email can be sent' };
  if (record === undefined || card.address === null) throw new Error('An email needs a referral and an address.');
  const sent = await needs.mailer.send(referralMail(needs, card, card.address, record));
  // An email is never updated: its id only says that it went.
  return sent.result === 'sent' ? { result: 'sent', conversation: 'email', activity: card.id } : sent;
}

/** A message that holds one card and nothing else: with text beside it, Teams would give no id to update it by. */
export function messageWith(card: Card): Partial<Activity> {
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
}

async function place(
  connector: Connector,
  card: CardRow,
  message: Partial<Activity>,
  patienceMs: number,
): Promise<Sent> {
  const options = { abortSignal: AbortSignal.timeout(patienceMs) };
  if (card.activity !== null && card.conversation !== null) {
    const update = { ...message, id: card.activity, conversation: conversation(card.conversation) };
    await connector.conversations.updateActivity(card.conversation, card.activity, update, options);
    return { result: 'sent', conversation: card.conversation, activity: card.activity };
  }
  if (card.channel !== null && card.conversation === null) {
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
  const chat = card.conversation ?? (await beginChat(connector, card, options));
  if (typeof chat !== 'string') return chat;
  const sent = await connector.conversations.sendToConversation(chat, message, options);
  if (!sent.id) return { result: 'uncertain', reason: 'Teams gave no id' };
  return { result: 'sent', conversation: chat, activity: sent.id };
}

/** The chat with a member of a team that the bot is in, or why there is none. Asking for it twice gives the same one. */
async function beginChat(
  connector: Connector,
  card: CardRow,
  options: { abortSignal: AbortSignal },
): Promise<string | Sent> {
  const none: Sent = { result: 'refused', reason: 'there is no chat with this person' };
  if (card.teams_id === null) return none;
  try {
    const chat = await connector.conversations.createConversation(
      {
        isGroup: false,
        bot: { id: card.bot_id, name: '' },
        members: [{ id: card.teams_id, name: '' }],
        tenantId: card.tenant,
        channelData: { tenant: { id: card.tenant } },
      } as Parameters<Connector['conversations']['createConversation']>[0],
      options,
    );
    return chat.id || none;
  } catch (error) {
    return understand(error, 'begin a chat');
  }
}

function conversation(id: string): Activity['conversation'] {
  return { id, isGroup: false, conversationType: 'personal', name: '' };
}

/** Only a message that is posted can come twice: the others are the same however often they are done. */
type Doing = 'post' | 'update' | 'begin a chat';

/**
 * What an error from the Bot Connector means for a card. Teams names 412, 429, 502, 503 and 504 as worth a retry, and
 * nothing else: 400, 401, 403, 404, 413 and 500 stay as they are.
 */
function understand(error: unknown, doing: Doing): Sent {
  if (error instanceof ForeignServiceUrlError) return { result: 'refused', reason: 'the service URL is not of Teams' };
  const { status, code, retryAfterMs: afterMs } = readError(error);
  const reason = status === undefined ? `no answer ${code ?? ''}`.trim() : `HTTP ${status} ${code ?? ''}`.trim();
  if (status === 429) return { result: 'retry', reason, afterMs, slowDown: true };
  if (status === 412) return { result: 'retry', reason, afterMs };
  if (status === undefined || status === 408 || status > 500) {
    // Without an answer, or with one from a gateway, a new message may have been posted all the same.
    const isDoubtful = doing === 'post' && (status !== undefined || mayHaveArrived(error));
    return { result: isDoubtful ? 'uncertain' : 'retry', reason, afterMs };
  }
  if (status === 500 && doing === 'post') return { result: 'unconfirmed', reason };
  if (status === 404 && doing === 'update') return { result: 'gone', reason };
  return { result: 'refused', reason };
}

type ConnectorError = {
  /** Absent where there was no answer. */
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterMs?: number;
};

function readError(error: unknown): ConnectorError {
  if (typeof error !== 'object' || error === null) return {};
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  const response = 'response' in error ? error.response : undefined;
  const code = 'code' in error ? codeIn(error.code) : undefined;
  return { status, code, retryAfterMs: waitAskedFor(headerOf(response, 'retry-after')) };
}

/** What `Retry-After` asks for, as seconds or as a moment. In milliseconds. */
function waitAskedFor(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return ms > 0 ? ms : undefined;
}

function headerOf(response: unknown, name: string): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = response.headers as { get?(name: string): string | undefined };
  return headers.get?.(name) ?? undefined;
}
