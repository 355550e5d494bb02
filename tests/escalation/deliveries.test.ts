import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Sent } from '../../src/escalation/deliveries.ts';
import type { Raise } from '../../src/escalation/referrals.ts';
import { savePerson } from '../../src/store/people.ts';
import { updateReferral } from '../../src/store/referrals.ts';
import type { PersonRow } from '../../src/store/schema.ts';
import { openSqlite } from '../../src/store/store.ts';
import {
  attemptsFor,
  CHANNEL,
  CHANNELS,
  cardsOf,
  detailsOf,
  HOUR,
  type House,
  holdNext,
  kindsOf,
  MEMBER,
  MINUTE,
  MORNING,
  NURSE,
  nudgesIn,
  onlyFor,
  openHouse,
  personCalled,
  postedFor,
  REPORTER,
  reporterReads,
  rest,
  SECOND,
  SECOND_NURSE,
  shownIn,
  TEAM,
} from './house.ts';

/**
 * The worker against a real register, a Teams of a few lines and a clock that only the test moves.
 * The route of Example Trust: who is on duty (30 minutes), then the channel (15 minutes), then ring the senior person.
 */

const REFUSED: Sent = { result: 'refused', reason: 'HTTP 403' };
const NOT_NOW: Sent = { result: 'retry', reason: 'HTTP 503' };
const ROUTINE: Partial<Raise> = { escalate: { route: 'senior-first', urgency: 'routine', category: 'filming' } };
const IMMEDIATE: Partial<Raise> = { escalate: { route: 'senior-first', urgency: 'immediate', category: 'filming' } };

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

describe('a referral that is raised', () => {
  test('reaches who is on duty, and the reporter is told so only then', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    expect(kindsOf(raised)).toEqual(['raised', 'step']);
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([
      { state: 'delivered', place_name: 'Grace', due_at: null },
    ]);
    expect(reporterReads(house)).toContain('delivered');
    expect(attemptsFor(house, 'channel')).toEqual([]);
  });

  test('is one referral with one card each, however often Send arrives', async () => {
    await house.goesOnDuty(NURSE);
    const key = randomUUID();
    const [first, second] = await Promise.all([house.raises({ key }), house.raises({ key })]);
    await house.raises({ key });
    expect(second?.referral.reference).toBe(first?.referral.reference);
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
  });
});

