import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { loadPolicies } from '../src/policies.ts';
import { type ChatDriver, type PersonDriver, TeamsDriver } from '../src/sandbox/driver.ts';
import { createSandboxServer, type SandboxServer } from '../src/sandbox/server.ts';
import type { MessageView } from '../src/sandbox/world.ts';
import { SERVER_KEYS } from '../tests/support/keys.ts';
import { freePort, startPostgres } from '../tests/support/postgres.ts';
import { QUICK_START } from '../tests/support/process.ts';
import { goesOnDuty, joins, mattersOf, preparesToSend, referenceIn, type Sending } from './raising.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ORGANISATION = 'worcestershire-acute';
const CHANNEL = 'Safeguarding referrals';
const REPORTERS = 4;
/**
 * How long each of them rests after a raise, in milliseconds: a kill is to meet work in hand, and Teams' pace is to
 * bring it to one nurse in the end. A server that is alone is away for most of the time.
 */
const REST_MS = { sqlite: 300, postgres: 1_200 } as const;
/** How long nothing may come before what is missing counts as lost. */
const GIVE_UP_MS = 30_000;
/** Longer than a lease: what a killed server held is free then. In minutes of the rehearsal's clock. */
const PAST_A_LEASE = 1.2;

export type KillsReport = {
  readonly kills: number;
  /** How many presses of Send were answered "recorded". */
  readonly recorded: number;
  /** References that were answered and have no card in the nurse's chat or in the channel. */
  readonly lost: readonly string[];
  /** Cards that came twice; each must say that it may be a duplicate. */
  readonly duplicates: number;
  /** Cards that came twice and do not say so. */
  readonly unmarked: readonly string[];
  /** Cards that came twice although no server was killed in between, nor a lease ran out: no send was ambiguous. */
  readonly unexplained: readonly string[];
  /** References whose reporter does not read in the end to whom they were sent. */
  readonly untrue: readonly string[];
};

/** Random moments for so many kills, in milliseconds; the same seed, the same moments. */
export function momentsOf(times: number, seed: number): readonly number[] {
  return fc.sample(fc.integer({ min: 100, max: 1_000 }), { numRuns: times, seed });
}

/**
 * Kills real servers with -9 at random moments while people raise, and looks whether all that was answered "recorded"
 * arrives. On SQLite one server is started again; on PostgreSQL two share the work, and one of them is.
 * @param moments How long after the start of the last server each kill comes, in milliseconds.
 */
