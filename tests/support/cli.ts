import { execFile } from 'node:child_process';
import { QUICK_START } from './process.ts';

export type Run = { readonly code: number; readonly output: string; readonly errors: string };

/** Runs the real command line as a process of its own, with these settings and no others of Signpost's. */
export function signpost(given: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  const program = ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', ...given];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...QUICK_START, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, program, { env, maxBuffer: 64 * 1024 * 1024 }, (error, output, errors) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output, errors });
    });
  });
}
