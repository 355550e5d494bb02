import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { nextAllowed, PER_CONVERSATION, remember, type Sends } from '../src/escalation/rates.ts';
import { loadPolicies } from '../src/policies.ts';
import { createSandboxClock, type SandboxClock } from '../src/sandbox/clock.ts';
import { type ChatDriver, type PersonDriver, TeamsDriver } from '../src/sandbox/driver.ts';
import { readSettings } from '../src/settings.ts';
import { startSignpost } from '../src/signpost.ts';
import { LIVING_ROLES } from '../src/store/schema.ts';
import { openSqliteBeside, type Store } from '../src/store/store.ts';
import { goesOnDuty, joins, type Matter, mattersOf, preparesToSend, referenceIn } from './raising.ts';

const ORGANISATION = 'worcestershire-acute';
const CHANNEL = 'Safeguarding referrals';
/** How many raise, and how many senior nurses are on duty. */
export type People = { readonly reporters: number; readonly seniors: number };
const MANY: People = { reporters: 200, seniors: 20 };
const WITHIN_MS = 60_000;
/** Longer than any surge should take to drain, by the rehearsal's clock. */
const LONGEST_MS = 6 * 3_600_000;

export type SurgeReport = {
  readonly raised: number;
  readonly lost: number;
  /** From the press of Send to the card in the senior nurse's chat, in milliseconds. */
  readonly firstCard: { readonly p50: number; readonly p99: number };
  /** From the first Send to the last card in the channel, and the least that Teams' limits allow. In milliseconds. */
  readonly drain: number;
  readonly least: number;
  readonly channelSends: number;
  /** Calls that Teams refused because they broke a limit, by the limit. */
  readonly limitsBroken: Readonly<Record<string, number>>;
  /** Drawings that were asked for, and messages that were posted or updated for them: the rest was folded together. */
  readonly drawings: { readonly asked: number; readonly sent: number };
  readonly duplicates: number;
  /** Duplicates that do not say that they may be one. */
  readonly unmarked: number;
  /** Posts in the channel that went before something more urgent which had waited for a second or longer. */
  readonly outOfTurn: number;
  /** The most at any time, in MiB, of the server with the rehearsal's Teams in one process. */
  readonly peakMemory: number;
};

/** What a surge is to keep to, beside losing nothing. */
export const GOALS = { firstCardMs: 2_000, drain: 1.2 } as const;

/** What a surge did that it must not do, in words; empty if it is as it should be. */
export function shortcomings(report: SurgeReport): string[] {
  const { lost, limitsBroken, outOfTurn, unmarked, firstCard, drain, least } = report;
  const broken = Object.values(limitsBroken).reduce((sum, times) => sum + times, 0);
  return [
    ...(lost > 0 ? [`${lost} were lost`] : []),
    ...(broken > 0 ? [`a limit of Teams was broken ${broken} times`] : []),
    ...(outOfTurn > 0 ? [`${outOfTurn} went before something more urgent`] : []),
    ...(unmarked > 0 ? [`${unmarked} came twice and did not say so`] : []),
    ...(firstCard.p99 < GOALS.firstCardMs ? [] : ['the first card took longer than the goal']),
    ...(drain / least <= GOALS.drain ? [] : ['the channel took longer to drain than the goal']),
  ];
}

/**
 * Raises referrals within a minute, from many reporters to few senior nurses and one channel, with Teams' limits on.
 * The rehearsal's clock goes with the system's, and jumps ahead whenever there is nothing to do but wait.
 */
