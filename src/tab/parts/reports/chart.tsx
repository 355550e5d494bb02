import { HorizontalBarChart, HorizontalBarChartVariant, LineChart, type LineChartPoints } from '@fluentui/react-charts';
import { FluentProvider, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReportTable } from '../../../web/desk/contract.ts';
import { sayCell, sayTitle, seriesIn } from './cells.ts';

/**
 * The chart of a table. It is a picture of numbers that stand in words beside it: what reads the page aloud is told so, and
 * the keyboard passes it by. It can be read without colour: each bar says its number, and each line has a pattern.
 */

const useStyles = makeStyles({
  figure: {
    margin: 0,
    // So wide that it fits a sheet of A4.
    maxWidth: '640px',
    '& text': { fill: tokens.colorNeutralForeground1 },
  },
  picture: { background: 'transparent' },
  bar: { marginBottom: tokens.spacingVerticalS, breakInside: 'avoid' },
  name: { whiteSpace: 'normal', overflowWrap: 'anywhere', fontSize: tokens.fontSizeBase200 },
  key: { display: 'flex', flexWrap: 'wrap', gap: `0 ${tokens.spacingHorizontalL}` },
  entry: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  left: { color: tokens.colorNeutralForeground3 },
});

/** Each series has a colour, a pattern and a shape of its own. */
const LOOKS = [
  { color: tokens.colorBrandForeground1, dash: undefined },
  { color: tokens.colorNeutralForeground2, dash: '6 4' },
] as const;
type Look = (typeof LOOKS)[number];

function lookOf(series: number): Look {
  return LOOKS[series % LOOKS.length] ?? LOOKS[0];
}

/** With fewer, a line shows nothing that bars do not show better. */
const FEWEST_ON_A_LINE = 3;
/** An axis up to less would count in parts of one. */
const SMALLEST_AXIS = 4;
/** More bars are not a picture any more. */
const MOST_BARS = 40;

/** The library prepares tooltips, and stops of the keyboard, for its document. A picture has neither. */
const NOWHERE = document.implementation.createHTMLDocument();

type Props = { readonly table: ReportTable };

export default function Chart({ table }: Props) {
  const styles = useStyles();
  const isLine = canBeLine(table);
  const isCut = !isLine && table.rows.length > MOST_BARS;
  return (
    <figure className={styles.figure} role="img" aria-label={`Chart: ${table.title}. The table has its numbers.`}>
      <div inert>
        <FluentProvider targetDocument={NOWHERE} className={styles.picture}>
          {isLine ? <Lines table={table} /> : <Bars table={table} />}
        </FluentProvider>
      </div>
      {isCut && (
        <Text size={200} className={styles.left}>
          The first {MOST_BARS} rows. The table has them all.
        </Text>
      )}
    </figure>
  );
}

/** Where a number is hidden, a line would say what it is, or break. Bars say that it is hidden. */
function canBeLine(table: ReportTable): boolean {
  const series = seriesIn(table);
  const isWhole = table.rows.every((row) => series.every(({ index }) => typeof row[index] === 'number'));
  return table.chart === 'lines' && table.rows.length >= FEWEST_ON_A_LINE && isWhole;
}

/** A bar for each number, with its name and its value above it, however long the name. */
function Bars({ table }: Props) {
  const styles = useStyles();
  const series = seriesIn(table);
  const rows = table.rows.slice(0, MOST_BARS);
  const numbers = rows
    .flatMap((row) => series.map(({ index }) => row[index]))
    .filter((cell) => typeof cell === 'number');
  const isShare = series.every(({ column }) => column.unit === 'percent');
  const total = isShare ? 100 : Math.max(1, ...numbers);
  return (
    <HorizontalBarChart
      variant={HorizontalBarChartVariant.AbsoluteScale}
      hideLabels
      hideTooltip
      styles={{ ...NO_STYLES, items: styles.bar, chartTitleLeft: styles.name }}
      data={rows.flatMap((row) =>
        series.map(({ column, index }, place) => {
          const cell = row[index] ?? null;
          const name = series.length === 1 ? String(row[0]) : `${row[0]}, ${sayTitle(column).toLowerCase()}`;
          const x = typeof cell === 'number' ? cell : 0;
          return {
            chartTitle: `${name}: ${sayCell(cell, column.unit)}`,
            chartData: [{ legend: sayTitle(column), horizontalBarChartdata: { x, total }, color: lookOf(place).color }],
          };
        }),
      )}
    />
  );
}

/** The library asks for all of its styles where one is given. */
const NO_STYLES = {
  root: '',
  chart: '',
  chartTitle: '',
  barWrapper: '',
  chartTitleRight: '',
  chartDataTextDenominator: '',
  benchmarkContainer: '',
  triangle: '',
  barLabel: '',
  chartWrapper: '',
  legendContainer: '',
};

/** A line for each series, over the rows of the table from the first to the last. */
function Lines({ table }: Props) {
  const styles = useStyles();
  const series = seriesIn(table);
  const places = table.rows.map((_, place) => place);
  const names = table.rows.map(([name]) => String(name));
  const lines = series.map(({ column, index }, order): LineChartPoints => {
    const { color, dash } = lookOf(order);
    return {
      legend: sayTitle(column),
      color,
      lineOptions: { strokeWidth: 3, strokeDasharray: dash },
      data: places.map((x) => ({ x, y: Number(table.rows[x]?.[index]) })),
    };
  });
  const largest = Math.max(SMALLEST_AXIS, ...lines.flatMap(({ data }) => data.map(({ y }) => Number(y))));
  return (
    <>
      <div className={styles.key}>
        {series.map(({ column }, order) => (
          <span key={column.id} className={styles.entry}>
            <svg width="32" height="8" aria-hidden="true">
              <line
                x1="0"
                x2="32"
                y1="4"
                y2="4"
                stroke={lookOf(order).color}
                strokeWidth="3"
                strokeDasharray={lookOf(order).dash}
              />
            </svg>
            <Text size={200}>{sayTitle(column)}</Text>
          </span>
        ))}
      </div>
      <LineChart
        hideLegend
        hideTooltip
        allowMultipleShapesForPoints
        height={260}
        tickValues={places}
        xMinValue={0}
        xMaxValue={places.length - 1}
        yMinValue={0}
        yMaxValue={largest}
        xAxis={{ tickText: names.map(shortName), tickLayout: 'auto' }}
        data={{ chartTitle: table.title, lineChartData: lines }}
      />
    </>
  );
}

/** "Oct 2026" from "October 2026": there is little room on an axis. */
function shortName(name: string): string {
  return name.replace(/(\p{L}{3})\p{L}*/gu, '$1');
}
