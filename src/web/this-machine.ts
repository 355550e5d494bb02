import type restify from 'restify';

const ADDRESSES: readonly unknown[] = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];
/** What a proxy adds: what comes through one on this machine comes from anywhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];
const NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** Whether a request was made on this machine, and came through no proxy that says so. */
export function isFromThisMachine(request: restify.Request): boolean {
  const isForwarded = FORWARDED.some((name) => request.headers[name] !== undefined);
  return ADDRESSES.includes(request.socket.remoteAddress) && !isForwarded;
}

/**
 * Refuses whatever comes from elsewhere, for a rehearsal, which takes everybody's word for who they are. A page from
 * elsewhere may also give this machine a name of its own, and speak to it as to its own server.
 */
export function refuseElsewhere(request: restify.Request, response: restify.Response, next: restify.Next): void {
  if (isFromThisMachine(request) && NAMES.test(request.headers.host ?? '')) {
    next();
    return;
  }
  response.writeHead(403, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ message: 'A rehearsal answers on this computer only, as localhost.' }));
  next(false);
}
