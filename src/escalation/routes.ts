import {
  type Contact,
  type Organisation,
  type OrganisationFile,
  type Route,
  type RouteStep,
  Times,
  type Whom,
} from '../guidance/types.ts';
import { addCards, updateCard } from '../store/cards.ts';
import { onDuty, onDutySince } from '../store/duty.ts';
import { findPerson, type PersonKey } from '../store/people.ts';
import { type Actor, lockReferral, readReferral, updateReferral } from '../store/referrals.ts';
import { type CardRow, DESK_ROLES, type ReferralRow } from '../store/schema.ts';
import type { Queries } from '../store/store.ts';
import { findChannels } from '../store/teams.ts';
import { isInHours } from './hours.ts';
import { channelCard, deskCard, emailCard, inPlaceOf, nudge } from './owed.ts';
import { changed, nudgeDesk, ownerNamed, record, showReporterAgain } from './telling.ts';
import type { Work } from './work.ts';

/** A route as it stood when a referral was raised, with all that it needs to be taken. */
export type FrozenRoute = Route &
  Pick<OrganisationFile, 'timezone' | 'hours'> & {
    readonly times: Times;
    readonly contacts: Readonly<Record<string, Contact>>;
    /** What the person on duty for a department is called. */
    readonly onDutyRole: string;
    /** The names of the organisation's roles, by id. */
    readonly roles: Readonly<Record<string, string>>;
    /** The department's own channel. */
    readonly departmentChannel: string | null;
  };

export function routeOf(referral: Pick<ReferralRow, 'route'>): FrozenRoute {
  return { ...BEFORE_003, ...JSON.parse(referral.route) };
}

/** What a route lacks that was frozen before there were roles, reminders and channels of departments. */
const BEFORE_003: Pick<FrozenRoute, 'times' | 'onDutyRole' | 'roles' | 'departmentChannel'> = {
  times: Times.parse({}),
  onDutyRole: 'on duty',
  roles: {},
  departmentChannel: null,
};

/** @throws if the organisation has no such route: `signpost check` sees to it that it has. */
export function freezeRoute(organisation: Organisation, name: string, department: string): FrozenRoute {
  const { settings } = organisation;
  const route = settings.routes[name];
  if (route === undefined) throw new Error(`The route ${name} is gone.`);
  const named = [
    ...route['if-it-cannot-wait'],
    ...route.steps.flatMap((step) =>
      step.notify.flatMap((whom) => (whom.whom === 'ring' || whom.whom === 'email' ? [whom.contact] : [])),
    ),
  ];
  return {
    ...route,
    timezone: settings.timezone,
    hours: settings.hours,
    times: settings.times,
    contacts: Object.fromEntries(
      named.flatMap((id) => {
        const contact = organisation.contacts.get(id);
        return contact === undefined ? [] : [[id, contact]];
      }),
    ),
    onDutyRole: settings['on-duty-role'],
    roles: Object.fromEntries(settings.roles.map(({ id, name: role }) => [id, role])),
    departmentChannel: settings.departments.find(({ id }) => id === department)?.channel ?? null,
  };
}

/** Why a step did not reach somebody whom it names. */
export type Missing =
  | 'nobody-on-duty'
  | 'on-duty-is-the-concern'
  | 'nobody-in-role'
  | 'no-channel'
  | 'channel-is-the-concern'
  | 'no-email';

/** What taking one step of a route came to, as its audit row keeps it. */
export type StepTaken = {
  readonly step: number;
  readonly round: number;
  /** Whom the step reached: names of people, channels and inboxes. Null where a person's is not kept any more. */
  readonly reached: readonly (string | null)[];
  readonly missing: readonly Missing[];
  /** The contacts that the reporter is told to ring, where the step says so. */
  readonly ring: readonly string[];
};

/** Going round somebody is meant; all else that is missing makes the next step due at once. */
const MEANT: readonly Missing[] = ['on-duty-is-the-concern', 'channel-is-the-concern'];

