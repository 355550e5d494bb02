import { randomUUID } from 'node:crypto';
import { dangerFlow } from '../guidance/outcome.ts';
import { walk } from '../guidance/walk.ts';
import type { Card } from './cards.ts';
import type { BotNeeds, Speaker } from './needs.ts';
import type { WalkState } from './verbs.ts';
import type { Choice, Reader } from './views/common.ts';
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
export function answerText(needs: BotNeeds, reader: Reader, text: string, notice: string): Card {
  const { organisation } = reader;
  const finder = needs.finders().get(organisation.id);
  const found = finder?.find(text) ?? { answer: 'none' as const, danger: false, flows: [] };
  if (found.danger) {
    return drawDanger(needs, reader, {
      notice: `${notice} This may be about someone at risk, so here is what to do first.`.trim(),
      offers: offers(organisation, found),
    });
  }
  if (found.answer === 'greeting') return needs.cards.draw('welcome', welcome(reader, notice));
  const offered = offer(reader, found, notice);
  return offered === undefined ? drawNone(needs, reader, notice) : needs.cards.draw('offer', offered);
}

/** "Someone is at risk now": the outcome of the organisation's danger flow. */
export function drawDanger(
  needs: BotNeeds,
  reader: Reader,
  more: { readonly from?: WalkState; readonly notice?: string; readonly offers?: readonly Choice[] } = {},
): Card {
  const flow = reader.organisation.flows.get(dangerFlow(reader.organisation));
  const position = flow && walk(flow, {});
  if (flow === undefined || position?.at !== 'outcome')
    throw new Error('The danger flow does not begin at an outcome.');
  return needs.cards.draw('outcome', outcome(reader, flow, {}, position, more));
}

export function drawNone(needs: BotNeeds, reader: Reader, notice = ''): Card {
  return needs.cards.draw(
    'message',
    message('I do not have an answer to that', [
      ...(notice === '' ? [] : [notice]),
      `I only know what ${reader.organisation.settings.name} says about social media, filming and online harm. It may be that its policy does not cover this.`,
      'Ask your line manager, put it in other words, or press All topics.',
    ]),
  );
}
