import type { RegisterRow } from '../../../web/desk/contract.ts';
import type { More } from './use-rows.ts';

/** What a list of referrals shows, whether as a table or as cards. */
export type ListProps = {
  /** What the list holds, for those who listen to it. */
  readonly name: string;
  readonly rows: readonly RegisterRow[];
  /** How many there are, loaded or not; undefined while that is not known. */
  readonly total: number | undefined;
  /** By the register's clock. */
  readonly now: number;
  isNew(row: RegisterRow): boolean;
  readonly more: More;
  /** The row that the reader comes back from. */
  readonly begin: string | undefined;
  /** Where a row leads. */
  addressOf(row: RegisterRow): string;
  open(row: RegisterRow): void;
};

/** What a card shows of a referral. */
export type CardProps = { readonly row: RegisterRow; readonly now: number; readonly isNew: boolean };
