import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DESK_ACTIONS, REPORTER_ACTIONS } from '../../src/escalation/life.ts';
import { type PersonKey, savePerson } from '../../src/store/people.ts';
import type { ReferralRecord } from '../../src/store/referrals.ts';
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
  nudgesIn,
  OUTSIDER,
  openHouse,
  postedFor,
  REPORTER,
  reporterReads,
  SECOND_NURSE,
  typedIn,
} from './house.ts';

/** Grace and Helen are on duty on Ward 1, and Amina has raised something there. */

let house: House;
let raised: ReferralRecord;
beforeEach(async () => {
  house = await openHouse();
  await house.goesOnDuty(NURSE);
  await house.goesOnDuty(SECOND_NURSE);
  raised = await house.raises({ callBack: '4455' });
  await house.settle();
});
afterEach(() => house.close());

const now = () => house.read(raised);
const nurseChat = `${NURSE.conversation}`;
const reporterChat = `${REPORTER.conversation}`;

describe('what is written down when something is raised', () => {
  test('is who, what and when, with the words in a table of their own', async () => {
    expect(raised.audit[0]).toMatchObject({ kind: 'raised', sequence: 1, at: MORNING, actor: REPORTER.person });
    expect(detailsOf(raised.audit[0])).toEqual({ organisation: 'example-trust', flow: 'filming', urgency: 'urgent' });
    expect(typedIn(raised).sort()).toEqual([
      ['call-back', '4455'],
      ['description', 'A visitor is filming.'],
    ]);
    expect(JSON.stringify(raised.audit)).not.toContain('A visitor is filming.');
  });

  test('has a message of its own: one that shows another concern already goes on showing that', async () => {
    const old = raised.cards.find(({ role }) => role === 'reporter');
    const message = { conversation: reporterChat, activity: old?.activity ?? undefined };
    const second = await house.raises({ key: 'pressed on an old card of the walk', message });
    await house.settle();
    const [card] = cardsOf(await house.read(second), 'reporter');
    expect(card).toMatchObject({ conversation: reporterChat, state: 'delivered' });
    expect(card?.activity).not.toBe(old?.activity);
  });

  test('is not shown to another person who sends the same form', async () => {
    const again = house.raises({ key: raised.referral.raise_key, reporter: OUTSIDER });
    await expect(again).rejects.toThrow('sent by another person');
  });
});

describe('responsibility', () => {
  test('is taken by the first of two who acknowledge at once, and the other sees who has it', async () => {
    const both = await Promise.all([
      house.acts(raised, 'acknowledge', { by: NURSE }),
      house.acts(raised, 'acknowledge', { by: SECOND_NURSE }),
    ]);
    expect(both.map(({ result }) => result).sort()).toEqual(['done', 'too-late']);
    const { referral, audit } = await now();
    expect(audit.filter(({ kind }) => kind === 'acknowledge').length).toBe(1);
    for (const acted of both) expect('record' in acted && acted.record.referral.owner_name).toBe(referral.owner_name);
  });

  test('is taken over by whoever takes it on, and the owner before loses it', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    expect(await house.acts(raised, 'take-on', { by: SECOND_NURSE })).toMatchObject({ result: 'done' });
    expect((await now()).referral).toMatchObject({ status: 'in-progress', owner_name: 'Helen' });
    expect(await house.acts(raised, 'close', { by: NURSE, text: 'Done.' })).toMatchObject({ result: 'not-owner' });
  });

  test('is shown by every card', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    await house.settle();
    for (const { card, record } of house.teams.messages.values()) {
      if (card.role !== 'nudge') expect(record?.referral.owner_name).toBe('Grace');
    }
  });

  test('keeps the moment of the first acknowledgement', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    await house.later(10 * MINUTE);
    await house.acts(raised, 'take-on', { by: SECOND_NURSE });
    expect((await now()).referral.acknowledged_at).toBe(MORNING);
  });

  test('ends with the close and begins anew when it is reopened', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    expect(await house.acts(raised, 'close', { by: NURSE, text: 'It was stopped.' })).toMatchObject({ result: 'done' });
    expect((await now()).referral).toMatchObject({
      status: 'closed',
      closed_at: MORNING,
      owner_due_at: null,
      next_step_at: null,
    });
    await house.acts(raised, 'reopen', { by: SECOND_NURSE });
    expect((await now()).referral).toMatchObject({ status: 'reopened', closed_at: null, owner_name: 'Helen' });
    expect((await now()).referral.owner_due_at).not.toBeNull();
  });

  test('needs words where the table says so', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    for (const action of ['close', 'note', 'ask'] as const) {
      expect(await house.acts(raised, action, { text: '  ' })).toMatchObject({ result: 'needs-text' });
    }
    expect((await now()).audit.at(-1)?.kind).toBe('acknowledge');
  });

  test('comes too late where the status does not allow it any more', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    await house.acts(raised, 'close', { by: NURSE, text: 'Done.' });
    for (const action of ['acknowledge', 'take-on', 'ask', 'hand-over'] as const) {
      const acted = await house.acts(raised, action, { by: SECOND_NURSE, text: 'Words.' });
      expect(acted).toMatchObject({ result: 'too-late', record: { referral: { status: 'closed' } } });
    }
  });
});

