import { loadPolicies } from '../policies.ts';
import { readSettings } from '../settings.ts';
import { listUnanswered } from '../store/unanswered.ts';
import { findOrganisation, print } from './organisations.ts';
import { openRegister } from './register.ts';

/** `signpost unanswered`: what staff asked and the bot could not answer, newest first. */
export async function unansweredCommand(options: { organisation?: string; json?: boolean }): Promise<void> {
  const settings = readSettings();
  if (options.organisation !== undefined) {
    findOrganisation(await loadPolicies(settings.policiesFolder), options.organisation);
  }
  const store = await openRegister(settings);
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
