import { type Action, LIFE } from '../src/escalation/life.ts';
import { routeOf, type StepTaken } from '../src/escalation/routes.ts';
import type { ReferralRecord } from '../src/store/referrals.ts';
import { type AuditRow, type CardRole, type CardRow, DESK_ROLES, LIVING_ROLES } from '../src/store/schema.ts';
import type { Shown, SmallTeams } from './small-teams.ts';

/**
 * What must hold of a referral after quiet has returned. It is looked for in the register, in what Teams holds, and in
 * what people can read there; what the register says of itself is not taken for true.
 */

/** One referral, and what is known of it besides. */
export type Evidence = {
  readonly record: ReferralRecord;
  /** What is wrong with its audit. */
  readonly faults: readonly string[];
  readonly teams: SmallTeams;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who pressed what: "PERSON ACTION". */
  readonly pressed: ReadonlySet<string>;
  /** Who is on duty for its department now. */
  readonly onDuty: readonly string[];
  /** Whether somebody reads the channel, and presses there. */
  readonly isInChannel: (person: string) => boolean;
  /** Whether the channel was deleted, or the bot removed from it, since a moment. */
  readonly lostChannelSince: (at: number) => boolean;
  /** The lines that can be read on a message, as it was last written. */
  readonly read: (shown: Shown) => readonly string[];
};

/** Each promise that does not hold, in words; empty if all do. */
export function brokenPromises(evidence: Evidence): string[] {
  const { record, faults } = evidence;
  const { referral } = record;
  return [
    ...faults,
    ...stepsOutOfOrder(record),
    ...atRest(evidence),
    ...doneByOthers(evidence),
    ...ownerIsAnother(evidence),
    ...wentToThoseGoneRound(evidence),
    ...neverWentToThoseOnDuty(evidence),
    ...record.cards.flatMap((card) => wrongWith(card, evidence)),
    ...doublesWithoutMark(evidence),
    ...notNudged(evidence),
    ...untrueToReporter(evidence),
    ...untrueToDesk(evidence),
  ].map((line) => `${referral.reference}: ${line}`);
}

// The route.

/** In each round of a route every step is taken or skipped once, from the first on without a gap. */
function stepsOutOfOrder({ audit, referral }: ReferralRecord): string[] {
  const taken = audit
    .filter(({ kind }) => kind === 'step' || kind === 'step-skipped')
    .map(({ details }) => JSON.parse(details) as Pick<StepTaken, 'step' | 'round'>);
  let expected = { step: 0, round: 0 };
  const wrong: string[] = [];
  for (const { step, round } of taken) {
    const isNext = step === expected.step && round === expected.round;
    const isNewRound = step === 0 && round === expected.round + 1;
    if (!isNext && !isNewRound)
      wrong.push(`step ${step} of round ${round} was taken when step ${expected.step} was due`);
    expected = { step: step + 1, round };
  }
  if (referral.round > 0 && expected.round !== referral.round)
    wrong.push('a round of the route was begun and not taken');
  return wrong;
}

/** Nothing rests without a reason. */
function atRest({ record: { referral, cards }, now }: Evidence): string[] {
  const wrong: string[] = [];
  const { status, next_step_at: next, unanswered_at: unanswered, owner_due_at: owner } = referral;
  if (status === 'raised' && next === null && unanswered === null) wrong.push('nobody has it, and nothing will happen');
  if (next !== null && next <= now) wrong.push('a step of its route is overdue');
  if (status === 'raised' && unanswered !== null && referral.route_step < routeOf(referral).steps.length - 1) {
    wrong.push('it was given up before its route was done');
  }
  if (status !== 'raised' && status !== 'closed' && owner === null) wrong.push('its owner would never be reminded');
  if (cards.length === 0) wrong.push('it has no card');
  return wrong;
}

/** A concern about somebody goes round them, and nobody on duty gets their own. */
function wentToThoseGoneRound({ record: { referral, cards } }: Evidence): string[] {
  const avoided: Readonly<Record<typeof referral.about_senior, readonly CardRole[]>> = {
    no: [],
    yes: ['on-duty'],
    unsure: ['on-duty'],
    channel: ['channel'],
  };
  return cards.flatMap((card) => {
    if (avoided[referral.about_senior].includes(card.role)) return [`it went to ${sayPlace(card)}, whom it is about`];
    const isTheirOwn = card.person === referral.reporter && (card.role === 'on-duty' || card.role === 'role');
    return isTheirOwn ? [`it went to ${sayPlace(card)}, who raised it`] : [];
  });
}

