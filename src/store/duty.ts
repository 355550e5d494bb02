import type { PersonKey } from './people.ts';
import type { DutyRow } from './schema.ts';
import type { Queries } from './store.ts';

/** Who is on duty for a department at a moment, longest there first. */
export async function onDuty(db: Queries, organisation: string, department: string, at: number): Promise<DutyRow[]> {
  return db
    .selectFrom('duty')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('department', '=', department)
    .where('from_at', '<=', at)
    .where('until_at', '>', at)
    .where('ended_at', 'is', null)
    .orderBy('from_at')
    .orderBy('id')
    .execute();
}

/** What somebody is on duty for at a moment. */
export async function dutiesOf(db: Queries, key: PersonKey, at: number): Promise<DutyRow[]> {
  return db
    .selectFrom('duty')
    .selectAll()
    .where('tenant', '=', key.tenant)
    .where('person', '=', key.person)
    .where('until_at', '>', at)
    .where('ended_at', 'is', null)
    .orderBy('until_at')
    .execute();
}

export async function startDuty(db: Queries, row: DutyRow): Promise<void> {
  await db.insertInto('duty').values(row).execute();
}

/** Ends all that somebody is on duty for, or only one department. */
export async function endDuty(db: Queries, key: PersonKey, at: number, department?: string): Promise<void> {
  await db
    .updateTable('duty')
    .set({ ended_at: at })
    .where('tenant', '=', key.tenant)
    .where('person', '=', key.person)
    .where('ended_at', 'is', null)
    .$if(department !== undefined, (query) => query.where('department', '=', department ?? ''))
    .execute();
}
