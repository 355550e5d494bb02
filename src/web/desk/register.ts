import { z } from 'zod';
import { parseReference } from '../../escalation/reference.ts';
import type { Asked } from '../../escalation/referrals.ts';
import { momentsOf } from '../../escalation/report/periods.ts';
import type { Organisation } from '../../guidance/types.ts';
import type { PersonKey } from '../../store/people.ts';
import {
  countHidden,
  type RegisterEntry,
  type RegisterFilter,
  type RegisterKey,
  readRegister,
  type Sight,
  sumUpRegister,
} from '../../store/register.ts';
import { type CheckedQuery, type Flag, Id, type Register, type RegisterRow } from './contract.ts';
import type { DeskNeeds } from './needs.ts';
import { DeskError } from './problems.ts';
import { organisationOf, rightsIn, sightOf } from './rights.ts';

type Query = CheckedQuery<'register'>;

/** One page of the register, and with the first page how much there is. */
export async function register(needs: DeskNeeds, who: PersonKey, query: Query): Promise<Register> {
  const { organisation, sight } = await lookOf(needs, who, query);
  const { db } = needs.store;
  const filter = filterOf(organisation, query);
  const after = query.after === undefined ? undefined : keyFrom(query.after);
  const found = await readRegister(db, sight, filter, { after, limit: query.limit });
  const { entries, next } = found;
  const page = {
    rows: entries.map((entry) => rowOf(organisation, entry, query.list)),
    next: next === undefined ? null : textOf(next),
    now: needs.clock.now(),
  };
  if (after !== undefined) return { ...page, total: null, owners: null, hidden: null };
  const [{ total, owners }, hidden] = await Promise.all([
    sumUpRegister(db, sight, filter, found),
    sight.list === 'desk' && sight.isTeam ? countHidden(db, who, filter) : 0,
  ]);
  return { ...page, total, owners: [...owners], hidden };
}

async function lookOf(
  needs: DeskNeeds,
  who: PersonKey,
  { organisation: id, list }: Query,
): Promise<{ organisation: Organisation; sight: Sight }> {
  if (list === 'mine') {
    return { organisation: organisationOf(needs, who, id), sight: { list: 'mine', reader: who } };
  }
  const { organisation, right } = await rightsIn(needs, who, id);
  return { organisation, sight: sightOf(needs, who, right) };
}

const NOBODY = 'nobody';

function filterOf({ id, settings }: Organisation, query: Query): RegisterFilter {
  const { status, urgency, category, department, owner, from, to, search } = query;
  return {
    organisation: id,
    statuses: status,
    urgencies: urgency,
    category,
    department,
    owner: owner === NOBODY ? null : owner,
    from: from === undefined ? undefined : momentsOf({ from, to: from }, settings.timezone).from,
    before: to === undefined ? undefined : momentsOf({ from: to, to }, settings.timezone).until,
    // However a reference is typed, it is found.
    search: search === undefined || search === '' ? undefined : (parseReference(search) ?? search),
  };
}

/** What stands where a name was, once it is deleted. */
const NAME_DELETED = 'Name deleted';

/** A row as a list shows it. */
export function rowOf({ settings }: Organisation, entry: RegisterEntry, list: Query['list']): RegisterRow {
  const asked: Pick<Asked, 'title'> = JSON.parse(entry.asked);
  return {
    reference: entry.reference,
    status: entry.status,
    urgency: entry.urgency,
    category: settings.categories[entry.category] ?? entry.category,
    department: entry.department_name,
    about: asked.title,
    reporter: entry.forgotten_at === null ? entry.reporter_name : NAME_DELETED,
    nameKept: entry.name_kept === 1,
    owner: entry.forgotten_at === null || entry.acknowledged_at === null ? entry.owner_name : NAME_DELETED,
    raisedAt: entry.raised_at,
    acknowledgedAt: entry.acknowledged_at,
    closedAt: entry.closed_at,
    nextStepAt: entry.next_step_at,
    forgotten: forgottenOf(entry),
    flags: flagsOf(entry).filter((flag) => list === 'desk' || FOR_REPORTERS.includes(flag)),
  };
}

function forgottenOf({ forgotten_at: at, forgotten_because: because }: RegisterEntry): RegisterRow['forgotten'] {
  return at === null || because === null ? null : { at, because };
}

/** What the reporter's card tells too. Whether an owner was reminded is for the desk alone. */
const FOR_REPORTERS: readonly Flag[] = ['unanswered', 'not-delivered', 'withdraw', 'question'];

function flagsOf(entry: RegisterEntry): Flag[] {
  const isOpen = entry.status !== 'closed';
  const holds: Readonly<Record<Flag, boolean>> = {
    unanswered: entry.status === 'raised' && entry.unanswered_at !== null,
    'not-delivered': isOpen && entry.isUndelivered,
    reminded: isOpen && entry.reminded_at !== null,
    withdraw: isOpen && entry.withdraw_asked_at !== null,
    question: isOpen && entry.open_question !== null,
    'take-care': entry.about_senior !== 'no',
  };
  return (Object.keys(holds) as Flag[]).filter((flag) => holds[flag]);
}

const Key = z.tuple([z.int().min(0).max(9), z.int(), Id]);

/** The page that follows is asked for by the key of the last row. */
function textOf({ standing, moment, reference }: RegisterKey): string {
  return Buffer.from(JSON.stringify([standing, moment, reference])).toString('base64url');
}

function keyFrom(text: string): RegisterKey {
  try {
    const [standing, moment, reference] = Key.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { standing, moment, reference };
  } catch (error) {
    throw new DeskError('bad-input', 'The next page could not be found. Go back to the top of the list.', {
      cause: error,
    });
  }
}
