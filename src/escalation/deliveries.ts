import type { Logger } from 'pino';
import { hasOwnCard, holdBack, nextCardIn, readCard, updateCard, wantCards } from '../store/cards.ts';
import { endFault, noteFault } from '../store/faults.ts';
import { keepLane, releaseLane } from '../store/lanes.ts';
import { lockReferral, type ReferralRecord, readReferral } from '../store/referrals.ts';
import type { CardRow, LaneRow, ReferralRow } from '../store/schema.ts';
import { postWhatIsOpen, tellKeepers, unreachable } from './health.ts';
import type { Pace } from './rates.ts';
import { goOnWithout } from './routes.ts';
import type { Telemetry } from './telemetry.ts';
import { nudgeDesk, record } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/** What came of trying to show a card. */
export type Sent =
  | { readonly result: 'sent'; readonly conversation: string; readonly activity: string }
  /** It did not arrive, and may if it is tried again. `slowDown`: nothing else is to be sent there before. */
  | { readonly result: 'retry'; readonly reason: string; readonly afterMs?: number; readonly slowDown?: boolean }
  /** It may have arrived: Teams has no way to ask. It is sent again, and says that it may be a double. */
  | { readonly result: 'uncertain'; readonly reason: string; readonly afterMs?: number }
  /** It may have arrived, and is not to be sent again. */
  | { readonly result: 'unconfirmed'; readonly reason: string }
  /** The message to update cannot be updated any more. */
  | { readonly result: 'gone'; readonly reason: string }
  /** It cannot arrive: the person has blocked the bot, the channel is not there, or the card is refused. */
  | { readonly result: 'refused'; readonly reason: string };

/**
 * Draws a card and puts it where it belongs: posts it if it has no message yet, else updates that message. It throws
 * only where a card cannot be drawn.
 */
export type Messenger = { show(card: CardRow, record: ReferralRecord | undefined): Promise<Sent> };

export type DeliveryNeeds = {
  readonly engine: Engine;
  readonly messenger: Messenger;
  readonly pace: Pace;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Reads a team's channels again from Teams, in its own time. */
  readonly lookAgain: (team: string) => void;
  /** Names this worker in the leases that it holds. */
  readonly holder: string;
  /** From 0 to 1, for the jitter of waits. */
  readonly random: () => number;
  /** Whether the worker is to stop: what is in hand is finished, and nothing else begun. */
  readonly stopping: () => boolean;
};

/** Longer than any send may take. */
export const LEASE_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A card that cannot be drawn so often is put aside, for somebody to look at. */
const DRAWN_IN_VAIN = 5;

/** Sends what is due in one conversation, one after the other, as fast as Teams allows, and gives it back. */
export async function serveLane(needs: DeliveryNeeds, lane: LaneRow): Promise<void> {
  const { engine, pace, holder } = needs;
  const { store, clock } = engine;
  pace.learn(lane.lane, JSON.parse(lane.sends));
  let notBefore = 0;
  while (!needs.stopping()) {
    const now = clock.now();
    const allowed = pace.nextUnasked(lane.lane, lane.tenant, now);
    if (allowed > now) {
      notBefore = allowed;
      break;
    }
    const served = await sendNext(needs, lane);
    if (served === undefined) break;
    const { card, sent } = served;
    await inOneTransaction({ ...engine, wake: () => undefined }, (work) => writeDown(needs, work, card, sent));
    if (sent.result === 'retry' && sent.slowDown === true) {
      notBefore = clock.now() + waitFor(needs, card, sent);
      break;
    }
  }
  await releaseLane(store, {
    lane: lane.lane,
    holder,
    sends: JSON.stringify(pace.of(lane.lane)),
    notBefore,
  });
}

/** Sends what is due next. @returns undefined if nothing is, or if somebody else has the conversation now. */
async function sendNext(
  needs: DeliveryNeeds,
  { lane, tenant }: LaneRow,
): Promise<{ readonly card: CardRow; readonly sent: Sent } | undefined> {
  const { engine, pace } = needs;
  // It counts from here on: other conversations of the tenant are served at the same time.
  const arrived = pace.begin(lane, tenant);
  let arrivedAt: number | undefined;
  try {
    const taken = await takeCard(needs, lane);
    if (taken === undefined) return undefined;
    const { role } = taken.card;
    const sent = await needs.telemetry.measure(
      'delivery',
      role,
      () => sendOne(needs, taken),
      ({ result }) => result,
    );
    arrivedAt = engine.clock.now();
    return { card: taken.card, sent };
  } finally {
    arrived(arrivedAt);
  }
}

type Taken = { readonly card: CardRow; readonly record: ReferralRecord | undefined };

