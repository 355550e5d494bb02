import { type Logger, pino } from 'pino';
import type { Settings } from './settings.ts';

/**
 * The log: JSON in production, readable elsewhere. It holds no free text, no names and no numbers of people, and of an
 * error only its kind and where it arose, since a message may quote what somebody typed.
 */
export function createLog(settings: Pick<Settings, 'logLevel' | 'production'>): Logger {
  return pino({
    level: settings.logLevel,
    base: undefined,
    serializers: { err: describeError },
    ...(settings.production
      ? {}
      : { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } } }),
  });
}

export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  const status = 'statusCode' in error ? Number(error.statusCode) : undefined;
  // The trace repeats the message, whose lines may look like places in the code.
  const trace = (error.stack ?? '').replace(`${error.name}: ${error.message}`, '').replace(error.message, '');
  const stack = trace.split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, code, status, at: stack.slice(0, 8).map((line) => line.trim()) };
}

const PRINTERS = ['debug', 'log', 'info', 'warn', 'error'] as const;

/**
 * Puts a line into the log in place of what a library prints to the console, which may quote what somebody sent. Of what
 * it printed only the kinds of errors are kept.
 * @returns what undoes it.
 */
export function quietConsole(log: Pick<Logger, 'warn'>): () => void {
  // biome-ignore lint/suspicious/noConsole: This is where it is kept quiet.
  const before = PRINTERS.map((name) => [name, console[name]] as const);
  for (const [name] of before) {
    console[name] = (...printed: unknown[]) => {
      const errors = printed.filter((one) => one instanceof Error).map((one) => one.name);
      log.warn({ printer: name, errors }, 'a library printed something');
    };
  }
  return () => {
    for (const [name, print] of before) console[name] = print;
  };
}
