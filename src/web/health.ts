import type { Logger } from 'pino';
import type restify from 'restify';
import type { Condition } from '../escalation/condition.ts';
import { SILENT_AFTER_MS } from '../escalation/worker.ts';
import { VERSION } from '../version.ts';
import { lookedAtSeldom } from './seldom.ts';

export type HealthNeeds = {
  /** Whether this server is being stopped: others are to be asked in its place. */
  readonly isStopping: () => boolean;
  /** When the worker last looked for all work, by the system's clock, in epoch milliseconds; 0 before the first time. */
  readonly lastPass: () => number;
  /** What the register says is wrong. */
  readonly condition: () => Promise<Condition>;
  /** By the register's clock, in epoch milliseconds. */
  readonly now: () => number;
};

/** How long the store may take to say what is wrong. Load balancers wait for 5 s and more. In milliseconds. */
const PATIENCE_MS = 3_000;
/** However often it is asked, the register is read no more often than this. In milliseconds. */
const KEPT_MS = 1_000;

/**
 * Anybody who can reach the server may read this. So channels and servers are named in words, as those who mend them
 * need it, and of duty, deliveries and referrals there are only numbers: `signpost doctor` says the rest.
 */
type Readiness = {
  readonly ready: boolean;
  /** What keeps it from being ready. */
  readonly because: readonly string[];
  /** By the register's clock. */
  readonly at: string;
  /** By the system's clock; null before the worker's first look. */
  readonly lastPass: string | null;
  readonly problems: readonly object[];
  readonly counts: object;
};

/** `GET /healthz`: the process serves, in which version. `GET /readyz`: it does its work, and what is wrong around it. */
export function serveHealth(server: restify.Server, needs: HealthNeeds, log: Logger): void {
  server.get('/healthz', async (_request, response) => {
    response.header('Cache-Control', 'no-store');
    response.send(200, { alive: true, version: VERSION });
  });
  const readiness = createReadiness(needs, log);
  server.get('/readyz', async (_request, response) => {
    const answer = await readiness();
    response.header('Cache-Control', 'no-store');
    response.send(answer.ready ? 200 : 503, answer);
  });
}

/**
 * Whether this server does its work: its worker has looked lately, and its store answers. A channel that is missing is
 * told, and does not make it unready: no other server could post there either, and routes go round it.
 */
export function createReadiness(
  { isStopping, lastPass, condition, now }: HealthNeeds,
  log: Logger,
): () => Promise<Readiness> {
  const look = lookedAtSeldom(
    () =>
      condition().catch((error: unknown) => {
        log.error({ err: error }, 'the register could not say what is wrong');
        return undefined;
      }),
    { keptMs: KEPT_MS, patienceMs: PATIENCE_MS },
  );
  return async () => {
    const found = await look();
    const passed = lastPass();
    const because: string[] = [];
    if (isStopping()) because.push('This server is being stopped.');
    if (Date.now() - passed > SILENT_AFTER_MS)
      because.push(`The worker has not passed for ${SILENT_AFTER_MS / 1_000} seconds.`);
    if (found === undefined) because.push('The store does not answer.');
    return {
      ready: because.length === 0,
      because,
      at: new Date(now()).toISOString(),
      lastPass: passed === 0 ? null : new Date(passed).toISOString(),
      problems: (found?.problems ?? []).map(({ area, words, ...rest }) =>
        area === 'server' || area === 'channel' ? { area, ...rest, words } : { area, ...rest },
      ),
      counts: found?.counts ?? {},
    };
  };
}
