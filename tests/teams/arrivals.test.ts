import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { quietConsole } from '../../src/log.ts';
import { waitFor } from '../../src/sandbox/driver.ts';
import { startIssuer } from '../support/issuer.ts';
import { GRACE, graceGoesOnDuty, type Live, message, press, raises, startLive } from '../support/live.ts';
import { APP, ISSUER, SERVICE_URL, TENANT } from '../support/microsoft.ts';

const NOW = (): number => Math.floor(Date.now() / 1_000);
const ANOTHER = '99999999-2222-4333-8444-555555555555';
const ANOTHER_URL = 'https://smba.trafficmanager.net/emea/';

const PLENTY = { burst: 10_000, perSecond: 10_000 };
/** More than any test asks for. */
const NO_MATTER = { chat: PLENTY, desk: PLENTY, unproven: PLENTY };

let live: Live;
let loud: () => void;
const printed: string[] = [];
beforeAll(async () => {
  live = await startLive({}, { rates: NO_MATTER });
  loud = quietConsole({ warn: (fields: unknown) => void printed.push(JSON.stringify(fields)) });
});
afterAll(async () => {
  loud();
  await live.stop();
});
afterEach(() => void live.microsoft.asked.splice(0));

/** That nobody learns why, nothing is written down, and nothing goes to Teams or to anybody else. */
async function isRefused(activity: unknown, authorization: string | null | undefined, ...statuses: number[]) {
  const before = live.rows();
  const response = await live.posts(activity, authorization);
  expect(statuses).toContain(response.status);
  expect(await response.text()).toBe('');
  expect(live.rows()).toBe(before);
  expect(live.microsoft.asked).toEqual([]);
}

describe('an activity that Teams sent', () => {
  test('is answered at the address that it came from, with the bot’s own token, and the person is kept', async () => {
    const response = await live.posts(message('help'));
    expect([response.status, await response.text()]).toEqual([200, '']);
    const [answer] = live.microsoft.asked;
    expect(answer?.url).toMatch(/^https:\/\/smba\.trafficmanager\.net\/uk\/v3\/conversations\/a%3Aamina\/activities/);
    expect(answer?.authorization).toBe('Bearer the-token-of-the-bot');
    expect(answer?.body).toContain('Worcestershire');
    expect(live.rows()).toContain('object-amina');
  });

  test('names the person on one line, and turns no sentence round', async () => {
    const from = { id: '29:ola', name: 'Ola\r\nhttps://evil.example \u202eon', aadObjectId: 'object-ola' };
    await live.posts(message('help', { from, id: 'message of Ola' }));
    expect(live.all("select name from people where person = 'object-ola'")).toEqual([
      { name: 'Ola https://evil.example on' },
    ]);
  });

  test('is answered though a field is null, as Teams writes some that it has nothing for', async () => {
    const nulls = { replyToId: null, attachments: null, entities: null, membersAdded: null };
    expect((await live.posts(message('help me', nulls))).status).toBe(200);
    expect(live.microsoft.asked.length).toBe(1);
  });
});

