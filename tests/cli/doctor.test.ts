import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeCheckpoints } from '../../src/store/checkpoints.ts';
import { appendAudit, insertReferral, saveWords } from '../../src/store/referrals.ts';
import { createSeal } from '../../src/store/seal.ts';
import { openSqlite, type Store } from '../../src/store/store.ts';
import { createVault } from '../../src/store/vault.ts';
import { recordPass } from '../../src/store/workers.ts';
import { writeExampleTrust } from '../guidance/example-trust.ts';
import { aReferral } from '../store/rows.ts';
import { type Run, signpost } from '../support/cli.ts';
import { SERVER_KEYS } from '../support/keys.ts';
import { freePort } from '../support/postgres.ts';
import {
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
} from '../support/rehearsal.ts';

const LIVE = {
  MICROSOFT_APP_ID: '66666666-7777-4888-9999-000000000000',
  MICROSOFT_APP_TYPE: 'SingleTenant',
  MICROSOFT_APP_TENANT_ID: '11111111-2222-4333-8444-555555555555',
  MICROSOFT_APP_PASSWORD: 'a-client-secret',
  PUBLIC_ADDRESS: 'https://signpost.example.org',
  TENANTS: '11111111-2222-4333-8444-555555555555=worcestershire-acute',
  SAFEGUARDING_TEAMS: 'worcestershire-acute=group',
};

/** Where the policies do not matter, those of Example Trust: they are read sooner than the real ones. */
const EXAMPLE = mkdtempSync(join(tmpdir(), 'signpost-example-'));
writeExampleTrust(EXAMPLE);
afterAll(() => rmSync(EXAMPLE, { recursive: true, force: true }));
const LIVE_EXAMPLE = {
  ...LIVE,
  POLICIES_DIR: EXAMPLE,
  TENANTS: `${LIVE.MICROSOFT_APP_TENANT_ID}=example-trust`,
  SAFEGUARDING_TEAMS: 'example-trust=group',
};

type Told = {
  readonly ok: boolean;
  readonly problems: readonly { area: string; kind: string; organisation?: string; severity: string; words: string }[];
  readonly counts: Readonly<Record<string, number>> | null;
};

const told = ({ output }: Run): Told => JSON.parse(output);
const kinds = (run: Run): string[] => told(run).problems.map(({ kind }) => kind);

describe('signpost doctor beside a running rehearsal', () => {
  let rehearsal: Rehearsal;
  let stopped = false;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
  });
  afterAll(async () => {
    if (!stopped) await rehearsal.signpost.stop();
    rmSync(rehearsal.folder, { recursive: true, force: true });
  });

  const doctor = (...more: readonly string[]): Promise<Run> =>
    signpost(['doctor', '--url', rehearsal.signpost.address, ...more], { DATA_DIR: rehearsal.folder });

  test('a team whose members may go on duty and that the bot is not in is a fault, since nobody can then', async () => {
    const run = await signpost(['doctor', '--json', '--url', rehearsal.signpost.address], {
      DATA_DIR: rehearsal.folder,
      DUTY_TEAMS: 'worcestershire-acute=another-group',
    });
    expect(run.code).toBe(1);
    expect(kinds(run)).toContain('no-duty-team');
  });

  test('where nothing is broken it says so, group by group, and wakes nobody for a ward without a nurse', async () => {
    const { code, output, errors } = await doctor();
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(output).toContain(`The server at ${rehearsal.signpost.address} is ready.`);
    expect(output).toContain('Teams and channels\n  ok       All is well.');
    expect(output).toMatch(
      /On duty\n {2}warning .*Worcestershire Acute: Nobody is on duty for 25 of 25 places: Ward 1,/s,
    );
    expect(output).toContain('No referral is open.');
    expect(output).toContain('Nothing is broken. 2 warnings.');
  });

  test('a referral that nobody acknowledged is a fault by the rehearsal’s own clock, and nobody is named', async () => {
    const amina = await opensChat(rehearsal.teams, 'Amina');
    const reference = referenceOn(await raisesLivestream(amina));
    await rehearsal.teams.advance(60);
    await sees(amina, reference, 'ring');
    const run = await doctor('--json');
    expect(run.code).toBe(1);
    const unanswered = told(run).problems.find(({ kind }) => kind === 'unanswered');
    expect(unanswered).toMatchObject({ area: 'referrals', organisation: 'worcestershire-acute', severity: 'fault' });
    expect(unanswered?.words).toContain(`${reference} (immediate, Ward 9), raised 60 minutes ago`);
    expect(told(run)).toMatchObject({ ok: false, counts: { open: 1, unanswered: 1 } });
    for (const secret of ['Amina', 'streaming the bay', '4455']) expect(run.output).not.toContain(secret);
  });

  test('a channel that was deleted is a fault, with what to do', async () => {
    await rehearsal.teams.deleteChannel('Safeguarding referrals');
    const { code, output } = await doctor();
    expect(code).toBe(1);
    expect(output).toContain(
      'FAULT    Worcestershire Acute: There is no channel “Safeguarding referrals” in the team that receives referrals',
    );
    expect(output).toContain('Make a channel of exactly that name');
    await rehearsal.teams.restoreChannel('Safeguarding referrals');
  });

  test('a server that stopped is missed, by its silence and at its address', async () => {
    await rehearsal.signpost.stop();
    stopped = true;
    const run = await doctor('--json');
    expect(run.code).toBe(1);
    expect(kinds(run)).toEqual(expect.arrayContaining(['no-server', 'no-answer']));
    expect(kinds(run)).not.toContain('no-channel');
  });
});

