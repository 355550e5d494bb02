import { DateTime } from 'luxon';

/** A period from its first day to its last, both in it: days of the organisation's own clock, as `YYYY-MM-DD`. */
export type Period = { readonly from: string; readonly to: string };

/** A report of more would be read by nobody. */
const LONGEST_YEARS = 10;

/** What is wrong with a period, in words for whoever gave it; undefined where nothing is. */
export function problemWith({ from, to }: Period): string | undefined {
  const [first, last] = [day(from), day(to)];
  for (const [given, read] of [
    [from, first],
    [to, last],
  ] as const) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(given) || !read.isValid)
      return `“${given}” is not a day. Give it as year, month and day, such as 2026-10-01.`;
  }
  if (first > last) return `The period ends before it begins: ${say(first)} is after ${say(last)}. Swap the two days.`;
  if (last >= first.plus({ years: LONGEST_YEARS }))
    return `The period is too long. A report covers ${LONGEST_YEARS} years at most.`;
  return undefined;
}

/** The quarter of a calendar year, from "2026-Q4": October to December 2026. */
export function quarterFrom(text: string): Period | undefined {
  const [, year, quarter] = /^(\d{4})-?Q([1-4])$/i.exec(text.trim()) ?? [];
  if (year === undefined || quarter === undefined) return undefined;
  const first = DateTime.utc(Number(year), Number(quarter) * 3 - 2, { locale: 'en-GB' });
  return between(first, first.endOf('quarter'));
}

/** A calendar year, from "2026". */
export function yearFrom(text: string): Period | undefined {
  const [, year] = /^(\d{4})$/.exec(text.trim()) ?? [];
  return year === undefined ? undefined : { from: `${year}-01-01`, to: `${year}-12-31` };
}

/** The moments of a period by the organisation's clock: from the first, and before the last. In epoch milliseconds. */
export function momentsOf({ from, to }: Period, timezone: string): { readonly from: number; readonly until: number } {
  const startOf = (date: string, plus = 0): number =>
    DateTime.fromISO(date, { zone: timezone }).plus({ days: plus }).startOf('day').toMillis();
  return { from: startOf(from), until: startOf(to, 1) };
}

/** The months of a period, oldest first. The first and the last are cut where the period begins or ends in them. */
export function monthsIn({ from, to }: Period): Period[] {
  const last = day(to);
  const months: Period[] = [];
  for (let first = day(from); first <= last; first = first.plus({ months: 1 }).startOf('month')) {
    months.push(between(first, DateTime.min(first.endOf('month'), last)));
  }
  return months;
}

/** The twelve months up to the end of a period. The last is cut where the period ends in it. */
export function yearUpTo({ to }: Period): Period[] {
  return monthsIn({ from: iso(day(to).startOf('month').minus({ months: 11 })), to });
}

/** The same days a year earlier. The end of a month stays the end of that month, whether or not there is a leap day. */
export function yearBefore({ from, to }: Period): Period {
  const last = day(to);
  const isMonthsEnd = last.hasSame(last.endOf('month'), 'day');
  const earlier = last.minus({ years: 1 });
  return between(day(from).minus({ years: 1 }), isMonthsEnd ? earlier.endOf('month') : earlier);
}

/** The calendar quarter of a day, such as "2026-Q4". */
export function quarterOf(date: string): string {
  const { year, quarter } = day(date);
  return `${year}-Q${quarter}`;
}

/** "October to December 2026", "October 2026", "3 October to 5 November 2026", "1 to 15 November 2026". */
export function sayPeriod({ from, to }: Period): string {
  const [first, last] = [day(from), day(to)];
  const isWhole = first.day === 1 && last.hasSame(last.endOf('month'), 'day');
  if (!isWhole) return range(first, last, 'd LLLL');
  return first.hasSame(last, 'month') ? first.toFormat('LLLL yyyy') : range(first, last, 'LLLL');
}

function range(first: DateTime, last: DateTime, format: string): string {
  if (first.hasSame(last, 'day')) return say(first);
  const short = first.hasSame(last, 'month') ? 'd' : format;
  const begin = first.toFormat(first.year === last.year ? short : `${format} yyyy`);
  return `${begin} to ${last.toFormat(`${format} yyyy`)}`;
}

function say(date: DateTime): string {
  return date.toFormat('d LLLL yyyy');
}

function day(date: string): DateTime {
  return DateTime.fromISO(date, { zone: 'utc', locale: 'en-GB' });
}

function between(first: DateTime, last: DateTime): Period {
  return { from: iso(first), to: iso(last) };
}

function iso(date: DateTime): string {
  return date.toFormat('yyyy-LL-dd');
}
