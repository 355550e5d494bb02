import { URGENCIES } from '../../guidance/types.ts';
import type { ReferralRow } from '../../store/schema.ts';
import {
  ALL,
  type Cell,
  type Column,
  type Drawing,
  isLeftOut,
  NONE,
  RAISED,
  type ReportTable,
  sayMinutes,
  shown,
  TOO_FEW,
  URGENCY_NAMES,
} from './drawing.ts';
import { isSmall } from './small-numbers.ts';
import { percentile, type Timing } from './tally.ts';

/** How fast referrals were acknowledged and closed. */

type Urgency = ReferralRow['urgency'];
type Row = Urgency | typeof ALL;

const TIMES: readonly Column[] = [
  { id: 'median', title: 'Median', unit: 'minutes' },
  { id: 'p90', title: '90th percentile', unit: 'minutes' },
];
const PERCENTILES = 'took no longer than the median, and nine in ten no longer than the 90th percentile';

type Part = 'inTime' | 'late' | 'overdue' | 'waiting' | 'unpromised';
const PARTS: readonly (readonly [Part, string])[] = [
  ['inTime', 'In time'],
  ['late', 'Late'],
  ['overdue', 'Not yet, and late'],
  ['waiting', 'Not yet, still in time'],
  ['unpromised', 'No waiting time'],
];

export function timeToAcknowledge(drawing: Drawing): ReportTable {
  const timings = rowsOf(drawing, ({ acknowledging }) => acknowledging);
  const shares = sharesInTime(drawing);
  const hasPart = (part: Part): boolean => part !== 'unpromised' || timings.some(([, timing]) => timing[part] > 0);
  // Beside what is hidden elsewhere, these would tell too much.
  const parts = drawing.hidden === undefined ? PARTS.filter(([part]) => hasPart(part)) : [];
  return {
    id: 'acknowledged',
    title: 'Time to acknowledge',
    about: `From Send until somebody first pressed “I have this” or “Take it on”, at any hour of day and night, against the first waiting time of the route that each referral went by. Half of those acknowledged ${PERCENTILES}. What nobody has acknowledged has no time yet: it counts as late as soon as its waiting time is over. The share in time is of all that were in time or late.`,
    columns: [
      { id: 'acknowledged', title: 'Urgency', unit: 'words' },
      { id: 'wait', title: 'Waiting time', unit: 'words' },
      { id: 'raised', title: RAISED, unit: 'count' },
      ...parts.map(([id, title]): Column => ({ id, title, unit: 'count' })),
      { id: 'share', title: 'Share in time', unit: 'percent' },
      ...TIMES,
    ],
    rows: timings.map(([row, timing]) => [
      nameOfRow(row),
      row === ALL ? 'each its own' : sayWaits(timing.waits),
      row === ALL ? shown(drawing, timing.raised) : shownRaised(drawing, row),
      ...parts.map(([part]) => timing[part]),
      shares.get(row) ?? TOO_FEW,
      minutes(drawing, timing.acknowledging, 50),
      minutes(drawing, timing.acknowledging, 90),
    ]),
    chart: 'bars',
    series: ['share'],
  };
}

const OPEN_AND_CLOSED: readonly Column[] = [
  { id: 'closed-count', title: 'Closed', unit: 'count' },
  { id: 'open-count', title: 'Open', unit: 'count' },
];

export function timeToClose(drawing: Drawing): ReportTable {
  const hasCounts = drawing.hidden === undefined;
  return {
    id: 'closed',
    title: 'Time to close',
    about: `From Send until it was closed, as it stands when this report is made, at any hour of day and night. What was opened again counts as open until it is closed again, and then for the whole time. Half of those closed ${PERCENTILES}. No route says how long this may take.`,
    columns: [{ id: 'closed', title: 'Urgency', unit: 'words' }, ...(hasCounts ? OPEN_AND_CLOSED : []), ...TIMES],
    rows: rowsOf(drawing, ({ closing }) => closing).map(([row, { raised, closing }]) => [
      nameOfRow(row),
      ...(hasCounts ? [closing.length, raised - closing.length] : []),
      minutes(drawing, closing, 50),
      minutes(drawing, closing, 90),
    ]),
    chart: 'none',
    series: [],
  };
}

/** Every urgency, and all. Where none has five, how many each has could be told from how many there are in all. */
function rowsOf({ hidden, figures }: Drawing, times: (timing: Timing) => Float64Array): (readonly [Row, Timing])[] {
  const rows = [...figures.timings];
  const wouldTell = hidden !== undefined && rows.every(([row, timing]) => row === ALL || times(timing).length < 5);
  return wouldTell ? rows.filter(([row]) => row === ALL) : rows;
}

function nameOfRow(row: Row): string {
  return row === ALL ? 'All' : URGENCY_NAMES[row];
}

function shownRaised(drawing: Drawing, urgency: Urgency): Cell {
  if (isLeftOut(drawing, 'urgency')) return TOO_FEW;
  return shown(drawing, drawing.figures.tally.speeds[urgency].raised, 'urgency', urgency);
}

/** The share of each urgency that was acknowledged in time, in percent, or words where there is none to show. */
function sharesInTime(drawing: Drawing): ReadonlyMap<Row, Cell> {
  const shares = URGENCIES.map((urgency): [Row, Cell] => {
    const isShown = typeof shownRaised(drawing, urgency) === 'number';
    return [urgency, isShown ? share(drawing, urgency) : TOO_FEW];
  });
  // The others taken from all would tell what is not shown of one.
  const isOneHidden = shares.some(([, cell]) => cell === TOO_FEW);
  return new Map([...shares, [ALL, isOneHidden ? TOO_FEW : share(drawing, ALL)]]);
}

/** The share of all that was acknowledged in time, as it may be shown. */
export function shareInTime(drawing: Drawing): Cell {
  return sharesInTime(drawing).get(ALL) ?? TOO_FEW;
}

function share({ hidden, figures }: Drawing, row: Row): Cell {
  const { inTime = 0, late = 0, overdue = 0 } = figures.timings.get(row) ?? {};
  const notInTime = late + overdue;
  if (inTime + notInTime === 0) return NONE;
  if (hidden !== undefined && (isSmall(inTime) || isSmall(notInTime))) return TOO_FEW;
  return Math.round((100 * inTime) / (inTime + notInTime));
}

/** A percentile of some times, in minutes to a tenth, as it may be shown. */
export function minutes({ hidden }: Drawing, times: Float64Array, inHundred: number): Cell {
  const found = percentile(times, inHundred);
  if (found === undefined) return NONE;
  return hidden !== undefined && isSmall(times.length) ? TOO_FEW : Math.round(found / 6_000) / 10;
}

function sayWaits(waits: ReadonlySet<number>): string {
  const order = [...waits].sort((a, b) => a - b);
  return order.length === 0 ? NONE : order.map(sayMinutes).join(' or ');
}
