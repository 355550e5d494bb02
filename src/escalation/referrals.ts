import { createHash, randomUUID } from 'node:crypto';
import type { Citation, Escalate, Organisation, Policy, Verdict } from '../guidance/types.ts';
import type { Responses } from '../guidance/walk.ts';
import { addCards, showsReferral } from '../store/cards.ts';
import { keepName } from '../store/kept-names.ts';
import { findPerson, type PersonKey } from '../store/people.ts';
import {
  type Actor,
  actionWasDone,
  appendAudit,
  findByRaiseKey,
  insertReferral,
  isKeptReporter,
  lockReferral,
  type ReferralRecord,
  readReferral,
  recordAction,
  saveWords,
  updateReferral,
} from '../store/referrals.ts';
import { DESK_ROLES, KEPT_NAME, type PersonRow, type ReferralRow, type WordsRow } from '../store/schema.ts';
import { colleaguesFor } from './colleagues.ts';
import { type Action, LIFE } from './life.ts';
import { deskCard, emailCard, reporterCard } from './owed.ts';
import { newReference } from './reference.ts';
import { freezeRoute, routeOf, takeNextSteps } from './routes.ts';
import { changed, nudgeDesk, showReporterAgain } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/** What was asked and answered on the way to a referral, as it stood then. */
export type Asked = {
  readonly title: string;
  readonly verdict: Verdict;
  readonly headline: string;
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
  readonly citations: readonly Citation[];
  readonly policy: Policy;
};

/** What a reporter says when they raise something, checked. */
export type Raise = {
  readonly key: string;
  readonly organisation: Organisation;
  readonly flow: string;
  readonly edition: string;
  readonly responses: Responses;
  readonly outcome: string;
  readonly asked: Asked;
  readonly escalate: Escalate;
  readonly department: string;
  readonly description: string;
  readonly callBack: string;
  readonly safeToRing: ReferralRow['safe_to_ring'];
  readonly told: readonly string[];
  readonly aboutSenior: ReferralRow['about_senior'];
  readonly reporter: PersonRow;
  /** Whether the reporter's name is kept from those who get this. */
  readonly nameKept: boolean;
  /** The message that the reporter's card stands in, once it is answered. */
  /** Where it was sent from. Without a conversation, the reporter's card begins the chat with them. */
  readonly message: { readonly conversation: string | null; readonly activity: string | undefined };
};

export type Act = {
  readonly reference: string;
  readonly action: Action;
  readonly actor: Actor;
  /** Made when the button was drawn. */
  readonly key: string;
  /** The conversation that the press came from. */
  readonly conversation: string;
  readonly text?: string;
  /** Only for `hand-over`: the colleague who is asked to take it on. */
  readonly to?: PersonKey;
  /** Only for `hand-over`: those in the safeguarding team, as `colleaguesFor` takes them. Absent where nobody asked. */
  readonly team?: readonly Actor[];
  /** Only for `refer-on`. */
  readonly referredTo?: ReferredTo;
  /**
   * Whether the actor is in a team that receives this organisation's referrals, as Teams itself says: they may act
   * without a card, but not on what may be about somebody in that team.
   */
  readonly inTeam?: true;
};

/** Who has been told outside, and where an email goes if there is one. */
export type ReferredTo = {
  readonly id: string;
  readonly title: string;
  /** Whether telling them is a report to the police or to social care. */
  readonly statutory: boolean;
  readonly email?: { readonly role: string; readonly address: string };
};

/** What the organisation says of somebody whom a referral can be referred on to. */
export function referredTo(organisation: Organisation, id: string | undefined): ReferredTo | undefined {
  const chosen = organisation.settings['refer-on'].find((one) => one.id === id);
  if (chosen === undefined) return undefined;
  const { title, statutory } = chosen;
  const contact = chosen.contact === undefined ? undefined : organisation.contacts.get(chosen.contact);
  const email = contact?.email === undefined ? {} : { email: { role: contact.role, address: contact.email } };
  return { id: chosen.id, title, statutory, ...email };
}

/** What came of an action. The record is the referral as it stands afterwards. */
export type Acted =
  | {
      readonly result: 'done' | 'repeated' | 'too-late' | 'not-owner' | 'needs-text' | 'nobody';
      readonly record: ReferralRecord;
    }
  /** `own`: it came to its own reporter, whose name is kept, so that nobody could tell. */
  | { readonly result: 'not-allowed' | 'not-found' | 'own' };

/** The kind of the audit rows that say who has read a referral, and as whom. */
export const READ = 'read';
export type ReadDetails = { readonly at: 'desk'; readonly as: 'desk' | 'reporter' };

