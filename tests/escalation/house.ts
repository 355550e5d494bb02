import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KyselyPlugin, sql } from 'kysely';
import { pino } from 'pino';
import type { Sent } from '../../src/escalation/deliveries.ts';
import { createDuties, type Duties } from '../../src/escalation/duties.ts';
import { createTeamWatch, type TeamWatch } from '../../src/escalation/health.ts';
import type { Action } from '../../src/escalation/life.ts';
import { createPace } from '../../src/escalation/rates.ts';
import { type Act, type Acted, createReferrals, type Raise, type Referrals } from '../../src/escalation/referrals.ts';
import type { FrozenRoute, StepTaken } from '../../src/escalation/routes.ts';
import type { Engine } from '../../src/escalation/work.ts';
import { createWorker, type Worker } from '../../src/escalation/worker.ts';
import type { Organisation, Route } from '../../src/guidance/types.ts';
import { savePerson } from '../../src/store/people.ts';
import type { ReferralRecord } from '../../src/store/referrals.ts';
import type { AuditRow, CardRole, CardRow, PersonRow, TeamRow } from '../../src/store/schema.ts';
import { openSqlite, type Store } from '../../src/store/store.ts';
import { saveTeam } from '../../src/store/teams.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import { aSeal } from '../support/keys.ts';
import { copyEmptyRegister } from '../support/register.ts';
import { type Attempt, type RehearsedTeams, rehearsedTeams } from './rehearsed-teams.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A Wednesday, in the hours of Example Trust. */
export const MORNING = Date.parse('2026-01-14T09:00:00Z');
export const CHANNEL = '19:safeguarding@thread.tacv2';
export const WARD_CHANNEL = '19:ward-2@thread.tacv2';
export const GENERAL = '19:general@thread.tacv2';

export const REPORTER = personCalled('Amina');
export const NURSE = personCalled('Grace');
export const SECOND_NURSE = personCalled('Helen');
export const MANAGER = personCalled('Omar');
/** Reads the channel, and has no chat with the bot. */
export const MEMBER = { ...personCalled('Ruth'), conversation: null };
export const OUTSIDER = personCalled('Victor');

export const TEAM: TeamRow = {
  team: GENERAL,
  tenant: 'tenant-1',
  group_id: 'group-1',
  name: 'Safeguarding',
  service_url: 'https://smba.example',
  bot_id: 'bot',
  keepers: JSON.stringify([{ person: MEMBER.person, teamsId: MEMBER.teams_id, name: MEMBER.name }]),
  updated_at: MORNING,
};
export const CHANNELS = [
  { channel: GENERAL, name: 'General' },
  { channel: CHANNEL, name: 'Safeguarding referrals' },
  { channel: WARD_CHANNEL, name: 'Ward 2 in charge' },
];

type Doing = Partial<Omit<Act, 'reference' | 'action' | 'actor'>> & {
  readonly by?: PersonRow;
  /** Where the button was pressed: in one's own chat, unless it is said. */
  readonly from?: 'chat' | 'channel';
};

/** The engine over a real register, with a Teams of a few lines and a clock that only the test moves. */
export type House = {
  readonly engine: Engine;
  readonly store: Store;
  readonly folder: string;
  readonly teams: RehearsedTeams;
  readonly referrals: Referrals;
  readonly duties: Duties;
  readonly watch: TeamWatch;
  readonly worker: Worker;
  readonly organisation: Organisation;
  /** Teams whose channels the worker asked to be read again. */
  readonly lookedAgain: string[];
  /** What the logs say, line by line. */
  readonly logged: string[];
  /** How many statements the register's transactions have run. */
  statements(): number;
  now(): number;
  /** Moves the clock, and lets nobody look at it yet. */
  moveClock(ms: number): void;
  /** Another server on the same register. */
  anotherWorker(): Worker;
  goesOnDuty(person: PersonRow, place?: string, forMs?: number): Promise<void>;
  raises(changes?: Partial<Raise>): Promise<ReferralRecord>;
  acts(on: ReferralRecord, action: Action, doing?: Doing): Promise<Acted>;
  read(record: ReferralRecord): Promise<ReferralRecord>;
  /** Lets the worker look once, and waits until nothing is in hand. */
  look(): Promise<void>;
  /** Lets the worker look until it has nothing more to show now. */
  settle(): Promise<void>;
  /** Lets time go by, and then the worker settle. */
  later(ms: number): Promise<void>;
  close(): Promise<void>;
};

