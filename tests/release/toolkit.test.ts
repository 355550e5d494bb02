import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse as parseEnv } from 'dotenv';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** Neither the toolkit nor a Bicep compiler runs here: what can be held is that all names agree. */

const read = (file: string): string => readFileSync(file, 'utf8');
const variablesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\$\{\{\s*(\w+)\s*\}\}/g)].map(([, name = '']) => name)),
];

const Action = z.object({
  uses: z.string(),
  with: z.record(z.string(), z.unknown()).optional(),
  writeToEnvironmentFile: z.record(z.string(), z.string()).optional(),
});
const Project = z.object({
  version: z.literal('v1.11'),
  environmentFolderPath: z.literal('./env'),
  provision: z.array(Action).default([]),
  deploy: z.array(Action).default([]),
  publish: z.array(Action).default([]),
});

const projects = [
  ['m365agents.yml', 'env/.env.dev'],
  ['m365agents.local.yml', 'env/.env.local'],
  ['m365agents.playground.yml', 'env/.env.playground'],
] as const;

const actionsOf = (file: string) => {
  const { provision, deploy, publish } = Project.parse(parseYaml(read(file)));
  return [...provision, ...deploy, ...publish];
};
const main = read('infra/main.bicep');
const outputs = [...main.matchAll(/^output (\w+) /gm)].map(([, name = '']) => name);
/** Read by the settings, by a name at the start of a line. */
const settings = [...read('src/settings.ts').matchAll(/^ {2}([A-Z][A-Z_]+): (?:z\.|optional|listMap)/gm)].map(
  ([, name = '']) => name,
);

describe.each(projects)('%s', (file, environment) => {
  const actions = actionsOf(file);
  const defined = Object.keys(parseEnv(read(environment)));
  const uses = (action: string): boolean => actions.some((one) => one.uses === action);
  const text = read(file) + (uses('teamsApp/zipAppPackage') ? read('appPackage/manifest.json') : '');
  const used = variablesIn(text + (uses('arm/deploy') ? read('infra/main.parameters.json') : ''));

  test('uses only variables that its environment file names, or that are secrets beside it', () => {
    const secrets = used.filter((name) => name.startsWith('SECRET_'));
    expect(used.filter((name) => !secrets.includes(name) && !defined.includes(name))).toEqual([]);
    for (const secret of secrets) expect(read(environment)).toMatch(new RegExp(`user: .*\\b${secret}\\b`));
  });

  test('names nothing in its environment file that nothing uses', () => {
    const written = actions.flatMap(({ writeToEnvironmentFile = {} }) => Object.values(writeToEnvironmentFile));
    const known = [...used, ...written, ...(uses('arm/deploy') ? outputs : []), 'TEAMSFX_ENV'];
    expect(defined.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('writes what it makes under names that its environment file has', () => {
    const written = actions.flatMap(({ writeToEnvironmentFile = {} }) => Object.values(writeToEnvironmentFile));
    const made = [...written.filter((name) => !name.startsWith('SECRET_')), ...(uses('arm/deploy') ? outputs : [])];
    expect(made.filter((name) => !defined.includes(name))).toEqual([]);
  });

  test('holds no secret', () => {
    const values = Object.entries(parseEnv(read(environment)));
    expect(values.filter(([name]) => /PASSWORD|SECRET|KEY|TOKEN/.test(name))).toEqual([]);
  });
});

test('the settings that are deployed are settings that the server reads', () => {
  expect(settings.length).toBeGreaterThan(20);
  const deployed = [...main.matchAll(/\{ name: '([A-Z_]+)'/g)].map(([, name = '']) => name);
  expect(deployed).toEqual(expect.arrayContaining(['MICROSOFT_APP_ID', 'DATABASE_URL', 'AUDIT_KEY', 'TENANTS']));
  // Who may use it, go on duty, receive referrals and open a name is set where each deployment sets it again.
  expect(deployed).toEqual(expect.arrayContaining(['SAFEGUARDING_TEAMS', 'DUTY_TEAMS', 'SAFEGUARDING_LEADS']));
  expect(deployed.filter((name) => !settings.includes(name))).toEqual([]);
  const local = actionsOf('m365agents.local.yml').find(({ uses }) => uses === 'file/createOrUpdateEnvironmentFile');
  const given = Object.keys(z.object({ envs: z.record(z.string(), z.string()) }).parse(local?.with).envs);
  expect(given.filter((name) => !settings.includes(name))).toEqual([]);
});

test('every setting but those that have a good default stands in env/.env.example', () => {
  const example = read('env/.env.example');
  expect(settings.filter((name) => !new RegExp(`^(?:# )?${name}=`, 'm').test(example))).toEqual([]);
});

test('each parameter of the template is given once or has a default, and each module gets what it asks for', () => {
  const given = Object.keys(JSON.parse(read('infra/main.parameters.json')).parameters);
  const paramsOf = (text: string) => [...text.matchAll(/^param (\w+) \w+( =)?/gm)];
  const asked = paramsOf(main);
  expect(given.filter((name) => !asked.some(([, one]) => one === name))).toEqual([]);
  expect(asked.filter(([, name = '', byDefault]) => byDefault === undefined && !given.includes(name))).toEqual([]);
  const modules = [...main.matchAll(/^module \w+ '(\w+\.bicep)' = \{.*?\bparams: \{(.*?)^\}/gms)];
  expect(modules.map(([, file]) => `infra/${file}`).sort()).toEqual(
    globSync('infra/*.bicep')
      .filter((file) => file !== 'infra/main.bicep')
      .sort(),
  );
  for (const [, file = '', params = ''] of modules) {
    for (const [, name = ''] of paramsOf(read(`infra/${file}`))) expect(params).toMatch(new RegExp(`\\b${name}:`));
  }
});

test('files with secrets are not kept', () => {
  const ignored = execFileSync('git', ['check-ignore', 'env/.env', 'env/.env.dev.user', 'env/.env.local.user'], {
    encoding: 'utf8',
  });
  expect(ignored.trim().split('\n').length).toBe(3);
});
