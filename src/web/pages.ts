import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type restify from 'restify';

/** The hosts that show a tab: Teams on the web, on a desktop and on a phone, and Microsoft 365. */
const TEAMS_HOSTS = [
  'https://teams.microsoft.com',
  'https://*.teams.microsoft.com',
  'https://*.cloud.microsoft',
  'https://*.microsoft365.com',
  'https://*.office.com',
  'https://outlook.office.com',
];

/** Who may show the pages in a frame: Teams, or in a rehearsal this server's own page and the rehearsal's. */
export function framedBy(rehearsal: { readonly sandboxUrl: string | undefined } | undefined): readonly string[] {
  if (rehearsal === undefined) return TEAMS_HOSTS;
  const { sandboxUrl } = rehearsal;
  return ["'self'", ...(sandboxUrl === undefined ? [] : [new URL(sandboxUrl).origin])];
}

/** Only what comes from this server. Styles also by element: Fluent makes its style sheets as it draws. */
function policy(frames: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frames.join(' ')}`,
  ].join('; ');
}

type Options = {
  /** Where `npm run build` puts the pages. */
  readonly folder: string;
  readonly frames: readonly string[];
};

/** Serves the desk's pages: their scripts and styles, and the one page that every other path below /tab/ opens. */
export function servePages(server: restify.Server, { folder, frames }: Options): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy(frames),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // It names the assets, and so must be as new as they are.
    'cache-control': 'no-cache',
  };
  const assets = new LRUCache<string, Buffer>({ max: MOST_ASSETS });
  const read = async (name: string): Promise<Buffer | undefined> => {
    const content = assets.get(name) ?? (await zipped(join(folder, 'assets', name)));
    if (content !== undefined) assets.set(name, content);
    return content;
  };
  server.get('/tab/assets/:name', async (request, response) => {
    const name: string = request.params.name;
    const type = /^[\w-]+\.[\w.-]+$/.test(name) ? ASSET_TYPES[extname(name)] : undefined;
    const content = type === undefined ? undefined : await read(name);
    if (type === undefined || content === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
      response.end('There is no such file.');
      return;
    }
    response.writeHead(200, {
      'content-type': type,
      'content-encoding': 'gzip',
      'x-content-type-options': 'nosniff',
      // The names of assets carry a hash of what is in them: what has a name never changes.
      'cache-control': 'public, max-age=31536000, immutable',
    });
    response.end(content);
  });
  const page = async (_request: restify.Request, response: restify.Response): Promise<void> => {
    const built = await readFile(join(folder, 'index.html')).catch(() => undefined);
    response.writeHead(built === undefined ? 503 : 200, headers);
    response.end(built ?? NOT_BUILT);
  };
  server.get('/tab', page);
  server.get('/tab/*', page);
}

const MOST_ASSETS = 200;
const ASSET_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Every browser that Teams runs in takes gzip, so that nothing else is kept. */
async function zipped(file: string): Promise<Buffer | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content === undefined ? undefined : promisify(gzip)(content);
}

const NOT_BUILT = `<!doctype html>
<html lang="en-GB">
  <head><meta charset="utf-8"><title>Signpost</title></head>
  <body><h1>These pages are not built yet</h1><p>Whoever runs Signpost: run <code>npm run build</code>, then open this page again.</p></body>
</html>
`;
