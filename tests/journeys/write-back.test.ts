import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PersonDriver } from '../../src/sandbox/driver.ts';
import { AMINA, press, sendPress, startLive } from '../support/live.ts';
import {
  cardOf,
  opensChat,
  pressesInTurn,
  type Rehearsal,
  startRehearsal,
  text,
  waitFor,
} from '../support/rehearsal.ts';

const OUTCOME = ['Someone is filming, photographing or livestreaming', 'No', 'Staff or another patient'];

test('a Send does not wait for Teams, which hangs: it is recorded and answered', async () => {
  const live = await startLive();
  const place = { ...AMINA, replyToId: 'the message that both are on' };
  const release = live.microsoft.hold();
  await live.posts(press('topics', {}, place));
  await waitFor(async () => live.microsoft.asked.find(({ method }) => method === 'PUT'), 'a card that is written back');
  const answer = await live.posts(await sendPress({}, place));
  const [row] = live.all('select reference from referrals');
  expect(await answer.text()).toContain(String(row?.reference));
  release();
  await live.stop();
});

describe('the card that a press is answered with', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  /** What was written over a message, oldest first. */
  const written = async (messageId: string): Promise<readonly string[]> =>
    (await rehearsal.teams.journal())
      .filter(({ method, path }) => method === 'PUT' && path.endsWith(`/${messageId}`))
      .map(({ body }) => JSON.stringify(body));
  const isWritten = (messageId: string, words: string) =>
    waitFor(async () => (await written(messageId)).some((body) => body.includes(words)), `“${words}” written back`);

  beforeAll(async () => {
    rehearsal = await startRehearsal();
    amina = await opensChat(rehearsal.teams, 'Amina');
  });
  afterAll(() => rehearsal.stop());

  test('is there when the chat is opened again', async () => {
    await amina.says('a visitor is livestreaming the ward');
    const outcome = await pressesInTurn(amina, OUTCOME);
    await isWritten(outcome.messageId, 'Raise this');
    await amina.opens();
    expect(text(await amina.lastCard())).toEqual(text(outcome));
    // Three presses in a row are one update.
    expect(await written(outcome.messageId)).toHaveLength(1);
  });

  test('does not come back over a form that somebody fills in, and neither does an older one that waits', async () => {
    await amina.says('a visitor is livestreaming the ward');
    const outcome = await pressesInTurn(amina, OUTCOME);
    const form = cardOf(await amina.presses('Raise this', { on: outcome }));
    // Another card is pressed later and written back: the time of the first has passed by then.
    await amina.says('topics');
    const next = cardOf(await amina.presses('Can I post this photo or video?'));
    await isWritten(next.messageId, 'AdaptiveCard');
    expect(await written(form.messageId)).toEqual([]);
    // What follows the form and has no inputs is written again.
    const check = cardOf(
      await amina.presses('Check your answers', {
        on: form,
        inputs: { department: 'ward-9', description: 'He films.', aboutSenior: 'no' },
      }),
    );
    await isWritten(check.messageId, 'He films.');
  });

  test('is still written where a later press is answered beside it', async () => {
    await amina.says('a visitor is livestreaming the ward');
    const offer = await amina.lastCard();
    const welcome = cardOf(await amina.presses('Someone is at risk now', { on: offer }));
    const topics = cardOf(await amina.presses('All topics', { on: welcome }));
    expect(await amina.presses('My referrals', { on: topics })).toMatchObject({ message: expect.any(String) });
    await isWritten(topics.messageId, 'My referrals');
  });
});
