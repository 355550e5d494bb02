import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deskCard } from '../../../src/escalation/owed.ts';
import type { Organisation } from '../../../src/guidance/types.ts';
import { addCards } from '../../../src/store/cards.ts';
import { chooseOrganisation } from '../../../src/store/people.ts';
import type { ReferralRecord } from '../../../src/store/referrals.ts';
import type { EndpointName } from '../../../src/web/desk/endpoints.ts';
import {
  HOUR,
  kindsOf,
  MANAGER,
  MEMBER,
  MINUTE,
  NURSE,
  OUTSIDER,
  REPORTER,
  SECOND_NURSE,
} from '../../escalation/house.ts';
import type { DeskReader, Refused } from '../../support/desk.ts';
import { FAR_TRUST, NEIGHBOUR, type OpenDesk, openDesk, TRUST } from './open-desk.ts';

const OF_TRUST = { organisation: TRUST };
/** Of a tenant that may use Signpost, for another Trust. */
const FAR = { tenant: 'tenant-2', person: 'person-Fiona', name: 'Fiona' };
/** Of a tenant that may not. */
const STRANGER = { tenant: 'tenant-3', person: 'person-Stan', name: 'Stan' };

const NOT_FOUND: Partial<Refused> = { status: 404, code: 'not-found' };
const NOT_ALLOWED: Partial<Refused> = { status: 403, code: 'not-allowed' };

let desk: OpenDesk;
let raised: ReferralRecord;
let reference: string;
beforeEach(async () => {
  desk = await openDesk();
  desk.members.add(MEMBER.person);
  await desk.house.goesOnDuty(NURSE, 'ward-1');
  await desk.house.goesOnDuty(SECOND_NURSE, 'ward-2');
  raised = await desk.house.raises();
  reference = raised.referral.reference;
});
afterEach(() => desk.close());

/** That a referral is not there for somebody, whatever they try. */
async function seesNothingOf(reader: DeskReader): Promise<void> {
  const before = kindsOf(await desk.house.read(raised));
  expect(await reader.lists(TRUST)).toEqual([]);
  expect(await reader.lists(TRUST, { list: 'mine' })).toEqual([]);
  expect(await reader.lists(TRUST, { search: reference })).toEqual([]);
  const refused = await reader.isRefused('referral', { in: { reference } });
  expect(refused).toMatchObject(NOT_FOUND);
  const body = { action: 'acknowledge', key: 'a key of mine' } as const;
  expect(await reader.isRefused('act', { in: { reference }, body })).toMatchObject(NOT_FOUND);
  // Nor do they learn that there is one.
  expect(await reader.isRefused('referral', { in: { reference: 'ZZZ-ZZZZ' } })).toEqual(refused);
  expect(kindsOf(await desk.house.read(raised))).toEqual(before);
}

describe('somebody of a tenant that may not use Signpost', () => {
  const EVERY: readonly EndpointName[] = ['me', 'register', 'referral', 'act', 'duty', 'guidance', 'flow', 'report'];

  test.each(EVERY)('is turned away from %s', async (name) => {
    const wanted = { in: { reference, flow: 'filming' }, query: OF_TRUST };
    const body = name === 'act' ? { action: 'note', key: 'some key', text: 'x' } : undefined;
    const refused = await desk.as(STRANGER).isRefused(name, { ...wanted, body } as object);
    expect(refused).toMatchObject({ status: 401, code: 'sign-in' });
  });
});

describe('somebody of another tenant', () => {
  test('is offered their own Trust and no other', async () => {
    const { organisations } = await desk.as(FAR).gets('me');
    expect(organisations.map(({ id, right }) => [id, right])).toEqual([[FAR_TRUST, 'staff']]);
  });

  test.each(['register', 'duty', 'guidance', 'report'] as const)('is refused %s of this one', async (name) => {
    const query = name === 'report' ? { ...OF_TRUST, from: '2026-01-01', to: '2026-01-31' } : OF_TRUST;
    expect(await desk.as(FAR).isRefused(name, { query } as object)).toMatchObject(NOT_ALLOWED);
  });

  test('sees no referral, whoever has the same id there', async () => {
    for (const one of [NURSE, MEMBER, REPORTER]) {
      const twin = desk.as({ ...one, tenant: 'tenant-2' });
      expect(await twin.isRefused('referral', { in: { reference } })).toMatchObject(NOT_FOUND);
      expect(await twin.lists(FAR_TRUST)).toEqual([]);
      expect(await twin.lists(FAR_TRUST, { list: 'mine' })).toEqual([]);
    }
  });
});

