import { LIFE } from '../../escalation/life.ts';
import { referredTo } from '../../escalation/referrals.ts';
import { sayNotDone } from '../../escalation/wording.ts';
import type { Actor } from '../../store/referrals.ts';
import { sayFor } from '../../words/say.ts';
import type { Acted, CheckedBody } from './contract.ts';
import type { DeskNeeds } from './needs.ts';
import { inTeam, referralView } from './referral.ts';
import { type Reading, readingOf, teamFor } from './rights.ts';

/**
 * What somebody does with a referral on a page, by the same rules as on its cards.
 * @returns the referral as it stands now, and why nothing was done where nothing was.
 */
export async function act(needs: DeskNeeds, who: Actor, reference: string, body: CheckedBody<'act'>): Promise<Acted> {
  const before = await readingOf(needs, who, reference);
  const { notice, isOnRecord } = await tryTo(needs, who, before, body);
  const reading = await readingOf(needs, who, reference);
  // Whoever is refused, or did it before, has read it all the same. What is done now says itself who did it.
  if (!isOnRecord) await needs.referrals.noteRead(reading.record.referral.reference, who, reading.as);
  return { done: notice === '', notice, referral: await referralView(needs, who, reading) };
}

type Tried = {
  /** Why it was not done, in words; empty where it was, now or before. */
  readonly notice: string;
  /** Whether the audit has a row of it now. */
  readonly isOnRecord: boolean;
};

async function tryTo(
  needs: DeskNeeds,
  who: Actor,
  reading: Reading,
  { action, key, text, colleague = '', referredTo: chosen }: CheckedBody<'act'>,
): Promise<Tried> {
  const say = sayFor(reading.organisation);
  // Whoever raised it reads it as that and nothing else, and acts as that.
  if (LIFE[action].by !== reading.as) {
    return { notice: sayNotDone(say, { result: 'not-allowed' }, action, needs.clock.now()), isOnRecord: false };
  }
  const told = action === 'refer-on' ? referredTo(reading.organisation, chosen) : undefined;
  if (action === 'refer-on' && told === undefined) return { notice: say('not-done.whom'), isOnRecord: false };
  const acted = await needs.referrals.act({
    reference: reading.record.referral.reference,
    action,
    actor: who,
    key,
    // A page is no conversation: only a card in their own chat, or the team itself, lets somebody act here.
    conversation: '',
    text,
    ...(action === 'hand-over' && reading.as === 'desk'
      ? { to: { tenant: who.tenant, person: colleague }, team: await teamFor(needs, who, reading) }
      : {}),
    ...(told === undefined ? {} : { referredTo: told }),
    ...inTeam(reading),
  });
  return { notice: sayNotDone(say, acted, action, needs.clock.now()), isOnRecord: acted.result === 'done' };
}
