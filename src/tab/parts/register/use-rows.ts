import { defaultRangeExtractor, type Range, useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';
import type { RegisterRow } from '../../../web/desk/contract.ts';
import type { Seen } from './pages.ts';

/** How the list goes on below what is loaded. */
export type More = {
  readonly exists: boolean;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
  load(): void;
  /** Told which rows the reader sees. */
  see(rows: Seen): void;
};

type Options = {
  readonly rows: readonly RegisterRow[];
  /** The height of a row before it is measured, in pixels. */
  readonly height: number;
  /** How much of the window's top stays covered in front of the rows, in pixels. */
  readonly covered: number;
  readonly more: More;
  /** The row to begin at, with the focus on it: the one that the reader comes back from. */
  readonly begin: string | undefined;
};

export type Rows = {
  /** Those that are drawn. */
  readonly items: readonly VirtualItem[];
  /** The room of the rows before this one that are not drawn, in pixels. */
  gapBefore(item: VirtualItem): number;
  /** The room of those after the last one that is drawn. */
  readonly gapAfter: number;
  readonly measure: (element: Element | null) => void;
  /** The one row that the tab key reaches. */
  isActive(item: VirtualItem): boolean;
  /** For the element that holds the rows. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onBlur: () => void;
  /** For each row's element that takes the focus. */
  onFocus(row: RegisterRow): void;
};

/**
 * A long list in the window: only the rows in sight are drawn. Arrow keys, Home, End and the page keys move one focus
 * through it, and what changes in the list moves neither the focus nor the rows under the reader's eyes.
 * @param holder the element that holds the rows. Each row's element in it bears `data-index`, and the one that takes the
 * focus bears `data-reference`.
 */
export function useRows(holder: RefObject<HTMLElement | null>, { rows, height, covered, more, begin }: Options): Rows {
  const [chosen, setChosen] = useState(begin);
  const place = useRef(0);
  const active = useMemo(() => {
    const found = rows.findIndex(({ reference }) => reference === chosen);
    // Where the row has left the list, the focus goes on at its place.
    return found >= 0 ? found : Math.min(place.current, rows.length - 1);
  }, [rows, chosen]);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    getItemKey: useCallback((index: number) => rows[index]?.reference ?? index, [rows]),
    // The active row stays drawn however far the reader scrolls: a row that is taken away loses the focus.
    rangeExtractor: useCallback((range: Range) => withIndex(defaultRangeExtractor(range), active), [active]),
    overscan: 8,
    scrollMargin: useTopInPage(holder),
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const { scrollMargin } = virtualizer.options;

  const focus = useFocus(holder, rows, active);
  const inSight = items.filter(({ start, end }) => end > scrollY + covered && start < scrollY + innerHeight);
  useStillness({
    rows,
    inSight,
    startOf: (index) => virtualizer.measurementsCache[index]?.start,
    isHeld: () => focus.isInside() || scrollY + covered > scrollMargin,
  });
  useMore(more, items.at(-1)?.index ?? 0, rows.length);
  const [from, to] = [rows[inSight[0]?.index ?? 0]?.reference, rows[inSight.at(-1)?.index ?? 0]?.reference];
  const { see } = more;
  useEffect(() => {
    if (from !== undefined && to !== undefined) see({ from, to });
  }, [from, to, see]);

  useEffect(() => {
    place.current = Math.max(0, active);
  }, [active]);

  const beginning = useRef(begin);
  useEffect(() => {
    const reference = beginning.current;
    beginning.current = undefined;
    // After the frame has scrolled to the top, as it does for each page.
    if (reference !== undefined) requestAnimationFrame(() => focus.want(reference, 'center'));
  }, [focus]);

  const moveTo = (index: number): void => {
    const to = Math.max(0, Math.min(index, rows.length - 1));
    setChosen(rows[to]?.reference);
    focus.want(rows[to]?.reference, 'nearest');
  };
  const page = Math.max(1, Math.floor((innerHeight - covered) / height) - 1);

  return {
    items,
    gapBefore: (item) => item.start - (items[items.indexOf(item) - 1]?.end ?? scrollMargin),
    gapAfter: virtualizer.getTotalSize() + scrollMargin - (items.at(-1)?.end ?? scrollMargin),
    measure: virtualizer.measureElement,
    isActive: ({ index }) => index === active,
    onFocus: ({ reference }) => {
      setChosen(reference);
      focus.noteInside();
    },
    onBlur: focus.noteOutside,
    onKeyDown: (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const to = targetOf(event.key, active, page, rows.length);
      if (to === undefined) return;
      event.preventDefault();
      moveTo(to);
    },
  };
}

/** Where a key leads from the active row; undefined where it leads nowhere. */
function targetOf(key: string, active: number, page: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return active + 1;
    case 'ArrowUp':
      return active - 1;
    case 'PageDown':
      return active + page;
    case 'PageUp':
      return active - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

function withIndex(indexes: readonly number[], index: number): number[] {
  return index < 0 || indexes.includes(index) ? [...indexes] : [...indexes, index].sort((a, b) => a - b);
}

/** How far an element stands below the top of the page, in pixels, as what is above it grows and shrinks. */
function useTopInPage(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = (): void => {
      if (element.current !== null) setTop(element.current.getBoundingClientRect().top + scrollY);
    };
    look();
    const observer = new ResizeObserver(look);
    for (let above = element.current?.parentElement; above != null; above = above.parentElement) {
      for (const part of above.children) observer.observe(part);
    }
    return () => observer.disconnect();
  }, [element]);
  return top;
}

