import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import restify from 'restify';
import { Problem } from '../../../src/web/desk/contract.ts';
import { DeskError } from '../../../src/web/desk/problems.ts';
import { type Handlers, serveDesk } from '../../../src/web/desk/serve.ts';
import { close, listen } from '../../../src/web/server.ts';
import { MEMBER, MINUTE } from '../../escalation/house.ts';
import type { DeskReader } from '../../support/desk.ts';
import { type OpenDesk, openDesk, TRUST } from './open-desk.ts';

const OF_TRUST = { organisation: TRUST };

/** A key of a page as the server writes one. */
const pageAfter = (key: readonly unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

describe('an answer', () => {
  let desk: OpenDesk;
  let ruth: DeskReader;
  beforeEach(async () => {
    desk = await openDesk();
    desk.members.add(MEMBER.person);
    ruth = desk.as(MEMBER);
  });
  afterEach(() => desk.close());

  test('is JSON that nobody keeps, and that is taken for nothing else', async () => {
    const { headers } = await ruth.fetches('me');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(['me', 'register', 'duty', 'guidance'] as const)(
    'to %s is not sent again while nothing but the time has changed',
    async (name) => {
      const ask = (etag?: string | null) =>
        ruth.fetches(name, { query: OF_TRUST, headers: etag ? { 'if-none-match': etag } : {} } as object);
      const first = await ask();
      expect(first.headers.get('etag')).toMatch(/^W\/"/);
      desk.house.moveClock(MINUTE / 3);
      const again = await ask(first.headers.get('etag'));
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
      expect((await ask('W/"another"')).status).toBe(200);
      expect((await ask(`W/"another", ${first.headers.get('etag')}`)).status).toBe(304);
    },
  );

  test('is sent again as soon as something has changed', async () => {
    const first = await ruth.fetches('register', { query: OF_TRUST });
    const etag = first.headers.get('etag') ?? '';
    const raised = await desk.house.raises();
    const second = await ruth.fetches('register', { query: OF_TRUST, headers: { 'if-none-match': etag } });
    expect(second.status).toBe(200);
    const next = second.headers.get('etag') ?? '';
    await desk.house.acts(raised, 'acknowledge', { by: MEMBER, from: 'channel' }).catch(() => undefined);
    await ruth.acts(raised.referral.reference, 'take-on');
    expect((await ruth.fetches('register', { query: OF_TRUST, headers: { 'if-none-match': next } })).status).toBe(200);
  });

  test('is a file where one is asked for, under its own name', async () => {
    const query = { ...OF_TRUST, from: '2026-01-01', to: '2026-01-31', format: 'csv' } as const;
    const whole = await ruth.fetches('report', { query });
    expect(whole.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(whole.headers.get('content-disposition')).toBe(
      'attachment; filename="example-trust_report_2026-01-01_2026-01-31.csv"',
    );
    const { tables } = await ruth.gets('report', { query: { ...query, format: 'json' } });
    const table = tables[0]?.id ?? '';
    const one = await ruth.fetches('report', { query: { ...query, table } });
    expect(one.headers.get('content-disposition')).toContain(`example-trust_${table}_`);
    expect((await one.text()).length).toBeLessThan((await whole.text()).length);
    expect(await ruth.isRefused('report', { query: { ...query, table: 'none' } })).toMatchObject({ status: 404 });
  });

  test('is a refusal in words where what is asked makes no sense', async () => {
    const refusals: [object, RegExp][] = [
      [{}, /^“organisation” is missing or not right/],
      [{ ...OF_TRUST, from: 'yesterday' }, /^“from” is not right\. Give a day such as 2026-01-31\.$/],
      [{ ...OF_TRUST, to: '2026-02-30' }, /^“to” is not right/],
      [{ ...OF_TRUST, status: 'raised,lost' }, /^“status” must be one of: raised, acknowledged, in-progress/],
      [{ ...OF_TRUST, limit: '0' }, /^“limit” is too small: 1 is the least\.$/],
      [{ ...OF_TRUST, limit: '1000' }, /^“limit” is too large: 200 is the most\.$/],
      [{ ...OF_TRUST, search: 'x'.repeat(101) }, /^Please shorten “search”: 100 characters fit\.$/],
      [{ ...OF_TRUST, list: 'all' }, /^“list” must be one of: desk, mine\.$/],
      [{ ...OF_TRUST, after: 'not a page' }, /^The next page could not be found\. Go back to the top of the list\.$/],
      ...[
        [1.5, 1, 'x'],
        [1e300, 1, 'x'],
        [0, 1e300, 'x'],
        [0, 0.5, 'x'],
        [10, 1, 'x'],
        [0, 1, 'x\0'],
      ].map((key): [object, RegExp] => [{ ...OF_TRUST, after: pageAfter(key) }, /^The next page could not be found\./]),
      [{ ...OF_TRUST, search: 'a\0b' }, /^“search” holds a character that cannot be kept\./],
      [{ ...OF_TRUST, department: 'a\0b' }, /^“department” holds a character that cannot be kept\./],
      [{ organisation: '\0' }, /^“organisation” holds a character that cannot be kept\./],
    ];
    for (const [query, words] of refusals) {
      const refused = await ruth.isRefused('register', { query } as object);
      expect(refused).toMatchObject({ status: 400, code: 'bad-input' });
      expect(refused.message).toMatch(words);
    }
    const backwards = { ...OF_TRUST, from: '2026-02-01', to: '2026-01-01' };
    expect(await ruth.isRefused('report', { query: backwards })).toMatchObject({
      status: 400,
      message: expect.stringContaining('Swap the two days'),
    });
  });

  test('comes page by page, the counts with the first alone', async () => {
    for (let number = 0; number < 5; number += 1) await desk.house.raises();
    const first = await ruth.gets('register', { query: { ...OF_TRUST, limit: 2 } });
    expect(first).toMatchObject({ total: 5, hidden: 0, owners: [] });
    const second = await ruth.gets('register', { query: { ...OF_TRUST, limit: 2, after: first.next ?? '' } });
    expect(second).toMatchObject({ total: null, hidden: null, owners: null });
    const third = await ruth.gets('register', { query: { ...OF_TRUST, limit: 2, after: second.next ?? '' } });
    expect(third.next).toBeNull();
    const references = [first, second, third].flatMap(({ rows }) => rows.map(({ reference }) => reference));
    expect(new Set(references).size).toBe(5);
  });

  test('narrows the register by day as the organisation’s clock has it', async () => {
    // In summer, a quarter past midnight in London is still the day before in Greenwich.
    desk.house.moveClock(Date.parse('2026-07-14T23:15:00Z') - desk.house.now());
    const { reference } = (await desk.house.raises()).referral;
    expect(await ruth.lists(TRUST, { from: '2026-07-15', to: '2026-07-15' })).toEqual([reference]);
    expect(await ruth.lists(TRUST, { to: '2026-07-14' })).toEqual([]);
    expect(await ruth.lists(TRUST, { from: '2026-07-16' })).toEqual([]);
    expect(await ruth.lists(TRUST, { owner: 'nobody', status: 'raised', urgency: 'urgent' })).toEqual([reference]);
  });
});

describe('an action', () => {
  test('is answered under the ETag that the referral has from then on, so that what it shows is not sent again', async () => {
    const desk = await openDesk();
    desk.members.add(MEMBER.person);
    const { reference } = (await desk.house.raises()).referral;
    const ruth = desk.as(MEMBER);
    const body = { action: 'acknowledge', key: 'a key of hers' } as const;
    const acted = await ruth.fetches('act', { in: { reference }, body });
    const etag = acted.headers.get('etag') ?? '';
    const asked = await ruth.fetches('referral', { in: { reference }, headers: { 'if-none-match': etag } });
    expect(asked.status).toBe(304);
    expect((await desk.house.referrals.read(reference))?.audit.map(({ kind }) => kind)).not.toContain('read');
    await desk.close();
  });

  test('with a character that no register keeps is refused, and nothing is saved', async () => {
    const desk = await openDesk();
    desk.members.add(MEMBER.person);
    const raised = await desk.house.raises();
    const { reference } = raised.referral;
    const note = { action: 'note', key: 'a key of hers', text: 'x' } as const;
    for (const body of [
      { ...note, text: 'a\0b' },
      { ...note, key: 'a key\0of hers' },
      { ...note, colleague: '\0' },
    ]) {
      expect(await desk.as(MEMBER).isRefused('act', { in: { reference }, body })).toMatchObject({
        status: 400,
        message: expect.stringMatching(/holds a character that cannot be kept\..*Nothing was saved\.$/),
      });
    }
    expect(await desk.as(MEMBER).isRefused('referral', { in: { reference: 'K7M\0' } })).toMatchObject({ status: 400 });
    expect((await desk.house.read(raised)).audit.length).toBe(raised.audit.length);
    await desk.close();
  });
});

describe('a fault of ours', () => {
  const SECRET = 'K7M-2PXC of Amina';
  const lines: string[] = [];
  let server: restify.Server;
  let address: string;
  let failure: Error;
  beforeEach(async () => {
    failure = new Error('The store does not answer.');
    const fails = async (): Promise<never> => {
      throw failure;
    };
    const names = ['me', 'register', 'referral', 'act', 'duty', 'guidance', 'flow', 'paths', 'report'] as const;
    server = restify.createServer();
    serveDesk(server, {
      identity: async () => ({ tenant: 't', person: 'p', name: 'Priya' }),
      handlers: Object.fromEntries(names.map((name) => [name, fails])) as unknown as Handlers,
      log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    });
    address = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  });
  afterEach(() => close(server));

  test('is told in words, with what to do, and nothing of its cause', async () => {
    const response = await fetch(`${address}/api/desk/referrals?organisation=${TRUST}`);
    const { error } = Problem.parse(await response.json());
    expect([response.status, error.code]).toEqual([500, 'fault']);
    expect(error.message).toMatch(
      /Something is wrong at our end.*If it cannot wait, ring: do not wait for this page\./,
    );
    expect(error.message).not.toMatch(/store|Error|\n/);
  });

  test('is in the log with its cause, and without what was searched for', async () => {
    lines.length = 0;
    await fetch(`${address}/api/desk/referrals?organisation=${TRUST}&search=${encodeURIComponent(SECRET)}`);
    expect(lines.join('')).toContain('The store does not answer.');
    expect(lines.join('')).toContain('"endpoint":"register"');
    expect(lines.join('')).not.toMatch(/K7M|Amina/);
  });

  test('or of Teams, while it lasts, is a warning in the log with its cause', async () => {
    lines.length = 0;
    failure = new DeskError('unavailable', 'Not just now.', { cause: new Error('Teams did not answer.') });
    const response = await fetch(`${address}/api/desk/referrals?organisation=${TRUST}&search=${SECRET}`);
    expect(response.status).toBe(503);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, endpoint: 'register', err: { message: 'Teams did not answer.' } },
    ]);
    expect(lines.join('')).not.toMatch(/K7M|Amina/);
  });

  test('is not that somebody is refused: of that the log has nothing', async () => {
    lines.length = 0;
    failure = new DeskError('not-allowed', 'This is not open to you.');
    expect((await fetch(`${address}/api/desk/referrals?organisation=${TRUST}`)).status).toBe(403);
    expect(lines).toEqual([]);
  });
});
