import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTIONS, type Action, LIFE } from '../../src/escalation/life.ts';
import { loadPolicies } from '../../src/policies.ts';
import { waitFor } from '../../src/sandbox/driver.ts';
import type { BodyOf } from '../../src/web/desk/contract.ts';
import {
  AMINA,
  type Fields,
  GRACE,
  type Live,
  message,
  press,
  raises,
  sendPress,
  someone,
  startLive,
} from '../support/live.ts';
import { APP, SERVICE_URL, TENANT } from '../support/microsoft.ts';

/** Who may do what with a referral, at the two doors that there are: a card in Teams, and the desk. */

const TRUST = 'worcestershire-acute';
/** In the same tenant, with a team of its own. */
const NEIGHBOUR = 'neighbour-trust';
/** A tenant that holds the same Trust, where other people may have the same object ids. */
const ELSEWHERE = '77777777-2222-4333-8444-555555555555';
const TEAM = '19:safeguarding@thread.tacv2';
const CHANNEL = '19:referrals@thread.tacv2';
const NEIGHBOURS = '19:neighbours@thread.tacv2';

/** Somebody who presses in a thread of a channel. */
function inChannel(who: Fields, channel: string, team: string): Fields {
  const id = `${channel};messageid=1`;
  return {
    ...who,
    conversation: { id, isGroup: true, conversationType: 'channel', tenantId: TENANT },
    channelData: { tenant: { id: TENANT }, team: { id: team }, channel: { id: channel } },
  };
}

const DANIEL = someone('daniel', 'Daniel Reid');
const PRIYA = inChannel(someone('priya', 'Priya Nair'), CHANNEL, TEAM);
const OUTSIDER = someone('sam', 'Sam Cole');

/** Everybody who tries, and what they may do. The ids of those elsewhere are those of people here. */
const WHO = {
  'the one who raised it': { who: AMINA, may: 'reporter' },
  'the nurse on duty': { who: GRACE, may: 'desk' },
  'a member of the channel': { who: PRIYA, may: 'desk' },
  'an outsider': { who: OUTSIDER, may: undefined },
  'an outsider who presses in a channel of another Trust': {
    who: inChannel(someone('nina', 'Nina Neighbour'), NEIGHBOURS, NEIGHBOURS),
    may: undefined,
  },
  'somebody elsewhere with the object id of the nurse': {
    who: someone('grace', 'Grace Elsewhere', ELSEWHERE),
    may: undefined,
  },
  'somebody elsewhere with the object id of the one who raised it': {
    who: someone('amina', 'Amina Elsewhere', ELSEWHERE),
    may: undefined,
  },
  'somebody elsewhere who names the channel as theirs': {
    who: {
      ...inChannel(someone('priya', 'Priya Elsewhere', ELSEWHERE), CHANNEL, TEAM),
      conversation: { id: CHANNEL, conversationType: 'channel', tenantId: ELSEWHERE },
      channelData: { tenant: { id: ELSEWHERE }, team: { id: TEAM } },
    },
    may: undefined,
  },
} as const satisfies Record<string, { who: Fields; may: 'reporter' | 'desk' | undefined }>;

/** What a card might claim of the one who presses, or of what it is about. Nothing of it is to count. */
const CLAIMS = {
  person: 'object-grace',
  tenant: TENANT,
  organisation: NEIGHBOUR,
  name: 'Grace Okafor',
  actor: { tenant: TENANT, person: 'object-grace', name: 'Grace Okafor' },
  from: GRACE.from,
  aadObjectId: 'object-grace',
  inTeam: true,
  conversation: CHANNEL,
  role: 'on-duty',
  owner: 'object-grace',
  reporter: 'object-sam',
};

