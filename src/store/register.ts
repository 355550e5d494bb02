import { type Expression, type ExpressionBuilder, expressionBuilder, type SqlBool, sql } from 'kysely';
import type { PersonKey } from './people.ts';
import {
  type CardRole,
  type CardRow,
  type CardState,
  type Database,
  DESK_ROLES,
  type ReferralRow,
  type Status,
} from './schema.ts';
import type { Queries } from './store.ts';

/** Who looks at referrals, and what they look for. It decides what they see, in a list and one by one. */
export type Sight =
  /** What they raised themselves. */
  | { readonly list: 'mine'; readonly reader: PersonKey }
  /** What others raised, as one who deals with it. `at` is now, in epoch milliseconds. */
  | { readonly list: 'desk'; readonly reader: PersonKey; readonly isTeam: boolean; readonly at: number };

export type RegisterFilter = {
  readonly organisation: string;
  readonly statuses?: readonly Status[];
  readonly urgencies?: readonly ReferralRow['urgency'][];
  readonly category?: string;
  readonly department?: string;
  /** The AAD object id of an owner, or null: nobody owns it. */
  readonly owner?: string | null;
  /** Raised at this moment or later, and before that one. */
  readonly from?: number;
  readonly before?: number;
  /** A part of a reference, of a department or of somebody's name. */
  readonly search?: string;
};

/** Where a row stands in the register: each page goes on after the last row of the page before. */
export type RegisterKey = { readonly standing: number; readonly moment: number; readonly reference: string };

const SHOWN = [
  'reference',
  'status',
  'urgency',
  'category',
  'department',
  'department_name',
  'asked',
  'reporter_name',
  'name_kept',
  'owner_name',
  'round',
  'raised_at',
  'acknowledged_at',
  'closed_at',
  'next_step_at',
  'unanswered_at',
  'reminded_at',
  'withdraw_asked_at',
  'open_question',
  'about_senior',
  'forgotten_at',
  'forgotten_because',
] as const satisfies readonly (keyof ReferralRow)[];
export type RegisterEntry = Pick<ReferralRow, (typeof SHOWN)[number]> & {
  /** Whether a card of this round, for somebody who is to act or for an inbox, did not arrive. */
  readonly isUndelivered: boolean;
};

export type RegisterPage = {
  readonly entries: readonly RegisterEntry[];
  /** Where the next page begins; undefined where this is the last. */
  readonly next: RegisterKey | undefined;
};

// The three expressions below stand in the index `referrals_register`, letter by letter, and so must stay as they are:
// only then can both databases see that it serves.

/**
 * The first thing that the register is sorted by: whose route is done and whom nobody answered, then what nobody has
 * acknowledged, then the rest that is open, each by urgency; and at last what is closed.
 */
const standing = sql<number>`case status when 'closed' then 9 when 'raised' then case when unanswered_at is null then 3 else 0 end + case urgency when 'immediate' then 0 when 'urgent' then 1 else 2 end else 6 + case urgency when 'immediate' then 0 when 'urgent' then 1 else 2 end end`;
/** The second: what has waited longest, and of what is closed the newest. */
const moment = sql<number>`case status when 'closed' then - coalesce(closed_at, 0) else raised_at end`;
const searched = sql<string>`lower(reference || ' ' || department_name || ' ' || reporter_name || ' ' || coalesce(owner_name, ''))`;

type Of = ExpressionBuilder<Database, 'referrals'>;

/** One page of what somebody sees, most pressing first. */
export async function readRegister(
  db: Queries,
  sight: Sight,
  filter: RegisterFilter,
  { after, limit }: { readonly after?: RegisterKey; readonly limit: number },
): Promise<RegisterPage> {
  const keys = await keysAfter(db, sight, filter, after, limit + 1);
  const shown = keys.slice(0, limit);
  return {
    entries: await entriesOf(
      db,
      shown.map(({ reference }) => reference),
    ),
    next: keys.length > limit ? shown.at(-1) : undefined,
  };
}

