import { randomUUID } from 'node:crypto';
import { sayTime } from '../../escalation/hours.ts';
import { type Action, actionsFor, STATUS_NAMES } from '../../escalation/life.ts';
import type { Asked } from '../../escalation/referrals.ts';
import { routeOf, type StepTaken } from '../../escalation/routes.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Organisation } from '../../guidance/types.ts';
import type { ReferralRecord } from '../../store/referrals.ts';
import { type AuditRow, type CardRow, DESK_ROLES, type ReferralRow } from '../../store/schema.ts';
import type { CardData } from '../cards.ts';
import { contactView, exitApart } from './common.ts';
import { saySafe, sayTold } from './raise.ts';

const URGENCY: Readonly<Record<ReferralRow['urgency'], string>> = {
  immediate: '🚨 Act now',
  urgent: '🔶 Urgent',
  routine: 'ℹ️ Routine',
};

/** A card as far as it decides what is drawn. */
export type Reading = Pick<CardRow, 'role' | 'possible_duplicate' | 'person' | 'tenant'> &
  Partial<Pick<CardRow, 'replaced' | 'details' | 'place_role' | 'delivered_at'>>;

/** The card of the person who raised a referral: the truth about whether a human has it. */
export function reporterView(
  organisation: Organisation,
  record: ReferralRecord,
  now: number,
  notice = '',
  card: Partial<Reading> = {},
): CardData {
  const { referral } = record;
  const { timezone } = organisation.settings;
  const time = (at: number): string => sayTime(timezone, at, now);
  const open = referral.status === 'raised';
  const mustRing = open && rung(record).length > 0;
  const ring = ringContacts(record).map((contact) => contactView(organisation, contact, now));
  const headline = reporterHeadline(record);
  const truths = [
    `Recorded at ${time(referral.raised_at)}.`,
    ...deliveryTruths(organisation, record, time),
    ...(open ? unconfirmed(record) : [ownerTruth(record, time)]),
    ...(referral.withdraw_asked_at === null
      ? []
      : [
          `You asked to withdraw this at ${time(referral.withdraw_asked_at)}. The team decides. Nothing has stopped meanwhile.`,
        ]),
  ];
  const question = openQuestion(record);
  return {
    fallback: `Referral ${referral.reference}: ${headline}\n${truths.join('\n')}${open ? `\nIf it cannot wait, ring ${ring.map((contact) => contact.role).join(' or ')}. In danger, ring ${emergencyNumber(organisation)}.` : ''}`,
    speak: headline,
    ...exitApart,
    notice: `${card.replaced === 1 ? REPLACED : ''}${notice}`.trim(),
    style: open ? (mustRing ? 'attention' : 'warning') : 'good',
    reference: referral.reference,
    headline,
    truths: truths.map((text) => ({ text })),
    urge: open,
    urgeHeadline: mustRing ? ringHeadline(record) : 'If it cannot wait, ring',
    urgeText: 'Do not wait for an answer here. Ring one of these, or go and find them:',
    ring,
    reportText: 'If someone should tell them, that still has to be done.',
    timeline: timeline(organisation, record, now, 'reporter'),
    act: { reference: referral.reference, key: randomUUID() },
    hasQuestion: question !== undefined,
    asker: question?.asker ?? '',
    question: question?.words ?? '',
    canWithdraw: referral.status !== 'closed' && referral.withdraw_asked_at === null,
  };
}

const REPLACED = 'This stands in for an earlier card that can no longer be brought up to date. ';

function ringHeadline(record: ReferralRecord): string {
  const { all, people } = whoHasIt(record);
  if (all.length === 0) return 'Nobody here has this. Ring now.';
  if (record.referral.unanswered_at !== null) return 'We could not get an answer for you. Ring now.';
  return people.length > 0 ? 'Nobody has answered yet. Ring now.' : 'Nobody who is on duty has this yet. Ring now.';
}

