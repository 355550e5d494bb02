import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Board, type BoardPlace, dutyBoard, type Period } from '../../src/escalation/duty-board.ts';
import type { DutyRow } from '../../src/store/schema.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import { aDuty } from '../store/rows.ts';

const TRUST = loadExampleTrust();
const at = (moment: string): number => Date.parse(moment);
/** A Wednesday in winter, when the clock on the wall shows UTC. */
const NOON = at('2026-01-14T12:00:00Z');
const EVENING = at('2026-01-14T20:00:00Z');
const MORNING = at('2026-01-15T08:00:00Z');

let made = 0;
function duty(name: string, from: number, until: number, changes: Partial<DutyRow> = {}): DutyRow {
  made += 1;
  return aDuty({ id: `${made}`, name, department: 'ward-1', from_at: from, until_at: until, ...changes });
}

const board = (rows: readonly DutyRow[], now = NOON): Board => dutyBoard(TRUST, rows, now);
function placeOn({ places }: Board, id: string): BoardPlace {
  const place = places.find((one) => one.id === id);
  if (place === undefined) throw new Error(`There is no ${id} on the board.`);
  return place;
}
const ward = (rows: readonly DutyRow[], now = NOON): BoardPlace => placeOn(board(rows, now), 'ward-1');

describe('the board', () => {
  test('reaches from now to the evening, and through the night after it', () => {
    expect(board([])).toMatchObject({
      today: { from: NOON, until: EVENING },
      tonight: { from: EVENING, until: MORNING },
    });
  });

  test.each([
    ['from the morning on', '2026-01-14T08:00:00Z', '2026-01-14T20:00:00Z', '2026-01-15T08:00:00Z'],
    ['to the last minute of the day', '2026-01-14T19:59:00Z', '2026-01-14T20:00:00Z', '2026-01-15T08:00:00Z'],
    ['in summer, by the clock on the wall', '2026-07-14T12:00:00Z', '2026-07-14T19:00:00Z', '2026-07-15T07:00:00Z'],
    ['into the night of the longer hour', '2026-10-24T12:00:00Z', '2026-10-24T19:00:00Z', '2026-10-25T08:00:00Z'],
  ])('%s', (_, now, evening, morning) => {
    expect(board([], at(now))).toMatchObject({
      today: { from: at(now), until: at(evening) },
      tonight: { from: at(evening), until: at(morning) },
    });
  });

  test.each([
    ['before midnight', '2026-01-14T21:00:00Z', '2026-01-15T08:00:00Z', '2026-01-15T20:00:00Z'],
    ['after midnight', '2026-01-15T02:00:00Z', '2026-01-15T08:00:00Z', '2026-01-15T20:00:00Z'],
    ['from the evening on', '2026-01-14T20:00:00Z', '2026-01-15T08:00:00Z', '2026-01-15T20:00:00Z'],
    ['to the last minute of the night', '2026-01-15T07:59:00Z', '2026-01-15T08:00:00Z', '2026-01-15T20:00:00Z'],
    ['in the night of the longer hour', '2026-10-24T23:30:00Z', '2026-10-25T08:00:00Z', '2026-10-25T20:00:00Z'],
  ])('in the night reaches to the morning, and through the day after it: %s', (_, now, morning, evening) => {
    expect(board([], at(now))).toMatchObject({
      tonight: { from: at(now), until: at(morning) },
      today: { from: at(morning), until: at(evening) },
    });
    expect(ward([], at(now)).gaps).toEqual([{ from: at(now), until: at(evening) }]);
  });

  test('is the same board for the whole of a minute', () => {
    const rows = [duty('Grace', NOON - 1, EVENING)];
    expect(board(rows, NOON + 59_999)).toEqual(board(rows, NOON));
  });

  test('has every department and role, and says which of them a route tells', () => {
    const { places } = board([]);
    expect(places.map(({ id, kind, isTold }) => [id, kind, isTold])).toEqual([
      ['ward-1', 'department', true],
      ['ward-2', 'department', true],
      ['site-manager', 'role', true],
    ]);
  });

  test('has those with nobody now first, then those with nobody later, then those that are covered', () => {
    const { places } = board([
      duty('Grace', NOON - 1, MORNING),
      duty('Helen', NOON - 1, EVENING, { department: 'ward-2' }),
    ]);
    expect(places.map(({ id }) => id)).toEqual(['site-manager', 'ward-2', 'ward-1']);
  });
});

describe('a place', () => {
  test('names those who are there now, longest there first', () => {
    const rows = [duty('Helen', NOON - 1_000, EVENING), duty('Grace', NOON - 2_000, MORNING)];
    expect(ward(rows).people).toEqual([
      { name: 'Grace', from: NOON - 2_000, until: MORNING },
      { name: 'Helen', from: NOON - 1_000, until: EVENING },
    ]);
  });

  test('does not name who has come off, whose time is over, or who is elsewhere', () => {
    const rows = [
      duty('Off', NOON - 9, EVENING, { ended_at: NOON - 1 }),
      duty('Over', NOON - 9, NOON),
      duty('Elsewhere', NOON - 9, EVENING, { department: 'ward-2' }),
    ];
    expect(ward(rows)).toMatchObject({ people: [], gaps: [{ from: NOON, until: MORNING }] });
  });

  test('has no gap while one comes after the other', () => {
    expect(ward([duty('Grace', NOON - 1, EVENING), duty('Helen', EVENING, MORNING)]).gaps).toEqual([]);
  });

  test('has a gap before, between and after', () => {
    const hour = 60 * 60_000;
    const rows = [duty('Grace', NOON + hour, NOON + 2 * hour), duty('Helen', NOON + 3 * hour, MORNING - hour)];
    expect(ward(rows).gaps).toEqual([
      { from: NOON, until: NOON + hour },
      { from: NOON + 2 * hour, until: NOON + 3 * hour },
      { from: MORNING - hour, until: MORNING },
    ]);
  });

  test('has no gap for the seconds before somebody came on in this minute', () => {
    expect(ward([duty('Grace', NOON + 20_000, MORNING)], NOON + 30_000).gaps).toEqual([]);
  });

  test('is empty in its gaps, and nowhere else', () => {
    const minutes = (MORNING - NOON) / 60_000;
    const aShift = fc.tuple(fc.integer({ min: -300, max: minutes + 100 }), fc.integer({ min: 1, max: 600 }));
    const isIn = (moment: number, { from, until }: Period): boolean => moment >= from && moment < until;
    fc.assert(
      fc.property(fc.array(aShift, { maxLength: 6 }), fc.nat(minutes - 1), (shifts, minute) => {
        const rows = shifts.map(([from, length]) => duty('X', NOON + from * 60_000, NOON + (from + length) * 60_000));
        const moment = NOON + minute * 60_000;
        const isEmpty = !rows.some((row) => isIn(moment, { from: row.from_at, until: row.until_at }));
        expect(ward(rows).gaps.some((gap) => isIn(moment, gap))).toBe(isEmpty);
      }),
    );
  });
});
