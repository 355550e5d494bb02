import { makeStyles, mergeClasses, tokens, typographyStyles } from '@fluentui/react-components';
import type { DeskReferral } from '../../../web/desk/contract.ts';
import { howLong, shortMoment, timeOfDay } from '../../words.ts';
import { Section } from './section.tsx';

type Step = DeskReferral['route']['steps'][number];

const MINUTE_MS = 60_000;

const useStyles = makeStyles({
  name: { margin: 0 },
  list: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    margin: 0,
    paddingInlineStart: tokens.spacingHorizontalXXL,
  },
  step: { paddingInlineStart: tokens.spacingHorizontalXS, breakInside: 'avoid' },
  tells: { margin: 0 },
  here: typographyStyles.body1Strong,
  state: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

type Props = { readonly referral: DeskReferral; readonly now: number };

/** The steps by which it finds somebody, and where it is now. */
export function RouteSteps({ referral, now }: Props) {
  const styles = useStyles();
  const { title, steps } = referral.route;
  return (
    <Section title="Its route">
      <p className={styles.name}>{title}</p>
      <ol className={styles.list}>
        {steps.map((step, index) => {
          const isHere = step.state === 'waiting';
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the route was fixed when this was raised, steps neither come nor go.
            <li key={index} className={styles.step} aria-current={isHere ? 'step' : undefined}>
              <p className={mergeClasses(styles.tells, isHere && styles.here)}>{step.tells}</p>
              <p className={styles.state}>{stateOf(step, referral, now)}</p>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

function stateOf(step: Step, referral: DeskReferral, now: number): string {
  // A step that was taken may have found nobody: what came of it stands with the cards.
  const when = step.at === null ? '' : shortMoment(step.at, now, referral);
  const waits = step.wait === null ? '' : `Waits ${howLong(step.wait * MINUTE_MS)}. `;
  switch (step.state) {
    case 'waiting':
      return `It is here now${when === '' ? '' : `, since ${when}`}. ${nextStep(referral, now)}`.trim();
    case 'taken':
      return `Taken${when === '' ? '' : ` ${when}`}. ${waits}`.trim();
    case 'skipped':
      return 'Passed over.';
    case 'to come':
      return `Still to come. ${waits}`.trim();
    case 'not needed':
      return 'Not needed.';
  }
}

/** "Next step in 12 min, at 14:20." Empty where there is none. */
export function nextStep({ nextStepAt, timezone }: DeskReferral, now: number): string {
  if (nextStepAt === null) return '';
  const left = nextStepAt - now;
  // Rounded up, so that it says "1 min" until the minute is over.
  const when = left <= 0 ? 'now' : `in ${howLong(Math.ceil(left / MINUTE_MS) * MINUTE_MS)}`;
  return `Next step ${when}, at ${timeOfDay(nextStepAt, { timezone })}.`;
}
