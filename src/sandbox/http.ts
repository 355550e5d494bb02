import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from './connector.ts';
import { Refusal, type Reply } from './routes.ts';

const LOOPBACK_ADDRESS = /^(::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Refuses what does not come from this machine: another remote address, a name that was made to point here
 * (DNS rebinding), or a change asked for by a page of another origin.
 */
export function refuseStrangers(request: IncomingMessage): void {
  const { host = '', origin } = request.headers;
  const local = LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '') && LOOPBACK_HOST.test(host);
  if (!local) throw new Refusal(403, 'Forbidden', 'The rehearsal answers on this computer only, as localhost.');
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, 'Forbidden', 'The rehearsal takes changes from its own page only.');
  }
}

export function sendJson(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Answers the bot, or cuts the connection, or leaves it open until the bot gives up. */
export async function sendOutcome(response: ServerResponse, outcome: Outcome): Promise<void> {
  if (outcome === 'cut') response.socket?.destroy();
  else if (outcome === 'no-answer') await once(response, 'close');
  else sendJson(response, outcome);
}
