import { Button, makeStyles, mergeClasses, tokens, typographyStyles } from '@fluentui/react-components';
import { useRef } from 'react';
import type { Referral } from '../../../web/desk/contract.ts';
import { shortMoment } from '../../words.ts';
import type { Saving } from './foretell.ts';
import { Section } from './section.tsx';
import { Typed } from './typed.tsx';
import { isAction } from './words.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  entry: {
    display: 'grid',
    gridTemplateColumns: '110px minmax(0, 1fr)',
    gap: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    paddingBlock: tokens.spacingVerticalS,
    borderTop: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    ':first-child': { borderTopStyle: 'none' },
    '@media (max-width: 480px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
    '@media print': { breakInside: 'avoid' },
  },
  when: {
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
  },
  what: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXS },
  line: { margin: 0 },
  byPerson: typographyStyles.body1Strong,
  screenOnly: { '@media print': { display: 'none' } },
});

/** More entries than this are a way to scroll. */
const FEW = 6;

type Props = { readonly referral: Referral; readonly now: number; readonly saving: Saving | null };

/** What people did and wrote, and what the route did, oldest first. */
export function Timeline({ referral, now, saving }: Props) {
  const styles = useStyles();
  const newest = useRef<HTMLLIElement>(null);
  const { timeline } = referral;
  const toNewest = () => {
    newest.current?.focus({ preventScroll: true });
    newest.current?.scrollIntoView({ block: 'center' });
  };
  return (
    <Section
      title="What has happened"
      actions={
        timeline.length > FEW && (
          <Button appearance="subtle" size="small" className={styles.screenOnly} onClick={toNewest}>
            Go to the newest
          </Button>
        )
      }
    >
      {/* biome-ignore lint/a11y/noRedundantRoles: without its bullets, Safari takes it for no list. */}
      <ol role="list" className={styles.list}>
        {timeline.map(({ sequence, at, kind, what, words }, index) => (
          <li
            key={sequence}
            className={styles.entry}
            {...(index === timeline.length - 1 ? { ref: newest, tabIndex: -1 } : {})}
          >
            <time className={styles.when} dateTime={new Date(at).toISOString()}>
              {shortMoment(at, now, referral)}
            </time>
            <div className={styles.what}>
              <p className={mergeClasses(styles.line, (isAction(kind) || kind === 'raised') && styles.byPerson)}>
                {what}
              </p>
              {words !== null && words !== '' && <Typed>{words}</Typed>}
            </div>
          </li>
        ))}
        {saving !== null && (
          <li className={mergeClasses(styles.entry, styles.screenOnly)}>
            <span className={styles.when}>Being saved</span>
            <div className={styles.what}>
              <p className={mergeClasses(styles.line, styles.byPerson)}>{saving.what}</p>
              {saving.words !== '' && <Typed>{saving.words}</Typed>}
            </div>
          </li>
        )}
      </ol>
    </Section>
  );
}
