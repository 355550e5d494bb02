import { randomUUID } from 'node:crypto';
import type { Guidance } from '../guidance/types.ts';
import {
  emptyLog,
  forgetDutyRows,
  forgetIdleLanes,
  forgetNameIn,
  forgetNoticesTo,
  forgetPerson,
  isBeingDelivered,
  type Need,
  neededFor,
} from '../store/forgetting.ts';
import type { PersonKey } from '../store/people.ts';
import { lockReferral, type ReferralRecord, readReferral } from '../store/referrals.ts';
import type { DutyRow, HandoverRow, ReferralRow } from '../store/schema.ts';
import { type Known, saveRequest, tracesOf } from '../store/traces.ts';
import { type Asker, digestOf, type PersonPart, partsIn } from './person-record.ts';
import { forget, keptUntil } from './retention.ts';
import { record } from './telling.ts';
import { type Engine, inOneTransaction } from './work.ts';

/**
 * What can be deleted of one person, and what stays and why. A Trust must be able to show what it did with a concern:
 * a referral stays until its time is over. Whoever decides otherwise for what is closed says so, and why. What is open
 * stays whatever they say: somebody may be at risk.
 */

/** Why something stays. */
export type Stay =
  | 'open'
  | 'within-its-time'
  | 'being-delivered'
  | 'already-forgotten'
  | 'says-who-was-responsible'
  | Need;

/** What would become of one thing that is kept. */
export type Fate = { readonly goes: true } | { readonly goes: false; readonly because: Stay };

export type ReferralFate = {
  readonly reference: string;
  readonly as: readonly PersonPart[];
  /** When its time is over by rule; null where it is kept for ever, or is open. In epoch milliseconds. */
  readonly keptUntil: number | null;
  /** Whether all words and names go, or only this person’s name. */
  readonly what: 'all' | 'name';
} & Fate;

export type ErasurePlan = {
  readonly about: Known;
  /** How to reach them; absent where that is not kept. */
  readonly account?: Fate;
  readonly duties: readonly ({ readonly id: string } & Fate)[];
  readonly handovers: readonly ({ readonly id: string } & Fate)[];
  readonly notices: readonly ({ readonly id: string } & Fate)[];
  readonly referrals: readonly ReferralFate[];
  /** Names of teams that Teams names them as an owner of. They stay. */
  readonly teams: readonly string[];
};

type Options = {
  readonly guidance: Guidance;
  /** Whether somebody has decided that what is closed goes before its time. */
  readonly beforeItsTime: boolean;
};

const GOES: Fate = { goes: true };

export async function planErasure(engine: Engine, about: Known, options: Options): Promise<ErasurePlan> {
  const { store, seal, clock } = engine;
  const now = clock.now();
  const traces = await tracesOf(store.db, about);
  const records: ReferralRecord[] = [];
  for (const reference of traces.references) {
    const found = await readReferral(store.db, seal, reference);
    if (found !== undefined) records.push(found);
  }
  const referrals = records.map((one) => fateOf(one, about, options));
  const needs = await neededFor(store.db, about, now);
  const gone = new Set(referrals.filter(({ goes, what }) => goes && what === 'all').map(({ reference }) => reference));
  const kept = await keptReferrals(engine, gone);
  const isProof = (row: Span): boolean => kept.some((one) => overlaps(row, one, traces.references, now));
  return {
    about,
    ...(traces.person === undefined ? {} : { account: needs[0] === undefined ? GOES : stays(needs[0]) }),
    duties: traces.duties.map((row) => ({ id: row.id, ...dutyFate(row, isProof(spanOfDuty(row)), now) })),
    handovers: traces.handovers.map((row) => ({ id: row.id, ...handoverFate(row, isProof(spanOfHandover(row)), now) })),
    notices: traces.notices.map(({ id, due_at }) => ({ id, ...(due_at === null ? GOES : stays('message-owed')) })),
    referrals,
    teams: traces.keeps.map(({ name }) => name),
  };
}

function stays(because: Stay): Fate {
  return { goes: false, because };
}

function fateOf(one: ReferralRecord, about: PersonKey, { guidance, beforeItsTime }: Options): ReferralFate {
  const { referral, cards } = one;
  const as = partsIn(one, about);
  const until = keptUntil(guidance, referral);
  const head = {
    reference: referral.reference,
    as,
    keptUntil: until,
    what: as.includes('reporter') ? 'all' : 'name',
  } as const;
  if (referral.forgotten_at !== null) return { ...head, goes: false, because: 'already-forgotten' };
  if (referral.status !== 'closed') return { ...head, goes: false, because: 'open' };
  if (cards.some(({ due_at }) => due_at !== null)) return { ...head, goes: false, because: 'being-delivered' };
  return beforeItsTime ? { ...head, goes: true } : { ...head, goes: false, because: 'within-its-time' };
}

