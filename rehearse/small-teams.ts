import type { Messenger, Sent } from '../src/escalation/deliveries.ts';
import type { ReferralRecord } from '../src/store/referrals.ts';
import type { CardRow } from '../src/store/schema.ts';

/** What one message of the small Teams shows. */
export type Shown = {
  readonly activity: string;
  /** Absent for a message that the bot has not written to yet. */
  readonly card: CardRow | undefined;
  readonly record: ReferralRecord | undefined;
};

export const MISHAPS = [
  '412',
  '429',
  '429-at-some-time',
  '500-before',
  '500-after',
  '502-before',
  '502-after',
  'no-answer-after',
  '403',
  '404-update',
  'slow',
  'undrawable',
] as const;
export type Mishap = (typeof MISHAPS)[number];

/** What Teams knows of one card, whatever the register says of it. */
export type Known = {
  /** The activities of the messages that it was posted in, oldest first. */
  readonly messages: string[];
  /** Whether a server was told that a message of it is there. */
  confirmed: boolean;
  /** Whether a send of it may have been posted without a server's knowing. */
  ambiguous: boolean;
  /** How often it could not be drawn. */
  undrawn: number;
  /** The last answer to it. */
  last: Sent['result'] | undefined;
};

/** How many turns a slow answer takes longer. */
const SLOW_TURNS = 12;

/**
 * A Teams of a few lines that keeps its messages in memory and outlives the servers that write to it. It fails as it
 * is told to, and it breaks off what a server was sending when that server is killed.
 */
export class SmallTeams {
  readonly messages = new Map<string, Shown>();
  /** What goes wrong next in a conversation, first to last. */
  readonly #mishaps = new Map<string, Mishap[]>();
  /** Conversations that do not exist, or whose person has blocked the bot. */
  readonly closed = new Set<string>();
  /** How often a server tried to show something. */
  attempts = 0;
  readonly #known = new Map<string, Known>();
  #posted = 0;

  goWrong(lane: string, mishap: Mishap, times: number): void {
    this.#mishaps.set(lane, [...(this.#mishaps.get(lane) ?? []), ...Array<Mishap>(times).fill(mishap)]);
  }

  calm(): void {
    this.#mishaps.clear();
    this.closed.clear();
  }

  /** What is known here of a card, by its id. */
  of(card: string): Known {
    const known: Known = this.#known.get(card) ?? {
      messages: [],
      confirmed: false,
      ambiguous: false,
      undrawn: 0,
      last: undefined,
    };
    this.#known.set(card, known);
    return known;
  }

  /** @param alive Whether the server that sends has not been killed. */
  messenger(alive: () => boolean): Messenger {
    return {
      show: async (card, record) => {
        await turns(1);
        if (!alive()) return never();
        this.attempts += 1;
        const known = this.of(card.id);
        const mishap = this.#mishaps.get(card.lane)?.shift();
        if (mishap === 'undrawable') {
          known.undrawn += 1;
          throw new Error('This card cannot be drawn.');
        }
        const sent = this.#answer(card, record, mishap);
        await turns(mishap === 'slow' ? SLOW_TURNS : 1);
        if (!alive()) return never();
        known.last = sent.result;
        if (sent.result === 'sent') known.confirmed = true;
        if (sent.result === 'uncertain' || sent.result === 'unconfirmed') known.ambiguous = true;
        return sent;
      },
    };
  }

  /** As the messenger understands what Teams answers: only a message that is posted can come twice. */
  #answer(card: CardRow, record: ReferralRecord | undefined, mishap: Mishap | undefined): Sent {
    const isNew = card.activity === null;
    if (this.closed.has(card.lane)) return { result: 'refused', reason: 'HTTP 403' };
    switch (mishap) {
      case '412':
        return { result: 'retry', reason: 'HTTP 412' };
      case '429':
        return { result: 'retry', reason: 'HTTP 429', slowDown: true };
      case '429-at-some-time':
        return { result: 'retry', reason: 'HTTP 429', afterMs: 5_000, slowDown: true };
      case '403':
        return { result: 'refused', reason: 'HTTP 403' };
      case '500-before':
        return { result: isNew ? 'unconfirmed' : 'refused', reason: 'HTTP 500' };
      case '500-after':
        this.#write(card, record);
        return { result: isNew ? 'unconfirmed' : 'refused', reason: 'HTTP 500' };
      case '502-before':
        return { result: isNew ? 'uncertain' : 'retry', reason: 'HTTP 502' };
      case '502-after':
      case 'no-answer-after':
        this.#write(card, record);
        return { result: isNew ? 'uncertain' : 'retry', reason: mishap };
      case '404-update':
        if (!isNew) return { result: 'gone', reason: 'HTTP 404' };
        return this.#write(card, record);
      default:
        return this.#write(card, record);
    }
  }

  #write(card: CardRow, record: ReferralRecord | undefined): Sent {
    const old = card.activity === null ? undefined : this.messages.get(card.activity);
    if (card.activity !== null && old === undefined) return { result: 'gone', reason: 'HTTP 404' };
    this.#posted += old === undefined ? 1 : 0;
    const activity = old?.activity ?? `message ${this.#posted}`;
    this.messages.set(activity, { activity, card, record });
    const { messages } = this.of(card.id);
    if (!messages.includes(activity)) messages.push(activity);
    return { result: 'sent', conversation: card.conversation ?? `${card.lane};messageid=${activity}`, activity };
  }

  /** A message that is there before the bot writes to it: the form that Send is pressed on. */
  holdsForm(activity: string): void {
    if (!this.messages.has(activity)) this.messages.set(activity, { activity, card: undefined, record: undefined });
  }
}

async function turns(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A killed server never hears the answer. */
function never(): Promise<Sent> {
  return new Promise(() => undefined);
}
