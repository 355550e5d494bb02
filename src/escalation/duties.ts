import { randomUUID } from 'node:crypto';
import type { Organisation } from '../guidance/types.ts';
import { addCards } from '../store/cards.ts';
import {
  answerHandover,
  dutiesOf,
  endDuty,
  findHandover,
  type PlaceKey,
  saveHandover,
  startDuty,
} from '../store/duty.ts';
import { findPerson, type PersonKey } from '../store/people.ts';
import { type Actor, readReferral } from '../store/referrals.ts';
import type { HandoverRow, PersonRow } from '../store/schema.ts';
import { deskCard, inPlaceOf, noticeTo } from './owed.ts';
import { inCharge, routeOf } from './routes.ts';
import { record } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/** Whoever was on duty in the last two months can be asked to take over a duty or a referral. In milliseconds. */
export const COLLEAGUES_MS = 60 * 24 * 60 * 60_000;

/** A department or a role that somebody can be on duty for. */
export type DutyPlace = { readonly id: string; readonly name: string };

/** Departments first, then the roles of the whole organisation. */
export function dutyPlaces({ settings }: Organisation): DutyPlace[] {
  return [...settings.departments, ...settings.roles];
}

/** The ids of the places whose people on duty a route tells. Elsewhere nobody is waited for. */
export function toldPlaces({ settings }: Organisation): ReadonlySet<string> {
  const told = Object.values(settings.routes).flatMap(({ steps }) => steps.flatMap(({ notify }) => notify));
  const departments = told.some(({ whom }) => whom === 'on-duty') ? settings.departments : [];
  return new Set([
    ...departments.map(({ id }) => id),
    ...told.flatMap((whom) => (whom.whom === 'role' ? [whom.role] : [])),
  ]);
}

export type Duties = {
  /**
   * Signs a person on. Signing on again for the same place changes the time. What waits there is sent to them.
   * @param isInTeam Whether they are in the safeguarding team: then what may be about somebody in it is not sent.
   */
  start(organisation: Organisation, place: string, person: PersonRow, until: number, isInTeam?: boolean): Promise<void>;
  /** Comes off all that a person is on duty for, or only one place. */
  end(person: PersonKey, place?: PlaceKey): Promise<void>;
  /** Asks a colleague to take over. Until they accept, nothing changes. @returns false if that cannot be asked. */
  askToTakeOver(place: PlaceKey, from: PersonRow, to: PersonKey): Promise<boolean>;
  /** What a colleague says to that. */
  answer(id: string, person: PersonRow, answer: HandoverAnswer): Promise<Answered>;
};

export type HandoverAnswer =
  | { readonly accepts: true; readonly until: number /** As for `start`. */; readonly isInTeam?: boolean }
  | { readonly accepts: false };
export type Answered = {
  readonly result: 'accepted' | 'declined' | 'too-late' | 'not-yours';
  readonly handover?: HandoverRow;
};

export function createDuties(engine: Engine): Duties {
  return {
    async start(organisation, place, person, until, isInTeam = false) {
      await inOneTransaction(engine, (work) => begin(work, organisation.id, place, person, until, { isInTeam }));
    },

    async end(person, place) {
      await inOneTransaction(engine, (work) => endDuty(work.tx, person, work.now, place));
    },

    async askToTakeOver(place, from, to) {
      return inOneTransaction(engine, async (work) => {
        const duty = (await dutiesOf(work.tx, from, work.now)).find((row) => isAt(row, place));
        const colleague = await findPerson(work.tx, to);
        if (duty === undefined || !colleague?.conversation || colleague.tenant !== from.tenant) return false;
        if (colleague.person === from.person) return false;
        const handover: HandoverRow = {
          id: randomUUID(),
          organisation: duty.organisation,
          department: duty.department,
          from_tenant: from.tenant,
          from_person: from.person,
          from_name: from.name,
          to_tenant: colleague.tenant,
          to_person: colleague.person,
          to_name: colleague.name,
          until_at: duty.until_at,
          state: 'asked',
          asked_at: work.now,
          answered_at: null,
        };
        await saveHandover(work.tx, handover);
        await addCards(work.tx, [noticeTo(colleague, { notice: 'take-over', handover: handover.id }, work.now)]);
        return true;
      });
    },

    async answer(id, person, answer) {
      return inOneTransaction(engine, async (work): Promise<Answered> => {
        const handover = await findHandover(work.tx, id);
        if (handover === undefined || handover.to_person !== person.person || handover.to_tenant !== person.tenant) {
          return { result: 'not-yours' };
        }
        const from = { tenant: handover.from_tenant, person: handover.from_person };
        const state = answer.accepts ? 'accepted' : 'declined';
        // Whoever asked may have come off meanwhile, or have been relieved by somebody else.
        const still = (await dutiesOf(work.tx, from, work.now)).some((row) => isAt(row, handover));
        if (!still || !(await answerHandover(work.tx, id, state, work.now))) return { result: 'too-late', handover };
        if (answer.accepts) {
          const asked = { ...from, name: handover.from_name };
          const { until, isInTeam = false } = answer;
          await begin(work, handover.organisation, handover.department, person, until, { isInTeam, from: asked });
          await endDuty(work.tx, from, work.now, handover);
        }
        const asker = await findPerson(work.tx, from);
        if (asker?.conversation) {
          await addCards(work.tx, [noticeTo(asker, { notice: `take-over-${state}`, handover: id }, work.now)]);
        }
        return { result: state, handover };
      });
    },
  };
}

