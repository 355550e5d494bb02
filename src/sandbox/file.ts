import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { AttachmentSchema } from './messages.ts';
import { FIRST_MEMBERS } from './people.ts';
import type { Snapshot } from './world.ts';

const Channel = z.object({ id: z.string(), name: z.string() });

const Saved = z.object({
  /** How far the clock was ahead of the system's time, in milliseconds. */
  ahead: z.number(),
  world: z.object({
    lastMessageId: z.number(),
    installedFor: z.array(z.string()),
    channels: z.array(Channel),
    // Rehearsals that were saved before these could happen do not name them.
    deletedChannels: z.array(Channel).default([]),
    blockedBy: z.array(z.string()).default([]),
    left: z.array(z.string()).default([]),
    inTeam: z.array(z.string()).default([...FIRST_MEMBERS]),
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
function save(file: string, saved: SavedSandbox): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(saved), { mode: 0o600 });
  renameSync(draft, file);
}

/** Quick enough to be done at every change, in milliseconds. */
const QUICK_MS = 10;
/** How much longer than the last writing took the next one waits. */
const REST = 10;

/**
 * Keeps a file like the rehearsal: at once while that is quick, and a large rehearsal's changes several at a time.
 * After `finish` nothing waits any more.
 */
export function createSaver(
  file: string,
  current: () => SavedSandbox,
): { readonly changed: () => void; readonly finish: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let tookMs = 0;
  let finished = false;
  const write = (): void => {
    timer = undefined;
    const began = performance.now();
    save(file, current());
    tookMs = performance.now() - began;
  };
  return {
    changed() {
      if (timer !== undefined) return;
      if (tookMs < QUICK_MS || finished) write();
      else timer = setTimeout(write, tookMs * REST).unref();
    },
    finish() {
      finished = true;
      if (timer === undefined) return;
      clearTimeout(timer);
      write();
    },
  };
}
