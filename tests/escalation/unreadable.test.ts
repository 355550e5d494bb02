import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createReferrals } from '../../src/escalation/referrals.ts';
import { createSeal } from '../../src/store/seal.ts';
import { createVault } from '../../src/store/vault.ts';
import { loadCards } from '../../src/teams/cards.ts';
import { drawReferral } from '../../src/teams/messenger.ts';
import { cardsOf, type House, NURSE, openHouse, REPORTER } from './house.ts';

/** A server that has lost the key of people's words still tells those who must act. */

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test.each([
  ['without the key', []],
  ['with another key of its name', [{ id: 'test', key: Buffer.alloc(32, 1) }]],
])('a card that is drawn %s says so, and whom to ask', async (_, keys) => {
  await house.goesOnDuty(NURSE);
  const raised = await house.raises({ description: 'A visitor is filming.', callBack: '4455' });
  await house.acts(raised, 'ask', { text: 'Is he still there?' });
  const seal = createSeal(Buffer.alloc(32, 7), createVault(keys));
  const record = await createReferrals({ ...house.engine, seal }).read(raised.referral.reference);
  if (record === undefined) throw new Error('The referral is gone.');
  const needs = {
    cards: loadCards('cards'),
    guidance: () => new Map([[house.organisation.id, house.organisation]]),
    clock: { now: house.now },
    deskAt: () => undefined,
  };
  const drawn = (role: 'on-duty' | 'reporter'): string => {
    const card = cardsOf(record, role)[0];
    if (card === undefined) throw new Error(`There is no card for ${role}.`);
    return JSON.stringify(drawReferral(needs, record, card));
  };
  const nurse = drawn('on-duty');
  expect(nurse).toContain(
    `What ${REPORTER.name} wrote cannot be shown just now. Do not wait for it: ask ${REPORTER.name} what happened.`,
  );
  expect(nurse).toContain('A number was given, and cannot be shown just now: answer them in Teams.');
  expect(nurse).not.toContain('A visitor is filming.');
  expect(nurse).toContain(raised.referral.reference);
  expect(drawn('reporter')).toContain(`These words cannot be shown just now. Ask ${NURSE.name}.`);
});
