import type { DeskOrganisation, QueryOf, RegisterRow } from '../../../web/desk/contract.ts';
import { dayOf, STATUS_NAMES, URGENCY_NAMES } from '../../words.ts';

export type Status = RegisterRow['status'];
export type Urgency = RegisterRow['urgency'];

/** What is looked for in the register. It stands in the page's address, so that every view has a link. */
export type View = {
  readonly statuses: readonly Status[];
  readonly urgencies: readonly Urgency[];
  readonly category: string | undefined;
  readonly department: string | undefined;
  /** The id of an owner, or `NOBODY`. */
  readonly owner: string | undefined;
  /** Days such as "2026-11-27". */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly search: string;
};

export const NOBODY = 'nobody';
/** In the order in which they are offered. */
export const STATUSES: readonly Status[] = ['raised', 'acknowledged', 'in-progress', 'reopened', 'closed'];
export const OPEN: readonly Status[] = STATUSES.filter((status) => status !== 'closed');
export const URGENCIES: readonly Urgency[] = ['immediate', 'urgent', 'routine'];

/** The view in an address. What makes no sense there is left out. */
export function viewIn(address: URLSearchParams, organisation: DeskOrganisation): View {
  const idOf = (name: string, known: DeskOrganisation['departments']): string | undefined =>
    known.find(({ id }) => id === address.get(name))?.id;
  return {
    statuses: several(address.get('status'), STATUSES),
    urgencies: several(address.get('urgency'), URGENCIES),
    category: idOf('category', organisation.categories),
    department: idOf('department', organisation.departments),
    owner: address.get('owner') || undefined,
    from: dayIn(address.get('from')),
    to: dayIn(address.get('to')),
    search: address.get('search')?.slice(0, LONGEST_SEARCH) ?? '',
  };
}

export const LONGEST_SEARCH = 100;

function several<T extends string>(text: string | null, known: readonly T[]): T[] {
  const given = text?.split(',') ?? [];
  return known.filter((value) => given.includes(value));
}

function dayIn(text: string | null): string | undefined {
  const isDay = text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  return isDay ? text : undefined;
}

/** The address of a view. What else stands in the address stays there. */
export function addressOf(view: View, earlier: URLSearchParams): URLSearchParams {
  const address = new URLSearchParams(earlier);
  for (const [name, value] of Object.entries(asQuery(view))) {
    if (value === undefined || value === '') address.delete(name);
    else address.set(name, value);
  }
  return address;
}

/** A view as the server is asked for it. */
export function asQuery(view: View) {
  return {
    status: joined(view.statuses),
    urgency: joined(view.urgencies),
    category: view.category,
    department: view.department,
    owner: view.owner,
    from: view.from,
    to: view.to,
    search: view.search.trim() || undefined,
  } satisfies Omit<QueryOf<'register'>, 'organisation'>;
}

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

export const EVERYTHING: View = {
  statuses: [],
  urgencies: [],
  category: undefined,
  department: undefined,
  owner: undefined,
  from: undefined,
  to: undefined,
  search: '',
};

/** How many filters a view sets. The search is not one of them. */
export function filtersIn(view: View): number {
  return Object.values(asQuery({ ...view, search: '' })).filter((value) => value !== undefined).length;
}

export function isFiltered(view: View): boolean {
  return Object.values(asQuery(view)).some((value) => value !== undefined);
}

/** "Not yet acknowledged or Reopened; Ward 9; raised from 1 November 2026": what a printed list shows. */
export function describe(
  view: View,
  organisation: DeskOrganisation,
  owners: readonly { readonly id: string; readonly name: string }[],
): string {
  const named = (id: string | undefined, known: readonly { readonly id: string; readonly name: string }[]) =>
    known.find((candidate) => candidate.id === id)?.name;
  const owner = view.owner === NOBODY ? 'nobody' : named(view.owner, owners);
  return [
    view.statuses.map((status) => STATUS_NAMES[status]).join(' or '),
    view.urgencies.map((urgency) => URGENCY_NAMES[urgency]).join(' or '),
    named(view.category, organisation.categories),
    named(view.department, organisation.departments),
    owner === undefined ? '' : `owned by ${owner}`,
    view.from === undefined ? '' : `raised on ${dayOf(view.from)} or later`,
    view.to === undefined ? '' : `raised on ${dayOf(view.to)} or earlier`,
    view.search === '' ? '' : `search for “${view.search}”`,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('; ');
}
