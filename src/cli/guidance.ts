import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { coverageOf, OPERATIVE, pathLine, pathsOf } from '../guidance/coverage.ts';
import { diagram } from '../guidance/diagram.ts';
import type { Organisation } from '../guidance/types.ts';
import { CommandError, type OrganisationOption, organisationsFor, print } from './organisations.ts';

/** `signpost coverage`: clauses to outcomes, and outcomes to clauses. */
export async function coverageCommand(options: OrganisationOption & { json?: boolean }): Promise<void> {
  const all = (await organisationsFor(options)).map(coverageOf);
  if (options.json) return print(JSON.stringify(all, undefined, 2));
  for (const coverage of all) {
    const operative = coverage.clauses.filter((clause) => OPERATIVE.includes(clause.kind));
    const answered = operative.filter((clause) => clause.outcomes.length > 0);
    print(`${coverage.organisation}: ${answered.length} of ${operative.length} operative clauses are answered.\n`);
    for (const clause of coverage.clauses) {
      const why = clause['not-decidable'] === undefined ? '' : ` not decidable: ${clause['not-decidable']}`;
      print(`${clause.id} (${clause.kind})${why}`);
      for (const outcome of clause.outcomes) print(`  ${outcome}`);
    }
    print('');
    for (const { outcome, clauses } of coverage.outcomes) print(`${outcome}: ${clauses.join(' ')}`);
    print('');
  }
}

/** The committed list of an organisation's paths, so that a change of content shows as a change of lines. */
export function pathsFile(policies: string, organisation: Organisation): string {
  return join(policies, organisation.id, 'paths.txt');
}

export function pathsText(organisation: Organisation): string {
  return `${pathsOf(organisation).map(pathLine).join('\n')}\n`;
}

/** `signpost paths`: every way through every flow. */
export async function pathsCommand(options: OrganisationOption & { json?: boolean; write?: boolean }): Promise<void> {
  const organisations = await organisationsFor(options);
  if (options.json) return print(JSON.stringify(organisations.flatMap(pathsOf), undefined, 2));
  for (const organisation of organisations) {
    if (!options.write) {
      process.stdout.write(pathsText(organisation));
      continue;
    }
    const file = pathsFile(options.policies, organisation);
    writeFileSync(file, pathsText(organisation));
    print(`Wrote ${file}. Read its diff before you commit it.`);
  }
}

/** `signpost diagram FLOW`: a flow as a picture. */
export async function diagramCommand(name: string, options: OrganisationOption & { dot?: boolean }): Promise<void> {
  const found = (await organisationsFor(options)).flatMap((organisation) => {
    const flow = organisation.flows.get(name);
    return flow === undefined ? [] : [{ organisation, flow }];
  });
  const [first, ...others] = found;
  if (first === undefined) throw new CommandError(`There is no flow "${name}". signpost paths lists them all.`);
  if (others.length > 0) {
    const ids = found.map(({ organisation }) => organisation.id).join(' or ');
    throw new CommandError(`Several organisations have a flow "${name}". Add --organisation ${ids}.`);
  }
  const dot = diagram(first.flow);
  print(options.dot ? dot : (await Graphviz.load()).dot(dot));
}
