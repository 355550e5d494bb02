import { createHash, randomUUID } from 'node:crypto';
import type { Citation, Escalate, Organisation, Policy, Verdict } from '../guidance/types.ts';
import type { Responses } from '../guidance/walk.ts';
import { addCard, wantCards } from '../store/cards.ts';
import {
  type Actor,
  actionWasDone,
  appendAudit,
  findByRaiseKey,
  insertReferral,
  lockReferral,
  type ReferralRecord,
  readReferral,
  recordAction,
  saveWords,
  updateReferral,
} from '../store/referrals.ts';
import type { PersonRow, ReferralRow } from '../store/schema.ts';
import type { Queries, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { type Action, LIFE } from './life.ts';
import { newReference } from './reference.ts';
import { blankCard, type FrozenRoute, type SafeguardingTeams, takeNextSteps } from './routes.ts';

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
  /** The message that the reporter's card stands in, once it is answered. */
  readonly message: { readonly conversation: string; readonly activity: string | undefined };
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
};

/** What came of an action. The record is the referral as it stands afterwards. */
export type Acted =
  | { readonly result: 'done' | 'repeated' | 'too-late' | 'not-owner' | 'needs-text'; readonly record: ReferralRecord }
  | { readonly result: 'not-allowed' | 'not-found' };

export type Referrals = {
  /** Records a referral and all that it owes in one transaction. The same key always gives the same referral. */
  raise(input: Raise): Promise<ReferralRecord>;
  act(input: Act): Promise<Acted>;
  read(reference: string): Promise<ReferralRecord | undefined>;
  /** Owes the reporter a fresh card of their referral in their own chat. */
  showAgain(reference: string, person: PersonRow): Promise<boolean>;
};

type Needs = {
  readonly store: Store;
  readonly clock: Clock;
  readonly teams: SafeguardingTeams;
  /** Called after each commit that owes a card. */
  readonly wake: () => void;
};

export function createReferrals({ store, clock, teams, wake }: Needs): Referrals {
  const readBack = async (reference: string): Promise<ReferralRecord> => {
    const record = await readReferral(store.db, reference);
    if (record === undefined) throw new Error('A referral that was just written is not there.');
    return record;
  };

  return {
    async raise(input) {
      const now = clock.now();
      const reference = await store.transaction(async (tx) => {
        const earlier = await findByRaiseKey(tx, input.key);
        if (earlier !== undefined) return ownOrThrow(earlier, input.reporter);
        const referral = await insertWithNewReference(tx, input, now);
        if (referral === undefined) return ownOrThrow(await findByRaiseKey(tx, input.key), input.reporter);
        await writeWords(tx, referral.reference, input, now);
        await addCard(tx, {
          ...blankCard(referral.reference, 'reporter', now),
          tenant: input.reporter.tenant,
          person: input.reporter.person,
          place_name: input.reporter.name,
          conversation: input.message.conversation,
          activity: input.message.activity ?? null,
          service_url: input.reporter.service_url,
          bot_id: input.reporter.bot_id,
        });
        await takeNextSteps(tx, referral, teams, now);
        return referral.reference;
      });
      wake();
      return readBack(reference);
    },

    async act(input) {
      const now = clock.now();
      const result = await store.transaction(async (tx) => {
        const referral = await lockReferral(tx, store, input.reference);
        const record = referral && (await readReferral(tx, input.reference));
        if (record === undefined) return 'not-found';
        if (!mayAct(record, input)) return 'not-allowed';
        return apply(tx, record.referral, input, now);
      });
      if (result === 'not-found' || result === 'not-allowed') return { result };
      wake();
      return { result, record: await readBack(input.reference) };
    },

    read: (reference) => readReferral(store.db, reference),

    async showAgain(reference, person) {
      const now = clock.now();
      const shown = await store.transaction(async (tx) => {
        const record = await readReferral(tx, reference);
        if (record === undefined || !isReporter(record.referral, person)) return false;
        await addCard(tx, {
          ...blankCard(reference, 'reporter', now),
          tenant: person.tenant,
          person: person.person,
          place_name: person.name,
          conversation: person.conversation,
          service_url: person.service_url,
          bot_id: person.bot_id,
        });
        return true;
      });
      wake();
      return shown;
    },
  };
}

export function isReporter(referral: ReferralRow, person: { tenant: string; person: string }): boolean {
  return referral.reporter_tenant === person.tenant && referral.reporter === person.person;
}

export function isOwner(referral: ReferralRow, person: { tenant: string; person: string }): boolean {
  return referral.owner_tenant === person.tenant && referral.owner === person.person;
}

/** A raise key is unguessable, and still a referral is only ever shown to the one who raised it. */
function ownOrThrow(referral: ReferralRow | undefined, person: PersonRow): string {
  if (referral !== undefined && isReporter(referral, person)) return referral.reference;
  throw new Error('This form was sent by another person.');
}

