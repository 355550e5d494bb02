import { makeStyles } from '@fluentui/react-components';

const useStyles = makeStyles({
  hidden: {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  },
});

/** Tells those who listen to the page what has changed on it, when they have a moment. */
export function Live({ children }: { readonly children: string }) {
  const styles = useStyles();
  return (
    <div role="status" className={styles.hidden}>
      {children}
    </div>
  );
}
