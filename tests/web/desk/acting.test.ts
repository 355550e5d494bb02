import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DESK_ACTIONS, REPORTER_ACTIONS } from '../../../src/escalation/life.ts';
import type { ReferralRecord } from '../../../src/store/referrals.ts';
import {
  cardsOf,
  kindsOf,
  MANAGER,
  MEMBER,
  MORNING,
  NURSE,
  OUTSIDER,
  REPORTER,
  SECOND_NURSE,
} from '../../escalation/house.ts';
import type { DeskReader } from '../../support/desk.ts';
import { type OpenDesk, openDesk } from './open-desk.ts';

let desk: OpenDesk;
let raised: ReferralRecord;
let reference: string;
let ruth: DeskReader;
let amina: DeskReader;
beforeEach(async () => {
  desk = await openDesk();
  desk.members.add(MEMBER.person);
  await desk.house.goesOnDuty(NURSE, 'ward-1');
  await desk.house.goesOnDuty(SECOND_NURSE, 'ward-2');
  raised = await desk.house.raises();
  reference = raised.referral.reference;
  ruth = desk.as(MEMBER);
  amina = desk.as(REPORTER);
});
afterEach(() => desk.close());

const standing = async () => {
  const { referral } = await desk.house.read(raised);
  return { status: referral.status, owner: referral.owner_name };
};

describe('somebody of the team who has never spoken to the bot', () => {
  test('takes a referral through its whole life at the desk', async () => {
    const does = async (...given: Parameters<DeskReader['acts']> extends [string, ...infer Rest] ? Rest : never) => {
      expect(await ruth.acts(reference, ...given)).toMatchObject({ done: true, notice: '' });
      return standing();
    };
    expect(await does('acknowledge')).toEqual({ status: 'acknowledged', owner: 'Ruth' });
    expect(await does('take-on')).toEqual({ status: 'in-progress', owner: 'Ruth' });
    await does('ask', { text: 'Is he still there?' });
    await amina.acts(reference, 'answer', { text: 'Yes.' });
    await does('note', { text: 'Rang the site desk.' });
    await does('refer-on', { referredTo: 'police', text: 'CAD 123' });
    await amina.acts(reference, 'ask-to-withdraw', { text: 'He has gone.' });
    await does('keep-open', { text: 'We look at it all the same.' });
    await amina.acts(reference, 'add', { text: 'He is back.' });
    await does('hand-over', { colleague: NURSE.person });
    expect(await does('close', { text: 'The visitor was asked to stop.' })).toEqual({
      status: 'closed',
      owner: 'Ruth',
    });
    expect(await does('reopen')).toEqual({ status: 'reopened', owner: 'Ruth' });
    const kinds = kindsOf(await desk.house.read(raised));
    expect([...DESK_ACTIONS, ...REPORTER_ACTIONS].filter((action) => !kinds.includes(action))).toEqual([]);
  });

  test('is answered with the referral as it stands then', async () => {
    const { referral } = await ruth.acts(reference, 'acknowledge');
    expect(referral).toMatchObject({
      reference,
      status: 'acknowledged',
      owner: 'Ruth',
      acknowledgedAt: MORNING,
      nextStepAt: null,
      headline: 'Ruth acknowledged this at 9:00am and is responsible for it now.',
    });
  });

  test('is who the cards speak of, wherever they are', async () => {
    await desk.house.settle();
    await ruth.acts(reference, 'acknowledge');
    await desk.house.settle();
    const shown = [...desk.house.teams.messages.values()].filter(
      ({ record }) => record?.referral.reference === reference,
    );
    expect(shown.length).toBe(2);
    expect(shown.map(({ record }) => record?.referral.owner_name)).toEqual(['Ruth', 'Ruth']);
  });

  test('who owns it has no chat to be told in, so that all who have a card are told', async () => {
    await desk.house.settle();
    await ruth.acts(reference, 'acknowledge');
    await amina.acts(reference, 'add', { text: 'He is back.' });
    expect(cardsOf(await desk.house.read(raised), 'nudge').map(({ person }) => person)).toEqual([NURSE.person]);
  });
});

