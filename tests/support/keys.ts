import { createSeal, type Seal } from '../../src/store/seal.ts';
import { createVault } from '../../src/store/vault.ts';

/** What keeps the record in tests that run no server. */
export function aSeal(key = 7): Seal {
  return createSeal(Buffer.alloc(32, key), createVault([{ id: 'test', key: Buffer.alloc(32, key) }]));
}

/** Keys as servers that share a database need them. */
export const SERVER_KEYS = {
  AUDIT_KEY: Buffer.alloc(32, 1).toString('base64'),
  WORDS_KEYS: `test=${Buffer.alloc(32, 2).toString('base64')}`,
} as const;
