import type { PersonKey } from './people.ts';
import {
  type CardRow,
  type DutyRow,
  type HandoverRow,
  KEPT_NAME,
  type PersonRequestRow,
  type PersonRow,
  type TeamRow,
} from './schema.ts';
import type { Queries } from './store.ts';

/** Everything that is kept of one person, table by table. */

export type Traces = {
  /** How to reach them; undefined where they have not spoken to the bot, or it was deleted. */
  readonly person: PersonRow | undefined;
  readonly duties: readonly DutyRow[];
  readonly handovers: readonly HandoverRow[];
  /** Messages to them that were about no referral. */
  readonly notices: readonly CardRow[];
  /** Teams that name them as somebody who can mend its channels. */
  readonly keeps: readonly TeamRow[];
  /** Referrals that they have to do with, in the order of their references. */
  readonly references: readonly string[];
};

export async function tracesOf(db: Queries, key: PersonKey): Promise<Traces> {
  const { tenant, person } = key;
  const teams = await db.selectFrom('teams').selectAll().where('tenant', '=', tenant).execute();
  return {
    person: await db
      .selectFrom('people')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('person', '=', person)
      .executeTakeFirst(),
    duties: await db
      .selectFrom('duty')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('person', '=', person)
      .orderBy('from_at')
      .execute(),
    handovers: await db
      .selectFrom('handovers')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb.and([eb('from_tenant', '=', tenant), eb('from_person', '=', person)]),
          eb.and([eb('to_tenant', '=', tenant), eb('to_person', '=', person)]),
        ]),
      )
      .orderBy('asked_at')
      .execute(),
    notices: await db
      .selectFrom('cards')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('person', '=', person)
      .where('referral', 'is', null)
      .orderBy('created_at')
      .execute(),
    keeps: teams.filter(({ keepers }) => namesPerson(keepers, person)),
    references: await referencesOf(db, key),
  };
}

/** @param keepers JSON of those who can mend a team's channels. */
function namesPerson(keepers: string, person: string): boolean {
  const named: readonly { readonly person: string }[] = JSON.parse(keepers);
  return named.some((one) => one.person === person);
}

/** Raised or owned by them, sent to them, or with something in its history that they did or are named in. */
async function referencesOf(db: Queries, { tenant, person }: PersonKey): Promise<string[]> {
  const raised = await db
    .selectFrom('referrals')
    .select('reference')
    .where((eb) =>
      eb.or([
        eb.and([eb('reporter', '=', person), eb('reporter_tenant', '=', tenant)]),
        eb.and([eb('owner', '=', person), eb('owner_tenant', '=', tenant)]),
      ]),
    )
    .execute();
  const sent = await db
    .selectFrom('cards')
    .select('referral as reference')
    .distinct()
    .where('person', '=', person)
    .where('tenant', '=', tenant)
    .where('referral', 'is not', null)
    .$narrowType<{ reference: string }>()
    .execute();
  const acted = await db
    .selectFrom('audit')
    .select('referral as reference')
    .distinct()
    .where('actor', '=', person)
    .where('actor_tenant', '=', tenant)
    .execute();
  const named = await db
    .selectFrom('audit_names')
    .select('referral as reference')
    .distinct()
    .where('person', '=', person)
    .where('tenant', '=', tenant)
    .execute();
  return [...new Set([...raised, ...sent, ...acted, ...named].map(({ reference }) => reference))].sort();
}

export type Known = PersonKey & { readonly name: string };

/**
 * Those of whom anything is kept, by their AAD object id or by their whole name in any case.
 * @param typed What somebody looks for.
 */
export async function findKnown(db: Queries, typed: string): Promise<Known[]> {
  const id = typed.trim();
  // As it was typed, too: SQLite knows no capitals but A to Z.
  const name = id.toLowerCase();
  const found = new Map<string, Known>();
  const add = (rows: readonly Known[]): void => {
    for (const row of rows) {
      const key = `${row.tenant} ${row.person}`;
      // What stands in the place of a name that is kept is nobody's name.
      if (row.name === KEPT_NAME && row.person !== id) continue;
      if (row.person !== '' && (found.get(key)?.name ?? '') === '') found.set(key, row);
    }
  };
  add(
    await db
      .selectFrom('people')
      .select(['tenant', 'person', 'name'])
      .where((eb) => eb.or([eb('person', '=', id), eb('name', '=', id), eb(eb.fn('lower', ['name']), '=', name)]))
      .execute(),
  );
  add(
    await db
      .selectFrom('referrals')
      .select(['reporter_tenant as tenant', 'reporter as person', 'reporter_name as name'])
      .where((eb) =>
        eb.or([
          eb('reporter', '=', id),
          eb('reporter_name', '=', id),
          eb(eb.fn('lower', ['reporter_name']), '=', name),
        ]),
      )
      .execute(),
  );
  add(
    await db
      .selectFrom('duty')
      .select(['tenant', 'person', 'name'])
      .where((eb) => eb.or([eb('person', '=', id), eb('name', '=', id), eb(eb.fn('lower', ['name']), '=', name)]))
      .execute(),
  );
  add(
    await db
      .selectFrom('audit_names')
      .select(['tenant', 'person', 'name'])
      .where((eb) => eb.or([eb('person', '=', id), eb('name', '=', id), eb(eb.fn('lower', ['name']), '=', name)]))
      .execute(),
  );
  add(
    await db
      .selectFrom('cards')
      .select(['tenant', 'person', 'place_name as name'])
      .where('person', 'is not', null)
      .where((eb) =>
        eb.or([eb('person', '=', id), eb('place_name', '=', id), eb(eb.fn('lower', ['place_name']), '=', name)]),
      )
      .$narrowType<{ person: string }>()
      .execute(),
  );
  const onlyId = await db
    .selectFrom('audit')
    .select(['actor_tenant as tenant', 'actor as person'])
    .distinct()
    .where('actor', '=', id)
    .execute();
  add(onlyId.map(({ tenant, person }) => ({ tenant: tenant ?? '', person: person ?? '', name: '' })));
  return [...found.values()].sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}

/** What was done before because somebody asked about a person, oldest first. */
export async function requestsAbout(db: Queries, digest: string): Promise<PersonRequestRow[]> {
  return db.selectFrom('person_requests').selectAll().where('person_digest', '=', digest).orderBy('at').execute();
}

export async function saveRequest(db: Queries, row: PersonRequestRow): Promise<void> {
  await db.insertInto('person_requests').values(row).execute();
}
