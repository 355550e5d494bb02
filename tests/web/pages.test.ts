import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import restify from 'restify';
import { framedBy, servePages } from '../../src/web/pages.ts';
import { close, listen } from '../../src/web/server.ts';

const PAGE = '<!doctype html><title>Signpost</title>';
const SCRIPT = `console.log("${'x'.repeat(5_000)}");`;

let folder: string;
let server: restify.Server;
let address: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-pages-'));
  writeFileSync(join(folder, 'secret.txt'), 'what nobody may read');
  mkdirSync(join(folder, 'tab/assets'), { recursive: true });
  writeFileSync(join(folder, 'tab/index.html'), PAGE);
  writeFileSync(join(folder, 'tab/assets/index-abc.js'), SCRIPT);
  writeFileSync(join(folder, 'tab/assets/index-abc.css'), 'p { color: red }');
  writeFileSync(join(folder, 'tab/assets/.hidden'), 'what nobody may read');
  server = restify.createServer({ ignoreTrailingSlash: true });
  servePages(server, { folder: join(folder, 'tab'), frames: framedBy(undefined) });
  address = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
});
afterAll(async () => {
  await close(server);
  rmSync(folder, { recursive: true, force: true });
});

/** Asks for a path as it stands, which `fetch` would tidy first. */
function asks(path: string): Promise<{ status: number; text: string }> {
  const { port } = new URL(address);
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, path, headers: { 'accept-encoding': 'identity' } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    asking.once('error', reject);
    asking.end();
  });
}

describe('the page', () => {
  test.each(['/tab', '/tab/', '/tab/referrals/K7M-2PXC', '/tab/guidance/filming?organisation=x', '/tab/index.html'])(
    'opens at %s',
    async (path) => {
      const response = await fetch(address + path);
      expect([response.status, await response.text()]).toEqual([200, PAGE]);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  test('runs what this server gives, and nothing else, and only Teams may frame it', async () => {
    const policy = (await fetch(`${address}/tab`)).headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "base-uri 'none'"]),
    );
    expect(policy).toMatch(/frame-ancestors https:\/\/teams\.microsoft\.com https:\/\/\*\.teams\.microsoft\.com /);
    expect(policy).not.toMatch(/frame-ancestors.*('self'|\*;| \* )/);
  });

  test('may be framed in a rehearsal by its own server, and by the rehearsal’s where that is another', () => {
    expect(framedBy({ sandboxUrl: undefined })).toEqual(["'self'"]);
    expect(framedBy({ sandboxUrl: 'http://127.0.0.1:3979/' })).toEqual(["'self'", 'http://127.0.0.1:3979']);
  });
});

describe('its scripts and styles', () => {
  test('come with their type, and are kept for good, since their names change with them', async () => {
    const response = await fetch(`${address}/tab/assets/index-abc.js`);
    expect([response.status, await response.text()]).toEqual([200, SCRIPT]);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const style = await fetch(`${address}/tab/assets/index-abc.css`);
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  test('come compressed, as every browser takes them', async () => {
    const response = await fetch(`${address}/tab/assets/index-abc.js`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect((await asks('/tab/assets/index-abc.js')).text.length).toBeLessThan(SCRIPT.length / 10);
  });

  test.each([
    '/tab/assets/no-such.js',
    '/tab/assets/../../secret.txt',
    '/tab/assets/%2e%2e/%2e%2e/secret.txt',
    '/tab/assets/..%2f..%2fsecret.txt',
    '/tab/assets/..%5c..%5csecret.txt',
    '/tab/assets/%00',
    '/tab/assets/.hidden',
    '/tab/assets//etc/passwd',
    '/tab/../secret.txt',
    '/secret.txt',
  ])('give nothing else away: %s', async (path) => {
    const { status, text } = await asks(path);
    expect(text).not.toMatch(/what nobody may read|root:/);
    expect([200, 400, 403, 404]).toContain(status);
    if (status === 200) expect(text).toBe(PAGE);
  });

  test('are not listed', async () => {
    expect((await asks('/tab/assets/')).text).not.toContain('index-abc');
    expect((await asks('/tab/assets')).text).not.toContain('index-abc');
  });
});

test('where the pages are not built, the page says how to', async () => {
  const bare = restify.createServer();
  servePages(bare, { folder: join(folder, 'nothing'), frames: framedBy(undefined) });
  const port = await listen(bare, 0, '127.0.0.1');
  const response = await fetch(`http://127.0.0.1:${port}/tab`);
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
  await close(bare);
});
