import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Settings } from './settings.ts';

/**
 * The log: JSON in production, readable elsewhere. It holds no free text, no names and no numbers of people, and of an
 * error only its kind and where it arose, since a message may quote what somebody typed.
 * @param destination Where the lines go, as JSON; by default to the standard output.
 */
export function createLog(
  settings: Pick<Settings, 'logLevel' | 'production'>,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: settings.logLevel,
    base: undefined,
    formatters: { log: withErrorsDescribed },
    hooks: {
      // An error in the place of the fields would give the line its message.
      logMethod(given, method) {
        const [first, ...rest] = given as unknown[];
        const safe = first instanceof Error ? [{ err: first }, rest[0] ?? 'an error'] : given;
        method.apply(this, safe as typeof given);
      },
    },
  };
  if (destination !== undefined) return pino(options, destination);
  return pino({
    ...options,
    ...(settings.production
      ? {}
      : { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } } }),
  });
}

/** The fields of a line. Whatever name an error goes by there, and whatever was thrown as `err`, only its kind is kept. */
function withErrorsDescribed(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error || (name === 'err' && value !== undefined) ? describeError(value) : value,
    ]),
  );
}

/** What is kept of an error. */
type Described = {
  readonly type: string;
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  /** Where it arose: places in the code. */
  readonly at?: readonly string[];
};

export function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error };
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  // The trace repeats the message, whose lines may look like places in the code.
  const trace = (error.stack ?? '').replace(`${error.name}: ${error.message}`, '').replace(error.message, '');
  const stack = trace.split('\n').filter((line) => PLACE.test(line));
  return {
    type: codeIn(error.name) ?? 'Error',
    code: 'code' in error ? codeIn(error.code) : undefined,
    status,
    at: stack.slice(0, 8).map((line) => line.trim()),
  };
}

/** The same in lines, for whoever runs a server or a command that ends on a fault of ours. */
export function sayFault(error: unknown): string {
  const { type, code, at = [] } = describeError(error);
  return [[type, code].filter(Boolean).join(' '), ...at.map((place) => `    ${place}`)].join('\n');
}

/** A library may change an error's message and leave the old one in its trace: a line has to name a file. */
const PLACE = /^\s+at (?:.+ \()?(?:file:|node:|\/|[A-Z]:\\).+:\d+:\d+\)?$/;

/**
 * The code of an error, such as `ECONNRESET`, `MessageWritesBlocked` or `40001`. Some libraries put there what another
 * server answered, which may be what it was sent: what does not look like a code is left out.
 */
export function codeIn(code: unknown): string | undefined {
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}

const CODE = /^(?:[A-Za-z]\w{0,59}|[0-9A-Z]{5})$/;

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
      const errors = printed.filter((one) => one instanceof Error).map((one) => codeIn(one.name) ?? 'Error');
      log.warn({ printer: name, errors }, 'a library printed something');
    };
  }
  return () => {
    for (const [name, print] of before) console[name] = print;
  };
}
