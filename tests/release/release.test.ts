import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Bom, billOfMaterials, IN_THE_PAGES } from '../../release/components.ts';
import { isPermissive, licencesOf } from '../../release/licences.ts';

describe('the bill of materials', () => {
  let bom: Bom;
  let names: readonly string[];
  beforeAll(async () => {
    bom = await billOfMaterials();
    names = bom.components.map(({ name }) => name);
  });

  test('is CycloneDX, and of this version of Signpost', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'signpost', version, type: 'application' } },
    });
  });

  test('holds what the server needs and what the pages are made of, and nothing that only developers need', () => {
    expect(names).toEqual(expect.arrayContaining(['botbuilder', 'kysely', 'pg', 'react', 'scheduler', 'prom-client']));
    for (const development of ['jest', 'typescript', 'vite', 'playwright-core', '@biomejs/biome']) {
      expect(names).not.toContain(development);
    }
  });

  test('knows every package that the pages import', () => {
    const sources = globSync('src/tab/**/*.{ts,tsx}').map((file) => readFileSync(file, 'utf8'));
    const imported = sources.flatMap((source) =>
      [...source.matchAll(/from '((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(([, name = '']) => name),
    );
    expect(imported.length).toBeGreaterThan(50);
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const name of imported) expect([...IN_THE_PAGES, ...Object.keys(dependencies)]).toContain(name);
  });

  test('has a licence for each component that lets a Trust use it', () => {
    expect(licencesOf(bom.components).filter(({ permissive }) => !permissive)).toEqual([]);
  });
});

describe('a licence', () => {
  test.each([
    ['MIT', true],
    ['GPL-3.0-or-later', false],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['(MIT AND Zlib)', true],
    ['MIT AND MPL-2.0', false],
    ['MPL-2.0 AND (MIT OR ISC)', false],
    ['(MPL-2.0 OR MIT) AND ISC', true],
    ['', false],
    ['(MIT', false],
    ['MIT ISC', false],
    ['UNLICENSED', false],
  ])('%s is permissive: %s', (expression, permissive) => {
    expect(isPermissive(expression)).toBe(permissive);
  });

  test('that is not said, and that nobody has read, is named as unknown', () => {
    const none = { 'bom-ref': 'x', name: 'nobody-knows', version: '1.0.0' };
    expect(licencesOf([none])).toEqual([{ of: 'nobody-knows@1.0.0', licence: 'unknown', permissive: false }]);
    const two = { ...none, licenses: [{ license: { id: 'MIT' } }, { license: { name: 'Custom' } }] };
    expect(licencesOf([two])).toEqual([{ of: 'nobody-knows@1.0.0', licence: '(MIT) AND (Custom)', permissive: false }]);
  });
});

test('npm run licences prints one line for each component', async () => {
  const args = ['--disable-warning=ExperimentalWarning', 'release/list-licences.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toMatch(/^react@\S+\tMIT$/m);
  expect(stdout).toMatch(/^jspath@\S+\tMIT$/m);
});

test('the app package has the version of the project, and the changelog tells of it', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(JSON.parse(readFileSync('appPackage/manifest.json', 'utf8')).version).toBe(version);
  expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(`] ${version}`);
});
