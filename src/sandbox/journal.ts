const LIMIT = 1000;

/** One request between the sandbox and the bot. */
export type JournalEntry = {
  /** Epoch milliseconds, by the sandbox's clock. */
  readonly at: number;
  readonly direction: 'to the bot' | 'from the bot';
  readonly method: string;
  /** Path of the request, decoded. */
  readonly path: string;
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  /** The JSON that was sent, if any. */
  readonly body?: unknown;
};

/** The last 1000 requests between the sandbox and the bot, oldest first. */
export type Journal = {
  add(entry: JournalEntry): void;
  entries(): readonly JournalEntry[];
};

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > LIMIT) entries.shift();
    },
    entries: () => entries,
  };
}
