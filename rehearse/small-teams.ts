import type { Messenger, Sent } from '../src/escalation/deliveries.ts';
import type { ReferralRecord } from '../src/store/referrals.ts';
import type { CardRow } from '../src/store/schema.ts';

/** What one message of the small Teams shows. */
export type Shown = {
  readonly activity: string;
  /** Absent for a message that the bot has not written to yet. */
  readonly card: CardRow | undefined;
  readonly record: ReferralRecord | undefined;
  /** How often it was written. */
  readonly writes: number;
};

export const MISHAPS = [
  '429',
  '502-before',
  '502-after',
  'no-answer-after',
  '403',
  '404-update',
  'undrawable',
] as const;
export type Mishap = (typeof MISHAPS)[number];

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
  #posted = 0;

  goWrong(lane: string, mishap: Mishap, times: number): void {
    this.#mishaps.set(lane, [...(this.#mishaps.get(lane) ?? []), ...Array<Mishap>(times).fill(mishap)]);
  }

  calm(): void {
    this.#mishaps.clear();
    this.closed.clear();
  }

  /** @param alive Whether the server that sends has not been killed. */
  messenger(alive: () => boolean): Messenger {
    return {
      show: async (card, record) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (!alive()) return never();
        const mishap = this.#mishaps.get(card.lane)?.shift();
        if (mishap === 'undrawable') throw new Error('This card cannot be drawn.');
        const sent = this.#answer(card, record, mishap);
        await new Promise((resolve) => setImmediate(resolve));
        return alive() ? sent : never();
      },
    };
  }

  #answer(card: CardRow, record: ReferralRecord | undefined, mishap: Mishap | undefined): Sent {
    const isNew = card.activity === null;
    if (this.closed.has(card.lane)) return { result: 'refused', reason: 'HTTP 403' };
    switch (mishap) {
      case '429':
        return { result: 'retry', reason: 'HTTP 429', afterMs: 5_000, slowDown: true };
      case '403':
        return { result: 'refused', reason: 'HTTP 403' };
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
    const known = card.activity === null ? undefined : this.messages.get(card.activity);
    if (card.activity !== null && known === undefined) return { result: 'gone', reason: 'HTTP 404' };
    this.#posted += known === undefined ? 1 : 0;
    const activity = known?.activity ?? `message ${this.#posted}`;
    this.messages.set(activity, { activity, card, record, writes: (known?.writes ?? 0) + 1 });
    return { result: 'sent', conversation: card.conversation ?? `${card.lane};messageid=${activity}`, activity };
  }

  /** A message that is there before the bot writes to it: the form that Send is pressed on. */
  holdsForm(activity: string): void {
    if (!this.messages.has(activity)) {
      this.messages.set(activity, { activity, card: undefined, record: undefined, writes: 0 });
    }
  }
}

/** A killed server never hears the answer. */
function never(): Promise<Sent> {
  return new Promise(() => undefined);
}
