import { useCallback, useEffect, useMemo, useState } from 'react';
import type { QueryOf, Register, RegisterRow } from '../../../web/desk/contract.ts';
import { useNow } from '../../clock.ts';
import { useFailure, useRegister } from '../../queries.ts';
import { useHere } from '../route-link.tsx';
import { type Arrivals, useArrivals } from './arrivals.ts';
import { forgetOpened, lastOpenedFrom } from './last-opened.ts';
import { rowsOf } from './pages.ts';
import type { More } from './use-rows.ts';

/** Waiting times are drawn again no more often than this, in milliseconds. */
const STEP_MS = 5_000;

export type List = {
  /** Those that are loaded; undefined while none are. */
  readonly rows: readonly RegisterRow[] | undefined;
  /** What came with the first page. */
  readonly first: Register | undefined;
  /** Why there is nothing to show; null where there is something, or will be. */
  readonly failure: Error | null;
  /** Why what is shown may be out of date; null where it is not. */
  readonly stale: Error | null;
  retry(): void;
  readonly more: More;
  /** The rows are those of the filter before, until the new ones are there. */
  readonly isOld: boolean;
  readonly now: number;
  readonly arrivals: Arrivals;
  readonly begin: string | undefined;
};

/** A list of referrals, kept up to date: what both lists of the desk have in common. */
export function useList(query: QueryOf<'register'>): List {
  const { list, stale, see } = useRegister(query);
  const { data, fetchNextPage } = list;
  const rows = useMemo(() => data && rowsOf(data.pages), [data]);
  const first = data?.pages[0];
  const clock = useNow();
  const now = clock - (clock % STEP_MS);
  const load = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return {
    rows,
    first,
    failure: useFailure(list),
    stale,
    retry: () => void list.refetch(),
    more: {
      exists: list.hasNextPage,
      isLoading: list.isFetchingNextPage,
      hasFailed: list.isFetchNextPageError,
      load,
      see,
    },
    isOld: list.isPlaceholderData,
    now,
    arrivals: useArrivals(rows, first?.now, now),
    begin: useBegin(rows),
  };
}

/** The row that the reader comes back from, where the list still has it. Only while the page is opened. */
function useBegin(rows: readonly RegisterRow[] | undefined): string | undefined {
  const here = useHere();
  const [begin, setBegin] = useState(() => {
    const opened = lastOpenedFrom(here);
    return rows?.some(({ reference }) => reference === opened) === true ? opened : undefined;
  });
  useEffect(() => {
    forgetOpened();
    setBegin(undefined);
  }, []);
  return begin;
}
