import { setImmediate } from 'node:timers/promises';
import { type Organisation, type OrganisationFile, URGENCIES } from '../guidance/types.ts';
import { answersGiven } from '../store/answers-given.ts';
import {
  askedOf,
  countLeftOut,
  countRaised,
  lostCards,
  type Raised,
  raisedIn,
  referredOnFrom,
  unansweredIn,
} from '../store/figures.ts';
import type { PersonKey } from '../store/people.ts';
import type { Queries } from '../store/store.ts';
import { today } from './hours.ts';
import type { Asked } from './referrals.ts';
import {
  byCategory,
  byDepartment,
  byMonth,
  byOutcome,
  byRoute,
  byStatus,
  byUrgency,
  referredOn,
  statutory,
} from './report/counts.ts';
import {
  ALL,
  type Drawing,
  type Figures,
  type MonthFigures,
  nameAnswer,
  type ReportTable,
  type Timings,
} from './report/drawing.ts';
import { whatToHide } from './report/hiding.ts';
import { unacknowledged, unansweredMessages, undelivered } from './report/lists.ts';
import { momentsOf, monthsIn, type Period, problemWith, sayPeriod, yearBefore, yearUpTo } from './report/periods.ts';
import { answersGiven as answersTable, topics, unanswered } from './report/questions.ts';
import { isSmall } from './report/small-numbers.ts';
import { timeToAcknowledge, timeToClose } from './report/speeds.ts';
import { summary } from './report/summary.ts';
import {
  count,
  countReferredOn,
  newTally,
  type Routes,
  type Tally,
  type Timing,
  type Told,
  timingOf,
} from './report/tally.ts';

export type { ReportTable } from './report/drawing.ts';

/** What a safeguarding team reports on a period. Moments are epoch milliseconds by the register's clock. */
export type Report = Period & {
  readonly organisation: { readonly id: string; readonly name: string };
  /** The policy whose monitoring this is. */
  readonly policy: string;
  /** "October to December 2026" */
  readonly period: string;
  readonly madeAt: number;
  /** Whether numbers from 1 to 4 are hidden. */
  readonly suppressed: boolean;
  /** What a committee reads first, in sentences. */
  readonly summary: string[];
  readonly tables: ReportTable[];
};

export type ReportOptions = Period & {
  /** Whether numbers from 1 to 4 are hidden. */
  readonly suppress: boolean;
  /** Epoch milliseconds. What was raised later is not counted. */
  readonly now: number;
  /** Whether referrals may be named by their references. Those that may be about the team itself never are. */
  readonly mayName: boolean;
  /**
   * Somebody in the team, who reads this at the desk: whatever the register keeps from them, because it may be about one
   * of them, is in no figure, and only how many there are is said. Without a reader all is counted.
   */
  readonly reader?: PersonKey;
};

/** A period that cannot be reported on. Its message says why, and what to give instead. */
export class PeriodError extends Error {
  override readonly name = 'PeriodError';
}

/**
 * Reads from the register what there is to report on a period, and lets others have the register between its pages.
 * @throws PeriodError
 */
export async function reportFor(db: Queries, organisation: Organisation, options: ReportOptions): Promise<Report> {
  const { from, to, suppress, now, mayName, reader } = options;
  const period: Period = { from, to };
  const problem = problemWith(period);
  if (problem !== undefined) throw new PeriodError(problem);
  const figures = await readFigures(db, organisation, period, now, reader);
  const hidden = suppress ? whatToHide(figures, period) : undefined;
  const drawing: Drawing = { organisation, figures, period, now, mayName, hidden };
  return {
    organisation: { id: organisation.id, name: organisation.settings.name },
    policy: organisation.policy.title,
    from,
    to,
    period: sayPeriod(period),
    madeAt: now,
    suppressed: suppress,
    summary: summary(drawing),
    tables: tablesOf(drawing),
  };
}

function tablesOf(drawing: Drawing): ReportTable[] {
  const isOpen = drawing.hidden === undefined;
  // Of fewer than five, whatever else is shown could tell who they are about.
  const isTooFew = !isOpen && isSmall(drawing.figures.tally.raised);
  const always = [byMonth, topics, unanswered];
  const ofReferrals = [
    byCategory,
    byUrgency,
    byDepartment,
    byRoute,
    byOutcome,
    byStatus,
    statutory,
    referredOn,
    timeToAcknowledge,
    timeToClose,
  ];
  const draws = [
    ...(isTooFew ? [] : ofReferrals),
    ...(isOpen ? [unacknowledged, undelivered] : []),
    ...always,
    ...(isOpen ? [answersTable, unansweredMessages] : []),
  ];
  return draws.map((draw) => draw(drawing));
}