describe('a press that arrives twice', () => {
  test('is one action', async () => {
    const key = randomUUID();
    expect(await house.acts(raised, 'note', { key, text: 'A note.' })).toMatchObject({ result: 'done' });
    expect(await house.acts(raised, 'note', { key, text: 'A note.' })).toMatchObject({ result: 'repeated' });
    expect(kindsOf(await now()).filter((kind) => kind === 'note').length).toBe(1);
  });

  test('is one action when both come at once', async () => {
    const key = randomUUID();
    const both = await Promise.all([
      house.acts(raised, 'note', { key, text: 'A note.' }),
      house.acts(raised, 'note', { key, text: 'A note.' }),
    ]);
    expect(both.map(({ result }) => result).sort()).toEqual(['done', 'repeated']);
  });

  test('is two actions when two people press the same button, or one writes two notes', async () => {
    const key = randomUUID();
    const acted = [
      await house.acts(raised, 'note', { key, text: 'A note.', by: NURSE }),
      await house.acts(raised, 'note', { key, text: 'A note.', by: SECOND_NURSE }),
      await house.acts(raised, 'note', { key, text: 'Another note.', by: NURSE }),
    ];
    expect(acted.map(({ result }) => result)).toEqual(['done', 'done', 'done']);
  });

  test('is repeated, not too late, when the first of them changed the status', async () => {
    const key = randomUUID();
    await house.acts(raised, 'acknowledge', { key });
    expect(await house.acts(raised, 'acknowledge', { key })).toMatchObject({ result: 'repeated' });
  });
});

