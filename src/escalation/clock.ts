/** Where the time comes from, so that a rehearsal or a test can move it. */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
};

export const systemClock: Clock = { now: () => Date.now() };
