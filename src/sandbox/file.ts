import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { AttachmentSchema } from './messages.ts';
import type { Snapshot } from './world.ts';

const Saved = z.object({
  /** How far the clock was ahead of the system's time, in milliseconds. */
  ahead: z.number(),
  world: z.object({
    lastMessageId: z.number(),
    installedFor: z.array(z.string()),
    channels: z.array(z.object({ id: z.string(), name: z.string() })),
    messages: z.array(
      z.object({
        id: z.string(),
        conversation: z.string(),
        threadOf: z.string().optional(),
        from: z.string(),
        at: z.number(),
        text: z.string().optional(),
        attachments: z.array(AttachmentSchema),
        edited: z.boolean(),
        deleted: z.boolean(),
      }),
    ),
  }),
});

export type SavedSandbox = { readonly ahead: number; readonly world: Snapshot };

/**
 * Reads a rehearsal that `save` wrote, or nothing when there is none.
 * @throws Error naming the file when it cannot be read.
 */
export function load(file: string): SavedSandbox | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return Saved.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`The saved rehearsal ${file} cannot be read. Delete it to begin a new one.`, { cause: error });
  }
}

/** Writes the rehearsal in one step: a process that dies here leaves the file as it was before or as it is after. */
export function save(file: string, saved: SavedSandbox): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(saved), { mode: 0o600 });
  renameSync(draft, file);
}
