import { Field, Input, makeStyles, mergeClasses, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { ChevronRight20Regular, Search20Regular, Warning24Filled } from '@fluentui/react-icons';
import { useState } from 'react';
import { Link } from 'react-router';
import type { GuidanceList } from '../../web/desk/contract.ts';
import { useNow } from '../clock.ts';
import { useDesk } from '../desk.tsx';
import { Source } from '../parts/guidance/policy.tsx';
import { Live } from '../parts/live.tsx';
import { OpenChat } from '../parts/open-chat.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { useGuidance } from '../queries.ts';
import { linkTo } from '../trust.ts';
import { dateAt } from '../words.ts';

type Topic = GuidanceList['flows'][number];

/** What the policy answers, for staff: the way for danger first, then each group of topics. */
export default function TopicsPage() {
  const { organisation } = useDesk();
  const { data, error, refetch } = useGuidance(organisation.id);
  return (
    <Page title="Topics">
      {data !== undefined && <Topics guidance={data} />}
      {data === undefined && error === null && <Loading label="Loading the topics" />}
      {data === undefined && error !== null && <Failure error={error} retry={() => void refetch()} />}
    </Page>
  );
}

const useStyles = makeStyles({
  search: { maxWidth: '480px' },
  group: { display: 'grid', gap: tokens.spacingVerticalS },
  name: { ...typographyStyles.subtitle1, margin: 0 },
  topics: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 320px), 1fr))',
    gap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
  },
  topic: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalS,
    boxSizing: 'border-box',
    height: '100%',
    padding: tokens.spacingVerticalM,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    ':hover': { background: tokens.colorNeutralBackground1Hover },
    ':focus-visible': { outline: `${tokens.strokeWidthThick} solid ${tokens.colorStrokeFocus2}` },
  },
  danger: {
    ...typographyStyles.subtitle1,
    height: 'auto',
    justifyContent: 'flex-start',
    border: `${tokens.strokeWidthThick} solid ${tokens.colorPaletteRedBorderActive}`,
  },
  arrow: { flexShrink: 0 },
  sign: { flexShrink: 0, color: tokens.colorPaletteRedForeground1 },
});

function Topics({ guidance }: { readonly guidance: GuidanceList }) {
  const styles = useStyles();
  const { organisation } = useDesk();
  const [search, setSearch] = useState('');
  const today = dateAt(useNow(), organisation);
  const danger = guidance.flows.find((flow) => flow.danger);
  const found = guidance.flows.filter((flow) => flow !== danger && fits(flow, search));
  const groups = guidance.groups
    .map(({ id, name }) => ({ id, name, topics: found.filter(({ group }) => group === id) }))
    .filter(({ topics }) => topics.length > 0);
  return (
    <>
      {danger !== undefined && <TopicLink topic={danger} />}
      <Field className={styles.search} label="Find a topic">
        <Input
          type="search"
          contentBefore={<Search20Regular />}
          value={search}
          onChange={(_, { value }) => setSearch(value)}
        />
      </Field>
      <Live>{search.trim() === '' ? '' : `${found.length} ${found.length === 1 ? 'topic' : 'topics'}`}</Live>
      {groups.length === 0 && (
        <Empty title="No topic has these words" action={<OpenChat />}>
          Try one word of it. Or tell Signpost what happened, in your own words.
        </Empty>
      )}
      {groups.map(({ id, name, topics }) => (
        <section key={id} className={styles.group} aria-labelledby={`group-${id}`}>
          <h2 id={`group-${id}`} className={styles.name}>
            {name}
          </h2>
          <ul className={styles.topics}>
            {topics.map((topic) => (
              <li key={topic.id}>
                <TopicLink topic={topic} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Source guidance={guidance} today={today} />
    </>
  );
}

function TopicLink({ topic: { id, title, danger } }: { readonly topic: Topic }) {
  const styles = useStyles();
  const { me, organisation } = useDesk();
  return (
    <Link
      to={linkTo(`/topics/${encodeURIComponent(id)}`, '', me, organisation)}
      className={mergeClasses(styles.topic, danger && styles.danger)}
    >
      {danger && <Warning24Filled className={styles.sign} aria-hidden />}
      {danger ? title : <Text>{title}</Text>}
      {!danger && <ChevronRight20Regular aria-hidden className={styles.arrow} />}
    </Link>
  );
}

/** Whether a title has all the words that were typed, or their beginnings. */
function fits({ title }: Topic, search: string): boolean {
  const words = title.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((part) => part !== '')
    .every((part) => words.some((word) => word.startsWith(part)));
}
