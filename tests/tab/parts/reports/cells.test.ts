import { describe, expect, test } from '@jest/globals';
import { type Cell, type Column, hasFigures, sayCell, sayTitle } from '../../../../src/tab/parts/reports/cells.ts';
import type { ReportTable } from '../../../../src/web/desk/contract.ts';

const column = (title: string, unit: Column['unit']): Column => ({ id: title, title, unit });

function table(columns: readonly Column[], ...rows: readonly (readonly Cell[])[]): ReportTable {
  return {
    id: 'table',
    title: 'A table',
    about: '',
    columns: [...columns],
    rows: rows.map((row) => [...row]),
    chart: 'none',
    series: [],
  };
}

describe('a cell of a report', () => {
  test.each([
    [1_204, 'count', '1,204'],
    [92, 'percent', '92%'],
    [0.4, 'minutes', 'under a minute'],
    [22.5, 'minutes', '22 min'],
    [1_902, 'minutes', '1 day 7 h'],
    ['too few to show', 'minutes', 'too few to show'],
    [null, 'count', 'fewer than 5'],
  ] as const)('%j in %s reads: %s', (cell, unit, words) => {
    expect(sayCell(cell, unit)).toBe(words);
  });

  test('has its unit with it, so that the title of its column needs none', () => {
    expect(sayTitle(column('90th percentile, minutes', 'minutes'))).toBe('90th percentile');
    expect(sayTitle(column('In time, %', 'percent'))).toBe('In time');
    expect(sayTitle(column('Not yet, and late', 'count'))).toBe('Not yet, and late');
  });
});

describe('a table of a report', () => {
  const counts = [column('Urgency', 'words'), column('Raised', 'count'), column('Median', 'minutes')];

  test('has nothing to show where it has only noughts', () => {
    expect(hasFigures(table(counts, ['Urgent', 0, 'none'], ['Routine', 0, 'none']))).toBe(false);
    expect(hasFigures(table(counts))).toBe(false);
  });

  test.each([1, null, '5 or more'])('has something to show where it counts %j', (cell) => {
    expect(hasFigures(table(counts, ['Urgent', 0, 'none'], ['Routine', cell, 'none']))).toBe(true);
  });

  test('of words alone has something to show where it has a row', () => {
    const words = [column('Referral', 'words'), column('Urgency', 'words')];
    expect(hasFigures(table(words, ['K7M-2PXC', 'Urgent']))).toBe(true);
    expect(hasFigures(table(words))).toBe(false);
  });
});
