import { URGENCIES } from '../../guidance/types.ts';
import type { CountedRow } from '../../store/figures.ts';
import type { ReferralRow, Status } from '../../store/schema.ts';
import { isInHours } from '../hours.ts';
import { type FrozenRoute, routeOf } from '../routes.ts';

/** Counting: from what was raised to the numbers of a report. Nothing here reads, and nothing here is drawn. */

type Urgency = ReferralRow['urgency'];

/** How fast the referrals of one urgency were acknowledged and closed. */
export type Speed = {
  raised: number;
  /** The waiting times that their routes had, in minutes. */
  readonly waits: Set<number>;
  /** Acknowledged within the waiting time, and later than that. */
  inTime: number;
  late: number;
  /** Never acknowledged: the waiting time is over, and is not over yet. */
  overdue: number;
  waiting: number;
  /** Their route had no waiting time, so that they are neither in time nor late. */
  unpromised: number;
  /** From Send until somebody acknowledged, and until it was closed. In milliseconds, one for each that was. */
  readonly acknowledging: number[];
  readonly closing: number[];
};

/** Referrals that agree in all that follows from the answer that they were raised from. */
export type Kind = Pick<CountedRow, 'flow' | 'outcome' | 'category' | 'urgency'> & {
  /** The title of the route. */
  readonly route: string;
  times: number;
};

/** A referral that nobody has now. */
export type Unacknowledged = Pick<
  CountedRow,
  'reference' | 'department' | 'department_name' | 'urgency' | 'about_senior' | 'raised_at' | 'acknowledged_at'
>;

/** Whom referrals were referred on to. */
export type Recipient = {
  readonly name: string;
  /** Each counts once, however often they were told of it. */
  referrals: number;
  /** Whether telling them is a report to the police or to social care. */
  isStatutory: boolean;
};

export type Tally = {
  raised: number;
  readonly kinds: Map<string, Kind>;
  /** By department id: its name when the newest was raised. */
  readonly departments: Map<string, { name: string; times: number }>;
  readonly statuses: Map<Status, number>;
  readonly speeds: Readonly<Record<Urgency, Speed>>;
  /** Oldest first. */
  readonly unacknowledged: Unacknowledged[];
  /** By the id of whom they were told. */
  readonly recipients: Map<string, Recipient>;
  /** Those of which a report was made to the police or to social care, or to both. */
  reported: number;
  /** The newest referral of each flow and outcome: it says how they are called now. */
  readonly newest: Map<string, string>;
};

export function newTally(): Tally {
  return {
    raised: 0,
    kinds: new Map(),
    departments: new Map(),
    statuses: new Map(),
    speeds: Object.fromEntries(URGENCIES.map((urgency) => [urgency, newSpeed()])) as Record<Urgency, Speed>,
    unacknowledged: [],
    recipients: new Map(),
    reported: 0,
    newest: new Map(),
  };
}

function newSpeed(): Speed {
  return {
    raised: 0,
    waits: new Set(),
    inTime: 0,
    late: 0,
    overdue: 0,
    waiting: 0,
    unpromised: 0,
    acknowledging: [],
    closing: [],
  };
}

/** The key of an answer: a flow and one of its outcomes. */
export function answerKey({ flow, outcome }: { readonly flow: string; readonly outcome: string }): string {
  return `${flow} ${outcome}`;
}

/** Routes that were read before: most referrals share theirs with many others. */
export type Routes = Map<string, FrozenRoute>;

/**
 * Counts one referral. Those of a period are counted oldest first.
 * @param now When the report is made, in epoch milliseconds.
 */
export function count(tally: Tally, row: CountedRow, routes: Routes, now: number): void {
  const route = routes.get(row.route) ?? routeOf(row);
  routes.set(row.route, route);
  tally.raised += 1;
  countKind(tally, row, route);
  const department = tally.departments.get(row.department);
  tally.departments.set(row.department, { name: row.department_name, times: (department?.times ?? 0) + 1 });
  tally.statuses.set(row.status, (tally.statuses.get(row.status) ?? 0) + 1);
  countSpeed(tally.speeds[row.urgency], row, firstWait(route, row), now);
  if (row.status === 'raised') tally.unacknowledged.push(unacknowledged(row));
  tally.newest.set(answerKey(row), row.reference);
}

