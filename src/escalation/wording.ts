import type { Contact, Organisation } from '../guidance/types.ts';
import { isKeptReporter, type ReferralRecord, type Words } from '../store/referrals.ts';
import { type AuditRow, type CardRow, DESK_ROLES, KEPT_NAME, type ReferralRow } from '../store/schema.ts';
import { type Say, sayFor } from '../words/say.ts';
import { sayTime } from './hours.ts';
import type { Action } from './life.ts';
import type { Acted } from './referrals.ts';
import { routeOf, type StepTaken } from './routes.ts';

/** What is said of a referral, in the same words on every card and on every page. */

/** What the reporter is told of whom to ring, while nobody has acknowledged. */
export function sayRing(say: Say, record: ReferralRecord): Ring {
  const mustRing = isRung(record) || record.referral.unanswered_at !== null;
  return {
    mustRing,
    headline: mustRing ? ringHeadline(say, record) : say('ring.if-it-cannot-wait'),
    contacts: ringContacts(record),
  };
}

export type Ring = {
  /** Whether a step of the route says so, and not only the wish to hurry. */
  readonly mustRing: boolean;
  readonly headline: string;
  readonly contacts: readonly Contact[];
};

function ringHeadline(say: Say, record: ReferralRecord): string {
  const { all, people, doubtful } = whoHasIt(record);
  if (all.length === 0) {
    return say(doubtful.length > 0 ? 'ring.nobody-known' : 'ring.nobody');
  }
  if (record.referral.unanswered_at !== null) return say('ring.no-answer');
  if (people.length > 0) return say('ring.not-yet');
  return say(isPerson(doubtful) ? 'ring.nobody-on-duty-known' : 'ring.nobody-on-duty');
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
function unconfirmed(say: Say, { audit }: ReferralRecord): string[] {
  const row = audit.findLast(({ kind }) => kind === 'returned');
  if (row === undefined) return [say('truth.unconfirmed')];
  const { owner = say('words.somebody') }: EventDetails = JSON.parse(row.details);
  return [say('truth.sent-out-again', { owner }), say('truth.unconfirmed-since')];
}

/** The last question to the reporter, while it has no answer. */
export function openQuestion(say: Say, record: ReferralRecord): { asker: string; words: string } | undefined {
  const row = record.audit.find(({ sequence }) => sequence === record.referral.open_question);
  return row === undefined ? undefined : { asker: whoDid(say, row), words: wordsWith(say, record, row) ?? '' };
}

/** Who did something, while their name is kept. */
export function whoDid(say: Say, { actor_name: name }: Pick<AuditRow, 'actor_name'>): string {
  return name ?? say('words.somebody');
}

/** What was typed with an event; undefined where nothing was, or it is not kept any more. */
export function wordsWith(say: Say, record: ReferralRecord, row: AuditRow | undefined): string | undefined {
  const words = row?.words == null ? undefined : record.words.find(({ id }) => id === row.words);
  return words === undefined ? undefined : sayTyped(say, record, words);
}

/** What was typed as this; undefined where nothing was, or it is not kept any more. */
export function wordsAs(say: Say, record: ReferralRecord, kind: Words['kind']): string | undefined {
  const words = record.words.find((one) => one.kind === kind);
  return words === undefined ? undefined : sayTyped(say, record, words);
}

/** What was typed. Where it cannot be read, that it cannot, and what to do: never as if there were nothing. */
function sayTyped(say: Say, { audit }: ReferralRecord, words: Words): string {
  if ('text' in words) return words.text;
  const writer = audit.find((row) => row.words === words.id)?.actor_name ?? KEPT_NAME;
  const isNamed = writer !== KEPT_NAME;
  switch (words.kind) {
    case 'description':
      return say('words.unreadable-story', { name: isNamed ? writer : say('words.the-reporter') });
    case 'call-back':
      return say('words.unreadable-number');
    default:
      return say('words.unreadable', { name: isNamed ? writer : say('words.the-writer') });
  }
}

/** One line for the one who raised it: whether a human has it. */
export function reporterHeadline(say: Say, record: ReferralRecord): string {
  const { referral } = record;
  switch (referral.status) {
    case 'raised': {
      const { tried, all, people, doubtful } = whoHasIt(record);
      if (all.length === 0) {
        if (tried.length === 0) return say('headline.nobody-told');
        if (doubtful.length > 0) return say('headline.unconfirmed');
        const hadIt = tried.some((card) => card.delivered_at !== null);
        return say(hadIt ? 'headline.channel-gone' : 'headline.not-delivered');
      }
      if (referral.unanswered_at !== null) return say('headline.nobody-answered');
      if (isRung(record)) {
        if (people.length > 0) return say('headline.nobody-answered-yet');
        return say(isPerson(doubtful) ? 'headline.on-duty-unknown' : 'headline.nobody-on-duty');
      }
      return say(all.some((card) => card.delivered_at !== null) ? 'headline.sent' : 'headline.being-sent');
    }
    case 'acknowledged':
    case 'in-progress':
    case 'reopened':
      return say(`headline.${referral.status}`, { owner: referral.owner_name ?? '' });
    case 'closed':
      return say('status.closed');
  }
}

/** Who has it, and since when. */
function ownerTruth(say: Say, { referral, audit }: ReferralRecord, sayMoment: (at: number) => string): string {
  const last = audit.findLast(({ kind }) => isTaking(kind));
  if (last === undefined) return say('owner.has', { name: referral.owner_name ?? '' });
  const { kind, actor_name: name, at } = last;
  const who = kind === 'acknowledge' ? referral.owner_name : name;
  const values = { name: who ?? say('words.somebody'), time: sayMoment(at) };
  return isTaking(kind) ? say(`owner.${kind}`, values) : '';
}

type Taking = 'acknowledge' | 'take-on' | 'reopen' | 'close';

/** Whether an event says who has a referral, or had it last. */
function isTaking(kind: string): kind is Taking {
  return ['acknowledge', 'take-on', 'reopen', 'close'].includes(kind);
}

/** What the reporter is told, in sentences: recorded, sent to whom, who has it. */
export function reporterTruths(organisation: Organisation, record: ReferralRecord, now: number): string[] {
  const { referral } = record;
  const say = sayFor(organisation);
  const sayMoment = (at: number): string => sayTime(say, organisation.settings.timezone, at, now);
  return [
    say('truth.recorded', { time: sayMoment(referral.raised_at) }),
    ...nameTruths(say, record, sayMoment),
    ...deliveryTruths(say, organisation, record, sayMoment),
    ...(referral.status === 'raised' ? unconfirmed(say, record) : [ownerTruth(say, record, sayMoment)]),
    ...(referral.withdraw_asked_at === null
      ? []
      : [say('truth.withdraw-asked', { time: sayMoment(referral.withdraw_asked_at) })]),
  ];
}

/** What became of the reporter's name, where it is kept. */
function nameTruths(say: Say, record: ReferralRecord, sayMoment: (at: number) => string): string[] {
  if (record.referral.name_kept === 0) return [];
  const opened = record.audit
    .filter(({ kind }) => kind === 'name-agreed')
    .map((row) => sayOpened(say, record, row, sayMoment));
  return [
    ...opened,
    say(opened.length === 0 ? 'truth.name-kept' : 'truth.name-kept-from-others'),
    ...(isOnDutyThemselves(record) ? [say('truth.on-duty-yourself')] : []),
  ];
}

function sayOpened(say: Say, { audit }: ReferralRecord, row: AuditRow, sayMoment: (at: number) => string): string {
  const { request }: EventDetails = JSON.parse(row.details);
  const asked = audit.find(({ sequence }) => sequence === request);
  const asker = whoDid(say, asked ?? { actor_name: null });
  return say('truth.name-opened', { time: sayMoment(row.at), asker, answerer: whoDid(say, row) });
}

/** What is known of each card that somebody else was to get. */
function deliveryTruths(
  say: Say,
  organisation: Organisation,
  record: ReferralRecord,
  sayMoment: (at: number) => string,
): string[] {
  const lines = record.cards
    .filter((card) => TOLD_ROLES.includes(card.role) && !isReportersOwn(record.referral, card))
    .map((card) => {
      const place = sayPlace(say, card.role, card.place_name, card.place_role);
      const isLost = LOST.includes(card.state);
      if (card.delivered_at !== null) {
        const time = sayMoment(card.posted_at ?? card.delivered_at);
        return say(card.channel !== null && isLost ? 'truth.sent-but-gone' : 'truth.sent', { place, time });
      }
      if (card.possible_duplicate === 1) return say(isLost ? 'truth.uncertain' : 'truth.uncertain-again', { place });
      return say(isLost ? 'truth.not-delivered' : 'truth.being-sent', { place });
    });
  return [...lines, ...missing(say, organisation, record)];
}

/** A place as the reporter reads it: "Grace Okafor, senior nurse on duty", "the channel “Safeguarding referrals”". */
export function sayPlace(say: Say, role: string, name: string, as: string): string {
  if (role === 'channel') return say('place.channel', { name });
  if (role === 'email') return say('place.email', { name });
  return as === '' ? name : say('place.person', { name, as });
}

/** Whom this round of the route should have reached, and did not. */
export function missing(say: Say, organisation: Organisation, record: ReferralRecord): string[] {
  const role = organisation.settings['on-duty-role'];
  const taken = stepsTaken(record).filter((step) => step.round === record.referral.round);
  const found = new Set(taken.flatMap((step) => step.missing));
  const department = record.referral.department_name;
  // It may have been found since.
  const hasChannel = record.cards.some(({ role, state }) => role === 'channel' && state !== 'failed');
  return [
    ...(found.has('nobody-on-duty') ? [say('missing.nobody-on-duty', { role, department })] : []),
    ...(found.has('on-duty-is-the-concern') ? [say('missing.on-duty-is-the-concern', { role, department })] : []),
    ...(found.has('nobody-in-role') ? [say('missing.nobody-in-role')] : []),
    ...(found.has('channel-is-the-concern') ? [say('missing.channel-is-the-concern')] : []),
    ...(found.has('no-email') ? [say('missing.no-email')] : []),
    ...(found.has('no-channel') && !hasChannel ? [say('missing.no-channel')] : []),
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

/** Those who can have been told already. */
const TOLD = ['nobody', 'police', 'social-care', 'senior', 'other'] as const;
type Told = (typeof TOLD)[number];

/** Whether somebody who can have been told already is of this name. */
export function canBeTold(name: string): name is Told {
  return TOLD.some((one) => one === name);
}

export function sayTold(say: Say, told: readonly string[]): string {
  if (told.length === 0) return say('not-said');
  return told.map((name) => (canBeTold(name) ? say(`told.${name}`) : name)).join(', ');
}

/** What was typed with the last event of a kind. */
export function lastWords(say: Say, record: ReferralRecord, kind: string): string | undefined {
  return wordsWith(
    say,
    record,
    record.audit.findLast((one) => one.kind === kind),
  );
}

/** One line for those who deal with it: who has it. */
export function deskHeadline(say: Say, record: ReferralRecord, sayMoment: (at: number) => string): string {
  if (record.referral.status !== 'raised') return ownerTruth(say, record, sayMoment);
  return say(record.referral.unanswered_at === null ? 'headline.not-acknowledged' : 'headline.not-in-time');
}

/** Something that happened, as one of a referral's readers sees it. */
export type Happening = {
  readonly row: AuditRow;
  readonly what: string;
  /** What was typed, where this reader may read it and it is still there. */
  readonly words: string | undefined;
};

/** What happened, oldest first. Only the desk reads notes; the reporter reads the outcome too. */
export function happenings(say: Say, record: ReferralRecord, reader: 'reporter' | 'desk'): Happening[] {
  return record.audit.flatMap((row) => {
    const what = sayEvent(say, row, reader);
    if (what === undefined || (reader === 'reporter' && FOR_THE_DESK.includes(row.kind))) return [];
    // The story itself is shown apart.
    const mayRead =
      row.kind !== 'raised' && (reader === 'desk' ? row.kind !== WHY_A_NAME : BOTH_READ.includes(row.kind));
    return [{ row, what, words: mayRead ? wordsWith(say, record, row) : undefined }];
  });
}

/** Why a name must be opened may hint at whose it is: the leads and the reporter read it, and nobody else at the desk. */
const WHY_A_NAME = 'name-asked';

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
export function sayEvent(say: Say, row: AuditRow, reader: 'reporter' | 'desk' = 'desk'): string | undefined {
  const details: EventDetails = JSON.parse(row.details);
  const somebody = say('words.somebody');
  const { place: name = somebody, owner = somebody, to = say('words.a-colleague') } = details;
  const place = sayPlace(say, details.role ?? '', name, details.as ?? '');
  const isKept = row.actor_name === KEPT_NAME;
  const who = isKept ? say(`kept-name.who-${reader}`) : whoDid(say, row);
  switch (row.kind) {
    case 'raised':
      return isKept && reader === 'desk' ? say('event.raised-name-kept') : say('event.raised', { who });
    case 'delivered':
    case 'uncertain':
    case 'unconfirmed':
    case 'not-delivered':
    case 'not-updated':
      return say(`event.${row.kind}`, { place });
    case 'channel-gone':
      return say('event.channel-gone', { place: capital(place) });
    case 'channel-is-back':
    case 'came-on-duty':
      return say(`event.${row.kind}`, { name });
    case 'reporter-not-reached':
    case 'reporter-unconfirmed':
    case 'not-acknowledged':
    case 'not-delivered-to-anybody':
    case 'unconfirmed-by-anybody':
    case 'unanswered':
    case 'step-failed':
    case 'found-stalled':
      return say(`event.${row.kind}`);
    case 'reminded':
    case 'returned':
      return say(`event.${row.kind}`, { owner });
    case 'acknowledge':
    case 'take-on':
    case 'ask':
    case 'answer':
    case 'add':
    case 'ask-to-withdraw':
    case 'keep-open':
    case 'note':
    case 'close':
    case 'reopen':
      return say(`event.${row.kind}`, { who });
    case 'hand-over':
    case 'refer-on':
      return say(`event.${row.kind}`, { who, to });
    case 'forgotten':
      return say(details.because === 'request' ? 'event.forgotten-on-request' : 'event.forgotten');
    case 'name-asked':
    case 'name-agreed':
    case 'name-refused':
    case 'name-read':
      return say(`event.${row.kind}`, { who, reader });
    default:
      return undefined;
  }
}

export function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

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
      return say('not-done.not-allowed');
    case 'own':
      return say('not-done.own');
    case 'needs-text':
      return say('not-done.needs-text');
    case 'nobody':
      return say('not-done.nobody');
    case 'too-late':
      return sayTooLate(say, acted.record, action, now);
    case 'not-owner': {
      const owner = acted.record.referral.owner_name ?? '';
      return say(action === 'close' ? 'not-done.not-owner-close' : 'not-done.not-owner-hand-over', { owner });
    }
  }
}

function sayTooLate(say: Say, { referral, audit }: ReferralRecord, action: Action, now: number): string {
  const { timezone } = routeOf(referral);
  if (referral.forgotten_at !== null) return say('not-done.forgotten');
  if (action === 'acknowledge') {
    const first = audit.find((row) => row.kind === 'acknowledge' || row.kind === 'take-on');
    if (first !== undefined) {
      const time = sayTime(say, timezone, first.at, now);
      return say('not-done.too-late-first', { name: whoDid(say, first), time });
    }
  }
  return say('not-done.too-late', { status: uncapital(say(`status.${referral.status}`)) });
}
