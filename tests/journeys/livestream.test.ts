import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  allText,
  cardOf,
  fillsIn,
  goesOnDuty,
  opensChat,
  pressesInTurn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  text,
  WORCESTERSHIRE,
  waitFor,
  walksToLivestream,
} from '../support/rehearsal.ts';

/** The first story, as three people live it, through the sandbox's HTTP edge. */
describe('a visitor is livestreaming the ward', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
  });
  afterAll(() => rehearsal.stop());

  test('the chat opens with what the bot is for, and asks which Trust', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.opens();
    const first = text(await amina.lastCard());
    expect(first).toContain('I am not an emergency service');
    expect(first).toContain('Which Trust do you work for?');
    expect(first).toContain('Someone is at risk now');

    const card = cardOf(await amina.presses(WORCESTERSHIRE));
    // Topics are folded away under their groups.
    const welcome = allText(card);
    expect(welcome).toContain('Hello Amina');
    expect(welcome).toContain(`Answers are for ${WORCESTERSHIRE}.`);
    expect(welcome).toContain('Someone is filming, photographing or livestreaming');
    expect(welcome).toContain('Can I post this photo or video?');
    expect(welcome).toContain('Someone is at risk now');
  });

  test('a typed question is understood aloud, never entered silently', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('a visitor is livestreaming the ward');
    const offer = text(await amina.lastCard());
    expect(offer).toContain('I think you mean');
    expect(offer).toContain('Someone is filming, photographing or livestreaming');
    expect(offer).toContain('None of these');
    expect(offer).toContain('Someone is at risk now');
  });

  test('what the message says already is shown as understood, can be taken back, and is never about danger', async () => {
    const amina = rehearsal.teams.person('amina');
    const danger = await pressesInTurn(amina, ['Someone is filming, photographing or livestreaming']);
    expect(text(danger)).toContain('Is anyone in danger');
    expect(text(danger)).toContain('What I have understood already');
    expect(text(danger)).toContain('A visitor or relative');
    const taken = cardOf(await amina.presses('Take back: Who is filming', { on: danger }));
    expect(text(cardOf(await amina.presses('No', { on: taken })))).toContain(
      'Who is filming, taking photos or livestreaming?',
    );
  });

  test('one question a card, with the answers so far, and never a second message', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('someone is filming on the ward');
    const before = (await amina.messages()).length;
    const shown = await pressesInTurn(amina, [
      'Someone is filming, photographing or livestreaming',
      'No',
      'A visitor or relative',
    ]);
    const question = text(shown);
    expect(question).toContain('Who could it show or identify?');
    expect(question).toContain('Your answers');
    expect(question).toContain('Who is filming');
    expect(question).toContain('A visitor or relative');
    expect(question).toMatch(/Why we ask: ./);
    for (const button of ['Back', 'Start again', 'Someone is at risk now']) expect(question).toContain(button);
    expect((await amina.messages()).length).toBe(before);
  });

  test('Back takes one answer away, and Change keeps the later ones', async () => {
    const amina = rehearsal.teams.person('amina');
    const shown = await walksToLivestream(amina);
    const back = cardOf(await amina.presses('Back', { on: shown }));
    expect(text(back)).toContain('Is it happening now, or has it been shared?');

    const changed = cardOf(await amina.presses('Change: Who it shows', { on: shown }));
    expect(text(changed)).toContain('Who could it show or identify?');
    const again = cardOf(await amina.presses('Staff or another patient', { on: changed }));
    expect(text(again)).toContain('Tell the senior person in charge of the department now');
  });

  test('the outcome can be read at a glance, says whom to contact and cites each line', async () => {
    const amina = rehearsal.teams.person('amina');
    const outcome = await walksToLivestream(amina);
    const read = text(outcome);
    expect(read).toContain('Act now');
    expect(read).toContain('Tell the senior person in charge of the department now');
    expect(read).toMatch(/^1$/m);
    expect(read).toMatch(/Policy .*4\.2/);
    expect(read).toContain('mailto:wah-tr.SafeguardingWorcsacute@nhs.net');
    expect(read).toContain('Monday to Friday, 9am to 5pm');
    expect(read).toContain('Raise this');
    expect(read).toContain('Draft: the policy owner has not yet approved this guidance.');
    expect(read).not.toContain('2 February 2025');

    const behind = allText(outcome);
    expect(behind).toContain('WAHT-4.2');
    expect(behind).toContain('Safeguarding and Internet and Social Media Use');
    expect(behind).toContain('2 February 2025');
    expect(behind).toContain('28 January 2028');
    expect(behind).toContain('not stated');
  });

  test('before Send, the reporter sees who gets it, under what name, and what it is not', async () => {
    const grace = await opensChat(rehearsal.teams, 'grace');
    await goesOnDuty(grace, 'ward-9', '23:59');
    const amina = rehearsal.teams.person('amina');
    const form = cardOf(await amina.presses('Raise this', { on: await walksToLivestream(amina) }));
    expect(text(form)).toContain('Leave out names');
    expect(text(form)).toContain('Is it safe to ring this number?');
    expect(text(form)).toContain('Is this about someone who would be told?');

    const check = text(await fillsIn(amina, await walksToLivestream(amina)));
    expect(check).toContain('Ward 9');
    expect(check).toContain('Grace Okafor, senior nurse on duty for Ward 9');
    expect(check).toContain('The channel “Safeguarding referrals”');
    expect(check).toContain('You are raising this as Amina Yusuf');
    expect(check).toContain('This is not a report to the police or to social care.');
    expect(check).toContain('We cannot promise to keep it confidential');
  });

  test('Send reaches the senior nurse and the channel, and the reporter is told the truth', async () => {
    const amina = rehearsal.teams.person('amina');
    const grace = rehearsal.teams.person('grace');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const sent = await raisesLivestream(amina);
    const reference = referenceOn(sent);
    expect(text(sent)).toContain('No one has confirmed reading this yet.');
    expect(text(sent)).toContain('Being sent to Grace Okafor');

    const atNurse = await sees(grace, reference, 'Nobody has acknowledged this yet');
    expect(text(atNurse)).toContain('A visitor is streaming the bay live.');
    expect(text(atNurse)).toContain('Yes, but do not leave a message');
    await sees(channel, reference, 'Nobody has acknowledged this yet');
    const reporter = await sees(
      amina,
      reference,
      'Sent to Grace Okafor',
      'Sent to the channel “Safeguarding referrals”',
    );
    expect(text(reporter)).toContain('No one has confirmed reading this yet.');
    expect(text(reporter)).toContain('If it cannot wait, ring');
    expect(text(reporter)).not.toContain('has been received');
  });

  test('the nurse acknowledges, takes it on, adds a note and closes it, and every card follows', async () => {
    const amina = rehearsal.teams.person('amina');
    const grace = rehearsal.teams.person('grace');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const reference = referenceOn(await raisesLivestream(amina));
    const escalation = await sees(grace, reference, 'Acknowledge: I have this');

    await grace.presses('Acknowledge: I have this', { on: escalation });
    for (const viewer of [grace, channel, amina]) await sees(viewer, reference, 'Grace Okafor acknowledged this');
    expect(text(await sees(amina, reference, 'Grace Okafor has this'))).not.toContain('No one has confirmed');

    await grace.presses('Take it on', { on: await sees(grace, reference, 'Take it on') });
    for (const viewer of [channel, amina]) await sees(viewer, reference, 'Grace Okafor took this on');

    const working = await sees(grace, reference, 'Grace Okafor took this on');
    await grace.presses('Save note', { on: working, inputs: { note: 'Spoke to the visitor.' } });
    await sees(channel, reference, '“Spoke to the visitor.”');

    const noted = await sees(grace, reference, '“Spoke to the visitor.”');
    await grace.presses('Close this referral', { on: noted, inputs: { outcome: 'The stream was stopped.' } });
    for (const viewer of [grace, channel, amina]) {
      await sees(viewer, reference, 'Grace Okafor closed this', '“The stream was stopped.”');
    }
    expect(text(await sees(amina, reference, 'Closed'))).not.toContain('Spoke to the visitor');
  });

  test('a second person who presses Acknowledge on a stale card is shown who got there first', async () => {
    const amina = rehearsal.teams.person('amina');
    const grace = rehearsal.teams.person('grace');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('helen');
    const reference = referenceOn(await raisesLivestream(amina));
    const stale = await sees(channel, reference, 'Acknowledge: I have this');
    await grace.presses('Acknowledge: I have this', { on: await sees(grace, reference, 'Acknowledge: I have this') });

    const answer = cardOf(await channel.presses('Acknowledge: I have this', { on: stale }));
    expect(text(answer)).toMatch(/Grace Okafor got there first, at \d+:\d\d[ap]m/);
    await sees(amina, reference, 'Grace Okafor has this');
  });

  test('with nobody on duty the channel gets it at once, marked so, and the reporter is told', async () => {
    const amina = rehearsal.teams.person('amina');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-2' }));
    await sees(channel, reference, 'No senior nurse on duty is signed on for Ward 2.');
    await sees(amina, reference, 'No senior nurse on duty is signed on for Ward 2.', 'Sent to the channel');
  });

  test('a concern about someone in charge goes round the nurse on duty', async () => {
    const amina = rehearsal.teams.person('amina');
    const grace = rehearsal.teams.person('grace');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const reference = referenceOn(await raisesLivestream(amina, { aboutSenior: 'unsure' }));
    await sees(channel, reference, 'because it may be about someone in charge');
    await sees(amina, reference, 'Sent to the channel');
    const atNurse = (await grace.cards()).filter((card) => text(card).includes(reference));
    expect(atNurse).toEqual([]);
  });

  test('when nobody acknowledges in time, the reporter is told to ring', async () => {
    const amina = rehearsal.teams.person('amina');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const reference = referenceOn(await raisesLivestream(amina, { department: 'ward-3' }));
    await sees(channel, reference, 'Nobody has acknowledged this yet');
    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Recorded, but nobody has answered', 'We could not get an answer for you. Ring now.');
    await sees(channel, reference, 'Nobody has acknowledged this in time');
  });

  test('pressing Send twice raises one referral', async () => {
    const amina = rehearsal.teams.person('amina');
    const check = await fillsIn(amina, await walksToLivestream(amina));
    const [first, second] = await Promise.all([
      amina.presses('Send', { on: check }),
      amina.presses('Send', { on: check }),
    ]);
    expect(referenceOn(cardOf(first))).toBe(referenceOn(cardOf(second)));
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const reference = referenceOn(cardOf(first));
    await sees(channel, reference);
    await waitFor(async () => (await sees(amina, reference, 'Sent to the channel')) !== undefined, 'delivery');
    const posted = (await channel.cards()).filter((card) => text(card).includes(reference));
    expect(posted.length).toBe(1);
  });
});
