import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Activity, type Attachment, TurnContext } from 'botbuilder';
import { FAILED } from '../escalation/telemetry.ts';
import { emergencyNumber } from '../guidance/outcome.ts';
import { findPerson, messageWasSeen, recordMessage, savePerson } from '../store/people.ts';
import type { PersonRow } from '../store/schema.ts';
import { findTeam } from '../store/teams.ts';
import { type Say, sayForAll } from '../words/say.ts';
import { firstCard } from './answers.ts';
import { type Card, CardTooLargeError } from './cards.ts';
import { submittedPress } from './extension/dialog.ts';
import { answerExtension, faultOfExtension, isExtension } from './extension/extension.ts';
import { answerInTeam, answerMessage } from './messages.ts';
import { messageWith } from './messenger.ts';
import type { BotNeeds, Speaker } from './needs.ts';
import { answerPress } from './presses.ts';
import { answerTeamEvent, isTeamEvent } from './team-events.ts';
import { isReferralAction, type Press, parsePress } from './verbs.ts';
import { notices } from './views/common.ts';
import { message } from './views/message.ts';
import type { Place } from './write-back.ts';

export type Bot = (context: TurnContext) => Promise<void>;

/** The bot: one activity in, its answer out. No fault and no malformed activity leaves a person without an answer. */
export function createBot(needs: BotNeeds): Bot {
  return async (context) => {
    const turn = (): Promise<TurnResult> => answerOrTell(needs, context);
    await needs.telemetry.measure('turn', kindOfTurn(context.activity), turn, (result) => result);
  };
}

type TurnResult = 'answered' | typeof FAILED;

async function answerOrTell(needs: BotNeeds, context: TurnContext): Promise<TurnResult> {
  try {
    await answerActivity(needs, context);
    return 'answered';
  } catch (error) {
    const reference = randomUUID().slice(0, 8);
    needs.log.error({ err: error, reference, activity: context.activity.type }, 'a turn failed');
    await answerFault(needs, context, reference);
    return FAILED;
  }
}

/** What a turn is about, in a word of a short list, as docs/operations.md explains them. */
function kindOfTurn(activity: Activity): string {
  if (activity.type === 'message') return 'message';
  if (activity.type !== 'invoke') return 'event';
  if (activity.name?.startsWith('composeExtension/') === true) return 'extension';
  const press = parsePress(activity.value);
  if (press === undefined) return 'other';
  if (press.verb === 'walk') return 'step';
  if (press.verb === 'send') return 'send';
  return isReferralAction(press) ? 'referral' : 'press';
}

async function answerActivity(needs: BotNeeds, context: TurnContext): Promise<void> {
  const { activity } = context;
  // Of a team elsewhere nothing is kept, and nothing is asked.
  if (isTeamEvent(activity)) return isOfUs(needs, activity) ? answerTeamEvent(needs, context) : undefined;
  switch (activity.type) {
    case 'message':
      return onMessage(needs, context);
    case 'invoke':
      return onInvoke(needs, context);
    case 'installationUpdate':
      return onInstalled(needs, context);
    default:
      return;
  }
}

async function onInstalled(needs: BotNeeds, context: TurnContext): Promise<void> {
  const { activity } = context;
  // A newer version of the app ("add-upgrade") is no reason to greet everybody again.
  if (activity.action !== 'add') return;
  const speaker = await speakerOf(needs, activity);
  if (typeof speaker === 'string') return sendWords(needs, context, speaker);
  const { id, conversation } = activity;
  if (id !== undefined && (await messageWasSeen(needs.store.db, conversation.id, id))) return;
  await sendCard(needs, context, firstCard(needs, speaker));
  if (id !== undefined) await recordMessage(needs.store.db, conversation.id, id, needs.clock.now());
}

