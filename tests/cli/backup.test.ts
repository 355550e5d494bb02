import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Guidance } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { TeamsDriver } from '../../src/sandbox/driver.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/server.ts';
import { readSettings } from '../../src/settings.ts';
import { type Signpost, startSignpost } from '../../src/signpost.ts';
import { openSqlite } from '../../src/store/store.ts';
import { cardsOf, NURSE, openHouse, SECOND } from '../escalation/house.ts';
import { signpost } from '../support/cli.ts';
import { SERVER_KEYS } from '../support/keys.ts';
import { freePort, type Postgres, startPostgres } from '../support/postgres.ts';
import {
  allText,
  cardOf,
  goesOnDuty,
  opensChat,
  pressesOn,
  raisesLivestream,
  referenceOn,
  sees,
} from '../support/rehearsal.ts';

let folder: string;
let postgres: Postgres;
let guidance: Guidance;
beforeAll(async () => {
  guidance = await loadPolicies('policies');
  folder = mkdtempSync(join(tmpdir(), 'signpost-backup-'));
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inFolder = (name: string) => async () => ({ DATA_DIR: join(folder, name) });
const inDatabase = (name: string) => async () => ({
  DATA_DIR: join(folder, name),
  DATABASE_URL: await postgres.database(),
  ...SERVER_KEYS,
});

describe.each([
  ['SQLite', 'SQLite', inFolder('a-old'), inFolder('a-new')],
  ['PostgreSQL', 'PostgreSQL', inDatabase('b-old'), inDatabase('b-new')],
])('a backup of a running server on %s, restored to %s', (kind, _, from, to) => {
  const backup = (): string => join(folder, `backup of ${kind}`);
  let teams: SandboxServer;
  let port: number;
  let old: NodeJS.ProcessEnv;
  let fresh: NodeJS.ProcessEnv;
  let running: Signpost;
  let before: string;
  let after: string;

  const start = async (environment: NodeJS.ProcessEnv): Promise<void> => {
    const settings = readSettings({ PORT: String(port), SANDBOX_URL: teams.address, ...environment });
    running = await startSignpost(settings, pino({ level: 'silent' }), { guidance });
  };
  /** What Teams was sent as a message of its own, and not as an update of one. */
  const posted = (): number =>
    teams.sandbox
      .journal()
      .filter(
        ({ direction, method, path }) => direction === 'from the bot' && method === 'POST' && /activities/.test(path),
      ).length;

  beforeAll(async () => {
    port = await freePort();
    teams = await createSandboxServer({ bots: [`http://127.0.0.1:${port}`] });
    [old, fresh] = [await from(), await to()];
    await start(old);
    await teams.sandbox.start();
    const driver = new TeamsDriver(teams.address);
    const grace = await opensChat(driver, 'Grace');
    await goesOnDuty(grace, 'ward-9', '23:59');
    const amina = await opensChat(driver, 'Amina');
    before = referenceOn(await raisesLivestream(amina));
    await sees(amina, before, 'Sent to Grace Okafor', 'Sent to the channel');
  });
  afterAll(async () => {
    await running.stop();
    await teams.stop();
  });

  test('is taken beside the server, is whole, and only its owner may read it', async () => {
    const { code, output, errors } = await signpost(['backup', '--out', backup()], old);
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(output).toContain('1 referrals');
    const files = readdirSync(backup()).sort();
    expect(files).toEqual(
      [...(kind === 'SQLite' ? ['audit.key', 'words.keys'] : []), 'backup.json', 'signpost.sqlite'].sort(),
    );
    expect(statSync(backup()).mode & 0o777).toBe(0o700);
    for (const file of files) expect(statSync(join(backup(), file)).mode & 0o777).toBe(0o600);
  });

  test('becomes the register of an empty place, and never of one that holds something', async () => {
    const driver = new TeamsDriver(teams.address);
    const amina = driver.person('Amina');
    after = referenceOn(await raisesLivestream(amina));
    await sees(amina, after, 'Sent to Grace Okafor', 'Sent to the channel');
    await pressesOn(driver.person('Grace'), before, 'Acknowledge: I have this');
    await sees(amina, before, 'Grace Okafor has this');
    // The register that the server runs on is left as it is.
    const onto = await signpost(['restore', '--from', backup()], old);
    expect(onto.code).toBe(1);
    expect(onto.errors).toMatch(/A server is running on this folder|is not empty/);
    await running.stop();

    const { code, output, errors } = await signpost(['restore', '--from', backup()], fresh);
    expect(errors).toBe('');
    expect(output).toContain('1 referrals');
    expect(code).toBe(0);
  });

  test('holds a record in which nothing was changed', async () => {
    const verified = await signpost(['audit', 'verify'], fresh);
    expect(verified.output).toMatch(/^1 referral, \d+ rows: nothing was changed\.\n$/);
  });

  test('lets the server that starts on it send nothing twice, and go on with what it knows', async () => {
    const sent = posted();
    await start(fresh);
    const ready = await (await fetch(`${running.address}/readyz`)).text();
    expect(ready).toContain('The register was restored at');
    const driver = new TeamsDriver(teams.address);
    const grace = driver.person('Grace');
    const amina = driver.person('Amina');
    // It has forgotten the acknowledgement: her card, as it stood, is answered with what the register knows.
    const own = await sees(grace, before, 'Close this referral');
    const answer = await grace.presses('Close this referral', { on: own, inputs: { outcome: 'Done.' } });
    expect(allText(cardOf(answer))).toContain('Acknowledge: I have this');
    await pressesOn(grace, before, 'Acknowledge: I have this');
    await sees(amina, before, 'Grace Okafor has this');
    expect(posted()).toBe(sent);
    // What was raised since is not known, and whoever presses is told that nothing was done.
    const lost = (await grace.cards()).findLast((shown) => allText(shown).includes(after));
    expect(await grace.presses('Acknowledge: I have this', { on: lost })).toMatchObject({
      message: expect.stringContaining('Nothing was changed'),
    });
  });
});

test('what waited when the backup was taken may have arrived since, and goes again marked as a possible duplicate', async () => {
  const house = await openHouse();
  const out = join(folder, 'while waiting');
  const restored = join(folder, 'restored while waiting');
  try {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = ({ role }) => (role === 'on-duty' ? { result: 'retry', reason: 'HTTP 429' } : undefined);
    const record = await house.raises();
    await house.later(SECOND);
    expect((await signpost(['backup', '--out', out], { DATA_DIR: house.folder, ...SERVER_KEYS })).code).toBe(0);
    house.teams.trouble = undefined;
    await house.later(5 * SECOND);
    expect(cardsOf(await house.read(record), 'on-duty')).toMatchObject([{ state: 'delivered', possible_duplicate: 0 }]);

    expect((await signpost(['restore', '--from', out], { DATA_DIR: restored, ...SERVER_KEYS })).code).toBe(0);
    const again = await openHouse({ store: await openSqlite(restored), at: house.now() });
    try {
      await again.settle();
      const [card] = cardsOf(await again.read(record), 'on-duty');
      expect(card).toMatchObject({ state: 'delivered', possible_duplicate: 1 });
      const channel = again.teams.attempts.filter((attempt) => attempt.card.role === 'channel');
      expect(channel.every(({ card: { activity } }) => activity !== null)).toBe(true);
    } finally {
      await again.close();
    }
  } finally {
    await house.close();
  }
});

describe('a backup that will not do', () => {
  const good = (): string => join(folder, 'backup of SQLite');
  const copy = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const file of readdirSync(good())) writeFileSync(join(path, file), readFileSync(join(good(), file)));
    return path;
  };
  const restore = (from: string, to = join(folder, 'never made')) =>
    signpost(['restore', '--from', from], { DATA_DIR: to });
  const noteIn = (path: string, changes: object): string => {
    const file = join(path, 'backup.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }));
    return path;
  };

  const changed = (name: string, statement: string): string => {
    const path = copy(name);
    const database = new DatabaseSync(join(path, 'signpost.sqlite'));
    database.exec(statement);
    database.close();
    return path;
  };
  const without = (path: string, file: string): string => {
    rmSync(join(path, file));
    return path;
  };

  test('is refused, and it says why', async () => {
    const damaged = copy('damaged');
    const register = readFileSync(join(damaged, 'signpost.sqlite'));
    writeFileSync(join(damaged, 'signpost.sqlite'), register.fill(7, 8_192, 24_576));
    const cases = [
      [folder, 'There is no whole backup in'],
      [noteIn(copy('newer'), { version: '99.0.0', schema: '999-later' }), 'is of a newer version of Signpost (99.0.0)'],
      [damaged, 'damaged'],
      [noteIn(copy('without key'), { keys: [] }), 'AUDIT_KEY: is missing'],
      [noteIn(copy('without words key'), { keys: ['audit.key'] }), 'WORDS_KEYS: is missing'],
      [changed('unguarded', 'drop trigger audit_no_update'), 'was taken out, or something was put in'],
      [changed('trap', 'create trigger t after insert on words begin delete from words; end'), 'would run by itself'],
      [without(copy('without its file'), 'words.keys'), 'words.keys is missing. Put it back'],
    ] as const;
    const runs = await Promise.all(cases.map(([from]) => restore(from)));
    for (const [index, [, why]] of cases.entries()) {
      expect(runs[index]).toMatchObject({ code: 1, errors: expect.stringContaining(why) });
      expect(runs[index]?.errors).not.toContain('    at ');
    }
    expect(existsSync(join(folder, 'never made', 'signpost.sqlite'))).toBe(false);
  });

  test('never takes the place of what is there', async () => {
    const there = join(folder, 'a-old');
    const [onto, over] = await Promise.all([
      restore(good(), there),
      signpost(['backup', '--out', good()], { DATA_DIR: there }),
    ]);
    expect(onto.errors).toMatch(/^There is a register in .* already\. Move that folder away, and keep it/);
    expect(over.errors).toContain('is not empty. Give a new folder');
    expect([onto.code, over.code]).toEqual([1, 1]);
  });
});
