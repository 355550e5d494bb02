/**
 * Small numbers in a report can tell who it was. They are hidden, and with them as many others as it takes, so that none
 * can be worked out by adding and subtracting.
 *
 * The law: for each hidden number from 1 to 4 there is another way in which things could have been, with one thing
 * counted elsewhere, that gives the very same report. It holds over all the tables together that count the same things.
 */

const SMALLEST_SHOWN = 5;

export function isSmall(number: number): boolean {
  return number >= 1 && number < SMALLEST_SHOWN;
}

/** Things that every table counts in the same row, and how many there are. */
export type Alike = {
  readonly times: number;
  /** The row that they are counted in, by table. A table that does not count them is absent. */
  readonly rows: Readonly<Record<string, string>>;
};

export type Tables = {
  /** Tables that the report shows. */
  readonly shown: readonly string[];
  /** Tables that it shows as well, where that hides no more of those. The last is the first to be left out. */
  readonly spare?: readonly string[];
  /** Tables whose every number is known, from elsewhere in the report or from another report. */
  readonly known: readonly string[];
};

/** By table: the rows of 5 and more that are hidden too, or that nothing of the table can be shown. */
export type Protection = ReadonlyMap<string, ReadonlySet<string> | 'left out'>;

type Row = { readonly table: string; readonly id: string; size: number; isShown: boolean };
/** One group of things, with its rows in the order of the tables. */
type Group = readonly (Row | undefined)[];

/** Decides what is hidden beside the numbers from 1 to 4 themselves. */
export function protect(all: readonly Alike[], { shown, spare = [], known }: Tables): Protection {
  const present = all.filter(({ times }) => times > 0);
  const rows = rowsOf(present, known);
  const kept = [...shown, ...spare];
  const groups = (): Group[] =>
    present.map((alike) => [...kept, ...known].map((table) => rows.get(keyOf(table, alike.rows[table]))));
  for (const table of [...kept]) {
    for (const row of rows.values()) {
      if (row.table !== table || !isSmall(row.size)) continue;
      const mayHide = (other: Row): boolean => !spare.includes(table) || spare.includes(other.table);
      const weigh = (other: Row): number => (spare.includes(other.table) ? other.size : other.size * MUCH);
      while (kept.includes(table)) {
        const change = cheapestChange(groups(), row, { known, mayHide, weigh });
        // What is hidden for one row serves the others too, so that each needs to be looked at once.
        for (const other of change ?? []) other.isShown = false;
        if (change !== undefined) break;
        kept.splice(
          kept.findLastIndex((one) => one === table || spare.includes(one)),
          1,
        );
      }
    }
  }
  return new Map(
    [...shown, ...spare].map((table) => [table, kept.includes(table) ? hiddenIn(rows, table) : 'left out']),
  );
}

/** No row of a spare table is worth one of another. */
const MUCH = 1_000_000;

function rowsOf(present: readonly Alike[], known: readonly string[]): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const alike of present) {
    for (const [table, id] of Object.entries(alike.rows)) {
      const row = rows.get(keyOf(table, id)) ?? { table, id, size: 0, isShown: true };
      row.size += alike.times;
      row.isShown = known.includes(table) || !isSmall(row.size);
      rows.set(keyOf(table, id), row);
    }
  }
  return rows;
}

/** The rows of 5 and more that are hidden. */
function hiddenIn(rows: ReadonlyMap<string, Row>, table: string): ReadonlySet<string> {
  const hidden = [...rows.values()].filter((row) => row.table === table && !row.isShown && !isSmall(row.size));
  return new Set(hidden.map(({ id }) => id));
}

function keyOf(table: string, id: string | undefined): string {
  return JSON.stringify([table, id]);
}

type Rules = {
  readonly known: readonly string[];
  readonly mayHide: (row: Row) => boolean;
  /** How much it would be missed. */
  readonly weigh: (row: Row) => number;
};

/**
 * The rows to hide so that one thing could be counted elsewhere, and this row be one more or one less, without anything
 * that is shown being different: those that are missed least. Undefined where nothing helps.
 */
function cheapestChange(groups: readonly Group[], row: Row, rules: Rules): Row[] | undefined {
  const inside = groups.filter((group) => group.includes(row));
  const outside = groups.filter((group) => !group.includes(row));
  let best: { readonly rows: Row[]; readonly cost: number } | undefined;
  for (const one of inside) {
    for (const other of outside) {
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        const change = changeOf(from, to, rules);
        if (change !== undefined && (best === undefined || change.cost < best.cost)) best = change;
        if (best?.cost === 0) return best.rows;
      }
    }
  }
  return best?.rows;
}

/** What must be hidden for one thing to be counted with others; undefined where a number would tell all the same. */
function changeOf(
  from: Group,
  to: Group,
  { known, mayHide, weigh }: Rules,
): { readonly rows: Row[]; readonly cost: number } | undefined {
  const rows: Row[] = [];
  for (const [index, less] of from.entries()) {
    const more = to[index];
    if (less === more) continue;
    for (const [row, by] of [
      [less, -1],
      [more, 1],
    ] as const) {
      if (row === undefined) continue;
      // What is said to be from 1 to 4 must stay so, and what is said to be 5 or more too.
      const staysTrue = isSmall(row.size) ? isSmall(row.size + by) : row.size + by >= SMALLEST_SHOWN;
      if (!staysTrue || known.includes(row.table) || (row.isShown && !mayHide(row))) return undefined;
      if (row.isShown) rows.push(row);
    }
  }
  return { rows, cost: rows.reduce((sum, row) => sum + weigh(row), 0) };
}