describe('a question', () => {
  const ask = (text = 'Is he still there?') => house.acts(raised, 'ask', { text });
  const answer = (text = 'He has left.', key = randomUUID()) =>
    house.acts(raised, 'answer', { by: REPORTER, text, key });

  test('reaches the reporter in a fresh message, and its answer reaches the desk', async () => {
    const before = postedFor(house, 'reporter').length;
    await ask();
    await house.settle();
    expect(postedFor(house, 'reporter').length).toBe(before + 1);
    expect(reporterReads(house)).toContain('ask');

    expect(await answer()).toMatchObject({ result: 'done' });
    await house.settle();
    expect(nudgesIn(house, nurseChat)).toEqual(['answer']);
    expect(nudgesIn(house, `${SECOND_NURSE.conversation}`)).toEqual(['answer']);
  });

  test('and its answer are kept, each with the other', async () => {
    await ask();
    await answer();
    const { audit, words, referral } = await now();
    const question = audit.find(({ kind }) => kind === 'ask');
    expect(detailsOf(audit.find(({ kind }) => kind === 'answer'))).toEqual({ question: question?.sequence });
    expect(words.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['question', 'answer']));
    expect(referral.open_question).toBeNull();
  });

  test('is answered once, and nothing is answered that was not asked', async () => {
    expect(await answer()).toMatchObject({ result: 'too-late' });
    await ask();
    await answer();
    expect(await answer('Again.')).toMatchObject({ result: 'too-late' });
  });

  test('is not open any more when the referral is closed', async () => {
    await house.acts(raised, 'acknowledge');
    await ask();
    await house.acts(raised, 'close', { text: 'Done.' });
    expect(await answer()).toMatchObject({ result: 'too-late' });
  });

  test('is answered to its owner alone where there is one with a card of their own', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    await ask();
    await answer();
    await house.settle();
    expect(nudgesIn(house, nurseChat)).toEqual(['answer']);
    expect(nudgesIn(house, `${SECOND_NURSE.conversation}`)).toEqual([]);
  });
});

describe('what the reporter adds', () => {
  test('is told to the desk, also after the close', async () => {
    await house.acts(raised, 'acknowledge');
    await house.acts(raised, 'close', { text: 'Done.' });
    expect(await house.acts(raised, 'add', { by: REPORTER, text: 'He is back.' })).toMatchObject({ result: 'done' });
    await house.settle();
    expect(nudgesIn(house, nurseChat)).toEqual(['add']);
    expect(typedIn(await now())).toContainEqual(['addition', 'He is back.']);
  });

  test('takes no responsibility and stops no route', async () => {
    const { next_step_at } = raised.referral;
    await house.acts(raised, 'add', { by: REPORTER, text: 'More.' });
    expect((await now()).referral).toMatchObject({ status: 'raised', owner: null, next_step_at });
  });

  test('does not count as something that the owner did', async () => {
    await house.acts(raised, 'acknowledge');
    const { owner_due_at } = (await now()).referral;
    house.moveClock(MINUTE);
    await house.acts(raised, 'add', { by: REPORTER, text: 'More.' });
    expect((await now()).referral.owner_due_at).toBe(owner_due_at);
  });
});

describe('a wish to withdraw', () => {
  const wish = () => house.acts(raised, 'ask-to-withdraw', { by: REPORTER, text: 'I was wrong.' });

  test('stops nothing: the route goes on while the team has not decided', async () => {
    await wish();
    await house.settle();
    expect((await now()).referral).toMatchObject({ status: 'raised', withdraw_asked_at: MORNING });
    await house.later(30 * MINUTE);
    expect(attemptsFor(house, 'channel').length).toBe(1);
  });

  test('stands until it is decided, and is asked once', async () => {
    await wish();
    expect(await wish()).toMatchObject({ result: 'too-late' });
    await house.settle();
    expect(nudgesIn(house, nurseChat)).toEqual(['ask-to-withdraw']);
  });

  test('is refused with a reason, which the reporter reads in a fresh message', async () => {
    expect(await house.acts(raised, 'keep-open', { text: 'We must look.' })).toMatchObject({ result: 'too-late' });
    await wish();
    const before = postedFor(house, 'reporter').length;
    expect(await house.acts(raised, 'keep-open', { text: 'We must look.' })).toMatchObject({ result: 'done' });
    await house.settle();
    expect(postedFor(house, 'reporter').length).toBe(before + 1);
    expect((await now()).referral.withdraw_asked_at).toBeNull();
    expect(await wish()).toMatchObject({ result: 'done' });
  });

  test('is settled by the close', async () => {
    await wish();
    await house.acts(raised, 'acknowledge');
    await house.acts(raised, 'close', { text: 'Withdrawn.' });
    expect((await now()).referral.withdraw_asked_at).toBeNull();
    expect(await wish()).toMatchObject({ result: 'too-late' });
  });
});

