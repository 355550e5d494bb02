import type { Referral } from '../../../web/desk/contract.ts';
import { CallError } from '../../api.ts';
import { type Acting, useAct } from '../../queries.ts';
import { wordsOf } from '../states.tsx';
import { benchOf, changeBench, draftOf, keepDraft, newest, type Trouble } from './bench.ts';
import { ACTIONS, type Action } from './words.ts';

/** What can be done at the forms and buttons of a referral. */
export type Hands = {
  open(action: Action): void;
  /** Puts the form away. What was typed stays. */
  putAway(): void;
  /** Sends an action with what its form holds. */
  send(action: Action): void;
};

/** @param did Called with what was done, to say so. */
export function useHands(referral: Referral, did: (action: Action, after: Referral) => void): Hands {
  const { reference } = referral;
  const act = useAct(reference, {
    done: (acted, { body: { action } }) => {
      if (!acted.done) return failed(reference, { action, title: NOT_DONE, words: acted.notice });
      keepDraft(reference, action, null);
      changeBench(reference, { notice: acted.notice });
      did(action, acted.referral);
    },
    failed: (error, { body: { action } }) => failed(reference, troubleOf(error, action)),
  });
  return {
    open(action) {
      keepDraft(reference, action, { ...draftOf(referral, action), since: newest(referral) });
      changeBench(reference, { open: action, trouble: null, notice: '' });
    },
    putAway: () => changeBench(reference, { open: null, trouble: null }),
    send: (action) => act(readyToSend(referral, action)),
  };
}

/** Takes the form away as if it were done. `failed` brings it back, with what was typed. */
function readyToSend(referral: Referral, action: Action): Acting {
  const { reference, version } = referral;
  const draft = draftOf(referral, action);
  const { form } = ACTIONS[action];
  const text = draft.text.trim();
  // The same words again are the same action, and other words another. A press is for what its reader sees.
  const content = form === undefined ? `${version}` : JSON.stringify([text, draft.choice]);
  const key = draft.sent === null || draft.sent === content ? draft.key : crypto.randomUUID();
  keepDraft(reference, action, { ...draft, key, sent: content });
  changeBench(reference, { open: null, trouble: null, notice: '' });
  const choice = form?.choice?.of;
  return {
    after: newest(referral),
    body: {
      action,
      key,
      text,
      ...(choice === 'colleagues' ? { colleague: draft.choice } : {}),
      ...(choice === 'referOn' ? { referredTo: draft.choice } : {}),
    },
  };
}

function failed(reference: string, trouble: Trouble): void {
  const hasForm = ACTIONS[trouble.action].form !== undefined;
  changeBench(reference, { trouble, open: hasForm ? trouble.action : benchOf(reference).open });
}

const NOT_DONE = 'This was not done';

/** Where no answer came, it may have been done all the same: nobody may be told that it was not. */
function troubleOf(error: unknown, action: Action): Trouble {
  const isRefused = error instanceof CallError && !UNKNOWN.includes(error.code);
  if (isRefused) return { action, title: NOT_DONE, words: wordsOf(error) };
  return {
    action,
    title: 'We do not know if this was saved',
    words:
      ACTIONS[action].form === undefined
        ? 'Signpost did not answer. Try again: it is only counted once.'
        : 'Signpost did not answer. What you wrote is still here. Try again: it is only counted once. If you change it first, it may be saved twice.',
  };
}

const UNKNOWN: readonly CallError['code'][] = ['offline', 'fault', 'unavailable'];
