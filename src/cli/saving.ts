import { writeFileSync } from 'node:fs';
import { CommandError } from './organisations.ts';

/** Writes a file that somebody asked for. @param mode Who may read it. @throws CommandError saying what to do. */
export function save(file: string, text: string, mode?: number): void {
  try {
    writeFileSync(file, text, { mode });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
    throw new CommandError(
      `${file} could not be written (${code}). Check that its folder is there, and that you may write in it.`,
    );
  }
}