/** Whoever is on duty, or came on duty later, has what waits there, with a card of its own for each round. */
function neverWentToThoseOnDuty({ record: { referral, cards }, onDuty }: Evidence): string[] {
  const taken = routeOf(referral).steps.slice(0, referral.route_step + 1);
  const tellsThem = taken.some(({ notify }) => notify.some(({ whom }) => whom === 'on-duty'));
  const goesRound = referral.about_senior === 'yes' || referral.about_senior === 'unsure';
  if (referral.status !== 'raised' || !tellsThem || goesRound) return [];
  return onDuty
    .filter((person) => person !== referral.reporter)
    .filter((person) => !cards.some((card) => card.person === person && card.round === referral.round))
    .map((person) => `${person} is on duty, and was not sent it in round ${referral.round}`);
}

// Who did what.

const OWNING: readonly string[] = ['acknowledge', 'take-on', 'reopen'];
const ONLY_OWNER: readonly string[] = ['close', 'hand-over'];
const ONLY_REPORTER: readonly string[] = ['answer', 'add', 'ask-to-withdraw'];

function isAction(kind: string): kind is Action {
  return Object.hasOwn(LIFE, kind);
}

/** What was done was done by those who may: who pressed it, were sent it, own it where it takes that, or raised it. */
function doneByOthers({ record, pressed, isInChannel }: Evidence): string[] {
  const { referral, audit, cards } = record;
  const wasSent = (actor: string, at: number): boolean =>
    cards.some(
      ({ role, person, created_at }) =>
        created_at <= at &&
        (role === 'channel' ? isInChannel(actor) : DESK_ROLES.some((one) => one === role) && person === actor),
    );
  return audit
    .filter(({ kind }) => isAction(kind))
    .flatMap(({ kind, at, actor, actor_name: name, sequence }) => {
      if (actor === null || !pressed.has(`${actor} ${kind}`)) return [`${name} did not press "${kind}"`];
      if (ONLY_REPORTER.includes(kind)) return actor === referral.reporter ? [] : [`${name} did "${kind}", unasked`];
      if (!wasSent(actor, at)) return [`${name} did "${kind}", and was never sent it`];
      const isTheirs = ownerBefore(audit, sequence)?.actor === actor;
      return ONLY_OWNER.includes(kind) && !isTheirs ? [`${name} did "${kind}", and did not own it`] : [];
    });
}

/** The row by which whoever has a referral came to have it, before a row or at the end. */
function ownerBefore(audit: readonly AuditRow[], sequence = Number.POSITIVE_INFINITY): AuditRow | undefined {
  const last = audit.findLast(
    (row) => row.sequence < sequence && (OWNING.includes(row.kind) || row.kind === 'returned'),
  );
  return last?.kind === 'returned' ? undefined : last;
}

function ownerIsAnother({ record: { referral, audit } }: Evidence): string[] {
  const row = ownerBefore(audit);
  const is = [referral.owner_tenant, referral.owner, referral.owner_name];
  const should = row === undefined ? [null, null, null] : [row.actor_tenant, row.actor, row.actor_name];
  return is.every((one, index) => one === should[index]) ? [] : [`its owner is ${is}, and should be ${should}`];
}

// Cards and messages.

/** A card is where it belongs and shows what is so, or there is a reason why not. */
function wrongWith(card: CardRow, { record, teams, now, lostChannelSince }: Evidence): string[] {
  const place = `the ${card.role} card for ${sayPlace(card)}`;
  if (card.due_at !== null && card.due_at <= now) return [`${place} is owed and not sent`];
  const { last, undrawn, messages } = teams.of(card.id);
  const isLiving = LIVING_ROLES.some((role) => role === card.role);
  if (card.state === 'parked') return undrawn >= 5 ? [] : [`${place} was put aside, and could be drawn`];
  if (card.state === 'failed') {
    const isRefused = last === 'refused' || last === 'unconfirmed' || (last === 'gone' && !isLiving);
    const isLost = card.channel !== null && lostChannelSince(card.created_at);
    return isRefused || isLost ? [] : [`${place} was given up, and nothing had refused it`];
  }
  const shown = card.activity === null ? undefined : teams.messages.get(card.activity);
  if (card.state !== 'delivered' || shown?.record === undefined || !messages.includes(shown.activity))
    return [`${place} (${card.state}) is nowhere`];
  const { version } = shown.record.referral;
  return !isLiving || version === record.referral.version
    ? []
    : [`${place} shows version ${version} of ${record.referral.version}`];
}

const DOUBLE = 'Possible duplicate';
const STANDS_IN = 'stands in for an earlier card';

