import { DateTime } from 'luxon';
import type { Organisation } from '../../guidance/types.ts';
import type { AnswerTimes } from '../../store/answers-given.ts';
import type { LostCard } from '../../store/figures.ts';
import type { ReferralRow } from '../../store/schema.ts';
import type { Period } from './periods.ts';
import { isSmall, type Protection } from './small-numbers.ts';
import { answerKey, type Kind, type Tally, type Timing } from './tally.ts';

/** A number, words, or null: a number from 1 to 4 that is not shown. */
export type Cell = number | string | null;

/** One table of a report. The first column names the row. */
export type ReportTable = {
  readonly id: string;
  readonly title: string;
  /** How the figures are computed, in a few sentences. */
  readonly about: string;
  readonly columns: Column[];
  readonly rows: Cell[][];
  /** How a chart of it is best drawn, and the columns that it draws. */
  readonly chart: 'bars' | 'lines' | 'none';
  readonly series: string[];
};
export type Column = {
  readonly id: string;
  readonly title: string;
  readonly unit: 'count' | 'minutes' | 'percent' | 'words';
};

/** What was read and counted for a report. */
export type Figures = {
  readonly tally: Tally;
  /** How fast each urgency was, and all. */
  readonly timings: Timings;
  /** What an answer is called, by its key: "Can I post this photo? Ask first". */
  readonly answerNames: ReadonlyMap<string, string>;
  /** The twelve months up to the end of the period, or up to now where it is not over, oldest first. */
  readonly months: readonly MonthFigures[];
  /** How many were raised in the same days a year before, as far as the period has come. */
  readonly yearBefore: number;
  readonly lost: readonly LostCard[];
  /** How many were raised in the period that are in no other figure, because they may be about somebody who reads this. */
  readonly leftOut: number;
  readonly answers: readonly AnswerTimes[];
  /** By month of the period, how many messages found no answer. */
  readonly unanswered: readonly { readonly month: Period; readonly times: number }[];
  /** Those messages, newest first: already scrubbed, each with its day in UTC. */
  readonly messages: readonly { readonly text: string; readonly at: number }[];
};

export const ALL = 'all';
export type Timings = ReadonlyMap<ReferralRow['urgency'] | typeof ALL, Timing>;

/** One month, and the same month a year before: how many were raised in each. */
export type MonthFigures = {
  readonly month: Period;
  readonly before: Period;
  readonly raised: number;
  readonly raisedBefore: number;
};

export type Drawing = {
  readonly organisation: Organisation;
  readonly figures: Figures;
  readonly period: Period;
  /** When the report is made, in epoch milliseconds. */
  readonly now: number;
  /** Whether referrals may be named by their references. */
  readonly mayName: boolean;
  /** What is hidden beside the numbers from 1 to 4; undefined where nothing is hidden at all. */
  readonly hidden: Protection | undefined;
};

/** What a number says that is hidden so that a smaller one cannot be worked out from it. */
export const HIDDEN = '5 or more';
/** What stands in place of a time or a share of too few. */
export const TOO_FEW = 'too few to show';
export const NONE = 'none';

export const RAISED = 'Raised';
export const URGENCY_NAMES: Readonly<Record<ReferralRow['urgency'], string>> = {
  immediate: 'Immediate',
  urgent: 'Urgent',
  routine: 'Routine',
};

/** A number as it may be shown in a row of a table, or in a table where nothing else is to be hidden. */
export function shown({ hidden }: Pick<Drawing, 'hidden'>, number: number, table = '', row = ''): Cell {
  if (hidden === undefined) return number;
  if (isSmall(number)) return null;
  const rows = hidden.get(table);
  return rows !== undefined && rows !== 'left out' && rows.has(row) ? HIDDEN : number;
}

/** Whether nothing of a table may be shown. */
export function isLeftOut({ hidden }: Drawing, table: string): boolean {
  return hidden?.get(table) === 'left out';
}

/** What such a table says in place of its numbers. */
export const LEFT_OUT = 'Its numbers are not shown here, because numbers from 1 to 4 could be worked out from them.';

export type Counted = { readonly id: string; readonly name: string; readonly times: number };

/** A table of one number for each row. */
export function countTable(
  drawing: Drawing,
  table: Pick<ReportTable, 'id' | 'title' | 'about'> & { readonly first: string; readonly counted: string },
  rows: readonly Counted[],
): ReportTable {
  const { id, title, about, first, counted } = table;
  const leftOut = isLeftOut(drawing, id);
  return {
    id,
    title,
    about: leftOut ? `${about} ${LEFT_OUT}` : about,
    columns: [
      { id, title: first, unit: 'words' },
      { id: 'times', title: counted, unit: 'count' },
    ],
    rows: leftOut ? [] : rows.map((row) => [row.name, shown(drawing, row.times, id, row.id)]),
    chart: 'bars',
    series: ['times'],
  };
}

/** The most first. What is hidden comes last, so that its place tells nothing. */
export function mostFirst(table: ReportTable): ReportTable {
  const size = (row: readonly Cell[]): number => (typeof row[1] === 'number' ? row[1] : -1);
  const name = (row: readonly Cell[]): string => String(row[0]);
  return {
    ...table,
    rows: table.rows.toSorted((a, b) => size(b) - size(a) || name(a).localeCompare(name(b), 'en-GB')),
  };
}

/** What a department is called now, or was when there was one. */
export function nameOf({ settings }: Organisation, department: string, then: string): string {
  return settings.departments.find(({ id }) => id === department)?.name ?? then;
}

/** "Can I post this photo? Ask first", "Someone is filming: Tell the senior person" */
export function nameAnswer(title: string, headline: string): string {
  return `${title}${/[.?!]$/.test(title) ? '' : ':'} ${headline}`;
}

/** What the answer that something was raised from is called. */
export function nameIn(names: Figures['answerNames'], kind: Kind): string {
  const key = answerKey(kind);
  return names.get(key) ?? key;
}

/** "21 November 2026, 2:05pm" by the organisation's clock. */
export function sayMoment({ settings }: Organisation, at: number): string {
  const local = DateTime.fromMillis(at, { zone: settings.timezone, locale: 'en-GB' });
  return `${local.toFormat('d LLLL yyyy')}, ${local.toFormat('h:mma').toLowerCase()}`;
}

/** "6 minutes", "4 hours", "1 hour 5 minutes", "3 days 2 hours". @param number Minutes. */
export function sayMinutes(number: number): string {
  const whole = Math.round(number);
  if (whole < 1) return 'under a minute';
  const parts = [
    [Math.floor(whole / 1_440), 'day'],
    [Math.floor(whole / 60) % 24, 'hour'],
    [whole % 60, 'minute'],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount} ${unit}${amount === 1 ? '' : 's'}`]))
    .join(' ');
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
