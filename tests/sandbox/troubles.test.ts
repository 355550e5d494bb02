import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cardMessage, REFERRALS, type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
  await stage.teams.person('amina').opens();
  await stage.teams.person('grace').opens();
});
afterEach(() => stage.stop());

const hello = { type: 'message', text: 'Hello' };

/** What somebody sees in their chat with the bot. */
async function textsOf(person: string): Promise<(string | undefined)[]> {
  return (await stage.teams.person(person).messages()).map(({ text }) => text);
}

describe('an answer that Teams gives in place of the truth', () => {
  test.each([
    ['too-many-requests', 429, 'TooManyRequests'],
    ['precondition-failed', 412, 'PreconditionFailed'],
    ['request-timeout', 408, 'ServiceError'],
    ['server-error', 500, 'ServiceError'],
    ['bad-gateway', 502, 'ServiceError'],
    ['unavailable', 503, 'ServiceError'],
    ['gateway-timeout', 504, 'ServiceError'],
    ['not-in-roster', 403, 'BotNotInConversationRoster'],
    ['blocked', 403, 'MessageWritesBlocked'],
    ['disabled-by-admin', 403, 'BotDisabledByAdmin'],
    ['forbidden', 403, 'ForbiddenOperationException'],
    ['conversation-not-found', 404, 'ConversationNotFound'],
    ['activity-not-found', 404, 'ActivityNotFoundInConversation'],
  ] as const)('%s is %i with the code %s, and nothing is delivered', async (is, status, code) => {
    await stage.teams.trouble({ is });
    const { body, ...answer } = await stage.sendTo('amina', hello);
    expect(answer).toEqual({ status, retryAfter: null });
    expect(body).toEqual({ error: { code, message: expect.any(String) } });
    expect(await textsOf('amina')).toEqual([]);
  });

  test('429 says when to come again, where it was asked to', async () => {
    await stage.teams.trouble({ is: 'too-many-requests', retryAfter: 7 });
    expect(await stage.sendTo('amina', hello)).toMatchObject({ status: 429, retryAfter: '7' });
  });

  test('an error of a gateway can hide that the message was delivered', async () => {
    await stage.teams.trouble({ is: 'bad-gateway', delivered: true, times: 1 });
    expect((await stage.sendTo('amina', hello)).status).toBe(502);
    expect(await textsOf('amina')).toEqual(['Hello']);
  });

  test('what Teams would refuse anyway is refused, since nothing was delivered that could be hidden', async () => {
    await stage.teams.trouble({ is: 'bad-gateway', delivered: true });
    expect((await stage.sendTo('tom', hello)).body.error?.code).toBe('BotNotInConversationRoster');
  });
});

describe('no answer', () => {
  test('a connection that is cut before the message was delivered', async () => {
    await stage.teams.trouble({ is: 'cut', times: 1 });
    await expect(stage.sendTo('amina', hello)).rejects.toThrow('fetch failed');
    expect(await textsOf('amina')).toEqual([]);
  });

  test('a connection that is cut after the message was delivered', async () => {
    await stage.teams.trouble({ is: 'cut', delivered: true, times: 1 });
    await expect(stage.sendTo('amina', hello)).rejects.toThrow('fetch failed');
    expect(await textsOf('amina')).toEqual(['Hello']);
  });

  test('silence lasts until the bot gives up', async () => {
    await stage.teams.trouble({ is: 'no-answer', delivered: true });
    const { conversation } = await stage.teams.placeOf('amina');
    const path = ['conversations', conversation, 'activities'];
    const waiting = stage.connector('POST', path, hello, AbortSignal.timeout(300));
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await textsOf('amina')).toEqual(['Hello']);
  });

  test('a slow answer comes late, and is the true one', async () => {
    await stage.teams.trouble({ is: 'slow', ms: 250 });
    const began = performance.now();
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
    expect(performance.now() - began).toBeGreaterThan(240);
  });
});

