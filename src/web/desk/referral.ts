import { colleaguesFor } from '../../escalation/colleagues.ts';
import { isInHours, sayTime } from '../../escalation/hours.ts';
import { offeredTo, reporterActionsFor } from '../../escalation/life.ts';
import { type Asked, isOwner, mayAct, READ, type ReadDetails } from '../../escalation/referrals.ts';
import { type FrozenRoute, routeOf } from '../../escalation/routes.ts';
import {
  capital,
  deskHeadline,
  happenings,
  lastWords,
  missing,
  openQuestion,
  reporterHeadline,
  reporterTruths,
  sayPlace,
  sayRing,
  sayTold,
  whoDid,
  wordsAs,
  wordsWith,
} from '../../escalation/wording.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Contact, Organisation, RouteStep, Whom } from '../../guidance/types.ts';
import type { PersonKey } from '../../store/people.ts';
import type { ReferralRecord } from '../../store/referrals.ts';
import { isUndelivered, type Sight } from '../../store/register.ts';
import type { AuditRow, CardRow, ReferralRow } from '../../store/schema.ts';
import { type Say, sayFor } from '../../words/say.ts';
import type { Delivery, DeskContact, DeskReferral, Happening, Referral, ReporterReferral } from './contract.ts';
import { cited, contactAtDesk } from './guidance.ts';
import { namingOf } from './naming.ts';
import type { DeskNeeds } from './needs.ts';
import { rowOf } from './register.ts';
import { type AtDesk, type Reading, teamFor } from './rights.ts';

/** A referral as its reader sees it. */
export async function referralView(needs: DeskNeeds, who: PersonKey, reading: Reading): Promise<Referral> {
  return reading.as === 'reporter' ? reporterReferral(needs, reading) : deskReferral(needs, who, reading);
}

/** Whether somebody may act for being in the team. A senior may act only where a card was sent to them. */
export function inTeam(reading: Reading): { readonly inTeam?: true } {
  return reading.as === 'desk' && reading.right === 'team' ? { inTeam: true } : {};
}

function reporterReferral(needs: DeskNeeds, { record, organisation }: Reading): ReporterReferral {
  const { referral } = record;
  const now = needs.clock.now();
  const say = sayFor(organisation);
  const question = openQuestion(say, record);
  const ring = referral.status === 'raised' ? sayRing(say, record) : undefined;
  return {
    reader: 'reporter',
    ...headOf(organisation, record, 'mine', reporterHeadline(say, record), now),
    truths: reporterTruths(organisation, record, now),
    description: wordsAs(say, record, 'description') ?? null,
    ring:
      ring === undefined
        ? null
        : {
            headline: ring.headline,
            contacts: ring.contacts.map((contact) => contactNow(organisation, contact, now)),
          },
    emergency: emergencyNumber(organisation),
    question: question ?? null,
    timeline: timelineOf(say, record, 'reporter'),
    possible: {
      actions: reporterActionsFor({
        status: referral.status,
        hasQuestion: question !== undefined,
        wantsToWithdraw: referral.withdraw_asked_at !== null,
      }),
      colleagues: [],
      referOn: [],
    },
  };
}

async function deskReferral(needs: DeskNeeds, who: PersonKey, reading: AtDesk): Promise<DeskReferral> {
  const { record, organisation } = reading;
  const { referral } = record;
  const now = needs.clock.now();
  const say = sayFor(organisation);
  const time = (at: number): string => sayTime(say, organisation.settings.timezone, at, now);
  const asked: Asked = JSON.parse(referral.asked);
  const told = toldOutside(say, organisation, record);
  const wantsToWithdraw = referral.withdraw_asked_at !== null;
  return {
    reader: 'desk',
    ...headOf(organisation, record, 'desk', deskHeadline(say, record, time), now),
    nameKept: referral.name_kept === 1,
    naming: await namingOf(needs, who, reading),
    isOwner: isOwner(referral, who),
    description: wordsAs(say, record, 'description') ?? null,
    callBack: wordsAs(say, record, 'call-back') ?? null,
    safeToRing: say(`safe.${referral.safe_to_ring}`),
    told: sayTold(say, JSON.parse(referral.told)),
    takeCare: referral.about_senior === 'no' ? null : say(`take-care.${referral.about_senior}`),
    asked: {
      title: asked.title,
      verdict: asked.verdict,
      headline: asked.headline,
      answers: [...asked.answers],
      citations: asked.citations.map(cited),
      policy: {
        title: asked.policy.title,
        version: asked.policy.version ?? null,
        approved: asked.policy.approved ?? null,
      },
      edition: referral.edition,
    },
    statutory: told.filter(({ isStatutory }) => isStatutory).map(toldView),
    referredOn: told.filter(({ isStatutory }) => !isStatutory).map(toldView),
    wish: wantsToWithdraw ? (lastWords(say, record, 'ask-to-withdraw') ?? '') : null,
    openQuestion: openQuestion(say, record)?.words ?? null,
    timeline: timelineOf(say, record, 'desk'),
    deliveries: shownDeliveries(record).map((card) => deliveryOf(say, card)),
    missing: missing(say, organisation, record),
    route: routeView(say, record),
    possible: await possibleAt(needs, who, reading),
    opened: openedBy(say, record),
  };
}

