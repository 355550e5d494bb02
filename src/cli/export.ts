import { isEmpty, noteExport, personRecord } from '../escalation/person-record.ts';
import { readSettings } from '../settings.ts';
import { print } from './organisations.ts';
import { type PersonOptions, personMeant, whoRuns } from './person.ts';
import { personDocument } from './person-html.ts';
import { openRegister, sealBeside } from './register.ts';
import { save } from './saving.ts';

export type ExportOptions = PersonOptions & { readonly format: 'html' | 'json'; readonly out?: string };

/** `signpost export`: what is kept about one person, for whoever asked for theirs. */
export async function exportCommand(options: ExportOptions): Promise<void> {
  const settings = readSettings();
  const seal = sealBeside(settings);
  const store = await openRegister(settings, 'writes');
  try {
    const about = await personMeant(store.db, options);
    const kept = await personRecord(store.db, seal, about, Date.now());
    const text = options.format === 'json' ? `${JSON.stringify(kept, undefined, 2)}\n` : personDocument(kept);
    // It is written down first: what was given out and is in no record is worse than the other way round.
    await noteExport(store, seal, kept, { by: whoRuns(options), reason: options.reason ?? '' });
    if (options.out === undefined) process.stdout.write(text);
    else {
      save(options.out, text);
      print(
        `Wrote ${options.out}. ${isEmpty(kept) ? 'It holds no more than that nothing is kept. ' : ''}Read it before you hand it over, and delete it when you have.`,
      );
    }
  } finally {
    await store.close();
  }
}
