import { makeStyles, mergeClasses, SearchBox, tokens, typographyStyles } from '@fluentui/react-components';
import { useDeferredValue } from 'react';
import { useSearchParams } from 'react-router';
import type { GuidanceList } from '../../web/desk/contract.ts';
import { useToday } from '../clock.ts';
import { useDesk } from '../desk.tsx';
import { Clauses } from '../parts/guidance/clauses.tsx';
import { AllPaths } from '../parts/guidance/paths.tsx';
import { SignOff } from '../parts/guidance/policy.tsx';
import { TopicList } from '../parts/guidance/topics.tsx';
import { Page } from '../parts/page.tsx';
import { useAddress } from '../parts/route-link.tsx';
import { Failure, Loading } from '../parts/states.tsx';
import { useGuidance } from '../queries.ts';

/** All that Signpost tells staff, for the person who answers for the policy. */
export default function GuidancePage() {
  const { organisation } = useDesk();
  const today = useToday(organisation);
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
          <SignOff guidance={guidance.data} today={today} />
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
  views: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
  },
  view: {
    ...typographyStyles.body1,
    display: 'block',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    borderBottom: `${tokens.strokeWidthThicker} solid transparent`,
    ':hover': { borderBottomColor: tokens.colorNeutralStroke1Hover },
    ':focus-visible': { outline: `${tokens.strokeWidthThick} solid ${tokens.colorStrokeFocus2}` },
  },
  open: { ...typographyStyles.body1Strong, borderBottomColor: tokens.colorCompoundBrandStroke },
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
  const seek = (words: string): void =>
    setSearch(
      (earlier) => {
        const next = new URLSearchParams(earlier);
        if (words === '') next.delete('find');
        else next.set('find', words);
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <nav aria-label="Parts of the guidance">
        <ul className={styles.views}>
          {VIEWS.map(({ id, title }) => (
            <li key={id}>
              <ViewLink view={id} find={find} isOpen={id === open}>
                {title}
              </ViewLink>
            </li>
          ))}
        </ul>
      </nav>
      <section aria-label={VIEWS.find(({ id }) => id === open)?.title} className={styles.panel}>
        <SearchBox
          className={styles.find}
          aria-label={`Find in the ${open}`}
          placeholder={`Find in the ${open}`}
          value={find}
          onChange={(_, { value }) => seek(value)}
        />
        {open === 'topics' && <TopicList guidance={guidance} sought={sought} />}
        {open === 'clauses' && <Clauses clauses={guidance.clauses} sought={sought} />}
        {open === 'paths' && <AllPaths sought={sought} />}
      </section>
    </>
  );
}

type ViewLinkProps = {
  readonly view: View;
  /** What is sought is sought in each view. */
  readonly find: string;
  readonly isOpen: boolean;
  readonly children: string;
};

function ViewLink({ view, find, isOpen, children }: ViewLinkProps) {
  const styles = useStyles();
  const query = new URLSearchParams({ view, ...(find === '' ? {} : { find }) });
  return (
    <a
      href={useAddress(`/guidance?${query}`)}
      aria-current={isOpen ? 'page' : undefined}
      className={mergeClasses(styles.view, isOpen && styles.open)}
    >
      {children}
    </a>
  );
}
