import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { loadPolicies } from '../src/policies.ts';
import { readReferral } from '../src/store/referrals.ts';
import type { Dialect } from '../src/store/schema.ts';
import type { Seal } from '../src/store/seal.ts';
import { openPostgres, openSqliteBeside, type Store } from '../src/store/store.ts';
import { aSeal, SERVER_KEYS } from '../tests/support/keys.ts';
import { type Postgres, startPostgres } from '../tests/support/postgres.ts';
import { print, quantile, report, timed } from './report.ts';
import {
  addedToTeam,
  type Connector,
  type Presser,
  post,
  press,
  start,
  startConnector,
  type Target,
} from './servers.ts';

/**
 * Raising through HTTP, from the press on Send to the card that says "recorded", one after the other, with somebody on
 * duty, a channel to post to, and the worker sending meanwhile. Beside it in the same rounds: a bare bot that answers
 * the same card, and a bare transaction that makes as many bytes as durable, in two inserts.
 */
const ROUNDS = 4;
const EACH = 75;
const WARM = 40;
const ORGANISATION = 'worcestershire-acute';
const FLOW = 'filming-on-the-ward';
/** Teams gives up after ten seconds, and people sooner. */
const GOAL_P99_MS = 500;
/** A raise is some twenty statements, and the bare transaction is four. */
const GOAL_RATIO = 10;

const REPORTERS: readonly Presser[] = Array.from({ length: 20 }, (_, index) => ({
  name: `Reporter ${index}`,
  number: index + 10,
}));
const NURSE: Presser = { name: 'Nurse', number: 2 };

const flow = (await loadPolicies('policies')).get(ORGANISATION)?.flows.get(FLOW);
if (flow === undefined) throw new Error(`There is no flow ${FLOW} to measure.`);
const { edition } = flow;

function send(connector: Connector, number: number): object {
  const by = REPORTERS[number % REPORTERS.length] ?? NURSE;
  const data = {
    organisation: ORGANISATION,
    flow: FLOW,
    edition,
    responses: { danger: 'no', who: 'visitor', 'visitor-shows': 'others', when: 'now' },
    draft: {
      department: 'ward-9',
      description: 'A visitor is streaming the bay live, and two of the other patients can be seen.',
      callBack: '4455',
      safeToRing: 'no-message',
      told: 'nobody',
      aboutSenior: 'no',
    },
    key: randomUUID(),
  };
  return press(connector.url, 'send', data, by, number);
}

/** Somebody on duty, a team with its channel, and reporters who have said which Trust is theirs. */
async function furnish(signpost: Target, connector: Connector): Promise<void> {
  await post(signpost, addedToTeam(connector.url));
  for (const by of [NURSE, ...REPORTERS]) {
    await post(signpost, press(connector.url, 'choose-organisation', { organisation: ORGANISATION, text: '' }, by));
  }
  const duty = { department: 'ward-9', until: '23:59', key: randomUUID() };
  await post(signpost, press(connector.url, 'duty-on', duty, NURSE));
}

/** Sends once. @returns the card that says so. */
async function raise(signpost: Target, connector: Connector, number: number): Promise<string> {
  const answer = await post(signpost, send(connector, number));
  if (!answer.includes('Recorded at'))
    throw new Error(`Send was not answered with its record: ${answer.slice(0, 500)}`);
  return answer;
}

/** One transaction of a table of its own, beside the server's, on the same disk and as durable. */
type Bare = { commit(): Promise<void>; close(): Promise<void> };

const TABLE = 'create table bare (id text primary key, body text not null)';
const INSERT = 'insert into bare values';

function bareSqlite(folder: string, half: string): Bare {
  const database = new DatabaseSync(join(folder, 'bare.sqlite'));
  database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  database.exec(TABLE);
  const insert = database.prepare(`${INSERT} (?, ?)`);
  return {
    async commit() {
      database.exec('begin');
      insert.run(randomUUID(), half);
      insert.run(randomUUID(), half);
      database.exec('commit');
    },
    close: async () => database.close(),
  };
}

async function barePostgres(url: string, half: string): Promise<Bare> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(TABLE);
  return {
    async commit() {
      await client.query('begin');
      await client.query(`${INSERT} ($1, $2)`, [randomUUID(), half]);
      await client.query(`${INSERT} ($1, $2)`, [randomUUID(), half]);
      await client.query('commit');
    },
    close: () => client.end(),
  };
}

