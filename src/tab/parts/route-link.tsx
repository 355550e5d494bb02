import { Link, type LinkProps } from '@fluentui/react-components';
import { useHref, useLocation } from 'react-router';
import { useDesk } from '../desk.tsx';
import { linkTo, TRUST } from '../trust.ts';

type Props = { readonly to: string; readonly children: React.ReactNode } & Pick<
  LinkProps,
  'className' | 'inline' | 'appearance'
>;

/** A link to a view of these pages. */
export function RouteLink({ to, ...link }: Props) {
  return <Link href={useAddress(to)} {...link} />;
}

/** Where a view of these pages is, of the Trust that is looked at unless it names one itself. */
export function useAddress(to: string): string {
  const { me, organisation } = useDesk();
  const [pathname = '', search = ''] = to.split('?');
  return useHref(new URLSearchParams(search).has(TRUST) ? to : linkTo(pathname, search, me, organisation));
}

/** Where the view is that is shown, as links to it write it: however it was opened, it has one address. */
export function useHere(): string {
  const { me, organisation } = useDesk();
  const { pathname, search } = useLocation();
  return linkTo(pathname, search, me, organisation);
}
