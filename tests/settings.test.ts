import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings, type Settings, SettingsError } from '../src/settings.ts';
import { SERVER_KEYS } from './support/keys.ts';

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
  PUBLIC_ADDRESS: 'https://signpost.example.org',
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
      proxies: 0,
      serviceHosts: [],
      dataFolder: resolve(folder, '.data'),
      databaseUrl: undefined,
      policiesFolder: resolve(folder, 'policies'),
      logLevel: 'info',
      production: false,
      app: undefined,
      tenants: undefined,
      safeguardingTeams: undefined,
      dutyTeams: undefined,
      unansweredDays: 30,
      mail: undefined,
    });
  });

  test('name the bot, its tenants and its teams for a deployment', () => {
    const database = { DATABASE_URL: 'postgresql://host/db', ...SERVER_KEYS };
    const teams = { DUTY_TEAMS: 'one-trust=group-2+group-3' };
    expect(read({ ...LIVE, NODE_ENV: 'production', ...database, ...teams })).toMatchObject({
      production: true,
      databaseUrl: 'postgresql://host/db',
      app: {
        id: 'app-id',
        type: 'SingleTenant',
        tenant: 'bot-tenant',
        password: 'not-a-real-secret',
        address: 'https://signpost.example.org',
      },
      tenants: new Map([['tenant-1', ['one-trust']]]),
      safeguardingTeams: new Map([['one-trust', ['group-1']]]),
      dutyTeams: new Map([['one-trust', ['group-2', 'group-3']]]),
      auditKey: Buffer.alloc(32, 1),
      wordsKeys: [{ id: 'test', key: Buffer.alloc(32, 2) }],
    });
  });

  test('name both keys of a database that several servers share, and quote none that is wrong', () => {
    expect(() => read({ DATABASE_URL: 'postgresql://host/db' })).toThrow(
      /^AUDIT_KEY: is missing\. Set it to .*\nWORDS_KEYS: is missing\. Set it to a name, "=" and 32 random bytes in base64/,
    );
    const wrong = `2026a=${'Zm9v'.repeat(11)}`;
    expect(() => read({ WORDS_KEYS: wrong })).toThrow(/^WORDS_KEYS: must look like "name=key;name=key"/);
    expect(() => read({ WORDS_KEYS: wrong })).not.toThrow(/Zm9v/);
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
      'TRUSTED_PROXIES',
      'TEAMS_SERVICE_HOSTS',
      'MICROSOFT_APP_ID',
      'MICROSOFT_APP_TYPE',
      'PUBLIC_ADDRESS',
      'TEAMS_APP_ID',
      'TENANTS',
      'SAFEGUARDING_TEAMS',
      'DUTY_TEAMS',
      'SMTP_URL',
      'SMTP_FROM',
    ];
    for (const blank of ['', '  ']) {
      expect(read(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(read({}));
    }
  });
});

describe('the address where staff reach the server', () => {
  test('may end with a slash, and is kept without one', () => {
    expect(read({ ...LIVE, PUBLIC_ADDRESS: 'https://signpost.example.org:8443/' }).app?.address).toBe(
      'https://signpost.example.org:8443',
    );
  });
});

describe('the hosts of Teams', () => {
  test('may be more than those of Microsoft’s public cloud', () => {
    const hosts = 'smba.example.org + smba.infra.gov.teams.microsoft.us';
    expect(read({ TEAMS_SERVICE_HOSTS: hosts }).serviceHosts).toEqual([
      'smba.example.org',
      'smba.infra.gov.teams.microsoft.us',
    ]);
  });
});

