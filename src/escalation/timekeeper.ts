import { addCards } from '../store/cards.ts';
import { endingBefore, markWarned } from '../store/duty.ts';
import { findPerson } from '../store/people.ts';
import { dueForNextStep, dueForOwner, lockReferral, ownedBy, updateReferral, waitingFor } from '../store/referrals.ts';
import type { DutyRow, ReferralRow } from '../store/schema.ts';
import { noticeTo } from './owed.ts';
import { escalateFurther, returnToRoute, routeOf } from './routes.ts';
import { changed, nudgeDesk, record } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/** What time alone makes due. Each function takes what is due now, and says what failed without stopping the rest. */

const BATCH = 50;

export type Failed = (what: string, reference: string, error: unknown) => void;

/** Takes the next step of every route whose time for an acknowledgement is over. */
export async function takeDueSteps(engine: Engine, failed: Failed): Promise<void> {
  const { store, clock } = engine;
  for (const reference of await dueForNextStep(store.db, clock.now(), BATCH)) {
    await withReferral(engine, reference, async (work, referral) => {
      // Somebody may have acknowledged since.
      if (referral.next_step_at === null || referral.next_step_at > work.now) return;
      await escalateFurther(work, referral, 'not-acknowledged');
    }).catch((error: unknown) => failed('a step', reference, error));
  }
}

/** Reminds owners who have done nothing, and gives back to the route what a reminded owner still lets lie. */
export async function remindOwners(engine: Engine, failed: Failed): Promise<void> {
  const { store, clock } = engine;
  for (const reference of await dueForOwner(store.db, clock.now(), BATCH)) {
    await withReferral(engine, reference, async (work, referral) => {
      if (referral.owner_due_at === null || referral.owner_due_at > work.now) return;
      const isWorking = referral.status === 'in-progress';
      if (referral.reminded_at !== null && !isWorking) return returnToRoute(work, referral);
      const { times } = routeOf(referral);
      const minutes = isWorking ? times['in-progress'] : times.return[referral.urgency];
      const event = await record(work, referral, 'reminded', { owner: referral.owner_name, minutes });
      await updateReferral(work.tx, reference, {
        reminded_at: work.now,
        owner_due_at: work.now + minutes * 60_000,
      });
      await nudgeDesk(work, reference, event);
      await changed(work, referral);
    }).catch((error: unknown) => failed('a reminder', reference, error));
  }
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
