import { makeStyles, tokens, typographyStyles } from '@fluentui/react-components';
import type { RefObject } from 'react';
import type { DeskReferral } from '../../../web/desk/contract.ts';
import { dayAndTime, deletedInWords, howLong, shortMoment } from '../../words.ts';
import { Actions } from './actions.tsx';
import { Asked } from './asked.tsx';
import { Callout } from './callout.tsx';
import { Deliveries } from './deliveries.tsx';
import type { Fact } from './facts.tsx';
import type { Saving } from './foretell.ts';
import { useHome } from './home.ts';
import { Naming } from './naming.tsx';
import { nextStep, RouteSteps } from './route.tsx';
import { Section } from './section.tsx';
import { Summary } from './summary.tsx';
import { Timeline } from './timeline.tsx';
import { ToldOutside } from './told-outside.tsx';
import { Typed } from './typed.tsx';
import { capital } from './words.ts';

const useStyles = makeStyles({
  columns: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    gap: tokens.spacingVerticalM,
    alignItems: 'start',
    '@media screen and (min-width: 900px)': { gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)' },
    '@media print': { display: 'block' },
  },
  column: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    '@media print': { display: 'block', '& > *': { marginBlockEnd: tokens.spacingVerticalM } },
  },
  name: { ...typographyStyles.body1Strong, margin: 0 },
  line: { margin: 0 },
  quiet: { margin: 0, color: tokens.colorNeutralForeground3 },
  people: { margin: 0, paddingInlineStart: tokens.spacingHorizontalL },
});

type Props = {
  /** As it is shown: with what is on its way. */
  readonly referral: DeskReferral;
  /** As the server has it. */
  readonly known: DeskReferral;
  readonly saving: Saving | null;
  readonly headline: RefObject<HTMLHeadingElement | null>;
  readonly now: number;
};

/** A referral for those who deal with it. */
export function DeskRecord({ referral, known, saving, headline, now }: Props) {
  const styles = useStyles();
  const { description, callBack, takeCare, wish, openQuestion } = referral;
  return (
    <>
      {takeCare !== null && (
        <Callout tone="warning" title="Take care whom you tell">
          <p className={styles.line}>{takeCare}</p>
        </Callout>
      )}
      <Summary referral={referral} headline={headline} facts={useFacts(referral, now)}>
        {referral.missing.map((line) => (
          <p key={line} className={styles.line}>
            {line}
          </p>
        ))}
      </Summary>
      {referral.forgotten !== null && (
        <Callout
          tone="plain"
          title={`The words and names in this were ${deletedInWords(referral.forgotten, referral)}`}
        >
          <p className={styles.line}>
            What is left says that it was raised, when, where and about what, and what was done. Nothing more can be
            done with it.
          </p>
        </Callout>
      )}
      <Statutory referral={referral} />
      {wish !== null && (
        <Callout tone="warning" title="The person who raised this asks to withdraw it">
          {wish !== '' && <Typed>{wish}</Typed>}
          <p className={styles.line}>Nothing has stopped. You decide: go on with it, or close it.</p>
        </Callout>
      )}
      {openQuestion !== null && (
        <Callout tone="plain" title="The person who raised this has not answered yet">
          {openQuestion !== '' && <Typed>{openQuestion}</Typed>}
        </Callout>
      )}
      {referral.forgotten === null && <Actions referral={known} headline={headline} />}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Section title="What happened">
            {description === null ? (
              <p className={styles.quiet}>What they wrote is not kept any more.</p>
            ) : (
              <Typed>{description}</Typed>
            )}
          </Section>
          {referral.forgotten === null && (
            <Section title="To reach the person who raised this">
              <p className={styles.name}>{referral.reporter}</p>
              <p className={styles.line}>{callBack ?? (referral.nameKept ? KEPT : NO_NUMBER)}</p>
              {callBack !== null && (
                <p className={styles.line}>
                  Safe to ring? <strong>{referral.safeToRing}</strong>
                </p>
              )}
              <p className={styles.line}>
                Already told, they say: <strong>{referral.told}</strong>
              </p>
            </Section>
          )}
          {known.naming !== null && (
            <Naming reference={known.reference} naming={known.naming} times={known} now={now} />
          )}
          <Timeline referral={referral} now={now} saving={saving} />
          <Asked asked={referral.asked} />
        </div>
        <div className={styles.column}>
          {referral.referredOn.length > 0 && (
            <Section title="Who else was told outside">
              <ToldOutside told={referral.referredOn} referral={referral} />
            </Section>
          )}
          <RouteSteps referral={referral} now={now} />
          <Deliveries referral={referral} now={now} />
          <Section title="Who has opened this here">
            <p className={styles.quiet}>
              {referral.opened.length === 0 && 'Nobody else yet. '}
              This list is from {shortMoment(referral.now, now, referral)}, when you opened this or it last changed.
            </p>
            <ul className={styles.people}>
              {referral.opened.map(({ name, at }) => (
                <li key={`${name} ${at}`}>
                  {name}, {shortMoment(at, now, referral)}
                </li>
              ))}
            </ul>
          </Section>
        </div>
      </div>
    </>
  );
}

const NO_NUMBER = 'They gave no number. Ask them here: it reaches them in Teams.';
const KEPT =
  'They keep their name, so they cannot be rung. Ask them here: your question reaches them in Teams, and their answer comes back without their name.';

/** Whether the police or social care were told, which raising a concern does not do. */
function Statutory({ referral }: { readonly referral: DeskReferral }) {
  const styles = useStyles();
  if (referral.statutory.length === 0) {
    return (
      <Callout tone="warning" title="No report to the police or to social care is recorded here">
        <p className={styles.line}>Raising a concern here is not a report to them.</p>
      </Callout>
    );
  }
  return (
    <Callout tone="good" title="Reported to the police or to social care">
      <ToldOutside told={referral.statutory} referral={referral} />
    </Callout>
  );
}

function useFacts(referral: DeskReferral, now: number): Fact[] {
  const home = useHome(referral);
  const { raisedAt, acknowledgedAt, closedAt, owner } = referral;
  const next = nextStep(referral, now);
  return [
    { name: 'Who has it', value: owner ?? 'Nobody yet' },
    ...(closedAt === null ? [{ name: waitsFor(referral), value: howLong(now - raisedAt) }] : []),
    ...(next === '' ? [] : [{ name: 'If nobody acknowledges', value: next }]),
    { name: 'Raised', value: dayAndTime(raisedAt, referral) },
    ...(acknowledgedAt === null
      ? []
      : [
          {
            name: 'Acknowledged',
            value: `${shortMoment(acknowledgedAt, now, referral)}, after ${howLong(acknowledgedAt - raisedAt)}`,
          },
        ]),
    ...(closedAt === null
      ? []
      : [{ name: 'Closed', value: `${shortMoment(closedAt, now, referral)}, after ${howLong(closedAt - raisedAt)}` }]),
    { name: capital(home.departmentWord), value: referral.department },
    { name: 'About', value: referral.about },
    { name: 'Category', value: home.categories.find(({ id }) => id === referral.category)?.name ?? referral.category },
  ];
}

function waitsFor({ status }: DeskReferral): string {
  return status === 'raised' ? 'Has waited' : 'Open for';
}