describe('a card that Teams does not take now', () => {
  beforeEach(() => house.goesOnDuty(NURSE));

  test('waits as long as Teams says, and no shorter', async () => {
    house.teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 412', afterMs: 7 * SECOND });
    const raised = await house.raises();
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'waiting', last_error: 'HTTP 412' }]);

    house.teams.trouble = undefined;
    await house.later(7 * SECOND - 1);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    await house.later(1);
    expect(attemptsFor(house, 'on-duty').length).toBe(2);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([
      { state: 'delivered', attempts: 0, last_error: null, possible_duplicate: 0 },
    ]);
  });

  test('waits as long as Teams says though it changes meanwhile, and then shows the change', async () => {
    house.teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 412', afterMs: MINUTE });
    const raised = await house.raises();
    await house.settle();
    house.teams.trouble = undefined;
    await house.acts(raised, 'note', { text: 'A note.' });
    await house.later(MINUTE - 1);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    await house.later(1);
    expect(shownIn(house, postedFor(house, 'on-duty')[0])).toContain('note');
  });

  test('is tried again after longer and longer waits, up to a minute, and never given up', async () => {
    house.teams.trouble = onlyFor('on-duty', NOT_NOW);
    await house.raises();
    await house.settle();
    for (let second = 0; second < 300; second += 1) {
      house.moveClock(SECOND);
      await house.look();
    }
    expect(waitsBetween(attemptsFor(house, 'on-duty')).slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test('is not spoken of as sent meanwhile', async () => {
    house.teams.trouble = onlyFor('on-duty', NOT_NOW);
    await house.raises();
    await house.later(5 * SECOND);
    for (const kind of ['delivered', 'uncertain', 'not-delivered']) expect(reporterReads(house)).not.toContain(kind);
  });
});

describe('the waits between tries', () => {
  test.each([0, 0.25, 0.5, 0.75])(
    'are longer by chance, by a tenth at most, and never shorter (chance %d)',
    async (chance) => {
      await house.close();
      house = await openHouse({ random: () => chance });
      await house.goesOnDuty(NURSE);
      house.teams.trouble = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 412', afterMs: 10 * SECOND });
      const raised = await house.raises();
      await house.look();
      const [card] = cardsOf(await house.read(raised), 'on-duty');
      const more = (card?.due_at ?? 0) - MORNING - 10 * SECOND;
      expect(Math.abs(more - chance * SECOND)).toBeLessThanOrEqual(1);
    },
  );
});

describe('a conversation that Teams slows down', () => {
  const slower = onlyFor('on-duty', { result: 'retry', reason: 'HTTP 429', afterMs: 7 * SECOND, slowDown: true });
  beforeEach(() => house.goesOnDuty(NURSE));

  test('gets nothing at all before the time that Teams asked for', async () => {
    house.teams.trouble = slower;
    await house.raises();
    await house.raises();
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    house.teams.trouble = undefined;
    await house.later(7 * SECOND - 1);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    await house.later(1);
    expect(postedFor(house, 'on-duty').length).toBe(2);
  });

  test('nor what only becomes due meanwhile, however urgent', async () => {
    house.teams.trouble = slower;
    await house.raises(ROUTINE);
    await house.settle();
    house.teams.trouble = undefined;
    await house.raises(IMMEDIATE);
    await house.later(7 * SECOND - 1);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    await house.later(1);
    expect(attemptsFor(house, 'on-duty').map(({ record }) => record?.referral.urgency)).toEqual([
      'routine',
      'immediate',
      'routine',
    ]);
  });

  test('slows down no other', async () => {
    await house.goesOnDuty(SECOND_NURSE);
    house.teams.trouble = (card) => (card.person === NURSE.person ? slower(card) : undefined);
    await house.raises();
    await house.raises();
    await house.settle();
    expect(attemptsFor(house, 'on-duty').filter(({ card }) => card.person === SECOND_NURSE.person).length).toBe(2);
  });
});

describe('a card that may have arrived', () => {
  beforeEach(() => house.goesOnDuty(NURSE));

  test('is sent again and marked as a possible duplicate, and the reporter is told once', async () => {
    house.teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'HTTP 502' });
    const raised = await house.raises();
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'uncertain' }]);
    await house.later(2 * SECOND);
    house.teams.trouble = undefined;
    await house.later(MINUTE);
    const marks = attemptsFor(house, 'on-duty').map(({ card }) => card.possible_duplicate);
    expect(marks).toEqual([0, 1, 1]);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', possible_duplicate: 1 }]);
    const told = reporterReads(house);
    expect(told.filter((kind) => kind === 'uncertain').length).toBe(1);
    expect(told.filter((kind) => kind === 'delivered').length).toBe(1);
  });

  test('is only tried again, without a mark, when the message was there already', async () => {
    const raised = await house.raises();
    await house.settle();
    house.teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'no answer' });
    await house.acts(raised, 'note', { text: 'A note.' });
    await house.settle();
    house.teams.trouble = undefined;
    await house.later(MINUTE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', possible_duplicate: 0 }]);
    expect(reporterReads(house)).not.toContain('uncertain');
    expect(postedFor(house, 'on-duty').length).toBe(1);
    expect(shownIn(house, postedFor(house, 'on-duty')[0])).toContain('note');
  });
});

