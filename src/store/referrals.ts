import { sql } from 'kysely';
import { ACTOR, namesIn } from './audit-names.ts';
import type { PersonKey } from './people.ts';
import { type AuditRow, type CardRow, DESK_ROLES, KEPT_NAME, type ReferralRow, type WordsRow } from './schema.ts';
import type { Seal } from './seal.ts';
import type { Queries, Store } from './store.ts';
import type { Opened } from './vault.ts';

/** What somebody typed, as it is read: its text, or why it cannot be read. */
export type Words = Omit<WordsRow, 'key' | 'text'> & Opened;

/** A referral with all that belongs to it. */
export type ReferralRecord = {
  readonly referral: ReferralRow;
  readonly audit: readonly AuditRow[];
  readonly words: readonly Words[];
  readonly cards: readonly CardRow[];
};

/** @returns false if a referral with this key or reference is there already. */
export async function insertReferral(db: Queries, row: ReferralRow): Promise<boolean> {
  const result = await db
    .insertInto('referrals')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

export async function findByRaiseKey(db: Queries, key: string): Promise<ReferralRow | undefined> {
  return db.selectFrom('referrals').selectAll().where('raise_key', '=', key).executeTakeFirst();
}

/** Reads one referral, and on PostgreSQL holds it until the transaction ends. SQLite has one writer. */
export async function lockReferral(db: Queries, store: Store, reference: string): Promise<ReferralRow | undefined> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('reference', '=', reference)
    .$if(store.dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
}

export async function updateReferral(
  db: Queries,
  reference: string,
  change: Partial<Omit<ReferralRow, 'reference'>>,
): Promise<void> {
  await db.updateTable('referrals').set(change).where('reference', '=', reference).execute();
}

export type Actor = PersonKey & { readonly name: string };

export type AuditEntry = {
  readonly kind: string;
  readonly at: number;
  readonly actor?: Actor;
  /** Facts, without names of people. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** People whom the details name, each by the field of the details where readers find their name. */
  readonly people?: Readonly<Record<string, Actor>>;
  /** What was typed. It is kept in a table of its own, and the audit keeps a keyed digest of it. */
  readonly words?: { readonly id: string; readonly kind: WordsRow['kind']; readonly text: string };
};

/**
 * Adds one row to a referral's audit, numbered after the last and chained to it. What the reporter does whose name is
 * kept is written down without who it was, whoever calls this. @returns its number.
 */
export async function appendAudit(db: Queries, seal: Seal, reference: string, entry: AuditEntry): Promise<number> {
  const referral = await db
    .updateTable('referrals')
    .set((eb) => ({ events: eb('events', '+', 1) }))
    .where('reference', '=', reference)
    .returning(['events', 'name_kept', 'reporter', 'reporter_tenant'])
    .executeTakeFirstOrThrow();
  const { events } = referral;
  const previous = await db
    .selectFrom('audit')
    .select('hash')
    .where('referral', '=', reference)
    .where('sequence', '=', events - 1)
    .executeTakeFirst();
  const words = entry.words;
  if (words !== undefined) await saveWords(db, seal, { ...words, referral: reference, at: entry.at });
  const isKept = entry.actor !== undefined && isKeptReporter(referral, entry.actor);
  const actor = isKept ? undefined : entry.actor;
  // Where somebody on duty raised it under a name that is kept, a gap among those who were told would name them.
  const people = { ...entry.people, ...(actor === undefined ? {} : { [ACTOR]: actor }) };
  const names = Object.entries(people).map(([field, { tenant, person, name }]) => ({
    referral: reference,
    sequence: events,
    field,
    tenant,
    person,
    name,
  }));
  const row = {
    referral: reference,
    sequence: events,
    at: entry.at,
    kind: entry.kind,
    actor_tenant: actor?.tenant ?? null,
    actor: actor?.person ?? null,
    actor_name: isKept ? KEPT_NAME : null,
    details: JSON.stringify(entry.details ?? {}),
    names: JSON.stringify(Object.fromEntries(names.map((one) => [one.field, seal.digestName(one)]))),
    words: words?.id ?? null,
    words_digest: words === undefined ? '' : seal.digest(words.text),
  };
  await db
    .insertInto('audit')
    .values({ ...row, hash: seal.link(previous?.hash ?? '', row) })
    .execute();
  if (names.length > 0) await db.insertInto('audit_names').values(names).execute();
  return events;
}

type KeptReporter = Pick<ReferralRow, 'name_kept' | 'reporter' | 'reporter_tenant'>;

/** Whether somebody has raised a referral under a name that is kept. */
export function isKeptReporter(referral: KeptReporter, { tenant, person }: PersonKey): boolean {
  return referral.name_kept === 1 && referral.reporter === person && referral.reporter_tenant === tenant;
}

/** Keeps what somebody typed, locked. By itself it is for words beside an audit row's own, such as the number to ring. */
export async function saveWords(
  db: Queries,
  { vault }: Pick<Seal, 'vault'>,
  { text, ...place }: Omit<WordsRow, 'key'>,
): Promise<void> {
  await db
    .insertInto('words')
    .values({ ...place, ...vault.lock(place, text) })
    .execute();
}

/** A referral with all that belongs to it, its words opened and the names in their places. */
export async function readReferral(db: Queries, seal: Seal, reference: string): Promise<ReferralRecord | undefined> {
  const referral = await db.selectFrom('referrals').selectAll().where('reference', '=', reference).executeTakeFirst();
  if (referral === undefined) return undefined;
  const audit = await db
    .selectFrom('audit')
    .selectAll()
    .where('referral', '=', reference)
    .orderBy('sequence')
    .execute();
  const names = await db.selectFrom('audit_names').selectAll().where('referral', '=', reference).execute();
  const words = await db
    .selectFrom('words')
    .selectAll()
    .where('referral', '=', reference)
    // A name that is kept is nobody's to read here: `kept-names.ts` alone does.
    .where('kind', '<>', 'reporter-name')
    .orderBy('at')
    .execute();
  const cards = await db
    .selectFrom('cards')
    .selectAll()
    .where('referral', '=', reference)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return {
    referral,
    audit: namesIn(audit, names),
    words: words.map((row) => {
      const { key: _, text: __, ...place } = row;
      return { ...place, ...seal.vault.open(row) };
    }),
    cards,
  };
}

/** Somebody's own referrals: those that nobody answered on top, then those not acknowledged yet, then newest first. */
export async function referralsOf(db: Queries, key: PersonKey, limit: number): Promise<ReferralRow[]> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('reporter_tenant', '=', key.tenant)
    .where('reporter', '=', key.person)
    .orderBy((eb) =>
      eb
        .case()
        .when(eb.and([eb('status', '=', 'raised'), eb('unanswered_at', 'is not', null)]))
        .then(0)
        .when('status', '=', 'raised')
        .then(1)
        .else(2)
        .end(),
    )
    .orderBy('raised_at', 'desc')
    .limit(limit)
    .execute();
}