// Reading

async function readFigures(
  db: Queries,
  organisation: Organisation,
  period: Period,
  now: number,
  reader: PersonKey | undefined,
): Promise<Figures> {
  const { timezone } = organisation.settings;
  /** What is later than the report is not in it, so that all its tables speak of the same. */
  const raisedDuring = (days: Period): Raised => {
    const { from, until } = momentsOf(days, timezone);
    return { organisation: organisation.id, from, until: Math.min(until, now + 1), reader };
  };
  // A period that is not over is compared with as many days a year before.
  const day = today(timezone, now);
  const soFar = day >= period.from && day < period.to ? { ...period, to: day } : period;
  const tally = await readTally(db, organisation, raisedDuring(period), now);
  // Of such a message only its day in UTC is kept.
  const messages = await unansweredIn(db, { organisation: organisation.id, ...momentsOf(period, 'utc') });
  return {
    tally,
    timings: await timingsOf(tally),
    answerNames: await namesOfAnswers(db, tally),
    months: await readMonths(db, soFar, raisedDuring),
    yearBefore: await countRaised(db, raisedDuring(yearBefore(soFar))),
    lost: await lostCards(db, raisedDuring(period)),
    leftOut: await countLeftOut(db, raisedDuring(period)),
    answers: await answersGiven(db, organisation.id, period),
    unanswered: monthsIn(period).map((month) => {
      const { from, until } = momentsOf(month, 'utc');
      return { month, times: messages.filter(({ at }) => at >= from && at < until).length };
    }),
    messages,
  };
}

async function readTally(db: Queries, { settings }: Organisation, raised: Raised, now: number): Promise<Tally> {
  const tally = newTally();
  const routes: Routes = new Map();
  for await (const page of raisedIn(db, raised)) {
    for (const row of page) count(tally, row, routes, now);
    const references = page.map(({ reference }) => reference);
    const told = Map.groupBy(await referredOnFrom(db, references), ({ referral }) => referral);
    for (const times of told.values()) {
      countReferredOn(
        tally,
        times.map(({ details }) => toldOf(settings, details)),
      );
    }
    // With the embedded register a query is done at once, so that nobody else would have a turn.
    await setImmediate();
  }
  return tally;
}

/** Who was told, as they are called now. What was written down before there were ids is known by its title. */
function toldOf(settings: OrganisationFile, details: string): Told {
  const { to = 'Not said', id, statutory }: { to?: string; id?: string; statutory?: boolean } = JSON.parse(details);
  const offered = settings['refer-on'];
  const known = offered.find((one) => one.id === id) ?? offered.find(({ title }) => title === to);
  return {
    id: known?.id ?? id ?? to,
    name: known?.title ?? to,
    isStatutory: statutory === true || known?.statutory === true,
  };
}

/** Putting times in order is quick, and yet not so that others need not have a turn. */
async function timingsOf({ speeds }: Tally): Promise<Timings> {
  const timings = new Map<keyof typeof speeds | typeof ALL, Timing>();
  for (const urgency of URGENCIES) {
    timings.set(urgency, timingOf([speeds[urgency]]));
    await setImmediate();
  }
  return timings.set(ALL, timingOf(Object.values(speeds)));
}

/** What each answer was called when the newest referral was raised from it. */
async function namesOfAnswers(db: Queries, { newest }: Tally): Promise<Map<string, string>> {
  const rows = await askedOf(db, [...newest.values()]);
  const asked = new Map(rows.map((row) => [row.reference, row.asked]));
  return new Map(
    [...newest].map(([key, reference]) => {
      const { title = key, headline = '' }: Partial<Asked> = JSON.parse(asked.get(reference) ?? '{}');
      return [key, nameAnswer(title, headline)];
    }),
  );
}

async function readMonths(
  db: Queries,
  period: Period,
  raisedDuring: (days: Period) => Raised,
): Promise<MonthFigures[]> {
  const months: MonthFigures[] = [];
  for (const month of yearUpTo(period)) {
    const before = yearBefore(month);
    const raised = await countRaised(db, raisedDuring(month));
    const raisedBefore = await countRaised(db, raisedDuring(before));
    months.push({ month, before, raised, raisedBefore });
    await setImmediate();
  }
  return months;
}