type Span = { readonly organisation: string; readonly place: string; readonly from: number; readonly until: number };
type KeptReferral = Pick<ReferralRow, 'reference' | 'organisation' | 'department' | 'raised_at' | 'closed_at'>;

function spanOfDuty({ organisation, department: place, from_at: from, until_at, ended_at }: DutyRow): Span {
  return { organisation, place, from, until: Math.min(until_at, ended_at ?? until_at) };
}

function spanOfHandover({ organisation, department: place, asked_at: from, until_at: until }: HandoverRow): Span {
  return { organisation, place, from, until };
}

async function keptReferrals({ store }: Engine, gone: ReadonlySet<string>): Promise<KeptReferral[]> {
  const rows = await store.db
    .selectFrom('referrals')
    .select(['reference', 'organisation', 'department', 'raised_at', 'closed_at'])
    .where('forgotten_at', 'is', null)
    .execute();
  return rows.filter(({ reference }) => !gone.has(reference));
}

/** Whether a referral that is kept was open meanwhile, there or sent to this person. */
function overlaps(
  { organisation, place, from, until }: Span,
  one: KeptReferral,
  own: readonly string[],
  now: number,
): boolean {
  if (one.organisation !== organisation || one.raised_at > until || (one.closed_at ?? now) < from) return false;
  return one.department === place || own.includes(one.reference);
}

function dutyFate({ until_at, ended_at }: DutyRow, isProof: boolean, now: number): Fate {
  if (ended_at === null && until_at > now) return stays('on-duty');
  return isProof ? stays('says-who-was-responsible') : GOES;
}

function handoverFate({ state, until_at }: HandoverRow, isProof: boolean, now: number): Fate {
  if (state === 'asked' && until_at > now) return stays('on-duty');
  return isProof ? stays('says-who-was-responsible') : GOES;
}

/** What stands where the name of somebody was, once it is erased. */
const NO_NAME = 'A member of staff';

/** Deletes what the plan says can go, and writes down that it did. @returns references that changed meanwhile and stay. */
export async function erase(engine: Engine, plan: ErasurePlan, { by, reason }: Asker): Promise<readonly string[]> {
  const { store, seal, clock } = engine;
  const { about } = plan;
  const request = randomUUID();
  const going = plan.referrals.filter(({ goes }) => goes);
  const idsOf = (rows: readonly ({ readonly id: string } & Fate)[]): string[] =>
    rows.filter(({ goes }) => goes).map(({ id }) => id);
  const duties = idsOf(plan.duties);
  const handovers = idsOf(plan.handovers);
  await saveRequest(store.db, {
    id: request,
    kind: 'erase',
    person_digest: digestOf(seal, about),
    at: clock.now(),
    run_by: by,
    reason,
    details: JSON.stringify({ referrals: going.length, duties: duties.length, handovers: handovers.length }),
  });
  const left: string[] = [];
  for (const one of going) if (!(await eraseIn(engine, one, about, request))) left.push(one.reference);
  await forgetDutyRows(store.db, duties, handovers);
  await forgetNoticesTo(store.db, about);
  const isFree = plan.account?.goes === true && (await neededFor(store.db, about, clock.now())).length === 0;
  if (isFree) await forgetPerson(store.db, about);
  await forgetIdleLanes(store.db, clock.now());
  await emptyLog(store);
  return left;
}

async function eraseIn(
  engine: Engine,
  { reference, what }: ReferralFate,
  about: PersonKey,
  request: string,
): Promise<boolean> {
  return inOneTransaction(engine, async (work) => {
    const referral = await lockReferral(work.tx, engine.store, reference);
    if (referral?.status !== 'closed' || referral.forgotten_at !== null) return false;
    if (await isBeingDelivered(work.tx, reference)) return false;
    // What one request deleted was raised by one person: it is not said where a name is kept.
    const asked = referral.name_kept === 1 ? {} : { request };
    if (what === 'all') await forget(work, referral, { because: 'request', ...asked });
    else {
      await record(work, referral, NAME_ERASED, { request });
      await forgetNameIn(work.tx, reference, about, NO_NAME);
    }
    return true;
  });
}

/** The kind of the audit row that says that one person's name was deleted from it. */
export const NAME_ERASED = 'name-erased';