async function onMessage(needs: BotNeeds, context: TurnContext): Promise<void> {
  const { activity } = context;
  const speaker = await speakerOf(needs, activity);
  if (typeof speaker === 'string') return sendWords(needs, context, speaker);
  const { id, conversation } = activity;
  if (id !== undefined && (await messageWasSeen(needs.store.db, conversation.id, id))) return;
  TurnContext.removeRecipientMention(activity);
  const text = activity.text ?? '';
  // Somebody has put a card into the chat, and asks nothing.
  if (text.trim() === '' && activity.attachments?.some(isCard)) return;
  const card =
    conversation.conversationType === 'personal'
      ? await answerMessage(needs, speaker, text, hasAttachment(activity))
      : await answerInTeam(needs, speaker, text, await groupOf(needs, activity));
  await sendCard(needs, context, card);
  // Recorded after the answer: a crash in between answers twice, which is better than never.
  if (id !== undefined) await recordMessage(needs.store.db, conversation.id, id, needs.clock.now());
}

/** The group id of the team that a message was written in, where the bot knows the team. */
async function groupOf({ store }: BotNeeds, { channelData }: Activity): Promise<string | undefined> {
  const team: unknown = channelData?.team?.id;
  return typeof team === 'string' ? (await findTeam(store.db, team))?.group_id : undefined;
}

/** Teams sends formatted text as an attachment too: that one is no file, and neither is a card. */
function hasAttachment(activity: Activity): boolean {
  return (activity.attachments ?? []).some((one) => one.contentType !== 'text/html' && !isCard(one));
}

function isCard({ contentType }: Attachment): boolean {
  return String(contentType).startsWith('application/vnd.microsoft.card.');
}

async function onInvoke(needs: BotNeeds, context: TurnContext): Promise<void> {
  const { activity } = context;
  if (isExtension(activity)) return onExtension(needs, context);
  if (activity.name !== 'adaptiveCard/action') return respond(context, 400, undefined);
  const speaker = await speakerOf(needs, activity);
  if (typeof speaker === 'string') return respondWords(context, speaker);
  const press = parsePress(activity.value);
  if (press === undefined) return respondCard(context, unknownPress(needs, speaker));
  const place = placeOf(activity);
  if (place !== undefined) await needs.writeBack.hold(place);
  const { id: conversation, conversationType } = activity.conversation;
  const where = { place, conversation, isShared: conversationType !== 'personal' };
  const answer = await answerPress(needs, speaker, press, where).catch(async (error: unknown) => {
    // What was typed is behind the button of the card that says what went wrong: nothing may be written over that.
    if (place !== undefined) await needs.writeBack.release(place);
    throw error;
  });
  if ('words' in answer) {
    await respondWords(context, answer.words);
    if (place !== undefined) needs.writeBack.resume(place);
    if (answer.below !== undefined) postBelow(needs, context, answer.below);
    return;
  }
  await respondCard(context, answer.card);
  if (place === undefined) return;
  if (answer.tracked === true) await needs.writeBack.release(place);
  else needs.writeBack.soon(place, answer.card);
}

async function onExtension(needs: BotNeeds, context: TurnContext): Promise<void> {
  const speaker = await speakerOf(needs, context.activity);
  await respond(context, 200, await answerExtension(needs, speaker, context.activity));
}

function unknownPress(needs: BotNeeds, speaker: Speaker): Card {
  const { say } = speaker;
  const choices = speaker.reader === undefined ? {} : { organisation: speaker.reader.organisation };
  return needs.cards.draw(
    'message',
    message(say, say('unknown-press.headline'), [say('unknown-press.older-card')], choices),
  );
}

/** The message that was pressed, where Teams says so. */
function placeOf(activity: Activity): Place | undefined {
  if (!activity.replyToId) return undefined;
  return { reference: TurnContext.getConversationReference(activity), activity: activity.replyToId };
}

/** Posts a card after the answer to a press, outside its turn. */
function postBelow(needs: BotNeeds, context: TurnContext, card: Card): void {
  const reference = TurnContext.getConversationReference(context.activity);
  setImmediate(() => {
    needs.adapter
      .inConversation(reference, async (later) => {
        await sendCard(needs, later, card);
      })
      .catch((error: unknown) => needs.log.error({ err: error }, 'a card was not posted'));
  });
}

