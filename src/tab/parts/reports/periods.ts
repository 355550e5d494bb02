/** Periods of whole days, both ends in it, as `YYYY-MM-DD`. All is reckoned in UTC: a day is a day. */
export type Period = { readonly from: string; readonly to: string };

export type NamedPeriod = Period & { readonly id: string; readonly name: string };

/** The periods that a team reports on, the most usual first. @param today `YYYY-MM-DD` */
export function usualPeriods(today: string): readonly NamedPeriod[] {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7)) - 1;
  const quarter = month - (month % 3);
  // April to March.
  const financial = month < 3 ? year - 1 : year;
  return [
    { id: 'quarter', name: 'This quarter', ...months(year, quarter, 3) },
    { id: 'last-quarter', name: 'Last quarter', ...months(year, quarter - 3, 3) },
    { id: 'year', name: 'This year', ...months(year, 0, 12) },
    { id: 'last-year', name: 'Last year', ...months(year - 1, 0, 12) },
    { id: 'financial', name: 'This financial year', ...months(financial, 3, 12) },
    { id: 'last-financial', name: 'Last financial year', ...months(financial - 1, 3, 12) },
    { id: 'twelve', name: 'Last 12 months', ...months(year, month - 12, 12) },
  ];
}

/** So many whole months. @param first January is 0. Months before it are those of the year before. */
function months(year: number, first: number, amount: number): Period {
  return { from: iso(Date.UTC(year, first, 1)), to: iso(Date.UTC(year, first + amount, 0)) };
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** What is wrong with two days, and what to do; empty where nothing is. */
export function problemWith({ from, to }: Period): string {
  if (from === '' || to === '') return 'Give both days.';
  return from > to ? 'The last day is before the first. Change one of them.' : '';
}

// In the address of the page, so that a report has a link.

const FIRST = 'from';
const LAST = 'to';
const HIDE = 'hide';

export type Wanted = Period & {
  /** Whether numbers from 1 to 4 are hidden. */
  readonly hide: boolean;
};

/** What an address asks for. Without days it is this quarter. */
export function wantedIn(search: URLSearchParams, today: string): Wanted {
  const [usual] = usualPeriods(today);
  const from = search.get(FIRST) ?? usual?.from ?? today;
  const to = search.get(LAST) ?? usual?.to ?? today;
  return { from, to, hide: search.get(HIDE) === 'true' };
}

/** "from=2026-10-01&to=2026-12-31&hide=true" */
export function reportQuery({ from, to, hide }: Wanted): string {
  return String(new URLSearchParams({ [FIRST]: from, [LAST]: to, ...(hide ? { [HIDE]: 'true' } : {}) }));
}
