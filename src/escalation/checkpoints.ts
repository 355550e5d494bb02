import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { checkpointValue, lastCheckpoint, makeCheckpoints } from '../store/checkpoints.ts';
import { finishChore, takeChore } from '../store/chores.ts';
import type { Engine } from './work.ts';

const MINUTE_MS = 60_000;
const LEASE_MS = 5 * MINUTE_MS;
const EVERY_MS = 60 * MINUTE_MS;

/** Signs what the audits of all referrals have come to: when a server starts and once an hour, one server only. */
export type Checkpointer = {
  /** @param at Epoch milliseconds. */
  pass(at: number): Promise<void>;
};

export function createCheckpointer({ store, seal }: Engine, log: Logger): Checkpointer {
  const chore = { name: 'checkpoint', holder: randomUUID() };
  let lookAt = 0;
  return {
    async pass(at) {
      if (at < lookAt) return;
      lookAt = at + EVERY_MS;
      if (!(await takeChore(store, chore, { at, until: at + LEASE_MS }))) return;
      const made = await makeCheckpoints(store, seal, at);
      await finishChore(store.db, chore, at + EVERY_MS);
      if (made === 0) return;
      const last = await lastCheckpoint(store.db);
      // The log is outside the register: whoever rewrites the one does not reach the other.
      if (last !== undefined) log.info({ checkpoint: checkpointValue(last) }, 'the audits were signed');
    },
  };
}
