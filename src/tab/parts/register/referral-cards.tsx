import { makeStyles, mergeClasses, shorthands, tokens } from '@fluentui/react-components';
import { type ComponentType, Fragment, useRef } from 'react';
import { Link } from 'react-router';
import type { CardProps, ListProps } from './list-props.ts';
import { isPlain } from './plain-click.ts';
import { isPressing } from './row-words.ts';
import { useRows } from './use-rows.ts';

const CARD_HEIGHT = 170;

const useStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  item: { paddingBottom: tokens.spacingVerticalS },
  card: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingVerticalM,
    color: tokens.colorNeutralForeground1,
    textDecoration: 'none',
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    ...shorthands.borderLeft(tokens.strokeWidthThickest, 'solid', tokens.colorNeutralStroke2),
    borderRadius: tokens.borderRadiusMedium,
    overflowWrap: 'anywhere',
    ':hover': { background: tokens.colorNeutralBackground1Hover },
    ':focus-visible': { outline: `${tokens.strokeWidthThick} solid ${tokens.colorStrokeFocus2}` },
  },
  pressing: { borderLeftColor: tokens.colorPaletteRedBorderActive },
});

type Props = ListProps & { readonly Card: ComponentType<CardProps> };

/** Referrals as cards, one below the other: links, of which the tab key reaches one and the arrow keys the rest. */
export function ReferralCards({ name, rows, total, now, isNew, more, begin, addressOf, open, Card }: Props) {
  const styles = useStyles();
  const holder = useRef<HTMLUListElement>(null);
  const list = useRows(holder, { rows, height: CARD_HEIGHT, covered: 0, more, begin });
  return (
    <ul ref={holder} aria-label={name} className={styles.list} onKeyDown={list.onKeyDown} onBlur={list.onBlur}>
      {list.items.map((item) => {
        const row = rows[item.index];
        return (
          row !== undefined && (
            <Fragment key={item.key}>
              <Gap height={list.gapBefore(item)} />
              <li
                ref={list.measure}
                data-index={item.index}
                aria-setsize={total ?? -1}
                aria-posinset={item.index + 1}
                className={styles.item}
              >
                <Link
                  to={addressOf(row)}
                  data-reference={row.reference}
                  tabIndex={list.isActive(item) ? 0 : -1}
                  className={mergeClasses(styles.card, isPressing(row) && styles.pressing)}
                  onFocus={() => list.onFocus(row)}
                  onClick={(event) => {
                    if (!isPlain(event)) return;
                    event.preventDefault();
                    open(row);
                  }}
                >
                  <Card row={row} now={now} isNew={isNew(row)} />
                </Link>
              </li>
            </Fragment>
          )
        );
      })}
      <Gap height={list.gapAfter} />
    </ul>
  );
}

/** The room of cards that are not drawn. */
function Gap({ height }: { readonly height: number }) {
  return height > 0 && <li aria-hidden style={{ height }} />;
}
