import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Settings as Luxon } from 'luxon';
import { isInHours, nextTimeOfDay, sayDate, sayHours, sayTime, today } from '../../src/escalation/hours.ts';
import { sayIn } from '../../src/words/say.ts';

const say = sayIn('en-GB');

const LONDON = 'Europe/London';
type Calendar = Parameters<typeof isInHours>[0];
const OFFICE: Calendar = {
  timezone: LONDON,
  hours: {
    days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    from: '09:00',
    to: '17:00',
    'bank-holidays': 'GB-ENG',
  },
};
const with_ = (hours: Partial<Calendar['hours']>): Calendar => ({ ...OFFICE, hours: { ...OFFICE.hours, ...hours } });
const at = (moment: string): number => Date.parse(moment);

describe('office hours', () => {
  test('begin on the minute and end on the minute', () => {
    expect(isInHours(OFFICE, at('2026-01-14T08:59:59Z'))).toBe(false);
    expect(isInHours(OFFICE, at('2026-01-14T09:00:00Z'))).toBe(true);
    expect(isInHours(OFFICE, at('2026-01-14T12:30:00Z'))).toBe(true);
    expect(isInHours(OFFICE, at('2026-01-14T16:59:59Z'))).toBe(true);
    expect(isInHours(OFFICE, at('2026-01-14T17:00:00Z'))).toBe(false);
    expect(isInHours(OFFICE, at('2026-01-14T00:00:00Z'))).toBe(false);
  });

  test('are on the days that are named and on no other', () => {
    const noons = ['12', '13', '14', '15', '16', '17', '18'].map((day) => at(`2026-01-${day}T12:00:00Z`));
    expect(noons.map((noon) => isInHours(OFFICE, noon))).toEqual([true, true, true, true, true, false, false]);
    const sundays = with_({ days: ['sunday'] });
    expect(noons.map((noon) => isInHours(sundays, noon))).toEqual([false, false, false, false, false, false, true]);
  });

  test.each([
    ['Christmas Day', '2026-12-25', false],
    ['the Monday that stands in for Boxing Day', '2026-12-28', false],
    ['the Tuesday after', '2026-12-29', true],
    ['New Year’s Day', '2027-01-01', false],
    ['Good Friday', '2026-04-03', false],
    ['Easter Monday', '2026-04-06', false],
    ['the Monday before Christmas', '2026-12-21', true],
  ])('know %s', (_, day, open) => {
    expect(isInHours(OFFICE, at(`${day}T11:00:00Z`))).toBe(open);
  });

  test('keep the holidays of their own nation', () => {
    const easterMonday = at('2026-04-06T11:00:00Z');
    const saintAndrew = at('2026-11-30T12:00:00Z');
    const scotland = with_({ 'bank-holidays': 'GB-SCT' });
    expect(isInHours(scotland, easterMonday)).toBe(true);
    expect(isInHours(scotland, saintAndrew)).toBe(false);
    expect(isInHours(OFFICE, saintAndrew)).toBe(true);
  });

  test('go by the clock on the wall when British Summer Time begins', () => {
    // Friday 27 March is in GMT, Monday 30 March in BST.
    expect(isInHours(OFFICE, at('2026-03-27T08:30:00Z'))).toBe(false);
    expect(isInHours(OFFICE, at('2026-03-27T16:30:00Z'))).toBe(true);
    expect(isInHours(OFFICE, at('2026-03-30T08:00:00Z'))).toBe(true);
    expect(isInHours(OFFICE, at('2026-03-30T07:59:59Z'))).toBe(false);
    expect(isInHours(OFFICE, at('2026-03-30T16:00:00Z'))).toBe(false);
  });

  test('go by the clock on the wall when British Summer Time ends', () => {
    // Friday 23 October is in BST, Monday 26 October in GMT.
    expect(isInHours(OFFICE, at('2026-10-23T08:00:00Z'))).toBe(true);
    expect(isInHours(OFFICE, at('2026-10-23T16:00:00Z'))).toBe(false);
    expect(isInHours(OFFICE, at('2026-10-26T08:30:00Z'))).toBe(false);
    expect(isInHours(OFFICE, at('2026-10-26T16:30:00Z'))).toBe(true);
  });

  test('count a holiday by the day on the wall, not by the day in Greenwich', () => {
    const always = with_({ from: '00:00', to: '23:59' });
    // Half past midnight in BST on Easter Monday, still Sunday in Greenwich; and on the Tuesday after it.
    expect(isInHours(always, at('2026-04-05T23:30:00Z'))).toBe(false);
    expect(isInHours(always, at('2026-04-06T23:30:00Z'))).toBe(true);
  });

  test.each([
    [OFFICE, 'Monday to Friday, 9am to 5pm, not on bank holidays'],
    [with_({ from: '08:30', to: '16:45' }), 'Monday to Friday, 8:30am to 4:45pm, not on bank holidays'],
    [with_({ days: ['monday', 'wednesday', 'friday'] }), 'Monday, Wednesday, Friday, 9am to 5pm, not on bank holidays'],
    [with_({ days: ['saturday', 'sunday'] }), 'Saturday to Sunday, 9am to 5pm, not on bank holidays'],
    [with_({ days: ['saturday'], from: '00:00', to: '12:00' }), 'Saturday, 12am to 12pm, not on bank holidays'],
  ])('are said in words', (calendar, words) => {
    expect(sayHours(say, calendar)).toBe(words);
  });

  test('do not depend on the language of the server', () => {
    const before = Luxon.defaultLocale;
    Luxon.defaultLocale = 'ar-EG';
    try {
      expect(isInHours(OFFICE, at('2026-01-14T12:00:00Z'))).toBe(true);
      expect(isInHours(OFFICE, at('2026-01-14T18:00:00Z'))).toBe(false);
      expect(sayHours(say, OFFICE)).toBe('Monday to Friday, 9am to 5pm, not on bank holidays');
    } finally {
      Luxon.defaultLocale = before;
    }
  });
});