/**
 * What is due next, with all that is drawn on it. That it is being sent is written down first, so that a crash
 * meanwhile shows afterwards.
 */
async function takeCard({ engine, holder }: DeliveryNeeds, lane: string): Promise<Taken | undefined> {
  const { store, clock } = engine;
  return store.transaction(async (tx) => {
    const now = clock.now();
    if (!(await keepLane(tx, lane, holder, now + LEASE_MS))) return undefined;
    const card = await nextCardIn(tx, lane, now);
    if (card === undefined) return undefined;
    const record = card.referral === null ? undefined : await readReferral(tx, engine.seal, card.referral);
    if (card.activity !== null) return { card, record };
    // It was being sent when a server stopped: it may have arrived.
    const doubtful = card.state === 'sending' ? 1 : card.possible_duplicate;
    await updateCard(tx, card.id, { state: 'sending', possible_duplicate: doubtful });
    return { card: { ...card, state: 'sending', possible_duplicate: doubtful }, record };
  });
}

async function sendOne({ messenger, log }: DeliveryNeeds, { card, record: read }: Taken): Promise<Sent> {
  let sent: Sent;
  try {
    sent = await messenger.show(card, read);
  } catch (error) {
    log.error({ card: card.id, err: error }, 'a card could not be drawn');
    sent = { result: 'retry', reason: NOT_DRAWN };
  }
  if (sent.result !== 'sent') log.warn({ card: card.id, result: sent.result, reason: sent.reason }, 'card not shown');
  return sent;
}

const NOT_DRAWN = 'the card could not be drawn';

async function writeDown(needs: DeliveryNeeds, work: Work, card: CardRow, sent: Sent): Promise<void> {
  const { tx, now } = work;
  // First the referral, then its cards, as everywhere: two transactions never wait for each other.
  const referral = card.referral === null ? undefined : await lockReferral(tx, work.store, card.referral);
  const latest = (await readCard(tx, card.id)) ?? card;
  // Its channel went meanwhile: whatever came of this, nobody reads it there.
  if (latest.state === 'failed') return;
  const isNew = card.activity === null;
  switch (sent.result) {
    case 'sent': {
      const posted_at = isNew ? now : card.posted_at;
      await updateCard(tx, card.id, {
        shown: card.wanted,
        state: 'delivered',
        conversation: sent.conversation,
        activity: sent.activity,
        attempts: 0,
        last_error: null,
        due_at: latest.wanted > card.wanted ? now : await ownersView(work, { ...card, posted_at }, referral),
        delivered_at: card.delivered_at ?? now,
        posted_at,
      });
      if (
        card.role === 'channel' &&
        referral !== undefined &&
        (await endFault(tx, unreachable(card.channel ?? ''), now))
      ) {
        await postWhatIsOpen(work, referral.organisation, [card.place_name]);
      }
      if (isNew && card.delivered_at === null) await tellReporter(work, card, 'delivered');
      else if (isNew) await tellReporterWhen(work, card);
      return;
    }
    case 'retry': {
      // Only drawing counts: a card that waited for Teams before is not put aside sooner.
      const isOther = sent.reason === NOT_DRAWN && card.last_error !== NOT_DRAWN;
      const attempts = isOther ? 1 : card.attempts + 1;
      const parked = sent.reason === NOT_DRAWN && attempts >= DRAWN_IN_VAIN;
      const due_at = parked ? null : now + waitFor(needs, card, sent);
      await updateCard(tx, card.id, {
        state: parked ? 'parked' : isNew ? 'waiting' : card.state,
        attempts,
        last_error: sent.reason,
        due_at,
      });
      if (due_at !== null) await holdBack(tx, card, due_at);
      // A change of its referral lets it be drawn once more. That it failed is told once.
      if (parked && attempts === DRAWN_IN_VAIN) await notShown(work, latest);
      return;
    }
    case 'uncertain': {
      const due_at = now + waitFor(needs, card, sent);
      await updateCard(tx, card.id, {
        state: isNew ? 'uncertain' : card.state,
        possible_duplicate: isNew ? 1 : card.possible_duplicate,
        attempts: card.attempts + 1,
        last_error: sent.reason,
        due_at,
      });
      await holdBack(tx, card, due_at);
      if (isNew && card.possible_duplicate === 0) await tellReporter(work, card, 'uncertain');
      return;
    }
    case 'unconfirmed': {
      const given_up = { state: 'failed', possible_duplicate: 1, last_error: sent.reason, due_at: null } as const;
      await updateCard(tx, card.id, given_up);
      await notShown(work, { ...latest, ...given_up });
      return;
    }
    case 'gone': {
      await replace(work, card, sent.reason);
      return;
    }
    case 'refused': {
      if (!isNew && card.replaced === 0) {
        await replace(work, card, sent.reason);
        return;
      }
      await updateCard(tx, card.id, { state: 'failed', last_error: sent.reason, due_at: null });
      if (card.role === 'channel' && referral !== undefined)
        await noteChannel(needs, work, referral, card, sent.reason);
      await notShown(work, latest);
      return;
    }
  }
}

