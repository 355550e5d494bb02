import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Microsoft, SignpostAdapter } from '../../src/teams/adapter.ts';
import { ForeignServiceUrlError, ofTeams, ofThisMachine } from '../../src/teams/service-urls.ts';

const REGISTERED = {
  id: '11111111-1111-4111-8111-111111111111',
  type: 'SingleTenant',
  tenant: '22222222-2222-4222-8222-222222222222',
  password: 'password',
} as const;

const TEAMS = [
  'https://smba.trafficmanager.net/uk/',
  'https://smba.trafficmanager.net/emea/22222222-2222-4222-8222-222222222222/',
  'https://smba.trafficmanager.net/teams',
  'https://smba.trafficmanager.net',
  'https://smba.onyx.prod.teams.trafficmanager.net/uk/',
  'https://smba.infra.gcc.teams.microsoft.com/teams/',
];

const FORGED = [
  'http://smba.trafficmanager.net/uk/',
  'wss://smba.trafficmanager.net/uk/',
  'https://smba.trafficmanager.net:8443/uk/',
  'https://smba.trafficmanager.net:443/uk/',
  'https://smba.trafficmanager.net.evil.example/uk/',
  'https://evil-smba.trafficmanager.net/uk/',
  'https://evil.smba.trafficmanager.net/uk/',
  'https://trafficmanager.net/uk/',
  'https://evil.trafficmanager.net/uk/',
  'https://smba.trafficmanager.net./uk/',
  'https://SMBA.trafficmanager.net/uk/',
  'HTTPS://smba.trafficmanager.net/uk/',
  'https://user@smba.trafficmanager.net/uk/',
  'https://smba.trafficmanager.net@evil.example/uk/',
  'https://smba.trafficmanager.net:x@evil.example/uk/',
  'https://smba.trafficmanager.net\\@evil.example/uk/',
  'https://evil.example\\.smba.trafficmanager.net/uk/',
  'https://evil.example#@smba.trafficmanager.net/uk/',
  'https://evil.example/?https://smba.trafficmanager.net/uk/',
  'https://evil.example/smba.trafficmanager.net/',
  'https:/smba.trafficmanager.net/uk/',
  'https:smba.trafficmanager.net/uk/',
  'https:\\\\smba.trafficmanager.net/uk/',
  '//smba.trafficmanager.net/uk/',
  'smba.trafficmanager.net',
  ' https://smba.trafficmanager.net/uk/',
  'https://smba.trafficmanager.net/uk/ ',
  'https://smba.\ttrafficmanager.net/uk/',
  'https://smba.trafficmanager.net\n.evil.example/uk/',
  'https://smba.trafficmanager.net/uk/\0',
  'https://smba%2Etrafficmanager.net/uk/',
  'https://smba。trafficmanager.net/uk/',
  'https://ѕmba.trafficmanager.net/uk/',
  'https://smba.trafficmanager.net/uk/../../',
  'https://smba.trafficmanager.net/uk/?next=https://evil.example',
  'https://smba.trafficmanager.net/uk/#fragment',
  'https://127.0.0.1/uk/',
  'https://2130706433/uk/',
  'https://0x7f.1/uk/',
  'https://[::1]/uk/',
  'https://169.254.169.254/metadata',
  'https://localhost/uk/',
  'http://127.0.0.1:3978/sandbox/connector/',
  'https://webchat.botframework.com/',
  'https://directline.botframework.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '',
  undefined,
  null,
  7,
  ['https://smba.trafficmanager.net/uk/'],
  { toString: () => 'https://smba.trafficmanager.net/uk/' },
];

