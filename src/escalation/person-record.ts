import { randomUUID } from 'node:crypto';
import type { PersonKey } from '../store/people.ts';
import {
  appendAudit,
  isKeptReporter,
  lockReferral,
  type ReferralRecord,
  readReferral,
  type Words,
} from '../store/referrals.ts';
import { type AuditRow, type CardRow, KEPT_NAME, type PersonRow, type ReferralRow } from '../store/schema.ts';
import type { Seal } from '../store/seal.ts';
import type { Queries, Store } from '../store/store.ts';
import { type Known, requestsAbout, saveRequest, tracesOf } from '../store/traces.ts';
import { FIRST_LANGUAGE, sayIn } from '../words/say.ts';
import { type Asked, isOwner, isReporter } from './referrals.ts';
import { sayTold } from './wording.ts';

/** What is given to somebody who asks what is kept about them, and by which rule the words of others are left out. */

/** Whoever looks after information governance reads English; what the person was shown may have been in another language. */
const say = sayIn(FIRST_LANGUAGE);

/** The kind of the audit row that says that what is kept of a referral about one person was given out. */
export const EXPORTED = 'exported';

/** By what rule something is in it or left out, as its reader is told. */
export const EXPORT_RULES = [
  'It has everything that Signpost keeps with this person’s name or Microsoft 365 account.',
  'What they typed themselves is given in full, also where it speaks of others. Read it before you hand it over.',
  'Of a concern that they raised, it has what the team asked and told them. The team’s own notes and the numbers that others gave are left out, and counted.',
  'Of a concern that somebody else raised, it has only what this person did and typed. What others typed is left out, and counted.',
  'Nobody else is named in it.',
  'Whether anything that was left out must be given, or anything here must be kept back, is for your information governance lead to decide.',
] as const;

/** Something typed, by whom, and when. Moments are in epoch milliseconds. */
export type TypedWords = {
  readonly kind: Words['kind'];
  readonly at: number;
  readonly by: 'this person' | 'somebody else';
  /** Null where the key that opens them is not at hand. */
  readonly text: string | null;
};

/** Something that happened, without anybody’s name but that it was this person. */
export type PersonEvent = { readonly at: number; readonly what: string; readonly by: 'this person' | 'somebody else' };

export type PersonReferral = {
  readonly reference: string;
  readonly organisation: string;
  /** As what they have to do with it. */
  readonly as: readonly PersonPart[];
  readonly category: string;
  readonly urgency: ReferralRow['urgency'];
  readonly department: string;
  readonly status: string;
  readonly raisedAt: number;
  readonly closedAt: number | null;
  readonly forgottenAt: number | null;
  /** What they said in the form; only of what they raised. */
  readonly form: {
    readonly topic: string;
    readonly answers: Asked['answers'];
    readonly safeToRing: string;
    readonly alreadyTold: string;
  } | null;
  readonly words: readonly TypedWords[];
  /** How many texts of others are left out. */
  readonly leftOut: number;
  readonly events: readonly PersonEvent[];
  readonly messages: readonly PersonMessage[];
};

export const PERSON_PARTS = ['reporter', 'owner', 'told', 'acted', 'named'] as const;
export type PersonPart = (typeof PERSON_PARTS)[number];

/** A card in this person’s chat. */
export type PersonMessage = Pick<CardRow, 'role' | 'state' | 'created_at' | 'delivered_at'>;

export type PersonRecord = {
  readonly about: Known;
  readonly madeAt: number;
  readonly rules: readonly string[];
  readonly account: PersonRow | null;
  readonly duties: readonly {
    readonly organisation: string;
    readonly place: string;
    readonly from: number;
    readonly until: number;
    readonly endedAt: number | null;
  }[];
  readonly handovers: readonly {
    readonly place: string;
    readonly did: 'asked somebody to take over' | 'was asked to take over';
    readonly at: number;
    readonly state: string;
  }[];
  readonly referrals: readonly PersonReferral[];
  readonly notices: readonly PersonMessage[];
  /** Names of teams that Teams names them as an owner of. */
  readonly teams: readonly string[];
  readonly requests: readonly { readonly kind: string; readonly at: number; readonly reason: string }[];
};

