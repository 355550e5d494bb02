import { afterEach, describe, expect, test } from '@jest/globals';
import type { Raise } from '../../src/escalation/referrals.ts';
import type { Organisation, Route } from '../../src/guidance/types.ts';
import { savePerson } from '../../src/store/people.ts';
import type { ReferralRow } from '../../src/store/schema.ts';
import { saveTeam } from '../../src/store/teams.ts';
import { loadExampleTrust } from '../guidance/example-trust.ts';
import {
  attemptsFor,
  CHANNEL,
  cardsOf,
  frozenRouteOf,
  HOUR,
  type House,
  kindsOf,
  MANAGER,
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
  SECOND_NURSE,
  shownIn,
  stepsOf,
  TEAM,
  WARD_CHANNEL,
  withRoute,
} from './house.ts';

type Step = Route['steps'][number];

const CHANNEL_NAME = 'Safeguarding referrals';
const WAIT = { immediate: 5, urgent: 10, routine: 20 };
const ON_DUTY = { whom: 'on-duty' } as const;
const MANAGER_ROLE = { whom: 'role', role: 'site-manager' } as const;
const THE_CHANNEL = { whom: 'channel', name: CHANNEL_NAME } as const;
const WARD_S_CHANNEL = { whom: 'department-channel' } as const;
const DESK_EMAIL = { whom: 'email', contact: 'site-desk' } as const;
const RING: Step = { notify: [{ whom: 'ring', contact: 'senior' }] };
const ON_WARD_2: Partial<Raise> = { department: 'ward-2' };

let house: House;
afterEach(() => house.close());

/** A house whose referrals take these steps. */
async function onRoute(steps: Step[], options: { at?: number; mails?: boolean } = {}): Promise<void> {
  house = await openHouse({ ...options, organisation: withRoute(steps) });
}

const told = (notify: Step['notify']): Step => ({ notify, wait: WAIT });

describe('whom a step tells', () => {
  test('those on duty in the department, all of them', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    await house.goesOnDuty(NURSE);
    house.moveClock(MINUTE);
    await house.goesOnDuty(SECOND_NURSE);
    await house.goesOnDuty(MANAGER, 'ward-2');
    const raised = await house.raises();
    expect(stepsOf(raised)).toEqual([{ step: 0, round: 0, reached: ['Grace', 'Helen'], missing: [], ring: [] }]);
    expect(cardsOf(raised, 'on-duty')).toMatchObject([{ place_role: 'nurse in charge' }, {}]);
    expect(raised.referral.next_step_at).toBe(MORNING + 11 * MINUTE);
  });

  test('not the person who raised it, though on duty', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    await house.goesOnDuty(REPORTER);
    expect(stepsOf(await house.raises())[0]).toMatchObject({ reached: [], missing: ['nobody-on-duty'] });
  });

  test('nobody who has no chat with the bot', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    await savePerson(house.store.db, MEMBER);
    await house.goesOnDuty(MEMBER);
    expect(stepsOf(await house.raises())[0]).toMatchObject({ reached: [], missing: ['nobody-on-duty'] });
  });

  test('nobody whose duty is over', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    await house.goesOnDuty(NURSE, 'ward-1', HOUR);
    house.moveClock(HOUR);
    expect(stepsOf(await house.raises())[0]).toMatchObject({ missing: ['nobody-on-duty'] });
  });

  test('those on duty in a role, whatever the department', async () => {
    await onRoute([told([MANAGER_ROLE]), RING]);
    await house.goesOnDuty(MANAGER, 'site-manager');
    const raised = await house.raises(ON_WARD_2);
    expect(stepsOf(raised)[0]).toMatchObject({ reached: ['Omar'], missing: [] });
    expect(cardsOf(raised, 'role')).toMatchObject([{ person: MANAGER.person, place_role: 'site manager' }]);
  });

  test('a channel by its name', async () => {
    await onRoute([told([THE_CHANNEL]), RING]);
    expect(cardsOf(await house.raises(), 'channel')).toMatchObject([{ channel: CHANNEL }]);
  });

  test('the department’s own channel, and none for a department without one', async () => {
    await onRoute([told([WARD_S_CHANNEL]), RING]);
    expect(cardsOf(await house.raises(ON_WARD_2), 'channel')).toMatchObject([{ channel: WARD_CHANNEL }]);
    expect(stepsOf(await house.raises())[0]).toMatchObject({ reached: [], missing: ['no-channel'] });
  });

  test('an address, where emails can be sent', async () => {
    await onRoute([told([DESK_EMAIL]), RING], { mails: true });
    const raised = await house.raises();
    expect(stepsOf(raised)[0]).toMatchObject({ reached: ['Site desk'], missing: [] });
    expect(cardsOf(raised, 'email')).toMatchObject([{ address: 'site-desk@example.org' }]);
  });

  test('no address, where none can be sent, and the route goes on', async () => {
    await onRoute([told([DESK_EMAIL]), told([THE_CHANNEL]), RING]);
    expect(stepsOf(await house.raises())).toMatchObject([{ missing: ['no-email'] }, { reached: [CHANNEL_NAME] }]);
  });

  test('the reporter, whom to ring, and waits for nobody then', async () => {
    await onRoute([told([{ whom: 'ring', contact: 'site-desk' }]), RING]);
    const raised = await house.raises();
    expect(stepsOf(raised)).toMatchObject([{ ring: ['site-desk'] }, { ring: ['senior'] }]);
    expect(raised.referral).toMatchObject({ route_step: 1, next_step_at: null, unanswered_at: MORNING });
  });

  test('each place once, though it is named in two ways', async () => {
    await onRoute([told([ON_DUTY, MANAGER_ROLE]), RING]);
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(NURSE, 'site-manager');
    const raised = await house.raises();
    expect(raised.cards.filter(({ person }) => person === NURSE.person).length).toBe(1);
  });

  test('each place once, though two steps that are taken together name it', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), told([THE_CHANNEL, MANAGER_ROLE]), RING]);
    await house.goesOnDuty(MANAGER, 'site-manager');
    const raised = await house.raises();
    expect(cardsOf(raised, 'channel').length).toBe(1);
    await house.settle();
    expect(postedFor(house, 'channel').length).toBe(1);
    expect(attemptsFor(house, 'nudge')).toEqual([]);
  });
});

