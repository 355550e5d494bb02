import { DateTime } from 'luxon';
import { URGENCIES } from '../../guidance/types.ts';
import type { LostCard } from '../../store/figures.ts';
import type { ReferralRow } from '../../store/schema.ts';
import {
  type Cell,
  type Column,
  capital,
  type Drawing,
  nameOf,
  RAISED,
  type ReportTable,
  sayMoment,
  URGENCY_NAMES,
} from './drawing.ts';
import { KEPT } from './questions.ts';

/** What is named one by one, for those who may act on it. None of it is in a report that hides small numbers. */

const REFERRAL_CELLS = 5;
/** So many rows of a list are shown: the rest is counted. */
const LONGEST_LIST = 200;

/** A list of referrals. Those that may be about somebody who reads this are counted and not named. */
function list<Row extends Pick<ReferralRow, 'about_senior'>>(
  { mayName }: Drawing,
  rows: readonly Row[],
  cellsOf: (row: Row) => Cell[],
): Cell[][] {
  const named = rows.filter(({ about_senior }) => mayName && about_senior !== 'channel');
  return [
    ...named.slice(0, LONGEST_LIST).map(cellsOf),
    ...only(named.length - LONGEST_LIST, 'more, not listed here', REFERRAL_CELLS),
    ...only(rows.length - named.length, 'that cannot be named here', REFERRAL_CELLS),
  ];
}

/** A last row that only counts. */
function only(number: number, words: string, width: number): Cell[][] {
  return number <= 0 ? [] : [[`${number} ${words}`, ...Array<string>(width - 1).fill('')]];
}

const NOT_NAMED =
  'Those that may be about somebody in the safeguarding team are not named, because the team reads this.';

function columns({ organisation }: Drawing, ...more: readonly Column[]): Column[] {
  const place = capital(organisation.settings['department-word']);
  return [
    { id: 'reference', title: 'Referral', unit: 'words' },
    { id: 'department', title: place, unit: 'words' },
    { id: 'urgency', title: 'Urgency', unit: 'words' },
    ...more,
  ];
}

export function unacknowledged(drawing: Drawing): ReportTable {
  const { organisation, figures } = drawing;
  const rows = figures.tally.unacknowledged.toSorted(
    (a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency) || a.raised_at - b.raised_at,
  );
  return {
    id: 'unacknowledged',
    title: 'Not acknowledged',
    about: `Referrals raised in the period that nobody has when this report is made: the most urgent first, and of these the oldest. ${NOT_NAMED}`,
    columns: columns(
      drawing,
      { id: 'since', title: RAISED, unit: 'words' },
      { id: 'state', title: 'State', unit: 'words' },
    ),
    rows: list(drawing, rows, (row) => [
      row.reference,
      nameOf(organisation, row.department, row.department_name),
      URGENCY_NAMES[row.urgency],
      sayMoment(organisation, row.raised_at),
      row.acknowledged_at === null ? 'Never acknowledged' : 'Acknowledged once, and back on its route',
    ]),
    chart: 'none',
    series: [],
  };
}

export function undelivered(drawing: Drawing): ReportTable {
  const { organisation, figures } = drawing;
  return {
    id: 'undelivered',
    title: 'Not delivered',
    about: `Cards and emails of referrals raised in the period that never arrived, whether these are open or closed by now, unless another reached the same place. Each route went on without them. ${NOT_NAMED}`,
    columns: columns(
      drawing,
      { id: 'place', title: 'For', unit: 'words' },
      { id: 'since', title: 'Since', unit: 'words' },
    ),
    rows: list(drawing, figures.lost, (card) => [
      card.reference,
      nameOf(organisation, card.department, card.department_name),
      URGENCY_NAMES[card.urgency],
      sayPlace(card),
      sayMoment(organisation, card.created_at),
    ]),
    chart: 'none',
    series: [],
  };
}

/** Whom a card was for, by what they are and never by their name. */
function sayPlace({ role, place_name, place_role }: LostCard): string {
  switch (role) {
    case 'reporter':
      return 'The reporter';
    case 'channel':
      return `The channel “${place_name}”`;
    case 'email':
      return `Email to: ${place_name}`;
    case 'on-duty':
    case 'role':
      return `The ${place_role}`;
    default:
      return 'A colleague';
  }
}

export function unansweredMessages({ figures }: Drawing): ReportTable {
  const { messages } = figures;
  const sayDay = (at: number): string =>
    DateTime.fromMillis(at, { zone: 'utc', locale: 'en-GB' }).toFormat('d LLLL yyyy');
  return {
    id: 'messages',
    title: 'Messages that found no answer',
    about: `As staff typed them, newest first, without who it was and with numbers, addresses and dates of birth taken out. ${KEPT}`,
    columns: [
      { id: 'day', title: 'Day', unit: 'words' },
      { id: 'message', title: 'Message', unit: 'words' },
    ],
    rows: [
      ...messages.slice(0, LONGEST_LIST).map(({ at, text }) => [sayDay(at), text]),
      ...only(messages.length - LONGEST_LIST, 'more, not listed here', 2),
    ],
    chart: 'none',
    series: [],
  };
}
