/** How long the answers of a look are good for. All in milliseconds. */
export type Seldom = {
  /** However often it is asked, it is looked no more often than this. */
  readonly keptMs: number;
  /** How long whoever asks waits. */
  readonly patienceMs: number;
};

/** A look that never ended is given up, and another may begin. In milliseconds. */
const LOST_AFTER_MS = 30_000;

/** One look at a time serves all who ask. @returns nothing where the look gives nothing, or takes too long. */
export function lookedAtSeldom<T>(
  look: () => Promise<T | undefined>,
  { keptMs, patienceMs }: Seldom,
): () => Promise<T | undefined> {
  let looking: Promise<T | undefined> | undefined;
  let begun = 0;
  let ended = false;
  return async () => {
    const age = Date.now() - begun;
    if (looking === undefined || age > (ended ? keptMs : LOST_AFTER_MS)) {
      begun = Date.now();
      ended = false;
      const mine = look().finally(() => {
        if (looking === mine) ended = true;
      });
      looking = mine;
    }
    return within(patienceMs, looking);
  };
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
