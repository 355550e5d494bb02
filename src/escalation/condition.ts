import type { Organisation } from '../guidance/types.ts';
import { RESTORED } from '../store/copying.ts';
import { allOnDuty } from '../store/duty.ts';
import { faultsNow } from '../store/faults.ts';
import { type CardRole, type CardRow, type FaultRow, LIVING_ROLES, type ReferralRow } from '../store/schema.ts';
import type { Queries } from '../store/store.ts';
import { teamsOf } from '../store/teams.ts';
import { workersSince } from '../store/workers.ts';
import { dutyPlaces, toldPlaces } from './duties.ts';
import { channelsNamed, sameName } from './health.ts';
import { routeOf } from './routes.ts';
import type { SafeguardingTeams } from './work.ts';
import { SILENT_AFTER_MS } from './worker.ts';

/** What a problem is about, so that it can be read beside others of its kind. */
export const AREAS = ['server', 'channel', 'duty', 'deliveries', 'referrals'] as const;
export type Area = (typeof AREAS)[number];

export type Problem = {
  readonly area: Area;
  readonly kind: string;
  readonly organisation?: string;
  /** A `fault` keeps Signpost from its work, or a person must act. A `warning` is to be known. */
  readonly severity: 'fault' | 'warning';
  /** What is wrong and what to do, in plain English. It names no person, and nothing that anybody wrote. */
  readonly words: string;
};

export type Counts = {
  /** Servers that look for work now. */
  readonly servers: number;
  /** Referrals that are not closed. */
  readonly open: number;
  /** Open referrals that nobody has acknowledged. */
  readonly unacknowledged: number;
  /** Of these, those whose route is done. */
  readonly unanswered: number;
  /** Owners who were reminded and have done nothing since. */
  readonly reminded: number;
  /** Messages that are owed. */
  readonly owed: number;
  /** Of these, those that should have gone over a minute ago. */
  readonly late: number;
  /** Cards of open referrals that did not arrive, could not be drawn, or may not have arrived. */
  readonly failed: number;
  readonly parked: number;
  readonly uncertain: number;
  /** Conversations in which Teams takes no message for now. */
  readonly slowedDown: number;
  /** Departments and roles that a route tells, and those of them with nobody on duty. */
  readonly places: number;
  readonly withoutDuty: number;
};

export type Condition = { readonly problems: readonly Problem[]; readonly counts: Counts };

export type Facts = {
  /** By the register's clock, in epoch milliseconds. */
  readonly now: number;
  /** By the system's clock, in epoch milliseconds: a rehearsal's clock can be ahead of it. */
  readonly systemNow: number;
  /** Those that this deployment hosts. */
  readonly organisations: readonly Organisation[];
  readonly teams: SafeguardingTeams;
};

const MINUTE_MS = 60_000;
/** What is due for longer is late. */
const LATE_AFTER_MS = MINUTE_MS;
/** Shorter pauses are the ordinary pace of a conversation. */
const ORDINARY_PAUSE_MS = 2_000;

type Found = { readonly problems: readonly Problem[]; readonly counts: Partial<Counts> };

/** Reads from the register, and from nothing else, what is wrong now. It writes nothing. */
export async function conditionOf(db: Queries, facts: Facts): Promise<Condition> {
  const found: Found[] = [
    await serversAtWork(db, facts),
    await restores(db, facts),
    await channels(db, facts),
    await duty(db, facts),
    await deliveries(db, facts),
    await pauses(db, facts),
    await cardsInTrouble(db),
    await referrals(db, facts),
  ];
  return {
    problems: found.flatMap(({ problems }) => problems),
    counts: Object.assign({ ...NOTHING }, ...found.map(({ counts }) => counts)),
  };
}

const NOTHING: Counts = {
  servers: 0,
  open: 0,
  unacknowledged: 0,
  unanswered: 0,
  reminded: 0,
  owed: 0,
  late: 0,
  failed: 0,
  parked: 0,
  uncertain: 0,
  slowedDown: 0,
  places: 0,
  withoutDuty: 0,
};

