import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { waitFor } from '../../src/sandbox/driver.ts';
import { VERBS } from '../../src/teams/verbs.ts';
import { ENDPOINTS, type EndpointName } from '../../src/web/desk/endpoints.ts';
import {
  AMINA,
  type Fields,
  GRACE,
  graceGoesOnDuty,
  type Live,
  message,
  press,
  raises,
  sendPress,
  someone,
  startLive,
} from '../support/live.ts';
import { NASTY, NASTY_BODIES } from '../support/nasty.ts';

/** Whatever comes in: never a fault, never a referral lost, never what is another person's. */

const SEED = 20_261_127;
/** What Amina wrote, which is nobody's but hers and of those who were told. */
const SECRET = 'The story that only Amina and her nurse may read.';
const SAM = someone('sam', 'Sam Cole');

let live: Live;
let reference: string;
beforeAll(async () => {
  const plenty = { burst: 100_000, perSecond: 100_000 };
  live = await startLive({}, { rates: { chat: plenty, desk: plenty, unproven: plenty } });
  for (const who of [AMINA, GRACE, SAM]) await live.posts(message('hello', who));
  await graceGoesOnDuty(live);
  reference = await raises(live, SECRET);
});
afterAll(() => live.stop());

/** The referral that is there from the start, with all that people did with it. */
function referralNow(): string {
  return JSON.stringify([
    live.all(`select * from referrals where reference = '${reference}'`).map(({ version: _, ...row }) => row),
    live.all(`select id, kind from words where referral = '${reference}' order by id`),
  ]);
}

/** Once the worker has nothing left to do, nothing but what is asked changes the register. */
async function settled(): Promise<string> {
  const busy = 'select lane from lanes where due_at is not null or holder is not null';
  await waitFor(async () => (live.all(busy).length === 0 ? true : undefined), 'a worker at rest');
  return referralNow();
}

/** That an answer is one, and tells an outsider nothing. */
async function holds(response: Response): Promise<void> {
  const body = await response.text();
  expect(response.status).toBeLessThan(500);
  expect(body).not.toContain(SECRET);
  expect(body).not.toMatch(/\bat .*\.(ts|js):\d|SqliteError|SQLITE|ZodError|TypeError/);
}

/** That nothing failed inside either, of which a person would have seen only a kind card. */
function nothingFailed(): void {
  const faults = live
    .logged()
    .split('\n')
    .filter((line) =>
      /a turn failed|could not be answered|a request failed|of the desk failed|could not be told/.test(line),
    );
  expect(faults).toEqual([]);
}

/**
 * But for going on duty: whoever does is sent what nobody has acknowledged there, and is no outsider any more. And but
 * for Send, which may raise something of theirs.
 */
const OUTSIDERS_VERBS = VERBS.filter((verb) => verb !== 'duty-on' && verb !== 'send');

const nasty = fc.constantFrom(...NASTY);
const walk = { organisation: 'worcestershire-acute', flow: 'filming-on-the-ward', edition: 'x', responses: {} };

/** All that any verb reads, as it should be. */
async function rightData(): Promise<Fields> {
  const send = (await sendPress()) as { value: { action: { data: Fields } } };
  return {
    ...walk,
    ...send.value.action.data,
    text: 'can I post this?',
    scrubbed: false,
    again: false,
    from: walk,
    apart: false,
    reference,
    until: '23:00',
    colleague: 'object-grace',
    handover: 'none',
    ...(send.value.action.data.draft as Fields),
    note: 'words',
    outcome: 'words',
    question: 'words',
    referredTo: 'police',
    number: '1',
    answer: 'words',
    addition: 'words',
    reason: 'words',
  };
}

/** The same with something else at one place: a field, or one inside it. */
function spoilt(data: Fields, field: string, value: unknown, inside: string | undefined): Fields {
  const within = data[field];
  const isRecord = typeof within === 'object' && within !== null && !Array.isArray(within);
  return { ...data, [field]: inside !== undefined && isRecord ? { ...within, [inside]: value } : value };
}

