import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createNames } from '../src/escalation/names.ts';
import { createReferrals } from '../src/escalation/referrals.ts';
import { freezeRoute } from '../src/escalation/routes.ts';
import { citationsIn } from '../src/guidance/outcome.ts';
import type { Guidance, Organisation } from '../src/guidance/types.ts';
import { loadPolicies } from '../src/policies.ts';
import { startDuty } from '../src/store/duty.ts';
import type { PersonKey } from '../src/store/people.ts';
import { type Dialect, type ReferralRow, STATUSES } from '../src/store/schema.ts';
import { openPostgres, openSqlite, type Store } from '../src/store/store.ts';
import { CONTRACT, type QueryOf } from '../src/web/desk/contract.ts';
import type { DeskNeeds } from '../src/web/desk/needs.ts';
import { register } from '../src/web/desk/register.ts';
import { aSeal } from '../tests/support/keys.ts';
import { startPostgres } from '../tests/support/postgres.ts';
import { median, print, quantile, report, timed } from './report.ts';

/**
 * What the desk's register costs with 100,000 referrals in it, one in twenty of them open: the whole answer to a page
 * that asks, on the server's side, with the rights of the one who asks. Each question is asked in turn with the others.
 */
const REFERRALS = 100_000;
const ROUNDS = 40;
const WARM = 5;
const GOAL_P95_MS = 50;

