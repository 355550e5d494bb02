import { addCards } from '../store/cards.ts';
import { endingBefore, markWarned } from '../store/duty.ts';
import { findPerson } from '../store/people.ts';
import { dueForNextStep, dueForOwner, lockReferral, ownedBy, updateReferral, waitingFor } from '../store/referrals.ts';
import type { DutyRow, ReferralRow } from '../store/schema.ts';
import { noticeTo } from './owed.ts';
import { escalateFurther, returnToRoute, routeOf } from './routes.ts';
import { changed, nudgeDesk, ownerNamed, record, showReporterAgain } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/** What time alone makes due. Each function takes what is due now, and says what failed without stopping the rest. */

const BATCH = 50;

export type Failed = (what: string, reference: string, error: unknown) => void;

/** Referrals whose time could not be kept: each is tried again after longer and longer waits, and is in no other's way. */
export type Stumbles = {
  /** Those that are not to be tried yet. */
  resting(now: number): readonly string[];
  /** It failed again. @returns how often it has failed now. */
  failed(reference: string, now: number): number;
  /** It is well again. */
  over(reference: string): void;
};

const LONGEST_REST_MS = 60_000;

export function createStumbles(): Stumbles {
  const known = new Map<string, { readonly times: number; readonly until: number }>();
  return {
    resting: (now) => [...known].filter(([, { until }]) => until > now).map(([reference]) => reference),
    failed(reference, now) {
      const times = (known.get(reference)?.times ?? 0) + 1;
      known.set(reference, { times, until: now + Math.min(LONGEST_REST_MS, 1_000 * 2 ** (times - 1)) });
      return times;
    },
    over: (reference) => void known.delete(reference),
  };
}

/** So often a step fails before those who wait for it are told: within half a minute. */
const TOLD_AFTER = 5;

/** Takes the next step of every route whose time for an acknowledgement is over. */
export async function takeDueSteps(engine: Engine, stumbles: Stumbles, failed: Failed): Promise<void> {
  const { store, clock } = engine;
  const now = clock.now();
  for (const reference of await dueForNextStep(store.db, now, BATCH, stumbles.resting(now))) {
    try {
      await withReferral(engine, reference, takeDueStep);
      stumbles.over(reference);
    } catch (error) {
      failed('a step', reference, error);
      if (stumbles.failed(reference, now) < TOLD_AFTER) continue;
      await withReferral(engine, reference, tellThatStepFails).catch((again: unknown) =>
        failed('telling of a step that fails', reference, again),
      );
    }
  }
}

async function takeDueStep(work: Work, referral: ReferralRow): Promise<void> {
  // Somebody may have acknowledged since.
  if (referral.next_step_at === null || referral.next_step_at > work.now) return;
  // A step that failed before counted as unanswered.
  if (referral.unanswered_at !== null) await updateReferral(work.tx, referral.reference, { unanswered_at: null });
  await escalateFurther(work, referral, 'not-acknowledged');
}

/** A fault of ours keeps the route from going on: the reporter is told to ring, once, and the desk that nobody has it. */
async function tellThatStepFails(work: Work, referral: ReferralRow): Promise<void> {
  if (referral.status !== 'raised' || referral.unanswered_at !== null) return;
  const event = await record(work, referral, 'step-failed', { step: referral.route_step + 1, round: referral.round });
  await updateReferral(work.tx, referral.reference, { unanswered_at: work.now });
  await nudgeDesk(work, referral.reference, event);
  await showReporterAgain(work, referral);
  await changed(work, referral);
}

/** Reminds owners who have done nothing, and gives back to the route what a reminded owner still lets lie. */
export async function remindOwners(engine: Engine, stumbles: Stumbles, failed: Failed): Promise<void> {
  const { store, clock } = engine;
  const now = clock.now();
  for (const reference of await dueForOwner(store.db, now, BATCH, stumbles.resting(now))) {
    try {
      await withReferral(engine, reference, remindOwner);
      stumbles.over(reference);
    } catch (error) {
      failed('a reminder', reference, error);
      stumbles.failed(reference, now);
    }
  }
}

async function remindOwner(work: Work, referral: ReferralRow): Promise<void> {
  if (referral.owner_due_at === null || referral.owner_due_at > work.now) return;
  const isWorking = referral.status === 'in-progress';
  if (referral.reminded_at !== null && !isWorking) return returnToRoute(work, referral);
  const { times } = routeOf(referral);
  const minutes = isWorking ? times['in-progress'] : times.return[referral.urgency];
  const event = await record(work, referral, 'reminded', { minutes }, ownerNamed(referral));
  await updateReferral(work.tx, referral.reference, {
    reminded_at: work.now,
    owner_due_at: work.now + minutes * 60_000,
  });
  await nudgeDesk(work, referral.reference, event);
  await changed(work, referral);
}

function withReferral(
  engine: Engine,
  reference: string,
  act: (work: Work, referral: ReferralRow) => Promise<void>,
): Promise<void> {
  return inOneTransaction(engine, async (work) => {
    const referral = await lockReferral(work.tx, engine.store, reference);
    if (referral !== undefined) await act(work, referral);
  });
}

/** How long before the end of a duty its holder is warned, by organisation. In milliseconds. */
export type WarnBefore = (organisation: string) => number;

/** Warns those whose duty ends soon and leaves something open. */
export async function warnBeforeDutyEnds(engine: Engine, warnBefore: WarnBefore, failed: Failed): Promise<void> {
  const { store, clock } = engine;
  const longest = 24 * 60 * 60_000;
  for (const duty of await endingBefore(store.db, clock.now(), clock.now() + longest)) {
    if (duty.until_at - clock.now() > warnBefore(duty.organisation)) continue;
    await warn(engine, duty).catch((error: unknown) => failed('a duty warning', duty.id, error));
  }
}

async function warn(engine: Engine, duty: DutyRow): Promise<void> {
  const { db } = engine.store;
  // Only what was sent to them: a concern about somebody in charge went round them.
  const waiting = await waitingFor(db, duty.organisation, duty);
  const open = [...waiting, ...(await ownedBy(db, duty))].map(({ reference }) => reference);
  const person = await findPerson(db, duty);
  // Something may still come before the duty ends: that nothing is open is no warning that was given.
  if (open.length === 0 || !person?.conversation) return;
  await inOneTransaction(engine, async ({ tx, now }) => {
    if (!(await markWarned(tx, duty.id, now))) return;
    const { organisation, department, until_at: until } = duty;
    await addCards(tx, [noticeTo(person, { notice: 'duty-ends', organisation, department, until, open }, now)]);
  });
}
