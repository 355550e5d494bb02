import { useEffect, useState } from 'react';
import type { RegisterRow } from '../../../web/desk/contract.ts';
import { URGENCY_NAMES } from '../../words.ts';

/** How long a row is marked as new, in milliseconds. */
const NEW_MS = 5 * 60_000;

export type Arrivals = {
  readonly references: ReadonlySet<string>;
  isNew(row: RegisterRow): boolean;
  /** What to tell those who listen to the page; empty where there is nothing to tell. */
  readonly words: string;
};

/**
 * What was raised while the list is open.
 * @param rows undefined while they are loaded.
 * @param madeAt when the server answered with them, by its clock.
 * @param now by the same clock.
 */
export function useArrivals(
  rows: readonly RegisterRow[] | undefined,
  madeAt: number | undefined,
  now: number,
): Arrivals {
  const [openedAt, setOpenedAt] = useState(madeAt);
  if (openedAt === undefined && madeAt !== undefined) setOpenedAt(madeAt);
  const [references, setReferences] = useState<ReadonlySet<string>>(new Set());
  const [words, setWords] = useState('');
  useEffect(() => {
    if (rows === undefined || openedAt === undefined) return;
    const untold = rows.filter((row) => isLater(row, openedAt) && !references.has(row.reference));
    if (untold.length === 0) return;
    setReferences(new Set([...references, ...untold.map(({ reference }) => reference)]));
    setWords(wordsFor(untold));
  }, [rows, openedAt, references]);
  return {
    references,
    isNew: (row) => openedAt !== undefined && isLater(row, openedAt) && now - row.raisedAt < NEW_MS,
    words,
  };
}

function isLater({ raisedAt, status }: RegisterRow, openedAt: number): boolean {
  return raisedAt > openedAt && status !== 'closed';
}

function wordsFor(rows: readonly RegisterRow[]): string {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    return `1 new referral: ${only.reference}, ${URGENCY_NAMES[only.urgency]}, ${only.department}.`;
  }
  const urgent = rows.filter(({ urgency }) => urgency === 'immediate').length;
  return `${rows.length} new referrals${urgent === 0 ? '' : `, ${urgent} to act on now`}.`;
}
