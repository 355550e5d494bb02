import { createContext, type ReactNode, useContext } from 'react';
import type { DeskOrganisation, Me } from '../web/desk/contract.ts';
import type { Api } from './api.ts';
import type { Host, ThemeName } from './host.ts';

/** What every page has at hand. */
export type Desk = {
  readonly api: Api;
  readonly host: Host;
  readonly theme: ThemeName;
  readonly me: Me;
  /** The organisation that is looked at. */
  readonly organisation: DeskOrganisation;
  chooseOrganisation(id: string): void;
};

const DeskContext = createContext<Desk | undefined>(undefined);

export function DeskProvider({ desk, children }: { readonly desk: Desk; readonly children: ReactNode }) {
  return <DeskContext value={desk}>{children}</DeskContext>;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('A page of the desk stands inside its provider.');
  return desk;
}
