import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createPace,
  nextAllowed,
  PER_CONVERSATION,
  PER_TENANT,
  remember,
  type Sends,
} from '../../src/escalation/rates.ts';

type Limit = (typeof PER_CONVERSATION)[number];

/** Waits between wishes to send: mostly bursts, with pauses that let a window end at its very edge. */
const wishes = fc.array(
  fc.oneof(fc.constantFrom(0, 0, 0, 1, 142, 999, 1_000, 1_001, 1_100, 2_000, 30_000), fc.nat({ max: 2_000 })),
  { maxLength: 150 },
);
const limits = fc.array(
  fc.record({ most: fc.integer({ min: 1, max: 10 }), inMs: fc.integer({ min: 1, max: 5_000 }) }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

/** Sends each wish as soon as it is allowed, one after the other. @returns when each was sent. */
function sendAll(waits: readonly number[], allowed: readonly Limit[]): number[] {
  let now = 0;
  let sends: Sends = [];
  const all: number[] = [];
  for (const wait of waits) {
    now = nextAllowed(sends, now + wait, allowed);
    sends = remember(sends, now, allowed);
    all.push(now);
  }
  return all;
}

/** Whether some window of a limit's length holds more than it allows. */
function isBroken(moments: readonly number[], { most, inMs }: Limit): boolean {
  return moments.some((from, index) => {
    const last = moments[index + most];
    return last !== undefined && last - from < inMs;
  });
}

describe('the limits', () => {
  test('are never broken, whatever is wished and whatever they are', () => {
    fc.assert(
      fc.property(wishes, limits, (waits, allowed) => {
        const moments = sendAll(waits, allowed);
        for (const limit of allowed) expect(isBroken(moments, limit)).toBe(false);
      }),
    );
  });

  test('never make anybody wait longer than they must: a millisecond sooner would break one', () => {
    fc.assert(
      fc.property(wishes, limits, (waits, allowed) => {
        const moments = sendAll(waits, allowed);
        let before = 0;
        for (const [index, at] of moments.entries()) {
          const wished = before + (waits[index] ?? 0);
          if (at > wished) {
            const sooner = [...moments.slice(0, index), at - 1];
            expect(allowed.some((limit) => isBroken(sooner, limit))).toBe(true);
          }
          before = at;
        }
      }),
    );
  });

  test('remember all that they look at, and little more', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => index * 100);
    const kept = many.reduce<Sends>((sends, at) => remember(sends, at, PER_CONVERSATION), []);
    expect(kept.length).toBe(1_800);
    expect(remember([0, 1, 2], 3_600_002, PER_CONVERSATION)).toEqual([3_600_002]);
  });

  test('are those that Teams states', () => {
    expect(PER_CONVERSATION.map(({ most, inMs }) => [most, inMs])).toEqual([
      [7, 1_000],
      [8, 2_000],
      [60, 30_000],
      [1_800, 3_600_000],
    ]);
  });
});

