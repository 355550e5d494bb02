import { describe, expect, test } from '@jest/globals';
import {
  momentsOf,
  monthsIn,
  type Period,
  problemWith,
  quarterFrom,
  quarterOf,
  sayPeriod,
  yearBefore,
  yearFrom,
  yearUpTo,
} from '../../../src/escalation/report/periods.ts';

const LONDON = 'Europe/London';

describe('a period', () => {
  test.each<[string, Period]>([
    ['2026-Q1', { from: '2026-01-01', to: '2026-03-31' }],
    ['2026-Q4', { from: '2026-10-01', to: '2026-12-31' }],
    [' 2028q2 ', { from: '2028-04-01', to: '2028-06-30' }],
  ])('%s is a quarter of a calendar year', (text, period) => {
    expect(quarterFrom(text)).toEqual(period);
    expect(quarterOf(period.to)).toBe(quarterOf(period.from));
  });

  test.each(['2026-Q5', '2026-Q0', '26-Q1', 'Q4 2026', '', '2026'])('“%s” is no quarter', (text) => {
    expect(quarterFrom(text)).toBeUndefined();
  });

  test('2026 is a calendar year, and “2026/27” is none', () => {
    expect(yearFrom('2026')).toEqual({ from: '2026-01-01', to: '2026-12-31' });
    expect(yearFrom('2026/27')).toBeUndefined();
  });

  test('begins and ends at midnight of the organisation’s own clock', () => {
    // London is an hour ahead of UTC from the end of March to the end of October.
    expect(momentsOf({ from: '2026-07-01', to: '2026-09-30' }, LONDON)).toEqual({
      from: Date.parse('2026-06-30T23:00:00Z'),
      until: Date.parse('2026-09-30T23:00:00Z'),
    });
    expect(momentsOf({ from: '2026-10-01', to: '2026-12-31' }, LONDON)).toEqual({
      from: Date.parse('2026-09-30T23:00:00Z'),
      until: Date.parse('2027-01-01T00:00:00Z'),
    });
  });

  test('of the day on which the clocks change has 23 or 25 hours', () => {
    const hours = (day: string): number => {
      const { from, until } = momentsOf({ from: day, to: day }, LONDON);
      return (until - from) / 3_600_000;
    };
    expect([hours('2026-03-29'), hours('2026-07-01'), hours('2026-10-25')]).toEqual([23, 24, 25]);
  });

  test('has months, of which the first and the last may be cut', () => {
    expect(monthsIn({ from: '2026-10-15', to: '2026-12-05' })).toEqual([
      { from: '2026-10-15', to: '2026-10-31' },
      { from: '2026-11-01', to: '2026-11-30' },
      { from: '2026-12-01', to: '2026-12-05' },
    ]);
  });

  test('has the twelve months up to its end before it', () => {
    const months = yearUpTo({ from: '2026-10-15', to: '2026-12-05' });
    expect(months).toHaveLength(12);
    expect(months.at(0)).toEqual({ from: '2026-01-01', to: '2026-01-31' });
    expect(months.at(-1)).toEqual({ from: '2026-12-01', to: '2026-12-05' });
  });

  test.each<[Period, Period]>([
    [
      { from: '2026-10-01', to: '2026-12-31' },
      { from: '2025-10-01', to: '2025-12-31' },
    ],
    // The end of a month stays its end, whether or not there is a leap day.
    [
      { from: '2025-02-01', to: '2025-02-28' },
      { from: '2024-02-01', to: '2024-02-29' },
    ],
    [
      { from: '2024-02-01', to: '2024-02-29' },
      { from: '2023-02-01', to: '2023-02-28' },
    ],
    [
      { from: '2026-11-01', to: '2026-11-15' },
      { from: '2025-11-01', to: '2025-11-15' },
    ],
  ])('is compared with the same days a year before', (period, before) => {
    expect(yearBefore(period)).toEqual(before);
  });

  test.each<[Period, string]>([
    [{ from: '2026-10-01', to: '2026-12-31' }, 'October to December 2026'],
    [{ from: '2026-11-01', to: '2026-11-30' }, 'November 2026'],
    [{ from: '2026-11-01', to: '2026-11-15' }, '1 to 15 November 2026'],
    [{ from: '2026-10-03', to: '2026-11-05' }, '3 October to 5 November 2026'],
    [{ from: '2025-12-01', to: '2026-02-28' }, 'December 2025 to February 2026'],
    [{ from: '2026-11-05', to: '2026-11-05' }, '5 November 2026'],
  ])('is said in words', (period, words) => {
    expect(sayPeriod(period)).toBe(words);
  });

  test.each<[Period, string | undefined]>([
    [{ from: '2026-10-01', to: '2026-12-31' }, undefined],
    [{ from: '2026-10-01', to: '2026-10-01' }, undefined],
    [
      { from: '2026-12-31', to: '2026-10-01' },
      'The period ends before it begins: 31 December 2026 is after 1 October 2026. Swap the two days.',
    ],
    [
      { from: '2026-02-30', to: '2026-03-31' },
      '“2026-02-30” is not a day. Give it as year, month and day, such as 2026-10-01.',
    ],
    [
      { from: '2026-01-01', to: '31/03/2026' },
      '“31/03/2026” is not a day. Give it as year, month and day, such as 2026-10-01.',
    ],
    [{ from: '2016-01-01', to: '2026-01-01' }, 'The period is too long. A report covers 10 years at most.'],
  ])('that cannot be reported on is told why', (period, problem) => {
    expect(problemWith(period)).toBe(problem);
  });
});
