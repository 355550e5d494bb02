import { finderFor, readUtterances } from '../src/cli/ask.ts';
import { loadPolicies } from '../src/policies.ts';
import { median, print, quantile, report, timed } from './report.ts';

/**
 * Free text: what learning from every organisation's content costs at start, beside reading and checking that same
 * content; how long an answer takes; and how much memory a start needs for it. Run with --expose-gc.
 */
const ROUNDS = 7;
const MESSAGES = 'tests/guidance/utterances/own.jsonl';

/** Megabytes in use, without what is only waiting to be cleared away. */
function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

// Only the first reading reads all: files that have not changed are not read again.
const { result: guidance, ms: load } = await timed(() => loadPolicies('policies'));
const organisations = [...guidance.values()];
const before = memory();
// The first training is the one that a start waits for: nothing is warm yet.
const { result: finders, ms: first } = await timed(() => organisations.map(finderFor));
const added = memory() - before;

const training: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  training.push((await timed(() => organisations.map(finderFor))).ms);
}
const answering: number[] = [];
for (const { text } of await readUtterances(MESSAGES)) {
  for (const finder of finders) answering.push((await timed(() => finder.find(text))).ms);
}

const examples = organisations
  .flatMap(({ flows, smallTalk }) => [...[...flows.values()].map((flow) => flow.examples), ...Object.values(smallTalk)])
  .reduce((sum, list) => sum + list.length, 0);
const train = median(training);
print(`Free text: ${organisations.length} organisations, ${examples} examples.\n`);
print(`training at start       ${first.toFixed(0)} ms, again ${train.toFixed(0)} ms (goal: under 1000)`);
print(`  beside reading and checking the content, ${load.toFixed(0)} ms: ratio ${(first / load).toFixed(2)}`);
print(`an answer               ${median(answering).toFixed(3)} ms at the median (goal: under 1)`);
print(`                        ${quantile(answering, 0.99).toFixed(3)} ms at 99 in 100`);
print(`memory added            ${added.toFixed(1)} MB (goal: under 50)`);

report({
  measured: 'Free text: learning at start',
  figure: `${first.toFixed(0)} ms`,
  goal: 'under 1000 ms',
  met: first < 1_000,
});
report({
  measured: 'Free text: an answer, at the median',
  figure: `${median(answering).toFixed(3)} ms`,
  goal: 'under 1 ms',
  met: median(answering) < 1,
});
report({
  measured: 'Free text: memory',
  figure: `${added.toFixed(1)} MB`,
  goal: 'under 50 MB',
  met: added < 50,
});