export async function surge(
  referrals: number,
  say: (line: string) => void,
  people: People = MANY,
): Promise<SurgeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-surge-'));
  const clock = createSandboxClock();
  let sent = 0;
  const signpost = await startSignpost(readSettings({ PORT: '0', DATA_DIR: folder }), pino({ level: 'silent' }), {
    sandboxClock: clock,
    sandbox: { crowd: { staff: people.reporters, seniors: people.seniors } },
    keepSandbox: false,
    // Nothing goes wrong: it only counts what shows a referral's card.
    troubles({ method, body }) {
      const isCard = (method === 'POST' || method === 'PUT') && JSON.stringify(body ?? '').includes('What happened');
      if (isCard) sent += 1;
      return undefined;
    },
    lookEveryMs: 20,
  });
  const register = openSqliteBeside(folder);
  try {
    const teams = new TeamsDriver(signpost.address);
    const stage = await prepare(teams, clock, people, say);
    return await run({ teams, clock, register, stage, referrals, sent: () => sent, say });
  } finally {
    await register.close();
    await signpost.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Stage = {
  readonly staff: readonly PersonDriver[];
  readonly seniors: readonly PersonDriver[];
  readonly departments: readonly string[];
  readonly matters: readonly Matter[];
};

async function prepare(
  teams: TeamsDriver,
  clock: SandboxClock,
  people: People,
  say: (line: string) => void,
): Promise<Stage> {
  const guidance = await loadPolicies('policies');
  const settings = guidance.get(ORGANISATION)?.settings;
  if (settings === undefined) throw new Error(`There is no organisation ${ORGANISATION}.`);
  const { staff, seniors } = await teams.crowd();
  const departments = settings.departments.slice(0, people.seniors).map(({ id }) => id);
  for (const [index, person] of [...seniors, ...staff].entries()) {
    await joins(person, settings.name);
    const department = departments[index];
    if (index < people.seniors && department !== undefined) await goesOnDuty(person, department);
    // Nobody would be so quick: the limits of the tenant are kept for the surge.
    clock.advance(1_000);
  }
  say(`${staff.length} reporters, ${seniors.length} senior nurses on duty, one channel.`);
  return { staff, seniors, departments, matters: mattersOf(guidance, ORGANISATION) };
}

type Running = {
  readonly teams: TeamsDriver;
  readonly clock: SandboxClock;
  readonly register: Store;
  readonly stage: Stage;
  readonly referrals: number;
  /** How many messages with a referral's card were posted or updated. */
  readonly sent: () => number;
  readonly say: (line: string) => void;
};

async function run({ teams, clock, register, stage, referrals, sent, say }: Running): Promise<SurgeReport> {
  const began = clock.now();
  const pressedAt = new Map<string, number>();
  const failed: unknown[] = [];
  const raising: Promise<void>[] = [];
  const nurses = new Nurses(stage.seniors);
  let inHand = 0;
  for (let number = 0; number < referrals; number += 1) {
    await waitUntil(clock, register, began + (number * WITHIN_MS) / referrals, () => inHand > 0);
    inHand += 1;
    raising.push(
      raise(stage, number, clock)
        .then(({ reference, at: moment }) => void pressedAt.set(reference, moment))
        .catch((error: unknown) => void failed.push(error))
        .finally(() => {
          inHand -= 1;
        }),
    );
    if (number % 50 === 49) raising.push(nurses.look());
  }
  await Promise.all(raising);
  if (failed.length > 0) throw failed[0];
  say(`${pressedAt.size} referrals were raised in ${seconds(clock.now() - began)}.`);

  const deadline = clock.now() + LONGEST_MS;
  for (;;) {
    await nurses.look();
    const next = await nextDue(register);
    if (next === undefined && !nurses.isBusy()) break;
    if (clock.now() > deadline) break;
    if (next !== undefined && next > clock.now()) clock.advance(next - clock.now());
    else await aMoment();
  }

  const channel = teams.channel(CHANNEL).as('priya');
  const inChannel = await arrivals(channel);
  const inChats = await nurses.arrivals();
  const times = [...pressedAt].flatMap(([reference, at]) => {
    const first = inChats.get(reference)?.[0];
    return first === undefined ? [] : [first.at - at];
  });
  const lost = [...pressedAt.keys()].filter((reference) => !inChannel.has(reference) || !inChats.has(reference)).length;
  const channelId = (await teams.state()).channels.find(({ name }) => name === CHANNEL)?.id;
  const lane = await register.db
    .selectFrom('lanes')
    .selectAll()
    .where('lane', '=', channelId ?? '')
    .executeTakeFirst();
  const sends: number[] = JSON.parse(lane?.sends ?? '[]');
  const last = Math.max(...[...inChannel.values()].flat().map(({ at }) => at));
  const doubles = [...inChannel.values(), ...inChats.values()].filter((posts) => posts.length > 1);
  const limits = await teams.limits();
  return {
    raised: pressedAt.size,
    lost: lost + (referrals - pressedAt.size),
    firstCard: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
    drain: last - began,
    least: leastTimeFor(sends.filter((at) => at >= began && at <= last).length),
    channelSends: sends.filter((at) => at >= began).length,
    limitsBroken: limits.refused,
    drawings: { asked: await drawingsAsked(register), sent: sent() },
    duplicates: doubles.reduce((sum, posts) => sum + posts.length - 1, 0),
    unmarked: doubles.reduce(
      (sum, posts) => sum + Math.max(0, posts.filter(({ isMarked }) => !isMarked).length - 1),
      0,
    ),
    outOfTurn: await outOfTurn(register, inChannel),
    peakMemory: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** @returns the reference, and when Send was pressed. */
async function raise(
  { staff, departments, matters }: Stage,
  number: number,
  clock: SandboxClock,
): Promise<{ readonly reference: string; readonly at: number }> {
  const reporter = at(staff, number);
  // Urgent and less urgent matters, mixed.
  const matter = at(matters, number * 7);
  const sending = await preparesToSend(reporter, matter, at(departments, number));
  const pressed = clock.now();
  return { reference: await sending.press(), at: pressed };
}

/** The senior nurses read their chats and acknowledge whatever comes. */
class Nurses {
  readonly #people: readonly { readonly driver: PersonDriver; changes: number | undefined }[];
  readonly #acknowledged = new Set<string>();
  #busy = false;

  constructor(drivers: readonly PersonDriver[]) {
    this.#people = drivers.map((driver) => ({ driver, changes: undefined }));
  }

  isBusy(): boolean {
    return this.#busy;
  }

  async look(): Promise<void> {
    this.#busy = false;
    await Promise.all(this.#people.map((person) => this.#looks(person)));
  }

  async #looks(person: { readonly driver: PersonDriver; changes: number | undefined }): Promise<void> {
    const { messages, changes } = await person.driver.messagesSince(person.changes);
    person.changes = changes;
    for (const { id, card } of messages) {
      const words = JSON.stringify(card ?? '');
      const reference = referenceIn(words);
      if (card === undefined || reference === undefined || this.#acknowledged.has(reference)) continue;
      if (!words.includes('Acknowledge: I have this')) continue;
      this.#acknowledged.add(reference);
      this.#busy = true;
      await person.driver.presses('Acknowledge: I have this', { on: { messageId: id, card } });
    }
  }

  async arrivals(): Promise<Map<string, Arrival[]>> {
    const all = new Map<string, Arrival[]>();
    for (const { driver } of this.#people) {
      for (const [reference, places] of await arrivals(driver)) all.set(reference, places);
    }
    return all;
  }
}

/** A card of a referral as it came into a conversation. */
type Arrival = {
  /** Epoch milliseconds, by the rehearsal's clock. */
  readonly at: number;
  readonly isMarked: boolean;
};

/** The cards of each referral in a conversation, oldest first. */
async function arrivals(chat: ChatDriver): Promise<Map<string, Arrival[]>> {
  const found = new Map<string, Arrival[]>();
  for (const { card, at: time, threadOf } of await chat.messages()) {
    const words = JSON.stringify(card ?? '');
    const reference = referenceIn(words);
    if (reference === undefined || threadOf !== undefined || !words.includes('What happened')) continue;
    const arrival = { at: time, isMarked: words.includes('Possible duplicate') };
    found.set(
      reference,
      [...(found.get(reference) ?? []), arrival].sort((a, b) => a.at - b.at),
    );
  }
  return found;
}

/** How often somebody changed something that a card then had to show. */
async function drawingsAsked({ db }: Store): Promise<number> {
  const { asked } = await db
    .selectFrom('cards')
    .select((eb) => eb.fn.sum<number>('wanted').as('asked'))
    .where('role', 'in', LIVING_ROLES)
    .executeTakeFirstOrThrow();
  return Number(asked);
}

async function outOfTurn({ db }: Store, inChannel: ReadonlyMap<string, readonly Arrival[]>): Promise<number> {
  const order = ['immediate', 'urgent', 'routine'];
  const rows = await db.selectFrom('referrals').select(['reference', 'urgency', 'raised_at']).execute();
  const posts = rows.flatMap(({ reference, urgency, raised_at: raised }) => {
    const posted = inChannel.get(reference)?.[0]?.at;
    return posted === undefined ? [] : [{ rank: order.indexOf(urgency), raised, posted }];
  });
  return posts.filter((one) =>
    posts.some((other) => other.rank < one.rank && other.raised + 1_000 < one.posted && other.posted > one.posted),
  ).length;
}

/** Lets time pass until a moment: by itself while the server works, by a jump while it only waits. */
async function waitUntil(clock: SandboxClock, register: Store, moment: number, isBusy: () => boolean): Promise<void> {
  while (clock.now() < moment) {
    const next = await nextDue(register);
    const target = Math.min(moment, next ?? moment);
    if (isBusy() || (next !== undefined && next <= clock.now())) await aMoment();
    else clock.advance(Math.max(0, target - clock.now()));
  }
}

/** The next moment at which the server has something to send; undefined when nothing is owed. */
async function nextDue({ db }: Store): Promise<number | undefined> {
  const held = await db.selectFrom('lanes').select('lane').where('holder', 'is not', null).limit(1).executeTakeFirst();
  if (held !== undefined) return 0;
  const rows = await db.selectFrom('lanes').select(['due_at', 'not_before']).where('due_at', 'is not', null).execute();
  const moments = rows.map(({ due_at, not_before }) => Math.max(due_at ?? 0, not_before));
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** How long Teams' limits make so many messages to one conversation take, if nothing else did. In milliseconds. */
function leastTimeFor(messages: number): number {
  let sends: Sends = [];
  let now = 0;
  for (let sent = 0; sent < messages; sent += 1) {
    now = nextAllowed(sends, now, PER_CONVERSATION);
    sends = remember(sends, now, PER_CONVERSATION);
  }
  return now;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('There is nothing to choose from.');
  return found;
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
