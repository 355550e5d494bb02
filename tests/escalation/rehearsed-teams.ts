import type { Messenger, Sent } from '../../src/escalation/deliveries.ts';
import type { ReferralRecord } from '../../src/store/referrals.ts';
import type { CardRow } from '../../src/store/schema.ts';

/** One attempt to show a card, as it reached Teams. A notice has no record. */
export type Attempt = { readonly card: CardRow; readonly record: ReferralRecord | undefined; readonly at: number };

/** What Teams does with a card in place of showing it. */
export type Trouble = (card: CardRow) => Sent | Promise<Sent | undefined> | undefined;

/** A Teams of a few lines that keeps its messages in memory, and fails as it is told to. */
export type RehearsedTeams = Messenger & {
  readonly attempts: Attempt[];
  /** By activity id, what each message shows. */
  readonly messages: Map<string, Attempt>;
  /** Until it is set again. `undefined` from the function, or no function, means that all goes well. */
  trouble: Trouble | undefined;
  /** The most that were on their way in one conversation at once. */
  readonly mostAtOnce: () => number;
};

export function rehearsedTeams(now: () => number): RehearsedTeams {
  const attempts: Attempt[] = [];
  const messages = new Map<string, Attempt>();
  const onTheirWay = new Map<string, number>();
  let most = 0;
  let posted = 0;

  const answer = async (attempt: Attempt): Promise<Sent> => {
    const { card } = attempt;
    const trouble = await teams.trouble?.(card);
    if (trouble !== undefined) return trouble;
    if (card.activity === null) {
      posted += 1;
      const activity = `posted-${posted}`;
      messages.set(activity, attempt);
      return { result: 'sent', conversation: card.conversation ?? `${card.channel};messageid=${posted}`, activity };
    }
    if (!messages.has(card.activity)) return { result: 'gone', reason: 'HTTP 404' };
    messages.set(card.activity, attempt);
    return { result: 'sent', conversation: card.conversation ?? '', activity: card.activity };
  };

  const teams: RehearsedTeams = {
    attempts,
    messages,
    trouble: undefined,
    mostAtOnce: () => most,
    async show(card, record) {
      const attempt = { card, record, at: now() };
      attempts.push(attempt);
      const here = (onTheirWay.get(card.lane) ?? 0) + 1;
      onTheirWay.set(card.lane, here);
      most = Math.max(most, here);
      try {
        return await answer(attempt);
      } finally {
        onTheirWay.set(card.lane, (onTheirWay.get(card.lane) ?? 1) - 1);
      }
    },
  };
  return teams;
}
