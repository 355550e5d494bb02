import { today } from '../../escalation/hours.ts';
import type { Hit } from '../../guidance/find/search.ts';
import { citationsIn, EMERGENCY, emergencyNumber } from '../../guidance/outcome.ts';
import type { Organisation } from '../../guidance/types.ts';
import { type Say, sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { contactView, exit } from './common.ts';
import { citationView, policyFacts, ringNow, sources, statusLine, VERDICT_STYLES } from './guidance.ts';

/** A line in the list of what was found. */
export type Preview = { readonly title: string; readonly text: string };

const LONGEST_PREVIEW = 140;

export function preview(say: Say, hit: Hit): Preview {
  switch (hit.kind) {
    case 'topic':
      return { title: hit.flow.title, text: say('search.topic') };
    case 'answer':
      return { title: hit.outcome.headline, text: `${say(`verdict.${hit.outcome.verdict}`)} · ${hit.flow.title}` };
    case 'clause':
      return { title: `${hit.clause.section} (${hit.clause.id})`, text: shorten(hit.clause.summary) };
  }
}

function shorten(text: string): string {
  return text.length > LONGEST_PREVIEW ? `${text.slice(0, LONGEST_PREVIEW - 1).trimEnd()}…` : text;
}

/**
 * A piece of guidance for a chat among people. Nothing on it acts: Signpost may not be in that chat, and whoever presses
 * may be anybody. It names nobody to ring but the emergency service, since people from elsewhere may read it.
 *
 * @param chat The address of a chat with Signpost.
 */
export function shared(organisation: Organisation, hit: Hit, chat: string, now: number): CardData {
  const say = sayFor(organisation);
  const { title, text } = preview(say, hit);
  const danger = say('danger.if-ring-now', { emergency: emergencyNumber(organisation) });
  const answer = hit.kind === 'answer' ? hit.outcome : undefined;
  return {
    language: say.language,
    fallback: `${organisation.settings.name}: ${title}. ${hit.kind === 'clause' ? hit.clause.summary : text}. ${danger}`,
    speak: title,
    trust: organisation.settings.name,
    topic: hit.kind === 'answer' ? hit.flow.title : '',
    hasVerdict: answer !== undefined,
    style: answer === undefined ? 'default' : VERDICT_STYLES[answer.verdict],
    verdict: answer === undefined ? '' : say(`verdict.${answer.verdict}`),
    headline: title,
    about: about(say, hit),
    steps: (answer?.steps ?? []).map((step, index) => ({
      number: `${index + 1}`,
      text: step.do,
      source: sources(say, organisation, step.clauses),
    })),
    silent: answer?.['policy-silent'] ?? '',
    citations: cited(say, organisation, hit),
    policyFacts: policyFacts(say, organisation.policy),
    status: statusLine(say, organisation, today(organisation.settings.timezone, now)),
    emergency: emergencyNumber(organisation),
    chat,
  };
}

function about(say: Say, { kind }: Hit): string {
  switch (kind) {
    case 'topic':
      return say('shared.topic');
    case 'answer':
      return say('shared.answer');
    case 'clause':
      return '';
  }
}

function cited(say: Say, organisation: Organisation, hit: Hit): object[] {
  switch (hit.kind) {
    case 'topic':
      return [];
    case 'answer':
      return citationsIn(organisation, hit.outcome).map((citation) => citationView(say, citation));
    case 'clause':
      return [{ name: say('shared.clause'), summary: hit.clause.summary, source: '' }];
  }
}

/** Which of the two things somebody does with a message. */
export type About = 'ask' | 'raise';

export function titleOf(say: Say, about: About): string {
  return about === 'ask' ? say('quote.ask') : say('quote.raise');
}

/** More than this of a message is not read, in characters. */
export const QUOTED_KEPT = 2_000;

/** What was read of a message, before anything is done with it. */
export function quote(
  organisation: Organisation,
  quoted: {
    readonly about: About;
    /** Without identifiers. */
    readonly text: string;
    readonly notice: string;
    readonly isDanger: boolean;
    readonly now: number;
  },
): CardData {
  const say = sayFor(organisation);
  const { about, text, notice, isDanger, now } = quoted;
  const emergency = emergencyNumber(organisation);
  const contact = organisation.contacts.get(EMERGENCY);
  const headline = titleOf(say, about);
  return {
    language: say.language,
    fallback: `${headline}. ${say('danger.if-ring-now', { emergency })}`,
    speak: isDanger ? ringNow(say, emergency) : headline,
    ...exit(),
    notice,
    isDanger,
    dangerHeadline: ringNow(say, emergency),
    contacts: isDanger && contact !== undefined ? [contactView(organisation, contact, now)] : [],
    headline,
    first: about === 'ask' ? say('quote.change-them') : say('quote.change-them-to-raise'),
    text,
    use: { about },
  };
}
