import { addCards, wantCards } from '../store/cards.ts';
import { findPerson } from '../store/people.ts';
import { type Actor, appendAudit, updateReferral } from '../store/referrals.ts';
import { DESK_ROLES, type ReferralRow } from '../store/schema.ts';
import { nudge, reporterCard } from './owed.ts';
import type { Work } from './work.ts';

/** Every card of the referral is to be drawn again. */
export async function changed(work: Work, referral: ReferralRow): Promise<void> {
  await updateReferral(work.tx, referral.reference, { version: referral.version + 1 });
  await wantCards(work.tx, referral.reference, work.now);
}

/** @param people Whom the details name, by the field where readers find their name. */
export function record(
  work: Work,
  referral: Pick<ReferralRow, 'reference'>,
  kind: string,
  details: Readonly<Record<string, unknown>> = {},
  people: Readonly<Record<string, Actor>> = {},
): Promise<number> {
  return appendAudit(work.tx, work.seal, referral.reference, { kind, at: work.now, details, people });
}

/** The owner of a referral, for a row of its audit that names them. */
export function ownerNamed({ owner_tenant: tenant, owner: person, owner_name: name }: ReferralRow): {
  readonly owner?: Actor;
} {
  return tenant === null || person === null || name === null ? {} : { owner: { tenant, person, name } };
}

/**
 * Tells those who have a card, by a line of its own, that something happened: only the owner where there is one with
 * a card in their chat, else everybody.
 * @param event The audit row that says what.
 */
export async function nudgeDesk(work: Work, reference: string, event: number): Promise<void> {
  const { tx } = work;
  const referral = await tx
    .selectFrom('referrals')
    .selectAll()
    .where('reference', '=', reference)
    .executeTakeFirstOrThrow();
  const cards = await tx
    .selectFrom('cards')
    .selectAll()
    .where('referral', '=', reference)
    .where('role', 'in', DESK_ROLES)
    .where('activity', 'is not', null)
    .where('state', '!=', 'failed')
    .orderBy('created_at')
    .execute();
  const ofOwner = cards.filter(
    ({ person, tenant }) => person !== null && person === referral.owner && tenant === referral.owner_tenant,
  );
  // The newest card of each conversation.
  const places = new Map((ofOwner.length > 0 ? ofOwner : cards).map((card) => [card.lane, card]));
  await addCards(
    tx,
    [...places.values()].map((card) => nudge(referral, card, event, work.now)),
  );
}

/** A card that is only updated makes no sound: what the reporter must see comes as a new message. */
export async function showReporterAgain({ tx, now }: Work, referral: ReferralRow): Promise<void> {
  const person = await findPerson(tx, { tenant: referral.reporter_tenant, person: referral.reporter });
  if (person?.conversation) await addCards(tx, [reporterCard(referral, person, now)]);
}
