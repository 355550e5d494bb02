import type { AuditRow, WordsRow } from './schema.ts';
import type { Queries, Store } from './store.ts';

/** The audit of one referral, with what it takes to verify it. */
export type Audit = {
  readonly reference: string;
  /** How many rows the referral says that there are. */
  readonly events: number;
  readonly audit: readonly AuditRow[];
  readonly words: readonly WordsRow[];
};

/** Referrals that are in memory at once. */
const BATCH = 100;

/**
 * The audits of all referrals, or of one, in the order of their references. Each batch is read at one moment, so that
 * a server which goes on writing meanwhile makes no gap.
 */
export async function* readAudits(store: Store, only?: string): AsyncGenerator<Audit> {
  let after = '';
  for (;;) {
    const batch = await readBatch(store, after, only);
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || only !== undefined) return;
    after = last.reference;
  }
}

async function readBatch(store: Store, after: string, only: string | undefined): Promise<Audit[]> {
  // SQLite's transactions see one moment by themselves, and take no levels.
  return store.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const referrals = await tx
        .selectFrom('referrals')
        .select(['reference', 'events'])
        .where('reference', '>', after)
        .$if(only !== undefined, (query) => query.where('reference', '=', only ?? ''))
        .orderBy('reference')
        .limit(BATCH)
        .execute();
      if (referrals.length === 0) return [];
      const references = referrals.map(({ reference }) => reference);
      const audit = await tx
        .selectFrom('audit')
        .selectAll()
        .where('referral', 'in', references)
        .orderBy('referral')
        .orderBy('sequence')
        .execute();
      const words = await tx
        .selectFrom('words')
        .selectAll()
        .where('referral', 'in', references)
        .where('kind', '<>', 'reporter-name')
        .execute();
      const auditOf = Map.groupBy(audit, ({ referral }) => referral);
      const wordsOf = Map.groupBy(words, ({ referral }) => referral);
      return referrals.map(({ reference, events }) => ({
        reference,
        events,
        audit: auditOf.get(reference) ?? [],
        words: wordsOf.get(reference) ?? [],
      }));
    });
}

/** Audit rows whose referral is not there. The store does not let a referral be deleted that has any. */
export async function countStrayRows(db: Queries): Promise<number> {
  const { rows } = await db
    .selectFrom('audit')
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('referrals').select('referrals.reference').whereRef('referrals.reference', '=', 'audit.referral'),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(rows);
}
