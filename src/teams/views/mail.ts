import type { Guidance } from '../../guidance/types.ts';
import type { Mail } from '../../mail/mailer.ts';
import type { ReferralRecord } from '../../store/referrals.ts';
import type { CardRow } from '../../store/schema.ts';

const URGENCY = { immediate: 'Act now', urgent: 'Urgent', routine: 'Routine' } as const;

/** An email about a referral: its reference and a link, and never what anybody wrote. */
export function referralMail(
  { guidance, link }: { readonly guidance: () => Guidance; readonly link: string },
  card: CardRow,
  to: string,
  { referral, audit }: ReferralRecord,
): Mail {
  const organisation = guidance().get(referral.organisation);
  const details: { event?: number } = JSON.parse(card.details);
  const event = audit.find((row) => row.sequence === details.event);
  const why =
    event === undefined
      ? 'Somebody raised a referral, and you are one of those to be told.'
      : `${event.actor_name} has referred this on to you.`;
  return {
    id: card.id,
    to,
    subject: `${URGENCY[referral.urgency]}: Signpost referral ${referral.reference}`,
    text: [
      why,
      '',
      `Reference: ${referral.reference}`,
      `Organisation: ${organisation?.settings.name ?? referral.organisation}`,
      `Open it in Teams: ${link}`,
      '',
      'This email says nothing about what happened, on purpose. Please do not write about it by email.',
      'Nobody reads answers to this address.',
    ].join('\n'),
  };
}
