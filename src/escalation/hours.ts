import Holidays from 'date-holidays';
import { DateTime } from 'luxon';
import { type OrganisationFile, WEEKDAYS } from '../guidance/types.ts';

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

function bankHolidays(calendar: string, year: number): ReadonlySet<string> {
  const [country = 'GB', nation = 'ENG'] = calendar.split('-');
  const days = new Holidays(country, nation, { types: ['public', 'bank'] }).getHolidays(year);
  return new Set(days.map(({ date }) => date.slice(0, 10)));
}

/** "2:05pm", with the day where it is not today: "2:05pm on Saturday 21 November". */
export function sayTime(timezone: string, at: number, now: number): string {
  const local = DateTime.fromMillis(at, { zone: timezone, locale: 'en-GB' });
  const time = local.toFormat('h:mma').toLowerCase();
  const today = DateTime.fromMillis(now, { zone: timezone });
  return local.hasSame(today, 'day') ? time : `${time} on ${local.toFormat('cccc d LLLL')}`;
}

/** "2 February 2025" from `2025-02-02`. */
export function sayDate(date: string): string {
  return DateTime.fromISO(date, { zone: 'utc' }).setLocale('en-GB').toFormat('d LLLL yyyy');
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
export function sayHours({ hours }: Calendar): string {
  const title = (day: string): string => day.charAt(0).toUpperCase() + day.slice(1);
  const order = WEEKDAYS.filter((day) => hours.days.includes(day));
  const [first = 'monday'] = order;
  const last = order.at(-1) ?? first;
  const follow = order.length === WEEKDAYS.indexOf(last) - WEEKDAYS.indexOf(first) + 1;
  const days = follow && order.length > 1 ? `${title(first)} to ${title(last)}` : order.map(title).join(', ');
  const clock = (time: string): string =>
    DateTime.fromFormat(time, 'HH:mm', { locale: 'en-GB' })
      .toFormat(time.endsWith(':00') ? 'ha' : 'h:mma')
      .toLowerCase();
  return `${days}, ${clock(hours.from)} to ${clock(hours.to)}, not on bank holidays`;
}
