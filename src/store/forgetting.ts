import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { PersonKey } from './people.ts';
import type { Database, ReferralRow } from './schema.ts';
import type { Queries, Store } from './store.ts';

/** What is deleted when its time is over, and what is left of it. Each deletes so many rows at most, and says how many. */

/** Closed before this moment, and nothing written in it since. In epoch milliseconds. */
export type Old = {
  readonly organisation: string;
  readonly before: number;
  /** Only this category, or all but these. */
  readonly category: string | { readonly not: readonly string[] };
};

/** References of closed referrals whose time is over, oldest first. @param only Only this one, if it is. */
export async function dueToForget(
  db: Queries,
  { organisation, before, category }: Old,
  limit: number,
  only?: string,
): Promise<string[]> {
  const rows = await db
    .selectFrom('referrals')
    .select('reference')
    .where('organisation', '=', organisation)
    // Written out, as in the index `referrals_to_forget`, so that both databases see that it serves.
    .where('status', '=', sql.lit('closed'))
    .where('forgotten_at', 'is', null)
    .where('closed_at', '<', before)
    .$if(only !== undefined, (query) => query.where('reference', '=', only ?? ''))
    .$if(typeof category === 'string', (query) => query.where('category', '=', String(category)))
    .$if(typeof category === 'object' && category.not.length > 0, (query) =>
      query.where('category', 'not in', typeof category === 'object' ? category.not : []),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('words')
            .select('words.id')
            .whereRef('words.referral', '=', 'referrals.reference')
            .where('words.at', '>=', before),
        ),
      ),
    )
    // What is still being delivered would write down names after they were deleted.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('cards')
            .select('cards.id')
            .whereRef('cards.referral', '=', 'referrals.reference')
            .where('cards.due_at', 'is not', null),
        ),
      ),
    )
    .orderBy('closed_at')
    .limit(limit)
    .execute();
  return rows.map(({ reference }) => reference);
}

/** Whether something of a referral is still on its way to somebody. */
export async function isBeingDelivered(db: Queries, reference: string): Promise<boolean> {
  const owed = await db
    .selectFrom('cards')
    .select('id')
    .where('referral', '=', reference)
    .where('due_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return owed !== undefined;
}

/**
 * Deletes the words and the names of a referral, and who was where. What is left says that it was raised, when, where,
 * about what and how it went: all that is counted. Its audit stays, and holds neither words nor names.
 */
export async function forgetReferral(
  db: Queries,
  referral: ReferralRow,
  { at, because }: { readonly at: number; readonly because: NonNullable<ReferralRow['forgotten_because']> },
): Promise<void> {
  const { reference } = referral;
  await db.deleteFrom('words').where('referral', '=', reference).execute();
  await db.deleteFrom('audit_names').where('referral', '=', reference).execute();
  await db.deleteFrom('actions').where('referral', '=', reference).execute();
  await forgetPlaces(db, reference);
  await db
    .updateTable('referrals')
    .set({
      responses: '{}',
      asked: withoutAnswers(referral.asked),
      told: '[]',
      safe_to_ring: 'not-given',
      reporter_tenant: '',
      reporter: '',
      reporter_name: '',
      owner_tenant: null,
      owner: null,
      owner_name: null,
      forgotten_at: at,
      forgotten_because: because,
    })
    .where('reference', '=', reference)
    .execute();
}

/** The topic, the advice and the clauses are the policy's. What was answered is the reporter's. */
function withoutAnswers(asked: string): string {
  const known: Readonly<Record<string, unknown>> = JSON.parse(asked);
  return JSON.stringify({ ...known, ...('answers' in known ? { answers: [] } : {}) });
}

/** Cards stay for their counts: whom they went to and where they are does not. Each person gets a number instead. */
async function forgetPlaces(db: Queries, reference: string): Promise<void> {
  await db.deleteFrom('cards').where('referral', '=', reference).where('role', 'in', ['nudge', 'notice']).execute();
  const people = await db
    .selectFrom('cards')
    .select(['tenant', 'person'])
    .distinct()
    .where('referral', '=', reference)
    .where('person', 'is not', null)
    .orderBy('person')
    .execute();
  for (const [index, { tenant, person }] of people.entries()) {
    await db
      .updateTable('cards')
      .set({ place_name: `Person ${index + 1}` })
      .where('referral', '=', reference)
      .where('tenant', '=', tenant)
      .where('person', '=', person)
      .execute();
  }
  await db.updateTable('cards').set(NOWHERE).where('referral', '=', reference).execute();
}

/** A card whose place is not kept any more. */
const NOWHERE = {
  tenant: '',
  person: null,
  teams_id: null,
  address: null,
  details: '{}',
  lane: '',
  team: null,
  channel: null,
  conversation: null,
  activity: null,
  service_url: '',
  bot_id: '',
  last_error: null,
  due_at: null,
  shown: sql<number>`wanted`,
} as const;

/** Who was on duty in an organisation, and who handed over to whom, where that ended before a moment. */
export async function forgetDuties(db: Queries, organisation: string, before: number, limit: number): Promise<number> {
  const duties = await db
    .deleteFrom('duty')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('duty')
        .select('id')
        .where('organisation', '=', organisation)
        .where('until_at', '<', before)
        .limit(limit),
    )
    .executeTakeFirst();
  const handovers = await db
    .deleteFrom('handovers')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('handovers')
        .select('id')
        .where('organisation', '=', organisation)
        .where('until_at', '<', before)
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(duties.numDeletedRows) + Number(handovers.numDeletedRows);
}

