import { Body1, Button, Card, makeStyles, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { ArrowUndo20Regular } from '@fluentui/react-icons';
import { type Ref, useId } from 'react';
import type { Given, Question } from './walk.ts';

const useStyles = makeStyles({
  given: { margin: 0, padding: 0, listStyleType: 'none', display: 'flex', flexDirection: 'column' },
  answered: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalXS,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
  },
  words: { flexGrow: 1, display: 'flex', flexDirection: 'column' },
  asked: { color: tokens.colorNeutralForeground2 },
  ask: { ...typographyStyles.subtitle1, margin: 0, ':focus': { outlineStyle: 'none' } },
  options: { margin: 0, padding: 0, listStyleType: 'none', display: 'grid', gap: tokens.spacingVerticalS },
  option: { width: '100%', justifyContent: 'flex-start', textAlign: 'start' },
});

type GivenProps = {
  readonly given: readonly Given[];
  /** Asks one of these questions again. What was answered before it is kept. */
  readonly change: (index: number) => void;
};

/** What has been answered so far. */
export function GivenAnswers({ given, change }: GivenProps) {
  const styles = useStyles();
  if (given.length === 0) return null;
  return (
    <ol className={styles.given} aria-label="Your answers">
      {given.map(({ id, question, option }, index) => (
        <li key={id} className={styles.answered}>
          <span className={styles.words}>
            <Text size={200} className={styles.asked}>
              {question.ask}
            </Text>
            <Text weight="semibold">{option.label}</Text>
          </span>
          <Button appearance="subtle" aria-label={`Change: ${question.ask}`} onClick={() => change(index)}>
            Change
          </Button>
        </li>
      ))}
    </ol>
  );
}

type AskProps = {
  readonly question: Question;
  readonly heading: Ref<HTMLHeadingElement>;
  readonly choose: (option: string) => void;
};

/** One question, with an answer on each button. */
export function Ask({ question, heading, choose }: AskProps) {
  const styles = useStyles();
  const id = useId();
  return (
    <Card>
      <h2 id={id} ref={heading} tabIndex={-1} className={styles.ask}>
        {question.ask}
      </h2>
      <Body1>{question.why}</Body1>
      <ul aria-labelledby={id} className={styles.options}>
        {question.options.map(({ option, label }) => (
          <li key={option}>
            <Button size="large" className={styles.option} onClick={() => choose(option)}>
              {label}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

type BackProps = { readonly back: () => void; readonly restart: () => void };

export function WayBack({ back, restart }: BackProps) {
  return (
    <div>
      <Button appearance="subtle" icon={<ArrowUndo20Regular />} onClick={back}>
        Back
      </Button>
      <Button appearance="subtle" onClick={restart}>
        Start again
      </Button>
    </div>
  );
}
