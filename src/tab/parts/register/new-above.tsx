import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowUp20Regular } from '@fluentui/react-icons';
import { useEffect, useRef, useState } from 'react';
import { focusTitle } from '../page.tsx';

const useStyles = makeStyles({
  // It takes no room among its neighbours.
  mark: { position: 'absolute' },
  button: {
    position: 'fixed',
    top: tokens.spacingVerticalM,
    left: '50%',
    transform: 'translateX(-50%)',
    zIndex: 2,
    boxShadow: tokens.shadow16,
    whiteSpace: 'nowrap',
    '@media print': { display: 'none' },
  },
});

/**
 * Says that something new stands above, while the reader is further down, and leads there.
 * @param count how many were raised since the list was opened.
 */
export function NewAbove({ count }: { readonly count: number }) {
  const styles = useStyles();
  const mark = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);
  const [seen, setSeen] = useState(count);
  if (!isAway && seen !== count) setSeen(count);
  useEffect(() => {
    if (mark.current === null) return;
    const observer = new IntersectionObserver(([entry]) => setAway(entry !== undefined && !entry.isIntersecting));
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, []);
  const unseen = count - seen;
  const toTop = (): void => {
    scrollTo({ top: 0, behavior: 'instant' });
    focusTitle();
  };
  return (
    <>
      <div ref={mark} className={styles.mark} />
      {isAway && unseen > 0 && (
        <Button className={styles.button} appearance="primary" icon={<ArrowUp20Regular />} onClick={toTop}>
          Show {unseen === 1 ? '1 new referral' : `${unseen} new referrals`}
        </Button>
      )}
    </>
  );
}
