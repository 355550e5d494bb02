import { z } from 'zod';
import { asCard, isTooBig } from './messages.ts';
import { type Person, TENANT_ID } from './people.ts';
import type { AdaptiveCard, Message } from './world.ts';

/** What the app's manifest offers outside the bot's chats, as Teams would read it there. */
export const EXTENSION = {
  search: { id: 'search-guidance', parameter: 'words', title: 'Search the guidance' },
  onMessages: [
    { id: 'ask-about-message', title: 'Ask about this message' },
    { id: 'raise-about-message', title: 'Raise a concern about this' },
  ],
} as const;

/** What a search shows below the box for writing. */
export type SearchResult =
  | { readonly results: readonly Found[] }
  | { readonly message: string }
  | { readonly error: { readonly code: string; readonly message: string } };
export type Found = { readonly title: string; readonly text: string; readonly card: AdaptiveCard };

/** What a dialog shows: a card, a few words before it closes, or nothing because it closed. */
export type DialogResult =
  | { readonly title: string; readonly card: AdaptiveCard }
  | { readonly message: string }
  | { readonly closed: true }
  | { readonly error: { readonly code: string; readonly message: string } };

/** The value of a search. @param text What was typed; undefined where the box has just been opened. */
export function searchValue(text: string | undefined): Readonly<Record<string, unknown>> {
  const { id, parameter } = EXTENSION.search;
  return {
    commandId: id,
    parameters: [text === undefined ? { name: 'initialRun', value: 'true' } : { name: parameter, value: text }],
    queryOptions: { skip: 0, count: 25 },
  };
}

/** The value that opens a dialog about a message, with the message as Teams hands it over. */
export function messageValue(
  command: string,
  message: Message,
  author: Person | undefined,
): Readonly<Record<string, unknown>> {
  return {
    commandId: command,
    commandContext: 'message',
    context: { theme: 'default' },
    messagePayload: {
      id: message.id,
      messageType: 'message',
      createdDateTime: new Date(message.at).toISOString(),
      from: {
        user:
          author === undefined
            ? null
            : { id: author.aadObjectId, displayName: author.name, userIdentityType: 'aadUser', tenantId: TENANT_ID },
      },
      body: { contentType: 'html', content: `<div><p>${htmlOf(message.text ?? '')}</p></div>` },
      attachments: message.attachments.map(({ contentType, contentUrl, name }, index) => ({
        id: String(index),
        contentType,
        contentUrl,
        name,
      })),
    },
  };
}

/** The value of a button in a dialog. */
export function submitValue(data: Readonly<Record<string, unknown>>, command: string | undefined) {
  return { data, context: { theme: 'default' }, ...(command === undefined ? {} : { commandId: command }) };
}

function htmlOf(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>');
}

const SearchAnswer = z.object({
  composeExtension: z.discriminatedUnion('type', [
    z.object({ type: z.literal('message'), text: z.string() }),
    z.object({
      type: z.literal('result'),
      attachmentLayout: z.enum(['list', 'grid']),
      attachments: z.array(
        z.object({
          contentType: z.string(),
          content: z.unknown(),
          preview: z.object({ content: z.object({ title: z.string(), text: z.string().default('') }) }),
        }),
      ),
    }),
  ]),
});

const DialogAnswer = z.object({
  task: z.discriminatedUnion('type', [
    z.object({ type: z.literal('message'), value: z.string() }),
    z.object({
      type: z.literal('continue'),
      value: z.object({ title: z.string().default(''), card: z.object({ content: z.unknown() }) }),
    }),
  ]),
});

/** What came back: the HTTP status, 0 where nothing did, and the body. */
type Answer = { readonly status: number; readonly body: unknown };

/** What Teams makes of the answer to a search. */
export function readSearch({ status, body }: Answer): SearchResult {
  const answer = SearchAnswer.safeParse(body);
  if (status !== 200 || !answer.success) return unreadable(status);
  const { composeExtension: given } = answer.data;
  if (given.type === 'message') return { message: given.text };
  const results = given.attachments.flatMap(({ content, preview }): Found[] => {
    const card = asCard(content);
    return card === undefined ? [] : [{ ...preview.content, card }];
  });
  return results.length === given.attachments.length ? { results } : unreadable(status);
}

/** What Teams makes of the answer to a dialog. */
export function readDialog({ status, body }: Answer): DialogResult {
  if (status === 200 && isNothing(body)) return { closed: true };
  const answer = DialogAnswer.safeParse(body);
  if (status !== 200 || !answer.success) return unreadable(status);
  const { task } = answer.data;
  if (task.type === 'message') return { message: task.value };
  const card = asCard(task.value.card.content);
  if (card === undefined || isTooBig(card)) return unreadable(status);
  return { title: task.value.title, card };
}

function isNothing(body: unknown): boolean {
  return body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
}

function unreadable(status: number): { readonly error: { readonly code: string; readonly message: string } } {
  return { error: { code: `HTTP ${status}`, message: 'Unable to reach app. Please try again.' } };
}
