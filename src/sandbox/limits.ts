import type { BotCall } from './bot-calls.ts';

/** At most so many calls in so many milliseconds. */
type Window = { readonly calls: number; readonly ms: number };

const SENDS: readonly Window[] = [
  { calls: 7, ms: 1_000 },
  { calls: 8, ms: 2_000 },
  { calls: 60, ms: 30_000 },
  { calls: 1_800, ms: 3_600_000 },
];

const ROSTER_READS: readonly Window[] = [
  { calls: 14, ms: 1_000 },
  { calls: 16, ms: 2_000 },
  { calls: 120, ms: 30_000 },
  { calls: 3_600, ms: 3_600_000 },
];

const TENANT: readonly Window[] = [{ calls: 50, ms: 1_000 }];

export type LimitName = 'sends' | 'roster' | 'tenant';

/** A call that was refused because it broke a limit. */
export type Refused = {
  /** Epoch milliseconds, by the sandbox's clock. */
  readonly at: number;
  readonly limit: LimitName;
  readonly kind: BotCall['kind'];
  readonly conversation?: string;
};

/** What a rehearsal can assert about the limits. */
export type LimitsState = {
  readonly on: boolean;
  /** How many calls were refused, by the limit that they broke. */
  readonly refused: Readonly<Record<LimitName, number>>;
  /** The last 100 of them, oldest first. */
  readonly last: readonly Refused[];
};

export type Limits = {
  /** Counts a call. @returns how many milliseconds too early it came, where a limit refuses it: it is not counted. */
  admit(call: BotCall): number | undefined;
  /** How long until the bot may send to a conversation again, in milliseconds; 0 when it may now. */
  untilNextSend(conversation: string): number;
  state(): LimitsState;
};

const REMEMBERED = 100;

/** Teams' limits for one bot, in sliding windows. A channel and its reply chains are one thread. */
export function createLimits(now: () => number, on = true): Limits {
  const meters = new Map<string, number[]>();
  const refused = { sends: 0, roster: 0, tenant: 0 };
  const last: Refused[] = [];
  return {
    admit(call) {
      if (!on) return undefined;
      const at = now();
      const rules = rulesFor(call);
      let wait = 0;
      for (const { limit, key, windows } of rules) {
        const early = tooEarly(meters.get(key) ?? [], windows, at);
        if (early === 0) continue;
        wait = Math.max(wait, early);
        refused[limit] += 1;
        last.push({ at, limit, kind: call.kind, conversation: call.conversation });
        if (last.length > REMEMBERED) last.shift();
      }
      if (wait > 0) return wait;
      for (const { key, windows } of rules) meters.set(key, counted(meters.get(key) ?? [], windows, at));
      return undefined;
    },
    untilNextSend: (conversation) => (on ? tooEarly(meters.get(`sends ${conversation}`) ?? [], SENDS, now()) : 0),
    state: () => ({ on, refused: { ...refused }, last: [...last] }),
  };
}

type Rule = { readonly limit: LimitName; readonly key: string; readonly windows: readonly Window[] };

function rulesFor({ kind, conversation, writes }: BotCall): readonly Rule[] {
  const rules: Rule[] = [{ limit: 'tenant', key: 'tenant', windows: TENANT }];
  if (writes) rules.push({ limit: 'sends', key: `sends ${conversation}`, windows: SENDS });
  if (kind === 'roster') rules.push({ limit: 'roster', key: `roster ${conversation}`, windows: ROSTER_READS });
  return rules;
}

/** How long until one more call fits into every window; 0 when it does now. `calls` are moments, oldest first. */
function tooEarly(calls: readonly number[], windows: readonly Window[], now: number): number {
  const waits = windows.map((window) => {
    const oldest = calls.at(-window.calls);
    return oldest === undefined ? 0 : Math.max(0, oldest + window.ms - now);
  });
  return Math.max(...waits);
}

/** Keeps as many moments as the largest window counts, and drops the older ones now and then. */
function counted(calls: number[], windows: readonly Window[], now: number): number[] {
  const most = Math.max(...windows.map((window) => window.calls));
  calls.push(now);
  return calls.length > most * 2 ? calls.slice(-most) : calls;
}