describe('handing over', () => {
  beforeEach(() => house.goesOnDuty(MANAGER, 'ward-2'));

  test('sends a colleague the card, and changes nothing until they take it on', async () => {
    await house.acts(raised, 'acknowledge');
    expect(await house.acts(raised, 'hand-over', { to: MANAGER })).toMatchObject({ result: 'done' });
    await house.settle();
    expect(cardsOf(await now(), 'colleague')).toMatchObject([{ person: MANAGER.person, state: 'delivered' }]);
    expect((await now()).referral.owner_name).toBe('Grace');
    expect(detailsOf((await now()).audit.find(({ kind }) => kind === 'hand-over'))).toEqual({ to: 'Omar' });

    expect(await house.acts(raised, 'take-on', { by: MANAGER })).toMatchObject({ result: 'done' });
    expect((await now()).referral.owner_name).toBe('Omar');
  });

  test('is the owner’s to do', async () => {
    await house.acts(raised, 'acknowledge', { by: NURSE });
    const acted = await house.acts(raised, 'hand-over', { by: SECOND_NURSE, to: MANAGER });
    expect(acted).toMatchObject({ result: 'not-owner' });
  });

  test('needs somebody who has a chat with the bot', async () => {
    await savePerson(house.store.db, MEMBER);
    await house.acts(raised, 'acknowledge');
    for (const to of [MEMBER, { tenant: 'tenant-1', person: 'nobody' }, undefined]) {
      expect(await house.acts(raised, 'hand-over', { to })).toMatchObject({ result: 'nobody' });
    }
    expect(kindsOf(await now())).not.toContain('hand-over');
  });

  test('needs somebody who was on duty in this organisation lately', async () => {
    await house.acts(raised, 'acknowledge');
    expect(await house.acts(raised, 'hand-over', { to: OUTSIDER })).toMatchObject({ result: 'nobody' });
    await house.duties.start({ ...house.organisation, id: 'another-trust' }, 'ward-1', OUTSIDER, house.now() + HOUR);
    expect(await house.acts(raised, 'hand-over', { to: OUTSIDER })).toMatchObject({ result: 'nobody' });
    expect(cardsOf(await now(), 'colleague')).toEqual([]);
  });

  test('is never to the one who raised it', async () => {
    await house.goesOnDuty(REPORTER, 'ward-2');
    await house.acts(raised, 'acknowledge');
    const acted = await house.acts(raised, 'hand-over', { to: REPORTER, team: [REPORTER] });
    expect(acted).toMatchObject({ result: 'nobody' });
  });

  test.each(['yes', 'unsure'] as const)(
    'is never to those who were on duty there since, where it may be about them (%s)',
    async (aboutSenior) => {
      await house.duties.end(SECOND_NURSE);
      house.moveClock(1);
      raised = await house.raises({ aboutSenior });
      await savePerson(house.store.db, MEMBER);
      // The nurse in charge is gone round, so that the channel is told when there is nobody else.
      await house.later(HOUR);
      await house.duties.end(NURSE);
      const asks = (to: PersonKey) => house.acts(raised, 'hand-over', { by: MEMBER, from: 'channel', to });
      await house.acts(raised, 'acknowledge', { by: MEMBER, from: 'channel' });
      expect(await asks(NURSE)).toMatchObject({ result: 'nobody' });
      expect(await asks(SECOND_NURSE)).toMatchObject({ result: 'done' });
      expect(await asks(MANAGER)).toMatchObject({ result: 'done' });
    },
  );

  test('can be to others in the team, as far as Teams says who they are, and not where it may be about them', async () => {
    await house.acts(raised, 'acknowledge');
    expect(await house.acts(raised, 'hand-over', { to: OUTSIDER, team: [OUTSIDER] })).toMatchObject({ result: 'done' });
    raised = await house.raises({ aboutSenior: 'channel' });
    await house.acts(raised, 'acknowledge');
    for (const to of [OUTSIDER, MANAGER]) {
      const acted = await house.acts(raised, 'hand-over', { to, team: [OUTSIDER, MANAGER] });
      expect(acted).toMatchObject({ result: 'nobody' });
    }
    expect(await house.acts(raised, 'hand-over', { to: SECOND_NURSE, team: [] })).toMatchObject({ result: 'done' });
  });

  test('is to nobody where it may be about somebody in the team, and nobody has asked Teams who is in it', async () => {
    raised = await house.raises({ aboutSenior: 'channel' });
    await house.acts(raised, 'acknowledge');
    expect(await house.acts(raised, 'hand-over', { to: SECOND_NURSE })).toMatchObject({ result: 'nobody' });
  });
});

