import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { dutyPlaces } from '../../src/escalation/duties.ts';
import { dutiesOf, onDuty } from '../../src/store/duty.ts';
import { savePerson } from '../../src/store/people.ts';
import {
  attemptsFor,
  cardsOf,
  detailsOf,
  HOUR,
  type House,
  kindsOf,
  MANAGER,
  MEMBER,
  MINUTE,
  MORNING,
  NURSE,
  noticesTo,
  OUTSIDER,
  openHouse,
  postedFor,
  REPORTER,
  SECOND_NURSE,
  withRoute,
} from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const whoIsOn = async (place = 'ward-1') =>
  (await onDuty(house.store.db, 'example-trust', place, house.now())).map(({ name }) => name);

describe('going on duty', () => {
  test('is for one place until a time, and several may be on duty there', async () => {
    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    await house.goesOnDuty(SECOND_NURSE, 'ward-1', 2 * HOUR);
    expect(await whoIsOn()).toEqual(expect.arrayContaining(['Grace', 'Helen']));
    expect(await whoIsOn('ward-2')).toEqual([]);
    house.moveClock(HOUR);
    expect(await whoIsOn()).toEqual(['Helen']);
  });

  test('again for the same place changes the time', async () => {
    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    await house.goesOnDuty(NURSE, 'ward-1', 3 * HOUR);
    const duties = await dutiesOf(house.store.db, NURSE, house.now());
    expect(duties.map(({ until_at }) => until_at)).toEqual([MORNING + 3 * HOUR]);
  });

  test('is for one person of one tenant: another of the same id elsewhere gets what is raised too', async () => {
    const elsewhere = { ...NURSE, tenant: 'tenant-2', name: 'Gwen', conversation: 'a:gwen' };
    await savePerson(house.store.db, elsewhere);
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.goesOnDuty(elsewhere);
    const placesOf = async (one: typeof raised) =>
      cardsOf(await house.read(one), 'on-duty')
        .map((card) => card.place_name)
        .sort();
    expect(await placesOf(raised)).toEqual(['Grace', 'Gwen']);
    expect(await placesOf(await house.raises())).toEqual(['Grace', 'Gwen']);
  });

  test('in one Trust ends no duty in another that has a place of the same id', async () => {
    const neighbour = { ...house.organisation, id: 'neighbour-trust' };
    await house.goesOnDuty(NURSE, 'ward-1');
    await house.duties.start(neighbour, 'ward-1', NURSE, house.now() + HOUR);
    expect(await whoIsOn()).toEqual(['Grace']);
    await house.duties.end(NURSE, { organisation: neighbour.id, department: 'ward-1' });
    expect(await whoIsOn()).toEqual(['Grace']);
    expect(await onDuty(house.store.db, neighbour.id, 'ward-1', house.now())).toEqual([]);
  });

  test('can be for several departments and roles at once', async () => {
    for (const { id } of dutyPlaces(house.organisation)) await house.goesOnDuty(NURSE, id);
    const places = (await dutiesOf(house.store.db, NURSE, house.now())).map(({ department }) => department);
    expect(places.sort()).toEqual(['site-manager', 'ward-1', 'ward-2']);
  });

  test('brings what nobody has acknowledged there, at once', async () => {
    const raised = await house.raises();
    await house.goesOnDuty(NURSE);
    await house.settle();
    const now = await house.read(raised);
    expect(cardsOf(now, 'on-duty')).toMatchObject([
      { person: NURSE.person, state: 'delivered', place_role: 'nurse in charge' },
    ]);
    expect(detailsOf(now.audit.find(({ kind }) => kind === 'came-on-duty'))).toEqual({ place: 'Grace' });
    expect(await house.acts(raised, 'acknowledge')).toMatchObject({ result: 'done' });
  });

  test('brings it once, however often one signs on', async () => {
    await house.raises();
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(NURSE);
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(1);
  });

  test('brings what went back to its route again, also to somebody who had a card of it before', async () => {
    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    const raised = await house.raises();
    await house.settle();
    await house.acts(raised, 'acknowledge');
    await house.duties.end(NURSE);
    await house.later(2 * HOUR);
    await house.later(2 * HOUR);
    expect((await house.read(raised)).referral).toMatchObject({ status: 'raised', round: 1 });
    expect(postedFor(house, 'on-duty').length).toBe(1);
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(NURSE);
    await house.settle();
    expect(postedFor(house, 'on-duty').length).toBe(2);
    expect(cardsOf(await house.read(raised), 'on-duty').map(({ round }) => round)).toEqual([0, 1]);
  });

  test('brings what may have come before as a possible duplicate, and what had come as one that stands in', async () => {
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(SECOND_NURSE);
    house.teams.trouble = ({ person }) =>
      person === NURSE.person ? { result: 'unconfirmed', reason: 'HTTP 500' } : undefined;
    const raised = await house.raises();
    await house.settle();
    // Helen's card can no longer be brought up to date, nor replaced.
    house.teams.trouble = ({ person }) =>
      person === SECOND_NURSE.person ? { result: 'refused', reason: 'HTTP 403' } : undefined;
    await house.acts(raised, 'note', { by: SECOND_NURSE, text: 'A note.' });
    await house.settle();
    house.teams.trouble = undefined;
    for (const nurse of [NURSE, SECOND_NURSE]) await house.goesOnDuty(nurse);
    await house.settle();
    const fresh = cardsOf(await house.read(raised), 'on-duty').filter(({ state }) => state === 'delivered');
    expect(
      Object.fromEntries(fresh.map((card) => [card.place_name, [card.possible_duplicate, card.replaced]])),
    ).toEqual({ Grace: [1, 0], Helen: [0, 1] });
  });

  test('brings nothing of another place, nothing acknowledged, and nothing of one’s own', async () => {
    await house.raises({ department: 'ward-2' });
    const taken = await house.raises();
    await house.settle();
    await house.acts(taken, 'acknowledge', { by: MEMBER, from: 'channel' });
    await house.goesOnDuty(NURSE);
    await house.raises();
    await house.duties.end(NURSE);
    await house.settle();
    const before = attemptsFor(house, 'on-duty').length;
    await house.goesOnDuty(REPORTER);
    await house.settle();
    expect(attemptsFor(house, 'on-duty').length).toBe(before);
    expect(attemptsFor(house, 'on-duty').map(({ card }) => card.referral)).not.toContain(taken.referral.reference);
  });

  test('in a role brings what its route has sent to that role, and no sooner', async () => {
    await house.close();
    const wait = { immediate: 5, urgent: 10, routine: 20 };
    house = await openHouse({
      organisation: withRoute([
        { notify: [{ whom: 'on-duty' }], wait },
        { notify: [{ whom: 'role', role: 'site-manager' }], wait },
        { notify: [{ whom: 'ring', contact: 'senior' }] },
      ]),
    });
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.goesOnDuty(MANAGER, 'site-manager');
    expect(cardsOf(await house.read(raised), 'role')).toEqual([]);
    await house.duties.end(MANAGER);
    await house.later(10 * MINUTE);
    await house.goesOnDuty(MANAGER, 'site-manager');
    expect(cardsOf(await house.read(raised), 'role')).toMatchObject([{ place_role: 'site manager' }]);
  });
});

