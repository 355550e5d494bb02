import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import JSZip from 'jszip';
import { AppPackageError, buildAppPackage, fillManifest } from '../../src/cli/app-package.ts';
import { iconProblems, type Manifest, manifestProblems } from '../../src/cli/app-package-checks.ts';
import { COMMANDS, TEAM_COMMANDS } from '../../src/guidance/find/commands.ts';
import { EXTENSION } from '../../src/sandbox/extension.ts';
import { pngOf } from '../support/png.ts';

const VALUES = {
  TEAMS_APP_ID: '11111111-2222-4333-8444-555555555555',
  MICROSOFT_APP_ID: '66666666-7777-4888-9999-000000000000',
  PUBLIC_ADDRESS: 'https://signpost.trust.example/',
  DEVELOPER_NAME: 'An NHS "Trust"',
  DEVELOPER_WEBSITE: 'https://trust.example',
  DEVELOPER_PRIVACY: 'https://trust.example/privacy',
  DEVELOPER_TERMS: 'https://trust.example/terms',
};

/** What Microsoft's own schema finds wrong. */
function schemaErrors(manifest: { readonly manifestVersion: string }): readonly unknown[] {
  const require = createRequire(import.meta.url);
  const root = join(require.resolve('@microsoft/app-manifest/package.json'), '..');
  const schema = JSON.parse(
    readFileSync(
      join(root, `build/json-schemas/teams/v${manifest.manifestVersion}/MicrosoftTeams.schema.json`),
      'utf8',
    ),
  );
  const ajv = new Ajv.default({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...schema, $schema: undefined });
  return validate(manifest) ? [] : (validate.errors ?? []);
}

describe('the app package', () => {
  let folder: string;
  let zip: JSZip;
  const build = (values: NodeJS.ProcessEnv) => buildAppPackage(process.cwd(), values, join(folder, 'app.zip'));
  const readManifest = async () => JSON.parse((await zip.file('manifest.json')?.async('string')) ?? '');
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-package-'));
    const path = await build(VALUES);
    zip = await JSZip.loadAsync(readFileSync(path));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds the manifest and both icons, and nothing else', () => {
    expect(Object.keys(zip.files).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
  });

  test("the manifest is valid by Microsoft's own schema, with every value filled in", async () => {
    const manifest = await readManifest();
    expect(JSON.stringify(manifest)).not.toContain('${{');
    expect(manifest.bots[0].botId).toBe(VALUES.MICROSOFT_APP_ID);
    expect(manifest.developer.name).toBe('An NHS "Trust"');
    expect(schemaErrors(manifest)).toEqual([]);
    // And not by whatever one likes.
    expect(schemaErrors({ ...manifest, accentColor: 'blue' })).not.toEqual([]);
    expect(schemaErrors({ ...manifest, composeExtensions: [{ botId: 'none', commands: [] }] })).not.toEqual([]);
    expect(schemaErrors({ ...manifest, unheardOf: true })).not.toEqual([]);
  });

  test('the desk is a personal tab and a tab for channels, signed in to as this app', async () => {
    const manifest = await readManifest();
    expect(manifest.staticTabs).toEqual([
      { entityId: 'conversations', scopes: ['personal'] },
      {
        entityId: 'desk',
        name: 'Desk',
        contentUrl: 'https://signpost.trust.example/tab/',
        scopes: ['personal'],
      },
      { entityId: 'about', scopes: ['personal'] },
    ]);
    expect(manifest.configurableTabs).toEqual([
      {
        configurationUrl: 'https://signpost.trust.example/tab/#/config',
        canUpdateConfiguration: false,
        scopes: ['team'],
      },
    ]);
    expect(manifest.webApplicationInfo).toEqual({
      id: VALUES.MICROSOFT_APP_ID,
      resource: `api://signpost.trust.example/${VALUES.MICROSOFT_APP_ID}`,
    });
    expect(manifest.validDomains).toEqual(['signpost.trust.example']);
  });

  test.each(['', ' '])('an address that is not set (%j) is asked for by the name of its setting', async (address) => {
    await expect(build({ ...VALUES, PUBLIC_ADDRESS: address })).rejects.toThrow(
      'The app package needs: PUBLIC_ADDRESS.',
    );
  });

  test.each(['http://signpost.trust.example', 'signpost.trust.example'])(
    'the address %s is refused, since Teams would show nothing from there',
    async (address) => {
      await expect(build({ ...VALUES, PUBLIC_ADDRESS: address })).rejects.toThrow(
        'PUBLIC_ADDRESS must be the address of the server, such as https://signpost.example.org.',
      );
    },
  );

  test('offers in each place the commands that the bot understands there, in its own words', async () => {
    const [bot] = (await readManifest()).bots;
    const titles = (scope: string): string[] =>
      bot.commandLists
        .filter(({ scopes }: { scopes: string[] }) => scopes.includes(scope))
        .flatMap(({ commands }: { commands: { title: string }[] }) => commands.map(({ title }) => title));
    const say = ({ say }: (typeof COMMANDS)[number]): string => say;
    expect(titles('personal').toSorted()).toEqual(COMMANDS.map(say).toSorted());
    expect(titles('team')).toEqual(COMMANDS.filter(({ command }) => TEAM_COMMANDS.includes(command)).map(say));
    expect(new Set(bot.commandLists.flatMap(({ scopes }: { scopes: string[] }) => scopes))).toEqual(
      new Set(bot.scopes),
    );
  });

  test('offers a search and two commands on messages, as the rehearsal plays them', async () => {
    const [extension] = (await readManifest()).composeExtensions;
    const [search, ...onMessages] = extension.commands;
    expect(search).toMatchObject({
      id: EXTENSION.search.id,
      type: 'query',
      initialRun: true,
      parameters: [{ name: EXTENSION.search.parameter }],
    });
    expect(onMessages).toMatchObject(
      EXTENSION.onMessages.map(({ id, title }) => ({
        id,
        title,
        type: 'action',
        context: ['message'],
        fetchTask: true,
      })),
    );
  });

  test('a missing or blank value is refused by name, with where to set it', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders of the Agents Toolkit.
    expect(() => fillManifest('{"id":"${{TEAMS_APP_ID}}","x":"${{DEVELOPER_NAME}}"}', { TEAMS_APP_ID: ' ' })).toThrow(
      new AppPackageError(
        'The app package needs: TEAMS_APP_ID, DEVELOPER_NAME. Set them in env/.env (see env/.env.example) or in the environment.',
      ),
    );
  });
});

