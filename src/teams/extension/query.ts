import { z } from 'zod';
import type { Found } from '../../guidance/find/finder.ts';
import { firstHits, type Hit, searchGuidance } from '../../guidance/find/search.ts';
import { sayFor } from '../../words/say.ts';
import type { Card } from '../cards.ts';
import { chatLink } from '../links.ts';
import type { BotNeeds, Speaker } from '../needs.ts';
import type { Reader } from '../views/common.ts';
import { preview, shared } from '../views/extension.ts';

/** What a search in a box for writing asks. */
const Query = z.object({
  parameters: z.array(z.object({ name: z.string(), value: z.unknown() })).default([]),
  queryOptions: z
    .object({
      skip: z.number().int().min(0).max(1_000).default(0),
      count: z.number().int().min(1).max(25).default(25),
    })
    .prefault({}),
});

/** As the app's manifest names what is typed; and as Teams names that nothing has been typed yet. */
const TYPED = 'words';
const NOTHING_YET = 'initialRun';
const LONGEST_TYPED = 500;
/** A page of cards stays well below what Teams takes, and shows on a phone at once. */
const PAGE = 10;

/** What Teams shows below the box: cards to choose from, or a line of words. */
export type QueryAnswer = {
  readonly composeExtension:
    | { readonly type: 'message'; readonly text: string }
    | { readonly type: 'result'; readonly attachmentLayout: 'list'; readonly attachments: readonly Attachment[] };
};
type Attachment = {
  readonly contentType: string;
  readonly content: Card;
  readonly preview: {
    readonly contentType: string;
    readonly content: { readonly title: string; readonly text: string };
  };
};

export function queryMessage(text: string): QueryAnswer {
  return { composeExtension: { type: 'message', text } };
}

/**
 * Searches the guidance of somebody's own Trust. Each result holds its whole card: Teams on a phone does not ask for it
 * later. What was typed is not kept.
 *
 * @param bot The bot's id in Teams.
 */
export function answerQuery(needs: BotNeeds, speaker: Speaker, bot: string, value: unknown): QueryAnswer {
  const { reader } = speaker;
  if (reader === undefined) return queryMessage(speaker.say('search.first-your-trust'));
  const query = Query.safeParse(value);
  const { parameters, queryOptions } = query.success ? query.data : Query.parse({});
  const typed = typedIn(parameters);
  const hits = hitsFor(needs, reader, typed);
  const page = hits.slice(queryOptions.skip, queryOptions.skip + Math.min(queryOptions.count, PAGE));
  if (page.length > 0) {
    const attachments = page.map((hit) => attachmentOf(needs, reader, bot, hit));
    return { composeExtension: { type: 'result', attachmentLayout: 'list', attachments } };
  }
  return queryMessage(
    hits.length > 0
      ? speaker.say('search.all')
      : speaker.say('search.nothing', { trust: reader.organisation.settings.name }),
  );
}

function typedIn(parameters: z.output<typeof Query>['parameters']): string {
  if (parameters.some(({ name }) => name === NOTHING_YET)) return '';
  const value = parameters.find(({ name }) => name === TYPED)?.value;
  return typeof value === 'string' ? value.trim().slice(0, LONGEST_TYPED) : '';
}

function hitsFor(needs: BotNeeds, { organisation }: Reader, typed: string): Hit[] {
  if (typed === '') return firstHits(organisation);
  const finder = needs.finders().trained(organisation.id);
  // Teams waits five seconds for a search, and training may take as long: the words alone are looked for meanwhile.
  if (finder === undefined) setImmediate(() => needs.finders().get(organisation.id));
  const found = finder?.find(typed) ?? UNKNOWN;
  const hits = searchGuidance(organisation, found, typed);
  return hits.length === 0 && found.answer === 'greeting' ? firstHits(organisation) : hits;
}

/** Where it is not known whether words are about danger, they may be. */
const UNKNOWN: Found = { answer: 'none', danger: true, flows: [] };

function attachmentOf({ cards, clock }: BotNeeds, { organisation }: Reader, bot: string, hit: Hit): Attachment {
  return {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: cards.draw('shared', shared(organisation, hit, chatLink(bot), clock.now())),
    preview: { contentType: 'application/vnd.microsoft.card.thumbnail', content: preview(sayFor(organisation), hit) },
  };
}