/** The cards of this round that have reached somebody or still may, and those of them in somebody's own chat. */
function whoHasIt({ referral, cards }: ReferralRecord): { tried: CardRow[]; all: CardRow[]; people: CardRow[] } {
  const tried = cards.filter(({ role, round }) => TOLD_ROLES.includes(role) && round === referral.round);
  // A person who got a card has read it, whatever became of it later. In a channel that is gone nobody reads.
  const all = tried.filter(
    ({ state, delivered_at, channel }) => !LOST.includes(state) || (delivered_at !== null && channel === null),
  );
  return { tried, all, people: all.filter(({ person }) => person !== null) };
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
function openQuestion({ referral, audit, words }: ReferralRecord): { asker: string; words: string } | undefined {
  const row = audit.find(({ sequence }) => sequence === referral.open_question);
  if (row === undefined) return undefined;
  return { asker: row.actor_name ?? '', words: words.find(({ id }) => id === row.words)?.text ?? '' };
}

function reporterHeadline(record: ReferralRecord): string {
  const { referral } = record;
  switch (referral.status) {
    case 'raised': {
      const { tried, all, people } = whoHasIt(record);
      if (all.length === 0) {
        if (tried.length === 0) return 'Recorded, but nobody has been told';
        return tried.some((card) => card.delivered_at !== null)
          ? 'Recorded, but the channel that had it is gone'
          : 'Recorded, but it could not be delivered';
      }
      if (referral.unanswered_at !== null) return 'Recorded, but nobody has answered';
      if (rung(record).length > 0) {
        return people.length > 0 ? 'Recorded, but nobody has answered yet' : 'Recorded, but nobody on duty has it';
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

/** What is known of each card that somebody else was to get. */
function deliveryTruths(organisation: Organisation, record: ReferralRecord, time: (at: number) => string): string[] {
  const lines = record.cards
    .filter((card) => TOLD_ROLES.includes(card.role))
    .map((card) => {
      const place = sayPlace(card.role, card.place_name, card.place_role);
      if (card.delivered_at !== null) {
        const isGone = card.channel !== null && LOST.includes(card.state);
        return `Sent to ${place} at ${time(card.delivered_at)}.${isGone ? ' That channel cannot be reached any more.' : ''}`;
      }
      if (card.state === 'failed' || card.state === 'parked') return `It could not be delivered to ${place}.`;
      if (card.state === 'uncertain' || card.possible_duplicate === 1) {
        return `We could not confirm that it arrived with ${place}. It is being sent again.`;
      }
      return `Being sent to ${place}.`;
    });
  return [...lines, ...missing(organisation, record)];
}

/** A place as the reporter reads it: "Grace Okafor, senior nurse on duty", "the channel “Safeguarding referrals”". */
function sayPlace(role: string, name: string, as: string): string {
  if (role === 'channel') return `the channel “${name}”`;
  if (role === 'email') return `${name}, by email`;
  return as === '' ? name : `${name}, ${as}`;
}

function missing(organisation: Organisation, record: ReferralRecord): string[] {
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

function stepsTaken({ audit }: ReferralRecord): StepTaken[] {
  return audit.filter((row) => row.kind === 'step').map((row) => JSON.parse(row.details));
}

/** Whom the steps that were taken tell the reporter to ring. */
function rung(record: ReferralRecord): string[] {
  return stepsTaken(record).flatMap((step) => (step.round === record.referral.round ? step.ring : []));
}

function ringContacts(record: ReferralRecord) {
  const route = routeOf(record.referral);
  const ids = new Set([...rung(record), ...route['if-it-cannot-wait']]);
  return [...ids].flatMap((id) => route.contacts[id] ?? []);
}

/** What a desk card needs beside the referral. */
export type Extras = {
  /** Whom the owner can hand over to. */
  readonly colleagues: readonly { readonly person: string; readonly name: string }[];
  /** Teams ids of those whose own view of a shared card is fetched when they look at it. */
  readonly refreshFor: readonly string[];
};
export const NO_EXTRAS: Extras = { colleagues: [], refreshFor: [] };

/** The card of those who are to act: the person on duty, or the channel. */
export function deskView(
  organisation: Organisation,
  record: ReferralRecord,
  card: Reading,
  now: number,
  notice = '',
  { colleagues, refreshFor }: Extras = NO_EXTRAS,
): CardData {
  const { referral, words } = record;
  const asked: Asked = JSON.parse(referral.asked);
  const time = (at: number): string => sayTime(organisation.settings.timezone, at, now);
  const isOwner = referral.owner !== null && referral.owner === card.person && referral.owner_tenant === card.tenant;
  const wantsToWithdraw = referral.withdraw_asked_at !== null;
  const allowed = new Set<Action>(actionsFor({ status: referral.status, isOwner, wantsToWithdraw }));
  const text = (kind: string): string => words.find((row) => row.kind === kind)?.text ?? '';
  const callBack = text('call-back');
  const duplicate = card.possible_duplicate === 1 ? 'Possible duplicate: this may have reached you already. ' : '';
  const headline = deskHeadline(record, time);
  return {
    fallback: `${URGENCY[referral.urgency]}: referral ${referral.reference}, ${referral.department_name}. ${headline}`,
    speak: `${URGENCY[referral.urgency]}. ${headline}`,
    ...exitApart,
    notice: `${duplicate}${card.replaced === 1 ? REPLACED : ''}${notice}`.trim(),
    style: referral.status === 'raised' ? 'attention' : referral.status === 'closed' ? 'good' : 'warning',
    label: `${URGENCY[referral.urgency]} · ${referral.reference} · ${STATUS_NAMES[referral.status]}`,
    headline,
    truths: [...wishOf(record, card, isOwner), ...missing(organisation, record)].map((line) => ({ text: line })),
    facts: [
      { title: capital(organisation.settings['department-word']), value: referral.department_name },
      { title: 'About', value: asked.title },
      { title: 'Policy answer', value: asked.headline },
      { title: 'Raised', value: time(referral.raised_at) },
      ...(referral.about_senior === 'no' ? [] : [{ title: 'Take care', value: TAKE_CARE[referral.about_senior] }]),
    ],
    description: text('description'),
    reporter: referral.reporter_name,
    callBack: callBack === '' ? 'No number given: answer them in Teams.' : callBack,
    safe: callBack === '' ? '' : `Safe to ring? ${saySafe(referral.safe_to_ring)}`,
    told: sayTold(JSON.parse(referral.told)) || 'Not said',
    answers: asked.answers,
    cited: `Rests on ${asked.citations.map((citation) => citation.id).join(', ')}`,
    timeline: timeline(organisation, record, now, 'desk'),
    act: { reference: referral.reference, key: randomUUID() },
    canAcknowledge: allowed.has('acknowledge'),
    canTakeOn: allowed.has('take-on') && referral.status !== 'raised',
    canStart: allowed.has('acknowledge') || (allowed.has('take-on') && referral.status !== 'raised'),
    canHandOver: allowed.has('hand-over') && colleagues.length > 0,
    colleagues,
    canAsk: allowed.has('ask'),
    canNote: allowed.has('note'),
    canReferOn: allowed.has('refer-on') && organisation.settings['refer-on'].length > 0,
    referOn: organisation.settings['refer-on'].map(({ id, title }) => ({ id, title })),
    canKeepOpen: allowed.has('keep-open'),
    wish: wantsToWithdraw ? (lastWords(record, 'ask-to-withdraw') ?? '') : '',
    canClose: allowed.has('close'),
    canReopen: allowed.has('reopen'),
    waitsForAnswer: openQuestion(record) !== undefined,
    hasRefresh: refreshFor.length > 0,
    refreshFor,
    refreshData: { reference: referral.reference },
  };
}

/** What those who get a referral must know before they speak of it to anybody. */
const TAKE_CARE: Readonly<Record<Exclude<ReferralRow['about_senior'], 'no'>, string>> = {
  yes: 'This may be about someone in charge there. Do not tell them of it.',
  channel: 'This may be about someone in the safeguarding team. Do not tell that team of it.',
  unsure: 'The person who raised this is not sure, or would rather not say, if it is about someone who would be told.',
};

/** What a colleague is asked who was sent this by its owner. */
function wishOf({ referral }: ReferralRecord, { role }: Reading, isOwner: boolean): string[] {
  const isOpen = referral.owner_name !== null && referral.status !== 'closed';
  if (role !== 'colleague' || isOwner || !isOpen) return [];
  return [`You were asked to take this on. ${referral.owner_name} has it until you press “Take it on”.`];
}

function lastWords({ audit, words }: ReferralRecord, kind: string): string | undefined {
  const row = audit.findLast((one) => one.kind === kind);
  return words.find(({ id }) => id === row?.words)?.text;
}

function deskHeadline(record: ReferralRecord, time: (at: number) => string): string {
  if (record.referral.status !== 'raised') return ownerTruth(record, time);
  return record.referral.unanswered_at === null
    ? 'Nobody has acknowledged this yet'
    : 'Nobody has acknowledged this in time';
}

/** Audit rows that a reader should see, oldest first. Only the desk reads notes; the reporter reads the outcome too. */
function timeline(
  organisation: Organisation,
  record: ReferralRecord,
  now: number,
  reader: 'reporter' | 'desk',
): object[] {
  const time = (at: number): string => sayTime(organisation.settings.timezone, at, now);
  const rows = record.audit.flatMap((row) => {
    if (reader === 'reporter' && FOR_THE_DESK.includes(row.kind)) return [];
    const what = sayEvent(row);
    if (what === undefined) return [];
    const words = record.words.find((word) => word.id === row.words);
    // The story itself stands above.
    const mayRead = row.kind !== 'raised' && (reader === 'desk' || BOTH_READ.includes(row.kind));
    return [{ what, when: capital(time(row.at)), words: mayRead && words !== undefined ? quote(words.text) : '' }];
  });
  const left = rows.length - ROWS_SHOWN;
  if (left <= 0) return rows;
  return [
    { what: `${left} earlier entries are on record and not shown here`, when: '', words: '' },
    ...rows.slice(left),
  ];
}

/** What passes between the reporter and the desk. */
const BOTH_READ = ['close', 'ask', 'answer', 'add', 'ask-to-withdraw', 'keep-open'];
const FOR_THE_DESK = ['unanswered', 'reporter-not-reached', 'note', 'reminded', 'found-stalled', 'not-updated'];

/** A card holds only so much: the newest entries, and the beginning of long words. The register keeps all of them. */
const ROWS_SHOWN = 25;
const WORDS_SHOWN = 500;

function quote(words: string): string {
  return words.length > WORDS_SHOWN ? `“${words.slice(0, WORDS_SHOWN)}…” (shortened)` : `“${words}”`;
}

type EventDetails = {
  readonly place?: string;
  readonly role?: string;
  readonly as?: string;
  readonly to?: string;
  readonly owner?: string;
  readonly minutes?: number;
};

function sayEvent(row: AuditRow): string | undefined {
  const details: EventDetails = JSON.parse(row.details);
  const place = sayPlace(details.role ?? '', details.place ?? '', details.as ?? '');
  const who = row.actor_name;
  switch (row.kind) {
    case 'raised':
      return `${who} raised this`;
    case 'delivered':
      return `Sent to ${place}`;
    case 'uncertain':
      return `Could not confirm that it arrived with ${place}`;
    case 'not-delivered':
      return `Could not be delivered to ${place}`;
    case 'not-updated':
      return `The card of ${place} cannot be brought up to date any more`;
    case 'reporter-not-reached':
      return 'The person who raised this cannot be reached here';
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
    case 'unanswered':
      return 'Nobody has acknowledged this, and there is nobody left to tell';
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
    default:
      return undefined;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What to tell somebody whose press came too late or was not theirs to make. */
export function sayTooLate(organisation: Organisation, record: ReferralRecord, action: Action, now: number): string {
  const { referral } = record;
  const time = (at: number): string => sayTime(organisation.settings.timezone, at, now);
  if (action === 'acknowledge') {
    const first = record.audit.find((row) => row.kind === 'acknowledge' || row.kind === 'take-on');
    if (first !== undefined) return `${first.actor_name} got there first, at ${time(first.at)}.`;
  }
  return `This has changed since your card was drawn. It is now: ${STATUS_NAMES[referral.status].toLowerCase()}. Nothing was done.`;
}

/** One line about what happened and what to do now, for those whose card is only updated. */
export function nudgeView(organisation: Organisation, record: ReferralRecord, card: Reading, now: number): CardData {
  const { referral, audit } = record;
  const { event }: { event?: number } = JSON.parse(card.details ?? '{}');
  const row = audit.find(({ sequence }) => sequence === event);
  const time = (at: number): string => sayTime(organisation.settings.timezone, at, now);
  const isOwner = referral.owner !== null && referral.owner === card.person && referral.owner_tenant === card.tenant;
  const what = (row && sayNudge(record, row, isOwner)) ?? 'This referral has changed';
  const next = row === undefined ? [] : sayNext(record, row, isOwner, card.person !== null, time);
  return {
    fallback: `Referral ${referral.reference}: ${[what, ...next].join('. ')}`,
    speak: what,
    ...exitApart,
    label: `${URGENCY[referral.urgency]} · ${referral.reference} · ${referral.department_name}`,
    headline: what,
    lines: [
      ...next,
      `${capital(time(row?.at ?? referral.raised_at))}. Now: ${STATUS_NAMES[referral.status].toLowerCase()}.`,
    ].map((text) => ({ text })),
    // In a channel the card stands above, in the same thread.
    canOpen: card.person !== null,
    go: { reference: referral.reference },
  };
}

function sayNudge({ referral }: ReferralRecord, row: AuditRow, isOwner: boolean): string | undefined {
  if (row.kind !== 'reminded' || !isOwner) return sayEvent(row);
  return referral.status === 'in-progress'
    ? 'You are working on this, and nothing has been added since'
    : 'You have this, and nothing has been done since';
}

/** What the reader of a nudge can do, and what happens if nobody does. */
function sayNext(
  { referral }: ReferralRecord,
  row: AuditRow,
  isOwner: boolean,
  inChat: boolean,
  time: (at: number) => string,
): string[] {
  const where = inChat ? 'Open the referral' : 'Go to the card above';
  switch (row.kind) {
    case 'not-acknowledged':
    case 'not-delivered-to-anybody':
    case 'unanswered':
    case 'found-stalled':
      return referral.status === 'raised' ? [`If you can take this, ${lower(where)} and press “Acknowledge”.`] : [];
    case 'reminded': {
      const { minutes = 0 }: EventDetails = JSON.parse(row.details);
      const from = isOwner ? 'it is taken from you and sent out again' : 'it is sent out again';
      const otherwise = `If nothing is done by ${time(row.at + minutes * 60_000)}, ${from}.`;
      return referral.status === 'in-progress'
        ? [`${where}: add a note, or close it.`]
        : [otherwise, `${where}: take it on, add a note or close it.`];
    }
    case 'add':
    case 'answer':
      return [`${where} to read it.`];
    case 'ask-to-withdraw':
      return [`Nothing has stopped. ${where} to read why, and decide.`];
    default:
      return [];
  }
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
