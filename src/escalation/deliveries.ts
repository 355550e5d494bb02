import type { Logger } from 'pino';
import { freeLeases, readCard, takeDueCards, updateCard, wantCards } from '../store/cards.ts';
import { forgetMessagesBefore } from '../store/people.ts';
import { appendAudit, dueForNextStep, lockReferral, type ReferralRecord, readReferral } from '../store/referrals.ts';
import type { CardRow } from '../store/schema.ts';
import type { Queries, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { escalateFurther, type SafeguardingTeams } from './routes.ts';

/** What came of trying to show a card. */
export type Sent =
  | { readonly result: 'sent'; readonly conversation: string; readonly activity: string }
  /** It did not arrive, and may if it is tried again. */
  | { readonly result: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** It may have arrived: Teams has no way to ask. */
  | { readonly result: 'uncertain'; readonly reason: string }
  /** The message to update is not there any more. */
  | { readonly result: 'gone'; readonly reason: string }
  /** It cannot arrive: the person has blocked the bot, or the card is refused. */
  | { readonly result: 'refused'; readonly reason: string };

/** Draws a card and puts it where it belongs: posts it if it has no message yet, else updates that message. */
export type Messenger = { show(card: CardRow, record: ReferralRecord): Promise<Sent> };

export type Worker = {
  /** Begins to look for work, at once and then every second. */
  start(): Promise<void>;
  /** Something may be due now. */
  wake(): void;
  /** Finishes what is in hand and stops. */
  stop(): Promise<void>;
  /** The moment of the last whole look, by the system's clock; for health checks. */
  lastPass(): number;
};

type Needs = {
  readonly store: Store;
  readonly clock: Clock;
  readonly teams: SafeguardingTeams;
  readonly messenger: Messenger;
  readonly log: Logger;
  /** How often to look when nobody wakes it, in milliseconds. */
  readonly everyMs?: number;
};

const BATCH = 20;
/** Longer than any send may take. */
const LEASE_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const MESSAGES_KEPT_MS = 24 * 60 * 60_000;
const FORGET_EVERY_MS = 60 * 60_000;

/**
 * The worker makes the world match the register: each due card is shown, each due step of a route is taken.
 * It holds no queue of its own, so that a restart loses nothing.
 */
export function createWorker({ store, clock, teams, messenger, log, everyMs = 1_000 }: Needs): Worker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let lastPass = 0;
  let forgetAt = 0;

  const look = async (): Promise<void> => {
    const now = clock.now();
    for (const reference of await dueForNextStep(store.db, now, BATCH)) {
      // One referral that cannot go on must not hold up the others.
      await takeDueStep(reference).catch((error: unknown) => log.error({ err: error, reference }, 'a step failed'));
    }
    for (;;) {
      const due = await takeDueCards(store, clock.now(), clock.now() + LEASE_MS, BATCH);
      await Promise.all(due.map(showOne));
      if (due.length === 0 || stopped) break;
    }
    if (now >= forgetAt) {
      await forgetMessagesBefore(store.db, now - MESSAGES_KEPT_MS);
      forgetAt = now + FORGET_EVERY_MS;
    }
    lastPass = Date.now();
  };

  const takeDueStep = (reference: string): Promise<void> =>
    store.transaction(async (tx) => {
      const referral = await lockReferral(tx, store, reference);
      // Somebody may have acknowledged since.
      if (referral === undefined || referral.next_step_at === null || referral.next_step_at > clock.now()) return;
      await escalateFurther(tx, referral, teams, clock.now(), 'not-acknowledged');
    });

  const showOne = async (card: CardRow): Promise<void> => {
    try {
      const record = await readReferral(store.db, card.referral);
      if (record === undefined) return;
      const sent = await messenger.show(card, record);
      await store.transaction((tx) => writeDown(tx, card, sent));
      if (sent.result !== 'sent')
        log.warn({ card: card.id, result: sent.result, reason: sent.reason }, 'card not shown');
    } catch (error) {
      // One card that cannot be drawn must not hold up the others: it waits and is tried again.
      log.error({ card: card.id, err: error }, 'card failed');
      await store.transaction((tx) => writeDown(tx, card, { result: 'retry', reason: 'the card could not be drawn' }));
    }
  };

  const writeDown = async (tx: Queries, card: CardRow, sent: Sent): Promise<void> => {
    const now = clock.now();
    const latest = (await readCard(tx, card.id)) ?? card;
    const isNew = card.activity === null;
    switch (sent.result) {
      case 'sent': {
        await updateCard(tx, card.id, {
          shown: card.wanted,
          state: 'delivered',
          conversation: sent.conversation,
          activity: sent.activity,
          attempts: 0,
          last_error: null,
          lease_until: 0,
          due_at: latest.wanted > card.wanted ? now : null,
          delivered_at: card.delivered_at ?? now,
        });
        if (isNew) await tellReporter(tx, card, 'delivered', now);
        return;
      }
      case 'retry': {
        await updateCard(tx, card.id, {
          state: isNew ? 'waiting' : card.state,
          attempts: card.attempts + 1,
          last_error: sent.reason,
          lease_until: 0,
          due_at: now + (sent.afterMs ?? waitAfter(card.attempts)),
        });
        return;
      }
      case 'uncertain': {
        await updateCard(tx, card.id, {
          state: isNew ? 'uncertain' : card.state,
          possible_duplicate: isNew ? 1 : card.possible_duplicate,
          attempts: card.attempts + 1,
          last_error: sent.reason,
          lease_until: 0,
          due_at: now + waitAfter(card.attempts),
        });
        if (isNew && card.possible_duplicate === 0) await tellReporter(tx, card, 'uncertain', now);
        return;
      }
      case 'gone': {
        await updateCard(tx, card.id, {
          state: 'waiting',
          activity: null,
          conversation: card.role === 'channel' ? null : card.conversation,
          last_error: sent.reason,
          lease_until: 0,
          due_at: now,
        });
        return;
      }
      case 'refused': {
        await updateCard(tx, card.id, { state: 'failed', last_error: sent.reason, lease_until: 0, due_at: null });
        await tellReporter(tx, card, 'not-delivered', now);
        await goOnIfNobodyIsReached(tx, card.referral, now);
        return;
      }
    }
  };

  /** Records what became of a card that somebody else was to get, and lets the reporter's card say so. */
  const tellReporter = async (tx: Queries, card: CardRow, kind: string, now: number): Promise<void> => {
    if (card.role === 'reporter') return;
    await appendAudit(tx, card.referral, { kind, at: now, details: { role: card.role, place: card.place_name } });
    await wantCards(tx, card.referral, now, 'reporter');
  };

  const goOnIfNobodyIsReached = async (tx: Queries, reference: string, now: number): Promise<void> => {
    const referral = await lockReferral(tx, store, reference);
    const record = await readReferral(tx, reference);
    if (referral === undefined || record === undefined || referral.next_step_at === null) return;
    const living = record.cards.some((card) => card.role !== 'reporter' && card.state !== 'failed');
    if (!living) await escalateFurther(tx, referral, teams, now, 'nobody-reached');
  };

  const pass = (): void => {
    if (stopped) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    running = look()
      .catch((error: unknown) => log.error({ err: error }, 'the worker could not finish a pass'))
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          pass();
        }
      });
  };

  return {
    async start() {
      // On SQLite no other server can hold a lease; on PostgreSQL the others' leases run out by themselves.
      if (store.dialect === 'sqlite') await freeLeases(store.db);
      stopped = false;
      timer = setInterval(pass, everyMs);
      pass();
    },
    wake: pass,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
    lastPass: () => lastPass,
  };
}

/** 1 s, 2 s, 4 s … up to a minute. */
function waitAfter(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 10));
}