/**
 * Takes the next step of a referral's route, and goes straight on while a step reaches too few. At the end the waiting
 * that steps before it asked for still has to pass before the referral counts as unanswered.
 * @param because The audit row that says why, for those who are told again.
 * @param left The time that is left for those whom an earlier step did reach. In milliseconds.
 */
export async function takeNextSteps(work: Work, referral: ReferralRow, because?: number, left = 0): Promise<void> {
  const route = routeOf(referral);
  // Somebody was reached and has a little time, although the route had to go on without waiting for them.
  let patience = left;
  let ring = false;
  for (let index = referral.route_step + 1; index < route.steps.length; index += 1) {
    const step = route.steps[index];
    if (step === undefined) break;
    const at = { ...referral, route_step: index };
    if (!isNow(route, step, work.now)) {
      await record(work, referral, 'step-skipped', { step: index, round: referral.round, when: step.when });
      await updateReferral(work.tx, referral.reference, { route_step: index });
      continue;
    }
    const { taken, people } = await notifyAll(work, at, route, step, because);
    await record(work, referral, 'step', { ...taken }, people);
    const wait = (step.wait?.[referral.urgency] ?? 0) * 60_000;
    const waits = wait > 0 && taken.reached.length > 0 && holds(taken);
    await updateReferral(work.tx, referral.reference, {
      route_step: index,
      next_step_at: waits ? work.now + wait : null,
    });
    ring ||= taken.ring.length > 0;
    if (waits) {
      if (ring) await sayRing(work, referral, because);
      return;
    }
    if (taken.reached.length > 0) patience = Math.max(patience, wait);
  }
  if (patience > 0) {
    await updateReferral(work.tx, referral.reference, { next_step_at: work.now + patience });
    if (ring) await sayRing(work, referral, because);
    return;
  }
  await giveUp(work, referral);
}

/** Whom to ring comes as a new message, unless it is the answer to Send itself. */
async function sayRing(work: Work, referral: ReferralRow, because: number | undefined): Promise<void> {
  if (because !== undefined) await showReporterAgain(work, referral);
}

function isNow(route: FrozenRoute, step: RouteStep, now: number): boolean {
  return step.when === undefined || (step.when === 'in-hours') === isInHours(route, now);
}

/** A channel alone does not stand in for a person who should have been on duty. */
function holds({ missing }: StepTaken): boolean {
  const unmeant = missing.filter((one) => !MEANT.includes(one));
  return unmeant.every((one) => one === 'no-channel' || one === 'no-email');
}

/** The route is done, and nobody has acknowledged: the reporter is told to ring, and the desk that nobody has it. */
async function giveUp(work: Work, referral: ReferralRow): Promise<void> {
  const event = await record(work, referral, 'unanswered', { round: referral.round });
  await updateReferral(work.tx, referral.reference, { next_step_at: null, unanswered_at: work.now });
  await nudgeDesk(work, referral.reference, event);
  await showReporterAgain(work, referral);
}

/** Why a route goes on. */
export type Why = 'not-acknowledged' | 'not-delivered-to-anybody' | 'unconfirmed-by-anybody';

/** Goes on with the route, because the time for an acknowledgement is over or a step turned out to reach nobody. */
export async function escalateFurther(work: Work, referral: ReferralRow, why: Why, left = 0): Promise<void> {
  const event = await record(work, referral, why, { step: referral.route_step, round: referral.round });
  await takeNextSteps(work, referral, event, left);
  await changed(work, referral);
}

/**
 * A card of a route's step will not arrive, or is not there any more: the route goes on at once if nobody else of that
 * step was reached. A channel does not stand in for a person who should have been on duty, but keeps its time. At the
 * end of the route, everybody whom this round reached is waited for.
 */
