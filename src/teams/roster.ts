import { TeamsInfo } from 'botbuilder';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Clock } from '../escalation/clock.ts';
import type { PersonKey } from '../store/people.ts';
import type { TeamRow } from '../store/schema.ts';
import type { SignpostAdapter } from './adapter.ts';

/** Who is in a team, as Teams itself says: there is no second list that somebody could forget to change. */
export type Roster = {
  /**
   * Whether somebody is in one of these teams.
   * @throws RosterUnknownError where Teams does not say, and has not said so lately.
   */
  has(teams: readonly TeamRow[], key: PersonKey): Promise<boolean>;
  /**
   * Everybody who is in one of these teams of a tenant.
   * @throws RosterUnknownError where Teams does not say of one of them, and has not said so lately.
   */
  members(teams: readonly TeamRow[], tenant: string): Promise<Members>;
  /** A team has changed: whatever is known of it is asked for again. */
  forget(team: string): void;
};

/** Teams does not say who is in a team. */
export class RosterUnknownError extends Error {
  override readonly name = 'RosterUnknownError';
}

/** The AAD object ids of those in a team. */
export type Members = ReadonlySet<string>;

/** How long an answer of Teams is taken as true, in milliseconds. An event of the team ends it at once. */
const FRESH_MS = 2 * 60_000;
/** How old an answer may be that stands in while Teams does not answer. In milliseconds. */
const STANDS_IN_MS = 10 * 60_000;
/** How long Teams is left alone after it did not answer. In milliseconds. */
const REST_MS = 10_000;
const MOST_TEAMS = 500;

type Needs = {
  readonly read: (team: TeamRow) => Promise<Members>;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Keeps what Teams says for a short time. Those who ask for a team at once share one answer, and Teams is left alone
 * for a while when it fails: it takes only so many reads of a roster.
 */
export function createRoster({ read, clock, log }: Needs): Roster {
  const kept = { max: MOST_TEAMS, perf: clock, ttlResolution: 0 };
  const known = new LRUCache<string, { members: Members; readAt: number }>({ ...kept, ttl: STANDS_IN_MS });
  const failed = new LRUCache<string, true>({ ...kept, ttl: REST_MS });
  const reading = new Map<string, Promise<Members>>();

  async function readOnce(row: TeamRow): Promise<Members> {
    const { team } = row;
    const running = reading.get(team);
    if (running !== undefined) return running;
    if (failed.has(team)) throw new RosterUnknownError('Teams did not answer a moment ago.');
    const mine = read(row);
    reading.set(team, mine);
    try {
      const members = await mine;
      if (reading.get(team) === mine) known.set(team, { members, readAt: clock.now() });
      return members;
    } catch (error) {
      log.warn({ err: error, team }, 'Teams did not say who is in a team');
      failed.set(team, true);
      throw error;
    } finally {
      if (reading.get(team) === mine) reading.delete(team);
    }
  }

  async function membersOf(row: TeamRow): Promise<Members> {
    const fresh = known.get(row.team);
    if (fresh !== undefined && clock.now() - fresh.readAt < FRESH_MS) return fresh.members;
    try {
      return await readOnce(row);
    } catch {
      const older = known.get(row.team);
      if (older !== undefined) return older.members;
      throw new RosterUnknownError('Teams does not say who is in a team.');
    }
  }

  return {
    async has(teams, { tenant, person }) {
      const answers = await Promise.allSettled(teams.filter((team) => team.tenant === tenant).map(membersOf));
      if (answers.some((answer) => answer.status === 'fulfilled' && answer.value.has(person))) return true;
      const unknown = answers.find((answer) => answer.status === 'rejected');
      if (unknown !== undefined) throw unknown.reason;
      return false;
    },
    async members(teams, tenant) {
      const all = await Promise.all(teams.filter((team) => team.tenant === tenant).map(membersOf));
      return new Set(all.flatMap((members) => [...members]));
    },
    forget(team) {
      known.delete(team);
      failed.delete(team);
      // Whoever asks from now on does not share an answer that was given before the change.
      reading.delete(team);
    },
  };
}

/** The most that Teams gives at once. */
const PAGE = 500;
/** How long Teams may take, in milliseconds: somebody waits for a page. */
const PATIENCE_MS = 5_000;

/** Reads everybody in a team, outside a turn. */
export function readMembers(adapter: SignpostAdapter): (team: TeamRow) => Promise<Members> {
  return (team) => within(PATIENCE_MS, allMembers(adapter, team));
}

async function allMembers(adapter: SignpostAdapter, { team, tenant, service_url, bot_id }: TeamRow): Promise<Members> {
  const reference = {
    serviceUrl: service_url,
    channelId: 'msteams',
    bot: { id: bot_id, name: '' },
    conversation: { id: team, isGroup: true, conversationType: 'channel', name: '', tenantId: tenant },
  };
  const found = new Set<string>();
  await adapter.inConversation(reference, async (context) => {
    let next: string | undefined;
    do {
      const page = await TeamsInfo.getPagedTeamMembers(context, team, PAGE, next);
      for (const { aadObjectId } of page.members) if (aadObjectId) found.add(aadObjectId);
      next = page.continuationToken || undefined;
    } while (next !== undefined);
  });
  return found;
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new RosterUnknownError(`Teams did not answer within ${ms} ms.`)), ms);
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
