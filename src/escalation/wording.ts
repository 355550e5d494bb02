import type { Contact, Organisation } from '../guidance/types.ts';
import { isKeptReporter, type ReferralRecord } from '../store/referrals.ts';
import { type AuditRow, type CardRow, DESK_ROLES, KEPT_NAME, type ReferralRow } from '../store/schema.ts';
import { type Say, sayFor } from '../words/say.ts';
import { sayTime } from './hours.ts';
import { type Action, STATUS_NAMES } from './life.ts';
import type { Acted } from './referrals.ts';
import { routeOf, type StepTaken } from './routes.ts';

/** What is said of a referral, in the same words on every card and on every page. */

/** What the reporter is told of whom to ring, while nobody has acknowledged. */
export function sayRing(record: ReferralRecord): Ring {
  const mustRing = isRung(record) || record.referral.unanswered_at !== null;
  return {
    mustRing,
    headline: mustRing ? ringHeadline(record) : 'If it cannot wait, ring',
    contacts: ringContacts(record),
  };
}

export type Ring = {
  /** Whether a step of the route says so, and not only the wish to hurry. */
  readonly mustRing: boolean;
  readonly headline: string;
  readonly contacts: readonly Contact[];
};

function ringHeadline(record: ReferralRecord): string {
  const { all, people, doubtful } = whoHasIt(record);
  if (all.length === 0) {
    return doubtful.length > 0
      ? 'We do not know if anybody here has this. Ring now.'
      : 'Nobody here has this. Ring now.';
  }
  if (record.referral.unanswered_at !== null) return 'We could not get an answer for you. Ring now.';
  if (people.length > 0) return 'Nobody has answered yet. Ring now.';
  return isPerson(doubtful)
    ? 'We do not know if anybody on duty has this. Ring now.'
    : 'Nobody who is on duty has this yet. Ring now.';
}

type WhoHasIt = {
  /** The cards of this round. */
  readonly tried: readonly CardRow[];
  /** Those that have reached somebody or still may. */
  readonly all: readonly CardRow[];
  /** Of these, the ones in somebody's own chat. */
  readonly people: readonly CardRow[];
  /** Those that were given up, and may have arrived all the same. */
  readonly doubtful: readonly CardRow[];
};

function whoHasIt({ referral, cards }: ReferralRecord): WhoHasIt {
  const tried = cards.filter(
    (card) => TOLD_ROLES.includes(card.role) && card.round === referral.round && !isReportersOwn(referral, card),
  );
  // A person who got a card has read it, whatever became of it later. In a channel that is gone nobody reads.
  const all = tried.filter(
    ({ state, delivered_at, channel }) => !LOST.includes(state) || (delivered_at !== null && channel === null),
  );
  const doubtful = tried.filter((card) => card.possible_duplicate === 1 && !all.includes(card));
  return { tried, all, people: all.filter(({ person }) => person !== null), doubtful };
}

/** A card that came to the reporter as to anybody on duty, because the name is kept. It tells nobody else. */
function isReportersOwn(referral: ReferralRow, { tenant, person }: CardRow): boolean {
  return person !== null && isKeptReporter(referral, { tenant, person });
}

/** Whether the reporter must ring, for all that is known of those on duty. */
function isRung(record: ReferralRecord): boolean {
  return rung(record).length > 0 || (isOnDutyThemselves(record) && whoHasIt(record).people.length === 0);
}

function isOnDutyThemselves({ referral, cards }: ReferralRecord): boolean {
  return cards.some((card) => ['on-duty', 'role'].includes(card.role) && isReportersOwn(referral, card));
}

function isPerson(cards: readonly CardRow[]): boolean {
  return cards.some(({ person }) => person !== null);
}

/** Those whom the reporter is told of: they can act, or they read an email. */
const TOLD_ROLES: readonly CardRow['role'][] = [...DESK_ROLES, 'email'];
const LOST: readonly CardRow['state'][] = ['failed', 'parked'];

