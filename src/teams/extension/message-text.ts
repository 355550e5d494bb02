import { z } from 'zod';

/** What of a message in Teams a person asks about. Who wrote it is not read. */
const Payload = z.object({
  body: z.object({ contentType: z.string().nullish(), content: z.string().nullish() }).nullish(),
  attachments: z.array(z.unknown()).nullish(),
});

/** What a message says, and whether it held more than words. */
export type MessageText = {
  readonly text: string;
  /** Whether it had pictures, files, cards or other messages with it: they are left where they are. */
  readonly dropped: boolean;
};

/** More than a message in Teams holds, in characters. */
const LONGEST_READ = 20_000;

/** Reads the words of a message that Teams hands over. What is no such message has none. */
export function readMessage(payload: unknown): MessageText {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success) return { text: '', dropped: false };
  const { body, attachments } = parsed.data;
  const content = (body?.content ?? '').slice(0, LONGEST_READ);
  const isHtml = body?.contentType === 'html';
  const hasPicture = isHtml && /<(?:img|attachment|video|audio)\b/i.test(content);
  return {
    text: (isHtml ? textOf(content) : content).trim(),
    dropped: hasPicture || (attachments ?? []).length > 0,
  };
}

/** The words of what Teams keeps as HTML. A person who is mentioned becomes "[name]". */
function textOf(html: string): string {
  return decode(
    html
      .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '')
      .replace(/<at\b[^<>]*>[\s\S]*?<\/at\s*>/gi, '[name]')
      .replace(/\s+/g, ' ')
      .replace(/<br\b[^<>]*>|<\/(?:p|div|li|h\d|tr|blockquote)\s*>/gi, '\n')
      .replace(/<[^<>]*>/g, ''),
  )
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Puts characters in the place of their codes. A code that is none stays. */
function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (code, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? code;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : code;
  });
}
