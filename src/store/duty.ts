import type { PersonKey } from './people.ts';
import type { Actor } from './referrals.ts';
import type { DutyRow, HandoverRow } from './schema.ts';
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

/** Everybody who was on duty for a department at some time since a moment, and whoever is. */
export async function onDutySince(
  db: Queries,
  organisation: string,
  department: string,
  since: number,
): Promise<PersonKey[]> {
  return db
    .selectFrom('duty')
    .select(['tenant', 'person'])
    .distinct()
    .where('organisation', '=', organisation)
    .where('department', '=', department)
    .where('until_at', '>', since)
    .where((eb) => eb.or([eb('ended_at', 'is', null), eb('ended_at', '>', since)]))
    .execute();
}

export async function startDuty(db: Queries, row: DutyRow): Promise<void> {
  await db.insertInto('duty').values(row).execute();
}

/** A department or a role of one organisation: another may have one of the same id. */
export type PlaceKey = Pick<DutyRow, 'organisation' | 'department'>;

/** Ends all that somebody is on duty for, or only one place. */
export async function endDuty(db: Queries, key: PersonKey, at: number, place?: PlaceKey): Promise<void> {
  await db
    .updateTable('duty')
    .set({ ended_at: at })
    .where('tenant', '=', key.tenant)
    .where('person', '=', key.person)
    .where('ended_at', 'is', null)
    .$if(place !== undefined, (query) =>
      query.where('organisation', '=', place?.organisation ?? '').where('department', '=', place?.department ?? ''),
    )
    .execute();
}

/** Duties that end soon, of which nobody was warned. */
export async function endingBefore(db: Queries, at: number, until: number): Promise<DutyRow[]> {
  return db
    .selectFrom('duty')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('warned_at', 'is', null)
    .where('until_at', '>', at)
    .where('until_at', '<=', until)
    .execute();
}

/** @returns false if somebody else warned already. */
export async function markWarned(db: Queries, id: string, at: number): Promise<boolean> {
  const result = await db
    .updateTable('duty')
    .set({ warned_at: at })
    .where('id', '=', id)
    .where('warned_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Everybody on duty in an organisation at a moment, by place. */
export async function allOnDuty(db: Queries, organisation: string, at: number): Promise<DutyRow[]> {
  return db
    .selectFrom('duty')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('from_at', '<=', at)
    .where('until_at', '>', at)
    .where('ended_at', 'is', null)
    .orderBy('department')
    .orderBy('from_at')
    .execute();
}

/** Whether somebody is on duty in an organisation, or ever was. */
export async function hasBeenOnDuty(db: Queries, organisation: string, key: PersonKey): Promise<boolean> {
  const row = await db
    .selectFrom('duty')
    .select('id')
    .where('person', '=', key.person)
    .where('tenant', '=', key.tenant)
    .where('organisation', '=', organisation)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Those who were on duty in an organisation lately, each once, by name: the colleagues who can be asked to take over. */
export async function colleaguesOf(db: Queries, organisation: string, key: PersonKey, since: number): Promise<Actor[]> {
  const rows = await db
    .selectFrom('duty')
    .innerJoin('people', (join) =>
      join.onRef('people.tenant', '=', 'duty.tenant').onRef('people.person', '=', 'duty.person'),
    )
    .select(['people.tenant', 'people.person', 'people.name'])
    .distinct()
    .where('duty.organisation', '=', organisation)
    .where('duty.tenant', '=', key.tenant)
    .where('duty.person', '!=', key.person)
    .where('duty.until_at', '>=', since)
    .where('people.conversation', 'is not', null)
    .orderBy('people.name')
    .limit(100)
    .execute();
  return rows;
}

export async function saveHandover(db: Queries, row: HandoverRow): Promise<void> {
  await db.insertInto('handovers').values(row).execute();
}

export async function findHandover(db: Queries, id: string): Promise<HandoverRow | undefined> {
  return db.selectFrom('handovers').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @returns false if it was answered already. */
export async function answerHandover(
  db: Queries,
  id: string,
  state: 'accepted' | 'declined',
  at: number,
): Promise<boolean> {
  const result = await db
    .updateTable('handovers')
    .set({ state, answered_at: at })
    .where('id', '=', id)
    .where('state', '=', 'asked')
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Hand-overs that a person asked for and nobody has answered. */
export async function askedHandovers(db: Queries, key: PersonKey): Promise<HandoverRow[]> {
  return db
    .selectFrom('handovers')
    .selectAll()
    .where('from_tenant', '=', key.tenant)
    .where('from_person', '=', key.person)
    .where('state', '=', 'asked')
    .orderBy('asked_at')
    .execute();
}
