import { makeStyles, SearchBox, Tab, TabList, tokens } from '@fluentui/react-components';
import { useDeferredValue } from 'react';
import { useSearchParams } from 'react-router';
import type { GuidanceList } from '../../web/desk/contract.ts';
import { useDesk } from '../desk.tsx';
import { Clauses } from '../parts/guidance/clauses.tsx';
import { AllPaths } from '../parts/guidance/paths.tsx';
import { SignOff } from '../parts/guidance/policy.tsx';
import { TopicList } from '../parts/guidance/topics.tsx';
import { Page } from '../parts/page.tsx';
import { Failure, Loading } from '../parts/states.tsx';
import { useGuidance } from '../queries.ts';
import { dateAt } from '../words.ts';

/** All that Signpost tells staff, for the person who answers for the policy. */
export default function GuidancePage() {
  const { me, organisation } = useDesk();
  const guidance = useGuidance(organisation.id);
  return (
    <Page title="Guidance">
      {guidance.data === undefined ? (
        guidance.error === null ? (
          <Loading label="Opening the guidance" lines={8} />
        ) : (
          <Failure error={guidance.error} retry={() => void guidance.refetch()} />
        )
      ) : (
        <>
          <SignOff guidance={guidance.data} today={dateAt(me.now, organisation)} />
          <Views guidance={guidance.data} />
        </>
      )}
    </Page>
  );
}

const VIEWS = [
  { id: 'topics', title: 'Topics' },
  { id: 'clauses', title: 'Clauses' },
  { id: 'paths', title: 'Paths' },
] as const;
type View = (typeof VIEWS)[number]['id'];

const useStyles = makeStyles({
  tabs: { flexWrap: 'wrap' },
  panel: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  find: { maxWidth: '100%', width: '420px' },
});

function Views({ guidance }: { readonly guidance: GuidanceList }) {
  const styles = useStyles();
  const [search, setSearch] = useSearchParams();
  const open: View = VIEWS.find(({ id }) => id === search.get('view'))?.id ?? 'topics';
  const find = search.get('find') ?? '';
  // Typing stays quick, however long the list is.
  const sought = useDeferredValue(find.trim().toLowerCase());
  const change = (name: string, value: string, replace: boolean): void =>
    setSearch(
      (earlier) => {
        const next = new URLSearchParams(earlier);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace },
    );
  return (
    <>
      <TabList
        className={styles.tabs}
        aria-label="Parts of the guidance"
        selectedValue={open}
        onTabSelect={(_, { value }) => change('view', String(value), false)}
      >
        {VIEWS.map(({ id, title }) => (
          <Tab key={id} value={id} id={`tab-${id}`} aria-controls={`panel-${id}`}>
            {title}
          </Tab>
        ))}
      </TabList>
      <div role="tabpanel" id={`panel-${open}`} aria-labelledby={`tab-${open}`} className={styles.panel}>
        <SearchBox
          className={styles.find}
          aria-label={`Find in the ${open}`}
          placeholder={`Find in the ${open}`}
          value={find}
          onChange={(_, { value }) => change('find', value, true)}
        />
        {open === 'topics' && <TopicList guidance={guidance} sought={sought} />}
        {open === 'clauses' && <Clauses clauses={guidance.clauses} sought={sought} />}
        {open === 'paths' && <AllPaths sought={sought} />}
      </div>
    </>
  );
}
