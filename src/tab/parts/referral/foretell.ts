import type { DeskReferral, Referral } from '../../../web/desk/contract.ts';
import type { Acting } from '../../queries.ts';
import { STATUS_NAMES } from '../../words.ts';
import { ACTIONS, type Action } from './words.ts';

/** An action that is on its way, as the history will have it. */
export type Saving = { readonly what: string; readonly words: string };

/**
 * The referral as it will be if the server does what was pressed. It is only shown until the server answers, which alone
 * decides: this knows the plain changes and no rule.
 */
export function foretell(
  referral: Referral,
  { body, after }: Acting,
  name: string,
  now: number,
): { readonly referral: Referral; readonly saving: Saving | null } {
  const { action } = body;
  // The server was quicker in the history than in its answer.
  if (referral.timeline.some((row) => row.sequence > after && row.kind === action)) return { referral, saving: null };
  const saving = { what: `${name} ${ACTIONS[action].did(chosen(referral, body))}`, words: body.text ?? '' };
  return { referral: changed(referral, action, saving, name, now), saving };
}

function chosen({ possible }: Referral, { colleague, referredTo }: Acting['body']): string {
  const named = [...possible.colleagues, ...possible.referOn].find(({ id }) => id === colleague || id === referredTo);
  return named?.name ?? '';
}

function changed(referral: Referral, action: Action, { what, words }: Saving, name: string, now: number): Referral {
  switch (action) {
    case 'acknowledge':
      return owned(referral, 'acknowledged', what, name, now);
    case 'take-on':
      return owned(referral, 'in-progress', what, name, now);
    case 'reopen':
      return { ...owned(referral, 'reopened', what, name, now), closedAt: null };
    case 'close':
      return { ...inStatus(referral, 'closed', what), closedAt: now };
    case 'ask':
      return referral.reader === 'desk' ? { ...referral, openQuestion: words } : referral;
    case 'keep-open':
      return referral.reader === 'desk' ? { ...referral, wish: null } : referral;
    case 'answer':
      return referral.reader === 'reporter' ? { ...referral, question: null } : referral;
    default:
      return referral;
  }
}

function owned<R extends Referral>(
  referral: R,
  status: Referral['status'],
  what: string,
  name: string,
  now: number,
): R {
  return {
    ...inStatus(referral, status, what),
    owner: name,
    acknowledgedAt: referral.acknowledgedAt ?? now,
    nextStepAt: null,
  };
}

function inStatus<R extends Referral>(referral: R, status: DeskReferral['status'], what: string): R {
  return { ...referral, status, statusName: STATUS_NAMES[status], headline: what };
}