/** References of referrals whose route's next step is due. */
export async function dueForNextStep(
  db: Queries,
  at: number,
  limit: number,
  except: readonly string[] = [],
): Promise<string[]> {
  const rows = await db
    .selectFrom('referrals')
    .select('reference')
    .where('next_step_at', 'is not', null)
    .where('next_step_at', '<=', at)
    .$if(except.length > 0, (query) => query.where('reference', 'not in', except))
    .orderBy('next_step_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.reference);
}

/** References of referrals whose owner has done nothing for too long. */
export async function dueForOwner(
  db: Queries,
  at: number,
  limit: number,
  except: readonly string[] = [],
): Promise<string[]> {
  const rows = await db
    .selectFrom('referrals')
    .select('reference')
    .where('owner_due_at', 'is not', null)
    .where('owner_due_at', '<=', at)
    .$if(except.length > 0, (query) => query.where('reference', 'not in', except))
    .orderBy('owner_due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.reference);
}

/**
 * References of open referrals that nothing would ever move: not acknowledged with no next step and not known as
 * unanswered, or owned with nobody to remind. A fault of ours, found by the auditor.
 */
export async function stalled(db: Queries): Promise<string[]> {
  // Each half has an index of its own. States are written out as there, so that both databases see that it serves.
  const resting = await db
    .selectFrom('referrals')
    .select('reference')
    .where('status', '=', sql.lit('raised'))
    .where('next_step_at', 'is', null)
    .where('unanswered_at', 'is', null)
    .execute();
  const left = await db
    .selectFrom('referrals')
    .select('reference')
    .where('status', '<>', sql.lit('raised'))
    .where('status', '<>', sql.lit('closed'))
    .where('owner_due_at', 'is', null)
    .execute();
  return [...resting, ...left].map((row) => row.reference);
}

/** Referrals that were sent to somebody and that nobody has acknowledged, longest waiting first. */
export async function waitingFor(db: Queries, organisation: string, key: PersonKey): Promise<ReferralRow[]> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('status', '=', 'raised')
    .where('organisation', '=', organisation)
    .where('reference', 'in', (eb) =>
      eb
        .selectFrom('cards')
        .select('cards.referral')
        .$narrowType<{ referral: string }>()
        .where('tenant', '=', key.tenant)
        .where('person', '=', key.person)
        .where('role', 'in', DESK_ROLES)
        .where('state', '!=', 'failed'),
    )
    .orderBy('raised_at')
    .execute();
}

/** Whether nobody has acknowledged something that may be about somebody in the safeguarding team. */
export async function isTeamConcernWaiting(db: Queries, organisation: string): Promise<boolean> {
  const row = await db
    .selectFrom('referrals')
    .select('reference')
    .where('status', '=', 'raised')
    .where('organisation', '=', organisation)
    .where('about_senior', '=', 'channel')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What somebody owns and has not closed, longest waiting first. */
export async function ownedBy(db: Queries, key: PersonKey): Promise<ReferralRow[]> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('status', '!=', 'closed')
    .where('owner_tenant', '=', key.tenant)
    .where('owner', '=', key.person)
    .orderBy('raised_at')
    .execute();
}

/** Open referrals of an organisation, those that nobody has acknowledged on top, most urgent first. */
export async function openReferrals(db: Queries, organisation?: string): Promise<ReferralRow[]> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('status', '!=', 'closed')
    .$if(organisation !== undefined, (query) => query.where('organisation', '=', organisation ?? ''))
    .orderBy((eb) => eb.case().when('status', '=', 'raised').then(0).else(1).end())
    .orderBy((eb) =>
      eb.case().when('urgency', '=', 'immediate').then(0).when('urgency', '=', 'urgent').then(1).else(2).end(),
    )
    .orderBy('raised_at')
    .execute();
}

/** Remembers that a card's action was carried out. */
export async function recordAction(db: Queries, key: string, referral: string, at: number): Promise<void> {
  await db.insertInto('actions').values({ key, referral, at }).execute();
}

export async function actionWasDone(db: Queries, key: string): Promise<boolean> {
  const row = await db.selectFrom('actions').select('key').where('key', '=', key).executeTakeFirst();
  return row !== undefined;
}