/** A person may act who was sent a card, or who presses in the channel that the card was posted to. */
function mayAct({ cards }: ReferralRecord, { actor, conversation }: Act): boolean {
  return cards.some((card) => {
    if (card.role === 'on-duty') return card.tenant === actor.tenant && card.person === actor.person;
    if (card.role !== 'channel' || card.tenant !== actor.tenant) return false;
    // A reply chain's conversation is the channel's with the first message added.
    return card.channel !== null && conversation.split(';')[0] === card.channel;
  });
}

async function apply(
  tx: Queries,
  referral: ReferralRow,
  act: Act,
  now: number,
): Promise<Exclude<Acted['result'], 'not-allowed' | 'not-found'>> {
  const { action, actor, text } = act;
  const key = keyOf(act);
  if (await actionWasDone(tx, key)) return 'repeated';
  const rule = LIFE[action];
  const words = text?.trim() ?? '';
  if (rule.needsText && words === '') return 'needs-text';
  if (!rule.from.includes(referral.status)) return 'too-late';
  if (rule.ownerOnly && !isOwner(referral, actor)) return 'not-owner';
  await recordAction(tx, key, referral.reference, now);

  let wordsId: string | undefined;
  if (rule.needsText) {
    wordsId = randomUUID();
    const kind = action === 'close' ? 'outcome' : 'note';
    await saveWords(tx, { id: wordsId, referral: referral.reference, kind, text: words, at: now });
  }
  await updateReferral(tx, referral.reference, {
    version: referral.version + 1,
    ...(rule.to === undefined ? {} : { status: rule.to }),
    ...(rule.owns ? { owner_tenant: actor.tenant, owner: actor.person, owner_name: actor.name } : {}),
    ...(rule.owns && referral.acknowledged_at === null ? { acknowledged_at: now } : {}),
    ...(rule.owns || rule.to === 'closed' ? { next_step_at: null } : {}),
    closed_at: rule.to === 'closed' ? now : rule.to === undefined ? referral.closed_at : null,
  });
  await appendAudit(tx, referral.reference, { kind: action, at: now, actor, words: wordsId });
  await wantCards(tx, referral.reference, now);
  return 'done';
}

/** Everyone in a channel has the same drawn button: two people, or two notes, are two actions. */
function keyOf({ key, action, actor, text }: Act): string {
  return createHash('sha256')
    .update(JSON.stringify([key, action, actor.tenant, actor.person, text ?? '']))
    .digest('base64url');
}

const TRIES = 20;

/** @returns undefined if another press of the same button was faster. */
async function insertWithNewReference(tx: Queries, input: Raise, now: number): Promise<ReferralRow | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const row = newRow(input, newReference(), now);
    if (await insertReferral(tx, row)) return row;
    if ((await findByRaiseKey(tx, input.key)) !== undefined) return undefined;
  }
  throw new Error('No free reference was found.');
}

function newRow(input: Raise, reference: string, now: number): ReferralRow {
  const { organisation, escalate, reporter } = input;
  const route = organisation.settings.routes[escalate.route];
  if (route === undefined) throw new Error(`The route ${escalate.route} is gone.`);
  const named = [
    ...route['if-it-cannot-wait'],
    ...route.steps.flatMap((step) => step.notify.flatMap((whom) => (whom.whom === 'ring' ? [whom.contact] : []))),
  ];
  const contacts = Object.fromEntries(
    named.flatMap((id) => {
      const contact = organisation.contacts.get(id);
      return contact === undefined ? [] : [[id, contact]];
    }),
  );
  const frozen: FrozenRoute = { ...route, contacts };
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
    reporter_name: reporter.name,
    status: 'raised',
    owner_tenant: null,
    owner: null,
    owner_name: null,
    version: 1,
    events: 0,
    route: JSON.stringify(frozen),
    route_step: -1,
    next_step_at: null,
    raised_at: now,
    acknowledged_at: null,
    closed_at: null,
  };
}

async function writeWords(tx: Queries, reference: string, input: Raise, now: number): Promise<void> {
  const words = randomUUID();
  await saveWords(tx, { id: words, referral: reference, kind: 'description', text: input.description, at: now });
  if (input.callBack !== '') {
    await saveWords(tx, { id: randomUUID(), referral: reference, kind: 'call-back', text: input.callBack, at: now });
  }
  await appendAudit(tx, reference, {
    kind: 'raised',
    at: now,
    actor: { tenant: input.reporter.tenant, person: input.reporter.person, name: input.reporter.name },
    details: { organisation: input.organisation.id, flow: input.flow, urgency: input.escalate.urgency },
    words,
  });
}
