import type { CardRow } from './schema.ts';
import type { Queries, Store } from './store.ts';

export async function addCard(db: Queries, row: CardRow): Promise<void> {
  await db.insertInto('cards').values(row).execute();
}

/** Asks for all the living cards of a referral to be drawn again, or for those of one role. */
export async function wantCards(db: Queries, reference: string, at: number, role?: CardRow['role']): Promise<void> {
  await db
    .updateTable('cards')
    .set((eb) => ({
      wanted: eb('wanted', '+', 1),
      // A card that Teams asked to wait for goes on waiting.
      due_at: eb
        .case()
        .when(eb.and([eb('attempts', '>', 0), eb('due_at', '>', at)]))
        .then(eb.ref('due_at'))
        .else(at)
        .end(),
    }))
    .where('referral', '=', reference)
    .where('state', '!=', 'failed')
    .$if(role !== undefined, (query) => query.where('role', '=', role ?? 'reporter'))
    .execute();
}

/**
 * Takes cards that are due, most urgent referral first, and holds them until the lease ends.
 * A card that was being sent when its lease ran out may have arrived: it is marked as a possible duplicate.
 */
export async function takeDueCards(store: Store, at: number, leaseUntil: number, limit: number): Promise<CardRow[]> {
  return store.transaction(async (tx) => {
    const due = await tx
      .selectFrom('cards')
      .innerJoin('referrals', 'referrals.reference', 'cards.referral')
      .select(['cards.id'])
      .where('cards.due_at', 'is not', null)
      .where('cards.due_at', '<=', at)
      .where('cards.lease_until', '<=', at)
      .orderBy((eb) =>
        eb
          .case()
          .when('referrals.urgency', '=', 'immediate')
          .then(0)
          .when('referrals.urgency', '=', 'urgent')
          .then(1)
          .else(2)
          .end(),
      )
      .orderBy('cards.due_at')
      .limit(limit)
      .$if(store.dialect === 'postgres', (query) => query.forUpdate('cards').skipLocked())
      .execute();
    if (due.length === 0) return [];
    const taken = await tx
      .updateTable('cards')
      .set((eb) => ({
        lease_until: leaseUntil,
        possible_duplicate: eb
          .case()
          .when(eb.and([eb('state', '=', 'sending'), eb('activity', 'is', null)]))
          .then(1)
          .else(eb.ref('possible_duplicate'))
          .end(),
        state: eb
          .case()
          .when('activity', 'is', null)
          .then('sending' as const)
          .else(eb.ref('state'))
          .end(),
      }))
      .where(
        'id',
        'in',
        due.map((row) => row.id),
      )
      .returningAll()
      .execute();
    const order = new Map(due.map((row, index) => [row.id, index]));
    return taken.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  });
}

export async function updateCard(db: Queries, id: string, change: Partial<Omit<CardRow, 'id'>>): Promise<void> {
  await db.updateTable('cards').set(change).where('id', '=', id).execute();
}

export async function readCard(db: Queries, id: string): Promise<CardRow | undefined> {
  return db.selectFrom('cards').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Frees what an earlier process of the same store held. Only for a store that one server holds alone. */
export async function freeLeases(db: Queries): Promise<void> {
  await db.updateTable('cards').set({ lease_until: 0 }).where('lease_until', '>', 0).execute();
}