export async function goOnWithout(work: Work, card: CardRow): Promise<void> {
  if (card.referral === null) return;
  const referral = await lockReferral(work.tx, work.store, card.referral);
  const read = await readReferral(work.tx, work.seal, card.referral);
  if (referral === undefined || read === undefined) return;
  const isAtEnd = referral.route_step >= routeOf(referral).steps.length - 1;
  const counts = ({ step, round }: CardRow): boolean =>
    round === referral.round && step !== null && (isAtEnd || step === referral.route_step);
  if (referral.status !== 'raised' || referral.next_step_at === null || !counts(card)) return;
  const others = read.cards.filter(
    (other) => counts(other) && other.id !== card.id && other.state !== 'failed' && other.state !== 'parked',
  );
  const isEnough = isAtEnd || card.person === null ? others.length > 0 : others.some(({ person }) => person !== null);
  if (isEnough) return;
  const left = others.length > 0 ? referral.next_step_at - work.now : 0;
  const mayHaveArrived = read.cards.some((one) => counts(one) && one.possible_duplicate === 1);
  await escalateFurther(work, referral, mayHaveArrived ? 'unconfirmed-by-anybody' : 'not-delivered-to-anybody', left);
}

/** An owner who has done nothing loses the referral to the route, which begins again. */
export async function returnToRoute(work: Work, referral: ReferralRow): Promise<void> {
  const round = referral.round + 1;
  const back: Partial<ReferralRow> = {
    status: 'raised',
    owner_tenant: null,
    owner: null,
    owner_name: null,
    owner_due_at: null,
    reminded_at: null,
    unanswered_at: null,
    next_step_at: null,
    route_step: -1,
    round,
  };
  await record(work, referral, 'returned', { round }, ownerNamed(referral));
  await updateReferral(work.tx, referral.reference, back);
  await takeNextSteps(work, { ...referral, ...back });
  // Their card said that somebody has this. At the end of a route they have been shown it already.
  const waits = (await readReferral(work.tx, work.seal, referral.reference))?.referral.next_step_at != null;
  if (waits) await showReporterAgain(work, referral);
  await changed(work, referral);
}

async function notifyAll(
  work: Work,
  referral: ReferralRow,
  route: FrozenRoute,
  step: RouteStep,
  because: number | undefined,
): Promise<{ readonly taken: StepTaken; readonly people: Readonly<Record<string, Actor>> }> {
  const places: CardRow[] = [];
  const missing: Missing[] = [];
  const ring: string[] = [];
  for (const whom of step.notify) {
    if (whom.whom === 'ring') {
      ring.push(whom.contact);
      continue;
    }
    const found = await owe(work, referral, route, whom);
    if (typeof found === 'string') missing.push(found);
    else places.push(...found.filter((card) => !places.some((other) => isSamePlace(card, other))));
  }
  const earlier = await deskCardsOf(work, referral);
  // What this round has sent, and what can be acted on.
  const told = earlier.filter(
    ({ round, state }) => round === referral.round && state !== 'failed' && state !== 'parked',
  );
  for (const place of places) {
    const known = told.find((card) => isSamePlace(card, place));
    if (known === undefined) {
      await addCards(work.tx, [inPlaceOf(place, earlier)]);
      continue;
    }
    // Whoever has the card already is reminded of it, and not sent another. One that is still to come is reminder enough.
    await updateCard(work.tx, known.id, { step: place.step });
    if (because !== undefined && known.activity !== null) {
      await addCards(work.tx, [nudge(referral, known, because, work.now)]);
    }
  }
  const { route_step: index, round } = referral;
  const reached = places.map(({ person, place_name: name }) => (person === null ? name : null));
  return { taken: { step: index, round, reached, missing, ring }, people: peopleIn(places) };
}

/** Those of whom a step's row keeps the names apart, each by their place in its list. */
function peopleIn(places: readonly CardRow[]): Readonly<Record<string, Actor>> {
  return Object.fromEntries(
    places.flatMap(({ tenant, person, place_name: name }, index) =>
      person === null ? [] : [[`reached.${index}`, { tenant, person, name }]],
    ),
  );
}

