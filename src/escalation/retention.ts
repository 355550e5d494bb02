import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Guidance, Retention } from '../guidance/types.ts';
import { finishChore, takeChore } from '../store/chores.ts';
import {
  dueToForget,
  emptyLog,
  forgetDuties,
  forgetFaultsBefore,
  forgetIdleLanes,
  forgetNoticesBefore,
  forgetPeopleBefore,
  forgetReferral,
  forgetRequestsBefore,
  type Old,
} from '../store/forgetting.ts';
import { lockReferral } from '../store/referrals.ts';
import { FORGOTTEN, type ReferralRow } from '../store/schema.ts';
import { record } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LEASE_MS = 2 * MINUTE_MS;
/** How soon somebody else's work is looked at again. */
const AGAIN_MS = 5 * MINUTE_MS;
/** Referrals at a time, so that whoever else needs the register waits a few milliseconds only. */
const AT_ONCE = 10;
const ROWS_AT_ONCE = 200;
/** Those who have not spoken to the bot for so long. */
export const PEOPLE_KEPT_DAYS = 730;
/** Messages that were about no referral. */
export const NOTICES_KEPT_DAYS = 30;
/** Who had asked for what is kept of a person, or for its erasure. */
export const REQUESTS_KEPT_DAYS = 2_190;
/** What was wrong and is not any more. */
export const FAULTS_KEPT_DAYS = 90;

export type ForgottenDetails = {
  readonly because: NonNullable<ReferralRow['forgotten_because']>;
  /** How long it had been kept, by the rule of its category. */
  readonly years?: number;
  /** The id in `person_requests`, where somebody asked for it. */
  readonly request?: string;
};

/** Deletes what has been kept long enough: once a day, a little at a time, one server only. */
export type Forgetter = {
  /** Does a little of what is due. @param at Epoch milliseconds. */
  pass(at: number): Promise<void>;
};

export function createForgetter(engine: Engine, guidance: () => Guidance, log: Logger): Forgetter {
  const { store } = engine;
  const chore = { name: 'forget', holder: randomUUID() };
  let lookAt = 0;
  return {
    async pass(at) {
      if (at < lookAt) return;
      if (!(await takeChore(store, chore, { at, until: at + LEASE_MS }))) {
        lookAt = at + AGAIN_MS;
        return;
      }
      const forgotten = await forgetSome(engine, guidance(), at);
      if (forgotten.referrals > 0) log.info({ referrals: forgotten.referrals }, 'words and names were deleted by rule');
      // More may be left: the next look goes on.
      if (forgotten.referrals + forgotten.rows > 0) return;
      if (!(await emptyLog(store)))
        log.info('what was deleted is still in the write-ahead log; it is tried again tomorrow');
      await finishChore(store.db, chore, at + DAY_MS);
      lookAt = at + DAY_MS;
    },
  };
}

type Forgotten = { readonly referrals: number; readonly rows: number };

async function forgetSome(engine: Engine, guidance: Guidance, at: number): Promise<Forgotten> {
  const { db } = engine.store;
  let referrals = 0;
  let rows = 0;
  for (const { id, settings } of guidance.values()) {
    const { retention } = settings;
    for (const rule of rulesOf(id, retention, at)) {
      for (const reference of await dueToForget(db, rule, AT_ONCE)) {
        if (await forgetByRule(engine, reference, rule)) referrals += 1;
      }
    }
    rows += await forgetDuties(db, id, yearsBefore(at, retention.duty), ROWS_AT_ONCE);
  }
  rows += await forgetPeopleBefore(db, at - PEOPLE_KEPT_DAYS * DAY_MS, at, ROWS_AT_ONCE);
  rows += await forgetNoticesBefore(db, at - NOTICES_KEPT_DAYS * DAY_MS, ROWS_AT_ONCE);
  rows += await forgetFaultsBefore(db, at - FAULTS_KEPT_DAYS * DAY_MS);
  rows += await forgetRequestsBefore(db, at - REQUESTS_KEPT_DAYS * DAY_MS);
  rows += await forgetIdleLanes(db, at - DAY_MS);
  return { referrals, rows };
}

type Rule = Old & { readonly years: number };

/** How long each category is kept: those with a time of their own, and all others. */
function rulesOf(organisation: string, { closed, categories }: Retention, at: number): Rule[] {
  const rule = (years: number | 'always', category: Old['category']): Rule[] =>
    years === 'always' ? [] : [{ organisation, category, years, before: yearsBefore(at, years) }];
  return [
    ...rule(closed, { not: Object.keys(categories) }),
    ...Object.entries(categories).flatMap(([category, years]) => rule(years, category)),
  ];
}

/** When the time of a referral is over, if nothing more is written in it; null where it is open, or kept for ever. */
export function keptUntil(guidance: Guidance, { organisation, category, closed_at }: ReferralRow): number | null {
  const retention = guidance.get(organisation)?.settings.retention;
  if (retention === undefined || closed_at === null) return null;
  const years = retention.categories[category] ?? retention.closed;
  return years === 'always' ? null : yearsBefore(closed_at, -years);
}

/** The same day and time so many years earlier, in UTC; for 29 February the 28th. In epoch milliseconds. */
export function yearsBefore(at: number, years: number): number {
  const moment = new Date(at);
  const month = moment.getUTCMonth();
  moment.setUTCFullYear(moment.getUTCFullYear() - years);
  if (moment.getUTCMonth() !== month) moment.setUTCDate(0);
  return moment.getTime();
}

/** @returns false where something was done with it meanwhile, or somebody else was faster. */
async function forgetByRule(engine: Engine, reference: string, rule: Rule): Promise<boolean> {
  return inOneTransaction(engine, async (work) => {
    const referral = await lockReferral(work.tx, engine.store, reference);
    // Asked again now that nobody else can change it: somebody may have opened it, or added to it.
    const isDue = (await dueToForget(work.tx, rule, 1, reference)).length === 1;
    if (referral === undefined || !isDue) return false;
    await forget(work, referral, { because: 'rule', years: rule.years });
    return true;
  });
}

/** Deletes the words and names of a closed referral, and writes down that it did. */
export async function forget(work: Work, referral: ReferralRow, details: ForgottenDetails): Promise<void> {
  await record(work, referral, FORGOTTEN, details);
  await forgetReferral(work.tx, referral, { at: work.now, because: details.because });
}
