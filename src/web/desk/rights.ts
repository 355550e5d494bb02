import { parseReference } from '../../escalation/reference.ts';
import type { Organisation } from '../../guidance/types.ts';
import { hasBeenOnDuty } from '../../store/duty.ts';
import { findPerson, type PersonKey, reachable } from '../../store/people.ts';
import type { Actor, ReferralRecord } from '../../store/referrals.ts';
import { countOpen, isInSight, type Sight } from '../../store/register.ts';
import { teamsOf } from '../../store/teams.ts';
import { RosterUnknownError } from '../../teams/roster.ts';
import { RIGHTS, type Right } from './contract.ts';
import type { DeskNeeds } from './needs.ts';
import { DeskError, notFound } from './problems.ts';

/** What somebody may see of one organisation. */
export type Rights = { readonly organisation: Organisation; readonly right: Right };

/** The organisations of somebody's tenant. Their guidance is for everybody there. */
export function organisationsOf(
  { guidance, organisationsOf: idsOf }: DeskNeeds,
  { tenant }: PersonKey,
): Organisation[] {
  return idsOf(tenant).flatMap((id) => guidance().get(id) ?? []);
}

/** @throws DeskError where it is not one of theirs. */
export function organisationOf(needs: DeskNeeds, who: PersonKey, id: string): Organisation {
  const organisation = organisationsOf(needs, who).find((one) => one.id === id);
  if (organisation === undefined) throw notYours();
  return organisation;
}

/** What somebody may see, as far as it is known. */
export type AllRights = {
  readonly rights: readonly Rights[];
  /** Those whose team Teams does not name just now: there nobody has more than what is theirs without it. */
  readonly unknown: readonly Organisation[];
};

/**
 * What somebody may see, and of which organisations, in the order in which they are offered: where they may see most,
 * then the one that they chose, then where most is open. Where a tenant holds several Trusts, a member of staff has only
 * the one that they chose, and all of them until they have chosen.
 * @throws DeskError where there is none.
 */
export async function rightsOf(needs: DeskNeeds, who: PersonKey): Promise<AllRights> {
  const all: Rights[] = [];
  const unknown: Organisation[] = [];
  for (const organisation of organisationsOf(needs, who)) {
    const isMember = await isInTeam(needs, who, organisation.id).catch(undefinedIfUnknown);
    if (isMember === undefined) unknown.push(organisation);
    all.push({ organisation, right: isMember === true ? 'team' : await rightWithoutTeam(needs, who, organisation.id) });
  }
  const { db } = needs.store;
  const chosen = (await findPerson(db, who))?.organisation ?? undefined;
  const more = all.filter(({ right }) => right !== 'staff');
  const isTheirs = ({ organisation, right }: Rights): boolean => {
    if (right !== 'staff' || all.length === 1) return true;
    return chosen === undefined ? more.length === 0 : organisation.id === chosen;
  };
  const theirs = all.filter(isTheirs);
  if (theirs.length === 0) {
    throw new DeskError('not-allowed', 'Signpost is not set up for your organisation. Ask your IT service desk.');
  }
  const open =
    more.length > 1
      ? await countOpen(
          db,
          more.map(({ organisation }) => organisation.id),
        )
      : undefined;
  const place = ({ organisation: { id }, right }: Rights): number[] => [
    RIGHTS.indexOf(right),
    id === chosen ? 0 : 1,
    -(open?.get(id) ?? 0),
  ];
  return { rights: theirs.sort((a, b) => compare(place(a), place(b))), unknown };
}

/** Compares by the first numbers that differ. */
function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** What somebody may see of one organisation. @throws DeskError where that is nothing, or cannot be known. */
export async function rightsIn(needs: DeskNeeds, who: PersonKey, id: string): Promise<Rights> {
  const organisation = organisationOf(needs, who, id);
  return { organisation, right: await rightIn(needs, who, id) };
}

async function rightIn(needs: DeskNeeds, who: PersonKey, organisation: string): Promise<Right> {
  if (await ifKnown(isInTeam(needs, who, organisation))) return 'team';
  return rightWithoutTeam(needs, who, organisation);
}

async function rightWithoutTeam({ store }: DeskNeeds, who: PersonKey, organisation: string): Promise<Right> {
  return (await hasBeenOnDuty(store.db, organisation, who)) ? 'senior' : 'staff';
}

