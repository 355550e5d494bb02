import { namesIn } from './audit-names.ts';
import {
  type AuditNameRow,
  type AuditRow,
  FORGOTTEN,
  KEPT_NAME,
  type StoredAuditRow,
  type WordsRow,
} from './schema.ts';
import type { Seal } from './seal.ts';
import type { Queries, Store } from './store.ts';

/** The audit of one referral as it is stored, with what it takes to verify it. */
export type Audit = {
  readonly reference: string;
  /** How many rows the referral says that there are. */
  readonly events: number;
  readonly rows: readonly StoredAuditRow[];
  readonly names: readonly AuditNameRow[];
  readonly words: readonly WordsRow[];
};

/**
 * Looks for a changed, removed, added or reordered row in the audit of one referral, and for changed names and words.
 * Names and words may have been deleted by rule: those that are there must be those that were written, and of words the
 * history says that they were deleted.
 * @returns What is wrong, in words; empty if nothing is.
 */
export function faultsInAudit(seal: Seal, audit: Audit): string[] {
  return [
    ...faultsInChain(seal, audit),
    ...faultsInNames(seal, audit),
    ...faultsInWords(seal, audit),
    ...wordsGone(audit),
    ...keptNameGone(audit),
  ];
}

function faultsInChain(seal: Seal, { reference, events, rows }: Audit): string[] {
  const faults: string[] = [];
  let previous = '';
  for (const [index, row] of rows.entries()) {
    const where = `row ${row.sequence} of ${row.referral}`;
    if (row.sequence !== index + 1) faults.push(`${where} stands where row ${index + 1} should be`);
    if (row.hash !== seal.link(previous, row)) faults.push(`${where} was changed, or a row before it`);
    previous = row.hash;
  }
  if (rows.length !== events) faults.push(`${reference} has ${rows.length} audit rows, and should have ${events}`);
  return faults;
}

function faultsInNames(seal: Seal, { rows, names }: Audit): string[] {
  const digests = new Map(rows.map((row) => [row.sequence, digestsIn(row)]));
  return names
    .filter((name) => digests.get(name.sequence)?.get(name.field) !== seal.digestName(name))
    .map(
      ({ referral, sequence, field }) => `the name "${field}" in row ${sequence} of ${referral} was changed or added`,
    );
}

function digestsIn({ names }: StoredAuditRow): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(names || '{}')));
  } catch {
    // The row was changed: its hash says so.
    return new Map();
  }
}

function faultsInWords(seal: Seal, { rows, words }: Audit): string[] {
  const rowOf = new Map(rows.flatMap((row) => (row.words === null ? [] : [[row.words, row]])));
  return words.flatMap((word) => {
    const row = rowOf.get(word.id);
    const where =
      row === undefined
        ? `the ${word.kind} of ${word.referral}`
        : `the words of row ${row.sequence} of ${word.referral}`;
    if (word.key === null)
      return [`${where} are not encrypted: they were put in by hand, or before Signpost encrypted them`];
    const opened = seal.vault.open(word);
    if ('text' in opened) {
      const isTheirs = row === undefined || seal.digest(opened.text) === row.words_digest;
      return isTheirs ? [] : [`${where} were changed`];
    }
    return opened.unreadable === 'not-genuine' ? [`${where} were changed`] : [];
  });
}

/** Words that are not there, though nothing says that they were deleted. */
function wordsGone({ rows, words }: Audit): string[] {
  const there = new Set(words.map(({ id }) => id));
  const deleted = rows.findLast(({ kind }) => kind === FORGOTTEN)?.sequence ?? 0;
  return rows
    .filter((row) => row.words !== null && row.sequence > deleted && !there.has(row.words))
    .map(({ referral, sequence }) => `the words of row ${sequence} of ${referral} were taken out, and by no rule`);
}

/** That a name is kept stands in the first row, and the name itself among the words, which no row names. */
function keptNameGone({ reference, rows, words }: Audit): string[] {
  const isKept = rows[0]?.actor_name === KEPT_NAME && !rows.some(({ kind }) => kind === FORGOTTEN);
  return isKept && !words.some(({ kind }) => kind === 'reporter-name')
    ? [`the name that is kept of ${reference} was taken out, and by no rule`]
    : [];
}

