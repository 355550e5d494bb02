import { randomUUID } from 'node:crypto';
import type { Queries } from './store.ts';

/** `at` is the beginning of the day, in UTC: a moment could be joined with what else is kept, to a person. */
export type Unanswered = { readonly organisation: string; readonly text: string; readonly at: number };

/** Enough of a message to see what it was about. In characters. */
const LONGEST = 500;
const DAY_MS = 24 * 60 * 60_000;

/** @param row Its text is already scrubbed of identifiers. Of its moment the day is kept. */
export async function keepUnanswered(db: Queries, { organisation, text, at }: Unanswered): Promise<void> {
  await db
    .insertInto('unanswered')
    .values({ id: randomUUID(), organisation, text: text.slice(0, LONGEST), at: dayOf(at) })
    .execute();
}

/** Newest first. */
export async function listUnanswered(db: Queries, since: number, organisation?: string): Promise<Unanswered[]> {
  return db
    .selectFrom('unanswered')
    .select(['organisation', 'text', 'at'])
    .where('at', '>=', dayOf(since))
    .$if(organisation !== undefined, (query) => query.where('organisation', '=', organisation ?? ''))
    .orderBy('at', 'desc')
    .execute();
}

export async function forgetUnansweredBefore(db: Queries, at: number): Promise<void> {
  await db.deleteFrom('unanswered').where('at', '<', at).execute();
}

function dayOf(at: number): number {
  return at - (at % DAY_MS);
}
