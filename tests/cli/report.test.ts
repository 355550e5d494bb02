import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { type ReportOptions, reportCommand } from '../../src/cli/report.ts';
import { reportDocument } from '../../src/cli/report-html.ts';
import type { Report } from '../../src/escalation/reports.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import { type Run, signpost } from '../support/cli.ts';
import { SERVER_KEYS } from '../support/keys.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { opensChat, type Rehearsal, raisesLivestream, referenceOn, startRehearsal } from '../support/rehearsal.ts';

const NOW = DateTime.now().setZone('Europe/London');
const THIS_YEAR = NOW.toFormat('yyyy');
const ORGANISATION = ['--organisation', 'worcestershire-acute'];

describe('signpost report', () => {
  let rehearsal: Rehearsal;
  let reference: string;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-report-'));
    rehearsal = await startRehearsal();
    const amina = await opensChat(rehearsal.teams, 'Amina');
    reference = referenceOn(await raisesLivestream(amina));
    await amina.says('when is payday');
  });
  afterAll(async () => {
    await rehearsal.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const report = (...more: readonly string[]): Promise<Run> =>
    signpost(['report', ...ORGANISATION, ...more], { DATA_DIR: rehearsal.folder });

  test('beside a running server: a page to print, with what was raised and nobody’s name', async () => {
    const file = join(folder, 'report.html');
    const { code, output } = await report('--year', THIS_YEAR, '--out', file);
    expect(output).toBe(`Wrote ${file}. Open it in a browser and print it, on paper or as a PDF.\n`);
    expect(code).toBe(0);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain(`January to December ${THIS_YEAR}: 1 referral was raised.`);
    expect(page).toContain('Clause WAHT-7');
    expect(page).toContain(reference);
    expect(page).not.toMatch(/Amina|<script/i);
  });

  test('every table in one file for a spreadsheet, or one alone', async () => {
    const quarter = NOW.toFormat("yyyy-'Q'q");
    const { output } = await report('--quarter', quarter, '--format', 'csv');
    expect(output).toMatch(/^\uFEFFReport,Worcestershire Acute Hospitals NHS Trust\r\n/);
    expect(output).toContain(
      '\r\n\r\n"Raised, by urgency"\r\nUrgency,Raised\r\nImmediate,1\r\nUrgent,0\r\nRoutine,0\r\n',
    );
    expect(output).toContain(',when is payday\r\n');
    const one = await report('--quarter', quarter, '--format', 'csv', '--table', 'department');
    expect(one.output).toBe('\uFEFFWard or department,Raised\r\nWard 9,1\r\n');
  });

  test('small numbers are hidden on request', async () => {
    const today = NOW.toFormat('yyyy-MM-dd');
    const { output } = await report('--from', today, '--to', today, '--format', 'csv', '--suppress');
    expect(output).toContain('fewer than 5 referrals were raised');
    expect(output).not.toContain(reference);
    expect(output).not.toContain('payday');
  });

  test('a period that is none, and a file that cannot be written, are told with what to do', async () => {
    const backwards = await report('--from', '2026-02-01', '--to', '2026-01-01');
    expect(backwards).toEqual({
      code: 1,
      output: '',
      errors: 'The period ends before it begins: 1 February 2026 is after 1 January 2026. Swap the two days.\n',
    });
    const nowhere = await report('--year', THIS_YEAR, '--out', '/nowhere/at-all.html');
    expect(nowhere.errors).toBe(
      '/nowhere/at-all.html could not be written (ENOENT). Check that its folder is there, and that you may write in it.\n',
    );
  });

  test('a table that is not there is told with those that are', async () => {
    const { errors } = await report('--year', THIS_YEAR, '--format', 'csv', '--table', 'nothing');
    expect(errors).toMatch(/^This report has no table "nothing"\. It has: category, urgency, department, .+\.\n$/);
  });

  test('an organisation that is not there, and a register that is not, are told', async () => {
    await expect(asked({ organisation: 'nowhere', year: '2026' })).rejects.toThrow(
      'There is no organisation "nowhere". There are: ',
    );
    const empty = await signpost(['report', ...ORGANISATION, '--year', '2026'], { DATA_DIR: folder });
    expect(empty).toMatchObject({ code: 2, errors: expect.stringContaining('There is no register in') });
  });
});

const asked = (options: Partial<ReportOptions>): Promise<void> =>
  reportCommand({ policies: 'policies', organisation: 'worcestershire-acute', format: 'html', ...options });

