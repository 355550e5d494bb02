import type { DeskOrganisation, Flag, FlowView, RegisterRow } from '../web/desk/contract.ts';

type Verdict = FlowView['outcomes'][string]['verdict'];
type Urgency = 'immediate' | 'urgent' | 'routine';
type Status = 'raised' | 'acknowledged' | 'in-progress' | 'closed' | 'reopened';

export const URGENCY_NAMES: Readonly<Record<Urgency, string>> = {
  immediate: 'Act now',
  urgent: 'Urgent',
  routine: 'Routine',
};

export const STATUS_NAMES: Readonly<Record<Status, string>> = {
  raised: 'Not yet acknowledged',
  acknowledged: 'Acknowledged',
  'in-progress': 'In progress',
  reopened: 'Reopened',
  closed: 'Closed',
};

export const FLAG_NAMES: Readonly<Record<Flag, string>> = {
  unanswered: 'Nobody answered in time',
  'not-delivered': 'Not delivered',
  reminded: 'Nothing done',
  withdraw: 'Asks to withdraw',
  question: 'Waits for an answer',
  'take-care': 'Take care whom you tell',
};

export const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  information: 'Information',
  yes: 'Yes',
  'yes-if': 'Yes, if',
  'ask-first': 'Ask first',
  no: 'No',
  report: 'Tell someone',
  'act-now': 'Act now',
};

/** "27 November 2026, 2:05pm", by the organisation's clock. */
export function dayAndTime(at: number, { timezone }: Pick<DeskOrganisation, 'timezone'>): string {
  return `${day(at, { timezone })}, ${timeOfDay(at, { timezone })}`;
}

/** "27 November 2026" */
export function day(at: number, { timezone }: Pick<DeskOrganisation, 'timezone'>): string {
  return format(at, timezone, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** "2 February 2025" from `2025-02-02`. */
export function dayOf(date: string): string {
  return day(Date.parse(date), { timezone: 'UTC' });
}

/** "Oct 2026" from `2026-10-01`. */
export function shortMonth(date: string): string {
  return format(Date.parse(date), 'UTC', { month: 'short', year: 'numeric' });
}

/** The day it is there, as `YYYY-MM-DD`. */
export function dateAt(at: number, { timezone }: Pick<DeskOrganisation, 'timezone'>): string {
  const [day_ = '', month = '', year = ''] = format(at, timezone, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  }).split('/');
  return `${year}-${month}-${day_}`;
}

/** "2:05pm", as the cards say it. */
export function timeOfDay(at: number, { timezone }: Pick<DeskOrganisation, 'timezone'>): string {
  const time = format(at, timezone, { hour: 'numeric', minute: '2-digit', hour12: true });
  return time.replace(/\s/g, '').toLowerCase();
}

/** "27 Nov, 2:05pm", or with the year where it is another one than now. For lists, where there is little room. */
export function shortMoment(at: number, now: number, { timezone }: Pick<DeskOrganisation, 'timezone'>): string {
  const sameYear = format(at, timezone, { year: 'numeric' }) === format(now, timezone, { year: 'numeric' });
  const date = format(at, timezone, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
  return `${date}, ${timeOfDay(at, { timezone })}`;
}

/** "deleted by rule on 3 March 2034": the words and names of a referral. */
export function deletedInWords(
  { at, because }: NonNullable<RegisterRow['forgotten']>,
  home: Pick<DeskOrganisation, 'timezone'>,
): string {
  return `deleted ${because === 'rule' ? 'by rule' : 'on request'} on ${day(at, home)}`;
}

/** How long, in the two largest units: "5 min", "2 h 10 min", "3 days 4 h". */
export function howLong(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} ${days === 1 ? 'day' : 'days'}${hours % 24 > 0 ? ` ${hours % 24} h` : ''}`;
  if (hours > 0) return `${hours} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ''}`;
  return `${minutes} min`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([timeZone, options]);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  formats.set(key, known);
  return known.format(at);
}