describe('a member of staff', () => {
  test('sees no referral of others, and changes none', async () => {
    await seesNothingOf(desk.as(OUTSIDER));
  });

  test('is refused who is on duty, and reports', async () => {
    const staff = desk.as(OUTSIDER);
    expect(await staff.isRefused('duty', { query: OF_TRUST })).toMatchObject(NOT_ALLOWED);
    const query = { ...OF_TRUST, from: '2026-01-01', to: '2026-01-31' };
    expect(await staff.isRefused('report', { query })).toMatchObject(NOT_ALLOWED);
  });

  test('reads the guidance', async () => {
    const staff = desk.as(OUTSIDER);
    expect((await staff.gets('guidance', { query: OF_TRUST })).flows.map(({ id }) => id)).toContain('filming');
    expect(await staff.gets('flow', { in: { flow: 'filming' }, query: OF_TRUST })).toMatchObject({ id: 'filming' });
    expect((await staff.gets('paths', { query: OF_TRUST })).flows.map(({ id }) => id)).toContain('filming');
    expect(await staff.isRefused('flow', { in: { flow: 'no-such' }, query: OF_TRUST })).toMatchObject(NOT_FOUND);
  });

  test('is offered every Trust of the tenant until they have chosen one, and then that one', async () => {
    const offered = async () => {
      const { organisations } = await desk.as(OUTSIDER).gets('me');
      return organisations.map(({ id, right }) => [id, right]);
    };
    expect(await offered()).toEqual([
      [TRUST, 'staff'],
      [NEIGHBOUR, 'staff'],
    ]);
    await chooseOrganisation(desk.house.store.db, OUTSIDER, NEIGHBOUR);
    expect(await offered()).toEqual([[NEIGHBOUR, 'staff']]);
  });
});

test('of several Trusts, the one with more right comes first, then the chosen one, then the one with more open', async () => {
  const { house } = desk;
  const neighbours: Organisation = { ...house.organisation, id: NEIGHBOUR };
  const offered = async () => {
    const { organisations } = await desk.as(NURSE).gets('me');
    return organisations.map(({ id, right }) => [id, right]);
  };
  await house.duties.start(neighbours, 'ward-1', NURSE, house.now() + HOUR);
  const theirs = await house.raises({ organisation: neighbours });
  await house.raises({ organisation: neighbours });
  expect(await offered()).toEqual([
    [NEIGHBOUR, 'senior'],
    [TRUST, 'senior'],
  ]);
  await house.acts(theirs, 'acknowledge');
  await house.acts(theirs, 'close', { text: 'Done.' });
  await house.raises();
  expect((await offered())[0]).toEqual([TRUST, 'senior']);
  await chooseOrganisation(house.store.db, NURSE, NEIGHBOUR);
  expect((await offered())[0]).toEqual([NEIGHBOUR, 'senior']);
  desk.members.add(NURSE.person);
  desk.roster.forget('19:general@thread.tacv2');
  expect(await offered()).toEqual([
    [TRUST, 'team'],
    [NEIGHBOUR, 'senior'],
  ]);
});

