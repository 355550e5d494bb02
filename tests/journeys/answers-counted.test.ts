import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AnswerTimes, answersGiven } from '../../src/store/answers-given.ts';
import { openSqliteBeside, type Store } from '../../src/store/store.ts';
import {
  cardOf,
  opensChat,
  pressesInTurn,
  type Rehearsal,
  startRehearsal,
  walksToLivestream,
} from '../support/rehearsal.ts';

const ALWAYS = { from: '2000-01-01', to: '2999-12-31' };

describe('how often each answer is reached', () => {
  let rehearsal: Rehearsal;
  let store: Store;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    store = openSqliteBeside(rehearsal.folder);
  });
  afterAll(async () => {
    await store.close();
    await rehearsal.stop();
  });

  let before: readonly AnswerTimes[] = [];
  /** What was reached since this was last asked, by flow and outcome. */
  const reached = async (): Promise<Record<string, number>> => {
    const all = await answersGiven(store.db, 'worcestershire-acute', ALWAYS);
    const timesBefore = ({ flow, outcome }: AnswerTimes): number =>
      before.find((one) => one.flow === flow && one.outcome === outcome)?.times ?? 0;
    const more = all.flatMap((one): [string, number][] => {
      const times = one.times - timesBefore(one);
      return times === 0 ? [] : [[`${one.flow}/${one.outcome}`, times]];
    });
    before = all;
    return Object.fromEntries(more);
  };

  test('is counted when a walk comes to one, and not on the way', async () => {
    const amina = await opensChat(rehearsal.teams, 'Amina');
    await amina.says('a visitor is livestreaming the ward');
    await pressesInTurn(amina, ['Someone is filming, photographing or livestreaming', 'No']);
    expect(await reached()).toEqual({});
    await pressesInTurn(amina, ['Staff or another patient']);
    expect(await reached()).toEqual({ 'filming-on-the-ward/tell-senior-now': 1 });
  });

  test('does not grow by the way to the form and back', async () => {
    const amina = rehearsal.teams.person('Amina');
    await pressesInTurn(amina, ['Raise this', 'Back to the answer']);
    expect(await reached()).toEqual({});
  });

  test('counts anew when somebody goes back and comes to an answer again', async () => {
    const amina = rehearsal.teams.person('Amina');
    await pressesInTurn(amina, ['Back', 'They are filming or livestreaming now']);
    expect(await reached()).toEqual({ 'filming-on-the-ward/tell-senior-now': 1 });
  });

  test('counts a press of “Someone is at risk now”, and not the way back from it', async () => {
    const amina = rehearsal.teams.person('Amina');
    const outcome = await walksToLivestream(amina);
    await reached();
    const danger = cardOf(await amina.presses('Someone is at risk now', { on: outcome }));
    expect(await reached()).toEqual({ 'someone-at-risk/danger-now': 1 });
    await amina.presses('Go back to where I was', { on: danger });
    expect(await reached()).toEqual({});
  });

  test('does not count what a message is shown by itself, because it may be about danger', async () => {
    await rehearsal.teams.person('Amina').says('he has a knife');
    expect(await reached()).toEqual({});
  });
});
