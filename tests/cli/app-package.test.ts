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
  DEVELOPER_NAME: 'An NHS "Trust"',
  DEVELOPER_WEBSITE: 'https://trust.example',
  DEVELOPER_PRIVACY: 'https://trust.example/privacy',
  DEVELOPER_TERMS: 'https://trust.example/terms',
};

describe('the app package', () => {
  let folder: string;
  let zip: JSZip;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-package-'));
    const path = await buildAppPackage(process.cwd(), VALUES, join(folder, 'app.zip'));
    zip = await JSZip.loadAsync(readFileSync(path));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds the manifest and both icons, and nothing else', () => {
    expect(Object.keys(zip.files).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
  });

  test("the manifest is valid by Microsoft's own schema, with every value filled in", async () => {
    const manifest = JSON.parse((await zip.file('manifest.json')?.async('string')) ?? '');
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