export type Options = {
  readonly organisation?: Organisation;
  readonly mails?: boolean;
  /** For the jitter of waits: none, unless it is given. */
  readonly random?: () => number;
  readonly at?: number;
  /** Another register than a new one on SQLite. */
  readonly store?: Store;
};

export async function openHouse({
  organisation = loadExampleTrust(),
  mails = false,
  random = () => 0,
  at = MORNING,
  store: given,
}: Options = {}): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-escalation-'));
  if (given === undefined) await copyEmptyRegister(folder);
  const { store, statements } = counted(given ?? (await openSqlite(folder)));
  // Nothing here outlives the machine.
  if (store.dialect === 'sqlite') await sql`pragma synchronous = off`.execute(store.db);
  let time = at;
  const clock = { now: () => time };
  const teams = rehearsedTeams(clock.now);
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const engine: Engine = {
    store,
    clock,
    seal: aSeal(),
    teams: () => ['group-1'],
    mails,
    // The worker looks when the test says so.
    wake: () => undefined,
  };
  const guidance = () => new Map([[organisation.id, organisation]]);
  const lookedAgain: string[] = [];
  const newWorker = (): Worker =>
    createWorker({
      engine,
      guidance,
      messenger: teams,
      pace: createPace(),
      log,
      lookAgain: (team) => void lookedAgain.push(team),
      random,
      everyMs: HOUR,
    });
  const worker = newWorker();
  const workers = [worker];
  const referrals = createReferrals(engine);
  const duties = createDuties(engine);
  for (const person of [REPORTER, NURSE, SECOND_NURSE, MANAGER, OUTSIDER]) await savePerson(store.db, person);
  await saveTeam(store.db, TEAM, CHANNELS);
  await worker.start();
  await rest(worker);

  const house: House = {
    engine,
    store,
    folder,
    teams,
    referrals,
    duties,
    watch: createTeamWatch(engine, guidance, log),
    worker,
    organisation,
    lookedAgain,
    logged,
    statements,
    now: clock.now,
    moveClock(ms) {
      time += ms;
    },
    anotherWorker() {
      const another = newWorker();
      workers.push(another);
      return another;
    },
    goesOnDuty: (person, place = 'ward-1', forMs = 48 * HOUR) =>
      duties.start(organisation, place, person, time + forMs),
    async raises(changes = {}) {
      const input = raising(organisation, changes);
      const record = await referrals.raise(input);
      // The form's own message is there already: the reporter's card is written over it.
      const { activity = '' } = input.message;
      const card = cardsOf(record, 'reporter')[0];
      if (card !== undefined && !teams.messages.has(activity)) teams.messages.set(activity, { card, record, at: time });
      return record;
    },
    acts(on, action, { by = NURSE, from = 'chat', key = randomUUID(), ...more } = {}) {
      const { tenant, person, name } = by;
      return referrals.act({
        reference: on.referral.reference,
        action,
        actor: { tenant, person, name },
        key,
        conversation: from === 'chat' ? (by.conversation ?? '') : `${CHANNEL};messageid=1`,
        ...more,
      });
    },
    async read({ referral }) {
      const found = await referrals.read(referral.reference);
      if (found === undefined) throw new Error('The referral is gone.');
      return found;
    },
    async look() {
      worker.wake();
      await rest(worker);
    },
    async settle() {
      for (let looks = 0; looks < 30; looks += 1) {
        const before = teams.attempts.length;
        await house.look();
        if (teams.attempts.length === before) return;
      }
      throw new Error('The worker never came to rest.');
    },
    async later(ms) {
      time += ms;
      await house.settle();
    },
    async close() {
      for (const one of workers) await one.stop();
      if (given === undefined) await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return house;
}

/** The same register, and how many statements its transactions have run. */
function counted(store: Store): { readonly store: Store; readonly statements: () => number } {
  let statements = 0;
  const counter: KyselyPlugin = {
    transformQuery({ node }) {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    store: {
      ...store,
      transaction: (work) => store.transaction((tx) => work(tx.withPlugin(counter))),
    },
    statements: () => statements,
  };
}

/** Waits until a worker has nothing in hand. */
export async function rest(worker: Worker): Promise<void> {
  while (worker.isBusy()) await new Promise((resolve) => setImmediate(resolve));
}

export function personCalled(name: string): PersonRow {
  return {
    tenant: 'tenant-1',
    person: `person-${name}`,
    name,
    organisation: null,
    teams_id: `29:${name}`,
    conversation: `a:${name}`,
    service_url: 'https://smba.example',
    bot_id: 'bot',
    updated_at: MORNING,
  };
}

/** What Amina sends about a visitor who films on Ward 1. */
function raising(organisation: Organisation, changes: Partial<Raise>): Raise {
  const flow = organisation.flows.get('filming');
  const outcome = flow?.outcomes['tell-senior'];
  if (flow === undefined || outcome?.escalate === undefined) throw new Error('The example has changed.');
  const key = randomUUID();
  return {
    key,
    organisation,
    flow: flow.flow,
    edition: flow.edition,
    responses: { danger: 'no', who: 'visitor' },
    outcome: 'tell-senior',
    asked: {
      title: flow.title,
      verdict: outcome.verdict,
      headline: outcome.headline,
      answers: [{ question: 'Who', answer: 'A visitor' }],
      citations: [],
      policy: organisation.policy,
    },
    escalate: outcome.escalate,
    department: 'ward-1',
    description: 'A visitor is filming.',
    callBack: '',
    safeToRing: 'not-given',
    told: [],
    aboutSenior: 'no',
    nameKept: false,
    reporter: REPORTER,
    message: { conversation: REPORTER.conversation ?? '', activity: `form-${key}` },
    ...changes,
  };
}

/** Example Trust with another route in place of its first. */
export function withRoute(steps: Route['steps']): Organisation {
  const organisation = loadExampleTrust();
  const { settings } = organisation;
  const first = settings.routes['senior-first'];
  if (first === undefined) throw new Error('The example has changed.');
  return { ...organisation, settings: { ...settings, routes: { 'senior-first': { ...first, steps } } } };
}

// What the register says.

export function cardsOf(record: ReferralRecord, role: CardRole): CardRow[] {
  return record.cards.filter((card) => card.role === role);
}

export function kindsOf({ audit }: ReferralRecord): string[] {
  return audit.map(({ kind }) => kind);
}

export function detailsOf(row: Pick<AuditRow, 'details'> | undefined): Record<string, unknown> {
  return JSON.parse(row?.details ?? '{}');
}

export function stepsOf({ audit }: ReferralRecord): StepTaken[] {
  return audit.filter(({ kind }) => kind === 'step').map(({ details }) => JSON.parse(details));
}

export function frozenRouteOf({ referral }: ReferralRecord): FrozenRoute {
  return JSON.parse(referral.route);
}

// What Teams was asked, and shows.

export function attemptsFor({ teams }: House, role: CardRole): Attempt[] {
  return teams.attempts.filter(({ card }) => card.role === role);
}

/** The messages that now show a card of a role. */
export function postedFor({ teams }: House, role: CardRole): string[] {
  return [...teams.messages].filter(([, { card }]) => card.role === role).map(([activity]) => activity);
}

/** The kinds of events that a message's card knew of when it was last drawn. */
export function shownIn({ teams }: House, activity: string | null | undefined): string[] {
  const { record } = teams.messages.get(activity ?? '') ?? {};
  return record === undefined ? [] : kindsOf(record);
}

/** The kinds of events that the reporter reads of in the newest of their messages. */
export function reporterReads(house: House): string[] {
  return shownIn(house, postedFor(house, 'reporter').at(-1));
}

export function noticesTo(house: House, lane: string): Record<string, unknown>[] {
  return attemptsFor(house, 'notice').flatMap(({ card }) => (card.lane === lane ? [detailsOf(card)] : []));
}

/** What happened that nudges in a conversation told of. */
export function nudgesIn(house: House, lane: string): string[] {
  return attemptsFor(house, 'nudge').flatMap(({ card, record }) => {
    const { event } = detailsOf(card);
    return card.lane === lane ? [record?.audit.find(({ sequence }) => sequence === event)?.kind ?? 'nothing'] : [];
  });
}

// What goes wrong.

export function onlyFor(role: CardRole, sent: Sent): (card: CardRow) => Sent | undefined {
  return (card) => (card.role === role ? sent : undefined);
}

/** Holds the next card of a role on its way until it is released. */
export function holdNext({ teams }: House, role: CardRole): { reached: Promise<void>; release: () => void } {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<undefined>();
  teams.trouble = (card) => {
    if (card.role !== role) return undefined;
    teams.trouble = undefined;
    reached.resolve();
    return released.promise;
  };
  return { reached: reached.promise, release: () => released.resolve(undefined) };
}

/** What people typed into a referral, as its kind and its text. */
export function typedIn({ words }: ReferralRecord): (readonly [string, string])[] {
  return words.map((row) => [row.kind, 'text' in row ? row.text : row.unreadable]);
}
