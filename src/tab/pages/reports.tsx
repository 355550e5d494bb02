import {
  Body1,
  Button,
  Card,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStaticStyles,
  makeStyles,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownload20Regular, Link20Regular, Print20Regular } from '@fluentui/react-icons';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import type { Report, ReportTable } from '../../web/desk/contract.ts';
import { useToday } from '../clock.ts';
import { useDesk } from '../desk.tsx';
import { Page } from '../parts/page.tsx';
import { hasFigures } from '../parts/reports/cells.ts';
import { Chooser } from '../parts/reports/chooser.tsx';
import { type Period, reportQuery, type Wanted, wantedIn } from '../parts/reports/periods.ts';
import { save } from '../parts/reports/saving.ts';
import { Section } from '../parts/reports/section.tsx';
import { Empty, Failure, Loading, wordsOf } from '../parts/states.tsx';
import { useReport } from '../queries.ts';
import { linkTo } from '../trust.ts';
import { dayAndTime, dayOf } from '../words.ts';

/** A committee's papers are on A4. */
const usePaper = makeStaticStyles({ '@page': { size: 'A4', margin: '15mm' } });

const useStyles = makeStyles({
  actions: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    '@media print': { display: 'none' },
  },
  facts: {
    margin: 0,
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalXL}`,
  },
  name: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  value: { margin: 0 },
  summary: {
    margin: 0,
    maxWidth: '90ch',
    paddingInlineStart: tokens.spacingHorizontalXL,
    display: 'grid',
    gap: tokens.spacingVerticalXS,
  },
  stale: { opacity: 0.6 },
});

/** What the team reports on a period: on screen, on paper, as a file and as a link. */
export default function ReportsPage() {
  const { organisation } = useDesk();
  // The figures of one organisation are never shown while those of another are fetched.
  return <Reports key={organisation.id} />;
}

function Reports() {
  usePaper();
  const { host, me, organisation } = useDesk();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const today = useToday(organisation);
  const wanted = wantedIn(search, today);
  const report = useReport({
    organisation: organisation.id,
    from: wanted.from,
    to: wanted.to,
    suppress: wanted.hide ? 'true' : 'false',
  });
  const download = useDownload(wanted);
  const addressOf = (next: Wanted): string => linkTo('/reports', reportQuery(next), me, organisation);
  const share = (): void => host.shareLink(addressOf(wanted), `Report, ${sayDays(wanted)}`);
  return (
    <Page
      title="Report"
      actions={<Actions canUse={report.data !== undefined} download={() => download.mutate(undefined)} share={share} />}
    >
      <Chooser wanted={wanted} today={today} choose={(next) => void navigate(addressOf(next))} />
      {download.error !== null && (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>The file could not be made</MessageBarTitle>
            {wordsOf(download.error)}
          </MessageBarBody>
        </MessageBar>
      )}
      {report.isPlaceholderData && <Spinner size="tiny" label="Counting" labelPosition="after" />}
      {report.error !== null && <Failure error={report.error} retry={() => void report.refetch()} />}
      {report.data !== undefined && report.error === null && (
        <Shown report={report.data} isStale={report.isPlaceholderData} download={(table) => download.mutate(table)} />
      )}
      {report.isPending && <Loading label="Counting" lines={8} />}
    </Page>
  );
}

function sayDays({ from, to }: Period): string {
  return `${dayOf(from)} to ${dayOf(to)}`;
}

/** Fetches a table as a file, or without one the whole report, and hands it to the reader. */
function useDownload({ from, to, hide }: Wanted) {
  const { api, organisation } = useDesk();
  return useMutation({
    mutationFn: async (table: ReportTable | undefined) => {
      const file = await api.file('report', {
        query: {
          organisation: organisation.id,
          from,
          to,
          suppress: hide ? 'true' : 'false',
          format: 'csv',
          table: table?.id,
        },
      });
      save(file, `signpost-${organisation.id}-${from}-to-${to}${table === undefined ? '' : `-${table.id}`}.csv`);
    },
  });
}

type ActionsProps = { readonly canUse: boolean; readonly download: () => void; readonly share: () => void };

function Actions({ canUse, download, share }: ActionsProps) {
  const styles = useStyles();
  return (
    <div className={styles.actions}>
      <Button icon={<ArrowDownload20Regular />} disabledFocusable={!canUse} onClick={download}>
        All as CSV
      </Button>
      <Button icon={<Print20Regular />} disabledFocusable={!canUse} onClick={() => window.print()}>
        Print
      </Button>
      <Button icon={<Link20Regular />} onClick={share}>
        Copy link
      </Button>
    </div>
  );
}

type ShownProps = {
  readonly report: Report;
  /** The figures of other days than those asked for, until these are there. */
  readonly isStale: boolean;
  readonly download: (table: ReportTable) => void;
};

function Shown({ report, isStale, download }: ShownProps) {
  const styles = useStyles();
  // The months reach back beyond the period.
  const isEmpty = report.tables.every((table) => table.chart === 'lines' || !hasFigures(table));
  return (
    <div className={isStale ? styles.stale : undefined} aria-busy={isStale}>
      <Card>
        <Facts report={report} />
        <ul className={styles.summary}>
          {report.summary.map((sentence) => (
            <li key={sentence}>
              <Body1>{sentence}</Body1>
            </li>
          ))}
        </ul>
      </Card>
      {isEmpty && <Empty title="Nothing was raised or asked in this period">Choose other days to see more.</Empty>}
      {report.tables.map(
        (table) => (!isEmpty || hasFigures(table)) && <Section key={table.id} table={table} download={download} />,
      )}
    </div>
  );
}

/** What a committee's paper says of itself. */
function Facts({ report }: { readonly report: Report }) {
  const styles = useStyles();
  const { organisation } = useDesk();
  const facts: readonly (readonly [string, string])[] = [
    ['Trust', report.organisation.name],
    ['Period', report.period],
    ['Policy', report.policy],
    ['Made', dayAndTime(report.madeAt, organisation)],
    ['Numbers under 5', report.suppressed ? 'hidden' : 'shown'],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
