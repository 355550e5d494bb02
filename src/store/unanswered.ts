import { randomUUID } from 'node:crypto';
import type { Queries } from './store.ts';

export type Unanswered = { readonly organisation: string; readonly text: string; readonly at: number };

/** Enough of a message to see what it was about. In characters. */
const LONGEST = 500;

/** @param text Already scrubbed of identifiers. */
export async function keepUnanswered(db: Queries, row: Unanswered): Promise<void> {
  await db
    .insertInto('unanswered')
    .values({ id: randomUUID(), ...row, text: row.text.slice(0, LONGEST) })
    .execute();
}

/** Newest first. */
export async function listUnanswered(db: Queries, since: number, organisation?: string): Promise<Unanswered[]> {
  return db
    .selectFrom('unanswered')
    .select(['organisation', 'text', 'at'])
    .where('at', '>=', since)
    .$if(organisation !== undefined, (query) => query.where('organisation', '=', organisation ?? ''))
    .orderBy('at', 'desc')
    .execute();
}

export async function forgetUnansweredBefore(db: Queries, at: number): Promise<void> {
  await db.deleteFrom('unanswered').where('at', '<', at).execute();
}
