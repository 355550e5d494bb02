import { whoDid } from '../../escalation/wording.ts';
import type { Guidance } from '../../guidance/types.ts';
import type { Mail } from '../../mail/mailer.ts';
import type { ReferralRecord } from '../../store/referrals.ts';
import type { CardRow } from '../../store/schema.ts';
import { sayForAll } from '../../words/say.ts';

/** An email about a referral: its reference and a link, and never what anybody wrote. */
export function referralMail(
  { guidance, link }: { readonly guidance: () => Guidance; readonly link: string | undefined },
  card: CardRow,
  to: string,
  { referral, audit }: ReferralRecord,
): Mail {
  const organisation = guidance().get(referral.organisation);
  const say = sayForAll(organisation === undefined ? [] : [organisation]);
  const { reference } = referral;
  const details: { event?: number } = JSON.parse(card.details);
  const event = audit.find((row) => row.sequence === details.event);
  const why = event === undefined ? say('mail.raised') : say('mail.referred-on', { name: whoDid(say, event) });
  return {
    id: card.id,
    to,
    subject: say(`mail.subject-${referral.urgency}`, { reference }),
    text: [
      why,
      '',
      say('mail.reference', { reference }),
      say('mail.organisation', { name: organisation?.settings.name ?? referral.organisation }),
      say('mail.open', { link: link ?? say('mail.no-link') }),
      '',
      say('mail.says-nothing'),
      say('mail.no-answers'),
    ].join('\n'),
  };
}
