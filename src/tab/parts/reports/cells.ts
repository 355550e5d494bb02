import type { ReportTable } from '../../../web/desk/contract.ts';
import { howLong } from '../../words.ts';

export type Column = ReportTable['columns'][number];
export type Cell = ReportTable['rows'][number][number];

/** What a number from 1 to 4 says where it is not shown. */
const FEWER = 'fewer than 5';

/** A cell as a reader sees it, with its unit. */
export function sayCell(cell: Cell, unit: Column['unit']): string {
  if (cell === null) return FEWER;
  if (typeof cell === 'string') return cell;
  switch (unit) {
    case 'minutes':
      return cell < 1 ? 'under a minute' : howLong(cell * 60_000);
    case 'percent':
      return `${cell.toLocaleString('en-GB')}%`;
    default:
      return cell.toLocaleString('en-GB');
  }
}

/** A title such as "Median, minutes" without its unit, which each cell has here. */
export function sayTitle({ title, unit }: Column): string {
  const ending = unit === 'percent' ? ', %' : ', minutes';
  return title.endsWith(ending) ? title.slice(0, -ending.length) : title;
}

export function isNumber({ unit }: Column): boolean {
  return unit !== 'words';
}

/** Whether a table has any figure or line to show, and not only noughts and words such as "none". */
export function hasFigures({ columns, rows }: ReportTable): boolean {
  if (!columns.some(isNumber)) return rows.length > 0;
  const isFigure = (cell: Cell | undefined, unit: Column['unit']): boolean =>
    unit === 'count' ? cell !== 0 : unit !== 'words' && typeof cell === 'number';
  return rows.some((row) => columns.some(({ unit }, index) => isFigure(row[index], unit)));
}

/** The columns that a chart draws, each with its place in a row. */
export function seriesIn({ columns, series }: ReportTable): { readonly column: Column; readonly index: number }[] {
  return columns.flatMap((column, index) => (series.includes(column.id) ? [{ column, index }] : []));
}
