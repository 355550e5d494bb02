import type { Insertable } from 'kysely';
import type { PersonKey } from './people.ts';
import type { AuditRow, CardRow, Database, ReferralRow, WordsRow } from './schema.ts';
import type { Queries, Store } from './store.ts';

/** A referral with all that belongs to it. */
export type ReferralRecord = {
  readonly referral: ReferralRow;
  readonly audit: readonly AuditRow[];
  readonly words: readonly WordsRow[];
  readonly cards: readonly CardRow[];
};

/** @returns false if a referral with this key or reference is there already. */
export async function insertReferral(db: Queries, row: ReferralRow): Promise<boolean> {
  const result = await db
    .insertInto('referrals')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

export async function findByRaiseKey(db: Queries, key: string): Promise<ReferralRow | undefined> {
  return db.selectFrom('referrals').selectAll().where('raise_key', '=', key).executeTakeFirst();
}

/** Reads one referral, and on PostgreSQL holds it until the transaction ends. SQLite has one writer. */
export async function lockReferral(db: Queries, store: Store, reference: string): Promise<ReferralRow | undefined> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('reference', '=', reference)
    .$if(store.dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
}

export async function updateReferral(
  db: Queries,
  reference: string,
  change: Partial<Omit<ReferralRow, 'reference'>>,
): Promise<void> {
  await db.updateTable('referrals').set(change).where('reference', '=', reference).execute();
}

export type Actor = PersonKey & { readonly name: string };

export type AuditEntry = {
  readonly kind: string;
  readonly at: number;
  readonly actor?: Actor;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly words?: string;
};

/** Adds one row to a referral's audit, numbered after the last. */
export async function appendAudit(db: Queries, reference: string, entry: AuditEntry): Promise<void> {
  const { events } = await db
    .updateTable('referrals')
    .set((eb) => ({ events: eb('events', '+', 1) }))
    .where('reference', '=', reference)
    .returning('events')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('audit')
    .values({
      referral: reference,
      sequence: events,
      at: entry.at,
      kind: entry.kind,
      actor_tenant: entry.actor?.tenant ?? null,
      actor: entry.actor?.person ?? null,
      actor_name: entry.actor?.name ?? null,
      details: JSON.stringify(entry.details ?? {}),
      words: entry.words ?? null,
    })
    .execute();
}

export async function saveWords(db: Queries, row: Insertable<Database['words']>): Promise<void> {
  await db.insertInto('words').values(row).execute();
}

export async function readReferral(db: Queries, reference: string): Promise<ReferralRecord | undefined> {
  const referral = await db.selectFrom('referrals').selectAll().where('reference', '=', reference).executeTakeFirst();
  if (referral === undefined) return undefined;
  const audit = await db
    .selectFrom('audit')
    .selectAll()
    .where('referral', '=', reference)
    .orderBy('sequence')
    .execute();
  const words = await db.selectFrom('words').selectAll().where('referral', '=', reference).orderBy('at').execute();
  const cards = await db
    .selectFrom('cards')
    .selectAll()
    .where('referral', '=', reference)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return { referral, audit, words, cards };
}

/** Somebody's own referrals, newest first. */
export async function referralsOf(db: Queries, key: PersonKey, limit: number): Promise<ReferralRow[]> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('reporter_tenant', '=', key.tenant)
    .where('reporter', '=', key.person)
    .orderBy('raised_at', 'desc')
    .limit(limit)
    .execute();
}

/** References of referrals whose route's next step is due. */
export async function dueForNextStep(db: Queries, at: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('referrals')
    .select('reference')
    .where('next_step_at', 'is not', null)
    .where('next_step_at', '<=', at)
    .orderBy('next_step_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.reference);
}

/** Remembers that a card's action was carried out. */
export async function recordAction(db: Queries, key: string, referral: string, at: number): Promise<void> {
  await db.insertInto('actions').values({ key, referral, at }).execute();
}

export async function actionWasDone(db: Queries, key: string): Promise<boolean> {
  const row = await db.selectFrom('actions').select('key').where('key', '=', key).executeTakeFirst();
  return row !== undefined;
}