/** Gives the focus to a row once it is drawn, and to the row in its place when the row with the focus leaves the list. */
function useFocus(holder: RefObject<HTMLElement | null>, rows: readonly RegisterRow[], active: number) {
  const wanted = useRef<{ readonly reference: string; readonly block: ScrollLogicalPosition }>(undefined);
  const isInside = useRef(false);
  const [, draw] = useReducer((times: number) => times + 1, 0);
  useLayoutEffect(() => {
    const isLost = isInside.current && (document.activeElement === null || document.activeElement === document.body);
    const reference = wanted.current?.reference ?? (isLost ? rows[active]?.reference : undefined);
    if (reference === undefined) return;
    const element = holder.current?.querySelector<HTMLElement>(`[data-reference="${CSS.escape(reference)}"]`);
    if (element == null) return;
    element.focus({ preventScroll: true });
    if (wanted.current !== undefined) bringIntoView(element, wanted.current.block);
    wanted.current = undefined;
  });
  return useMemo(
    () => ({
      want: (reference: string | undefined, block: ScrollLogicalPosition) => {
        wanted.current = reference === undefined ? undefined : { reference, block };
        draw();
      },
      isInside: () => isInside.current,
      noteInside: () => {
        isInside.current = true;
      },
      noteOutside: () => {
        isInside.current = false;
      },
    }),
    [],
  );
}

/** In how many frames the rows around one that was far away are measured. */
const SETTLING = 8;

/** Scrolls to a row, and again while the rows before it turn out higher or lower than was guessed. */
function bringIntoView(element: HTMLElement, block: ScrollLogicalPosition, frames = SETTLING): void {
  if (document.activeElement !== element) return;
  element.scrollIntoView({ block, behavior: 'instant' });
  if (frames > 0) requestAnimationFrame(() => bringIntoView(element, block, frames - 1));
}

type Sight = {
  readonly rows: readonly RegisterRow[];
  readonly inSight: readonly VirtualItem[];
  startOf(index: number): number | undefined;
  /** Whether the rows must stay where they are. At the top of a list that nobody works in, what is new comes into sight. */
  isHeld(): boolean;
};

/** Keeps the rows in sight where they are while rows come and go above them. */
function useStillness({ rows, inSight, startOf, isHeld }: Sight): void {
  const before = useRef<{ rows: readonly RegisterRow[]; inSight: readonly VirtualItem[] }>(undefined);
  useLayoutEffect(() => {
    const earlier = before.current;
    before.current = { rows, inSight };
    if (earlier === undefined || earlier.rows === rows || !isHeld()) return;
    const indexes = new Map(rows.map(({ reference }, index) => [reference, index]));
    const moved = earlier.inSight.flatMap((item) => {
      const index = indexes.get(String(item.key));
      return index === undefined ? [] : [{ item, index, by: index - item.index }];
    });
    // Most rows in sight move alike. One that has found another place in the list must not take the reader with it.
    const by = mostCommon(moved.map((move) => move.by));
    const anchor = by === 0 ? undefined : moved.find((move) => move.by === by);
    const start = anchor === undefined ? undefined : startOf(anchor.index);
    if (anchor !== undefined && start !== undefined && start !== anchor.item.start) {
      scrollBy({ top: start - anchor.item.start, behavior: 'instant' });
    }
  });
}

function mostCommon(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** How many rows before the last loaded one the next page is asked for. */
const AHEAD = 30;

function useMore({ exists, isLoading, hasFailed, load }: More, lastDrawn: number, count: number): void {
  const isNear = count > 0 && lastDrawn >= count - AHEAD;
  useEffect(() => {
    // What failed is asked for again when the reader says so.
    if (isNear && exists && !isLoading && !hasFailed) load();
  }, [isNear, exists, isLoading, hasFailed, load]);
}