/** What comes twice says so, and says so only where a send may have arrived without our knowing. */
function doublesWithoutMark({ record: { referral, cards }, teams, read }: Evidence): string[] {
  const isDesk = ({ role }: CardRow): boolean => DESK_ROLES.some((one) => one === role);
  // A colleague was asked on purpose, whatever they have already.
  const isRoute = (card: CardRow): boolean => isDesk(card) && card.role !== 'colleague';
  const byId = new Map(cards.map((card) => [card.id, card]));
  // In the order in which they were posted.
  const posted = [...teams.messages.values()].flatMap((shown) => {
    const card = byId.get(shown.card?.id ?? '');
    return card === undefined ? [] : [{ card, shown }];
  });
  return posted.flatMap(({ card, shown }, index) => {
    const before = posted.slice(0, index).map((one) => one.card);
    const ofSameCard = before.some(({ id }) => id === card.id);
    const inSamePlace = before.some(
      (one) => one.lane === card.lane && one.round === card.round && isRoute(one) && isRoute(card),
    );
    const says = (words: string): boolean => isDesk(card) && read(shown).some((line) => line.includes(words));
    const place = `the ${card.role} card for ${sayPlace(card)}`;
    const wrong: string[] = [];
    if ((ofSameCard || inSamePlace) && isDesk(card) && !says(DOUBLE) && !says(STANDS_IN)) {
      wrong.push(`${place} came twice, and does not say so`);
    }
    if (ofSameCard && !isExplained(card, teams)) wrong.push(`${place} came twice, and no send was ambiguous`);
    const mayBeDouble = cards.some(({ lane, id }) => lane === card.lane && teams.of(id).ambiguous);
    if (says(DOUBLE) && !mayBeDouble) wrong.push(`${place} says that it may be a duplicate, and cannot be`);
    if (shown.record?.referral.reference !== referral.reference) wrong.push(`${place} shows another referral`);
    return wrong;
  });
}

function isExplained({ id, replaced }: CardRow, teams: SmallTeams): boolean {
  return replaced === 1 || teams.of(id).ambiguous;
}

/** What the desk is told by a line of its own, since an updated card makes no sound. */
const NUDGES: readonly string[] = [
  'add',
  'answer',
  'ask-to-withdraw',
  'reminded',
  'unanswered',
  'reporter-not-reached',
  'reporter-unconfirmed',
];
/** What the reporter must see comes as a new message. */
const NEW_TO_REPORTER: readonly string[] = ['ask', 'keep-open', 'close', 'unanswered', 'returned'];

function notNudged({ record: { referral, audit, cards } }: Evidence): string[] {
  return audit.flatMap((row) => {
    const { kind, at, sequence } = row;
    const wrong: string[] = [];
    if (NUDGES.includes(kind)) {
      // Cards that were there then, and have been all the time.
      const there = cards.filter(
        ({ role, state, replaced, delivered_at }) =>
          DESK_ROLES.some((one) => one === role) &&
          state !== 'failed' &&
          replaced === 0 &&
          delivered_at !== null &&
          delivered_at < at,
      );
      const owner = ownerBefore(audit, sequence)?.actor;
      const ofOwner = there.filter(({ person }) => person !== null && person === owner);
      const told = cards.filter(({ role, details }) => role === 'nudge' && JSON.parse(details).event === sequence);
      for (const { lane } of ofOwner.length > 0 ? ofOwner : there) {
        // The owner may have had another card then, which is not there any more.
        const isTold = told.some((nudge) => nudge.lane === lane || (owner !== undefined && nudge.person === owner));
        if (!isTold) wrong.push(`nobody was told in ${lane} of "${kind}"`);
      }
    }
    const isNew = cards.some(({ role, created_at }) => role === 'reporter' && created_at === at);
    if (NEW_TO_REPORTER.includes(kind) && !isNew) wrong.push(`no new message told ${referral.reporter} of "${kind}"`);
    return wrong;
  });
}

// What people read.

/** The reporter's cards say nothing that the register and the chats do not bear out, and leave nothing out. */
function untrueToReporter(evidence: Evidence): string[] {
  const { record, teams, read } = evidence;
  return record.cards
    .filter(({ role, state, activity }) => role === 'reporter' && activity !== null && state !== 'failed')
    .flatMap(({ activity }) => {
      const shown = teams.messages.get(activity ?? '');
      if (shown?.record === undefined) return [];
      const lines = read(shown);
      return [...untrueOfOwner(evidence, lines), ...untrueOfDeliveries(evidence, lines)];
    });
}

