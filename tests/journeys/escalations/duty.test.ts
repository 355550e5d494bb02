import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import { TEAM } from '../../../src/sandbox/people.ts';
import {
  cardOf,
  cardsAbout,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  SOUTH_EAST_COAST,
  sees,
  text,
  WORCESTERSHIRE,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, NOBODY_HAS_IT, raised, startStory } from './stories.ts';

const IN_CHANNEL = `the channel “${CHANNEL}”`;

/** Senior nurses come on duty, hand over and come off, and what staff raise follows them. */
describe('on duty', () => {
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
  });
  afterAll(() => rehearsal.stop());

  const onDutyFor = async (person: PersonDriver, ward: string, minutes: number): Promise<void> => {
    await goesOnDuty(person, ward, await inMinutes(rehearsal.teams, minutes));
  };
  const comesOff = async (person: PersonDriver): Promise<void> => {
    await person.says('off duty');
  };

  test('with nobody on duty the channel has it at once, and the reporter is told why and whom to ring', async () => {
    const reference = await raised(amina, 'ward-1', [IN_CHANNEL]);
    const card = text(await sees(amina, reference, 'No senior nurse on duty is signed on for Ward 1.'));
    expect(card).toContain('Recorded, but nobody on duty has it');
    expect(card).toContain('Nobody who is on duty has this yet. Ring now.');
    expect(card).toContain('Ring one of these, or go and find them:');
    expect(card).toContain(NOBODY_HAS_IT);
  });

  test('of two nurses on duty both get it, the first to acknowledge has it, and the other is told who', async () => {
    await onDutyFor(grace, 'ward-2', 300);
    await onDutyFor(daniel, 'ward-2', 300);
    const reference = await raised(amina, 'ward-2', ['Grace Okafor', 'Daniel Reid', IN_CHANNEL]);
    const stale = await sees(daniel, reference, ACKNOWLEDGE);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await sees(daniel, reference, 'Grace Okafor acknowledged this');
    const answer = text(cardOf(await daniel.presses(ACKNOWLEDGE, { on: stale })));
    expect(answer).toMatch(/Grace Okafor got there first, at \d+:\d\d[ap]m\./);
    expect(text(await sees(amina, reference, 'Grace Okafor has this'))).not.toContain('Daniel Reid has');
    await comesOff(grace);
    await comesOff(daniel);
  });

  test('a nurse hands over: until the colleague accepts, nothing changes', async () => {
    await onDutyFor(daniel, 'ward-3', 60);
    await comesOff(daniel);
    await onDutyFor(grace, 'ward-3', 300);
    const form = await sees(grace, 'On duty', 'You are on duty until');
    const asked = cardOf(
      await grace.presses('Hand over Ward 3', { on: form, inputs: { colleague: idOf(form, 'Daniel Reid') } }),
    );
    expect(text(asked)).toContain('They have been asked. You stay on duty until they accept.');
    expect(text(asked)).toContain('You asked Daniel Reid to take over Ward 3. They have not answered yet.');

    const request = await sees(daniel, 'Grace Okafor asks you to take over Ward 3');
    expect(text(request)).toContain('Until you accept, they still are.');
    const reference = await raised(amina, 'ward-3', ['Grace Okafor']);
    expect(await cardsAbout(daniel, reference)).toEqual([]);

    const declined = cardOf(await daniel.presses('Decline', { on: request }));
    expect(text(declined)).toContain('Grace Okafor has been told, and is still on duty for Ward 3.');
    const told = text(await sees(grace, 'Daniel Reid cannot take over Ward 3'));
    expect(told).toContain('You are still on duty there. Ask somebody else.');
  });

  test('accepted, the colleague is on duty, gets what nobody has acknowledged, and the nurse is off', async () => {
    const waiting = await raised(amina, 'ward-3', ['Grace Okafor']);
    await grace.says('on duty');
    const form = await sees(grace, 'You are on duty until');
    await grace.presses('Hand over Ward 3', { on: form, inputs: { colleague: idOf(form, 'Daniel Reid') } });
    const until = await inMinutes(rehearsal.teams, 120);
    const request = await sees(daniel, 'Grace Okafor asks you to take over Ward 3', 'Accept: I take over');
    const accepted = cardOf(await daniel.presses('Accept: I take over', { on: request, inputs: { until } }));
    expect(text(accepted)).toContain('You are on duty for Ward 3');
    expect(text(accepted)).toContain('Grace Okafor is off duty there.');
    const told = text(await sees(grace, 'Daniel Reid has taken over Ward 3'));
    expect(told).toContain('What you have acknowledged stays yours: hand it over on its own card.');

    await sees(daniel, waiting, ACKNOWLEDGE);
    await sees(amina, waiting, 'Daniel Reid came on duty and was sent this', 'Sent to Daniel Reid');
    const next = await raised(amina, 'ward-3', ['Daniel Reid', IN_CHANNEL]);
    expect(await cardsAbout(grace, next)).toEqual([]);

    const again = cardOf(await daniel.presses('Accept: I take over', { on: request, inputs: { until } }));
    expect(text(again)).toContain('This was settled already');
    await comesOff(daniel);
  });

  test('a colleague who accepts after the nurse has come off is told that it was settled', async () => {
    await onDutyFor(grace, 'ward-4', 300);
    const form = await sees(grace, 'You are on duty until');
    await grace.presses('Hand over Ward 4', { on: form, inputs: { colleague: idOf(form, 'Daniel Reid') } });
    const request = await sees(daniel, 'Grace Okafor asks you to take over Ward 4');
    await comesOff(grace);
    const until = await inMinutes(rehearsal.teams, 120);
    const answer = text(cardOf(await daniel.presses('Accept: I take over', { on: request, inputs: { until } })));
    expect(answer).toContain('This was settled already');
    expect(answer).toContain('To go on duty all the same, type “on duty”.');
  });

  test('a nurse who comes on duty gets what waits there, and nothing that somebody has already', async () => {
    const taken = await raised(amina, 'ward-5', [IN_CHANNEL]);
    await pressesOn(channel, taken, ACKNOWLEDGE);
    await sees(amina, taken, 'Priya Nair has this');
    const waiting = await raised(amina, 'ward-5', [IN_CHANNEL]);
    await onDutyFor(grace, 'ward-5', 300);
    await pressesOn(grace, waiting, ACKNOWLEDGE);
    await sees(amina, waiting, 'Grace Okafor has this');
    expect(await cardsAbout(grace, taken)).toEqual([]);
    await comesOff(grace);
  });

  test('before a duty ends with something open, the nurse is warned; with nothing open she is not', async () => {
    const sam = await opensChat(rehearsal.teams, 'sam');
    await onDutyFor(sam, 'ward-6', 60);
    await onDutyFor(grace, 'ward-7', 60);
    const open = await raised(amina, 'ward-7', ['Grace Okafor']);
    await pressesOn(grace, open, ACKNOWLEDGE);
    await sees(amina, open, 'Grace Okafor has this');
    await rehearsal.teams.advance(25);
    await rehearsal.teams.advance(10);
    const warning = await sees(grace, 'Your duty for Ward 7 ends at');
    expect(text(warning)).toContain(open);
    expect(text(warning)).toContain('Hand over before you go, or stay on longer.');
    expect(text(cardOf(await grace.presses('Hand over or change the time', { on: warning })))).toContain('Ward 7');
    expect((await sam.cards()).filter((card) => text(card).includes('Your duty for Ward 6'))).toEqual([]);
    await pressesOn(grace, open, 'Close this referral', { outcome: 'Settled.' });
    await comesOff(grace);
  });

  test('a warning never names a concern that went round the nurse', async () => {
    await onDutyFor(grace, 'ward-8', 60);
    const round = await raised(amina, 'ward-8', [IN_CHANNEL], { aboutSenior: 'yes' });
    const hers = await raised(amina, 'ward-8', ['Grace Okafor']);
    await rehearsal.teams.advance(35);
    const warning = text(await sees(grace, 'Your duty for Ward 8 ends at', hers));
    expect(warning).not.toContain(round);
    await comesOff(grace);
  });

  test('after its end a duty is over: the next referral does not go to that nurse', async () => {
    await onDutyFor(grace, 'ward-9', 30);
    await rehearsal.teams.advance(31);
    const reference = await raised(amina, 'ward-9', [IN_CHANNEL]);
    expect(text(await sees(amina, reference))).toContain('No senior nurse on duty is signed on for Ward 9.');
    expect(await cardsAbout(grace, reference)).toEqual([]);
  });

  test('“who is on duty” shows who has what until when, and the gaps first', async () => {
    await onDutyFor(grace, 'ward-1', 300);
    await amina.says('who is on duty');
    const board = text(await sees(amina, 'On duty at Worcestershire Acute'));
    expect(board).toMatch(/Grace Okafor, until \d+:\d\d[ap]m/);
    expect(board).toContain('Nobody is signed on in 24 of 25');
    expect(board.indexOf('Nobody is signed on')).toBeLessThan(board.indexOf('Grace Okafor'));
    // And from the card that one goes on duty with.
    await amina.says('on duty');
    const pressed = await amina.presses('Who is on duty', { on: await sees(amina, 'Go on duty') });
    expect(text(cardOf(pressed))).toContain('On duty at Worcestershire Acute');
    await comesOff(grace);
  });

  test('in the channel the safeguarding team asks the same, and has to say once which Trust', async () => {
    await onDutyFor(grace, 'ward-2', 300);
    await channel.says('@Signpost who is on duty?');
    expect(text(await sees(channel, 'Which Trust?'))).toContain('Say which is yours in a chat between you and me');

    await opensChat(rehearsal.teams, 'priya');
    await channel.says('@Signpost who is on duty?');
    const board = await sees(channel, 'On duty at Worcestershire Acute');
    expect(text(board)).toMatch(/Ward 2\nGrace Okafor, until \d+:\d\d[ap]m/);
    expect(text(board)).not.toContain('All topics');
    // The board stays for the others: what to do in danger comes as a message of its own.
    await channel.presses('Someone is at risk now', { on: board });
    await sees(channel, 'Ring 999');
    await sees(channel, 'On duty at Worcestershire Acute');
    await comesOff(grace);
  });

  test('anything else in the channel is for a chat of one’s own', async () => {
    await channel.says('@Signpost can I post this photo?');
    const answer = text(await sees(channel, 'Ask me in a chat of your own'));
    expect(answer).toContain('Here you can ask me “who is on duty”.');
    expect(answer).not.toContain('All topics');
  });

  test('in danger, somebody who has not said which Trust is theirs does not wipe the channel’s card', async () => {
    const reference = await raised(amina, 'ward-1', [IN_CHANNEL]);
    const helen = rehearsal.teams.channel(CHANNEL).as('helen');
    await helen.presses('Someone is at risk now', { on: await sees(helen, reference, ACKNOWLEDGE) });
    await sees(helen, 'Ring 999 now if someone is in danger');
    await sees(helen, reference, ACKNOWLEDGE);
  });
});

