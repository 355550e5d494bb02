import { describe, expect, test } from '@jest/globals';
import { kills, momentsOf } from '../../rehearse/kills.ts';

/** The real server, killed with -9 under load. `npm run rehearse -- --kills N` does it more often. */
describe('servers are killed five times while people raise', () => {
  test.each(['sqlite', 'postgres'] as const)(
    'on %s nothing that was answered “recorded” is lost, its reporter knows, and only what a kill cut off comes twice',
    async (store) => {
      // A failure names it, so that the moments can be tried again.
      const seed = Math.floor(Math.random() * 2 ** 31);
      const { recorded, lost, unmarked, unexplained, untrue } = await kills(momentsOf(5, seed), store, () => undefined);
      expect(recorded).toBeGreaterThan(0);
      const nothing: readonly string[] = [];
      expect({ seed, lost, unmarked, unexplained, untrue }).toEqual({
        seed,
        lost: nothing,
        unmarked: nothing,
        unexplained: nothing,
        untrue: nothing,
      });
    },
    240_000,
  );
});
