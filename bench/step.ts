import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { loadPolicies } from '../src/policies.ts';
import { median, print, report } from './report.ts';
import { post, press, start, startConnector, type Target } from './servers.ts';

/**
 * One guided step through HTTP (Action.Execute in, next card out), beside a bare bot that answers the same card,
 * read once and static: same libraries, same load, same run, both without authentication.
 */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const CONNECTIONS = 10;
const ROUNDS = 3;
const ORGANISATION = 'worcestershire-acute';
const FLOW = 'filming-on-the-ward';

type Figures = { readonly perSecond: number; readonly p50: number; readonly p99: number };

const connector = await startConnector();

const guidance = await loadPolicies('policies');
const flow = guidance.get(ORGANISATION)?.flows.get(FLOW);
if (flow === undefined) throw new Error(`There is no flow ${FLOW} to measure.`);

const step = press(connector.url, 'walk', {
  organisation: ORGANISATION,
  flow: FLOW,
  edition: flow.edition,
  responses: { danger: 'no', who: 'visitor' },
});

async function load(target: Target, seconds: number): Promise<Figures> {
  const result = await autocannon({
    url: target.url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(step),
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${target.name} failed ${result.non2xx + result.errors} requests.`);
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
const targets: Target[] = [];
try {
  const signpost = await start('signpost', 'src/main.ts', 4601, 'Signpost is ready', { DATA_DIR: folder });
  targets.push(signpost);
  await post(signpost, press(connector.url, 'choose-organisation', { organisation: ORGANISATION, text: '' }));
  const answer = await post(signpost, step);
  if (!answer.includes('Who could it show or identify?'))
    throw new Error('The step was not answered with its question.');
  // The same card, so that both write the same bytes.
  const card = JSON.stringify(JSON.parse(answer).value);
  const cardFile = join(folder, 'card.json');
  writeFileSync(cardFile, card);
  const bare = await start('bare bot', 'bench/bare-bot.ts', 4602, 'ready', { CARD_FILE: cardFile });
  targets.push(bare);

  print(
    `One guided step: a card of ${card.length} characters, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each.\n`,
  );
  for (const target of [bare, signpost]) await load(target, 3);
  const figures = new Map<Target, Figures[]>([
    [bare, []],
    [signpost, []],
  ]);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [target, list] of figures) list.push(await load(target, SECONDS));
  }
  const middle = (target: Target, key: keyof Figures): number =>
    median((figures.get(target) ?? []).map((one) => one[key]));
  print('            requests/s   p50 ms   p99 ms');
  for (const target of [bare, signpost]) {
    const cells = (['perSecond', 'p50', 'p99'] as const).map((key) =>
      middle(target, key).toFixed(key === 'perSecond' ? 0 : 1),
    );
    print(`${target.name.padEnd(10)}  ${cells[0]?.padStart(10)}   ${cells[1]?.padStart(6)}   ${cells[2]?.padStart(6)}`);
  }
  const ratio = middle(signpost, 'perSecond') / middle(bare, 'perSecond');
  print(`\nratio of throughput ${ratio.toFixed(2)} (goal: at least 0.80)`);
  report({
    measured: 'A guided step: throughput beside a bare bot',
    figure: ratio.toFixed(2),
    goal: 'at least 0.80',
    met: ratio >= 0.8,
  });
} finally {
  for (const { child } of targets) child.kill('SIGKILL');
  connector.close();
  rmSync(folder, { recursive: true, force: true });
}