function isAt(row: PlaceKey, place: PlaceKey): boolean {
  return row.organisation === place.organisation && row.department === place.department;
}

/** How somebody comes on duty. */
type Arrival = { readonly isInTeam: boolean /** Whom they take over from. */; readonly from?: Actor };

async function begin(
  work: Work,
  organisation: string,
  place: string,
  person: PersonRow,
  until: number,
  how: Arrival,
): Promise<void> {
  const { tx, now } = work;
  await endDuty(tx, person, now, { organisation, department: place });
  await startDuty(tx, {
    id: randomUUID(),
    organisation,
    department: place,
    tenant: person.tenant,
    person: person.person,
    name: person.name,
    from_at: now,
    until_at: until,
    ended_at: null,
    warned_at: null,
  });
  await sendWhatWaits(work, organisation, place, person, how);
}

/** Whoever comes on duty gets what is not acknowledged yet, if its route has told those on duty there. */
async function sendWhatWaits(
  work: Work,
  organisation: string,
  place: string,
  person: PersonRow,
  { isInTeam, from }: Arrival,
): Promise<void> {
  const waiting = await work.tx
    .selectFrom('referrals')
    .select('reference')
    .where('status', '=', 'raised')
    .where('organisation', '=', organisation)
    .orderBy('raised_at')
    .execute();
  for (const { reference } of waiting) {
    const read = await readReferral(work.tx, work.seal, reference);
    if (read === undefined) continue;
    const { referral, cards } = read;
    const route = routeOf(referral);
    const told = route.steps.slice(0, referral.route_step + 1).flatMap((step) => step.notify);
    const mayBeAbout = (await inCharge(work.tx, referral)).some(
      (one) => one.tenant === person.tenant && one.person === person.person,
    );
    // The register tells the team that there is one: nobody in it can fetch it by going on duty.
    if (isInTeam && referral.about_senior === 'channel') continue;
    const isRole = !mayBeAbout && told.some((whom) => whom.whom === 'role' && whom.role === place);
    const isDepartment =
      referral.department === place &&
      referral.about_senior !== 'yes' &&
      referral.about_senior !== 'unsure' &&
      told.some((whom) => whom.whom === 'on-duty');
    const isReporter = referral.reporter === person.person && referral.reporter_tenant === person.tenant;
    // Being left out would show who raised it.
    const isLeftOut = isReporter && referral.name_kept === 0;
    // A card of an earlier round made its sound when that round was new.
    const has = cards.some(
      ({ tenant, person: whose, role, state, round }) =>
        whose === person.person &&
        tenant === person.tenant &&
        role !== 'reporter' &&
        state !== 'failed' &&
        round === referral.round,
    );
    if ((!isRole && !isDepartment) || isLeftOut || has || !person.conversation) continue;
    await record(work, referral, 'came-on-duty', {}, from === undefined ? { place: person } : { place: person, from });
    const role = isDepartment ? 'on-duty' : 'role';
    const as = isDepartment ? route.onDutyRole : (route.roles[place] ?? place);
    const card = deskCard(referral, role, person, as, referral.route_step, work.now);
    await addCards(work.tx, [inPlaceOf(card, cards)]);
  }
}
