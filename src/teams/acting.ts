import type { Action } from '../escalation/life.ts';
import { type Act, referredTo } from '../escalation/referrals.ts';
import { sayNotDone } from '../escalation/wording.ts';
import type { ReferralRecord } from '../store/referrals.ts';
import type { PersonRow } from '../store/schema.ts';
import type { Card } from './cards.ts';
import { drawReferral, extrasFor } from './messenger.ts';
import type { Answer, BotNeeds, Speaker } from './needs.ts';
import type { ActData, Press } from './verbs.ts';
import type { Reading } from './views/referral.ts';
import type { Place } from './write-back.ts';

const LONGEST_TEXT = 2_000;

/** What somebody does with a referral: those who were told of it, or the one who raised it. */
export async function act(
  needs: BotNeeds,
  speaker: Speaker,
  { verb, data }: Extract<Press, { verb: Action }>,
  place: Place | undefined,
  conversation: string,
): Promise<Answer> {
  const text = textOf(verb, data);
  // A plain answer leaves the card, and what was typed into it, as it is.
  if (text.length > LONGEST_TEXT) {
    return { words: speaker.say('form.shorten', { longest: LONGEST_TEXT }) };
  }
  const { tenant, person, name } = speaker.person;
  if (!(await isOfTheirs(needs, speaker, data.reference))) {
    return { words: sayNotDone(speaker.say, { result: 'not-allowed' }, verb, needs.clock.now()) };
  }
  const target = verb === 'refer-on' ? await referredToOf(needs, data) : undefined;
  if (verb === 'refer-on' && target === undefined) return { words: speaker.say('not-done.whom') };
  const acted = await needs.referrals.act({
    reference: data.reference,
    action: verb,
    actor: { tenant, person, name },
    key: data.key,
    conversation,
    text,
    ...(verb === 'hand-over' ? { to: { tenant, person: data.colleague } } : {}),
    ...(target === undefined ? {} : { referredTo: target }),
  });
  const notice = sayNotDone(speaker.say, acted, verb, needs.clock.now());
  switch (acted.result) {
    case 'not-found':
    case 'not-allowed':
    case 'own':
    case 'needs-text':
    case 'nobody':
      return { words: notice };
    default:
      return { card: await drawFor(needs, acted.record, speaker.person, place, conversation, notice), tracked: true };
  }
}

/** The card of a referral for one of its readers, as `refresh` asks for it. */
export async function refreshed(
  needs: BotNeeds,
  speaker: Speaker,
  reference: string,
  place: Place | undefined,
  conversation: string,
): Promise<Answer> {
  const record = await needs.referrals.readFor(reference, speaker.person, conversation);
  if (record === undefined || !(await isOfTheirs(needs, speaker, reference))) {
    return { words: speaker.say('press.not-sent-to-you') };
  }
  return { card: await drawFor(needs, record, speaker.person, place, conversation), tracked: true };
}

/** Whether a referral is of an organisation that the person's tenant may use: a card may be older than that. */
export async function isOfTheirs(needs: BotNeeds, { organisations }: Speaker, reference: string): Promise<boolean> {
  const record = await needs.referrals.read(reference);
  return organisations.some(({ id }) => id === record?.referral.organisation);
}

async function drawFor(
  needs: BotNeeds,
  record: ReferralRecord,
  person: PersonRow,
  place: Place | undefined,
  conversation: string,
  notice = '',
): Promise<Card> {
  const pressed = record.cards.find((card) => card.activity !== null && card.activity === place?.activity);
  const inChannel = record.cards.find((card) => card.role === 'channel' && conversation.startsWith(`${card.channel}`));
  const seen = pressed ?? inChannel;
  const reading: Reading = {
    ...(seen ?? { role: 'on-duty', possible_duplicate: 0 }),
    // Whoever pressed sees what they may do, also on a card that a whole channel shares.
    person: person.person,
    tenant: person.tenant,
  };
  return drawReferral(needs, record, reading, notice, await extrasFor(needs, record, reading));
}

function textOf(action: Action, data: ActData): string {
  switch (action) {
    case 'close':
      return data.outcome;
    case 'ask':
      return data.question;
    case 'refer-on':
      return data.number;
    case 'keep-open':
    case 'ask-to-withdraw':
      return data.reason;
    case 'answer':
      return data.answer;
    case 'add':
      return data.addition;
    default:
      return data.note;
  }
}

async function referredToOf(needs: BotNeeds, { reference, referredTo: chosen }: ActData): Promise<Act['referredTo']> {
  const record = await needs.referrals.read(reference);
  const organisation = record && needs.guidance().get(record.referral.organisation);
  return organisation && referredTo(organisation, chosen);
}
