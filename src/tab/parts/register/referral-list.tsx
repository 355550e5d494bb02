import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { type ComponentType, useCallback, useRef } from 'react';
import { useNavigate } from 'react-router';
import type { RegisterRow } from '../../../web/desk/contract.ts';
import type { WayBack } from '../../way-back.ts';
import { useMedia, WIDE } from '../media.ts';
import { useHere } from '../route-link.tsx';
import { noteOpened } from './last-opened.ts';
import type { CardProps, ListProps } from './list-props.ts';
import { ReferralCards } from './referral-cards.tsx';
import { ReferralTable } from './referral-table.tsx';
import type { More } from './use-rows.ts';

type Props = Omit<ListProps, 'open' | 'addressOf'> & {
  /** A table where there is room for one, or cards at any width. */
  readonly as: 'table' | 'cards';
  readonly Card: ComponentType<CardProps>;
};

/** Referrals, each of which opens, as many as there are. */
export function ReferralList({ as, Card, ...list }: Props) {
  const styles = useStyles();
  const isWide = useMedia(WIDE);
  const whole = useRef<HTMLDivElement>(null);
  const focusRow = (): void =>
    whole.current?.querySelector<HTMLElement>('[data-reference][tabindex="0"]')?.focus({ preventScroll: true });
  const navigate = useNavigate();
  const from = useHere();
  const open = useCallback(
    (row: RegisterRow) => {
      noteOpened({ from, reference: row.reference });
      void navigate(addressOf(row), { state: { from } satisfies WayBack });
    },
    [navigate, from],
  );
  return (
    <div ref={whole} className={styles.list}>
      {as === 'table' && isWide ? (
        <ReferralTable {...list} addressOf={addressOf} open={open} />
      ) : (
        <ReferralCards {...list} addressOf={addressOf} open={open} Card={Card} />
      )}
      <Below more={list.more} focusRow={focusRow} />
    </div>
  );
}

function addressOf({ reference }: RegisterRow): string {
  return `/referral/${encodeURIComponent(reference)}`;
}

const useStyles = makeStyles({
  // `useRows` keeps the rows in sight where they are. The browser, which would do so too, keeps what is below them.
  list: { overflowAnchor: 'none' },
  below: {
    display: 'flex',
    justifyContent: 'center',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    minHeight: '48px',
    '@media print': { display: 'none' },
  },
});

type BelowProps = { readonly more: More; focusRow(): void };

/** How the list goes on. */
function Below({ more: { exists, isLoading, hasFailed, load }, focusRow }: BelowProps) {
  const styles = useStyles();
  if (!exists) return null;
  return (
    <div className={styles.below}>
      {hasFailed && !isLoading ? (
        <>
          <Text>The next referrals could not be loaded.</Text>
          <Button
            onClick={() => {
              // The button goes with the failure.
              focusRow();
              load();
            }}
          >
            Try again
          </Button>
        </>
      ) : (
        <Spinner size="tiny" label="Loading more" />
      )}
    </div>
  );
}