describe('the pace of a server', () => {
  const CONVERSATIONS = ['a', 'b', 'c'];
  const steps = fc.array(
    fc.record({
      wait: fc.oneof(fc.constantFrom(0, 0, 1, 200, 1_000), fc.nat({ max: 1_500 })),
      conversation: fc.constantFrom(...CONVERSATIONS),
    }),
    { maxLength: 200 },
  );

  test('keeps every conversation within its limits, and all of a tenant within theirs', () => {
    fc.assert(
      fc.property(steps, (wished) => {
        const pace = createPace();
        const sent = new Map<string, number[]>(CONVERSATIONS.map((conversation) => [conversation, []]));
        let now = 0;
        for (const { wait, conversation } of wished) {
          now = pace.next(conversation, 'tenant', now + wait);
          pace.begin(conversation, 'tenant')(now);
          sent.get(conversation)?.push(now);
        }
        for (const moments of sent.values()) {
          for (const limit of PER_CONVERSATION) expect(isBroken(moments, limit)).toBe(false);
        }
        const all = [...sent.values()].flat().sort((a, b) => a - b);
        for (const limit of PER_TENANT) expect(isBroken(all, limit)).toBe(false);
      }),
    );
  });

  test('is handed from server to server without forgetting or doubling anything', () => {
    fc.assert(
      fc.property(steps, (wished) => {
        const servers = [createPace(), createPace()];
        const moments: number[] = [];
        let kept: Sends = [];
        let now = 0;
        for (const [index, { wait }] of wished.entries()) {
          const pace = servers[index % 2] ?? createPace();
          pace.learn('one', kept);
          now = pace.next('one', `tenant-${index}`, now + wait);
          pace.begin('one', `tenant-${index}`)(now);
          kept = JSON.parse(JSON.stringify(pace.of('one')));
          moments.push(now);
        }
        expect(kept).toEqual(moments.reduce<Sends>((sends, at) => remember(sends, at, PER_CONVERSATION), []));
        for (const limit of PER_CONVERSATION) expect(isBroken(moments, limit)).toBe(false);
      }),
    );
  });

  test('counts a conversation from the moment of arrival, when Teams counts it', () => {
    const pace = createPace();
    for (let number = 0; number < 7; number += 1) pace.begin('a', 'tenant')(900);
    expect(pace.next('a', 'tenant', 1_000)).toBe(1_900);
  });

  test('counts for the tenant what is still on its way, for as long as it is', () => {
    const pace = createPace();
    const begun = Array.from({ length: 50 }, (_, number) => pace.begin(`${number}`, 'tenant'));
    expect(pace.room('tenant', 5_000)).toBeLessThanOrEqual(0);
    expect(pace.next('another', 'tenant', 5_000)).toBeGreaterThan(5_000);
    expect(pace.next('another', 'another tenant', 5_000)).toBe(5_000);
    for (const arrives of begun) arrives(6_000);
    expect(pace.next('another', 'tenant', 6_000)).toBe(7_100);
    // Five are kept for answers.
    expect(pace.room('tenant', 7_100)).toBe(45);
    expect(pace.nextUnasked('another', 'tenant', 6_000)).toBe(7_100);
  });

  test('counts nothing that was not sent after all', () => {
    const pace = createPace();
    const begun = Array.from({ length: 50 }, (_, number) => pace.begin(`${number}`, 'tenant'));
    begun[0]?.();
    expect(pace.next('another', 'tenant', 0)).toBe(0);
    expect(pace.of('0')).toEqual([]);
  });

  test('leaves the others their part of what a tenant may be sent', () => {
    const pace = createPace();
    pace.share(4);
    for (let number = 0; number < 12; number += 1) {
      expect(pace.next(`${number}`, 'tenant', 0)).toBe(0);
      pace.begin(`${number}`, 'tenant')(0);
    }
    expect(pace.next('another', 'tenant', 0)).toBe(1_100);
    pace.share(1);
    expect(pace.next('another', 'tenant', 0)).toBe(0);
  });

  test('does not wait for a clock that was set back to come round again', () => {
    const pace = createPace();
    const later = 3_600_000;
    for (let number = 0; number < 50; number += 1) pace.begin('channel', 'tenant')(later);
    expect(pace.next('channel', 'tenant', later)).toBeGreaterThan(later);
    const now = later - 30 * 60_000;
    expect(pace.nextUnasked('channel', 'tenant', now)).toBe(now);
    expect(pace.room('tenant', now)).toBe(45);
    pace.begin('channel', 'tenant')(now);
    expect(pace.of('channel')).toEqual([now]);
    // Another server's clock may be a little ahead.
    for (let number = 0; number < 6; number += 1) pace.begin('channel', 'tenant')(now + 500);
    expect(pace.next('channel', 'tenant', now)).toBe(now + 1_000);
  });
});