test('the same key on another referral is another action', async () => {
  const another = await house.raises();
  const key = 'one key for two';
  expect(await house.acts(raised, 'note', { key, text: 'x' })).toMatchObject({ result: 'done' });
  expect(await house.acts(another, 'note', { key, text: 'x' })).toMatchObject({ result: 'done' });
  expect(kindsOf(await house.read(another))).toContain('note');
  expect(await house.acts(another, 'note', { key, text: 'x' })).toMatchObject({ result: 'repeated' });
});

describe('referring on', () => {
  const POLICE = { id: 'police', title: 'The police', statutory: true };
  const DESK = {
    id: 'information-governance',
    title: 'Information Governance',
    statutory: false,
    email: { role: 'Site desk', address: 'site-desk@example.org' },
  };

  test('keeps to whom, by whom, when, and the number that they gave', async () => {
    await house.acts(raised, 'refer-on', { referredTo: POLICE, text: 'CAD 123' });
    const { audit, words } = await now();
    const row = audit.at(-1);
    expect(row).toMatchObject({ kind: 'refer-on', actor_name: 'Grace', at: MORNING });
    expect(detailsOf(row)).toEqual({ to: 'The police', id: 'police', statutory: true });
    expect(words.find(({ id }) => id === row?.words)).toMatchObject({ kind: 'number', text: 'CAD 123' });
  });

  test('sends an email only where there is an address and emails can be sent', async () => {
    await house.acts(raised, 'refer-on', { referredTo: DESK });
    expect(cardsOf(await now(), 'email')).toEqual([]);
    await house.close();

    house = await openHouse({ mails: true });
    await house.goesOnDuty(NURSE);
    raised = await house.raises();
    await house.acts(raised, 'refer-on', { referredTo: POLICE });
    expect(cardsOf(await now(), 'email')).toEqual([]);
    await house.acts(raised, 'refer-on', { referredTo: DESK });
    expect(cardsOf(await now(), 'email')).toMatchObject([
      { address: 'site-desk@example.org', place_name: 'Site desk' },
    ]);
  });

  test('is one action for each whom', async () => {
    const key = randomUUID();
    await house.acts(raised, 'refer-on', { key, referredTo: POLICE });
    expect(await house.acts(raised, 'refer-on', { key, referredTo: DESK })).toMatchObject({ result: 'done' });
    expect(await house.acts(raised, 'refer-on', { key, referredTo: POLICE })).toMatchObject({ result: 'repeated' });
  });
});

