import type { z } from 'zod';

/** A request below one of the sandbox's paths. */
export type Call = {
  readonly method: string;
  /** Path segments, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed JSON, if any. */
  readonly body: unknown;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

type Parameters = Readonly<Record<string, string>>;

/** `path` is relative, with `:name` for a segment that varies. `handle` finds those in `parameters`. */
export type Route = {
  readonly method: string;
  readonly path: string;
  readonly handle: (parameters: Parameters & { [name: string]: string }, call: Call) => Reply | Promise<Reply>;
};

/** A refusal, answered as `{error: {code, message}}` with `status`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  reply(): Reply {
    return {
      status: this.status,
      headers: this.headers,
      body: { error: { code: this.code, message: this.message } },
    };
  }
}

function match(route: Route, call: Call): Parameters | undefined {
  const pattern = route.path.split('/');
  if (route.method !== call.method || pattern.length !== call.path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = call.path[index] ?? '';
    if (part.startsWith(':')) parameters[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}

/** Answers a call by the first route that fits. A Refusal becomes its reply; other errors are thrown on. */
export async function answer(routes: readonly Route[], call: Call): Promise<Reply> {
  try {
    for (const route of routes) {
      const parameters = match(route, call);
      if (parameters !== undefined) return await route.handle(parameters, call);
    }
    throw new Refusal(404, 'NotFound', `There is nothing at ${call.method} ${call.path.join('/')}.`);
  } catch (error) {
    if (error instanceof Refusal) return error.reply();
    throw error;
  }
}

/** Checks a body, and refuses it with 400 naming each field that is wrong. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new Refusal(400, 'BadSyntax', problems.join('; '));
}