describe('a card that may have arrived and is not sent again', () => {
  const UNCONFIRMED: Sent = { result: 'unconfirmed', reason: 'HTTP 500' };
  beforeEach(() => house.goesOnDuty(NURSE));

  test('is tried once; the route goes on at once, and nobody is told that it did not arrive', async () => {
    house.teams.trouble = onlyFor('on-duty', UNCONFIRMED);
    const raised = await house.raises();
    await house.settle();
    await house.acts(raised, 'note', { by: MEMBER, from: 'channel', text: 'A note.' });
    await house.later(HOUR);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'failed', possible_duplicate: 1 }]);
    expect(cardsOf(await house.read(raised), 'channel')).toMatchObject([{ state: 'delivered' }]);
    const read = reporterReads(house);
    expect(read).toEqual(expect.arrayContaining(['unconfirmed', 'unconfirmed-by-anybody']));
    expect(read).not.toContain('not-delivered');
    expect(read).not.toContain('not-delivered-to-anybody');
  });

  test('can be acted on by whoever has it all the same', async () => {
    house.teams.trouble = onlyFor('on-duty', UNCONFIRMED);
    const raised = await house.raises();
    await house.settle();
    expect(await house.acts(raised, 'acknowledge')).toMatchObject({ result: 'done' });
  });

  test('nor where it was refused after it may have arrived', async () => {
    house.teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'HTTP 502' });
    const raised = await house.raises();
    await house.settle();
    house.teams.trouble = onlyFor('on-duty', REFUSED);
    await house.later(MINUTE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'failed', possible_duplicate: 1 }]);
    expect(reporterReads(house)).toContain('unconfirmed');
    expect(reporterReads(house)).not.toContain('not-delivered');
  });

  test('is not said to have failed to reach the one who raised it either', async () => {
    const raised = await house.raises();
    await house.settle();
    house.teams.trouble = (card) => (card.role === 'reporter' && card.activity === null ? UNCONFIRMED : undefined);
    await house.acts(raised, 'ask', { text: 'Which bay?' });
    await house.settle();
    const kinds = kindsOf(await house.read(raised));
    expect(kinds).toContain('reporter-unconfirmed');
    expect(kinds).not.toContain('reporter-not-reached');
    expect(nudgesIn(house, `${NURSE.conversation}`)).toEqual(['reporter-unconfirmed']);
  });

  test('is marked as a possible duplicate if its channel gets what is open later on', async () => {
    house.teams.trouble = onlyFor('channel', UNCONFIRMED);
    const raised = await house.raises({ department: 'ward-2' });
    await house.settle();
    house.teams.trouble = undefined;
    await house.watch.added(TEAM, CHANNELS);
    await house.settle();
    expect(attemptsFor(house, 'channel').map(({ card }) => card.possible_duplicate)).toEqual([0, 1]);
    expect(kindsOf(await house.read(raised))).toContain('channel-is-back');
  });
});

describe('a card that waits', () => {
  beforeEach(() => house.goesOnDuty(NURSE));
  const ofNurse = () =>
    house.teams.attempts
      .filter(({ card }) => card.lane === NURSE.conversation && card.activity === null)
      .map(({ card }) => [card.referral, card.role]);
  /** Back on the route for a second time, where the nurse gets a new card. */
  const returned = async () => {
    const raised = await house.raises();
    await house.settle();
    await house.acts(raised, 'acknowledge');
    await house.later(2 * HOUR);
    return raised;
  };

  test.each<Sent>([
    { result: 'retry', reason: 'HTTP 412', afterMs: 7 * SECOND },
    { result: 'uncertain', reason: 'HTTP 503', afterMs: 7 * SECOND },
  ])('keeps what is said later of its referral behind it, and holds up no other ($result)', async (sent) => {
    const raised = await returned();
    house.teams.trouble = (card) => (card.role === 'on-duty' && card.round === 1 ? sent : undefined);
    await house.later(2 * HOUR);
    const before = ofNurse().length;
    await house.acts(raised, 'add', { by: REPORTER, text: 'He is still there.' });
    const other = await house.raises();
    await house.settle();
    expect(ofNurse().slice(before)).toEqual([[other.referral.reference, 'on-duty']]);

    house.teams.trouble = undefined;
    await house.later(8 * SECOND);
    expect(ofNurse().slice(before + 1)).toEqual([
      [raised.referral.reference, 'on-duty'],
      [raised.referral.reference, 'nudge'],
    ]);
  });

  test('that may have arrived waits as long as Teams says before it is sent again', async () => {
    house.teams.trouble = onlyFor('on-duty', { result: 'uncertain', reason: 'HTTP 503', afterMs: 7 * SECOND });
    await house.raises();
    await house.settle();
    await house.later(7 * SECOND - 1);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    await house.later(1);
    expect(attemptsFor(house, 'on-duty').length).toBe(2);
  });
});

