import { reportCsv, tableCsv } from '../escalation/report/csv.ts';
import { type Period, quarterFrom, yearFrom } from '../escalation/report/periods.ts';
import { PeriodError, type Report, reportFor } from '../escalation/reports.ts';
import type { Organisation } from '../guidance/types.ts';
import { loadPolicies } from '../policies.ts';
import { readSettings } from '../settings.ts';
import { CommandError, findOrganisation, type PoliciesOption, print } from './organisations.ts';
import { openRegister } from './register.ts';
import { reportDocument } from './report-html.ts';
import { save } from './saving.ts';

export type ReportOptions = PoliciesOption & {
  readonly organisation: string;
  readonly quarter?: string;
  readonly year?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: 'csv' | 'html';
  readonly table?: string;
  readonly suppress?: boolean;
  readonly out?: string;
};

/** `signpost report`: what staff raised in a period, for the safeguarding team and its committee. */
export async function reportCommand(options: ReportOptions): Promise<void> {
  const period = periodOf(options);
  if (options.table !== undefined && options.format !== 'csv')
    throw new CommandError('One table alone is a CSV file: use --table with --format csv.');
  const organisation = findOrganisation(await loadPolicies(options.policies), options.organisation);
  const report = await read(organisation, period, options.suppress ?? false);
  const text = write(report, organisation, options);
  if (options.out === undefined) {
    process.stdout.write(text);
    return;
  }
  save(options.out, text);
  print(
    `Wrote ${options.out}.${options.format === 'html' ? ' Open it in a browser and print it, on paper or as a PDF.' : ''}`,
  );
}

async function read(organisation: Organisation, period: Period, suppress: boolean): Promise<Report> {
  const store = await openRegister(readSettings());
  try {
    return await reportFor(store.db, organisation, { ...period, suppress, now: Date.now(), mayName: true });
  } catch (error) {
    if (error instanceof PeriodError) throw new CommandError(error.message);
    throw error;
  } finally {
    await store.close();
  }
}

function write(report: Report, organisation: Organisation, { format, table: id }: ReportOptions): string {
  if (format === 'html') return reportDocument(report, organisation);
  if (id === undefined) return reportCsv(report);
  const table = report.tables.find((one) => one.id === id);
  if (table === undefined) {
    const ids = report.tables.map((one) => one.id).join(', ');
    throw new CommandError(`This report has no table "${id}". It has: ${ids}.`);
  }
  return tableCsv(table);
}

const HOW = 'Give one of: --quarter 2026-Q4, --year 2026, or --from 2026-10-01 --to 2026-12-31.';

/** The period that the options name, in one way and in no other. */
function periodOf({ quarter, year, from, to }: ReportOptions): Period {
  const ways = [quarter, year, from ?? to].filter((way) => way !== undefined);
  if (ways.length !== 1) throw new CommandError(`Which period? ${HOW}`);
  if (quarter !== undefined) {
    return named(
      quarterFrom(quarter),
      `“${quarter}” is not a quarter. Give a calendar year and its quarter, such as 2026-Q4 for October to December 2026.`,
    );
  }
  if (year !== undefined) return named(yearFrom(year), `“${year}” is not a year. Give a calendar year, such as 2026.`);
  if (from === undefined || to === undefined) throw new CommandError(`Give both --from and --to. ${HOW}`);
  return { from, to };
}

function named(period: Period | undefined, problem: string): Period {
  if (period === undefined) throw new CommandError(problem);
  return period;
}
