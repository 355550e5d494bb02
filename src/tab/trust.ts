import type { DeskOrganisation, Me } from '../web/desk/contract.ts';

/** What names the Trust in an address, for readers of several. */
export const TRUST = 'trust';

/** The address of a view, with the Trust that it is of where its reader has several. */
export function linkTo(pathname: string, search: string, me: Me, { id }: Pick<DeskOrganisation, 'id'>): string {
  const address = new URLSearchParams(search);
  if (me.organisations.length > 1) address.set(TRUST, id);
  return address.size === 0 ? pathname : `${pathname}?${address}`;
}
