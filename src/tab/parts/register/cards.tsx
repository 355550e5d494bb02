import { makeStyles, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { Clock16Filled } from '@fluentui/react-icons';
import { memo } from 'react';
import type { Flag, RegisterRow } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { FLAG_NAMES, shortMoment } from '../../words.ts';
import { Flags, UrgencyBadge } from '../badges.tsx';
import type { CardProps } from './list-props.ts';
import { isWaiting, nextStepInWords, ownerInWords, raisedInWords, statusName, waitInWords } from './row-words.ts';

const useStyles = makeStyles({
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  reference: { ...typographyStyles.body1Strong, flexGrow: 1 },
  quiet: { color: tokens.colorNeutralForeground2 },
  waiting: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
});

/** A referral as those see it who deal with it. */
export const DeskCard = memo(function DeskCard({ row, now, isNew }: CardProps) {
  const styles = useStyles();
  const { organisation } = useDesk();
  return (
    <>
      <span className={styles.line}>
        <span className={styles.reference}>{row.reference}</span>
        <UrgencyBadge urgency={row.urgency} />
      </span>
      <Text weight="semibold">{row.about}</Text>
      <Text size={200} className={styles.quiet}>
        {row.department}. {raisedInWords(row, now, organisation)}
      </Text>
      <Standing row={row} now={now} />
      <Text size={200} className={styles.quiet}>
        {inSentences([ownerInWords(row), nextStepInWords(row, now)])}
      </Text>
      <Flags flags={row.flags} isNew={isNew} />
    </>
  );
});

/** What concerns the one who raised it, in words for them. */
const MINE_NAMES: Readonly<Record<Flag, string>> = {
  ...FLAG_NAMES,
  'not-delivered': 'Could not be delivered',
  withdraw: 'You asked to withdraw',
  question: 'You have been asked something',
};
const MINE_FLAGS: readonly Flag[] = ['unanswered', 'not-delivered', 'withdraw', 'question'];

/** A referral as the one sees it who raised it. */
export const MyCard = memo(function MyCard({ row, now }: CardProps) {
  const styles = useStyles();
  const { organisation } = useDesk();
  return (
    <>
      <span className={styles.line}>
        <Text weight="semibold">{row.about}</Text>
      </span>
      <Text size={200} className={styles.quiet}>
        {inSentences([row.reference, row.department, `Raised ${shortMoment(row.raisedAt, now, organisation)}`])}
      </Text>
      <Standing row={row} now={now} />
      <Text>
        {isWaiting(row) ? 'No one has confirmed reading this. Do not wait: open it to see whom to ring.' : whoHas(row)}
      </Text>
      <Flags flags={row.flags.filter((flag) => MINE_FLAGS.includes(flag))} names={MINE_NAMES} />
    </>
  );
});

function whoHas({ owner, status }: RegisterRow): string {
  if (owner === null) return '';
  return status === 'closed' ? `${owner} dealt with it.` : `${owner} has it.`;
}

/** How a referral stands, and for how long it has waited. */
function Standing({ row, now }: { readonly row: RegisterRow; readonly now: number }) {
  const styles = useStyles();
  const isOpenToAll = isWaiting(row);
  return (
    <span className={styles.line}>
      <Text weight={isOpenToAll ? 'semibold' : 'regular'}>{statusName(row)}</Text>
      {isOpenToAll && (
        <Text weight="semibold" className={styles.waiting}>
          <Clock16Filled aria-hidden /> {waitInWords(row, now)}
        </Text>
      )}
    </span>
  );
}

function inSentences(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('. ');
}