/**
 * The keys are read from the index alone: a row of a referral is wide, and most rows that a filter passes over are not
 * wanted. What shares the standing of the last row is asked for apart from the rest, because SQLite finds its place in
 * an index of expressions by equality, and not by comparing rows.
 */
async function keysAfter(
  db: Queries,
  sight: Sight,
  filter: RegisterFilter,
  after: RegisterKey | undefined,
  limit: number,
): Promise<RegisterKey[]> {
  const keys = () =>
    fitting(db, sight, filter)
      .select([standing.as('standing'), moment.as('moment'), 'reference'])
      .limit(limit);
  if (after === undefined) return keys().orderBy(standing).orderBy(moment).orderBy('reference').execute();
  const beside = await keys()
    .where(standing, '=', after.standing)
    .where(moment, '>=', after.moment)
    .where((eb) => eb.or([eb(moment, '>', after.moment), eb('reference', '>', after.reference)]))
    .orderBy(moment)
    .orderBy('reference')
    .execute();
  if (beside.length === limit) return beside;
  const below = await keys()
    .where(standing, '>', after.standing)
    .orderBy(standing)
    .orderBy(moment)
    .orderBy('reference')
    .limit(limit - beside.length)
    .execute();
  return [...beside, ...below];
}

const TELLING_ROLES: readonly CardRole[] = [...DESK_ROLES, 'email'];
const LOST: readonly CardState[] = ['failed', 'parked'];

/** Whether a card that should have told somebody of its referral did not arrive. */
export function isUndelivered({ role, state }: Pick<CardRow, 'role' | 'state'>): boolean {
  return TELLING_ROLES.includes(role) && LOST.includes(state);
}

async function entriesOf(db: Queries, references: readonly string[]): Promise<RegisterEntry[]> {
  if (references.length === 0) return [];
  const rows = await db.selectFrom('referrals').select(SHOWN).where('reference', 'in', references).execute();
  const lost = await db
    .selectFrom('cards')
    .innerJoin('referrals', 'referrals.reference', 'cards.referral')
    .select('cards.referral')
    .distinct()
    .where('cards.referral', 'in', references)
    .where('cards.state', 'in', LOST)
    .where('cards.role', 'in', TELLING_ROLES)
    .whereRef('cards.round', '=', 'referrals.round')
    .execute();
  const undelivered = new Set(lost.map(({ referral }) => referral));
  const byReference = new Map(rows.map((row) => [row.reference, row]));
  return references.flatMap((reference) => {
    const row = byReference.get(reference);
    return row === undefined ? [] : [{ ...row, isUndelivered: undelivered.has(reference) }];
  });
}

/**
 * How many referrals somebody sees that fit a filter, and who owns any that they see, by name.
 * @param page What fits from the beginning. Where that is all, it need not be counted again.
 */
export async function sumUpRegister(
  db: Queries,
  sight: Sight,
  filter: RegisterFilter,
  { entries, next }: RegisterPage,
): Promise<RegisterSummary> {
  const { total, owners } =
    sight.list === 'desk' && sight.isTeam
      ? {
          total: next === undefined ? entries.length : await countAll(db, sight, filter),
          owners: await ownersOneByOne(db, filter.organisation),
        }
      : await sumUpFew(db, sight, filter);
  return { total, owners: owners.sort((a, b) => a.name.localeCompare(b.name, 'en-GB')) };
}

export type RegisterSummary = { readonly total: number; readonly owners: readonly Owner[] };
export type Owner = { /** The AAD object id. */ readonly id: string; readonly name: string };

/** Of those who are not in the team each sees few, though it takes long to find them: once is enough for both. */
async function sumUpFew(
  db: Queries,
  sight: Sight,
  filter: RegisterFilter,
): Promise<{ total: number; owners: Owner[] }> {
  const rows = await looking(db, sight, filter.organisation)
    .select(['owner', 'owner_name'])
    .select((eb) => eb.fn.countAll<number>().filterWhere(fits(eb, filter)).as('fit'))
    .groupBy(['owner', 'owner_name'])
    .execute();
  const named = new Map(rows.flatMap(({ owner, owner_name }) => (owner === null ? [] : [[owner, owner_name ?? '']])));
  return {
    total: rows.reduce((sum, { fit }) => sum + Number(fit), 0),
    owners: [...named].map(([id, name]) => ({ id, name })),
  };
}

