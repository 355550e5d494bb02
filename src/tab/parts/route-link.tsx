import { Link, type LinkProps } from '@fluentui/react-components';
import { type To, useHref } from 'react-router';

type Props = { readonly to: To; readonly children: React.ReactNode } & Pick<
  LinkProps,
  'className' | 'inline' | 'appearance'
>;

/** A link to a view of these pages. */
export function RouteLink({ to, ...link }: Props) {
  return <Link href={useHref(to)} {...link} />;
}
