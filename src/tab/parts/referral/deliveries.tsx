import { Link, makeStyles, mergeClasses, tokens, typographyStyles } from '@fluentui/react-components';
import { ErrorCircle20Regular } from '@fluentui/react-icons';
import type { Delivery, DeskReferral } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { shortMoment } from '../../words.ts';
import { Section } from './section.tsx';
import { ARRIVED_NAMES, DELIVERY_NAMES } from './words.ts';

const useStyles = makeStyles({
  table: { width: '100%', borderCollapse: 'collapse', textAlign: 'start' },
  head: { ...typographyStyles.caption1, color: tokens.colorNeutralForeground3, textAlign: 'start' },
  cell: {
    paddingBlock: tokens.spacingVerticalXS,
    paddingInlineEnd: tokens.spacingHorizontalM,
    borderTop: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    fontWeight: tokens.fontWeightRegular,
    textAlign: 'start',
    verticalAlign: 'top',
    ':last-child': { paddingInlineEnd: 0 },
  },
  row: { breakInside: 'avoid' },
  lost: { display: 'flex', gap: tokens.spacingHorizontalXS, fontWeight: tokens.fontWeightSemibold },
  lostIcon: { flexShrink: 0, color: tokens.colorStatusDangerForeground1 },
  beside: { display: 'block', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  moment: { overflowWrap: 'normal' },
});

type Props = { readonly referral: DeskReferral; readonly now: number };

/** Who was sent which card, and what came of it. */
export function Deliveries({ referral, now }: Props) {
  const styles = useStyles();
  const { host } = useDesk();
  if (referral.deliveries.length === 0) {
    return <Section title="Who was sent this">Nobody has been sent this yet.</Section>;
  }
  return (
    <Section title="Who was sent this">
      <table className={styles.table} aria-label="Who was sent this, and what came of it">
        <thead>
          <tr>
            <th scope="col" className={styles.head}>
              To
            </th>
            <th scope="col" className={styles.head}>
              What came of it
            </th>
            <th scope="col" className={styles.head}>
              Arrived
            </th>
          </tr>
        </thead>
        <tbody>
          {referral.deliveries.map((delivery) => (
            <tr key={delivery.id} className={styles.row}>
              <th scope="row" className={styles.cell}>
                {delivery.place}
                <span className={styles.beside}>{DELIVERY_NAMES[delivery.role]}</span>
              </th>
              <td className={styles.cell}>
                {isLost(delivery) ? (
                  <span className={styles.lost}>
                    <ErrorCircle20Regular aria-hidden className={styles.lostIcon} /> {delivery.what}
                  </span>
                ) : (
                  delivery.what
                )}
                <Post delivery={delivery} open={(post) => void host.openLink(post)} />
                {delivery.possibleDuplicate && <span className={styles.beside}>It may have come twice.</span>}
              </td>
              <td className={mergeClasses(styles.cell, styles.moment)}>
                {delivery.deliveredAt === null
                  ? ARRIVED_NAMES[delivery.state]
                  : shortMoment(delivery.deliveredAt, now, referral)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

type PostProps = { readonly delivery: Delivery; readonly open: (post: string) => void };

/** The way back to the post in its channel. */
function Post({ delivery: { post, place }, open }: PostProps) {
  if (post === null) return null;
  return (
    <>
      {' '}
      <Link as="button" inline aria-label={`Open the post: ${place}`} onClick={() => open(post)}>
        Open the post
      </Link>
    </>
  );
}

function isLost({ state }: Delivery): boolean {
  return state === 'failed' || state === 'parked';
}
