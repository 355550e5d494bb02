import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRow, WordsRow } from './schema.ts';

/** Chains the rows of an audit with a key, so that a writer of the database cannot make another history of it. */
export type Seal = {
  /** The hash of a row that follows the row with hash `previous`; the first follows ''. */
  link(previous: string, row: Omit<AuditRow, 'hash'>): string;
  /** What is kept of words when they are deleted. */
  digest(words: string): string;
};

/** @param key 32 bytes. */
export function createSeal(key: Buffer): Seal {
  const hmac = (...parts: readonly unknown[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  return {
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
      ]),
    digest: (words) => hmac('words', words),
  };
}

/** The key in a data folder, made on first use: for a server that holds its data alone. */
export function keyIn(folder: string): Buffer {
  const file = join(folder, 'audit.key');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
}

/**
 * Looks for a changed, removed, added or reordered row in the audit of one referral.
 * @param events How many rows the referral says that there are.
 * @returns What is wrong, in words; empty if nothing is.
 */
export function faultsInAudit(
  seal: Seal,
  rows: readonly AuditRow[],
  words: readonly WordsRow[],
  events: number,
): string[] {
  const faults: string[] = [];
  const texts = new Map(words.map(({ id, text }) => [id, text]));
  let previous = '';
  for (const [index, row] of rows.entries()) {
    const where = `row ${row.sequence} of ${row.referral}`;
    if (row.sequence !== index + 1) faults.push(`${where} stands where row ${index + 1} should be`);
    if (row.hash !== seal.link(previous, row)) faults.push(`${where} was changed, or a row before it`);
    const text = row.words === null ? undefined : texts.get(row.words);
    // Words may have been deleted by rule. Words that are there must be those that were written.
    if (text !== undefined && seal.digest(text) !== row.words_digest) faults.push(`the words of ${where} were changed`);
    previous = row.hash;
  }
  if (rows.length !== events) {
    faults.push(`${rows[0]?.referral ?? 'a referral'} has ${rows.length} audit rows, and should have ${events}`);
  }
  return faults;
}
