import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkCircle20Regular, Dismiss20Regular, Info20Regular } from '@fluentui/react-icons';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Referral } from '../../../web/desk/contract.ts';
import { type Acting, useActing } from '../../queries.ts';
import { useHands } from './acting.ts';
import { changeBench, newest, useBench } from './bench.ts';
import { ActionForm } from './form.tsx';
import { ACTIONS, type Action, isAction, offered } from './words.ts';

const useStyles = makeStyles({
  actions: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    '@media print': { display: 'none' },
  },
  none: { margin: 0, color: tokens.colorNeutralForeground3 },
  bar: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  /** It takes no room while it says nothing. */
  status: { display: 'contents' },
  said: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS, margin: 0 },
});

type Props = {
  /** As the server has it: it alone says what can be done. */
  readonly referral: Referral;
  /** Where the focus goes when the button that had it is gone. */
  readonly headline: RefObject<HTMLElement | null>;
};

/** What was done last. */
type Said = { readonly what: string; readonly byReader: boolean };

/** Everything that can be done with a referral, the form that is open, and what came of the last one. */
export function Actions({ referral, headline }: Props) {
  const styles = useStyles();
  const { reference } = referral;
  const { open, drafts, trouble, notice } = useBench(reference);
  const acting = useActing(reference);
  const [said, setSaid] = useState<Said>();
  const seen = useNews(referral, acting, setSaid);
  const hands = useHands(referral, (action, after) => {
    seen.current = newest(after);
    setSaid({ what: ACTIONS[action].done, byReader: true });
  });
  const { buttons, place } = useFocusKept(open, acting, headline);
  const press = (action: Action) => {
    setSaid(undefined);
    if (ACTIONS[action].form === undefined) hands.send(action);
    else if (open === action) hands.putAway();
    else hands.open(action);
  };
  const possible = offered(referral);
  const form = open === null ? undefined : ACTIONS[open].form;
  const draft = open === null ? undefined : drafts[open];
  return (
    <section className={styles.actions} aria-label="What you can do">
      {possible.length === 0 && open === null && (
        <p className={styles.none}>You can read this. Only those whom it was sent to can act on it.</p>
      )}
      <div className={styles.bar}>
        {possible.map((action) => (
          <Button
            key={action}
            ref={(button) => {
              buttons.current.set(action, button);
            }}
            appearance={isNext(action, referral) ? 'primary' : 'secondary'}
            disabledFocusable={acting !== undefined}
            aria-expanded={ACTIONS[action].form === undefined ? undefined : open === action}
            onClick={() => press(action)}
          >
            {ACTIONS[action].label}
          </Button>
        ))}
      </div>
      {trouble !== null && trouble.action !== open && (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{trouble.title}</MessageBarTitle>
            {trouble.words}
          </MessageBarBody>
          <MessageBarActions
            containerAction={
              <Button
                appearance="transparent"
                icon={<Dismiss20Regular />}
                aria-label="Put this message away"
                onClick={() => {
                  changeBench(reference, { trouble: null });
                  headline.current?.focus();
                }}
              />
            }
          />
        </MessageBar>
      )}
      <div role="status" className={styles.status}>
        {acting !== undefined && <Spinner size="tiny" label="Saving" className={styles.said} />}
        {acting === undefined && open === null && said !== undefined && (
          <p className={styles.said}>
            {said.byReader ? <CheckmarkCircle20Regular aria-hidden /> : <Info20Regular aria-hidden />}
            {`${said.what} ${notice}`.trim()}
          </p>
        )}
      </div>
      {open !== null && form !== undefined && draft !== undefined && (
        <div ref={place}>
          <ActionForm
            key={open}
            referral={referral}
            action={open}
            form={form}
            draft={draft}
            trouble={trouble}
            send={() => hands.send(open)}
            putAway={hands.putAway}
          />
        </div>
      )}
    </section>
  );
}

/** What its reader would mostly do next. Taking over what a colleague has is not it. */
function isNext(action: Action, referral: Referral): boolean {
  if (action === 'take-on') return referral.reader === 'desk' && referral.isOwner;
  return action === 'acknowledge' || action === 'answer';
}

/** Says what others did meanwhile. @returns the newest entry of the history that needs no saying any more. */
function useNews(referral: Referral, acting: Acting | undefined, say: (said: Said) => void): RefObject<number> {
  const seen = useRef(newest(referral));
  useEffect(() => {
    const news = referral.timeline.filter(
      ({ sequence, kind }) => sequence > seen.current && isAction(kind) && kind !== acting?.body.action,
    );
    seen.current = Math.max(seen.current, newest(referral));
    if (news.length > 0) say({ what: news.map(({ what }) => `${what}.`).join(' '), byReader: false });
  }, [referral, acting, say]);
  return seen;
}

/**
 * A form that opens takes the focus, and gives it back to its button. Where the button is gone with what was done, the
 * headline takes it, which says how things are now.
 */
function useFocusKept(open: Action | null, acting: Acting | undefined, headline: RefObject<HTMLElement | null>) {
  const buttons = useRef(new Map<Action, HTMLElement | null>());
  const place = useRef<HTMLDivElement>(null);
  const before = useRef({ open, acting });
  useEffect(() => {
    const earlier = before.current;
    before.current = { open, acting };
    if (open !== null && open !== earlier.open) {
      place.current?.querySelector<HTMLElement>('select, textarea, input')?.focus();
    } else if (open === null && earlier.open !== null) {
      (buttons.current.get(earlier.open) ?? headline.current)?.focus();
    } else if (acting === undefined && earlier.acting !== undefined && document.activeElement === document.body) {
      headline.current?.focus();
    }
  });
  return { buttons, place };
}
