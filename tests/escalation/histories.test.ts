import { beforeAll, describe, test } from '@jest/globals';
import fc from 'fast-check';
import { histories, play, type Stage, setStage } from '../../rehearse/histories.ts';
import { loadPolicies } from '../../src/policies.ts';

/**
 * People, troubles, time and crashes in any order. After quiet returns: no referral is lost, the audit's chain
 * verifies, every living card shows its referral's last version, nobody is said to have pressed what they did not,
 * each step was taken once and in order, and the reporter's card is true. `npm run rehearse -- --histories N` plays more.
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
