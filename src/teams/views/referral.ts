import { randomUUID } from 'node:crypto';
import { sayTime } from '../../escalation/hours.ts';
import { type Action, actionsFor, STATUS_NAMES } from '../../escalation/life.ts';
import type { Asked } from '../../escalation/referrals.ts';
import { routeOf, type StepTaken } from '../../escalation/routes.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Organisation } from '../../guidance/types.ts';
import type { ReferralRecord } from '../../store/referrals.ts';
import type { AuditRow, CardRow, ReferralRow } from '../../store/schema.ts';
import type { CardData } from '../cards.ts';
import { contactView, exitApart } from './common.ts';
import { saySafe, sayTold } from './raise.ts';

const URGENCY: Readonly<Record<ReferralRow['urgency'], string>> = {
  immediate: '🚨 Act now',
  urgent: '🔶 Urgent',
  routine: 'ℹ️ Routine',
};

/** The card of the person who raised a referral: the truth about whether a human has it. */
export function reporterView(organisation: Organisation, record: ReferralRecord, now: number, notice = ''): CardData {
  const { referral } = record;
  const { timezone } = organisation.settings;
  const time = (at: number): string => sayTime(timezone, at, now);
  const open = referral.status === 'raised';
  const mustRing = open && ringStep(record) !== undefined;
  const ring = ringContacts(record).map((contact) => contactView(organisation, contact, now));
  const headline = reporterHeadline(record);
  const truths = [
    `Recorded at ${time(referral.raised_at)}.`,
    ...deliveryTruths(organisation, record, time),
    ...(open ? ['No one has confirmed reading this yet.'] : [ownerTruth(record, time)]),
  ];
  return {
    fallback: `Referral ${referral.reference}: ${headline}\n${truths.join('\n')}${open ? `\nIf it cannot wait, ring ${ring.map((contact) => contact.role).join(' or ')}. In danger, ring ${emergencyNumber(organisation)}.` : ''}`,
    speak: headline,
    ...exitApart,
    notice,
    style: open ? (mustRing ? 'attention' : 'warning') : 'good',
    reference: referral.reference,
    headline,
    truths: truths.map((text) => ({ text })),
    urge: open,
    urgeHeadline: mustRing ? 'We could not get an answer for you. Ring now.' : 'If it cannot wait, ring',
    urgeText: 'Do not wait for an answer here.',
    ring,
    reportText: 'If someone should tell them, that still has to be done.',
    timeline: timeline(organisation, record, now, 'reporter'),
  };
}

