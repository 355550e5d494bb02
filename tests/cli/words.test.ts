import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '../../src/sandbox/driver.ts';
import { insertReferral, saveWords } from '../../src/store/referrals.ts';
import { openSqlite, type Store } from '../../src/store/store.ts';
import { createVault } from '../../src/store/vault.ts';
import { recordPass } from '../../src/store/workers.ts';
import { aReferral } from '../store/rows.ts';
import { type Run, signpost } from '../support/cli.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };
const TEXTS = 3_000;

let folder: string;
/** As a running server has it open. */
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-words-'));
  store = await openSqlite(folder);
  await insertReferral(store.db, aReferral());
  const vault = createVault([OLD]);
  await store.transaction(async (tx) => {
    for (let text = 0; text < TEXTS; text += 1) {
      await saveWords(tx, { vault }, { id: `w${text}`, referral: 'AAA-1', kind: 'note', text: `Text ${text}`, at: 1 });
    }
  });
  writeFileSync(join(folder, 'audit.key'), Buffer.alloc(32, 3).toString('base64'));
  const lines = [NEW, OLD].map(({ id, key }) => `${id}=${key.toString('base64')}\n`);
  writeFileSync(join(folder, 'words.keys'), lines.join(''));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const rotate = (): Promise<Run> => signpost(['words', 'rotate'], { DATA_DIR: folder });
const under = async (key: string): Promise<number> =>
  (await store.db.selectFrom('words').select('id').where('key', '=', key).execute()).length;
const readable = async (...keys: readonly (typeof OLD)[]): Promise<number> => {
  const vault = createVault(keys);
  const rows = await store.db.selectFrom('words').selectAll().execute();
  return rows.filter((row) => JSON.stringify(vault.open(row)) === `{"text":"Text ${row.id.slice(1)}"}`).length;
};

test.each([
  ['does not know it', 'old'],
  ['goes on encrypting with another', 'old,new'],
])('nothing is encrypted anew with a key while a server at work %s', async (_, keys) => {
  const now = Date.now();
  await recordPass(store.db, { id: 'server', started_at: now, passed_at: now, keys });
  expect(await rotate()).toMatchObject({
    code: 2,
    errors: expect.stringContaining('1 server at work was started without new as the first key'),
  });
  expect(await under('old')).toBe(TEXTS);
  await store.db.deleteFrom('workers').execute();
});

test('killed in the middle nothing is lost, and run again it ends, beside a server that has the register open', async () => {
  const child = spawn(process.execPath, ['src/cli/signpost.ts', 'words', 'rotate'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: folder },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await waitFor(async () => ((await under('new')) > 0 ? true : undefined), 'the first batch');
  child.kill('SIGKILL');
  await ended;
  expect(await readable(OLD, NEW)).toBe(TEXTS);
  const left = await under('old');
  const { code, output } = await rotate();
  expect(output).toContain(`${left.toLocaleString('en-GB')} texts were encrypted anew, with the key new.`);
  expect(output).toContain('Nothing needs old any more.');
  expect(code).toBe(0);
  expect(await readable(NEW)).toBe(TEXTS);
});