describe('a card whose channel goes while it is on its way', () => {
  test('is not called delivered, whatever came of it', async () => {
    const held = holdNext(house, 'channel');
    const raised = await house.raises();
    house.worker.wake();
    await held.reached;
    await house.watch.seen(
      TEAM,
      CHANNELS.filter(({ channel }) => channel !== CHANNEL),
    );
    held.release();
    await house.settle();
    expect(cardsOf(await house.read(raised), 'channel')).toMatchObject([{ state: 'failed', delivered_at: null }]);
    expect(kindsOf(await house.read(raised))).not.toContain('delivered');
  });
});

describe('a message that is not there any more', () => {
  test('is posted afresh in the same chat, and says so', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    const [old] = postedFor(house, 'on-duty');
    house.teams.messages.delete(old ?? '');
    await house.acts(raised, 'note', { text: 'A note.' });
    await house.settle();
    const [fresh, ...others] = postedFor(house, 'on-duty');
    expect(others).toEqual([]);
    expect(fresh).not.toBe(old);
    expect(shownIn(house, fresh)).toContain('note');
    expect(house.teams.messages.get(fresh ?? '')?.card.replaced).toBe(1);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([
      { state: 'delivered', activity: fresh, conversation: NURSE.conversation },
    ]);
  });

  test('is a new thread in the channel', async () => {
    const raised = await house.raises();
    await house.settle();
    const [before] = cardsOf(await house.read(raised), 'channel');
    house.teams.messages.clear();
    await house.acts(raised, 'note', { text: 'A note.', by: MEMBER, from: 'channel' });
    await house.settle();
    const [after] = cardsOf(await house.read(raised), 'channel');
    expect(after).toMatchObject({ state: 'delivered', replaced: 1 });
    expect(after?.conversation).not.toBe(before?.conversation);
    // The reporter's message was gone as well.
    expect(postedFor(house, 'reporter').length).toBe(1);
  });

  test('leaves a fresh one that is as old as itself: an owner’s own view of it is offered a minute later', async () => {
    const raised = await house.raises();
    await house.settle();
    await house.later(5 * MINUTE);
    house.teams.messages.delete(postedFor(house, 'channel')[0] ?? '');
    await house.acts(raised, 'acknowledge', { by: MEMBER, from: 'channel' });
    await house.settle();
    const posted = house.now();
    expect(cardsOf(await house.read(raised), 'channel')).toMatchObject([
      { delivered_at: MORNING, posted_at: posted, due_at: posted + 61 * SECOND },
    ]);
    const drawn = attemptsFor(house, 'channel').length;
    await house.later(60 * SECOND);
    expect(attemptsFor(house, 'channel').length).toBe(drawn);
    await house.later(SECOND);
    expect(attemptsFor(house, 'channel').length).toBe(drawn + 1);
  });

  test('is replaced once where Teams refuses to update it, and then given up', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    house.teams.trouble = (card) => (card.role === 'on-duty' && card.activity !== null ? REFUSED : undefined);
    await house.acts(raised, 'note', { text: 'The first note.' });
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', replaced: 1 }]);
    expect(postedFor(house, 'on-duty').length).toBe(2);

    await house.acts(raised, 'note', { text: 'The second note.' });
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'failed', due_at: null }]);
    expect(kindsOf(await house.read(raised))).toContain('not-updated');
    expect(postedFor(house, 'on-duty').length).toBe(2);
  });
});

