import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Guidance } from '../guidance/types.ts';
import { freeLanes, takeDueLanes, tenantsDue } from '../store/lanes.ts';
import { forgetMessagesBefore } from '../store/people.ts';
import { forgetWorker, forgetWorkersBefore, recordPass, workersSince } from '../store/workers.ts';
import { audit } from './auditor.ts';
import { createCheckpointer } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import { LEASE_MS, type Messenger, serveLane } from './deliveries.ts';
import type { Pace } from './rates.ts';
import { createForgetter } from './retention.ts';
import { type Telemetry, UNMEASURED } from './telemetry.ts';
import { createStumbles, remindOwners, takeDueSteps, warnBeforeDutyEnds } from './timekeeper.ts';
import type { Engine } from './work.ts';

export type Worker = {
  /** Begins to look for work, at once and then every second. */
  start(): Promise<void>;
  /** Something may be due now. */
  wake(): void;
  /** Finishes what is in hand, gives back what it held, and stops. */
  stop(): Promise<void>;
  /** The moment of the last whole look, by the system's clock; for health checks. */
  lastPass(): number;
  /** Whether anything is in hand. */
  isBusy(): boolean;
};

type Needs = {
  readonly engine: Engine;
  readonly guidance: () => Guidance;
  readonly messenger: Messenger;
  readonly pace: Pace;
  readonly log: Logger;
  /** By default nothing is measured. */
  readonly telemetry?: Telemetry;
  /** Reads a team's channels again from Teams, in its own time. */
  readonly lookAgain?: (team: string) => void;
  /** Forgets what else has been kept long enough; asked at start and once an hour. */
  readonly forget?: (now: number) => Promise<void>;
  /** From 0 to 1, for the jitter of waits. */
  readonly random?: () => number;
  /** How often to look when nobody wakes it, in milliseconds. */
  readonly everyMs?: number;
};

/** Conversations that are served at once. */
const AT_ONCE = 20;
/** How soon a tenant that may be sent nothing is looked at again, in milliseconds. */
const FULL_MS = 50;
const AUDIT_EVERY_MS = 30_000;
const HEARTBEAT_EVERY_MS = 5_000;
/** A server that has not passed for so long is not at work. */
export const SILENT_AFTER_MS = 30_000;
/** However many of its cards are refused meanwhile, a team is read again no more often. */
const LOOK_AGAIN_MS = 60_000;
const HOUR_MS = 60 * 60_000;
const MESSAGES_KEPT_MS = 24 * HOUR_MS;

/**
 * The worker makes the world match the register: each due card is shown, each due step of a route is taken.
 * It holds no queue of its own, so that a restart loses nothing.
 */
