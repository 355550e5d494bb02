import { type Expression, type SqlBool, sql } from 'kysely';
import type { PersonKey } from './people.ts';
import { isKeptFromTeam, isOpenToTeam } from './register.ts';
import { type CardRow, LIVING_ROLES, type ReferralRow } from './schema.ts';
import type { Queries } from './store.ts';
import type { Unanswered } from './unanswered.ts';

/** What was raised in an organisation at `from` or later and before `until`, in epoch milliseconds. */
export type Raised = {
  readonly organisation: string;
  readonly from: number;
  readonly until: number;
  /** Somebody in the team, who reads of it: what the register keeps from them is no part of it. */
  readonly reader?: PersonKey;
};

const COUNTED = [
  'reference',
  'flow',
  'outcome',
  'category',
  'urgency',
  'department',
  'department_name',
  'about_senior',
  'status',
  'route',
  'raised_at',
  'acknowledged_at',
  'closed_at',
] as const satisfies readonly (keyof ReferralRow)[];
/** What a report counts by: neither a person, nor what anybody wrote. */
export type CountedRow = Pick<ReferralRow, (typeof COUNTED)[number]>;

/** Rows that are in memory at once, so that whoever else needs the register waits a few milliseconds only. */
const PAGE = 250;

/** What was raised in a period, oldest first, in pages. */
export async function* raisedIn(db: Queries, period: Raised): AsyncGenerator<readonly CountedRow[]> {
  let last: Pick<CountedRow, 'raised_at' | 'reference'> = { raised_at: period.from, reference: '' };
  for (;;) {
    const { raised_at: at, reference } = last;
    const page = await db
      .selectFrom('referrals')
      .select(COUNTED)
      .where('organisation', '=', period.organisation)
      .where('raised_at', '>=', at)
      .where('raised_at', '<', period.until)
      .where((eb) => eb.or([eb('raised_at', '>', at), eb('reference', '>', reference)]))
      .where(isFor(period))
      .orderBy('raised_at')
      .orderBy('reference')
      .limit(PAGE)
      .execute();
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    last = page.at(-1) ?? last;
  }
}

export async function countRaised(db: Queries, period: Raised): Promise<number> {
  return countWhere(db, period, isFor(period));
}

/** How many are no part of what was raised, because they are kept from the reader. */
export async function countLeftOut(db: Queries, period: Raised): Promise<number> {
  return period.reader === undefined ? 0 : countWhere(db, period, isKeptFromTeam(period.reader));
}

async function countWhere(
  db: Queries,
  { organisation, from, until }: Raised,
  holds: Expression<SqlBool>,
): Promise<number> {
  const { raised } = await db
    .selectFrom('referrals')
    .select((eb) => eb.fn.countAll<number>().as('raised'))
    .where('organisation', '=', organisation)
    .where('raised_at', '>=', from)
    .where('raised_at', '<', until)
    .where(holds)
    .executeTakeFirstOrThrow();
  return Number(raised);
}

/** Whether the reader may know of a referral. Whoever reads beside the register, and not at the desk, may. */
function isFor({ reader }: Raised): Expression<SqlBool> {
  return reader === undefined ? sql<SqlBool>`1 = 1` : isOpenToTeam(reader);
}

/** What was asked and answered on the way to some referrals, as JSON. */
export async function askedOf(
  db: Queries,
  references: readonly string[],
): Promise<Pick<ReferralRow, 'reference' | 'asked'>[]> {
  if (references.length === 0) return [];
  return db.selectFrom('referrals').select(['reference', 'asked']).where('reference', 'in', references).execute();
}

/** To whom some referrals were referred on: one row for each time, with the audit's details as JSON. */
export async function referredOnFrom(
  db: Queries,
  references: readonly string[],
): Promise<{ readonly referral: string; readonly details: string }[]> {
  if (references.length === 0) return [];
  return db
    .selectFrom('audit')
    .select(['referral', 'details'])
    .where('referral', 'in', references)
    .where('kind', '=', 'refer-on')
    .execute();
}

/** A card that did not arrive. Its place is a channel's or an inbox's, and never to be shown where it is a person's. */
export type LostCard = Pick<CardRow, 'role' | 'place_name' | 'place_role' | 'created_at'> &
  Pick<ReferralRow, 'reference' | 'department' | 'department_name' | 'urgency' | 'about_senior'>;

/** Cards and emails of what was raised in a period that never arrived, unless another took their place since. */
export async function lostCards(db: Queries, period: Raised): Promise<LostCard[]> {
  const { organisation, from, until } = period;
  return (
    db
      .selectFrom('cards')
      // SQLite keeps the order of a cross join: few cards are in trouble, however many referrals there are.
      .crossJoin('referrals')
      .select([
        'cards.role',
        'cards.place_name',
        'cards.place_role',
        'cards.created_at',
        'referrals.reference',
        'referrals.department',
        'referrals.department_name',
        'referrals.urgency',
        'referrals.about_senior',
      ])
      // Written out, as in the index `cards_in_trouble`, so that both databases see that it serves.
      .where(sql<boolean>`cards.state in ('failed', 'parked', 'uncertain')`)
      .where('cards.state', '<>', sql.lit('uncertain'))
      .whereRef('referrals.reference', '=', 'cards.referral')
      .where('cards.role', 'in', [...LIVING_ROLES, 'email'])
      .where('referrals.organisation', '=', organisation)
      .where('referrals.raised_at', '>=', from)
      .where('referrals.raised_at', '<', until)
      .where(isFor(period))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('cards as other')
              .select('other.id')
              .whereRef('other.referral', '=', 'cards.referral')
              .whereRef('other.role', '=', 'cards.role')
              .whereRef('other.place_name', '=', 'cards.place_name')
              .where('other.state', 'not in', ['failed', 'parked', 'uncertain']),
          ),
        ),
      )
      .orderBy('cards.created_at')
      .orderBy('cards.id')
      .execute()
  );
}

/** Messages from these moments that found no answer, newest first: already scrubbed, with no person. */
export async function unansweredIn(
  db: Queries,
  { organisation, from, until }: Raised,
): Promise<Pick<Unanswered, 'text' | 'at'>[]> {
  return db
    .selectFrom('unanswered')
    .select(['text', 'at'])
    .where('organisation', '=', organisation)
    .where('at', '>=', from)
    .where('at', '<', until)
    .orderBy('at', 'desc')
    .orderBy('id')
    .execute();
}

/** When the oldest referral that nobody has acknowledged was raised, for each organisation and urgency that has one. */
export async function oldestUnacknowledged(
  db: Queries,
): Promise<Pick<ReferralRow, 'organisation' | 'urgency' | 'raised_at'>[]> {
  return db
    .selectFrom('referrals')
    .select(({ fn }) => ['organisation', 'urgency', fn.min('raised_at').as('raised_at')])
    .where('status', '=', 'raised')
    .groupBy(['organisation', 'urgency'])
    .execute();
}
