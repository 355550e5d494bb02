import type { Organisation } from '../guidance/types.ts';
import type { DutyRow } from '../store/schema.ts';
import { type DutyPlace, dutyPlaces, toldPlaces } from './duties.ts';
import { nextTimeOfDay } from './hours.ts';

/** From one moment to another, in epoch milliseconds. */
export type Period = { readonly from: number; readonly until: number };

export type BoardPlace = DutyPlace & {
  readonly kind: 'department' | 'role';
  /** Those on duty now, longest there first. */
  readonly people: readonly (Period & { readonly name: string })[];
  /** When nobody is on duty, from now until the end of the board. */
  readonly gaps: readonly Period[];
  /** Whether a route tells those on duty here. */
  readonly isTold: boolean;
};

export type Board = {
  /** Nobody now, then nobody later, then covered; each as the organisation lists them. */
  readonly places: readonly BoardPlace[];
  /** By day, from now until the evening; in the night the whole of the day that comes. */
  readonly today: Period;
  /** In the night, from now until the morning; by day the whole of the night that comes. */
  readonly tonight: Period;
};

/** When the night begins and ends, by the organisation's clock. */
const EVENING = '20:00';
const MORNING = '08:00';
const MINUTE_MS = 60_000;

/**
 * Who is on duty where, and when nobody is: in the rest of this day and the night after it, or in the rest of this night
 * and the day after it.
 * @param rows The organisation's duties, whoever's and whenever.
 * @param now Epoch milliseconds. The board begins with this minute, so that it is the same board for all of it.
 */
export function dutyBoard(organisation: Organisation, rows: readonly DutyRow[], now: number): Board {
  const { timezone, departments } = organisation.settings;
  const begin = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const { today, tonight } = daysFrom(timezone, begin);
  const end = Math.max(today.until, tonight.until);
  const told = toldPlaces(organisation);
  const places = dutyPlaces(organisation).map(({ id, name }): BoardPlace => {
    const duties = rows
      .filter((row) => row.department === id && row.ended_at === null && row.until_at > now)
      .sort((a, b) => a.from_at - b.from_at);
    return {
      id,
      name,
      kind: departments.some((department) => department.id === id) ? 'department' : 'role',
      people: duties
        .filter((row) => row.from_at <= now)
        .map((row) => ({ name: row.name, from: row.from_at, until: row.until_at })),
      gaps: gapsIn({ from: begin, until: end }, duties),
      isTold: told.has(id),
    };
  });
  return { places: places.sort((a, b) => pressing(a) - pressing(b)), today, tonight };
}

function daysFrom(timezone: string, begin: number): Pick<Board, 'today' | 'tonight'> {
  const evening = nextTimeOfDay(timezone, begin, EVENING);
  const morning = nextTimeOfDay(timezone, begin, MORNING);
  return morning < evening
    ? { tonight: { from: begin, until: morning }, today: { from: morning, until: evening } }
    : {
        today: { from: begin, until: evening },
        tonight: { from: evening, until: nextTimeOfDay(timezone, evening, MORNING) },
      };
}

function pressing({ people, gaps }: BoardPlace): number {
  if (people.length === 0) return 0;
  return gaps.length > 0 ? 1 : 2;
}

/** The parts of a period in which nobody is on duty. @param duties By their beginnings. */
function gapsIn({ from, until }: Period, duties: readonly DutyRow[]): Period[] {
  const gaps: Period[] = [];
  let covered = from;
  for (const duty of duties) {
    if (duty.from_at >= until) break;
    // A duty that began within this minute leaves no gap before it.
    if (duty.from_at - covered >= MINUTE_MS) gaps.push({ from: covered, until: duty.from_at });
    covered = Math.max(covered, duty.until_at);
  }
  if (covered < until) gaps.push({ from: covered, until });
  return gaps;
}
