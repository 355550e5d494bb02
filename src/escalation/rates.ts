import { LRUCache } from 'lru-cache';

/** So many in so long: a sliding window. */
type Limit = { readonly most: number; readonly inMs: number };

/** What Teams allows a bot in one conversation, a channel with its threads counting as one. */
export const PER_CONVERSATION: readonly Limit[] = [
  { most: 7, inMs: 1_000 },
  { most: 8, inMs: 2_000 },
  { most: 60, inMs: 30_000 },
  { most: 1_800, inMs: 3_600_000 },
];

/** What Teams allows a bot in one tenant, over a little longer, since messages do not all travel at one speed. */
export const PER_TENANT: readonly Limit[] = [{ most: 50, inMs: 1_100 }];

/** Moments at which something was sent, oldest first, as far back as the longest limit looks. */
export type Sends = readonly number[];

/** Servers' clocks differ a little. What is further ahead was sent before the clock was set back. In milliseconds. */
const AHEAD_MS = 60_000;

/** A clock that is set back by an hour must not keep a conversation silent for one. */
function untilNow(sends: Sends, now: number): Sends {
  return (sends.at(-1) ?? 0) > now + AHEAD_MS ? sends.filter((at) => at <= now + AHEAD_MS) : sends;
}

/** The first moment, from `now` on, at which one more is within all limits. */
export function nextAllowed(all: Sends, now: number, limits: readonly Limit[]): number {
  const sends = untilNow(all, now);
  let allowed = now;
  for (const { most, inMs } of limits) {
    const oldest = sends.at(-most);
    // The window is half open: what was sent exactly its length ago has left it.
    if (sends.length >= most && oldest !== undefined) allowed = Math.max(allowed, oldest + inMs);
  }
  return allowed;
}

/** How many more are within all limits at a moment. */
export function roomFor(all: Sends, now: number, limits: readonly Limit[]): number {
  const sends = untilNow(all, now);
  return Math.min(...limits.map(({ most, inMs }) => most - sends.filter((at) => at > now - inMs).length));
}

/** Adds a moment and forgets those that no limit looks at any more. */
export function remember(sends: Sends, at: number, limits: readonly Limit[]): Sends {
  const longest = Math.max(...limits.map(({ inMs }) => inMs));
  const most = Math.max(...limits.map((limit) => limit.most));
  return [...untilNow(sends, at).filter((one) => one > at - longest), at].sort((a, b) => a - b).slice(-most);
}

/** Keeps a server within the limits of Teams: what was sent, and when the next may go. */
export type Pace = {
  /** The first moment at which an answer may go to a conversation of a tenant. */
  next(conversation: string, tenant: string, now: number): number;
  /** The same for what nobody waits for with their eyes on the chat: it leaves some room for answers. */
  nextUnasked(conversation: string, tenant: string, now: number): number;
  /** How many messages may go to a tenant now, beside the room that is left for answers. */
  room(tenant: string, now: number): number;
  /** A message sets out. @returns to be called when it has arrived, or may have; with nothing if none was sent. */
  begin(conversation: string, tenant: string): (now?: number) => void;
  /** What was sent in a conversation lately, to be kept beside it. */
  of(conversation: string): Sends;
  /** What another server, or an earlier one, sent in a conversation. */
  learn(conversation: string, sends: Sends): void;
  /** How many servers share what the tenant may be sent. */
  share(servers: number): void;
};

/** Conversations that are remembered at once. One that is forgotten was quiet for long, or is read back from the store. */
const REMEMBERED = 20_000;

/** Of what a tenant may be sent, so much is kept for answers to what people type. */
const FOR_ANSWERS = 5;
/** How soon to look again while as many are on their way as may go at all, in milliseconds. */
const SOON_MS = 50;

/** What a tenant was sent lately, and how many messages to it are on their way. */
type TenantSends = { readonly sends: Sends; readonly onTheirWay: number };

export function createPace(): Pace {
  const conversations = new LRUCache<string, Sends>({ max: REMEMBERED });
  const tenants = new Map<string, TenantSends>();
  let perTenant = PER_TENANT;
  const of = (conversation: string): Sends => conversations.get(conversation) ?? [];
  const ofTenant = (tenant: string): TenantSends => tenants.get(tenant) ?? { sends: [], onTheirWay: 0 };
  /** What is on its way counts, whenever it arrives. */
  const left = (onTheirWay: number): Limit[] => perTenant.map(({ most, inMs }) => ({ most: most - onTheirWay, inMs }));
  const next = (conversation: string, tenant: string, now: number, kept: number): number => {
    const { sends, onTheirWay } = ofTenant(tenant);
    const limits = left(onTheirWay + kept);
    if (limits.some(({ most }) => most <= 0)) return now + SOON_MS;
    return Math.max(nextAllowed(of(conversation), now, PER_CONVERSATION), nextAllowed(sends, now, limits));
  };
  return {
    next: (conversation, tenant, now) => next(conversation, tenant, now, 0),
    nextUnasked: (conversation, tenant, now) => next(conversation, tenant, now, FOR_ANSWERS),
    room(tenant, now) {
      const { sends, onTheirWay } = ofTenant(tenant);
      return roomFor(sends, now, left(onTheirWay + FOR_ANSWERS));
    },
    begin(conversation, tenant) {
      const before = ofTenant(tenant);
      tenants.set(tenant, { ...before, onTheirWay: before.onTheirWay + 1 });
      // By the time of arrival: a window that began earlier than Teams counts it would end too early.
      return (arrived) => {
        const { sends, onTheirWay } = ofTenant(tenant);
        const all = arrived === undefined ? sends : remember(sends, arrived, PER_TENANT);
        tenants.set(tenant, { sends: all, onTheirWay: onTheirWay - 1 });
        if (arrived !== undefined)
          conversations.set(conversation, remember(of(conversation), arrived, PER_CONVERSATION));
      };
    },
    of,
    learn(conversation, sends) {
      conversations.set(conversation, both(of(conversation), sends));
    },
    share(servers) {
      const parts = Math.max(1, servers);
      perTenant = PER_TENANT.map(({ most, inMs }) => ({ most: Math.max(1, Math.floor(most / parts)), inMs }));
    },
  };
}

/** What two servers know of one conversation. What both know counts once; two messages of one moment are two. */
function both(one: Sends, other: Sends): Sends {
  const known = Map.groupBy(one, (at) => at);
  const seen = new Map<number, number>();
  const news = other.filter((at) => {
    const count = (seen.get(at) ?? 0) + 1;
    seen.set(at, count);
    return count > (known.get(at)?.length ?? 0);
  });
  return [...one, ...news].sort((a, b) => a - b);
}
