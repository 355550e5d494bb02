import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire, stripTypeScriptTypes } from 'node:module';

/** A file of the page, ready to send. */
export type StaticFile = { readonly type: string; readonly content: string };

const SCRIPT = 'text/javascript; charset=utf-8';

/** Only what comes from this server; styles may be set by script, as the card renderer does, but not by markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_SCRIPTS = ['page.ts', 'pane.ts', 'trouble.ts', 'card.ts', 'calls.ts', 'html.ts', 'host-configs.ts'];

function pageFile(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}

function pageScript(name: string): StaticFile {
  return { type: SCRIPT, content: stripTypeScriptTypes(pageFile(name)) };
}

function packageScript(specifier: string): StaticFile {
  return { type: SCRIPT, content: readFileSync(createRequire(import.meta.url).resolve(specifier), 'utf8') };
}

/** Reads the page, its scripts and the libraries that they use. Keys are paths below /sandbox/page. */
export function readPage(): ReadonlyMap<string, StaticFile> {
  return new Map<string, StaticFile>([
    ['index.html', { type: 'text/html; charset=utf-8', content: pageFile('index.html') }],
    ['page.css', { type: 'text/css; charset=utf-8', content: pageFile('page.css') }],
    ...PAGE_SCRIPTS.map((name) => [name, pageScript(name)] as const),
    ['adaptivecards.js', packageScript('adaptivecards/dist/adaptivecards.min.js')],
    ['markdown-it.js', packageScript('markdown-it/browser')],
  ]);
}

export function sendFile(response: ServerResponse, { type, content }: StaticFile): void {
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  response.end(content);
}
