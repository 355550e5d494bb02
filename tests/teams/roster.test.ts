import { beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { TeamRow } from '../../src/store/schema.ts';
import { createRoster, type Members, type Roster, RosterUnknownError } from '../../src/teams/roster.ts';

const MINUTE = 60_000;
const log = pino({ level: 'silent' });

const TEAM: TeamRow = {
  team: '19:general@thread.tacv2',
  tenant: 'tenant',
  group_id: 'group',
  name: 'Safeguarding',
  service_url: 'https://smba.example',
  bot_id: 'bot',
  keepers: '[]',
  updated_at: 1,
};
const OTHER: TeamRow = { ...TEAM, team: '19:other@thread.tacv2' };
const PRIYA = { tenant: 'tenant', person: 'priya' };

/** Teams, as far as it says who is in a team. */
type Teams = { members: string[]; answers: boolean; reads: number; hold?: Promise<void> };

describe('who is in a team', () => {
  let now: number;
  let teams: Teams;
  let roster: Roster;
  beforeEach(() => {
    now = 1_000_000;
    teams = { members: ['priya'], answers: true, reads: 0 };
    roster = createRoster({
      async read(): Promise<Members> {
        teams.reads += 1;
        const members = new Set(teams.members);
        await teams.hold;
        if (!teams.answers) throw new Error('502');
        return members;
      },
      clock: { now: () => now },
      log,
    });
  });
  const isIn = (key = PRIYA, of: readonly TeamRow[] = [TEAM]): Promise<boolean> => roster.has(of, key);

  test('is whoever Teams says, in the tenant of that team', async () => {
    expect(await isIn()).toBe(true);
    expect(await isIn({ tenant: 'tenant', person: 'sam' })).toBe(false);
    expect(await isIn({ tenant: 'another tenant', person: 'priya' })).toBe(false);
    expect(await isIn(PRIYA, [])).toBe(false);
  });

  test('is told whole, in the tenant of each team', async () => {
    teams.members = ['priya', 'sam'];
    const foreign = { ...OTHER, tenant: 'another tenant' };
    expect(await roster.members([TEAM, OTHER, foreign], 'tenant')).toEqual(new Set(['priya', 'sam']));
    expect(await roster.members([foreign], 'tenant')).toEqual(new Set());
    roster.forget(TEAM.team);
    teams.answers = false;
    await expect(roster.members([TEAM, OTHER], 'tenant')).rejects.toThrow(RosterUnknownError);
  });

  test('is asked of Teams once in two minutes', async () => {
    await isIn();
    now += 2 * MINUTE - 1;
    teams.members = [];
    expect(await isIn()).toBe(true);
    expect(teams.reads).toBe(1);
    now += 1;
    expect(await isIn()).toBe(false);
    expect(teams.reads).toBe(2);
  });

  test('is asked of Teams at once after an event of that team', async () => {
    await isIn();
    teams.members = [];
    roster.forget(TEAM.team);
    expect(await isIn()).toBe(false);
  });

  test('is asked of Teams once for all who ask at the same time', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => isIn()))).toEqual(Array(20).fill(true));
    expect(teams.reads).toBe(1);
  });

  test('is not what Teams began to say before an event', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    teams.hold = promise;
    const early = isIn();
    teams.members = [];
    roster.forget(TEAM.team);
    const late = isIn();
    resolve();
    await early;
    expect(await late).toBe(false);
    expect(await isIn()).toBe(false);
  });

  test('stays what Teams said last while it does not answer, for ten minutes and no longer', async () => {
    await isIn();
    teams.answers = false;
    now += 10 * MINUTE;
    expect(await isIn()).toBe(true);
    now += 1;
    await expect(isIn()).rejects.toThrow(RosterUnknownError);
  });

  test('is not known after an event that Teams does not answer for', async () => {
    await isIn();
    teams.answers = false;
    roster.forget(TEAM.team);
    await expect(isIn()).rejects.toThrow(RosterUnknownError);
  });

  test('is not asked again and again of a Teams that does not answer', async () => {
    teams.answers = false;
    for (let times = 0; times < 5; times += 1) await expect(isIn()).rejects.toThrow(RosterUnknownError);
    expect(teams.reads).toBe(1);
    now += 10_001;
    teams.answers = true;
    expect(await isIn()).toBe(true);
  });

  test('of several teams needs only the one that says so', async () => {
    const both = createRoster({
      async read({ team }): Promise<Members> {
        if (team === OTHER.team) throw new Error('502');
        return new Set(['priya']);
      },
      clock: { now: () => now },
      log,
    });
    expect(await both.has([TEAM, OTHER], PRIYA)).toBe(true);
    await expect(both.has([TEAM, OTHER], { tenant: 'tenant', person: 'sam' })).rejects.toThrow(RosterUnknownError);
  });
});
