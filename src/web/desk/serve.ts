import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type restify from 'restify';
import { z } from 'zod';
import { type Telemetry, UNMEASURED } from '../../escalation/telemetry.ts';
import type { Actor } from '../../store/referrals.ts';
import type { Limits } from '../limits.ts';
import { type AnswerOf, type CheckedBody, type CheckedQuery, CONTRACT, Id, type ProblemCode } from './contract.ts';
import { ENDPOINTS, type EndpointName } from './endpoints.ts';
import type { Identity } from './identity.ts';
import { DeskError, fault, tooMany } from './problems.ts';

/** The names in a path such as `/api/desk/referrals/:reference`. */
type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** What a handler is given: all of it checked. */
export type Call<N extends EndpointName> = {
  readonly who: Actor;
  readonly in: Readonly<Record<NamesIn<(typeof ENDPOINTS)[N]['path']>, string>>;
  readonly query: CheckedQuery<N>;
  readonly body: CheckedBody<N>;
};

/** The same, where nobody may change it. */
type Unchanging<T> = T extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Unchanging<T[Key]> }
    : T;

export type Reply<N extends EndpointName> =
  | {
      readonly answer: Unchanging<AnswerOf<N>>;
      /** What a GET would answer after this call: the answer's ETag is of that, and not of the answer. */
      readonly shows?: Unchanging<AnswerOf<EndpointName>>;
      /** Done before the answer is sent, and not where the reader has it already. */
      readonly beforeSending?: () => Promise<void>;
    }
  | { readonly file: { readonly name: string; readonly type: string; readonly content: string } };

/** One for each endpoint. @throws DeskError to refuse, in words for a person. */
export type Handlers = { readonly [N in EndpointName]: (call: Call<N>) => Promise<Reply<N>> };

type Needs = {
  readonly identity: Identity;
  readonly handlers: Handlers;
  /** How calls are counted, and by which address those of nobody who is known. Absent where they are not. */
  readonly counted?: { readonly limits: Limits; readonly addressOf: (request: restify.Request) => string };
  readonly log: Logger;
  /** By default nothing is measured. */
  readonly telemetry?: Telemetry;
};

/**
 * Serves every endpoint of the desk.
 *
 * The pages ask again every second or two, and are answered 304 while nothing has changed. Server-sent events would be
 * quicker by a second, but an EventSource cannot send the Authorization header, so that they would need a second way of
 * signing in; some proxies hold them back; and each of several servers would have to hear of what the others wrote.
 */
export function serveDesk(server: restify.Server, needs: Needs): void {
  const { telemetry = UNMEASURED } = needs;
  for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
    const { method, path } = ENDPOINTS[name];
    const register = method === 'GET' ? server.get : server.post;
    register.call(server, path, async (request: restify.Request, response: restify.Response) => {
      await telemetry.measure('desk', name, () => serve(name, request, response, needs), String);
    });
  }
}

/** Answers one call. @returns the HTTP status that it was answered with. */
async function serve(
  name: EndpointName,
  request: restify.Request,
  response: restify.Response,
  needs: Needs,
): Promise<number> {
  try {
    const sent = await answer(name, request, await whoCalls(request, response, needs), needs);
    send(response, sent);
    return sent.status;
  } catch (error) {
    logFailure(needs.log, name, error);
    const refusal = error instanceof DeskError ? error : fault();
    sendProblem(response, refusal);
    return refusal.status;
  }
}

/** What is refused because of the one who asks is no fault. */
function logFailure(log: Logger, endpoint: EndpointName, error: unknown): void {
  if (!(error instanceof DeskError)) log.error({ err: error, endpoint }, 'a call of the desk failed');
  else if (error.code === 'unavailable') {
    log.warn({ err: error.cause, endpoint }, 'a call of the desk cannot be answered just now');
  }
}

/** Who calls, if they have not called too often. @throws DeskError */
async function whoCalls(
  request: restify.Request,
  response: restify.Response,
  { identity, counted }: Needs,
): Promise<Actor> {
  const stopIfTooMany = (kind: 'desk' | 'unproven', who: string): void => {
    const waitSeconds = counted?.limits[kind](request, response, who);
    if (waitSeconds !== undefined) throw tooMany(waitSeconds);
  };
  const who = await identity(request.header('authorization')).catch((error: unknown) => {
    const isUnproven = error instanceof DeskError && error.code === 'sign-in';
    if (isUnproven && counted !== undefined) stopIfTooMany('unproven', counted.addressOf(request));
    throw error;
  });
  stopIfTooMany('desk', `${who.tenant} ${who.person}`);
  return who;
}

type Sent = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

