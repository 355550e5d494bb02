import { sql } from 'kysely';
import type { PersonKey } from './people.ts';
import { type CardRow, DESK_ROLES, LIVING_ROLES, type ReferralRow } from './schema.ts';
import type { Queries } from './store.ts';

/**
 * Owes cards, and wakes the conversations that they go to. What is said of a referral in a conversation comes in the
 * order in which it was owed: a new message waits as long as an older one there.
 */
export async function addCards(db: Queries, given: readonly CardRow[]): Promise<void> {
  if (given.length === 0) return;
  const rows: CardRow[] = [];
  for (const row of given) rows.push({ ...row, due_at: await dueBehindOthers(db, row) });
  await db.insertInto('cards').values(rows).execute();
  await wakeLanes(db, rows);
}

/** Whether a message in somebody's own chat is the card of something that they raised. */
export async function showsReferral(db: Queries, person: PersonKey, activity: string | undefined): Promise<boolean> {
  if (activity === undefined) return false;
  const row = await db
    .selectFrom('cards')
    .select('id')
    .where('person', '=', person.person)
    .where('tenant', '=', person.tenant)
    .where('role', '=', 'reporter')
    .where('activity', '=', activity)
    .executeTakeFirst();
  return row !== undefined;
}

async function dueBehindOthers(db: Queries, { lane, referral, activity, due_at }: CardRow): Promise<number | null> {
  if (referral === null || activity !== null || due_at === null) return due_at;
  const { last } = await db
    .selectFrom('cards')
    .select((eb) => eb.fn.max('due_at').as('last'))
    .where('referral', '=', referral)
    .where('lane', '=', lane)
    .where('activity', 'is', null)
    .executeTakeFirstOrThrow();
  return last === null ? due_at : Math.max(due_at, last + 1);
}

/** A new message has to wait: what is said later of its referral in its conversation waits behind it. */
export async function holdBack(db: Queries, card: CardRow, until: number): Promise<void> {
  if (card.referral === null || card.activity !== null || card.due_at === null) return;
  await db
    .updateTable('cards')
    .set({ due_at: until + 1 })
    .where('referral', '=', card.referral)
    .where('lane', '=', card.lane)
    .where('activity', 'is', null)
    .where('id', '!=', card.id)
    .where('due_at', '>', card.due_at)
    .where('due_at', '<=', until)
    .execute();
}

type Due = Pick<CardRow, 'lane' | 'tenant' | 'priority' | 'due_at' | 'activity'>;

/** What nobody has seen yet goes before what is only changed, in every conversation. Added to a card's priority. */
export const ONLY_CHANGED = 5;

/** Lets the worker find what is due in each conversation, in the order of their names, so that no two wait for each other. */
async function wakeLanes(db: Queries, cards: readonly Due[]): Promise<void> {
  const lanes = new Map<string, { lane: string; tenant: string; due_at: number; priority: number }>();
  for (const { lane, tenant, priority: own, due_at, activity } of cards) {
    if (due_at === null) continue;
    const priority = activity === null ? own : own + ONLY_CHANGED;
    const known = lanes.get(lane);
    lanes.set(lane, {
      lane,
      tenant,
      due_at: Math.min(due_at, known?.due_at ?? due_at),
      priority: Math.min(priority, known?.priority ?? priority),
    });
  }
  if (lanes.size === 0) return;
  const rows = [...lanes.values()].sort((a, b) => (a.lane < b.lane ? -1 : 1));
  await db
    .insertInto('lanes')
    .values(rows.map((row) => ({ ...row, not_before: 0, lease_until: 0, holder: null, sends: '[]' })))
    .onConflict((conflict) =>
      conflict.column('lane').doUpdateSet((eb) => ({
        due_at: eb
          .case()
          .when(eb.or([eb('lanes.due_at', 'is', null), eb(eb.ref('lanes.due_at'), '>', eb.ref('excluded.due_at'))]))
          .then(eb.ref('excluded.due_at'))
          .else(eb.ref('lanes.due_at'))
          .end(),
        priority: eb
          .case()
          .when(eb(eb.ref('lanes.priority'), '>', eb.ref('excluded.priority')))
          .then(eb.ref('excluded.priority'))
          .else(eb.ref('lanes.priority'))
          .end(),
      })),
    )
    .execute();
}

