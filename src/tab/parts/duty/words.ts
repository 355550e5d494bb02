import type { DeskOrganisation, DutyBoard } from '../../../web/desk/contract.ts';
import { dateAt, day, timeOfDay } from '../../words.ts';

export type Place = DutyBoard['places'][number];
type Span = Place['gaps'][number];
type Clock = Pick<DeskOrganisation, 'timezone'>;

/** How well a place is covered: nobody at this moment, nobody at some time until the board ends, or always somebody. */
export type Cover = 'nobody-now' | 'gap-later' | 'covered';

export function coverOf({ gaps }: Place, now: number): Cover {
  if (gaps.some(({ from, until }) => from <= now && now < until)) return 'nobody-now';
  return gaps.some(({ until }) => until > now) ? 'gap-later' : 'covered';
}

/** The day and the night of the board by their names, the one that is now first. */
export function partsOf(
  { today, tonight }: Pick<DutyBoard, 'today' | 'tonight'>,
  now: number,
  clock: Clock,
): readonly { readonly name: string; readonly within: Span }[] {
  const isTomorrow = today.from > now && dateAt(today.from, clock) !== dateAt(now, clock);
  const day = { name: isTomorrow ? 'Tomorrow' : 'Today', within: today };
  const night = { name: 'Tonight', within: tonight };
  return today.from < tonight.from ? [day, night] : [night, day];
}

/** The parts of the gaps that lie within a span of time. */
export function gapsWithin({ gaps }: Place, within: Span): Span[] {
  return gaps
    .map(({ from, until }) => ({ from: Math.max(from, within.from), until: Math.min(until, within.until) }))
    .filter(({ from, until }) => from < until);
}

/** "Today: nobody from 2:05pm to 8:00pm.", "Tonight: nobody until 8:00am.", "Tonight: covered." */
export function coverInWords(name: string, place: Place, within: Span, now: number, clock: Clock): string {
  const gaps = gapsWithin(place, { from: Math.max(within.from, now), until: within.until });
  if (gaps.length === 0) return `${name}: covered.`;
  const [only] = gaps;
  if (only !== undefined && only.from <= Math.max(within.from, now) && only.until >= within.until)
    return `${name}: nobody until ${timeOfDay(within.until, clock)}.`;
  const spans = gaps.map(({ from, until }) =>
    from <= now
      ? `now until ${timeOfDay(until, clock)}`
      : `from ${timeOfDay(from, clock)} to ${timeOfDay(until, clock)}`,
  );
  return `${name}: nobody ${spans.join(' and ')}.`;
}

/** Who, and "until 8:00pm" or "from 8:00pm to 8:00am" */
export function shiftInWords(
  { name, from, until }: Place['people'][number],
  now: number,
  clock: Clock,
): { readonly who: string; readonly when: string } {
  const end = momentInWords(until, now, clock);
  return { who: name, when: from <= now ? `until ${end}` : `from ${momentInWords(from, now, clock)} to ${end}` };
}

/** "8:00pm", or "8:00am on 29 November 2026" where that is more than a day away. */
function momentInWords(at: number, now: number, clock: Clock): string {
  const time = timeOfDay(at, clock);
  const isNear = at - now < DAY_MS || dateAt(at, clock) === dateAt(now, clock);
  return isNear ? time : `${time} on ${day(at, clock)}`;
}

const DAY_MS = 24 * 60 * 60_000;
