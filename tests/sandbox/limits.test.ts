import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SandboxClock } from '../../src/sandbox/clock.ts';
import { createLimits } from '../../src/sandbox/limits.ts';
import { cardMessage, REFERRALS, type Stage, startStage } from './stage.ts';

/** Stands still until it is moved, so that a slow machine sends as fast as a quick one. */
function stoppedClock(): SandboxClock {
  let now = Date.now();
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    ahead: () => now - Date.now(),
  };
}

const hello = { type: 'message', text: 'Hello' };

describe('the limits that Teams sets to a bot', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage({ clock: stoppedClock() });
    await stage.teams.person('amina').opens();
    await stage.teams.person('grace').opens();
  });
  afterEach(() => stage.stop());

  test('an eighth message in a second is refused, with when to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.sendTo('amina', hello)));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toEqual([{ status: 429, retryAfter: '1', body: { error: expect.objectContaining({}) } }]);
    expect(await stage.teams.limits()).toMatchObject({
      on: true,
      refused: { sends: 1, roster: 0, tenant: 0 },
      last: [{ limit: 'sends', kind: 'send' }],
    });
    expect((await stage.sendTo('grace', hello)).status).toBe(201);
    await stage.teams.advance(1);
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });

  test('a channel and its threads are one: posts, replies and updates count together', async () => {
    const first = await stage.postIn(REFERRALS, cardMessage('First'));
    const thread = ['conversations', String(first.body.id), 'activities'];
    const rest = [
      stage.connector('PUT', [...thread, String(first.body.activityId)], cardMessage('Changed')),
      ...Array.from({ length: 3 }, () => stage.connector('POST', thread, hello)),
      ...Array.from({ length: 4 }, () => stage.postIn(REFERRALS, cardMessage('Another'))),
    ];
    const statuses = (await Promise.all(rest)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 201, 201, 201, 201, 201, 429, 429]);
  });

  test('reading who is there has limits of its own', async () => {
    const [general] = (await stage.teams.state()).channels;
    const path = ['conversations', general?.id ?? '', 'pagedmembers'];
    const answers = await Promise.all(Array.from({ length: 15 }, () => stage.connector('GET', path)));
    expect(answers.filter(({ status }) => status === 429).length).toBe(1);
    expect((await stage.teams.limits()).refused).toEqual({ sends: 0, roster: 1, tenant: 0 });
    expect((await stage.postIn('General', hello)).status).toBe(201);
  });

  test('all calls together may be fifty in a second', async () => {
    const [general] = (await stage.teams.state()).channels;
    const answers = await Promise.all(
      Array.from({ length: 52 }, () => stage.connector('GET', ['teams', general?.id ?? ''])),
    );
    expect(answers.filter(({ status }) => status === 429).length).toBe(2);
    expect((await stage.teams.limits()).refused).toEqual({ sends: 0, roster: 0, tenant: 2 });
  });

  test('the answer to a press is no message', async () => {
    await stage.sendTo('amina', cardMessage('Question'));
    const amina = stage.teams.person('amina');
    for (const _ of Array.from({ length: 10 })) expect(await amina.presses('Acknowledge')).toHaveProperty('card');
  });

  test('somebody who types at the speed of a machine waits until the bot may answer', async () => {
    for (const _ of Array.from({ length: 7 })) await stage.sendTo('amina', hello);
    const saying = stage.teams.person('amina').says('hello');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(stage.bot.activities.some(({ type }) => type === 'message')).toBe(false);
    await stage.teams.advance(1);
    expect((await saying).delivered).toBe(true);
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });
});

test('a sandbox can be without limits', async () => {
  const stage = await startStage({ limits: false });
  await stage.teams.person('amina').opens();
  const answers = await Promise.all(Array.from({ length: 60 }, () => stage.sendTo('amina', hello)));
  expect(answers.every(({ status }) => status === 201)).toBe(true);
  expect((await stage.teams.limits()).on).toBe(false);
  await stage.stop();
});

describe('the windows slide', () => {
  /** The moments, in milliseconds, at which a bot that sends as early as it may gets its messages through. */
  function sendAsEarlyAsAllowed(count: number): number[] {
    let now = 0;
    const limits = createLimits(() => now);
    const call = { kind: 'send', conversation: 'a:1', writes: true } as const;
    const moments: number[] = [];
    while (moments.length < count) {
      const early = limits.admit(call);
      if (early === undefined) moments.push(now);
      else now += early;
    }
    return moments;
  }

  /** The most that fall into any window of this length, which holds its beginning and not its end. */
  function mostWithin(moments: readonly number[], ms: number): number {
    return Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + ms).length));
  }

  test('never more than 7 in 1 s, 8 in 2 s, 60 in 30 s and 1,800 in an hour, and not a message less', () => {
    const moments = sendAsEarlyAsAllowed(2_000);
    expect([1_000, 2_000, 30_000, 3_600_000].map((ms) => mostWithin(moments, ms))).toEqual([7, 8, 60, 1_800]);
    expect(moments.at(1_800)).toBe(3_600_000);
  });
});
