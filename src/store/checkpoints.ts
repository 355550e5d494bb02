import type { Audit } from './audits.ts';
import type { CheckpointRow, HeadRow } from './schema.ts';
import type { Seal } from './seal.ts';
import type { Queries, Store } from './store.ts';

/**
 * Signed checkpoints over the audits of all referrals. Each names the last row of every audit that has grown since the
 * one before, so that a row, an end of an audit or a whole referral that is taken out later is missed.
 */

/** Referrals that are looked at in one statement, so that whoever else needs the register waits a millisecond only. */
const PAGE = 250;
/** The most audits that one checkpoint names. */
const LARGEST = 500;

type Head = Omit<HeadRow, 'checkpoint'>;

/** Makes checkpoints until every audit is in one as it stands. Only one server may do it at a time. @returns how many. */
export async function makeCheckpoints(store: Store, seal: Seal, at: number): Promise<number> {
  let made = 0;
  let grown: Head[] = [];
  const write = async (): Promise<void> => {
    if (grown.length === 0) return;
    await writeCheckpoint(store, seal, at, grown);
    grown = [];
    made += 1;
  };
  for (let after = ''; ; ) {
    const page = await store.db
      .selectFrom('referrals')
      .select(['reference', 'events'])
      .where('reference', '>', after)
      .orderBy('reference')
      .limit(PAGE)
      .execute();
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.reference;
    grown.push(...(await headsOf(store.db, await grownIn(store.db, page))));
    if (grown.length >= LARGEST) await write();
  }
  await write();
  return made;
}

type Chain = { readonly reference: string; readonly events: number };

async function grownIn(db: Queries, page: readonly Chain[]): Promise<string[]> {
  const known = await eventsKnown(
    db,
    page.map(({ reference }) => reference),
  );
  return page.filter(({ reference, events }) => events > (known.get(reference) ?? 0)).map(({ reference }) => reference);
}

/** How many rows of some audits the checkpoints so far have seen. */
async function eventsKnown(db: Queries, references: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (references.length === 0) return new Map();
  const rows = await db
    .selectFrom('checkpoint_heads')
    .select((eb) => ['referral', eb.fn.max('events').as('events')])
    .where('referral', 'in', references)
    .groupBy('referral')
    .execute();
  return new Map(rows.map(({ referral, events }) => [referral, Number(events)]));
}

/** The last rows of some audits, in the order of their references. */
async function headsOf(db: Queries, references: readonly string[]): Promise<Head[]> {
  if (references.length === 0) return [];
  return db
    .selectFrom('audit')
    .innerJoin('referrals', (join) =>
      join.onRef('referrals.reference', '=', 'audit.referral').onRef('referrals.events', '=', 'audit.sequence'),
    )
    .select(['audit.referral', 'audit.sequence as events', 'audit.hash'])
    .where('audit.referral', 'in', references)
    .orderBy('audit.referral')
    .execute();
}

async function writeCheckpoint(store: Store, seal: Seal, at: number, heads: readonly Head[]): Promise<void> {
  await store.transaction(async (tx) => {
    const last = await lastCheckpoint(tx);
    const known = await eventsKnown(
      tx,
      heads.map(({ referral }) => referral),
    );
    const fresh = heads.filter(({ referral }) => !known.has(referral));
    const more = heads.reduce((sum, { referral, events }) => sum + events - (known.get(referral) ?? 0), 0);
    const row = {
      number: (last?.number ?? 0) + 1,
      at,
      referrals: (last?.referrals ?? 0) + fresh.length,
      rows: (last?.rows ?? 0) + more,
      digest: seal.digestHeads(heads),
      previous: last?.signature ?? '',
    };
    await tx
      .insertInto('checkpoints')
      .values({ ...row, signature: seal.sign(row) })
      .execute();
    await tx
      .insertInto('checkpoint_heads')
      .values(heads.map((head) => ({ ...head, checkpoint: row.number })))
      .execute();
  });
}

export async function lastCheckpoint(db: Queries): Promise<CheckpointRow | undefined> {
  return db.selectFrom('checkpoints').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst();
}

/** Newest checkpoints that are looked at to see whether a key is the right one. */
const ENOUGH = 20;

/** Whether the newest checkpoints were signed with this key; also where there are none. */
export async function isSignedWith(db: Queries, seal: Seal): Promise<boolean> {
  const newest = await db.selectFrom('checkpoints').selectAll().orderBy('number', 'desc').limit(ENOUGH).execute();
  return newest.every((checkpoint) => checkpoint.signature === seal.sign(checkpoint));
}