describe('a step that names somebody who is not there', () => {
  test('makes the next one due at once', async () => {
    await onRoute([told([ON_DUTY]), told([MANAGER_ROLE]), told([THE_CHANNEL]), RING]);
    const raised = await house.raises();
    expect(stepsOf(raised)).toMatchObject([
      { step: 0, missing: ['nobody-on-duty'] },
      { step: 1, missing: ['nobody-in-role'] },
      { step: 2, reached: [CHANNEL_NAME] },
    ]);
    expect(raised.referral).toMatchObject({ route_step: 2, next_step_at: MORNING + 10 * MINUTE });
  });

  test('does so although a channel was reached: a channel does not stand in for a person', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), told([MANAGER_ROLE]), RING]);
    await house.goesOnDuty(MANAGER, 'site-manager');
    const raised = await house.raises();
    expect(raised.referral.route_step).toBe(1);
    expect(cardsOf(raised, 'channel').length).toBe(1);
    expect(cardsOf(raised, 'role').length).toBe(1);
  });

  test('waits for the person who was reached though a channel is missing', async () => {
    await onRoute([told([ON_DUTY, WARD_S_CHANNEL]), RING]);
    await house.goesOnDuty(NURSE);
    expect((await house.raises()).referral).toMatchObject({ route_step: 0, next_step_at: MORNING + 10 * MINUTE });
  });
});