/** That nobody has it, and whose it was until it went back to its route. */
function unconfirmed({ audit }: ReferralRecord): string[] {
  const row = audit.findLast(({ kind }) => kind === 'returned');
  if (row === undefined) return ['No one has confirmed reading this yet.'];
  const { owner }: EventDetails = JSON.parse(row.details);
  return [
    `${owner} had this, but nothing was done. It has been sent out again.`,
    'Since then no one has confirmed reading it.',
  ];
}

/** The last question to the reporter, while it has no answer. */
export function openQuestion({ referral, audit, words }: ReferralRecord): { asker: string; words: string } | undefined {
  const row = audit.find(({ sequence }) => sequence === referral.open_question);
  if (row === undefined) return undefined;
  return { asker: row.actor_name ?? '', words: words.find(({ id }) => id === row.words)?.text ?? '' };
}

/** One line for the one who raised it: whether a human has it. */
export function reporterHeadline(record: ReferralRecord): string {
  const { referral } = record;
  switch (referral.status) {
    case 'raised': {
      const { tried, all, people, doubtful } = whoHasIt(record);
      if (all.length === 0) {
        if (tried.length === 0) return 'Recorded, but nobody has been told';
        if (doubtful.length > 0) return 'Recorded, but we could not confirm that it arrived';
        return tried.some((card) => card.delivered_at !== null)
          ? 'Recorded, but the channel that had it is gone'
          : 'Recorded, but it could not be delivered';
      }
      if (referral.unanswered_at !== null) return 'Recorded, but nobody has answered';
      if (isRung(record)) {
        if (people.length > 0) return 'Recorded, but nobody has answered yet';
        return isPerson(doubtful)
          ? 'Recorded, but we do not know if anybody on duty has it'
          : 'Recorded, but nobody on duty has it';
      }
      return all.some((card) => card.delivered_at !== null) ? 'Sent. Not confirmed yet' : 'Recorded. Being sent now';
    }
    case 'acknowledged':
      return `${referral.owner_name} has this`;
    case 'in-progress':
      return `${referral.owner_name} is working on this`;
    case 'reopened':
      return `${referral.owner_name} has opened this again`;
    case 'closed':
      return 'Closed';
  }
}

/** Who has it, and since when. */
function ownerTruth({ referral, audit }: ReferralRecord, time: (at: number) => string): string {
  const last = audit.filter((row) => ['acknowledge', 'take-on', 'reopen', 'close'].includes(row.kind)).at(-1);
  const when = last === undefined ? '' : ` at ${time(last.at)}`;
  switch (last?.kind) {
    case 'take-on':
      return `${last.actor_name} took this on${when} and is responsible for it now.`;
    case 'reopen':
      return `${last.actor_name} opened this again${when} and is responsible for it now.`;
    case 'close':
      return `${last.actor_name} closed this${when}.`;
    default:
      return `${referral.owner_name} acknowledged this${when} and is responsible for it now.`;
  }
}

/** What the reporter is told, in sentences: recorded, sent to whom, who has it. */
export function reporterTruths(organisation: Organisation, record: ReferralRecord, now: number): string[] {
  const { referral } = record;
  const time = (at: number): string => sayTime(sayFor(organisation), organisation.settings.timezone, at, now);
  return [
    `Recorded at ${time(referral.raised_at)}.`,
    ...nameTruths(record, time),
    ...deliveryTruths(organisation, record, time),
    ...(referral.status === 'raised' ? unconfirmed(record) : [ownerTruth(record, time)]),
    ...(referral.withdraw_asked_at === null
      ? []
      : [
          `You asked to withdraw this at ${time(referral.withdraw_asked_at)}. The team decides. Nothing has stopped meanwhile.`,
        ]),
  ];
}

/** What became of the reporter's name, where it is kept. */
function nameTruths(record: ReferralRecord, time: (at: number) => string): string[] {
  if (record.referral.name_kept === 0) return [];
  const opened = record.audit.filter(({ kind }) => kind === 'name-agreed').map((row) => sayOpened(record, row, time));
  return [
    opened.length === 0
      ? 'Your name is not shown to those who get this. Questions and answers go through Signpost.'
      : 'Your name is not shown to anybody else who gets this.',
    ...opened,
    ...(isOnDutyThemselves(record)
      ? ['You are on duty there yourself, so it came to you too. Nobody can tell from that who raised it.']
      : []),
  ];
}