describe('the one who raised it', () => {
  test('sees it as theirs, and not as the desk does', async () => {
    const reporter = desk.as(REPORTER);
    expect(await reporter.lists(TRUST, { list: 'mine' })).toEqual([reference]);
    expect(await reporter.lists(TRUST)).toEqual([]);
    expect(await reporter.opens(reference)).toMatchObject({ reader: 'reporter', description: 'A visitor is filming.' });
  });

  test('sees it as theirs whatever else they are: in the team, on duty, or holding a card of it', async () => {
    desk.members.add(REPORTER.person);
    await desk.house.goesOnDuty(REPORTER, 'ward-1');
    await addCards(desk.house.store.db, [deskCard(raised.referral, 'colleague', REPORTER, '', null, desk.house.now())]);
    const reporter = desk.as(REPORTER);
    expect(await reporter.lists(TRUST)).toEqual([]);
    expect(await reporter.opens(reference)).toMatchObject({ reader: 'reporter' });
    expect(await reporter.acts(reference, 'note', { text: 'x' })).toMatchObject({ done: false });
  });

  test('does not read what the desk notes', async () => {
    await desk.house.acts(raised, 'note', { text: 'Ring the site desk first.' });
    const { timeline } = await desk.as(REPORTER).opens(reference);
    expect(timeline.map(({ kind }) => kind)).not.toContain('note');
    expect(JSON.stringify(timeline)).not.toContain('site desk');
  });
});

describe('a senior', () => {
  test('sees what was sent to them, and acts on it', async () => {
    const senior = desk.as(NURSE);
    expect((await senior.gets('me')).organisations[0]).toMatchObject({ id: TRUST, right: 'senior' });
    expect(await senior.lists(TRUST)).toEqual([reference]);
    expect((await senior.opens(reference)).possible.actions).toContain('acknowledge');
    expect(await senior.acts(reference, 'acknowledge')).toMatchObject({ done: true });
  });

  test('of another ward sees nothing of it', async () => {
    await seesNothingOf(desk.as(SECOND_NURSE));
  });

  test('who comes on duty for the ward sees what is open there, and may not act without a card', async () => {
    await desk.house.acts(raised, 'acknowledge');
    await desk.house.goesOnDuty(MANAGER, 'ward-1');
    const manager = desk.as(MANAGER);
    expect(await manager.lists(TRUST)).toEqual([reference]);
    expect(await manager.opensAtDesk(reference)).toMatchObject({
      possible: { actions: [], colleagues: [], referOn: [] },
    });
    const acted = await manager.acts(reference, 'note', { text: 'x' });
    expect(acted).toMatchObject({ done: false, notice: expect.stringContaining('was not sent to you') });
  });

  test('who comes on duty for the ward sees nothing of what was closed before, until it is opened again', async () => {
    await desk.house.acts(raised, 'acknowledge');
    await desk.house.acts(raised, 'close', { text: 'The visitor has left.' });
    desk.house.moveClock(MINUTE);
    await desk.house.goesOnDuty(MANAGER, 'ward-1');
    await seesNothingOf(desk.as(MANAGER));
    await desk.house.acts(raised, 'reopen');
    expect(await desk.as(MANAGER).lists(TRUST)).toEqual([reference]);
  });

  test('who has come off still sees what was open in their time, and nothing from before or after', async () => {
    await desk.house.acts(raised, 'acknowledge');
    await desk.house.goesOnDuty(MANAGER, 'ward-1');
    desk.house.moveClock(HOUR);
    await desk.house.acts(raised, 'close', { text: 'Done.' });
    await desk.house.duties.end(MANAGER);
    desk.house.moveClock(HOUR);
    await desk.house.duties.end(NURSE);
    const later = await desk.house.raises();
    const manager = desk.as(MANAGER);
    expect(await manager.lists(TRUST)).toEqual([reference]);
    expect(await manager.isRefused('referral', { in: { reference: later.referral.reference } })).toMatchObject(
      NOT_FOUND,
    );
    await desk.house.goesOnDuty(SECOND_NURSE, 'ward-1');
    await desk.house.duties.end(SECOND_NURSE);
    expect(await desk.as(SECOND_NURSE).isRefused('referral', { in: { reference } })).toMatchObject(NOT_FOUND);
  });

  test.each(['yes', 'unsure'] as const)(
    'is gone round by what may be about them (%s), though they are on duty for the ward',
    async (aboutSenior) => {
      const about = (await desk.house.raises({ aboutSenior })).referral.reference;
      const senior = desk.as(NURSE);
      expect(await senior.lists(TRUST)).toEqual([reference]);
      expect(await senior.isRefused('referral', { in: { reference: about } })).toMatchObject(NOT_FOUND);
      expect(await senior.isRefused('act', { in: { reference: about }, body: NOTE })).toMatchObject(NOT_FOUND);
      expect([...(await desk.as(MEMBER).lists(TRUST))].sort()).toEqual([about, reference].sort());
    },
  );

  test('sees who is on duty', async () => {
    const { places } = await desk.as(NURSE).gets('duty', { query: OF_TRUST });
    expect(places.find(({ id }) => id === 'ward-1')).toMatchObject({ people: [{ name: 'Grace' }] });
  });

  test('is refused reports', async () => {
    const query = { ...OF_TRUST, from: '2026-01-01', to: '2026-01-31' };
    expect(await desk.as(NURSE).isRefused('report', { query })).toMatchObject(NOT_ALLOWED);
  });
});

