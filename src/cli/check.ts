import { pathsOf } from '../guidance/coverage.ts';
import { reviewState } from '../guidance/outcome.ts';
import { describeProblem } from '../guidance/source.ts';
import type { Organisation } from '../guidance/types.ts';
import { readGuidance } from '../policies.ts';
import { type PoliciesOption, print } from './organisations.ts';

/** `signpost check`: prints every problem of the content, and sets a failing exit code where there is an error. */
export async function checkCommand(options: PoliciesOption): Promise<void> {
  const { guidance, problems } = await readGuidance(options.policies);
  for (const problem of problems) process.stderr.write(`${problem.severity}: ${describeProblem(problem)}\n`);
  for (const organisation of guidance.values()) {
    print(`${organisation.id}: ${organisation.flows.size} flows, ${pathsOf(organisation).length} paths, no error.`);
    const warning = reviewWarning(organisation, new Date().toISOString().slice(0, 10));
    if (warning !== undefined) process.stderr.write(`warning: ${warning}\n`);
  }
  if (problems.some((problem) => problem.severity === 'error')) process.exitCode = 1;
}

/** What to say of a policy's review, from 90 days before it is due. @param today as `YYYY-MM-DD` */
export function reviewWarning({ id, policy }: Pick<Organisation, 'id' | 'policy'>, today: string): string | undefined {
  switch (reviewState(policy, today)) {
    case 'due-soon':
      return `policies/${id}/clauses.yaml: the policy is due for review on ${policy['review-due']}. Ask its owner for the new edition`;
    case 'overdue':
      return `policies/${id}/clauses.yaml: the policy was due for review on ${policy['review-due']}. Every answer says so until the new edition is in`;
    default:
      return undefined;
  }
}
