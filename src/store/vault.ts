import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeysError, makeKeyFile } from './key-files.ts';
import type { WordsRow } from './schema.ts';

/** A key that words are locked with: 32 bytes, and the id that is kept beside what it locked. */
export type WordsKey = { readonly id: string; readonly key: Buffer };

/** Whose words they are. It is bound to them, so that the words of one row are refused in the place of another's. */
type Place = Pick<WordsRow, 'id' | 'referral' | 'kind' | 'at'>;

/** `no-key`: the key that locked them is not at hand. `not-genuine`: it is, and they are not what it locked here. */
export type Unreadable = 'no-key' | 'not-genuine';
export type Opened = { readonly text: string } | { readonly unreadable: Unreadable };

/** Keeps what people typed, so that whoever reads the database, or a copy of it, cannot. */
export type Vault = {
  /** The ids of the keys at hand. The first locks, all open. */
  readonly keys: readonly string[];
  /** @returns what is stored. */
  lock(place: Place, text: string): Pick<WordsRow, 'key' | 'text'>;
  /** Words from before there were keys are stored as they were typed. */
  open(row: Place & Pick<WordsRow, 'key' | 'text'>): Opened;
};

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param keys The first locks, all open. Without any, nothing can be locked, and nothing locked can be read. */
export function createVault(keys: readonly WordsKey[]): Vault {
  const [first] = keys;
  const known = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    keys: keys.map(({ id }) => id),
    lock(place, text) {
      if (first === undefined) throw new KeysError('There is no key to lock words with: set WORDS_KEYS.');
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, first.key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound(place));
      const locked = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { key: first.id, text: locked.toString('base64') };
    },
    open(row) {
      if (row.key === null) return { text: row.text };
      const key = known.get(row.key);
      return key === undefined ? { unreadable: 'no-key' } : openWith(key, row);
    },
  };
}

function openWith(key: Buffer, row: Place & Pick<WordsRow, 'text'>): Opened {
  const locked = Buffer.from(row.text, 'base64');
  // What is no base64 is passed over when it is read.
  const isWhole = locked.length >= NONCE_BYTES + TAG_BYTES && locked.toString('base64') === row.text;
  if (!isWhole) return { unreadable: 'not-genuine' };
  const decipher = createDecipheriv(CIPHER, key, locked.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(bound(row)).setAuthTag(locked.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(locked.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return { text: text.toString('utf8') };
  } catch {
    return { unreadable: 'not-genuine' };
  }
}

function bound({ id, referral, kind, at }: Place): Buffer {
  return Buffer.from(JSON.stringify([id, referral, kind, at]));
}

const KEY = /^\s*([A-Za-z0-9._-]{1,40})=([A-Za-z0-9+/]{43}=)\s*$/;

/**
 * Reads keys from text such as `2026b=<base64>;2026a=<base64>`, or with one key on each line.
 * @returns undefined where a part is no key, an id comes twice, or there is none.
 */
export function parseKeys(text: string): readonly WordsKey[] | undefined {
  const keys = new Map<string, WordsKey>();
  for (const part of text.split(/[;\n]/).filter((one) => one.trim() !== '')) {
    const [, id, value] = KEY.exec(part) ?? [];
    if (id === undefined || value === undefined || keys.has(id)) return undefined;
    keys.set(id, { id, key: Buffer.from(value, 'base64') });
  }
  return keys.size === 0 ? undefined : [...keys.values()];
}

/** The file of a data folder that holds its keys, for a server that holds its data alone. */
export const WORDS_KEYS_FILE = 'words.keys';

/**
 * The keys in a data folder; one is made on first use.
 * @throws KeysError where the file holds something else.
 */
export function wordsKeysIn(folder: string): readonly WordsKey[] {
  const file = join(folder, WORDS_KEYS_FILE);
  if (!existsSync(file)) {
    // An id of its own: words that a lost key locked are never taken for words of this one.
    const id = `made-${randomBytes(4).toString('hex')}`;
    makeKeyFile(folder, WORDS_KEYS_FILE, `${id}=${randomBytes(KEY_BYTES).toString('base64')}`);
  }
  const keys = parseKeys(readFileSync(file, 'utf8'));
  if (keys === undefined) {
    throw new KeysError(
      `${file}: must hold one key on each line, as "name=<32 random bytes in base64>". Put back its copy.`,
    );
  }
  return keys;
}
