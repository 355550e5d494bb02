import type { ConversationReference } from 'botbuilder';
import type { Logger } from 'pino';
import type { Clock } from '../escalation/clock.ts';
import type { Pace } from '../escalation/rates.ts';
import type { SignpostAdapter } from './adapter.ts';
import type { Card } from './cards.ts';
import { messageWith } from './messenger.ts';

/** A message that a card stands in. */
export type Place = { readonly reference: Partial<ConversationReference>; readonly activity: string };

export type WriteBack = {
  /** Writes a card over its message soon; a later card for the same message takes its place. */
  soon(place: Place, card: Card): void;
  /** Forgets what was to be written over a message, once nothing is on its way: somebody else draws it now. */
  release(place: Place): Promise<void>;
  /** Writes all that is left. */
  finish(): Promise<void>;
};

type Needs = {
  readonly adapter: SignpostAdapter;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Long enough that quick presses make one update, short enough that nobody reopens the chat before. */
const AFTER_MS = 1_500;

type Pending = { readonly place: Place; card: Card | undefined; timer?: NodeJS.Timeout; writing?: Promise<void> };

/**
 * Teams may show the posted card again when a chat is reopened, undoing the answer to a press. So the answer is also
 * written over the message, after it was given. A walk needs nothing kept, so a write that is lost costs nothing.
 */
export function createWriteBack({ adapter, pace, clock, log }: Needs): WriteBack {
  const pending = new Map<string, Pending>();
  let finishing = false;
  const keyOf = (place: Place): string => `${place.reference.conversation?.id} ${place.activity}`;

  const write = async (key: string, entry: Pending): Promise<void> => {
    const { card, place } = entry;
    entry.timer = undefined;
    entry.card = undefined;
    if (card === undefined) return;
    const conversation = place.reference.conversation?.id ?? '';
    const tenant = place.reference.conversation?.tenantId ?? '';
    // What matters more goes first: a write-back that Teams would not allow now is made later.
    if (pace.nextUnasked(conversation, tenant, clock.now()) > clock.now() && !finishing) {
      entry.card = card;
      entry.timer = setTimeout(() => void begin(key, entry), AFTER_MS);
      return;
    }
    const arrived = pace.begin(conversation, tenant);
    try {
      await adapter.inConversation(place.reference, async (context) => {
        await context.updateActivity({ ...messageWith(card), id: place.activity });
      });
    } catch (error) {
      log.info({ status: statusOf(error) }, 'a card was not written back');
    }
    arrived(clock.now());
    if (entry.timer === undefined && pending.get(key) === entry) pending.delete(key);
  };

  const begin = (key: string, entry: Pending): Promise<void> => {
    // One write at a time for each message, so that an older card never lands last.
    entry.writing = (entry.writing ?? Promise.resolve()).then(() => write(key, entry));
    return entry.writing;
  };

  return {
    soon(place, card) {
      const key = keyOf(place);
      const entry: Pending = pending.get(key) ?? { place, card };
      entry.card = card;
      pending.set(key, entry);
      entry.timer ??= setTimeout(() => void begin(key, entry), AFTER_MS);
    },
    async release(place) {
      const entry = pending.get(keyOf(place));
      if (entry === undefined) return;
      clearTimeout(entry.timer);
      entry.timer = undefined;
      entry.card = undefined;
      await entry.writing;
      pending.delete(keyOf(place));
    },
    async finish() {
      finishing = true;
      await Promise.all(
        [...pending].map(([key, entry]) => {
          clearTimeout(entry.timer);
          return begin(key, entry);
        }),
      );
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : undefined;
}
