import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { Link20Regular, Print20Regular } from '@fluentui/react-icons';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useDesk } from '../desk.tsx';
import { Live } from '../parts/live.tsx';
import { focusTitle, Page } from '../parts/page.tsx';
import { DeskCard } from '../parts/register/cards.tsx';
import { useCountInWords, useWordsAfterChange } from '../parts/register/count.ts';
import { Filters } from '../parts/register/filters.tsx';
import { NewAbove } from '../parts/register/new-above.tsx';
import { PrintedList } from '../parts/register/printed-list.tsx';
import { ReferralList } from '../parts/register/referral-list.tsx';
import { useList } from '../parts/register/use-list.ts';
import { addressOf, asQuery, describe, EVERYTHING, isFiltered, type View, viewIn } from '../parts/register/view.ts';
import { useHere } from '../parts/route-link.tsx';
import { Empty, Failure, Loading, Stale } from '../parts/states.tsx';
import { usePrinting } from '../print.ts';

export default function RegisterPage() {
  const { organisation } = useDesk();
  // Another Trust is another register.
  return <Register key={organisation.id} />;
}

const useStyles = makeStyles({
  above: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    minHeight: '32px',
    '@media print': { display: 'none' },
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, '@media print': { display: 'none' } },
  old: { opacity: 0.6 },
});

/** Every referral that the reader deals with, the most pressing on top. */
function Register() {
  const styles = useStyles();
  const { organisation } = useDesk();
  const [address, setAddress] = useSearchParams();
  const view = useMemo(() => viewIn(address, organisation), [address, organisation]);
  const change = useCallback(
    (part: Partial<View>) =>
      setAddress((earlier) => addressOf({ ...viewIn(earlier, organisation), ...part }, earlier), { replace: true }),
    [setAddress, organisation],
  );
  const clear = (): void => {
    change(EVERYTHING);
    // The button goes with the filters.
    focusTitle();
  };
  const query = { organisation: organisation.id, list: 'desk' as const, ...asQuery(view) };
  const list = useList(query);
  const { rows, first, now, arrivals } = list;
  const count = useCountInWords(query, list);
  const countToSay = useWordsAfterChange(count, JSON.stringify(query), !list.isOld);
  const isPrinting = usePrinting();

  if (isPrinting && rows !== undefined) {
    const what = [describe(view, organisation, first?.owners ?? []), `${count}.`]
      .filter((part) => part !== '')
      .join('. ');
    return (
      <Page title="Register" keepsFocus>
        <PrintedList
          rows={rows}
          about={`${what}${list.more.exists ? ` These are the first ${rows.length}.` : ''}`}
          organisation={organisation}
          now={now}
        />
      </Page>
    );
  }
  return (
    <Page title="Register" keepsFocus={list.begin !== undefined} actions={<Actions />}>
      <Filters view={view} change={change} organisation={organisation} owners={first?.owners ?? []} />
      {list.stale !== null && <Stale error={list.stale} />}
      {list.failure !== null && <Failure error={list.failure} retry={list.retry} />}
      {rows === undefined && list.failure === null && <Loading lines={8} label="Loading the register" />}
      <Live>{arrivals.words}</Live>
      <Live>{countToSay}</Live>
      {rows !== undefined && (
        <>
          <div className={styles.above}>
            <NewAbove count={arrivals.references.size} />
            <Text weight="semibold">{count}</Text>
            <Hidden count={first?.hidden ?? 0} />
            {isFiltered(view) && rows.length > 0 && (
              <Button size="small" onClick={clear}>
                Clear filters
              </Button>
            )}
          </div>
          {rows.length === 0 ? (
            <Nothing isFiltered={isFiltered(view)} clear={clear} />
          ) : (
            <div className={list.isOld ? styles.old : undefined} aria-busy={list.isOld}>
              <ReferralList
                as="table"
                name="Referrals, most pressing first"
                rows={rows}
                total={first?.total ?? undefined}
                now={now}
                isNew={arrivals.isNew}
                more={list.more}
                begin={list.begin}
                Card={DeskCard}
              />
            </div>
          )}
        </>
      )}
    </Page>
  );
}

function Actions() {
  const styles = useStyles();
  const { host } = useDesk();
  const here = useHere();
  return (
    <div className={styles.actions}>
      <Button
        appearance="subtle"
        icon={<Link20Regular />}
        onClick={() => host.shareLink(here, 'Register of referrals')}
      >
        Copy link to this view
      </Button>
      <Button appearance="subtle" icon={<Print20Regular />} onClick={() => print()}>
        Print
      </Button>
    </div>
  );
}

function Hidden({ count }: { readonly count: number }) {
  const styles = useStyles();
  if (count === 0) return null;
  const [are, they] = count === 1 ? ['is', 'it'] : ['are', 'they'];
  return (
    <Text className={styles.quiet}>
      {count} more {are} not shown here, because {they} may be about somebody in this team. Other people deal with{' '}
      {they === 'it' ? 'it' : 'them'}.
    </Text>
  );
}

type NothingProps = { readonly isFiltered: boolean; clear(): void };

function Nothing({ isFiltered, clear }: NothingProps) {
  const { organisation } = useDesk();
  if (isFiltered) {
    return (
      <Empty title="No referral fits" action={<Button onClick={clear}>Clear filters</Button>}>
        Take a filter away, or search for less.
      </Empty>
    );
  }
  return (
    <Empty title="No referrals yet">
      {organisation.right === 'team'
        ? 'What staff raise with Signpost appears here by itself.'
        : `What staff raise about a ${organisation.departmentWord} that you are or were on duty for appears here by itself.`}
    </Empty>
  );
}
