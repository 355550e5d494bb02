import { createHash, randomUUID } from 'node:crypto';
import { addCards, wantCards } from '../store/cards.ts';
import { onDutySince } from '../store/duty.ts';
import { readKeptName } from '../store/kept-names.ts';
import { findPerson, type PersonKey } from '../store/people.ts';
import {
  type Actor,
  actionWasDone,
  appendAudit,
  isKeptReporter,
  lockReferral,
  type ReferralRecord,
  readReferral,
  recordAction,
} from '../store/referrals.ts';
import type { AuditRow, ReferralRow } from '../store/schema.ts';
import type { Queries } from '../store/store.ts';
import type { Opened } from '../store/vault.ts';
import { noticeTo } from './owed.ts';
import { changed, showReporterAgain } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/**
 * Opening a name that is kept: one safeguarding lead asks and says why, and another agrees. Where it stands is read from
 * the audit, and from nothing else, so that what was recorded and what is allowed cannot differ.
 */

/** The AAD object ids of an organisation's safeguarding leads. */
export type SafeguardingLeads = (organisation: string) => readonly string[] | 'everybody in the team';

/** One asks, and another agrees. */
export const LEADS_NEEDED = 2;

/** Whether a name may be kept there at all: only where it can be opened if somebody is at risk. */
export function canKeepNames(leads: ReturnType<SafeguardingLeads>): boolean {
  return leads === 'everybody in the team' || new Set(leads).size >= LEADS_NEEDED;
}

/** How long a request can be answered, in milliseconds. */
export const REQUEST_MS = 24 * 60 * 60_000;
/** How long the two who opened a name can look at it, in milliseconds. */
export const OPEN_MS = 8 * 60 * 60_000;
/** Shorter reasons say nothing. In characters. */
export const SHORTEST_REASON = 20;
export const LONGEST_REASON = 1_000;

/** The last time that somebody asked for a name, and how it stands. */
export type NameRequest = {
  /** The audit's number of the request. */
  readonly event: number;
  readonly asker: Actor;
  readonly askedAt: number;
  /** Who agreed or refused; undefined while nobody has. */
  readonly answerer: Actor | undefined;
  /** `over`: nobody answered in time, or the time to look is over. */
  readonly state: 'waiting' | 'agreed' | 'refused' | 'over';
  /** When it ends by itself. Epoch milliseconds. */
  readonly until: number;
};

/** @param now Epoch milliseconds. @returns undefined where nobody ever asked. */
export function nameRequest({ audit }: ReferralRecord, now: number): NameRequest | undefined {
  const asked = audit.findLast(({ kind }) => kind === 'name-asked');
  if (asked === undefined) return undefined;
  const answer = audit.findLast((row) => ANSWERS.includes(row.kind) && row.sequence > asked.sequence);
  const isAgreed = answer?.kind === 'name-agreed';
  const until = isAgreed ? answer.at + OPEN_MS : asked.at + REQUEST_MS;
  const state = answer?.kind === 'name-refused' ? 'refused' : now >= until ? 'over' : isAgreed ? 'agreed' : 'waiting';
  return {
    event: asked.sequence,
    asker: actorOf(asked),
    askedAt: asked.at,
    answerer: answer && actorOf(answer),
    state,
    until,
  };
}

const ANSWERS: readonly string[] = ['name-agreed', 'name-refused'];

function actorOf({ actor_tenant: tenant, actor: person, actor_name: name }: AuditRow): Actor {
  return { tenant: tenant ?? '', person: person ?? '', name: name ?? '' };
}

/** What a lead does about a name. Whoever calls has made sure that this is a lead, who may read the referral. */
export type NameAct = { readonly reference: string; readonly lead: Actor };

export type NameResult =
  | 'done'
  /** The same press did it before. */
  | 'repeated'
  /** There is no such referral, its name is not kept, or it is the lead's own. */
  | 'not-found'
  /** It may be about this lead. */
  | 'concern'
  | 'too-short'
  /** Somebody has asked already, or it has been opened. */
  | 'asked-already'
  | 'opened-already'
  /** It was answered, or its time is over. */
  | 'too-late'
  /** Whoever asks does not agree to it. */
  | 'own-request';

export type OpenName = {
  /** Null where it is not kept any more. */
  readonly name: Opened | null;
  /** Until when it can be looked at. Epoch milliseconds. */
  readonly until: number;
};

/** What another lead is told in their own chat, if they have one with the bot. */
export type NameNotice = {
  readonly notice: 'name-asked' | 'name-agreed' | 'name-refused';
  readonly organisation: string;
  readonly reference: string;
  /** Who did it. */
  readonly by: string;
};

export type Names = {
  /** @param input.leads The safeguarding leads, who are asked to agree. */
  ask(
    input: NameAct & { readonly key: string; readonly reason: string; readonly leads: readonly PersonKey[] },
  ): Promise<NameResult>;
  /** @param input.request The audit's number of the request that was on screen. */
  answer(
    input: NameAct & { readonly key: string; readonly request: number; readonly agrees: boolean },
  ): Promise<NameResult>;
  /** Shows the name to one of the two who opened it, and writes down that it did. @returns undefined to anybody else. */
  look(input: NameAct): Promise<OpenName | undefined>;
};

