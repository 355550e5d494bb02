import type { Report } from '../reports.ts';
import type { Cell, Column, ReportTable } from './drawing.ts';

/** What a number from 1 to 4 says where it is not shown. */
export const FEWER = 'fewer than 5';

/** Excel takes a file for UTF-8 only if it begins with this. */
export const BYTE_ORDER_MARK = '\uFEFF';
const LINE_END = '\r\n';

/** One table as a CSV file (RFC 4180): its header and its rows, and nothing else. */
export function tableCsv(table: ReportTable): string {
  return file(linesOf(table));
}

/** A whole report as a CSV file: what it is about, then each table under its title, with an empty line between. */
export function reportCsv(report: Report): string {
  const { organisation, policy, period, from, to, madeAt, suppressed, summary, tables } = report;
  const about: Cell[][] = [
    ['Report', organisation.name],
    ['Policy', policy],
    ['Period', period],
    ['First day', from],
    ['Last day', to],
    ['Made', new Date(madeAt).toISOString()],
    ['Numbers from 1 to 4', suppressed ? 'hidden' : 'shown'],
    ...summary.map((sentence) => ['Summary', sentence]),
  ];
  return file([...about, ...tables.flatMap((table) => [[], [table.title], ...linesOf(table)])]);
}

const UNITS: Readonly<Record<Column['unit'], string>> = {
  count: '',
  minutes: ' (minutes)',
  percent: ' (%)',
  words: '',
};

function linesOf({ columns, rows }: ReportTable): (readonly Cell[])[] {
  return [columns.map(({ title, unit }) => title + UNITS[unit]), ...rows];
}

function file(lines: readonly (readonly Cell[])[]): string {
  return BYTE_ORDER_MARK + lines.map(csvLine).join('');
}

/** One line of a CSV file, with nothing in it that a spreadsheet would compute. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map(sayCell).join(',') + LINE_END;
}

function sayCell(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const text = defused(cell ?? FEWER);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet would compute what begins like a formula, and what staff typed is in here. */
function defused(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}
