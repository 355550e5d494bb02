import { makeStyles, mergeClasses, shorthands, tokens, typographyStyles } from '@fluentui/react-components';
import {
  CheckmarkCircle20Regular,
  ErrorCircle20Regular,
  type FluentIcon,
  Info20Regular,
  Warning20Regular,
} from '@fluentui/react-icons';
import { type ReactNode, useId } from 'react';

type Tone = 'danger' | 'warning' | 'good' | 'plain';

const ICONS: Readonly<Record<Tone, FluentIcon>> = {
  danger: ErrorCircle20Regular,
  warning: Warning20Regular,
  good: CheckmarkCircle20Regular,
  plain: Info20Regular,
};

const useStyles = makeStyles({
  callout: {
    display: 'grid',
    gridTemplateColumns: 'auto minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke1}`,
    borderLeftWidth: tokens.strokeWidthThickest,
    borderRadius: tokens.borderRadiusMedium,
    overflowWrap: 'anywhere',
    breakInside: 'avoid',
  },
  danger: {
    color: tokens.colorStatusDangerForeground1,
    background: tokens.colorStatusDangerBackground1,
    ...shorthands.borderColor(tokens.colorStatusDangerBorder1),
  },
  warning: {
    color: tokens.colorStatusWarningForeground1,
    background: tokens.colorStatusWarningBackground1,
    ...shorthands.borderColor(tokens.colorStatusWarningBorder1),
  },
  good: {
    color: tokens.colorStatusSuccessForeground1,
    background: tokens.colorStatusSuccessBackground1,
    ...shorthands.borderColor(tokens.colorStatusSuccessBorder1),
  },
  plain: { background: tokens.colorNeutralBackground3 },
  body: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: tokens.spacingVerticalS,
    color: tokens.colorNeutralForeground1,
  },
  title: { ...typographyStyles.body1Strong, margin: 0 },
});

type Props = { readonly tone: Tone; readonly title: string; readonly children?: ReactNode };

/** What must not be overlooked. It stands as long as it is so, and is not read out by itself. */
export function Callout({ tone, title, children }: Props) {
  const styles = useStyles();
  const id = useId();
  const Icon = ICONS[tone];
  return (
    <section className={mergeClasses(styles.callout, styles[tone])} aria-labelledby={id}>
      <Icon aria-hidden />
      <div className={styles.body}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {children}
      </div>
    </section>
  );
}
