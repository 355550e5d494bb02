import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { savePerson } from '../../src/store/people.ts';
import { openPostgres, type Store } from '../../src/store/store.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { attemptsFor, cardsOf, kindsOf, MINUTE, NURSE, openHouse, personCalled, rest, SECOND } from './house.ts';

/** Two servers share the work of one register on PostgreSQL. */

let postgres: Postgres;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
  store = await openPostgres(await postgres.database());
});
afterAll(async () => {
  await store.close();
  await postgres.stop();
});

test('every card is sent once, every step is taken once, and no conversation is served by both at once', async () => {
  const house = await openHouse({ store });
  const other = house.anotherWorker();
  await other.start();
  await rest(other);
  const bothLook = async () => {
    house.worker.wake();
    other.wake();
    await Promise.all([rest(house.worker), rest(other)]);
  };
  for (let number = 0; number < 10; number += 1) {
    const nurse = personCalled(`Nurse ${number}`);
    await savePerson(store.db, nurse);
    await house.goesOnDuty(nurse);
  }
  const raised = [await house.raises(), await house.raises(), await house.raises()];
  for (let seconds = 0; seconds < 5; seconds += 1) {
    await bothLook();
    house.moveClock(SECOND);
  }
  house.moveClock(30 * MINUTE);
  for (let seconds = 0; seconds < 20; seconds += 1) {
    await bothLook();
    house.moveClock(SECOND);
  }
  for (const one of raised) {
    const record = await house.read(one);
    expect(kindsOf(record).filter((kind) => kind === 'step').length).toBe(2);
    expect(record.cards.every((card) => card.state === 'delivered' && card.shown === card.wanted)).toBe(true);
    expect(cardsOf(record, 'on-duty').length).toBe(10);
    expect(cardsOf(record, 'channel').length).toBe(1);
  }
  const posted = house.teams.attempts.filter(({ card }) => card.activity === null).map(({ card }) => card.id);
  expect(posted.length).toBe(new Set(posted).size);
  expect(house.teams.mostAtOnce()).toBe(1);
  expect(house.logged).toEqual([]);
  await house.close();
});

test('a duty that ends soon is warned of once, and only of what was sent to that person', async () => {
  const house = await openHouse({ store });
  await house.goesOnDuty(NURSE, 'ward-1', 40 * MINUTE);
  const other = house.anotherWorker();
  await other.start();
  const raised = await house.raises();
  await house.settle();
  house.moveClock(10 * MINUTE);
  house.worker.wake();
  other.wake();
  await Promise.all([rest(house.worker), rest(other)]);
  await house.settle();
  const warnings = attemptsFor(house, 'notice').filter(({ card }) => card.lane === NURSE.conversation);
  expect(warnings.length).toBe(1);
  expect(warnings[0]?.card.details).toContain(raised.referral.reference);
  await house.close();
});