/** Without its route, which is long. */
function unacknowledged({ route: _, ...row }: CountedRow): Unacknowledged {
  return row;
}

function countKind(tally: Tally, { flow, outcome, category, urgency }: CountedRow, { title }: FrozenRoute): void {
  const key = JSON.stringify([flow, outcome, category, urgency, title]);
  const kind = tally.kinds.get(key);
  if (kind !== undefined) kind.times += 1;
  else tally.kinds.set(key, { flow, outcome, category, urgency, route: title, times: 1 });
}

function countSpeed(speed: Speed, row: CountedRow, wait: number | undefined, now: number): void {
  const took = row.acknowledged_at === null ? undefined : row.acknowledged_at - row.raised_at;
  speed.raised += 1;
  if (took !== undefined) speed.acknowledging.push(took);
  if (row.closed_at !== null) speed.closing.push(row.closed_at - row.raised_at);
  if (wait === undefined) {
    speed.unpromised += 1;
    return;
  }
  speed.waits.add(wait);
  const isInTime = (took ?? now - row.raised_at) <= wait * 60_000;
  if (took !== undefined) speed[isInTime ? 'inTime' : 'late'] += 1;
  else speed[isInTime ? 'waiting' : 'overdue'] += 1;
}

/** The first waiting time that a route had at the hour when something was raised, in minutes. */
function firstWait(route: FrozenRoute, { urgency, raised_at }: CountedRow): number | undefined {
  const step = route.steps.find(
    ({ when, wait }) =>
      wait !== undefined && (when === undefined || (when === 'in-hours') === isInHours(route, raised_at)),
  );
  return step?.wait?.[urgency];
}

/** One time that somebody was told of a referral. */
export type Told = Pick<Recipient, 'name' | 'isStatutory'> & { readonly id: string };

/** Counts to whom one referral was referred on, however often each was told. */
export function countReferredOn(tally: Tally, told: readonly Told[]): void {
  for (const [id, times] of Map.groupBy(told, (one) => one.id)) {
    const recipient = tally.recipients.get(id) ?? { name: times[0]?.name ?? id, referrals: 0, isStatutory: false };
    recipient.referrals += 1;
    recipient.isStatutory ||= times.some(({ isStatutory }) => isStatutory);
    tally.recipients.set(id, recipient);
  }
  if (told.some(({ isStatutory }) => isStatutory)) tally.reported += 1;
}

/** The speeds of one or of several urgencies, with their times in order. */
export type Timing = Omit<Speed, 'acknowledging' | 'closing'> & {
  /** In milliseconds, the shortest first. */
  readonly acknowledging: Float64Array;
  readonly closing: Float64Array;
};

export function timingOf(speeds: readonly Speed[]): Timing {
  const sum = (part: 'raised' | 'inTime' | 'late' | 'overdue' | 'waiting' | 'unpromised'): number =>
    speeds.reduce((all, speed) => all + speed[part], 0);
  return {
    raised: sum('raised'),
    waits: new Set(speeds.flatMap(({ waits }) => [...waits])),
    inTime: sum('inTime'),
    late: sum('late'),
    overdue: sum('overdue'),
    waiting: sum('waiting'),
    unpromised: sum('unpromised'),
    acknowledging: Float64Array.from(speeds.flatMap(({ acknowledging }) => acknowledging)).sort(),
    closing: Float64Array.from(speeds.flatMap(({ closing }) => closing)).sort(),
  };
}

/**
 * The time within which so many in a hundred were done: the least that is enough for them. Undefined where there are
 * none. The 50th is the median.
 * @param times In order.
 */
export function percentile(times: Float64Array, inHundred: number): number | undefined {
  return times[Math.max(1, Math.ceil((times.length * inHundred) / 100)) - 1];
}