export function isEmpty({ account, duties, handovers, referrals, notices, teams }: PersonRecord): boolean {
  return account === null && [duties, handovers, referrals, notices, teams].every((list) => list.length === 0);
}

/** Everything that is kept of one person. */
export async function personRecord(db: Queries, seal: Seal, about: Known, now: number): Promise<PersonRecord> {
  const traces = await tracesOf(db, about);
  const referrals: PersonReferral[] = [];
  for (const reference of traces.references) {
    const record = await readReferral(db, seal, reference);
    if (record !== undefined) referrals.push(referralOf(record, about));
  }
  const requests = await requestsAbout(db, digestOf(seal, about));
  return {
    about,
    madeAt: now,
    rules: EXPORT_RULES,
    account: traces.person ?? null,
    duties: traces.duties.map((row) => ({
      organisation: row.organisation,
      place: row.department,
      from: row.from_at,
      until: row.until_at,
      endedAt: row.ended_at,
    })),
    handovers: traces.handovers.map((row) => ({
      place: row.department,
      did: row.from_person === about.person ? 'asked somebody to take over' : 'was asked to take over',
      at: row.asked_at,
      state: row.state,
    })),
    referrals,
    notices: traces.notices.map(messageOf),
    teams: traces.keeps.map(({ name }) => name),
    requests: requests.map(({ kind, at, reason }) => ({ kind, at, reason })),
  };
}

/** As what somebody has to do with a referral. */
export function partsIn({ referral, audit, cards }: ReferralRecord, key: PersonKey): PersonPart[] {
  const holds: Readonly<Record<PersonPart, boolean>> = {
    reporter: isReporter(referral, key),
    owner: isOwner(referral, key),
    told: cards.some((card) => card.role !== 'reporter' && card.tenant === key.tenant && card.person === key.person),
    acted: audit.some((row) => isBy(row, key)),
    named: false,
  };
  const parts = PERSON_PARTS.filter((part) => holds[part]);
  return parts.length === 0 ? ['named'] : parts;
}

function isBy(row: Pick<AuditRow, 'actor' | 'actor_tenant'>, key: PersonKey): boolean {
  return row.actor === key.person && row.actor_tenant === key.tenant;
}

/** The history does not say of a reporter whose name is kept who they are: what they did is theirs all the same. */
function isOwnRow(
  row: Pick<AuditRow, 'actor' | 'actor_tenant' | 'actor_name'>,
  key: PersonKey,
  raisedIt: boolean,
): boolean {
  return isBy(row, key) || (raisedIt && row.actor === null && row.actor_name === KEPT_NAME);
}

/** What passes from the team to the reporter. The rest of what the team types is its own. */
const SHOWN_TO_REPORTER: readonly string[] = ['ask', 'close', 'keep-open'];
/** What only the reporter types. It has no row of the audit where it stands beside the description. */
const FROM_REPORTER: readonly Words['kind'][] = ['call-back'];

function referralOf(record: ReferralRecord, key: PersonKey): PersonReferral {
  const { referral, audit, cards } = record;
  const parts = partsIn(record, key);
  const raisedIt = parts.includes('reporter');
  const rowOf = new Map(audit.flatMap((row) => (row.words === null ? [] : [[row.words, row]])));
  const isOwn = ({ id, kind }: Words): boolean => {
    const row = rowOf.get(id);
    return row === undefined ? raisedIt && FROM_REPORTER.includes(kind) : isOwnRow(row, key, raisedIt);
  };
  const wasShown = ({ id }: Words): boolean => raisedIt && SHOWN_TO_REPORTER.includes(rowOf.get(id)?.kind ?? '');
  const given = record.words.filter((words) => isOwn(words) || wasShown(words));
  return {
    reference: referral.reference,
    organisation: referral.organisation,
    as: parts,
    category: referral.category,
    urgency: referral.urgency,
    department: referral.department_name,
    status: say(`status.${referral.status}`),
    raisedAt: referral.raised_at,
    closedAt: referral.closed_at,
    forgottenAt: referral.forgotten_at,
    form: raisedIt ? formOf(referral) : null,
    words: given.map((words) => ({
      kind: words.kind,
      at: words.at,
      by: isOwn(words) ? 'this person' : 'somebody else',
      text: 'text' in words ? words.text : null,
    })),
    leftOut: record.words.length - given.length,
    events: audit.flatMap((row) => eventOf(row, key, raisedIt)),
    messages: cards.filter((card) => card.tenant === key.tenant && card.person === key.person).map(messageOf),
  };
}

