import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { audit } from '../src/escalation/auditor.ts';
import type { Messenger } from '../src/escalation/deliveries.ts';
import { createDuties } from '../src/escalation/duties.ts';
import type { Pace } from '../src/escalation/rates.ts';
import { createReferrals, type Raise } from '../src/escalation/referrals.ts';
import type { Engine } from '../src/escalation/work.ts';
import { createWorker, type Worker } from '../src/escalation/worker.ts';
import type { Guidance, Organisation } from '../src/guidance/types.ts';
import { loadPolicies } from '../src/policies.ts';
import { wantCards } from '../src/store/cards.ts';
import { savePerson } from '../src/store/people.ts';
import { updateReferral } from '../src/store/referrals.ts';
import type { Database, Dialect, PersonRow } from '../src/store/schema.ts';
import { openPostgres, openSqlite, type Queries, type Store } from '../src/store/store.ts';
import { saveTeam } from '../src/store/teams.ts';
import { aSeal } from '../tests/support/keys.ts';
import { startPostgres } from '../tests/support/postgres.ts';
import { median, print, report, timed } from './report.ts';

/**
 * What one look of the worker costs, as the register grows: with nothing due, and with ten things due until all of
 * them are done. And what the auditor costs, apart. Each is measured in turn with a register of ten open referrals,
 * so that both meet the same noise. Teams answers at once and sets no limits, and the clock stands still.
 */
const REAL = 10;
const NOW = Date.parse('2026-01-14T09:00:00Z');
const HOUR = 60 * 60_000;
const CASES = [
  { name: '10 open', open: 0, closed: 0 },
  { name: '1,000 open', open: 990, closed: 0 },
  { name: '100,000 open', open: 99_990, closed: 0 },
  { name: '10 open, 100,000 closed', open: 0, closed: 100_000 },
] as const;
const TIMES = { idle: 100, due: 5, audit: 25 } as const;
type Subject = keyof typeof TIMES;
/** Beside ten open referrals. A look should not feel closed ones at all, and open ones hardly. */
const GOALS = { open: 1.5, closed: 1.25 } as const;

const ORGANISATION = 'worcestershire-acute';
const REPORTER = personCalled('Amina');
const NURSE = personCalled('Grace');
const TEAM = '19:general@thread.tacv2';

function personCalled(name: string): PersonRow {
  return {
    tenant: 'tenant-1',
    person: `person-${name}`,
    name,
    organisation: null,
    teams_id: `29:${name}`,
    conversation: `a:${name}`,
    service_url: 'https://smba.example',
    bot_id: 'bot',
    updated_at: NOW,
  };
}

function raising(organisation: Organisation, number: number): Raise {
  const flow = organisation.flows.get('filming-on-the-ward');
  const outcome = flow?.outcomes['tell-senior-now'];
  if (flow === undefined || outcome?.escalate === undefined) throw new Error('There is no such outcome to measure.');
  const { title, edition } = flow;
  const { verdict, headline, escalate } = outcome;
  const answers = [{ question: 'Who is filming, taking photos or livestreaming?', answer: 'A visitor or relative' }];
  return {
    key: randomUUID(),
    organisation,
    flow: flow.flow,
    edition,
    responses: { danger: 'no', who: 'visitor', 'visitor-shows': 'others', when: 'now' },
    outcome: 'tell-senior-now',
    asked: { title, verdict, headline, answers, citations: [], policy: organisation.policy },
    escalate,
    department: 'ward-9',
    description: 'A visitor is streaming the bay live.',
    callBack: '4455',
    safeToRing: 'no-message',
    told: [],
    aboutSenior: 'no',
    nameKept: false,
    reporter: { ...REPORTER, conversation: `a:reporter-${number}` },
    message: { conversation: `a:reporter-${number}`, activity: `form-${number}` },
  };
}

/** Every message arrives at once. */
function createTeams(): Messenger {
  let posted = 0;
  return {
    async show(card) {
      posted += 1;
      const activity = card.activity ?? `message-${posted}`;
      return { result: 'sent', conversation: card.conversation ?? `${card.lane};messageid=${posted}`, activity };
    },
  };
}

/** Limits are not what is measured here. */
const UNLIMITED: Pace = {
  next: (_conversation, _tenant, now) => now,
  nextUnasked: (_conversation, _tenant, now) => now,
  begin: () => () => undefined,
  of: () => [],
  learn: () => undefined,
  share: () => undefined,
  room: () => 1_000,
};

