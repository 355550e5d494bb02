import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire, stripTypeScriptTypes } from 'node:module';

/** A file of the page, ready to send. */
export type StaticFile = { readonly type: string; readonly content: string };

const SCRIPT = 'text/javascript; charset=utf-8';

/**
 * Only what comes from this server, and in a frame the tab; styles may be set by script, as the card renderer does, but
 * not by markup.
 */
function policy(tabOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${tabOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const PAGES = ['index.html', 'desk.html'];

const PAGE_SCRIPTS = [
  'page.ts',
  'pane.ts',
  'search-box.ts',
  'dialog.ts',
  'desk.ts',
  'desk-frame.ts',
  'host.ts',
  'trouble.ts',
  'card.ts',
  'calls.ts',
  'theme.ts',
  'html.ts',
  'host-configs.ts',
];

function pageFile(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}

function pageScript(name: string): StaticFile {
  return { type: SCRIPT, content: stripTypeScriptTypes(pageFile(name)) };
}

function packageScript(specifier: string): StaticFile {
  return { type: SCRIPT, content: readFileSync(createRequire(import.meta.url).resolve(specifier), 'utf8') };
}

/** Reads the pages, their scripts and the libraries that they use. Keys are paths below /sandbox/page. */
export function readPage(): ReadonlyMap<string, StaticFile> {
  return new Map<string, StaticFile>([
    ...PAGES.map((name) => [name, { type: 'text/html; charset=utf-8', content: pageFile(name) }] as const),
    ['page.css', { type: 'text/css; charset=utf-8', content: pageFile('page.css') }],
    ...PAGE_SCRIPTS.map((name) => [name, pageScript(name)] as const),
    ['adaptivecards.js', packageScript('adaptivecards/dist/adaptivecards.min.js')],
    ['markdown-it.js', packageScript('markdown-it/browser')],
  ]);
}

/** @param tabOrigin where the tab is served from: an origin, or `'self'` with its quotes. */
export function sendFile(response: ServerResponse, { type, content }: StaticFile, tabOrigin: string): void {
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': policy(tabOrigin),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  response.end(content);
}
