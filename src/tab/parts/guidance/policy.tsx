import {
  Body1,
  Card,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Text,
  tokens,
} from '@fluentui/react-components';
import type { GuidanceList } from '../../../web/desk/contract.ts';
import { dayOf } from '../../words.ts';

type Policy = GuidanceList['policy'];

const NOT_STATED = 'not stated';

function dateOf(date: string | null): string {
  return date === null ? NOT_STATED : dayOf(date);
}

/** Whether the policy should have been reviewed by a day. */
function isOverdue({ reviewDue }: Policy, today: string): boolean {
  return reviewDue !== null && reviewDue <= today;
}

const useStyles = makeStyles({
  facts: {
    margin: 0,
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(140px, 1fr))',
    gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXL}`,
  },
  fact: { overflowWrap: 'anywhere' },
  name: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  value: { margin: 0 },
  source: { color: tokens.colorNeutralForeground2 },
});

/** @param today The day it is for the organisation, as `YYYY-MM-DD`. */
type Props = { readonly guidance: GuidanceList; readonly today: string };

/** What the policy says of itself. */
function PolicyFacts({ policy }: { readonly policy: Policy }) {
  const styles = useStyles();
  const facts: readonly (readonly [string, string])[] = [
    ['Policy', policy.title],
    ['Version', policy.version ?? NOT_STATED],
    ['Approved', dateOf(policy.approved)],
    ['Review due', dateOf(policy.reviewDue)],
    ['Owner', policy.owner],
    ['Where to read it', policy.link ?? NOT_STATED],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether this guidance is approved, and how it comes to be. */
export function SignOff({ guidance: { policy, approval, content }, today }: Props) {
  const styles = useStyles();
  return (
    <>
      {isOverdue(policy, today) && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>The policy is due for review</MessageBarTitle>
            It was due on {dateOf(policy.reviewDue)}. Check that it still holds.
          </MessageBarBody>
        </MessageBar>
      )}
      {approval === null ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Draft: not yet approved</MessageBarTitle>
            Staff can see this guidance. Each answer tells them that it is a draft.
          </MessageBarBody>
        </MessageBar>
      ) : (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Approved</MessageBarTitle>
            By the {approval.role}, on {dayOf(approval.date)}. Any change to the guidance makes it a draft again.
          </MessageBarBody>
        </MessageBar>
      )}
      <Card>
        <PolicyFacts policy={policy} />
        <Body1 className={styles.fact}>
          This guidance has the name <Text font="monospace">{content}</Text>. An approval names it, and holds for it
          alone.
        </Body1>
        {approval === null && (
          <Body1>
            To approve it: read the topics, the clauses and the paths below. Then write to whoever runs Signpost for
            your Trust, with your role ({policy.owner}), the day, and the name of this guidance. They record it.
          </Body1>
        )}
      </Card>
    </>
  );
}

/** Beneath an answer: whose policy it is from, and whether it may be relied on. */
export function Source({ guidance: { policy, approval }, today }: Props) {
  const styles = useStyles();
  return (
    <Text size={200} className={styles.source}>
      From the policy “{policy.title}”: version {policy.version ?? NOT_STATED}, approved {dateOf(policy.approved)},
      review due {dateOf(policy.reviewDue)}.{' '}
      {isOverdue(policy, today) && 'It was due for review: check that it still holds. '}
      {approval === null
        ? 'Draft: the policy owner has not yet approved this guidance.'
        : `This guidance was approved by the ${approval.role} on ${dayOf(approval.date)}.`}
    </Text>
  );
}
