import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs';
import { CommandError } from './organisations.ts';

/** Only whoever asked for a file that tells of people may read it, also where it takes the place of an older one. */
const OWNER_ALONE = 0o600;

/** Opens a file that somebody asked for, empty. @throws CommandError saying what to do. */
export function openForOwner(file: string): number {
  try {
    const handle = openSync(file, 'w', OWNER_ALONE);
    if (fstatSync(handle).isFile()) fchmodSync(handle, OWNER_ALONE);
    return handle;
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** Writes a file that somebody asked for. @throws CommandError saying what to do. */
export function save(file: string, text: string): void {
  const handle = openForOwner(file);
  try {
    writeFileSync(handle, text);
  } catch (error) {
    throw notWritten(file, error);
  } finally {
    closeSync(handle);
  }
}

function notWritten(file: string, error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  return new CommandError(
    `${file} could not be written (${code}). Check that its folder is there, and that you may write in it.`,
  );
}