async function serversAtWork(db: Queries, { systemNow }: Facts): Promise<Found> {
  const servers = (await workersSince(db, systemNow - SILENT_AFTER_MS)).length;
  const words = `No server has looked for work in the last ${SILENT_AFTER_MS / 1_000} seconds, so nothing is delivered and no route goes on. Start the server. If it is running, its log says what holds it up.`;
  return {
    problems: servers > 0 ? [] : [{ area: 'server', kind: 'no-server', severity: 'fault', words }],
    counts: { servers },
  };
}

/** For so long it is said that a register was restored. In milliseconds. */
const RESTORED_TOLD_MS = 7 * 24 * 60 * MINUTE_MS;

async function restores(db: Queries, { systemNow }: Facts): Promise<Found> {
  const restored = (await faultsNow(db)).filter(
    ({ kind, since }) => kind === RESTORED && since > systemNow - RESTORED_TOLD_MS,
  );
  return {
    problems: restored.map(({ since, details }) => {
      const { takenAt }: { readonly takenAt: number } = JSON.parse(details);
      const words = `The register was restored at ${moment(since)} from a backup of ${moment(takenAt)}. What was raised or done between is not in it. "After a restore" in docs/operations.md says how to find it.`;
      return { area: 'server', kind: RESTORED, severity: 'warning', words };
    }),
    counts: {},
  };
}

/** "2026-01-31 09:30 UTC". @param at Epoch milliseconds. */
function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

async function channels(db: Queries, { organisations, teams }: Facts): Promise<Found> {
  const problems: Problem[] = [];
  const faults = await faultsNow(db);
  for (const organisation of organisations) {
    const { id, settings } = organisation;
    const about = { area: 'channel', organisation: id, severity: 'fault' } as const;
    if ((await teamsOf(db, teams(id))).length === 0) {
      const words = `The bot is in no team that may receive the referrals of ${settings.name}. In Teams, add the app to the team whose group id SAFEGUARDING_TEAMS gives for "${id}".`;
      problems.push({ ...about, kind: 'no-team', words });
    }
    const told = channelsNamed(organisation).map(sameName);
    for (const fault of faults.filter(({ organisation: of }) => of === id)) {
      const details: Readonly<Record<string, unknown>> = JSON.parse(fault.details);
      // A channel that no route tells any more is not missed.
      if (fault.kind === 'no-channel' && !told.includes(sameName(String(details.name)))) continue;
      problems.push({ ...about, kind: fault.kind, words: wordsOf(fault, details) });
    }
  }
  return { problems, counts: {} };
}

function wordsOf({ kind }: FaultRow, { name, reason }: Readonly<Record<string, unknown>>): string {
  switch (kind) {
    case 'no-channel':
      return `There is no channel “${name}” in the team that receives referrals, so referrals cannot be posted there. Make a channel of exactly that name, or give the old one its name back: it is found at once, and what is open is posted.`;
    case 'channel-unreachable':
      return `Teams refuses messages in the channel “${name}” (${reason}). Check in Teams that the app is still in its team, is not blocked by an administrator, and that the channel is not archived. The next message that arrives ends this.`;
    default:
      return `Something is wrong that Signpost calls “${kind}”. The log says more.`;
  }
}

/** The departments and roles that a route tells, and those of them with nobody on duty. Elsewhere nobody is waited for. */
export async function emptyPlaces(
  db: Queries,
  organisation: Organisation,
  now: number,
): Promise<{ readonly wanted: number; readonly empty: readonly string[] }> {
  const told = toldPlaces(organisation);
  const wanted = dutyPlaces(organisation).filter((place) => told.has(place.id));
  const held = new Set((await allOnDuty(db, organisation.id, now)).map(({ department }) => department));
  return {
    wanted: wanted.length,
    empty: wanted.filter((place) => !held.has(place.id)).map(({ name }) => name),
  };
}

async function duty(db: Queries, { organisations, now }: Facts): Promise<Found> {
  const problems: Problem[] = [];
  let places = 0;
  let withoutDuty = 0;
  for (const organisation of organisations) {
    const { wanted, empty } = await emptyPlaces(db, organisation, now);
    places += wanted;
    withoutDuty += empty.length;
    if (empty.length === 0) continue;
    const words = `Nobody is on duty for ${empty.length} of ${wanted} places: ${list(empty)}. Until somebody opens a chat with the bot there and types “on duty”, referrals from there go to the next step of their route at once.`;
    problems.push({ area: 'duty', kind: 'nobody-on-duty', organisation: organisation.id, severity: 'warning', words });
  }
  return { problems, counts: { places, withoutDuty } };
}

