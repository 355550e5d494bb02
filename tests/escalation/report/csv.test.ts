import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reportCsv, tableCsv } from '../../../src/escalation/report/csv.ts';
import type { Cell, ReportTable } from '../../../src/escalation/report/drawing.ts';
import type { Report } from '../../../src/escalation/reports.ts';

function tableWith(rows: Cell[][], changes: Partial<ReportTable> = {}): ReportTable {
  return {
    id: 'category',
    title: 'Raised, by category',
    about: 'How it was counted.',
    columns: [
      { id: 'category', title: 'Category', unit: 'words' },
      { id: 'times', title: 'Raised', unit: 'count' },
    ],
    rows,
    chart: 'bars',
    series: ['times'],
    ...changes,
  };
}

const MARK = '\uFEFF';

describe('a table as a CSV file', () => {
  test('begins so that Excel reads it as UTF-8, and ends each line as the standard says', () => {
    expect(tableCsv(tableWith([['Café', 3]]))).toBe(`${MARK}Category,Raised\r\nCafé,3\r\n`);
  });

  test('puts quotes around what has a comma, a quote or a new line', () => {
    expect(tableCsv(tableWith([['A photo, “video” or "post"\nhere', 3]]))).toContain(
      '"A photo, “video” or ""post""\nhere",3\r\n',
    );
  });

  test.each(['=1+1', '+44 7700', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '=HYPERLINK("x", "y")'])(
    'does not let a spreadsheet compute %j',
    (text) => {
      const [, line] = tableCsv(tableWith([[text, 3]])).split(/(?<=Raised\r\n)/);
      expect(line?.replace(/^"/, '').startsWith("'")).toBe(true);
    },
  );

  test('leaves numbers as numbers, and says what is not shown in words', () => {
    expect(
      tableCsv(
        tableWith([
          ['A', 1234.5],
          ['B', null],
          ['C', '5 or more'],
        ]),
      ),
    ).toBe(`${MARK}Category,Raised\r\nA,1234.5\r\nB,fewer than 5\r\nC,5 or more\r\n`);
  });

  test('says in its header what a number is of', () => {
    const columns: ReportTable['columns'] = [
      { id: 'row', title: 'Urgency', unit: 'words' },
      { id: 'share', title: 'Share in time', unit: 'percent' },
      { id: 'median', title: 'Median', unit: 'minutes' },
    ];
    expect(tableCsv(tableWith([], { columns }))).toBe(`${MARK}Urgency,Share in time (%),Median (minutes)\r\n`);
  });

  test('can be read back, whatever is in it', () => {
    const words = fc.string({ unit: 'grapheme' }).filter((text) => !text.startsWith("'"));
    const cell = fc.oneof(words, fc.constantFrom('"', ',', '\r\n', '\n', '=', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        const [, ...read] = readCsv(tableCsv(tableWith(rows)).slice(MARK.length));
        const plain = read.map((row) => row.map((text) => text.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '')));
        expect(plain).toEqual(rows);
      }),
    );
  });
});

describe('a report as a CSV file', () => {
  test('is what it is about, and then each table below its title, with an empty line before', () => {
    const report: Report = {
      organisation: { id: 'example-trust', name: 'Example Trust' },
      policy: 'Example policy',
      from: '2026-10-01',
      to: '2026-12-31',
      period: 'October to December 2026',
      madeAt: Date.parse('2027-01-04T09:00:00Z'),
      suppressed: true,
      summary: ['Nothing was raised.'],
      tables: [tableWith([['Filming', null]]), tableWith([], { title: 'Raised, by urgency' })],
    };
    expect(reportCsv(report).slice(MARK.length).split('\r\n')).toEqual([
      'Report,Example Trust',
      'Policy,Example policy',
      'Period,October to December 2026',
      'First day,2026-10-01',
      'Last day,2026-12-31',
      'Made,2027-01-04T09:00:00.000Z',
      'Numbers from 1 to 4,hidden',
      'Summary,Nothing was raised.',
      '',
      '"Raised, by category"',
      'Category,Raised',
      'Filming,fewer than 5',
      '',
      '"Raised, by urgency"',
      'Category,Raised',
      '',
    ]);
  });
});

/** A reader of RFC 4180, letter by letter. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let place = 0; place < text.length; place += 1) {
    const letter = text[place];
    if (isQuoted && letter === '"' && text[place + 1] === '"') {
      cell += '"';
      place += 1;
    } else if (letter === '"') {
      isQuoted = !isQuoted;
    } else if (!isQuoted && letter === ',') {
      row.push(cell);
      cell = '';
    } else if (!isQuoted && letter === '\r' && text[place + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      place += 1;
    } else {
      cell += letter;
    }
  }
  return rows;
}
