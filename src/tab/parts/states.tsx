import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Skeleton,
  SkeletonItem,
  Subtitle1,
  Text,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { CallError } from '../api.ts';
import { focusTitle } from './page.tsx';

/** What a page shows while it has nothing yet, has nothing to show, or could not get it. */

const useStyles = makeStyles({
  empty: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    textAlign: 'center',
    gap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`,
  },
  skeleton: { display: 'grid', gap: tokens.spacingVerticalM, padding: tokens.spacingVerticalL },
});

/** @param lines How many lines the page will have, about. */
export function Loading({ lines = 6, label = 'Loading' }: { readonly lines?: number; readonly label?: string }) {
  const styles = useStyles();
  return (
    <Skeleton aria-label={label} className={styles.skeleton}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move.
        <SkeletonItem key={line} size={line === 0 ? 32 : 20} />
      ))}
    </Skeleton>
  );
}

type EmptyProps = { readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode };

/** There is nothing here, and what to do about it. */
export function Empty({ title, children, action }: EmptyProps) {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      <Subtitle1 as="h2">{title}</Subtitle1>
      <Text align="center">{children}</Text>
      {action}
    </div>
  );
}

/** What went wrong, in the server's words where it has some. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>This could not be shown</MessageBarTitle>
        {wordsOf(error)}
      </MessageBarBody>
      {retry !== undefined && (
        <MessageBarActions>
          <Button
            onClick={() => {
              // The button goes with the failure.
              focusTitle();
              retry();
            }}
          >
            Try again
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

/** What is shown is what was known before. The page goes on asking by itself. */
export function Stale({ error }: { readonly error: unknown }) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>This may be out of date</MessageBarTitle>
        {wordsOf(error)}
      </MessageBarBody>
    </MessageBar>
  );
}

export function wordsOf(error: unknown): string {
  return error instanceof CallError ? error.message : 'Something is wrong at our end. Try again.';
}