function reporterHeadline({ referral, cards, ...record }: ReferralRecord): string {
  const others = cards.filter((card) => card.role !== 'reporter');
  switch (referral.status) {
    case 'raised':
      if (ringStep({ referral, cards, ...record }) !== undefined) return 'Recorded, but nobody has answered';
      if (others.length > 0 && others.every((card) => card.state === 'failed'))
        return 'Recorded, but it could not be delivered';
      return others.some((card) => card.state === 'delivered') ? 'Sent. Not confirmed yet' : 'Recorded. Being sent now';
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
  const role = organisation.settings['on-duty-role'];
  const place = (card: CardRow): string =>
    card.role === 'channel' ? `the channel “${card.place_name}”` : `${card.place_name}, ${role}`;
  const lines = record.cards
    .filter((card) => card.role !== 'reporter')
    .map((card) => {
      if (card.delivered_at !== null) return `Sent to ${place(card)} at ${time(card.delivered_at)}.`;
      if (card.state === 'failed') return `It could not be delivered to ${place(card)}.`;
      if (card.state === 'uncertain' || card.possible_duplicate === 1) {
        return `We could not confirm that it arrived with ${place(card)}. It is being sent again.`;
      }
      return `Being sent to ${place(card)}.`;
    });
  return [...lines, ...missing(organisation, record)];
}

function missing(organisation: Organisation, record: ReferralRecord): string[] {
  const role = organisation.settings['on-duty-role'];
  const found = new Set(stepsTaken(record).flatMap((step) => step.missing));
  const department = record.referral.department_name;
  return [
    ...(found.has('nobody-on-duty') ? [`No ${role} is signed on for ${department}.`] : []),
    ...(found.has('on-duty-is-the-concern')
      ? [`It was not sent to the ${role} for ${department}, because it may be about someone in charge.`]
      : []),
    ...(found.has('no-channel') ? ['The channel that should get it was not found.'] : []),
  ];
}

function stepsTaken({ audit }: ReferralRecord): StepTaken[] {
  return audit.filter((row) => row.kind === 'step').map((row) => JSON.parse(row.details));
}

/** The step that leaves only the telephone, once it was taken. */
function ringStep(record: ReferralRecord): StepTaken | undefined {
  return stepsTaken(record).find((step) => step.ring.length > 0);
}

function ringContacts(record: ReferralRecord) {
  const route = routeOf(record.referral);
  const ids = new Set([...(ringStep(record)?.ring ?? []), ...route['if-it-cannot-wait']]);
  return [...ids].flatMap((id) => route.contacts[id] ?? []);
}

/** The card of those who are to act: the person on duty, or the channel. */
export function deskView(
  organisation: Organisation,
  record: ReferralRecord,
  card: Pick<CardRow, 'role' | 'possible_duplicate' | 'person' | 'tenant'>,
  now: number,
  notice = '',
): CardData {
  const { referral, words } = record;
  const asked: Asked = JSON.parse(referral.asked);
  const time = (at: number): string => sayTime(organisation.settings.timezone, at, now);
  const ownsIt = card.role === 'channel' || (referral.owner === card.person && referral.owner_tenant === card.tenant);
  const allowed = new Set<Action>(actionsFor(referral.status, ownsIt));
  if (card.role === 'channel' && ['raised', 'acknowledged', 'reopened', 'in-progress'].includes(referral.status)) {
    allowed.add('take-on');
  }
  const text = (kind: string): string => words.find((row) => row.kind === kind)?.text ?? '';
  const callBack = text('call-back');
  const duplicate = card.possible_duplicate === 1 ? 'Possible duplicate: this may have reached you already. ' : '';
  const headline = deskHeadline(record, time);
  return {
    fallback: `${URGENCY[referral.urgency]}: referral ${referral.reference}, ${referral.department_name}. ${headline}`,
    speak: `${URGENCY[referral.urgency]}. ${headline}`,
    ...exitApart,
    notice: `${duplicate}${notice}`.trim(),
    style: referral.status === 'raised' ? 'attention' : referral.status === 'closed' ? 'good' : 'warning',
    label: `${URGENCY[referral.urgency]} · ${referral.reference} · ${STATUS_NAMES[referral.status]}`,
    headline,
    truths: missing(organisation, record).map((line) => ({ text: line })),
    facts: [
      { title: capital(organisation.settings['department-word']), value: referral.department_name },
      { title: 'About', value: asked.title },
      { title: 'Policy answer', value: asked.headline },
      { title: 'Raised', value: time(referral.raised_at) },
      ...(referral.about_senior === 'no'
        ? []
        : [{ title: 'Take care', value: 'This may be about someone in charge there.' }]),
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
    canNote: allowed.has('note'),
    canClose: allowed.has('close'),
    canReopen: allowed.has('reopen'),
  };
}

function deskHeadline(record: ReferralRecord, time: (at: number) => string): string {
  if (record.referral.status !== 'raised') return ownerTruth(record, time);
  return ringStep(record) === undefined ? 'Nobody has acknowledged this yet' : 'Nobody has acknowledged this in time';
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
    const what = sayEvent(row, organisation);
    if (what === undefined) return [];
    const words = record.words.find((word) => word.id === row.words);
    const mayRead = row.kind === 'close' || (reader === 'desk' && row.kind === 'note');
    return [{ what, when: capital(time(row.at)), words: mayRead && words !== undefined ? quote(words.text) : '' }];
  });
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

function sayEvent(row: AuditRow, organisation: Organisation): string | undefined {
  const role = organisation.settings['on-duty-role'];
  const details: { place?: string; role?: string } = JSON.parse(row.details);
  const place = details.role === 'channel' ? `the channel “${details.place}”` : `${details.place}, ${role}`;
  switch (row.kind) {
    case 'raised':
      return `${row.actor_name} raised this`;
    case 'delivered':
      return `Sent to ${place}`;
    case 'uncertain':
      return `Could not confirm that it arrived with ${place}`;
    case 'not-delivered':
      return `Could not be delivered to ${place}`;
    case 'not-acknowledged':
      return 'Nobody acknowledged this in time';
    case 'nobody-reached':
      return 'It could not be delivered to anybody';
    case 'acknowledge':
      return `${row.actor_name} acknowledged this`;
    case 'take-on':
      return `${row.actor_name} took this on`;
    case 'note':
      return `${row.actor_name} added a note`;
    case 'close':
      return `${row.actor_name} closed this`;
    case 'reopen':
      return `${row.actor_name} opened this again`;
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
