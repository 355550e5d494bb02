import { useSyncExternalStore } from 'react';
import type { Referral } from '../../../web/desk/contract.ts';
import type { Action } from './words.ts';

/** What somebody has begun to fill in. */
export type Draft = {
  readonly text: string;
  /** Whom they chose, by id; empty until they do. */
  readonly choice: string;
  /** The same key is one action, however often it is sent. */
  readonly key: string;
  /** What was last sent with that key; null where nothing was. */
  readonly sent: string | null;
  /** The newest entry of the history when the form was opened. */
  readonly since: number;
};

/** Why an action was not done. */
export type Trouble = { readonly action: Action; readonly title: string; readonly words: string };

/** What lies on the desk beside one referral. */
export type Bench = {
  /** The form that is open. */
  readonly open: Action | null;
  readonly drafts: Readonly<Partial<Record<Action, Draft>>>;
  readonly trouble: Trouble | null;
  /** What the server wanted to be known of the last action. */
  readonly notice: string;
  /** Why a name that is kept should be opened, as far as it is written. */
  readonly nameReason: string;
};

const CLEAR: Bench = { open: null, drafts: {}, trouble: null, notice: '', nameReason: '' };

/**
 * Kept in the memory of the page alone, so that going to another page and back loses nothing. It may be about a patient:
 * it never lies on a shared computer's disk.
 */
const benches = new Map<string, Bench>();
const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useBench(reference: string): Bench {
  return useSyncExternalStore(subscribe, () => benchOf(reference));
}

export function benchOf(reference: string): Bench {
  return benches.get(reference) ?? CLEAR;
}

export function changeBench(reference: string, change: Partial<Bench>): void {
  benches.set(reference, { ...benchOf(reference), ...change });
  for (const watcher of watchers) watcher();
}

/** The draft of an action, or a new one. */
export function draftOf(referral: Referral, action: Action): Draft {
  return (
    benchOf(referral.reference).drafts[action] ?? {
      text: '',
      choice: '',
      key: crypto.randomUUID(),
      sent: null,
      since: newest(referral),
    }
  );
}

/** Keeps a draft; null lets go of it. */
export function keepDraft(reference: string, action: Action, draft: Draft | null): void {
  const { [action]: _, ...others } = benchOf(reference).drafts;
  changeBench(reference, { drafts: draft === null ? others : { ...others, [action]: draft } });
}

/** The number of the newest entry of the history. */
export function newest({ timeline }: Referral): number {
  return timeline.at(-1)?.sequence ?? 0;
}