describe('signpost doctor without a register to read', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-doctor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('it could not look, and says where it looked and what to do', async () => {
    const { code, output } = await signpost(['doctor'], {
      POLICIES_DIR: EXAMPLE,
      DATA_DIR: folder,
      PORT: String(await freePort()),
    });
    expect(code).toBe(2);
    expect(output).toContain(`UNKNOWN  There is no register in ${folder}. Start the server once, or set DATA_DIR`);
  });

  test('a database that does not answer is told by its code, without its address, user or password', async () => {
    const database = `postgresql://trust:hunter2@127.0.0.1:${await freePort()}/register`;
    const environment = { POLICIES_DIR: EXAMPLE, DATABASE_URL: database, ...SERVER_KEYS };
    const { code, output, errors } = await signpost(['doctor'], { ...environment, PORT: String(await freePort()) });
    expect(code).toBe(2);
    expect(output).toContain('The database did not answer (ECONNREFUSED). Check DATABASE_URL');
    expect(output + errors).not.toContain('hunter2');
  });

  test('settings that do not go together are named, each with what to do', async () => {
    const { code, output } = await signpost(['doctor'], { ...LIVE, DATA_DIR: folder, MICROSOFT_APP_PASSWORD: '' });
    expect(code).toBe(1);
    expect(output).toContain('FAULT    MICROSOFT_APP_PASSWORD: is missing. Set it to a client secret');
  });

  test('settings that do not fit the policies are named too', async () => {
    const run = await signpost(['doctor', '--json'], {
      ...LIVE,
      DATA_DIR: folder,
      SAFEGUARDING_TEAMS: 'nowhere=group',
      DUTY_TEAMS: 'elsewhere=group',
    });
    const words = told(run).problems.map((problem) => problem.words);
    expect(words).toContain(
      'There is no organisation "nowhere" in the policies folder. Correct TENANTS or SAFEGUARDING_TEAMS.',
    );
    expect(words).toContain(
      'SAFEGUARDING_TEAMS: no team receives the referrals of "worcestershire-acute". Add "worcestershire-acute=group-id".',
    );
    expect(kinds(run)).toContain('anybody-on-duty');
    expect(words).toContain('DUTY_TEAMS: "elsewhere" is no organisation of TENANTS. Correct one of them.');
  });

  test('a database that is reached over a network, and not encrypted, is a warning', async () => {
    // Nothing listens there: that is told too.
    const urls = ['postgresql://signpost@127.0.0.2:1/signpost', 'postgresql://signpost@127.0.0.1:1/signpost'];
    const all = urls.flatMap((url) => [url, `${url}?sslmode=verify-full`]);
    const runs = await Promise.all(
      all.map((url) => signpost(['doctor', '--json'], { ...LIVE_EXAMPLE, ...SERVER_KEYS, DATABASE_URL: url })),
    );
    expect(runs.map((run) => kinds(run).includes('database-in-plain'))).toEqual([true, false, false, false]);
  });

  test('an address at which something else answers is no Signpost', async () => {
    const other = await listening(200, 'hello');
    try {
      const run = await signpost(['doctor', '--json', '--url', other.address], {
        POLICIES_DIR: EXAMPLE,
        DATA_DIR: folder,
      });
      expect(told(run).problems[0]?.words).toContain(`What answers at ${other.address} is not Signpost (HTTP 200`);
    } finally {
      await other.stop();
    }
  });

  test('a live deployment whose bot is in no team yet is told which setting names the team', async () => {
    const store = await openSqlite(folder);
    await store.close();
    const run = await signpost(['doctor', '--json'], { ...LIVE, DATA_DIR: folder });
    expect(run.code).toBe(1);
    // The other organisation in the policies folder is not hosted here, and not missed.
    expect(told(run).problems.filter(({ area }) => area === 'channel')).toEqual([
      expect.objectContaining({ kind: 'no-team', organisation: 'worcestershire-acute' }),
    ]);
  });
});

