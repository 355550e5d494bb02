import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { readSettings } from '../../src/settings.ts';
import { startSignpost } from '../../src/signpost.ts';
import { openPostgresBeside } from '../../src/store/store.ts';
import { type Run, signpost } from '../support/cli.ts';
import { SERVER_KEYS } from '../support/keys.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import {
  FORM,
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  startRehearsal,
} from '../support/rehearsal.ts';

describe('signpost audit verify', () => {
  let rehearsal: Rehearsal;
  const references: string[] = [];
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    const amina = await opensChat(rehearsal.teams, 'Amina');
    for (let raised = 0; raised < 2; raised += 1) references.push(referenceOn(await raisesLivestream(amina)));
  });
  afterAll(() => rmSync(rehearsal.folder, { recursive: true, force: true }));

  const verify = (...more: readonly string[]): Promise<Run> =>
    signpost(['audit', 'verify', ...more], { DATA_DIR: rehearsal.folder });

  /** Changes the register behind the server's back, as somebody with its file could. */
  const tamper = (statement: string, ...values: readonly (string | number)[]): void => {
    const database = new DatabaseSync(join(rehearsal.folder, 'signpost.sqlite'), {
      enableForeignKeyConstraints: false,
    });
    database.exec('drop trigger if exists audit_no_update; drop trigger if exists audit_no_delete;');
    database.prepare(statement).run(...values);
    database.close();
  };

  test('beside a running server: nothing was changed', async () => {
    const { code, output } = await verify();
    expect(output).toMatch(/^2 referrals, \d+ rows: nothing was changed\.\n/);
    expect(code).toBe(0);
  });

  test('a period is exported without what anybody wrote, as a table and as JSON lines', async () => {
    const [first = ''] = references;
    const day = new Date().toISOString().slice(0, 10);
    const period = ['--from', day, '--to', day] as const;
    const exports = (...more: readonly string[]): Promise<Run> =>
      signpost(['audit', 'export', ...period, ...more], { DATA_DIR: rehearsal.folder });
    const [table, lines, none, wrong] = await Promise.all([
      exports('--organisation', 'worcestershire-acute'),
      exports('--format', 'jsonl', '--reference', first),
      exports('--organisation', 'south-east-coast-ambulance'),
      signpost(['audit', 'export', '--from', 'May', '--to', day], { DATA_DIR: rehearsal.folder }),
    ]);
    expect(table.output).toMatch(/^\uFEFFreferral,sequence,at,kind,actor_tenant,actor,actor_name,details,hash\r\n/);
    for (const reference of references) expect(table.output).toMatch(new RegExp(`\n${reference},1,.*,raised,.*Amina`));
    expect(table.output).not.toContain(FORM.description);
    const rows = lines.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ referral }) => referral)).toEqual(rows.map(() => first));
    expect(rows[0]).toMatchObject({ sequence: 1, kind: 'raised', details: { urgency: expect.any(String) } });
    expect(none.output.trimEnd().split('\n')).toHaveLength(1);
    expect(wrong).toMatchObject({ code: 1, errors: '“May” is no day. Write --from like 2026-10-01.\n' });
  });

  test('one referral is found however its reference is typed', async () => {
    const typed = ` ${references[0]?.toLowerCase().replace('-', ' ')} `;
    const { code, output } = await verify('--reference', typed);
    expect(output).toMatch(/^1 referral, \d+ rows: nothing was changed\.\n/);
    expect(code).toBe(0);
  });

  test.each([
    ['K7M', 'it has 3 letters and digits, and a reference has seven'],
    ['K7M-2PX0', 'no reference has 0 in it, since these are mistaken for others'],
    ['222-2223', 'one of its characters is wrong, or two have changed places'],
  ])('%s cannot be a reference, and it says why', async (typed, why) => {
    const { code, errors } = await verify('--reference', typed);
    expect(errors).toBe(`“${typed}” is not a reference: ${why}. Look at the card again.\n`);
    expect(code).toBe(2);
  });

  test('a reference that nothing was raised under is told', async () => {
    const { code, errors } = await verify('--reference', '222-2222');
    expect(errors).toBe('There is no referral 222-2222.\n');
    expect(code).toBe(2);
  });

  test('another key than the server’s makes every row a fault, and none is made where there is none', async () => {
    const wrong = await signpost(['audit', 'verify'], {
      DATA_DIR: rehearsal.folder,
      AUDIT_KEY: Buffer.alloc(32, 9).toString('base64'),
    });
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain(`row 1 of ${references[0]} was changed`);
    expect(wrong.output).toContain('or AUDIT_KEY is not the key that it wrote with');
    const empty = mkdtempSync(join(tmpdir(), 'signpost-no-register-'));
    try {
      expect((await signpost(['audit', 'verify'], { DATA_DIR: empty })).code).toBe(2);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test('a server whose register was written with keys that are gone does not start, and makes no others', async () => {
    await rehearsal.signpost.stop();
    const settings = readSettings({ DATA_DIR: rehearsal.folder, PORT: '0' });
    const start = () => startSignpost(settings, pino({ level: 'silent' }), { guidance: new Map() });
    const files = ['audit.key', 'words.keys'].map((name) => join(rehearsal.folder, name));
    for (const file of files) renameSync(file, `${file}.away`);
    await expect(start()).rejects.toThrow(/audit\.key: is not there.*\n.*words\.keys: is not there/);
    expect(files.filter(existsSync)).toEqual([]);
    for (const file of files) renameSync(`${file}.away`, file);
  });

  test('a register of a newer version is left alone: it may keep what this one does not know', async () => {
    tamper(`insert into kysely_migration (name, timestamp) values ('999-later', '2030-01-01T00:00:00Z')`);
    const out = join(rehearsal.folder, 'half a backup');
    const backup = signpost(['backup', '--out', out], { DATA_DIR: rehearsal.folder });
    for (const run of await Promise.all([verify(), backup])) {
      expect(run).toMatchObject({ code: 2, errors: expect.stringContaining('by a newer version of Signpost') });
    }
    expect(existsSync(out)).toBe(false);
    tamper(`delete from kysely_migration where name = '999-later'`);
  });

  test('a changed row, changed words and a referral taken out are each found', async () => {
    const [first = '', second = ''] = references;
    tamper(`update audit set at = at - 60000 where referral = ? and sequence = 1`, first);
    tamper(`update words set text = 'Nothing happened.' where referral = ? and kind = 'description'`, first);
    const changed = await verify();
    expect(changed.code).toBe(1);
    expect(changed.output).toContain(`row 1 of ${first} was changed, or a row before it`);
    expect(changed.output).toMatch(new RegExp(`the words of row \\d+ of ${first} were changed`));
    expect(changed.output).not.toContain(second);
    expect(changed.output).not.toContain('Nothing happened.');
    expect((await verify('--reference', second)).code).toBe(0);
    tamper('delete from referrals where reference = ?', second);
    expect((await verify()).output).toMatch(/\d+ audit rows belong to a referral that is not there/);
  });
});

describe('on PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test('the command line reads beside the servers, and makes and changes nothing', async () => {
    const url = await postgres.database();
    const environment = { DATABASE_URL: url, ...SERVER_KEYS };
    const early = await signpost(['audit', 'verify'], environment);
    expect(early).toMatchObject({ code: 2, errors: expect.stringContaining('There is no register of this version') });
    const beside = openPostgresBeside(url);
    try {
      const { rows } = await sql`select 1 from pg_tables where schemaname = 'public'`.execute(beside.db);
      expect(rows).toEqual([]);
      const rehearsal = await startRehearsal(environment);
      try {
        await raisesLivestream(await opensChat(rehearsal.teams, 'Amina'));
        const { code, output, errors } = await signpost(['audit', 'verify'], environment);
        expect(output).toMatch(/^1 referral, \d+ rows: nothing was changed\.\n/);
        expect(errors).toBe('');
        expect(code).toBe(0);
        expect((await signpost(['unanswered'], environment)).output).toBe('Nothing was left unanswered.\n');
        await expect(beside.db.deleteFrom('cards').execute()).rejects.toThrow('read-only transaction');
      } finally {
        await rehearsal.stop();
      }
    } finally {
      await beside.close();
    }
  });
});
