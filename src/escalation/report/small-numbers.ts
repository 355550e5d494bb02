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
  /** Tables that the report shows, the most important first: the last is the first to be left out. */
  readonly shown: readonly string[];
  /** Tables whose every number is known, from elsewhere in the report or from another report. */
  readonly known: readonly string[];
};

/** By table: the rows of 5 and more that are hidden too, or that nothing of the table can be shown. */
export type Protection = ReadonlyMap<string, ReadonlySet<string> | 'left out'>;

type Row = { readonly table: string; readonly id: string; size: number; isShown: boolean };
/** One group of things, with its rows in the order of the tables. */
type Group = readonly (Row | undefined)[];

/** Decides what is hidden beside the numbers from 1 to 4 themselves. */
export function protect(all: readonly Alike[], { shown, known }: Tables): Protection {
  const kept = [...shown];
  const rows = new Map<string, Row>();
  const present = all.filter(({ times }) => times > 0);
  const groupsOver = (tables: readonly string[]): Group[] =>
    present.map((alike) => tables.map((table) => rowOf(rows, table, alike.rows[table])));
  groupsOver([...shown, ...known]);
  for (const alike of present) {
    for (const [table, id] of Object.entries(alike.rows)) {
      const row = rows.get(keyOf(table, id));
      if (row !== undefined) row.size += alike.times;
    }
  }
  for (const row of rows.values()) row.isShown = known.includes(row.table) || !isSmall(row.size);

  for (const row of rows.values()) {
    if (!isSmall(row.size) || known.includes(row.table)) continue;
    // Whatever is hidden for one row serves the others too, so that each needs to be looked at once.
    while (kept.includes(row.table)) {
      const change = cheapestChange(groupsOver([...kept, ...known]), row, known);
      if (change !== undefined) {
        for (const other of change) other.isShown = false;
        break;
      }
      kept.pop();
    }
  }
  return new Map(
    shown.map((table) => {
      const hidden = [...rows.values()].filter((row) => row.table === table && !row.isShown && !isSmall(row.size));
      return [table, kept.includes(table) ? new Set(hidden.map(({ id }) => id)) : 'left out'];
    }),
  );
}

function keyOf(table: string, id: string): string {
  return JSON.stringify([table, id]);
}

function rowOf(rows: Map<string, Row>, table: string, id: string | undefined): Row | undefined {
  if (id === undefined) return undefined;
  const key = keyOf(table, id);
  const row = rows.get(key) ?? { table, id, size: 0, isShown: true };
  rows.set(key, row);
  return row;
}

/**
 * The rows to hide so that one thing could be counted elsewhere, and this row be one more or one less, without anything
 * that is shown being different: those with the least in them. Undefined where nothing helps.
 */
function cheapestChange(groups: readonly Group[], row: Row, known: readonly string[]): Row[] | undefined {
  const inside = groups.filter((group) => group.includes(row));
  const outside = groups.filter((group) => !group.includes(row));
  let best: { readonly rows: Row[]; readonly cost: number } | undefined;
  for (const one of inside) {
    for (const other of outside) {
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        const change = changeOf(from, to, known);
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
  known: readonly string[],
): { readonly rows: Row[]; readonly cost: number } | undefined {
  const rows: Row[] = [];
  let cost = 0;
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
      if (!staysTrue || known.includes(row.table)) return undefined;
      if (!row.isShown) continue;
      rows.push(row);
      cost += row.size;
    }
  }
  return { rows, cost };
}
