import { type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import type { Dialect } from './schema.ts';

/** All migrations by name, in the order of their names. A migration that has been released is never edited. */
export function migrationsFor(dialect: Dialect): MigrationProvider {
  return {
    getMigrations: async () => ({
      '001-first': first(dialect),
      '002-unanswered': unanswered,
      '003-escalations': escalations,
      '004-desk': desk,
      '005-posted': posted,
      '006-retention': retention,
      '007-kept-names': keptNames,
      '008-vault': vault,
      '009-checkpoints': checkpoints(dialect),
    }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a migration works on the schema of its own day, which has no type.
type AnySchema = Kysely<any>;

function first(dialect: Dialect): Migration {
  return {
    async up(db: AnySchema) {
      const { schema } = db;
      await schema
        .createTable('people')
        .addColumn('tenant', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('organisation', 'text')
        .addColumn('teams_id', 'text', (column) => column.notNull())
        .addColumn('conversation', 'text')
        .addColumn('service_url', 'text', (column) => column.notNull())
        .addColumn('bot_id', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('people_key', ['tenant', 'person'])
        .execute();
      await schema
        .createTable('teams')
        .addColumn('team', 'text', (column) => column.primaryKey())
        .addColumn('tenant', 'text', (column) => column.notNull())
        .addColumn('group_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('service_url', 'text', (column) => column.notNull())
        .addColumn('bot_id', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .execute();
      await schema
        .createTable('channels')
        .addColumn('team', 'text', (column) => column.notNull().references('teams.team').onDelete('cascade'))
        .addColumn('channel', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('channels_key', ['team', 'channel'])
        .execute();
      await schema
        .createTable('duty')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('organisation', 'text', (column) => column.notNull())
        .addColumn('department', 'text', (column) => column.notNull())
        .addColumn('tenant', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('from_at', 'bigint', (column) => column.notNull())
        .addColumn('until_at', 'bigint', (column) => column.notNull())
        .addColumn('ended_at', 'bigint')
        .execute();
      await schema
        .createIndex('duty_by_department')
        .on('duty')
        .columns(['organisation', 'department', 'until_at'])
        .execute();
      await schema
        .createTable('referrals')
        .addColumn('reference', 'text', (column) => column.primaryKey())
        .addColumn('raise_key', 'text', (column) => column.notNull().unique())
        .addColumn('organisation', 'text', (column) => column.notNull())
        .addColumn('flow', 'text', (column) => column.notNull())
        .addColumn('edition', 'text', (column) => column.notNull())
        .addColumn('responses', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('asked', 'text', (column) => column.notNull())
        .addColumn('category', 'text', (column) => column.notNull())
        .addColumn('urgency', 'text', (column) => column.notNull())
        .addColumn('department', 'text', (column) => column.notNull())
        .addColumn('department_name', 'text', (column) => column.notNull())
        .addColumn('about_senior', 'text', (column) => column.notNull())
        .addColumn('told', 'text', (column) => column.notNull())
        .addColumn('safe_to_ring', 'text', (column) => column.notNull())
        .addColumn('reporter_tenant', 'text', (column) => column.notNull())
        .addColumn('reporter', 'text', (column) => column.notNull())
        .addColumn('reporter_name', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('owner_tenant', 'text')
        .addColumn('owner', 'text')
        .addColumn('owner_name', 'text')
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('events', 'integer', (column) => column.notNull())
        .addColumn('route', 'text', (column) => column.notNull())
        .addColumn('route_step', 'integer', (column) => column.notNull())
        .addColumn('next_step_at', 'bigint')
        .addColumn('raised_at', 'bigint', (column) => column.notNull())
        .addColumn('acknowledged_at', 'bigint')
        .addColumn('closed_at', 'bigint')
        .execute();
      await sql`create index referrals_by_next_step on referrals (next_step_at) where next_step_at is not null`.execute(
        db,
      );
      await schema
        .createIndex('referrals_by_reporter')
        .on('referrals')
        .columns(['reporter_tenant', 'reporter', 'raised_at'])
        .execute();
      await schema
        .createTable('words')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('referral', 'text', (column) => column.notNull().references('referrals.reference'))
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await schema.createIndex('words_by_referral').on('words').column('referral').execute();
      await schema
        .createTable('audit')
        .addColumn('referral', 'text', (column) => column.notNull().references('referrals.reference'))
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('actor_tenant', 'text')
        .addColumn('actor', 'text')
        .addColumn('actor_name', 'text')
        .addColumn('details', 'text', (column) => column.notNull())
        .addColumn('words', 'text')
        .addPrimaryKeyConstraint('audit_key', ['referral', 'sequence'])
        .execute();
      for (const statement of appendOnly(dialect)) await sql.raw(statement).execute(db);
      await schema
        .createTable('cards')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('referral', 'text', (column) => column.notNull().references('referrals.reference'))
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('tenant', 'text', (column) => column.notNull())
        .addColumn('person', 'text')
        .addColumn('place_name', 'text', (column) => column.notNull())
        .addColumn('team', 'text')
        .addColumn('channel', 'text')
        .addColumn('conversation', 'text')
        .addColumn('activity', 'text')
        .addColumn('service_url', 'text', (column) => column.notNull())
        .addColumn('bot_id', 'text', (column) => column.notNull())
        .addColumn('wanted', 'integer', (column) => column.notNull())
        .addColumn('shown', 'integer', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('possible_duplicate', 'integer', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('last_error', 'text')
        .addColumn('due_at', 'bigint')
        .addColumn('lease_until', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('delivered_at', 'bigint')
        .execute();
      await sql`create index cards_by_due on cards (due_at) where due_at is not null`.execute(db);
      await schema.createIndex('cards_by_referral').on('cards').column('referral').execute();
      await schema
        .createTable('actions')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('referral', 'text', (column) => column.notNull().references('referrals.reference'))
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await schema
        .createTable('messages_seen')
        .addColumn('conversation', 'text', (column) => column.notNull())
        .addColumn('activity', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('messages_seen_key', ['conversation', 'activity'])
        .execute();
    },
  };
}

const unanswered: Migration = {
  async up(db: AnySchema) {
    await db.schema
      .createTable('unanswered')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('organisation', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('unanswered_by_time').on('unanswered').column('at').execute();
  },
};

const escalations: Migration = {
  async up(db: AnySchema) {
    const { schema } = db;
    await schema
      .createTable('cards_now')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('referral', 'text', (column) => column.references('referrals.reference'))
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('lane', 'text', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('step', 'integer')
      .addColumn('round', 'integer', (column) => column.notNull())
      .addColumn('tenant', 'text', (column) => column.notNull())
      .addColumn('person', 'text')
      .addColumn('teams_id', 'text')
      .addColumn('place_name', 'text', (column) => column.notNull())
      .addColumn('place_role', 'text', (column) => column.notNull())
      .addColumn('address', 'text')
      .addColumn('details', 'text', (column) => column.notNull())
      .addColumn('team', 'text')
      .addColumn('channel', 'text')
      .addColumn('conversation', 'text')
      .addColumn('activity', 'text')
      .addColumn('service_url', 'text', (column) => column.notNull())
      .addColumn('bot_id', 'text', (column) => column.notNull())
      .addColumn('wanted', 'integer', (column) => column.notNull())
      .addColumn('shown', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('possible_duplicate', 'integer', (column) => column.notNull())
      .addColumn('replaced', 'integer', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('last_error', 'text')
      .addColumn('due_at', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('delivered_at', 'bigint')
      .execute();
    await sql`insert into cards_now
      select id, referral, role, coalesce(channel, conversation, id), 1,
        case role when 'reporter' then null else 0 end, 0, tenant, person, null, place_name, '', null, '{}', team,
        channel, conversation, activity, service_url, bot_id, wanted, shown, state, possible_duplicate, 0, attempts,
        last_error, due_at, created_at, delivered_at
      from cards`.execute(db);
    await schema.dropTable('cards').execute();
    await schema.alterTable('cards_now').renameTo('cards').execute();
    await sql`create index cards_by_lane on cards (lane, priority, due_at) where due_at is not null`.execute(db);
    await schema.createIndex('cards_of_referral').on('cards').column('referral').execute();
    await sql`create index cards_of_person on cards (person, tenant) where person is not null`.execute(db);
    // The auditor asks for these twice a minute, and almost always there are none.
    await sql`create index cards_forgotten on cards (due_at, id)
      where due_at is null and wanted > shown and state <> 'failed' and state <> 'parked'`.execute(db);
    await sql`create index cards_in_trouble on cards (state) where state in ('failed', 'parked', 'uncertain')`.execute(
      db,
    );

    await schema
      .createTable('lanes')
      .addColumn('lane', 'text', (column) => column.primaryKey())
      .addColumn('tenant', 'text', (column) => column.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('not_before', 'bigint', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('lease_until', 'bigint', (column) => column.notNull())
      .addColumn('holder', 'text')
      .addColumn('sends', 'text', (column) => column.notNull())
      .execute();
    await sql`insert into lanes
      select lane, min(tenant), min(due_at), 0, 1, 0, null, '[]' from cards group by lane`.execute(db);
    await sql`create index lanes_by_due on lanes (priority, due_at) where due_at is not null`.execute(db);

    await schema
      .alterTable('referrals')
      .addColumn('round', 'integer', (made) => made.notNull().defaultTo(0))
      .execute();
    for (const column of ['unanswered_at', 'owner_due_at', 'reminded_at', 'withdraw_asked_at'] as const) {
      await schema.alterTable('referrals').addColumn(column, 'bigint').execute();
    }
    await schema.alterTable('referrals').addColumn('open_question', 'integer').execute();
    await sql`create index referrals_by_owner_due on referrals (owner_due_at) where owner_due_at is not null`.execute(
      db,
    );
    await sql`create index referrals_open on referrals (status, organisation) where status <> 'closed'`.execute(db);
    // The auditor's too. A first column that is always null makes SQLite choose them before `referrals_open`.
    await sql`create index referrals_resting on referrals (next_step_at, reference)
      where status = 'raised' and next_step_at is null and unanswered_at is null`.execute(db);
    await sql`create index referrals_left on referrals (owner_due_at, reference)
      where status <> 'raised' and status <> 'closed' and owner_due_at is null`.execute(db);

    for (const column of ['words_digest', 'hash'] as const) {
      await schema
        .alterTable('audit')
        .addColumn(column, 'text', (made) => made.notNull().defaultTo(''))
        .execute();
    }
    await schema.alterTable('duty').addColumn('warned_at', 'bigint').execute();
    await sql`create index duty_running on duty (until_at) where ended_at is null`.execute(db);
    await schema
      .alterTable('teams')
      .addColumn('keepers', 'text', (made) => made.notNull().defaultTo('[]'))
      .execute();

    await schema
      .createTable('handovers')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('organisation', 'text', (column) => column.notNull())
      .addColumn('department', 'text', (column) => column.notNull())
      .addColumn('from_tenant', 'text', (column) => column.notNull())
      .addColumn('from_person', 'text', (column) => column.notNull())
      .addColumn('from_name', 'text', (column) => column.notNull())
      .addColumn('to_tenant', 'text', (column) => column.notNull())
      .addColumn('to_person', 'text', (column) => column.notNull())
      .addColumn('to_name', 'text', (column) => column.notNull())
      .addColumn('until_at', 'bigint', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('asked_at', 'bigint', (column) => column.notNull())
      .addColumn('answered_at', 'bigint')
      .execute();
    await schema
      .createTable('faults')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('organisation', 'text', (column) => column.notNull())
      .addColumn('details', 'text', (column) => column.notNull())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .execute();
    await schema
      .createTable('workers')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('passed_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};

const desk: Migration = {
  async up(db: AnySchema) {
    const { schema } = db;
    await schema
      .createTable('answers_given')
      .addColumn('organisation', 'text', (column) => column.notNull())
      .addColumn('day', 'text', (column) => column.notNull())
      .addColumn('flow', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('times', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('answers_given_key', ['organisation', 'day', 'flow', 'outcome'])
      .execute();

    // A row of a referral is wide, with its route and its answers. This index alone answers what the desk's register
    // asks: the first columns are its order, and the others what it filters by. PostgreSQL reads an index alone only
    // where it has the columns of its expressions too.
    await sql`create index referrals_register on referrals (
      organisation,
      (case status when 'closed' then 9 when 'raised' then case when unanswered_at is null then 3 else 0 end + case urgency when 'immediate' then 0 when 'urgent' then 1 else 2 end else 6 + case urgency when 'immediate' then 0 when 'urgent' then 1 else 2 end end),
      (case status when 'closed' then - coalesce(closed_at, 0) else raised_at end),
      reference,
      (lower(reference || ' ' || department_name || ' ' || reporter_name || ' ' || coalesce(owner_name, ''))),
      about_senior, status, urgency, category, department, owner, raised_at, closed_at, unanswered_at, reporter,
      reporter_tenant, department_name, reporter_name, owner_name
    )`.execute(db);
    await sql`create index referrals_owned on referrals (organisation, owner, owner_name)
      where owner is not null and about_senior <> 'channel'`.execute(db);
    await sql`create index referrals_kept on referrals (organisation, status, reference, reporter, reporter_tenant)
      where about_senior = 'channel'`.execute(db);
    await schema
      .createIndex('duty_of_person')
      .on('duty')
      .columns(['person', 'tenant', 'organisation', 'department', 'from_at', 'until_at', 'ended_at'])
      .execute();
    // Reports read what was raised in a period, in order.
    await schema
      .createIndex('referrals_by_time')
      .on('referrals')
      .columns(['organisation', 'raised_at', 'reference'])
      .execute();
  },
};

const posted: Migration = {
  async up(db: AnySchema) {
    await db.schema.alterTable('cards').addColumn('posted_at', 'bigint').execute();
    await sql`update cards set posted_at = delivered_at where activity is not null`.execute(db);
  },
};

const retention: Migration = {
  async up(db: AnySchema) {
    const { schema } = db;
    await schema.alterTable('referrals').addColumn('forgotten_at', 'bigint').execute();
    await schema.alterTable('referrals').addColumn('forgotten_because', 'text').execute();
    await sql`create index referrals_to_forget on referrals (organisation, closed_at)
      where status = 'closed' and forgotten_at is null`.execute(db);
    await schema
      .createTable('chores')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('lease_until', 'bigint', (column) => column.notNull())
      .addColumn('holder', 'text')
      .execute();
    await schema
      .createTable('person_requests')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('person_digest', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('run_by', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('details', 'text', (column) => column.notNull())
      .execute();
  },
};

const keptNames: Migration = {
  async up(db: AnySchema) {
    // No code can forget it: where a name is kept, the store takes nothing in its place but these
    // words, or nothing at all once it is forgotten.
    await sql`alter table referrals add column name_kept integer not null default 0
      check (name_kept = 0 or reporter_name in ('Name kept confidential', ''))`.execute(db);
  },
};

const vault: Migration = {
  async up(db: AnySchema) {
    const { schema } = db;
    await schema.alterTable('words').addColumn('key', 'text').execute();
    // What is not locked by the newest key is found without reading the rest.
    await schema.createIndex('words_by_key').on('words').columns(['key', 'id']).execute();
    await schema
      .alterTable('audit')
      .addColumn('names', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    await schema
      .createTable('audit_names')
      .addColumn('referral', 'text', (column) => column.notNull())
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('field', 'text', (column) => column.notNull())
      .addColumn('tenant', 'text', (column) => column.notNull())
      .addColumn('person', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('audit_names_key', ['referral', 'sequence', 'field'])
      .addForeignKeyConstraint('audit_names_row', ['referral', 'sequence'], 'audit', ['referral', 'sequence'])
      .execute();
    await schema.createIndex('audit_names_of_person').on('audit_names').columns(['tenant', 'person']).execute();
    await schema
      .alterTable('workers')
      .addColumn('keys', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
  },
};

function checkpoints(dialect: Dialect): Migration {
  return {
    async up(db: AnySchema) {
      const { schema } = db;
      await schema
        .createTable('checkpoints')
        .addColumn('number', 'integer', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('referrals', 'integer', (column) => column.notNull())
        .addColumn('rows', 'bigint', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addColumn('previous', 'text', (column) => column.notNull())
        .addColumn('signature', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('checkpoint_heads')
        .addColumn('checkpoint', 'integer', (column) => column.notNull().references('checkpoints.number'))
        .addColumn('referral', 'text', (column) => column.notNull().references('referrals.reference'))
        .addColumn('events', 'integer', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('checkpoint_heads_key', ['checkpoint', 'referral'])
        .execute();
      // How far each audit has been signed, and how far it has grown, without reading the rest of a referral.
      await schema
        .createIndex('checkpoint_heads_of_referral')
        .on('checkpoint_heads')
        .columns(['referral', 'events'])
        .execute();
      await schema.createIndex('referrals_chains').on('referrals').columns(['reference', 'events']).execute();
      for (const table of ['checkpoints', 'checkpoint_heads']) {
        for (const statement of neverChanged(dialect, table)) await sql.raw(statement).execute(db);
      }
    },
  };
}

/** The statements that make the store refuse to change or delete a row of a table. */
function neverChanged(dialect: Dialect, table: string): string[] {
  if (dialect === 'sqlite') {
    return ['update', 'delete'].map(
      (verb) =>
        `create trigger ${table}_no_${verb} before ${verb} on ${table} begin select raise(abort, '${table} are never changed'); end`,
    );
  }
  return [
    `create function ${table}_never_change() returns trigger language plpgsql as $$
     begin raise exception '${table} are never changed'; end $$`,
    `create trigger ${table}_no_change before update or delete or truncate on ${table}
     for each statement execute function ${table}_never_change()`,
  ];
}

/** The statements that make the store refuse to change or delete an audit row. */
function appendOnly(dialect: Dialect): string[] {
  if (dialect === 'sqlite') {
    return ['update', 'delete'].map(
      (verb) =>
        `create trigger audit_no_${verb} before ${verb} on audit begin select raise(abort, 'audit rows are never changed'); end`,
    );
  }
  return [
    `create function audit_is_append_only() returns trigger language plpgsql as $$
     begin raise exception 'audit rows are never changed'; end $$`,
    `create trigger audit_no_change before update or delete or truncate on audit
     for each statement execute function audit_is_append_only()`,
  ];
}
