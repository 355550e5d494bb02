import {
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  Select,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { lazy, Suspense, useEffect, useLayoutEffect } from 'react';
import { Link, Navigate, Route, Routes, useLocation, useNavigate, useSearchParams } from 'react-router';
import type { Right } from '../web/desk/contract.ts';
import { useDesk } from './desk.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Loading } from './parts/states.tsx';
import { linkTo, TRUST } from './trust.ts';
import { useWayBack } from './way-back.ts';

/** Each page is loaded when it is opened, so that the first one shows soon. */
const RegisterPage = lazy(() => import('./pages/register.tsx'));
const ReferralPage = lazy(() => import('./pages/referral.tsx'));
const MinePage = lazy(() => import('./pages/mine.tsx'));
const TopicsPage = lazy(() => import('./pages/topics.tsx'));
const DutyPage = lazy(() => import('./pages/duty.tsx'));
const ReportsPage = lazy(() => import('./pages/reports.tsx'));
const GuidancePage = lazy(() => import('./pages/guidance.tsx'));
const FlowPage = lazy(() => import('./pages/flow.tsx'));

type Entry = {
  readonly path: string;
  readonly title: string;
  readonly for: readonly Right[];
  /** Others do not need it in their bar, but may follow a link to it. */
  readonly isForAll?: true;
};

/** What stands in the bar, and for whom. The server decides what anybody may read; this only leaves out what is empty. */
const ENTRIES: readonly Entry[] = [
  { path: '/register', title: 'Register', for: ['team', 'senior'] },
  { path: '/mine', title: 'My referrals', for: ['team', 'senior', 'staff'] },
  { path: '/topics', title: 'Topics', for: ['senior', 'staff'], isForAll: true },
  { path: '/duty', title: 'On duty', for: ['team', 'senior'] },
  { path: '/reports', title: 'Reports', for: ['team'] },
  { path: '/guidance', title: 'Guidance', for: ['team'] },
];

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    columnGap: tokens.spacingHorizontalM,
    paddingInline: tokens.spacingHorizontalS,
    background: tokens.colorNeutralBackground1,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    '@media print': { display: 'none' },
  },
  pages: { display: 'flex', flexWrap: 'wrap', margin: 0, padding: 0, listStyleType: 'none' },
  page: {
    display: 'block',
    ...typographyStyles.body1,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalS} ${tokens.spacingVerticalSNudge}`,
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    borderBottom: `${tokens.strokeWidthThicker} solid transparent`,
    ':hover': { color: tokens.colorNeutralForeground1, borderBottomColor: tokens.colorNeutralStroke1Hover },
    ':focus-visible': {
      outline: `${tokens.strokeWidthThick} solid ${tokens.colorStrokeFocus2}`,
      outlineOffset: `calc(-1 * ${tokens.strokeWidthThick})`,
    },
  },
  open: {
    ...typographyStyles.body1Strong,
    color: tokens.colorNeutralForeground1,
    borderBottomColor: tokens.colorCompoundBrandStroke,
  },
  trust: { maxWidth: '100%', marginBlock: tokens.spacingVerticalXS },
});

/** The bar with the pages of this reader, and the page that is open. */
export function Frame() {
  const styles = useStyles();
  const { me, organisation } = useDesk();
  const { pathname } = useLocation();
  const wayBack = useWayBack();
  const entries = ENTRIES.filter((entry) => entry.for.includes(organisation.right));
  const home = linkTo(entries[0]?.path ?? '/mine', '', me, organisation);
  // A link from somebody who may see more.
  const isForOthers =
    // What they may see is not all known just now: the page that they are at says so, and comes back by itself.
    me.notice === null &&
    ENTRIES.some((entry) => !entries.includes(entry) && entry.isForAll !== true && isWithin(pathname, entry.path));
  // A referral belongs to the list that it was opened from.
  const place = pathname.startsWith('/referral') ? (wayBack ?? home) : pathname;
  const addressOf = (path: string): string =>
    wayBack !== undefined && isWithin(wayBack, path) ? wayBack : linkTo(path, '', me, organisation);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page begins at its top, so a new path runs it again.
  useLayoutEffect(() => {
    scrollTo({ top: 0, behavior: 'instant' });
  }, [pathname]);
  return (
    <>
      <nav className={styles.bar} aria-label="Pages">
        <ul className={styles.pages}>
          {entries.map(({ path, title }) => (
            <li key={path}>
              <Link
                to={addressOf(path)}
                aria-current={isWithin(place, path) ? 'page' : undefined}
                className={mergeClasses(styles.page, isWithin(place, path) && styles.open)}
              >
                {title}
              </Link>
            </li>
          ))}
        </ul>
        {me.organisations.length > 1 && <Trusts />}
      </nav>
      {me.notice !== null && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{me.notice}</MessageBarBody>
        </MessageBar>
      )}
      <Boundary key={pathname}>
        <Suspense fallback={<Loading />}>
          {isForOthers ? <Navigate to={home} replace /> : <Pages home={home} />}
        </Suspense>
      </Boundary>
    </>
  );
}

function Pages({ home }: { readonly home: string }) {
  return (
    <Routes>
      <Route path="/register" element={<RegisterPage />} />
      <Route path="/referral/:reference" element={<ReferralPage />} />
      <Route path="/mine" element={<MinePage />} />
      <Route path="/topics" element={<TopicsPage />} />
      <Route path="/topics/:flow" element={<FlowPage />} />
      <Route path="/duty" element={<DutyPage />} />
      <Route path="/reports" element={<ReportsPage />} />
      <Route path="/guidance" element={<GuidancePage />} />
      <Route path="/guidance/:flow" element={<FlowPage />} />
      <Route path="*" element={<Navigate to={home} replace />} />
    </Routes>
  );
}

/** Chooses the Trust that is looked at. The address names it, so that a link leads to the same one. */
function Trusts() {
  const styles = useStyles();
  const { me, organisation, chooseOrganisation } = useDesk();
  const navigate = useNavigate();
  const [address] = useSearchParams();
  const named = me.organisations.find(({ id }) => id === address.get(TRUST))?.id;
  useEffect(() => {
    if (named !== undefined) chooseOrganisation(named);
  }, [named, chooseOrganisation]);
  return (
    <Select
      aria-label="Trust"
      size="small"
      className={styles.trust}
      value={organisation.id}
      onChange={(_, { value }) => {
        chooseOrganisation(value);
        // What the reader may see of one Trust they may not see of another: on to the first page of this one.
        void navigate(linkTo('/', '', me, { id: value }));
      }}
    >
      {me.organisations.map(({ id, shortName }) => (
        <option key={id} value={id}>
          {shortName}
        </option>
      ))}
    </Select>
  );
}

function isWithin(place: string, path: string): boolean {
  return place === path || place.startsWith(`${path}/`) || place.startsWith(`${path}?`);
}
