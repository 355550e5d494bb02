import type { Register } from '../../../web/desk/contract.ts';

/**
 * The register as far as it is loaded. For each page, `pageParams` has the place in the list after which it begins; it
 * ends where the next one begins. The first has none.
 */
export type Pages = { readonly pages: Register[]; readonly pageParams: (string | undefined)[] };

/** The references of the first row and of the last that the reader sees. */
export type Seen = { readonly from: string; readonly to: string };

/** One call for a page, or for the row that the next page begins with. */
export type Ask = { readonly page: number; readonly after: string | undefined; readonly limit: number };

/** How many rows a page has when it is loaded. */
export const PAGE_ROWS = 100;
/** How many a page may grow to while it is loaded: the most that the server sends. */
const MOST_ROWS = 200;
/** With no more pages than this, all are kept up to date at once. */
const FEW_PAGES = 5;

/**
 * What to ask for, to keep a list up to date: the first page, those in sight, and of the others one in turn.
 * @param turn goes up by one each time.
 */
export function asksFor({ pages, pageParams }: Pages, seen: Seen | undefined, turn: number): Ask[] {
  const has = (reference: string | undefined) => (page: Register) =>
    page.rows.some((row) => row.reference === reference);
  const from = pages.findIndex(has(seen?.from));
  const to = pages.findLastIndex(has(seen?.to));
  const isWanted = (page: number): boolean =>
    pages.length <= FEW_PAGES || page === 0 || page === turn % pages.length || (page >= from && page <= to);
  return pageParams.flatMap((after, page): Ask[] => {
    if (isWanted(page)) return [{ page, after, limit: page === pages.length - 1 ? PAGE_ROWS : MOST_ROWS }];
    return page > 0 && isWanted(page - 1) ? [{ page, after, limit: 1 }] : [];
  });
}

/**
 * The list with what was answered. A page keeps its place in the list, so that each can be asked for without the others:
 * it grows and shrinks, up to the row that the next one begins with.
 * @returns undefined where an answer does not reach the next page: the whole list has to be read again.
 */
export function withAnswers(list: Pages, asks: readonly Ask[], answers: readonly Register[]): Pages | undefined {
  const pages = [...list.pages];
  for (const [index, { page, limit }] of asks.entries()) {
    const answer = answers[index];
    if (limit === 1 || answer === undefined) continue;
    if (page === pages.length - 1) {
      pages[page] = answer;
      continue;
    }
    const after = answers[index + 1]?.rows[0]?.reference;
    if (after === undefined && answer.next !== null) return undefined;
    const end =
      after === undefined ? answer.rows.length : answer.rows.findIndex(({ reference }) => reference === after);
    if (end < 0) return undefined;
    pages[page] = { ...answer, rows: answer.rows.slice(0, end), next: list.pageParams[page + 1] ?? null };
  }
  return { ...list, pages };
}

/** The rows of all pages, each once. One that moved can stand on two of them: the newer page is right. */
export function rowsOf(pages: readonly Register[]): Register['rows'] {
  const newest = new Map<string, Register>();
  for (const page of pages.toSorted((a, b) => a.now - b.now)) {
    for (const { reference } of page.rows) newest.set(reference, page);
  }
  return pages.flatMap((page) => page.rows.filter(({ reference }) => newest.get(reference) === page));
}
