import { randomUUID } from 'node:crypto';
import { sayTime } from '../../escalation/hours.ts';
import { type Action, offeredTo, reporterActionsFor, STATUS_NAMES } from '../../escalation/life.ts';
import type { Asked } from '../../escalation/referrals.ts';
import {
  capital,
  deskHeadline,
  type EventDetails,
  happenings,
  lastWords,
  missing,
  openQuestion,
  reporterHeadline,
  reporterTruths,
  SAFE,
  sayEvent,
  sayRing,
  sayTold,
  TAKE_CARE,
} from '../../escalation/wording.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Organisation } from '../../guidance/types.ts';
import { isKeptReporter, type ReferralRecord } from '../../store/referrals.ts';
import type { AuditRow, CardRow, ReferralRow } from '../../store/schema.ts';
import { sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { contactView, exitApart } from './common.ts';

const URGENCY: Readonly<Record<ReferralRow['urgency'], string>> = {
  immediate: '🚨 Act now',
  urgent: '🔶 Urgent',
  routine: 'ℹ️ Routine',
};

/** A card as far as it decides what is drawn. */
export type Reading = Pick<CardRow, 'role' | 'possible_duplicate' | 'person' | 'tenant'> &
  Partial<Pick<CardRow, 'replaced' | 'details' | 'place_role' | 'posted_at'>>;

/** The card of the person who raised a referral: the truth about whether a human has it. */
export function reporterView(
  organisation: Organisation,
  record: ReferralRecord,
  now: number,
  notice = '',
  card: Partial<Reading> = {},
): CardData {
  const { referral } = record;
  const say = sayFor(organisation);
  const open = referral.status === 'raised';
  const { mustRing, headline: urgeHeadline, contacts } = sayRing(record);
  const ring = contacts.map((contact) => contactView(organisation, contact, now));
  const headline = reporterHeadline(record);
  const truths = reporterTruths(organisation, record, now);
  const question = openQuestion(record);
  return {
    language: say.language,
    fallback: `Referral ${referral.reference}: ${headline}\n${truths.join('\n')}${open ? `\nIf it cannot wait, ring ${ring.map((contact) => contact.role).join(' or ')}. In danger, ring ${emergencyNumber(organisation)}.` : ''}`,
    speak: headline,
    ...exitApart,
    notice: `${card.replaced === 1 ? REPLACED : ''}${notice}`.trim(),
    style: open ? (mustRing ? 'attention' : 'warning') : 'good',
    reference: referral.reference,
    headline,
    truths: truths.map((text) => ({ text })),
    urge: open,
    urgeHeadline,
    urgeText: 'Do not wait for an answer here. Ring one of these, or go and find them:',
    ring,
    timeline: timeline(organisation, record, now, 'reporter'),
    act: { reference: referral.reference, key: randomUUID() },
    hasQuestion: question !== undefined,
    asker: question?.asker ?? '',
    question: question?.words ?? '',
    canWithdraw: reporterActionsFor({
      status: referral.status,
      hasQuestion: question !== undefined,
      wantsToWithdraw: referral.withdraw_asked_at !== null,
    }).includes('ask-to-withdraw'),
  };
}

const REPLACED = 'This stands in for an earlier card that can no longer be brought up to date. ';

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
  const say = sayFor(organisation);
  const asked: Asked = JSON.parse(referral.asked);
  const time = (at: number): string => sayTime(say, organisation.settings.timezone, at, now);
  const isOwner = referral.owner !== null && referral.owner === card.person && referral.owner_tenant === card.tenant;
  const wantsToWithdraw = referral.withdraw_asked_at !== null;
  const referOn = organisation.settings['refer-on'].map(({ id, title }) => ({ id, title }));
  const isOwn = card.person !== null && isKeptReporter(referral, { tenant: card.tenant, person: card.person });
  const offered = new Set<Action>(
    isOwn
      ? []
      : offeredTo(
          { status: referral.status, isOwner, wantsToWithdraw },
          { colleagues: colleagues.length, referOn: referOn.length },
        ),
  );
  const text = (kind: string): string => words.find((row) => row.kind === kind)?.text ?? '';
  const callBack = text('call-back');
  const duplicate = card.possible_duplicate === 1 ? 'Possible duplicate: this may have reached you already. ' : '';
  const headline = deskHeadline(record, time);
  return {
    language: say.language,
    fallback: `${URGENCY[referral.urgency]}: referral ${referral.reference}, ${referral.department_name}. ${headline}`,
    speak: `${URGENCY[referral.urgency]}. ${headline}`,
    ...exitApart,
    notice: `${duplicate}${card.replaced === 1 ? REPLACED : ''}${notice}`.trim(),
    style: referral.status === 'raised' ? 'attention' : referral.status === 'closed' ? 'good' : 'warning',
    label: `${URGENCY[referral.urgency]} · ${referral.reference} · ${STATUS_NAMES[referral.status]}`,
    headline,
    truths: [
      ...(isOwn ? [say('kept-name.own')] : []),
      ...wishOf(record, card, isOwner),
      ...missing(organisation, record),
    ].map((line) => ({ text: line })),
    facts: [
      { title: capital(organisation.settings['department-word']), value: referral.department_name },
      { title: 'About', value: asked.title },
      { title: 'Policy answer', value: asked.headline },
      { title: 'Raised', value: time(referral.raised_at) },
      ...(referral.about_senior === 'no' ? [] : [{ title: 'Take care', value: TAKE_CARE[referral.about_senior] }]),
    ],
    description: text('description'),
    reporter: referral.name_kept === 1 ? say('kept-name.instead') : referral.reporter_name,
    callBack:
      callBack !== ''
        ? callBack
        : referral.name_kept === 1
          ? say('kept-name.cannot-be-rung')
          : 'No number given: answer them in Teams.',
    safe: callBack === '' ? '' : `Safe to ring? ${SAFE[referral.safe_to_ring]}`,
    told: sayTold(JSON.parse(referral.told)) || 'Not said',
    answers: asked.answers,
    cited: `Rests on ${asked.citations.map((citation) => citation.id).join(', ')}`,
    timeline: timeline(organisation, record, now, 'desk'),
    act: { reference: referral.reference, key: randomUUID() },
    canAcknowledge: offered.has('acknowledge'),
    canTakeOn: offered.has('take-on'),
    canStart: offered.has('acknowledge') || offered.has('take-on'),
    canHandOver: offered.has('hand-over'),
    colleagues,
    canAsk: offered.has('ask'),
    canNote: offered.has('note'),
    canReferOn: offered.has('refer-on'),
    referOn,
    canKeepOpen: offered.has('keep-open'),
    wish: wantsToWithdraw ? (lastWords(record, 'ask-to-withdraw') ?? '') : '',
    canClose: offered.has('close'),
    canReopen: offered.has('reopen'),
    waitsForAnswer: openQuestion(record) !== undefined,
    hasRefresh: refreshFor.length > 0,
    refreshFor,
    refreshData: { reference: referral.reference },
  };
}

