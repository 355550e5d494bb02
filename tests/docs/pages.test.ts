import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Files of the project that a page names in code quotes, such as a test that shows a promise. */
function namedFiles(page: string): string[] {
  const named = [
    ...read(page).matchAll(/`((?:src|tests|docs|cards|policies|infra|bench|rehearse|words)\/[\w./-]+\.\w+)`/g),
  ];
  return named.flatMap(([, path]) => path ?? []);
}

/** The scripts that a page tells somebody to run. */
function namedScripts(page: string): string[] {
  return [...read(page).matchAll(/npm run ([\w-]+)/g)].flatMap(([, name]) => name ?? []);
}

/** Where the links of a page lead inside the project, with the heading after #. */
function links(page: string): { file: string; heading: string }[] {
  return [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
    ([, path = '', heading = '']) => ({
      file: path === '' ? page : join(page, '..', path),
      heading,
    }),
  );
}

/** A heading as links name it. */
function anchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  test('names only files that are there, so that each promise has its test', () => {
    expect(namedFiles(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('names only scripts that can be run', () => {
    const { scripts } = JSON.parse(read('package.json'));
    expect(namedScripts(page).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('links to pages and headings that are there', () => {
    const broken = links(page).filter(
      ({ file, heading }) =>
        !existsSync(join(ROOT, file)) || (heading !== '' && file.endsWith('.md') && !anchors(file).includes(heading)),
    );
    expect(broken).toEqual([]);
  });
});
