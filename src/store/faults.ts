import type { FaultRow } from './schema.ts';
import type { Queries } from './store.ts';

export type Fault = {
  /** The same for the same fault, however often it is noticed. */
  readonly key: string;
  readonly kind: string;
  readonly organisation: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: number;
};

/** Keeps that something is wrong. @returns true if it was not known to be wrong before. */
export async function noteFault(db: Queries, { key, kind, organisation, details, at }: Fault): Promise<boolean> {
  const known = await db.selectFrom('faults').selectAll().where('key', '=', key).executeTakeFirst();
  if (known !== undefined && known.ended_at === null) return false;
  const row = { key, kind, organisation, details: JSON.stringify(details), since: at, ended_at: null };
  const { key: _, ...fields } = row;
  await db
    .insertInto('faults')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(fields))
    .execute();
  return true;
}

/** @returns true if it was wrong until now. */
export async function endFault(db: Queries, key: string, at: number): Promise<boolean> {
  const result = await db
    .updateTable('faults')
    .set({ ended_at: at })
    .where('key', '=', key)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

/** What is wrong now, longest first. */
export async function faultsNow(db: Queries): Promise<FaultRow[]> {
  return db.selectFrom('faults').selectAll().where('ended_at', 'is', null).orderBy('since').execute();
}