async function deskCardsOf({ tx }: Work, { reference }: ReferralRow): Promise<CardRow[]> {
  return tx.selectFrom('cards').selectAll().where('referral', '=', reference).where('role', 'in', DESK_ROLES).execute();
}

function isSamePlace(one: CardRow, other: CardRow): boolean {
  return one.lane === other.lane && one.address === other.address;
}

type Told = Exclude<Whom, { whom: 'ring' }>;

async function owe(work: Work, referral: ReferralRow, route: FrozenRoute, whom: Told): Promise<CardRow[] | Missing> {
  switch (whom.whom) {
    case 'on-duty': {
      if (isAboutCharge(referral)) return 'on-duty-is-the-concern';
      const cards = await oweOnDuty(work, referral, referral.department, 'on-duty', route.onDutyRole);
      return cards.length > 0 ? cards : 'nobody-on-duty';
    }
    case 'role': {
      const name = route.roles[whom.role] ?? whom.role;
      const cards = await oweOnDuty(work, referral, whom.role, 'role', name, await inCharge(work.tx, referral));
      if (cards.length > 0) return cards;
      const isAnybody = (await onDuty(work.tx, referral.organisation, whom.role, work.now)).length > 0;
      return isAnybody && isAboutCharge(referral) ? 'on-duty-is-the-concern' : 'nobody-in-role';
    }
    case 'channel':
    case 'department-channel': {
      // A department's own channel is in the safeguarding team, and read by those in charge there.
      const avoided = whom.whom === 'channel' ? ['channel'] : ['channel', 'yes', 'unsure'];
      if (avoided.includes(referral.about_senior)) return 'channel-is-the-concern';
      const name = whom.whom === 'channel' ? whom.name : route.departmentChannel;
      const channels = name === null ? [] : await findChannels(work.tx, work.teams(referral.organisation), name);
      const cards = channels.map((channel) => channelCard(referral, channel, referral.route_step, work.now));
      return cards.length > 0 ? cards : 'no-channel';
    }
    case 'email': {
      const contact = route.contacts[whom.contact];
      if (!work.mails || contact?.email === undefined) return 'no-email';
      return [emailCard(referral, { role: contact.role, address: contact.email }, referral.route_step, work.now)];
    }
  }
}

function isAboutCharge({ about_senior: about }: ReferralRow): boolean {
  return about === 'yes' || about === 'unsure';
}

/** Those whom a referral may be about, because they have been in charge there since: whatever else they are on duty as. */
export async function inCharge(db: Queries, referral: ReferralRow): Promise<readonly PersonKey[]> {
  const { organisation, department, raised_at } = referral;
  return isAboutCharge(referral) ? onDutySince(db, organisation, department, raised_at) : [];
}

/**
 * Cards for everybody on duty in a department or role who can be reached, but for the reporter. Where the name is kept,
 * the reporter gets one like the others: being left out would show who raised it.
 * @param gone Whom it goes round.
 */
async function oweOnDuty(
  work: Work,
  referral: ReferralRow,
  place: string,
  role: 'on-duty' | 'role',
  name: string,
  gone: readonly PersonKey[] = [],
): Promise<CardRow[]> {
  const cards: CardRow[] = [];
  for (const duty of await onDuty(work.tx, referral.organisation, place, work.now)) {
    const isReporter = duty.tenant === referral.reporter_tenant && duty.person === referral.reporter;
    const person = await findPerson(work.tx, duty);
    if (
      (isReporter && referral.name_kept === 0) ||
      !person?.conversation ||
      gone.some(({ tenant, person: whose }) => tenant === duty.tenant && whose === duty.person) ||
      cards.some((card) => card.person === duty.person && card.tenant === duty.tenant)
    )
      continue;
    cards.push(deskCard(referral, role, person, name, referral.route_step, work.now));
  }
  return cards;
}
