import { type Command, parseCommand, TEAM_COMMANDS } from '../guidance/find/commands.ts';
import { scrub } from '../guidance/find/scrub.ts';
import { referralsOf } from '../store/referrals.ts';
import type { Say } from '../words/say.ts';
import { answerText, firstCard, NO_DUTY, REFERRALS_SHOWN, unopened } from './answers.ts';
import type { Card } from './cards.ts';
import { board, comeOffDuty, dutyCard } from './duties.ts';
import type { BotNeeds, Speaker } from './needs.ts';
import { inTeam, notices, type Reader } from './views/common.ts';
import { chooseOrganisation, commandNames, welcome } from './views/guidance.ts';
import { message } from './views/message.ts';
import { myReferrals } from './views/raise.ts';

/** The card that answers a message that somebody typed. */
export async function answerMessage(
  needs: BotNeeds,
  speaker: Speaker,
  typed: string,
  attached: boolean,
): Promise<Card> {
  const text = typed.trim();
  const { reader, say } = speaker;
  if (attached && text === '') return needs.cards.draw('message', unopened(say));
  if (reader === undefined) return askForTrust(needs, speaker, text, attached);
  const command = parseCommand(text, commandNames(say));
  if (command === undefined) return answerText(needs, reader, text, { attached });
  // What was attached comes before what was asked for.
  return attached ? needs.cards.draw('message', unopened(say, text)) : answerCommand(needs, speaker, reader, command);
}

/** What was typed is answered once the Trust is known. What to do about danger does not wait for that. */
function askForTrust(needs: BotNeeds, { organisations, say }: Speaker, typed: string, attached: boolean): Card {
  const { text, found } = scrub(typed);
  const isDanger = organisations.some(({ id }) => needs.finders().get(id)?.find(typed).danger);
  const scrubbed = found.length > 0;
  return needs.cards.draw(
    'choose-organisation',
    chooseOrganisation(organisations, {
      text,
      scrubbed,
      notice: notices(scrubbed && say('typed.not-kept'), attached && say('attached.not-opened')),
      dangerAt: isDanger ? needs.clock.now() : undefined,
    }),
  );
}

/**
 * The card that answers a message in a team. A team that receives referrals may ask there who is on duty; all else is
 * for a chat of one's own.
 * @param group The team's group id.
 */
export async function answerInTeam(
  needs: BotNeeds,
  speaker: Speaker,
  typed: string,
  group: string | undefined,
): Promise<Card> {
  const { say } = speaker;
  const served = speaker.organisations.filter(({ id }) => {
    const groups = needs.teams(id);
    return group !== undefined && (groups === 'any' || groups.includes(group));
  });
  const command = parseCommand(typed.trim(), commandNames(say));
  if (command === undefined || !TEAM_COMMANDS.includes(command) || served.length === 0) {
    return needs.cards.draw('message', { ...askInChat(say, served.length > 0), ...inTeam });
  }
  const chosen = served.find(({ id }) => id === speaker.reader?.organisation.id);
  const organisation = chosen ?? (served.length === 1 ? served[0] : undefined);
  if (organisation === undefined) {
    const view = message(say, say('in-team.which-trust'), [say('in-team.several-trusts'), say('in-team.ask-again')]);
    return needs.cards.draw('message', { ...view, ...inTeam });
  }
  const reader = { organisation, name: speaker.person.name, canChangeOrganisation: false, now: needs.clock.now() };
  return board(needs, reader, 'in a channel');
}

function askInChat(say: Say, canAskForBoard: boolean) {
  return message(say, say('in-team.ask-in-chat'), [
    say('in-team.stays-with-you'),
    ...(canAskForBoard ? [say('in-team.can-ask-board')] : []),
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
      return comeOffDuty(needs, speaker, reader, {});
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
        : cards.draw(
            'welcome',
            welcome(reader, speaker.say('trust.only-one', { trust: reader.organisation.settings.name })),
          );
  }
}