export async function kills(
  moments: readonly number[],
  on: 'sqlite' | 'postgres',
  say: (line: string) => void,
): Promise<KillsReport> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-kills-'));
  const postgres = on === 'postgres' ? await startPostgres() : undefined;
  const ports = await Promise.all(Array.from({ length: on === 'postgres' ? 2 : 1 }, freePort));
  const sandbox = await createSandboxServer({
    bots: ports.map((port) => `http://127.0.0.1:${port}`),
    crowd: { staff: REPORTERS, seniors: 1 },
  });
  const environment = {
    SANDBOX_URL: sandbox.address,
    ...(postgres === undefined ? {} : { DATABASE_URL: await postgres.database(), ...SERVER_KEYS }),
  };
  const servers = ports.map((port, index) => new Server(port, join(folder, String(index)), environment));
  try {
    // One after the other: the first makes the tables.
    for (const server of servers) await server.start();
    await sandbox.sandbox.start();
    return await rehearse({ moments, servers, sandbox, restMs: REST_MS[on], say });
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    await sandbox.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Rehearsing = {
  readonly moments: readonly number[];
  readonly servers: readonly Server[];
  readonly sandbox: SandboxServer;
  readonly restMs: number;
  readonly say: (line: string) => void;
};

async function rehearse({ moments, servers, sandbox, restMs, say }: Rehearsing): Promise<KillsReport> {
  const teams = new TeamsDriver(sandbox.address);
  const guidance = await loadPolicies(join(ROOT, 'policies'));
  const trust = guidance.get(ORGANISATION)?.settings.name ?? '';
  const [matter] = mattersOf(guidance, ORGANISATION);
  const { staff, seniors } = await teams.crowd();
  const [nurse] = seniors;
  if (nurse === undefined || matter === undefined) throw new Error('There is nobody to tell, or nothing to raise.');
  for (const person of [nurse, ...staff]) await joins(person, trust);
  await goesOnDuty(nurse, 'ward-9');

  /** Who raised it, by its reference. */
  const recorded = new Map<string, PersonDriver>();
  const cutOffs: CutOff[] = [];
  let isOver = false;
  // Whoever gets no answer presses again, as people do: the same button, so that it is one referral.
  const raiseOn = async (index: number): Promise<void> => {
    let sending: Sending | undefined;
    while (!isOver || sending !== undefined) {
      const person = staff[index];
      if (person === undefined) return;
      try {
        sending ??= await preparesToSend(person, matter, 'ward-9');
        recorded.set(await sending.press(), person);
        sending = undefined;
        await pause(restMs);
      } catch {
        await pause(50);
      }
    }
  };
  const raising = staff.map((_, index) => raiseOn(index));
  for (const [kill, moment] of moments.entries()) {
    await pause(moment);
    const server = servers[kill % servers.length];
    const now = async (): Promise<number> => (await teams.clock()).now;
    await server?.kill();
    const killedAt = await now();
    cutOffs.push({ from: killedAt - ON_ITS_WAY_MS, to: killedAt });
    await server?.start();
    // The lease of a server that lives runs out as well, in the middle of what it sends.
    const before = await now();
    await teams.advance(PAST_A_LEASE);
    cutOffs.push({ from: before - ON_ITS_WAY_MS, to: (await now()) + ON_ITS_WAY_MS });
    say(`kill ${kill + 1} of ${moments.length}: ${recorded.size} recorded so far`);
  }
  isOver = true;
  await Promise.all(raising);

  const places = [nurse, teams.channel(CHANNEL).as('priya')];
  const references = [...recorded.keys()];
  await untilArrived(teams, places, references);
  const untrue = await untilTold(teams, recorded, [
    `Sent to ${nurse.name}, senior nurse on duty at `,
    `Sent to the channel “${CHANNEL}” at `,
  ]);

  const found = await Promise.all(places.map(async (place) => cardsIn(await place.messages())));
  const doubles = found.flatMap((cards) => [...cards].filter(([, posts]) => posts.length > 1));
  return {
    kills: moments.length,
    recorded: recorded.size,
    lost: references.filter((reference) => found.some((cards) => !cards.has(reference))),
    duplicates: doubles.reduce((sum, [, posts]) => sum + posts.length - 1, 0),
    unmarked: doubles
      .filter(([, posts]) => posts.filter(({ words }) => !words.includes('Possible duplicate')).length > 1)
      .map(([reference]) => reference),
    unexplained: doubles.filter(([, posts]) => !isExplained(posts, cutOffs)).map(([reference]) => reference),
    untrue,
  };
}

/** Waits while cards still come. Teams' pace, and what a killed server held, pass more quickly by the rehearsal's clock. */
async function untilArrived(
  teams: TeamsDriver,
  places: readonly ChatDriver[],
  recorded: readonly string[],
): Promise<void> {
  let most = -1;
  let since = Date.now();
  while (Date.now() - since < GIVE_UP_MS) {
    await teams.advance(0.1);
    const found = await Promise.all(places.map(async (place) => cardsIn(await place.messages())));
    const arrived = found.reduce((sum, cards) => sum + cards.size, 0);
    if (found.every((cards) => recorded.every((reference) => cards.has(reference)))) return;
    if (arrived > most) since = Date.now();
    most = Math.max(most, arrived);
    await pause(100);
  }
}

/** Waits until all reporters read these lines on the cards of what they raised. @returns the references of the others. */
async function untilTold(
  teams: TeamsDriver,
  recorded: ReadonlyMap<string, PersonDriver>,
  lines: readonly string[],
): Promise<readonly string[]> {
  let left = [...recorded];
  const began = Date.now();
  while (left.length > 0 && Date.now() - began < GIVE_UP_MS) {
    const people = new Set(left.map(([, person]) => person));
    const read = new Map<PersonDriver, Map<string, Post[]>>();
    for (const person of people) read.set(person, cardsIn(await person.messages(), REPORTER_CARD));
    left = left.filter(([reference, person]) => {
      const words = read.get(person)?.get(reference)?.at(-1)?.words ?? '';
      return !lines.every((line) => words.includes(line));
    });
    if (left.length > 0) {
      await teams.advance(0.1);
      await pause(100);
    }
  }
  return left.map(([reference]) => reference);
}

/** A card of a referral in a conversation. */
type Post = {
  /** Epoch milliseconds, by the rehearsal's clock. */
  readonly at: number;
  readonly words: string;
};

/** What was posted in this time may have been posted without anybody's knowing. By the rehearsal's clock. */
type CutOff = { readonly from: number; readonly to: number };

/** How long a server may take to send something and to write down that it has, in milliseconds. */
const ON_ITS_WAY_MS = 5_000;

/** Whether each card that was followed by another was cut off. */
function isExplained(posts: readonly Post[], cutOffs: readonly CutOff[]): boolean {
  return posts.slice(0, -1).every(({ at }) => cutOffs.some(({ from, to }) => from <= at && at <= to));
}

/** What tells the card of a referral from other cards, for those who are to act and for the one who raised it. */
const DESK_CARD = 'What happened';
const REPORTER_CARD = 'Recorded at ';

/** The referral cards of a conversation, by reference, oldest first. */
function cardsIn(messages: readonly MessageView[], mark = DESK_CARD): Map<string, Post[]> {
  const found = new Map<string, Post[]>();
  for (const { card, threadOf, at } of messages) {
    const words = JSON.stringify(card ?? '');
    const reference = referenceIn(words);
    if (reference === undefined || threadOf !== undefined || !words.includes(mark)) continue;
    found.set(reference, [...(found.get(reference) ?? []), { at, words }]);
  }
  return found;
}

/** The real server process, as `npm start` runs it. */
class Server {
  readonly #port: number;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  constructor(port: number, folder: string, environment: NodeJS.ProcessEnv) {
    this.#port = port;
    this.#folder = folder;
    this.#environment = environment;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...QUICK_START,
        PORT: String(this.#port),
        DATA_DIR: this.#folder,
        LOG_LEVEL: 'error',
        ...this.#environment,
      },
    });
    this.#child = child;
    let printed = '';
    const keep = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    while (!printed.includes('Signpost is ready')) {
      if (child.exitCode !== null) throw new Error(`The server did not start:\n${printed}`);
      await pause(20);
    }
  }

  /** As `kill -9` does: nothing is finished. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
