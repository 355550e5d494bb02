import { randomUUID } from 'node:crypto';
import { sayTime } from '../../escalation/hours.ts';
import { type Action, offeredTo, reporterActionsFor } from '../../escalation/life.ts';
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
  sayEvent,
  sayRing,
  sayTold,
  uncapital,
  wordsAs,
} from '../../escalation/wording.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Organisation } from '../../guidance/types.ts';
import { isKeptReporter, type ReferralRecord } from '../../store/referrals.ts';
import type { AuditRow, CardRow } from '../../store/schema.ts';
import { type Say, sayEither, sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { contactView, exitApart, notices } from './common.ts';

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
  const { mustRing, headline: urgeHeadline, contacts } = sayRing(say, record);
  const ring = contacts.map((contact) => contactView(organisation, contact, now));
  const headline = reporterHeadline(say, record);
  const truths = reporterTruths(organisation, record, now);
  const question = openQuestion(say, record);
  const emergency = emergencyNumber(organisation);
  return {
    language: say.language,
    fallback: [
      say('reporter.fallback', { reference: referral.reference, headline }),
      ...truths,
      ...(open
        ? [
            say('reporter.fallback-ring', {
              roles: sayEither(
                say,
                ring.map(({ role }) => role),
              ),
              emergency,
            }),
          ]
        : []),
    ].join('\n'),
    speak: headline,
    ...exitApart,
    notice: notices(card.replaced === 1 && say('card.replaced'), notice),
    style: open ? (mustRing ? 'attention' : 'warning') : 'good',
    reference: referral.reference,
    headline,
    truths: truths.map((text) => ({ text })),
    urge: open,
    urgeHeadline,
    urgeText: say('reporter.do-not-wait'),
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
  const { referral } = record;
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
  const callBack = wordsAs(say, record, 'call-back') ?? '';
  const urgency = say(`urgency.${referral.urgency}`);
  const headline = deskHeadline(say, record, time);
  return {
    language: say.language,
    fallback: say('desk.fallback', {
      urgency,
      reference: referral.reference,
      department: referral.department_name,
      headline,
    }),
    speak: `${urgency}. ${headline}`,
    ...exitApart,
    notice: notices(
      card.possible_duplicate === 1 && say('card.possible-duplicate'),
      card.replaced === 1 && say('card.replaced'),
      notice,
    ),
    style: referral.status === 'raised' ? 'attention' : referral.status === 'closed' ? 'good' : 'warning',
    label: `${urgency} · ${referral.reference} · ${say(`status.${referral.status}`)}`,
    headline,
    truths: [
      ...(isOwn ? [say('kept-name.own')] : []),
      ...wishOf(say, record, card, isOwner),
      ...missing(say, organisation, record),
    ].map((line) => ({ text: line })),
    facts: [
      { title: capital(organisation.settings['department-word']), value: referral.department_name },
      { title: say('fact.about'), value: asked.title },
      { title: say('fact.policy-answer'), value: asked.headline },
      { title: say('fact.raised'), value: time(referral.raised_at) },
      ...(referral.about_senior === 'no'
        ? []
        : [{ title: say('fact.take-care'), value: say(`take-care.${referral.about_senior}`) }]),
    ],
    description: wordsAs(say, record, 'description') ?? '',
    reporter: referral.name_kept === 1 ? say('kept-name.instead') : referral.reporter_name,
    callBack: callBack || say(referral.name_kept === 1 ? 'kept-name.cannot-be-rung' : 'desk.no-number'),
    safe: callBack === '' ? '' : say('desk.safe-to-ring', { answer: say(`safe.${referral.safe_to_ring}`) }),
    told: sayTold(say, JSON.parse(referral.told)),
    answers: asked.answers,
    cited: say('desk.rests-on', { clauses: asked.citations.map(({ id }) => id).join(', ') }),
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
    wish: wantsToWithdraw ? (lastWords(say, record, 'ask-to-withdraw') ?? '') : '',
    canClose: offered.has('close'),
    canReopen: offered.has('reopen'),
    waitsForAnswer: openQuestion(say, record) !== undefined,
    hasRefresh: refreshFor.length > 0,
    refreshFor,
    refreshData: { reference: referral.reference },
  };
}

/** What a colleague is asked who was sent this by its owner. */
function wishOf(say: Say, { referral }: ReferralRecord, { role }: Reading, isOwner: boolean): string[] {
  const isOpen = referral.owner_name !== null && referral.status !== 'closed';
  if (role !== 'colleague' || isOwner || !isOpen) return [];
  return [say('desk.asked-to-take-on', { owner: referral.owner_name ?? '' })];
}

function timeline(
  organisation: Organisation,
  record: ReferralRecord,
  now: number,
  reader: 'reporter' | 'desk',
): object[] {
  const say = sayFor(organisation);
  const rows = happenings(say, record, reader).map(({ row, what, words }) => ({
    what,
    when: capital(sayTime(say, organisation.settings.timezone, row.at, now)),
    words: words === undefined ? '' : quote(say, words),
  }));
  const left = rows.length - ROWS_SHOWN;
  if (left <= 0) return rows;
  return [{ what: say('timeline.earlier', { count: left }), when: '', words: '' }, ...rows.slice(left)];
}

/** A card holds only so much: the newest entries, and the beginning of long words. The register keeps all of them. */
const ROWS_SHOWN = 25;
const WORDS_SHOWN = 500;

function quote(say: Say, words: string): string {
  return words.length > WORDS_SHOWN
    ? say('timeline.shortened', { words: words.slice(0, WORDS_SHOWN) })
    : say('timeline.words', { words });
}

/** One line about what happened and what to do now, for those whose card is only updated. */
export function nudgeView(organisation: Organisation, record: ReferralRecord, card: Reading, now: number): CardData {
  const { referral, audit } = record;
  const say = sayFor(organisation);
  const { event }: { event?: number } = JSON.parse(card.details ?? '{}');
  const row = audit.find(({ sequence }) => sequence === event);
  const time = (at: number): string => sayTime(say, organisation.settings.timezone, at, now);
  const isOwner = referral.owner !== null && referral.owner === card.person && referral.owner_tenant === card.tenant;
  const what = (row && sayNudge(say, record, row, isOwner)) ?? say('nudge.changed');
  const next = row === undefined ? [] : sayNext(say, record, row, isOwner, card.person !== null, time);
  return {
    language: say.language,
    fallback: say('reporter.fallback', { reference: referral.reference, headline: [what, ...next].join('. ') }),
    speak: what,
    ...exitApart,
    label: `${say(`urgency.${referral.urgency}`)} · ${referral.reference} · ${referral.department_name}`,
    headline: what,
    lines: [
      ...next,
      say('nudge.when', {
        time: capital(time(row?.at ?? referral.raised_at)),
        status: uncapital(say(`status.${referral.status}`)),
      }),
    ].map((text) => ({ text })),
    // In a channel the card stands above, in the same thread.
    canOpen: card.person !== null,
    go: { reference: referral.reference },
  };
}

function sayNudge(say: Say, { referral }: ReferralRecord, row: AuditRow, isOwner: boolean): string | undefined {
  if (row.kind !== 'reminded' || !isOwner) return sayEvent(say, row);
  return say(referral.status === 'in-progress' ? 'nudge.nothing-added' : 'nudge.nothing-done');
}

/** What the reader of a nudge can do, and what happens if nobody does. */
function sayNext(
  say: Say,
  { referral }: ReferralRecord,
  row: AuditRow,
  isOwner: boolean,
  inChat: boolean,
  time: (at: number) => string,
): string[] {
  // A nudge in a channel stands below the card of its referral.
  const where = inChat ? 'chat' : 'channel';
  switch (row.kind) {
    case 'not-acknowledged':
    case 'not-delivered-to-anybody':
    case 'unconfirmed-by-anybody':
    case 'unanswered':
    case 'step-failed':
    case 'found-stalled':
      return referral.status === 'raised' ? [say('nudge.if-you-can', { where })] : [];
    case 'reminded': {
      const { minutes = 0 }: EventDetails = JSON.parse(row.details);
      const until = time(row.at + minutes * 60_000);
      return referral.status === 'in-progress'
        ? [say('nudge.add-note', { where })]
        : [say(isOwner ? 'nudge.taken-from-you' : 'nudge.sent-out', { until }), say('nudge.take-it-on', { where })];
    }
    case 'add':
    case 'answer':
      return [say('nudge.read-it', { where })];
    case 'ask-to-withdraw':
      return [say('nudge.decide', { where })];
    default:
      return [];
  }
}
