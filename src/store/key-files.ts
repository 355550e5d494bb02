import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys that are missing or wrong. Its message says what to do. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
}

/** Writes a key whole, for its owner alone: a crash meanwhile leaves none, and never a half of one. */
export function makeKeyFile(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `${name}.new`);
  writeFileSync(draft, `${text}\n`, { mode: 0o600, flush: true });
  renameSync(draft, join(folder, name));
}
