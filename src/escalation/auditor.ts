import type { Logger } from 'pino';
import type { Guidance } from '../guidance/types.ts';
import { mendForgottenCards } from '../store/cards.ts';
import { mendForgottenLanes } from '../store/lanes.ts';
import { lockReferral, stalled, updateReferral } from '../store/referrals.ts';
import { lookAtChannels } from './health.ts';
import { patienceWith } from './referrals.ts';
import { takeNextSteps } from './routes.ts';
import { changed, record } from './telling.ts';
import { type Engine, inOneTransaction } from './work.ts';

/**
 * The auditor asks what the register says without asking when it is due: whatever rests without a reason is found and
 * set going again, and what is wrong with a channel is told to those who can mend it.
 */
export async function audit(engine: Engine, guidance: Guidance, log: Logger): Promise<void> {
  await mendStalled(engine, log);
  const { store, clock } = engine;
  const cards = await mendForgottenCards(store.db, clock.now());
  const lanes = await mendForgottenLanes(store.db, clock.now());
  if (cards.length > 0 || lanes > 0)
    log.error({ cards, lanes }, 'the auditor found deliveries that had been forgotten');
  for (const organisation of guidance.values()) await lookAtChannels(engine, organisation, log);
}

async function mendStalled(engine: Engine, log: Logger): Promise<void> {
  for (const reference of await stalled(engine.store.db)) {
    log.error({ reference }, 'the auditor found a referral that had stalled');
    await inOneTransaction(engine, async (work) => {
      const referral = await lockReferral(work.tx, engine.store, reference);
      if (referral === undefined) return;
      const event = await record(work, referral, 'found-stalled');
      if (referral.status === 'raised') await takeNextSteps(work, referral, event);
      else await updateReferral(work.tx, reference, { owner_due_at: work.now + patienceWith(referral) });
      await changed(work, referral);
    }).catch((error: unknown) => log.error({ reference, err: error }, 'a stalled referral could not be mended'));
  }
}
