import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, PostgresDialect, SqliteDialect, sql, type Transaction } from 'kysely';
import { DEFAULT_MIGRATION_TABLE as MIGRATIONS_TABLE, Migrator } from 'kysely/migration';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { migrationsFor } from './migrations.ts';
import type { Database, Dialect } from './schema.ts';

/** A connection, or a transaction over one. */
export type Queries = Kysely<Database> | Transaction<Database>;

/** The register: one database behind one set of queries. */
export type Store = {
  readonly db: Kysely<Database>;
  readonly dialect: Dialect;
  /** Runs work in one transaction. Nothing but the database may be awaited inside it. */
  transaction<T>(work: (tx: Transaction<Database>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** Another server has the same data folder. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
}

/** The register was made or updated by a newer version, which this one does not know. */
export class StoreTooNewError extends Error {
  override readonly name = 'StoreTooNewError';
}

/** The register in a data folder. */
export const SQLITE_FILE = 'signpost.sqlite';

/** The store in a folder of its own, made on first use. Only one server may hold it at a time. */
export async function openSqlite(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  const database = new DatabaseSync(forOwnerAlone(join(folder, SQLITE_FILE)));
  database.exec('pragma journal_mode = wal;');
  prepareToWrite(database);
  const store = storeOver(new SqliteDialect({ database: forKysely(database, 'writes') }), 'sqlite', () => lock.close());
  await migrate(store);
  return store;
}

/**
 * Makes a file, where there is none, that nobody else may read, also in a folder that others made. What SQLite writes
 * beside it takes after it.
 */
export function forOwnerAlone(file: string): string {
  closeSync(openSync(file, 'a', 0o600));
  return file;
}

/** What is deleted is overwritten too, and not only forgotten. */
function prepareToWrite(database: DatabaseSync): void {
  database.exec(
    'pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000; pragma secure_delete = on;',
  );
}

/** What somebody beside the servers wants of the store. */
export type Beside = 'reads' | 'writes';

/** The store in a folder, beside a running server. @throws if no server has made one there yet. */
export function openSqliteBeside(folder: string, wanted: Beside = 'reads'): Store {
  const database = new DatabaseSync(join(folder, SQLITE_FILE), { readOnly: wanted === 'reads' });
  if (wanted === 'writes') prepareToWrite(database);
  else database.exec('pragma busy_timeout = 5000;');
  return storeOver(new SqliteDialect({ database: forKysely(database, wanted) }), 'sqlite');
}

/** A register whose tables are made as far as somebody says. */
export type Growing = Store & {
  /** Makes the tables as they were after one migration. */
  migrateTo(name: string): Promise<void>;
};

/** A register in one file that no server has open, such as a backup; made on first use. */
export function sqliteFile(file: string): Growing {
  const database = new DatabaseSync(forOwnerAlone(file));
  database.exec('pragma synchronous = full;');
  return growing(storeOver(new SqliteDialect({ database: forKysely(database, 'writes') }), 'sqlite'));
}

/** A register that holds nothing, and goes when it is closed. */
export function registerInMemory(): Growing {
  const database = new DatabaseSync(':memory:');
  return growing(storeOver(new SqliteDialect({ database: forKysely(database, 'writes') }), 'sqlite'));
}

/** A PostgreSQL database that no server runs on yet, as it is. */
export function postgresDatabase(url: string): Growing {
  const pool = poolOf({ connectionString: url, max: 2, connectionTimeoutMillis: READER_PATIENCE_MS });
  return growing(storeOver(new PostgresDialect({ pool }), 'postgres'));
}

function growing(store: Store): Growing {
  return { ...store, migrateTo: (name) => migrate(store, name) };
}

/** The last migration that a register has been through; undefined where there is none. */
export async function schemaOf(store: Store): Promise<string | undefined> {
  const all = await migratorOf(store).getMigrations();
  const done = all.filter(({ executedAt }) => executedAt !== undefined);
  return done.at(-1)?.name;
}

/** Whether this version knows a migration. */
export async function knowsSchema(name: string): Promise<boolean> {
  return Object.hasOwn(await migrationsFor('sqlite').getMigrations(), name);
}

/** How long a server waits for PostgreSQL, in milliseconds. Nothing that it asks takes nearly as long. */
export type Patience = {
  readonly connection: number;
  /** For a row or a table that somebody else holds. */
  readonly lock: number;
  readonly statement: number;
  /** How long a transaction may rest before PostgreSQL ends it and frees what it holds. */
  readonly idleInTransaction: number;
};

const PATIENCE: Patience = { connection: 10_000, lock: 10_000, statement: 30_000, idleInTransaction: 30_000 };
/** PostgreSQL gives up a statement first, if it can be reached. */
const ANSWER_MS = 5_000;

/** The store on a PostgreSQL server, for several instances. */
export async function openPostgres(url: string, patience: Patience = PATIENCE): Promise<Store> {
  const connecting = { connectionString: url, connectionTimeoutMillis: patience.connection };
  // A migration of a large table, or the wait for another server's, may take longer than anything after it.
  const first = storeOver(new PostgresDialect({ pool: poolOf({ ...connecting, max: 2 }) }), 'postgres');
  try {
    await migrate(first);
  } finally {
    await first.close();
  }
  const pool = poolOf({
    ...connecting,
    max: 10,
    keepAlive: true,
    lock_timeout: patience.lock,
    statement_timeout: patience.statement,
    query_timeout: patience.statement + ANSWER_MS,
    idle_in_transaction_session_timeout: patience.idleInTransaction,
  });
  return storeOver(new PostgresDialect({ pool }), 'postgres');
}

/** How long a reader waits for a connection and for an answer, in milliseconds. */
const READER_PATIENCE_MS = 10_000;

/** The store on a PostgreSQL server, beside the servers that run on it. Whoever only reads cannot change anything. */
export function openPostgresBeside(url: string, wanted: Beside = 'reads'): Store {
  const pool = poolOf({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: READER_PATIENCE_MS,
    query_timeout: READER_PATIENCE_MS,
    // The pool waits for this before it gives the connection to anybody.
    onConnect: async (client) => {
      if (wanted === 'reads') await client.query('set session characteristics as transaction read only');
    },
  });
  return storeOver(new PostgresDialect({ pool }), 'postgres');
}

function poolOf(config: pg.PoolConfig): pg.Pool {
  const types = {
    // Epoch milliseconds and counts fit a number; the driver would give text for 64-bit integers.
    getTypeParser: (id: number, format?: 'text' | 'binary') =>
      id === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(id, format),
  };
  const pool = new pg.Pool({ ...config, types });
  // A connection that the server closes is replaced by the next query. Without a listener it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function storeOver(dialect: SqliteDialect | PostgresDialect, name: Dialect, onClose?: () => void): Store {
  const db = new Kysely<Database>({ dialect });
  return {
    db,
    dialect: name,
    transaction: (work) => againIfDeadlocked(() => db.transaction().execute(work)),
    async close() {
      await db.destroy();
      onClose?.();
    },
  };
}

/** PostgreSQL ends one of two transactions that wait for each other, and asks for it to be run again. */
const DEADLOCK = '40P01';
const TRIES = 5;

async function againIfDeadlocked<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const isDeadlock = typeof error === 'object' && error !== null && 'code' in error && error.code === DEADLOCK;
      if (!isDeadlock || attempt === TRIES) throw error;
    }
  }
}