describe('a manifest', () => {
  const good: Manifest = {
    version: '1.2.3',
    bots: [{ botId: 'bot' }],
    composeExtensions: [{ botId: 'bot' }],
    staticTabs: [{}, { contentUrl: 'https://signpost.example/tab/' }],
    configurableTabs: [{ configurationUrl: 'https://signpost.example/tab/#/config' }],
    webApplicationInfo: { id: 'bot', resource: 'api://signpost.example/bot' },
    permissions: ['identity', 'messageTeamMembers'],
    validDomains: ['signpost.example'],
  };
  const broken: readonly [string, Partial<Manifest>, string][] = [
    ['another version than the package', { version: '1.2.4' }, 'Give both the same.'],
    ['a page on another host', { staticTabs: [{ contentUrl: 'https://other.example/' }] }, 'must hold other.example'],
    ['a page without TLS', { staticTabs: [{ contentUrl: 'http://signpost.example/' }] }, 'must begin with https://'],
    ['a domain that no page is on', { validDomains: ['signpost.example', '*.example'] }, 'holds *.example'],
    ['another bot', { bots: [{ botId: 'other' }] }, 'Use one registration for both.'],
    ['an extension of another bot', { composeExtensions: [{ botId: 'other' }] }, 'Use one registration for both.'],
    [
      'tokens for something else',
      { webApplicationInfo: { id: 'bot', resource: 'api://bot' } },
      'must be api://signpost.example/bot',
    ],
    ['a permission that nothing needs', { permissions: ['media'] }, 'asks for the permission "media"'],
  ];

  test('in which everything fits has nothing to mend', () => {
    expect(manifestProblems(good, '1.2.3')).toEqual([]);
  });

  test.each(broken)('with %s is refused, with what to do', (_, changes, words) => {
    const problems = manifestProblems({ ...good, ...changes }, '1.2.3');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });
});

describe('the icons', () => {
  const BLUE = [0, 94, 184, 255] as const;
  const WHITE = [255, 255, 255, 255] as const;
  const CLEAR = [0, 0, 0, 0] as const;
  const color = (from: number, size = 192) =>
    pngOf(size, (x, y) => (x >= from && x < size - from && y >= from && y < size - from ? WHITE : BLUE));
  const outline = (of: readonly [number, number, number, number], size = 32) =>
    pngOf(size, (x) => (x > 8 && x < 24 ? of : CLEAR));

  test('that Teams takes have nothing to mend, however a row is kept', () => {
    for (const filter of [0, 1, 2, 3, 4]) {
      const square = (x: number, y: number) => (x > 40 && x < 150 && y > 60 && y < 140 ? WHITE : BLUE);
      expect(iconProblems(pngOf(192, square, filter), outline(WHITE))).toEqual([]);
    }
  });

  test.each([
    ['of another size', color(40, 96), outline(WHITE), 'color.png has 96 x 96 pixels'],
    ['with a symbol beyond the safe area', color(30), outline(WHITE), 'within 120 x 120 pixels in the middle'],
    ['without a symbol', pngOf(192, () => BLUE), outline(WHITE), 'color.png has no symbol.'],
    ['with a hole in it', pngOf(192, () => CLEAR), outline(WHITE), 'must have no transparent part.'],
    ['that are no picture', Buffer.from('text'), outline(WHITE), 'color.png is no PNG.'],
    ['whose outline is of another size', color(40), outline(WHITE, 48), 'outline.png has 48 x 48 pixels'],
    ['whose outline has a colour', color(40), outline(BLUE), 'outline.png must be white and nothing else.'],
    ['whose outline has a ground', color(40), pngOf(32, () => WHITE), 'outline.png must have a transparent ground.'],
    ['whose outline is empty', color(40), pngOf(32, () => CLEAR), 'outline.png has no symbol.'],
  ])('%s are refused, with what to do', (_, one, other, words) => {
    expect(iconProblems(one, other).join('\n')).toContain(words);
  });
});
