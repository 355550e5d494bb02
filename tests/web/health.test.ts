import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import type { Condition } from '../../src/escalation/condition.ts';
import { createReadiness } from '../../src/web/health.ts';
import { SERVER_KEYS } from '../support/keys.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import {
  goesOnDuty,
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  startRehearsal,
  waitFor,
} from '../support/rehearsal.ts';

type Problem = { kind: string; organisation?: string; severity: string; words?: string };
type Readyz = { ready: boolean; because: string[]; problems: Problem[]; counts: Record<string, number> };

let rehearsal: Rehearsal | undefined;
afterEach(async () => {
  await rehearsal?.stop();
  rehearsal = undefined;
});

async function start(environment: NodeJS.ProcessEnv = {}): Promise<Rehearsal> {
  rehearsal = await startRehearsal(environment);
  return rehearsal;
}

async function readyz({ signpost }: Rehearsal): Promise<Readyz & { status: number; text: string }> {
  const answer = await fetch(`${signpost.address}/readyz`);
  const text = await answer.text();
  return { ...(JSON.parse(text) as Readyz), status: answer.status, text };
}

/** Waits until /readyz answers as it should. */
function readyWhen(
  house: Rehearsal,
  what: string,
  is: (answer: Readyz & { status: number }) => boolean,
): ReturnType<typeof readyz> {
  return waitFor(
    async () => {
      const answer = await readyz(house);
      return is(answer) && answer;
    },
    what,
    30_000,
  );
}

const ofKind = (kind: string) => (answer: Readyz) => answer.problems.filter((problem) => problem.kind === kind);

describe('/healthz and /readyz', () => {
  test('a server that works is alive and ready, and is not kept by anything between', async () => {
    const house = await start();
    const alive = await fetch(`${house.signpost.address}/healthz`);
    expect(alive.status).toBe(200);
    expect(alive.headers.get('cache-control')).toBe('no-store');
    expect(await alive.json()).toEqual({ alive: true, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    const answer = await readyWhen(house, 'a server that is ready', ({ status }) => status === 200);
    expect(answer).toMatchObject({ ready: true, because: [], counts: { servers: 1, open: 0 } });
  });

  test('a channel that is deleted is named, does not make the server unready, and is forgotten once it is back', async () => {
    const house = await start();
    await readyWhen(house, 'a server that is ready', ({ ready }) => ready);
    await house.teams.deleteChannel('Safeguarding referrals');
    const missing = ofKind('no-channel');
    const without = await readyWhen(house, 'a missing channel', (answer) => missing(answer).length > 0);
    expect(without.status).toBe(200);
    expect(missing(without)[0]).toMatchObject({ severity: 'fault' });
    expect(missing(without)[0]?.words).toContain('There is no channel “Safeguarding referrals”');
    await house.teams.restoreChannel('Safeguarding referrals');
    const back = await readyWhen(house, 'the channel', (answer) => missing(answer).length === 0);
    expect(back.status).toBe(200);
  });

  test('whoever reads it learns of no person, no referral and nothing that was written', async () => {
    const house = await start();
    const amina = await opensChat(house.teams, 'Amina');
    await goesOnDuty(await opensChat(house.teams, 'Grace'), 'ward-9', '23:59');
    const reference = referenceOn(await raisesLivestream(amina));
    const raised = await readyWhen(house, 'a referral', ({ counts }) => counts.open === 1);
    expect(raised.counts).toMatchObject({ unacknowledged: 1, unanswered: 0 });
    for (const told of [reference, 'Amina', 'Grace', 'streaming the bay', '4455']) {
      expect(raised.text).not.toContain(told);
    }
  });

  const NOTHING_WRONG: Condition = {
    problems: [],
    counts: {
      servers: 1,
      open: 0,
      unacknowledged: 0,
      unanswered: 0,
      reminded: 0,
      owed: 0,
      late: 0,
      failed: 0,
      parked: 0,
      uncertain: 0,
      slowedDown: 0,
      places: 0,
      withoutDuty: 0,
    },
  };

  test('a server whose worker has not passed for 30 seconds is not ready', async () => {
    let passed = 0;
    const stopping = false;
    const readiness = createReadiness(
      {
        isStopping: () => stopping,
        lastPass: () => passed,
        now: () => Date.now(),
        condition: async () => NOTHING_WRONG,
      },
      pino({ level: 'silent' }),
    );
    expect(await readiness()).toMatchObject({ ready: false, lastPass: null });
    passed = Date.now() - 31_000;
    expect(await readiness()).toMatchObject({
      ready: false,
      because: ['The worker has not passed for 30 seconds.'],
    });
    passed = Date.now() - 20_000;
    expect(await readiness()).toMatchObject({ ready: true, because: [] });
  });
});

describe('on PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test('a store that hangs makes the server unready, not alive any less, and ready again when it answers', async () => {
    const url = await postgres.database();
    const house = await start({ DATABASE_URL: url, ...SERVER_KEYS });
    await readyWhen(house, 'a server that is ready', ({ ready }) => ready);
    const blocker = new pg.Client({ connectionString: url });
    await blocker.connect();
    try {
      await blocker.query('begin; lock table faults in access exclusive mode');
      // What was read a moment ago still holds.
      await pause(1_100);
      const hung = await readyWhen(house, 'a server that is not ready', ({ ready }) => !ready);
      expect(hung).toMatchObject({ status: 503, because: ['The store does not answer.'], problems: [] });
      expect((await fetch(`${house.signpost.address}/healthz`)).status).toBe(200);
      await blocker.query('rollback');
    } finally {
      await blocker.end();
    }
    await readyWhen(house, 'a server that is ready again', ({ status }) => status === 200);
  });
});