describe('signpost doctor beside a register whose words are encrypted with a key called "old"', () => {
  const OLD = { id: 'old', key: Buffer.alloc(32, 4) };
  const AUDIT_KEY = Buffer.alloc(32, 5);
  const keys = (...given: readonly (typeof OLD)[]): string =>
    given.map(({ id, key }) => `${id}=${key.toString('base64')}`).join(';');
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-keys-'));
    store = await openSqlite(folder);
    const seal = createSeal(AUDIT_KEY, createVault([OLD]));
    const { reference } = aReferral();
    await insertReferral(store.db, aReferral({ status: 'closed' }));
    await appendAudit(store.db, seal, reference, { at: 1, kind: 'raised', actor: undefined });
    await saveWords(store.db, seal, { id: 'w1', referral: reference, kind: 'note', text: 'Text', at: 1 });
    await makeCheckpoints(store, seal, 1);
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const aboutKeys = async (wordsKeys: string, auditKey = AUDIT_KEY): Promise<readonly string[]> => {
    const run = await signpost(['doctor', '--json'], {
      POLICIES_DIR: EXAMPLE,
      DATA_DIR: folder,
      PORT: String(await freePort()),
      WORDS_KEYS: wordsKeys,
      AUDIT_KEY: auditKey.toString('base64'),
    });
    const found = told(run).problems.filter(({ kind }) => kind.endsWith('-key'));
    return found.map(({ area, kind, severity, words }) => `${area} ${kind} ${severity}: ${words}`);
  };
  const NEW = { id: 'new', key: Buffer.alloc(32, 6) };

  test('nothing is said of keys that are all there', async () => {
    expect(await aboutKeys(keys(NEW, OLD))).toEqual([]);
  });

  test('a key that is missing is a fault', async () => {
    expect(await aboutKeys(keys(NEW))).toEqual([
      expect.stringMatching(/^credentials words-key fault: .* the key old, which is not among WORDS_KEYS/),
    ]);
  });

  test('another key of that name is a fault', async () => {
    expect(await aboutKeys(keys({ ...OLD, key: NEW.key }))).toEqual([
      expect.stringMatching(/^credentials words-key fault: The key old of WORDS_KEYS is not the one of that name/),
    ]);
  });

  test('another key than the record is signed with is a fault', async () => {
    expect(await aboutKeys(keys(OLD), NEW.key)).toEqual([
      expect.stringMatching(/^credentials audit-key fault: AUDIT_KEY is not the key/),
    ]);
  });

  test('a server at work that does not know a key, and words from before there were any, are warnings', async () => {
    const now = Date.now();
    await recordPass(store.db, { id: 'server', started_at: now, passed_at: now, keys: 'old' });
    await store.db.updateTable('words').set({ key: null }).execute();
    expect(await aboutKeys(keys(NEW, OLD))).toEqual([
      expect.stringMatching(/^credentials words-key warning: Some of what people typed is not encrypted yet/),
      expect.stringMatching(/^credentials words-key warning: Not all servers at work were started with the same/),
    ]);
  });
});