export function createWorker(needs: Needs): Worker {
  const { engine, guidance, messenger, pace, log, random = Math.random, everyMs = 1_000 } = needs;
  const { lookAgain = () => undefined, telemetry = UNMEASURED } = needs;
  const { store, clock } = engine;
  const holder = randomUUID();
  const steps = createStumbles();
  const reminders = createStumbles();
  const forgetter = createForgetter(engine, guidance, log);
  const checkpointer = createCheckpointer(engine, log);
  const startedAt = Date.now();
  /** By conversation. */
  const serving = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let filling: Promise<void> | undefined;
  let more = false;
  let soon: NodeJS.Timeout | undefined;
  let stopped = true;
  let lastPass = 0;
  let auditAt = 0;
  let heartbeatAt = 0;
  let forgetAt = 0;

  const failed = (what: string, reference: string, error: unknown): void =>
    log.error({ err: error, reference }, `${what} failed`);
  const warnBefore = (organisation: string): number =>
    (guidance().get(organisation)?.settings.times['duty-warning'] ?? 0) * 60_000;
  const deliver = {
    engine,
    messenger,
    pace,
    log,
    telemetry,
    lookAgain: atMostOnceIn(LOOK_AGAIN_MS, clock, lookAgain),
    holder,
    random,
    stopping: () => stopped,
  };

  const look = async (): Promise<void> => {
    await takeDueSteps(engine, steps, failed);
    await remindOwners(engine, reminders, failed);
    await warnBeforeDutyEnds(engine, warnBefore, failed);
    await fill();
    const now = clock.now();
    if (now >= auditAt) {
      auditAt = now + AUDIT_EVERY_MS;
      await audit(engine, guidance(), log);
    }
    await housekeeping(now);
    await forgetter.pass(now);
    await checkpointer.pass(now);
    lastPass = Date.now();
  };

  const serveDue = async (): Promise<void> => {
    const now = clock.now();
    const rooms = (await tenantsDue(store.db, now)).map((tenant) => ({ tenant, room: pace.room(tenant, now) }));
    // A tenant that may be sent nothing now is left for a little later, instead of being taken up and given back.
    const full = rooms.filter(({ room }) => room <= 0).map(({ tenant }) => tenant);
    const room = rooms.reduce((sum, one) => sum + Math.max(0, one.room), 0);
    if (full.length > 0) soon ??= setTimeout(refillSoon, FULL_MS);
    const limit = Math.min(AT_ONCE - serving.size, room);
    if (limit <= 0 || stopped) return;
    const lanes = await takeDueLanes(store, {
      at: now,
      until: now + LEASE_MS,
      holder,
      limit,
      // A lease may run out while its holder still waits for Teams: it does not take it a second time.
      except: [...serving.keys()],
      exceptTenants: full,
    });
    for (const lane of lanes) {
      const served = serveLane(deliver, lane)
        .catch((error: unknown) => log.error({ err: error }, 'a conversation could not be served'))
        .finally(() => {
          serving.delete(lane.lane);
          refill();
        });
      serving.set(lane.lane, served);
    }
  };

  /** Takes conversations one time after the other, so that no more are held than there is room for. */
  const fill = (): Promise<void> => {
    more = true;
    filling ??= (async () => {
      while (more && !stopped) {
        more = false;
        await serveDue();
      }
    })().finally(() => {
      filling = undefined;
      // Somebody may have asked for more after the last time, and before it was known to be the last.
      if (more && !stopped) refill();
    });
    return filling;
  };

  /** There is room for another conversation. Each look fills up too, so that a failure here only waits for that. */
  const refill = (): void => {
    fill().catch((error: unknown) => log.error({ err: error }, 'the worker could not take more'));
  };

  const refillSoon = (): void => {
    soon = undefined;
    if (!stopped) refill();
  };

  const housekeeping = async (now: number): Promise<void> => {
    const system = Date.now();
    if (system >= heartbeatAt) {
      await recordPass(store.db, {
        id: holder,
        started_at: startedAt,
        passed_at: system,
        keys: engine.seal.vault.keys.join(),
      });
      // Only now: a worker that cannot write, as on a full disk, must not seem to pass.
      heartbeatAt = system + HEARTBEAT_EVERY_MS;
      pace.share((await workersSince(store.db, system - SILENT_AFTER_MS)).length);
    }
    if (now >= forgetAt) {
      forgetAt = now + HOUR_MS;
      await forgetMessagesBefore(store.db, now - MESSAGES_KEPT_MS);
      await forgetWorkersBefore(store.db, system - MESSAGES_KEPT_MS);
      await needs.forget?.(now);
    }
  };

  const pass = (): void => {
    if (stopped) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = telemetry
      .measure('pass', 'look', look, () => 'done')
      .catch((error: unknown) => log.error({ err: error }, 'the worker could not finish a pass'))
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          pass();
        }
      });
  };

  return {
    async start() {
      // On SQLite no other server can hold a lease; on PostgreSQL the others' leases run out by themselves.
      if (store.dialect === 'sqlite') await freeLanes(store.db);
      stopped = false;
      timer = setInterval(pass, everyMs);
      pass();
    },
    wake: pass,
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(soon);
      await looking;
      await filling;
      await Promise.all(serving.values());
      await forgetWorker(store.db, holder);
    },
    lastPass: () => lastPass,
    isBusy: () => looking !== undefined || filling !== undefined || serving.size > 0,
  };
}

function atMostOnceIn(ms: number, clock: Clock, act: (what: string) => void): (what: string) => void {
  const last = new Map<string, number>();
  return (what) => {
    const now = clock.now();
    if (now - (last.get(what) ?? Number.NEGATIVE_INFINITY) < ms) return;
    last.set(what, now);
    act(what);
  };
}
