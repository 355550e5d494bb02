import { describe, expect, test } from '@jest/globals';
import { kills, momentsOf } from '../../rehearse/kills.ts';

/** The real server, killed with -9 under load. `npm run rehearse -- --kills N` does it more often. */
describe('servers are killed five times while people raise', () => {
  test.each(['sqlite', 'postgres'] as const)(
    'on %s nothing that was answered “recorded” is lost, and a double says that it may be one',
    async (store) => {
      const report = await kills(momentsOf(5), store, () => undefined);
      expect(report.recorded).toBeGreaterThan(0);
      expect(report.lost).toEqual([]);
      expect(report.unmarked).toEqual([]);
    },
    240_000,
  );
});