const NOTE = { action: 'note', key: 'a key of mine', text: 'x' } as const;

describe('the safeguarding team', () => {
  test('sees all of the organisation, and acts on it without a card or a chat with the bot', async () => {
    const member = desk.as(MEMBER);
    expect((await member.gets('me')).organisations[0]).toMatchObject({ id: TRUST, right: 'team' });
    expect(await member.lists(TRUST)).toEqual([reference]);
    expect((await member.opens(reference)).possible.actions).toContain('acknowledge');
    const acted = await member.acts(reference, 'acknowledge');
    expect(acted).toMatchObject({ done: true, notice: '', referral: { status: 'acknowledged', owner: 'Ruth' } });
    expect((await desk.house.read(raised)).referral).toMatchObject({ owner: MEMBER.person, owner_name: 'Ruth' });
  });

  test('sees nothing of another organisation of the same tenant, whose team they are not', async () => {
    const neighbours: Organisation = { ...desk.house.organisation, id: NEIGHBOUR };
    const theirs = (await desk.house.raises({ organisation: neighbours })).referral.reference;
    const member = desk.as(MEMBER);
    expect(await member.lists(NEIGHBOUR)).toEqual([]);
    expect(await member.isRefused('referral', { in: { reference: theirs } })).toMatchObject(NOT_FOUND);
    expect(await member.isRefused('act', { in: { reference: theirs }, body: NOTE })).toMatchObject(NOT_FOUND);
  });

  test('is gone round by what may be about one of them: it is counted, and neither shown nor acted on', async () => {
    const about = (await desk.house.raises({ aboutSenior: 'channel' })).referral.reference;
    const member = desk.as(MEMBER);
    const { rows, total, hidden } = await member.gets('register', { query: OF_TRUST });
    expect([rows.map((row) => row.reference), total, hidden]).toEqual([[reference], 1, 1]);
    expect(await member.isRefused('referral', { in: { reference: about } })).toMatchObject(NOT_FOUND);
    expect(await member.isRefused('act', { in: { reference: about }, body: NOTE })).toMatchObject(NOT_FOUND);
    expect(await desk.as(NURSE).lists(TRUST)).toContain(about);
    // A search for whoever may have raised it tells nothing more.
    const searched = await member.gets('register', { query: { ...OF_TRUST, search: 'nobody of that name' } });
    expect(searched).toMatchObject({ total: 0, hidden: 1 });
  });

  test('sees even that, if a card of it went to them as a person', async () => {
    desk.members.add(NURSE.person);
    const about = (await desk.house.raises({ aboutSenior: 'channel' })).referral.reference;
    const nurse = desk.as(NURSE);
    expect((await nurse.gets('me')).organisations[0]).toMatchObject({ right: 'team' });
    expect(await nurse.gets('register', { query: OF_TRUST })).toMatchObject({ total: 2, hidden: 0 });
    expect(await nurse.acts(about, 'acknowledge')).toMatchObject({ done: true });
  });

  test('gets reports, of which what may be about one of them is no part', async () => {
    const query = { ...OF_TRUST, from: '2026-01-01', to: '2026-01-31' };
    const report = () => desk.as(MEMBER).gets('report', { query });
    const before = await report();
    expect(before).toMatchObject({ organisation: { id: TRUST } });
    await desk.house.raises({ aboutSenior: 'channel' });
    const after = await report();
    expect(after.tables).toEqual(before.tables);
    expect(after.summary.filter((line) => !before.summary.includes(line))).toEqual([
      expect.stringMatching(/^Not in any figure here: 1 referral/),
    ]);
  });
});

