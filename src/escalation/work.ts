import type { Seal } from '../store/seal.ts';
import type { Queries, Store } from '../store/store.ts';
import type { TeamGroups } from '../store/teams.ts';
import type { Clock } from './clock.ts';

/** The group ids of the teams that may receive an organisation's referrals. */
export type SafeguardingTeams = (organisation: string) => TeamGroups;

/** What the whole engine stands on. */
export type Engine = {
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: Seal;
  readonly teams: SafeguardingTeams;
  /** Whether emails can be sent. */
  readonly mails: boolean;
  /** Called after each commit that owes something. */
  readonly wake: () => void;
};

/** One transaction of the engine, at one moment. */
export type Work = Pick<Engine, 'store' | 'seal' | 'teams' | 'mails'> & {
  readonly tx: Queries;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** Runs work in one transaction, and wakes the worker when it is committed. */
export async function inOneTransaction<T>(engine: Engine, work: (context: Work) => Promise<T>): Promise<T> {
  const { store, seal, teams, mails } = engine;
  const result = await store.transaction((tx) => work({ tx, now: engine.clock.now(), store, seal, teams, mails }));
  engine.wake();
  return result;
}
