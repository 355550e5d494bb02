import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { conditionOf } from '../../src/escalation/condition.ts';
import { updateCard } from '../../src/store/cards.ts';
import { type ReferralRecord, updateReferral } from '../../src/store/referrals.ts';
import {
  attemptsFor,
  CHANNEL,
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
  nudgesIn,
  openHouse,
  postedFor,
  reporterReads,
  SECOND,
  SECOND_NURSE,
  stepsOf,
} from './house.ts';

/**
 * What time alone brings. Example Trust sets none, so the stated defaults hold for an urgent matter: two hours until a
 * reminder, two more until it goes back to its route, three days while somebody works on it.
 */
const REMIND = 120 * MINUTE;
const RETURN = 120 * MINUTE;
const IN_PROGRESS = 3 * 24 * HOUR;

let house: House;
let raised: ReferralRecord;
beforeEach(async () => {
  house = await openHouse();
  await house.goesOnDuty(NURSE, 'ward-1', 30 * 24 * HOUR);
  raised = await house.raises();
  await house.settle();
});
afterEach(() => house.close());

const now = () => house.read(raised);
const nurseChat = `${NURSE.conversation}`;
const timesOf = (record: ReferralRecord, kind: string) => kindsOf(record).filter((one) => one === kind).length;

describe('an owner who does nothing', () => {
  beforeEach(async () => {
    await house.acts(raised, 'acknowledge');
    await house.settle();
  });

  test('is reminded when the time is over, not before, in a line of its own', async () => {
    await house.later(REMIND - 1);
    expect(nudgesIn(house, nurseChat)).toEqual([]);
    await house.later(1);
    expect(nudgesIn(house, nurseChat)).toEqual(['reminded']);
    expect((await now()).referral).toMatchObject({ status: 'acknowledged', owner_name: 'Grace' });
  });

  test('loses it to the route if they do nothing after that, and the route begins again', async () => {
    await house.later(REMIND);
    await house.later(RETURN - 1);
    expect(kindsOf(await now())).not.toContain('returned');
    await house.later(1);
    const back = await now();
    expect(back.referral).toMatchObject({
      status: 'raised',
      owner: null,
      owner_name: null,
      owner_due_at: null,
      round: 1,
      route_step: 0,
      next_step_at: MORNING + REMIND + RETURN + 30 * MINUTE,
    });
    expect(stepsOf(back)).toMatchObject([
      { step: 0, round: 0 },
      { step: 0, round: 1, reached: ['Grace'] },
    ]);
    expect(cardsOf(back, 'on-duty').map(({ round }) => round)).toEqual([0, 1]);
    expect(postedFor(house, 'on-duty').length).toBe(2);
    expect(reporterReads(house)).toContain('returned');
  });

  test('of the second round is reminded and loses it again', async () => {
    await house.later(REMIND);
    await house.later(RETURN);
    await house.acts(raised, 'acknowledge', { by: NURSE });
    await house.later(REMIND);
    await house.later(RETURN);
    const back = await now();
    expect(back.referral).toMatchObject({ status: 'raised', round: 2 });
    expect([timesOf(back, 'reminded'), timesOf(back, 'returned')]).toEqual([2, 2]);
  });

  test('keeps it by doing something, and the time begins anew', async () => {
    await house.later(REMIND);
    await house.later(RETURN - 1);
    await house.acts(raised, 'note', { text: 'I rang them.' });
    expect((await now()).referral.reminded_at).toBeNull();
    await house.later(REMIND - 1);
    expect(timesOf(await now(), 'reminded')).toBe(1);
    await house.later(1);
    const later = await now();
    expect([timesOf(later, 'reminded'), timesOf(later, 'returned')]).toEqual([2, 0]);
  });

  test('is not reminded of what is closed', async () => {
    await house.acts(raised, 'close', { text: 'Done.' });
    await house.later(60 * 24 * HOUR);
    expect(kindsOf(await now())).not.toContain('reminded');
  });
});

describe('an owner who works on it', () => {
  test('is reminded again and again, and never loses it', async () => {
    await house.acts(raised, 'take-on');
    await house.settle();
    for (let times = 1; times <= 3; times += 1) {
      await house.later(IN_PROGRESS - 1);
      expect(timesOf(await now(), 'reminded')).toBe(times - 1);
      await house.later(1);
      expect(timesOf(await now(), 'reminded')).toBe(times);
    }
    expect((await now()).referral).toMatchObject({ status: 'in-progress', owner_name: 'Grace' });
  });
});

