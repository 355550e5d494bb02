import type { Status } from '../store/schema.ts';

/** What those who were told of a referral may do with it. */
export const DESK_ACTIONS = [
  'acknowledge',
  'take-on',
  'hand-over',
  'ask',
  'note',
  'refer-on',
  'keep-open',
  'close',
  'reopen',
] as const;
/** What the one who raised it may do. */
export const REPORTER_ACTIONS = ['answer', 'add', 'ask-to-withdraw'] as const;
export const ACTIONS = [...DESK_ACTIONS, ...REPORTER_ACTIONS] as const;
export type DeskAction = (typeof DESK_ACTIONS)[number];
export type ReporterAction = (typeof REPORTER_ACTIONS)[number];
export type Action = (typeof ACTIONS)[number];

export type Rule = {
  readonly by: 'desk' | 'reporter';
  readonly from: readonly Status[];
  /** The status afterwards; absent where it stays as it is. */
  readonly to?: Status;
  /** Whether the one who acts becomes the owner: the person who has taken responsibility. */
  readonly owns: boolean;
  /** Whether only the owner may do it. */
  readonly ownerOnly: boolean;
  /** Whether it needs words. */
  readonly needsText: boolean;
  /** Whether those who must know are told by a message of its own, since an updated card makes no sound. */
  readonly tells?: 'desk' | 'reporter';
};

const OPEN: readonly Status[] = ['raised', 'acknowledged', 'in-progress', 'reopened'];
const OWNED: readonly Status[] = ['acknowledged', 'in-progress', 'reopened'];
const ANY: readonly Status[] = [...OPEN, 'closed'];

/** The life of a referral. Every card, page and command obeys this table. */
export const LIFE: Readonly<Record<Action, Rule>> = {
  acknowledge: desk({ from: ['raised'], to: 'acknowledged', owns: true }),
  'take-on': desk({ from: OPEN, to: 'in-progress', owns: true }),
  'hand-over': desk({ from: OWNED, ownerOnly: true }),
  ask: desk({ from: OPEN, needsText: true, tells: 'reporter' }),
  note: desk({ from: ANY, needsText: true }),
  'refer-on': desk({ from: ANY }),
  'keep-open': desk({ from: OPEN, needsText: true, tells: 'reporter' }),
  close: desk({ from: OWNED, to: 'closed', ownerOnly: true, needsText: true, tells: 'reporter' }),
  reopen: desk({ from: ['closed'], to: 'reopened', owns: true }),
  answer: reporter({ from: ANY }),
  add: reporter({ from: ANY }),
  'ask-to-withdraw': reporter({ from: OPEN }),
};

function desk(rule: Pick<Rule, 'from'> & Partial<Rule>): Rule {
  return { by: 'desk', owns: false, ownerOnly: false, needsText: false, ...rule };
}

function reporter(rule: Pick<Rule, 'from'>): Rule {
  return { by: 'reporter', owns: false, ownerOnly: false, needsText: true, tells: 'desk', ...rule };
}

/** What time does where nobody does anything, by the name that the audit has for it. */
export const TIME_EVENTS = ['not-acknowledged', 'unanswered', 'reminded', 'returned'] as const;
export type TimeEvent = (typeof TIME_EVENTS)[number];

/**
 * What time alone does. It stands apart from LIFE, which says who may do what: here nobody acts, and there is nothing
 * to allow or to refuse.
 */
export const BY_TIME: Readonly<Record<TimeEvent, Pick<Rule, 'from' | 'to'>>> = {
  'not-acknowledged': { from: ['raised'] },
  unanswered: { from: ['raised'] },
  reminded: { from: OWNED },
  // What somebody works on is never taken from them: they are reminded again and again.
  returned: { from: ['acknowledged', 'reopened'], to: 'raised' },
};

/** What a referral is like, as far as it decides who may do what. */
export type Standing = {
  readonly status: Status;
  readonly isOwner: boolean;
  /** Whether the reporter has asked to withdraw and nobody has decided. */
  readonly wantsToWithdraw: boolean;
};

/** What may be done next with a referral by somebody who was told of it. */
export function actionsFor({ status, isOwner, wantsToWithdraw }: Standing): DeskAction[] {
  return DESK_ACTIONS.filter((action) => {
    const rule = LIFE[action];
    if (!rule.from.includes(status)) return false;
    if (rule.ownerOnly && !isOwner) return false;
    if (action === 'keep-open' && !wantsToWithdraw) return false;
    // Taking on what one is already working on changes nothing.
    return !(action === 'take-on' && isOwner && status === 'in-progress');
  });
}

/** What a card or a page offers of that: nothing that would lead nowhere. */
export function offeredTo(
  standing: Standing,
  choices: { readonly colleagues: number; readonly referOn: number },
): DeskAction[] {
  return actionsFor(standing).filter((action) => {
    switch (action) {
      case 'take-on':
        // Somebody acknowledges first: it is the same button, and says more.
        return standing.status !== 'raised';
      case 'hand-over':
        return choices.colleagues > 0;
      case 'refer-on':
        return choices.referOn > 0;
      default:
        return true;
    }
  });
}

/** What the one who raised a referral may do next. */
export function reporterActionsFor(standing: {
  readonly status: Status;
  readonly hasQuestion: boolean;
  readonly wantsToWithdraw: boolean;
}): ReporterAction[] {
  return REPORTER_ACTIONS.filter((action) => {
    if (!LIFE[action].from.includes(standing.status)) return false;
    if (action === 'answer') return standing.hasQuestion;
    return !(action === 'ask-to-withdraw' && standing.wantsToWithdraw);
  });
}
