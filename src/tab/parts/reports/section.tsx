import {
  Button,
  makeStyles,
  mergeClasses,
  Skeleton,
  SkeletonItem,
  Text,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { ArrowDownload20Regular } from '@fluentui/react-icons';
import { lazy, Suspense, useId } from 'react';
import type { ReportTable } from '../../../web/desk/contract.ts';
import { seriesIn } from './cells.ts';
import { FEW_COLUMNS, Figures } from './table.tsx';

/** What draws charts is large, and comes after the figures are on screen. */
const Chart = lazy(() => import('./chart.tsx'));

const useStyles = makeStyles({
  section: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    paddingBlock: tokens.spacingVerticalL,
    borderTop: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
  },
  short: { breakInside: 'avoid' },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    breakAfter: 'avoid',
  },
  heading: { ...typographyStyles.subtitle1, margin: 0, breakAfter: 'avoid' },
  about: { maxWidth: '120ch', color: tokens.colorNeutralForeground3, breakAfter: 'avoid' },
  onScreen: { '@media print': { display: 'none' } },
  beside: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    alignItems: 'start',
    gap: tokens.spacingHorizontalXXXL,
    // Paper is narrower than that too, but wide enough.
    '@media screen and (max-width: 1000px)': { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: tokens.spacingVerticalL },
  },
  // A line keeps the width that it has on screen, and is never cut in two.
  line: { breakInside: 'avoid', '@media print': { gridColumn: '1 / -1' } },
  narrow: { maxWidth: '640px' },
  chart: { marginBottom: tokens.spacingVerticalM },
  waiting: { display: 'grid', gap: tokens.spacingVerticalS },
});

/** So many rows, and their chart, stand on one sheet of paper. */
const FEW_ROWS = 15;

type Props = { readonly table: ReportTable; readonly download: (table: ReportTable) => void };

/** One table of a report, with its chart. */
export function Section({ table, download }: Props) {
  const styles = useStyles();
  const heading = useId();
  const hasChart = isDrawn(table);
  const isNarrow = table.columns.length <= FEW_COLUMNS;
  return (
    <section
      className={mergeClasses(styles.section, table.rows.length <= FEW_ROWS && styles.short)}
      aria-labelledby={heading}
    >
      <div className={styles.head}>
        <h2 id={heading} className={styles.heading}>
          {table.title}
        </h2>
        {table.rows.length > 0 && (
          <Button
            className={styles.onScreen}
            appearance="subtle"
            icon={<ArrowDownload20Regular />}
            aria-label={`CSV of “${table.title}”`}
            onClick={() => download(table)}
          >
            CSV
          </Button>
        )}
      </div>
      <Text size={200} className={styles.about}>
        {table.about}
      </Text>
      <div className={mergeClasses(isNarrow && (hasChart ? styles.beside : styles.narrow))}>
        {hasChart && (
          <div className={mergeClasses(styles.chart, table.chart === 'lines' && styles.line)}>
            <Suspense fallback={<ChartToCome />}>
              <Chart table={table} />
            </Suspense>
          </div>
        )}
        <div className={mergeClasses(table.chart === 'lines' && styles.line)}>
          <Figures table={table} labelledBy={heading} />
        </div>
      </div>
    </section>
  );
}

/** Whether there is anything for a chart to draw. */
function isDrawn(table: ReportTable): boolean {
  if (table.chart === 'none') return false;
  const series = seriesIn(table);
  return table.rows.some((row) => series.some(({ index }) => Number(row[index]) > 0));
}

function ChartToCome() {
  const styles = useStyles();
  return (
    <Skeleton aria-label="The chart is loading" className={styles.waiting}>
      <SkeletonItem size={16} />
      <SkeletonItem size={64} />
      <SkeletonItem size={64} />
    </Skeleton>
  );
}
