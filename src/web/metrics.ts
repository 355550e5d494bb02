import { createHash, timingSafeEqual } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import type restify from 'restify';
import { isFromThisMachine } from './this-machine.ts';

export type MetricsNeeds = {
  /** What is measured now. */
  readonly scrape: () => Promise<{ readonly type: string; readonly text: string }>;
  /** What a scraper sends as its bearer token. Without one, only this machine may read. */
  readonly token: string | undefined;
};

/**
 * `GET /metrics`, for Prometheus. It names organisations and counts what they have open, so it is not for everybody:
 * whoever reads it has the token or, where none is set, asks from this machine and through no proxy.
 */
export function serveMetrics(server: restify.Server, { scrape, token }: MetricsNeeds, log: Logger): void {
  server.get('/metrics', async (request, response) => {
    const refusal = token === undefined ? refusalWithout(request) : refusalWith(token, request);
    if (refusal !== undefined) {
      response.writeHead(refusal, {
        'cache-control': 'no-store',
        ...(refusal === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      });
      response.end(refusal === 401 ? STATUS_CODES[refusal] : NOT_FROM_HERE);
      return;
    }
    try {
      const { type, text } = await scrape();
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(text);
    } catch (error) {
      log.error({ err: error }, 'the metrics could not be read');
      response.writeHead(500, { 'cache-control': 'no-store' });
      response.end(STATUS_CODES[500]);
    }
  });
}

const NOT_FROM_HERE = 'Set METRICS_TOKEN to read the metrics from another machine.';

function refusalWithout(request: restify.Request): 403 | undefined {
  return isFromThisMachine(request) ? undefined : 403;
}

function refusalWith(token: string, request: restify.Request): 401 | undefined {
  const [, given = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  // As digests, which are of one length and tell by their comparison nothing of how much was right.
  return timingSafeEqual(digest(given), digest(token)) ? undefined : 401;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
