import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { pino } from 'pino';
import { createDuties, type Duties } from '../src/escalation/duties.ts';
import { createTeamWatch, type TeamWatch } from '../src/escalation/health.ts';
import { ACTIONS, type Action, LIFE } from '../src/escalation/life.ts';
import { createPace } from '../src/escalation/rates.ts';
import { createReferrals, type Raise, type Referrals } from '../src/escalation/referrals.ts';
import type { Engine } from '../src/escalation/work.ts';
import { createWorker, type Worker } from '../src/escalation/worker.ts';
import { paths } from '../src/guidance/paths.ts';
import type { Guidance, Organisation } from '../src/guidance/types.ts';
import { text } from '../src/sandbox/driver.ts';
import { faultsOf } from '../src/store/audits.ts';
import { onDuty } from '../src/store/duty.ts';
import { savePerson } from '../src/store/people.ts';
import { readReferral } from '../src/store/referrals.ts';
import type { PersonRow } from '../src/store/schema.ts';
import { openSqlite, type Store } from '../src/store/store.ts';
import { type Cards, loadCards } from '../src/teams/cards.ts';
import { drawReferral } from '../src/teams/messenger.ts';
import { aSeal } from '../tests/support/keys.ts';
import { copyEmptyRegister } from '../tests/support/register.ts';
import { brokenPromises } from './promises.ts';
import { MISHAPS, type Shown, SmallTeams } from './small-teams.ts';

/**
 * Random histories of a small hospital: people raise, press, come and go; Teams fails; time passes; the server is
 * killed and started again. After quiet returns, what must hold is looked for in the register and on every card.
 */

const ORGANISATION = 'worcestershire-acute';
const MINUTE = 60_000;
const BEGIN = Date.parse('2026-01-14T09:00:00Z');
const PLACES = ['ward-1', 'ward-9'] as const;
const CHANNEL = '19:referrals@thread.tacv2';
const CHANNEL_NAME = 'Safeguarding referrals';
const STAFF = ['Amina', 'Ben', 'Chloe'].map(personCalled);
const SENIORS = ['Grace', 'Helen', 'Imran'].map(personCalled);
const TEAM = ['Priya', 'Quentin'].map(personCalled);
/** A senior nurse may raise something on a ward that is her own. */
const REPORTERS = [...STAFF, ...SENIORS];
const EVERYBODY = [...REPORTERS, ...TEAM];
const LANES = [...EVERYBODY.map(({ conversation }) => conversation ?? ''), CHANNEL];

const log = pino({ level: 'silent' });

const CHANNEL_EVENTS = ['deleted', 'renamed', 'back', 'bot-removed', 'bot-removed-silently', 'added'] as const;
type ChannelEvent = (typeof CHANNEL_EVENTS)[number];

const reporter = fc.nat(REPORTERS.length - 1);
const senior = fc.nat(SENIORS.length - 1);
const anybody = fc.nat(EVERYBODY.length - 1);
const place = fc.constantFrom(...PLACES);
/** The channel gets most of what goes wrong, as it gets most of what is sent. */
const lane = fc.oneof(fc.constantFrom(...LANES), fc.constant(CHANNEL));

