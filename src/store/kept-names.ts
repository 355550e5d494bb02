import { randomUUID } from 'node:crypto';
import { saveWords } from './referrals.ts';
import type { Seal } from './seal.ts';
import type { Queries } from './store.ts';
import type { Opened } from './vault.ts';

/**
 * Names of reporters that are kept from those who get what they raised. They lie beside what people typed, and nothing
 * else reads them: a wall of the project lets in only what opens a name for two safeguarding leads.
 */

const KIND = 'reporter-name';

export async function keepName(db: Queries, seal: Seal, referral: string, name: string, at: number): Promise<void> {
  await saveWords(db, seal, { id: randomUUID(), referral, kind: KIND, text: name, at });
}

/** The name that is kept; undefined where none is, or not any more. */
export async function readKeptName(db: Queries, seal: Seal, referral: string): Promise<Opened | undefined> {
  const row = await db
    .selectFrom('words')
    .selectAll()
    .where('referral', '=', referral)
    .where('kind', '=', KIND)
    .executeTakeFirst();
  return row && seal.vault.open(row);
}
