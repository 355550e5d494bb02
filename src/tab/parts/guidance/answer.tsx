import {
  Body1,
  Button,
  Card,
  Link,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Subtitle2,
  Text,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { ChevronDown16Regular, ChevronUp16Regular } from '@fluentui/react-icons';
import { type Ref, useId, useState } from 'react';
import type { DeskContact } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { URGENCY_NAMES } from '../../words.ts';
import { VerdictBadge } from './verdict.tsx';
import type { Outcome } from './walk.ts';

const useStyles = makeStyles({
  headline: { ...typographyStyles.subtitle1, margin: 0, ':focus': { outlineStyle: 'none' } },
  part: { margin: 0 },
  steps: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXXL },
  step: { paddingBlock: tokens.spacingVerticalXS },
  disclose: {
    minWidth: 0,
    paddingInline: tokens.spacingHorizontalXS,
    marginInlineStart: `-${tokens.spacingHorizontalXS}`,
  },
  clauses: {
    margin: 0,
    padding: tokens.spacingVerticalS,
    paddingInline: tokens.spacingHorizontalM,
    background: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
  clause: { fontWeight: tokens.fontWeightSemibold },
  summary: { margin: 0, marginBottom: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
  contacts: { margin: 0, padding: 0, listStyleType: 'none', display: 'grid', gap: tokens.spacingVerticalS },
  contact: { display: 'flex', flexDirection: 'column', overflowWrap: 'anywhere' },
});

type Props = { readonly outcome: Outcome; readonly heading: Ref<HTMLHeadingElement> };

/** What a walk comes to: the answer, what to do, whom to ask, and how it is raised. */
export function Answer({ outcome, heading }: Props) {
  const styles = useStyles();
  return (
    <Card>
      <div>
        <VerdictBadge verdict={outcome.verdict} size="extra-large" />
      </div>
      <h2 ref={heading} tabIndex={-1} className={styles.headline}>
        {outcome.headline}
      </h2>
      <ol className={styles.steps}>
        {outcome.steps.map((step) => (
          <li key={step.do} className={styles.step}>
            <Body1>{step.do}</Body1>
            <Behind clauses={step.clauses} citations={outcome.citations} />
          </li>
        ))}
      </ol>
      {outcome.policySilent !== null && (
        <MessageBar layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>What the policy does not say</MessageBarTitle>
            {outcome.policySilent}
          </MessageBarBody>
        </MessageBar>
      )}
      <Contacts contacts={outcome.contacts} />
      <Raise outcome={outcome} />
    </Card>
  );
}

type BehindProps = { readonly clauses: readonly string[]; readonly citations: Outcome['citations'] };

/** The clauses that a step rests on, with their words on request. */
function Behind({ clauses, citations }: BehindProps) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const id = useId();
  const cited = citations.filter((citation) => clauses.includes(citation.id));
  if (cited.length === 0) return null;
  return (
    <div>
      <Button
        size="small"
        appearance="transparent"
        className={styles.disclose}
        icon={open ? <ChevronUp16Regular /> : <ChevronDown16Regular />}
        iconPosition="after"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {`Why: ${cited.map((citation) => citation.id).join(', ')}`}
      </Button>
      {open && (
        <dl id={id} className={styles.clauses}>
          {cited.map((citation) => (
            <div key={citation.id}>
              <dt className={styles.clause}>
                {citation.section === null ? 'A national fact, not from the policy' : `Policy ${citation.section}`}
              </dt>
              <dd className={styles.summary}>{citation.summary}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function Contacts({ contacts }: { readonly contacts: readonly DeskContact[] }) {
  const styles = useStyles();
  if (contacts.length === 0) return null;
  return (
    <>
      <Subtitle2 as="h3" className={styles.part}>
        Who to speak to
      </Subtitle2>
      <ul className={styles.contacts}>
        {contacts.map(({ role, phone, email, note }) => (
          <li key={role} className={styles.contact}>
            <Text weight="semibold">{role}</Text>
            {phone !== null && (
              <Text>
                Phone{' '}
                <Link inline href={`tel:${phone.replace(/\s/g, '')}`}>
                  {phone}
                </Link>
              </Text>
            )}
            {email !== null && (
              <Text>
                Email{' '}
                <Link inline href={`mailto:${email}`}>
                  {email}
                </Link>
              </Text>
            )}
            {note !== '' && <Text size={200}>{note}</Text>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Raising is done in the chat, where the bot knows what was answered. */
function Raise({ outcome: { raise } }: { readonly outcome: Outcome }) {
  const styles = useStyles();
  const { host, me } = useDesk();
  const { chat } = me;
  if (raise === null) return null;
  return (
    <>
      <Subtitle2 as="h3" className={styles.part}>
        How to raise it
      </Subtitle2>
      <Body1>
        In the chat with Signpost: open this topic there, give the same answers, and choose to tell the people who need
        to know. It goes to: {raise.route}.
      </Body1>
      <Body1>
        Kind: {raise.category}. How soon: {URGENCY_NAMES[raise.urgency].toLowerCase()}.
      </Body1>
      <Body1>
        It is not a report to the police or to social care. If someone should tell them, that still has to be done.
      </Body1>
      {chat !== null && (
        <div>
          <Button appearance="primary" onClick={() => void host.openLink(chat)}>
            Open the chat with Signpost
          </Button>
        </div>
      )}
    </>
  );
}
