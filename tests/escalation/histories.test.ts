import { beforeAll, describe, test } from '@jest/globals';
import fc from 'fast-check';
import { histories, play, type Stage, setStage } from '../../rehearse/histories.ts';
import { loadPolicies } from '../../src/policies.ts';

/**
 * People, troubles, time and crashes in any order. After quiet returns everything in `rehearse/promises.ts` must hold:
 * no referral is lost, nothing is attributed to one who did not press it, nobody got what goes round them, what comes
 * twice says so, and each card is true beside what Teams holds. `npm run rehearse -- --histories N` plays more.
 */
describe('whatever happens', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = setStage(await loadPolicies('policies'));
  });

  test('every promise is kept, in 300 histories', async () => {
    await fc.assert(
      fc.asyncProperty(histories, (history) => play(stage, history)),
      { numRuns: 300, seed: 20261123 },
    );
  }, 480_000);
});
