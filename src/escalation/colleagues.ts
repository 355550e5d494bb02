import { colleaguesOf } from '../store/duty.ts';
import type { PersonKey } from '../store/people.ts';
import type { Actor } from '../store/referrals.ts';
import type { ReferralRow } from '../store/schema.ts';
import type { Queries } from '../store/store.ts';
import { COLLEAGUES_MS } from './duties.ts';
import { inCharge } from './routes.ts';

/**
 * Whom somebody can ask to take on a referral, by name: those who were on duty in its organisation lately. Never the one
 * who raised it, unless their name is kept, nor whomever it was sent round.
 * @param team Those in the safeguarding team whom the bot can reach, where the asker is in it too: they can be asked as
 *   well, unless it may be about one of them. Then none of them can, and nobody at all where it is not known who they are.
 * @param now Epoch milliseconds.
 */
export async function colleaguesFor(
  db: Queries,
  referral: ReferralRow,
  asker: PersonKey,
  now: number,
  team?: readonly Actor[],
): Promise<Actor[]> {
  const { organisation, about_senior: about } = referral;
  if (about === 'channel' && team === undefined) return [];
  const wereOnDuty = await colleaguesOf(db, organisation, asker, now - COLLEAGUES_MS);
  const gone = [
    asker,
    // Whoever is missing from the list would be known by it.
    ...(referral.name_kept === 1 ? [] : [{ tenant: referral.reporter_tenant, person: referral.reporter }]),
    ...(about === 'channel' ? (team ?? []) : []),
    ...(await inCharge(db, referral)),
  ].map(keyOf);
  const known = new Map([...wereOnDuty, ...(team ?? [])].map((one) => [keyOf(one), one]));
  for (const key of gone) known.delete(key);
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

function keyOf({ tenant, person }: PersonKey): string {
  return `${tenant} ${person}`;
}
