import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeysError, makeKeyFile } from './key-files.ts';
import type { AuditNameRow, CheckpointRow, HeadRow, StoredAuditRow } from './schema.ts';
import type { Vault } from './vault.ts';

/**
 * Keeps the record of a referral: chains the rows of its audit with a key, so that a writer of the database cannot make
 * another history of it, and locks what people typed.
 */
export type Seal = {
  readonly vault: Vault;
  /** The hash of a row that follows the row with hash `previous`; the first follows ''. */
  link(previous: string, row: Omit<StoredAuditRow, 'hash'>): string;
  /** What is kept of words when they are deleted. */
  digest(words: string): string;
  /** What is kept of a name in an audit row when it is deleted. */
  digestName(row: AuditNameRow): string;
  /** Digest of the last rows of some audits, in the order of their references. */
  digestHeads(heads: readonly Omit<HeadRow, 'checkpoint'>[]): string;
  sign(checkpoint: Omit<CheckpointRow, 'signature'>): string;
};

/** @param key Chains the audit: 32 bytes. */
export function createSeal(key: Buffer, vault: Vault): Seal {
  const hmac = (...parts: readonly unknown[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  return {
    vault,
    link: (previous, row) =>
      hmac('row', previous, [
        row.referral,
        row.sequence,
        row.at,
        row.kind,
        row.actor_tenant,
        row.actor,
        row.actor_name,
        row.details,
        row.words,
        row.words_digest,
        // Rows from before names were kept apart have none, and keep the hash that they were written with.
        ...(row.names === '' ? [] : [row.names]),
      ]),
    digest: (words) => hmac('words', words),
    digestName: ({ referral, sequence, field, tenant, person, name }) =>
      hmac('name', referral, sequence, field, tenant, person, name),
    digestHeads: (heads) =>
      hmac(
        'heads',
        heads
          .map(({ referral, events, hash }) => [referral, events, hash])
          .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      ),
    sign: ({ number, at, referrals, rows, digest, previous }) =>
      hmac('checkpoint', number, at, referrals, rows, digest, previous),
  };
}

/** The file of a data folder that holds its key, for a server that holds its data alone. */
export const AUDIT_KEY_FILE = 'audit.key';

const KEY_BYTES = 32;

/**
 * The key in a data folder; it is made on first use.
 * @throws KeysError where the file holds something else: by a key that anybody could guess, anybody could forge.
 */
export function keyIn(folder: string): Buffer {
  const file = join(folder, AUDIT_KEY_FILE);
  if (!existsSync(file)) makeKeyFile(folder, AUDIT_KEY_FILE, randomBytes(KEY_BYTES).toString('base64'));
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new KeysError(`${file}: must hold 32 random bytes in base64. Put back its copy.`);
}
