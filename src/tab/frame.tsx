import { Dropdown, makeStyles, Option, Tab, TabList, tokens } from '@fluentui/react-components';
import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router';
import type { Right } from '../web/desk/contract.ts';
import { useDesk } from './desk.tsx';
import { Loading } from './parts/states.tsx';

/** Each page is loaded when it is opened, so that the first one shows soon. */
const RegisterPage = lazy(() => import('./pages/register.tsx'));
const ReferralPage = lazy(() => import('./pages/referral.tsx'));
const MinePage = lazy(() => import('./pages/mine.tsx'));
const TopicsPage = lazy(() => import('./pages/topics.tsx'));
const DutyPage = lazy(() => import('./pages/duty.tsx'));
const ReportsPage = lazy(() => import('./pages/reports.tsx'));
const GuidancePage = lazy(() => import('./pages/guidance.tsx'));
const FlowPage = lazy(() => import('./pages/flow.tsx'));

type Entry = { readonly path: string; readonly title: string; readonly for: readonly Right[] };

/** What stands in the bar, and for whom. The server decides what anybody may read; this only leaves out what is empty. */
const ENTRIES: readonly Entry[] = [
  { path: '/register', title: 'Register', for: ['team', 'senior'] },
  { path: '/mine', title: 'My referrals', for: ['team', 'senior', 'staff'] },
  { path: '/topics', title: 'Topics', for: ['senior', 'staff'] },
  { path: '/duty', title: 'On duty', for: ['team', 'senior'] },
  { path: '/reports', title: 'Reports', for: ['team'] },
  { path: '/guidance', title: 'Guidance', for: ['team'] },
];

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    paddingInline: tokens.spacingHorizontalM,
    background: tokens.colorNeutralBackground1,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    '@media print': { display: 'none' },
  },
  tabs: { flexGrow: 1, flexWrap: 'wrap' },
  trust: { minWidth: '160px', maxWidth: '100%' },
});

/** The bar with the pages of this reader, and the page that is open. */
export function Frame() {
  const styles = useStyles();
  const { me, organisation, chooseOrganisation } = useDesk();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const entries = ENTRIES.filter((entry) => entry.for.includes(organisation.right));
  const home = entries[0]?.path ?? '/mine';
  // A referral belongs to the list that it was opened from.
  const open =
    entries.find(({ path }) => pathname.startsWith(path))?.path ?? (pathname.startsWith('/referral') ? home : '');
  return (
    <>
      <nav className={styles.bar} aria-label="Pages">
        <TabList className={styles.tabs} selectedValue={open} onTabSelect={(_, { value }) => navigate(String(value))}>
          {entries.map(({ path, title }) => (
            <Tab key={path} value={path}>
              {title}
            </Tab>
          ))}
        </TabList>
        {me.organisations.length > 1 && (
          <Dropdown
            className={styles.trust}
            aria-label="Trust"
            size="small"
            value={organisation.shortName}
            selectedOptions={[organisation.id]}
            onOptionSelect={(_, { optionValue }) => optionValue !== undefined && chooseOrganisation(optionValue)}
          >
            {me.organisations.map(({ id, shortName }) => (
              <Option key={id} value={id}>
                {shortName}
              </Option>
            ))}
          </Dropdown>
        )}
      </nav>
      <Suspense fallback={<Loading />}>
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
      </Suspense>
    </>
  );
}
