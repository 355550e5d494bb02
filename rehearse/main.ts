import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { loadPolicies } from '../src/policies.ts';
import { histories, play, setStage } from './histories.ts';
import { kills, momentsOf } from './kills.ts';
import { GOALS, seconds, shortcomings, surge } from './surge.ts';

/**
 * Breaks things on purpose and looks whether anything is lost: random histories, kill -9 under load, and a surge. Each
 * can be run again with the seed that it prints.
 */

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
/** What was lost, and what else was not as it should be. */
type Result = { readonly lost: number; readonly wrong: readonly string[] };
const results: Result[] = [];
if (options.histories !== undefined || isEmpty) results.push(await rehearseHistories(options.histories ?? 100));
if (options.kills !== undefined) results.push(...(await rehearseKills(options.kills)));
if (options.referrals !== undefined) results.push(await rehearseSurge(options.referrals));
const wrong = results.flatMap((result) => result.wrong);
for (const line of wrong) say(`Not as it should be: ${line}.`);
say(`lost ${results.reduce((sum, { lost }) => sum + lost, 0)}`);
process.exit(wrong.length === 0 ? 0 : 1);

async function rehearseHistories(numRuns: number): Promise<Result> {
  const stage = setStage(await loadPolicies('policies'));
  const { seed, path } = options;
  say(`${numRuns} histories, seed ${seed}`);
  const began = Date.now();
  const property = fc.asyncProperty(histories, (history) => play(stage, history));
  const result = await fc.check(property, { numRuns, seed, ...(path === undefined ? {} : { path }) });
  if (!result.failed) {
    say(`${result.numRuns} histories kept every promise, in ${seconds(Date.now() - began)}`);
    return { lost: 0, wrong: [] };
  }
  say(`A promise was broken. To see it again: --histories 1 --seed ${seed} --path ${result.counterexamplePath}`);
  say(JSON.stringify(result.counterexample?.[0], undefined, 1));
  say(String(result.errorInstance));
  return { lost: 1, wrong: ['a promise was broken'] };
}

async function rehearseKills(times: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const store of ['sqlite', 'postgres'] as const) {
    say(`${times} kills on ${store}, seed ${options.seed}`);
    const report = await kills(momentsOf(times, options.seed), store, say);
    const { lost, unmarked, unexplained, untrue } = report;
    say(
      `${store}: ${report.recorded} answered "recorded", ${lost.length} lost, ${report.duplicates} came twice after a kill, ${unmarked.length} of those not marked`,
    );
    for (const reference of lost) say(`lost: ${reference}`);
    results.push({
      lost: lost.length,
      wrong: [
        ...(lost.length > 0 ? [`${lost.length} were lost on ${store}`] : []),
        ...(unmarked.length > 0 ? [`${unmarked.length} came twice on ${store} and did not say so`] : []),
        ...(unexplained.length > 0 ? [`${unexplained.length} came twice on ${store} without a kill in between`] : []),
        ...(untrue.length > 0 ? [`${untrue.length} reporters on ${store} do not read to whom it was sent`] : []),
      ],
    });
  }
  return results;
}

async function rehearseSurge(referrals: number): Promise<Result> {
  say(`A surge of ${referrals} referrals in a minute`);
  const report = await surge(referrals, say);
  const { firstCard, drain, least, drawings } = report;
  say(
    `From the press of Send to the senior nurse's card: p50 ${ms(firstCard.p50)}, p99 ${ms(firstCard.p99)} (goal under ${ms(GOALS.firstCardMs)})`,
  );
  say(
    `Drain of the channel: ${seconds(drain)} for ${report.channelSends} messages; the least that Teams' limits allow is ${seconds(least)}: ${(drain / least).toFixed(2)} times (goal ${GOALS.drain})`,
  );
  say(
    `Updates folded together: ${drawings.asked - drawings.sent} of ${drawings.asked} drawings that were asked for needed no message of their own`,
  );
  say(
    `Limits broken: ${JSON.stringify(report.limitsBroken)}. Duplicates: ${report.duplicates}, not marked: ${report.unmarked}. Posted out of turn: ${report.outOfTurn}.`,
  );
  say(`Memory: ${report.peakMemory} MiB at most, with the rehearsal's Teams in the same process`);
  return { lost: report.lost, wrong: shortcomings(report) };
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
