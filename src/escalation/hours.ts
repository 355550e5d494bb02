import Holidays, { type HolidaysTypes } from 'date-holidays';
import { DateTime } from 'luxon';
import { type OrganisationFile, WEEKDAYS } from '../guidance/types.ts';
import type { Say } from '../words/say.ts';

type Calendar = Pick<OrganisationFile, 'timezone' | 'hours'>;

/** The bank holidays of a calendar in a year: they take long to work out, and are asked for again and again. */
const holidays = new Map<string, ReadonlySet<string>>();

/** Whether an organisation is in its own office hours at a moment: a working day, in hours, not a bank holiday. */
export function isInHours({ timezone, hours }: Calendar, at: number): boolean {
  const local = DateTime.fromMillis(at, { zone: timezone, locale: 'en-GB' });
  const weekday = local.toFormat('cccc').toLowerCase();
  if (!hours.days.some((day) => day === weekday)) return false;
  if (isBankHoliday(hours['bank-holidays'], local)) return false;
  const time = local.toFormat('HH:mm');
  return time >= hours.from && time < hours.to;
}

function isBankHoliday(calendar: string, local: DateTime): boolean {
  const key = `${calendar} ${local.year}`;
  const known = holidays.get(key) ?? bankHolidays(calendar, local.year);
  holidays.set(key, known);
  return known.has(local.toFormat('yyyy-LL-dd'));
}

/** Whether the public holidays of a country or of a part of it are known, such as `GB-WLS` or `IE`. */
export function isCalendar(calendar: string): boolean {
  const [country = '', part] = calendar.split('-');
  const known = new Holidays();
  if (known.getCountries()[country] === undefined) return false;
  return part === undefined || known.getStates(country)?.[part] !== undefined;
}

function bankHolidays(calendar: string, year: number): ReadonlySet<string> {
  const [country = '', part] = calendar.split('-');
  const types: HolidaysTypes.HolidayType[] = ['public', 'bank'];
  const holidays = part === undefined ? new Holidays(country, { types }) : new Holidays(country, part, { types });
  const days = holidays.getHolidays(year);
  return new Set(days.map(({ date }) => date.slice(0, 10)));
}

/** After so many months a day and a month alone may be taken for those of another year. */
const YEAR_AFTER_MONTHS = 6;

/**
 * "2:05pm", with the day where it is not today: "2:05pm on Saturday 21 November". Where it was long ago, the year takes
 * the place of the weekday: "2:05pm on 21 November 2026".
 */
export function sayTime(say: Say, timezone: string, at: number, now: number): string {
  const local = DateTime.fromMillis(at, { zone: timezone, locale: say.language });
  const time = local.toFormat(say('pattern.clock')).toLowerCase();
  const today = DateTime.fromMillis(now, { zone: timezone });
  if (local.hasSame(today, 'day')) return time;
  const isLongAgo = today.diff(local, 'months').months > YEAR_AFTER_MONTHS;
  return say('time.another-day', { time, day: local.toFormat(say(isLongAgo ? 'pattern.date' : 'pattern.day')) });
}

/** "2 February 2025" from `2025-02-02`. */
export function sayDate(say: Say, date: string): string {
  return DateTime.fromISO(date, { zone: 'utc' }).setLocale(say.language).toFormat(say('pattern.date'));
}

/** The day it is for an organisation, as `YYYY-MM-DD`. */
export function today(timezone: string, now: number): string {
  return DateTime.fromMillis(now, { zone: timezone, locale: 'en-GB' }).toFormat('yyyy-LL-dd');
}

/** The next moment at which the clock on the organisation's wall shows a time such as "07:30". */
export function nextTimeOfDay(timezone: string, now: number, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const local = DateTime.fromMillis(now, { zone: timezone });
  const today_ = local.set({ hour, minute, second: 0, millisecond: 0 });
  // When the clocks go back an hour comes twice: the second one may be still to come.
  const later = today_.getPossibleOffsets().find((moment) => moment.toMillis() > now);
  return (later ?? today_.plus({ days: 1 })).toMillis();
}

/** The time on the organisation's wall at a moment, such as "07:30". */
export function timeOfDay(timezone: string, at: number): string {
  return DateTime.fromMillis(at, { zone: timezone, locale: 'en-GB' }).toFormat('HH:mm');
}

/** "Monday to Friday, 9am to 5pm, not on bank holidays". */
export function sayHours(say: Say, { hours }: Calendar): string {
  const order = WEEKDAYS.filter((day) => hours.days.includes(day));
  const names = order.map((day) => dayName(say, WEEKDAYS.indexOf(day)));
  const [first = ''] = names;
  const last = names.at(-1) ?? first;
  const [start = 'monday'] = order;
  const follow = order.length === WEEKDAYS.indexOf(order.at(-1) ?? start) - WEEKDAYS.indexOf(start) + 1;
  const days = follow && order.length > 1 ? say('hours.from-day-to-day', { first, last }) : names.join(', ');
  const clock = (time: string): string =>
    DateTime.fromFormat(time, 'HH:mm', { locale: say.language })
      .toFormat(say(time.endsWith(':00') ? 'pattern.hour' : 'pattern.clock'))
      .toLowerCase();
  return say('hours.open', { days, from: clock(hours.from), to: clock(hours.to) });
}

/** @param index 0 for Monday, as the first of January 2024 was. */
function dayName(say: Say, index: number): string {
  return DateTime.fromISO(`2024-01-0${index + 1}`, { locale: say.language }).toFormat('cccc');
}
