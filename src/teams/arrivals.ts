import type { Activity } from 'botbuilder';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { plainName } from '../escalation/plain-name.ts';

/** Why something that came to the bot's endpoint is not taken. Only the status goes back; the reason is for the log. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: 400 | 401 | 403 | 503;
  readonly reason: string;

  constructor(status: RefusedError['status'], reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.status = status;
    this.reason = reason;
  }
}

/** No id of Teams, and none of ours, holds what a register or a link cannot. */
export function isPlainId(id: string): boolean {
  return !id.includes('\0') && id.isWellFormed();
}

const Id = z.string().min(1).max(2_000).refine(isPlainId);
const Words = z.string().max(200_000).transform(storable);
const Named = z.looseObject({ id: Id });
const Account = z.looseObject({ id: Id, aadObjectId: Words.nullish(), name: Words.transform(plainName).nullish() });

/** What the bot reads of an activity, of the types that Teams gives it. What else is in it stays unread. */
const Shape = z.looseObject({
  type: Id,
  id: Id.optional(),
  // The bot serves Teams alone: on another channel, a person may say themselves who they are.
  channelId: z.literal('msteams'),
  serviceUrl: Id,
  from: Account.optional(),
  recipient: Account.optional(),
  conversation: z.looseObject({ id: Id, conversationType: Words.nullish(), tenantId: Words.nullish() }),
  channelData: z
    .looseObject({
      tenant: Named.nullish(),
      team: Named.nullish(),
      channel: Named.nullish(),
      eventType: Words.nullish(),
    })
    .optional(),
  replyToId: Id.optional(),
  text: Words.optional(),
  name: Words.optional(),
  action: Words.optional(),
  locale: Words.optional(),
  attachments: z.array(z.looseObject({ contentType: Words.nullish() })).optional(),
  entities: z.array(z.looseObject({ type: Words.nullish() })).optional(),
  membersAdded: z.array(Account).optional(),
  membersRemoved: z.array(Account).optional(),
  deliveryMode: z.literal(['normal', 'notification']).optional(),
});

/** A text as every register keeps it. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** The types of activity that are answered to the one who sent it. */
const ANSWERED = ['message', 'invoke'];

/** The activity in a request. @throws RefusedError where there is none. */
export function readActivity(body: unknown): Activity {
  const given = withoutNulls(body);
  const result = Shape.safeParse(given);
  if (!result.success) throw new RefusedError(400, 'no activity of Teams');
  const activity = result.data;
  if (ANSWERED.includes(activity.type) && (activity.from === undefined || activity.recipient === undefined)) {
    throw new RefusedError(400, 'an activity of nobody');
  }
  return activity as unknown as Activity;
}

/** A field that is null is one that is not there. */
function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

const ALGORITHMS: readonly unknown[] = ['RS256', 'RS384', 'RS512'];

/**
 * Looks at a token before it is proved. Only those that the Bot Connector makes for a channel go on: the SDK would also
 * take those of its emulator and of other bots, for which it checks less.
 * @returns the header that holds it.
 * @throws RefusedError
 */
export function tokenOf(authorization: string | undefined, issuer: string): string {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new RefusedError(401, 'no token');
  const claims = claimsIn(token);
  if (!ALGORITHMS.includes(claims.algorithm)) throw new RefusedError(401, 'a token that is signed otherwise');
  if (claims.issuer !== issuer) throw new RefusedError(401, 'a token of another issuer');
  return `Bearer ${token}`;
}

function claimsIn(token: string): { readonly algorithm: unknown; readonly issuer: unknown } {
  try {
    return { algorithm: decodeProtectedHeader(token).alg, issuer: decodeJwt(token).iss };
  } catch {
    throw new RefusedError(401, 'a token that cannot be read');
  }
}

/** What the library that the SDK checks tokens with throws. The SDK's own error has only a status. */
const TOKEN_ERRORS: readonly unknown[] = ['JsonWebTokenError', 'NotBeforeError', 'TokenExpiredError'];

/** What an error of the SDK's check means: the token does not hold, or the keys could not be had. */
export function refusalOf(error: unknown): RefusedError {
  const { name, statusCode } = error as { readonly name?: unknown; readonly statusCode?: unknown };
  if (statusCode === 401 || statusCode === 403 || TOKEN_ERRORS.includes(name)) {
    return new RefusedError(401, 'a token that does not hold');
  }
  return new RefusedError(503, 'the keys of the Bot Connector could not be had', { cause: error });
}
