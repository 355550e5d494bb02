import { closeSync, fsyncSync, openSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Kysely, sql } from 'kysely';
import { noteFault } from './faults.ts';
import { forOwnerAlone, type Queries, registerInMemory, type Store, sqliteFile } from './store.ts';

type Row = Readonly<Record<string, string | number | null>>;
/** Any table: a copy takes the columns as they are. */
type AnyTables = Record<string, Record<string, string | number | null>>;

/** Rows that are in memory at once. */
const BATCH = 200;

/**
 * Writes the whole register, as it is at one moment, into a new SQLite file, beside servers that go on writing. What
 * was deleted is not in it.
 * @param schema The last migration of the register.
 */
export async function copyToFile(from: Store, file: string, schema: string): Promise<void> {
  if (from.dialect === 'sqlite') {
    await sql`vacuum into ${forOwnerAlone(file)}`.execute(from.db);
  } else {
    const to = sqliteFile(file);
    try {
      await to.migrateTo(schema);
      await copyRows(from, to, to);
    } finally {
      await to.close();
    }
  }
  keepOnDisk(file);
}

/** Copies every row of a SQLite file into an empty register of the same schema, and settles it, all or nothing. */
export async function copyFromFile(file: Store, to: Store, settling: Settling): Promise<void> {
  await copyRows(file, to, file, (tx) => settle(tx, settling));
}

export type Settling = {
  /** When the backup was taken and when it is restored, in epoch milliseconds. */
  readonly takenAt: number;
  readonly now: number;
};

export const RESTORED = 'restored';

/**
 * A register that is restored knows nothing of what happened since its backup was taken. What waited to be sent then
 * has perhaps arrived since, so that it goes again marked as a possible duplicate; what had arrived is not sent again.
 * No server of that day holds anything.
 */
export async function settle(db: Queries, { takenAt, now }: Settling): Promise<void> {
  await db.deleteFrom('workers').execute();
  await db.updateTable('lanes').set({ lease_until: 0, holder: null }).execute();
  await db
    .updateTable('cards')
    .set({ possible_duplicate: 1 })
    .where('activity', 'is', null)
    .where('due_at', 'is not', null)
    .execute();
  await noteFault(db, { key: `${RESTORED} ${now}`, kind: RESTORED, organisation: '', details: { takenAt }, at: now });
}

/** Whether no table of a register holds a row; also where there are no tables. */
export async function isEmpty(db: Queries): Promise<boolean> {
  for (const { name } of await db.introspection.getTables()) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0) return false;
  }
  return true;
}

/** What is wrong with a SQLite file by its own account; empty if nothing is. */
export async function damageIn(file: Store): Promise<readonly string[]> {
  const whole = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(file.db);
  const strays = await sql<{ table: string }>`select distinct "table" from pragma_foreign_key_check`.execute(file.db);
  return [
    ...whole.rows.map(({ integrity_check }) => integrity_check).filter((words) => words !== 'ok'),
    ...strays.rows.map(({ table }) => `rows of ${table} belong to rows that are not there`),
  ];
}

/**
 * Whether a SQLite file does by itself what Signpost's does, and nothing else: it refuses to change the record.
 * @param schema The last migration of the register in it.
 */
export async function hasOwnGuards(file: Store, schema: string): Promise<boolean> {
  const own = registerInMemory();
  try {
    await own.migrateTo(schema);
    return isDeepStrictEqual(await guardsOf(file), await guardsOf(own));
  } finally {
    await own.close();
  }
}

async function guardsOf({ db }: Store): Promise<unknown> {
  const { rows } = await sql<object>`select name, sql from sqlite_master where type in ('trigger', 'view')
    order by name`.execute(db);
  return rows;
}

/** What is written to a file is on the disk, also after a power cut. */
export function keepOnDisk(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** @param sqlite The one of the two that is SQLite: it says which table stands on which. */
async function copyRows(from: Store, to: Store, sqlite: Store, then?: (tx: Queries) => Promise<void>): Promise<void> {
  const tables = await inOrder(sqlite.db);
  await from.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((reading) =>
      to.transaction(async (writing) => {
        for (const table of tables) {
          for await (const rows of rowsOf(from, reading, table)) {
            await (writing as unknown as Kysely<AnyTables>)
              .insertInto(table)
              .values([...rows])
              .execute();
          }
        }
        await then?.(writing);
      }),
    );
}

/** The tables of a register, each behind those that it stands on. */
async function inOrder(db: Queries): Promise<readonly string[]> {
  const names = (await db.introspection.getTables()).map(({ name }) => name).sort();
  const ordered: string[] = [];
  const place = async (name: string): Promise<void> => {
    if (ordered.includes(name)) return;
    const { rows } = await sql<{ parent: string }>`select distinct "table" as parent
      from pragma_foreign_key_list(${name}) order by 1`.execute(db);
    for (const { parent } of rows) if (parent !== name) await place(parent);
    ordered.push(name);
  };
  for (const name of names) await place(name);
  return ordered;
}

const ROW = 'row_in_file';

/** All rows of a table, a batch at a time. */
async function* rowsOf({ dialect }: Store, tx: Queries, table: string): AsyncGenerator<readonly Row[]> {
  if (dialect === 'postgres') {
    await sql`declare copied no scroll cursor for select * from ${sql.table(table)}`.execute(tx);
    for (;;) {
      const { rows } = await sql<Row>`fetch ${sql.lit(BATCH)} from copied`.execute(tx);
      if (rows.length === 0) break;
      yield rows;
    }
    await sql`close copied`.execute(tx);
    return;
  }
  for (let last = 0; ; ) {
    const { rows } = await sql<Row>`select rowid as ${sql.ref(ROW)}, * from ${sql.table(table)}
      where rowid > ${last} order by rowid limit ${BATCH}`.execute(tx);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = Number(end[ROW]);
    yield rows.map(({ [ROW]: _, ...row }) => row);
  }
}
