import type * as Jest from '@jest/globals';

/** What test files, and what helps them, may import from `@jest/globals`. */
type Globals = Pick<
  typeof Jest,
  'afterAll' | 'afterEach' | 'beforeAll' | 'beforeEach' | 'describe' | 'expect' | 'test'
>;

// Jest makes them anew for each test file. As these are live bindings, a helper that several files share always calls
// those of the file that runs now.
export let { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } = {} as Globals;

/** From now on, these are what `@jest/globals` gives. */
export function giveGlobals(now: Globals): void {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } = now);
}