describe('a concern that may be about somebody on the route', () => {
  const steps = [told([ON_DUTY, WARD_S_CHANNEL]), told([MANAGER_ROLE]), told([THE_CHANNEL]), RING];
  const about = async (aboutSenior: ReferralRow['about_senior']) => {
    await onRoute(steps);
    await house.goesOnDuty(NURSE, 'ward-2');
    await house.goesOnDuty(MANAGER, 'site-manager');
    const raised = await house.raises({ ...ON_WARD_2, aboutSenior });
    await house.settle();
    await house.later(10 * MINUTE);
    await house.later(10 * MINUTE);
    return house.read(raised);
  };

  test('that is about nobody there reaches all of them', async () => {
    expect(stepsOf(await about('no')).map(({ reached }) => reached)).toEqual([
      ['Grace', 'Ward 2 in charge'],
      ['Omar'],
      [CHANNEL_NAME],
    ]);
  });

  test.each(['yes', 'unsure'] as const)(
    'goes round those on duty and the department’s channel (%s)',
    async (answer) => {
      const record = await about(answer);
      expect(stepsOf(record).map(({ reached, missing }) => [reached, missing])).toEqual([
        [[], ['on-duty-is-the-concern', 'channel-is-the-concern']],
        [['Omar'], []],
        [[CHANNEL_NAME], []],
        [[], []],
      ]);
      expect(record.cards.map(({ person }) => person)).not.toContain(NURSE.person);
      expect(record.cards.map(({ channel }) => channel)).not.toContain(WARD_CHANNEL);
    },
  );

  test.each(['yes', 'unsure'] as const)(
    'goes round them also in a role that they are on duty in (%s)',
    async (answer) => {
      await onRoute(steps);
      await house.goesOnDuty(NURSE, 'ward-2');
      await house.goesOnDuty(NURSE, 'site-manager');
      const raised = await house.raises({ ...ON_WARD_2, aboutSenior: answer });
      await house.goesOnDuty(NURSE, 'site-manager');
      expect(stepsOf(await house.read(raised))[1]).toMatchObject({ reached: [], missing: ['on-duty-is-the-concern'] });
      await house.goesOnDuty(MANAGER, 'site-manager');
      const told = (await house.read(raised)).cards.map(({ person }) => person);
      expect(told).not.toContain(NURSE.person);
      expect(told).toContain(MANAGER.person);
    },
  );

  test('goes round every channel of the team when it is about somebody there, and round nobody else', async () => {
    const record = await about('channel');
    expect(stepsOf(record).map(({ reached }) => reached)).toEqual([['Grace'], ['Omar'], [], []]);
    expect(record.cards.every(({ channel }) => channel === null)).toBe(true);
  });

  test('waits for a channel that was reached, since those on duty were gone round on purpose', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), RING]);
    const raised = await house.raises({ aboutSenior: 'yes' });
    expect(raised.referral).toMatchObject({ route_step: 0, next_step_at: MORNING + 10 * MINUTE });
  });

  test('is sent to nobody who comes on duty there later', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), RING]);
    const raised = await house.raises({ aboutSenior: 'unsure' });
    await house.goesOnDuty(NURSE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toEqual([]);
  });
});

describe('the hours', () => {
  const EVENING = Date.parse('2026-01-14T17:00:00Z');
  const SATURDAY = Date.parse('2026-01-17T10:00:00Z');
  /** A Monday. */
  const BANK_HOLIDAY = Date.parse('2026-05-04T10:00:00Z');
  const BY_THE_HOUR: Partial<Raise> = { escalate: { route: 'by-the-hour', urgency: 'urgent', category: 'filming' } };

  const at = async (moment: number) => {
    house = await openHouse({ at: moment, mails: true });
    await house.goesOnDuty(NURSE);
    await house.goesOnDuty(MANAGER, 'site-manager');
    return house.raises(BY_THE_HOUR);
  };

  test('a step for office hours is taken in them', async () => {
    const raised = await at(MORNING);
    expect(stepsOf(raised)).toMatchObject([{ step: 0, reached: ['Grace'] }]);
    expect(raised.referral.next_step_at).toBe(MORNING + 20 * MINUTE);
  });

  test.each([
    ['in the evening', EVENING],
    ['on a Saturday', SATURDAY],
    ['on a bank holiday', BANK_HOLIDAY],
  ])('and skipped %s, when the step for other hours is taken', async (_, moment) => {
    const raised = await at(moment);
    expect(kindsOf(raised)).toEqual(['raised', 'step-skipped', 'step']);
    expect(stepsOf(raised)).toMatchObject([{ step: 1, reached: ['Omar'] }]);
    expect(cardsOf(raised, 'on-duty')).toEqual([]);
  });

  test('count when a step is due, not when the referral was raised', async () => {
    const raised = await at(EVENING - 10 * MINUTE);
    await house.settle();
    await house.later(20 * MINUTE);
    expect(stepsOf(await house.read(raised))).toMatchObject([
      { step: 0, reached: ['Grace'] },
      { step: 1, reached: ['Omar'] },
    ]);
  });
});

