import { SILENT_AFTER_MS } from '../escalation/worker.ts';
import { isSignedWith } from '../store/checkpoints.ts';
import { keysInUse, someWordsUnder } from '../store/relock.ts';
import type { WorkerRow } from '../store/schema.ts';
import type { Seal } from '../store/seal.ts';
import type { Queries } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';
import { workersSince } from '../store/workers.ts';

/** Something that is wrong with the keys, in words. */
type KeyProblem = {
  readonly area: 'credentials';
  readonly kind: 'words-key' | 'audit-key';
  readonly severity: 'fault' | 'warning';
  readonly words: string;
};

/** Whether the record was signed with this key. */
export async function lookAtAuditKey(db: Queries, seal: Seal): Promise<KeyProblem[]> {
  if (await isSignedWith(db, seal)) return [];
  const words =
    'AUDIT_KEY is not the key that the newest checkpoints are signed with, or they were changed. Compare it with the copy that you keep. If it is the same, run "npm run signpost -- audit verify".';
  return [{ area: 'credentials', kind: 'audit-key', severity: 'fault', words }];
}

/** Whether all that people typed can be read, by these keys and by the servers at work. */
export async function lookAtWordsKeys(db: Queries, vault: Vault): Promise<KeyProblem[]> {
  const problems: KeyProblem[] = [];
  const say = (severity: KeyProblem['severity'], words: string): void => {
    problems.push({ area: 'credentials', kind: 'words-key', severity, words });
  };
  for (const key of await keysInUse(db)) {
    if (key === null) {
      say(
        'warning',
        'Some of what people typed is not encrypted yet. Start a server of this version once: it does that.',
      );
    } else if (!vault.keys.includes(key)) {
      say(
        'fault',
        `What people typed is in part encrypted with the key ${key}, which is not among WORDS_KEYS: cards and pages say that it cannot be shown. Put that key back, after the others.`,
      );
    } else {
      const words = await someWordsUnder(db, key);
      if (words !== undefined && 'unreadable' in vault.open(words)) {
        say(
          'fault',
          `The key ${key} of WORDS_KEYS is not the one of that name that people’s words are encrypted with: cards and pages say that they cannot be shown. Put back the right one.`,
        );
      }
    }
  }
  const without = await serversWithout(db, vault);
  if (without.length > 0) {
    say('warning', 'Not all servers at work were started with the same WORDS_KEYS. Start them again.');
  }
  return problems;
}

/** The servers at work that encrypt with another key than this. */
export async function serversWithAnotherFirst(db: Queries, key: string): Promise<WorkerRow[]> {
  const servers = await workersSince(db, Date.now() - SILENT_AFTER_MS);
  return servers.filter(({ keys }) => keys.split(',')[0] !== key);
}

/** The servers at work that do not know all of these keys. */
async function serversWithout(db: Queries, { keys }: Pick<Vault, 'keys'>): Promise<WorkerRow[]> {
  const servers = await workersSince(db, Date.now() - SILENT_AFTER_MS);
  return servers.filter((server) => !keys.every((key) => server.keys.split(',').includes(key)));
}