function sayOpened({ audit }: ReferralRecord, row: AuditRow, time: (at: number) => string): string {
  const { request }: EventDetails = JSON.parse(row.details);
  const asker = audit.find(({ sequence }) => sequence === request)?.actor_name;
  return `Your name was opened to two safeguarding leads at ${time(row.at)}: ${asker} asked, and ${row.actor_name} agreed. The reason that was given is below.`;
}

/** What is known of each card that somebody else was to get. */
function deliveryTruths(organisation: Organisation, record: ReferralRecord, time: (at: number) => string): string[] {
  const lines = record.cards
    .filter((card) => TOLD_ROLES.includes(card.role) && !isReportersOwn(record.referral, card))
    .map((card) => {
      const place = sayPlace(card.role, card.place_name, card.place_role);
      if (card.delivered_at !== null) {
        const isGone = card.channel !== null && LOST.includes(card.state);
        return `Sent to ${place} at ${time(card.posted_at ?? card.delivered_at)}.${isGone ? ' That channel cannot be reached any more.' : ''}`;
      }
      const isGivenUp = LOST.includes(card.state);
      if (card.possible_duplicate === 1) {
        return `We could not confirm that it arrived with ${place}.${isGivenUp ? '' : ' It is being sent again.'}`;
      }
      return isGivenUp ? `It could not be delivered to ${place}.` : `Being sent to ${place}.`;
    });
  return [...lines, ...missing(organisation, record)];
}

/** A place as the reporter reads it: "Grace Okafor, senior nurse on duty", "the channel “Safeguarding referrals”". */
export function sayPlace(role: string, name: string, as: string): string {
  if (role === 'channel') return `the channel “${name}”`;
  if (role === 'email') return `${name}, by email`;
  return as === '' ? name : `${name}, ${as}`;
}

/** Whom this round of the route should have reached, and did not. */
export function missing(organisation: Organisation, record: ReferralRecord): string[] {
  const role = organisation.settings['on-duty-role'];
  const taken = stepsTaken(record).filter((step) => step.round === record.referral.round);
  const found = new Set(taken.flatMap((step) => step.missing));
  const department = record.referral.department_name;
  // It may have been found since.
  const hasChannel = record.cards.some(({ role, state }) => role === 'channel' && state !== 'failed');
  return [
    ...(found.has('nobody-on-duty') ? [`No ${role} is signed on for ${department}.`] : []),
    ...(found.has('on-duty-is-the-concern')
      ? [`It was not sent to the ${role} for ${department}, because it may be about someone in charge.`]
      : []),
    ...(found.has('nobody-in-role') ? ['Nobody is signed on in a role that should get it.'] : []),
    ...(found.has('channel-is-the-concern')
      ? ['It was not sent to a channel, because it may be about someone who reads it.']
      : []),
    ...(found.has('no-email') ? ['An email that should have gone could not be sent.'] : []),
    ...(found.has('no-channel') && !hasChannel ? ['The channel that should get it was not found.'] : []),
  ];
}

export function stepsTaken({ audit }: ReferralRecord): StepTaken[] {
  return audit.filter((row) => row.kind === 'step').map((row) => JSON.parse(row.details));
}

/** Whom the steps that were taken tell the reporter to ring. */
function rung(record: ReferralRecord): string[] {
  return stepsTaken(record).flatMap((step) => (step.round === record.referral.round ? step.ring : []));
}

function ringContacts(record: ReferralRecord): Contact[] {
  const route = routeOf(record.referral);
  const ids = new Set([...rung(record), ...route['if-it-cannot-wait']]);
  return [...ids].flatMap((id) => route.contacts[id] ?? []);
}

const TOLD: Readonly<Record<string, string>> = {
  nobody: 'Nobody yet',
  police: 'Police',
  'social-care': 'Social care',
  senior: 'Someone senior where I work',
  other: 'Someone else',
};

/** Whether somebody who can have been told already is of this name. */
export function canBeTold(name: string): boolean {
  return Object.hasOwn(TOLD, name);
}

export function sayTold(told: readonly string[]): string {
  return told.map((value) => TOLD[value] ?? value).join(', ');
}

