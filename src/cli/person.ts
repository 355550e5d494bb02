import { userInfo } from 'node:os';
import type { Queries } from '../store/store.ts';
import { findKnown, type Known } from '../store/traces.ts';
import { CommandError } from './organisations.ts';
import { COULD_NOT_LOOK } from './register.ts';

export type PersonOptions = {
  readonly person: string;
  readonly tenant?: string;
  readonly by?: string;
  readonly reason?: string;
};

const WHERE = 'The object id is in Microsoft Entra, on the person’s page under Users.';

/**
 * The one person whom somebody means, by their object id in Entra or their whole name.
 * @throws CommandError where there is nobody, or more than one.
 */
export async function personMeant(db: Queries, { person: typed, tenant }: PersonOptions): Promise<Known> {
  if (typed.includes('@')) {
    throw new CommandError(
      `Signpost keeps no email addresses of staff and no sign-in names, so it cannot look for “${typed}”. Give the object id. ${WHERE}`,
      COULD_NOT_LOOK,
    );
  }
  const known = (await findKnown(db, typed)).filter((one) => tenant === undefined || one.tenant === tenant);
  const [only, ...others] = known;
  if (only === undefined) {
    throw new CommandError(
      `Nothing is kept about “${typed}”${tenant === undefined ? '' : ` in the tenant ${tenant}`}. A name must be whole, as Teams shows it; the object id is surer. ${WHERE}`,
      COULD_NOT_LOOK,
    );
  }
  if (others.length > 0) {
    const list = known.map((one) => `  ${one.name || 'name not kept'}: --person ${one.person} --tenant ${one.tenant}`);
    throw new CommandError(`“${typed}” fits several people. Give one of these:\n${list.join('\n')}`, COULD_NOT_LOOK);
  }
  return only;
}

/** Who runs this: as they say, or else as this machine knows them. */
export function whoRuns({ by }: PersonOptions): string {
  return by ?? userInfo().username;
}
