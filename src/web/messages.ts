import type { Logger } from 'pino';
import type restify from 'restify';
import type { Arrival, SignpostAdapter } from '../teams/adapter.ts';
import { RefusedError } from '../teams/arrivals.ts';
import type { Bot } from '../teams/bot.ts';
import type { Limits } from './limits.ts';

type Needs = {
  readonly adapter: SignpostAdapter;
  readonly bot: Bot;
  readonly limits: Limits;
  /** The address of a caller. */
  readonly addressOf: (request: restify.Request) => string;
  readonly log: Logger;
};

type Answer = { readonly status: number; readonly body?: unknown; readonly waitSeconds?: number };

/**
 * `POST /api/messages`: what Teams sends to the bot. Nobody who is refused learns why. Teams sends all that it has from
 * a few addresses, so that only what is not proved to come from it is counted by address.
 */
export function serveMessages(server: restify.Server, needs: Needs): void {
  server.post('/api/messages', async (request, response) => {
    const { status, body, waitSeconds } = await answer(needs, request, response);
    response.setHeader('cache-control', 'no-store');
    if (waitSeconds !== undefined) response.setHeader('retry-after', waitSeconds);
    if (body !== undefined) response.setHeader('content-type', 'application/json; charset=utf-8');
    response.writeHead(status);
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function answer(needs: Needs, request: restify.Request, response: restify.Response): Promise<Answer> {
  const { adapter, bot, limits, log } = needs;
  try {
    const arrival = await adapter.prove(request.header('authorization'), request.body);
    const waitSeconds = countOf(arrival, (who) => limits.chat(request, response, who));
    if (waitSeconds !== undefined) {
      log.warn('a person sends more than anybody types');
      return { status: 429, waitSeconds };
    }
    const answered = await adapter.take(arrival, bot);
    return { status: answered?.status ?? 200, body: answered?.body };
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      log.error({ err: error }, 'an activity could not be answered');
      return { status: 500 };
    }
    const { status, reason } = error;
    if (status === 503) {
      log.error({ err: error.cause, reason }, 'an activity could not be checked');
      return { status, waitSeconds: 1 };
    }
    const waitSeconds = limits.unproven(request, response, needs.addressOf(request));
    if (waitSeconds !== undefined) return { status: 429, waitSeconds };
    log.warn({ status, reason }, 'an activity was refused');
    return { status };
  }
}

/** What a person types or presses is counted; what Teams tells of itself never is. */
function countOf({ activity }: Arrival, count: (who: string) => number | undefined): number | undefined {
  const { type, from, conversation, channelData } = activity;
  if (type !== 'message' && type !== 'invoke') return undefined;
  return count(`${channelData?.tenant?.id ?? conversation.tenantId} ${from.aadObjectId ?? from.id}`);
}