describe('a card that cannot arrive', () => {
  test('is given up, the reporter is told, and the next step is taken at once', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('on-duty', REFUSED);
    const raised = await house.raises();
    await house.settle();
    const now = await house.read(raised);
    expect(cardsOf(now, 'on-duty')).toMatchObject([{ state: 'failed', due_at: null, last_error: 'HTTP 403' }]);
    expect(reporterReads(house)).toContain('not-delivered');
    expect(cardsOf(now, 'channel')).toMatchObject([{ state: 'delivered' }]);
    expect(now.referral).toMatchObject({ route_step: 1, next_step_at: MORNING + 15 * MINUTE });

    await house.later(10 * MINUTE);
    await house.acts(raised, 'note', { text: 'A note.', by: MEMBER, from: 'channel' });
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
  });

  test('is not called unacknowledged: nobody had the chance to acknowledge it', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('on-duty', REFUSED);
    const raised = await house.raises();
    await house.settle();
    const kinds = kindsOf(await house.read(raised));
    expect(kinds).toContain('not-delivered-to-anybody');
    expect(kinds).not.toContain('not-acknowledged');
  });

  test('does not hurry the route while somebody else is reached', async () => {
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(SECOND_NURSE);
    house.teams.trouble = (card) => (card.person === NURSE.person ? REFUSED : undefined);
    const raised = await house.raises();
    await house.settle();
    const states = cardsOf(await house.read(raised), 'on-duty').map(({ state }) => state);
    expect(states.sort()).toEqual(['delivered', 'failed']);
    expect(reporterReads(house)).toContain('not-delivered');
    expect(attemptsFor(house, 'channel')).toEqual([]);
    await house.later(30 * MINUTE);
    expect(attemptsFor(house, 'channel').length).toBe(1);
  });

  test('nor while somebody else may yet be reached', async () => {
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(SECOND_NURSE);
    house.teams.trouble = (card) => {
      if (card.role === 'reporter') return undefined;
      return card.person === NURSE.person ? REFUSED : NOT_NOW;
    };
    await house.raises();
    await house.settle();
    expect(attemptsFor(house, 'channel')).toEqual([]);
  });

  test('leads to the telephone when nobody at all is reached', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = (card) => (card.role === 'reporter' ? undefined : REFUSED);
    const raised = await house.raises();
    await house.settle();
    const { audit, referral } = await house.read(raised);
    const steps = audit.filter(({ kind }) => kind === 'step').map(detailsOf);
    expect(steps).toMatchObject([{ step: 0 }, { step: 1 }, { step: 2, ring: ['senior'] }]);
    expect(referral).toMatchObject({ next_step_at: null, unanswered_at: MORNING });
    expect(reporterReads(house)).toContain('unanswered');
  });

  test('does not stop the others from being told when it is the reporter’s own', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('reporter', REFUSED);
    const raised = await house.raises();
    await house.settle();
    expect(cardsOf(await house.read(raised), 'reporter')).toMatchObject([{ state: 'failed' }]);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered' }]);
    expect(attemptsFor(house, 'channel')).toEqual([]);
  });

  test('after an acknowledgement moves nothing on', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.acts(raised, 'acknowledge');
    house.teams.trouble = onlyFor('on-duty', REFUSED);
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'failed' }]);
    expect(attemptsFor(house, 'channel')).toEqual([]);
  });
});

