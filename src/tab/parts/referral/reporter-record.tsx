import { Link, makeStyles, tokens, typographyStyles } from '@fluentui/react-components';
import type { RefObject } from 'react';
import type { DeskContact, ReporterReferral } from '../../../web/desk/contract.ts';
import { dayAndTime } from '../../words.ts';
import { Actions } from './actions.tsx';
import { Callout } from './callout.tsx';
import type { Saving } from './foretell.ts';
import { Section } from './section.tsx';
import { Summary } from './summary.tsx';
import { Timeline } from './timeline.tsx';
import { Typed } from './typed.tsx';

const useStyles = makeStyles({
  line: { margin: 0 },
  danger: { ...typographyStyles.body1Strong, margin: 0 },
  truths: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXS },
  contacts: {
    listStyleType: 'none',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    margin: 0,
    padding: 0,
  },
  role: { ...typographyStyles.body1Strong, margin: 0 },
  phone: typographyStyles.subtitle2,
  quiet: { margin: 0, color: tokens.colorNeutralForeground3 },
});

type Props = {
  /** As it is shown: with what is on its way. */
  readonly referral: ReporterReferral;
  /** As the server has it. */
  readonly known: ReporterReferral;
  readonly saving: Saving | null;
  readonly headline: RefObject<HTMLHeadingElement | null>;
  readonly now: number;
};

/** A referral for the one who raised it: the truth about whether anybody has it, and whom to ring until somebody does. */
export function ReporterRecord({ referral, known, saving, headline, now }: Props) {
  const styles = useStyles();
  const { ring, emergency, question, description } = referral;
  return (
    <>
      <Summary
        referral={referral}
        headline={headline}
        facts={[
          { name: 'Raised', value: dayAndTime(referral.raisedAt, referral) },
          { name: 'Where', value: referral.department },
          { name: 'About', value: referral.about },
        ]}
      >
        <div className={styles.truths}>
          {referral.truths.map((truth) => (
            <p key={truth} className={styles.line}>
              {truth}
            </p>
          ))}
        </div>
      </Summary>
      <p className={styles.danger}>
        If someone is in danger,{' '}
        <Link inline href={`tel:${emergency.replace(/\s/g, '')}`}>
          ring {emergency}
        </Link>{' '}
        first.
      </p>
      {ring !== null && (
        <Callout tone="danger" title={ring.headline}>
          <p className={styles.line}>Do not wait for an answer here. Ring one of these, or go and find them:</p>
          {/* biome-ignore lint/a11y/noRedundantRoles: without its bullets, Safari takes it for no list. */}
          <ul role="list" className={styles.contacts}>
            {ring.contacts.map((contact) => (
              <Contact key={contact.role} contact={contact} />
            ))}
          </ul>
        </Callout>
      )}
      {question !== null && (
        <Callout tone="plain" title={`${question.asker} asks you`}>
          {question.words !== '' && <Typed>{question.words}</Typed>}
        </Callout>
      )}
      <Actions referral={known} headline={headline} />
      <Section title="What you wrote">
        {description === null ? (
          <p className={styles.quiet}>What you wrote is not kept any more.</p>
        ) : (
          <Typed>{description}</Typed>
        )}
        <p className={styles.line}>
          This is not a report to the police or to social care. If someone should tell them, that still has to be done.
        </p>
      </Section>
      <Timeline referral={referral} now={now} saving={saving} />
    </>
  );
}

function Contact({ contact: { role, phone, email, note } }: { readonly contact: DeskContact }) {
  const styles = useStyles();
  return (
    <li>
      <p className={styles.role}>{role}</p>
      {phone !== null && (
        <p className={styles.line}>
          <Link className={styles.phone} href={`tel:${phone.replace(/\s/g, '')}`}>
            Ring {phone}
          </Link>
        </p>
      )}
      {email !== null && (
        <p className={styles.line}>
          <Link href={`mailto:${email}`}>Email {email}</Link>
        </p>
      )}
      {note !== '' && <p className={styles.quiet}>{note}</p>}
    </li>
  );
}
