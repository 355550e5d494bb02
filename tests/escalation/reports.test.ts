import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { PeriodError, type Report, type ReportOptions, reportFor } from '../../src/escalation/reports.ts';
import type { Organisation } from '../../src/guidance/types.ts';
import { countAnswer } from '../../src/store/answers-given.ts';
import { openPostgres, openSqlite, type Store } from '../../src/store/store.ts';
import { keepUnanswered } from '../../src/store/unanswered.ts';
import { CONTRACT } from '../../src/web/desk/contract.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { HOUR, NURSE, openHouse } from './house.ts';
import {
  anyScene,
  at,
  DAY,
  KINDS,
  type KindName,
  LATER,
  MINUTE,
  play,
  QUARTER,
  reportedTrust,
  rowOf,
  rowsOf,
  type Scene,
  tableOf,
} from './report/scene.ts';

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-reports-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores = [
  ['SQLite', async () => openSqlite(join(folder, 'register'))],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
] as const;

describe.each(stores)('a report from a register on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  /** An organisation of each test's own, so that none counts what another raised. */
  const newTrust = (): Organisation => ({ ...reportedTrust(), id: `trust-${randomUUID()}` });
  const report = (organisation: Organisation, options: Partial<ReportOptions> = {}): Promise<Report> =>
    reportFor(store.db, organisation, { ...QUARTER, suppress: false, now: LATER, mayName: true, ...options });

  test('counts what was raised, by each thing that a committee asks for', async () => {
    const trust = newTrust();
    await play(store, trust, [
      { at: at('2026-07-10T10:00:00Z'), acknowledged: 5, closed: 600 },
      { at: at('2026-08-10T10:00:00Z'), acknowledged: 5, department: 'ward-2', status: 'in-progress' },
      { at: at('2026-08-11T10:00:00Z'), kind: 'photo', acknowledged: 9, status: 'reopened' },
      { at: at('2026-09-12T10:00:00Z'), kind: 'threat' },
    ]);
    const made = await report(trust);
    expect(rowsOf(made, 'category')).toEqual({ Filming: 3, Threats: 1, Posts: 0 });
    expect(rowsOf(made, 'urgency')).toEqual({ Immediate: 1, Urgent: 2, Routine: 1 });
    expect(rowsOf(made, 'department')).toEqual({ 'Ward 1': 3, 'Ward 2': 1 });
    expect(tableOf(made, 'outcome').rows).toEqual([
      ['Someone is filming: Tell the senior person', 2],
      ['Someone is filming: Ask the senior person', 1],
      ['Threats: Report it', 1],
    ]);
    expect(tableOf(made, 'route').rows).toEqual([
      ['The nurse in charge and the channel', 3],
      ['The nurse in charge in hours, and the site manager out of hours', 1],
    ]);
    expect(rowsOf(made, 'status')).toEqual({
      Closed: 1,
      'Open: being worked on': 1,
      'Open: acknowledged': 0,
      'Open: opened again': 1,
      'Open: nobody has it': 1,
    });
    expect(rowsOf(made, 'closed')).toMatchObject({ Urgent: [1, 1, 600, 600], All: [1, 3, 600, 600] });
  });

  test('begins and ends at midnight by the organisation’s own clock', async () => {
    const trust = newTrust();
    await play(store, trust, [
      { at: at('2026-06-30T22:59:59Z') },
      // Half past midnight on 1 July in London.
      { at: at('2026-06-30T23:30:00Z'), department: 'ward-2' },
      { at: at('2026-09-30T22:59:59Z'), department: 'ward-3' },
      { at: at('2026-09-30T23:00:00Z') },
    ]);
    expect(rowsOf(await report(trust), 'department')).toEqual({ 'Ward 2': 1, 'Ward 3': 1 });
    const before = await report(trust, { from: '2026-04-01', to: '2026-06-30' });
    expect(rowsOf(before, 'department')).toEqual({ 'Ward 1': 1 });
  });

  test('counts neither another organisation’s, nor what was raised after it was made', async () => {
    const trust = newTrust();
    await play(store, trust, [{ at: at('2026-07-10T10:00:00Z') }, { at: at('2026-08-10T10:00:00Z') }]);
    await play(store, newTrust(), [{ at: at('2026-07-10T10:00:00Z') }]);
    const made = await report(trust, { now: at('2026-08-10T09:59:59Z') });
    expect(rowsOf(made, 'department')).toEqual({ 'Ward 1': 1 });
    expect(rowsOf(made, 'months')).toMatchObject({ 'July 2026': [1, 0], '1 to 10 August 2026': [0, 0] });
  });

  test('measures acknowledgements against the first waiting time, and loses none that never came', async () => {
    const trust = newTrust();
    const raised = at('2026-07-10T10:00:00Z');
    // “filming” waits for 30 minutes.
    await play(store, trust, [
      { at: raised, acknowledged: 30 },
      { at: raised, acknowledged: 10 },
      { at: raised, acknowledged: 30.1 },
      { at: raised - 31 * MINUTE },
      { at: raised - 10 * MINUTE },
    ]);
    const soon = { now: raised, ...QUARTER };
    expect(rowOf(await report(trust, soon), 'acknowledged', 'Urgent')).toEqual({
      'Waiting time': '30 minutes',
      Raised: 5,
      'In time': 2,
      Late: 1,
      'Not yet, and late': 1,
      'Not yet, still in time': 1,
      'Share in time': 50,
      Median: 30,
      '90th percentile': 30.1,
    });
    // Later on nothing is still in time.
    expect(rowOf(await report(trust), 'acknowledged', 'All')).toMatchObject({
      'Not yet, and late': 2,
      'Not yet, still in time': 0,
      'Share in time': 40,
    });
  });

  test('takes the waiting time that held at the hour, and says where a route has none', async () => {
    const trust = newTrust();
    const route = trust.settings.routes['by-the-hour'];
    if (route === undefined) throw new Error('The example has changed.');
    const [inHours, outOfHours, ...others] = route.steps;
    if (inHours === undefined || outOfHours === undefined) throw new Error('The example has changed.');
    const withRoute = (steps: typeof route.steps): Organisation => ({
      ...trust,
      settings: { ...trust.settings, routes: { ...trust.settings.routes, 'by-the-hour': { ...route, steps } } },
    });
    const slowAtNight = { ...outOfHours, wait: { immediate: 60, urgent: 60, routine: 60 } };
    // A Friday morning, and the evening before.
    const [morning, evening] = [at('2026-07-10T10:00:00Z'), at('2026-07-09T20:00:00Z')];
    const scene = { kind: 'threat', acknowledged: 20 } as const;
    await play(store, withRoute([inHours, slowAtNight, ...others]), [
      { ...scene, at: morning },
      { ...scene, at: evening },
    ]);
    const quiet = { ...newTrust(), settings: withRoute([{ notify: [{ whom: 'ring', contact: 'senior' }] }]).settings };
    await play(store, quiet, [{ ...scene, at: morning }]);
    expect(rowOf(await report(trust), 'acknowledged', 'Immediate')).toMatchObject({
      'Waiting time': '6 minutes or 1 hour',
      'In time': 1,
      Late: 1,
    });
    expect(rowOf(await report(quiet), 'acknowledged', 'Immediate')).toMatchObject({
      'Waiting time': 'none',
      'No waiting time': 1,
      'Share in time': 'none',
      Median: 20,
    });
  });

  test('gives the median and the 90th percentile as times that really were', async () => {
    const trust = newTrust();
    const scenes = Array.from(
      { length: 10 },
      (__, index): Scene => ({
        at: at('2026-07-10T10:00:00Z') + index * DAY,
        acknowledged: (index + 1) * 3,
        closed: (index + 1) * 100,
      }),
    );
    await play(store, trust, scenes);
    expect(rowOf(await report(trust), 'acknowledged', 'Urgent')).toMatchObject({ Median: 15, '90th percentile': 27 });
    expect(rowOf(await report(trust), 'closed', 'Urgent')).toMatchObject({ Median: 500, '90th percentile': 900 });
  });

  test('names what nobody has and what did not arrive, by reference and role, but nothing about the team itself', async () => {
    const trust = newTrust();
    const raised = at('2026-07-10T13:05:00Z');
    const [threat, urgent, , returned] = await play(store, trust, [
      { at: raised, kind: 'threat', lost: { role: 'on-duty', place: 'Grace' } },
      { at: raised, lost: { role: 'channel', place: 'Safeguarding referrals' } },
      { at: raised, aboutSenior: 'channel', lost: { role: 'email', place: 'Site desk' } },
      { at: raised + DAY, acknowledged: 5, status: 'raised' },
      { at: raised, acknowledged: 5, lost: { role: 'reporter', place: 'Amina' } },
    ]);
    const made = await report(trust);
    expect(tableOf(made, 'unacknowledged').rows).toEqual([
      [threat, 'Ward 1', 'Immediate', '10 July 2026, 2:05pm', 'Never acknowledged'],
      [urgent, 'Ward 1', 'Urgent', '10 July 2026, 2:05pm', 'Never acknowledged'],
      [returned, 'Ward 1', 'Urgent', '11 July 2026, 2:05pm', 'Acknowledged once, and back on its route'],
      ['1 that cannot be named here', '', '', '', ''],
    ]);
    const lost = tableOf(made, 'undelivered').rows.map((row) => row[3]);
    expect(lost.toSorted()).toEqual([
      '',
      'The channel “Safeguarding referrals”',
      'The nurse in charge',
      'The reporter',
    ]);
    expect(JSON.stringify(made)).not.toMatch(/Amina|Grace/);
    const unnamed = await report(trust, { mayName: false });
    expect(tableOf(unnamed, 'unacknowledged').rows).toEqual([['4 that cannot be named here', '', '', '', '']]);
    expect(tableOf(unnamed, 'undelivered').rows).toEqual([['4 that cannot be named here', '', '', '', '']]);
  });

  describe('read by somebody in the team', () => {
    const reader = { tenant: 'tenant-1', person: 'person-2' };
    const raised = at('2026-07-10T13:05:00Z');
    const plain: readonly Scene[] = [
      { at: raised, acknowledged: 5, closed: 600 },
      { at: raised + DAY, kind: 'photo', department: 'ward-2', lost: { role: 'channel', place: 'Referrals' } },
    ];
    const police = { to: 'The police', id: 'police', statutory: true };
    const aboutTeam = { aboutSenior: 'channel' } as const;

    test('counts nothing that may be about one of them, in any table: only how many there are', async () => {
      const [trust, other] = [newTrust(), newTrust()];
      await play(store, trust, plain);
      await play(store, other, [
        ...plain,
        {
          at: raised,
          ...aboutTeam,
          kind: 'threat',
          department: 'ward-3',
          acknowledged: 5,
          referredOn: [police],
          lost: { role: 'email', place: 'Site desk' },
        },
        { at: at('2025-07-10T13:05:00Z'), ...aboutTeam },
      ]);
      const without = await report(trust, { reader });
      const made = await report(other, { reader });
      const tables = JSON.stringify(made.tables).replaceAll(other.id, trust.id);
      expect(JSON.parse(tables)).toEqual(without.tables);
      expect(made.summary.filter((line) => !without.summary.includes(line))).toEqual([
        'Not in any figure here: 1 referral that may be about somebody in the safeguarding team. The command “signpost report” counts them too.',
      ]);
      const whole = await report(other);
      expect(rowsOf(whole, 'department')).toEqual({ 'Ward 1': 1, 'Ward 2': 1, 'Ward 3': 1 });
      expect(whole.summary.join()).not.toContain('Not in any figure');
    });

    test('counts what a card of went to them personally', async () => {
      const trust = newTrust();
      await play(store, trust, [
        { at: raised, ...aboutTeam, lost: { role: 'on-duty', place: 'Grace' } },
        { at: raised, ...aboutTeam },
      ]);
      await store.db.updateTable('cards').set({ state: 'parked' }).where('referral', '=', `${trust.id}-0`).execute();
      const made = await report(trust, { reader });
      expect(rowsOf(made, 'department')).toEqual({ 'Ward 1': 1 });
      expect(made.summary).toContainEqual(expect.stringContaining('1 referral that may be'));
      const another = await report(trust, { reader: { ...reader, person: 'person-3' } });
      expect(rowsOf(another, 'department')).toEqual({});
      expect(another.summary).toContainEqual(expect.stringContaining('2 referrals that may be'));
    });

    test('says of few that they are fewer than 5, where small numbers are hidden', async () => {
      const trust = newTrust();
      await play(store, trust, [{ at: raised, ...aboutTeam }]);
      const { summary } = await report(trust, { reader, suppress: true });
      expect(summary).toContainEqual(expect.stringContaining('fewer than 5 referrals that may be'));
    });
  });

  test('says for how many a report to the police was recorded, each once, and who else was told', async () => {
    const trust = newTrust();
    const raised = at('2026-07-10T10:00:00Z');
    const police = { to: 'The police', id: 'police', statutory: true };
    await play(store, trust, [
      { at: raised, referredOn: [police, police, { to: 'Information Governance', id: 'information-governance' }] },
      // As it was written down before there were ids, and under a name of then.
      { at: raised, referredOn: [{ to: 'The police' }] },
      { at: raised, referredOn: [{ to: 'Governance', id: 'information-governance', statutory: false }] },
      { at: raised, referredOn: [{ to: 'Social care of the county', id: 'social-care', statutory: true }] },
      { at: raised },
    ]);
    const made = await report(trust);
    expect(rowsOf(made, 'statutory')).toEqual({
      'The police': 2,
      'Social care of the county': 1,
      'Any of these': 3,
      'None of these': 2,
    });
    expect(rowsOf(made, 'referred-on')).toEqual({ 'Information Governance': 2 });
  });

  test('compares twelve months with those a year before, each by the organisation’s clock', async () => {
    const trust = newTrust();
    await play(store, trust, [
      { at: at('2026-09-30T22:30:00Z') },
      { at: at('2026-08-31T23:30:00Z') },
      { at: at('2025-09-15T10:00:00Z') },
      { at: at('2025-10-01T10:00:00Z') },
      { at: at('2024-10-01T10:00:00Z') },
      { at: at('2024-09-30T10:00:00Z') },
    ]);
    const made = await report(trust);
    expect(tableOf(made, 'months').rows).toHaveLength(12);
    expect(rowsOf(made, 'months')).toMatchObject({
      'October 2025': [1, 1],
      'August 2026': [0, 0],
      'September 2026': [2, 1],
    });
    expect(made.summary[0]).toBe(
      'July to September 2026: 2 referrals were raised. A year before, in the same days: 1.',
    );
  });

  test('compares a period that is not over with as many days a year before', async () => {
    const trust = newTrust();
    await play(store, trust, [
      { at: at('2026-07-01T10:00:00Z') },
      { at: at('2025-07-10T10:00:00Z') },
      { at: at('2025-07-11T10:00:00Z') },
    ]);
    const { summary } = await report(trust, { now: at('2026-07-10T12:00:00Z') });
    expect(summary.slice(0, 2)).toEqual([
      'July to September 2026: 1 referral was raised. A year before, in the same days: 1.',
      'The period is not over: this is what there was until the report was made.',
    ]);
  });

  test('says what staff asked about most, and what found no answer', async () => {
    const trust = newTrust();
    const reached = (day: string, flow: string, outcome: string) =>
      countAnswer(store.db, { organisation: trust.id, day, flow, outcome });
    for (const day of ['2026-07-01', '2026-09-30', '2026-09-30']) await reached(day, 'filming', 'tell-senior');
    await reached('2026-07-02', 'filming', 'ask-first');
    await reached('2026-07-02', 'lunch', 'post-it');
    await reached('2026-07-02', 'gone', 'gone-too');
    await reached('2026-06-30', 'lunch', 'post-it');
    await reached('2026-10-01', 'lunch', 'post-it');
    const asked = (text: string, when: string) =>
      keepUnanswered(store.db, { organisation: trust.id, text, at: at(when) });
    await asked('when is payday', '2026-08-31T23:00:00Z');
    await asked('where do I park', '2026-09-02T10:00:00Z');
    await asked('too early', '2026-06-30T23:30:00Z');
    const made = await report(trust);
    expect(tableOf(made, 'topics').rows).toEqual([
      ['Someone is filming', 4],
      ['gone (no longer a topic)', 1],
      ['May I post my lunch?', 1],
    ]);
    expect(tableOf(made, 'answers').rows[0]).toEqual(['Someone is filming: Tell the senior person', 3]);
    expect(rowsOf(made, 'unanswered')).toEqual({ 'July 2026': 0, 'August 2026': 1, 'September 2026': 1 });
    expect(tableOf(made, 'messages').rows).toEqual([
      ['2 September 2026', 'where do I park'],
      ['31 August 2026', 'when is payday'],
    ]);
    expect(made.summary).toEqual(
      expect.arrayContaining([
        'Answers that staff reached: 6, most of all about “Someone is filming”.',
        'Messages that found no answer: 2.',
      ]),
    );
  });

  test('of nothing is a report all the same', async () => {
    const made = await report(newTrust());
    expect(made.summary[0]).toBe(
      'July to September 2026: no referral was raised. A year before, in the same days: none.',
    );
    expect(rowsOf(made, 'urgency')).toEqual({ Immediate: 0, Urgent: 0, Routine: 0 });
    expect(rowOf(made, 'acknowledged', 'All')).toMatchObject({ 'Share in time': 'none', Median: 'none' });
    expect(tableOf(made, 'unacknowledged').rows).toEqual([]);
  });

  test('is what the desk’s pages are promised, and says of each figure how it was computed', async () => {
    const made = await report(newTrust());
    expect(CONTRACT.report.answer.parse(made)).toEqual(made);
    for (const { about } of made.tables) expect(about).toMatch(/^[A-Z].+\.$/);
  });

  test('agrees with counting by hand, whatever was raised', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyScene(), { maxLength: 25 }), async (played) => {
        const trust = newTrust();
        await play(store, trust, played);
        expect(figuresIn(await report(trust))).toEqual(countedByHand(played));
      }),
      { numRuns: 25 },
    );
  });
});

