import { Button, makeStyles, mergeClasses, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { useId, useRef, useState } from 'react';
import type { ReportTable } from '../../../web/desk/contract.ts';
import { usePrinting } from '../../print.ts';
import { useMedia } from '../media.ts';
import { RouteLink } from '../route-link.tsx';
import { type Cell, type Column, isNumber, sayCell, sayTitle } from './cells.ts';

const useStyles = makeStyles({
  table: {
    ...typographyStyles.body1,
    width: '100%',
    borderCollapse: 'collapse',
    '@media print': typographyStyles.caption1,
  },
  row: { breakInside: 'avoid', borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}` },
  cell: {
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalS}`,
    textAlign: 'start',
    verticalAlign: 'top',
    fontWeight: tokens.fontWeightRegular,
    ':first-child': { paddingInlineStart: 0 },
    ':last-child': { paddingInlineEnd: 0 },
  },
  title: { verticalAlign: 'bottom', fontWeight: tokens.fontWeightSemibold },
  number: { textAlign: 'end', fontVariantNumeric: 'tabular-nums' },
  list: { ':focus': { outlineStyle: 'none' } },
  whole: { whiteSpace: 'nowrap' },
  cards: { margin: 0, padding: 0, listStyleType: 'none', display: 'grid', gap: tokens.spacingVerticalS },
  card: {
    padding: tokens.spacingHorizontalM,
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  facts: {
    margin: 0,
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    gap: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
  },
  name: { color: tokens.colorNeutralForeground3 },
  value: { margin: 0, overflowWrap: 'anywhere' },
});

/** Where a table of many columns has room enough. */
const ROOMY = '(min-width: 640px)';
/** A table of no more columns needs only half a screen. */
export const FEW_COLUMNS = 3;
/** So many rows of a long table are shown before its reader asks for all of them. */
const ROWS_SHOWN = 40;

type Props = {
  readonly table: ReportTable;
  /** The id of its heading. */
  readonly labelledBy: string;
};

/** A table of a report. Where there is no room for its columns, each row is a card. */
export function Figures({ table, labelledBy }: Props) {
  const styles = useStyles();
  const isRoomy = useMedia(ROOMY);
  const isPrinting = usePrinting();
  const [isWhole, setWhole] = useState(table.rows.length <= ROWS_SHOWN);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const rows = isWhole ? table.rows : table.rows.slice(0, ROWS_SHOWN);
  const isTable = isRoomy || isPrinting || table.columns.length <= FEW_COLUMNS;
  const showAll = (): void => {
    setWhole(true);
    // The button goes, and what it showed takes the focus.
    list.current?.focus({ preventScroll: true });
  };
  if (table.rows.length === 0) return <Text>There is nothing to show here.</Text>;
  return (
    <div id={id} ref={list} tabIndex={-1} className={styles.list}>
      {isTable ? (
        <AsTable columns={table.columns} rows={rows} labelledBy={labelledBy} />
      ) : (
        <AsCards columns={table.columns} rows={rows} labelledBy={labelledBy} />
      )}
      {!isWhole && !isPrinting && (
        <Button appearance="subtle" aria-controls={id} onClick={showAll}>
          Show all {table.rows.length} rows
        </Button>
      )}
    </div>
  );
}

type RowsProps = Pick<ReportTable, 'columns' | 'rows'> & Pick<Props, 'labelledBy'>;

function AsTable({ columns, rows, labelledBy }: RowsProps) {
  const styles = useStyles();
  const [first, ...others] = columns;
  if (first === undefined) return null;
  const look = (column: Column, ...more: string[]): string =>
    mergeClasses(
      styles.cell,
      isNumber(column) && styles.number,
      isNumber(column) && columns.length <= FEW_COLUMNS && styles.whole,
      ...more,
    );
  return (
    <table className={styles.table} aria-labelledby={labelledBy}>
      <thead>
        <tr className={styles.row}>
          {columns.map((column) => (
            <th key={column.id} scope="col" className={look(column, styles.title)}>
              {sayTitle(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name = null, ...cells], place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report does not change its rows.
          <tr key={place} className={styles.row}>
            <th scope="row" className={look(first)}>
              <Shown column={first} cell={name} />
            </th>
            {others.map((column, index) => (
              <td key={column.id} className={look(column)}>
                <Shown column={column} cell={cells[index] ?? null} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AsCards({ columns, rows, labelledBy }: RowsProps) {
  const styles = useStyles();
  const [first, ...others] = columns;
  if (first === undefined) return null;
  return (
    <ul className={styles.cards} aria-labelledby={labelledBy}>
      {rows.map(([name = null, ...cells], place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a report does not change its rows.
        <li key={place} className={styles.card}>
          <Text weight="semibold">
            <Shown column={first} cell={name} />
          </Text>
          <dl className={styles.facts}>
            {others.map((column, index) => (
              <Fact key={column.id} column={column} cell={cells[index] ?? null} />
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

type CellProps = { readonly column: Column; readonly cell: Cell };

function Fact({ column, cell }: CellProps) {
  const styles = useStyles();
  if (cell === '') return null;
  return (
    <>
      <dt className={styles.name}>{sayTitle(column)}</dt>
      <dd className={styles.value}>
        <Shown column={column} cell={cell} />
      </dd>
    </>
  );
}

const REFERENCE = /^[0-9A-Z]{3}-[0-9A-Z]{4}$/;

/** A cell in words. A referral that is named leads to its page. */
function Shown({ column, cell }: CellProps) {
  const words = sayCell(cell, column.unit);
  return column.id === 'reference' && REFERENCE.test(words) ? (
    <RouteLink to={`/referral/${words}`}>{words}</RouteLink>
  ) : (
    words
  );
}
