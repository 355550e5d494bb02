import { useLocation } from 'react-router';

/** What a list gives along when it opens a referral, as the state of the route. */
export type WayBack = {
  /** The list with its filter, such as "/register?status=raised". */
  readonly from: string;
};

/** The list that this page was opened from; undefined where it was opened by a link. */
export function useWayBack(): string | undefined {
  const state: unknown = useLocation().state;
  const from = typeof state === 'object' && state !== null && 'from' in state ? state.from : undefined;
  return typeof from === 'string' ? from : undefined;
}