describe('what is asked for on the command line', () => {
  const HOW = 'Give one of: --quarter 2026-Q4, --year 2026, or --from 2026-10-01 --to 2026-12-31.';
  test.each<[Partial<ReportOptions>, string]>([
    [{}, `Which period? ${HOW}`],
    [{ year: '2026', quarter: '2026-Q4' }, `Which period? ${HOW}`],
    [{ year: '2026', to: '2026-12-31' }, `Which period? ${HOW}`],
    [{ from: '2026-01-01' }, `Give both --from and --to. ${HOW}`],
    [
      { quarter: '2026-Q5' },
      '“2026-Q5” is not a quarter. Give a calendar year and its quarter, such as 2026-Q4 for October to December 2026.',
    ],
    [{ year: '26' }, '“26” is not a year. Give a calendar year, such as 2026.'],
    [{ year: '2026', table: 'urgency' }, 'One table alone is a CSV file: use --table with --format csv.'],
  ])('cannot be %j, and it says what to give instead', async (options, message) => {
    await expect(asked(options)).rejects.toThrow(message);
  });
});

describe('on PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test('the report is the same, and reads beside the servers', async () => {
    const environment = {
      DATABASE_URL: await postgres.database(),
      ...SERVER_KEYS,
    };
    const rehearsal = await startRehearsal(environment);
    try {
      await raisesLivestream(await opensChat(rehearsal.teams, 'Amina'));
      const given = ['report', ...ORGANISATION, '--year', THIS_YEAR, '--format', 'csv', '--table', 'urgency'];
      const { output, errors } = await signpost(given, environment);
      expect(errors).toBe('');
      expect(output).toBe('\uFEFFUrgency,Raised\r\nImmediate,1\r\nUrgent,0\r\nRoutine,0\r\n');
    } finally {
      await rehearsal.stop();
    }
  });
});

describe('the page of a report', () => {
  const made: Report = {
    organisation: { id: 'example-trust', name: 'Example & <b>Trust</b>' },
    policy: 'Example policy',
    from: '2026-10-01',
    to: '2026-12-31',
    period: 'October to December 2026',
    madeAt: Date.parse('2027-01-04T09:00:00Z'),
    suppressed: true,
    summary: ['A <i>sentence</i>.'],
    tables: [
      {
        id: 'messages',
        title: 'Messages',
        about: 'As typed.',
        columns: [
          { id: 'message', title: 'Message', unit: 'words' },
          { id: 'times', title: 'Times', unit: 'count' },
          { id: 'median', title: 'Median', unit: 'minutes' },
          { id: 'share', title: 'Share', unit: 'percent' },
        ],
        rows: [['<script>alert("x")</script>', null, 65, 50]],
        chart: 'none',
        series: [],
      },
      {
        id: 'months',
        title: 'Month by month',
        about: 'By month.',
        columns: [
          { id: 'months', title: 'Month', unit: 'words' },
          { id: 'raised', title: 'Raised', unit: 'count' },
        ],
        rows: [
          ['October 2026', 7],
          ['November 2026', null],
          ['1 to 15 December 2026', 12],
        ],
        chart: 'lines',
        series: ['raised'],
      },
      { id: 'empty', title: 'Empty', about: 'Nothing.', columns: [], rows: [], chart: 'bars', series: [] },
    ],
  };
  const page = reportDocument(made, loadExampleTrust());

  test('shows words as words, and never as a part of the page', () => {
    expect(page).toContain('Example &amp; &lt;b&gt;Trust&lt;/b&gt;');
    expect(page).toContain('A &lt;i&gt;sentence&lt;/i&gt;.');
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(page).not.toMatch(/<script|<b>|<i>/);
  });

  test('says times and shares so that people can read them, and what is not shown', () => {
    expect(page).toContain('>1 hour 5 minutes</td>');
    expect(page).toContain('>50%</td>');
    expect(page).toContain('>fewer than 5</td>');
    expect(page).toContain('There is nothing in this table.');
  });

  test('draws the months with a gap where a number is not shown, beside the numbers themselves', () => {
    expect(page).toContain('>Dec 26</text>');
    // Two points, and no line between them.
    expect(page.match(/<circle [^>]+r="3.5"/g)?.length).toBe(4);
    expect(page).toMatch(/d="M[\d. ]+M[\d. ]+"/);
    expect(page).toContain('<th scope="row">1 to 15 December 2026</th><td class="number">12</td>');
  });
});
