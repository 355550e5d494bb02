import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Alike, isSmall, protect, type Tables } from '../../../src/escalation/report/small-numbers.ts';

/** What a reader of some tables sees: for each table its rows, and for each row its number, or what stands there. */
type Seen = ReadonlyMap<string, ReadonlyMap<string, number | 'small' | 'hidden'>>;

const sizesOf = (all: readonly Alike[], table: string): Map<string, number> => {
  const sizes = new Map<string, number>();
  for (const { times, rows } of all) {
    const row = rows[table];
    if (row !== undefined && times > 0) sizes.set(row, (sizes.get(row) ?? 0) + times);
  }
  return sizes;
};

function see(all: readonly Alike[], tables: Tables): Seen {
  const protection = protect(all, tables);
  return new Map(
    [...tables.shown, ...(tables.spare ?? []), ...tables.known].flatMap((table) => {
      const hidden = protection.get(table);
      if (hidden === 'left out') return [];
      const isKnown = tables.known.includes(table);
      const cells = [...sizesOf(all, table)].map(([row, size]) => {
        const cell = isKnown ? size : isSmall(size) ? 'small' : hidden?.has(row) ? 'hidden' : size;
        return [row, cell] as const;
      });
      return [[table, new Map(cells)]];
    }),
  );
}

/** Whether things could be so, for all that a reader sees. */
function fits(all: readonly Alike[], seen: Seen): boolean {
  return [...seen].every(([table, cells]) => {
    const sizes = sizesOf(all, table);
    return [...cells].every(([row, cell]) => {
      const size = sizes.get(row) ?? 0;
      if (cell === 'small') return isSmall(size);
      return cell === 'hidden' ? size >= 5 : size === cell;
    });
  });
}

/** The most of anything in these tests. Things could be so with one more. */
const MOST = 7;

/** Every way in which the same rows could be filled. */
function* worlds(all: readonly Alike[]): Generator<Alike[]> {
  const [first, ...others] = all;
  if (first === undefined) return yield [];
  for (let times = 0; times <= MOST + 1; times += 1) {
    for (const rest of worlds(others)) yield [{ ...first, times }, ...rest];
  }
}

/** The small numbers that a reader can work out, although they are not shown. */
function workedOut(all: readonly Alike[], tables: Tables): string[] {
  const seen = see(all, tables);
  const possible = new Map<string, Set<number>>();
  for (const world of worlds(all)) {
    if (!fits(world, seen)) continue;
    for (const [table, cells] of seen) {
      const sizes = sizesOf(world, table);
      for (const [row, cell] of cells) {
        if (cell !== 'small') continue;
        const key = `${table} ${row}`;
        possible.set(key, (possible.get(key) ?? new Set()).add(sizes.get(row) ?? 0));
      }
    }
  }
  return [...possible].filter(([, sizes]) => sizes.size === 1).map(([key]) => key);
}

const alone = (...times: readonly number[]): Alike[] =>
  times.map((number, index) => ({ times: number, rows: { all: 'all', table: `row ${index}` } }));
const ALONE: Tables = { shown: ['table'], known: ['all'] };
const hiddenIn = (all: readonly Alike[]): unknown => protect(all, ALONE).get('table');

describe('numbers from 1 to 4', () => {
  test('need no help where none is there', () => {
    expect(hiddenIn(alone(5, 12, 0))).toEqual(new Set());
  });

  test('hide the smallest that can stand in for one alone, so that it is not the rest of the total', () => {
    expect(hiddenIn(alone(3, 20, 9))).toEqual(new Set(['row 2']));
  });

  test('of which there are several hide each other', () => {
    expect(hiddenIn(alone(3, 2, 20))).toEqual(new Set());
  });

  test('that are all 1, or all 4, hide another: from their sum they would be known', () => {
    expect(hiddenIn(alone(1, 1, 20))).toEqual(new Set(['row 2']));
    expect(hiddenIn(alone(4, 4, 20))).toEqual(new Set(['row 2']));
  });

  test('beside a 5 do not count on it, since it could be no less', () => {
    expect(hiddenIn(alone(1, 5, 20))).toEqual(new Set(['row 2']));
  });

  test('that nothing can hide leave their table out', () => {
    expect(hiddenIn(alone(3))).toBe('left out');
    expect(hiddenIn(alone(4, 4))).toBe('left out');
    expect(hiddenIn(alone(1, 5))).toBe('left out');
  });

  // Whoever knows how many came from an answer knows its category.
  const answers = (visitor: number, patient: number, photo: number): Alike[] => [
    { times: visitor, rows: { category: 'filming', answer: 'visitor' } },
    { times: patient, rows: { category: 'filming', answer: 'patient' } },
    { times: photo, rows: { category: 'posting', answer: 'photo' } },
  ];

  test('are hidden in every table that counts the same things', () => {
    const hidden = protect(answers(30, 1, 8), { shown: ['category', 'answer'], known: [] });
    // The 8 is the smallest, and would not help: the category without the 30 is the 1.
    expect(hidden).toEqual(
      new Map<string, unknown>([
        ['category', new Set()],
        ['answer', new Set(['visitor'])],
      ]),
    );
  });

  test('cost a spare table rather than a number of another', () => {
    // Nobody else of “filming” could be fewer, so that it would take both categories to hide the 1.
    const both = answers(5, 1, 8);
    expect(protect(both, { shown: ['category', 'answer'], known: [] }).get('category')).toEqual(
      new Set(['filming', 'posting']),
    );
    expect(protect(both, { shown: ['category'], spare: ['answer'], known: [] })).toEqual(
      new Map<string, unknown>([
        ['category', new Set()],
        ['answer', 'left out'],
      ]),
    );
  });

  test('can never be worked out from one table and its total', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: MOST }), { minLength: 1, maxLength: 4 }), (times) => {
        expect(workedOut(alone(...times), ALONE)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('can never be worked out from several tables that count the same things', () => {
    const alike = fc.record({
      times: fc.integer({ min: 0, max: MOST }),
      rows: fc.record({
        all: fc.constant('all'),
        urgency: fc.constantFrom('urgent', 'routine'),
        category: fc.constantFrom('filming', 'posting', 'threats'),
        answer: fc.constantFrom('a', 'b', 'c', 'd'),
      }),
    });
    const tables: Tables = { shown: ['urgency', 'category'], spare: ['answer'], known: ['all'] };
    fc.assert(
      fc.property(fc.array(alike, { minLength: 1, maxLength: 4 }), (all) => {
        expect(workedOut(all, tables)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
