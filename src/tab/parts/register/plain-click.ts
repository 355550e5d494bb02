import type { MouseEvent } from 'react';

/** A click without a key that asks for a window of its own. */
export function isPlain({ ctrlKey, metaKey, shiftKey }: MouseEvent): boolean {
  return !ctrlKey && !metaKey && !shiftKey;
}
