import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SILENT_AFTER_MS } from '../escalation/worker.ts';
import type { Settings } from '../settings.ts';
import { openPostgresBeside, openSqliteBeside, type Store } from '../store/store.ts';
import { workersSince } from '../store/workers.ts';
import { CommandError } from './organisations.ts';

/** A command that could not look, so that it says neither that all is well nor that something is wrong. */
export const COULD_NOT_LOOK = 2;

/**
 * Opens the register to read it beside a running server.
 * @throws CommandError where there is none, it cannot be reached, or it is not one of this version.
 */
export async function openRegister(settings: Pick<Settings, 'databaseUrl' | 'dataFolder'>): Promise<Store> {
  const store = openBeside(settings);
  try {
    await workersSince(store.db, Date.now() - SILENT_AFTER_MS);
    return store;
  } catch (error) {
    await store.close();
    throw new CommandError(whyNot(error, settings.databaseUrl !== undefined), COULD_NOT_LOOK);
  }
}

function openBeside({ databaseUrl, dataFolder }: Pick<Settings, 'databaseUrl' | 'dataFolder'>): Store {
  if (databaseUrl !== undefined) return openPostgresBeside(databaseUrl);
  if (!existsSync(join(dataFolder, 'signpost.sqlite'))) {
    throw new CommandError(
      `There is no register in ${dataFolder}. Start the server once, or set DATA_DIR to its folder.`,
      COULD_NOT_LOOK,
    );
  }
  return openSqliteBeside(dataFolder);
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
