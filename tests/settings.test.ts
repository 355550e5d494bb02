import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings, type Settings, SettingsError } from '../src/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (environment: NodeJS.ProcessEnv): Settings => readSettings(environment, folder);

/** What a deployment sets, and nothing less. */
const LIVE = {
  MICROSOFT_APP_ID: 'app-id',
  MICROSOFT_APP_TYPE: 'SingleTenant',
  MICROSOFT_APP_TENANT_ID: 'bot-tenant',
  MICROSOFT_APP_PASSWORD: 'not-a-real-secret',
  TENANTS: 'tenant-1=one-trust',
  SAFEGUARDING_TEAMS: 'one-trust=group-1',
};

/** The lines of what is said about an environment that will not do. */
function complaints(environment: NodeJS.ProcessEnv): string[] {
  try {
    read(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message.split('\n');
  }
  throw new Error('These settings were accepted.');
}

function without(name: keyof typeof LIVE): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(LIVE).filter(([key]) => key !== name));
}

describe('settings', () => {
  test('need nothing for a rehearsal on this machine', () => {
    expect(read({})).toEqual({
      port: 3978,
      dataFolder: resolve(folder, '.data'),
      databaseUrl: undefined,
      policiesFolder: resolve(folder, 'policies'),
      logLevel: 'info',
      production: false,
      app: undefined,
      tenants: undefined,
      safeguardingTeams: undefined,
      unansweredDays: 30,
    });
  });

  test('name the bot, its tenants and its teams for a deployment', () => {
    expect(read({ ...LIVE, NODE_ENV: 'production', DATABASE_URL: 'postgresql://host/db' })).toMatchObject({
      production: true,
      databaseUrl: 'postgresql://host/db',
      app: { id: 'app-id', type: 'SingleTenant', tenant: 'bot-tenant', password: 'not-a-real-secret' },
      tenants: new Map([['tenant-1', ['one-trust']]]),
      safeguardingTeams: new Map([['one-trust', ['group-1']]]),
    });
  });

  test('come from env/.env too, and the environment wins', () => {
    mkdirSync(join(folder, 'env'));
    writeFileSync(join(folder, 'env', '.env'), 'PORT=4000\nLOG_LEVEL=debug\n');
    expect(read({})).toMatchObject({ port: 4000, logLevel: 'debug' });
    expect(read({ PORT: '5000' })).toMatchObject({ port: 5000, logLevel: 'debug' });
    expect(process.env.LOG_LEVEL).not.toBe('debug');
  });

  test('that are empty, or only spaces, are as good as not there', () => {
    const names = [
      'PORT',
      'DATA_DIR',
      'DATABASE_URL',
      'POLICIES_DIR',
      'LOG_LEVEL',
      'NODE_ENV',
      'UNANSWERED_DAYS',
      'MICROSOFT_APP_ID',
      'MICROSOFT_APP_TYPE',
      'TENANTS',
      'SAFEGUARDING_TEAMS',
    ];
    for (const blank of ['', '  ']) {
      expect(read(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(read({}));
    }
  });
});

describe('a setting that is wrong is named', () => {
  test.each([
    ['PORT', 'no number', 'must be a port number, such as 3978'],
    ['PORT', '70000', ''],
    ['PORT', '-1', ''],
    ['PORT', '39.5', ''],
    ['DATABASE_URL', 'mysql://host/db', 'must begin with postgresql://'],
    ['LOG_LEVEL', 'loud', '"info"'],
    ['MICROSOFT_APP_TYPE', 'MultiTenant', '"SingleTenant"|"UserAssignedMSI"'],
    ['TENANTS', 'tenant-1', 'must look like "name=value+value;name=value"'],
    ['TENANTS', 'tenant-1=one-trust;tenant-1=two-trust', 'with each name once'],
    ['SAFEGUARDING_TEAMS', 'one-trust=', 'must look like "name=value+value;name=value"'],
    ['SAFEGUARDING_TEAMS', 'one-trust=group-1+', 'must look like "name=value+value;name=value"'],
  ])('%s=%s', (name, value, says) => {
    const lines = complaints({ [name]: value });
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(new RegExp(`^${name}: .{10,}\\.$`));
    expect(lines[0]).toContain(says);
  });

  test('with each other that is wrong, in one go', () => {
    const lines = complaints({ PORT: 'x', DATABASE_URL: 'x', TENANTS: 'x' });
    expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(['DATABASE_URL', 'PORT', 'TENANTS']);
  });

  test('and a secret is never said', () => {
    const lines = complaints({
      ...LIVE,
      MICROSOFT_APP_TYPE: 'MultiTenant',
      DATABASE_URL: 'mysql://me:hunter2@host/db',
    });
    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join()).not.toContain(LIVE.MICROSOFT_APP_PASSWORD);
  });
});

describe('a deployment', () => {
  test.each([
    ['MICROSOFT_APP_TYPE', 'Set it to SingleTenant or UserAssignedMSI'],
    ['MICROSOFT_APP_TENANT_ID', 'Set it to the tenant of the bot registration'],
    ['MICROSOFT_APP_PASSWORD', 'Set it to a client secret of the bot registration, or use UserAssignedMSI'],
    ['TENANTS', '"tenant-id=organisation+organisation"'],
    ['SAFEGUARDING_TEAMS', '"organisation=group-id"'],
  ] as const)('without %s is told what to do', (name, mend) => {
    const lines = complaints(without(name));
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(new RegExp(`^${name}: is missing\\. `));
    expect(lines[0]).toContain(mend);
  });

  test('with an id and nothing else is told of all that it lacks, in one go', () => {
    const lines = complaints({ MICROSOFT_APP_ID: 'app-id' });
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'MICROSOFT_APP_TYPE',
      'MICROSOFT_APP_TENANT_ID',
      'TENANTS',
      'SAFEGUARDING_TEAMS',
    ]);
  });

  test('with a managed identity needs no password', () => {
    const managed = { ...without('MICROSOFT_APP_PASSWORD'), MICROSOFT_APP_TYPE: 'UserAssignedMSI' };
    expect(read(managed).app).toEqual({
      id: 'app-id',
      type: 'UserAssignedMSI',
      tenant: 'bot-tenant',
      password: undefined,
    });
  });

  test('in production does not start as a rehearsal because its app id was forgotten', () => {
    const lines = complaints({ ...without('MICROSOFT_APP_ID'), NODE_ENV: 'production' });
    expect(lines).toEqual([expect.stringMatching(/^MICROSOFT_APP_ID: is missing\. Set it to the id of the bot/)]);
    expect(complaints({ ...LIVE, MICROSOFT_APP_ID: ' ', NODE_ENV: 'production' }).length).toBe(1);
    expect(read({ NODE_ENV: 'development' }).app).toBeUndefined();
  });
});

describe('TENANTS', () => {
  const tenants = (TENANTS: string): unknown => Object.fromEntries(read({ TENANTS }).tenants ?? []);

  test('may name several tenants, and several organisations in each', () => {
    expect(tenants('nhsmail=one-trust+two-trust;own=three-trust')).toEqual({
      nhsmail: ['one-trust', 'two-trust'],
      own: ['three-trust'],
    });
  });

  test('may have spaces and a last semicolon', () => {
    expect(tenants(' nhsmail = one-trust + two-trust ; own=three-trust ; ')).toEqual({
      nhsmail: ['one-trust', 'two-trust'],
      own: ['three-trust'],
    });
  });

  test.each(['nhsmail', '=one-trust', 'nhsmail=', 'nhsmail=one=two', 'nhsmail=one-trust;own', 'nhsmail:one-trust'])(
    'is not “%s”',
    (value) => {
      expect(complaints({ TENANTS: value })).toEqual([
        'TENANTS: must look like "name=value+value;name=value", with each name once.',
      ]);
    },
  );
});
