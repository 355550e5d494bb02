import { loadGuidance } from '../guidance/load.ts';
import { paths } from '../guidance/paths.ts';
import { describeProblem } from '../guidance/source.ts';
import { readContent } from '../policies.ts';

/** Prints every problem of the content, and sets a failing exit code where there is an error. */
export async function checkCommand(options: { policies: string }): Promise<void> {
  const { guidance, problems } = loadGuidance(await readContent(options.policies));
  for (const problem of problems) process.stderr.write(`${problem.severity}: ${describeProblem(problem)}\n`);
  for (const organisation of guidance.values()) {
    const flows = [...organisation.flows.values()];
    const ways = flows.reduce((sum, flow) => sum + paths(flow).length, 0);
    process.stdout.write(`${organisation.id}: ${flows.length} flows, ${ways} paths, no error.\n`);
  }
  if (problems.some((problem) => problem.severity === 'error')) process.exitCode = 1;
}
