import { randomUUID } from 'node:crypto';
import { words } from '../guidance/find/features.ts';
import { scrub } from '../guidance/find/scrub.ts';
import { dangerFlow } from '../guidance/outcome.ts';
import type { Flow } from '../guidance/types.ts';
import { type Responses, walk } from '../guidance/walk.ts';
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

const NOT_KEPT =
  'You typed something that may identify a person. I have not kept it. Please leave such details out next time.';

/** The card that answers a question in a person's own words. */
export async function answerText(needs: BotNeeds, reader: Reader, text: string, notice: string): Promise<Card> {
  const { organisation } = reader;
  const { text: kept, found: identifiers } = scrub(text);
  const said = identifiers.length > 0 ? `${NOT_KEPT} ${notice}`.trim() : notice;
  const finder = needs.finders().get(organisation.id);
  const found = finder?.find(text) ?? { answer: 'none' as const, danger: false, flows: [] };
  const understand = (flow: Flow): Responses => finder?.understand(flow, text) ?? {};
  if (found.danger) {
    return drawDanger(needs, reader, {
      notice: `${said} This may be about someone at risk, so here is what to do first.`.trim(),
      offers: offers(organisation, found, understand),
    });
  }
  if (found.answer === 'greeting') return needs.cards.draw('welcome', welcome(reader, said));
  const offered = offer(reader, found, said, understand);
  if (offered !== undefined) return needs.cards.draw('offer', offered);
  await needs.keepUnanswered(organisation.id, kept);
  return drawNone(needs, reader, said, kept);
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

/** @param text What was asked, to name where such things go if the organisation says so. */
export function drawNone(needs: BotNeeds, reader: Reader, notice = '', text = ''): Card {
  const { settings } = reader.organisation;
  const said = ` ${words(text).join(' ')} `;
  const elsewhere = settings.elsewhere.filter(({ about }) =>
    about.some((subject) => said.includes(` ${words(subject).join(' ')} `)),
  );
  return needs.cards.draw(
    'message',
    message('I do not have an answer to that', [
      ...(notice === '' ? [] : [notice]),
      `I only know what ${settings.name} says about social media, filming and online harm. It may be that its policy does not cover this.`,
      ...elsewhere.map(({ say }) => say),
      'Ask a senior colleague you trust, put it in other words, or press All topics.',
    ]),
  );
}
