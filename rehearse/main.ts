import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { loadPolicies } from '../src/policies.ts';
import { histories, play, setStage } from './histories.ts';
import { kills, momentsOf } from './kills.ts';
import { seconds, surge } from './surge.ts';

/**
 * Breaks things on purpose and looks whether anything is lost: random histories, kill -9 under load, and a surge. Each
 * can be run again with the seed that it prints.
 */

const GOAL_FIRST_CARD_MS = 2_000;
const GOAL_DRAIN = 1.2;

type Options = {
  readonly histories?: number;
  readonly kills?: number;
  readonly referrals?: number;
  readonly seed: number;
  readonly path?: string;
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const amount = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.');
  return number;
};

const options = new Command('rehearse')
  .description('Break things on purpose, and look whether anything is lost.')
  .option('--histories <number>', 'random histories of people, troubles, time and crashes', amount)
  .option(
    '--kills <number>',
    'kill -9 of the real server under load: so often on SQLite, and so often on PostgreSQL',
    amount,
  )
  .option('--referrals <number>', 'a surge of so many referrals in a minute, with Teams’ limits on', amount)
  .option('--seed <number>', 'for the same histories and moments again', amount, Math.floor(Math.random() * 2 ** 31))
  .option('--path <path>', 'the one history of that seed which failed, as its report names it')
  .parse()
  .opts<Options>();

const isEmpty = options.histories === undefined && options.kills === undefined && options.referrals === undefined;
let lost = 0;
if (options.histories !== undefined || isEmpty) lost += await rehearseHistories(options.histories ?? 100);
if (options.kills !== undefined) lost += await rehearseKills(options.kills);
if (options.referrals !== undefined) lost += await rehearseSurge(options.referrals);
say(`lost ${lost}`);
process.exit(lost === 0 ? 0 : 1);

async function rehearseHistories(numRuns: number): Promise<number> {
  const stage = await setStage(await loadPolicies('policies'));
  const { seed, path } = options;
  say(`${numRuns} histories, seed ${seed}`);
  const began = Date.now();
  const property = fc.asyncProperty(histories, (history) => play(stage, history));
  const result = await fc.check(property, { numRuns, seed, ...(path === undefined ? {} : { path }) });
  if (!result.failed) {
    say(`${result.numRuns} histories kept every promise, in ${seconds(Date.now() - began)}`);
    return 0;
  }
  say(`A promise was broken. To see it again: --histories 1 --seed ${seed} --path ${result.counterexamplePath}`);
  say(JSON.stringify(result.counterexample?.[0], undefined, 1));
  say(String(result.errorInstance));
  return 1;
}

async function rehearseKills(times: number): Promise<number> {
  let missing = 0;
  for (const store of ['sqlite', 'postgres'] as const) {
    say(`${times} kills on ${store}, seed ${options.seed}`);
    const report = await kills(momentsOf(times, options.seed), store, say);
    say(
      `${store}: ${report.recorded} answered "recorded", ${report.lost.length} lost, ${report.duplicates} came twice, ${report.unmarked.length} of those not marked`,
    );
    for (const reference of report.lost) say(`lost: ${reference}`);
    missing += report.lost.length + report.unmarked.length;
  }
  return missing;
}

async function rehearseSurge(referrals: number): Promise<number> {
  say(`A surge of ${referrals} referrals in a minute`);
  const report = await surge(referrals, say);
  const { firstCard, drain, least } = report;
  say(
    `First card to the senior nurse: p50 ${ms(firstCard.p50)}, p99 ${ms(firstCard.p99)} (goal under ${ms(GOAL_FIRST_CARD_MS)})`,
  );
  say(
    `Drain of the channel: ${seconds(drain)} for ${report.channelSends} messages; the least that Teams' limits allow is ${seconds(least)}: ${(drain / least).toFixed(2)} times (goal ${GOAL_DRAIN})`,
  );
  say(
    `Limits broken: ${JSON.stringify(report.limitsBroken)}. Duplicates: ${report.duplicates}. Posted out of turn: ${report.outOfTurn}.`,
  );
  say(`Memory: ${report.memory} MiB, with the rehearsal's Teams in the same process`);
  return report.lost;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
