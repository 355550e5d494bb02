import { useCallback, useEffect, useMemo, useState } from 'react';
import type { QueryOf, Register, RegisterRow } from '../../../web/desk/contract.ts';
import { useNow } from '../../clock.ts';
import { useFailure, useRegister } from '../../queries.ts';
import { useHere } from '../route-link.tsx';
import { type Arrivals, useArrivals } from './arrivals.ts';
import { forgetOpened, lastOpenedFrom } from './last-opened.ts';
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
  const register = useRegister(query);
  const { data, fetchNextPage } = register;
  const rows = useMemo(() => data && eachOnce(data.pages), [data]);
  const first = data?.pages[0];
  const clock = useNow();
  const now = clock - (clock % STEP_MS);
  const load = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return {
    rows,
    first,
    failure: useFailure(register),
    stale: register.isRefetchError ? register.error : null,
    retry: () => void register.refetch(),
    more: {
      exists: register.hasNextPage,
      isLoading: register.isFetchingNextPage,
      hasFailed: register.isFetchNextPageError,
      load,
    },
    isOld: register.isPlaceholderData,
    now,
    arrivals: useArrivals(rows, first?.now, now),
    begin: useBegin(rows),
  };
}

/** A row that moved while the pages were read can stand on two of them. */
function eachOnce(pages: readonly Register[]): RegisterRow[] {
  const all = pages.flatMap(({ rows }) => rows);
  return [...new Map(all.toReversed().map((row) => [row.reference, row])).values()].toReversed();
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