describe('somebody who was removed from the team', () => {
  beforeEach(async () => {
    expect(await desk.as(MEMBER).lists(TRUST)).toEqual([reference]);
    desk.members.delete(MEMBER.person);
  });

  test('has no right of the team as soon as Teams tells of it', async () => {
    desk.roster.forget('19:general@thread.tacv2');
    await seesNothingOf(desk.as(MEMBER));
    expect((await desk.as(MEMBER).gets('me')).organisations[0]).toMatchObject({ right: 'staff' });
  });

  test('still does not see what may be about them, on duty for the ward or not', async () => {
    desk.roster.forget('19:general@thread.tacv2');
    const about = (await desk.house.raises({ aboutSenior: 'channel' })).referral.reference;
    await desk.house.goesOnDuty(MEMBER, 'ward-1');
    const former = desk.as(MEMBER);
    expect((await former.gets('me')).organisations[0]).toMatchObject({ right: 'senior' });
    expect(await former.lists(TRUST)).toEqual([reference]);
    expect(await former.isRefused('referral', { in: { reference: about } })).toMatchObject(NOT_FOUND);
  });

  test('has none after two minutes, though Teams has told nothing', async () => {
    desk.house.moveClock(2 * MINUTE);
    await seesNothingOf(desk.as(MEMBER));
  });

  test('has what Teams last said while it does not answer, for ten minutes', async () => {
    desk.answers = false;
    desk.house.moveClock(9 * MINUTE);
    expect(await desk.as(MEMBER).lists(TRUST)).toEqual([reference]);
    desk.house.moveClock(2 * MINUTE);
    expect(await desk.as(MEMBER).isRefused('register', { query: OF_TRUST })).toMatchObject({ status: 503 });
  });
});

describe('while Teams does not say who is in the team', () => {
  beforeEach(() => {
    desk.answers = false;
  });

  test('everybody keeps what is theirs without the team, and is told that it may not be all', async () => {
    const rights = async (one: Parameters<OpenDesk['as']>[0]) => {
      const { organisations, notice } = await desk.as(one).gets('me');
      expect(notice).toMatch(/^Teams does not tell us just now who is in the safeguarding team of Example Trust\./);
      return organisations.map(({ id, right }) => [id, right]);
    };
    expect(await rights(NURSE)).toEqual([[TRUST, 'senior']]);
    for (const one of [MEMBER, OUTSIDER]) {
      expect(await rights(one)).toEqual([
        [TRUST, 'staff'],
        [NEIGHBOUR, 'staff'],
      ]);
    }
    await chooseOrganisation(desk.house.store.db, OUTSIDER, NEIGHBOUR);
    expect(await rights(OUTSIDER)).toEqual([[NEIGHBOUR, 'staff']]);
    desk.answers = true;
    desk.house.moveClock(MINUTE);
    expect((await desk.as(MEMBER).gets('me')).notice).toBeNull();
  });

  test('nobody is shown less or more of what others raised: they are told that it is not known', async () => {
    for (const one of [MEMBER, NURSE, OUTSIDER]) {
      const reader = desk.as(one);
      for (const refused of [
        await reader.isRefused('register', { query: OF_TRUST }),
        await reader.isRefused('referral', { in: { reference } }),
        await reader.isRefused('duty', { query: OF_TRUST }),
      ]) {
        expect(refused).toMatchObject({ status: 503, code: 'unavailable' });
        expect(refused.message).toContain('Teams does not tell us just now who is in the safeguarding team');
      }
    }
  });

  test('what needs no team goes on: one’s own referrals, and the guidance', async () => {
    const reporter = desk.as(REPORTER);
    expect(await reporter.lists(TRUST, { list: 'mine' })).toEqual([reference]);
    expect(await reporter.opens(reference)).toMatchObject({ reader: 'reporter' });
    expect(await reporter.acts(reference, 'add', { text: 'He is back.' })).toMatchObject({ done: true });
    expect(await reporter.gets('guidance', { query: OF_TRUST })).toBeDefined();
  });
});