describe('a setting that is wrong is named', () => {
  test.each([
    ...['https://smba.example.org', 'smba.example.org:8443', 'smba.example.org/uk', '*.example.org', 'localhost'].map(
      (host): [string, string, string] => ['TEAMS_SERVICE_HOSTS', host, 'must be names of hosts in small letters'],
    ),
    ['TEAMS_SERVICE_HOSTS', '127.0.0.1', 'must be names of hosts in small letters'],
    ['TEAMS_SERVICE_HOSTS', 'a.example.org+Smba.example.org', 'must be names of hosts in small letters'],
    ['TRUSTED_PROXIES', 'one', 'must be how many proxies stand before this server, such as 1'],
    ['TRUSTED_PROXIES', '-1', ''],
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
    ['PUBLIC_ADDRESS', 'http://signpost.example.org', 'must be https:// and the name of the host'],
    ['PUBLIC_ADDRESS', 'https://signpost.example.org/desk', 'must be https:// and the name of the host'],
    ['PUBLIC_ADDRESS', 'https://name:password@signpost.example.org', 'must be https:// and the name of the host'],
    ['PUBLIC_ADDRESS', 'signpost.example.org', 'must be https:// and the name of the host'],
    ['SMTP_URL', 'smtp.example.org', 'must look like smtp://name:password@host:587 or smtps://host'],
    ['SMTP_URL', 'https://smtp.example.org', 'must look like smtp://'],
    ['SMTP_URL', 'smtp://', 'must look like smtp://'],
    ['SMTP_URL', 'smtp://me@host', 'must look like smtp://'],
    ['SMTP_URL', 'smtps://host?tls.rejectUnauthorized=false', 'must look like smtp://'],
    ['METRICS_TOKEN', 'too-short', 'must be 20 or more characters'],
    ['METRICS_TOKEN', 'with spaces in it, and long', 'without spaces'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317', 'must be the address of an OpenTelemetry collector'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@host:4318', 'must be the address of an OpenTelemetry collector'],
    ['SMTP_FROM', 'Signpost', 'must look like "name@host" or "Name <name@host>"'],
    ['SMTP_FROM', 'one@host, two@host', 'with no comma'],
    ['SMTP_FROM', 'Signpost <one@host> <two@host>', 'must look like'],
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

  test.each(['hunter2/x', '1/hunter2', 'hunter2#x', 'hunter2?x', 'hunter2%'])(
    'as is a mail server whose password is not written as a URL has it: “%s”',
    (password) => {
      const lines = complaints({ SMTP_URL: `smtp://me:${password}@host:587`, SMTP_FROM: 'signpost@host' });
      expect(lines).toEqual([expect.stringMatching(/^SMTP_URL: must look like .* %-code\.$/)]);
      expect(lines.join()).not.toContain('hunter2');
    },
  );

  test('and a secret is never said', () => {
    const lines = complaints({
      ...LIVE,
      MICROSOFT_APP_TYPE: 'MultiTenant',
      DATABASE_URL: 'mysql://me:hunter2@host/db',
      SMTP_URL: 'mysql://me:hunter2@host',
      SMTP_FROM: 'hunter2',
    });
    expect(lines.length).toBe(4);
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
      'PUBLIC_ADDRESS',
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
      address: 'https://signpost.example.org',
    });
  });

  test('in production does not start as a rehearsal because its app id was forgotten', () => {
    const lines = complaints({ ...without('MICROSOFT_APP_ID'), NODE_ENV: 'production' });
    expect(lines).toEqual([expect.stringMatching(/^MICROSOFT_APP_ID: is missing\. Set it to the id of the bot/)]);
    expect(complaints({ ...LIVE, MICROSOFT_APP_ID: ' ', NODE_ENV: 'production' }).length).toBe(1);
    expect(read({ NODE_ENV: 'development' }).app).toBeUndefined();
  });
});

describe('email', () => {
  const SMTP_FROM = 'Signpost at One Trust <signpost@one-trust.example>';

  test.each([
    'smtp://smtp.example:587',
    'smtps://smtp.example/',
    'smtp://localhost',
    'smtp://[::1]:25',
    'smtp://me%40one-trust:p%40ss%2Fword@smtp.example',
  ])('goes through %s', (SMTP_URL) => {
    expect(read({ SMTP_URL, SMTP_FROM }).mail).toEqual({ url: SMTP_URL, from: SMTP_FROM });
    expect(read({ SMTP_URL, SMTP_FROM: 'signpost@host' }).mail).toEqual({ url: SMTP_URL, from: 'signpost@host' });
  });

  test('is off without a server, and needs to come from somebody', () => {
    expect(read({ SMTP_FROM }).mail).toBeUndefined();
    expect(complaints({ SMTP_URL: 'smtp://me:hunter2@host' })).toEqual([
      'SMTP_FROM: is missing. Set it to the address that emails come from, or unset SMTP_URL to send none.',
    ]);
  });

  test('that lacks its sender is named beside what else is missing', () => {
    const lines = complaints({ ...without('TENANTS'), SMTP_URL: 'smtp://host' });
    expect(lines.map((line) => line.split(':')[0])).toEqual(['TENANTS', 'SMTP_FROM']);
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
