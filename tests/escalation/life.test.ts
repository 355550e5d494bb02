import { describe, expect, test } from '@jest/globals';
import { ACTIONS, type Action, actionsFor, LIFE, STATUS_NAMES } from '../../src/escalation/life.ts';
import { STATUSES, type Status } from '../../src/store/schema.ts';

const allowedFrom = (status: Status): Action[] => ACTIONS.filter((action) => LIFE[action].from.includes(status));
const statusAfter = (status: Status, action: Action): Status => LIFE[action].to ?? status;

describe('the life of a referral', () => {
  test('reaches every status from raised', () => {
    const reached = new Set<Status>(['raised']);
    // A set grows while it is walked, so this visits what it adds.
    for (const status of reached) for (const action of allowedFrom(status)) reached.add(statusAfter(status, action));
    expect([...reached].sort()).toEqual([...STATUSES].sort());
  });

  test('can always come to an end: from every status there is a way to closed', () => {
    for (const start of STATUSES) {
      const reached = new Set<Status>([start]);
      for (const status of reached) for (const action of allowedFrom(status)) reached.add(statusAfter(status, action));
      expect(reached.has('closed')).toBe(true);
    }
  });

  test('never goes back to raised: what somebody took responsibility for is not nobody’s again', () => {
    for (const action of ACTIONS) expect(LIFE[action].to).not.toBe('raised');
  });

  test('once closed, is only reopened or noted', () => {
    expect(allowedFrom('closed').sort()).toEqual(['note', 'reopen']);
    for (const action of ACTIONS) {
      if (LIFE[action].to === 'reopened') expect(LIFE[action].from).toEqual(['closed']);
    }
  });

  test('is closed by its owner alone, in words, and never before it has one', () => {
    const closing = ACTIONS.filter((action) => LIFE[action].to === 'closed');
    expect(closing).toEqual(['close']);
    expect(LIFE.close).toMatchObject({ ownerOnly: true, needsText: true });
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

  test('can be noted at any time, by anyone who was told, and a note changes no status', () => {
    expect([...LIFE.note.from].sort()).toEqual([...STATUSES].sort());
    expect(LIFE.note).toMatchObject({ ownerOnly: false, owns: false, needsText: true });
    expect(LIFE.note.to).toBeUndefined();
  });

  test('offers nothing that its table refuses, and keeps from others only what is the owner’s', () => {
    for (const status of STATUSES) {
      const table = allowedFrom(status);
      const owner = actionsFor(status, true);
      const other = actionsFor(status, false);
      for (const action of [...owner, ...other]) expect(table).toContain(action);
      expect(other).toEqual(table.filter((action) => !LIFE[action].ownerOnly));
      expect(table.filter((action) => !owner.includes(action))).toEqual(status === 'in-progress' ? ['take-on'] : []);
    }
  });

  test('has a name for every status, each another', () => {
    expect(Object.keys(STATUS_NAMES).sort()).toEqual([...STATUSES].sort());
    expect(new Set(Object.values(STATUS_NAMES)).size).toBe(STATUSES.length);
  });
});