// What there could be

const ZONE = 'Europe/London';

/** The waits of Example Trust's routes, in minutes. They are the same in hours and out of them. */
const WAITS: Readonly<Record<KindName, number>> = { filming: 30, photo: 240, post: 120, threat: 6 };

/** An independent count of what a report on the quarter says. */
function countedByHand(played: readonly Scene[]): unknown {
  const inPeriod = played.filter((scene) => {
    const day = DateTime.fromMillis(scene.at, { zone: ZONE }).toFormat('yyyy-MM-dd');
    return day >= QUARTER.from && day <= QUARTER.to;
  });
  const kindOf = ({ kind = 'filming' }: Scene) => KINDS[kind];
  const count = (does: (scene: Scene) => boolean): number => inPeriod.filter(does).length;
  const inTime = count(({ kind = 'filming', acknowledged = 1e9 }) => acknowledged <= WAITS[kind]);
  const took = inPeriod.flatMap(({ acknowledged }) => acknowledged ?? []).sort((a, b) => a - b);
  const withShare = (share: number): number | string =>
    took.find((time) => took.filter((other) => other <= time).length >= share * took.length) ?? 'none';
  const september = played.filter(
    (scene) => DateTime.fromMillis(scene.at, { zone: ZONE }).toFormat('yyyy-MM') === '2026-09',
  );
  return {
    category: [
      count((scene) => kindOf(scene).category === 'filming'),
      count((scene) => kindOf(scene).category === 'threats'),
      count((scene) => kindOf(scene).category === 'posts'),
    ],
    urgency: [
      count((scene) => kindOf(scene).urgency === 'immediate'),
      count((scene) => kindOf(scene).urgency === 'urgent'),
      count((scene) => kindOf(scene).urgency === 'routine'),
    ],
    departments: count(({ department }) => department === 'ward-2'),
    nobody: count(({ acknowledged }) => acknowledged === undefined),
    police: count(({ referredOn = [] }) => JSON.stringify(referredOn).includes('police')),
    raised: inPeriod.length,
    inTime,
    late: count(({ acknowledged }) => acknowledged !== undefined) + inPeriod.filter(isNever).length - inTime,
    median: withShare(0.5),
    p90: withShare(0.9),
    september: september.length,
  };
}

