import { LRUCache } from 'lru-cache';
import { today } from '../escalation/hours.ts';
import { dangerFlow } from '../guidance/outcome.ts';
import type { Flow } from '../guidance/types.ts';
import { type Position, walk } from '../guidance/walk.ts';
import { countAnswer } from '../store/answers-given.ts';
import { sayFor } from '../words/say.ts';
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
  const say = sayFor(organisation);
  const typed = draft?.description ?? '';
  if (here.organisation !== organisation.id) {
    const view = message(
      say,
      say('old-card.other-trust'),
      [say('old-card.now-ask-about', { trust: organisation.settings.name })],
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
    flow === undefined
      ? []
      : [{ label: say('old-card.start-again', { topic: flow.title }), hint: '', go: begin(organisation.id, flow) }];
  const view = message(say, say('old-card.changed'), [say('old-card.please-start-again')], { choices, typed });
  return { card: needs.cards.draw('message', view) };
}

function begin(organisation: string, flow: Flow): WalkState {
  return { organisation, flow: flow.flow, edition: flow.edition, responses: {} };
}

/** A step that somebody takes: its card, and where that is an answer it is counted as reached. */
export async function takeStep(needs: BotNeeds, reader: Reader, here: WalkState): Promise<Answer> {
  const stood = stand(needs, reader, here);
  if ('flow' in stood && stood.position.at === 'outcome') await count(needs, reader, stood.flow, stood.position.id);
  return step(needs, reader, here);
}

/** Counts a press of "Someone is at risk now". What a typed message is shown by itself is not counted. */
export async function countDanger(needs: BotNeeds, reader: Reader): Promise<void> {
  const flow = reader.organisation.flows.get(dangerFlow(reader.organisation));
  if (flow !== undefined) await count(needs, reader, flow, flow.start);
}

/** Keeps how often an answer is reached, and not by whom. Nobody waits for an answer because it cannot be counted. */
async function count({ store, log }: BotNeeds, reader: Reader, flow: Flow, reached: string): Promise<void> {
  const { id, settings } = reader.organisation;
  const day = today(settings.timezone, reader.now);
  try {
    await countAnswer(store.db, { organisation: id, day, flow: flow.flow, outcome: reached });
  } catch (error) {
    log.warn({ err: error, flow: flow.flow }, 'an answer was not counted');
  }
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
  const key = `${reader.organisation.settings.language} ${JSON.stringify(here)}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const card = needs.cards.draw('question', question(reader, flow, here.responses, position));
  drawn.set(key, card);
  return card;
}

/** Bounded, since responses come from cards. The edition in the key makes new content a new card. */
const drawn = new LRUCache<string, Card>({ max: 1_000 });