describe('a service URL with a registration', () => {
  test.each(TEAMS)('may be %s', (url) => expect(ofTeams()(url)).toBe(true));

  test.each(FORGED.map((url) => [JSON.stringify(url) ?? 'undefined', url]))('may not be %s', (_, url) => {
    expect(ofTeams()(url)).toBe(false);
  });

  test('may be on a host that a setting adds, exactly', () => {
    const isServiceUrl = ofTeams(['teams.example.org']);
    expect(isServiceUrl('https://teams.example.org/uk/')).toBe(true);
    expect(isServiceUrl('https://a.teams.example.org/uk/')).toBe(false);
    expect(isServiceUrl('https://smba.trafficmanager.net/uk/')).toBe(true);
  });

  test('may be on no other host, whatever it is', () => {
    const hosts = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6().map((ip) => `[${ip}]`),
    );
    const around = fc.constantFrom(
      '',
      'smba.trafficmanager.net.',
      'smba.trafficmanager.net@',
      'smba.trafficmanager.net-',
    );
    fc.assert(
      fc.property(around, hosts, fc.webPath(), (before, host, path) => {
        expect(ofTeams()(`https://${before}${host}${path}`)).toBe(false);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('that may be, is of one host to every reader: nothing stands before it or after it', () => {
    const piece = fc.constantFrom(
      ...'smba.trafficmanager.net',
      '/',
      '\\',
      '@',
      ':',
      '#',
      '?',
      '%',
      '.',
      ' ',
      '\t',
      'uk',
      '\u00ad',
      '。',
    );
    const urls = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(urls, urls, (before, after) => {
        const url = `https://${before}smba.trafficmanager.net${after}`;
        if (ofTeams()(url)) expect(url).toMatch(/^https:\/\/smba\.trafficmanager\.net(\/[^@\\?#\s]*)?$/);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });
});

describe('a service URL in a rehearsal', () => {
  test.each(['http://127.0.0.1:3978/sandbox/connector/', 'http://localhost:56150/_connector', 'http://[::1]:1/'])(
    'may be on this machine: %s',
    (url) => expect(ofThisMachine(url)).toBe(true),
  );

  test.each([
    ...TEAMS,
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'http://localhost@evil.example/',
    'http://127.0.0.1:1@evil.example/',
    'http://192.168.0.1/',
    'http://0.0.0.0/',
    'https://127.0.0.1/',
    'http://127.1/',
  ])('may not be elsewhere: %s', (url) => expect(ofThisMachine(url)).toBe(false));
});

describe('what is sent to a forged service URL', () => {
  const asked: string[] = [];
  const microsoft: Microsoft = {
    credentials: {
      isValidAppId: async () => true,
      isAuthenticationDisabled: async () => false,
      async createCredentials() {
        asked.push('a token');
        return { signRequest: async (request) => request };
      },
    },
    connector: {
      httpClient: {
        async sendRequest({ url }) {
          asked.push(url);
          throw new Error('There is no network.');
        },
      },
    },
  };
  const adapter = new SignpostAdapter(REGISTERED, { microsoft });
  const forged = FORGED.filter((url): url is string => typeof url === 'string');

  test.each(forged)('never leaves: no token is asked for, and nobody is called, for %j', async (url) => {
    asked.length = 0;
    await expect(adapter.connector(url)).rejects.toThrow(ForeignServiceUrlError);
    const reference = {
      serviceUrl: url,
      conversation: { id: 'a:1' },
      channelId: 'msteams',
      bot: { id: 'b', name: '' },
    };
    const turn = adapter.inConversation(reference as Parameters<typeof adapter.inConversation>[0], async (context) => {
      await context.sendActivity('a card');
    });
    await expect(turn).rejects.toThrow(ForeignServiceUrlError);
    expect(asked).toEqual([]);
  });

  test('while a right one is called', async () => {
    asked.length = 0;
    const { conversations } = await adapter.connector('https://smba.trafficmanager.net/uk/');
    await conversations.sendToConversation('a:1', { type: 'message' }).catch(() => undefined);
    expect(asked).toEqual(['a token', 'https://smba.trafficmanager.net/uk/v3/conversations/a%3A1/activities']);
  });
});
