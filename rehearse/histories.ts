import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { createDuties, type Duties } from '../src/escalation/duties.ts';
import { createTeamWatch, type TeamWatch } from '../src/escalation/health.ts';
import { type Action, DESK_ACTIONS, LIFE, REPORTER_ACTIONS } from '../src/escalation/life.ts';
import { createPace } from '../src/escalation/rates.ts';
import { createReferrals, type Raise, type Referrals } from '../src/escalation/referrals.ts';
import { routeOf, type StepTaken } from '../src/escalation/routes.ts';
import type { Engine } from '../src/escalation/work.ts';
import { createWorker, type Worker } from '../src/escalation/worker.ts';
import { paths } from '../src/guidance/paths.ts';
import type { Guidance, Organisation } from '../src/guidance/types.ts';
import { savePerson } from '../src/store/people.ts';
import { type ReferralRecord, readReferral } from '../src/store/referrals.ts';
import { type CardRow, DESK_ROLES, LIVING_ROLES, type PersonRow } from '../src/store/schema.ts';
import { createSeal, faultsInAudit } from '../src/store/seal.ts';
import { openSqlite, type Store } from '../src/store/store.ts';
import { type Cards, loadCards } from '../src/teams/cards.ts';
import { drawReferral } from '../src/teams/messenger.ts';
import { MISHAPS, SmallTeams } from './small-teams.ts';

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
const EVERYBODY = [...STAFF, ...SENIORS, ...TEAM];
const LANES = [...EVERYBODY.map(({ conversation }) => conversation ?? ''), CHANNEL];

const staff = fc.nat(STAFF.length - 1);
const senior = fc.nat(SENIORS.length - 1);
const anybody = fc.nat(EVERYBODY.length - 1);
const place = fc.constantFrom(...PLACES);
const lane = fc.constantFrom(...LANES);

const deed = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('raise' as const),
      who: staff,
      place,
      what: fc.nat(),
      about: fc.constantFrom('no' as const, 'no' as const, 'yes' as const, 'channel' as const, 'unsure' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('press' as const),
      who: anybody,
      referral: fc.nat(),
      action: fc.constantFrom(...DESK_ACTIONS, ...REPORTER_ACTIONS),
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
    weight: 3,
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
      how: fc.constantFrom('deleted' as const, 'renamed' as const, 'back' as const, 'bot-removed' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ happens: fc.constant('crash' as const), after: fc.nat(12) }) },
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

class KilledError extends Error {
  override readonly name = 'KilledError';
}

