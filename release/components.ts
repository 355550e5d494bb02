import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';

/** What `npm sbom` says, as far as it is used here. Whatever else it says is kept. */
const Component = z.looseObject({
  'bom-ref': z.string(),
  name: z.string(),
  version: z.string(),
  licenses: z
    .array(
      z.union([
        z.object({ license: z.object({ id: z.string().optional(), name: z.string().optional() }) }),
        z.object({ expression: z.string() }),
      ]),
    )
    .optional(),
});
export type Component = z.output<typeof Component>;

const Bom = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  components: z.array(Component),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});
export type Bom = z.output<typeof Bom>;

/**
 * What the desk's pages are made of. npm counts these among what only developers need, since the server does not; but
 * they are in what is built, and so in what is shipped.
 */
export const IN_THE_PAGES: readonly string[] = [
  '@fluentui/react-charts',
  '@fluentui/react-components',
  '@fluentui/react-icons',
  '@microsoft/teams-js',
  '@tanstack/react-query',
  '@tanstack/react-virtual',
  'react',
  'react-dom',
  'react-router',
];

/** The bill of materials of a release: what the server needs, what the pages are made of, and what those need. */
export async function billOfMaterials(): Promise<Bom> {
  // From the lock file, so that it says what a release installs, and not what lies here.
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { stdout } = await promisify(execFile)('npm', args, { maxBuffer: 64 * 1024 * 1024 });
  const { name, version, dependencies } = z
    .object({ name: z.string(), version: z.string(), dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const bom = Bom.parse(JSON.parse(stdout));
  const shipped = [...Object.keys(dependencies), ...IN_THE_PAGES];
  const { component } = bom.metadata;
  const kept = reached(bom, shipped);
  return {
    ...bom,
    // npm calls it by the folder that it lies in.
    metadata: { ...bom.metadata, component: { ...component, type: 'application', name, version } },
    components: bom.components.filter((one) => kept.has(one['bom-ref'])),
    dependencies: bom.dependencies
      .filter(({ ref }) => kept.has(ref) || ref === component['bom-ref'])
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => kept.has(on)) })),
  };
}

/** The components that some packages of the project need, and those packages themselves. */
function reached({ metadata, components, dependencies }: Bom, packages: readonly string[]): ReadonlySet<string> {
  const needs = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const names = new Map(components.map((one) => [one['bom-ref'], one.name]));
  const direct = needs.get(metadata.component['bom-ref']) ?? [];
  const next = direct.filter((ref) => packages.includes(names.get(ref) ?? ''));
  const seen = new Set<string>();
  for (let ref = next.pop(); ref !== undefined; ref = next.pop()) {
    if (seen.has(ref)) continue;
    seen.add(ref);
    next.push(...(needs.get(ref) ?? []));
  }
  return seen;
}
