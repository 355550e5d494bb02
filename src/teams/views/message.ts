import type { Contact, Organisation } from '../../guidance/types.ts';
import type { Say } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { type Choice, contactView, exit } from './common.ts';

/** A plain message: a headline, a few lines, perhaps somebody to contact and something to choose. */
export function message(
  say: Say,
  headline: string,
  lines: readonly string[],
  more: {
    readonly organisation?: Organisation;
    readonly contacts?: readonly Contact[];
    readonly now?: number;
    readonly choices?: readonly Choice[];
    readonly reference?: string;
    /** What the reader typed, where it would be lost otherwise. */
    readonly typed?: string;
    /** A press to offer again, with all that was typed into it. */
    readonly retry?: { readonly verb: string; readonly data: unknown };
  } = {},
): CardData {
  const { organisation, contacts = [], now = 0, choices = [], reference = '', typed = '', retry } = more;
  return {
    language: say.language,
    fallback: `${headline}\n${lines.join('\n')}`,
    speak: headline,
    ...exit(),
    showTopics: true,
    headline,
    lines: lines.map((text) => ({ text })),
    contacts: organisation === undefined ? [] : contacts.map((contact) => contactView(organisation, contact, now)),
    choices,
    reference,
    typed,
    hasRetry: retry !== undefined,
    retry: retry ?? { verb: '', data: {} },
  };
}
