import { urgency } from './cards.ts';
import type { LaneRow } from './schema.ts';
import type { Queries, Store } from './store.ts';

/**
 * Takes conversations that have something due, the most urgent first, and holds them until the lease ends. Nobody else
 * sends there meanwhile.
 * @param exceptTenants Tenants that may be sent nothing now.
 * @param except Conversations that the holder serves already, though its lease may have run out.
 */
export async function takeDueLanes(
  store: Store,
  {
    at,
    until,
    holder,
    limit,
    except = [],
    exceptTenants = [],
  }: {
    at: number;
    until: number;
    holder: string;
    limit: number;
    except?: readonly string[];
    exceptTenants?: readonly string[];
  },
): Promise<LaneRow[]> {
  return store.transaction(async (tx) => {
    const due = await tx
      .selectFrom('lanes')
      .select('lane')
      .where('due_at', 'is not', null)
      .where('due_at', '<=', at)
      .where('not_before', '<=', at)
      .where('lease_until', '<=', at)
      .$if(exceptTenants.length > 0, (query) => query.where('tenant', 'not in', exceptTenants))
      .$if(except.length > 0, (query) => query.where('lane', 'not in', except))
      .orderBy('priority')
      .orderBy('due_at')
      .limit(limit)
      .$if(store.dialect === 'postgres', (query) => query.forUpdate().skipLocked())
      .execute();
    if (due.length === 0) return [];
    const names = due.map(({ lane }) => lane);
    const taken = await tx
      .updateTable('lanes')
      .set({ lease_until: until, holder })
      .where('lane', 'in', names)
      .returningAll()
      .execute();
    return taken.toSorted((a, b) => names.indexOf(a.lane) - names.indexOf(b.lane));
  });
}

/** The tenants in which something is due. */
export async function tenantsDue(db: Queries, at: number): Promise<string[]> {
  const rows = await db
    .selectFrom('lanes')
    .select('tenant')
    .distinct()
    .where('due_at', 'is not', null)
    .where('due_at', '<=', at)
    .where('not_before', '<=', at)
    .where('lease_until', '<=', at)
    .execute();
  return rows.map(({ tenant }) => tenant);
}

/** Keeps a conversation while there is more to send. @returns false if the lease ran out and somebody else has it. */
export async function keepLane(db: Queries, lane: string, holder: string, until: number): Promise<boolean> {
  const kept = await db
    .updateTable('lanes')
    .set({ lease_until: until })
    .where('lane', '=', lane)
    .where('holder', '=', holder)
    .executeTakeFirst();
  return Number(kept.numUpdatedRows) === 1;
}

/**
 * Gives a conversation back, with what was sent there and when the next is due.
 * @param notBefore When Teams allows the next message here.
 */
export async function releaseLane(
  store: Store,
  { lane, holder, sends, notBefore }: { lane: string; holder: string; sends: string; notBefore: number },
): Promise<void> {
  await store.transaction(async (tx) => {
    const held = await tx
      .selectFrom('lanes')
      .select('lane')
      .where('lane', '=', lane)
      .where('holder', '=', holder)
      .$if(store.dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirst();
    if (held === undefined) return;
    const next = await tx
      .selectFrom('cards')
      .select((eb) => [eb.fn.min('due_at').as('due_at'), eb.fn.min(urgency).as('priority')])
      .where('lane', '=', lane)
      .where('due_at', 'is not', null)
      .executeTakeFirstOrThrow();
    await tx
      .updateTable('lanes')
      .set({
        due_at: next.due_at,
        not_before: notBefore,
        priority: next.priority ?? LEAST_URGENT,
        lease_until: 0,
        holder: null,
        sends,
      })
      .where('lane', '=', lane)
      .execute();
  });
}

const LEAST_URGENT = 99;

/** Frees what an earlier process of the same store held. Only for a store that one server holds alone. */
export async function freeLanes(db: Queries): Promise<void> {
  await db.updateTable('lanes').set({ lease_until: 0, holder: null }).where('lease_until', '>', 0).execute();
}

/** Wakes conversations that have something due and do not know it. @returns how many. */
export async function mendForgottenLanes(db: Queries, at: number): Promise<number> {
  const mended = await db
    .updateTable('lanes')
    .set({ due_at: at })
    .where('due_at', 'is', null)
    .where('lease_until', '<=', at)
    .where('lane', 'in', (eb) => eb.selectFrom('cards').select('lane').where('due_at', 'is not', null))
    .executeTakeFirst();
  return Number(mended.numUpdatedRows);
}
