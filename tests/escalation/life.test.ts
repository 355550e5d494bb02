import { describe, expect, test } from '@jest/globals';
import { ACTIONS, type Action, actionsFor, DESK_ACTIONS, LIFE, REPORTER_ACTIONS } from '../../src/escalation/life.ts';
import { STATUSES, type Status } from '../../src/store/schema.ts';
import { sayIn } from '../../src/words/say.ts';

const allowedFrom = (status: Status): Action[] => ACTIONS.filter((action) => LIFE[action].from.includes(status));
const statusAfter = (status: Status, action: Action): Status => LIFE[action].to ?? status;

/** Every standing that somebody at the desk can have. */
const STANDINGS = STATUSES.flatMap((status) =>
  [true, false].flatMap((isOwner) => [true, false].map((wantsToWithdraw) => ({ status, isOwner, wantsToWithdraw }))),
);

/** The statuses that a referral can come to. */
function reachableFrom(start: Status): Status[] {
  const reached = new Set<Status>([start]);
  // A set grows while it is walked, so this visits what it adds.
  for (const status of reached) for (const action of allowedFrom(status)) reached.add(statusAfter(status, action));
  return [...reached].sort();
}

describe('the life of a referral', () => {
  test('reaches every status from raised', () => {
    expect(reachableFrom('raised')).toEqual([...STATUSES].sort());
  });

  test('can always come to an end: from every status there is a way to closed', () => {
    for (const start of STATUSES) expect(reachableFrom(start)).toContain('closed');
  });

  test('never goes back to raised by what anybody does: only time gives it back to its route', () => {
    for (const action of ACTIONS) expect(LIFE[action].to).not.toBe('raised');
  });

  test('once closed, changes its status only by being reopened', () => {
    for (const action of allowedFrom('closed')) {
      expect(statusAfter('closed', action)).toBe(action === 'reopen' ? 'reopened' : 'closed');
    }
    expect(LIFE.reopen.from).toEqual(['closed']);
  });

  test('is closed by its owner alone, in words, and never before it has one', () => {
    expect(ACTIONS.filter((action) => LIFE[action].to === 'closed')).toEqual(['close']);
    expect(LIFE.close).toMatchObject({ by: 'desk', ownerOnly: true, needsText: true, tells: 'reporter' });
    expect(LIFE.close.from).not.toContain('raised');
    expect(LIFE.close.from).not.toContain('closed');
  });

  test('has an owner whenever it is out of raised: each way out gives it one', () => {
    for (const action of allowedFrom('raised')) {
      if (statusAfter('raised', action) !== 'raised') expect(LIFE[action].owns).toBe(true);
    }
  });

  test('has a new owner only with a new status that says so', () => {
    for (const action of ACTIONS) {
      if (LIFE[action].owns) expect(['acknowledged', 'in-progress', 'reopened']).toContain(LIFE[action].to);
    }
  });

  test('asks what is the owner’s only of a referral that has an owner', () => {
    for (const action of ACTIONS) {
      if (LIFE[action].ownerOnly) expect(LIFE[action].from).not.toContain('raised');
    }
  });

  test('can be noted and referred on at any time, by anyone who was told, and neither changes its status', () => {
    for (const action of ['note', 'refer-on'] as const) {
      expect([...LIFE[action].from].sort()).toEqual([...STATUSES].sort());
      expect(LIFE[action]).toMatchObject({ by: 'desk', ownerOnly: false, owns: false });
      expect(LIFE[action].to).toBeUndefined();
    }
  });

  test('is told of to the other side, never to one’s own', () => {
    for (const action of ACTIONS) expect(LIFE[action].tells).not.toBe(LIFE[action].by);
  });

  test('has a name for every status, each another', () => {
    const names = STATUSES.map((status) => sayIn('en-GB')(`status.${status}`));
    expect(new Set(names).size).toBe(STATUSES.length);
  });
});

describe('the one who raised it', () => {
  test('changes no status, takes no responsibility, always says something, and the desk hears of it', () => {
    for (const action of REPORTER_ACTIONS) {
      expect(LIFE[action]).toMatchObject({ by: 'reporter', owns: false, needsText: true, tells: 'desk' });
      expect(LIFE[action].to).toBeUndefined();
    }
  });

  test('can add something whatever became of it, and ask to withdraw only while it is open', () => {
    expect([...LIFE.add.from].sort()).toEqual([...STATUSES].sort());
    expect(LIFE['ask-to-withdraw'].from).not.toContain('closed');
  });

  test('does nothing that the desk does', () => {
    for (const action of DESK_ACTIONS) expect(LIFE[action].by).toBe('desk');
    expect([...DESK_ACTIONS, ...REPORTER_ACTIONS].sort()).toEqual([...ACTIONS].sort());
  });
});

describe('what the desk is offered', () => {
  test('is nothing that its table refuses', () => {
    for (const standing of STANDINGS) {
      for (const action of actionsFor(standing)) expect(allowedFrom(standing.status)).toContain(action);
    }
  });

  test('keeps from others only what is the owner’s, and from the owner only to take on what is theirs', () => {
    for (const standing of STANDINGS) {
      const table = DESK_ACTIONS.filter((action) => LIFE[action].from.includes(standing.status));
      const kept = table.filter((action) => !actionsFor(standing).includes(action));
      const expected = table.filter(
        (action) =>
          (LIFE[action].ownerOnly && !standing.isOwner) ||
          (action === 'keep-open' && !standing.wantsToWithdraw) ||
          (action === 'take-on' && standing.isOwner && standing.status === 'in-progress'),
      );
      expect(kept).toEqual(expected);
    }
  });

  test('is to decide on a withdrawal only while somebody asks for one', () => {
    for (const standing of STANDINGS) {
      if (!standing.wantsToWithdraw) expect(actionsFor(standing)).not.toContain('keep-open');
    }
    expect(actionsFor({ status: 'acknowledged', isOwner: false, wantsToWithdraw: true })).toContain('keep-open');
  });

  test('always lets somebody who is not the owner take responsibility for what is open', () => {
    for (const status of STATUSES) {
      const offered = actionsFor({ status, isOwner: false, wantsToWithdraw: false });
      expect(offered).toContain(status === 'closed' ? 'reopen' : 'take-on');
    }
  });
});
