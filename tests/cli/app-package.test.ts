import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import JSZip from 'jszip';
import { AppPackageError, buildAppPackage, fillManifest } from '../../src/cli/app-package.ts';

const VALUES = {
  TEAMS_APP_ID: '11111111-2222-4333-8444-555555555555',
  MICROSOFT_APP_ID: '66666666-7777-4888-9999-000000000000',
  PUBLIC_ADDRESS: 'https://signpost.trust.example/',
  DEVELOPER_NAME: 'An NHS "Trust"',
  DEVELOPER_WEBSITE: 'https://trust.example',
  DEVELOPER_PRIVACY: 'https://trust.example/privacy',
  DEVELOPER_TERMS: 'https://trust.example/terms',
};

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
    expect(validate(manifest) ? [] : validate.errors).toEqual([]);
  });

  test('the desk is a personal tab and a tab for channels, signed in to as this app', async () => {
    const manifest = await readManifest();
    expect(manifest.staticTabs).toEqual([
      {
        entityId: 'desk',
        name: 'Signpost',
        contentUrl: 'https://signpost.trust.example/tab/',
        scopes: ['personal'],
      },
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

  test('the icons have the sizes that Teams asks for', async () => {
    for (const [name, size] of [
      ['color.png', 192],
      ['outline.png', 32],
    ] as const) {
      const png = (await zip.file(name)?.async('nodebuffer')) ?? Buffer.alloc(24);
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
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