describe('a card’s button with', () => {
  test('each verb and each nasty value in one of its fields, pressed by an outsider, tells and changes nothing', async () => {
    const raised = await settled();
    const right = await rightData();
    const fields = fc.constantFrom(...Object.keys(right));
    const inside = fc.option(fc.constantFrom('department', 'description', 'told', '__proto__', 'danger', 'x'), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...OUTSIDERS_VERBS),
        fields,
        nasty,
        inside,
        async (verb, field, value, deeper) => {
          const data = spoilt({ ...right, key: randomUUID() }, field, value, deeper);
          await holds(await live.posts(press(verb, data, SAM)));
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
    expect(referralNow()).toBe(raised);
    nothingFailed();
  });

  test('whatever stands in the place of the button is answered kindly', async () => {
    for (const value of NASTY) {
      for (const put of [
        { value },
        { value: { action: value } },
        { value: { action: { verb: value, data: {} } } },
        { value: { action: { verb: 'walk', data: value } } },
      ]) {
        await holds(await live.posts(press('topics', {}, { ...SAM, ...put })));
      }
    }
    nothingFailed();
  });
});

describe('an activity with', () => {
  const PATHS = [
    'type',
    'id',
    'text',
    'name',
    'value',
    'action',
    'replyToId',
    'locale',
    'channelId',
    'serviceUrl',
    'from',
    'from.id',
    'from.name',
    'from.aadObjectId',
    'recipient',
    'recipient.id',
    'conversation',
    'conversation.id',
    'conversation.conversationType',
    'conversation.tenantId',
    'channelData',
    'channelData.tenant',
    'channelData.tenant.id',
    'channelData.eventType',
    'attachments',
    'entities',
    'membersAdded',
    'membersRemoved',
    'timestamp',
    'localTimestamp',
    'deliveryMode',
    'textFormat',
    'callerId',
    '__proto__',
  ];
  const BASES = [
    message('help', SAM),
    press('topics', {}, SAM),
    { ...message('x', SAM), type: 'installationUpdate', action: 'add' },
    { ...message('x', SAM), type: 'conversationUpdate' },
    ...['composeExtension/query', 'composeExtension/fetchTask', 'composeExtension/submitAction', 'task/fetch'].map(
      (name) => press('x', {}, { ...SAM, name, value: { commandId: 'clauses', parameters: [], data: {} } }),
    ),
  ];

  function put(base: Fields, path: string, value: unknown): Fields {
    const [name = '', ...rest] = path.split('.');
    if (rest.length === 0)
      return JSON.parse(`${JSON.stringify(base).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`);
    return { ...base, [name]: put((base[name] ?? {}) as Fields, rest.join('.'), value) };
  }

  test('a nasty value in any of its fields is no fault, tells nothing, and writes nothing where it is refused', async () => {
    const raised = await settled();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...BASES), fc.constantFrom(...PATHS), nasty, async (base, path, value) => {
        const before = live.rows();
        const response = await live.posts({ ...put(base, path, value) });
        const isRefused = response.status >= 400;
        await holds(response);
        if (isRefused) expect(live.rows()).toBe(before);
      }),
      { seed: SEED, numRuns: 200 },
    );
    expect(referralNow()).toBe(raised);
    nothingFailed();
  });

  test.each(NASTY_BODIES.map((body) => [JSON.stringify(body.slice(0, 40)), body]))(
    'the body %s is refused, and writes nothing',
    async (_, body) => {
      await settled();
      const before = live.rows();
      const response = await live.posts(body);
      expect([400, 413]).toContain(response.status);
      await holds(response);
      expect(live.rows()).toBe(before);
    },
  );
});

describe('the desk asked with', () => {
  const NAMES = Object.keys(ENDPOINTS) as EndpointName[];
  const QUERY = [
    'organisation',
    'list',
    'search',
    'status',
    'from',
    'to',
    'after',
    'limit',
    'format',
    'table',
    'owner',
  ];

  test('a nasty value in its path, its query or its body, by an outsider, tells and changes nothing', async () => {
    const raised = await settled();
    expect((await live.desk(SAM).fetches('me')).status).toBe(200);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NAMES),
        fc.dictionary(fc.constantFrom(...QUERY), nasty, { maxKeys: 3 }),
        nasty,
        fc.constantFrom('path', 'query', 'body', 'field'),
        async (name, query, value, where) => {
          const text = String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 2_000);
          const place = where === 'path' && text !== '' ? text.toWellFormed() : reference;
          const given = Object.fromEntries(
            Object.entries(query).map(([key, one]) => [key, JSON.stringify(one)?.slice(0, 500).toWellFormed()]),
          );
          const body =
            where === 'body' ? value : { action: 'note', key: randomUUID(), text: 'x', [text.slice(0, 20)]: value };
          const response = await live.desk(SAM).fetches(name, {
            in: { reference: place, flow: place },
            query: { organisation: 'worcestershire-acute', from: '2026-01-01', to: '2026-02-01', ...given },
            ...(ENDPOINTS[name].method === 'POST' ? { body } : {}),
          } as object);
          await holds(response);
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
    expect(referralNow()).toBe(raised);
    nothingFailed();
  });
});

/** Last, since their cards change with it, which Teams takes only so fast. */
describe('those whose referral it is', () => {
  test('press a card’s button with a nasty value in every place, and it is no fault', async () => {
    const right = await rightData();
    for (const [index, value] of NASTY.entries()) {
      const verb = VERBS[index % VERBS.length] ?? 'topics';
      for (const [name, data] of [
        [verb, Object.fromEntries(Object.keys(right).map((field) => [field, value]))],
        ['check', { ...right, description: value, department: value, callBack: value }],
        ['send', { ...right, draft: value, responses: value, key: randomUUID() }],
        ['note', { ...right, note: value, key: randomUUID() }],
      ] as const) {
        const response = await live.posts(press(name, data, index % 2 === 0 ? AMINA : GRACE));
        // All of it together may be too long.
        expect([200, 413]).toContain(response.status);
      }
    }
    nothingFailed();
  });

  test.each(['text', 'colleague', 'key'])(
    'write each nasty value as the %s at the desk, and it is no fault',
    async (field) => {
      for (const value of NASTY) {
        const body = { action: 'note', key: randomUUID(), text: 'x', [field]: value };
        const response = await live.desk(GRACE).fetches('act', { in: { reference }, body: body as object });
        expect(response.status).toBeLessThan(500);
        await response.text();
      }
      nothingFailed();
    },
  );
});

test('after all of that nothing is spoilt, and what is raised is still recorded', async () => {
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  const again = await raises(live);
  expect(live.all(`select reference from referrals where reference in ('${reference}', '${again}')`).length).toBe(2);
  expect(live.logged()).not.toContain(SECRET);
});
