import type { Queries, Store } from './store.ts';

export type Chore = { readonly name: string; readonly holder: string };

/**
 * Takes work that is done now and then, if it is due and nobody else has it, and holds it until the lease ends. Whoever
 * has it takes it again to keep it.
 */
export async function takeChore(
  store: Store,
  { name, holder }: Chore,
  { at, until }: { readonly at: number; readonly until: number },
): Promise<boolean> {
  await store.db
    .insertInto('chores')
    .values({ name, due_at: 0, lease_until: 0, holder: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const taken = await store.db
    .updateTable('chores')
    .set({ lease_until: until, holder })
    .where('name', '=', name)
    .where('due_at', '<=', at)
    .where((eb) => eb.or([eb('lease_until', '<=', at), eb('holder', '=', holder)]))
    .executeTakeFirst();
  return Number(taken.numUpdatedRows) === 1;
}

/** Gives the work back, done until it is due again. */
export async function finishChore(db: Queries, { name, holder }: Chore, dueAt: number): Promise<void> {
  await db
    .updateTable('chores')
    .set({ due_at: dueAt, lease_until: 0, holder: null })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute();
}
