import { FEWER } from '../escalation/report/csv.ts';
import { type Cell, type Column, type ReportTable, sayMinutes, sayMoment } from '../escalation/report/drawing.ts';
import type { Report } from '../escalation/reports.ts';
import type { Organisation } from '../guidance/types.ts';
import { html, htmlPage } from './page-html.ts';

/** A report as one HTML page without scripts, fit for the papers of a committee. */
export function reportDocument(report: Report, organisation: Organisation): string {
  const { settings, clauses } = organisation;
  const monitoring = clauses.filter(({ kind }) => kind === 'monitoring');
  const fact = (name: string, value: string): string => `<tr><th scope="row">${name}</th><td>${html(value)}</td></tr>`;
  return htmlPage(
    `${settings['short-name']}: ${report.period}`,
    `<h1>Social media, filming and online harm: what staff raised</h1>
<p class="lead">${html(report.organisation.name)}<br>${html(report.period)}</p>
<section class="summary"><h2>In short</h2>
<ul>${report.summary.map((sentence) => `<li>${html(sentence)}</li>`).join('')}</ul></section>
<table class="facts">
${fact('Policy', report.policy)}
${monitoring.map(({ id, summary }) => fact(`Clause ${html(id)}`, summary)).join('\n')}
${fact('Made', sayMoment(organisation, report.madeAt))}
${fact('Numbers from 1 to 4', report.suppressed ? 'Hidden' : 'Shown. Give the report that hides them to anybody who need not know.')}
</table>
${report.tables.map(section).join('\n')}`,
  );
}

function section(table: ReportTable): string {
  const isLong = table.rows.length > LONG;
  return `<section${isLong ? ' class="long"' : ''} id="${html(table.id)}">
<h2>${html(table.title)}</h2>
<p class="about">${html(table.about)}</p>
${table.chart === 'lines' ? lines(table) : ''}
${grid(table)}
</section>`;
}

/** A table of more rows may be parted between pages. */
const LONG = 12;

function grid(table: ReportTable): string {
  const { columns, rows, title } = table;
  if (rows.length === 0) return '<p>There is nothing in this table.</p>';
  const bar = barOf(table);
  const head = columns.map((column) => `<th scope="col"${aligned(column)}>${html(column.title)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => {
      const column = columns[index];
      if (column === undefined) return '';
      const text = html(sayCell(cell, column));
      return index === 0 ? `<th scope="row">${text}</th>` : `<td${aligned(column)}>${text}</td>`;
    });
    return `<tr>${cells.join('')}${bar(row)}</tr>`;
  });
  const barHead = bar([]) === '' ? '' : '<td class="bar"></td>';
  return `<table><caption>${html(title)}</caption>
<thead><tr>${head}${barHead}</tr></thead>
<tbody>${body.join('\n')}</tbody></table>`;
}

function aligned({ unit }: Column): string {
  return unit === 'words' ? '' : ' class="number"';
}

function sayCell(cell: Cell, { unit }: Column): string {
  if (cell === null) return FEWER;
  if (typeof cell === 'string') return cell;
  if (unit === 'minutes') return sayMinutes(cell);
  return `${cell.toLocaleString('en-GB')}${unit === 'percent' ? '%' : ''}`;
}

/** Draws the number of a row beside it, for a table of one number. It says nothing that the number does not. */
function barOf({ chart, columns, rows, series }: ReportTable): (row: readonly Cell[]) => string {
  const [drawn] = series;
  const index = columns.findIndex(({ id }) => id === drawn);
  if (chart !== 'bars' || columns.length > 2 || index < 0) return () => '';
  const most = Math.max(1, ...rows.map((row) => numberIn(row[index])));
  return (row) => {
    const width = (100 * numberIn(row[index])) / most;
    return `<td class="bar" aria-hidden="true"><div style="width:${width.toFixed(1)}%"></div></td>`;
  };
}

function numberIn(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : 0;
}

// The chart of several lines

const WIDTH = 680;
const HEIGHT = 210;
const LEFT = 40;
const RIGHT = 24;
const TOP = 12;
const BOTTOM = 28;
/** Lines differ by more than their colour, for those who print in grey. */
const LINES = [
  { colour: '#005eb8', dash: '', mark: 'circle' },
  { colour: '#4c6272', dash: '5 4', mark: 'square' },
] as const;
type Line = (typeof LINES)[number];

function lines({ columns, rows, series, title }: ReportTable): string {
  const drawn = LINES.flatMap((line, place) => {
    const index = columns.findIndex(({ id }) => id === series[place]);
    const column = columns[index];
    return column === undefined ? [] : [{ line, index, name: column.title }];
  });
  if (rows.length < 2 || drawn.length === 0) return '';
  const top = niceTop(Math.max(...rows.flatMap((row) => drawn.map(({ index }) => numberIn(row[index])))));
  const x = (place: number): number => LEFT + (place * (WIDTH - LEFT - RIGHT)) / (rows.length - 1);
  const y = (value: number): number => HEIGHT - BOTTOM - (value * (HEIGHT - TOP - BOTTOM)) / top;
  const ticks = [0, top / 2, top].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#d8dde0"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en-GB')}</text>`,
  );
  const months = rows.map(
    (row, place) =>
      `<text x="${x(place)}" y="${HEIGHT - 8}" text-anchor="middle">${html(shortMonth(String(row[0])))}</text>`,
  );
  const paths = drawn.map(({ line, index }) => {
    const points = rows.map((row, place) => {
      const cell = row[index];
      return typeof cell === 'number' ? { x: x(place), y: y(cell) } : undefined;
    });
    return path(line, points);
  });
  const legend = drawn.map(({ line, name }) => `<span>${key(line)} ${html(name)}</span>`).join('');
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${html(title)}: the numbers are in the table below">
${ticks.join('')}${months.join('')}${paths.join('')}</svg><figcaption>${legend}</figcaption></figure>`;
}

type Point = { readonly x: number; readonly y: number };

/** A line with a gap where a number is not shown. */
function path(line: Line, points: readonly (Point | undefined)[]): string {
  const steps = points.map((point, place) =>
    point === undefined
      ? ''
      : `${points[place - 1] === undefined ? 'M' : 'L'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`,
  );
  const marks = points.map((point) => (point === undefined ? '' : mark(line, point)));
  return `<path d="${steps.join('')}" fill="none" stroke="${line.colour}" stroke-width="2" stroke-dasharray="${line.dash}"/>${marks.join('')}`;
}

function mark({ colour, mark: shape }: Line, { x, y }: Point): string {
  return shape === 'circle'
    ? `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="${colour}"/>`
    : `<rect x="${(x - 3).toFixed(1)}" y="${(y - 3).toFixed(1)}" width="6" height="6" fill="#fff" stroke="${colour}" stroke-width="1.5"/>`;
}

function key(line: Line): string {
  return `<svg viewBox="0 0 30 10" width="30" height="10" aria-hidden="true">${path(line, [
    { x: 1, y: 5 },
    { x: 29, y: 5 },
  ])}</svg>`;
}

/** An even number of a round size that is not below a value. */
function niceTop(value: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(value, 2)));
  const tops = [2, 3, 4, 5, 6, 8, 10].map((times) => times * size);
  return tops.find((top) => top >= value && top % 2 === 0) ?? value;
}

/** "Oct 26" from "October 2026", and "Nov 26" from "1 to 15 November 2026". */
function shortMonth(name: string): string {
  const [, month = '', year = ''] = /([A-Z][a-z]{2})[a-z]*(?: to .*)? \d{2}(\d{2})$/.exec(name) ?? [];
  return `${month} ${year}`;
}
