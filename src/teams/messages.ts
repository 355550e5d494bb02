import { scrub } from '../guidance/find/scrub.ts';
import { referralsOf } from '../store/referrals.ts';
import { answerText, firstCard, NO_DUTY, REFERRALS_SHOWN } from './answers.ts';
import type { Card } from './cards.ts';
import { type Command, parseCommand } from './commands.ts';
import { board, comeOffDuty, dutyCard } from './duties.ts';
import type { BotNeeds, Speaker } from './needs.ts';
import type { Reader } from './views/common.ts';
import { chooseOrganisation, welcome } from './views/guidance.ts';
import { message } from './views/message.ts';
import { myReferrals } from './views/raise.ts';

const UNOPENED =
  'I have not opened what you attached. I cannot look at pictures or files. Please do not send any that show patients.';

/** The card that answers a message that somebody typed. */
export async function answerMessage(
  needs: BotNeeds,
  speaker: Speaker,
  typed: string,
  attached: boolean,
): Promise<Card> {
  const text = typed.trim();
  const { reader } = speaker;
  if (attached && text === '') return needs.cards.draw('message', attachmentView());
  if (reader === undefined) {
    return needs.cards.draw(
      'choose-organisation',
      chooseOrganisation(speaker.organisations, scrub(text).text, attached ? UNOPENED : ''),
    );
  }
  const command = parseCommand(text);
  if (command !== undefined) return answerCommand(needs, speaker, reader, command);
  return answerText(needs, reader, text, attached ? UNOPENED : '');
}

function attachmentView() {
  return message('I have not opened what you sent', [
    'I cannot look at pictures or files, and I do not fetch them. What you sent is still in this chat, where you put it.',
    'Do not copy it, forward it or look at it again.',
    'If it is an indecent picture of a child or young person, do not delete it. Press “Someone is at risk now”.',
    'If it is anything else, tell me in words what you want to know.',
  ]);
}

async function answerCommand(needs: BotNeeds, speaker: Speaker, reader: Reader, command: Command): Promise<Card> {
  const { cards, store } = needs;
  switch (command) {
    case 'help':
    case 'topics':
    case 'start-again':
      return firstCard(needs, speaker);
    case 'on-duty':
      return dutyCard(needs, speaker, reader, NO_DUTY);
    case 'off-duty':
      return comeOffDuty(needs, speaker, reader, undefined);
    case 'who-is-on-duty':
      return board(needs, reader);
    case 'my-referrals':
      return cards.draw(
        'my-referrals',
        myReferrals(reader, await referralsOf(store.db, speaker.person, REFERRALS_SHOWN)),
      );
    case 'change-trust':
      return reader.canChangeOrganisation
        ? cards.draw('choose-organisation', chooseOrganisation(speaker.organisations))
        : cards.draw('welcome', welcome(reader, `You can only ask about ${reader.organisation.settings.name} here.`));
  }
}