/** Whether it is safe to ring somebody back. */
export const SAFE: Readonly<Record<ReferralRow['safe_to_ring'], string>> = {
  yes: 'Yes, and to leave a message',
  'no-message': 'Yes, but do not leave a message',
  no: 'No, do not ring',
  'not-given': 'Not said',
};

/** What those who get a referral must know before they speak of it to anybody. */
export const TAKE_CARE: Readonly<Record<Exclude<ReferralRow['about_senior'], 'no'>, string>> = {
  yes: 'This may be about someone in charge there. Do not tell them of it.',
  channel: 'This may be about someone in the safeguarding team. Do not tell that team of it.',
  unsure: 'The person who raised this is not sure, or would rather not say, if it is about someone who would be told.',
};

/** What was typed with the last event of a kind. */
export function lastWords({ audit, words }: ReferralRecord, kind: string): string | undefined {
  const row = audit.findLast((one) => one.kind === kind);
  return words.find(({ id }) => id === row?.words)?.text;
}

/** One line for those who deal with it: who has it. */
export function deskHeadline(record: ReferralRecord, time: (at: number) => string): string {
  if (record.referral.status !== 'raised') return ownerTruth(record, time);
  return record.referral.unanswered_at === null
    ? 'Nobody has acknowledged this yet'
    : 'Nobody has acknowledged this in time';
}

/** Something that happened, as one of a referral's readers sees it. */
export type Happening = {
  readonly row: AuditRow;
  readonly what: string;
  /** What was typed, where this reader may read it and it is still there. */
  readonly words: string | undefined;
};

/** What happened, oldest first. Only the desk reads notes; the reporter reads the outcome too. */
export function happenings({ audit, words }: ReferralRecord, reader: 'reporter' | 'desk'): Happening[] {
  return audit.flatMap((row) => {
    const what = sayEvent(row, reader);
    if (what === undefined || (reader === 'reporter' && FOR_THE_DESK.includes(row.kind))) return [];
    // The story itself is shown apart.
    const mayRead = row.kind !== 'raised' && (reader === 'desk' || BOTH_READ.includes(row.kind));
    return [{ row, what, words: mayRead ? words.find(({ id }) => id === row.words)?.text : undefined }];
  });
}

/** What passes between the reporter and the desk. */
const BOTH_READ = ['close', 'ask', 'answer', 'add', 'ask-to-withdraw', 'keep-open', 'name-asked'];
const FOR_THE_DESK = [
  'unanswered',
  'reporter-not-reached',
  'reporter-unconfirmed',
  'note',
  'reminded',
  'found-stalled',
  'step-failed',
  'not-updated',
];

export type EventDetails = {
  /** The audit's number of what this answers. */
  readonly request?: number;
  readonly place?: string;
  readonly role?: string;
  readonly as?: string;
  readonly to?: string;
  readonly owner?: string;
  readonly minutes?: number;
  readonly because?: string;
};

