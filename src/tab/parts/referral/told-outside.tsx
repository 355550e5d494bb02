import { makeStyles, tokens } from '@fluentui/react-components';
import type { DeskReferral } from '../../../web/desk/contract.ts';
import { dayAndTime } from '../../words.ts';

const useStyles = makeStyles({
  list: {
    listStyleType: 'none',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    margin: 0,
    padding: 0,
  },
});

type Props = { readonly told: DeskReferral['statutory']; readonly referral: DeskReferral };

/** Who outside was told, by whom, when, and the number that they gave. */
export function ToldOutside({ told, referral }: Props) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without its bullets, Safari takes it for no list.
    <ul role="list" className={useStyles().list}>
      {told.map(({ to, by, at, number }) => (
        <li key={`${to} ${at}`}>
          <strong>{to}</strong>, by {by}, {dayAndTime(at, referral)}.{' '}
          {number === null ? 'No number was given.' : `Their number: ${number}`}
        </li>
      ))}
    </ul>
  );
}
