import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import {
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  text,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, NOBODY_HAS_IT, raised, seesTimes, startStory } from './stories.ts';

const IN_CHANNEL = `the channel “${CHANNEL}”`;
const AT = /at \d+:\d\d[ap]m/;

/** What the reporter's card says in each state: never more than is known. */
describe('the reporter is told the truth', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let channel: ChatDriver;
  beforeAll(async () => {
    rehearsal = await startStory();
    const { teams } = rehearsal;
    amina = await opensChat(teams, 'amina');
    grace = await opensChat(teams, 'grace');
    channel = teams.channel(CHANNEL).as('priya');
    await goesOnDuty(grace, 'ward-1', await inMinutes(teams, 1_000));
  });
  afterEach(() => rehearsal.teams.clearTroubles());
  afterAll(() => rehearsal.stop());

  test('recorded and being sent: no more than that, and whom to ring', async () => {
    const sent = text(await raisesLivestream(amina, { department: 'ward-1' }));
    expect(sent).toContain('Recorded. Being sent now');
    expect(sent).toMatch(/Recorded at \d+:\d\d[ap]m\./);
    expect(sent).toContain('Being sent to Grace Okafor, senior nurse on duty.');
    expect(sent).toContain(`Being sent to ${IN_CHANNEL}.`);
    expect(sent).toContain(NOBODY_HAS_IT);
    expect(sent).toContain('If it cannot wait, ring');
    expect(sent).toContain('This is not a report to the police or to social care.');
    expect(sent).not.toMatch(/Sent to|received|acknowledged by/);
  });

  test('sent: to whom and when, and that this is not to have been read', async () => {
    const reference = await raised(amina, 'ward-1', ['Grace Okafor', IN_CHANNEL]);
    const sent = text(await sees(amina, reference, 'Sent. Not confirmed yet'));
    expect(sent).toMatch(new RegExp(`Sent to Grace Okafor, senior nurse on duty ${AT.source}\\.`));
    expect(sent).toMatch(new RegExp(`Sent to ${IN_CHANNEL} ${AT.source}\\.`));
    expect(sent).toContain(NOBODY_HAS_IT);
    expect(sent).toContain('Do not wait for an answer here.');
  });

  test('it may have arrived: the reporter is told so, and the double is marked', async () => {
    const { teams } = rehearsal;
    await teams.trouble({ is: 'bad-gateway', person: 'Grace Okafor', times: 1, delivered: true });
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-1' }));
    await sees(grace, reference, 'Possible duplicate: this may have reached you already.');
    const [first, double] = await seesTimes(grace, 2, reference, ACKNOWLEDGE);
    expect(text(first ?? (await grace.lastCard()))).not.toContain('Possible duplicate');
    const card = text(await sees(amina, reference, 'Sent to Grace Okafor'));
    expect(card).toContain('Could not confirm that it arrived with Grace Okafor, senior nurse on duty');
    expect(card).not.toContain('We could not confirm that it arrived with Grace Okafor');

    // Either of the two can be pressed.
    await grace.presses(ACKNOWLEDGE, { on: first ?? double });
    await sees(amina, reference, 'Grace Okafor has this');
  });

  test('still not known whether it arrived: that stands on the card', async () => {
    const { teams } = rehearsal;
    await teams.trouble({ is: 'gateway-timeout', person: 'Grace Okafor' });
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-1' }));
    const card = text(
      await sees(
        amina,
        reference,
        'We could not confirm that it arrived with Grace Okafor, senior nurse on duty. It is being sent again.',
        `Sent to ${IN_CHANNEL}`,
      ),
    );
    expect(card).toContain(NOBODY_HAS_IT);
    await teams.clearTroubles();
    await teams.advance(1);
    await sees(amina, reference, 'Sent to Grace Okafor');
  });

  test('Teams is busy: nothing is claimed until it has arrived', async () => {
    const { teams } = rehearsal;
    await teams.trouble({ is: 'too-many-requests', retryAfter: 90, times: 1, channel: CHANNEL });
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-2' }));
    const card = text(await sees(amina, reference, `Being sent to ${IN_CHANNEL}.`));
    expect(card).toContain('Recorded, but nobody on duty has it');
    await teams.advance(2);
    await sees(amina, reference, `Sent to ${IN_CHANNEL}`);
    expect(text(await sees(channel, reference))).not.toContain('Possible duplicate');
  });

  test('too much is sent to somebody: what they ask is answered a little later, and not never', async () => {
    const daniel = await opensChat(rehearsal.teams, 'daniel');
    await rehearsal.teams.trouble({ is: 'too-many-requests', on: 'send', person: 'Daniel Reid', times: 2 });
    await daniel.says('my referrals');
    await sees(daniel, 'You have not raised anything with this bot.');
    expect(await rehearsal.teams.troubles()).toEqual([]);
  });

  test('it cannot be delivered to anybody: ring, and whom', async () => {
    await rehearsal.teams.trouble({ is: 'disabled-by-admin', channel: CHANNEL });
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-3' }));
    const card = text(await sees(amina, reference, `It could not be delivered to ${IN_CHANNEL}.`));
    expect(card).toContain('Recorded, but it could not be delivered');
    expect(card).toContain('Nobody here has this. Ring now.');
    expect(card).toContain('Senior member of the department');
    expect(card).toContain(NOBODY_HAS_IT);
  });

  test('acknowledged, worked on, closed: who has it, since when, and what came of it', async () => {
    const reference = await raised(amina, 'ward-1', ['Grace Okafor', IN_CHANNEL]);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    const has = text(await sees(amina, reference, 'Grace Okafor has this'));
    expect(has).toMatch(new RegExp(`Grace Okafor acknowledged this ${AT.source} and is responsible for it now\\.`));
    expect(has).not.toContain(NOBODY_HAS_IT);
    expect(has).not.toContain('If it cannot wait, ring');
    await pressesOn(grace, reference, 'Take it on');
    const works = text(await sees(amina, reference, 'Grace Okafor is working on this'));
    expect(works).toMatch(new RegExp(`Grace Okafor took this on ${AT.source} and is responsible for it now\\.`));
    await pressesOn(grace, reference, 'Close this referral', { outcome: 'The film is deleted.' });
    const closed = text(await sees(amina, reference, 'Closed', '“The film is deleted.”'));
    expect(closed).toMatch(new RegExp(`Grace Okafor closed this ${AT.source}\\.`));
    expect(closed).not.toContain('is responsible for it now');
    expect(closed).toContain('This is not a report to the police or to social care.');
  });

  test('“my referrals” lists them all with their state, and opens each as it is now', async () => {
    const open = await raised(amina, 'ward-1', ['Grace Okafor']);
    const held = await raised(amina, 'ward-1', ['Grace Okafor']);
    await pressesOn(grace, held, ACKNOWLEDGE);
    await sees(amina, held, 'Grace Okafor has this');
    await amina.says('my referrals');
    const list = await sees(amina, `${open}: Not yet acknowledged`, `${held}: Acknowledged`);
    await amina.presses(`${held}: Acknowledged`, { on: list });
    await seesTimes(amina, 2, `Referral ${held}`, 'Grace Okafor has this');

    const sam = await opensChat(rehearsal.teams, 'sam');
    await sam.says('my referrals');
    expect(text(await sees(sam, 'You have not raised anything with this bot.'))).not.toContain(open);
  });

  test('nothing that anybody wrote is in the log', () => {
    for (const words of ['streaming the bay', '4455', 'film is deleted']) {
      expect(rehearsal.logged()).not.toContain(words);
    }
  });
});
