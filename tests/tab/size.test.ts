import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';

/** Where the pages are built to, before the tests run. */
const FOLDER = 'dist/tab';

/** A file of the built pages, and those that it loads with itself; as Vite writes them down, by the name of their source. */
type Chunk = { readonly file: string; readonly imports?: readonly string[] };
const CHUNKS: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(join(FOLDER, '.vite/manifest.json'), 'utf8'));

/** The chunks that are loaded once these are opened. */
function loadedBy(...names: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const other of chunk(name).imports ?? []) load(other);
  };
  for (const name of names) load(name);
  return loaded;
}

function chunk(name: string): Chunk {
  const found = CHUNKS[name];
  if (found === undefined) throw new Error(`The built pages have no ${name}. They have: ${Object.keys(CHUNKS)}.`);
  return found;
}

const codeOf = (name: string): Buffer => readFileSync(join(FOLDER, chunk(name).file));

/** In bytes, as they go over the network. */
function sizeOf(names: ReadonlySet<string>): number {
  return [...names].reduce((total, name) => total + gzipSync(codeOf(name)).length, 0);
}

const MOST_BYTES = 300_000;
const CHART = 'parts/reports/chart.tsx';
/** What Fluent's charts call their parts. */
const OF_A_CHART = /fui-(line|legend)__/;

describe.each(['register', 'mine', 'referral', 'topics', 'duty', 'reports', 'guidance', 'flow'])(
  'a reader who opens the page %s first',
  (page) => {
    const loaded = loadedBy('index.html', `pages/${page}.tsx`);

    test('loads less than 300 KB of JavaScript, compressed', () => {
      expect(sizeOf(loaded)).toBeLessThan(MOST_BYTES);
    });

    test('loads nothing of the charts', () => {
      expect(loaded).not.toContain(CHART);
      expect([...loaded].filter((name) => OF_A_CHART.test(codeOf(name).toString()))).toEqual([]);
    });
  },
);

test('the charts are where these tests look for them', () => {
  const loaded = [...loadedBy(CHART)];
  expect(loaded.some((name) => OF_A_CHART.test(codeOf(name).toString()))).toBe(true);
});
