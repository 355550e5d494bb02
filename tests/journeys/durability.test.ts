import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OutsideTeams, outsideTeams, type ServerProcess, serverProcess } from '../support/process.ts';
import {
  cardOf,
  fillsIn,
  goesOnDuty,
  opensChat,
  raisesLivestream,
  referenceOn,
  type ShownCard,
  sees,
  text,
  waitFor,
  walksToLivestream,
} from '../support/rehearsal.ts';

/** The real process, killed with -9, and a Teams that lives on outside it. */
describe('the server is killed', () => {
  let server: ServerProcess;
  let outside: OutsideTeams;
  let refuse = false;
  beforeAll(async () => {
    server = await serverProcess();
    await server.start();
    outside = await outsideTeams(server.address, () =>
      refuse ? { status: 429, body: { error: { code: 'TooManyRequests', message: 'Later.' } } } : undefined,
    );
    await opensChat(outside.teams, 'amina');
    await goesOnDuty(await opensChat(outside.teams, 'grace'), 'ward-9', '23:59');
  });
  afterAll(async () => {
    await outside.stop();
    await server.remove();
  });

  /** What the killed server had sent may still be on its way: Teams refuses until the next server is up. */
  const startsAgain = async (): Promise<void> => {
    await server.kill();
    await server.start();
    refuse = false;
  };
  const cardsWith = async (viewer: { cards(): Promise<readonly ShownCard[]> }, reference: string) =>
    (await viewer.cards()).filter((card) => text(card).includes(reference));

  test('after Send and before anything arrived: every card goes out once, with its history', async () => {
    const amina = outside.teams.person('amina');
    const grace = outside.teams.person('grace');
    const channel = outside.teams.channel('Safeguarding referrals').as('priya');
    const check = await fillsIn(amina, await walksToLivestream(amina));
    refuse = true;
    const reference = referenceOn(cardOf(await amina.presses('Send', { on: check })));
    expect(await cardsWith(grace, reference)).toEqual([]);
    await startsAgain();

    await sees(grace, reference, 'A visitor is streaming the bay live.', 'Amina Yusuf raised this');
    await sees(channel, reference, 'A visitor is streaming the bay live.');
    await sees(amina, reference, 'Sent to Grace Okafor', 'Sent to the channel');
    expect((await cardsWith(grace, reference)).length).toBe(1);
    expect((await cardsWith(channel, reference)).length).toBe(1);
  });

  test('after an acknowledgement that nobody was told of yet: everyone is told', async () => {
    const amina = outside.teams.person('amina');
    const grace = outside.teams.person('grace');
    const channel = outside.teams.channel('Safeguarding referrals').as('priya');
    const reference = referenceOn(await raisesLivestream(amina));
    const escalation = await sees(grace, reference, 'Acknowledge: I have this');
    await sees(amina, reference, 'Sent to the channel');
    refuse = true;
    await grace.presses('Acknowledge: I have this', { on: escalation });
    await startsAgain();
    for (const viewer of [amina, channel]) await sees(viewer, reference, 'Grace Okafor acknowledged this');
  });

  test('at any moment after Send: what was answered “recorded” arrives, and a double is marked as one', async () => {
    const amina = outside.teams.person('amina');
    const grace = outside.teams.person('grace');
    const channel = outside.teams.channel('Safeguarding referrals').as('priya');
    const references: string[] = [];
    for (const delay of [0, 3, 8, 15, 40]) {
      references.push(referenceOn(await raisesLivestream(amina)));
      await new Promise((resolve) => setTimeout(resolve, delay));
      await server.kill();
      await server.start();
    }
    for (const reference of references) {
      await sees(amina, reference, 'Sent to Grace Okafor', 'Sent to the channel');
      for (const viewer of [grace, channel]) {
        const shown = await waitFor(async () => {
          const found = await cardsWith(viewer, reference);
          return found.length > 0 ? found : undefined;
        }, `the card of ${reference}`);
        expect(shown.filter((card) => !text(card).includes('Possible duplicate')).length).toBeLessThanOrEqual(1);
      }
    }
  });

  test('a walk that began before goes on after, from the same card', async () => {
    const amina = outside.teams.person('amina');
    await amina.says('can I post this photo?');
    const question = cardOf(await amina.presses('Can I post this photo or video?'));
    await server.kill();
    await server.start();
    const next = cardOf(await amina.presses('No', { on: question }));
    expect(text(next)).toContain('What is in the photo or video?');
  });
});