describe('a card that cannot be drawn', () => {
  const broken = (name: PersonRow) => (card: { person: string | null }) => {
    if (card.person === name.person) throw new Error('The template is broken.');
    return undefined;
  };

  test('stands in the way of no other, and is shown once it can be', async () => {
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(SECOND_NURSE);
    house.teams.trouble = broken(NURSE);
    const raised = await house.raises();
    const other = await house.raises({ department: 'ward-2' });
    await house.settle();
    const ofNurse = async () =>
      cardsOf(await house.read(raised), 'on-duty').find(({ person }) => person === NURSE.person);
    expect(await ofNurse()).toMatchObject({ state: 'waiting', last_error: 'the card could not be drawn' });
    const states = cardsOf(await house.read(raised), 'on-duty').map(({ state }) => state);
    expect(states.sort()).toEqual(['delivered', 'waiting']);
    expect(cardsOf(await house.read(other), 'channel')).toMatchObject([{ state: 'delivered' }]);

    house.teams.trouble = undefined;
    await house.later(MINUTE);
    expect(await ofNurse()).toMatchObject({ state: 'delivered' });
  });

  test('is put aside after five tries, the reporter is told once, and the route goes on', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = broken(NURSE);
    const raised = await house.raises();
    await house.settle();
    for (let tries = 2; tries < 5; tries += 1) await house.later(MINUTE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'waiting', attempts: 4 }]);
    expect(attemptsFor(house, 'channel')).toEqual([]);
    await house.later(MINUTE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'parked' }]);
    expect(attemptsFor(house, 'channel').length).toBeGreaterThan(0);

    // A change lets it be drawn once more, and tells nobody again that it failed.
    await house.acts(raised, 'note', { text: 'A note.', by: MEMBER, from: 'channel' });
    await house.later(HOUR);
    const told = kindsOf(await house.read(raised)).filter((kind) => kind === 'not-delivered');
    expect(told.length).toBe(1);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'parked', due_at: null }]);
  });

  test('is not put aside sooner because Teams was slow before', async () => {
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('on-duty', NOT_NOW);
    const raised = await house.raises();
    await house.settle();
    for (let tries = 0; tries < 5; tries += 1) await house.later(MINUTE);
    house.teams.trouble = broken(NURSE);
    await house.later(MINUTE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  });
});

describe('many changes', () => {
  beforeEach(() => house.goesOnDuty(NURSE));

  test('that come together are one update of each card', async () => {
    const raised = await house.raises();
    await house.settle();
    const before = house.teams.attempts.length;
    for (let number = 1; number <= 10; number += 1) await house.acts(raised, 'note', { text: `Note ${number}.` });
    await house.settle();
    const since = house.teams.attempts.slice(before);
    expect(since.map(({ card }) => card.role).sort()).toEqual(['on-duty', 'reporter']);
    for (const { record } of since) expect(record?.audit.filter(({ kind }) => kind === 'note').length).toBe(10);
  });

  test('that come while a card is on its way are one more update of it', async () => {
    const raised = await house.raises();
    await house.settle();
    const before = attemptsFor(house, 'on-duty').length;
    const held = holdNext(house, 'on-duty');
    await house.acts(raised, 'note', { text: 'The first note.' });
    house.worker.wake();
    await held.reached;
    for (let number = 1; number <= 10; number += 1) await house.acts(raised, 'note', { text: `Note ${number}.` });
    held.release();
    await house.settle();
    const since = attemptsFor(house, 'on-duty').slice(before);
    expect(since.map(({ record }) => record?.audit.filter(({ kind }) => kind === 'note').length)).toEqual([1, 11]);
  });

  test('leave every card showing the last of them, and nothing owed', async () => {
    const raised = await house.raises();
    await house.settle();
    await house.acts(raised, 'acknowledge');
    await house.acts(raised, 'take-on');
    await house.acts(raised, 'close', { text: 'It was stopped.' });
    await house.settle();
    for (const { card, record } of house.teams.messages.values()) {
      if (card.role !== 'nudge') expect(record?.referral.status).toBe('closed');
    }
    for (const card of (await house.read(raised)).cards) {
      expect(card).toMatchObject({ due_at: null, shown: card.wanted, state: 'delivered' });
    }
  });
});

describe('the pace', () => {
  test('is seven in a second to one conversation, and goes on with the rest in the next', async () => {
    await house.goesOnDuty(NURSE);
    for (let number = 0; number < 20; number += 1) await house.raises();
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(7);
    for (let step = 0; step < 60; step += 1) await house.later(SECOND / 4);
    const moments = attemptsFor(house, 'on-duty').map(({ at }) => at);
    expect(mostWithin(moments, SECOND)).toBeLessThanOrEqual(7);
    expect(mostWithin(moments, 2 * SECOND)).toBeLessThanOrEqual(8);
    expect(postedFor(house, 'on-duty').length).toBe(20);
  });

  test('is kept by a server that comes after another', async () => {
    await house.goesOnDuty(NURSE);
    for (let number = 0; number < 20; number += 1) await house.raises();
    await house.settle();
    await house.worker.stop();
    const next = house.anotherWorker();
    await next.start();
    await rest(next);
    expect(attemptsFor(house, 'on-duty').length).toBe(7);
  });

  test('is fifty in a second to one tenant, however many conversations there are, of which five are kept for answers', async () => {
    for (let number = 0; number < 70; number += 1) {
      const nurse = personCalled(`Nurse ${number}`);
      await savePerson(house.store.db, nurse);
      await house.goesOnDuty(nurse);
    }
    await house.raises();
    await house.settle();
    expect(house.teams.attempts.length).toBe(45);
    await house.later(1_100);
    await house.later(1_100);
    expect(postedFor(house, 'on-duty').length).toBe(70);
  });

  test('has one message on its way in a conversation at a time', async () => {
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(SECOND_NURSE);
    for (let number = 0; number < 6; number += 1) await house.raises();
    await house.settle();
    expect(house.teams.attempts.length).toBeGreaterThan(12);
    expect(house.teams.mostAtOnce()).toBe(1);
  });
});