async function deliveries(db: Queries, { now }: Facts): Promise<Found> {
  const { owed } = await db
    .selectFrom('cards')
    .select((eb) => eb.fn.countAll<number>().as('owed'))
    .where('due_at', 'is not', null)
    .executeTakeFirstOrThrow();
  // What waits because Teams allows no more in its conversation is not late.
  const late = await db
    .selectFrom('cards')
    .innerJoin('lanes', 'lanes.lane', 'cards.lane')
    .select(['cards.role', 'cards.channel', 'cards.place_name', 'cards.due_at', 'lanes.not_before'])
    .where('cards.due_at', 'is not', null)
    .where('cards.due_at', '<', now - LATE_AFTER_MS)
    .where('lanes.not_before', '<', now - LATE_AFTER_MS)
    .execute();
  const counts = { owed: Number(owed), late: late.length };
  if (late.length === 0) return { problems: [], counts };
  const since = Math.min(...late.map((card) => Math.max(card.due_at ?? now, card.not_before)));
  const where = list(
    late.map(({ role, channel, place_name }) => {
      if (channel !== null) return `the channel “${place_name}”`;
      return role === 'email' ? 'email' : 'chats with people';
    }),
  );
  const words = `${count(late.length, 'message')} should have gone out already, the oldest ${howLong(now - since)} ago: ${where}. If a server is at work, its log says what holds it up; starting it again loses nothing.`;
  return { problems: [{ area: 'deliveries', kind: 'late', severity: 'fault', words }], counts };
}

async function pauses(db: Queries, { now }: Facts): Promise<Found> {
  const slow = await db
    .selectFrom('lanes')
    .innerJoin('cards', 'cards.lane', 'lanes.lane')
    .select((eb) => [
      'lanes.lane',
      'lanes.not_before',
      eb.fn.max(eb.case().when('cards.channel', 'is not', null).then(eb.ref('cards.place_name')).end()).as('channel'),
      eb.fn.countAll<number>().as('waiting'),
    ])
    .where('lanes.due_at', 'is not', null)
    .where('lanes.not_before', '>', now + ORDINARY_PAUSE_MS)
    .where('cards.due_at', 'is not', null)
    .groupBy(['lanes.lane', 'lanes.not_before'])
    .execute();
  const counts = { slowedDown: slow.length };
  if (slow.length === 0) return { problems: [], counts };
  const waiting = slow.reduce((sum, lane) => sum + Number(lane.waiting), 0);
  const longest = Math.max(...slow.map(({ not_before }) => not_before)) - now;
  const where = list(slow.map(({ channel }) => (channel === null ? 'chats with people' : `the channel “${channel}”`)));
  const words = `Teams takes no message for now in ${count(slow.length, 'conversation')}, at most for another ${howLong(longest)}: ${where}. ${count(waiting, 'message')} will follow by themselves, the most urgent first. There is nothing to mend.`;
  return { problems: [{ area: 'deliveries', kind: 'slowed-down', severity: 'warning', words }], counts };
}

type Troubled = Pick<ReferralRow, 'reference' | 'organisation' | 'department_name'> &
  Pick<CardRow, 'role' | 'state' | 'place_name' | 'place_role' | 'possible_duplicate'>;

