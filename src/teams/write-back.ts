import { setTimeout as wait } from 'node:timers/promises';
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
  /**
   * Holds back what waits to be written over a message, once nothing is on its way: somebody has pressed on it, and
   * looks at the answer from now on. `soon`, `release` or `resume` follows.
   */
  hold(place: Place): Promise<void>;
  /** The press changed nothing of the card: what was held back is written after all. */
  resume(place: Place): void;
  /**
   * Writes a card over its message soon; a later card for the same message takes its place. A card with inputs is never
   * written: it would take away what somebody has begun to type. What waits for the message is dropped all the same.
   */
  soon(place: Place, card: Card): void;
  /**
   * Forgets what was to be written over a message, once nothing is on its way or that takes too long: somebody else
   * draws it now.
   */
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

/** How long a press waits at most for what is on its way to its message, in milliseconds: Teams waits for the press. */
const ON_ITS_WAY_MS = 2_000;

type Pending = {
  readonly place: Place;
  card: Card | undefined;
  timer?: NodeJS.Timeout;
  writing?: Promise<void>;
  /** Ends with `writing`, or once a press has waited for that as long as it may. */
  waited?: Promise<void>;
};

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
      later(key, entry);
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
    entry.waited = undefined;
    return entry.writing;
  };

  const later = (key: string, entry: Pending): void => {
    entry.timer ??= setTimeout(() => void begin(key, entry), AFTER_MS);
  };

  const stop = (entry: Pending): void => {
    clearTimeout(entry.timer);
    entry.timer = undefined;
  };

  /** A press is answered, and what it raises is recorded, although Teams hangs. */
  const onItsWay = (entry: Pending): Promise<void> => {
    entry.waited ??= Promise.race([entry.writing, wait(ON_ITS_WAY_MS, undefined, { ref: false })]);
    return entry.waited;
  };

  return {
    async hold(place) {
      const entry = pending.get(keyOf(place));
      if (entry === undefined) return;
      stop(entry);
      await onItsWay(entry);
      // Where Teams left no room for it, it has been put off meanwhile.
      stop(entry);
    },
    resume(place) {
      const key = keyOf(place);
      const entry = pending.get(key);
      if (entry?.card !== undefined) later(key, entry);
    },
    soon(place, card) {
      const key = keyOf(place);
      const entry: Pending = pending.get(key) ?? { place, card };
      if (hasInputs(card)) {
        stop(entry);
        pending.delete(key);
        return;
      }
      entry.card = card;
      pending.set(key, entry);
      later(key, entry);
    },
    async release(place) {
      const entry = pending.get(keyOf(place));
      if (entry === undefined) return;
      stop(entry);
      entry.card = undefined;
      await onItsWay(entry);
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

/** Whether something can be typed or chosen on a card. */
function hasInputs(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasInputs);
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && typeof node.type === 'string' && node.type.startsWith('Input.')) return true;
  return Object.values(node).some(hasInputs);
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : undefined;
}
