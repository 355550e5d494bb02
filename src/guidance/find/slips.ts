import { distance } from 'fastest-levenshtein';

/**
 * Slips of the finger between what was typed and a word or phrase; infinite where there are too many for it to be
 * meant. Two letters that changed places are one slip.
 */
export function slipsBetween(typed: string, meant: string): number {
  if (typed === meant) return 0;
  const allowed = meant.length < 4 ? 0 : meant.length < 6 ? 1 : 2;
  if (Math.abs(typed.length - meant.length) > allowed) return Number.POSITIVE_INFINITY;
  const slips = distance(typed, meant);
  const counted = slips === 2 && lettersOf(typed) === lettersOf(meant) ? 1 : slips;
  return counted > allowed ? Number.POSITIVE_INFINITY : counted;
}

function lettersOf(text: string): string {
  return [...text].sort().join('');
}