/**
 * A channel's card shows an owner who has no card of their own their buttons by `refresh`, which Teams allows only once
 * the card is a minute old: it is drawn once more then.
 */
async function ownersView({ tx, now }: Work, card: CardRow, referral: ReferralRow | undefined): Promise<number | null> {
  const oldEnough = (card.posted_at ?? now) + REFRESH_AFTER_MS;
  if (card.role !== 'channel' || referral?.owner == null || referral.status === 'closed' || oldEnough <= now)
    return null;
  return (await hasOwnCard(tx, referral)) ? null : oldEnough;
}

const REFRESH_AFTER_MS = 61_000;

/** A channel that cannot be reached: those who can mend it are told once, and its team is looked at anew. */
async function noteChannel(
  { lookAgain }: DeliveryNeeds,
  work: Work,
  { organisation }: ReferralRow,
  card: CardRow,
  reason: string,
): Promise<void> {
  const { place_name: name, team } = card;
  const kind = 'channel-unreachable';
  const details = { name, team, reason };
  const isNews = await noteFault(work.tx, {
    key: unreachable(card.channel ?? ''),
    kind,
    organisation,
    details,
    at: work.now,
  });
  if (isNews) await tellKeepers(work, organisation, { notice: kind, organisation, name });
  if (team !== null) lookAgain(team);
}

/** A message that cannot be updated is left behind, and a fresh one that says so takes its place. */
async function replace(work: Work, card: CardRow, reason: string): Promise<void> {
  // What was said once is not said twice.
  const living = card.role !== 'nudge' && card.role !== 'notice';
  await updateCard(work.tx, card.id, {
    state: living ? 'waiting' : 'failed',
    activity: null,
    posted_at: null,
    conversation: card.channel === null ? card.conversation : null,
    replaced: 1,
    last_error: reason,
    due_at: living ? work.now : null,
  });
}

type Delivery = 'delivered' | 'uncertain' | 'unconfirmed' | 'not-delivered' | 'not-updated';

/** Records what became of a card that somebody else was to get, and lets the reporter's card say so. */
async function tellReporter(work: Work, card: CardRow, kind: Delivery): Promise<void> {
  if (card.referral === null || card.role === 'reporter' || card.role === 'nudge') return;
  const { role, tenant, person, place_name: name, place_role: as, step, round } = card;
  const facts = { role, as, step, round };
  // A channel and an inbox have a name of their own, and a person's is kept apart.
  if (person === null) await record(work, { reference: card.referral }, kind, { ...facts, place: name });
  else await record(work, { reference: card.referral }, kind, facts, { place: { tenant, person, name } });
  await wantCards(work.tx, card.referral, work.now, 'reporter');
}

/** A fresh message has taken the place of one that had arrived before: the reporter's card says when. */
async function tellReporterWhen({ tx, now }: Work, { referral, role }: CardRow): Promise<void> {
  if (referral !== null && role !== 'reporter') await wantCards(tx, referral, now, 'reporter');
}

/** A card that will not arrive: the reporter is told, and the route goes on at once if its step reached nobody else. */
async function notShown(work: Work, card: CardRow): Promise<void> {
  if (card.referral === null) return;
  const isDoubtful = card.possible_duplicate === 1;
  if (card.role === 'reporter') return tellDeskOfReporter(work, card.referral, isDoubtful);
  const never = isDoubtful ? 'unconfirmed' : 'not-delivered';
  await tellReporter(work, card, card.delivered_at === null ? never : 'not-updated');
  await goOnWithout(work, card);
}

/**
 * The reporter cannot be reached here any more, or may not have been: whoever has the referral must know that a
 * question will not arrive.
 */
async function tellDeskOfReporter(work: Work, reference: string, isDoubtful: boolean): Promise<void> {
  const event = await record(work, { reference }, isDoubtful ? 'reporter-unconfirmed' : 'reporter-not-reached');
  await nudgeDesk(work, reference, event);
  await wantCards(work.tx, reference, work.now);
}

/** 1 s, 2 s, 4 s … up to a minute, or what Teams asked for; with a little more by chance, so that not all come at once. */
function waitFor({ random }: DeliveryNeeds, card: CardRow, sent: Sent): number {
  const asked = 'afterMs' in sent ? sent.afterMs : undefined;
  const wait = asked ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(card.attempts, 10));
  return Math.ceil(wait * (1 + random() * 0.1));
}