function untrueOfOwner({ record: { referral, audit } }: Evidence, lines: readonly string[]): string[] {
  const wrong: string[] = [];
  const name = ownerBefore(audit)?.actor_name;
  const headlines: Readonly<Record<typeof referral.status, RegExp>> = {
    raised: /^(Recorded|Sent)/,
    acknowledged: new RegExp(`^${name} has this$`),
    'in-progress': new RegExp(`^${name} is working on this$`),
    reopened: new RegExp(`^${name} has opened this again$`),
    closed: /^Closed$/,
  };
  if (!lines.some((line) => headlines[referral.status].test(line))) {
    wrong.push(`the reporter does not read that it is ${referral.status}, by ${name}`);
  }
  const saysNobody = lines.some((line) => /no one has confirmed reading/i.test(line));
  if (saysNobody !== (referral.status === 'raised')) {
    wrong.push(
      saysNobody
        ? `${name} has it, and the reporter reads that nobody has`
        : 'nobody has it, and the reporter is not told',
    );
  }
  if (referral.unanswered_at !== null && !lines.some((line) => line.includes('Ring now.'))) {
    wrong.push('nobody answered, and the reporter is not told to ring');
  }
  return wrong;
}

/** What the reporter's card says of each place, beside what is there. */
function untrueOfDeliveries({ record: { cards }, teams }: Evidence, lines: readonly string[]): string[] {
  const told = cards.filter(({ role }) => role === 'email' || DESK_ROLES.some((one) => one === role));
  return [...Map.groupBy(told, sayPlace)].flatMap(([place, there]) => {
    const count = (beginning: string): number => lines.filter((line) => line.startsWith(beginning)).length;
    const says = {
      sent: count(`Sent to ${place} at `),
      not: count(`It could not be delivered to ${place}.`),
      unsure: count(`We could not confirm that it arrived with ${place}.`),
      being: count(`Being sent to ${place}.`),
    };
    const known = there.map(({ id }) => teams.of(id));
    const arrived = known.filter(({ messages }) => messages.length > 0);
    const confirmed = known.filter((one) => one.confirmed && !one.ambiguous);
    const never = known.filter((one) => one.messages.length === 0 && !one.ambiguous);
    const wrong: string[] = [];
    if (says.sent + says.not + says.unsure !== there.length) wrong.push(`has ${there.length} cards for ${place}`);
    if (says.sent > arrived.length) wrong.push(`has ${arrived.length} messages with ${place}`);
    if (says.sent < confirmed.length) wrong.push(`knows of ${confirmed.length} messages with ${place}`);
    // A card that was refused where another may have arrived says so too.
    const isDoubtful = known.some((one) => one.ambiguous);
    const isWrong = isDoubtful ? says.not > never.length : says.not !== never.length;
    if (isWrong) wrong.push(`sent nothing to ${place} ${never.length} times`);
    if (says.unsure > 0 && !isDoubtful) wrong.push(`was never unsure of ${place}`);
    if (says.being > 0 || lines.some((line) => line.includes(`${place}. It is being sent again`))) {
      wrong.push(`sends nothing to ${place} any more`);
    }
    return wrong.map((line) => `the reporter reads ${JSON.stringify(says)}, and Teams ${line}`);
  });
}

/** Whoever may act reads who has it. */
function untrueToDesk({ record: { referral, audit, cards }, teams, read }: Evidence): string[] {
  const row = audit.findLast(({ kind }) => [...OWNING, 'close', 'returned'].includes(kind));
  const said: Readonly<Record<string, string>> = {
    acknowledge: 'acknowledged this',
    'take-on': 'took this on',
    reopen: 'opened this again',
    close: 'closed this',
  };
  const headline =
    row === undefined || row.kind === 'returned'
      ? /^Nobody has acknowledged this (yet|in time)$/
      : new RegExp(`^${row.actor_name} ${said[row.kind]} at `);
  return cards
    .filter(({ role, state }) => DESK_ROLES.some((one) => one === role) && state === 'delivered')
    .flatMap((card) => {
      const shown = teams.messages.get(card.activity ?? '');
      if (shown?.record === undefined || read(shown).some((line) => headline.test(line))) return [];
      return [`the card for ${sayPlace(card)} does not say ${headline} (${referral.status})`];
    });
}

function sayPlace({ role, place_name: name, place_role: as }: CardRow): string {
  if (role === 'channel') return `the channel “${name}”`;
  if (role === 'email') return `${name}, by email`;
  return as === '' ? name : `${name}, ${as}`;
}
