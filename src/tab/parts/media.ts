import { useCallback, useSyncExternalStore } from 'react';

/** Where a list becomes a table, and filters stand open: a tablet on its side, or Teams beside something else. */
export const WIDE = '(min-width: 960px)';

/** Whether a media query holds, and again whenever that changes. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