function isNever({ acknowledged }: Scene): boolean {
  return acknowledged === undefined;
}

function figuresIn(report: Report): unknown {
  const all = rowOf(report, 'acknowledged', 'All');
  const [september] = tableOf(report, 'months').rows.at(-1)?.slice(1) ?? [];
  return {
    category: tableOf(report, 'category').rows.map((row) => row[1]),
    urgency: tableOf(report, 'urgency').rows.map((row) => row[1]),
    departments: rowsOf(report, 'department')['Ward 2'] ?? 0,
    nobody: rowsOf(report, 'status')['Open: nobody has it'],
    police: rowsOf(report, 'statutory')['The police'],
    raised: all.Raised,
    inTime: all['In time'],
    late: Number(all.Late) + Number(all['Not yet, and late']),
    median: all.Median,
    p90: all['90th percentile'],
    september,
  };
}

describe('a report on what the engine did', () => {
  test('follows a referral from Send to Close', async () => {
    const house = await openHouse({ organisation: reportedTrust(), at: at('2026-07-15T09:00:00Z') });
    try {
      await house.goesOnDuty(NURSE);
      const closed = await house.raises();
      await house.raises();
      await house.later(12 * MINUTE);
      await house.acts(closed, 'acknowledge');
      await house.acts(closed, 'refer-on', { referredTo: { id: 'police', title: 'The police', statutory: true } });
      house.moveClock(HOUR);
      await house.acts(closed, 'close', { text: 'The ward was told.' });
      const made = await reportFor(house.store.db, house.organisation, {
        ...QUARTER,
        suppress: false,
        now: house.now(),
        mayName: true,
      });
      expect(rowsOf(made, 'status')).toMatchObject({ Closed: 1, 'Open: nobody has it': 1 });
      expect(rowOf(made, 'acknowledged', 'Urgent')).toMatchObject({
        Raised: 2,
        'In time': 1,
        'Not yet, and late': 1,
        'Share in time': 50,
        Median: 12,
      });
      expect(rowOf(made, 'closed', 'Urgent')).toMatchObject({ Median: 72 });
      expect(rowsOf(made, 'statutory')).toMatchObject({ 'The police': 1, 'None of these': 1 });
      expect(made.summary).toContain('Reported to the police or to social care, as far as it is recorded: 1.');
    } finally {
      await house.close();
    }
  });

  test('of a period that is none is refused in words', async () => {
    const house = await openHouse();
    try {
      const options = { from: '2026-10-01', to: '2026-09-30', suppress: false, now: house.now(), mayName: true };
      await expect(reportFor(house.store.db, house.organisation, options)).rejects.toThrow(PeriodError);
    } finally {
      await house.close();
    }
  });
});