describe('a time in words', () => {
  const now = at('2026-11-20T14:00:00Z');

  test.each([
    ['this afternoon', '2026-11-20T14:05:00Z', '2:05pm'],
    ['this morning', '2026-11-20T09:30:00Z', '9:30am'],
    ['noon', '2026-11-20T12:00:00Z', '12:00pm'],
    ['midnight as the day began', '2026-11-20T00:00:00Z', '12:00am'],
    ['midnight as it ends', '2026-11-21T00:00:00Z', '12:00am on Saturday 21 November'],
    ['tomorrow', '2026-11-21T14:05:00Z', '2:05pm on Saturday 21 November'],
    ['yesterday', '2026-11-19T23:59:00Z', '11:59pm on Thursday 19 November'],
    ['five months ago', '2026-06-20T13:05:00Z', '2:05pm on Saturday 20 June'],
    ['this day a year ago', '2025-11-20T14:05:00Z', '2:05pm on 20 November 2025'],
  ])('%s', (_, moment, words) => {
    expect(sayTime(say, LONDON, at(moment), now)).toBe(words);
  });

  test('goes by the clock on the wall in summer', () => {
    expect(sayTime(say, LONDON, at('2026-07-01T13:05:00Z'), at('2026-07-01T12:00:00Z'))).toBe('2:05pm');
    expect(sayTime(say, LONDON, at('2026-07-01T23:05:00Z'), at('2026-07-01T12:00:00Z'))).toBe(
      '12:05am on Thursday 2 July',
    );
  });

  test('a date has no number before its day that was not said', () => {
    expect(sayDate(say, '2025-02-02')).toBe('2 February 2025');
    expect(sayDate(say, '2028-01-28')).toBe('28 January 2028');
  });

  test('today turns at midnight on the wall', () => {
    expect(today(LONDON, at('2026-07-01T22:59:59Z'))).toBe('2026-07-01');
    expect(today(LONDON, at('2026-07-01T23:00:00Z'))).toBe('2026-07-02');
    expect(today(LONDON, at('2026-12-31T23:59:59Z'))).toBe('2026-12-31');
  });
});

describe('the next time that the clock shows', () => {
  test.each([
    ['later today', '2026-01-14T06:00:00Z', '07:30', '2026-01-14T07:30:00Z'],
    ['tomorrow, when today it was', '2026-01-14T08:00:00Z', '07:30', '2026-01-15T07:30:00Z'],
    ['tomorrow, when it is now', '2026-01-14T07:30:00Z', '07:30', '2026-01-15T07:30:00Z'],
    ['after midnight', '2026-01-14T22:00:00Z', '07:30', '2026-01-15T07:30:00Z'],
    ['at midnight', '2026-01-14T22:00:00Z', '00:00', '2026-01-15T00:00:00Z'],
    ['over the end of a year', '2026-12-31T20:00:00Z', '07:30', '2027-01-01T07:30:00Z'],
    ['in summer', '2026-07-01T20:00:00Z', '07:30', '2026-07-02T06:30:00Z'],
    ['over the night when summer time begins', '2026-03-28T20:00:00Z', '07:30', '2026-03-29T06:30:00Z'],
    ['over the night when summer time ends', '2026-10-24T20:00:00Z', '07:30', '2026-10-25T07:30:00Z'],
    ['in the night when summer time ends, before the change', '2026-10-25T00:30:00Z', '07:30', '2026-10-25T07:30:00Z'],
  ])('%s', (_, now, time, then) => {
    expect(nextTimeOfDay(LONDON, at(now), time)).toBe(at(then));
  });

  test('is the next moment after an hour that the clocks skip', () => {
    expect(nextTimeOfDay(LONDON, at('2026-03-28T22:00:00Z'), '01:30')).toBe(at('2026-03-29T01:30:00Z'));
  });

  test('comes twice in the hour that the clocks repeat', () => {
    expect(nextTimeOfDay(LONDON, at('2026-10-25T00:15:00Z'), '01:30')).toBe(at('2026-10-25T00:30:00Z'));
    expect(nextTimeOfDay(LONDON, at('2026-10-25T00:45:00Z'), '01:30')).toBe(at('2026-10-25T01:30:00Z'));
    expect(nextTimeOfDay(LONDON, at('2026-10-25T01:30:00Z'), '01:30')).toBe(at('2026-10-26T01:30:00Z'));
  });

  test('is always to come, within 25 hours, and shows that time', () => {
    const from = at('2026-01-01T00:00:00Z');
    const to = at('2027-12-31T00:00:00Z');
    fc.assert(
      fc.property(
        fc.integer({ min: from, max: to }),
        // The hour that the clocks skip or repeat has tests of its own.
        fc.integer({ min: 0, max: 23 }).filter((hour) => hour !== 1),
        fc.integer({ min: 0, max: 59 }),
        (now, hour, minute) => {
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const then = nextTimeOfDay(LONDON, now, time);
          expect(then).toBeGreaterThan(now);
          expect(then - now).toBeLessThanOrEqual(25 * 60 * 60_000);
          const shown = new Intl.DateTimeFormat('en-GB', { timeZone: LONDON, hour: '2-digit', minute: '2-digit' });
          expect(shown.format(then)).toBe(time);
        },
      ),
      { seed: 20260101, numRuns: 1_000 },
    );
  });
});
