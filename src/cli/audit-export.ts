import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DateTime } from 'luxon';
import { BYTE_ORDER_MARK, csvLine } from '../escalation/report/csv.ts';
import { loadPolicies } from '../policies.ts';
import { readSettings } from '../settings.ts';
import { auditIn } from '../store/audits.ts';
import type { AuditRow } from '../store/schema.ts';
import { referenceFrom } from './audit.ts';
import { CommandError, findOrganisation, type PoliciesOption } from './organisations.ts';
import { openRegister } from './register.ts';
import { openForOwner } from './saving.ts';

type ExportOptions = PoliciesOption & {
  readonly from: string;
  readonly to: string;
  readonly organisation?: string;
  readonly reference?: string;
  readonly format: 'csv' | 'jsonl';
  readonly out?: string;
};

/**
 * `signpost audit export`: who did what and when to referrals in a period, and never what anybody wrote. It is not on
 * record itself: whoever runs it has the database and its keys, and a record by the same hands would prove nothing.
 */
export async function auditExportCommand(options: ExportOptions): Promise<void> {
  const { organisation: id, out } = options;
  const organisation = id === undefined ? undefined : findOrganisation(await loadPolicies(options.policies), id);
  const zone = organisation?.settings.timezone ?? 'utc';
  const from = dayOf('--from', options.from, zone);
  const until = dayOf('--to', options.to, zone).plus({ days: 1 });
  if (until <= from) throw new CommandError('The last day is before the first. Change --from or --to.');
  const only = options.reference === undefined ? {} : { only: referenceFrom(options.reference) };
  const store = await openRegister(readSettings());
  try {
    const rows = auditIn(store.db, {
      from: from.toMillis(),
      until: until.toMillis(),
      ...(id === undefined ? {} : { organisation: id }),
      ...only,
    });
    const lines = Readable.from(options.format === 'csv' ? asCsv(rows) : asJsonLines(rows));
    if (out === undefined) await pipeline(lines, process.stdout, { end: false });
    else await pipeline(lines, createWriteStream(out, { fd: openForOwner(out) }));
  } finally {
    await store.close();
  }
}

const COLUMNS = [
  'referral',
  'sequence',
  'at',
  'kind',
  'actor_tenant',
  'actor',
  'actor_name',
  'details',
  'hash',
] as const;

async function* asCsv(rows: AsyncIterable<AuditRow>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(COLUMNS);
  for await (const row of rows) {
    yield csvLine(COLUMNS.map((name) => (name === 'at' ? momentOf(row) : (row[name] ?? ''))));
  }
}

async function* asJsonLines(rows: AsyncIterable<AuditRow>): AsyncGenerator<string> {
  for await (const row of rows) {
    const facts: unknown = JSON.parse(row.details);
    const values = COLUMNS.map((name) => [
      name,
      name === 'at' ? momentOf(row) : name === 'details' ? facts : row[name],
    ]);
    yield `${JSON.stringify(Object.fromEntries(values))}\n`;
  }
}

function momentOf({ at }: AuditRow): string {
  return new Date(at).toISOString();
}

function dayOf(option: string, typed: string, zone: string): DateTime {
  const day = DateTime.fromFormat(typed, 'yyyy-MM-dd', { zone });
  if (!day.isValid) throw new CommandError(`“${typed}” is no day. Write ${option} like 2026-10-01.`);
  return day;
}
