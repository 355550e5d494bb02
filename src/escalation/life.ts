import type { Status } from '../store/schema.ts';

/** What somebody who was told of a referral may do with it. */
export const ACTIONS = ['acknowledge', 'take-on', 'note', 'close', 'reopen'] as const;
export type Action = (typeof ACTIONS)[number];

type Rule = {
  readonly from: readonly Status[];
  /** The status afterwards; absent where it stays as it is. */
  readonly to?: Status;
  /** Whether the one who acts becomes the owner: the person who has taken responsibility. */
  readonly owns: boolean;
  /** Whether only the owner may do it. */
  readonly ownerOnly: boolean;
  /** Whether it needs words. */
  readonly needsText: boolean;
};

/** The life of a referral. Every card, page and command obeys this table. */
export const LIFE: Readonly<Record<Action, Rule>> = {
  acknowledge: { from: ['raised'], to: 'acknowledged', owns: true, ownerOnly: false, needsText: false },
  'take-on': {
    from: ['raised', 'acknowledged', 'in-progress', 'reopened'],
    to: 'in-progress',
    owns: true,
    ownerOnly: false,
    needsText: false,
  },
  note: {
    from: ['raised', 'acknowledged', 'in-progress', 'closed', 'reopened'],
    owns: false,
    ownerOnly: false,
    needsText: true,
  },
  close: {
    from: ['acknowledged', 'in-progress', 'reopened'],
    to: 'closed',
    owns: false,
    ownerOnly: true,
    needsText: true,
  },
  reopen: { from: ['closed'], to: 'reopened', owns: true, ownerOnly: false, needsText: false },
};

export const STATUS_NAMES: Readonly<Record<Status, string>> = {
  raised: 'Not yet acknowledged',
  acknowledged: 'Acknowledged',
  'in-progress': 'In progress',
  closed: 'Closed',
  reopened: 'Reopened',
};

/** What may be done next with a referral, by somebody who is or is not its owner. */
export function actionsFor(status: Status, isOwner: boolean): Action[] {
  return ACTIONS.filter((action) => {
    const rule = LIFE[action];
    if (!rule.from.includes(status)) return false;
    if (rule.ownerOnly && !isOwner) return false;
    // Taking on what one is already working on changes nothing.
    return !(action === 'take-on' && isOwner && status === 'in-progress');
  });
}
