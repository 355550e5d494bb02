import { drawReferral } from './messenger.ts';
import type { Answer, BotNeeds, Speaker } from './needs.ts';
import type { Press } from './verbs.ts';
import { sayTooLate } from './views/referral.ts';
import type { Place } from './write-back.ts';

const LONGEST_NOTE = 2_000;

/** Acknowledge, take on, note, close and reopen. */
export async function act(
  needs: BotNeeds,
  speaker: Speaker,
  { verb, data }: Extract<Press, { verb: 'acknowledge' | 'take-on' | 'note' | 'close' | 'reopen' }>,
  place: Place | undefined,
  conversation: string,
): Promise<Answer> {
  const text = verb === 'close' ? data.outcome : data.note;
  // A plain answer leaves the card, and what was typed into it, as it is.
  if (text.length > LONGEST_NOTE) {
    return { words: `Please shorten this: ${LONGEST_NOTE.toLocaleString('en-GB')} characters fit. Nothing was saved.` };
  }
  const { tenant, person, name } = speaker.person;
  const acted = await needs.referrals.act({
    reference: data.reference,
    action: verb,
    actor: { tenant, person, name },
    key: data.key,
    conversation,
    text,
  });
  switch (acted.result) {
    case 'not-found':
    case 'not-allowed':
      return { words: 'You cannot do this: this referral was not sent to you. Nothing was changed.' };
    case 'needs-text':
      return { words: 'Please write a few words first. Nothing was saved.' };
    default: {
      const { record, result } = acted;
      const organisation = needs.guidance().get(record.referral.organisation);
      if (organisation === undefined) throw new Error('The organisation of this referral is gone.');
      const notice =
        result === 'too-late'
          ? sayTooLate(organisation, record, verb, needs.clock.now())
          : result === 'not-owner'
            ? `${record.referral.owner_name} has this, and only they can close it. To close it yourself, take it on first.`
            : '';
      const pressed = record.cards.find((card) => card.activity !== null && card.activity === place?.activity);
      const inChannel = record.cards.find(
        (card) => card.role === 'channel' && conversation.startsWith(`${card.channel}`),
      );
      const card = pressed ?? inChannel ?? { role: 'on-duty' as const, possible_duplicate: 0, person, tenant };
      return { card: drawReferral(needs, record, card, notice), tracked: true };
    }
  }
}