describe('whoever comes too late', () => {
  test('is told who was first, and sees how it stands', async () => {
    await desk.house.acts(raised, 'acknowledge');
    expect(await ruth.acts(reference, 'acknowledge')).toMatchObject({
      done: false,
      notice: 'Grace got there first, at 9:00am.',
      referral: { status: 'acknowledged', owner: 'Grace' },
    });
  });

  test('is told what it is now', async () => {
    await ruth.acts(reference, 'acknowledge');
    await ruth.acts(reference, 'close', { text: 'Done.' });
    const { done, notice } = await ruth.acts(reference, 'ask', { text: 'Are you there?' });
    expect([done, notice]).toEqual([false, 'This has changed since you saw it. It is now: closed. Nothing was done.']);
  });
});

describe('what is not done', () => {
  test('is closing what somebody else has', async () => {
    await desk.house.acts(raised, 'acknowledge');
    expect(await ruth.acts(reference, 'close', { text: 'Done.' })).toMatchObject({
      done: false,
      notice: 'Grace has this, and only they can close it. To do it yourself, take it on first.',
      referral: { status: 'acknowledged' },
    });
  });

  test('is what needs words and has none', async () => {
    expect(await ruth.acts(reference, 'note', { text: '  ' })).toMatchObject({
      done: false,
      notice: 'Please write a few words first. Nothing was saved.',
    });
  });

  test.each([undefined, 'nobody', MEMBER.person, REPORTER.person, OUTSIDER.person])(
    'is handing over to %s, who is not in the list',
    async (colleague) => {
      desk.members.add(REPORTER.person);
      await ruth.acts(reference, 'acknowledge');
      expect(await ruth.acts(reference, 'hand-over', { colleague })).toMatchObject({
        done: false,
        notice: 'Choose a colleague from the list. Nothing was changed.',
        referral: { possible: { colleagues: [{ name: 'Grace' }, { name: 'Helen' }] } },
      });
      expect(cardsOf(await desk.house.read(raised), 'colleague')).toEqual([]);
    },
  );

  test.each([undefined, 'somebody-else'])('is referring on to %s, whom the organisation does not name', async (to) => {
    expect(await ruth.acts(reference, 'refer-on', { referredTo: to })).toMatchObject({
      done: false,
      notice: 'Choose whom it was referred on to. Nothing was saved.',
    });
  });

  test('is what only the one who raised it may do, and what only the desk may', async () => {
    for (const action of REPORTER_ACTIONS) {
      expect(await ruth.acts(reference, action, { text: 'x' })).toMatchObject({ done: false });
    }
    for (const action of DESK_ACTIONS) {
      const acted = await amina.acts(reference, action, { text: 'x', referredTo: 'police', colleague: NURSE.person });
      expect(acted).toMatchObject({ done: false, notice: expect.stringContaining('You cannot do this') });
    }
  });

  test('leaves everything as it was', async () => {
    const before = await desk.house.read(raised);
    await ruth.acts(reference, 'close', { text: 'Done.' });
    await ruth.acts(reference, 'note');
    await amina.acts(reference, 'acknowledge');
    const after = await desk.house.read(raised);
    expect({ ...after.referral, events: 0 }).toEqual({ ...before.referral, events: 0 });
    expect([after.words, after.cards]).toEqual([before.words, before.cards]);
  });
});

test('the same press is one action, however often it is sent', async () => {
  const key = randomUUID();
  const press = () => ruth.acts(reference, 'note', { key, text: 'Rang the site desk.' });
  const all = await Promise.all([press(), press(), press()]);
  expect(all.map(({ done }) => done)).toEqual([true, true, true]);
  await press();
  const kinds = kindsOf(await desk.house.read(raised));
  expect(kinds.filter((kind) => kind === 'note').length).toBe(1);
  // Each answer shows the referral: what did nothing is on record as a read.
  expect(kinds.filter((kind) => kind === 'read').length).toBe(3);
});

