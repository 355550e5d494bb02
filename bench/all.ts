import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Goal, print } from './report.ts';

/** Every measurement in a process of its own, and at the end what was wanted and what came of it. */
const MEASUREMENTS = ['step.ts', 'find.ts', 'raise.ts', 'passes.ts', 'register.ts'];
// Memory is measured after what is only waiting to be cleared away has been.
const FLAGS = ['--disable-warning=ExperimentalWarning', '--expose-gc'];

function measure(script: string): Promise<Goal[]> {
  const goals: Goal[] = [];
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), { execArgv: FLAGS });
  child.on('message', (goal: Goal) => goals.push(goal));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve(goals);
      else reject(new Error(`bench/${script} failed.`));
    });
  });
}

const goals: Goal[] = [];
for (const script of MEASUREMENTS) {
  goals.push(...(await measure(script)));
  print('');
}
const rows = goals.map(({ measured, figure, goal, met }) => [met ? 'met' : 'NOT met', measured, figure, goal]);
const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
print('Goals');
for (const row of rows) print(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
