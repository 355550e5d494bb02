import { makeStyles, tokens, typographyStyles } from '@fluentui/react-components';
import { Fragment } from 'react';
import type { DeskReferral } from '../../../web/desk/contract.ts';
import { dayOf } from '../../words.ts';
import { VerdictBadge } from '../guidance/verdict.tsx';
import { Section } from './section.tsx';

const NOT_STATED = 'not stated';

const useStyles = makeStyles({
  heading: { ...typographyStyles.body1Strong, margin: 0, breakAfter: 'avoid' },
  pairs: { margin: 0 },
  question: { color: tokens.colorNeutralForeground3 },
  answer: { ...typographyStyles.body1Strong, margin: `0 0 ${tokens.spacingVerticalS}` },
  said: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  clauses: { margin: 0 },
  clause: typographyStyles.body1Strong,
  summary: { margin: `0 0 ${tokens.spacingVerticalS}`, breakBefore: 'avoid' },
  quiet: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

type Props = Pick<DeskReferral, 'asked'>;

/** What was asked and answered on the way, and what the policy said to it then. */
export function Asked({ asked }: Props) {
  const styles = useStyles();
  const { policy } = asked;
  return (
    <Section title="What they answered, and what the policy said">
      <h3 className={styles.heading}>{asked.title}</h3>
      <dl className={styles.pairs}>
        {asked.answers.map(({ question, answer }) => (
          <Fragment key={question}>
            <dt className={styles.question}>{question}</dt>
            <dd className={styles.answer}>{answer}</dd>
          </Fragment>
        ))}
      </dl>
      <h3 className={styles.heading}>The policy’s answer</h3>
      <div className={styles.said}>
        <VerdictBadge verdict={asked.verdict} /> {asked.headline}
      </div>
      <h3 className={styles.heading}>The clauses behind it, as they stood then</h3>
      <dl className={styles.clauses}>
        {asked.citations.map(({ id, section, summary }) => (
          <Fragment key={id}>
            <dt className={styles.clause}>{section === null ? id : `${id}: ${section}`}</dt>
            <dd className={styles.summary}>{summary}</dd>
          </Fragment>
        ))}
      </dl>
      <p className={styles.quiet}>
        {policy.title}. Version: {policy.version ?? NOT_STATED}. Approved:{' '}
        {policy.approved === null ? NOT_STATED : dayOf(policy.approved)}. Edition of this guidance: {asked.edition}.
      </p>
    </Section>
  );
}
