import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  FAULTS_KEPT_DAYS,
  NOTICES_KEPT_DAYS,
  PEOPLE_KEPT_DAYS,
  REQUESTS_KEPT_DAYS,
} from '../../src/escalation/retention.ts';
import { Retention } from '../../src/guidance/types.ts';
import { openPostgres, openSqlite, type Store } from '../../src/store/store.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

const page = readFileSync('docs/data.md', 'utf8');

/** The fields that the page lists, as `table.field`. */
function listed(): string[] {
  const [, ...sections] = page.split(/^### /m);
  return sections.flatMap((section) => {
    const [, table = ''] = /^`(\w+)`/.exec(section) ?? [];
    return [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, field]) => `${table}.${field}`);
  });
}

async function kept({ db }: Store): Promise<string[]> {
  const tables = await db.introspection.getTables();
  return tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`));
}

describe('docs/data.md', () => {
  let postgres: Postgres;
  let folder: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'signpost-data-'));
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['SQLite', () => openSqlite(folder)],
    ['PostgreSQL', async () => openPostgres(await postgres.database())],
  ])('lists every field that %s keeps, once, and none that it does not', async (_, open) => {
    const store = await open();
    const fields = await kept(store);
    await store.close();
    expect(fields.length).toBeGreaterThan(100);
    expect(listed().sort()).toEqual(fields.sort());
  });

  test('states the times that the server keeps to', () => {
    const { closed, duty } = Retention.parse({});
    const rows: readonly (readonly [string, string])[] = [
      ['A closed referral: its words and names', `${closed} years after`],
      ['Who was on duty', `${duty} years after`],
      ['How the bot reaches a person in Teams', `${PEOPLE_KEPT_DAYS / 365} years after`],
      ['Messages of the bot that are about no referral', `${NOTICES_KEPT_DAYS} days`],
      ['Faults that are over', `${FAULTS_KEPT_DAYS} days`],
      ['That somebody asked for their data', `${REQUESTS_KEPT_DAYS / 365} years`],
    ];
    for (const [what, time] of rows) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${what}`));
      expect(row).toContain(`| ${time}`);
    }
  });
});
