import { beforeAll, describe, expect, test } from '@jest/globals';
import { type SurgeReport, shortcomings, surge } from '../../rehearse/surge.ts';

/** Many raise at once, with Teams' limits on. `npm run rehearse -- --referrals N` raises more, and measures. */
describe('thirty referrals in a minute', () => {
  let report: SurgeReport;
  beforeAll(async () => {
    report = await surge(30, () => undefined, { reporters: 6, seniors: 3 });
  });

  test('all arrive, once, at the nurse and in the channel', () => {
    expect(report).toMatchObject({ raised: 30, lost: 0, duplicates: 0 });
  });

  test('keep Teams’ limits, and go out most urgent first', () => {
    expect(report).toMatchObject({ limitsBroken: { sends: 0, roster: 0, tenant: 0 }, outOfTurn: 0 });
  });

  test('fold together what changes while it waits', () => {
    expect(report.drawings.sent).toBeLessThan(report.drawings.asked);
  });
});

describe('a surge that is not as it should be', () => {
  const GOOD: SurgeReport = {
    raised: 1,
    lost: 0,
    firstCard: { p50: 100, p99: 1_999 },
    drain: 1_200,
    least: 1_000,
    channelSends: 1,
    limitsBroken: { sends: 0 },
    drawings: { asked: 2, sent: 1 },
    duplicates: 1,
    unmarked: 0,
    outOfTurn: 0,
    peakMemory: 1,
  };

  test('is told from one that is', () => expect(shortcomings(GOOD)).toEqual([]));

  test.each<Partial<SurgeReport>>([
    { lost: 1 },
    { limitsBroken: { sends: 1 } },
    { unmarked: 1 },
    { outOfTurn: 1 },
    { firstCard: { p50: 100, p99: 2_000 } },
    { firstCard: { p50: Number.NaN, p99: Number.NaN } },
    { drain: 1_201 },
  ])('by each of its shortcomings: %j', (change) => {
    expect(shortcomings({ ...GOOD, ...change })).toHaveLength(1);
  });
});