function formOf(referral: ReferralRow): NonNullable<PersonReferral['form']> {
  const { title, answers }: Asked = JSON.parse(referral.asked);
  return {
    topic: title,
    answers,
    safeToRing: say(`safe.${referral.safe_to_ring}`),
    alreadyTold: sayTold(say, JSON.parse(referral.told)),
  };
}

const DONE: Readonly<Record<string, string>> = {
  raised: 'Raised it',
  acknowledge: 'Acknowledged it',
  'take-on': 'Took it on',
  'hand-over': 'Asked a colleague to take it on',
  ask: 'Asked a question',
  answer: 'Answered',
  add: 'Added something',
  note: 'Wrote a note',
  'refer-on': 'Referred it on',
  'ask-to-withdraw': 'Asked to withdraw it',
  'keep-open': 'Decided to go on with it',
  close: 'Closed it',
  reopen: 'Opened it again',
  read: 'Read it at the desk',
  'name-asked': 'Asked for the name that was kept',
  'name-agreed': 'Agreed that the name is opened',
  'name-refused': 'Refused that the name is opened',
  'name-read': 'Read the name that was kept',
  forgotten: 'Its words and names were deleted',
  exported: 'What is kept of it about one person was given out',
};

/** What this person did; and of what they raised also what others did. */
function eventOf(row: AuditRow, key: PersonKey, raisedIt: boolean): PersonEvent[] {
  const what = DONE[row.kind];
  const own = isOwnRow(row, key, raisedIt);
  if (what === undefined || !(own || raisedIt)) return [];
  return [{ at: row.at, what, by: own ? 'this person' : 'somebody else' }];
}

function messageOf({ role, state, created_at, delivered_at }: CardRow): PersonMessage {
  return { role, state, created_at, delivered_at };
}

/** What is kept of whom somebody asked about: it is found again, and cannot be read back. */
export function digestOf(seal: Seal, { tenant, person }: PersonKey): string {
  return seal.digest(JSON.stringify(['person', tenant, person]));
}

/** Who runs a command about a person, and why. */
export type Asker = { readonly by: string; readonly reason: string };

/**
 * Writes down that what is kept of somebody was given out: in the history of each referral, and once for all. Not in the
 * history of what they raised under a name that is kept: the same request stands where they are named, and would tell
 * who it was.
 */
export async function noteExport(
  store: Store,
  seal: Seal,
  { about, madeAt, referrals }: PersonRecord,
  { by, reason }: Asker,
): Promise<void> {
  const request = randomUUID();
  const given = referrals.filter(({ forgottenAt }) => forgottenAt === null);
  await saveRequest(store.db, {
    id: request,
    kind: 'export',
    person_digest: digestOf(seal, about),
    at: madeAt,
    run_by: by,
    reason,
    details: JSON.stringify({ referrals: given.length }),
  });
  for (const { reference, as } of given) {
    const entry = { kind: EXPORTED, at: madeAt, details: { as, request } };
    await store.transaction(async (tx) => {
      const referral = await lockReferral(tx, store, reference);
      if (referral === undefined || isKeptReporter(referral, about)) return;
      await appendAudit(tx, seal, reference, entry);
    });
  }
}