let live: Live;
beforeAll(async () => {
  const plenty = { burst: 10_000, perSecond: 10_000 };
  const guidance = await loadPolicies('policies');
  const trust = guidance.get(TRUST);
  if (trust === undefined) throw new Error('There is no such Trust.');
  live = await startLive(
    {
      TENANTS: `${TENANT}=${TRUST}+${NEIGHBOUR};${ELSEWHERE}=${TRUST}`,
      SAFEGUARDING_TEAMS: `${TRUST}=group-1;${NEIGHBOUR}=group-2`,
    },
    {
      guidance: new Map([
        [TRUST, trust],
        [NEIGHBOUR, { ...trust, id: NEIGHBOUR }],
      ]),
      rates: { chat: plenty, desk: plenty, unproven: plenty },
    },
  );
  const { microsoft } = live;
  for (const [team, group, channel, member] of [
    [TEAM, 'group-1', CHANNEL, 'priya'],
    [NEIGHBOURS, 'group-2', NEIGHBOURS, 'nina'],
  ] as const) {
    const id = encodeURIComponent(team);
    const members = [{ id: `29:${member}`, aadObjectId: `object-${member}`, userRole: 'owner' }];
    microsoft.answers(new RegExp(`/v3/conversations/${id}/(paged)?members`), { members });
    live.writes(
      `insert into teams (team, tenant, group_id, name, service_url, bot_id, keepers, updated_at)
       values ('${team}', '${TENANT}', '${group}', 'A team', '${SERVICE_URL}', '28:${APP}', '[]', 1);
       insert into channels (team, channel, name) values ('${team}', '${channel}', 'Safeguarding referrals')`,
    );
  }
  // What is posted to the channel begins a thread there.
  microsoft.answers(/\/v3\/conversations$/, { id: `${CHANNEL};messageid=1`, activityId: 'thread-1' });
  for (const who of [AMINA, GRACE, DANIEL, OUTSIDER, someone('priya', 'Priya Nair')]) {
    await live.posts(message('hello', who));
    await live.posts(press('choose-organisation', { organisation: TRUST }, who));
  }
  await live.posts(message('hello', someone('nina', 'Nina Neighbour')));
  await live.posts(press('choose-organisation', { organisation: NEIGHBOUR }, someone('nina', 'Nina Neighbour')));
  for (const nurse of [GRACE, DANIEL]) {
    const data = { department: 'ward-9', until: '23:59', key: randomUUID() };
    await live.posts(press('duty-on', data, nurse));
  }
});
afterAll(() => live.stop());

const TEXTS = {
  note: 'words',
  outcome: 'words',
  question: 'words',
  number: 'words',
  answer: 'words',
  addition: 'words',
  reason: 'words',
  referredTo: 'police',
};

async function acts(who: Fields, action: Action, reference: string): Promise<string> {
  const colleague = who === GRACE ? 'object-daniel' : 'object-grace';
  const data = { ...CLAIMS, ...TEXTS, colleague, reference, key: randomUUID() };
  return (await live.posts(press(action, data, who))).text();
}

/** A referral with which somebody who may can do this. */
async function readyFor(action: Action, by: Fields): Promise<string> {
  const reference = await raises(live);
  const { from } = LIFE[action];
  if (!from.includes('raised')) await acts(by, 'acknowledge', reference);
  if (action === 'reopen') await acts(by, 'close', reference);
  if (action === 'keep-open') await acts(AMINA, 'ask-to-withdraw', reference);
  if (action === 'answer') await acts(GRACE, 'ask', reference);
  return reference;
}

/** Everything of a referral but when its cards are sent, which goes on meanwhile. */
function stateOf(reference: string): string {
  const of = (table: string, column: string, fields = '*') =>
    live.all(`select ${fields} from ${table} where ${column} = '${reference}'`);
  return JSON.stringify([
    of('referrals', 'reference', 'status, owner, owner_tenant, version, open_question, withdraw_asked_at'),
    of('audit', 'referral', 'sequence, kind, actor, actor_tenant').filter(({ kind }) => isPersons(kind)),
    of('words', 'referral', 'id, kind'),
  ]);
}

const isPersons = (kind: unknown): boolean => ACTIONS.some((action) => action === kind);

const NAMES = Object.keys(WHO) as (keyof typeof WHO)[];

