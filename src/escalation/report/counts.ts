import { URGENCIES } from '../../guidance/types.ts';
import { STATUSES, type Status } from '../../store/schema.ts';
import {
  type Cell,
  capital,
  countTable,
  type Drawing,
  HIDDEN,
  isLeftOut,
  LEFT_OUT,
  mostFirst,
  nameIn,
  nameOf,
  RAISED,
  type ReportTable,
  shown,
  URGENCY_NAMES,
} from './drawing.ts';
import { sayPeriod } from './periods.ts';
import { isSmall } from './small-numbers.ts';
import type { Kind } from './tally.ts';

/** How many there were, by each thing that a committee asks for. */

function timesBy(kinds: Iterable<Kind>, key: (kind: Kind) => string): Map<string, number> {
  const times = new Map<string, number>();
  for (const kind of kinds) times.set(key(kind), (times.get(key(kind)) ?? 0) + kind.times);
  return times;
}

export function byCategory(drawing: Drawing): ReportTable {
  const { organisation, figures } = drawing;
  const { categories } = organisation.settings;
  const times = timesBy(figures.tally.kinds.values(), ({ category }) => category);
  const ids = new Set([...Object.keys(categories), ...times.keys()]);
  const about =
    'Each referral raised in the period counts once, in the category of the answer that it was raised from, as it was then.';
  return countTable(
    drawing,
    { id: 'category', title: 'Raised, by category', about, first: 'Category', counted: RAISED },
    [...ids].map((id) => ({ id, name: categories[id] ?? id, times: times.get(id) ?? 0 })),
  );
}

export function byUrgency(drawing: Drawing): ReportTable {
  const { speeds } = drawing.figures.tally;
  const about =
    'Each referral raised in the period counts once. The urgency comes from the answer that it was raised from: nobody chooses it.';
  return countTable(
    drawing,
    { id: 'urgency', title: 'Raised, by urgency', about, first: 'Urgency', counted: RAISED },
    URGENCIES.map((id) => ({ id, name: URGENCY_NAMES[id], times: speeds[id].raised })),
  );
}

export function byDepartment(drawing: Drawing): ReportTable {
  const { organisation, figures } = drawing;
  const { departments: known, 'department-word': word } = organisation.settings;
  const { departments } = figures.tally;
  const order = new Set([...known.map(({ id }) => id), ...departments.keys()]);
  const about = `Each referral raised in the period counts once, for the ${word} that the reporter chose. It is where it happened, which need not be where the reporter works. Where nothing was raised, there is no row.`;
  return countTable(
    drawing,
    { id: 'department', title: `Raised, by ${word}`, about, first: capital(word), counted: RAISED },
    [...order].flatMap((id) => {
      const found = departments.get(id);
      return found === undefined ? [] : [{ id, name: nameOf(organisation, id, found.name), times: found.times }];
    }),
  );
}

export function byRoute(drawing: Drawing): ReportTable {
  const times = timesBy(drawing.figures.tally.kinds.values(), ({ route }) => route);
  const about =
    'Each referral raised in the period counts once, under the route that it went by, as that route was called when it was raised.';
  return mostFirst(
    countTable(
      drawing,
      { id: 'route', title: 'Raised, by whom they went to', about, first: 'Route', counted: RAISED },
      [...times].map(([id, number]) => ({ id, name: id, times: number })),
    ),
  );
}

export function byOutcome(drawing: Drawing): ReportTable {
  const { tally, answerNames } = drawing.figures;
  const times = timesBy(tally.kinds.values(), (kind) => nameIn(answerNames, kind));
  const about =
    'Each referral raised in the period counts once, under the topic and the answer that it was raised from, as they were called when the newest of them was raised. Answers of a topic that say the same are one row.';
  return mostFirst(
    countTable(
      drawing,
      { id: 'outcome', title: 'Raised, by what the bot advised', about, first: 'Topic and answer', counted: RAISED },
      [...times].map(([id, number]) => ({ id, name: id, times: number })),
    ),
  );
}

const STATUS_ROWS: Readonly<Record<Status, string>> = {
  closed: 'Closed',
  'in-progress': 'Open: being worked on',
  acknowledged: 'Open: acknowledged',
  reopened: 'Open: opened again',
  raised: 'Open: nobody has it',
};
const STATUS_ORDER = Object.keys(STATUS_ROWS);

