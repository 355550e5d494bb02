import { isInHours, sayHours } from '../../escalation/hours.ts';
import type { Contact, Organisation } from '../../guidance/types.ts';
import { sayFor } from '../../words/say.ts';
import type { WalkState } from '../verbs.ts';

/** What every card knows of its reader. */
export type Reader = {
  readonly organisation: Organisation;
  readonly name: string;
  /** Whether the tenant leaves open which Trust the reader works for. */
  readonly canChangeOrganisation: boolean;
  readonly now: number;
};

/** One line of a list of choices that lead on. */
export type Choice = { readonly label: string; readonly hint: string; readonly go: unknown };

/** What the button "Someone is at risk now" carries. `from` lets its card lead back. */
export type Exit = {
  readonly showExit: boolean;
  readonly exit: { readonly from?: WalkState; readonly apart?: boolean };
  readonly context: Readonly<Record<string, never>>;
};

export function exit(from?: WalkState): Exit {
  return { showExit: true, exit: from === undefined ? {} : { from }, context: {} };
}

/** What is said before all else: those of the sentences that hold. */
export function notices(...sentences: readonly (string | false | undefined)[]): string {
  return sentences.filter(Boolean).join(' ');
}

/** The exit of a card that must stay where it is: the danger card comes as a message of its own. */
export const exitApart: Exit = { showExit: true, exit: { apart: true }, context: {} };

/** In a channel, besides: topics are for a chat of one's own. */
export const inTeam = { ...exitApart, showTopics: false } as const;

/** A contact as a card shows it: links in Markdown, and the truth about when it is answered. */
export type ContactView = { readonly role: string; readonly reach: string; readonly note: string };

export function contactView(organisation: Organisation, contact: Contact, now: number): ContactView {
  const open = !contact['in-hours-only'] || isInHours(organisation.settings, now);
  const say = sayFor(organisation);
  const phone =
    contact.phone && say('contact.phone', { number: link(contact.phone, `tel:${contact.phone.replace(/\s/g, '')}`) });
  const email = contact.email && say('contact.email', { address: link(contact.email, `mailto:${contact.email}`) });
  const page = contact.link && link(contact.link, contact.link);
  const hours = sayHours(say, organisation.settings);
  const reach = [open ? phone : undefined, email, page].filter((part) => part !== undefined && part !== '');
  const unset = contact['set-before-live'] && !contact.phone && !contact.email;
  return {
    role: contact.role,
    reach: reach.join('  \n'),
    note: notices(
      contact.note,
      contact['in-hours-only'] && say(open ? 'contact.answered' : 'contact.answered-but-closed', { hours }),
      unset === true && say('contact.not-told'),
    ),
  };
}

function link(text: string, address: string): string {
  return `[${text}](${address})`;
}