describe('which calls a trouble meets', () => {
  test('those of its kind', async () => {
    await stage.teams.trouble({ is: 'server-error', on: ['create', 'update'] });
    const sent = await stage.sendTo('amina', hello);
    const { conversation } = await stage.teams.placeOf('amina');
    const place = ['conversations', conversation, 'activities', String(sent.body.id)];
    expect(sent.status).toBe(201);
    expect((await stage.postIn(REFERRALS, hello)).status).toBe(500);
    expect((await stage.connector('PUT', place, hello)).status).toBe(500);
    expect((await stage.connector('DELETE', place)).status).toBe(200);
  });

  test('reading who is in the team is a kind of its own', async () => {
    await stage.teams.trouble({ is: 'unavailable', on: 'roster' });
    const [general] = (await stage.teams.state()).channels;
    const team = general?.id ?? '';
    expect((await stage.connector('GET', ['conversations', team, 'pagedmembers'])).status).toBe(503);
    expect((await stage.connector('GET', ['teams', team])).status).toBe(200);
  });

  test('those to its channel, replies in a thread included', async () => {
    const thread = await stage.postIn(REFERRALS, hello);
    await stage.teams.trouble({ is: 'forbidden', channel: REFERRALS });
    const reply = await stage.connector('POST', ['conversations', String(thread.body.id), 'activities'], hello);
    expect(reply.status).toBe(403);
    expect((await stage.postIn('General', hello)).status).toBe(201);
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });

  test('those to its person', async () => {
    await stage.teams.trouble({ is: 'forbidden', person: 'grace' });
    expect((await stage.sendTo('grace', hello)).status).toBe(403);
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });

  test('so many of them, and then no more', async () => {
    await stage.teams.trouble({ is: 'server-error', times: 2 });
    const statuses: number[] = [];
    for (const _ of [1, 2, 3]) statuses.push((await stage.sendTo('amina', hello)).status);
    expect(statuses).toEqual([500, 500, 201]);
    expect(await stage.teams.troubles()).toEqual([]);
  });

  test('until it is cleared, alone or with all others', async () => {
    const first = await stage.teams.trouble({ is: 'server-error' });
    await stage.teams.trouble({ is: 'unavailable' });
    await stage.sendTo('amina', hello);
    expect(await stage.teams.troubles()).toMatchObject([
      { id: first, is: 'server-error', met: 1 },
      { is: 'unavailable', met: 0 },
    ]);
    await stage.teams.clearTroubles(first);
    expect((await stage.sendTo('amina', hello)).status).toBe(503);
    await stage.teams.clearTroubles();
    expect((await stage.sendTo('amina', hello)).status).toBe(201);
  });

  test('as often as chance has it, the same for the same seed', async () => {
    const round = async (): Promise<number[]> => {
      await stage.teams.trouble({ is: 'server-error', probability: 0.5, seed: 42 });
      const statuses: number[] = [];
      for (const person of ['amina', 'grace', 'amina', 'grace', 'amina', 'grace', 'amina', 'grace']) {
        statuses.push((await stage.sendTo(person, hello)).status);
      }
      await stage.teams.clearTroubles();
      return statuses;
    };
    const first = await round();
    expect(new Set(first)).toEqual(new Set([500, 201]));
    await stage.teams.advance(1);
    expect(await round()).toEqual(first);
  });

  test('the server’s own process can make them too', async () => {
    stage.server.sandbox.troubles.add({ is: 'server-error', on: 'create', times: 1 });
    expect((await stage.postIn(REFERRALS, cardMessage('Referral'))).status).toBe(500);
    expect((await stage.postIn(REFERRALS, cardMessage('Referral'))).status).toBe(201);
  });

  test.each([
    [{ is: 'nonsense' }, 'is'],
    [{ is: 'blocked', delivered: true }, 'delivered'],
    [{ is: 'slow' }, 'ms'],
    [{ is: 'cut', retryAfter: 1 }, 'retryAfter'],
    [{ is: 'cut', unknown: 1 }, 'unknown'],
    [{ is: 'cut', channel: 'Nowhere' }, 'Nowhere'],
  ])('a trouble that makes no sense is refused: %j', async (trouble, named) => {
    await expect(stage.teams.post('troubles', trouble)).rejects.toThrow(named);
    expect(await stage.teams.troubles()).toEqual([]);
  });

  test('each call is in the journal with what became of it', async () => {
    await stage.teams.trouble({ is: 'cut', times: 1 });
    await stage.sendTo('amina', hello).catch(() => undefined);
    expect((await stage.teams.journal()).at(-1)).toMatchObject({ direction: 'from the bot', status: 0 });
  });
});