/** What a row of the audit tells a reader; undefined where it tells nobody anything. */
export function sayEvent(row: AuditRow, reader: 'reporter' | 'desk' = 'desk'): string | undefined {
  const details: EventDetails = JSON.parse(row.details);
  const place = sayPlace(details.role ?? '', details.place ?? '', details.as ?? '');
  const who = row.actor_name === KEPT_NAME ? KEPT_REPORTER[reader] : row.actor_name;
  const name = reader === 'reporter' ? 'your name' : 'the name of the person who raised this';
  switch (row.kind) {
    case 'raised':
      return row.actor_name === KEPT_NAME && reader === 'desk'
        ? 'This was raised by somebody who keeps their name'
        : `${who} raised this`;
    case 'delivered':
      return `Sent to ${place}`;
    case 'uncertain':
      return `Could not confirm that it arrived with ${place}`;
    case 'unconfirmed':
      return `Could not confirm that it arrived with ${place}, and it is not sent again`;
    case 'not-delivered':
      return `Could not be delivered to ${place}`;
    case 'not-updated':
      return `The card of ${place} cannot be brought up to date any more`;
    case 'reporter-not-reached':
      return 'The person who raised this cannot be reached here';
    case 'reporter-unconfirmed':
      return 'It is not certain that the last message reached the person who raised this';
    case 'channel-gone':
      return `${capital(place)} is not there any more`;
    case 'channel-is-back':
      return `The channel “${details.place}” is there again`;
    case 'came-on-duty':
      return `${details.place} came on duty and was sent this`;
    case 'not-acknowledged':
      return 'Nobody acknowledged this in time';
    case 'not-delivered-to-anybody':
      return 'That did not reach the people it should, so the next step was taken at once';
    case 'unconfirmed-by-anybody':
      return 'It is not certain that this reached the people it should, so the next step was taken at once';
    case 'unanswered':
      return 'Nobody has acknowledged this, and there is nobody left to tell';
    case 'step-failed':
      return 'Nobody has acknowledged this, and the next step could not be taken. It is tried again';
    case 'reminded':
      return `${details.owner} was reminded: nothing had been done`;
    case 'returned':
      return `Nothing was done, so this was taken from ${details.owner} and sent out again`;
    case 'found-stalled':
      return 'This had stopped moving, and was set going again';
    case 'acknowledge':
      return `${who} acknowledged this`;
    case 'take-on':
      return `${who} took this on`;
    case 'hand-over':
      return `${who} asked ${details.to} to take this on`;
    case 'ask':
      return `${who} asked the person who raised this`;
    case 'answer':
      return `${who} answered`;
    case 'add':
      return `${who} added something`;
    case 'ask-to-withdraw':
      return `${who} asked to withdraw this`;
    case 'keep-open':
      return `${who} decided to go on with this`;
    case 'note':
      return `${who} added a note`;
    case 'refer-on':
      return `${who} referred this on to: ${details.to}`;
    case 'close':
      return `${who} closed this`;
    case 'reopen':
      return `${who} opened this again`;
    case 'forgotten':
      return details.because === 'request'
        ? 'The words and names in this were deleted, because somebody asked for it'
        : 'The words and names in this were deleted by rule';
    case 'name-asked':
      return `${who}, a safeguarding lead, asked to open ${name}`;
    case 'name-agreed':
      return `${who}, a safeguarding lead, agreed, and ${name} was opened to both`;
    case 'name-refused':
      return `${who}, a safeguarding lead, did not agree. ${capital(name)} stays kept`;
    case 'name-read':
      return `${who} looked at ${name}`;
    default:
      return undefined;
  }
}

/** What somebody is called whose name is kept. */
const KEPT_REPORTER = { reporter: 'You', desk: 'The person who raised this' } as const;

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Why what somebody wanted was not done; empty where it was. */
export function sayNotDone(say: Say, acted: Acted, action: Action, now: number): string {
  switch (acted.result) {
    case 'done':
    case 'repeated':
      return '';
    case 'not-found':
    case 'not-allowed':
      return 'You cannot do this: this referral was not sent to you. Nothing was changed.';
    case 'own':
      return 'You raised this yourself, so you cannot deal with it. It came to you so that nobody could tell. Use the card that says what became of it.';
    case 'needs-text':
      return 'Please write a few words first. Nothing was saved.';
    case 'nobody':
      return 'Choose a colleague from the list. Nothing was changed.';
    case 'too-late':
      return sayTooLate(say, acted.record, action, now);
    case 'not-owner': {
      const what = action === 'close' ? 'close it' : 'hand it over';
      return `${acted.record.referral.owner_name} has this, and only they can ${what}. To do it yourself, take it on first.`;
    }
  }
}

function sayTooLate(say: Say, { referral, audit }: ReferralRecord, action: Action, now: number): string {
  const { timezone } = routeOf(referral);
  if (referral.forgotten_at !== null)
    return 'The words and names in this were deleted. Nothing more can be done with it.';
  if (action === 'acknowledge') {
    const first = audit.find((row) => row.kind === 'acknowledge' || row.kind === 'take-on');
    if (first !== undefined) return `${first.actor_name} got there first, at ${sayTime(say, timezone, first.at, now)}.`;
  }
  return `This has changed since you saw it. It is now: ${STATUS_NAMES[referral.status].toLowerCase()}. Nothing was done.`;
}