test('whoever is asked to take it on gets a card, and has it when they do', async () => {
  await ruth.acts(reference, 'acknowledge');
  await ruth.acts(reference, 'hand-over', { colleague: SECOND_NURSE.person });
  expect(await standing()).toEqual({ status: 'acknowledged', owner: 'Ruth' });
  expect(cardsOf(await desk.house.read(raised), 'colleague').map(({ person }) => person)).toEqual([
    SECOND_NURSE.person,
  ]);
  const helen = desk.as(SECOND_NURSE);
  expect(await helen.acts(reference, 'take-on')).toMatchObject({ done: true, referral: { isOwner: true } });
  expect(await standing()).toEqual({ status: 'in-progress', owner: 'Helen' });
});

describe('who can be asked to take it on', () => {
  const offered = async (of = reference, by = ruth) => (await by.opens(of)).possible.colleagues.map(({ name }) => name);

  test('is also whoever else is in the team and has a chat with the bot', async () => {
    desk.members.add(OUTSIDER.person).add('never spoke to the bot');
    await ruth.acts(reference, 'acknowledge');
    expect(await offered()).toEqual(['Grace', 'Helen', 'Victor']);
    expect(await ruth.acts(reference, 'hand-over', { colleague: OUTSIDER.person })).toMatchObject({ done: true });
    expect(cardsOf(await desk.house.read(raised), 'colleague').map(({ person }) => person)).toEqual([OUTSIDER.person]);
  });

  test('is for a senior nobody in the team who was not on duty', async () => {
    desk.members.add(OUTSIDER.person);
    const grace = desk.as(NURSE);
    await grace.acts(reference, 'acknowledge');
    expect(await offered(reference, grace)).toEqual(['Helen']);
    expect(await grace.acts(reference, 'hand-over', { colleague: OUTSIDER.person })).toMatchObject({ done: false });
  });

  test('is never whoever was on duty there, where it may be about them', async () => {
    const about = (await desk.house.raises({ aboutSenior: 'yes' })).referral.reference;
    await ruth.acts(about, 'acknowledge');
    expect(await offered(about)).toEqual(['Helen']);
    expect(await ruth.acts(about, 'hand-over', { colleague: NURSE.person })).toMatchObject({ done: false });
  });

  test('is never somebody in the team, where it may be about one of them', async () => {
    desk.members.add(SECOND_NURSE.person);
    await desk.house.goesOnDuty(MANAGER, 'ward-2');
    const about = (await desk.house.raises({ aboutSenior: 'channel' })).referral.reference;
    const grace = desk.as(NURSE);
    await grace.acts(about, 'acknowledge');
    expect(await offered(about, grace)).toEqual(['Omar']);
    expect(await grace.acts(about, 'hand-over', { colleague: SECOND_NURSE.person })).toMatchObject({ done: false });
  });
});

describe('what is sent', () => {
  const acts = (body: object) => ruth.isRefused('act', { in: { reference }, body });

  test('fits 2,000 characters, and is refused whole if it is longer', async () => {
    expect(await ruth.acts(reference, 'note', { text: 'x'.repeat(2_000) })).toMatchObject({ done: true });
    expect(await acts({ action: 'note', key: randomUUID(), text: 'x'.repeat(2_001) })).toEqual({
      status: 413,
      code: 'too-long',
      message: 'Please shorten this: 2,000 characters fit. Nothing was saved.',
    });
    expect(kindsOf(await desk.house.read(raised)).filter((kind) => kind === 'note').length).toBe(1);
  });

  test.each([
    ['no action', { key: 'some-key', text: 'x' }, /“action” must be one of: acknowledge, take-on/],
    ['an action that is none', { action: 'delete', key: 'some-key' }, /“action” must be one of: acknowledge, take-on/],
    ['no key', { action: 'note', text: 'x' }, /“key” is missing or not right/],
    ['a key that is too short', { action: 'note', key: 'a', text: 'x' }, /“key” is too short\. Write 8 or more/],
    ['words that are no text', { action: 'note', key: 'some-key', text: 7 }, /“text” is missing or not right/],
    ['nothing', {}, /“action” must be one of/],
  ])('is refused with %s, in words', async (_, body, words) => {
    expect(await acts(body)).toMatchObject({ status: 400, code: 'bad-input', message: expect.stringMatching(words) });
    expect((await acts(body)).message).toMatch(/Nothing was saved\.$/);
  });
});