export type Referrals = {
  /** Records a referral and all that it owes in one transaction. The same key always gives the same referral. */
  raise(input: Raise): Promise<ReferralRecord>;
  /** What somebody does with a referral: those who were told of it, or the one who raised it. */
  act(input: Act): Promise<Acted>;
  read(reference: string): Promise<ReferralRecord | undefined>;
  /** The referral, if it was sent to this person or to the channel of this conversation. */
  readFor(reference: string, person: PersonKey, conversation: string): Promise<ReferralRecord | undefined>;
  /**
   * Writes down that somebody has read a referral on a page. It changes nothing that anybody is shown, and so owes no
   * card, and wakes nobody. Where its words and names were deleted there is nothing left to read.
   */
  noteRead(reference: string, reader: Actor, as: ReadDetails['as']): Promise<void>;
  /** Owes somebody a fresh card of a referral in their own chat. @returns false if it is none of theirs. */
  showAgain(reference: string, person: PersonRow): Promise<boolean>;
};

export function createReferrals(engine: Engine): Referrals {
  const { store } = engine;
  const readBack = async (reference: string): Promise<ReferralRecord> => {
    const record = await readReferral(store.db, engine.seal, reference);
    if (record === undefined) throw new Error('A referral that was just written is not there.');
    return record;
  };

  return {
    async raise(input) {
      const reference = await inOneTransaction(engine, async (work) => {
        const { tx, now } = work;
        const earlier = await findByRaiseKey(tx, input.key);
        if (earlier !== undefined) return ownOrThrow(earlier, input.reporter);
        const referral = await insertWithNewReference(work, input);
        if (referral === undefined) return ownOrThrow(await findByRaiseKey(tx, input.key), input.reporter);
        await writeDown(work, referral.reference, input);
        const { conversation } = input.message;
        // An old card of the walk may have been pressed, in a message that shows another concern by now.
        const isTaken = await showsReferral(tx, input.reporter, input.message.activity);
        const activity = isTaken ? null : (input.message.activity ?? null);
        await addCards(tx, [reporterCard(referral, input.reporter, now, { conversation, activity })]);
        await takeNextSteps(work, referral);
        return referral.reference;
      });
      return readBack(reference);
    },

    async act(input) {
      const result = await inOneTransaction(engine, async (work) => {
        const referral = await lockReferral(work.tx, store, input.reference);
        const record = referral && (await readReferral(work.tx, work.seal, input.reference));
        if (record === undefined) return 'not-found';
        const byReporter = LIFE[input.action].by === 'reporter';
        if (!byReporter && isKeptReporter(record.referral, input.actor)) return 'own';
        const may = byReporter ? isReporter(record.referral, input.actor) : mayAct(record, input);
        return may ? apply(work, record.referral, input) : 'not-allowed';
      });
      if (result === 'not-found' || result === 'not-allowed' || result === 'own') return { result };
      return { result, record: await readBack(input.reference) };
    },

    read: (reference) => readReferral(store.db, engine.seal, reference),

    async readFor(reference, person, conversation) {
      const record = await readReferral(store.db, engine.seal, reference);
      return record !== undefined && mayAct(record, { actor: person, conversation }) ? record : undefined;
    },

    async noteRead(reference, reader, as) {
      const details: ReadDetails = { at: 'desk', as };
      await store.transaction(async (tx) => {
        const referral = await lockReferral(tx, store, reference);
        if (referral === undefined || referral.forgotten_at !== null) return;
        await appendAudit(tx, engine.seal, reference, { kind: READ, at: engine.clock.now(), actor: reader, details });
      });
    },

    async showAgain(reference, person) {
      return inOneTransaction(engine, async ({ tx, now, seal }) => {
        const record = await readReferral(tx, seal, reference);
        if (record === undefined) return false;
        const { referral, cards } = record;
        const desk = cards.find((card) => isPersonalDesk(card.role) && isFor(card, person));
        if (desk !== undefined && !isKeptReporter(referral, person)) {
          await addCards(tx, [deskCard(referral, desk.role as 'on-duty', person, desk.place_role, null, now)]);
          return true;
        }
        if (!isReporter(referral, person)) return false;
        await addCards(tx, [reporterCard(referral, person, now)]);
        return true;
      });
    },
  };
}

export function isReporter(referral: ReferralRow, person: PersonKey): boolean {
  return referral.reporter_tenant === person.tenant && referral.reporter === person.person;
}

export function isOwner(referral: ReferralRow, person: PersonKey): boolean {
  return referral.owner_tenant === person.tenant && referral.owner === person.person;
}

