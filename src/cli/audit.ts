import { parseReference } from '../escalation/reference.ts';
import { readSettings } from '../settings.ts';
import { checkpointValue } from '../store/checkpoints.ts';
import type { CheckpointRow } from '../store/schema.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/store.ts';
import { type Verifying, verifyRegister } from '../store/verifying.ts';
import { CommandError, count, print } from './organisations.ts';
import { COULD_NOT_LOOK, openRegister, sealBeside } from './register.ts';

type VerifyOptions = {
  readonly reference?: string;
  /** A checkpoint that was written down. */
  readonly checkpoint?: string;
};

/** `signpost audit verify`: whether anything in the history of a referral was changed, removed, added or reordered. */
export async function auditVerifyCommand(options: VerifyOptions): Promise<void> {
  const only = options.reference === undefined ? undefined : referenceFrom(options.reference);
  const settings = readSettings();
  const store = await openRegister(settings);
  try {
    await verify(store, sealBeside(settings), {
      ...(only === undefined ? {} : { only }),
      ...(options.checkpoint === undefined ? {} : { written: options.checkpoint }),
    });
  } finally {
    await store.close();
  }
}

async function verify(store: Store, seal: Seal, verifying: Verifying): Promise<void> {
  const { referrals, rows, faults, unchecked, lastCheckpoint } = await verifyRegister(store, seal, verifying, print);
  if (verifying.only !== undefined && referrals === 0) {
    throw new CommandError(`There is no referral ${verifying.only}.`, COULD_NOT_LOOK);
  }
  const looked = `${count(referrals, 'referral')}, ${count(rows, 'row')}`;
  if (unchecked.length > 0) {
    const keys = [...new Set(unchecked)].join(', ');
    print(
      `${count(unchecked.length, 'text')} could not be read, and so not be checked: WORDS_KEYS has not the key ${keys}. Set it as the server has it, or DATA_DIR to its folder.`,
    );
    process.exitCode = COULD_NOT_LOOK;
  }
  if (faults === 0) {
    print(`${looked}: nothing was changed${unchecked.length === 0 ? '' : ', as far as it could be checked'}.`);
    if (lastCheckpoint !== undefined) print(sayCheckpoint(lastCheckpoint));
    return;
  }
  print(
    `${looked}: ${count(faults, 'fault')}. The register does not say what Signpost wrote, or AUDIT_KEY is not the key that it wrote with. Keep a copy of the register as it is, and tell your information security lead.`,
  );
  process.exitCode = 1;
}

function sayCheckpoint(last: CheckpointRow): string {
  const at = new Date(last.at).toISOString();
  return `The last checkpoint is of ${at}: ${checkpointValue(last)}\nWrite it down where nobody who can write to the register can change it. Later, "audit verify --checkpoint ${last.number}.…" holds the register against it.`;
}

/** A reference as somebody typed it, in any case and with any spaces. @throws CommandError saying what is wrong with it. */
export function referenceFrom(typed: string): string {
  const reference = parseReference(typed);
  if (reference !== undefined) return reference;
  const characters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const never = [...new Set(characters)].filter((character) => NEVER_USED.includes(character));
  const why =
    characters.length !== 7
      ? `it has ${count(characters.length, 'letter or digit', 'letters and digits')}, and a reference has seven`
      : never.length > 0
        ? `no reference has ${never.join(' or ')} in it, since these are mistaken for others`
        : 'one of its characters is wrong, or two have changed places';
  throw new CommandError(`“${typed}” is not a reference: ${why}. Look at the card again.`, COULD_NOT_LOOK);
}

/** Letters and digits that look like others. */
const NEVER_USED = '01ILOSU';
