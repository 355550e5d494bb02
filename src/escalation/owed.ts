import { randomUUID } from 'node:crypto';
import { type CardRow, KEPT_NAME, type PersonRow, type ReferralRow, type TeamRow } from '../store/schema.ts';
import type { NamedChannel } from '../store/teams.ts';

/** Cards that are owed and were never sent. Each says to whom, and where. */

const PRIORITIES: Readonly<Record<ReferralRow['urgency'], number>> = { immediate: 0, urgent: 1, routine: 2 };
/** The reporter reads the truth soon, and those who must act read it first. */
const REPORTER_PRIORITY = 3;
const NOTICE_PRIORITY = 4;

type Place = Pick<CardRow, 'tenant' | 'place_name' | 'service_url' | 'bot_id'> & Partial<CardRow>;

function blank(role: CardRow['role'], lane: string, now: number, place: Place): CardRow {
  return {
    id: randomUUID(),
    referral: null,
    role,
    lane,
    priority: NOTICE_PRIORITY,
    step: null,
    round: 0,
    person: null,
    teams_id: null,
    place_role: '',
    address: null,
    details: '{}',
    team: null,
    channel: null,
    conversation: null,
    activity: null,
    wanted: 1,
    shown: 0,
    state: 'waiting',
    possible_duplicate: 0,
    replaced: 0,
    attempts: 0,
    last_error: null,
    due_at: now,
    created_at: now,
    delivered_at: null,
    posted_at: null,
    ...place,
  };
}

function inChat(person: PersonRow): Place {
  return {
    tenant: person.tenant,
    person: person.person,
    teams_id: person.teams_id,
    place_name: person.name,
    conversation: person.conversation,
    service_url: person.service_url,
    bot_id: person.bot_id,
  };
}

/** The conversation of a person, or their own name where there is none yet. */
function laneOf(person: PersonRow): string {
  return person.conversation ?? `person ${person.tenant} ${person.person}`;
}

function belongsTo(referral: ReferralRow): Pick<CardRow, 'referral' | 'priority' | 'step' | 'round'> {
  return {
    referral: referral.reference,
    priority: PRIORITIES[referral.urgency],
    step: referral.route_step,
    round: referral.round,
  };
}

/** The reporter's own card. `activity` is the message that it takes the place of, if there is one. */
export function reporterCard(
  referral: ReferralRow,
  person: PersonRow,
  now: number,
  message: { conversation: string | null; activity: string | null } | undefined = undefined,
): CardRow {
  const conversation = message?.conversation ?? person.conversation;
  return blank('reporter', conversation ?? laneOf(person), now, {
    ...inChat(person),
    ...belongsTo(referral),
    // Where a card went is read by those who deal with it.
    ...(referral.name_kept === 1 ? { place_name: KEPT_NAME } : {}),
    priority: REPORTER_PRIORITY,
    step: null,
    conversation,
    activity: message?.activity ?? null,
  });
}

/** The card of a person who is to act. @param place_role What they are: "senior nurse on duty". */
export function deskCard(
  referral: ReferralRow,
  role: 'on-duty' | 'role' | 'colleague',
  person: PersonRow,
  place_role: string,
  step: number | null,
  now: number,
): CardRow {
  return blank(role, laneOf(person), now, { ...inChat(person), ...belongsTo(referral), step, place_role });
}

export function channelCard(
  referral: ReferralRow,
  { channel, name, team }: NamedChannel,
  step: number,
  now: number,
): CardRow {
  return blank('channel', channel, now, { ...inTeam(team), ...belongsTo(referral), step, channel, place_name: name });
}

/**
 * A card that goes to where another of the same referral was given up. Whoever reads there may have that one before
 * them, or is not known not to have it: this one says so.
 */
export function inPlaceOf(card: CardRow, earlier: readonly CardRow[]): CardRow {
  const givenUp = earlier.filter(({ lane, state }) => lane === card.lane && (state === 'failed' || state === 'parked'));
  return {
    ...card,
    replaced: givenUp.some(({ delivered_at }) => delivered_at !== null) ? 1 : 0,
    possible_duplicate: givenUp.some(({ possible_duplicate }) => possible_duplicate === 1) ? 1 : 0,
  };
}

function inTeam(team: TeamRow): Place {
  return {
    tenant: team.tenant,
    team: team.team,
    place_name: team.name,
    service_url: team.service_url,
    bot_id: team.bot_id,
  };
}

export function emailCard(
  referral: ReferralRow,
  { role, address }: { role: string; address: string },
  step: number | null,
  now: number,
  details: object = {},
): CardRow {
  return blank('email', 'email', now, {
    ...belongsTo(referral),
    step,
    tenant: referral.reporter_tenant,
    place_name: role,
    address,
    details: JSON.stringify(details),
    service_url: '',
    bot_id: '',
  });
}

/** One line under the card of a channel, or in somebody's chat: an updated card makes no sound. */
export function nudge(referral: ReferralRow, at: CardRow, event: number, now: number): CardRow {
  return blank('nudge', at.lane, now, {
    ...belongsTo(referral),
    step: null,
    tenant: at.tenant,
    person: at.person,
    teams_id: at.teams_id,
    team: at.team,
    channel: at.channel,
    // The thread of the channel's card: a nudge never begins one of its own.
    conversation: at.conversation,
    place_name: at.place_name,
    service_url: at.service_url,
    bot_id: at.bot_id,
    details: JSON.stringify({ event }),
  });
}

/** A message to a person that is about no referral. */
export function noticeTo(person: PersonRow, details: object, now: number): CardRow {
  return blank('notice', laneOf(person), now, { ...inChat(person), details: JSON.stringify(details) });
}

/** A message to a whole team, as a new post of one of its channels. */
export function noticeIn(team: TeamRow, channel: string, name: string, details: object, now: number): CardRow {
  return blank('notice', channel, now, {
    ...inTeam(team),
    channel,
    place_name: name,
    details: JSON.stringify(details),
  });
}