describe('the order in a conversation', () => {
  test('is the most urgent first, however many were there before', async () => {
    await house.goesOnDuty(NURSE);
    for (let number = 0; number < 25; number += 1) await house.raises(ROUTINE);
    await house.raises(IMMEDIATE);
    await house.settle();
    expect(attemptsFor(house, 'on-duty')[0]?.record?.referral.urgency).toBe('immediate');
  });

  test('is what nobody has seen before what is only changed', async () => {
    await house.goesOnDuty(NURSE);
    const first = await house.raises();
    await house.settle();
    await house.acts(first, 'note', { text: 'A note.' });
    house.moveClock(SECOND);
    const second = await house.raises();
    const before = attemptsFor(house, 'on-duty').length;
    await house.settle();
    const references = attemptsFor(house, 'on-duty')
      .slice(before)
      .map(({ card }) => card.referral);
    expect(references).toEqual([second.referral.reference, first.referral.reference]);
  });

  test('is as it was raised among equals', async () => {
    await house.goesOnDuty(NURSE);
    const references: string[] = [];
    for (let number = 0; number < 5; number += 1) {
      references.push((await house.raises()).referral.reference);
      house.moveClock(1);
    }
    await house.settle();
    expect(attemptsFor(house, 'on-duty').map(({ card }) => card.referral)).toEqual(references);
  });

  test('lets the most urgent conversations go first when there are more than can be served at once', async () => {
    for (let number = 0; number < 30; number += 1) {
      await house.raises({ ...ROUTINE, reporter: personCalled(`Reporter ${number}`), message: chatOf(number) });
    }
    await house.goesOnDuty(NURSE);
    await house.raises(IMMEDIATE);
    await house.look();
    const first = house.teams.attempts.slice(0, 3).map(({ card }) => card.lane);
    expect(first).toContain(NURSE.conversation);
  });
});

describe('several servers', () => {
  test('never send what one of them holds', async () => {
    const other = house.anotherWorker();
    await other.start();
    await rest(other);
    await house.goesOnDuty(NURSE);
    const held = holdNext(house, 'on-duty');
    await house.raises();
    await house.raises();
    house.worker.wake();
    await held.reached;
    other.wake();
    await rest(other);
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
    held.release();
    await house.settle();
    expect(postedFor(house, 'on-duty').length).toBe(2);
    expect(house.teams.mostAtOnce()).toBe(1);
  });

  test('take over what one held for too long, and mark it as a possible duplicate', async () => {
    const other = house.anotherWorker();
    await other.start();
    await rest(other);
    await house.goesOnDuty(NURSE);
    const held = holdNext(house, 'on-duty');
    const raised = await house.raises();
    house.worker.wake();
    await held.reached;
    house.moveClock(MINUTE);
    other.wake();
    await rest(other);
    expect(attemptsFor(house, 'on-duty').map(({ card }) => card.possible_duplicate)).toEqual([0, 1]);
    held.release();
    await house.settle();
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered', possible_duplicate: 1 }]);
  });

  test('do not serve a conversation twice at once, though its lease ran out in their own hands', async () => {
    await house.goesOnDuty(NURSE);
    const held = holdNext(house, 'on-duty');
    await house.raises();
    house.worker.wake();
    await held.reached;
    house.moveClock(2 * MINUTE);
    house.worker.wake();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    held.release();
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
  });

  test('find what a server was sending when it was killed, and mark it as a possible duplicate', async () => {
    await house.goesOnDuty(NURSE);
    const held = holdNext(house, 'on-duty');
    const raised = await house.raises();
    house.worker.wake();
    await held.reached;
    // The register as that server left it, in the hands of the next one.
    const next = house.anotherWorker();
    await next.start();
    await rest(next);
    expect(attemptsFor(house, 'on-duty').map(({ card }) => card.possible_duplicate)).toEqual([0, 1]);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered' }]);
    held.release();
  });
});