describe('who may act', () => {
  test('is not somebody whom it was not sent to, whatever they press', async () => {
    const before = await now();
    for (const action of [...DESK_ACTIONS, ...REPORTER_ACTIONS]) {
      const acted = await house.acts(raised, action, { by: OUTSIDER, text: 'Words.', to: MANAGER });
      expect(acted).toEqual({ result: 'not-allowed' });
    }
    expect(await now()).toEqual(before);
  });

  test('is not the reporter where it is the desk’s, nor the desk where it is the reporter’s', async () => {
    for (const action of DESK_ACTIONS) {
      expect(await house.acts(raised, action, { by: REPORTER, text: 'Words.' })).toEqual({ result: 'not-allowed' });
    }
    for (const action of REPORTER_ACTIONS) {
      expect(await house.acts(raised, action, { by: NURSE, text: 'Words.' })).toEqual({ result: 'not-allowed' });
    }
  });

  test('is not somebody of the same id in another tenant', async () => {
    const stranger = { ...NURSE, tenant: 'tenant-2' };
    expect(await house.acts(raised, 'acknowledge', { by: stranger })).toEqual({ result: 'not-allowed' });
  });

  test('is whoever presses in the channel that it was posted to, and in no other', async () => {
    const fromChannel = { by: MEMBER, from: 'channel' } as const;
    expect(await house.acts(raised, 'acknowledge', fromChannel)).toEqual({ result: 'not-allowed' });
    await house.later(30 * MINUTE);
    const elsewhere = { ...fromChannel, conversation: '19:another@thread.tacv2;messageid=1' };
    expect(await house.acts(raised, 'acknowledge', elsewhere)).toEqual({ result: 'not-allowed' });
    expect(await house.acts(raised, 'acknowledge', { ...fromChannel, by: { ...MEMBER, tenant: 'tenant-2' } })).toEqual({
      result: 'not-allowed',
    });
    expect(await house.acts(raised, 'acknowledge', fromChannel)).toMatchObject({ result: 'done' });
    expect((await now()).referral.owner_name).toBe('Ruth');
  });

  test('learns nothing of a referral that is not there', async () => {
    const none = { ...raised, referral: { ...raised.referral, reference: 'AAA-AAAA' } };
    expect(await house.acts(none, 'acknowledge')).toEqual({ result: 'not-found' });
  });
});

describe('reading a referral', () => {
  test('is for those whom it was sent to, and for the channel that it was posted to', async () => {
    const { reference } = raised.referral;
    const reads = (person: typeof NURSE, conversation: string | null) =>
      house.referrals.readFor(reference, person, conversation ?? '');
    expect((await reads(NURSE, NURSE.conversation))?.referral.reference).toBe(reference);
    expect(await reads(OUTSIDER, OUTSIDER.conversation)).toBeUndefined();
    expect(await reads(MEMBER, CHANNEL)).toBeUndefined();
    await house.later(30 * MINUTE);
    expect((await reads(MEMBER, `${CHANNEL};messageid=1`))?.referral.reference).toBe(reference);
    expect(await house.referrals.readFor('AAA-AAAA', NURSE, '')).toBeUndefined();
  });

  test('comes again in one’s own chat when one asks for it', async () => {
    const { reference } = raised.referral;
    expect(await house.referrals.showAgain(reference, NURSE)).toBe(true);
    expect(await house.referrals.showAgain(reference, REPORTER)).toBe(true);
    expect(await house.referrals.showAgain(reference, OUTSIDER)).toBe(false);
    expect(await house.referrals.showAgain('AAA-AAAA', NURSE)).toBe(false);
    await house.settle();
    const lanes = house.teams.attempts.map(({ card }) => card.lane);
    expect(lanes.filter((lane) => lane === nurseChat).length).toBe(2);
    expect(lanes.filter((lane) => lane === reporterChat).length).toBeGreaterThanOrEqual(2);
    expect(lanes).not.toContain(OUTSIDER.conversation);
    expect(cardsOf(await now(), 'on-duty').filter(({ person }) => person === NURSE.person)).toMatchObject([
      { place_role: 'nurse in charge', state: 'delivered' },
      { place_role: 'nurse in charge', state: 'delivered' },
    ]);
  });

  test('shows each card of one person the same truth', async () => {
    await house.referrals.showAgain(raised.referral.reference, NURSE);
    await house.settle();
    await house.acts(raised, 'acknowledge');
    await house.later(MINUTE);
    const shown = [...house.teams.messages.values()].filter(({ card }) => card.person === NURSE.person);
    expect(shown.map(({ record }) => record?.referral.status)).toEqual(['acknowledged', 'acknowledged']);
  });
});