/** What one raise writes, in characters. */
async function sizeOf(store: Store, seal: Seal, card: string): Promise<number> {
  const reference = card.match(/[2-9A-HJKMNP-RTV-Z]{3}-[2-9A-HJKMNP-RTV-Z]{4}/)?.[0] ?? '';
  const record = await readReferral(store.db, seal, reference);
  await store.close();
  if (record === undefined) throw new Error(`${reference} is on a card, and not in the register.`);
  print(
    `  one raise writes 1 referral, ${record.audit.length} audit rows, ${record.words.length} of words and ${record.cards.length} cards: ${JSON.stringify(record).length} characters`,
  );
  return JSON.stringify(record).length;
}

async function measure(dialect: Dialect, postgres: Postgres, connector: Connector, port: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  const targets: Target[] = [];
  let bareStore: Bare | undefined;
  try {
    const url = dialect === 'postgres' ? await postgres.database() : '';
    const signpost = await start('signpost', 'src/main.ts', port, 'Signpost is ready', {
      DATA_DIR: folder,
      ...SERVER_KEYS,
      SANDBOX_URL: connector.url,
      ...(dialect === 'postgres' ? { DATABASE_URL: url } : {}),
    });
    targets.push(signpost);
    await furnish(signpost, connector);
    let sent = 100;
    const raiseOne = () => {
      sent += 1;
      return raise(signpost, connector, sent);
    };
    const answer = await raiseOne();
    print(`${nameOf(dialect)}:`);
    const store = dialect === 'postgres' ? await openPostgres(url) : openSqliteBeside(folder);
    const size = await sizeOf(store, aSeal(), answer);
    const half = 'x'.repeat(size / 2);
    const transaction = dialect === 'postgres' ? await barePostgres(url, half) : bareSqlite(folder, half);
    bareStore = transaction;
    const cardFile = join(folder, 'card.json');
    writeFileSync(cardFile, JSON.stringify(JSON.parse(answer).value));
    const bare = await start('bare bot', 'bench/bare-bot.ts', port + 1, 'ready', { CARD_FILE: cardFile });
    targets.push(bare);
    const answerOne = () => post(bare, send(connector, sent));

    const subjects = [
      { name: 'a bare answer', once: answerOne, times: [] as number[] },
      { name: 'a bare transaction', once: () => transaction.commit(), times: [] as number[] },
      { name: 'raise', once: raiseOne, times: [] as number[] },
    ];
    for (const { once } of subjects) for (let done = 0; done < WARM; done += 1) await once();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { once, times } of subjects) {
        for (let done = 0; done < EACH; done += 1) times.push((await timed<unknown>(once)).ms);
      }
    }
    print('                      p50 ms   p99 ms');
    for (const { name, times } of subjects) {
      const cells = [0.5, 0.99].map((share) => quantile(times, share).toFixed(2).padStart(6));
      print(`  ${name.padEnd(18)}  ${cells.join('   ')}`);
    }
    const [p50 = 0, p99 = 0] = [0.5, 0.99].map((share) => quantile(subjects[2]?.times ?? [], share));
    const least = subjects.slice(0, 2).reduce((sum, { times }) => sum + quantile(times, 0.5), 0);
    print(`  ratio of p50 to both baselines together ${(p50 / least).toFixed(2)}\n`);
    report({
      measured: `Raise on ${nameOf(dialect)}: p50 beside a bare answer and a bare transaction`,
      figure: `${p50.toFixed(1)} ms, ${(p50 / least).toFixed(2)} times`,
      goal: `at most ${GOAL_RATIO} times`,
      met: p50 / least <= GOAL_RATIO,
    });
    report({
      measured: `Raise on ${nameOf(dialect)}: p99`,
      figure: `${p99.toFixed(1)} ms`,
      goal: `under ${GOAL_P99_MS} ms`,
      met: p99 < GOAL_P99_MS,
    });
  } finally {
    await bareStore?.close();
    for (const { child } of targets) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameOf(dialect: Dialect): string {
  return dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL';
}

print(`Raise, from Send to the recorded answer: ${ROUNDS} rounds of ${EACH} each, one after the other.\n`);
const connector = await startConnector();
const postgres = await startPostgres();
try {
  await measure('sqlite', postgres, connector, 4611);
  await measure('postgres', postgres, connector, 4613);
} finally {
  await postgres.stop();
  connector.close();
}