/** Cards of open referrals that are not where they belong, unless another has taken their place since. */
async function cardsInTrouble(db: Queries): Promise<Found> {
  const roles: readonly CardRole[] = [...LIVING_ROLES, 'email'];
  const cards: readonly Troubled[] = await db
    .selectFrom('referrals')
    .innerJoin('cards', 'cards.referral', 'referrals.reference')
    .select([
      'referrals.reference',
      'referrals.organisation',
      'referrals.department_name',
      'cards.role',
      'cards.state',
      'cards.place_name',
      'cards.place_role',
      'cards.possible_duplicate',
    ])
    .where('referrals.status', '!=', 'closed')
    .where('cards.state', 'in', ['failed', 'parked', 'uncertain'])
    .where('cards.role', 'in', roles)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('cards as later')
            .select('later.id')
            .whereRef('later.referral', '=', 'cards.referral')
            .whereRef('later.role', '=', 'cards.role')
            .whereRef('later.place_name', '=', 'cards.place_name')
            .where('later.state', 'not in', ['failed', 'parked', 'uncertain']),
        ),
      ),
    )
    .orderBy('referrals.raised_at')
    .execute();
  const inState = (state: CardRow['state']): readonly Troubled[] => cards.filter((card) => card.state === state);
  const failed = (isReporter: boolean, mayHaveArrived: boolean): readonly Troubled[] =>
    inState('failed').filter(
      (card) => (card.role === 'reporter') === isReporter && (card.possible_duplicate === 1) === mayHaveArrived,
    );
  return {
    problems: [
      ...problemsOf(
        failed(true, false),
        'reporter-not-reached',
        'warning',
        (which) =>
          `Those who raised ${which} can no longer be reached in Teams: they blocked the bot, removed it or left. The desk should ring them.`,
      ),
      ...problemsOf(
        failed(true, true),
        'reporter-unconfirmed',
        'warning',
        (which) =>
          `It is not certain that the last message reached those who raised ${which}. It is not sent again. The desk should ring them.`,
      ),
      ...problemsOf(
        failed(false, true),
        'card-unconfirmed',
        'warning',
        (which) =>
          `These may or may not have arrived, and are not sent again: ${which}. Each route went on without them.`,
      ),
      ...problemsOf(
        failed(false, false),
        'card-failed',
        'warning',
        (which) =>
          `These did not arrive: ${which}. Each route went on without them. If it is a person, they may have blocked or removed the bot; if it is an email, check the address in organisation.yaml.`,
      ),
      ...problemsOf(
        inState('parked'),
        'card-parked',
        'fault',
        (which) =>
          `These could not be drawn and were put aside: ${which}. Ring those whom they were for, and give the log to whoever maintains Signpost.`,
      ),
      ...problemsOf(
        inState('uncertain'),
        'card-uncertain',
        'warning',
        (which) => `These may or may not have arrived: ${which}. They are sent again, marked as a possible duplicate.`,
      ),
    ],
    counts: {
      failed: inState('failed').length,
      parked: inState('parked').length,
      uncertain: inState('uncertain').length,
    },
  };
}

function problemsOf(
  cards: readonly Troubled[],
  kind: string,
  severity: Problem['severity'],
  say: (which: string) => string,
): Problem[] {
  return [...Map.groupBy(cards, ({ organisation }) => organisation)].map(([organisation, of]) => ({
    area: 'deliveries',
    kind,
    organisation,
    severity,
    words: say(list(of.map(sayCard))),
  }));
}

/** A card by its referral and by what it was for: a role, a channel, an inbox; never a person's name. */
function sayCard({ reference, role, place_name, place_role, department_name }: Troubled): string {
  switch (role) {
    case 'reporter':
      return reference;
    case 'channel':
      return `${reference} to the channel “${place_name}”`;
    case 'on-duty':
      return `${reference} to the ${place_role} of ${department_name}`;
    case 'role':
      return `${reference} to the ${place_role}`;
    case 'email':
      return `${reference} by email to: ${place_name}`;
    default:
      return `${reference} to a colleague`;
  }
}

type Raised = Pick<
  ReferralRow,
  'reference' | 'organisation' | 'department_name' | 'urgency' | 'raised_at' | 'unanswered_at' | 'next_step_at'
> &
  Pick<ReferralRow, 'route' | 'round'>;

