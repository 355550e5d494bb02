import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'dotenv';
import JSZip from 'jszip';
import { iconProblems, manifestProblems } from './app-package-checks.ts';

/** A value that the app package needs and that is not set. */
export class AppPackageError extends Error {
  override readonly name = 'AppPackageError';
}

const PLACEHOLDER = /\$\{\{([A-Z_]+)\}\}/g;
const ICONS = ['color.png', 'outline.png'];
/** What follows from a setting, by the name that the manifest has for it. */
const FOLLOWS: Readonly<Record<string, string>> = { TAB_DOMAIN: 'PUBLIC_ADDRESS' };

/** The manifest with each `${{NAME}}` replaced. @throws AppPackageError naming every value that is missing. */
export function fillManifest(template: string, values: Readonly<Record<string, string | undefined>>): string {
  const names = [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))];
  const missing = names.filter((name) => !values[name]?.trim());
  if (missing.length > 0) {
    throw new AppPackageError(
      `The app package needs: ${missing.map((name) => FOLLOWS[name] ?? name).join(', ')}. Set them in env/.env (see env/.env.example) or in the environment.`,
    );
  }
  // As JSON text, so that a quote in a value cannot break the manifest.
  return template.replace(PLACEHOLDER, (_, name: string) => JSON.stringify(values[name]?.trim()).slice(1, -1));
}

/** The host that the tab is served from. @throws AppPackageError where Teams would not show a page from there. */
function tabDomain(address: string | undefined): string | undefined {
  if (!address?.trim()) return undefined;
  const url = URL.parse(address.trim());
  if (url?.protocol === 'https:') return url.host;
  throw new AppPackageError(
    'PUBLIC_ADDRESS must be the address of the server, such as https://signpost.example.org. Teams shows nothing in a tab that does not begin with https://.',
  );
}

/**
 * Builds the zip that is uploaded to Teams, from appPackage/ and env/. @returns its path.
 * @throws AppPackageError where something is missing, or Teams would not take it.
 */
export async function buildAppPackage(folder: string, environment: NodeJS.ProcessEnv, out: string): Promise<string> {
  const file = join(folder, 'env/.env');
  const values = { ...(existsSync(file) ? parse(readFileSync(file)) : {}), ...environment };
  const template = readFileSync(join(folder, 'appPackage/manifest.json'), 'utf8');
  const manifest = fillManifest(template, { ...values, TAB_DOMAIN: tabDomain(values.PUBLIC_ADDRESS) });
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [color, outline] = ICONS.map((name) => readFileSync(join(folder, 'appPackage', name)));
  const problems = [
    ...manifestProblems(JSON.parse(manifest), version),
    ...(color === undefined || outline === undefined ? [] : iconProblems(color, outline)),
  ];
  if (problems.length > 0) throw new AppPackageError(problems.join('\n'));
  const zip = new JSZip();
  zip.file('manifest.json', manifest);
  for (const name of ICONS) zip.file(name, readFileSync(join(folder, 'appPackage', name)));
  const path = resolve(folder, out);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' }));
  return path;
}

export async function appPackageCommand(options: { out: string }): Promise<void> {
  try {
    const path = await buildAppPackage(process.cwd(), process.env, options.out);
    process.stdout.write(
      `The app package is ready: ${path}\nUpload it in the Teams admin centre, under Manage apps.\n`,
    );
  } catch (error) {
    if (!(error instanceof AppPackageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