async function possibleAt(needs: DeskNeeds, who: PersonKey, reading: AtDesk): Promise<DeskReferral['possible']> {
  const { record, organisation } = reading;
  const { referral } = record;
  const mayNotAct = !mayAct(record, { actor: who, conversation: '', ...inTeam(reading) });
  if (mayNotAct || referral.forgotten_at !== null) {
    return { actions: [], colleagues: [], referOn: [] };
  }
  const owns = isOwner(referral, who);
  const known =
    owns && referral.status !== 'closed'
      ? await colleaguesFor(needs.store.db, referral, who, needs.clock.now(), await teamFor(needs, who, reading))
      : [];
  const colleagues = known.map(({ person, name }) => ({ id: person, name }));
  const referOn = organisation.settings['refer-on'].map(({ id, title }) => ({ id, name: title }));
  const wantsToWithdraw = referral.withdraw_asked_at !== null;
  const standing = { status: referral.status, isOwner: owns, wantsToWithdraw };
  const actions = offeredTo(standing, { colleagues: colleagues.length, referOn: referOn.length });
  return { actions, colleagues, referOn };
}

function headOf(
  organisation: Organisation,
  record: ReferralRecord,
  list: Sight['list'],
  headline: string,
  now: number,
) {
  const { referral, cards } = record;
  const isLost = cards.some((card) => isUndelivered(card) && card.round === referral.round);
  return {
    ...rowOf(organisation, { ...referral, isUndelivered: isLost }, list),
    organisation: organisation.id,
    timezone: organisation.settings.timezone,
    statusName: sayFor(organisation)(`status.${referral.status}`),
    headline,
    version: referral.version,
    now,
  };
}

function timelineOf(say: Say, record: ReferralRecord, reader: 'desk' | 'reporter'): Happening[] {
  return happenings(say, record, reader).map(({ row, what, words }) => ({
    sequence: row.sequence,
    at: row.at,
    kind: row.kind,
    what,
    words: words ?? null,
  }));
}

/** A contact as it can be reached now. */
function contactNow(organisation: Organisation, contact: Contact, now: number): DeskContact {
  const always = contactAtDesk(organisation, contact);
  if (!contact['in-hours-only'] || isInHours(organisation.settings, now)) return always;
  return { ...always, phone: null, note: `${always.note} It is closed now.`.trim() };
}

type ToldOutside = DeskReferral['referredOn'][number] & { readonly isStatutory: boolean };

function toldView({ isStatutory: _, ...told }: ToldOutside): DeskReferral['referredOn'][number] {
  return told;
}

/** Who was told outside, oldest first. */
function toldOutside(say: Say, { settings }: Organisation, record: ReferralRecord): ToldOutside[] {
  return record.audit
    .filter((row) => row.kind === 'refer-on')
    .map((row) => {
      const { to = '', statutory }: { to?: string; statutory?: boolean } = JSON.parse(row.details);
      // Before the record said so itself, only the name tells.
      const named = settings['refer-on'].find(({ title }) => title === to);
      return {
        to,
        by: whoDid(say, row),
        at: row.at,
        number: wordsWith(say, record, row) ?? null,
        isStatutory: statutory ?? named?.statutory ?? false,
      };
    });
}

/** When a card of a reporter arrives whose name is kept, and when it has to wait, could tell whose chat it is in. */
function shownDeliveries({ referral, cards }: ReferralRecord): readonly CardRow[] {
  return referral.name_kept === 1 ? cards.filter(({ role }) => role !== 'reporter') : cards;
}

