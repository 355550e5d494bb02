import { sql } from 'kysely';
import { emptyLog } from './forgetting.ts';
import type { WordsRow } from './schema.ts';
import type { Seal } from './seal.ts';
import type { Queries, Store } from './store.ts';

/** What came of encrypting words anew. */
export type Relocked = {
  /** How many are encrypted with the first key now that were not. */
  readonly done: number;
  /** How many could not be read, by the id of the key that they are encrypted with. */
  readonly unreadable: ReadonlyMap<string, number>;
};

/** Words that are changed in one transaction: few, so that a server beside waits a few milliseconds only. */
const BATCH = 100;

/**
 * Encrypts with the first key all words that are encrypted with another, or with none. Each batch is whole by itself:
 * killed at any moment, it is run again and goes on with what is left. A server may run beside it that knows the key.
 */
export async function relockWords(store: Store, seal: Seal): Promise<Relocked> {
  const [first = ''] = seal.vault.keys;
  const unreadable = new Map<string, number>();
  const done = await inBatches(store, async (tx, after) => {
    const rows = await tx
      .selectFrom('words')
      .selectAll()
      .where('id', '>', after)
      .where((eb) => eb.or([eb('key', 'is', null), eb('key', '!=', first)]))
      .orderBy('id')
      .limit(BATCH)
      .execute();
    const batch = await relock(tx, seal, rows);
    for (const key of batch.unreadable) unreadable.set(key, (unreadable.get(key) ?? 0) + 1);
    return batch;
  });
  if (done > 0) await emptyLog(store);
  return { done, unreadable };
}

/**
 * Encrypts words from before there were keys, and takes what was readable out of the files too. @returns how many.
 * PostgreSQL needs the table to itself for that, so that it is done before a server serves.
 */
export async function lockPlainWords(store: Store, seal: Seal): Promise<number> {
  const done = await inBatches(store, async (tx, after) => {
    const rows = await tx
      .selectFrom('words')
      .selectAll()
      .where('key', 'is', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    return relock(tx, seal, rows);
  });
  if (done > 0) {
    await sql.raw(store.dialect === 'sqlite' ? 'vacuum' : 'vacuum full words').execute(store.db);
    await emptyLog(store);
  }
  return done;
}

type Batch = { readonly last: string | undefined; readonly done: number; readonly unreadable: readonly string[] };

async function inBatches(store: Store, one: (tx: Queries, after: string) => Promise<Batch>): Promise<number> {
  let done = 0;
  for (let after = ''; ; ) {
    const batch = await store.transaction((tx) => one(tx, after));
    done += batch.done;
    if (batch.last === undefined) return done;
    after = batch.last;
  }
}

async function relock(tx: Queries, { vault }: Seal, rows: readonly WordsRow[]): Promise<Batch> {
  const unreadable: string[] = [];
  let done = 0;
  for (const row of rows) {
    const opened = vault.open(row);
    if ('unreadable' in opened) {
      unreadable.push(row.key ?? '');
      continue;
    }
    // Whatever was deleted meanwhile stays so.
    const changed = await tx
      .updateTable('words')
      .set(vault.lock(row, opened.text))
      .where('id', '=', row.id)
      .where('text', '=', row.text)
      .executeTakeFirst();
    done += Number(changed.numUpdatedRows);
  }
  return { last: rows.at(-1)?.id, done, unreadable };
}

/** The ids of the keys that words are encrypted with, each once; null stands for words that are not encrypted. */
export async function keysInUse(db: Queries): Promise<readonly (string | null)[]> {
  const rows = await db.selectFrom('words').select('key').distinct().orderBy('key').execute();
  return rows.map(({ key }) => key);
}

/** Some words that are encrypted with a key: enough to see whether it is the right one. */
export async function someWordsUnder(db: Queries, key: string): Promise<WordsRow | undefined> {
  return db.selectFrom('words').selectAll().where('key', '=', key).limit(1).executeTakeFirst();
}
