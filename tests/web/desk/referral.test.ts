import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { faultsOf } from '../../../src/store/audits.ts';
import { appendAudit, type ReferralRecord } from '../../../src/store/referrals.ts';
import { kindsOf, MEMBER, MINUTE, MORNING, NURSE, OUTSIDER, REPORTER, SECOND_NURSE } from '../../escalation/house.ts';
import { FAR_TRUST, type OpenDesk, openDesk, TRUST } from './open-desk.ts';

let desk: OpenDesk;
beforeEach(async () => {
  desk = await openDesk();
  desk.members.add(MEMBER.person);
  await desk.house.goesOnDuty(NURSE, 'ward-1');
});
afterEach(() => desk.close());

const YEAR = 366 * 24 * 60 * MINUTE;
const POLICE = { id: 'police', title: 'The police', statutory: true };

describe('a referral at the desk', () => {
  test('whose words were deleted by rule says so and when, names nobody, and offers nothing more', async () => {
    const { house } = desk;
    const raised = await house.raises({ callBack: '4455', told: ['senior'] });
    await house.settle();
    await house.acts(raised, 'acknowledge');
    await house.acts(raised, 'refer-on', { referredTo: POLICE, text: 'CAD 123' });
    await house.acts(raised, 'close', { text: 'The visitor left.' });
    await house.later(8 * YEAR);
    await house.later(MINUTE);
    const { reference } = raised.referral;
    const forgotten = { at: (await house.read(raised)).referral.forgotten_at, because: 'rule' };
    const row = { reference, status: 'closed', reporter: 'Name deleted', owner: 'Name deleted', forgotten };
    const { rows } = await desk
      .as(MEMBER)
      .gets('register', { query: { organisation: TRUST, list: 'desk', limit: 10 } });
    expect(rows).toMatchObject([row]);
    const shown = await desk.as(MEMBER).opensAtDesk(reference);
    expect(shown).toMatchObject({
      ...row,
      description: null,
      callBack: null,
      told: 'Not said',
      asked: { title: 'Someone is filming', answers: [] },
      statutory: [{ to: 'The police', number: null }],
      possible: { actions: [], colleagues: [], referOn: [] },
    });
    expect(shown.timeline.at(-1)?.what).toBe('The words and names in this were deleted by rule');
    for (const trace of ['Amina', 'Grace', '4455', 'CAD 123', 'filming.', 'null', 'undefined']) {
      expect(JSON.stringify(shown).replaceAll(':null', '')).not.toContain(trace);
    }
    const { done, notice } = await desk.as(MEMBER).acts(reference, 'note', { text: 'Late.' });
    expect({ done, notice }).toEqual({
      done: false,
      notice: 'The words and names in this were deleted. Nothing more can be done with it.',
    });
  });

  test('says what was asked and answered, what was written, and by which policy', async () => {
    const { referral } = await desk.house.raises({
      callBack: '4455',
      safeToRing: 'no-message',
      told: ['senior'],
      asked: {
        title: 'Someone is filming',
        verdict: 'report',
        headline: 'Tell the senior person',
        answers: [{ question: 'Who', answer: 'A visitor' }],
        citations: [
          { kind: 'clause', id: 'EX-1', section: '1', summary: 'Tell the senior person.' },
          {
            kind: 'national',
            id: 'NAT-999',
            summary: 'Ring 999.',
            source: { title: 'A public page', link: 'https://example.org/999' },
          },
        ],
        policy: desk.house.organisation.policy,
      },
    });
    expect(await desk.as(MEMBER).opensAtDesk(referral.reference)).toMatchObject({
      reference: referral.reference,
      organisation: TRUST,
      timezone: 'Europe/London',
      category: 'Filming',
      department: 'Ward 1',
      about: 'Someone is filming',
      reporter: 'Amina',
      owner: null,
      statusName: 'Not yet acknowledged',
      headline: 'Nobody has acknowledged this yet',
      description: 'A visitor is filming.',
      callBack: '4455',
      safeToRing: 'Yes, but do not leave a message',
      told: 'Someone senior where I work',
      takeCare: null,
      asked: {
        title: 'Someone is filming',
        verdict: 'report',
        headline: 'Tell the senior person',
        answers: [{ question: 'Who', answer: 'A visitor' }],
        citations: [
          { id: 'EX-1', section: '1', summary: 'Tell the senior person.' },
          { id: 'NAT-999', section: null, summary: expect.stringContaining('A public page') },
        ],
        policy: { title: 'Example policy', version: null, approved: '2026-01-01' },
        edition: referral.edition,
      },
    });
  });

  test('says nothing of a number or of who was told where nothing was given', async () => {
    const { referral } = await desk.house.raises();
    expect(await desk.as(MEMBER).opensAtDesk(referral.reference)).toMatchObject({
      callBack: null,
      safeToRing: 'Not said',
      told: 'Not said',
    });
  });

  test('says whom not to tell', async () => {
    const { referral } = await desk.house.raises({ aboutSenior: 'yes' });
    expect(await desk.as(MEMBER).opensAtDesk(referral.reference)).toMatchObject({
      takeCare: 'This may be about someone in charge there. Do not tell them of it.',
      flags: ['take-care'],
    });
  });

  test('is found by its reference however it is typed', async () => {
    const { referral } = await desk.house.raises();
    const typed = referral.reference.toLowerCase().replace('-', ' ');
    expect(await desk.as(MEMBER).opens(typed)).toMatchObject({ reference: referral.reference });
    expect(await desk.as(MEMBER).lists(TRUST, { search: typed })).toEqual([referral.reference]);
  });

  test('has one timeline of what people did and wrote, whole and in their own words', async () => {
    const raised = await desk.house.raises();
    const long = 'He has gone. '.repeat(100).trim();
    await desk.house.acts(raised, 'acknowledge');
    await desk.house.acts(raised, 'ask', { text: 'Is he still there?' });
    for (let time = 0; time < 30; time += 1) await desk.house.acts(raised, 'note', { text: `Note ${time}` });
    await desk.house.acts(raised, 'answer', { by: REPORTER, text: long });
    const { timeline, openQuestion } = await desk.as(MEMBER).opensAtDesk(raised.referral.reference);
    expect(timeline.length).toBe(34);
    expect(timeline.map(({ sequence }) => sequence)).toEqual(
      timeline.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
    expect(timeline[0]).toMatchObject({ kind: 'raised', what: 'Amina raised this', words: null, at: MORNING });
    expect(timeline.at(-1)).toMatchObject({ kind: 'answer', what: 'Amina answered', words: long });
    expect(openQuestion).toBeNull();
  });

  test('keeps what happened when the words of it are deleted', async () => {
    const raised = await desk.house.raises();
    await desk.house.acts(raised, 'note', { text: 'A note.' });
    await desk.house.store.db.deleteFrom('words').execute();
    const referral = await desk.as(MEMBER).opensAtDesk(raised.referral.reference);
    expect(referral.description).toBeNull();
    expect(referral.timeline.at(-1)).toMatchObject({ what: 'Grace added a note', words: null });
  });

  test('says which card went to whom, and whether it arrived', async () => {
    const raised = await desk.house.raises();
    const before = await desk.as(MEMBER).opensAtDesk(raised.referral.reference);
    expect(before.deliveries.find(({ role }) => role === 'on-duty')).toMatchObject({
      place: 'Grace, nurse in charge',
      state: 'waiting',
      what: 'It is being sent.',
      deliveredAt: null,
      possibleDuplicate: false,
    });
    await desk.house.settle();
    const after = await desk.as(MEMBER).opensAtDesk(raised.referral.reference);
    expect(after.deliveries.find(({ role }) => role === 'on-duty')).toMatchObject({
      state: 'delivered',
      what: 'Arrived.',
      deliveredAt: MORNING,
    });
  });

  test('shows how far its route has come', async () => {
    const raised = await desk.house.raises();
    const { reference } = raised.referral;
    const states = async () => (await desk.as(MEMBER).opensAtDesk(reference)).route.steps.map(({ state }) => state);
    const { route, nextStepAt } = await desk.as(MEMBER).opensAtDesk(reference);
    expect(route).toMatchObject({
      title: 'The nurse in charge and the channel',
      steps: [
        { tells: 'The nurse in charge for Ward 1', wait: 30, state: 'waiting', at: MORNING },
        { tells: 'The channel “Safeguarding referrals”', wait: 15, state: 'to come', at: null },
        {
          tells: 'The person who raised this is told to ring: Senior person in charge',
          wait: null,
          state: 'to come',
          at: null,
        },
      ],
    });
    expect(nextStepAt).toBe(MORNING + 30 * MINUTE);
    await desk.house.later(30 * MINUTE);
    expect(await states()).toEqual(['taken', 'waiting', 'to come']);
    await desk.house.acts(raised, 'acknowledge');
    expect(await states()).toEqual(['taken', 'taken', 'not needed']);
  });

  test('shows a step that was passed over because of the hour', async () => {
    const escalate = { route: 'by-the-hour', urgency: 'urgent', category: 'filming' } as const;
    const { referral } = await desk.house.raises({ escalate });
    const { route } = await desk.as(MEMBER).opensAtDesk(referral.reference);
    expect(route.steps[0]).toMatchObject({
      tells: 'The nurse in charge for Ward 1; the channel of Ward 1 (in office hours)',
      state: 'waiting',
    });
    desk.house.moveClock(10 * 60 * MINUTE);
    const late = (await desk.house.raises({ escalate })).referral.reference;
    const [first, second] = (await desk.as(MEMBER).opensAtDesk(late)).route.steps;
    expect(first).toMatchObject({ state: 'skipped' });
    expect(second).toMatchObject({ tells: 'Whoever is on duty as site manager (outside office hours)' });
  });

  test('says who told the police or social care, and apart from that who else was told', async () => {
    const raised = await desk.house.raises();
    const { reference } = raised.referral;
    expect(await desk.as(MEMBER).opensAtDesk(reference)).toMatchObject({ statutory: [], referredOn: [] });
    await desk.house.acts(raised, 'refer-on', { referredTo: POLICE, text: 'CAD 123' });
    desk.house.moveClock(MINUTE);
    await desk.as(MEMBER).acts(reference, 'refer-on', { referredTo: 'information-governance' });
    expect(await desk.as(MEMBER).opensAtDesk(reference)).toMatchObject({
      statutory: [{ to: 'The police', by: 'Grace', at: MORNING, number: 'CAD 123' }],
      referredOn: [{ to: 'Information Governance', by: 'Ruth', at: MORNING + MINUTE, number: null }],
    });
  });

  test('takes what the record does not say from the organisation, by the name of who was told', async () => {
    const raised = await desk.house.raises();
    const { reference } = raised.referral;
    const { engine, store } = desk.house;
    for (const to of ['The police', 'Somebody of old']) {
      await appendAudit(store.db, engine.seal, reference, { kind: 'refer-on', at: 1, details: { to } });
    }
    const told = await desk.as(MEMBER).opensAtDesk(reference);
    expect(told.statutory.map(({ to }) => to)).toEqual(['The police']);
    expect(told.referredOn.map(({ to }) => to)).toEqual(['Somebody of old']);
  });

  test('says what can be done by the one who reads', async () => {
    const raised = await desk.house.raises();
    const { reference } = raised.referral;
    const member = desk.as(MEMBER);
    expect((await member.opensAtDesk(reference)).possible).toEqual({
      actions: ['acknowledge', 'ask', 'note', 'refer-on'],
      colleagues: [],
      referOn: [
        { id: 'police', name: 'The police' },
        { id: 'information-governance', name: 'Information Governance' },
      ],
    });
    await desk.house.goesOnDuty(SECOND_NURSE, 'ward-2');
    const { referral } = await member.acts(reference, 'acknowledge');
    expect(referral).toMatchObject({ isOwner: true });
    expect(referral.possible.actions).toEqual(['take-on', 'hand-over', 'ask', 'note', 'refer-on', 'close']);
    expect(referral.possible.colleagues.map(({ name }) => name)).toEqual(['Grace', 'Helen']);
    expect((await desk.as(NURSE).opensAtDesk(reference)).possible.actions).toEqual([
      'take-on',
      'ask',
      'note',
      'refer-on',
    ]);
  });

  test('shows the wish to withdraw until the team has decided', async () => {
    const raised = await desk.house.raises();
    await desk.house.acts(raised, 'ask-to-withdraw', { by: REPORTER, text: 'It was a mistake.' });
    const member = desk.as(MEMBER);
    expect(await member.opensAtDesk(raised.referral.reference)).toMatchObject({
      wish: 'It was a mistake.',
      flags: ['withdraw'],
    });
    const { referral } = await member.acts(raised.referral.reference, 'keep-open', { text: 'We must look at it.' });
    expect(referral).toMatchObject({ wish: null, flags: [] });
  });
});

describe('a referral for the one who raised it', () => {
  test('says what is known, whom to ring, and what they can do', async () => {
    const raised = await desk.house.raises();
    await desk.house.settle();
    expect(await desk.as(REPORTER).opens(raised.referral.reference)).toMatchObject({
      reader: 'reporter',
      headline: 'Sent. Not confirmed yet',
      truths: expect.arrayContaining(['Recorded at 9:00am.', 'No one has confirmed reading this yet.']),
      description: 'A visitor is filming.',
      ring: { headline: 'If it cannot wait, ring', contacts: [{ role: 'Senior person in charge', phone: '4455' }] },
      question: null,
      possible: { actions: ['add', 'ask-to-withdraw'], colleagues: [], referOn: [] },
    });
  });

  test('does not say that its owner was reminded, nor whom it may be about', async () => {
    const raised = await desk.house.raises({ aboutSenior: 'unsure' });
    const { reference } = raised.referral;
    await desk.as(MEMBER).acts(reference, 'acknowledge');
    await desk.house.store.db.updateTable('referrals').set({ reminded_at: MORNING }).execute();
    await desk.house.acts(raised, 'ask-to-withdraw', { by: REPORTER, text: 'It was a mistake.' });
    const { flags } = await desk.as(MEMBER).opensAtDesk(reference);
    expect(flags).toEqual(['reminded', 'withdraw', 'take-care']);
    const reporter = desk.as(REPORTER);
    expect(await reporter.opens(reference)).toMatchObject({ flags: ['withdraw'] });
    const { rows } = await reporter.gets('register', { query: { organisation: TRUST, list: 'mine' } });
    expect(rows).toMatchObject([{ reference, flags: ['withdraw'] }]);
  });

  test('has the question that waits for them, and the way to answer it', async () => {
    const raised = await desk.house.raises();
    await desk.house.acts(raised, 'acknowledge');
    await desk.house.acts(raised, 'ask', { text: 'Which bay?' });
    const reporter = desk.as(REPORTER);
    expect(await reporter.opens(raised.referral.reference)).toMatchObject({
      ring: null,
      question: { asker: 'Grace', words: 'Which bay?' },
      possible: { actions: ['answer', 'add', 'ask-to-withdraw'] },
    });
    const { referral } = await reporter.acts(raised.referral.reference, 'answer', { text: 'Bay 2.' });
    expect(referral).toMatchObject({ question: null, possible: { actions: ['add', 'ask-to-withdraw'] } });
  });
});

describe('every read of a referral is on record', () => {
  let raised: ReferralRecord;
  let reference: string;
  beforeEach(async () => {
    raised = await desk.house.raises();
    reference = raised.referral.reference;
  });
  const reads = async () => (await desk.house.read(raised)).audit.filter(({ kind }) => kind === 'read');

  test('with who has read it, as whom and when', async () => {
    await desk.as(MEMBER).opens(reference);
    desk.house.moveClock(MINUTE);
    await desk.as(REPORTER).opens(reference);
    expect((await reads()).map(({ actor_name, at, details }) => [actor_name, at, JSON.parse(details)])).toEqual([
      ['Ruth', MORNING, { at: 'desk', as: 'desk' }],
      ['Amina', MORNING + MINUTE, { at: 'desk', as: 'reporter' }],
    ]);
  });

  test('once, and not again while the reader has it already, whoever else reads it', async () => {
    const first = await desk.as(MEMBER).fetches('referral', { in: { reference } });
    const etag = first.headers.get('etag') ?? '';
    await desk.as(NURSE).opens(reference);
    desk.house.moveClock(MINUTE);
    for (let times = 0; times < 3; times += 1) {
      const again = await desk
        .as(MEMBER)
        .fetches('referral', { in: { reference }, headers: { 'if-none-match': etag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    expect((await reads()).length).toBe(2);
    await desk.house.acts(raised, 'note', { text: 'A note.' });
    const changed = await desk
      .as(MEMBER)
      .fetches('referral', { in: { reference }, headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    expect((await reads()).length).toBe(3);
  });

  test('and shown to the desk: who has opened it, newest first, each once, and not the one who raised it', async () => {
    await desk.as(MEMBER).opens(reference);
    desk.house.moveClock(MINUTE);
    await desk.as(NURSE).opens(reference);
    desk.house.moveClock(MINUTE);
    await desk.as(REPORTER).opens(reference);
    await desk.as(MEMBER).opens(reference);
    expect((await desk.as(NURSE).opensAtDesk(reference)).opened).toEqual([
      { name: 'Ruth', at: MORNING + 2 * MINUTE },
      { name: 'Grace', at: MORNING + MINUTE },
    ]);
  });

  test('also where an action was refused, and what stands there now was shown', async () => {
    await desk.house.acts(raised, 'acknowledge');
    expect(await desk.as(MEMBER).acts(reference, 'acknowledge')).toMatchObject({ done: false });
    expect((await reads()).length).toBe(1);
    expect(await desk.as(MEMBER).acts(reference, 'note', { text: 'x' })).toMatchObject({ done: true });
    expect((await reads()).length).toBe(1);
  });

  test('and is no read where it is only a row of a list, or refused', async () => {
    await desk.as(MEMBER).lists(TRUST);
    await desk.as(REPORTER).lists(TRUST, { list: 'mine' });
    await desk.as(OUTSIDER).isRefused('referral', { in: { reference } });
    expect(await reads()).toEqual([]);
  });

  test('and changes nothing else: no version, no card, no timeline, and a chain that holds', async () => {
    await desk.house.settle();
    const before = await desk.house.read(raised);
    const shown = await desk.as(MEMBER).opensAtDesk(reference);
    const after = await desk.house.read(raised);
    expect({ ...after.referral, events: 0 }).toEqual({ ...before.referral, events: 0 });
    expect(after.cards).toEqual(before.cards);
    expect(kindsOf(after)).toEqual([...kindsOf(before), 'read']);
    expect(await faultsOf(desk.house.store, desk.house.engine.seal, reference)).toEqual([]);
    expect((await desk.as(MEMBER).opensAtDesk(reference)).timeline).toEqual(shown.timeline);
    const messages = desk.house.teams.attempts.length;
    await desk.house.settle();
    expect(desk.house.teams.attempts.length).toBe(messages);
    // What comes after a read is still numbered and chained.
    await desk.house.acts(raised, 'acknowledge');
    expect(await faultsOf(desk.house.store, desk.house.engine.seal, reference)).toEqual([]);
  });
});

test('a Trust with nothing in its register has an empty one', async () => {
  const far = desk.as({ tenant: 'tenant-2', person: 'person-Fiona', name: 'Fiona' });
  expect(await far.gets('register', { query: { organisation: FAR_TRUST } })).toMatchObject({
    rows: [],
    next: null,
    total: 0,
    owners: [],
    hidden: 0,
  });
});