export function byStatus(drawing: Drawing): ReportTable {
  const { statuses } = drawing.figures.tally;
  const order = STATUSES.toSorted((a, b) => STATUS_ORDER.indexOf(a) - STATUS_ORDER.indexOf(b));
  const about =
    'Each referral raised in the period counts once, as it stands when this report is made, and not as it stood at the end of the period. Nobody has what was never acknowledged, or went back to its route because its owner did nothing.';
  return countTable(
    drawing,
    { id: 'status', title: 'What came of them', about, first: 'Now', counted: 'Referrals' },
    order.map((id) => ({ id, name: STATUS_ROWS[id], times: statuses.get(id) ?? 0 })),
  );
}

/** Those whom referrals can be, or were, referred on to, and how many were. */
function recipients({ organisation, figures }: Drawing, isStatutory: boolean): (readonly [string, number])[] {
  const told = figures.tally.recipients;
  const all = new Map([
    ...organisation.settings['refer-on'].map(({ id, title, statutory }) => [id, { name: title, statutory }] as const),
    ...[...told].map(([id, { name, isStatutory: statutory }]) => [id, { name, statutory }] as const),
  ]);
  return [...all]
    .filter(([, { statutory }]) => statutory === isStatutory)
    .map(([id, { name }]) => [name, told.get(id)?.referrals ?? 0]);
}

/** A part of all that were raised: the others are a number too. */
function shownPart(drawing: Drawing, number: number): Cell {
  const others = drawing.figures.tally.raised - number;
  return drawing.hidden !== undefined && !isSmall(number) && isSmall(others) ? HIDDEN : shown(drawing, number);
}

export function statutory(drawing: Drawing): ReportTable {
  const { raised, reported } = drawing.figures.tally;
  const rows = recipients(drawing, true).map(([title, number]) => [title, shownPart(drawing, number)]);
  // Beside hidden numbers these would tell how many of the same referrals several were told of.
  const all = [
    ['Any of these', reported],
    ['None of these', raised - reported],
  ];
  return {
    id: 'statutory',
    title: 'Reports to the police and to social care',
    about:
      'For how many of the referrals raised in the period somebody recorded such a report, with “Refer on”, until this report was made. A referral counts once for each of them, however often they were told. What a reporter had told them before is not counted. That nobody has recorded a report does not mean that none was made.',
    columns: [
      { id: 'statutory', title: 'Told', unit: 'words' },
      { id: 'times', title: 'Referrals', unit: 'count' },
    ],
    rows: drawing.hidden === undefined ? [...rows, ...all] : rows,
    chart: 'none',
    series: [],
  };
}

export function referredOn(drawing: Drawing): ReportTable {
  return {
    id: 'referred-on',
    title: 'Referred on',
    about:
      'How many of the referrals raised in the period somebody recorded as referred on, with “Refer on”, until this report was made. A referral counts once for each of those told. The police and social care have a table of their own.',
    columns: [
      { id: 'referred-on', title: 'Told', unit: 'words' },
      { id: 'times', title: 'Referrals', unit: 'count' },
    ],
    rows: recipients(drawing, false).map(([title, number]) => [title, shownPart(drawing, number)]),
    chart: 'bars',
    series: ['times'],
  };
}

export function byMonth(drawing: Drawing): ReportTable {
  const leftOut = isLeftOut(drawing, 'months');
  const about =
    'How many referrals were raised in each of the twelve months up to the end of the period, and in the same month a year before. A month that is not over, or that the period ends in, is cut there in both years.';
  return {
    id: 'months',
    title: 'Month by month',
    about: leftOut ? `${about} ${LEFT_OUT}` : about,
    columns: [
      { id: 'months', title: 'Month', unit: 'words' },
      { id: 'raised', title: RAISED, unit: 'count' },
      { id: 'before', title: 'A year before', unit: 'count' },
    ],
    rows: leftOut
      ? []
      : drawing.figures.months.map(({ month, before, raised, raisedBefore }) => [
          sayPeriod(month),
          shown(drawing, raised, 'months', month.from),
          shown(drawing, raisedBefore, 'months', before.from),
        ]),
    chart: 'lines',
    series: ['raised', 'before'],
  };
}