describe('a reminder to an owner who has no chat with the bot', () => {
  test('goes to the newest thread of the channel that they pressed in', async () => {
    await house.later(30 * MINUTE);
    await house.acts(raised, 'acknowledge', { by: MEMBER, from: 'channel' });
    await house.later(REMIND);
    await house.later(RETURN);
    await house.later(30 * MINUTE);
    await house.acts(raised, 'acknowledge', { by: MEMBER, from: 'channel' });
    const before = attemptsFor(house, 'nudge').length;
    await house.later(REMIND);
    const [nudge] = attemptsFor(house, 'nudge')
      .slice(before)
      .filter(({ card }) => card.lane === CHANNEL);
    const [, newest] = cardsOf(await now(), 'channel');
    expect(nudge?.card.conversation).toBe(newest?.conversation);
  });
});

describe('the end of a duty', () => {
  const WARNING = 30 * MINUTE;

  test('is warned of once, with what is open', async () => {
    await house.goesOnDuty(SECOND_NURSE, 'ward-1', 4 * HOUR);
    await house.settle();
    const chat = `${SECOND_NURSE.conversation}`;
    await house.later(4 * HOUR - WARNING - 1);
    expect(noticesTo(house, chat)).toEqual([]);
    await house.later(1);
    const warned = noticesTo(house, chat);
    expect(warned).toMatchObject([
      { notice: 'duty-ends', department: 'ward-1', until: MORNING + 4 * HOUR, open: [raised.referral.reference] },
    ]);
    await house.later(10 * MINUTE);
    await house.later(10 * MINUTE);
    expect(noticesTo(house, chat)).toEqual(warned);
  });

  test('is warned of with what they own, also from elsewhere', async () => {
    await house.goesOnDuty(MANAGER, 'ward-2', 4 * HOUR);
    await house.acts(raised, 'acknowledge');
    await house.acts(raised, 'hand-over', { to: MANAGER });
    await house.acts(raised, 'take-on', { by: MANAGER });
    await house.later(4 * HOUR - WARNING);
    expect(noticesTo(house, `${MANAGER.conversation}`)).toMatchObject([{ open: [raised.referral.reference] }]);
  });

  test('is not warned of with nothing open', async () => {
    await house.goesOnDuty(MANAGER, 'ward-2', 4 * HOUR);
    await house.later(4 * HOUR - WARNING);
    expect(noticesTo(house, `${MANAGER.conversation}`)).toEqual([]);
  });

  test('does not speak of a concern that went round them', async () => {
    await house.goesOnDuty(MANAGER, 'ward-2', 4 * HOUR);
    await house.raises({ department: 'ward-2', aboutSenior: 'unsure' });
    await house.later(4 * HOUR - WARNING);
    expect(noticesTo(house, `${MANAGER.conversation}`)).toEqual([]);
  });

  test('is not warned of when it was ended before', async () => {
    await house.goesOnDuty(SECOND_NURSE, 'ward-1', 4 * HOUR);
    await house.duties.end(SECOND_NURSE);
    await house.later(4 * HOUR - WARNING);
    expect(noticesTo(house, `${SECOND_NURSE.conversation}`)).toEqual([]);
  });
});

describe('a step that cannot be taken, whatever the reason', () => {
  const failsFor = (which: string) =>
    sql`create trigger no_step before insert on audit when new.kind = 'step' and ${sql.raw(which)}
      begin select raise(abort, 'A fault of ours.'); end`.execute(house.store.db);
  const goesWell = () => sql`drop trigger no_step`.execute(house.store.db);
  const looksFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) await house.later(SECOND);
  };
  const timesFailed = () => house.logged.filter((line) => line.includes('a step failed')).length;

  test('is told to the reporter, who is to ring, and to those who have it, once and soon', async () => {
    await failsFor(`new.referral = '${raised.referral.reference}'`);
    await house.later(30 * MINUTE);
    expect(reporterReads(house)).not.toContain('step-failed');
    const before = postedFor(house, 'reporter').length;
    await looksFor(120);
    expect((await now()).referral).toMatchObject({ status: 'raised', route_step: 0 });
    expect((await now()).referral.unanswered_at).not.toBeNull();
    expect(postedFor(house, 'reporter').length).toBe(before + 1);
    expect(timesOf(await now(), 'step-failed')).toBe(1);
    expect(nudgesIn(house, nurseChat)).toEqual(['step-failed']);
    const { problems } = await conditionOf(house.store.db, {
      now: house.now(),
      systemNow: Date.now(),
      organisations: [house.organisation],
      teams: house.engine.teams,
    });
    expect(problems.map(({ kind }) => kind)).toContain('step-overdue');
    expect(problems.map(({ kind }) => kind)).not.toContain('unanswered');
  });

  test('is tried again after longer and longer waits, and the route goes on once it can be taken', async () => {
    await failsFor(`new.referral = '${raised.referral.reference}'`);
    await house.later(30 * MINUTE);
    await looksFor(120);
    expect(timesFailed()).toBeLessThan(12);
    await goesWell();
    await looksFor(61);
    const after = await now();
    expect(stepsOf(after)).toMatchObject([{ step: 0 }, { step: 1 }]);
    expect(after.referral.unanswered_at).toBeNull();
    expect(cardsOf(after, 'channel')).toMatchObject([{ state: 'delivered' }]);
    await house.later(15 * MINUTE);
    expect(timesOf(await now(), 'unanswered')).toBe(1);
  });

  test('holds up no other, however many of them there are', async () => {
    for (let number = 0; number < 60; number += 1) await house.raises();
    house.moveClock(SECOND);
    const well = await house.raises();
    await failsFor(`new.referral <> '${well.referral.reference}'`);
    await house.later(30 * MINUTE);
    await looksFor(2);
    expect((await house.read(well)).referral.route_step).toBe(1);
  });
});

