import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Live, message, press, startLive } from '../support/live.ts';
import { type Rehearsal, startRehearsal } from '../support/rehearsal.ts';

const PLENTY = { burst: 10_000, perSecond: 10_000 };
const FEW = { burst: 3, perSecond: 0.5 };

/** What comes back over a connection of its own for these bytes, until it is closed. */
async function says(address: string, head: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(head);
  await once(socket, 'close');
  return heard;
}

describe('every answer of a server that staff reach', () => {
  let live: Live;
  beforeAll(async () => {
    live = await startLive({}, { rates: { chat: PLENTY, desk: PLENTY, unproven: PLENTY } });
  });
  afterAll(() => live.stop());

  const ANSWERS: [string, string, RequestInit?][] = [
    ['a page', '/tab'],
    ['the health', '/healthz'],
    ['what is not there', '/nowhere'],
    ['a file that is not there', '/tab/assets/none.js'],
    ['a call of the desk without a token', '/api/desk/me'],
    ['a path of the desk that is none', '/api/desk/nothing'],
    ['a method that is not taken', '/api/messages'],
    ['an activity without a token', '/api/messages', { method: 'POST', body: '{}' }],
    ['a body that is too long', '/api/messages', { method: 'POST', body: JSON.stringify('x'.repeat(600_000)) }],
    ['a body that is no JSON', '/api/messages', { method: 'POST', body: '{' }],
  ];

  test.each(ANSWERS)('has the headers that keep a browser safe: %s', async (_, path, init = {}) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(live.address + path, { ...init, headers });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-permitted-cross-domain-policies': 'none',
    });
    for (const name of ['server', 'x-powered-by', 'x-frame-options']) expect(response.headers.has(name)).toBe(false);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'/);
    // Teams shows the page in its frame, and nobody shows anything else in one.
    const framed = /frame-ancestors ([^;]+)/.exec(policy)?.[1] ?? '';
    if (path === '/tab') expect(framed.split(' ').every((host) => /^https:\/\/[\w.*-]+$/.test(host))).toBe(true);
    else expect(framed).toBe("'none'");
    expect(await response.text()).not.toMatch(/\bat .*\.(ts|js):/);
  });

  test.each([
    ['GET', '/api/messages'],
    ['PUT', '/api/messages'],
    ['DELETE', '/api/messages'],
    ['OPTIONS', '/api/messages'],
    ['POST', '/healthz'],
    ['POST', '/tab'],
    ['PUT', '/api/desk/me'],
    ['DELETE', '/api/desk/referrals/K7M-2PXC'],
    ['TRACE', '/healthz'],
  ])('is a 405 to %s %s', async (method, path) => {
    const heard = await says(live.address, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 405 /);
    expect(heard).not.toMatch(/\bat .*\.(ts|js):/);
  });

  test.each([
    '/tab/assets/..%2f..%2fpackage.json',
    '/tab/assets/..%5c..%5cpackage.json',
    '/tab/assets/%2e%2e/%2e%2e/package.json',
    '/tab/assets/../../../package.json',
    '//etc/passwd',
    '/..%00/',
    '/%ff%fe',
    '/%zz',
    '/tab/assets/%zz',
    '/api/desk/referrals/%zz',
    '/api/desk/referrals/%00',
    '/__proto__',
    '/api/desk/guidance/constructor',
    '/sandbox/api/state',
    '/?a[__proto__][b]=1',
  ])('to %s gives no file, no list of files and no fault', async (path) => {
    const heard = await says(live.address, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 (400|401|404) /);
    expect(heard).not.toMatch(/"dependencies"|root:|index\.html|\bat .*\.(ts|js):/);
  });

  test('is the same where something else than HTTP is offered', async () => {
    const offer = 'Upgrade: websocket\r\nConnection: Upgrade, close';
    const heard = await says(live.address, `GET /healthz HTTP/1.1\r\nHost: x\r\n${offer}\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('for the metrics, without METRICS_TOKEN, is for this machine alone, and not through a proxy', async () => {
    expect((await fetch(`${live.address}/metrics`)).status).toBe(200);
    const refused = await fetch(`${live.address}/metrics`, { headers: { 'x-forwarded-for': '127.0.0.1' } });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('METRICS_TOKEN');
  });

  test('to the folder of the assets is the page, and no list of them', async () => {
    expect(await (await fetch(`${live.address}/tab/assets/`)).text()).toBe(
      await (await fetch(`${live.address}/tab`)).text(),
    );
  });

  test('says in plain words what is too long, and goes on', async () => {
    const long = await live.posts(message('x'.repeat(600_000)));
    expect([long.status, await long.json()]).toEqual([
      413,
      { message: 'This is too long. 512 KB is the most. Nothing was saved.' },
    ]);
    expect((await live.posts(message('help'))).status).toBe(200);
  });

  test.each([
    ['packed, and broken', { 'content-encoding': 'gzip' }, Buffer.from('no gzip at all')],
    ['packed small, of a huge one', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000, 'x'))],
    ['packed otherwise', { 'content-encoding': 'br' }, Buffer.from('x')],
    [
      'a form with files',
      { 'content-type': 'multipart/form-data; boundary=x' },
      Buffer.from('--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx\r\n--x--'),
    ],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from('type=message')],
    ['text, as any page can send it', { 'content-type': 'text/plain' }, Buffer.from('{}')],
  ])('to a body that is %s is a 415, and the server lives on', async (_, changes, body) => {
    for (const path of ['/api/messages', '/api/desk/referrals/K7M-2PXC/actions']) {
      const headers = { 'content-type': 'application/json', ...changes };
      const response = await fetch(live.address + path, { method: 'POST', headers, body });
      expect(response.status).toBe(415);
    }
    expect((await fetch(`${live.address}/healthz`)).status).toBe(200);
  });
});

describe('a rehearsal', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
  });
  afterAll(() => rehearsal.stop());

  test('never tells a browser that this machine is to be reached over https', async () => {
    const response = await fetch(`${rehearsal.signpost.address}/healthz`);
    expect(response.headers.has('strict-transport-security')).toBe(false);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(['/api/messages', '/api/desk/me', '/tab', '/sandbox/api/state', '/'])(
    'answers nobody who comes from elsewhere: %s',
    async (path) => {
      const asks = (host: string) =>
        says(rehearsal.signpost.address, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      const { host } = new URL(rehearsal.signpost.address);
      expect(await asks(host)).not.toMatch(/^HTTP\/1\.1 403 /);
      for (const other of ['evil.example:3978', `${host}.evil.example`, 'localhost.evil.example', '']) {
        expect(await asks(other)).toMatch(/^HTTP\/1\.1 403 /);
      }
      // A proxy on this machine, set up before the bot was registered.
      for (const header of ['X-Forwarded-For: 192.0.2.1', 'Forwarded: for=192.0.2.1', 'Via: 1.1 proxy']) {
        expect(await asks(`${host}\r\n${header}`)).toMatch(/^HTTP\/1\.1 403 /);
      }
    },
  );
});

describe('whoever asks too often', () => {
  const rates = { chat: FEW, desk: FEW, unproven: FEW };
  const forwarded = (from: string) => ({ 'content-type': 'application/json', 'x-forwarded-for': from });

  async function statuses(times: number, ask: () => Promise<Response>): Promise<number[]> {
    const all: number[] = [];
    for (let time = 0; time < times; time += 1) all.push((await ask()).status);
    return all;
  }

  test('without a right token is told to wait, by address, while Teams at that address is served', async () => {
    const live = await startLive({}, { rates: { ...rates, chat: PLENTY } });
    try {
      expect(await statuses(5, () => live.posts(message('help'), null))).toEqual([401, 401, 401, 429, 429]);
      const turnedAway = await live.posts(message('help'), 'Bearer a.b.c');
      expect([turnedAway.status, turnedAway.headers.get('retry-after'), await turnedAway.text()]).toEqual([
        429,
        '2',
        '',
      ]);
      const desk = await fetch(`${live.address}/api/desk/me`);
      expect([desk.status, desk.headers.get('retry-after')]).toEqual([429, '2']);
      expect(await desk.json()).toMatchObject({ error: { code: 'too-many', message: expect.stringMatching(/Wait/) } });
      expect(await statuses(5, () => live.posts(press('topics', {})))).toEqual([200, 200, 200, 200, 200]);
      // Who called is not believed of a header that anybody can write.
      const lies = () => fetch(`${live.address}/api/desk/me`, { headers: forwarded('192.0.2.77') });
      expect(await statuses(2, lies)).toEqual([429, 429]);
    } finally {
      await live.stop();
    }
  });

  test('behind a proxy is told by the address that the proxy saw, and not by one that they wrote themselves', async () => {
    const live = await startLive({ TRUSTED_PROXIES: '1' }, { rates });
    try {
      let made = 0;
      const from = (address: string) => () => {
        made += 1;
        return fetch(`${live.address}/api/desk/me`, { headers: forwarded(`198.51.100.${made}, ${address}`) });
      };
      expect(await statuses(4, from('192.0.2.1'))).toEqual([401, 401, 401, 429]);
      expect(await statuses(4, from('192.0.2.2:50123'))).toEqual([401, 401, 401, 429]);
      expect(await statuses(1, from('192.0.2.2:50124'))).toEqual([429]);
      expect(await statuses(4, from('[2001:db8::1]:443'))).toEqual([401, 401, 401, 429]);
    } finally {
      await live.stop();
    }
  });

  test('in a chat is told by person: others are served, and what Teams tells of itself is never turned away', async () => {
    const live = await startLive({}, { rates });
    try {
      const of = (name: string) => ({ from: { id: `29:${name}`, name, aadObjectId: `object-${name}` } });
      const asks = (name: string) => () => live.posts(press('topics', {}, of(name)));
      expect(await statuses(5, asks('amina'))).toEqual([200, 200, 200, 429, 429]);
      expect(await statuses(1, asks('daniel'))).toEqual([200]);
      const event = { ...message('x', of('amina')), type: 'conversationUpdate', text: undefined };
      expect(await statuses(3, () => live.posts(event))).toEqual([200, 200, 200]);
      const before = live.rows();
      expect((await live.posts(message('help', of('amina')))).headers.get('retry-after')).toBe('2');
      expect(live.rows()).toBe(before);
      expect(live.logged()).not.toMatch(/object-amina/);
    } finally {
      await live.stop();
    }
  });
});

describe('whoever sends a byte at a time', () => {
  const patience = { headers: 200, request: 400, keepAlive: 5_000, look: 50 };
  let live: Live;
  beforeAll(async () => {
    live = await startLive({}, { patience });
  });
  afterAll(() => live.stop());

  /** Sends a byte now and then. @returns what it heard once it was cut off. */
  async function drips(head: string, bytes: string): Promise<string> {
    const { hostname, port } = new URL(live.address);
    const socket = connect(Number(port), hostname);
    let heard = '';
    let open = true;
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      open = false;
    });
    socket.write(head);
    for (const byte of bytes) {
      if (!open) return heard;
      socket.write(byte);
      await wait(20);
    }
    socket.destroy();
    throw new Error(`It was not cut off: ${heard}`);
  }

  test('is cut off before the head of the request is whole', async () => {
    expect(await drips('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ', 'x'.repeat(500))).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('is cut off before its body is whole', async () => {
    const head =
      'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n';
    expect(await drips(head, '{'.repeat(500))).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('does not hold up anybody else', async () => {
    const dripping = drips('GET /healthz HTTP/1.1\r\nX-Long: ', 'x'.repeat(500));
    expect((await fetch(`${live.address}/healthz`)).status).toBe(200);
    await dripping;
  });
});