async function migrate(store: Store, last?: string): Promise<void> {
  await refuseNewer(store);
  const migrator = migratorOf(store);
  const { error } = await (last === undefined ? migrator.migrateToLatest() : migrator.migrateTo(last));
  if (error !== undefined) throw error;
}

function migratorOf(store: Store): Migrator {
  return new Migrator({ db: store.db, provider: migrationsFor(store.dialect) });
}

/**
 * An older version could misread what a newer one wrote, and would not know what it must keep.
 * @throws StoreTooNewError
 */
export async function refuseNewer(store: Store): Promise<void> {
  const unknown = await unknownMigrations(store);
  if (unknown.length === 0) return;
  throw new StoreTooNewError(
    `The register was updated by a newer version of Signpost (${unknown.join(', ')}), which this version does not know. Start the newer version. To go back to this one, restore a backup that was taken before the update.`,
  );
}

async function unknownMigrations(store: Store): Promise<readonly string[]> {
  const tables = await store.db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === MIGRATIONS_TABLE)) return [];
  const known = await migrationsFor(store.dialect).getMigrations();
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATIONS_TABLE)} order by name`.execute(
    store.db,
  );
  return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(known, name));
}

/**
 * Kysely asks each statement whether it reads; `node:sqlite` tells by its columns. A transaction that begins to write
 * after another process has written fails at once, so that one which may write takes its turn when it begins.
 */
function forKysely(database: DatabaseSync, wanted: Beside): ConstructorParameters<typeof SqliteDialect>[0]['database'] {
  type Values = Parameters<ReturnType<DatabaseSync['prepare']>['run']>;
  const prepare = (text: string) => {
    const statement = database.prepare(text === 'begin' && wanted === 'writes' ? 'begin immediate' : text);
    return {
      reader: statement.columns().length > 0,
      all: (values: readonly unknown[]) => statement.all(...(values as Values)),
      run: (values: readonly unknown[]) => statement.run(...(values as Values)),
      iterate: (values: readonly unknown[]) => statement.iterate(...(values as Values)),
    };
  };
  const prepared = new LRUCache<string, ReturnType<typeof prepare>>({ max: 200 });
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = prepared.get(text) ?? prepare(text);
      prepared.set(text, statement);
      return statement;
    },
  };
}

/**
 * An exclusive transaction on a file of its own: the system frees it however the process ends.
 * @throws StoreInUseError where a server holds it.
 */
export function lockFolder(folder: string): { close(): void } {
  const lock = new DatabaseSync(forOwnerAlone(join(folder, 'lock.sqlite')));
  try {
    lock.exec('begin exclusive');
  } catch {
    lock.close();
    throw new StoreInUseError(
      `Another Signpost server is using ${folder}. Stop it first, set DATA_DIR to another folder, or use PostgreSQL (DATABASE_URL) to run several.`,
    );
  }
  return lock;
}