type House = {
  readonly store: Store;
  readonly once: Readonly<Record<Subject, () => Promise<void>>>;
  /** Makes due what is done when the worker looks next. */
  readonly prepare: () => Promise<void>;
  close(): Promise<void>;
};

async function openHouse(store: Store, guidance: Guidance, { open, closed }: (typeof CASES)[number]): Promise<House> {
  const organisation = guidance.get(ORGANISATION);
  if (organisation === undefined) throw new Error(`There is no organisation ${ORGANISATION} to measure.`);
  const log = pino({ level: 'error' });
  const engine: Engine = {
    store,
    clock: { now: () => NOW },
    seal: aSeal(),
    teams: () => ['group-1'],
    mails: false,
    wake: () => worker.wake(),
  };
  const ours: Guidance = new Map([[organisation.id, organisation]]);
  const worker = createWorker({
    engine,
    guidance: () => ours,
    messenger: createTeams(),
    pace: UNLIMITED,
    log,
    random: () => 0,
    everyMs: HOUR,
  });
  const referrals = createReferrals(engine);
  for (const person of [REPORTER, NURSE]) await savePerson(store.db, person);
  const { service_url, bot_id } = REPORTER;
  await saveTeam(
    store.db,
    {
      team: TEAM,
      tenant: 'tenant-1',
      group_id: 'group-1',
      name: 'Safeguarding',
      service_url,
      bot_id,
      keepers: '[]',
      updated_at: NOW,
    },
    [
      { channel: TEAM, name: 'General' },
      { channel: '19:referrals@thread.tacv2', name: 'Safeguarding referrals' },
    ],
  );
  await worker.start();
  await createDuties(engine).start(organisation, 'ward-9', NURSE, NOW + 12 * HOUR);
  const real: string[] = [];
  for (let number = 0; number < REAL; number += 1) {
    real.push((await referrals.raise(raising(organisation, number))).referral.reference);
  }
  await rest(worker);
  const act = async (reference: string, action: 'acknowledge' | 'close') => {
    const { conversation, ...actor } = NURSE;
    const acted = await referrals.act({
      reference,
      action,
      actor,
      key: randomUUID(),
      conversation: conversation ?? '',
      text: 'Done.',
    });
    if (acted.result !== 'done') throw new Error(`${action} came to ${acted.result}.`);
    await rest(worker);
  };
  /** One more real referral, as it stands after these actions, to be copied. */
  const pattern = async (...actions: readonly ('acknowledge' | 'close')[]): Promise<string> => {
    const { referral } = await referrals.raise(raising(organisation, REAL));
    await rest(worker);
    for (const action of actions) await act(referral.reference, action);
    return referral.reference;
  };
  if (open > 0) {
    await copies(store, await pattern(), open / 2);
    await copies(store, await pattern('acknowledge'), open / 2);
  }
  if (closed > 0) await copies(store, await pattern('acknowledge', 'close'), closed);
  if (store.dialect === 'postgres') await sql.raw('vacuum analyze').execute(store.db);
  await rest(worker);

  const look = async (): Promise<void> => {
    worker.wake();
    await rest(worker);
  };
  return {
    store,
    once: { idle: look, due: look, audit: () => audit(engine, ours, log) },
    async prepare() {
      await store.transaction(async (tx) => {
        for (const [index, reference] of real.entries()) {
          // Half of them have a card to draw again, and half are to be told anew.
          if (index % 2 === 0) await wantCards(tx, reference, NOW, 'reporter');
          else await updateReferral(tx, reference, { route_step: -1, next_step_at: NOW, unanswered_at: null });
        }
      });
    },
    async close() {
      await worker.stop();
      await store.close();
    },
  };
}

