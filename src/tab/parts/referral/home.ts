import type { DeskOrganisation, Referral } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';

/** The organisation that a referral belongs to, which may be another than the one that is looked at. */
export function useHome(referral: Pick<Referral, 'organisation'> | undefined): DeskOrganisation {
  const { me, organisation } = useDesk();
  return me.organisations.find(({ id }) => id === referral?.organisation) ?? organisation;
}