describe('time', () => {
  test.each([
    ['immediate', 5],
    ['urgent', 10],
    ['routine', 20],
  ] as const)('is what the content says for a matter that is %s', async (urgency, minutes) => {
    await onRoute([told([THE_CHANNEL]), RING]);
    const raised = await house.raises({ escalate: { route: 'senior-first', urgency, category: 'filming' } });
    expect(raised.referral.next_step_at).toBe(MORNING + minutes * MINUTE);
  });

  test('brings the next step when it is over, not before, and every card says so', async () => {
    await onRoute([told([ON_DUTY]), told([THE_CHANNEL]), RING]);
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.later(10 * MINUTE - 1);
    expect(attemptsFor(house, 'channel')).toEqual([]);
    await house.later(1);
    expect(cardsOf(await house.read(raised), 'channel')).toMatchObject([{ state: 'delivered' }]);
    for (const role of ['reporter', 'on-duty', 'channel'] as const) {
      expect(shownIn(house, postedFor(house, role)[0])).toContain('not-acknowledged');
    }
  });

  test.each(['acknowledge', 'take-on'] as const)('brings nothing more after somebody did “%s”', async (action) => {
    await onRoute([told([ON_DUTY]), told([THE_CHANNEL]), RING]);
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.later(10 * MINUTE - 1);
    expect(await house.acts(raised, action)).toMatchObject({ result: 'done' });
    await house.later(HOUR);
    expect(attemptsFor(house, 'channel')).toEqual([]);
    expect(kindsOf(await house.read(raised))).not.toContain('not-acknowledged');
  });

  test('is not put off by a note: a note takes no responsibility', async () => {
    await onRoute([told([ON_DUTY]), told([THE_CHANNEL]), RING]);
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.acts(raised, 'note', { text: 'I saw this.' });
    await house.later(10 * MINUTE);
    expect(attemptsFor(house, 'channel').length).toBe(1);
  });

  test('tells whoever is named again by a line under the card that they have', async () => {
    await onRoute([told([ON_DUTY]), told([ON_DUTY, THE_CHANNEL]), RING]);
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.later(10 * MINUTE);
    expect(cardsOf(await house.read(raised), 'on-duty')).toMatchObject([{ step: 1 }]);
    expect(nudgesIn(house, `${NURSE.conversation}`)).toEqual(['not-acknowledged']);
  });

  test('never begins a thread with such a line: a card that is still to come is reminder enough', async () => {
    await onRoute([told([THE_CHANNEL]), told([THE_CHANNEL, ON_DUTY]), RING]);
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('channel', { result: 'retry', reason: 'HTTP 503', afterMs: 30 * MINUTE });
    const raised = await house.raises();
    await house.settle();
    await house.later(10 * MINUTE);
    expect(stepsOf(await house.read(raised)).length).toBe(2);
    expect(attemptsFor(house, 'nudge')).toEqual([]);
  });
});

