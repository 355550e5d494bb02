import { describe, expect, test } from '@jest/globals';
import {
  byWhom,
  isPressing,
  isWaiting,
  nextStepInWords,
  ownerInWords,
  waitInWords,
} from '../../../../src/tab/parts/register/row-words.ts';
import type { RegisterRow } from '../../../../src/web/desk/contract.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-27T12:00:00Z');

const row = (changes: Partial<RegisterRow> = {}): RegisterRow => ({
  reference: 'K7M-2PXC',
  status: 'raised',
  urgency: 'urgent',
  category: 'filming',
  department: 'Ward 9',
  about: 'Someone is filming',
  reporter: 'Amina Yusuf',
  nameKept: false,
  owner: null,
  raisedAt: NOON,
  acknowledgedAt: null,
  closedAt: null,
  nextStepAt: null,
  forgotten: null,
  flags: [],
  ...changes,
});

describe('how long a referral waits', () => {
  test('grows until somebody has it, and then stays', () => {
    expect(waitInWords(row(), NOON + 30_000)).toBe('Raised just now');
    expect(waitInWords(row(), NOON + 44 * MINUTE)).toBe('Waiting 44 min');
    const acknowledged = row({ status: 'acknowledged', acknowledgedAt: NOON + 12 * MINUTE });
    expect(waitInWords(acknowledged, NOON + 500 * MINUTE)).toBe('Acknowledged in 12 min');
  });

  test('grows again once it has gone back to its route', () => {
    const returned = row({ acknowledgedAt: NOON + MINUTE });
    expect(isWaiting(returned)).toBe(true);
    expect(waitInWords(returned, NOON + 90 * MINUTE)).toBe('Waiting 1 h 30 min');
  });

  test('is not told of one that was closed without an acknowledgement', () => {
    const closed = row({ status: 'closed', closedAt: NOON + MINUTE });
    expect(isWaiting(closed)).toBe(false);
    expect(waitInWords(closed, NOON + 5 * MINUTE)).toBe('');
  });

  test('comes with when the route goes on', () => {
    expect(nextStepInWords(row({ nextStepAt: NOON + 12 * MINUTE }), NOON)).toBe('Next person told in 12 min');
    expect(nextStepInWords(row({ nextStepAt: NOON + 12_000 }), NOON)).toBe('Next person told soon');
    expect(nextStepInWords(row(), NOON)).toBe('');
  });
});

describe('what the eye must find first', () => {
  test('is what nobody has, where it is to be acted on now or nobody answered in time', () => {
    expect(isPressing(row({ urgency: 'immediate' }))).toBe(true);
    expect(isPressing(row({ flags: ['unanswered'] }))).toBe(true);
    expect(isPressing(row())).toBe(false);
    expect(isPressing(row({ urgency: 'immediate', status: 'in-progress', acknowledgedAt: NOON }))).toBe(false);
  });
});

test('an owner is named, and so is that there is none', () => {
  expect(ownerInWords(row({ owner: 'Helen Marsh' }))).toBe('Helen Marsh');
  expect(ownerInWords(row())).toBe('Nobody has it yet');
  expect(ownerInWords(row({ status: 'closed' }))).toBe('Nobody owned it');
});

test('who raised it is told while that is held, or that they keep their name, and then when and why its words were deleted', () => {
  const london = { timezone: 'Europe/London' };
  expect(byWhom(row(), london)).toBe('by Amina Yusuf');
  const kept = row({ reporter: 'Name kept confidential', nameKept: true });
  expect(byWhom(kept, london)).toBe('Name kept confidential');
  const forgotten = { at: NOON, because: 'rule' } as const;
  expect(byWhom(row({ forgotten }), london)).toBe('Its words were deleted by rule on 27 November 2026');
  expect(byWhom(row({ forgotten: { ...forgotten, because: 'request' } }), london)).toBe(
    'Its words were deleted on request on 27 November 2026',
  );
});
