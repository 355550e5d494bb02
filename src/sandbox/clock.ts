import type { Clock } from '../escalation/clock.ts';

/** A clock that a rehearsal can move forward. It never goes back. */
export type SandboxClock = Clock & {
  /** Moves the clock forward by `ms` milliseconds. */
  advance(ms: number): void;
  /** How far the clock is ahead of the system's time, in milliseconds. */
  ahead(): number;
};

/** System time plus the offset that `advance` has built up. */
export function createSandboxClock(): SandboxClock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance(ms) {
      offset += ms;
    },
    ahead: () => offset,
  };
}
