import { randomUUID } from 'node:crypto';
import { words } from '../guidance/find/features.ts';
import { scrub } from '../guidance/find/scrub.ts';
import { dangerFlow } from '../guidance/outcome.ts';
import type { Flow } from '../guidance/types.ts';
import { type Responses, walk } from '../guidance/walk.ts';
import { type Say, sayFor } from '../words/say.ts';
import type { Card, CardData } from './cards.ts';
import type { BotNeeds, Speaker } from './needs.ts';
import type { WalkState } from './verbs.ts';
import { type Choice, notices, type Reader } from './views/common.ts';
import { chooseOrganisation, offer, offers, outcome, welcome } from './views/guidance.ts';
import { message } from './views/message.ts';

/** How many of a person's own referrals are listed. */
export const REFERRALS_SHOWN = 20;

export const NO_DUTY = { department: '', until: '' };

/** A key for a button, so that pressing it twice is one action. */
export function newKey(): string {
  return randomUUID();
}

/** The welcome, or the question which Trust it is to be for. */
export function firstCard(needs: BotNeeds, speaker: Speaker): Card {
  if (speaker.reader !== undefined) return needs.cards.draw('welcome', welcome(speaker.reader));
  return needs.cards.draw('choose-organisation', chooseOrganisation(speaker.organisations));
}

/** The card that answers a question in a person's own words. */
export async function answerText(
  needs: BotNeeds,
  reader: Reader,
  text: string,
  what: {
    /** Whether a picture or a file came with it. */
    readonly attached?: boolean;
    /** Whether identifiers were taken out of it before. */
    readonly scrubbed?: boolean;
    /** Whether somebody else wrote it: then it is not kept where nothing answers it. */
    readonly quoted?: boolean;
  } = {},
): Promise<Card> {
  const { organisation } = reader;
  const say = sayFor(organisation);
  const { text: kept, found: identifiers } = scrub(text);
  const isOwn = what.quoted !== true;
  const isScrubbed = identifiers.length > 0 || what.scrubbed === true;
  const notice = notices(isScrubbed && say('typed.not-kept'), what.attached === true && say('attached.not-opened'));
  const finder = needs.finders().get(organisation.id);
  const found = finder?.find(text) ?? { answer: 'none' as const, danger: false, flows: [] };
  const understand = (flow: Flow): Responses => finder?.understand(flow, text) ?? {};
  if (found.danger) {
    return drawDanger(needs, reader, {
      notice: notices(notice, say('typed.may-be-danger')),
      offers: offers(organisation, found, understand),
    });
  }
  if (found.answer === 'greeting') {
    // A few words beside a picture are about the picture.
    return what.attached === true
      ? needs.cards.draw('message', unopened(say, text))
      : needs.cards.draw('welcome', welcome(reader, notice));
  }
  const offered = offer(reader, found, { notice, understand, text: isOwn ? kept : '' });
  if (offered !== undefined) return needs.cards.draw('offer', offered);
  return answerNone(needs, reader, kept, { notice, isOwn });
}

/** What is said of a picture or a file. @param text What came with it and is not answered. */
export function unopened(say: Say, text = ''): CardData {
  return message(say, say('attached.headline'), [
    say('attached.still-in-chat'),
    say('attached.do-not-copy'),
    say('attached.indecent'),
    text === '' ? say('attached.say-in-words') : say('attached.say-in-words-again', { text }),
  ]);
}

/** "Someone is at risk now": the outcome of the organisation's danger flow. */
export function drawDanger(
  needs: BotNeeds,
  reader: Reader,
  more: {
    readonly from?: WalkState;
    readonly notice?: string;
    readonly offers?: readonly Choice[];
    /** Whether others read the card too: nobody raises anything there. */
    readonly isShared?: boolean;
  } = {},
): Card {
  const flow = reader.organisation.flows.get(dangerFlow(reader.organisation));
  const position = flow && walk(flow, {});
  if (flow === undefined || position?.at !== 'outcome')
    throw new Error('The danger flow does not begin at an outcome.');
  const view = outcome(reader, flow, {}, position, more);
  return needs.cards.draw('outcome', more.isShared === true ? { ...view, canRaise: false, showTopics: false } : view);
}

/**
 * The card for a message that nothing here answers. The message is kept for the policy owner, unless somebody else
 * wrote it.
 * @param text Already scrubbed.
 */
export async function answerNone(
  needs: BotNeeds,
  { organisation }: Reader,
  text: string,
  { notice = '', isOwn = true }: { readonly notice?: string; readonly isOwn?: boolean } = {},
): Promise<Card> {
  if (isOwn && saysSomething(text)) await needs.keepUnanswered(organisation.id, text);
  const { settings } = organisation;
  const say = sayFor(organisation);
  const said = ` ${words(text).join(' ')} `;
  const elsewhere = settings.elsewhere.filter(({ about }) =>
    about.some((subject) => said.includes(` ${words(subject).join(' ')} `)),
  );
  return needs.cards.draw(
    'message',
    message(say, say('no-answer.headline'), [
      ...(notice === '' ? [] : [notice]),
      say('no-answer.only-know', { trust: settings.name }),
      ...elsewhere.map((other) => other.say),
      say('no-answer.ask-senior'),
    ]),
  );
}

/** Whether there is a word in it, besides the names of what was taken out. */
function saysSomething(text: string): boolean {
  return /\p{L}{2}/u.test(text.replace(/\[[^\]]*\]/g, ''));
}
