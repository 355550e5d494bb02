import { randomUUID } from 'node:crypto';
import { saveWords } from './referrals.ts';
import type { Queries } from './store.ts';

/**
 * Names of reporters that are kept from those who get what they raised. They lie beside what people typed, and nothing
 * else reads them: a wall of the project lets in only what opens a name for two safeguarding leads.
 */

const KIND = 'reporter-name';

export async function keepName(db: Queries, referral: string, name: string, at: number): Promise<void> {
  await saveWords(db, { id: randomUUID(), referral, kind: KIND, text: name, at });
}

/** The name that is kept; undefined where none is, or not any more. */
export async function readKeptName(db: Queries, referral: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('words')
    .select('text')
    .where('referral', '=', referral)
    .where('kind', '=', KIND)
    .executeTakeFirst();
  return row?.text;
}
