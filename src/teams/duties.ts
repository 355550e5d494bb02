import { COLLEAGUES_MS, dutyPlaces } from '../escalation/duties.ts';
import { nextTimeOfDay } from '../escalation/hours.ts';
import { allOnDuty, askedHandovers, colleaguesOf, dutiesOf, findHandover } from '../store/duty.ts';
import { isTeamConcernWaiting } from '../store/referrals.ts';
import { teamsOf } from '../store/teams.ts';
import type { Say } from '../words/say.ts';
import { NO_DUTY, newKey } from './answers.ts';
import type { Card, CardData } from './cards.ts';
import type { Answer, BotNeeds, Speaker } from './needs.ts';
import { RosterUnknownError } from './roster.ts';
import type { Reader } from './views/common.ts';
import { type BoardPlace, dutyBoard, dutyForm } from './views/duty.ts';
import { answeredNotice, placeName } from './views/notices.ts';

type More = { readonly problems?: readonly string[]; readonly notice?: string };

/** The card to go on and off duty with, and to hand over. */
export async function dutyCard(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  draft: { department: string; until: string },
  { problems = [], notice = '' }: More = {},
): Promise<Card> {
  const { db } = needs.store;
  const { id } = reader.organisation;
  const duties = await dutiesOf(db, speaker.person, reader.now);
  const colleagues = duties.length === 0 ? [] : await colleaguesOf(db, id, speaker.person, reader.now - COLLEAGUES_MS);
  const asked = await askedHandovers(db, speaker.person);
  const view = dutyForm(reader, { duties, colleagues, asked, key: newKey(), draft, problems, notice });
  return needs.cards.draw('duty', view);
}

export async function goOnDuty(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  data: { department: string; until: string },
): Promise<Answer> {
  const { settings } = reader.organisation;
  const { say } = speaker;
  const place = dutyPlaces(reader.organisation).find(({ id }) => id === data.department);
  const until = momentOf(reader, data.until);
  if (place === undefined || until === undefined) {
    const problems = [
      ...(place === undefined ? [say('form.choose-from-list', { department: settings['department-word'] })] : []),
      ...(until === undefined ? [say('duty.say-until-when')] : []),
    ];
    const draft = { department: data.department.slice(0, 100), until: data.until.slice(0, 10) };
    return { card: await dutyCard(needs, speaker, reader, draft, { problems }) };
  }
  const refusal = await whyNotOnDuty(needs, speaker, reader);
  if (refusal !== undefined) {
    const draft = { department: place.id, until: data.until };
    return { card: await dutyCard(needs, speaker, reader, draft, { problems: [refusal] }) };
  }
  const isInTeam = await mayBeInTeam(needs, speaker, reader);
  await needs.duties.start(reader.organisation, place.id, speaker.person, until, isInTeam);
  const notice = say('duty.you-are-on', { place: place.name });
  return { card: await dutyCard(needs, speaker, reader, NO_DUTY, { notice }) };
}

/**
 * Why somebody cannot go on duty; undefined if they can. Whoever is on duty is sent what staff raise, so a Trust may
 * keep that to the members of a team: Teams itself says who they are.
 */
async function whyNotOnDuty(
  { store, roster, dutyTeams }: BotNeeds,
  { person, say }: Speaker,
  { organisation }: Reader,
): Promise<string | undefined> {
  const groups = dutyTeams(organisation.id);
  if (groups === undefined) return undefined;
  try {
    const isMember = await roster.has(await teamsOf(store.db, groups), person);
    return isMember ? undefined : say('duty.not-in-team', { trust: organisation.settings['short-name'] });
  } catch (error) {
    if (!(error instanceof RosterUnknownError)) throw error;
    return say('duty.team-unknown');
  }
}

/**
 * Whether somebody is in the safeguarding team, or may be while Teams does not say. Teams is asked only where something
 * waits that may be about one of them.
 */