/** The ids of the keys that words of an audit are encrypted with and that are not at hand: nobody can tell if those changed. */
export function keysMissingFor({ vault }: Seal, { words }: Audit): string[] {
  return words.flatMap(({ key }) => (key === null || vault.keys.includes(key) ? [] : [key]));
}

/** What is wrong with the audit of one referral, in words. */
export async function faultsOf(store: Store, seal: Seal, reference: string): Promise<string[]> {
  const faults: string[] = [];
  for await (const audit of readAudits(store, reference)) faults.push(...faultsInAudit(seal, audit));
  return faults;
}

/** Whether anything was ever written in a referral's audit with a key. */
export async function hasRecord(db: Queries): Promise<boolean> {
  const row = await db.selectFrom('audit').select('hash').where('hash', '<>', '').limit(1).executeTakeFirst();
  return row !== undefined;
}

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
      const names = await tx.selectFrom('audit_names').selectAll().where('referral', 'in', references).execute();
      const words = await tx.selectFrom('words').selectAll().where('referral', 'in', references).execute();
      const auditOf = Map.groupBy(audit, ({ referral }) => referral);
      const namesOf = Map.groupBy(names, ({ referral }) => referral);
      const wordsOf = Map.groupBy(words, ({ referral }) => referral);
      return referrals.map(({ reference, events }) => ({
        reference,
        events,
        rows: auditOf.get(reference) ?? [],
        names: namesOf.get(reference) ?? [],
        words: wordsOf.get(reference) ?? [],
      }));
    });
}

/** What belongs to a referral that is not there, in words. The store lets no referral be deleted that has any of it. */
export async function strayRows(db: Queries): Promise<string[]> {
  const faults: string[] = [];
  for (const [table, what] of STRAYS) {
    const { rows } = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('rows'))
      .where('referral', 'not in', (eb) => eb.selectFrom('referrals').select('reference'))
      .executeTakeFirstOrThrow();
    if (Number(rows) > 0) faults.push(`${rows} ${what} belong to a referral that is not there: it was deleted`);
  }
  return faults;
}

const STRAYS = [
  ['audit', 'audit rows'],
  ['audit_names', 'names'],
  ['words', 'texts'],
] as const;

/** What happened at `from` or later and before `until`, in epoch milliseconds. */
export type Happened = {
  readonly from: number;
  readonly until: number;
  readonly organisation?: string;
  /** Only this referral. */
  readonly only?: string;
};

/** The rows of the audit of a period, referral by referral, each oldest first, with the names that are still there. */
export async function* auditIn(db: Queries, { from, until, organisation, only }: Happened): AsyncGenerator<AuditRow> {
  let after = { referral: '', sequence: 0 };
  for (;;) {
    const { referral, sequence } = after;
    const rows = await db
      .selectFrom('audit')
      .innerJoin('referrals', 'referrals.reference', 'audit.referral')
      .selectAll('audit')
      .where((eb) =>
        eb.or([
          eb('audit.referral', '>', referral),
          eb.and([eb('audit.referral', '=', referral), eb('audit.sequence', '>', sequence)]),
        ]),
      )
      .where('audit.at', '>=', from)
      .where('audit.at', '<', until)
      .$if(organisation !== undefined, (query) => query.where('referrals.organisation', '=', organisation ?? ''))
      .$if(only !== undefined, (query) => query.where('audit.referral', '=', only ?? ''))
      .orderBy('audit.referral')
      .orderBy('audit.sequence')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
    const references = [...new Set(rows.map((row) => row.referral))];
    const names = await db.selectFrom('audit_names').selectAll().where('referral', 'in', references).execute();
    for (const reference of references) {
      const isOwn = (row: { readonly referral: string }): boolean => row.referral === reference;
      yield* namesIn(rows.filter(isOwn), names.filter(isOwn));
    }
  }
}

const PAGE = 250;