/**
 * Whether somebody is in a team that receives an organisation's referrals: Teams itself says so, and nothing else.
 * @throws RosterUnknownError
 */
async function isInTeam({ store, teams, roster }: DeskNeeds, who: PersonKey, organisation: string): Promise<boolean> {
  return roster.has(await teamsOf(store.db, teams(organisation)), who);
}

/**
 * The team that receives a referral, as `colleaguesFor` takes it: those whom the bot can reach. A senior asks none of
 * them, and needs to know them only where it may be about one.
 * @throws DeskError where it may be, and Teams does not say who they are.
 */
export async function teamFor(
  { store, teams, roster }: DeskNeeds,
  reader: PersonKey,
  reading: AtDesk,
): Promise<Actor[]> {
  const { organisation, about_senior: about } = reading.record.referral;
  if (reading.right !== 'team' && about !== 'channel') return [];
  const rows = await teamsOf(store.db, teams(organisation));
  const members = roster.members(rows, reader.tenant);
  const known = await (about === 'channel' ? ifKnown(members) : members.catch(undefinedIfUnknown));
  return reachable(store.db, reader.tenant, [...(known ?? [])]);
}

function undefinedIfUnknown(error: unknown): undefined {
  if (!(error instanceof RosterUnknownError)) throw error;
}

/** Neither less than somebody may see nor more: nothing, until it is known. */
async function ifKnown<T>(said: Promise<T>): Promise<T> {
  return said.catch((error: unknown) => {
    if (!(error instanceof RosterUnknownError)) throw error;
    throw new DeskError(
      'unavailable',
      'Teams does not tell us just now who is in the safeguarding team, so this page cannot be shown. It tries again by itself. Your cards in Teams still work.',
      { cause: error },
    );
  });
}

/** How somebody with this right sees what others raised. */
export function sightOf(needs: DeskNeeds, who: PersonKey, right: Right): Extract<Sight, { list: 'desk' }> {
  return { list: 'desk', reader: who, isTeam: right === 'team', at: needs.clock.now() };
}

/** A referral as one of its readers has it before them. */
export type Reading =
  | { readonly as: 'reporter'; readonly record: ReferralRecord; readonly organisation: Organisation }
  | AtDesk;
export type AtDesk = {
  readonly as: 'desk';
  readonly record: ReferralRecord;
  readonly organisation: Organisation;
  readonly right: Right;
};

/** @throws DeskError in the same words whether there is no such referral or it is not theirs. */
export async function readingOf(needs: DeskNeeds, who: PersonKey, typed: string): Promise<Reading> {
  const reference = parseReference(typed) ?? typed;
  const record = await needs.referrals.read(reference);
  const organisation = organisationsOf(needs, who).find((one) => one.id === record?.referral.organisation);
  if (record === undefined || organisation === undefined) throw notFound();
  const sees = (sight: Sight): Promise<boolean> => isInSight(needs.store.db, sight, reference);
  if (await sees({ list: 'mine', reader: who })) return { as: 'reporter', record, organisation };
  const right = await rightIn(needs, who, organisation.id);
  if (await sees(sightOf(needs, who, right))) return { as: 'desk', record, organisation, right };
  throw notFound();
}

/**
 * Whether somebody reads a referral as a safeguarding lead: named as one by the deployment, and in the team now, as Teams
 * itself says.
 */
export function isLead(needs: DeskNeeds, who: PersonKey, reading: Reading): reading is AtDesk {
  return reading.as === 'desk' && reading.right === 'team' && isNamed(needs, reading.organisation, who);
}

/** The safeguarding leads of a referral's organisation whom the bot can reach, for one of them. */
export async function leadsFor(needs: DeskNeeds, lead: PersonKey, reading: AtDesk): Promise<Actor[]> {
  return (await teamFor(needs, lead, reading)).filter((member) => isNamed(needs, reading.organisation, member));
}

function isNamed({ leads }: DeskNeeds, { id }: Organisation, { person }: PersonKey): boolean {
  const named = leads(id);
  return named === 'everybody in the team' || named.includes(person);
}

function notYours(): DeskError {
  return new DeskError('not-allowed', 'This is not open to you. It is for another organisation than yours.');
}
