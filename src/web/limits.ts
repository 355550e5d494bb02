import { isIP } from 'node:net';
import restify from 'restify';

/** How many requests may come at once, and how many each second after those. */
export type Rate = { readonly burst: number; readonly perSecond: number };

export type Rates = {
  /** Of one person in a chat or on a card. More than anybody presses or types. */
  readonly chat: Rate;
  /** Of one person at the desk, whose pages ask by themselves every second or two. */
  readonly desk: Rate;
  /** Of those at one address who could not prove who they are. A whole hospital may share an address. */
  readonly unproven: Rate;
};

export const RATES: Rates = {
  chat: { burst: 120, perSecond: 4 },
  desk: { burst: 240, perSecond: 20 },
  unproven: { burst: 60, perSecond: 2 },
};

/** Counts a request. @returns how many seconds to wait where it is one too many; undefined where it may go on. */
export type Count = (request: restify.Request, response: restify.Response, who: string) => number | undefined;

export type Limits = { readonly [Kind in keyof Rates]: Count };

export const NO_LIMITS: Limits = { chat: () => undefined, desk: () => undefined, unproven: () => undefined };

const MOST_COUNTED = 20_000;

export function createLimits(rates: Rates = RATES): Limits {
  return { chat: counter(rates.chat), desk: counter(rates.desk), unproven: counter(rates.unproven) };
}

/** restify counts by what a request calls the name of its user. */
function counter({ burst, perSecond }: Rate): Count {
  const throttle = restify.plugins.throttle({ burst, rate: perSecond, username: true, maxKeys: MOST_COUNTED });
  return (request, response, who) => {
    let isTooMany = false;
    request.username = who;
    throttle(request, response, (error: unknown) => {
      isTooMany = error !== undefined;
    });
    return isTooMany ? Math.ceil(1 / perSecond) : undefined;
  };
}

/**
 * The address that a request comes from.
 * @param proxies How many proxies stand before this server. Each adds the address that it was called from to the end of
 * X-Forwarded-For; what stands before those is the caller's own word, and counts for nothing.
 */
export function addressOf(request: restify.Request, proxies: number): string {
  const own = request.socket.remoteAddress ?? '';
  if (proxies === 0) return own;
  const forwarded = (request.header('x-forwarded-for') ?? '').split(',').map(withoutPort);
  return forwarded.slice(-proxies).find((address) => isIP(address) !== 0) ?? own;
}

/** Some proxies write the port too: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function withoutPort(written: string): string {
  const text = written.trim();
  const [, inBrackets, plain] = /^\[([^\]]+)\](?::\d+)?$|^([^:]+):\d+$/.exec(text) ?? [];
  return inBrackets ?? plain ?? text;
}
