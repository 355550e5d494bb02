import { z } from 'zod';
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

/** The clock of a sandbox that runs elsewhere on this machine. */
export type FollowedClock = Clock & { stop(): void };

const ClockAnswer = z.object({ ahead: z.number() });

/** How often the other clock is asked whether it was moved, and how long it may take to say so, in milliseconds. */
const ASK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Follows the clock of the sandbox at this address. While that does not answer, the clock goes on as it was.
 * @throws Error when it does not answer now.
 */
export async function followSandboxClock(address: string): Promise<FollowedClock> {
  const url = new URL('/sandbox/api/clock', address);
  const ask = async (): Promise<number> => {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return ClockAnswer.parse(await response.json()).ahead;
  };
  let ahead = await ask();
  let stopped = false;
  let timer: NodeJS.Timeout;
  const askLater = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      ask()
        .then((answer) => {
          ahead = Math.max(ahead, answer);
        })
        .catch(() => undefined)
        .finally(askLater);
    }, ASK_EVERY_MS).unref();
  };
  askLater();
  return {
    now: () => Date.now() + ahead,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
