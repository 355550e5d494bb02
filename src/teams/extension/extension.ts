import type { Activity } from 'botbuilder';
import type { Card } from '../cards.ts';
import type { BotNeeds, Speaker } from '../needs.ts';
import { answerDialog, type DialogAnswer, dialogCard, dialogWords, openDialog } from './dialog.ts';
import { answerQuery, type QueryAnswer, queryMessage } from './query.ts';

/** What Teams asks outside the bot's own chats: a search in a box for writing, and dialogs. */
const SEARCH = 'composeExtension/query';
const OPENS: readonly unknown[] = ['composeExtension/fetchTask', 'task/fetch'];
const SUBMITS: readonly unknown[] = ['composeExtension/submitAction', 'task/submit'];

export function isExtension({ type, name }: Activity): boolean {
  return type === 'invoke' && (name === SEARCH || OPENS.includes(name) || SUBMITS.includes(name));
}

/** @param speaker Words for a person who cannot be served, as everywhere. */
export async function answerExtension(
  needs: BotNeeds,
  speaker: Speaker | string,
  { name, value, recipient }: Activity,
): Promise<QueryAnswer | DialogAnswer> {
  if (name === SEARCH) {
    return typeof speaker === 'string' ? queryMessage(speaker) : answerQuery(needs, speaker, recipient.id, value);
  }
  if (typeof speaker === 'string') return dialogWords(speaker);
  return OPENS.includes(name) ? openDialog(needs, speaker, value) : answerDialog(needs, speaker, value);
}

/** What is said where that could not be done: in a dialog with all that was typed. @param card What a chat would show. */
export function faultOfExtension({ name }: Activity, card: Card): QueryAnswer | DialogAnswer {
  return name === SEARCH ? queryMessage(String(card.fallbackText ?? '')) : dialogCard(card);
}
