import { Badge, Body1, Button, makeStyles, Subtitle2, Switch, Text, tokens } from '@fluentui/react-components';
import { ChevronDown16Regular, ChevronUp16Regular } from '@fluentui/react-icons';
import { useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { GuidanceList } from '../../../web/desk/contract.ts';
import { RouteLink } from '../route-link.tsx';
import { Empty } from '../states.tsx';
import { answerQuery } from './walk.ts';

type Clause = GuidanceList['clauses'][number];

const useStyles = makeStyles({
  amount: { color: tokens.colorNeutralForeground2 },
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  clause: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: tokens.spacingVerticalXS,
    paddingBlock: tokens.spacingVerticalM,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  heading: { margin: 0 },
  words: { maxWidth: '90ch' },
  disclose: { minWidth: 0, paddingInline: 0 },
  uses: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXXL },
});

const UNUSED = 'unused';

type Props = {
  readonly clauses: readonly Clause[];
  /** In small letters. */
  readonly sought: string;
};

/** Each clause in plain English, and the answers that rest on it or why none can. */
export function Clauses({ clauses, sought }: Props) {
  const styles = useStyles();
  const [search, setSearch] = useSearchParams();
  const onlyUnused = search.has(UNUSED);
  const found = clauses.filter(
    (clause) => (!onlyUnused || clause.usedIn.length === 0) && wordsIn(clause).toLowerCase().includes(sought),
  );
  const unused = clauses.filter(({ usedIn }) => usedIn.length === 0).length;
  return (
    <>
      <Switch
        label={`Only clauses that no answer rests on (${unused})`}
        checked={onlyUnused}
        onChange={(_, { checked }) =>
          setSearch(
            (earlier) => {
              const next = new URLSearchParams(earlier);
              if (checked) next.set(UNUSED, 'true');
              else next.delete(UNUSED);
              return next;
            },
            { replace: true },
          )
        }
      />
      <Text className={styles.amount} aria-live="polite">
        {found.length} of {clauses.length} clauses
      </Text>
      {found.length === 0 ? (
        <Empty title="No clause has these words">Try fewer or other words, or turn the switch off.</Empty>
      ) : (
        <ul className={styles.list}>
          {found.map((clause) => (
            <OneClause key={clause.id} clause={clause} />
          ))}
        </ul>
      )}
    </>
  );
}

function OneClause({ clause }: { readonly clause: Clause }) {
  const styles = useStyles();
  return (
    <li className={styles.clause}>
      <span className={styles.head}>
        <Subtitle2 as="h2" className={styles.heading}>
          {clause.id}
        </Subtitle2>
        <Badge shape="rounded" appearance="outline" color="informative">
          {clause.kind}
        </Badge>
      </span>
      <Text size={200}>Section {clause.section}</Text>
      <Body1 className={styles.words}>{clause.summary}</Body1>
      {clause.usedIn.length > 0 && <Uses clause={clause} />}
      {clause.notDecidable !== null && (
        <Body1 className={styles.words}>
          <Text weight="semibold">No answer can rest on it: </Text>
          {clause.notDecidable}
        </Body1>
      )}
      {clause.usedIn.length === 0 && clause.notDecidable === null && <Body1>No answer rests on it.</Body1>}
    </li>
  );
}

function Uses({ clause: { id, usedIn } }: { readonly clause: Clause }) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const list = useId();
  return (
    <>
      <Button
        size="small"
        appearance="transparent"
        className={styles.disclose}
        icon={open ? <ChevronUp16Regular /> : <ChevronDown16Regular />}
        iconPosition="after"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        onClick={() => setOpen(!open)}
      >
        {uses(usedIn.length)} on {id}
      </Button>
      {open && (
        <ul id={list} className={styles.uses}>
          {usedIn.map(({ flow, title, outcome, headline }) => (
            <li key={`${flow}/${outcome}`}>
              <RouteLink to={`/guidance/${flow}${answerQuery(outcome)}`}>{headline}</RouteLink>{' '}
              <Text size={200}>{title}</Text>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function uses(number: number): string {
  return number === 1 ? '1 answer rests' : `${number} answers rest`;
}

function wordsIn({ id, section, kind, summary, notDecidable, usedIn }: Clause): string {
  return [
    id,
    section,
    kind,
    summary,
    notDecidable,
    ...usedIn.map(({ title, headline }) => `${title} ${headline}`),
  ].join(' ');
}