describe('an activity is refused', () => {
  const claims: [string, Readonly<Record<string, unknown>>][] = [
    ['for another app', { aud: ANOTHER }],
    ['for several apps', { aud: [APP, ANOTHER] }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'https://issuer.example' }],
    ['of a user’s own tenant, as for a page', { iss: `https://login.microsoftonline.com/${TENANT}/v2.0` }],
    [
      'of another bot, as a skill has',
      { iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, ver: '2.0', aud: APP, azp: ANOTHER },
    ],
    [
      'of the emulator, which the SDK would take without its service URL',
      { iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', ver: '1.0', appid: APP },
    ],
    ['that has expired', { exp: NOW() - 600 }],
    ['that does not hold yet', { nbf: NOW() + 600 }],
    ['for another service URL', { serviceurl: ANOTHER_URL }],
    ['for no service URL', { serviceurl: undefined }],
  ];
  test.each(claims)('with a token %s', async (_, changes) => {
    await isRefused(message('help'), `Bearer ${await live.microsoft.token(changes)}`, 401);
  });

  test('with a token that another key signed, though it names the right one', async () => {
    const stranger = await startIssuer();
    const token = await stranger.token(
      { iss: ISSUER, aud: APP, serviceurl: SERVICE_URL, exp: NOW() + 600 },
      { kid: 'key-1' },
    );
    await stranger.stop();
    await isRefused(message('help'), `Bearer ${token}`, 401);
  });

  test('with a token of a key that is not known', async () => {
    await isRefused(message('help'), `Bearer ${await live.microsoft.token({}, { kid: 'key-99' })}`, 401);
  });

  test('with a token that nobody signed, or that is signed with what everybody can read', async () => {
    const right = { iss: ISSUER, aud: APP, serviceurl: SERVICE_URL, exp: NOW() + 600 };
    const none = new UnsecuredJWT(right).encode();
    await isRefused(message('help'), `Bearer ${none}`, 401);
    await isRefused(message('help'), `Bearer ${none}${base64url.encode('x')}`, 401);
    const shared = await new SignJWT(right)
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(new TextEncoder().encode('-----BEGIN PUBLIC KEY-----'.repeat(2)));
    await isRefused(message('help'), `Bearer ${shared}`, 401);
  });

  test('without a token', async () => {
    await isRefused(message('help'), null, 401);
  });

  test('with a token that is none, whatever it is', async () => {
    const right = await live.microsoft.token();
    const [head, body, signature] = right.split('.');
    for (const token of [
      'Bearer ',
      'Bearer a.b.c',
      `Basic ${right}`,
      `bearer\t${right}`,
      right,
      `Bearer ${right} ${right}`,
      `Bearer ${head}.${body}.`,
      `Bearer ${head}.${body}`,
      `Bearer ${head}.${base64url.encode('{"iss":"https://api.botframework.com"')}.${signature}`,
      `Bearer ${base64url.encode('[]')}.${body}.${signature}`,
      `Bearer ${base64url.encode('{"alg":"RS256","kid":{"toString":1}}')}.${body}.${signature}`,
      `Bearer ${head}.${base64url.encode('null')}.${signature}`,
    ]) {
      await isRefused(message('help'), token, 401);
    }
    const parts = fc.stringMatching(/^[\w-]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(fc.tuple(parts, parts, parts), async (three) => {
        expect((await live.posts(message('help'), `Bearer ${three.join('.')}`)).status).toBe(401);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  test('with a right token that came with an activity of another address, or of none', async () => {
    await isRefused(message('help', { serviceUrl: ANOTHER_URL }), undefined, 401);
    await isRefused(message('help', { serviceUrl: undefined }), undefined, 400);
    await isRefused(message('help', { serviceUrl: '' }), undefined, 400);
    await isRefused(message('help', { serviceUrl: null }), undefined, 400);
  });

  test('from another channel than Teams, where a person says themselves who they are', async () => {
    for (const channelId of ['webchat', 'directline', 'emulator', 'AseChannel', 'MSTEAMS', '', null, 7, { a: 1 }]) {
      await isRefused(message('help', { channelId }), undefined, 400);
    }
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a word', '"help"'],
    ['null', 'null'],
    ['no type', JSON.stringify(message('help', { type: undefined }))],
    ['a type that is no word', JSON.stringify(message('help', { type: { toString: 'message' } }))],
    ['no conversation', JSON.stringify(message('help', { conversation: undefined }))],
    ['nobody who sent it', JSON.stringify(message('help', { from: undefined }))],
    ['a person who is no object', JSON.stringify(message('help', { from: 'Amina' }))],
    ['an object id that is no word', JSON.stringify(message('help', { from: { id: '29:a', aadObjectId: ['x'] } }))],
    ['a tenant that is no word', JSON.stringify(message('help', { channelData: { tenant: { id: { a: 1 } } } }))],
    ['a text that is no text', JSON.stringify(message('help', { text: ['help'] }))],
    ['answers asked for in the answer', JSON.stringify(message('help', { deliveryMode: 'expectReplies' }))],
  ])('with a right token and %s for a body, as no activity', async (_, body) => {
    const before = live.rows();
    const response = await live.posts(body);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toMatch(/JSON at|position|\bat .*\.(ts|js):/);
    expect(live.rows()).toBe(before);
    expect(live.microsoft.asked).toEqual([]);
  });
});

describe('of what was refused', () => {
  test('the log has a line, and neither it nor the console has anything that was sent', async () => {
    printed.length = 0;
    const expired = await live.microsoft.token({ exp: NOW() - 600, name: 'secretname' });
    await live.posts(message('secretwords'), `Bearer ${expired}`);
    expect(live.logged()).toContain('"reason":"a token that does not hold"');
    expect(live.logged()).not.toMatch(/secret|amina/i);
    // The SDK prints the error by itself.
    expect(printed).toContain(JSON.stringify({ printer: 'error', errors: ['TokenExpiredError'] }));
    expect(printed.join()).not.toMatch(/secret|eyJ/);
  });
});

describe('where the keys cannot be had', () => {
  test('nothing is believed, and Teams is asked to come again', async () => {
    const other = await startLive();
    try {
      other.microsoft.issuer.trouble(500);
      const response = await other.posts(message('help'));
      expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([503, '1', '']);
      expect(other.microsoft.asked).toEqual([]);
      other.microsoft.issuer.trouble(undefined);
      expect((await other.posts(message('help'))).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});

describe('somebody of a tenant that may not use Signpost', () => {
  const FOREIGN = {
    conversation: { id: 'a:fred', conversationType: 'personal', tenantId: ANOTHER },
    channelData: { tenant: { id: ANOTHER } },
    from: { id: '29:fred', name: 'Fred Foreign', aadObjectId: 'object-fred' },
  };

  test('is told so in a chat, and whom to ring in danger; nothing is kept, and nobody else is asked', async () => {
    const before = live.rows();
    const response = await live.posts(message('my secret worry', FOREIGN));
    expect(response.status).toBe(200);
    expect(live.microsoft.asked.length).toBe(1);
    expect(live.microsoft.asked[0]?.body).toMatch(/not set up for your organisation\. .*in danger, ring 999 now/);
    expect(live.rows()).toBe(before);
    expect(live.logged()).not.toMatch(/secret worry|fred/i);
  });

  test.each([
    ['danger', {}],
    ['acknowledge', { reference: 'K7M-2PXC', key: 'a key of mine' }],
    ['my-referrals', {}],
  ])('is told the same on pressing %s', async (verb, data) => {
    const before = live.rows();
    const response = await live.posts(press(verb, data, FOREIGN));
    expect(await response.json()).toMatchObject({ value: expect.stringMatching(/not set up .* ring 999 now/) });
    expect(live.rows()).toBe(before);
    expect(live.microsoft.asked).toEqual([]);
  });

  test('is told the same in a chat of a tenant that may, or from one that may in a chat of one that may not', async () => {
    const before = live.rows();
    await live.posts(message('a', { ...FOREIGN, conversation: { id: 'a:fred', tenantId: TENANT } }));
    await live.posts(message('b', { ...FOREIGN, channelData: { tenant: { id: TENANT } } }));
    expect(live.microsoft.asked.map(({ body }) => body)).toEqual([
      expect.stringContaining('not set up'),
      expect.stringContaining('not set up'),
    ]);
    expect(live.rows()).toBe(before);
  });

  test('adds the bot to a team, and it keeps nothing of that, and asks Teams nothing', async () => {
    const before = live.rows();
    const channelData = { tenant: { id: ANOTHER }, team: { id: '19:team', aadGroupId: 'group-1' } };
    const conversation = { id: '19:team', conversationType: 'channel', tenantId: ANOTHER };
    for (const changes of [
      { type: 'installationUpdate', action: 'add' },
      { type: 'installationUpdate', action: 'remove' },
      { type: 'conversationUpdate', membersAdded: [{ id: `28:${APP}` }] },
    ]) {
      expect((await live.posts(message('x', { ...FOREIGN, ...changes, channelData, conversation }))).status).toBe(200);
    }
    expect(live.rows()).toBe(before);
    expect(live.microsoft.asked).toEqual([]);
  });
});

describe('a service URL that somebody wrote into the register', () => {
  test('gets no token and no card: the card is refused, and the one who raised it is told', async () => {
    await live.posts(message('hello', GRACE));
    await graceGoesOnDuty(live);
    live.writes(
      "update people set service_url = 'https://smba.trafficmanager.net.evil.example/' where person = 'object-grace'",
    );
    const reference = await raises(live);
    const [card] = await waitFor(async () => {
      const found = live.all(
        `select state, last_error from cards where referral = '${reference}' and role = 'on-duty' and state = 'failed'`,
      );
      return found.length > 0 ? found : undefined;
    }, 'a card that is refused');
    expect(card?.last_error).toBe('the service URL is not of Teams');
    const told = () => live.microsoft.asked.some(({ body }) => /could not be delivered to Grace Okafor/i.test(body));
    await waitFor(async () => told() || undefined, 'the one who raised it to be told');
    expect(live.microsoft.asked.filter(({ url }) => url.includes('evil'))).toEqual([]);
  });
});