function deliveryOf(say: Say, card: CardRow): Delivery {
  return {
    id: card.id,
    place: capital(sayPlace(say, card.role, card.place_name, card.place_role)),
    role: card.role,
    state: card.state,
    what: sayDelivery(card),
    owedAt: card.created_at,
    deliveredAt: card.delivered_at,
    possibleDuplicate: card.possible_duplicate === 1,
    post: postOf(card),
  };
}

/** The post that a card in a channel is; a line below it has none of its own, and a card that was lost has none left. */
function postOf({ role, channel, activity, state, tenant }: CardRow): string | null {
  if (role !== 'channel' || channel === null || activity === null || state === 'parked') return null;
  const query = new URLSearchParams({ tenantId: tenant, parentMessageId: activity });
  return `https://teams.microsoft.com/l/message/${encodeURIComponent(channel)}/${encodeURIComponent(activity)}?${query}`;
}

function sayDelivery(card: CardRow): string {
  const isLost = card.state === 'failed' || card.state === 'parked';
  if (card.delivered_at !== null) {
    if (!isLost) return 'Arrived.';
    return card.channel === null
      ? 'Arrived. It cannot be brought up to date any more.'
      : 'Arrived. That channel cannot be reached any more.';
  }
  if (card.possible_duplicate === 1) {
    return isLost
      ? 'We could not confirm that it arrived. It is not sent again.'
      : 'We could not confirm that it arrived. It is being sent again.';
  }
  return isLost ? 'It could not be delivered.' : 'It is being sent.';
}

type Step = DeskReferral['route']['steps'][number];

/** The route as it stood when this was raised, and how far this round of it has come. */
function routeView(say: Say, { referral, audit }: ReferralRecord): DeskReferral['route'] {
  const route = routeOf(referral);
  const taken = new Map<number, AuditRow>();
  for (const row of audit) {
    if (row.kind !== 'step' && row.kind !== 'step-skipped') continue;
    const { step, round = 0 }: { step: number; round?: number } = JSON.parse(row.details);
    if (round === referral.round) taken.set(step, row);
  }
  const steps = route.steps.map((step, index): Step => {
    const wait = step.wait?.[referral.urgency] ?? null;
    const row = taken.get(index);
    return {
      tells: sayStep(say, route, referral, step),
      wait,
      state: stateOf(referral, index, row),
      at: row?.at ?? null,
    };
  });
  return { title: route.title, steps };
}

function stateOf(referral: ReferralRow, index: number, row: AuditRow | undefined): Step['state'] {
  if (row === undefined) return referral.status === 'raised' ? 'to come' : 'not needed';
  if (row.kind === 'step-skipped') return 'skipped';
  return index === referral.route_step && referral.next_step_at !== null ? 'waiting' : 'taken';
}

const WHEN = { 'in-hours': ' (in office hours)', 'out-of-hours': ' (outside office hours)' } as const;

function sayStep(say: Say, route: FrozenRoute, referral: ReferralRow, { notify, when }: RouteStep): string {
  const whom = notify.map((one) => sayWhom(say, route, referral, one)).join('; ');
  return `${capital(whom)}${when === undefined ? '' : WHEN[when]}`;
}

function sayWhom(say: Say, route: FrozenRoute, { department_name: department }: ReferralRow, whom: Whom): string {
  switch (whom.whom) {
    case 'on-duty':
      return `the ${route.onDutyRole} for ${department}`;
    case 'role':
      return `whoever is on duty as ${route.roles[whom.role] ?? whom.role}`;
    case 'channel':
      return sayPlace(say, 'channel', whom.name, '');
    case 'department-channel':
      return route.departmentChannel === null
        ? `the channel of ${department}`
        : sayPlace(say, 'channel', route.departmentChannel, '');
    case 'email':
      return sayPlace(say, 'email', route.contacts[whom.contact]?.role ?? whom.contact, '');
    case 'ring':
      return `the person who raised this is told to ring: ${route.contacts[whom.contact]?.role ?? whom.contact}`;
  }
}

/** Who has opened this at the desk, newest first, each once. */
function openedBy(say: Say, { audit }: ReferralRecord): DeskReferral['opened'] {
  const last = new Map<string, { name: string; at: number }>();
  for (const row of audit) {
    if (row.kind !== READ) continue;
    const { as }: ReadDetails = JSON.parse(row.details);
    if (as === 'desk') last.set(`${row.actor_tenant} ${row.actor}`, { name: whoDid(say, row), at: row.at });
  }
  return [...last.values()].sort((a, b) => b.at - a.at);
}
