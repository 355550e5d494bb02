import { scrub } from '../guidance/find/scrub.ts';
import { EMERGENCY, emergencyNumber } from '../guidance/outcome.ts';
import { chooseOrganisation as keepOrganisation } from '../store/people.ts';
import { referralsOf } from '../store/referrals.ts';
import { act, isOfTheirs, refreshed } from './acting.ts';
import { answerNone, answerText, drawDanger, NO_DUTY, REFERRALS_SHOWN } from './answers.ts';
import { answerTakeOver, askToTakeOver, board, comeOffDuty, dutyCard, goOnDuty } from './duties.ts';
import type { Answer, BotNeeds, Speaker } from './needs.ts';
import { raise } from './raising.ts';
import { isReferralAction, type Press } from './verbs.ts';
import type { Reader } from './views/common.ts';
import { chooseOrganisation, ringNow, welcome } from './views/guidance.ts';
import { message } from './views/message.ts';
import { myReferrals } from './views/raise.ts';
import { countDanger, step, takeStep } from './walks.ts';
import type { Place } from './write-back.ts';

/** Where a card was pressed. */
export type Where = {
  /** The message that the card stands in, where Teams says so. */
  readonly place: Place | undefined;
  readonly conversation: string;
  /** Whether others read there too, as in a channel. */
  readonly isShared: boolean;
};

/** What a press on a card is answered with. */
export async function answerPress(
  needs: BotNeeds,
  speaker: Speaker,
  press: Press,
  { place, conversation, isShared }: Where,
): Promise<Answer> {
  if (isShared && !isForAll(press)) return { words: speaker.say('in-team.stays-with-you') };
  if (press.verb === 'choose-organisation') return choose(needs, speaker, press.data);
  if (isReferralAction(press)) return act(needs, speaker, press, place, conversation);
  if (press.verb === 'refresh-referral') {
    return refreshed(needs, speaker, press.data.reference, place, conversation);
  }
  const { reader } = speaker;
  if (reader === undefined) return beforeChoice(needs, speaker, press, isShared);
  const { cards, store } = needs;
  switch (press.verb) {
    case 'topics':
      return { card: cards.draw('welcome', welcome(reader)) };
    case 'change-organisation':
      return { card: cards.draw('choose-organisation', chooseOrganisation(speaker.organisations)) };
    case 'walk': {
      const { again = false, ...here } = press.data;
      return again ? step(needs, reader, here) : takeStep(needs, reader, here);
    }
    case 'danger':
      await countDanger(needs, reader);
      if (isShared) return { words: speaker.say('press.below'), below: drawDanger(needs, reader, { isShared }) };
      return press.data.apart
        ? { words: speaker.say('press.below'), below: drawDanger(needs, reader) }
        : { card: drawDanger(needs, reader, { from: press.data.from }) };
    case 'none-of-these':
      return { card: await answerNone(needs, reader, scrub(press.data.text).text) };
    case 'raise':
    case 'check':
    case 'send':
      return raise(needs, speaker, reader, press, place);
    case 'my-referrals': {
      const rows = await referralsOf(store.db, speaker.person, REFERRALS_SHOWN);
      const card = cards.draw('my-referrals', myReferrals(reader, rows));
      // A referral's card stays where it is: the list comes below.
      return { words: speaker.say('press.referrals-below'), below: card };
    }
    case 'show-referral': {
      // Those who were told of it, and the one who raised it, get a fresh card of their own.
      const isTheirs = await isOfTheirs(needs, speaker, press.data.reference);
      const shown = isTheirs && (await needs.referrals.showAgain(press.data.reference, speaker.person));
      return {
        words: speaker.say(shown ? 'press.comes-below' : 'press.not-your-referral'),
      };
    }
    case 'duty-form':
      return { card: await dutyCard(needs, speaker, reader, NO_DUTY) };
    case 'duty-on':
      return goOnDuty(needs, speaker, reader, press.data);
    case 'duty-off':
      return { card: await comeOffDuty(needs, speaker, reader, press.data) };
    case 'ask-take-over':
      return askToTakeOver(needs, speaker, reader, press.data);
    case 'accept-duty':
      return answerTakeOver(needs, speaker, reader, press.data);
    case 'decline-duty':
      return answerTakeOver(needs, speaker, reader, { handover: press.data.handover });
    case 'duty-board':
      return { card: await board(needs, reader) };
  }
}

/**
 * What can be answered where others read along: what belongs to all of them. An answer is also written over the card
 * that was pressed, so that all else would show everybody there what one person asks, raises or has raised.
 */
function isForAll(press: Press): boolean {
  return isReferralAction(press) || press.verb === 'refresh-referral' || press.verb === 'danger';
}

async function choose(
  needs: BotNeeds,
  speaker: Speaker,
  data: { organisation: string; text: string; scrubbed: boolean },
): Promise<Answer> {
  const organisation = speaker.organisations.find(({ id }) => id === data.organisation);
  if (organisation === undefined) {
    const notice = speaker.say('trust.cannot-choose');
    return {
      card: needs.cards.draw('choose-organisation', chooseOrganisation(speaker.organisations, { ...data, notice })),
    };
  }
  await keepOrganisation(needs.store.db, speaker.person, organisation.id);
  const reader: Reader = {
    organisation,
    name: speaker.person.name,
    canChangeOrganisation: speaker.organisations.length > 1,
    now: needs.clock.now(),
  };
  if (data.text.trim() !== '') {
    return { card: await answerText(needs, reader, data.text, { scrubbed: data.scrubbed }) };
  }
  return { card: needs.cards.draw('welcome', welcome(reader)) };
}

/** Somebody who has not yet said which Trust is theirs still gets the way out. */
function beforeChoice(needs: BotNeeds, speaker: Speaker, press: Press, isShared: boolean): Answer {
  // National contacts are the same in every organisation.
  const [organisation] = speaker.organisations;
  const emergency = organisation?.contacts.get(EMERGENCY);
  if (press.verb !== 'danger' || organisation === undefined || emergency === undefined) {
    return { card: needs.cards.draw('choose-organisation', chooseOrganisation(speaker.organisations)) };
  }
  const { say } = speaker;
  const view = message(say, ringNow(say, emergencyNumber(organisation)), [say('danger.then-tell')], {
    organisation,
    contacts: [emergency],
    now: needs.clock.now(),
  });
  const card = needs.cards.draw('message', { ...view, showExit: false, showTopics: !isShared });
  // A card that others read too stays where it is.
  return isShared || press.data.apart ? { words: speaker.say('press.below'), below: card } : { card };
}
