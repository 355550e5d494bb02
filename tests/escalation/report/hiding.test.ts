import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Cell, nameAnswer, URGENCY_NAMES } from '../../../src/escalation/report/drawing.ts';
import { type Report, reportFor } from '../../../src/escalation/reports.ts';
import { openSqlite, type Store } from '../../../src/store/store.ts';
import {
  anyScene,
  at,
  KINDS,
  type KindName,
  LATER,
  MINUTE,
  play,
  QUARTER,
  reportedTrust,
  rowOf,
  rowsOf,
  type Scene,
  tableOf,
} from './scene.ts';

describe('a report that hides small numbers', () => {
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-hiding-'));
    store = await openSqlite(folder);
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const hiding = async (played: readonly Scene[]): Promise<Report> => {
    const trust = { ...reportedTrust(), id: `trust-${randomUUID()}` };
    await play(store, trust, played);
    return reportFor(store.db, trust, { ...QUARTER, suppress: true, now: LATER, mayName: true });
  };
  const several = (number: number, scene: Omit<Scene, 'at'>): Scene[] =>
    Array.from({ length: number }, (_, index) => ({ ...scene, at: at('2026-08-10T10:00:00Z') + index * MINUTE }));

  test('shows neither 1 to 4 nor what they could be worked out from, and no lists', async () => {
    const hidden = await hiding([
      ...several(2, { kind: 'threat', acknowledged: 5, department: 'ward-2' }),
      ...several(20, { kind: 'filming', acknowledged: 50, lost: { role: 'on-duty', place: 'Grace' } }),
      ...several(8, { kind: 'post', department: 'ward-3' }),
    ]);
    expect(hidden.suppressed).toBe(true);
    expect(rowsOf(hidden, 'urgency')).toEqual({ Immediate: null, Urgent: 20, Routine: '5 or more' });
    expect(rowsOf(hidden, 'category')).toEqual({ Filming: 20, Threats: null, Posts: '5 or more' });
    expect(rowsOf(hidden, 'department')).toEqual({ 'Ward 1': 20, 'Ward 2': null, 'Ward 3': '5 or more' });
    expect(rowOf(hidden, 'acknowledged', 'Immediate')).toEqual({
      'Waiting time': '6 minutes',
      Raised: null,
      'Share in time': 'too few to show',
      Median: 'too few to show',
      '90th percentile': 'too few to show',
    });
    expect(rowOf(hidden, 'acknowledged', 'Urgent')).toMatchObject({ Raised: 20, 'Share in time': 0, Median: 50 });
    expect(rowOf(hidden, 'acknowledged', 'All')).toMatchObject({ Raised: 30, 'Share in time': 'too few to show' });
    const ids = hidden.tables.map(({ id }) => id);
    for (const list of ['unacknowledged', 'undelivered', 'answers', 'messages']) expect(ids).not.toContain(list);
    expect(hidden.summary.at(-1)).toContain('Numbers from 1 to 4 are not shown');
  });

  test('hides what the guidance would tell: whoever knows a category, and all its answers but one, knows that one', async () => {
    const hidden = await hiding([
      ...several(30, { kind: 'filming', acknowledged: 5 }),
      ...several(1, { kind: 'photo', acknowledged: 5 }),
      ...several(8, { kind: 'threat', acknowledged: 5 }),
    ]);
    expect(rowsOf(hidden, 'category')).toEqual({ Filming: 31, Threats: 8, Posts: 0 });
    // The smallest would be “Threats”, and hiding it would not help.
    expect(rowsOf(hidden, 'outcome')).toEqual({
      'Threats: Report it': 8,
      'Someone is filming: Tell the senior person': '5 or more',
      'Someone is filming: Ask the senior person': null,
    });
  });

  test('says no more of fewer than five', async () => {
    const hidden = await hiding(several(3, { acknowledged: 5 }));
    expect(hidden.summary.slice(0, 2)).toEqual([
      'July to September 2026: fewer than 5 referrals were raised. A year before, in the same days: none.',
      'No more is said of so few, because it could be told who they are about.',
    ]);
    expect(hidden.tables.map(({ id }) => id)).toEqual(['months', 'topics', 'unanswered']);
    expect(rowsOf(hidden, 'months')).toMatchObject({ 'August 2026': [null, 0] });
  });

  test('leaves a table out where nothing else would help, and says why', async () => {
    const hidden = await hiding([
      ...several(4, { kind: 'filming', acknowledged: 5 }),
      ...several(4, { kind: 'threat', acknowledged: 5, department: 'ward-2' }),
    ]);
    const departments = tableOf(hidden, 'department');
    expect(departments.rows).toEqual([]);
    expect(departments.about).toContain('could be worked out');
  });

  test('hides a part where the others would be few', async () => {
    const hidden = await hiding([
      ...several(10, { acknowledged: 5, referredOn: [{ to: 'The police' }] }),
      ...several(2, { acknowledged: 5, referredOn: [{ to: 'Information Governance' }] }),
    ]);
    expect(rowsOf(hidden, 'statutory')).toEqual({ 'The police': '5 or more' });
    expect(rowsOf(hidden, 'referred-on')).toEqual({ 'Information Governance': null });
  });

  test('lets no number from 1 to 4 be worked out by adding and subtracting, in a table or between tables', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyScene(), { maxLength: 40 }), async (played) => {
        const hidden = await hiding(played);
        expect(workedOut(hidden)).toEqual([]);
        expect(shownSmall(hidden)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

// Somebody who tries to work out what is hidden

type Range = { readonly least: number; readonly most: number };
/** Cells that make up another, by name. */
type Sum = { readonly parts: readonly string[]; readonly of: string };

const ALL = 'all';
const PARTED = ['category', 'urgency', 'department', 'route', 'outcome', 'status'];

/**
 * The hidden numbers that follow from the others: of each cell a reader first knows what is said of it, and then what
 * every sum that they know leaves of that, until nothing changes.
 */
function workedOut(report: Report): string[] {
  const ranges = new Map([
    [ALL, raisedIn(report)],
    ...[...PARTED, 'months'].flatMap((table) => rangesOf(report, table)),
  ]);
  const hidden = [...ranges].filter(([, { least, most }]) => least === 1 && most === 4).map(([name]) => name);
  narrow(ranges, sumsIn(report));
  return hidden.filter((name) => ranges.get(name)?.least === ranges.get(name)?.most);
}

function raisedIn({ summary }: Report): Range {
  const said = /: (\S+|fewer than 5) referrals? w/.exec(summary[0] ?? '')?.[1] ?? '';
  if (said === 'fewer than 5') return { least: 1, most: 4 };
  const number = said === 'no' ? 0 : Number(said);
  return { least: number, most: number };
}

function rangesOf(report: Report, table: string): (readonly [string, Range])[] {
  return namesIn(report, table).map((name, index) => [name, rangeOf(rowsIn(report, table)[index]?.[1] ?? null)]);
}

function rangeOf(cell: Cell): Range {
  if (cell === null) return { least: 1, most: 4 };
  return typeof cell === 'number' ? { least: cell, most: cell } : { least: 5, most: 1e9 };
}

function rowsIn({ tables }: Report, table: string): Cell[][] {
  return tables.find(({ id }) => id === table)?.rows ?? [];
}

function namesIn(report: Report, table: string): string[] {
  return rowsIn(report, table).map(([row]) => `${table}: ${row}`);
}

function sumsIn(report: Report): Sum[] {
  const tables = PARTED.map((table) => ({ parts: namesIn(report, table), of: ALL }));
  // The quarter is the last three of the months.
  const months = { parts: namesIn(report, 'months').slice(-3), of: ALL };
  // Anybody can read in the guidance which urgency and which category an answer gives.
  const answers = namesIn(report, 'outcome');
  const ofAnswers = Object.values(KINDS).flatMap(({ urgency, category }) => {
    const from = (fits: (kind: (typeof KINDS)[KindName]) => boolean): string[] =>
      Object.values(KINDS)
        .filter(fits)
        .map(({ title, headline }) => `outcome: ${nameAnswer(title, headline)}`)
        .filter((name) => answers.includes(name));
    return [
      { parts: from((kind) => kind.urgency === urgency), of: `urgency: ${URGENCY_NAMES[urgency]}` },
      { parts: from((kind) => kind.category === category), of: `category: ${CATEGORY_NAMES[category]}` },
    ];
  });
  return [...tables, months, ...(answers.length > 0 ? ofAnswers : [])].filter(({ parts }) => parts.length > 0);
}

const CATEGORY_NAMES = { filming: 'Filming', threats: 'Threats', posts: 'Posts' } as const;

function narrow(ranges: Map<string, Range>, sums: readonly Sum[]): void {
  const rangeFor = (name: string): Range => ranges.get(name) ?? { least: 0, most: 1e9 };
  const total = (names: readonly string[], end: keyof Range): number =>
    names.reduce((sum, name) => sum + rangeFor(name)[end], 0);
  let changed = true;
  const limit = (name: string, { least, most }: Range): void => {
    const range = rangeFor(name);
    const narrower = { least: Math.max(range.least, least), most: Math.min(range.most, most) };
    changed ||= narrower.least !== range.least || narrower.most !== range.most;
    ranges.set(name, narrower);
  };
  while (changed) {
    changed = false;
    for (const { parts, of } of sums) {
      limit(of, { least: total(parts, 'least'), most: total(parts, 'most') });
      for (const part of parts) {
        const others = parts.filter((other) => other !== part);
        const { least, most } = rangeFor(of);
        limit(part, { least: least - total(others, 'most'), most: most - total(others, 'least') });
      }
    }
  }
}

/** Counts that are shown although they are from 1 to 4. */
function shownSmall({ tables }: Report): string[] {
  return tables.flatMap(({ id, columns, rows }) =>
    rows.flatMap((row) =>
      row.flatMap((cell, column) => {
        const isSmall = columns[column]?.unit === 'count' && typeof cell === 'number' && cell >= 1 && cell <= 4;
        return isSmall ? [`${id}: ${row[0]}`] : [];
      }),
    ),
  );
}