describe('the auditor', () => {
  const AUDIT = 30_000;

  test('sets going again what nobody has acknowledged and nothing would move', async () => {
    await updateReferral(house.store.db, raised.referral.reference, { next_step_at: null });
    await house.later(AUDIT);
    const found = await now();
    expect(kindsOf(found)).toContain('found-stalled');
    expect(stepsOf(found)).toMatchObject([{ step: 0 }, { step: 1, reached: ['Safeguarding referrals'] }]);
    expect(found.referral.next_step_at).not.toBeNull();
    expect(house.logged.join('\n')).toContain('stalled');
  });

  test('says that nobody answered, where the route has nothing left', async () => {
    await updateReferral(house.store.db, raised.referral.reference, { next_step_at: null, route_step: 2 });
    await house.later(AUDIT);
    expect((await now()).referral.unanswered_at).toBe(MORNING + AUDIT);
  });

  test('sees to it that an owner is reminded', async () => {
    await house.acts(raised, 'acknowledge');
    await updateReferral(house.store.db, raised.referral.reference, { owner_due_at: null });
    await house.later(AUDIT);
    expect((await now()).referral.owner_due_at).toBe(MORNING + AUDIT + REMIND);
  });

  test('finds each once, and leaves alone what is well', async () => {
    const well = await house.raises();
    await updateReferral(house.store.db, raised.referral.reference, { next_step_at: null });
    for (let audits = 0; audits < 3; audits += 1) await house.later(AUDIT);
    expect(timesOf(await now(), 'found-stalled')).toBe(1);
    expect(kindsOf(await house.read(well))).not.toContain('found-stalled');
  });

  test('goes on with the others when one cannot be mended', async () => {
    const other = await house.raises();
    await updateReferral(house.store.db, raised.referral.reference, { next_step_at: null, route: 'no route at all' });
    await updateReferral(house.store.db, other.referral.reference, { next_step_at: null });
    await house.later(AUDIT);
    expect(kindsOf(await house.read(other))).toContain('found-stalled');
    expect(house.logged.join('\n')).toContain('could not be mended');
  });

  test('has a card drawn again that was forgotten', async () => {
    const [card] = cardsOf(await now(), 'on-duty');
    await updateCard(house.store.db, card?.id ?? '', { wanted: (card?.wanted ?? 0) + 1, due_at: null });
    const before = attemptsFor(house, 'on-duty').length;
    await house.later(AUDIT);
    await house.later(SECOND);
    expect(attemptsFor(house, 'on-duty').length).toBe(before + 1);
    expect(house.logged.join('\n')).toContain('forgotten');
  });

  test('wakes a conversation that has something due and does not know it', async () => {
    await house.acts(raised, 'note', { text: 'A note.' });
    await house.store.db.updateTable('lanes').set({ due_at: null }).execute();
    const before = attemptsFor(house, 'on-duty').length;
    await house.later(AUDIT);
    await house.later(SECOND);
    expect(attemptsFor(house, 'on-duty').length).toBe(before + 1);
  });

  test('sets going again what was raised before there were reminders and rounds', async () => {
    const { steps, contacts, title } = JSON.parse(raised.referral.route);
    const old = JSON.stringify({ steps, contacts, title, 'if-it-cannot-wait': ['senior'] });
    await updateReferral(house.store.db, raised.referral.reference, { route: old });
    expect(await house.acts(raised, 'acknowledge')).toMatchObject({ result: 'done' });
    expect((await now()).referral.owner_due_at).toBe(MORNING + REMIND);
    await house.later(REMIND);
    await house.later(RETURN);
    expect((await now()).referral).toMatchObject({ status: 'raised', round: 1 });
  });
});

test('a reminder says whom it reminds and how long they have', async () => {
  await house.acts(raised, 'acknowledge');
  await house.later(REMIND);
  const row = (await now()).audit.find(({ kind }) => kind === 'reminded');
  expect(detailsOf(row)).toEqual({ owner: 'Grace', minutes: 120 });
});