function isFor(card: { tenant: string; person: string | null }, person: PersonKey): boolean {
  return card.tenant === person.tenant && card.person === person.person;
}

function isPersonalDesk(role: string): boolean {
  return role !== 'channel' && DESK_ROLES.some((one) => one === role);
}

/** A raise key is unguessable, and still a referral is only ever shown to the one who raised it. */
function ownOrThrow(referral: ReferralRow | undefined, person: PersonRow): string {
  if (referral !== undefined && isReporter(referral, person)) return referral.reference;
  throw new Error('This form was sent by another person.');
}

/**
 * A person may act who was sent a card, who presses in the channel that the card was posted to, or who is in the team
 * and not gone round.
 */
export function mayAct(
  { referral, cards }: ReferralRecord,
  { actor, conversation, inTeam }: Pick<Act, 'conversation' | 'inTeam'> & { readonly actor: PersonKey },
): boolean {
  if (inTeam === true && referral.about_senior !== 'channel') return true;
  return cards.some((card) => {
    if (isPersonalDesk(card.role)) return isFor(card, actor);
    if (card.role !== 'channel' || card.tenant !== actor.tenant) return false;
    // A reply chain's conversation is the channel's with the first message added.
    return card.channel !== null && conversation.split(';')[0] === card.channel;
  });
}

type Result = Exclude<Acted['result'], 'not-allowed' | 'not-found' | 'own'>;

async function apply(work: Work, referral: ReferralRow, act: Act): Promise<Result> {
  const { tx, now } = work;
  const { action, actor, text = '' } = act;
  const key = keyOf(act);
  if (await actionWasDone(tx, key)) return 'repeated';
  const rule = LIFE[action];
  if (referral.forgotten_at !== null) return 'too-late';
  if (rule.needsText && text.trim() === '') return 'needs-text';
  if (!rule.from.includes(referral.status) || isSettled(referral, action)) return 'too-late';
  if (rule.ownerOnly && !isOwner(referral, actor)) return 'not-owner';
  const colleague = action === 'hand-over' ? await colleagueIn(work, referral, act) : undefined;
  if (action === 'hand-over' && colleague === undefined) return 'nobody';
  await recordAction(tx, key, referral.reference, now);

  const event = await appendAudit(tx, work.seal, referral.reference, {
    kind: action,
    at: now,
    actor,
    details: detailsOf(act, referral),
    people: colleague === undefined ? {} : { to: colleague },
    words: text.trim() === '' ? undefined : { id: randomUUID(), kind: WORDS[action] ?? 'note', text: text.trim() },
  });
  const change = changeOf(referral, act, event, now);
  await updateReferral(tx, referral.reference, change);
  const after: ReferralRow = { ...referral, ...change };
  if (colleague !== undefined) {
    await addCards(tx, [deskCard(after, 'colleague', colleague, '', null, now)]);
  }
  if (act.referredTo?.email !== undefined && work.mails) {
    await addCards(tx, [emailCard(after, act.referredTo.email, null, now, { event })]);
  }
  if (rule.tells === 'desk') await nudgeDesk(work, referral.reference, event);
  if (rule.tells === 'reporter') await showReporterAgain(work, after);
  await changed(work, referral);
  return 'done';
}

/** The colleague who is asked, if they can be. */
async function colleagueIn({ tx, now }: Work, referral: ReferralRow, act: Act): Promise<PersonRow | undefined> {
  const { actor, to, team } = act;
  if (to === undefined) return undefined;
  const offered = await colleaguesFor(tx, referral, actor, now, team);
  const isOffered = offered.some(({ tenant, person }) => tenant === to.tenant && person === to.person);
  return isOffered ? findPerson(tx, to) : undefined;
}

const WORDS: Readonly<Partial<Record<Action, WordsRow['kind']>>> = {
  ask: 'question',
  answer: 'answer',
  add: 'addition',
  close: 'outcome',
  'ask-to-withdraw': 'reason',
  'keep-open': 'reason',
  'refer-on': 'number',
};

/** What can be done once, and was: a question is answered, a wish to withdraw stands. */
function isSettled(referral: ReferralRow, action: Action): boolean {
  switch (action) {
    case 'answer':
      return referral.open_question === null;
    case 'ask-to-withdraw':
      return referral.withdraw_asked_at !== null;
    case 'keep-open':
      return referral.withdraw_asked_at === null;
    default:
      return false;
  }
}

function detailsOf({ action, referredTo }: Act, referral: ReferralRow): Record<string, unknown> {
  switch (action) {
    case 'refer-on':
      return { to: referredTo?.title, id: referredTo?.id, statutory: referredTo?.statutory };
    case 'answer':
      return { question: referral.open_question };
    default:
      return {};
  }
}