const deed = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('raise' as const),
      who: reporter,
      place,
      what: fc.nat(),
      about: fc.constantFrom('no' as const, 'no' as const, 'yes' as const, 'channel' as const, 'unsure' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('press' as const),
      // Mostly those who were told, since the others may do nothing.
      by: fc.constantFrom('told' as const, 'told' as const, 'told' as const, 'owner' as const, 'anybody' as const),
      who: anybody,
      // Mostly the first few: what several people do to one referral is what may go wrong.
      referral: fc.nat(4),
      action: fc.constantFrom('acknowledge' as const, 'take-on' as const, 'close' as const, ...ACTIONS),
      twice: fc.boolean(),
      to: senior,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('on-duty' as const),
      who: senior,
      place,
      minutes: fc.integer({ min: 5, max: 600 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('off-duty' as const), who: senior }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('take-over' as const),
      from: senior,
      to: senior,
      place,
      accepts: fc.boolean(),
    }),
  },
);
const event = fc.oneof(
  // Up to three people at the same moment.
  {
    weight: 8,
    arbitrary: fc.record({
      happens: fc.constant('deeds' as const),
      deeds: fc.array(deed, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      happens: fc.constant('time' as const),
      minutes: fc.constantFrom(0.02, 0.2, 1, 6, 31, 61, 250, 1500),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      happens: fc.constant('mishap' as const),
      lane,
      mishap: fc.constantFrom(...MISHAPS),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ happens: fc.constant('closed' as const), lane }) },
  { weight: 1, arbitrary: fc.record({ happens: fc.constant('open' as const), lane }) },
  {
    weight: 1,
    arbitrary: fc.record({
      happens: fc.constant('channel' as const),
      how: fc.constantFrom(...CHANNEL_EVENTS),
      meanwhile: fc.array(deed, { maxLength: 2 }),
    }),
  },
  // The server is killed while it does what these people make it do.
  {
    weight: 2,
    arbitrary: fc.record({
      happens: fc.constant('crash' as const),
      deeds: fc.array(deed, { maxLength: 3 }),
      after: fc.nat(40),
    }),
  },
  // The register is away for so many of its next transactions.
  { weight: 1, arbitrary: fc.record({ happens: fc.constant('away' as const), times: fc.integer({ min: 1, max: 8 }) }) },
);
type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Deed = Of<typeof deed>;
export type Event = Of<typeof event>;

/** Histories, each as the list of what happens. */
export const histories: fc.Arbitrary<readonly Event[]> = fc.array(event, { minLength: 5, maxLength: 40 });

/** What all histories share. Reading it once saves most of the time. */
export type Stage = { readonly guidance: Guidance; readonly cards: Cards };

export function setStage(guidance: Guidance): Stage {
  return { guidance, cards: loadCards('cards') };
}

/** Plays one history and looks at what is left. @throws Error naming each promise that was broken. */
export async function play(stage: Stage, history: readonly Event[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-history-'));
  await copyEmptyRegister(folder);
  const hospital = await Hospital.open(stage, folder);
  try {
    for (const one of history) await hospital.goes(one);
    await hospital.quiet();
    const broken = await hospital.brokenPromises();
    if (broken.length > 0) throw new Error(`After this history:\n${broken.map((line) => `- ${line}`).join('\n')}`);
  } finally {
    await hospital.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One life of the server, from a start to the next kill. */
type Server = {
  alive: boolean;
  readonly worker: Worker;
  readonly referrals: Referrals;
  readonly duties: Duties;
  readonly watch: TeamWatch;
};

/** The server was killed, or its register was away: whoever pressed gets no answer. */
class CutOffError extends Error {
  override readonly name = 'CutOffError';
}

class Hospital {
  readonly #stage: Stage;
  readonly #store: Store;
  readonly #teams = new SmallTeams();
  readonly #organisation: Organisation;
  readonly #seal = aSeal();
  #server: Server;
  #now = BEGIN;
  #keys = 0;
  /** References that Send was answered with, and raises that were cut off before an answer. */
  readonly #answered: string[] = [];
  readonly #cutOff: Raise[] = [];
  /** Who pressed what, by the referral that they pressed it on. */
  readonly #pressed = new Map<string, Set<string>>();
  #channelLostAt = 0;
  #awayFor = 0;

  private constructor(stage: Stage, store: Store, organisation: Organisation) {
    this.#stage = stage;
    this.#store = store;
    this.#organisation = organisation;
    this.#server = this.#start();
  }

  static async open(stage: Stage, folder: string): Promise<Hospital> {
    const organisation = stage.guidance.get(ORGANISATION);
    if (organisation === undefined) throw new Error(`There is no organisation ${ORGANISATION}.`);
    const store = await openSqlite(folder);
    // Servers are killed here, and the machine is not.
    await sql`pragma synchronous = off`.execute(store.db);
    for (const person of EVERYBODY) await savePerson(store.db, person);
    const hospital = new Hospital(stage, store, organisation);
    await hospital.#channel('added');
    await hospital.#server.worker.start();
    return hospital;
  }

  async close(): Promise<void> {
    await this.#server.worker.stop();
    this.#server.alive = false;
    await this.#store.close();
  }

  #start(): Server {
    const server = { alive: true } as { alive: boolean };
    // What a killed server still wants to write never reaches the register.
    const store: Store = {
      ...this.#store,
      transaction: async (work) => {
        if (!server.alive) throw new CutOffError();
        if (this.#awayFor > 0) {
          this.#awayFor -= 1;
          await this.#doubtsWhatIsOnItsWay();
          throw new CutOffError();
        }
        return this.#store.transaction(async (tx) => {
          const result = await work(tx);
          if (!server.alive) throw new CutOffError();
          return result;
        });
      },
    };
    const engine: Engine = {
      store,
      clock: { now: () => this.#now },
      seal: this.#seal,
      teams: () => 'any',
      mails: false,
      wake: () => worker.wake(),
    };
    const guidance = (): Guidance => new Map([[ORGANISATION, this.#organisation]]);
    const watch = createTeamWatch(engine, guidance, log);
    const worker = createWorker({
      engine,
      guidance,
      messenger: this.#teams.messenger(() => server.alive),
      pace: createPace(),
      log,
      random: () => 0.5,
      everyMs: 3_600_000,
    });
    return Object.assign(server, { worker, watch, referrals: createReferrals(engine), duties: createDuties(engine) });
  }

  async goes(one: Event): Promise<void> {
    switch (one.happens) {
      case 'deeds':
        await Promise.all(one.deeds.map((each) => this.#does(each)));
        return this.#settle();
      case 'time':
        this.#now += one.minutes * MINUTE;
        return this.#settle();
      case 'mishap':
        return this.#teams.goWrong(one.lane, one.mishap, one.times);
      case 'closed':
        this.#teams.closed.add(one.lane);
        return;
      case 'open':
        this.#teams.closed.delete(one.lane);
        return;
      case 'channel':
        await Promise.all([...one.meanwhile.map((each) => this.#does(each)), this.#channel(one.how)]);
        return this.#settle();
      case 'crash':
        await Promise.all(one.deeds.map((each) => this.#does(each)));
        return this.#crash(one.after);
      case 'away':
        this.#awayFor += one.times;
        return;
    }
  }

  /** Kills the server a little later, while it works, and starts it again on the same register. */
  async #crash(after: number): Promise<void> {
    this.#server.worker.wake();
    for (let turn = 0; turn < after; turn += 1) await aTurn();
    this.#server.alive = false;
    void this.#server.worker.stop();
    await this.#doubtsWhatIsOnItsWay();
    this.#server = this.#start();
    await this.#server.worker.start();
    await this.#settle();
  }

  /** Nobody will hear what became of what is being sent. */
  async #doubtsWhatIsOnItsWay(): Promise<void> {
    const sending = await this.#store.db.selectFrom('cards').select('id').where('state', '=', 'sending').execute();
    for (const { id } of sending) this.#teams.of(id).ambiguous = true;
  }

  async #channel(how: ChannelEvent): Promise<void> {
    const { watch } = this.#server;
    const isGone = how === 'deleted' || how === 'bot-removed' || how === 'bot-removed-silently';
    if (isGone) this.#teams.closed.add(CHANNEL);
    else this.#teams.closed.delete(CHANNEL);
    if (how === 'bot-removed-silently') return;
    if (isGone) this.#channelLostAt = this.#now;
    if (how === 'bot-removed') return ifNotCutOff(watch.gone('team'));
    const team = {
      team: 'team',
      tenant: 'tenant',
      group_id: 'group',
      name: 'Safeguarding',
      keepers: '[]',
      service_url: 'https://smba.example',
      bot_id: 'bot',
      updated_at: this.#now,
    };
    const name = how === 'renamed' ? 'Another name' : CHANNEL_NAME;
    const channels = how === 'deleted' ? [] : [{ channel: CHANNEL, name }];
    await ifNotCutOff(how === 'added' ? watch.added(team, channels) : watch.seen(team, channels));
  }

  async #does(one: Deed): Promise<void> {
    const { duties } = this.#server;
    switch (one.does) {
      case 'raise':
        return this.#raises(this.#raise(one));
      case 'press':
        return this.#presses(one);
      case 'on-duty':
        return ifNotCutOff(
          duties.start(this.#organisation, one.place, at(SENIORS, one.who), this.#now + one.minutes * MINUTE),
        );
      case 'off-duty':
        return ifNotCutOff(duties.end(at(SENIORS, one.who)));
      case 'take-over':
        return ifNotCutOff(this.#takesOver(one));
    }
  }

  async #takesOver({ from, to, place: department, accepts }: Extract<Deed, { does: 'take-over' }>): Promise<void> {
    const { duties } = this.#server;
    const colleague = at(SENIORS, to);
    const place = { organisation: this.#organisation.id, department };
    if (!(await duties.askToTakeOver(place, at(SENIORS, from), colleague))) return;
    const asked = await this.#store.db
      .selectFrom('handovers')
      .selectAll()
      .orderBy('asked_at', 'desc')
      .executeTakeFirst();
    if (asked === undefined) return;
    await duties.answer(asked.id, colleague, accepts ? { accepts, until: this.#now + 60 * MINUTE } : { accepts });
  }

  async #raises(raise: Raise): Promise<void> {
    const activity = raise.message.activity ?? '';
    // The form that Send is pressed on is a message already.
    this.#teams.holdsForm(activity);
    try {
      const { referral } = await this.#server.referrals.raise(raise);
      this.#answered.push(referral.reference);
    } catch (error) {
      if (!(error instanceof CutOffError)) throw error;
      this.#cutOff.push(raise);
    }
  }

  #raise({ who, place: department, what, about }: Extract<Deed, { does: 'raise' }>): Raise {
    const choices = escalations(this.#organisation);
    const { flow, id, outcome, escalate, responses } = at(choices, what % choices.length);
    const reporter = at(REPORTERS, who);
    const key = `raise ${this.#keys++}`;
    return {
      key,
      organisation: this.#organisation,
      flow: flow.flow,
      edition: flow.edition,
      responses,
      outcome: id,
      asked: {
        title: flow.title,
        verdict: outcome.verdict,
        headline: outcome.headline,
        answers: [],
        citations: [],
        policy: this.#organisation.policy,
      },
      escalate,
      department,
      description: 'Somebody films.',
      callBack: '',
      safeToRing: 'not-given',
      told: [],
      aboutSenior: about,
      nameKept: false,
      reporter,
      message: { conversation: reporter.conversation ?? '', activity: `form ${key}` },
    };
  }

  async #presses({ by, who, referral, action, twice, to }: Extract<Deed, { does: 'press' }>): Promise<void> {
    const references = await this.#references();
    const reference = references[referral % Math.max(1, references.length)];
    if (reference === undefined) return;
    const actor = await this.#actor(reference, by, who, action);
    // The safeguarding team presses in its channel; others in their own chat.
    const conversation = TEAM.includes(actor) ? `${CHANNEL};messageid=1` : (actor.conversation ?? '');
    const { tenant, person, name } = actor;
    const act = {
      reference,
      action,
      actor: { tenant, person, name },
      key: `press ${this.#keys++}`,
      conversation,
      text: LIFE[action].needsText ? 'A few words.' : '',
      ...(action === 'hand-over' ? { to: at(SENIORS, to) } : {}),
      ...(action === 'refer-on' ? { referredTo: { id: 'police', title: 'Police', statutory: true } } : {}),
    };
    const pressed = this.#pressed.get(reference) ?? new Set();
    this.#pressed.set(reference, pressed.add(`${person} ${action}`));
    await Promise.all((twice ? [act, act] : [act]).map((one) => ifNotCutOff(this.#server.referrals.act(one))));
  }

  async #actor(
    reference: string,
    by: Extract<Deed, { does: 'press' }>['by'],
    who: number,
    action: Action,
  ): Promise<PersonRow> {
    const anybody = at(EVERYBODY, who);
    if (by === 'anybody') return anybody;
    const record = await readReferral(this.#store.db, this.#seal, reference);
    if (record === undefined) return anybody;
    const { referral, cards } = record;
    const called = (id: string | null): PersonRow => EVERYBODY.find(({ person }) => person === id) ?? anybody;
    if (LIFE[action].by === 'reporter') return called(referral.reporter);
    if (by === 'owner') return called(referral.owner);
    const told = cards.flatMap(({ role, person }) => {
      if (role === 'channel') return TEAM;
      return role === 'reporter' || person === null ? [] : [called(person)];
    });
    return told[who % Math.max(1, told.length)] ?? anybody;
  }

  async #references(): Promise<string[]> {
    const rows = await this.#store.db.selectFrom('referrals').select('reference').orderBy('raise_key').execute();
    return rows.map(({ reference }) => reference);
  }

  /** Lets the server do all that is due at this moment, or a little later where it must wait. */
  async #settle(): Promise<void> {
    let idle = 0;
    for (let look = 0; look < 500; look += 1) {
      const before = this.#teams.attempts;
      this.#server.worker.wake();
      do await aTurn();
      while (this.#server.worker.isBusy());
      const next = await this.#nextDue();
      if (next === null || next > this.#now) return;
      idle = this.#teams.attempts === before ? idle + 1 : 0;
      if (idle > MOST_IDLE) return;
      if (idle > 0) this.#now += LITTLE_MS;
    }
    throw new Error('The worker does not come to rest.');
  }

  /** The next moment at which the server has something to do; null if it never has. */
  async #nextDue(): Promise<number | null> {
    const { rows } = await sql<{ next: number | null }>`select min(at) as next from (
      select max(due_at, not_before, lease_until) as at from lanes where due_at is not null
      union all select next_step_at from referrals where next_step_at is not null
      union all select owner_due_at from referrals where owner_due_at is not null)`.execute(this.#store.db);
    return rows[0]?.next ?? null;
  }

  /** Teams is well again, everybody presses Send again who got no answer, and some minutes pass. */
  async quiet(): Promise<void> {
    this.#teams.calm();
    this.#awayFor = 0;
    await this.#channel('added');
    for (const raise of this.#cutOff) await this.#raises(raise);
    await this.#pass(QUIET_MS);
    // The auditor has had its turn too.
    await this.#pass(MINUTE);
    await this.#pass(QUIET_MS);
  }

  /** Lets time go by, from one moment at which something is due to the next. */
  async #pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    while (this.#now < until) {
      this.#now = Math.max(this.#now, Math.min(until, (await this.#nextDue()) ?? until));
      await this.#settle();
    }
  }

  /** What was promised and does not hold; empty if all does. */
  async brokenPromises(): Promise<string[]> {
    const { db } = this.#store;
    const broken: string[] = [];
    const references = await this.#references();
    for (const reference of this.#answered) {
      if (!references.includes(reference)) broken.push(`${reference} was answered "recorded" and is lost`);
    }
    const keys = await db.selectFrom('referrals').select('raise_key').execute();
    const perKey = new Set(keys.map(({ raise_key }) => raise_key));
    if (perKey.size !== keys.length) broken.push('one press of Send raised two referrals');
    const read = this.#reader();
    for (const reference of references) {
      const record = await readReferral(db, this.#seal, reference);
      if (record === undefined) continue;
      const { organisation, department } = record.referral;
      broken.push(
        ...brokenPromises({
          record,
          onDuty: (await onDuty(db, organisation, department, this.#now)).map(({ person }) => person),
          faults: await faultsOf(this.#store, this.#seal, reference),
          teams: this.#teams,
          now: this.#now,
          pressed: this.#pressed.get(reference) ?? new Set(),
          isInChannel: (person) => TEAM.some((one) => one.person === person),
          lostChannelSince: (at) => this.#channelLostAt >= at,
          read,
        }),
      );
    }
    return broken;
  }

  /** What can be read on a message. Drawing is most of the work, so that each is drawn once. */
  #reader(): (shown: Shown) => readonly string[] {
    const drawn = new Map<string, readonly string[]>();
    const needs = {
      cards: this.#stage.cards,
      guidance: () => this.#stage.guidance,
      clock: { now: () => this.#now },
      deskAt: () => undefined,
    };
    return ({ activity, card, record }) => {
      const known = drawn.get(activity);
      if (known !== undefined || card === undefined || record === undefined) return known ?? [];
      const lines = text({ messageId: activity, card: drawReferral(needs, record, card) }).split('\n');
      drawn.set(activity, lines);
      return lines;
    };
  }
}

/** What must wait for Teams' limits, or because it failed, is looked at again so soon. */
const LITTLE_MS = 250;
/** What waits for longer is left to whatever happens next. */
const MOST_IDLE = 20;
/** Longer than a killed server's lease, and than the auditor rests. */
const QUIET_MS = 90_000;

function escalations(organisation: Organisation) {
  return [...organisation.flows.values()].flatMap((flow) => {
    const seen = new Set<string>();
    return paths(flow).flatMap(({ outcome: id, responses }) => {
      const outcome = flow.outcomes[id];
      if (outcome?.escalate === undefined || seen.has(id)) return [];
      seen.add(id);
      return [{ flow, id, outcome, escalate: outcome.escalate, responses }];
    });
  });
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function ifNotCutOff(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof CutOffError)) throw error;
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`There is no ${index} of ${list.length}.`);
  return found;
}

function personCalled(name: string): PersonRow {
  const id = name.toLowerCase();
  return {
    tenant: 'tenant',
    person: id,
    name,
    organisation: ORGANISATION,
    teams_id: `29:${id}`,
    conversation: `a:${id}`,
    service_url: 'https://smba.example',
    bot_id: 'bot',
    updated_at: BEGIN,
  };
}