async function referrals(db: Queries, { now }: Facts): Promise<Found> {
  const { open } = await db
    .selectFrom('referrals')
    .select((eb) => eb.fn.countAll<number>().as('open'))
    .where('status', '!=', 'closed')
    .executeTakeFirstOrThrow();
  const raised: readonly Raised[] = await db
    .selectFrom('referrals')
    .select([
      'reference',
      'organisation',
      'department_name',
      'urgency',
      'raised_at',
      'unanswered_at',
      'next_step_at',
      'route',
      'round',
    ])
    .where('status', '=', 'raised')
    .orderBy('raised_at')
    .execute();
  const reminded = await db
    .selectFrom('referrals')
    .select(['reference', 'organisation', 'department_name', 'urgency', 'reminded_at'])
    .where('status', 'not in', ['raised', 'closed'])
    .where('reminded_at', 'is not', null)
    .orderBy('reminded_at')
    .execute();

  // What a step that fails keeps from going on is told as that.
  const unanswered = raised.filter((one) => one.unanswered_at !== null && one.next_step_at === null);
  const overdue = raised.filter(({ next_step_at }) => next_step_at !== null && next_step_at < now - LATE_AFTER_MS);
  const slow = raised.filter((one) => one.unanswered_at === null && !overdue.includes(one) && isPastItsTime(one, now));
  const since = (at: number | null): string => howLong(now - (at ?? now));
  return {
    problems: [
      ...each(unanswered, 'unanswered', 'fault', (those) => {
        const which = list(
          those.map((one) => `${sayReferral(one)}, raised ${since(one.raised_at)} ago`),
          '; ',
        );
        return `Nobody has acknowledged ${count(those.length, 'referral')}, and everybody on the route was told: ${which}. Ring the department and the safeguarding team now. Those who raised them were told to ring.`;
      }),
      ...each(overdue, 'step-overdue', 'fault', (those) => {
        const which = list(
          those.map((one) => `${sayReferral(one)}, due ${since(one.next_step_at)} ago`),
          '; ',
        );
        return `The next step was not taken for ${count(those.length, 'referral')}: ${which}. See that a server is at work: its log says what holds the step up. Ring the department meanwhile.`;
      }),
      ...each(slow, 'not-acknowledged', 'warning', (those) => {
        const which = list(
          those.map((one) => `${sayReferral(one)}, raised ${since(one.raised_at)} ago`),
          '; ',
        );
        return `Not acknowledged in the time that the first step allows: ${which}. The route goes on by itself; ring the department if you can.`;
      }),
      ...each(reminded, 'owner-reminded', 'warning', (those) => {
        const which = list(
          those.map((one) => `${sayReferral(one)}, reminded ${since(one.reminded_at)} ago`),
          '; ',
        );
        return `Acknowledged, and nothing was done since their owner was reminded: ${which}. Ask in the channel who is on it. What was only acknowledged goes back to its route by itself.`;
      }),
    ],
    counts: {
      open: Number(open),
      unacknowledged: raised.length,
      unanswered: unanswered.length,
      reminded: reminded.length,
    },
  };
}

/** Whether the first wait for an acknowledgement that its route asks for is over. */
function isPastItsTime(referral: Raised, now: number): boolean {
  if (referral.round > 0) return true;
  const waits = routeOf(referral).steps.flatMap(({ wait }) => wait?.[referral.urgency] ?? []);
  return referral.raised_at + (waits[0] ?? 0) * MINUTE_MS < now;
}

function each<Row extends { readonly organisation: string }>(
  rows: readonly Row[],
  kind: string,
  severity: Problem['severity'],
  say: (rows: readonly Row[]) => string,
): Problem[] {
  return [...Map.groupBy(rows, ({ organisation }) => organisation)].map(([organisation, of]) => ({
    area: 'referrals',
    kind,
    organisation,
    severity,
    words: say(of),
  }));
}

function sayReferral({
  reference,
  department_name,
  urgency,
}: Pick<ReferralRow, 'reference' | 'department_name' | 'urgency'>): string {
  return `${reference} (${urgency}, ${department_name})`;
}

const MOST_NAMED = 10;

/** "A, B, C and 4 more", each once. */
function list(items: readonly string[], between = ', '): string {
  const once = [...new Set(items)];
  const more = once.length - MOST_NAMED;
  return once.slice(0, MOST_NAMED).join(between) + (more > 0 ? ` and ${more} more` : '');
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** "under a minute", "1 minute", "3 hours", "2 days". @param ms Milliseconds. */
function howLong(ms: number): string {
  const whole = Math.floor(ms / MINUTE_MS);
  if (whole < 1) return 'under a minute';
  if (whole < 120) return count(whole, 'minute');
  if (whole < 48 * 60) return count(Math.floor(whole / 60), 'hour');
  return count(Math.floor(whole / (24 * 60)), 'day');
}
