import { makeStyles, tokens } from '@fluentui/react-components';
import type { Referral } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { dayAndTime } from '../../words.ts';
import { useHome } from './home.ts';

const useStyles = makeStyles({
  printed: { display: 'none', margin: 0, fontSize: tokens.fontSizeBase200, '@media print': { display: 'block' } },
});

type Props = { readonly referral: Referral; readonly now: number };

/** On paper alone: whose it is, who printed it and when. */
export function PrintedBy({ referral, now }: Props) {
  const { me } = useDesk();
  const home = useHome(referral);
  return (
    <p className={useStyles().printed}>
      {home.name}. Printed from Signpost by {me.name}, {dayAndTime(now, referral)}. It holds personal details: keep it
      safe.
    </p>
  );
}