async function mayBeInTeam(
  { store, roster, teams }: BotNeeds,
  { person }: Speaker,
  { organisation: { id } }: Reader,
): Promise<boolean> {
  if (!(await isTeamConcernWaiting(store.db, id))) return false;
  return roster.has(await teamsOf(store.db, teams(id)), person).catch((error: unknown) => {
    if (!(error instanceof RosterUnknownError)) throw error;
    return true;
  });
}

function momentOf(reader: Reader, time: string): number | undefined {
  if (!/^([01]\d|2[0-3]):[0-5]\d/.test(time)) return undefined;
  return nextTimeOfDay(reader.organisation.settings.timezone, reader.now, time.slice(0, 5));
}

export async function comeOffDuty(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  { organisation = reader.organisation.id, department }: { organisation?: string; department?: string },
): Promise<Card> {
  const { say } = speaker;
  const before = await dutiesOf(needs.store.db, speaker.person, reader.now);
  await needs.duties.end(speaker.person, department === undefined ? undefined : { organisation, department });
  const off =
    department === undefined
      ? say('duty.you-are-off')
      : say('duty.you-are-off-for', { place: placeName(reader.organisation, department) });
  const notice = before.length > 0 ? off : say('duty.were-not-on');
  return dutyCard(needs, speaker, reader, NO_DUTY, { notice });
}

type PlaceAsked = { readonly organisation?: string; readonly department: string; readonly colleague: string };

/** Asks a colleague to take over a place. */
export async function askToTakeOver(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  { organisation = reader.organisation.id, department, colleague }: PlaceAsked,
): Promise<Answer> {
  const to = { tenant: speaker.person.tenant, person: colleague };
  const place = { organisation, department };
  const asked = colleague !== '' && (await needs.duties.askToTakeOver(place, speaker.person, to));
  const notice = speaker.say(asked ? 'duty.they-are-asked' : 'duty.choose-colleague');
  return { card: await dutyCard(needs, speaker, reader, NO_DUTY, { notice }) };
}

/**
 * What a colleague says who was asked to take over. The place is the organisation's of the one who asked, whichever
 * Trust they have chosen themselves: its rules say whether they can.
 */
export async function answerTakeOver(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  { handover, until }: { handover: string; until?: string },
): Promise<Answer> {
  const { say } = speaker;
  const asked = await findHandover(needs.store.db, handover);
  const organisation = speaker.organisations.find(({ id }) => id === asked?.organisation);
  if (organisation === undefined) return { card: needs.cards.draw('notice', notYours(say)) };
  const there = { ...reader, organisation };
  const moment = until === undefined ? undefined : momentOf(there, until);
  if (until !== undefined && moment === undefined) return { words: say('duty.say-until-when') };
  const refusal = moment === undefined ? undefined : await whyNotOnDuty(needs, speaker, there);
  if (refusal !== undefined) return { words: refusal };
  const answer =
    moment === undefined
      ? ({ accepts: false } as const)
      : ({ accepts: true, until: moment, isInTeam: await mayBeInTeam(needs, speaker, there) } as const);
  const { result, handover: row } = await needs.duties.answer(handover, speaker.person, answer);
  const place = row === undefined ? '' : placeName(organisation, row.department);
  const from = row?.from_name ?? '';
  const view = {
    accepted: answeredNotice(say, say('take-over.accepted', { place }), [say('take-over.accepted-means', { from })]),
    declined: answeredNotice(say, say('take-over.declined'), [say('take-over.declined-means', { from, place })]),
    'too-late': answeredNotice(say, say('take-over.too-late'), [say('take-over.too-late-means', { from })]),
    'not-yours': notYours(say),
  }[result];
  return { card: needs.cards.draw('notice', view) };
}

function notYours(say: Say): CardData {
  return answeredNotice(say, say('take-over.not-yours'), [say('take-over.nothing-changed')]);
}

/** Who is on duty where, gaps first. */
export async function board(needs: BotNeeds, reader: Reader, where: BoardPlace = 'in a chat'): Promise<Card> {
  const rows = await allOnDuty(needs.store.db, reader.organisation.id, reader.now);
  return needs.cards.draw('duty-board', dutyBoard(reader, rows, where));
}
