import { LRUCache } from 'lru-cache';
import type { Flow } from '../guidance/types.ts';
import { type Position, walk } from '../guidance/walk.ts';
import type { Card } from './cards.ts';
import type { Answer, BotNeeds } from './needs.ts';
import type { Draft, WalkState } from './verbs.ts';
import type { Reader } from './views/common.ts';
import { outcome, question } from './views/guidance.ts';
import { message } from './views/message.ts';

export type Stood = { readonly flow: Flow; readonly position: Exclude<Position, { at: 'nowhere' }> };

/** The flow and place that a card speaks of, or the card to show where that is no longer so. */
export function stand(needs: BotNeeds, reader: Reader, here: WalkState, draft?: Draft): Stood | Answer {
  const { organisation } = reader;
  const typed = draft?.description ?? '';
  if (here.organisation !== organisation.id) {
    const view = message(
      'This card is for another Trust',
      [`You now ask about ${organisation.settings.name}. Press All topics, or type change Trust.`],
      { typed },
    );
    return { card: needs.cards.draw('message', view) };
  }
  const flow = organisation.flows.get(here.flow);
  const position = flow === undefined ? undefined : walk(flow, here.responses);
  if (flow !== undefined && flow.edition === here.edition && position !== undefined && position.at !== 'nowhere') {
    return { flow, position };
  }
  const choices =
    flow === undefined ? [] : [{ label: `Start again: ${flow.title}`, hint: '', go: begin(organisation.id, flow) }];
  const view = message(
    'This guidance has changed',
    ['It was changed after your card was drawn. Please start again, so that your answer is right.'],
    { choices, typed },
  );
  return { card: needs.cards.draw('message', view) };
}

function begin(organisation: string, flow: Flow): WalkState {
  return { organisation, flow: flow.flow, edition: flow.edition, responses: {} };
}

/** The card of the question or outcome where a walk stands. */
export function step(needs: BotNeeds, reader: Reader, here: WalkState): Answer {
  const stood = stand(needs, reader, here);
  if (!('flow' in stood)) return stood;
  const { flow, position } = stood;
  if (position.at === 'question') return { card: questionCard(needs, reader, flow, here, position) };
  return { card: needs.cards.draw('outcome', outcome(reader, flow, here.responses, position)) };
}

/** A question's card depends on nothing but the content and the responses, so that it is drawn once. */
function questionCard(
  needs: BotNeeds,
  reader: Reader,
  flow: Flow,
  here: WalkState,
  position: Extract<Position, { at: 'question' }>,
): Card {
  const key = JSON.stringify(here);
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const card = needs.cards.draw('question', question(reader, flow, here.responses, position));
  drawn.set(key, card);
  return card;
}

/** Bounded, since responses come from cards. The edition in the key makes new content a new card. */
const drawn = new LRUCache<string, Card>({ max: 1_000 });