describe('the end of a route', () => {
  test('is that nobody answered: the reporter gets a fresh card, and the desk a line', async () => {
    await onRoute([told([THE_CHANNEL]), RING]);
    const raised = await house.raises();
    await house.settle();
    const [form] = postedFor(house, 'reporter');
    await house.later(10 * MINUTE);
    const after = await house.read(raised);
    expect(after.referral).toMatchObject({
      status: 'raised',
      next_step_at: null,
      unanswered_at: MORNING + 10 * MINUTE,
    });
    expect(kindsOf(after).filter((kind) => kind === 'unanswered').length).toBe(1);
    const fresh = postedFor(house, 'reporter').filter((message) => message !== form);
    expect(fresh.length).toBe(1);
    expect(shownIn(house, fresh[0])).toContain('unanswered');
    expect(nudgesIn(house, CHANNEL)).toEqual(['unanswered']);

    await house.later(24 * HOUR);
    expect(kindsOf(await house.read(raised)).filter((kind) => kind === 'unanswered').length).toBe(1);
  });

  test('leaves its time to a channel that was reached when nobody was on duty', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), RING]);
    const raised = await house.raises();
    expect(stepsOf(raised).length).toBe(2);
    expect(raised.referral).toMatchObject({
      route_step: 1,
      next_step_at: MORNING + 10 * MINUTE,
      unanswered_at: null,
    });
    await house.settle();
    await house.later(10 * MINUTE);
    expect((await house.read(raised)).referral.unanswered_at).toBe(MORNING + 10 * MINUTE);
  });

  test('leaves it too when the person on duty could not be reached', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), RING]);
    await house.goesOnDuty(NURSE);
    house.teams.trouble = onlyFor('on-duty', { result: 'refused', reason: 'HTTP 403' });
    const raised = await house.raises();
    await house.settle();
    const after = await house.read(raised);
    expect(stepsOf(after)).toMatchObject([{ step: 0 }, { step: 1, ring: ['senior'] }]);
    expect(after.referral).toMatchObject({ next_step_at: MORNING + 10 * MINUTE, unanswered_at: null });
    await house.later(10 * MINUTE);
    expect((await house.read(raised)).referral.unanswered_at).toBe(MORNING + 10 * MINUTE);
  });

  test('leaves none when the channel turns out to be out of reach as well', async () => {
    await onRoute([told([ON_DUTY, THE_CHANNEL]), RING]);
    house.teams.trouble = onlyFor('channel', { result: 'refused', reason: 'HTTP 403' });
    const raised = await house.raises();
    await house.settle();
    expect((await house.read(raised)).referral).toMatchObject({ next_step_at: null, unanswered_at: MORNING });
    expect(reporterReads(house)).toContain('unanswered');
  });

  test('is there at once where nobody at all was reached', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    const raised = await house.raises();
    expect(raised.referral).toMatchObject({ next_step_at: null, unanswered_at: MORNING });
  });

  test('is still open to an acknowledgement, after which it is not unanswered any more', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.later(10 * MINUTE);
    expect(await house.acts(raised, 'acknowledge')).toMatchObject({ result: 'done' });
    expect((await house.read(raised)).referral).toMatchObject({ unanswered_at: null, owner_name: 'Grace' });
  });
});

describe('a route', () => {
  test('is frozen as it stood when the referral was raised', async () => {
    house = await openHouse();
    const raised = await house.raises();
    const frozen = frozenRouteOf(raised);
    expect(frozen.steps).toEqual(house.organisation.settings.routes['senior-first']?.steps);
    expect(frozen.contacts.senior).toMatchObject({ role: 'Senior person in charge', phone: '4455' });
    expect(frozen).toMatchObject({ onDutyRole: 'nurse in charge', roles: { 'site-manager': 'site manager' } });
  });

  test('goes on as it was, whatever the content says later', async () => {
    const before = loadExampleTrust();
    const after: Organisation = { ...before, settings: { ...before.settings, routes: {} } };
    house = await openHouse({ organisation: before });
    await house.goesOnDuty(NURSE);
    const raised = await house.raises();
    await house.settle();
    await house.worker.stop();

    const later = await openHouse({ store: house.store, organisation: after, at: MORNING + 30 * MINUTE });
    await later.settle();
    await later.close();
    expect(stepsOf(await house.read(raised))).toMatchObject([{ step: 0 }, { step: 1, reached: [CHANNEL_NAME] }]);
  });

  test('finds a channel in whichever team has it, and all of that name', async () => {
    await onRoute([told([THE_CHANNEL]), RING]);
    await saveTeam(house.store.db, { ...TEAM, team: '19:other-team' }, [
      { channel: '19:other', name: 'safeguarding REFERRALS' },
    ]);
    const channels = cardsOf(await house.raises(), 'channel').map(({ channel }) => channel);
    expect(channels.sort()).toEqual(['19:other', CHANNEL]);
  });

  test('tells nobody twice in one step, though many people are on duty twice', async () => {
    await onRoute([told([ON_DUTY]), RING]);
    const twice = personCalled('Twice');
    await savePerson(house.store.db, twice);
    await house.goesOnDuty(twice);
    await house.goesOnDuty(twice);
    expect(cardsOf(await house.raises(), 'on-duty').length).toBe(1);
  });
});