/** What a colleague is asked who was sent this by its owner. */
function wishOf({ referral }: ReferralRecord, { role }: Reading, isOwner: boolean): string[] {
  const isOpen = referral.owner_name !== null && referral.status !== 'closed';
  if (role !== 'colleague' || isOwner || !isOpen) return [];
  return [`You were asked to take this on. ${referral.owner_name} has it until you press “Take it on”.`];
}

function timeline(
  organisation: Organisation,
  record: ReferralRecord,
  now: number,
  reader: 'reporter' | 'desk',
): object[] {
  const say = sayFor(organisation);
  const rows = happenings(record, reader).map(({ row, what, words }) => ({
    what,
    when: capital(sayTime(say, organisation.settings.timezone, row.at, now)),
    words: words === undefined ? '' : quote(words),
  }));
  const left = rows.length - ROWS_SHOWN;
  if (left <= 0) return rows;
  return [
    { what: `${left} earlier entries are on record and not shown here`, when: '', words: '' },
    ...rows.slice(left),
  ];
}

/** A card holds only so much: the newest entries, and the beginning of long words. The register keeps all of them. */
const ROWS_SHOWN = 25;
const WORDS_SHOWN = 500;

function quote(words: string): string {
  return words.length > WORDS_SHOWN ? `“${words.slice(0, WORDS_SHOWN)}…” (shortened)` : `“${words}”`;
}

/** One line about what happened and what to do now, for those whose card is only updated. */
export function nudgeView(organisation: Organisation, record: ReferralRecord, card: Reading, now: number): CardData {
  const { referral, audit } = record;
  const say = sayFor(organisation);
  const { event }: { event?: number } = JSON.parse(card.details ?? '{}');
  const row = audit.find(({ sequence }) => sequence === event);
  const time = (at: number): string => sayTime(say, organisation.settings.timezone, at, now);
  const isOwner = referral.owner !== null && referral.owner === card.person && referral.owner_tenant === card.tenant;
  const what = (row && sayNudge(record, row, isOwner)) ?? 'This referral has changed';
  const next = row === undefined ? [] : sayNext(record, row, isOwner, card.person !== null, time);
  return {
    language: say.language,
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
    case 'unconfirmed-by-anybody':
    case 'unanswered':
    case 'step-failed':
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