function changeOf(referral: ReferralRow, { action, actor }: Act, event: number, now: number): Partial<ReferralRow> {
  const rule = LIFE[action];
  const status = rule.to ?? referral.status;
  const isOpenAndOwned = status !== 'closed' && (rule.owns || referral.owner !== null);
  return {
    status,
    ...(rule.owns
      ? {
          owner_tenant: actor.tenant,
          owner: actor.person,
          owner_name: actor.name,
          acknowledged_at: referral.acknowledged_at ?? now,
          next_step_at: null,
          unanswered_at: null,
        }
      : {}),
    ...(rule.to === undefined ? {} : { closed_at: status === 'closed' ? now : null }),
    ...(status === 'closed' ? { next_step_at: null, withdraw_asked_at: null, open_question: null } : {}),
    ...(rule.by === 'desk'
      ? { owner_due_at: isOpenAndOwned ? now + patienceWith({ ...referral, status }) : null, reminded_at: null }
      : {}),
    ...(action === 'ask' ? { open_question: event } : {}),
    ...(action === 'answer' ? { open_question: null } : {}),
    ...(action === 'ask-to-withdraw' ? { withdraw_asked_at: now } : {}),
    ...(action === 'keep-open' ? { withdraw_asked_at: null } : {}),
  };
}

/** How long an owner may do nothing before they are reminded. In milliseconds. */
export function patienceWith(referral: ReferralRow): number {
  const { times } = routeOf(referral);
  const minutes = referral.status === 'in-progress' ? times['in-progress'] : times.remind[referral.urgency];
  return minutes * 60_000;
}

/** Everyone in a channel has the same drawn button: two people, two notes, or two referrals are two actions. */
function keyOf({ key, reference, action, actor, text, to, referredTo }: Act): string {
  const parts = [key, reference, action, actor.tenant, actor.person, text ?? '', to?.person, referredTo?.title];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

const TRIES = 20;

/** @returns undefined if another press of the same button was faster. */
async function insertWithNewReference({ tx, now }: Work, input: Raise): Promise<ReferralRow | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const row = newRow(input, newReference(), now);
    if (await insertReferral(tx, row)) return row;
    if ((await findByRaiseKey(tx, input.key)) !== undefined) return undefined;
  }
  throw new Error('No free reference was found.');
}

function newRow(input: Raise, reference: string, now: number): ReferralRow {
  const { organisation, escalate, reporter } = input;
  const department = organisation.settings.departments.find(({ id }) => id === input.department);
  return {
    reference,
    raise_key: input.key,
    organisation: organisation.id,
    flow: input.flow,
    edition: input.edition,
    responses: JSON.stringify(input.responses),
    outcome: input.outcome,
    asked: JSON.stringify(input.asked),
    category: escalate.category,
    urgency: escalate.urgency,
    department: input.department,
    department_name: department?.name ?? input.department,
    about_senior: input.aboutSenior,
    told: JSON.stringify(input.told),
    safe_to_ring: input.safeToRing,
    reporter_tenant: reporter.tenant,
    reporter: reporter.person,
    reporter_name: input.nameKept ? KEPT_NAME : reporter.name,
    name_kept: input.nameKept ? 1 : 0,
    status: 'raised',
    owner_tenant: null,
    owner: null,
    owner_name: null,
    version: 1,
    events: 0,
    route: JSON.stringify(freezeRoute(organisation, escalate.route, input.department)),
    route_step: -1,
    next_step_at: null,
    round: 0,
    unanswered_at: null,
    owner_due_at: null,
    reminded_at: null,
    withdraw_asked_at: null,
    open_question: null,
    raised_at: now,
    acknowledged_at: null,
    closed_at: null,
    forgotten_at: null,
    forgotten_because: null,
  };
}

async function writeDown({ tx, now, seal }: Work, reference: string, input: Raise): Promise<void> {
  if (input.callBack !== '') {
    const number = { id: randomUUID(), referral: reference, kind: 'call-back', text: input.callBack, at: now } as const;
    await saveWords(tx, seal, number);
  }
  if (input.nameKept) await keepName(tx, seal, reference, input.reporter.name, now);
  await appendAudit(tx, seal, reference, {
    kind: 'raised',
    at: now,
    actor: { tenant: input.reporter.tenant, person: input.reporter.person, name: input.reporter.name },
    details: { organisation: input.organisation.id, flow: input.flow, urgency: input.escalate.urgency },
    words: { id: randomUUID(), kind: 'description', text: input.description },
  });
}
