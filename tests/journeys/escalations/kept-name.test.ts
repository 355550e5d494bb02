import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import {
  allText,
  cardOf,
  cardsAbout,
  fillsIn,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  type ShownCard,
  sees,
  text,
  walksToLivestream,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, startStory } from './stories.ts';

const KEPT = { yourName: 'kept', callBack: '', safeToRing: '' } as const;
const INSTEAD = 'Name kept confidential';

let rehearsal: Rehearsal;
let amina: PersonDriver;
let grace: PersonDriver;
let daniel: PersonDriver;
let channel: ChatDriver;
beforeAll(async () => {
  rehearsal = await startStory();
  const { teams } = rehearsal;
  amina = await opensChat(teams, 'amina');
  grace = await opensChat(teams, 'grace');
  daniel = await opensChat(teams, 'daniel');
  channel = teams.channel(CHANNEL).as('priya');
  await goesOnDuty(grace, 'ward-9', await inMinutes(teams, 600));
});
afterAll(() => rehearsal.stop());

/** Everything on a card, drawn or not. */
const all = ({ card }: ShownCard): string => JSON.stringify(card);

test('before somebody chooses, the form says what is kept from whom, who can open it, and that it is no full promise', async () => {
  const form = text(cardOf(await amina.presses('Raise this', { on: await walksToLivestream(amina) })));
  for (const words of [
    `Those who get this, such as the senior nurse on duty and the safeguarding team, read “${INSTEAD}”.`,
    'They can ask you things through me, and you can answer, without your name.',
    'Nobody can ring you. A number would show who you are.',
    'It is never a full promise. Your name may have to be opened if someone is at risk, or if the law says so.',
    'I know your name, so those who run me can be made to find out.',
    'Only two safeguarding leads together can open it at the desk: one says why, and another agrees. If they do, I tell you at once who and why.',
    'What you write may show who you are, and people where you work may guess.',
  ]) {
    expect(form).toContain(words);
  }
});

test('a number or one’s own name beside a kept name is sent back, with all that was typed', async () => {
  const outcome = await walksToLivestream(amina);
  const back = await fillsIn(amina, outcome, { yourName: 'kept' });
  expect(text(back)).toContain('A number would show who you are. Take it out, or choose to show your name.');
  expect(all(back)).toContain('4455');
  const description = 'I am amina  YUSUF and I saw it.';
  const again = cardOf(await amina.presses('Check your answers', { on: back, inputs: { ...KEPT, description } }));
  expect(text(again)).toContain('Your name is in what you wrote.');
  expect(all(again)).toContain(description);
  const check = cardOf(await amina.presses('Check your answers', { on: again, inputs: { description: 'I saw it.' } }));
  expect(text(check)).toContain('Your name is kept from those who get this');
  expect(text(check)).toContain('You are raising this as Amina Yusuf. They do not see that name.');
});

test('questions and answers, additions and the wish to withdraw go both ways without the name', async () => {
  const reference = referenceOn(await raisesLivestream(amina, KEPT));
  await sees(
    amina,
    reference,
    'Your name is not shown to those who get this. Questions and answers go through Signpost.',
  );
  await sees(grace, reference, INSTEAD);
  await pressesOn(grace, reference, ACKNOWLEDGE);
  await pressesOn(grace, reference, 'Send question', { question: 'Is he still there?' });
  await sees(amina, reference, 'Grace Okafor asks you', 'Is he still there?');
  await pressesOn(amina, reference, 'Send answer', { answer: 'Yes, in bay 3.' });
  await sees(grace, reference, 'The person who raised this answered', 'Yes, in bay 3.');
  await pressesOn(amina, reference, 'Send it', { addition: 'He has gone.' });
  await sees(grace, reference, 'The person who raised this added something');
  await pressesOn(amina, reference, 'Ask', { reason: 'It is over.' });
  await sees(channel, reference, 'The person who raised this asked to withdraw this');
  await pressesOn(grace, reference, 'Tell them that it goes on', { reason: 'We look at it.' });
  await sees(amina, reference, 'Grace Okafor decided to go on with this', 'You answered');
  for (const viewer of [grace, channel]) {
    for (const card of await cardsAbout(viewer, reference)) expect(all(card)).not.toMatch(/amina|yusuf/i);
  }
  expect(rehearsal.logged()).not.toMatch(/amina|yusuf/i);
});

test('whoever is on duty there and keeps their name gets it like the others, is told to ring, and cannot have it', async () => {
  await goesOnDuty(daniel, 'ward-8', await inMinutes(rehearsal.teams, 600));
  const reference = referenceOn(await raisesLivestream(daniel, { ...KEPT, department: 'ward-8' }));
  const own = await sees(daniel, reference, 'You are on duty there yourself, so it came to you too.');
  expect(text(own)).toContain('Recorded, but nobody on duty has it');
  expect(text(own)).toContain('Nobody who is on duty has this yet. Ring now.');
  expect(text(own)).not.toContain('Sent to Daniel Reid, senior nurse on duty at');
  const asOnDuty = await sees(daniel, reference, 'You raised this yourself.');
  expect(allText(asOnDuty)).not.toContain(ACKNOWLEDGE);
  // To everybody else he is the one on duty there, and no more.
  const others = text(await sees(channel, reference, ACKNOWLEDGE, INSTEAD));
  expect(others).not.toContain('No senior nurse on duty is signed on');
});
