import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Counts } from '../escalation/condition.ts';
import { FAILED, OPERATIONS, type Operation, type Telemetry } from '../escalation/telemetry.ts';
import type { Readings } from './readings.ts';

export type Metrics = {
  readonly telemetry: Telemetry;
  /** What is measured now, as Prometheus reads it. */
  scrape(): Promise<{ readonly type: string; readonly text: string }>;
};

type Needs = {
  readonly version: string;
  /** What the register says; nothing where it does not answer. */
  readonly readings: () => Promise<Readings | undefined>;
  /** The worker's last whole look, by the system's clock, in epoch milliseconds; 0 before the first. */
  readonly lastPass: () => number;
};

type Measured = { readonly help: string; readonly labels: readonly [string, string]; readonly buckets: number[] };

/** In seconds. Teams waits for an answer to a press for 10, and a card is given up after 15. */
const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SLOW = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60];

const MEASURED: Readonly<Record<Operation, Measured>> = {
  turn: {
    help: 'Answers to activities from Teams, by what was asked and what came of it. A step of guidance has the kind "step".',
    labels: ['kind', 'result'],
    buckets: QUICK,
  },
  delivery: {
    help: 'Cards and emails that were tried, by whom they are for and what came of it.',
    labels: ['role', 'result'],
    buckets: SLOW,
  },
  pass: {
    help: 'Looks of the worker for what is due.',
    labels: ['kind', 'result'],
    buckets: QUICK,
  },
  desk: {
    help: 'Calls of the desk, by endpoint and HTTP status.',
    labels: ['endpoint', 'status'],
    buckets: QUICK,
  },
};

/** Numbers of the whole register: every server on one database says the same. */
const COUNTED: Readonly<Record<keyof Counts, readonly [string, string]>> = {
  servers: ['signpost_servers', 'Servers that have looked for work in the last 30 seconds.'],
  open: ['signpost_referrals_open', 'Referrals that are not closed.'],
  unacknowledged: ['signpost_referrals_unacknowledged', 'Open referrals that nobody has acknowledged.'],
  unanswered: ['signpost_referrals_unanswered', 'Referrals whose route is over and that nobody has acknowledged.'],
  reminded: ['signpost_owners_reminded', 'Referrals whose owner was reminded and has done nothing since.'],
  owed: ['signpost_cards_owed', 'Messages that are still to be sent or updated.'],
  late: ['signpost_cards_late', 'Messages that should have gone out over a minute ago.'],
  failed: ['signpost_cards_failed', 'Cards of open referrals that did not arrive.'],
  parked: ['signpost_cards_parked', 'Cards of open referrals that could not be drawn.'],
  uncertain: ['signpost_cards_uncertain', 'Cards of open referrals that may or may not have arrived.'],
  slowedDown: ['signpost_conversations_slowed_down', 'Conversations in which Teams takes no message for now.'],
  places: ['signpost_duty_places', 'Departments and roles that a route tells.'],
  withoutDuty: ['signpost_duty_gaps', 'Departments and roles that a route tells and where nobody is on duty.'],
};

/** The numbers of one server, in a registry of its own. */
export function createMetrics({ version, readings, lastPass }: Needs): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const histograms = Object.fromEntries(
    OPERATIONS.map((operation) => [operation, histogramOf(registry, operation)]),
  ) as Readonly<Record<Operation, Histogram>>;
  gauge('signpost_info', 'Always 1; its label is the version of Signpost.', ['version']).set({ version }, 1);
  const passAge = gauge('signpost_worker_pass_age_seconds', 'Time since the worker of this server last looked.');
  const up = gauge('signpost_register_up', '1 where the register answers, else 0, and what it counts is left out.');
  const oldest = gauge(
    'signpost_oldest_unacknowledged_seconds',
    'Time since the oldest referral that nobody has acknowledged was raised; 0 where there is none.',
    ['organisation', 'urgency'],
  );
  const gaps = gauge(
    'signpost_duty_gaps_by_organisation',
    'Departments and roles of an organisation that a route tells and where nobody is on duty.',
    ['organisation'],
  );
  const problems = gauge('signpost_problems', 'What is wrong now: what "signpost doctor" finds in the register.', [
    'kind',
    'severity',
    'organisation',
  ]);
  const counted = new Map(
    Object.entries(COUNTED).map(([name, [metric, help]]) => [name as keyof Counts, gauge(metric, help)]),
  );
  const ofRegister = [oldest, gaps, problems, ...counted.values()];

  return {
    telemetry: {
      async measure(operation, kind, work, resultOf) {
        const { labels } = MEASURED[operation];
        const done = histograms[operation].startTimer({ [labels[0]]: kind });
        let result = FAILED;
        try {
          const value = await work();
          result = resultOf(value);
          return value;
        } finally {
          done({ [labels[1]]: result });
        }
      },
    },
    async scrape() {
      const read = await readings();
      for (const metric of ofRegister) metric.reset();
      up.set(read === undefined ? 0 : 1);
      passAge.set(lastPass() === 0 ? 0 : (Date.now() - lastPass()) / 1_000);
      if (read === undefined) {
        for (const metric of counted.values()) metric.remove();
      } else {
        for (const one of read.oldest)
          oldest.set({ organisation: one.organisation, urgency: one.urgency }, one.seconds);
        for (const one of read.gaps) gaps.set({ organisation: one.organisation }, one.empty);
        for (const { kind, severity, organisation = '' } of read.condition.problems) {
          problems.inc({ kind, severity, organisation });
        }
        for (const [name, metric] of counted) metric.set(read.condition.counts[name]);
      }
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

function histogramOf(registry: Registry, operation: Operation): Histogram {
  const { help, labels, buckets } = MEASURED[operation];
  return new Histogram({
    name: `signpost_${operation}_seconds`,
    help,
    labelNames: [...labels],
    buckets,
    registers: [registry],
  });
}
