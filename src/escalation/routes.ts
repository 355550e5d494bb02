import { randomUUID } from 'node:crypto';
import type { Contact, Route, Whom } from '../guidance/types.ts';
import { addCard, wantCards } from '../store/cards.ts';
import { onDuty } from '../store/duty.ts';
import { findPerson } from '../store/people.ts';
import { appendAudit, updateReferral } from '../store/referrals.ts';
import type { CardRow, ReferralRow } from '../store/schema.ts';
import type { Queries } from '../store/store.ts';
import { findChannels, type TeamGroups } from '../store/teams.ts';

/** A route as it stood when a referral was raised, with the contacts that it names. */
export type FrozenRoute = Route & { readonly contacts: Readonly<Record<string, Contact>> };

export function routeOf(referral: ReferralRow): FrozenRoute {
  return JSON.parse(referral.route);
}

/** The group ids of the teams that may receive an organisation's referrals. */
export type SafeguardingTeams = (organisation: string) => TeamGroups;

/** What taking one step of a route came to, as its audit row keeps it. */
export type StepTaken = {
  readonly step: number;
  /** Whom the step reached: names of people and channels, and roles to ring. */
  readonly reached: readonly string[];
  readonly missing: readonly ('nobody-on-duty' | 'on-duty-is-the-concern' | 'no-channel')[];
  /** The contacts that the reporter is told to ring, where the step says so. */
  readonly ring: readonly string[];
};

/**
 * Takes the next step of a referral's route, and goes straight on while a step reaches nobody.
 * Runs inside the transaction of whatever made the step due.
 */
export async function takeNextSteps(
  tx: Queries,
  referral: ReferralRow,
  teams: SafeguardingTeams,
  now: number,
): Promise<void> {
  const route = routeOf(referral);
  for (let index = referral.route_step + 1; index < route.steps.length; index += 1) {
    const step = route.steps[index];
    if (step === undefined) break;
    const taken = await notifyAll(tx, referral, step.notify, teams, now, index);
    await appendAudit(tx, referral.reference, { kind: 'step', at: now, details: { ...taken } });
    const waits = taken.reached.length > 0 && step.wait !== undefined;
    await updateReferral(tx, referral.reference, {
      route_step: index,
      next_step_at: waits ? now + (step.wait?.[referral.urgency] ?? 0) * 60_000 : null,
    });
    if (waits) return;
  }
}

/** Goes on with the route, because the time for an acknowledgement is over or nobody is left to give one. */
export async function escalateFurther(
  tx: Queries,
  referral: ReferralRow,
  teams: SafeguardingTeams,
  now: number,
  why: 'not-acknowledged' | 'nobody-reached',
): Promise<void> {
  await appendAudit(tx, referral.reference, { kind: why, at: now });
  await takeNextSteps(tx, referral, teams, now);
  await updateReferral(tx, referral.reference, { version: referral.version + 1 });
  await wantCards(tx, referral.reference, now);
}

async function notifyAll(
  tx: Queries,
  referral: ReferralRow,
  list: readonly Whom[],
  teams: SafeguardingTeams,
  now: number,
  step: number,
): Promise<StepTaken> {
  const reached: string[] = [];
  const missing: StepTaken['missing'][number][] = [];
  const ring: string[] = [];
  for (const whom of list) {
    switch (whom.whom) {
      case 'on-duty': {
        const people = await notifyOnDuty(tx, referral, now);
        if (people === 'skipped') missing.push('on-duty-is-the-concern');
        else if (people.length === 0) missing.push('nobody-on-duty');
        else reached.push(...people);
        break;
      }
      case 'channel': {
        const channels = await notifyChannel(tx, referral, whom.name, teams, now);
        if (channels.length === 0) missing.push('no-channel');
        reached.push(...channels);
        break;
      }
      case 'ring': {
        ring.push(whom.contact);
        break;
      }
    }
  }
  return { step, reached, missing, ring };
}

/** Owes a card to everybody on duty for the department, unless the concern may be about somebody there. */
async function notifyOnDuty(tx: Queries, referral: ReferralRow, now: number): Promise<string[] | 'skipped'> {
  if (referral.about_senior !== 'no') return 'skipped';
  const names: string[] = [];
  const seen = new Set<string>();
  for (const duty of await onDuty(tx, referral.organisation, referral.department, now)) {
    const isReporter = duty.tenant === referral.reporter_tenant && duty.person === referral.reporter;
    const person = await findPerson(tx, duty);
    if (isReporter || seen.has(duty.person) || !person?.conversation) continue;
    seen.add(duty.person);
    await addCard(tx, {
      ...blankCard(referral.reference, 'on-duty', now),
      tenant: person.tenant,
      person: person.person,
      place_name: person.name,
      conversation: person.conversation,
      service_url: person.service_url,
      bot_id: person.bot_id,
    });
    names.push(person.name);
  }
  return names;
}

async function notifyChannel(
  tx: Queries,
  referral: ReferralRow,
  name: string,
  teams: SafeguardingTeams,
  now: number,
): Promise<string[]> {
  const channels = await findChannels(tx, teams(referral.organisation), name);
  for (const { channel, name: channelName, team } of channels) {
    await addCard(tx, {
      ...blankCard(referral.reference, 'channel', now),
      tenant: team.tenant,
      team: team.team,
      channel,
      place_name: channelName,
      service_url: team.service_url,
      bot_id: team.bot_id,
    });
  }
  return channels.map((channel) => channel.name);
}

type Blank = Omit<CardRow, 'tenant' | 'place_name' | 'service_url' | 'bot_id'>;

/** A card that is owed and was never sent. */
export function blankCard(referral: string, role: CardRow['role'], now: number): Blank {
  return {
    id: randomUUID(),
    referral,
    role,
    person: null,
    team: null,
    channel: null,
    conversation: null,
    activity: null,
    wanted: 1,
    shown: 0,
    state: 'waiting',
    possible_duplicate: 0,
    attempts: 0,
    last_error: null,
    due_at: now,
    lease_until: 0,
    created_at: now,
    delivered_at: null,
  };
}