/** What somebody writes down of a checkpoint, to hold the register against it later. */
export function checkpointValue({ number, signature }: CheckpointRow): string {
  return `${number}.${signature}`;
}

/** What the checkpoints say of the audits, and what is wrong with the checkpoints themselves. */
export type Checkpoints = {
  readonly last: CheckpointRow | undefined;
  /** In words; empty if nothing is. */
  readonly faults: readonly string[];
  /** The heads of each audit, by referral, oldest first. */
  readonly heads: ReadonlyMap<string, readonly HeadRow[]>;
};

/**
 * Reads all checkpoints and looks for a changed, removed, added or forged one.
 * @param value One that somebody wrote down, to be held against it.
 */
export async function readCheckpoints(db: Queries, seal: Seal, value?: string): Promise<Checkpoints> {
  const faults: string[] = [];
  const heads = new Map<string, HeadRow[]>();
  const all = await db.selectFrom('checkpoints').selectAll().orderBy('number').execute();
  let before: CheckpointRow | undefined;
  let rows = 0;
  for (const checkpoint of all) {
    const { number } = checkpoint;
    for (let missing = (before?.number ?? 0) + 1; missing < number; missing += 1) {
      faults.push(`checkpoint ${missing} was removed`);
    }
    const own = await db
      .selectFrom('checkpoint_heads')
      .selectAll()
      .where('checkpoint', '=', number)
      .orderBy('referral')
      .execute();
    for (const head of own) {
      const known = heads.get(head.referral) ?? [];
      rows += head.events - (known.at(-1)?.events ?? 0);
      heads.set(head.referral, [...known, head]);
    }
    const isWhole = checkpoint.signature === seal.sign(checkpoint) && checkpoint.previous === (before?.signature ?? '');
    if (!isWhole) faults.push(`checkpoint ${number} was changed or forged, or the one before it`);
    if (checkpoint.digest !== seal.digestHeads(own)) {
      faults.push(`the audits that checkpoint ${number} names were changed, added or removed`);
    } else if (checkpoint.referrals !== heads.size || checkpoint.rows !== rows) {
      faults.push(`checkpoint ${number} counts other audits than the checkpoints up to it name`);
    }
    before = checkpoint;
  }
  const stray = await db
    .selectFrom('checkpoint_heads')
    .select('checkpoint')
    .distinct()
    .where('checkpoint', 'not in', (eb) => eb.selectFrom('checkpoints').select('number'))
    .orderBy('checkpoint')
    .execute();
  faults.push(...stray.map(({ checkpoint }) => `checkpoint ${checkpoint} was removed`));
  if (value !== undefined) faults.push(...faultsAgainst(value, all));
  return { last: before, faults: [...new Set(faults)], heads };
}

function faultsAgainst(value: string, all: readonly CheckpointRow[]): string[] {
  if (all.some((one) => checkpointValue(one) === value.trim())) return [];
  const number = Number.parseInt(value, 10);
  return all.some((one) => one.number === number)
    ? [`checkpoint ${number} is not the one that was written down`]
    : [`the checkpoint that was written down, ${number}, is not there: it was removed, with what came after it`];
}

/**
 * What is wrong with the audit of one referral, by the first checkpoint that it does not fit. Each is asked: an audit
 * that was shortened and has grown again since fits the last one.
 */
export function faultsAgainstHeads({ reference, rows }: Audit, heads: readonly HeadRow[] = []): string[] {
  const missed = heads.find(({ events, hash }) => rows[events - 1]?.hash !== hash);
  if (missed === undefined) return [];
  const { checkpoint, events } = missed;
  return rows.length < events
    ? [`${reference} had ${events} audit rows at checkpoint ${checkpoint}, and has ${rows.length}: some were removed`]
    : [`row ${events} of ${reference} is not the one of checkpoint ${checkpoint}`];
}

/** Referrals that the checkpoints name, and that are not there any more. */
export function faultsOfRemoved({ heads }: Checkpoints, seen: ReadonlySet<string>): string[] {
  return [...heads].flatMap(([referral, all]) => {
    const last = all.at(-1);
    return last === undefined || seen.has(referral)
      ? []
      : [`${referral} was removed: it had ${last.events} audit rows at checkpoint ${last.checkpoint}`];
  });
}