describe('signpost doctor --online', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-online-'));
    const store = await openSqlite(folder);
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const refused = (code: number): string =>
    JSON.stringify({
      error: 'invalid_client',
      error_description: `AADSTS${code}: a-client-secret`,
      error_codes: [code],
    });

  test.each([
    ['a secret that works', 200, JSON.stringify({ access_token: 'a-token' }), 'Microsoft gave the bot a token'],
    ['a wrong secret', 401, refused(7000215), 'Copy the value of the secret, not its id'],
    ['a secret that has expired', 401, refused(7000222), 'the client secret has expired. Make a new one'],
    ['an error that it does not know', 400, refused(7654321), 'it answers HTTP 400 and AADSTS7654321'],
    ['a page of a proxy', 200, '<html>', 'it answers HTTP 200'],
  ])('%s: the outcome is told, and no secret', async (_, status, body, words) => {
    const login = await listening(status, body);
    try {
      const { output, errors } = await signpost(['doctor', '--online', '--login', login.address], {
        ...LIVE_EXAMPLE,
        DATA_DIR: folder,
      });
      expect(output).toContain(words);
      expect(output + errors).not.toMatch(/a-client-secret|a-token/);
      expect(login.asked()).toEqual([
        {
          path: `/${LIVE.MICROSOFT_APP_TENANT_ID}/oauth2/v2.0/token`,
          body: expect.stringContaining('scope=https%3A%2F%2Fapi.botframework.com%2F.default'),
        },
      ]);
    } finally {
      await login.stop();
    }
  });

  test('a managed identity is asked where Azure says', async () => {
    const azure = await listening(200, JSON.stringify({ access_token: 'a-token' }));
    try {
      const { output } = await signpost(['doctor', '--online'], {
        ...LIVE_EXAMPLE,
        MICROSOFT_APP_TYPE: 'UserAssignedMSI',
        MICROSOFT_APP_PASSWORD: '',
        IDENTITY_ENDPOINT: `${azure.address}/identity`,
        IDENTITY_HEADER: 'a-header',
        DATA_DIR: folder,
      });
      expect(output).toContain('Microsoft gave the bot a token');
      expect(azure.asked()[0]?.path).toContain(`client_id=${LIVE.MICROSOFT_APP_ID}`);
    } finally {
      await azure.stop();
    }
  });

  test('guidance that breaks a rule is a fault, and channels and duty are not called well', async () => {
    const policies = join(folder, 'policies');
    mkdirSync(join(policies, 'a-trust'), { recursive: true });
    writeFileSync(join(policies, 'a-trust', 'organisation.yaml'), 'organisation: a-trust\n');
    const { code, output } = await signpost(['doctor'], { ...LIVE, DATA_DIR: folder, POLICIES_DIR: policies });
    expect(code).toBe(1);
    expect(output).toContain('FAULT    The guidance breaks');
    expect(output).toContain('Teams and channels\n  -        This was not looked at.');
  });
});

type Asked = { readonly path: string; readonly body: string };

/** Something that listens on this machine and always gives one answer. */
async function listening(
  status: number,
  body: string,
): Promise<{ readonly address: string; asked(): readonly Asked[]; stop(): Promise<void> }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push({ path: request.url ?? '', body: Buffer.concat(chunks).toString() });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