describe('a register that fails while cards are taken from it', () => {
  test('however often it does, everything arrives once it is well again', async () => {
    await house.goesOnDuty(NURSE);
    await sql`create trigger no_card_is_taken before update of state on cards when new.state = 'sending'
      begin select raise(abort, 'The register is away.'); end`.execute(house.store.db);
    for (let times = 0; times < 50; times += 1) {
      await house.raises();
      await house.look();
      house.moveClock(MINUTE);
    }
    expect(attemptsFor(house, 'on-duty')).toEqual([]);
    const failures = house.logged.filter((line) => line.includes('a conversation could not be served'));
    expect(failures.length).toBeGreaterThanOrEqual(50);

    await sql`drop trigger no_card_is_taken`.execute(house.store.db);
    for (let second = 0; second < 30; second += 2) await house.later(2 * SECOND);
    expect(postedFor(house, 'on-duty').length).toBe(50);
    // Nothing had set out: there is nothing to be uncertain about.
    expect(attemptsFor(house, 'on-duty').some(({ card }) => card.possible_duplicate === 1)).toBe(false);
  });
});

describe('the worker', () => {
  test('goes on with the other referrals when the next step of one cannot be taken', async () => {
    const broken = await house.raises();
    await house.settle();
    const change = { route: 'no route at all', next_step_at: house.now() };
    await updateReferral(house.store.db, broken.referral.reference, change);
    const other = await house.raises();
    await house.settle();
    expect((await house.read(other)).cards.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(house.logged.join('\n')).toContain('a step failed');
  });

  test('finishes what is in hand before it stops, and does nothing after', async () => {
    await house.goesOnDuty(NURSE);
    const held = holdNext(house, 'on-duty');
    const raised = await house.raises();
    house.worker.wake();
    await held.reached;
    let stopped = false;
    const stopping = house.worker.stop().then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    held.release();
    await stopping;
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ state: 'delivered' }]);
    const lanes = await house.store.db.selectFrom('lanes').select('holder').execute();
    expect(lanes.every(({ holder }) => holder === null)).toBe(true);

    const before = house.teams.attempts.length;
    await house.acts(raised, 'note', { text: 'A note.' });
    house.worker.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(house.teams.attempts.length).toBe(before);
  });

  test('goes on after a restart that lasted longer than a step waits', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.worker.stop();
    await house.store.close();
    const store = await openSqlite(house.folder);
    const after = await openHouse({ store, at: MORNING + HOUR });
    await after.settle();
    expect((await after.read(raised)).referral.route_step).toBe(1);
    expect(attemptsFor(after, 'channel').length).toBeGreaterThan(0);
    expect(cardsOf(await after.read(raised), 'channel')).toMatchObject([{ channel: CHANNEL, state: 'delivered' }]);
    await after.close();
    await store.close();
    // The folder is still this test's own to put away.
    house = await openHouse();
  });
});

function waitsBetween(attempts: readonly { readonly at: number }[]): number[] {
  return attempts.slice(1).map(({ at }, index) => (at - (attempts[index]?.at ?? 0)) / SECOND);
}

/** The most moments in any window of a length. */
function mostWithin(moments: readonly number[], length: number): number {
  return Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + length).length));
}

function chatOf(number: number): Raise['message'] {
  return { conversation: `a:Reporter ${number}`, activity: `form-of-${number}` };
}