async function countAll(db: Queries, look: Look, filter: RegisterFilter): Promise<number> {
  const { rows } = await fitting(db, look, filter)
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(rows);
}

/**
 * How many referrals are kept from somebody in the team, because they may be about one of them. Only the status
 * narrows it: with more, a search for a name would tell who raised one.
 */
export async function countHidden(
  db: Queries,
  reader: PersonKey,
  { organisation, statuses }: Pick<RegisterFilter, 'organisation' | 'statuses'>,
): Promise<number> {
  return countAll(db, { list: 'hidden', reader }, { organisation, statuses });
}

/** How many referrals are open in each of these organisations; nothing of one with none. */
export async function countOpen(db: Queries, organisations: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (organisations.length === 0) return new Map();
  const rows = await db
    .selectFrom('referrals')
    .select((eb) => ['organisation', eb.fn.countAll<number>().as('open')])
    // Written out, as in the index `referrals_open`.
    .where('status', '<>', sql.lit('closed'))
    .where('organisation', 'in', organisations)
    .groupBy('organisation')
    .execute();
  return new Map(rows.map(({ organisation, open }) => [organisation, Number(open)]));
}

/** Whether somebody sees one referral. It is the same rule that makes their list. */
export async function isInSight(db: Queries, sight: Sight, reference: string): Promise<boolean> {
  const row = await db
    .selectFrom('referrals')
    .select('reference')
    .where('reference', '=', reference)
    .where((eb) => seen(eb, sight))
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Those who own something that the team sees. The index is asked for one owner after the other, which takes as many
 * looks as there are owners, however many referrals there are.
 */
async function ownersOneByOne(db: Queries, organisation: string): Promise<Owner[]> {
  // As in the index `referrals_owned`. Who owns only what is kept from the team is not among them.
  const owned = sql`organisation = ${organisation} and owner is not null and about_senior <> 'channel'`;
  const { rows } = await sql<Owner>`
    with recursive owners (id) as (
      select min(owner) from referrals where ${owned}
      union all
      select (select min(owner) from referrals where ${owned} and owner > id) from owners where id is not null
    )
    select id, (select max(owner_name) from referrals where ${owned} and owner = id) as name
    from owners where id is not null`.execute(db);
  return rows;
}

type Look = Sight | { readonly list: 'hidden'; readonly reader: PersonKey };

function looking(db: Queries, look: Look, organisation: string) {
  return (
    db
      .selectFrom('referrals')
      // Of all, one person has raised few: SQLite is kept from looking for them in the register's order.
      .where(look.list === 'mine' ? sql<string>`organisation || ''` : 'organisation', '=', organisation)
      .where((eb) => seen(eb, look))
  );
}

function fitting(db: Queries, look: Look, filter: RegisterFilter) {
  return looking(db, look, filter.organisation).where((eb) => fits(eb, filter));
}

function fits(eb: Of, filter: RegisterFilter): Expression<SqlBool> {
  const { statuses, urgencies, category, department, owner, from, before, search } = filter;
  return eb.and([
    ...(statuses === undefined ? [] : [eb('status', 'in', statuses)]),
    ...(urgencies === undefined ? [] : [eb('urgency', 'in', urgencies)]),
    ...(category === undefined ? [] : [eb('category', '=', category)]),
    ...(department === undefined ? [] : [eb('department', '=', department)]),
    ...(owner === undefined ? [] : [owner === null ? eb('owner', 'is', null) : eb('owner', '=', owner)]),
    ...(from === undefined ? [] : [eb('raised_at', '>=', from)]),
    ...(before === undefined ? [] : [eb('raised_at', '<', before)]),
    ...(search === undefined ? [] : [contains(search)]),
  ]);
}

/** SQLite knows capitals of the English alphabet only: "Ó" is found by "Ó", and not by "ó". */
function contains(search: string): Expression<SqlBool> {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`${searched} like lower(${pattern}) escape '\\'`;
}

/**
 * Who sees which referral:
 * - their own: the one who raised it, and as nothing else than that;
 * - the team: all others, but for one that may be about somebody in the team, unless a card of it went to them;
 * - a senior: what was sent to them; and what was open in a department at some time while they were on duty for it,
 *   unless they were gone round, or it may be about somebody in the team: whoever left the team is not to read it either.
 * What was closed and opened again counts as open all the while.
 */
function seen(eb: Of, look: Look): Expression<SqlBool> {
  const { reader } = look;
  const isOwn = eb.and([eb('reporter', '=', reader.person), eb('reporter_tenant', '=', reader.tenant)]);
  if (look.list === 'mine') return isOwn;
  const wasSent = eb('reference', 'in', sentTo(eb, reader));
  if (look.list === 'hidden') return eb.and([isKeptFromTeam(reader), eb.not(isOwn)]);
  const may = look.isTeam
    ? isOpenToTeam(reader)
    : eb.or([
        wasSent,
        eb.and([
          eb('about_senior', 'not in', ['yes', 'unsure', 'channel']),
          // Few are, and only for these is it worth the while to look further.
          isOfTheirs(eb, reader),
          wasOnDuty(eb, reader, look.at),
        ]),
      ]);
  return eb.and([eb.not(isOwn), may]);
}

/** Whether somebody in the team may know of a referral: it may not be about one of them, or a card of it went to them. */
export function isOpenToTeam(reader: PersonKey): Expression<SqlBool> {
  const eb: Of = expressionBuilder();
  // Written out, as in the indices of the team's own.
  return eb.or([eb('about_senior', '<>', sql.lit('channel')), eb('reference', 'in', sentTo(eb, reader))]);
}

/** The contrary of `isOpenToTeam`. */
export function isKeptFromTeam(reader: PersonKey): Expression<SqlBool> {
  const eb: Of = expressionBuilder();
  return eb.and([eb('about_senior', '=', sql.lit('channel')), eb.not(eb('reference', 'in', sentTo(eb, reader)))]);
}

function sentTo(eb: Of, { tenant, person }: PersonKey) {
  return eb
    .selectFrom('cards')
    .select('cards.referral')
    .$narrowType<{ referral: string }>()
    .where('cards.person', '=', person)
    .where('cards.tenant', '=', tenant)
    .where('cards.referral', 'is not', null)
    .where('cards.role', 'in', DESK_ROLES)
    .where('cards.state', '<>', 'failed');
}

/** Whether a referral is of a department that somebody was ever on duty for. */
function isOfTheirs(eb: Of, { tenant, person }: PersonKey): Expression<SqlBool> {
  return eb(
    eb.refTuple('organisation', 'department'),
    'in',
    eb
      .selectFrom('duty')
      .select(['duty.organisation', 'duty.department'])
      .where('duty.person', '=', person)
      .where('duty.tenant', '=', tenant)
      .$asTuple('organisation', 'department'),
  );
}

/**
 * Whether a referral was open while somebody was on duty for its department. Going on duty again ends the duty before,
 * so that nobody's duties for one place overlap: of those that began before it was closed, the last ended last, and
 * only that one need be looked at.
 */
function wasOnDuty(eb: Of, { tenant, person }: PersonKey, at: number): Expression<SqlBool> {
  const end = eb
    .selectFrom('duty')
    .select((duty) =>
      duty
        .case()
        .when(duty.ref('duty.ended_at'), '<', duty.ref('duty.until_at'))
        .then(duty.ref('duty.ended_at'))
        .else(duty.ref('duty.until_at'))
        .end()
        .as('end'),
    )
    .where('duty.person', '=', person)
    .where('duty.tenant', '=', tenant)
    .whereRef('duty.organisation', '=', 'referrals.organisation')
    .whereRef('duty.department', '=', 'referrals.department')
    .where('duty.from_at', '<', (duty) => duty.fn.coalesce('referrals.closed_at', duty.val(at + 1)))
    .orderBy('duty.from_at', 'desc')
    .limit(1);
  return eb(end, '>', eb.ref('raised_at'));
}
