import { makeStyles, mergeClasses, tokens, typographyStyles } from '@fluentui/react-components';
import { type ReactNode, type RefObject, useId } from 'react';
import type { Flag, Referral } from '../../../web/desk/contract.ts';
import { Flags, UrgencyBadge } from '../badges.tsx';
import { type Fact, Facts } from './facts.tsx';

const useStyles = makeStyles({
  summary: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalL}`,
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    borderLeft: `${tokens.strokeWidthThickest} solid ${tokens.colorStatusWarningBorder2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflowWrap: 'anywhere',
    '@media (max-width: 480px)': { paddingInline: tokens.spacingHorizontalM },
  },
  raised: { borderLeftColor: tokens.colorStatusDangerBorder2 },
  closed: { borderLeftColor: tokens.colorStatusSuccessBorder2 },
  marks: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    // White words on red would be white on white.
    printColorAdjust: 'exact',
  },
  status: { ...typographyStyles.body1Strong, margin: 0 },
  headline: { ...typographyStyles.subtitle1, margin: 0 },
});

/** The other flags have a place of their own below. */
const SAID_HERE: readonly Flag[] = ['unanswered', 'not-delivered', 'reminded'];

type Props = {
  readonly referral: Referral;
  readonly headline: RefObject<HTMLHeadingElement | null>;
  readonly facts: readonly Fact[];
  readonly children?: ReactNode;
};

/** What matters most: how pressing it is, where it stands, and who has it. */
export function Summary({ referral, headline, facts, children }: Props) {
  const styles = useStyles();
  const id = useId();
  const { status } = referral;
  return (
    <section
      className={mergeClasses(
        styles.summary,
        status === 'raised' && styles.raised,
        status === 'closed' && styles.closed,
      )}
      aria-labelledby={id}
    >
      <div className={styles.marks}>
        <UrgencyBadge urgency={referral.urgency} />
        {referral.statusName !== referral.headline && <p className={styles.status}>{referral.statusName}</p>}
        {referral.reader === 'desk' && <Flags flags={referral.flags.filter((flag) => SAID_HERE.includes(flag))} />}
      </div>
      <h2 ref={headline} id={id} tabIndex={-1} className={styles.headline}>
        {referral.headline}
      </h2>
      {children}
      <Facts facts={facts} />
    </section>
  );
}
