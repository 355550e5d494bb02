import { makeStyles, tokens } from '@fluentui/react-components';
import type { DeskOrganisation, RegisterRow } from '../../../web/desk/contract.ts';
import { dayAndTime, FLAG_NAMES, URGENCY_NAMES } from '../../words.ts';
import { categoryName, ownerInWords, raisedInWords, statusName, waitInWords } from './row-words.ts';

const useStyles = makeStyles({
  table: {
    width: '100%',
    borderCollapse: 'collapse',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      textAlign: 'start',
      verticalAlign: 'top',
      padding: tokens.spacingVerticalXS,
      borderBottom: `${tokens.strokeWidthThin} solid`,
    },
    '& tr': { breakInside: 'avoid' },
  },
});

type Props = {
  readonly rows: readonly RegisterRow[];
  /** Which referrals these are. */
  readonly about: string;
  readonly organisation: DeskOrganisation;
  readonly now: number;
};

/** The rows that are loaded, as paper shows them. */
export function PrintedList({ rows, about, organisation, now }: Props) {
  const styles = useStyles();
  return (
    <>
      <p>
        {organisation.name}. {about} Printed on {dayAndTime(now, organisation)}.
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Urgency</th>
            <th scope="col">Reference</th>
            <th scope="col">About</th>
            <th scope="col">Where</th>
            <th scope="col">Raised</th>
            <th scope="col">Status and owner</th>
            <th scope="col">To note</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.reference}>
              <td>{URGENCY_NAMES[row.urgency]}</td>
              <td>{row.reference}</td>
              <td>
                {row.about} ({categoryName(row, organisation)})
              </td>
              <td>{row.department}</td>
              <td>
                {raisedInWords(row, now, organisation)}. {waitInWords(row, now)}
              </td>
              <td>
                {statusName(row)}. {ownerInWords(row)}
              </td>
              <td>{row.flags.map((flag) => FLAG_NAMES[flag]).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
