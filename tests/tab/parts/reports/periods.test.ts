import { describe, expect, test } from '@jest/globals';
import {
  type Period,
  problemWith,
  reportQuery,
  usualPeriods,
  wantedIn,
} from '../../../../src/tab/parts/reports/periods.ts';

const days = ({ from, to }: Period): string => `${from} to ${to}`;
const on = (today: string): Record<string, string> =>
  Object.fromEntries(usualPeriods(today).map((period) => [period.name, days(period)]));

describe('the periods that a report is usually on', () => {
  test('are whole quarters, years of both kinds, and the last twelve whole months', () => {
    expect(on('2026-11-27')).toEqual({
      'This quarter': '2026-10-01 to 2026-12-31',
      'Last quarter': '2026-07-01 to 2026-09-30',
      'This year': '2026-01-01 to 2026-12-31',
      'Last year': '2025-01-01 to 2025-12-31',
      'This financial year': '2026-04-01 to 2027-03-31',
      'Last financial year': '2025-04-01 to 2026-03-31',
      'Last 12 months': '2025-11-01 to 2026-10-31',
    });
  });

  test('reach back into the year before', () => {
    expect(on('2026-01-01')).toMatchObject({
      'Last quarter': '2025-10-01 to 2025-12-31',
      'This financial year': '2025-04-01 to 2026-03-31',
      'Last 12 months': '2025-01-01 to 2025-12-31',
    });
  });

  test.each([
    ['2026-03-31', '2025-04-01'],
    ['2026-04-01', '2026-04-01'],
  ])('on %s are in the financial year from %s', (today, from) => {
    expect(on(today)['This financial year']).toMatch(from);
  });

  test('end on the leap day where there is one', () => {
    expect(on('2028-03-05')['Last 12 months']).toBe('2027-03-01 to 2028-02-29');
  });
});

describe('two days that somebody gives', () => {
  test('make a period, also where they are the same', () => {
    expect(problemWith({ from: '2026-11-01', to: '2026-11-01' })).toBe('');
  });

  test.each([
    [{ from: '', to: '2026-11-01' }, 'Give both days.'],
    [{ from: '2026-11-02', to: '2026-11-01' }, 'The last day is before the first. Change one of them.'],
  ])('%j are refused in words that say what to do', (period, words) => {
    expect(problemWith(period)).toBe(words);
  });
});

describe('the address of a report', () => {
  test('leads to the same report on any later day', () => {
    const wanted = { from: '2026-07-01', to: '2026-09-30', hide: true };
    expect(wantedIn(new URLSearchParams(reportQuery(wanted)), '2031-05-05')).toEqual(wanted);
  });

  test('without days leads to this quarter, with all its numbers', () => {
    expect(wantedIn(new URLSearchParams(), '2026-11-27')).toEqual({
      from: '2026-10-01',
      to: '2026-12-31',
      hide: false,
    });
  });
});