/** The value by which a form's list of colleagues names somebody. */
function idOf(form: { readonly card: unknown }, name: string): string {
  const found = new RegExp(`\\{"title":"${name}","value":"([^"]+)"\\}`).exec(JSON.stringify(form.card));
  if (found?.[1] === undefined) throw new Error(`${name} is not in the list.`);
  return found[1];
}

describe('in a team that receives nobody’s referrals', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startStory({ SAFEGUARDING_TEAMS: 'worcestershire-acute=another-group' });
    await opensChat(rehearsal.teams, 'priya');
  });
  afterAll(() => rehearsal.stop());

  test('nobody is told there who is on duty', async () => {
    const channel = rehearsal.teams.channel(CHANNEL).as('priya');
    await channel.says('@Signpost who is on duty?');
    const answer = text(await sees(channel, 'Ask me in a chat of your own'));
    expect(answer).not.toContain('Here you can ask me');
  });
});

describe('where only the members of a team may go on duty', () => {
  let rehearsal: Rehearsal;
  let priya: PersonDriver;
  let helen: PersonDriver;
  beforeAll(async () => {
    rehearsal = await startStory({ DUTY_TEAMS: `worcestershire-acute=${TEAM.aadGroupId}` });
    priya = await opensChat(rehearsal.teams, 'priya');
    helen = await opensChat(rehearsal.teams, 'helen');
  });
  afterAll(() => rehearsal.stop());

  const goesOn = async (person: PersonDriver, ward: string): Promise<void> =>
    goesOnDuty(person, ward, await inMinutes(rehearsal.teams, 60));
  const onTheBoard = async (): Promise<string> => {
    await priya.says('who is on duty');
    return text(await sees(priya, 'On duty at Worcestershire Acute'));
  };

  test('a member can', async () => {
    await goesOn(priya, 'ward-1');
    expect(await onTheBoard()).toContain('Priya Nair');
  });

  test('nobody else can, and they are told why', async () => {
    const grace = await opensChat(rehearsal.teams, 'grace');
    await goesOn(grace, 'ward-2');
    await sees(grace, 'Only members of the team that Worcestershire Acute has named');
    expect(await onTheBoard()).not.toContain('Grace Okafor');
  });

  test('somebody who has left the team cannot take over from a member', async () => {
    await goesOn(helen, 'ward-3');
    await helen.says('off duty');
    await helen.leavesTeam();
    await priya.says('on duty');
    const form = await sees(priya, 'You are on duty until');
    await priya.presses('Hand over Ward 1', { on: form, inputs: { colleague: idOf(form, 'Helen Marsh') } });
    const request = await sees(helen, 'Priya Nair asks you to take over Ward 1');
    const until = await inMinutes(rehearsal.teams, 120);
    const answer = await helen.presses('Accept: I take over', { on: request, inputs: { until } });
    expect(JSON.stringify(answer)).toContain('Only members of the team that Worcestershire Acute has named');
    expect(await onTheBoard()).toContain('Priya Nair');
  });

  test('nor can they by choosing another Trust, which has named no team', async () => {
    await helen.says('change Trust');
    await helen.presses(SOUTH_EAST_COAST);
    const request = await sees(helen, 'Priya Nair asks you to take over Ward 1');
    const until = await inMinutes(rehearsal.teams, 120);
    const answer = await helen.presses('Accept: I take over', { on: request, inputs: { until } });
    expect(JSON.stringify(answer)).toContain('Only members of the team that Worcestershire Acute has named');
    expect(await onTheBoard()).not.toContain('Helen Marsh');
    await helen.says('change Trust');
    await helen.presses(WORCESTERSHIRE);
  });

  test('while Teams does not say who is in it nobody can, and they are told to try again', async () => {
    await helen.joinsTeam();
    await rehearsal.teams.trouble({ is: 'unavailable', on: 'roster' });
    await goesOn(helen, 'ward-3');
    await sees(helen, 'Teams does not tell me just now whether you may go on duty here.');
    await rehearsal.teams.clearTroubles();
    await rehearsal.teams.advance(1);
    await goesOn(helen, 'ward-3');
    expect(await onTheBoard()).toContain('Helen Marsh');
  });
});
