import { z } from 'zod';
import { ADAPTIVE_CARD, type AdaptiveCard, type Content } from './world.ts';

/** 80 KB, counted as UTF-16. */
const SIZE_LIMIT_BYTES = 80 * 1024;

export const AttachmentSchema = z.object({
  contentType: z.string().min(1),
  content: z.unknown().optional(),
  contentUrl: z.string().optional(),
  name: z.string().optional(),
});

/** What of a bot's activity matters to the sandbox. */
export const ActivitySchema = z.object({
  type: z.string(),
  text: z.string().nullish(),
  attachments: z.array(AttachmentSchema).nullish(),
});

export type BotActivity = z.output<typeof ActivitySchema>;

/** Whether Teams would refuse this JSON as too big for one message. */
export function isTooBig(json: unknown): boolean {
  return JSON.stringify(json).length * 2 > SIZE_LIMIT_BYTES;
}

/** The content of a bot's message. */
export function contentOf(activity: BotActivity): Content {
  return { ...(activity.text ? { text: activity.text } : {}), attachments: activity.attachments ?? [] };
}

/** Teams makes several messages of text with a card, or of two attachments, and then returns no activity id. */
export function returnsNoActivityId(content: Content): boolean {
  return content.attachments.length > (content.text === undefined ? 1 : 0);
}

/** The value as an adaptive card, if it looks like one. */
export function asCard(value: unknown): AdaptiveCard | undefined {
  const looksLikeOne = typeof value === 'object' && value !== null && 'type' in value && value.type === 'AdaptiveCard';
  return looksLikeOne ? (value as AdaptiveCard) : undefined;
}

/** Whether an attachment says that it is an adaptive card, and is none. */
export function hasBadCard(content: Content): boolean {
  return content.attachments.some(
    (attachment) => attachment.contentType === ADAPTIVE_CARD && asCard(attachment.content) === undefined,
  );
}

/** How a card asks to be fetched anew for some of its viewers. */
const RefreshSchema = z.object({
  action: z.object({ verb: z.string().optional(), data: z.record(z.string(), z.unknown()).default({}) }),
  userIds: z.array(z.string()).default([]),
});

export type Refresh = z.output<typeof RefreshSchema>;

/** What a card says in `refresh`, if it says that well. */
export function refreshOf(card: AdaptiveCard | undefined): Refresh | undefined {
  return RefreshSchema.safeParse(card?.refresh).data;
}

/** Teams fetches a card anew for so many people at most. */
const REFRESHED_PEOPLE = 60;

export function refreshesTooMany(content: Content): boolean {
  return content.attachments.some(
    (attachment) => (refreshOf(asCard(attachment.content))?.userIds.length ?? 0) > REFRESHED_PEOPLE,
  );
}