/** How to reach those who have not spoken to the bot since a moment, and whom nothing here still needs. */
export async function forgetPeopleBefore(db: Queries, before: number, now: number, limit: number): Promise<number> {
  const silent = await db
    .selectFrom('people')
    .select(['tenant', 'person'])
    .where('updated_at', '<', before)
    .where((eb) => eb.not(eb.or(Object.values(needs(eb, now)))))
    .orderBy('updated_at')
    .limit(limit)
    .execute();
  for (const key of silent) await forgetPerson(db, key);
  return silent.length;
}

/** What is going on that needs to know how to reach somebody. */
export const NEEDS = ['open-referral', 'on-duty', 'message-owed'] as const;
export type Need = (typeof NEEDS)[number];

/** What still needs to reach somebody; nothing where they are not known. */
export async function neededFor(db: Queries, { tenant, person }: PersonKey, now: number): Promise<Need[]> {
  const found = await db
    .selectFrom('people')
    .select((eb) => NEEDS.map((need) => eb.case().when(needs(eb, now)[need]).then(1).else(0).end().as(need)))
    .where('tenant', '=', tenant)
    .where('person', '=', person)
    .executeTakeFirst();
  return found === undefined ? [] : NEEDS.filter((need) => found[need] === 1);
}

function needs(eb: ExpressionBuilder<Database, 'people'>, now: number): Readonly<Record<Need, Expression<SqlBool>>> {
  return {
    'open-referral': eb.exists(
      eb
        .selectFrom('referrals')
        .select('referrals.reference')
        // Written out, as in the index `referrals_open`.
        .where('status', '<>', sql.lit('closed'))
        .where((open) =>
          open.or([
            open.and([
              open('reporter', '=', open.ref('people.person')),
              open('reporter_tenant', '=', open.ref('people.tenant')),
            ]),
            open.and([
              open('owner', '=', open.ref('people.person')),
              open('owner_tenant', '=', open.ref('people.tenant')),
            ]),
          ]),
        ),
    ),
    'on-duty': eb.exists(
      eb
        .selectFrom('duty')
        .select('duty.id')
        .whereRef('duty.person', '=', 'people.person')
        .whereRef('duty.tenant', '=', 'people.tenant')
        .where('until_at', '>', now)
        .where('ended_at', 'is', null),
    ),
    'message-owed': eb.exists(
      eb
        .selectFrom('cards')
        .select('cards.id')
        .whereRef('cards.person', '=', 'people.person')
        .whereRef('cards.tenant', '=', 'people.tenant')
        .where('due_at', 'is not', null),
    ),
  };
}

export async function forgetPerson(db: Queries, { tenant, person }: PersonKey): Promise<number> {
  const gone = await db
    .deleteFrom('people')
    .where('tenant', '=', tenant)
    .where('person', '=', person)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** Somebody's name and places in a referral of others. What they did and wrote in it stays. */
export async function forgetNameIn(
  db: Queries,
  reference: string,
  { tenant, person }: PersonKey,
  name: string,
): Promise<void> {
  await db
    .deleteFrom('audit_names')
    .where('referral', '=', reference)
    .where('tenant', '=', tenant)
    .where('person', '=', person)
    .execute();
  await db
    .updateTable('referrals')
    .set({ owner_tenant: null, owner: null, owner_name: name })
    .where('reference', '=', reference)
    .where('owner_tenant', '=', tenant)
    .where('owner', '=', person)
    .execute();
  await db
    .updateTable('cards')
    .set({ ...NOWHERE, place_name: name })
    .where('referral', '=', reference)
    .where('tenant', '=', tenant)
    .where('person', '=', person)
    .execute();
}

/** Duties and hand-overs of these ids. */
export async function forgetDutyRows(
  db: Queries,
  duties: readonly string[],
  handovers: readonly string[],
): Promise<void> {
  if (duties.length > 0) await db.deleteFrom('duty').where('id', 'in', duties).execute();
  if (handovers.length > 0) await db.deleteFrom('handovers').where('id', 'in', handovers).execute();
}

/** Messages to somebody that were about no referral, and are not owed any more. */
export async function forgetNoticesTo(db: Queries, { tenant, person }: PersonKey): Promise<void> {
  await db
    .deleteFrom('cards')
    .where('tenant', '=', tenant)
    .where('person', '=', person)
    .where('referral', 'is', null)
    .where('due_at', 'is', null)
    .execute();
}

/** Messages that were about no referral, and have come or cannot. */
export async function forgetNoticesBefore(db: Queries, before: number, limit: number): Promise<number> {
  const gone = await db
    .deleteFrom('cards')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('cards')
        .select('id')
        .where('referral', 'is', null)
        .where('due_at', 'is', null)
        .where('created_at', '<', before)
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** What was wrong, and has not been since a moment. */
export async function forgetFaultsBefore(db: Queries, before: number): Promise<number> {
  const gone = await db.deleteFrom('faults').where('ended_at', '<', before).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

export async function forgetRequestsBefore(db: Queries, before: number): Promise<number> {
  const gone = await db.deleteFrom('person_requests').where('at', '<', before).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** Conversations that no card is in any more. @param quietSince Nothing was sent there since then. */
export async function forgetIdleLanes(db: Queries, quietSince: number): Promise<number> {
  const gone = await db
    .deleteFrom('lanes')
    .where('due_at', 'is', null)
    .where('lease_until', '<=', quietSince)
    .where('not_before', '<=', quietSince)
    .where('lane', 'not in', (eb) => eb.selectFrom('cards').select('cards.lane'))
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/**
 * Takes what was deleted out of the write-ahead log too: until then its pages are on the disk as they were. SQLite
 * overwrites what is deleted in its own file. PostgreSQL does both in its own time.
 * @returns false where somebody was reading, so that it has to be tried again.
 */
export async function emptyLog(store: Store): Promise<boolean> {
  if (store.dialect !== 'sqlite') return true;
  const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(store.db);
  return rows[0]?.busy === 0;
}
