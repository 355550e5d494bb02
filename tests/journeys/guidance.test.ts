import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  cardOf,
  opensChat,
  pressesInTurn,
  type Rehearsal,
  SOUTH_EAST_COAST,
  startRehearsal,
  text,
} from '../support/rehearsal.ts';

describe('questions that need no escalation', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
  });
  afterAll(() => rehearsal.stop());

  test('“can I post this photo?” ends in an answer at Worcestershire Acute, with nothing to raise', async () => {
    const amina = await opensChat(rehearsal.teams, 'amina');
    await amina.says('can I post this photo?');
    const outcome = text(
      await pressesInTurn(amina, [
        'Can I post this photo or video?',
        'No',
        'A patient, or part of one, such as a wound or scan',
        'No, not yet',
        "No, or I'm not sure",
      ]),
    );
    expect(outcome).toContain('⛔ No');
    expect(outcome).toMatch(/4\.1/);
    expect(outcome).not.toContain('Raise this');
  });

  test('“can I post this photo?” at South East Coast Ambulance: no job, whatever consent was given', async () => {
    const tom = await opensChat(rehearsal.teams, 'tom', SOUTH_EAST_COAST);
    await tom.says('can I post this photo?');
    const outcome = text(
      await pressesInTurn(tom, [
        'Can I post this photo or video?',
        'No',
        'No, not yet',
        'A patient, or any part of a job, scene or call',
      ]),
    );
    expect(outcome).toContain('⛔ No');
    expect(outcome).toMatch(/5\.3/);
  });

  test('“can I use WhatsApp for this?” tells a shift swap honestly that the policy is silent', async () => {
    const tom = rehearsal.teams.person('tom');
    await tom.says('can I use WhatsApp for this?');
    const outcome = text(
      await pressesInTurn(tom, [
        'Can I use WhatsApp for this?',
        'No',
        'No, I want to know before I send',
        'Shifts, sickness, leave or other staff matters',
        'A shift swap, or asking for cover',
      ]),
    );
    expect(outcome).toContain('Ask first');
    expect(outcome).toContain('What the policy does not say');
  });

  test('someone who chose the wrong Trust can change it, and the old card says so kindly', async () => {
    const helen = await opensChat(rehearsal.teams, 'helen');
    await helen.says('can I post this photo?');
    const old = await helen.lastCard();
    await helen.says('change Trust');
    await helen.presses(SOUTH_EAST_COAST);
    const answer = text(cardOf(await helen.presses('Can I post this photo or video?', { on: old })));
    expect(answer).toContain('This card is for another Trust');
    expect(answer).toContain('All topics');
  });

  test('a question typed before the Trust is known is answered once it is', async () => {
    const sam = rehearsal.teams.person('sam');
    await sam.opens();
    await sam.says('someone is filming on the ward');
    expect(text(await sam.lastCard())).toContain('Which Trust do you work for?');
    const answer = text(cardOf(await sam.presses('Worcestershire Acute Hospitals NHS Trust')));
    expect(answer).toContain('I think you mean');
    expect(answer).toContain('Someone is filming, photographing or livestreaming');
  });

  test('“Someone is at risk now” is one press from any card, and leads back', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('can I post this photo?');
    const question = await pressesInTurn(amina, ['Can I post this photo or video?', 'No']);
    const danger = cardOf(await amina.presses('Someone is at risk now', { on: question }));
    expect(text(danger)).toContain('Ring 999 now');
    const back = cardOf(await amina.presses('Go back to where I was', { on: danger }));
    expect(text(back)).toBe(text(question));
  });

  test('before any Trust is chosen, the way out still says to ring 999', async () => {
    const daniel = rehearsal.teams.person('daniel');
    await daniel.opens();
    const danger = text(cardOf(await daniel.presses('Someone is at risk now')));
    expect(danger).toContain('Ring 999 now if someone is in danger');
    expect(danger).toContain('tel:999');
  });

  test('a message about danger gets the danger card first, with the likely topic beneath', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('a man on the ward says he will stab the nurse who filmed him');
    const card = text(await amina.lastCard());
    expect(card).toContain('Ring 999 now');
    expect(card).toContain('did you mean one of these?');
  });

  test('a question that no policy here covers says so and forces no fit', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('my payslip is wrong this month');
    expect(text(await amina.lastCard())).toContain('I do not have an answer to that');
  });
});

describe('commands typed in the chat', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(() => rehearsal.stop());

  test.each(['help', 'topics', 'start again', 'Help!'])('“%s” shows the topics and the commands', async (command) => {
    const amina = rehearsal.teams.person('amina');
    await amina.says(command);
    const card = text(await amina.lastCard());
    expect(card).toContain(
      'You can also type: help, topics, start again, on duty, off duty, who is on duty, my referrals, change Trust.',
    );
  });

  test('on duty asks for what is missing, then says until when; off duty ends it', async () => {
    const grace = await opensChat(rehearsal.teams, 'grace');
    await grace.says('on duty');
    const asked = cardOf(await grace.presses('Go on duty', { inputs: { until: '19:30' } }));
    expect(text(asked)).toContain('Choose a ward or department from the list.');
    const on = cardOf(
      await grace.presses('Go on duty', { on: asked, inputs: { department: 'ward-9', until: '19:30' } }),
    );
    expect(text(on)).toContain('You are on duty for Ward 9.');
    expect(text(on)).toMatch(/You are on duty until 7:30pm/);
    await grace.says('off duty');
    expect(text(await grace.lastCard())).toContain('You are off duty now.');
    expect(text(await grace.lastCard())).not.toContain('You are on duty until');
  });

  test('my referrals lists nothing for someone who raised nothing', async () => {
    const daniel = await opensChat(rehearsal.teams, 'daniel');
    await daniel.says('my referrals');
    expect(text(await daniel.lastCard())).toContain('You have not raised anything with this bot.');
  });
});
