import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conditionOf } from '../../src/escalation/condition.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { readingsOf } from '../../src/telemetry/readings.ts';
import { VERSION } from '../../src/version.ts';
import { type House, MINUTE, NURSE, openHouse } from '../escalation/house.ts';
import { deskReader } from '../support/desk.ts';
import { type Live, startLive } from '../support/live.ts';
import { samplesIn, valueIn } from '../support/metrics.ts';
import {
  alone,
  FORM,
  goesOnDuty,
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
} from '../support/rehearsal.ts';

const TRUST = 'worcestershire-acute';

describe('GET /metrics', () => {
  let rehearsal: Rehearsal;
  let reference: string;
  let text: string;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    const { teams, signpost } = rehearsal;
    const grace = await opensChat(teams, 'Grace');
    await goesOnDuty(grace, 'ward-9', '23:59');
    reference = referenceOn(await raisesLivestream(await opensChat(teams, 'Amina')));
    await sees(grace, reference, 'Acknowledge: I have this');
    const priya = deskReader(signpost.address, () => teams.tokenFor('Priya'));
    await priya.lists(TRUST);
    await fetch(`${signpost.address}/api/desk/me`);
    text = await (await scrape()).text();
  });
  afterAll(() => rehearsal.stop());

  const scrape = (): Promise<Response> => fetch(`${rehearsal.signpost.address}/metrics`);

  test('counts turns by kind and result, with how long they took', () => {
    for (const kind of ['message', 'step', 'press', 'send', 'event']) {
      expect(valueIn(text, 'signpost_turn_seconds_count', { kind, result: 'answered' })).toBeGreaterThan(0);
    }
    expect(valueIn(text, 'signpost_turn_seconds_count', { kind: 'send' })).toBe(1);
    expect(valueIn(text, 'signpost_turn_seconds_bucket', { kind: 'step', le: '+Inf' })).toBe(3);
    expect(valueIn(text, 'signpost_turn_seconds_count', { result: 'failed' })).toBeUndefined();
  });

  test('counts deliveries by result, calls of the desk by status, and looks of the worker', () => {
    expect(valueIn(text, 'signpost_delivery_seconds_count', { role: 'on-duty', result: 'sent' })).toBe(1);
    expect(valueIn(text, 'signpost_desk_seconds_count', { endpoint: 'register', status: '200' })).toBe(1);
    expect(valueIn(text, 'signpost_desk_seconds_count', { endpoint: 'me', status: '401' })).toBe(1);
    expect(valueIn(text, 'signpost_pass_seconds_count', { result: 'done' })).toBeGreaterThan(0);
    expect(valueIn(text, 'signpost_worker_pass_age_seconds')).toBeLessThan(30);
  });

  test('says what the register counts, for each organisation', () => {
    expect(valueIn(text, 'signpost_register_up')).toBe(1);
    expect(valueIn(text, 'signpost_servers')).toBe(1);
    expect(valueIn(text, 'signpost_referrals_unacknowledged')).toBe(1);
    const oldest = samplesIn(text).filter(({ name }) => name === 'signpost_oldest_unacknowledged_seconds');
    expect(oldest.length).toBe(6);
    expect(oldest.filter(({ value }) => value > 0).map(({ labels }) => labels)).toEqual([
      { organisation: TRUST, urgency: 'immediate' },
    ]);
    const places = valueIn(text, 'signpost_duty_places') ?? 0;
    expect(valueIn(text, 'signpost_duty_gaps')).toBe(places - 1);
    expect(valueIn(text, 'signpost_problems', { kind: 'nobody-on-duty', organisation: TRUST })).toBe(1);
  });

  test('says which version runs, and how the process does', () => {
    expect(valueIn(text, 'signpost_info', { version: VERSION })).toBe(1);
    expect(valueIn(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('names no person, no referral and nothing that anybody wrote', () => {
    for (const secret of [reference, 'Amina', 'Grace', 'Priya', FORM.description]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(alone(FORM.callBack));
  });

  test('every metric of ours is explained in docs/operations.md', () => {
    const documented = readFileSync('docs/operations.md', 'utf8');
    const named = [...text.matchAll(/^# TYPE (signpost_\w+)/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('with METRICS_TOKEN', () => {
  const METRICS_TOKEN = 'a-token-of-twenty-or-more';
  let live: Live;
  beforeAll(async () => {
    live = await startLive({ METRICS_TOKEN });
  });
  afterAll(() => live.stop());

  test.each([
    ['no token', {}, 401],
    ['another token', { authorization: `Bearer ${METRICS_TOKEN}x` }, 401],
    ['the token as a password', { authorization: `Basic ${METRICS_TOKEN}` }, 401],
    ['the token', { authorization: `Bearer ${METRICS_TOKEN}` }, 200],
    ['the token, through a proxy', { authorization: `Bearer ${METRICS_TOKEN}`, 'x-forwarded-for': '203.0.113.7' }, 200],
  ])('%s is answered as it should be', async (_, headers, status) => {
    const answer = await fetch(`${live.address}/metrics`, { headers: { ...headers } });
    expect(answer.status).toBe(status);
    expect((await answer.text()).includes('signpost_info')).toBe(status === 200);
  });
});

describe('what the register says', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  const scrape = async (): Promise<string> => {
    const facts = {
      now: house.now(),
      systemNow: Date.now(),
      organisations: [house.organisation],
      teams: house.engine.teams,
    };
    const readings = () => readingsOf(house.store.db, facts);
    return (await createMetrics({ version: '1', readings, lastPass: () => 0 }).scrape()).text;
  };
  const oldest = async (): Promise<number | undefined> =>
    valueIn(await scrape(), 'signpost_oldest_unacknowledged_seconds', { urgency: 'urgent' });

  test('the oldest that nobody has acknowledged grows with time, and is gone when somebody has it', async () => {
    await house.goesOnDuty(NURSE);
    expect(await oldest()).toBe(0);
    const first = await house.raises();
    await house.later(2 * MINUTE);
    const second = await house.raises();
    await house.later(MINUTE);
    expect(await oldest()).toBe(180);
    await house.acts(first, 'acknowledge');
    expect(await oldest()).toBe(60);
    await house.acts(second, 'acknowledge');
    expect(await oldest()).toBe(0);
  });

  test('its counts are those that doctor and /readyz say', async () => {
    const { organisation, store, engine } = house;
    const facts = { now: house.now(), systemNow: Date.now(), organisations: [organisation], teams: engine.teams };
    const { counts, problems } = await conditionOf(store.db, facts);
    const text = await scrape();
    expect(valueIn(text, 'signpost_referrals_open')).toBe(counts.open);
    expect(valueIn(text, 'signpost_cards_owed')).toBe(counts.owed);
    expect(valueIn(text, 'signpost_duty_gaps_by_organisation')).toBe(counts.withoutDuty);
    const told = samplesIn(text).filter(({ name }) => name === 'signpost_problems');
    expect(told.reduce((sum, { value }) => sum + value, 0)).toBe(problems.length);
  });

  test('what cannot be read is left out, and not told as nothing', async () => {
    const { text } = await createMetrics({ version: '1', readings: async () => undefined, lastPass: () => 0 }).scrape();
    expect(valueIn(text, 'signpost_register_up')).toBe(0);
    expect(valueIn(text, 'signpost_referrals_unacknowledged')).toBeUndefined();
    expect(valueIn(text, 'signpost_oldest_unacknowledged_seconds')).toBeUndefined();
    expect(valueIn(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });
});