describe('coming off duty', () => {
  test('is for one place, or for all', async () => {
    await house.goesOnDuty(NURSE, 'ward-1');
    await house.goesOnDuty(NURSE, 'ward-2');
    await house.duties.end(NURSE, { organisation: 'example-trust', department: 'ward-1' });
    expect([await whoIsOn('ward-1'), await whoIsOn('ward-2')]).toEqual([[], ['Grace']]);
    await house.duties.end(NURSE);
    expect(await whoIsOn('ward-2')).toEqual([]);
  });

  test('leaves what one has acknowledged as it is', async () => {
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.acts(raised, 'acknowledge');
    await house.duties.end(NURSE);
    expect((await house.read(raised)).referral.owner_name).toBe('Grace');
  });
});

describe('asking a colleague to take over', () => {
  const colleagueChat = `${SECOND_NURSE.conversation}`;
  const askerChat = `${NURSE.conversation}`;
  beforeEach(() => house.goesOnDuty(NURSE, 'ward-1', 2 * HOUR));

  /** Grace asks Helen. @returns the hand-over, as Helen's message names it. */
  const asked = async (): Promise<string> => {
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-1' }, NURSE, SECOND_NURSE),
    ).toBe(true);
    await house.settle();
    return String(noticesTo(house, colleagueChat).at(-1)?.handover);
  };
  const accepts = { accepts: true, until: MORNING + 8 * HOUR } as const;

  test('changes nothing until they accept', async () => {
    await asked();
    expect(await whoIsOn()).toEqual(['Grace']);
    expect(noticesTo(house, colleagueChat)).toMatchObject([{ notice: 'take-over' }]);
  });

  test('puts them on and the asker off when they accept, with what waits, and tells the asker', async () => {
    const raised = await house.raises();
    const answered = await house.duties.answer(await asked(), SECOND_NURSE, accepts);
    expect(answered.result).toBe('accepted');
    await house.settle();
    expect(await whoIsOn()).toEqual(['Helen']);
    expect((await dutiesOf(house.store.db, SECOND_NURSE, house.now()))[0]?.until_at).toBe(MORNING + 8 * HOUR);
    expect(noticesTo(house, askerChat)).toMatchObject([{ notice: 'take-over-accepted' }]);
    const now = await house.read(raised);
    expect(
      cardsOf(now, 'on-duty')
        .map(({ place_name }) => place_name)
        .sort(),
    ).toEqual(['Grace', 'Helen']);
    expect(detailsOf(now.audit.find(({ kind }) => kind === 'came-on-duty'))).toEqual({ place: 'Helen', from: 'Grace' });
  });

  test('leaves the asker’s other duties', async () => {
    await house.goesOnDuty(NURSE, 'ward-2');
    await house.duties.answer(await asked(), SECOND_NURSE, accepts);
    expect(await whoIsOn('ward-2')).toEqual(['Grace']);
  });

  test('leaves all as it was when they decline, and tells the asker', async () => {
    expect((await house.duties.answer(await asked(), SECOND_NURSE, { accepts: false })).result).toBe('declined');
    await house.settle();
    expect(await whoIsOn()).toEqual(['Grace']);
    expect(noticesTo(house, askerChat)).toMatchObject([{ notice: 'take-over-declined' }]);
  });

  test('can be answered by nobody else', async () => {
    const handover = await asked();
    for (const person of [OUTSIDER, NURSE, { ...SECOND_NURSE, tenant: 'tenant-2' }]) {
      expect((await house.duties.answer(handover, person, accepts)).result).toBe('not-yours');
    }
    expect((await house.duties.answer('none', SECOND_NURSE, accepts)).result).toBe('not-yours');
    expect(await whoIsOn()).toEqual(['Grace']);
  });

  test('is answered once', async () => {
    const handover = await asked();
    const both = await Promise.all([
      house.duties.answer(handover, SECOND_NURSE, accepts),
      house.duties.answer(handover, SECOND_NURSE, { accepts: false }),
    ]);
    expect(both.map(({ result }) => result).filter((result) => result === 'too-late').length).toBe(1);
  });

  test('is too late when the asker came off, was relieved, or their time is over', async () => {
    const first = await asked();
    await house.duties.end(NURSE);
    expect((await house.duties.answer(first, SECOND_NURSE, accepts)).result).toBe('too-late');
    expect(await whoIsOn()).toEqual([]);

    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    const second = await asked();
    house.moveClock(HOUR);
    expect((await house.duties.answer(second, SECOND_NURSE, accepts)).result).toBe('too-late');
  });

  test('cannot be asked by somebody who is not on duty there, nor of somebody without a chat, nor of oneself', async () => {
    await savePerson(house.store.db, MEMBER);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-2' }, NURSE, SECOND_NURSE),
    ).toBe(false);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-1' }, MANAGER, SECOND_NURSE),
    ).toBe(false);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-1' }, NURSE, MEMBER),
    ).toBe(false);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-1' }, NURSE, NURSE),
    ).toBe(false);
    expect(
      await house.duties.askToTakeOver({ organisation: 'example-trust', department: 'ward-1' }, NURSE, {
        tenant: 'tenant-2',
        person: 'stranger',
      }),
    ).toBe(false);
    await house.settle();
    expect(attemptsFor(house, 'notice')).toEqual([]);
  });
});

test('a referral whose people come on duty too late is still theirs to take on', async () => {
  const raised = await house.raises();
  await house.settle();
  await house.later(15 * MINUTE);
  expect((await house.read(raised)).referral.unanswered_at).not.toBeNull();
  await house.goesOnDuty(NURSE);
  await house.settle();
  expect(kindsOf(await house.read(raised))).toContain('came-on-duty');
  expect(await house.acts(raised, 'acknowledge')).toMatchObject({ result: 'done' });
});
