import { makeStyles, mergeClasses, shorthands, tokens, typographyStyles } from '@fluentui/react-components';
import { Clock16Filled } from '@fluentui/react-icons';
import { Fragment, memo, useRef } from 'react';
import { Link } from 'react-router';
import type { RegisterRow } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { shortMoment } from '../../words.ts';
import { Flags, UrgencyBadge } from '../badges.tsx';
import type { ListProps } from './list-props.ts';
import { isPlain } from './plain-click.ts';
import {
  byWhom,
  categoryName,
  isPressing,
  isWaiting,
  nextStepInWords,
  ownerInWords,
  statusName,
  waitInWords,
} from './row-words.ts';
import { useRows } from './use-rows.ts';

/** With how wide each is. What is left is for what the referral is about. */
const COLUMNS = [
  ['Urgency', '108px'],
  ['Reference', '104px'],
  ['About', undefined],
  ['Where', '13%'],
  ['Raised', '148px'],
  ['Status and owner', '176px'],
  ['To note', '14%'],
] as const;
const HEAD_HEIGHT = 33;
const ROW_HEIGHT = 61;

const useStyles = makeStyles({
  table: {
    width: '100%',
    tableLayout: 'fixed',
    borderCollapse: 'separate',
    borderSpacing: 0,
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  column: {
    ...typographyStyles.caption1Strong,
    position: 'sticky',
    top: 0,
    zIndex: 1,
    textAlign: 'start',
    padding: tokens.spacingVerticalS,
    color: tokens.colorNeutralForeground2,
    background: tokens.colorNeutralBackground1,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke1}`,
  },
  row: {
    scrollMarginTop: `${HEAD_HEIGHT}px`,
    cursor: 'pointer',
    ':hover': { background: tokens.colorNeutralBackground1Hover },
    ':focus-visible': {
      outline: `${tokens.strokeWidthThick} solid ${tokens.colorStrokeFocus2}`,
      outlineOffset: `calc(-1 * ${tokens.strokeWidthThick})`,
    },
  },
  cell: {
    padding: tokens.spacingVerticalS,
    overflowWrap: 'anywhere',
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke3}`,
  },
  edge: shorthands.borderLeft(tokens.strokeWidthThickest, 'solid', 'transparent'),
  pressing: { borderLeftColor: tokens.colorPaletteRedBorderActive },
  gap: { padding: 0 },
  line: { display: 'block' },
  strong: { ...typographyStyles.body1Strong, display: 'block' },
  quiet: { ...typographyStyles.caption1, display: 'block', color: tokens.colorNeutralForeground2 },
  waiting: {
    ...typographyStyles.caption1Strong,
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
  },
  link: { ...typographyStyles.body1Strong, color: tokens.colorBrandForegroundLink },
});

/** Referrals as a table: its rows take the focus one at a time, and open by a click or by Enter. */
export function ReferralTable({ name, rows, total, now, isNew, more, begin, addressOf, open }: ListProps) {
  const styles = useStyles();
  const body = useRef<HTMLTableSectionElement>(null);
  const list = useRows(body, { rows, height: ROW_HEIGHT, covered: HEAD_HEIGHT, more, begin });
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are reached by arrow keys is a grid
    <table role="grid" className={styles.table} aria-label={name} aria-rowcount={total === undefined ? -1 : total + 1}>
      <colgroup>
        {COLUMNS.map(([column, width]) => (
          <col key={column} style={{ width }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {COLUMNS.map(([column], index) => (
            <th key={column} scope="col" className={mergeClasses(styles.column, index === 0 && styles.edge)}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={list.onKeyDown} onBlur={list.onBlur}>
        {list.items.map((item) => {
          const row = rows[item.index];
          return (
            row !== undefined && (
              <Fragment key={item.key}>
                <Gap height={list.gapBefore(item)} />
                <tr
                  ref={list.measure}
                  aria-rowindex={item.index + 2}
                  data-index={item.index}
                  data-reference={row.reference}
                  tabIndex={list.isActive(item) ? 0 : -1}
                  className={styles.row}
                  onFocus={() => list.onFocus(row)}
                  // A click that ends a marking of text opens nothing.
                  onClick={(event) => isPlain(event) && getSelection()?.isCollapsed !== false && open(row)}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    open(row);
                  }}
                >
                  <Cells row={row} now={now} isNew={isNew(row)} address={addressOf(row)} />
                </tr>
              </Fragment>
            )
          );
        })}
        <Gap height={list.gapAfter} />
      </tbody>
    </table>
  );
}

/** The room of rows that are not drawn. */
function Gap({ height }: { readonly height: number }) {
  const styles = useStyles();
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={COLUMNS.length} className={styles.gap} style={{ height }} />
    </tr>
  );
}

type CellsProps = {
  readonly row: RegisterRow;
  readonly now: number;
  readonly isNew: boolean;
  readonly address: string;
};

const Cells = memo(function Cells({ row, now, isNew, address }: CellsProps) {
  const styles = useStyles();
  const { organisation } = useDesk();
  const wait = waitInWords(row, now);
  const next = nextStepInWords(row, now);
  return (
    <>
      <td className={mergeClasses(styles.cell, styles.edge, isPressing(row) && styles.pressing)}>
        <UrgencyBadge urgency={row.urgency} />
      </td>
      <td className={styles.cell}>
        <Link
          to={address}
          tabIndex={-1}
          className={styles.link}
          onClick={(event) => isPlain(event) && event.preventDefault()}
        >
          {row.reference}
        </Link>
      </td>
      <td className={styles.cell}>
        <span className={styles.line}>{row.about}</span>
        <span className={styles.quiet}>{categoryName(row, organisation)}</span>
      </td>
      <td className={styles.cell}>
        <span className={styles.line}>{row.department}</span>
        <span className={styles.quiet}>{byWhom(row, organisation)}</span>
      </td>
      <td className={styles.cell}>
        <span className={styles.line}>{shortMoment(row.raisedAt, now, organisation)}</span>
        {wait !== '' &&
          (isWaiting(row) ? (
            <span className={styles.waiting}>
              <Clock16Filled aria-hidden /> {wait}
            </span>
          ) : (
            <span className={styles.quiet}>{wait}</span>
          ))}
      </td>
      <td className={styles.cell}>
        <span className={isWaiting(row) ? styles.strong : styles.line}>{statusName(row)}</span>
        <span className={styles.quiet}>{next === '' ? ownerInWords(row) : next}</span>
      </td>
      <td className={styles.cell}>
        <Flags flags={row.flags} isNew={isNew} />
      </td>
    </>
  );
});
