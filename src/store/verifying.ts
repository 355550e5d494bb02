import { faultsInAudit, keysMissingFor, readAudits, strayRows } from './audits.ts';
import { faultsAgainstHeads, faultsOfRemoved, readCheckpoints } from './checkpoints.ts';
import type { CheckpointRow } from './schema.ts';
import type { Seal } from './seal.ts';
import type { Store } from './store.ts';

export type Verifying = {
  /** Only this referral. */
  readonly only?: string;
  /** A checkpoint that somebody wrote down. */
  readonly written?: string;
};

/** What was looked at. */
export type Verified = {
  readonly referrals: number;
  readonly rows: number;
  readonly faults: number;
  /** The key of each text that could not be checked for want of it. */
  readonly unchecked: readonly string[];
  readonly lastCheckpoint: CheckpointRow | undefined;
};

/**
 * Looks for anything in the record of referrals that was changed, removed, added or reordered.
 * @param report Told of each fault, in words.
 */
export async function verifyRegister(
  store: Store,
  seal: Seal,
  { only, written }: Verifying,
  report: (fault: string) => void,
): Promise<Verified> {
  let rows = 0;
  let faults = 0;
  const say = (found: readonly string[]): void => {
    faults += found.length;
    for (const fault of found) report(fault);
  };
  const unchecked: string[] = [];
  const seen = new Set<string>();
  // First, since audits only grow: what is signed meanwhile makes no fault.
  const checkpoints = await readCheckpoints(store.db, seal, written);
  say(checkpoints.faults);
  for await (const audit of readAudits(store, only)) {
    seen.add(audit.reference);
    rows += audit.rows.length;
    unchecked.push(...keysMissingFor(seal, audit));
    const found = [...faultsInAudit(seal, audit), ...faultsAgainstHeads(audit, checkpoints.heads.get(audit.reference))];
    say(found.map((fault) => (fault.includes(audit.reference) ? fault : `${audit.reference}: ${fault}`)));
  }
  if (only === undefined) {
    say(faultsOfRemoved(checkpoints, seen));
    say(await strayRows(store.db));
  }
  return { referrals: seen.size, rows, faults, unchecked, lastCheckpoint: checkpoints.last };
}
