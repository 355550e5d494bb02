import { expect, test } from '@jest/globals';
import { forgetFailures, patiently } from '../../src/tab/patience.ts';

const waitAfter = (failures: number, ms = 1_500): number =>
  patiently(ms)({ state: { status: failures === 0 ? 'success' : 'error', errorUpdateCount: failures } });

test('a server that does not answer is asked more and more seldom, and at least every half minute', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 2_000].map((failures) => waitAfter(failures))).toEqual([
    1_500, 1_500, 3_000, 6_000, 12_000, 24_000, 30_000, 30_000, 30_000,
  ]);
});

test('what is seldom asked is not asked more often for having failed', () => {
  expect(waitAfter(3, 60_000)).toBe(60_000);
});

test('once it answers, the failures before count no more', () => {
  const asked = {
    state: { status: 'success', errorUpdateCount: 7 },
    setState(state: { errorUpdateCount: number }) {
      Object.assign(asked.state, state);
    },
  };
  forgetFailures(asked);
  expect(asked.state.errorUpdateCount).toBe(0);
});