class Hospital {
  readonly #stage: Stage;
  readonly #store: Store;
  readonly #teams = new SmallTeams();
  readonly #organisation: Organisation;
  readonly #seal = createSeal(Buffer.alloc(32, 1));
  #server: Server;
  #now = BEGIN;
  #keys = 0;
  /** References that Send was answered with, and raises that were cut off before an answer. */
  readonly #answered: string[] = [];
  readonly #cutOff: Raise[] = [];
  /** Who pressed what on which referral. */
  readonly #pressed = new Set<string>();
  /** Conversations in which a send was ambiguous: only there may a card be twice. */
  readonly #ambiguous = new Set<string>();

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
    for (const person of EVERYBODY) await savePerson(store.db, person);
    const hospital = new Hospital(stage, store, organisation);
    await hospital.#channel('back');
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
      transaction: (work) =>
        server.alive
          ? this.#store.transaction(async (tx) => {
              const result = await work(tx);
              if (!server.alive) throw new KilledError();
              return result;
            })
          : Promise.reject(new KilledError()),
    };
    const log = pino({ level: 'silent' });
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
        if (one.mishap.endsWith('after')) this.#ambiguous.add(one.lane);
        // Whether it arrived is not known then either.
        if (one.mishap === '502-before') this.#ambiguous.add(one.lane);
        return this.#teams.goWrong(one.lane, one.mishap, one.times);
      case 'closed':
        this.#teams.closed.add(one.lane);
        return;
      case 'open':
        this.#teams.closed.delete(one.lane);
        return;
      case 'channel':
        await this.#channel(one.how);
        return this.#settle();
      case 'crash':
        return this.#crash(one.after);
    }
  }

  /** Kills the server a little later, while it works, and starts it again on the same register. */
  async #crash(after: number): Promise<void> {
    this.#server.worker.wake();
    for (let turn = 0; turn < after; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    for (const lane of LANES) this.#ambiguous.add(lane);
    this.#server.alive = false;
    void this.#server.worker.stop();
    this.#server = this.#start();
    await this.#server.worker.start();
    await this.#settle();
  }

  async #channel(how: 'deleted' | 'renamed' | 'back' | 'bot-removed'): Promise<void> {
    const { watch } = this.#server;
    if (how === 'bot-removed') {
      this.#teams.closed.add(CHANNEL);
      return watch.gone('team');
    }
    if (how === 'deleted') this.#teams.closed.add(CHANNEL);
    else this.#teams.closed.delete(CHANNEL);
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
    await watch.seen(team, how === 'deleted' ? [] : [{ channel: CHANNEL, name }]);
  }

  async #does(one: Deed): Promise<void> {
    const { duties } = this.#server;
    switch (one.does) {
      case 'raise':
        return this.#raises(this.#raise(one));
      case 'press':
        return this.#presses(one);
      case 'on-duty':
        return ignoringKills(
          duties.start(this.#organisation, one.place, at(SENIORS, one.who), this.#now + one.minutes * MINUTE),
        );
      case 'off-duty':
        return ignoringKills(duties.end(at(SENIORS, one.who)));
      case 'take-over':
        return ignoringKills(this.#takesOver(one));
    }
  }

  async #takesOver({ from, to, place: where, accepts }: Extract<Deed, { does: 'take-over' }>): Promise<void> {
    const { duties } = this.#server;
    const colleague = at(SENIORS, to);
    if (!(await duties.askToTakeOver(where, at(SENIORS, from), colleague))) return;
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
      if (!(error instanceof KilledError)) throw error;
      this.#cutOff.push(raise);
    }
  }

  #raise({ who, place: department, what, about }: Extract<Deed, { does: 'raise' }>): Raise {
    const choices = escalations(this.#organisation);
    const { flow, id, outcome, escalate, responses } = at(choices, what % choices.length);
    const reporter = at(STAFF, who);
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
      reporter,
      message: { conversation: reporter.conversation ?? '', activity: `form ${key}` },
    };
  }

  async #presses({ who, referral, action, twice, to }: Extract<Deed, { does: 'press' }>): Promise<void> {
    const references = await this.#references();
    const reference = references[referral % Math.max(1, references.length)];
    if (reference === undefined) return;
    const actor = at(EVERYBODY, who);
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
    this.#pressed.add(`${person} ${action} ${reference}`);
    await Promise.all((twice ? [act, act] : [act]).map((one) => ignoringKills(this.#server.referrals.act(one))));
  }

  async #references(): Promise<string[]> {
    const rows = await this.#store.db.selectFrom('referrals').select('reference').orderBy('raise_key').execute();
    return rows.map(({ reference }) => reference);
  }

  /** Lets the server do all that is due at this moment. */
  async #settle(): Promise<void> {
    for (let look = 0; look < 500; look += 1) {
      this.#server.worker.wake();
      do await new Promise((resolve) => setImmediate(resolve));
      while (this.#server.worker.isBusy());
      if (!(await this.#isDue())) return;
    }
    throw new Error('The worker does not come to rest.');
  }

  async #isDue(): Promise<boolean> {
    const { db } = this.#store;
    const lanes = await db
      .selectFrom('lanes')
      .select('lane')
      .where('due_at', '<=', this.#now)
      .where('not_before', '<=', this.#now)
      .limit(1)
      .execute();
    const steps = await db
      .selectFrom('referrals')
      .select('reference')
      .where('next_step_at', '<=', this.#now)
      .limit(1)
      .execute();
    return lanes.length + steps.length > 0;
  }

  /** Teams is well again, everybody presses Send again who got no answer, and some minutes pass. */
  async quiet(): Promise<void> {
    this.#teams.calm();
    await this.#channel('back');
    for (const raise of this.#cutOff) await this.#raises(raise);
    for (let second = 0; second < QUIET_SECONDS; second += 1) {
      this.#now += 1_000;
      if (await this.#isDue()) await this.#settle();
    }
    // The auditor has had its turn too.
    this.#now += MINUTE;
    await this.#settle();
    for (let second = 0; second < QUIET_SECONDS; second += 1) {
      this.#now += 1_000;
      if (await this.#isDue()) await this.#settle();
    }
  }

  /** What was promised and does not hold; empty if all does. */
  async brokenPromises(): Promise<string[]> {
    const broken: string[] = [];
    const references = await this.#references();
    for (const reference of this.#answered) {
      if (!references.includes(reference)) broken.push(`${reference} was answered "recorded" and is lost`);
    }
    const keys = await this.#store.db.selectFrom('referrals').select('raise_key').execute();
    const perKey = new Set(keys.map(({ raise_key }) => raise_key));
    if (perKey.size !== keys.length) broken.push('one press of Send raised two referrals');
    for (const reference of references) {
      const record = await readReferral(this.#store.db, reference);
      if (record !== undefined) broken.push(...this.#brokenIn(record));
    }
    return broken;
  }

  #brokenIn(record: ReferralRecord): string[] {
    const { referral, audit, words, cards } = record;
    return [
      ...faultsInAudit(this.#seal, audit, words, referral.events),
      ...this.#wronglyAttributed(record),
      ...stepsOutOfOrder(record),
      ...atRest(record, this.#now),
      ...cards.flatMap((card) => this.#wrongOn(card, record)),
      ...this.#untrueToReporter(record),
    ].map((line) => `${referral.reference}: ${line}`);
  }

  #wronglyAttributed({ referral, audit }: ReferralRecord): string[] {
    return audit
      .filter(({ kind }) => isAction(kind))
      .filter(({ kind, actor }) => !this.#pressed.has(`${actor} ${kind} ${referral.reference}`))
      .map(({ kind, actor_name }) => `${kind} is attributed to ${actor_name}, who did not press it`);
  }

  #wrongOn(card: CardRow, { referral }: ReferralRecord): string[] {
    if (card.due_at !== null && card.due_at <= this.#now)
      return [`the card for ${card.place_name} is owed and not sent`];
    const isLiving = LIVING_ROLES.some((role) => role === card.role);
    if (card.state === 'failed' || card.state === 'parked' || !isLiving) return [];
    const shown = card.activity === null ? undefined : this.#teams.messages.get(card.activity);
    if (shown?.record === undefined) return [`the card for ${card.place_name} (${card.state}) is nowhere`];
    const problems: string[] = [];
    if (shown.record.referral.version !== referral.version) {
      problems.push(
        `the card for ${card.place_name} shows version ${shown.record.referral.version} of ${referral.version}`,
      );
    }
    const doubles = [...this.#teams.messages.values()].filter((one) => one.card?.id === card.id);
    if (doubles.length > 1 && !this.#ambiguous.has(card.lane) && card.replaced === 0) {
      problems.push(`the card for ${card.place_name} was posted ${doubles.length} times, and no send was ambiguous`);
    }
    return problems;
  }

  /** The reporter's newest card says nothing that the register and the chats do not bear out. */
  #untrueToReporter(record: ReferralRecord): string[] {
    const { referral, cards } = record;
    const own = cards.filter((card) => card.role === 'reporter' && card.activity !== null && card.state !== 'failed');
    return own.flatMap((card) => {
      const shown = this.#teams.messages.get(card.activity ?? '');
      if (shown?.record === undefined) return [];
      const drawn = drawReferral(
        { cards: this.#stage.cards, guidance: () => this.#stage.guidance, clock: { now: () => this.#now } },
        shown.record,
        card,
      );
      const text = JSON.stringify(drawn);
      const problems: string[] = [];
      const says = (words: string): boolean => text.includes(words);
      const nobodyHasIt = /no one has confirmed reading/i.test(text);
      if (referral.status === 'raised' && !nobodyHasIt) {
        problems.push('nobody has it, and the reporter is not told so');
      }
      if (referral.status !== 'raised' && nobodyHasIt) {
        problems.push(`${referral.owner_name} has it, and the reporter is told that nobody has`);
      }
      if (referral.status !== 'raised' && !says(`${referral.owner_name}`)) {
        problems.push(`the reporter is not told that ${referral.owner_name} has it`);
      }
      if (referral.unanswered_at !== null && !says('Ring now.')) {
        problems.push('nobody answered, and the reporter is not told to ring');
      }
      for (const other of cards.filter(({ role }) => DESK_ROLES.some((one) => one === role))) {
        const arrived = [...this.#teams.messages.values()].some((message) => message.card?.id === other.id);
        const claimed = other.delivered_at !== null;
        if (claimed && !arrived) problems.push(`it says "sent to ${other.place_name}", and nothing is there`);
      }
      return problems;
    });
  }
}

const QUIET_SECONDS = 90;

function isAction(kind: string): kind is Action {
  return Object.hasOwn(LIFE, kind);
}

/** In each round of a route every step is taken or skipped once, from the first on without a gap. */
function stepsOutOfOrder({ audit, referral }: ReferralRecord): string[] {
  const taken = audit
    .filter(({ kind }) => kind === 'step' || kind === 'step-skipped')
    .map(({ details }) => JSON.parse(details) as Pick<StepTaken, 'step' | 'round'>);
  let expected = { step: 0, round: 0 };
  const wrong: string[] = [];
  for (const { step, round } of taken) {
    const isNext = step === expected.step && round === expected.round;
    const isNewRound = step === 0 && round === expected.round + 1;
    if (!isNext && !isNewRound)
      wrong.push(`step ${step} of round ${round} was taken when step ${expected.step} was due`);
    expected = { step: step + 1, round };
  }
  if (referral.round > 0 && expected.round !== referral.round)
    wrong.push('a round of the route was begun and not taken');
  return wrong;
}

/** Nothing rests without a reason. */
function atRest({ referral, cards }: ReferralRecord, now: number): string[] {
  const wrong: string[] = [];
  const { status, next_step_at: next, unanswered_at: unanswered, owner_due_at: owner } = referral;
  if (status === 'raised' && next === null && unanswered === null) wrong.push('nobody has it, and nothing will happen');
  if (next !== null && next <= now) wrong.push('a step of its route is overdue');
  if (status === 'raised' && unanswered !== null && referral.route_step < routeOf(referral).steps.length - 1) {
    wrong.push('it was given up before its route was done');
  }
  if (status !== 'raised' && status !== 'closed' && owner === null) wrong.push('its owner would never be reminded');
  if (status !== 'raised' && referral.owner === null) wrong.push('it is owned by nobody');
  if (cards.length === 0) wrong.push('it has no card');
  return wrong;
}

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

async function ignoringKills(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof KilledError)) throw error;
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
