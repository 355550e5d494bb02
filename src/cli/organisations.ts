import type { Guidance, Organisation } from '../guidance/types.ts';
import { sayFault } from '../log.ts';
import { ContentError, loadPolicies } from '../policies.ts';
import { SettingsError } from '../settings.ts';
import { KeysError } from '../store/key-files.ts';

export type PoliciesOption = { readonly policies: string };
export type OrganisationOption = PoliciesOption & { readonly organisation?: string };

/** Something typed on the command line that cannot be done; its message says what to type instead. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  /** @param exitCode 2 where a command that looks for something wrong could not look. */
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The organisations that a command is about: the one named, or all of them. */
export async function organisationsFor(options: OrganisationOption): Promise<Organisation[]> {
  const guidance = await loadPolicies(options.policies);
  if (options.organisation === undefined) return [...guidance.values()];
  return [findOrganisation(guidance, options.organisation)];
}

export function findOrganisation(guidance: Guidance, id: string): Organisation {
  const organisation = guidance.get(id);
  if (organisation === undefined) {
    throw new CommandError(`There is no organisation "${id}". There are: ${[...guidance.keys()].join(', ')}.`);
  }
  return organisation;
}

/** Runs a command, and says plainly what a person can mend. Of a fault of ours it says where, and quotes nothing. */
export function command<A extends unknown[]>(run: (...given: A) => Promise<void>): (...given: A) => Promise<void> {
  return async (...given) => {
    try {
      await run(...given);
    } catch (error) {
      const mendable = [CommandError, ContentError, KeysError, SettingsError].some((kind) => error instanceof kind);
      const isPlain = error instanceof Error && mendable;
      process.stderr.write(isPlain ? `${error.message}\n` : `${FAULT}\n${sayFault(error)}\n`);
      process.exitCode = error instanceof CommandError ? error.exitCode : 1;
    }
  };
}

const FAULT = 'Something is wrong with Signpost itself. Tell those who look after it, with these lines:';

/** "1 referral", "2 referrals". */
export function count(number: number, one: string, several = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : several}`;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
