import { z } from 'zod';
import { scrub } from '../../guidance/find/scrub.ts';
import type { Organisation } from '../../guidance/types.ts';
import { sayFor } from '../../words/say.ts';
import { answerText, firstCard } from '../answers.ts';
import type { Card } from '../cards.ts';
import type { BotNeeds, Speaker } from '../needs.ts';
import { answerPress, type Where } from '../presses.ts';
import { type Press, parsePress } from '../verbs.ts';
import { notices } from '../views/common.ts';
import { type About, QUOTED_KEPT, quote, titleOf } from '../views/extension.ts';
import { chooseOrganisation } from '../views/guidance.ts';
import { forDialog } from './dialog-card.ts';
import { type MessageText, readMessage } from './message-text.ts';

/** What Teams shows next: a card in the dialog, or a few words in place of it. */
export type DialogAnswer = {
  readonly task:
    | { readonly type: 'message'; readonly value: string }
    | {
        readonly type: 'continue';
        readonly value: {
          readonly title: string;
          readonly height: 'large';
          readonly width: 'medium';
          readonly card: { readonly contentType: string; readonly content: Card };
        };
      };
};

export function dialogWords(value: string): DialogAnswer {
  return { task: { type: 'message', value } };
}

/** A card of a chat, as a dialog shows it. */
export function dialogCard(card: Card): DialogAnswer {
  const content = forDialog(card);
  return {
    task: {
      type: 'continue',
      value: {
        title: 'Signpost',
        height: 'large',
        width: 'medium',
        card: { contentType: 'application/vnd.microsoft.card.adaptive', content },
      },
    },
  };
}

/** The commands on a message, as the app's manifest names them. */
const COMMANDS: Readonly<Record<string, About>> = { 'ask-about-message': 'ask', 'raise-about-message': 'raise' };

const Opened = z.object({ commandId: z.string().optional(), messagePayload: z.unknown() });

/** Opens the dialog: what the message says is shown, and nothing is done with it yet. */
export function openDialog(needs: BotNeeds, speaker: Speaker, value: unknown): DialogAnswer {
  const opened = Opened.safeParse(value);
  if (!opened.success) return dialogCard(firstCard(needs, speaker));
  const about = COMMANDS[opened.data.commandId ?? ''];
  // A dialog that is about no message begins as a chat does.
  if (about === undefined) return dialogCard(firstCard(needs, speaker));
  const read = readMessage(opened.data.messagePayload);
  if (speaker.reader === undefined) return askForTrust(needs, speaker, about, read);
  return dialogCard(quoteCard(needs, speaker.reader.organisation, about, read));
}

function quoteCard(needs: BotNeeds, organisation: Organisation, about: About, { text, dropped }: MessageText): Card {
  const say = sayFor(organisation);
  const { text: kept, found } = scrub(text);
  return needs.cards.draw(
    'quote',
    quote(organisation, {
      about,
      text: kept.slice(0, QUOTED_KEPT),
      notice: notices(
        dropped && say('quote.not-opened'),
        found.length > 0 && say('quote.taken-out'),
        kept.length > QUOTED_KEPT && say('quote.shortened'),
        kept === '' && say('quote.no-words'),
      ),
      isDanger: needs.finders().get(organisation.id)?.find(text).danger ?? false,
      now: needs.clock.now(),
    }),
  );
}

/** The message is not carried along until the Trust is known: the card that asks is to hold nothing of it. */
function askForTrust(
  needs: BotNeeds,
  { organisations, say }: Speaker,
  about: About,
  { text, dropped }: MessageText,
): DialogAnswer {
  const isDanger = organisations.some(({ id }) => needs.finders().get(id)?.find(text).danger);
  const notice = notices(
    say('quote.first-your-trust', { command: titleOf(say, about) }),
    dropped && say('quote.not-opened'),
  );
  const dangerAt = isDanger ? needs.clock.now() : undefined;
  return dialogCard(needs.cards.draw('choose-organisation', chooseOrganisation(organisations, { notice, dangerAt })));
}

const Submitted = z.object({ data: z.looseObject({ press: z.object({ verb: z.string(), data: z.unknown() }) }) });
const Words = z.object({ text: z.string().max(50_000).default('') });

/** What a button in a dialog is answered with: the next card of the same dialog. */
export async function answerDialog(needs: BotNeeds, speaker: Speaker, value: unknown): Promise<DialogAnswer> {
  const submitted = pressIn(value);
  if (submitted?.verb === 'use-words') return answerWords(needs, speaker, submitted.data);
  const press = submittedPress(value);
  if (press === undefined) return dialogCard(firstCard(needs, speaker));
  const answer = await answerPress(needs, speaker, press, NOWHERE);
  if ('card' in answer) return dialogCard(answer.card);
  return answer.below === undefined ? dialogWords(answer.words) : dialogCard(answer.below);
}

/** A dialog stands in no conversation, and one person sees it: what those in a channel may do, nobody may do here. */
const NOWHERE: Where = { place: undefined, conversation: '', isShared: false };

async function answerWords(needs: BotNeeds, speaker: Speaker, data: unknown): Promise<DialogAnswer> {
  const { reader } = speaker;
  const words = Words.safeParse(data);
  const text = words.success ? words.data.text.trim() : '';
  if (reader === undefined || text === '') return dialogCard(firstCard(needs, speaker));
  return dialogCard(await answerText(needs, reader, text, { quoted: true }));
}

/** The press of one of our own cards that a dialog sends, if it is one: to be tried again where it failed. */
export function submittedPress(value: unknown): Press | undefined {
  const submitted = pressIn(value);
  return submitted === undefined ? undefined : parsePress({ action: submitted });
}

/** What a dialog's button carries, with what was typed. */
function pressIn(value: unknown): { readonly verb: string; readonly data: object } | undefined {
  const submitted = Submitted.safeParse(value);
  if (!submitted.success) return undefined;
  const { press, ...inputs } = submitted.data.data;
  const data = typeof press.data === 'object' && press.data !== null ? press.data : {};
  return { verb: press.verb, data: { ...data, ...inputs } };
}