/** The tenants that an activity is of: that of the one who sent it, then that of its conversation. */
function tenantsOf({ channelData, conversation }: Activity): string[] {
  const named: unknown[] = [channelData?.tenant?.id, conversation?.tenantId];
  return named.filter((one): one is string => typeof one === 'string' && one !== '');
}

/** Whether each of its tenants may use the bot. */
function isOfUs(needs: BotNeeds, activity: Activity): boolean {
  const tenants = tenantsOf(activity);
  return tenants.length > 0 && tenants.every((tenant) => needs.organisationsOf(tenant).length > 0);
}

/**
 * Who sent an activity. Only what Teams itself says counts: the AAD object id and the tenant.
 * @returns words for the person where they cannot be served. Teams has proved that it sent them, so that somebody of a
 * tenant that may not use the bot is still told whom to ring in danger; of them nothing is kept.
 */
async function speakerOf(needs: BotNeeds, activity: Activity): Promise<Speaker | string> {
  const [tenant] = tenantsOf(activity);
  const person = activity.from?.aadObjectId;
  if (tenant === undefined || !person) {
    return notices(sayToAnybody(needs)('speaker.unknown'), inDanger(needs));
  }
  const organisations = needs.organisationsOf(tenant).flatMap((id) => needs.guidance().get(id) ?? []);
  if (organisations.length === 0 || !isOfUs(needs, activity)) {
    return notices(sayToAnybody(needs)('speaker.not-set-up'), inDanger(needs));
  }
  const row = await keepPerson(needs, activity, tenant, person);
  const organisation =
    organisations.length === 1 ? organisations[0] : organisations.find(({ id }) => id === row.organisation);
  const reader = organisation && {
    organisation,
    name: row.name,
    canChangeOrganisation: organisations.length > 1,
    now: needs.clock.now(),
  };
  return {
    person: row,
    organisations,
    reader,
    say: sayForAll(reader === undefined ? organisations : [reader.organisation]),
  };
}

/** Whoever has not spoken to the bot for long is forgotten: that they have is kept, to the day. */
const CONFIRM_PERSON_MS = 24 * 60 * 60_000;

/** Keeps how to reach somebody, and writes only when that has changed, or once a day. */
async function keepPerson(needs: BotNeeds, activity: Activity, tenant: string, person: string): Promise<PersonRow> {
  const known = await findPerson(needs.store.db, { tenant, person });
  // An extension is used in chats between people, which Teams calls personal too.
  const isPersonal = activity.conversation.conversationType === 'personal' && !isExtension(activity);
  const row: PersonRow = {
    tenant,
    person,
    name: activity.from.name || known?.name || sayToAnybody(needs)('speaker.no-name'),
    organisation: known?.organisation ?? null,
    teams_id: activity.from.id,
    conversation: isPersonal ? activity.conversation.id : (known?.conversation ?? null),
    service_url: activity.serviceUrl,
    bot_id: activity.recipient?.id ?? known?.bot_id ?? '',
    updated_at: needs.clock.now(),
  };
  const isFresh = known !== undefined && row.updated_at - known.updated_at < CONFIRM_PERSON_MS;
  if (isFresh && isSame(known, row)) return known;
  const { organisation: _, ...fields } = row;
  await savePerson(needs.store.db, fields);
  return row;
}

function isSame(one: PersonRow, other: PersonRow): boolean {
  return (
    one.name === other.name &&
    one.teams_id === other.teams_id &&
    one.conversation === other.conversation &&
    one.service_url === other.service_url &&
    one.bot_id === other.bot_id
  );
}

async function answerFault(needs: BotNeeds, context: TurnContext, reference: string): Promise<void> {
  const { activity } = context;
  const ofDialog = isExtension(activity);
  const press = ofDialog ? submittedPress(activity.value) : pressOf(activity);
  const card = faultCard(needs, reference, press);
  try {
    if (ofDialog) await respond(context, 200, faultOfExtension(activity, card));
    else if (activity.type === 'invoke') await respondCard(context, card);
    else if (activity.type === 'message') await sendCard(needs, context, card);
  } catch (error) {
    needs.log.error({ err: error, reference }, 'a fault could not be told');
  }
}