describe.each(NAMES)('%s', (name) => {
  const { who, may } = WHO[name];

  test.each(ACTIONS)('on pressing a card’s button to %s', async (action) => {
    const mayDo = LIFE[action].by === may;
    const reference = await readyFor(action, may === 'desk' ? who : GRACE);
    const before = stateOf(reference);
    const answer = await acts(who, action, reference);
    if (!mayDo) {
      expect(answer).toContain('this referral was not sent to you');
      expect(stateOf(reference)).toBe(before);
      return;
    }
    // It is theirs, whoever the card said that they are.
    const last = live.all(`select * from audit where referral = '${reference}' and kind = '${action}'`).at(-1);
    const { aadObjectId } = who.from as { aadObjectId: string };
    expect(last).toMatchObject({ actor: aadObjectId, actor_tenant: TENANT });
    expect(live.all(`select organisation, reporter from referrals where reference = '${reference}'`)).toEqual([
      { organisation: TRUST, reporter: 'object-amina' },
    ]);
  });

  test('on asking for its card, or for a fresh one', async () => {
    const reference = await raises(live);
    const shown = await (await live.posts(press('refresh-referral', { ...CLAIMS, reference }, who))).text();
    expect(shown.includes('A visitor is streaming the bay live.')).toBe(may === 'desk');
    const again = await (await live.posts(press('show-referral', { ...CLAIMS, reference }, who))).text();
    const isTheirOwn = who === AMINA || who === GRACE;
    expect(again.includes('It comes as a new message below.')).toBe(isTheirOwn);
  });

  test('at the desk', async () => {
    const reference = await raises(live);
    const desk = live.desk(who);
    const listed = await desk.fetches('register', { query: { organisation: TRUST } });
    expect((await listed.text()).includes(reference)).toBe(may === 'desk');
    expect((await desk.fetches('referral', { in: { reference } })).status).toBe(may === undefined ? 404 : 200);
    for (const action of ACTIONS) {
      const body: BodyOf<'act'> = { action, key: randomUUID(), text: 'words', referredTo: 'police' };
      const before = stateOf(reference);
      const answer = await desk.fetches('act', { in: { reference }, body: { ...CLAIMS, ...body } });
      if (may === undefined) expect(answer.status).toBe(404);
      else if (LIFE[action].by !== may) expect(await answer.json()).toMatchObject({ done: false });
      if (LIFE[action].by !== may) expect(stateOf(reference)).toBe(before);
    }
    const by = live
      .all(`select kind, actor, actor_tenant from audit where referral = '${reference}'`)
      .filter(({ kind }) => isPersons(kind));
    expect(by.length > 0).toBe(may !== undefined);
    for (const row of by) expect(row.actor_tenant).toBe(TENANT);
  });
});

describe('a Send whose card names another Trust, person or reference', () => {
  test.each([
    ['another Trust', { organisation: NEIGHBOUR }],
    ['a Trust of nobody', { organisation: 'nowhere' }],
  ])('%s raises nothing', async (_, changes) => {
    const before = live.all('select count(*) as n from referrals');
    const answer = await (await live.posts(await sendPress(changes))).text();
    expect(answer).not.toMatch(/Recorded/);
    expect(live.all('select count(*) as n from referrals')).toEqual(before);
  });

  test('raises it in the name of the one who pressed', async () => {
    const { organisation: _, ...claims } = CLAIMS;
    await live.posts(await sendPress({ ...claims, reference: 'AAA-AAAA', reporter: 'object-grace' }));
    const [last] = live.all('select * from referrals order by raised_at desc limit 1');
    expect(last).toMatchObject({ reporter: 'object-amina', reporter_tenant: TENANT, organisation: TRUST });
    expect(last?.reference).not.toBe('AAA-AAAA');
  });
});

test('a tenant that is taken from a Trust takes its cards with it', async () => {
  // The nurse has a card of it, and is still in the tenant.
  const reference = await raises(live);
  live.writes(`update referrals set organisation = 'far-trust' where reference = '${reference}'`);
  expect(await acts(GRACE, 'acknowledge', reference)).toContain('this referral was not sent to you');
  expect(live.all(`select status from referrals where reference = '${reference}'`)).toEqual([{ status: 'raised' }]);
  live.writes(`update referrals set organisation = '${TRUST}' where reference = '${reference}'`);
  await waitFor(
    async () => (await acts(GRACE, 'acknowledge', reference)).includes('Acknowledged') || undefined,
    'hers',
  );
});