/** Asks for the living cards of a referral to be drawn again, or only for the reporter's. */
export async function wantCards(db: Queries, reference: string, at: number, only?: 'reporter'): Promise<void> {
  const wanted = await db
    .updateTable('cards')
    .set((eb) => ({
      wanted: eb('wanted', '+', 1),
      // A card that Teams asked to wait for, or that waits behind another, goes on waiting.
      due_at: eb
        .case()
        .when(eb.and([eb.or([eb('attempts', '>', 0), eb('activity', 'is', null)]), eb('due_at', '>', at)]))
        .then(eb.ref('due_at'))
        .else(at)
        .end(),
    }))
    .where('referral', '=', reference)
    .where('state', '!=', 'failed')
    .where('role', 'in', only === undefined ? LIVING_ROLES : [only])
    .returning(['lane', 'tenant', 'priority', 'due_at', 'activity'])
    .execute();
  await wakeLanes(db, wanted);
}

/** 0 is sent first. */
export const urgency = sql<number>`priority + case when activity is null then 0 else ${sql.lit(ONLY_CHANGED)} end`;

/** What is due next in a conversation: what nobody has seen yet before what is only changed, the most urgent first. */
export async function nextCardIn(db: Queries, lane: string, at: number): Promise<CardRow | undefined> {
  return db
    .selectFrom('cards')
    .selectAll()
    .where('lane', '=', lane)
    .where('due_at', 'is not', null)
    .where('due_at', '<=', at)
    .orderBy(urgency)
    .orderBy('due_at')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** Whether a referral's owner has a card of it in their own chat. */
export async function hasOwnCard(
  db: Queries,
  { reference, owner, owner_tenant: tenant }: Pick<ReferralRow, 'reference' | 'owner' | 'owner_tenant'>,
): Promise<boolean> {
  const own = await db
    .selectFrom('cards')
    .select('id')
    .where('referral', '=', reference)
    .where('role', 'in', DESK_ROLES)
    .where('person', '=', owner)
    .where('tenant', '=', tenant ?? '')
    .where('state', '!=', 'failed')
    .executeTakeFirst();
  return own !== undefined;
}

export async function updateCard(db: Queries, id: string, change: Partial<Omit<CardRow, 'id'>>): Promise<void> {
  await db.updateTable('cards').set(change).where('id', '=', id).execute();
}

/** The cards in some channels that are of open referrals or are still to arrive, but for those that cannot. */
export async function openCardsIn(db: Queries, channels: readonly string[]): Promise<CardRow[]> {
  return db
    .selectFrom('cards')
    .innerJoin('referrals', 'referrals.reference', 'cards.referral')
    .selectAll('cards')
    .where('cards.channel', 'in', channels)
    .where('cards.state', '!=', 'failed')
    .where((eb) => eb.or([eb('referrals.status', '!=', 'closed'), eb('cards.delivered_at', 'is', null)]))
    .orderBy('cards.created_at')
    .execute();
}

/** Changes all cards in some channels, but for those that cannot arrive. */
export async function updateCardsIn(
  db: Queries,
  channels: readonly string[],
  change: Partial<Omit<CardRow, 'id'>>,
): Promise<void> {
  await db.updateTable('cards').set(change).where('channel', 'in', channels).where('state', '!=', 'failed').execute();
}

export async function readCard(db: Queries, id: string): Promise<CardRow | undefined> {
  return db.selectFrom('cards').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Cards that wait for a redraw and would never get it: a fault of ours, found and mended. @returns their ids. */
export async function mendForgottenCards(db: Queries, at: number): Promise<string[]> {
  const forgotten = await db
    .updateTable('cards')
    .set({ due_at: at })
    .where('due_at', 'is', null)
    // Written out, as in the index `cards_forgotten`, so that both databases see that it serves.
    .where('state', '<>', sql.lit('failed'))
    .where('state', '<>', sql.lit('parked'))
    .whereRef('wanted', '>', 'shown')
    .returning(['id', 'lane', 'tenant', 'priority', 'due_at', 'activity'])
    .execute();
  await wakeLanes(db, forgotten);
  return forgotten.map(({ id }) => id);
}