export function createNames(engine: Engine): Names {
  return {
    ask: (input) =>
      within(engine, input, async (work, record) => {
        const last = nameRequest(record, work.now);
        if (await actionWasDone(work.tx, keyOf('ask', input))) return 'repeated';
        if (last?.state === 'waiting') return 'asked-already';
        if (last?.state === 'agreed') return 'opened-already';
        const text = input.reason.trim();
        if (text.length < SHORTEST_REASON) return 'too-short';
        await recordAction(work.tx, keyOf('ask', input), input.reference, work.now);
        await appendAudit(work.tx, work.seal, input.reference, {
          kind: 'name-asked',
          at: work.now,
          actor: input.lead,
          words: { id: randomUUID(), kind: 'reason', text },
        });
        await tell(work, record.referral, input.leads, { notice: 'name-asked', by: input.lead });
        await changed(work, record.referral);
        return 'done';
      }),

    answer: (input) =>
      within(engine, input, async (work, record) => {
        const { referral } = record;
        const last = nameRequest(record, work.now);
        if (await actionWasDone(work.tx, keyOf('answer', input))) return 'repeated';
        if (last?.event !== input.request || last.state !== 'waiting') return 'too-late';
        if (isSame(last.asker, input.lead)) return 'own-request';
        const notice = input.agrees ? 'name-agreed' : 'name-refused';
        await recordAction(work.tx, keyOf('answer', input), input.reference, work.now);
        await appendAudit(work.tx, work.seal, input.reference, {
          kind: notice,
          at: work.now,
          actor: input.lead,
          details: { request: last.event },
        });
        await tell(work, referral, [last.asker], { notice, by: input.lead });
        // An updated card makes no sound.
        if (input.agrees) await showReporterAgain(work, referral);
        await changed(work, referral);
        return 'done';
      }),

    async look({ reference, lead }) {
      return inOneTransaction(engine, async (work) => {
        const record = await readLocked(work, reference);
        const request = record && nameRequest(record, work.now);
        if (request?.state !== 'agreed' || !(await isOneOfTwo(work, record, request, lead))) return undefined;
        await appendAudit(work.tx, work.seal, reference, { kind: 'name-read', at: work.now, actor: lead });
        await wantCards(work.tx, reference, work.now, 'reporter');
        return { name: (await readKeptName(work.tx, work.seal, reference)) ?? null, until: request.until };
      });
    },
  };
}

async function isOneOfTwo(
  { tx }: Work,
  record: ReferralRecord | undefined,
  { asker, answerer }: NameRequest,
  lead: PersonKey,
): Promise<boolean> {
  if (record === undefined || !(await canOpenNames(tx, record.referral, lead))) return false;
  return isSame(asker, lead) || (answerer !== undefined && isSame(answerer, lead));
}

/**
 * Tells leads in their own chats. The reporter is told like any other lead, where they are one: who was left out would
 * be known by it.
 */
async function tell(
  { tx, now }: Work,
  referral: ReferralRow,
  leads: readonly PersonKey[],
  { notice, by }: { readonly notice: NameNotice['notice']; readonly by: Actor },
): Promise<void> {
  const { organisation, reference } = referral;
  const details: NameNotice = { notice, organisation, reference, by: by.name };
  for (const lead of leads) {
    const person = await findPerson(tx, lead);
    if (!person?.conversation || isSame(lead, by) || !(await canOpenNames(tx, referral, lead))) continue;
    await addCards(tx, [noticeTo(person, details, now)]);
  }
}

/** Whether a lead may have a part in opening a name, as far as it is known whom the referral is about. */
export async function canOpenNames(db: Queries, referral: ReferralRow, lead: PersonKey): Promise<boolean> {
  const { about_senior: about, organisation, department, raised_at } = referral;
  // Every lead is in the safeguarding team.
  if (about === 'channel') return false;
  if (about === 'no') return true;
  return !(await onDutySince(db, organisation, department, raised_at)).some((one) => isSame(one, lead));
}

async function within(
  engine: Engine,
  { reference, lead }: NameAct,
  act: (work: Work, record: ReferralRecord) => Promise<NameResult>,
): Promise<NameResult> {
  return inOneTransaction(engine, async (work) => {
    const record = await readLocked(work, reference);
    if (record === undefined || record.referral.name_kept === 0 || isKeptReporter(record.referral, lead))
      return 'not-found';
    // The name is deleted, and no reason that is typed now would ever be.
    if (record.referral.forgotten_at !== null) return 'not-found';
    if (!(await canOpenNames(work.tx, record.referral, lead))) return 'concern';
    return act(work, record);
  });
}

/** Of two who press at once, the second sees what the first did. */
async function readLocked({ tx, seal, store }: Work, reference: string): Promise<ReferralRecord | undefined> {
  const locked = await lockReferral(tx, store, reference);
  return locked && readReferral(tx, seal, reference);
}

function isSame(one: PersonKey, other: PersonKey): boolean {
  return one.tenant === other.tenant && one.person === other.person;
}

/** One press of one person. */
function keyOf(what: 'ask' | 'answer', { key, reference, lead }: NameAct & { readonly key: string }): string {
  const parts = ['name', what, key, reference, lead.tenant, lead.person];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