const NOW = Date.parse('2026-01-14T09:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ORGANISATION = 'worcestershire-acute';
const TENANT = '44444444-5555-4666-8777-888888888888';
const GIVEN = ['Amina', 'Grace', 'Tom', 'Zoe', 'Priya', 'Olga', 'Ravi', 'Neil'];
const SURNAMES = ['Yusuf', 'Okafor', 'Bellamy', 'Marsh', 'Nair', 'Novak', 'Palmer', 'Quinn', 'Rossi', 'Singh', 'Young'];
const REPORTERS = 3_000;
const OWNERS = 40;

const TEAM = key('team', 1);
const SENIOR = key('senior', 1);

function key(kind: string, number: number): PersonKey {
  return { tenant: TENANT, person: `${kind}-${String(number).padStart(4, '0')}-4444-8888-999999999999` };
}

function nameOf(number: number): string {
  return `${GIVEN[number % GIVEN.length]} ${SURNAMES[Math.floor(number / GIVEN.length) % SURNAMES.length]}`;
}

/** What is the same in every referral: as wide as a real one. */
function pattern(organisation: Organisation): ReferralRow {
  const flow = organisation.flows.get('filming-on-the-ward');
  const outcome = flow?.outcomes['tell-senior-now'];
  if (flow === undefined || outcome?.escalate === undefined) throw new Error('There is no such outcome to measure.');
  const { verdict, headline, escalate } = outcome;
  const answers = [{ question: 'Who is filming', answer: 'A visitor or relative' }];
  const citations = citationsIn(organisation, outcome);
  return {
    reference: '',
    raise_key: '',
    organisation: organisation.id,
    flow: flow.flow,
    edition: flow.edition,
    responses: '{}',
    outcome: 'tell-senior-now',
    asked: JSON.stringify({ title: flow.title, verdict, headline, answers, citations, policy: organisation.policy }),
    category: escalate.category,
    urgency: 'urgent',
    department: '',
    department_name: '',
    about_senior: 'no',
    told: '[]',
    safe_to_ring: 'not-given',
    reporter_tenant: TENANT,
    reporter: '',
    reporter_name: '',
    name_kept: 0,
    status: 'raised',
    owner_tenant: null,
    owner: null,
    owner_name: null,
    version: 1,
    events: 1,
    route: JSON.stringify(freezeRoute(organisation, escalate.route, 'ward-9')),
    route_step: 0,
    next_step_at: null,
    round: 0,
    unanswered_at: null,
    owner_due_at: NOW + 1_000 * HOUR,
    reminded_at: null,
    withdraw_asked_at: null,
    open_question: null,
    raised_at: 0,
    acknowledged_at: null,
    closed_at: null,
    forgotten_at: null,
    forgotten_because: null,
  };
}

function rowOf(organisation: Organisation, like: ReferralRow, number: number): ReferralRow {
  const { departments, categories } = organisation.settings;
  const department = departments[number % departments.length];
  const open = number % 20 === 0 ? STATUSES.filter((status) => status !== 'closed') : [];
  const status = open[Math.floor(number / 20) % 4] ?? 'closed';
  const raised_at = NOW - number * 5 * MINUTE;
  const reporter = number % REPORTERS;
  const owner = status === 'raised' ? undefined : (number * 7) % OWNERS;
  return {
    ...like,
    reference: `${String(number).padStart(6, '0')}-X`,
    raise_key: `key-${number}`,
    category: Object.keys(categories)[number % Object.keys(categories).length] ?? '',
    urgency: (['immediate', 'urgent', 'routine'] as const)[Math.floor(number / 7) % 3] ?? 'urgent',
    department: department?.id ?? '',
    department_name: department?.name ?? '',
    about_senior: number % 100 === 0 ? 'channel' : number % 33 === 0 ? 'yes' : 'no',
    reporter: key('reporter', reporter).person,
    reporter_name: nameOf(reporter),
    status,
    owner_tenant: owner === undefined ? null : TENANT,
    owner: owner === undefined ? null : key('owner', owner).person,
    owner_name: owner === undefined ? null : `${nameOf(owner)} at the desk`,
    unanswered_at: status === 'raised' && number % 40 === 0 ? raised_at + HOUR : null,
    raised_at,
    acknowledged_at: owner === undefined ? null : raised_at + MINUTE,
    closed_at: status === 'closed' ? raised_at + HOUR : null,
    forgotten_at: null,
    forgotten_because: null,
  };
}

const TOGETHER = 100;

/** The referrals, a card of each in somebody's chat, and one who was on duty on 300 days. */
async function fill(store: Store, organisation: Organisation): Promise<void> {
  const like = pattern(organisation);
  await store.transaction(async (tx) => {
    for (let first = 0; first < REFERRALS; first += TOGETHER) {
      const rows = Array.from({ length: TOGETHER }, (_, index) => rowOf(organisation, like, first + index));
      await tx.insertInto('referrals').values(rows).execute();
    }
    // One card in a thousand is in the chat of the senior who asks, and one in five hundred did not arrive.
    await sql`insert into cards (id, referral, role, lane, priority, round, tenant, person, place_name, place_role,
        details, service_url, bot_id, wanted, shown, state, possible_duplicate, replaced, attempts, created_at)
      select 'card-' || reference, reference, 'on-duty', 'lane', 0, 0, reporter_tenant,
        case when reference like '%050-X' then ${SENIOR.person} else 'somebody ' || department end,
        'Grace Okafor', 'senior nurse on duty', '{}', '', '', 1, 1,
        case when reference like '%250-X' or reference like '%750-X' then 'failed' else 'delivered' end, 0, 0, 0,
        raised_at
      from referrals`.execute(tx);
    for (let day = 0; day < 300; day += 1) {
      const from_at = NOW - day * 24 * HOUR;
      const department = organisation.settings.departments[day % 3]?.id ?? '';
      await startDuty(tx, {
        id: `duty-${day}`,
        organisation: organisation.id,
        department,
        ...SENIOR,
        name: 'Grace Okafor',
        from_at,
        until_at: from_at + 12 * HOUR,
        ended_at: null,
        warned_at: null,
      });
    }
  });
  // PostgreSQL does so by itself, a little later.
  if (store.dialect === 'postgres') await sql.raw('vacuum analyze').execute(store.db);
}

type Query = Partial<QueryOf<'register'>>;
type Subject = { readonly asked: string; readonly who: PersonKey; readonly query: Query };

const TEAMS_FIRST_PAGES: readonly Subject[] = [
  { asked: 'the team: everything', who: TEAM, query: {} },
  { asked: 'not acknowledged', who: TEAM, query: { status: 'raised' } },
  { asked: 'closed', who: TEAM, query: { status: 'closed' } },
  { asked: 'most urgent', who: TEAM, query: { urgency: 'immediate' } },
  { asked: 'one category', who: TEAM, query: { category: 'filming' } },
  { asked: 'one department', who: TEAM, query: { department: 'ward-3' } },
  { asked: 'one owner', who: TEAM, query: { owner: key('owner', 7).person } },
  { asked: 'owned by nobody', who: TEAM, query: { owner: 'nobody' } },
  { asked: 'one month', who: TEAM, query: { from: '2025-11-01', to: '2025-11-30' } },
  {
    asked: 'open, urgent, one department',
    who: TEAM,
    query: { status: 'raised,reopened', urgency: 'urgent', department: 'ward-5' },
  },
  { asked: 'fits none', who: TEAM, query: { department: 'no such ward' } },
  { asked: 'search: one reference', who: TEAM, query: { search: '054321-X' } },
  { asked: 'search: a department', who: TEAM, query: { search: 'matern' } },
  { asked: 'search: a first name', who: TEAM, query: { search: 'amina' } },
  { asked: 'search: a whole name', who: TEAM, query: { search: 'olga rossi' } },
  { asked: 'search: a letter', who: TEAM, query: { search: 'a' } },
  { asked: 'search: finds nothing', who: TEAM, query: { search: 'nobody of that name' } },
  { asked: 'search among the open', who: TEAM, query: { status: 'raised', search: 'quinn' } },
];

const OTHERS_FIRST_PAGES: readonly Subject[] = [
  { asked: 'a senior: everything', who: SENIOR, query: {} },
  { asked: 'a senior: search', who: SENIOR, query: { search: 'nair' } },
  { asked: 'a reporter: their own', who: key('reporter', 77), query: { list: 'mine' } },
];

function checkedQuery(query: Query) {
  return CONTRACT.register.query.parse({ organisation: ORGANISATION, ...query });
}

/** Pages that follow: after the first, and after the hundredth. */
async function nextPages(needs: DeskNeeds): Promise<Subject[]> {
  const afterPages = async (pages: number): Promise<string | undefined> => {
    let after: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      after = (await register(needs, TEAM, checkedQuery({ after, limit: 200 }))).next ?? undefined;
    }
    return after;
  };
  return [
    { asked: 'the second page', who: TEAM, query: { after: await afterPages(1) } },
    { asked: 'a page after 20,000', who: TEAM, query: { after: await afterPages(100) } },
    { asked: 'a page of a search', who: TEAM, query: { after: await afterPages(100), search: 'amina' } },
  ];
}

