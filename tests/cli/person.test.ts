import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Run, signpost } from '../support/cli.ts';
import { opensChat, type Rehearsal, raisesLivestream, referenceOn, startRehearsal } from '../support/rehearsal.ts';

/** Beside a running server, as whoever looks after information governance runs it. */

let rehearsal: Rehearsal;
let reference: string;
let amina: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-person-'));
  rehearsal = await startRehearsal();
  reference = referenceOn(await raisesLivestream(await opensChat(rehearsal.teams, 'Amina')));
  await opensChat(rehearsal.teams, 'Grace');
  const [row] = read<{ person: string }>(`select person from people where name like 'Amina%'`);
  amina = row?.person ?? '';
});
afterAll(async () => {
  await rehearsal.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Reads the register beside the server. */
function read<Row>(query: string): Row[] {
  const database = new DatabaseSync(join(rehearsal.folder, 'signpost.sqlite'), { readOnly: true });
  const rows = database.prepare(query).all() as Row[];
  database.close();
  return rows;
}

const run = (...given: readonly string[]): Promise<Run> => signpost(given, { DATA_DIR: rehearsal.folder });

test('that somebody has spoken to the bot is kept to the day, so that nobody is forgotten who still uses it', async () => {
  const spoken = (): number =>
    read<{ updated_at: number }>(`select updated_at from people where person = '${amina}'`)[0]?.updated_at ?? 0;
  const first = spoken();
  const person = rehearsal.teams.person('Amina');
  await person.says('hello');
  expect(spoken()).toBe(first);
  await rehearsal.teams.advance(25 * 60);
  await person.says('hello');
  expect(spoken() - first).toBeGreaterThanOrEqual(25 * 60 * 60_000);
});

describe('signpost export', () => {
  test('writes a page that the person can read, and that only whoever asked for it may open', async () => {
    const out = join(folder, 'amina.html');
    writeFileSync(out, 'What was there before.', { mode: 0o644 });
    const { code, output } = await run('export', '--person', amina, '--reason', 'IG-1', '--out', out);
    expect(output).toBe(`Wrote ${out}. Read it before you hand it over, and delete it when you have.\n`);
    expect(code).toBe(0);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const page = readFileSync(out, 'utf8');
    expect(page).toMatch(/<h1>What Signpost keeps about Amina Yusuf<\/h1>/);
    expect(page).toContain(`<h2>Referral ${reference}</h2>`);
    expect(page).toContain('A visitor is streaming the bay live.');
    expect(page).not.toMatch(/<script|undefined|\[object/);
    expect(read(`select kind from audit where referral = '${reference}' order by sequence desc limit 1`)).toEqual([
      { kind: 'exported' },
    ]);
  });

  test('or the same for a machine, by a whole name in any case', async () => {
    const { output } = await run('export', '--person', 'amina yusuf', '--format', 'json');
    expect(JSON.parse(output)).toMatchObject({
      about: { person: amina, name: 'Amina Yusuf' },
      account: { name: 'Amina Yusuf' },
      referrals: [{ reference, as: ['reporter', 'acted'] }],
      requests: [{ kind: 'export', reason: 'IG-1' }],
    });
  });

  test.each([
    ['amina@example.org', /^Signpost keeps no email addresses of staff .* Give the object id\./],
    ['Nobody Atall', /^Nothing is kept about “Nobody Atall”\. A name must be whole/],
  ])('of “%s” it says why there is nothing, and what to give', async (person, words) => {
    const { code, output, errors } = await run('export', '--person', person);
    expect(errors).toMatch(words);
    expect({ code, output }).toEqual({ code: 2, output: '' });
  });
});

describe('signpost erase', () => {
  test('lists what would go and what would stay and why, and deletes nothing', async () => {
    const { code, output } = await run('erase', '--person', amina);
    expect(output).toContain(`  - ${reference}, which they raised: it is open, and somebody may be at risk\n`);
    expect(output).toContain('  - how the bot reaches them in Teams: a referral that they raised or have is open\n');
    expect(output).toContain('UK GDPR, Article 17(3)');
    expect(output).toMatch(/Nothing was deleted\. Add --yes and --reason to do it\.\n$/);
    expect(code).toBe(0);
    expect(read(`select 1 from person_requests where kind = 'erase'`)).toEqual([]);
  });

  test('does not begin without saying why, and who decided that something goes before its time', async () => {
    const silent = await run('erase', '--person', amina, '--yes');
    expect(silent.errors).toMatch(/^Say why, such as --reason/);
    const nobody = await run('erase', '--person', amina, '--yes', '--reason', 'IG-2', '--before-its-time');
    expect(nobody.errors).toMatch(/^Say who decided that this goes before its time/);
    expect([silent.code, nobody.code]).toEqual([1, 1]);
  });

  test('deletes what can go, keeps what must stay, and says so', async () => {
    const { code, output } = await run('erase', '--person', 'Grace Okafor', '--yes', '--reason', 'IG-3');
    expect(output).toMatch(/This goes:\n {2}- how the bot reaches them in Teams\n[\s\S]*Done\.\n$/);
    expect(code).toBe(0);
    expect(read(`select 1 from people where name like 'Grace%'`)).toEqual([]);
  });
});
