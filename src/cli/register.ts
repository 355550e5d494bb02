import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SILENT_AFTER_MS } from '../escalation/worker.ts';
import type { Settings } from '../settings.ts';
import { AUDIT_KEY_FILE, createSeal, keyIn, type Seal } from '../store/seal.ts';
import {
  type Beside,
  openPostgresBeside,
  openSqliteBeside,
  refuseNewer,
  type Store,
  StoreTooNewError,
} from '../store/store.ts';
import { createVault, WORDS_KEYS_FILE, type WordsKey, wordsKeysIn } from '../store/vault.ts';
import { workersSince } from '../store/workers.ts';
import { CommandError } from './organisations.ts';

/** A command that could not look, so that it says neither that all is well nor that something is wrong. */
export const COULD_NOT_LOOK = 2;

/**
 * Opens the register beside a running server, by default to read it only.
 * @throws CommandError where there is none, it cannot be reached, or it is not one of this version.
 */
export async function openRegister(
  settings: Pick<Settings, 'databaseUrl' | 'dataFolder'>,
  wanted: Beside = 'reads',
): Promise<Store> {
  const store = openBeside(settings, wanted);
  try {
    await workersSince(store.db, Date.now() - SILENT_AFTER_MS);
    await refuseNewer(store);
    return store;
  } catch (error) {
    await store.close();
    if (error instanceof StoreTooNewError) throw new CommandError(TOO_NEW, COULD_NOT_LOOK);
    throw new CommandError(whyNot(error, settings.databaseUrl !== undefined), COULD_NOT_LOOK);
  }
}

const TOO_NEW =
  'The register was updated by a newer version of Signpost, and this one cannot know what it must read, keep or delete there. Run this command with the newer version.';

function openBeside({ databaseUrl, dataFolder }: Pick<Settings, 'databaseUrl' | 'dataFolder'>, wanted: Beside): Store {
  if (databaseUrl !== undefined) return openPostgresBeside(databaseUrl, wanted);
  if (!existsSync(join(dataFolder, 'signpost.sqlite'))) {
    throw new CommandError(
      `There is no register in ${dataFolder}. Start the server once, or set DATA_DIR to its folder.`,
      COULD_NOT_LOOK,
    );
  }
  return openSqliteBeside(dataFolder, wanted);
}

/**
 * What keeps the record, by the keys that the server runs with. New ones would make every row look forged and all words
 * unreadable, so none are made here.
 */
export function sealBeside({ auditKey, wordsKeys, dataFolder }: Settings): Seal {
  if (auditKey === undefined && !existsSync(join(dataFolder, AUDIT_KEY_FILE))) {
    throw new CommandError(
      `There is no key in ${dataFolder}. Set AUDIT_KEY to the key that the server runs with, or DATA_DIR to its folder.`,
      COULD_NOT_LOOK,
    );
  }
  return createSeal(auditKey ?? keyIn(dataFolder), createVault(wordsKeysBeside({ wordsKeys, dataFolder })));
}

/** The keys that the server encrypts words with, as far as they are known here. */
export function wordsKeysBeside({
  wordsKeys,
  dataFolder,
}: Pick<Settings, 'wordsKeys' | 'dataFolder'>): readonly WordsKey[] {
  return wordsKeys ?? (existsSync(join(dataFolder, WORDS_KEYS_FILE)) ? wordsKeysIn(dataFolder) : []);
}

const NO_SUCH_TABLE = '42P01';

/** The database's own message may hold its address and its user: its code is enough to go by. */
function whyNot(error: unknown, isPostgres: boolean): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  const noTable = error instanceof Error && /no such table/.test(error.message);
  if (code === NO_SUCH_TABLE || noTable)
    return 'There is no register of this version of Signpost here. Start the server of this version once: it makes or updates the register.';
  return isPostgres
    ? `The database did not answer (${code}). Check DATABASE_URL, that PostgreSQL is running, and that this machine may reach it.`
    : `The register could not be read (${code}). Check that this user may read the folder DATA_DIR, and that the file signpost.sqlite is whole.`;
}