function deskOver(store: Store, guidance: Guidance): DeskNeeds {
  const clock = { now: () => NOW };
  const engine = {
    store,
    clock,
    seal: aSeal(),
    teams: () => ['group-1'],
    mails: false,
    wake: () => undefined,
  };
  return {
    store,
    referrals: createReferrals(engine),
    names: createNames(engine),
    leads: () => [],
    guidance: () => guidance,
    clock,
    teams: engine.teams,
    roster: {
      has: async (_teams, { person }) => person === TEAM.person,
      members: async () => new Set([TEAM.person]),
    },
    organisationsOf: () => [ORGANISATION],
    app: null,
    chat: null,
  };
}

async function measure(dialect: Dialect, store: Store, guidance: Guidance): Promise<void> {
  const organisation = guidance.get(ORGANISATION);
  if (organisation === undefined) throw new Error(`There is no organisation ${ORGANISATION} to measure.`);
  const { ms } = await timed(() => fill(store, organisation));
  const needs = deskOver(store, guidance);
  const following = await nextPages(needs);
  print(`${NAMES[dialect]}, ${REFERRALS.toLocaleString('en-GB')} referrals (filled in ${(ms / 1_000).toFixed(0)} s):`);
  print(`  ${''.padEnd(30)}  fit      p50 ms   p95 ms`);
  for (const [measured, subjects] of [
    ['The team’s first page', TEAMS_FIRST_PAGES],
    ['A senior’s and a reporter’s first page', OTHERS_FIRST_PAGES],
    ['A next page', following],
  ] as const) {
    const slowest = await inTurn(needs, subjects);
    report({
      measured: `${measured} of the register on ${NAMES[dialect]}, slowest question`,
      figure: `${slowest.toFixed(1)} ms at p95`,
      goal: `under ${GOAL_P95_MS} ms`,
      met: slowest < GOAL_P95_MS,
    });
  }
  print('');
}

const NAMES: Readonly<Record<Dialect, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/** Asks every question once, and again, so that all of them meet the same noise. @returns the slowest p95, in ms. */
async function inTurn(needs: DeskNeeds, subjects: readonly Subject[]): Promise<number> {
  const times = subjects.map((): number[] => []);
  const fit = subjects.map((): string => '');
  for (let round = -WARM; round < ROUNDS; round += 1) {
    for (const [index, { who, query }] of subjects.entries()) {
      const { result, ms } = await timed(() => register(needs, who, checkedQuery(query)));
      fit[index] = result.total === null ? '' : result.total.toLocaleString('en-GB');
      if (round >= 0) times[index]?.push(ms);
    }
  }
  const p95 = times.map((of) => quantile(of, 0.95));
  for (const [index, { asked }] of subjects.entries()) {
    const p50 = median(times[index] ?? []).toFixed(1);
    print(
      `  ${asked.padEnd(30)}  ${(fit[index] ?? '').padEnd(7)}  ${p50.padStart(6)}   ${(p95[index] ?? 0).toFixed(1).padStart(6)}`,
    );
  }
  return Math.max(...p95);
}

print('What a page of the desk’s register costs.\n');
const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
const postgres = await startPostgres();
try {
  const guidance = await loadPolicies('policies');
  const embedded = await openSqlite(folder);
  await measure('sqlite', embedded, guidance);
  await embedded.close();
  const server = await openPostgres(await postgres.database());
  await measure('postgres', server, guidance);
  await server.close();
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