async function answer<N extends EndpointName>(
  name: N,
  request: restify.Request,
  who: Actor,
  { handlers }: Needs,
): Promise<Sent> {
  const { query, body } = CONTRACT[name];
  const reply = await handlers[name]({
    who,
    // The types of both sides are those of the contract, under the same name.
    in: checked(Places, request.params) as Call<N>['in'],
    query: checked(query, Object.fromEntries(new URLSearchParams(request.getQuery()))) as Call<N>['query'],
    body: checked(body, request.method === 'POST' ? request.body : {}, 'Nothing was saved.') as Call<N>['body'],
  });
  if ('file' in reply) {
    const { name: file, type, content } = reply.file;
    const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${file}"` };
    return { status: 200, headers, body: content };
  }
  const etag = etagOf(reply.shows ?? reply.answer);
  if (hasAlready(request, etag)) return { status: 304, headers: { etag }, body: '' };
  await reply.beforeSending?.();
  return { status: 200, headers: { etag, 'content-type': JSON_TYPE }, body: JSON.stringify(reply.answer) };
}

const JSON_TYPE = 'application/json; charset=utf-8';
const Places = z.record(z.string(), Id);

/**
 * What is different each time it is asked, or for each look at it: an answer that differs in nothing else is the same.
 * Otherwise the note that somebody has read a referral would make it new for everybody who has it open.
 */
const NOT_HASHED: readonly string[] = ['now', 'madeAt', 'opened'];

function etagOf(content: unknown): string {
  const text = JSON.stringify(content, (key, value) => (NOT_HASHED.includes(key) ? undefined : value));
  return `W/"${createHash('sha256').update(text).digest('base64url')}"`;
}

function hasAlready(request: restify.Request, etag: string): boolean {
  if (request.method !== 'GET') return false;
  const known = (request.header('if-none-match') ?? '').split(',').map((one) => one.trim());
  return known.includes(etag);
}

function send(response: restify.Response, { status, headers, body }: Sent): void {
  // Shared computers keep nothing of it: a page that has an answer still asks with its ETag.
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers });
  response.end(body);
}

function sendProblem(response: restify.Response, error: DeskError): void {
  response.writeHead(error.status, {
    'content-type': JSON_TYPE,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(error.waitSeconds === undefined ? {} : { 'retry-after': String(error.waitSeconds) }),
  });
  response.end(JSON.stringify(problem(error.code, error.message)));
}

function problem(code: ProblemCode, message: string) {
  return { error: { code, message } };
}

/** What the server says of a call that never came to its handler: a path that is none, a body that cannot be read. */
export function problemFor(status: number): object {
  switch (status) {
    case 404:
      return problem('not-found', 'There is nothing at this address. Open the page again from Teams.');
    case 405:
      return problem('bad-input', 'This cannot be done at this address. Open the page again from Teams.');
    case 413:
      return problem('too-long', 'That is too long. Please shorten it. Nothing was saved.');
    default:
      return status >= 500
        ? problem('fault', fault().message)
        : problem('bad-input', 'That could not be read. Nothing was saved. Open the page again from Teams.');
  }
}

function checked<S extends z.ZodType>(schema: S, given: unknown, after = ''): z.output<S> {
  const result = schema.safeParse(given ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw fault();
  throw new DeskError(isTooLong(issue) ? 'too-long' : 'bad-input', `${sayIssue(issue)} ${after}`.trim());
}

function isTooLong(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'too_big' && issue.path[0] === 'text';
}

/** What is wrong with one thing that was given, and what to do. */
function sayIssue(issue: z.core.$ZodIssue): string {
  const field = `“${issue.path.filter((part) => typeof part === 'string').join('.')}”`;
  switch (issue.code) {
    case 'too_big': {
      const most = issue.maximum.toLocaleString('en-GB');
      if (issue.path[0] === 'text') return `Please shorten this: ${most} characters fit.`;
      return issue.origin === 'string'
        ? `Please shorten ${field}: ${most} characters fit.`
        : `${field} is too large: ${most} is the most.`;
    }
    case 'too_small':
      return issue.origin === 'string'
        ? `${field} is too short. Write ${issue.minimum.toLocaleString('en-GB')} or more characters.`
        : `${field} is too small: ${issue.minimum.toLocaleString('en-GB')} is the least.`;
    case 'invalid_value':
      return `${field} must be one of: ${issue.values.join(', ')}.`;
    case 'invalid_format':
      return `${field} is not right. Give ${issue.format === 'date' ? 'a day such as 2026-01-31' : 'it in another form'}.`;
    case 'custom':
      return `${field} holds a character that cannot be kept. Type it again, and do not paste it.`;
    default:
      return `${field} is missing or not right. Give it, and try again.`;
  }
}