/** Its button holds all that was typed. More than a card can hold is still in the form that was pressed. */
function faultCard(needs: BotNeeds, reference: string, press: Press | undefined): Card {
  try {
    return needs.cards.draw('message', faultView(needs, reference, press));
  } catch (error) {
    if (!(error instanceof CardTooLargeError) || press === undefined) throw error;
    return faultCard(needs, reference, undefined);
  }
}

function pressOf({ type, value }: Activity): Press | undefined {
  return type === 'invoke' ? parsePress(value) : undefined;
}

/** For those whose Trust is not known: the national number, which every organisation has unless it set its own. */
function inDanger(needs: BotNeeds): string {
  const [organisation] = needs.guidance().values();
  if (organisation === undefined) return '';
  return sayToAnybody(needs)('danger.if-ring-now', { emergency: emergencyNumber(organisation) });
}

/** For those whose Trust is not known. */
function sayToAnybody(needs: BotNeeds): Say {
  return sayForAll([...needs.guidance().values()]);
}

function faultView(needs: BotNeeds, reference: string, press: Press | undefined) {
  const say = sayToAnybody(needs);
  return message(
    say,
    say('fault.headline'),
    [
      notices(say('fault.our-end'), inDanger(needs)),
      say(press === undefined ? 'fault.try-again' : 'fault.typed-is-kept'),
    ],
    { reference: say('fault.reference', { reference }), retry: press },
  );
}

async function sendWords(needs: BotNeeds, context: TurnContext, words: string): Promise<void> {
  await sendCard(needs, context, needs.cards.draw('message', message(sayToAnybody(needs), 'Signpost', [words])));
}

/**
 * An answer goes before what the worker sends, and counts towards what Teams allows. Where that leaves no room, it
 * comes a little later: nobody is left without an answer because much is sent.
 */
async function sendCard({ pace, clock }: BotNeeds, context: TurnContext, card: Card): Promise<void> {
  const { conversation, channelData } = context.activity;
  const tenant = channelData?.tenant?.id ?? conversation.tenantId ?? '';
  const lane = laneOf(conversation.id);
  for (
    let waited = 0;
    waited < LONGEST_WAIT_MS && pace.next(lane, tenant, clock.now()) > clock.now();
    waited += LOOK_MS
  ) {
    await wait(LOOK_MS);
  }
  for (const pause of [...PAUSES_MS, undefined]) {
    const arrived = pace.begin(lane, tenant);
    try {
      await context.sendActivity(messageWith(card));
      return;
    } catch (error) {
      if (pause === undefined || !isTooMany(error)) throw error;
      await wait(pause);
    } finally {
      arrived(clock.now());
    }
  }
}

/** How long an answer waits for room, looking so often, before it is sent all the same. */
const LONGEST_WAIT_MS = 3_000;
const LOOK_MS = 25;
/** Longer than the limits of one and of two seconds; together shorter than Teams waits for a turn. */
const PAUSES_MS = [1_100, 2_200, 4_400] as const;

function isTooMany(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'statusCode' in error && error.statusCode === 429;
}

/** A channel with all its threads is one conversation to Teams' limits. */
function laneOf(conversation: string): string {
  return conversation.split(';')[0] ?? conversation;
}

async function respondCard(context: TurnContext, card: Card): Promise<void> {
  await respond(context, 200, {
    statusCode: 200,
    type: 'application/vnd.microsoft.card.adaptive',
    value: card,
  });
}

async function respondWords(context: TurnContext, words: string): Promise<void> {
  await respond(context, 200, { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: words });
}

async function respond(context: TurnContext, status: number, body: unknown): Promise<void> {
  await context.sendActivity({ type: 'invokeResponse', value: { status, body } });
}
