import { makeStyles, tokens, typographyStyles } from '@fluentui/react-components';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

const useStyles = makeStyles({
  page: {
    maxWidth: '1400px',
    width: '100%',
    marginInline: 'auto',
    boxSizing: 'border-box',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    minHeight: 0,
    flexGrow: 1,
    '@media (max-width: 480px)': { paddingInline: tokens.spacingHorizontalM },
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  title: { ...typographyStyles.title2, flexGrow: 1, margin: 0, ':focus': { outlineStyle: 'none' } },
});

type Props = {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Something in the page takes the focus when it is opened, such as the row that the reader comes back to. */
  readonly keepsFocus?: boolean;
};

/** One page: its title, which takes the focus when the page is opened, what can be done with the whole, and the rest. */
export function Page({ title, actions, children, keepsFocus = false }: Props) {
  const styles = useStyles();
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${title} – Signpost`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another referral or topic is another page to its reader.
  useEffect(() => {
    if (!keepsFocus) heading.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <main className={styles.page}>
      <div className={styles.head}>
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {actions}
      </div>
      {children}
    </main>
  );
}

/** Gives the focus to the page's title, where what had it has gone. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}
