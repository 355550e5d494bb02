import type { CompiledQuery } from 'kysely';
import type { PersonRow } from './schema.ts';
import type { Queries } from './store.ts';

/** Who somebody is: the tenant and the AAD object id. */
export type PersonKey = { readonly tenant: string; readonly person: string };

export async function findPerson(db: Queries, key: PersonKey): Promise<PersonRow | undefined> {
  const { rows } = await db.executeQuery<PersonRow>({ ...personQuery(db), parameters: [key.tenant, key.person] });
  return rows[0];
}

/** Every turn reads a person: the query is compiled once for each connection. */
const personQueries = new WeakMap<Queries, CompiledQuery<PersonRow>>();

function personQuery(db: Queries): CompiledQuery<PersonRow> {
  const known = personQueries.get(db);
  if (known !== undefined) return known;
  const query = db.selectFrom('people').selectAll().where('tenant', '=', '').where('person', '=', '').compile();
  personQueries.set(db, query);
  return query;
}

/** Of these AAD object ids, those who have a chat with the bot. */
export async function reachable(
  db: Queries,
  tenant: string,
  people: readonly string[],
): Promise<(PersonKey & { readonly name: string })[]> {
  if (people.length === 0) return [];
  return db
    .selectFrom('people')
    .select(['tenant', 'person', 'name'])
    .where('tenant', '=', tenant)
    .where('person', 'in', people)
    .where('conversation', 'is not', null)
    .execute();
}

/** Keeps how to reach somebody. Their choice of Trust, and a known chat, stay as they are. */
export async function savePerson(db: Queries, row: Omit<PersonRow, 'organisation'>): Promise<void> {
  await db
    .insertInto('people')
    .values({ ...row, organisation: null })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'person']).doUpdateSet((row_) => ({
        name: row.name,
        teams_id: row.teams_id,
        conversation: row.conversation ?? row_.ref('people.conversation'),
        service_url: row.service_url,
        bot_id: row.bot_id,
        updated_at: row.updated_at,
      })),
    )
    .execute();
}

export async function chooseOrganisation(db: Queries, key: PersonKey, organisation: string): Promise<void> {
  await db
    .updateTable('people')
    .set({ organisation })
    .where('tenant', '=', key.tenant)
    .where('person', '=', key.person)
    .execute();
}

/** @returns true the first time that a message is recorded. */
export async function recordMessage(db: Queries, conversation: string, activity: string, at: number): Promise<boolean> {
  const result = await db
    .insertInto('messages_seen')
    .values({ conversation, activity, at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

export async function messageWasSeen(db: Queries, conversation: string, activity: string): Promise<boolean> {
  const row = await db
    .selectFrom('messages_seen')
    .select('at')
    .where('conversation', '=', conversation)
    .where('activity', '=', activity)
    .executeTakeFirst();
  return row !== undefined;
}

/** Teams delivers a message again within minutes, if at all; older records are of no use. */
export async function forgetMessagesBefore(db: Queries, at: number): Promise<void> {
  await db.deleteFrom('messages_seen').where('at', '<', at).execute();
}
