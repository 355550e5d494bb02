import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/store/store.ts';

const FILE = 'signpost.sqlite';

let empty: Promise<Buffer> | undefined;

/** Puts an empty register into a folder: making its tables anew takes longer than most tests. */
export async function copyEmptyRegister(folder: string): Promise<void> {
  empty ??= makeRegister();
  writeFileSync(join(folder, FILE), await empty);
}

async function makeRegister(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-empty-'));
  try {
    await (await openSqlite(folder)).close();
    return readFileSync(join(folder, FILE));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
