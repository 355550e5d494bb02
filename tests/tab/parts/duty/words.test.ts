import { describe, expect, test } from '@jest/globals';
import {
  coverInWords,
  coverOf,
  gapsWithin,
  type Place,
  partsOf,
  shiftInWords,
} from '../../../../src/tab/parts/duty/words.ts';

const LONDON = { timezone: 'Europe/London' };
const at = (time: string, day = '2026-11-27'): number => Date.parse(`${day}T${time}:00Z`);
const NOON = at('12:00');
const today = { from: NOON, until: at('20:00') };
const tonight = { from: at('20:00'), until: at('08:00', '2026-11-28') };

const place = (...gaps: Place['gaps']): Place => ({
  id: 'ward-9',
  name: 'Ward 9',
  kind: 'department',
  people: [],
  gaps,
  isTold: true,
});

describe('a place where people go on duty', () => {
  test('is covered, or not at this moment, or not later', () => {
    expect(coverOf(place(), NOON)).toBe('covered');
    expect(coverOf(place({ from: NOON, until: at('14:00') }), NOON)).toBe('nobody-now');
    expect(coverOf(place({ from: at('14:00'), until: at('15:00') }), NOON)).toBe('gap-later');
  });

  test('becomes uncovered as time goes on, without a new answer', () => {
    const later = place({ from: at('14:00'), until: at('15:00') });
    expect(coverOf(later, at('14:30'))).toBe('nobody-now');
    expect(coverOf(later, at('15:00'))).toBe('covered');
  });

  test('is told of by day for today and then tonight, and in the night for tonight and then the day after it', () => {
    const names = (board: Parameters<typeof partsOf>[0], now: number) =>
      partsOf(board, now, LONDON).map(({ name }) => name);
    expect(names({ today, tonight }, NOON)).toEqual(['Today', 'Tonight']);
    const coming = { from: at('08:00', '2026-11-28'), until: at('20:00', '2026-11-28') };
    const inTheNight = (now: number) => names({ tonight: { from: now, until: coming.from }, today: coming }, now);
    expect(inTheNight(at('21:00'))).toEqual(['Tonight', 'Tomorrow']);
    expect(inTheNight(at('02:00', '2026-11-28'))).toEqual(['Tonight', 'Today']);
  });

  test('has its gaps told for the day and for the night', () => {
    const whole = place({ from: at('18:00'), until: at('22:00') });
    expect(gapsWithin(whole, today)).toEqual([{ from: at('18:00'), until: at('20:00') }]);
    expect(coverInWords('Today', whole, today, NOON, LONDON)).toBe('Today: nobody from 6:00pm to 8:00pm.');
    expect(coverInWords('Tonight', whole, tonight, NOON, LONDON)).toBe('Tonight: nobody from 8:00pm to 10:00pm.');
    expect(coverInWords('Today', place(), today, NOON, LONDON)).toBe('Today: covered.');
  });

  test('has one long gap told by its end, and several one after the other', () => {
    expect(coverInWords('Tonight', place(tonight), tonight, NOON, LONDON)).toBe('Tonight: nobody until 8:00am.');
    const two = place({ from: NOON, until: at('13:00') }, { from: at('15:00'), until: at('16:00') });
    expect(coverInWords('Today', two, today, NOON, LONDON)).toBe(
      'Today: nobody now until 1:00pm and from 3:00pm to 4:00pm.',
    );
  });
});

describe('somebody on duty', () => {
  const shift = (from: number, until: number) => shiftInWords({ name: 'Grace Okafor', from, until }, NOON, LONDON).when;

  test('is there until a time, or from one time to another', () => {
    expect(shift(at('07:00'), at('20:00'))).toBe('until 8:00pm');
    expect(shift(at('20:00'), at('08:00', '2026-11-28'))).toBe('from 8:00pm to 8:00am');
  });

  test('is there until a day, where that is further off', () => {
    expect(shift(at('07:00'), at('20:00', '2026-11-29'))).toBe('until 8:00pm on 29 November 2026');
  });
});
