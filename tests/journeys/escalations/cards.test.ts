import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import type { JournalEntry } from '../../../src/sandbox/journal.ts';
import {
  allText,
  alone,
  cardOf,
  cardsAbout,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  text,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, buttonOf, CHANNEL, inMinutes, NOBODY_HAS_IT, raised, seesTimes, startStory } from './stories.ts';

const IN_CHANNEL = `the channel “${CHANNEL}”`;
const NOT_YOURS = 'You cannot do this';

/** What each person may do with a referral, and what passes between them. */
describe('the cards of a referral', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let daniel: PersonDriver;
  let sam: PersonDriver;
  let channel: ChatDriver;
  beforeAll(async () => {
    rehearsal = await startStory();
    const { teams } = rehearsal;
    amina = await opensChat(teams, 'amina');
    grace = await opensChat(teams, 'grace');
    daniel = await opensChat(teams, 'daniel');
    sam = await opensChat(teams, 'sam');
    channel = teams.channel(CHANNEL).as('priya');
    await goesOnDuty(daniel, 'ward-1', await inMinutes(teams, 600));
    for (const ward of ['ward-2', 'ward-3']) await goesOnDuty(grace, ward, await inMinutes(teams, 600));
  });
  afterAll(() => rehearsal.stop());

  /** Raised on Grace's ward, and acknowledged by her. */
  const acknowledged = async (): Promise<string> => {
    const reference = await raised(amina, 'ward-2', ['Grace Okafor', IN_CHANNEL]);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await sees(amina, reference, 'Grace Okafor has this');
    return reference;
  };

  test('the reporter adds something: everybody who has it can read it, and its owner hears of it', async () => {
    const reference = await acknowledged();
    await pressesOn(amina, reference, 'Send it', { addition: 'He has moved to the corridor.' });
    for (const viewer of [amina, grace, channel]) await sees(viewer, reference, '“He has moved to the corridor.”');
    const nudge = text(await sees(grace, reference, 'Amina Yusuf added something', 'Open the referral to read it.'));
    expect(nudge).not.toContain('corridor');
    const alone = (await channel.messages()).filter(({ threadOf }) => threadOf !== undefined);
    expect(alone.filter(({ card }) => JSON.stringify(card ?? '').includes(reference))).toEqual([]);
  });

  test('nobody has it yet: what the reporter adds is told in the channel’s thread too', async () => {
    const reference = await raised(amina, 'ward-2', ['Grace Okafor', IN_CHANNEL]);
    await pressesOn(amina, reference, 'Send it', { addition: 'She is crying.' });
    const nudge = await sees(channel, reference, 'Amina Yusuf added something', 'Go to the card above to read it.');
    const message = (await channel.messages()).find(({ id }) => id === nudge.messageId);
    expect(message?.threadOf).toBe((await sees(channel, reference, ACKNOWLEDGE)).messageId);
  });

  test('asked to withdraw, nothing stops: the reporter is told so, and the route goes on', async () => {
    const reference = await raised(amina, 'ward-2', ['Grace Okafor', IN_CHANNEL]);
    await pressesOn(amina, reference, 'Ask', { reason: 'I made a mistake.' });
    const mine = text(await sees(amina, reference, 'The team decides. Nothing has stopped meanwhile.'));
    expect(mine).toContain(NOBODY_HAS_IT);
    expect(mine).not.toContain('Ask to withdraw');
    const wish = text(await sees(grace, reference, 'The person who raised this asks to withdraw it'));
    expect(wish).toContain('I made a mistake.');
    expect(wish).toContain('Nothing has stopped. You decide: go on with it, or close it.');
    await sees(grace, reference, 'Amina Yusuf asked to withdraw this', 'Open the referral to read why, and decide.');
    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Recorded, but nobody has answered');
  });

  test('the team goes on with it: the reporter reads why, and may ask again', async () => {
    const reference = await acknowledged();
    await pressesOn(amina, reference, 'Ask', { reason: 'I would rather not.' });
    await pressesOn(grace, reference, 'Tell them that it goes on', { reason: 'A child could be on the film.' });
    const [, fresh] = await seesTimes(amina, 2, reference, '“A child could be on the film.”');
    const read = text(fresh ?? (await amina.lastCard()));
    expect(read).toContain('Grace Okafor decided to go on with this');
    expect(read).not.toContain('You asked to withdraw this at');
    expect(read).toContain('Ask to withdraw');
    expect(text(await sees(grace, reference, 'Close'))).not.toContain('asks to withdraw it');
  });

  test('the team closes it: the reporter reads the outcome in a new message, and can still add to it', async () => {
    const reference = await acknowledged();
    await pressesOn(amina, reference, 'Ask', { reason: 'It was a misunderstanding.' });
    await pressesOn(grace, reference, 'Close this referral', { outcome: 'Talked to both. Nothing was filmed.' });
    const [, fresh] = await seesTimes(amina, 2, reference, 'Closed', '“Talked to both. Nothing was filmed.”');
    const read = text(fresh ?? (await amina.lastCard()));
    expect(read).toContain('Grace Okafor closed this');
    expect(read).not.toContain('The team decides');
    expect(read).not.toContain('Ask to withdraw');
    await pressesOn(amina, reference, 'Send it', { addition: 'He is back.' });
    await sees(grace, reference, 'Amina Yusuf added something');
    await pressesOn(grace, reference, 'Reopen');
    await sees(amina, reference, 'Grace Okafor has opened this again');
  });

  test('a question reaches the reporter in a new message, and the answer comes back to who asked', async () => {
    const reference = await acknowledged();
    await pressesOn(grace, reference, 'Send question', { question: 'Which bay is it?' });
    const [, asked] = await seesTimes(amina, 2, reference, 'Grace Okafor asks you', 'Which bay is it?');
    if (asked === undefined) throw new Error('There is no second card.');
    expect(text(await sees(grace, reference, 'They have not answered the last question yet.'))).toContain(
      'A new one takes its place.',
    );
    await amina.presses('Send answer', { on: asked, inputs: { answer: 'Bay C.' } });
    for (const viewer of [amina, grace, channel]) await sees(viewer, reference, '“Bay C.”', '“Which bay is it?”');
    await sees(grace, reference, 'Amina Yusuf answered', 'Open the referral to read it.');
    expect(text(await sees(amina, reference, '“Bay C.”'))).not.toContain('asks you');

    const late = cardOf(await amina.presses('Send answer', { on: asked, inputs: { answer: 'Bay D.' } }));
    expect(text(late)).toContain('Nothing was done.');
    expect(text(late)).not.toContain('Bay D.');
  });

  test('nobody else may act: a copied card of the reporter or of the nurse does nothing in another’s hands', async () => {
    const reference = await acknowledged();
    const ofAmina = await sees(amina, reference, 'Grace Okafor has this');
    const ofGrace = await sees(grace, reference, 'Take it on');
    const own = await sam.lastCard();
    const tries = [
      [ofAmina, 'Send it', { addition: 'From Sam.' }],
      [ofAmina, 'Ask', { reason: 'From Sam.' }],
      [ofGrace, 'Take it on', {}],
      [ofGrace, 'Save note', { note: 'From Sam.' }],
      [ofGrace, 'Close this referral', { outcome: 'From Sam.' }],
    ] as const;
    for (const [card, title, inputs] of tries) {
      const answer = await sam.executes(own, buttonOf(card, title), inputs);
      expect(JSON.stringify(answer)).toContain(NOT_YOURS);
      expect(JSON.stringify(answer)).not.toContain('Amina');
    }
    // The reporter has no say over what the nurse does, nor the nurse over what the reporter adds.
    const reporters = await amina.executes(ofAmina, buttonOf(ofGrace, 'Close this referral'), { outcome: 'Mine.' });
    expect(JSON.stringify(reporters)).toContain(NOT_YOURS);
    const nurses = await grace.executes(ofGrace, buttonOf(ofAmina, 'Send it'), { addition: 'Hers.' });
    expect(JSON.stringify(nurses)).toContain(NOT_YOURS);
    await pressesOn(grace, reference, 'Save note', { note: 'Still here.' });
    const after = text(await sees(channel, reference, '“Still here.”'));
    for (const words of ['From Sam.', 'Mine.', 'Hers.']) expect(after).not.toMatch(alone(words));
    expect(after).toContain('Grace Okafor acknowledged this');
  });

  test('the nurse asks a colleague to take it on: it stays hers until he does', async () => {
    const reference = await acknowledged();
    const mine = await sees(grace, reference, 'Ask which colleague to take this on?');
    const colleague = /"title":"Daniel Reid","value":"([^"]+)"/.exec(JSON.stringify(mine.card))?.[1] ?? '';
    await grace.presses('Ask them', { on: mine, inputs: { colleague } });
    const asked = await sees(daniel, reference, 'You were asked to take this on.');
    expect(text(asked)).toContain('Grace Okafor has it until you press “Take it on”.');
    expect(text(await sees(amina, reference, 'Grace Okafor asked Daniel Reid to take this on'))).toContain(
      'Grace Okafor has this',
    );
    await daniel.presses('Take it on', { on: asked });
    await sees(amina, reference, 'Daniel Reid is working on this');
    await sees(grace, reference, 'Daniel Reid took this on');
    expect(text(await sees(daniel, reference, 'Close'))).not.toContain('You were asked');
  });

  test('only the owner may close it, and everybody else is told how to come to it', async () => {
    const reference = await acknowledged();
    const ofGrace = await sees(grace, reference, 'Close this referral');
    const inChannel = await sees(channel, reference, 'Take it on');
    const answer = cardOf(
      await channel.executes(inChannel, buttonOf(ofGrace, 'Close this referral'), { outcome: 'By Priya.' }),
    );
    expect(text(answer)).toContain('Grace Okafor has this, and only they can close it.');
    expect(text(answer)).toContain('To do it yourself, take it on first.');
    await sees(amina, reference, 'Grace Okafor has this');
  });

  test('referred on: who was told, by whom, when and with which number, and it stays open', async () => {
    const reference = await acknowledged();
    await pressesOn(grace, reference, 'Record it', { referredTo: 'police', number: 'CAD 1234' });
    const row = 'Grace Okafor referred this on to: Police';
    for (const viewer of [grace, channel]) await sees(viewer, reference, row, '“CAD 1234”');
    const mine = text(await sees(amina, reference, row));
    expect(mine).toContain('Grace Okafor has this');
    expect(mine).not.toContain('CAD 1234');

    const nobody = await pressesOn(grace, reference, 'Record it', { referredTo: 'the-butcher' });
    expect(JSON.stringify(nobody)).toContain('Choose whom it was referred on to. Nothing was saved.');
  });

  test('in the channel only its owner sees an owner’s buttons', async () => {
    const reference = await raised(amina, 'ward-4', [IN_CHANNEL]);
    const shared = await sees(channel, reference, ACKNOWLEDGE);
    const mine = cardOf(await channel.presses(ACKNOWLEDGE, { on: shared }));
    expect(text(mine)).toContain('Close this referral');
    const helen = rehearsal.teams.channel(CHANNEL).as('helen');
    expect(text(await sees(helen, reference, 'Priya Nair acknowledged this'))).not.toContain('Close this referral');

    // Once the card is old enough for it, Teams fetches the owner's own view of it, and nobody else's.
    await rehearsal.teams.advance(2);
    await seesRefresh(helen, reference);
    await channel.opens();
    expect(text(await sees(channel, reference, 'Priya Nair acknowledged this'))).toContain('Close this referral');
    await helen.opens();
    expect(text(await sees(helen, reference, 'Priya Nair acknowledged this'))).not.toContain('Close this referral');
    await pressesOn(channel, reference, 'Close this referral', { outcome: 'Done.' });
    await sees(amina, reference, 'Priya Nair closed this', '“Done.”');
  });

  test('an owner’s own view is never asked for on a card under a minute old, also on one that stands in', async () => {
    const { teams } = rehearsal;
    const reference = await raised(amina, 'ward-4', [IN_CHANNEL]);
    await pressesOn(channel, reference, ACKNOWLEDGE);
    await teams.advance(2);
    await seesRefresh(channel, reference);
    await teams.trouble({ is: 'activity-not-found', on: 'update', channel: CHANNEL });
    await pressesOn(channel, reference, 'Save note', { note: 'I rang the ward.' });
    await sees(channel, reference, 'This stands in for an earlier card', '“I rang the ward.”');
    await teams.clearTroubles();
    await pressesOn(channel, reference, 'Save note', { note: 'And again.' });
    await sees(channel, reference, 'This stands in for an earlier card', '“And again.”');
    await teams.advance(2);
    const fresh = { cards: async () => (await channel.cards()).filter((card) => text(card).includes('stands in')) };
    await seesRefresh(fresh, reference);

    const isIt = ({ direction, status, body }: JournalEntry): boolean =>
      direction === 'from the bot' && status < 300 && JSON.stringify(body ?? '').includes(`${reference}"`);
    let postedAt = 0;
    const ages: number[] = [];
    for (const { at, method, body } of (await teams.journal()).filter(isIt)) {
      if (method === 'POST') postedAt = at;
      if (JSON.stringify(body).includes('"userIds"')) ages.push(at - postedAt);
    }
    expect(ages.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(60_000);
  });

  test('about somebody in charge: nobody on duty is told, and the channel is told to take care', async () => {
    const sent = await raisesLivestream(amina, { department: 'ward-3', aboutSenior: 'yes' });
    const reference = referenceOn(sent);
    const inChannel = text(await sees(channel, reference, ACKNOWLEDGE));
    expect(inChannel).toContain('This may be about someone in charge there. Do not tell them of it.');
    const mine = text(await sees(amina, reference, `Sent to ${IN_CHANNEL}`));
    expect(mine).toContain(
      'It was not sent to the senior nurse on duty for Ward 3, because it may be about someone in charge.',
    );
    expect(mine).not.toContain('Ring now.');
    // Nor later: not when the route goes on, nor to somebody who comes on duty.
    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Recorded, but nobody has answered');
    await goesOnDuty(daniel, 'ward-3', await inMinutes(rehearsal.teams, 300));
    const next = await raised(amina, 'ward-3', ['Daniel Reid']);
    expect(next).not.toBe(reference);
    expect(await cardsAbout(daniel, reference)).toEqual([]);
    expect(await cardsAbout(grace, reference)).toEqual([]);
  });

  test('not sure counts as yes', async () => {
    const reference = await raised(amina, 'ward-3', [IN_CHANNEL], { aboutSenior: 'unsure' });
    expect(text(await sees(channel, reference))).toContain('is not sure, or would rather not say');
    expect(await cardsAbout(grace, reference)).toEqual([]);
  });

  test('about somebody in the safeguarding team: the channel never has it, and the nurse is told to take care', async () => {
    const reference = await raised(amina, 'ward-3', ['Grace Okafor'], { aboutSenior: 'channel' });
    const mine = text(await sees(amina, reference, 'Sent to Grace Okafor'));
    expect(mine).toContain('It was not sent to a channel, because it may be about someone who reads it.');
    expect(text(await sees(grace, reference))).toContain(
      'This may be about someone in the safeguarding team. Do not tell that team of it.',
    );
    await raised(amina, 'ward-3', [IN_CHANNEL]);
    expect(await cardsAbout(channel, reference)).toEqual([]);
  });

  test('about that team: a card, which does not know who is in it, hands it over to nobody', async () => {
    const reference = await raised(amina, 'ward-3', ['Grace Okafor'], { aboutSenior: 'channel' });
    const shown = cardOf(await pressesOn(grace, reference, ACKNOWLEDGE));
    expect(allText(shown)).not.toContain('Ask which colleague to take this on?');
    const data = { reference, key: 'a-key-of-a-card', colleague: (await rehearsal.teams.placeOf('daniel')).person };
    expect(await grace.executes(shown, { verb: 'hand-over', data })).toHaveProperty(
      'message',
      expect.stringContaining('Choose a colleague from the list.'),
    );
  });

  test('about that team with nobody on duty: nobody is told, and the reporter rings at once', async () => {
    const sent = await raisesLivestream(amina, { department: 'ward-5', aboutSenior: 'channel' });
    expect(text(sent)).toContain('Recorded, but nobody has been told');
    expect(text(sent)).toContain('Nobody here has this. Ring now.');
    expect(text(sent)).toContain('Senior member of the department');
  });

  test('about that team: nobody in it fetches it by going on duty there, and whoever else comes gets it', async () => {
    const { teams } = rehearsal;
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-6', aboutSenior: 'channel' }));
    const priya = await opensChat(teams, 'priya');
    await goesOnDuty(priya, 'ward-6', await inMinutes(teams, 60));
    await goesOnDuty(daniel, 'ward-6', await inMinutes(teams, 60));
    await sees(daniel, reference, 'This may be about someone in the safeguarding team.');
    // What is raised there now comes to both: the other was not on its way.
    const next = referenceOn(await raisesLivestream(amina, { department: 'ward-6' }));
    await sees(priya, next);
    expect(await cardsAbout(priya, reference)).toEqual([]);
  });

  test('nothing that anybody wrote is in the log', () => {
    const words = ['corridor', 'misunderstanding', 'Which bay', 'Bay C', 'CAD 1234', 'streaming the bay', '4455'];
    for (const written of words) expect(rehearsal.logged()).not.toMatch(alone(written));
  });
});

/** Waits until the channel's card asks Teams to fetch its owner's own view. */
async function seesRefresh(viewer: Pick<ChatDriver, 'cards'>, reference: string): Promise<void> {
  const priya = 'refresh-referral';
  await seesTimes(
    { cards: async () => (await viewer.cards()).filter(({ card }) => JSON.stringify(card).includes(priya)) },
    1,
    reference,
  );
}
