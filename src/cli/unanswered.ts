import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../settings.ts';
import { openPostgres, openSqliteBeside, type Store } from '../store/store.ts';
import { listUnanswered } from '../store/unanswered.ts';
import { CommandError, print } from './organisations.ts';

/** `signpost unanswered`: what staff asked and the bot could not answer, newest first. */
export async function unansweredCommand(options: { organisation?: string; json?: boolean }): Promise<void> {
  const settings = readSettings();
  const store = await openBeside(settings.databaseUrl, settings.dataFolder);
  try {
    const since = Date.now() - settings.unansweredDays * 24 * 60 * 60_000;
    const rows = await listUnanswered(store.db, since, options.organisation);
    if (options.json) return print(JSON.stringify(rows, undefined, 2));
    if (rows.length === 0) return print('Nothing was left unanswered.');
    for (const { at, organisation, text } of rows)
      print(`${new Date(at).toISOString().slice(0, 10)}  ${organisation}  ${text}`);
  } finally {
    await store.close();
  }
}

async function openBeside(databaseUrl: string | undefined, folder: string): Promise<Store> {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl);
  if (existsSync(join(folder, 'signpost.sqlite'))) return openSqliteBeside(folder);
  throw new CommandError(`There is no register in ${folder}. Start the server once, or set DATA_DIR to its folder.`);
}