/** Waits until a worker has nothing in hand. */
async function rest(worker: Worker): Promise<void> {
  while (worker.isBusy()) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Copies a referral with its cards, and with a conversation for each of its people. Its history, its words and its
 * frozen route are left out: they are only ever read for one referral, by its key.
 */
async function copies(store: Store, reference: string, count: number): Promise<void> {
  const name = reference.replace('-', '');
  const numbered = (column: string) => sql`${sql.ref(column)} || '-' || ${sql.lit(name)} || n`;
  await store.transaction(async (tx) => {
    // Nothing of them is due while this measures.
    await tx
      .updateTable('referrals')
      .set({ next_step_at: NOW + 1_000 * HOUR })
      .where('reference', '=', reference)
      .where('next_step_at', 'is not', null)
      .execute();
    await tx
      .updateTable('referrals')
      .set({ owner_due_at: NOW + 1_000 * HOUR })
      .where('reference', '=', reference)
      .where('owner_due_at', 'is not', null)
      .execute();
    await tx.updateTable('cards').set({ due_at: null }).where('referral', '=', reference).execute();
    await tx.updateTable('lanes').set({ due_at: null }).execute();
    const key = {
      reference: numbered('reference'),
      raise_key: numbered('raise_key'),
      asked: sql.lit('{}'),
      route: sql.lit('{}'),
    };
    await copyRows(tx, 'referrals', sql`reference = ${reference}`, count, key);
    await copyRows(tx, 'cards', sql`referral = ${reference}`, count, {
      id: numbered('id'),
      referral: numbered('referral'),
      lane: sql`case when person is null then lane else ${numbered('lane')} end`,
    });
    const lanes = sql`lane in (select lane from cards where referral = ${reference} and person is not null)`;
    await copyRows(tx, 'lanes', lanes, count, { lane: numbered('lane') });
  });
}

type Expression = ReturnType<typeof sql>;

async function copyRows(
  tx: Queries,
  table: keyof Database,
  where: Expression,
  count: number,
  changes: Readonly<Record<string, Expression>>,
): Promise<void> {
  const one = await tx.selectFrom(table).selectAll().limit(1).executeTakeFirstOrThrow();
  const columns = Object.keys(one);
  const values = columns.map((column) => changes[column] ?? sql.ref(column));
  await sql`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    select ${sql.join(values)} from ${sql.table(table)} cross join numbers where ${where}`.execute(tx);
}

async function measure(dialect: Dialect, openStore: (name: string) => Promise<Store>): Promise<void> {
  const guidance = await loadPolicies('policies');
  const [least, ...others] = CASES;
  const small = await openHouse(await openStore('small'), guidance, least);
  print(`${nameOf(dialect)}, ms at the median (beside 10 open in the same rounds):`);
  print(`  ${''.padEnd(24)}  nothing due      ten due          the auditor`);
  for (const one of others) {
    const { result: large, ms } = await timed(async () => openHouse(await openStore(one.name), guidance, one));
    const cells: string[] = [];
    for (const subject of Object.keys(TIMES) as Subject[]) {
      const [base, grown] = await inTurn(subject, small, large);
      const ratio = grown / base;
      cells.push(`${grown.toFixed(2).padStart(8)} (${ratio.toFixed(2)})`.padEnd(16));
      const goal = one.closed > 0 ? GOALS.closed : GOALS.open;
      report({
        measured: `${SUBJECTS[subject]} on ${nameOf(dialect)}: ${one.name}`,
        figure: `${grown.toFixed(2)} ms, ${ratio.toFixed(2)} times`,
        goal: `at most ${goal} times 10 open`,
        met: ratio <= goal,
      });
    }
    print(`  ${one.name.padEnd(24)}  ${cells.join(' ')} (filled in ${(ms / 1000).toFixed(1)} s)`);
    await large.close();
  }
  await small.close();
  print('');
}

const SUBJECTS: Readonly<Record<Subject, string>> = {
  idle: 'A look, nothing due',
  due: 'A look, ten due',
  audit: 'The auditor',
};

/** @returns the medians of both, in milliseconds. */
async function inTurn(subject: Subject, small: House, large: House): Promise<[number, number]> {
  const houses = [small, large];
  const times: [number[], number[]] = [[], []];
  const warm = Math.ceil(TIMES[subject] / 5);
  for (let round = -warm; round < TIMES[subject]; round += 1) {
    for (const [index, house] of houses.entries()) {
      if (subject === 'due') await house.prepare();
      const { ms } = await timed(house.once[subject]);
      if (round >= 0) times[index]?.push(ms);
    }
  }
  return [median(times[0]), median(times[1])];
}

function nameOf(dialect: Dialect): string {
  return dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL';
}

print('What a look of the worker costs.\n');
const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
const postgres = await startPostgres();
try {
  await measure('sqlite', (name) => openSqlite(join(folder, name)));
  await measure('postgres', async () => openPostgres(await postgres.database()));
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
