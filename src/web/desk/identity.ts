import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { plainName } from '../../escalation/plain-name.ts';
import type { Actor } from '../../store/referrals.ts';
import { DeskError } from './problems.ts';

/** Who makes the tokens of one tenant, and where the keys are that they are checked by. */
export type Issuer = { readonly issuer: string; readonly keys: URL };

export type IdentitySettings = {
  /** The maker of a tenant's tokens; undefined where the tenant may not use Signpost. */
  readonly issuerOf: (tenant: string) => Issuer | undefined;
  /** For whom a token must be made: any of these. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly ('RS256' | 'ES256')[];
};

/** Microsoft Entra, for the tenants of a deployment. @param address Where staff reach this server: `https://host`. */
export function entra(app: string, tenants: ReadonlySet<string>, address: string): IdentitySettings {
  return {
    issuerOf(tenant) {
      if (!tenants.has(tenant)) return undefined;
      const authority = `https://login.microsoftonline.com/${encodeURIComponent(tenant)}`;
      return { issuer: `${authority}/v2.0`, keys: new URL(`${authority}/discovery/v2.0/keys`) };
    },
    audiences: [app, `api://${new URL(address).host}/${app}`],
    algorithms: ['RS256'],
  };
}

/** A rehearsal, whose sandbox makes the tokens. @param address Where the sandbox is; asked when it listens. */
export function rehearsal(address: () => string): IdentitySettings {
  return {
    issuerOf: () => ({ issuer: `${address()}/sandbox`, keys: new URL(`${address()}/sandbox/keys`) }),
    audiences: ['signpost-rehearsal'],
    algorithms: ['RS256', 'ES256'],
  };
}

/** Says who calls, from the Authorization header. @throws DeskError where that cannot be trusted. */
export type Identity = (authorization: string | undefined) => Promise<Actor>;

/** What the app in Teams asks Entra for: the right to call this server in somebody's name. An app alone has no scope. */
const SCOPE = 'access_as_user';
/** How far clocks may differ, in seconds. */
const TOLERANCE_S = 60;
const MOST_TENANTS = 100;

/** Checks the tokens that a tab gets from Teams. The same code checks those of a rehearsal. */
export function createIdentity({ issuerOf, audiences, algorithms }: IdentitySettings): Identity {
  const keySets = new LRUCache<string, JWTVerifyGetKey>({ max: MOST_TENANTS });

  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw refused();
    const tenant = tenantIn(token);
    const from = tenant === undefined ? undefined : issuerOf(tenant);
    if (from === undefined) throw refused();
    const keys = keySets.get(from.keys.href) ?? keysAt(from.keys);
    keySets.set(from.keys.href, keys);
    const { payload } = await jwtVerify(token, keys, {
      issuer: from.issuer,
      audience: [...audiences],
      algorithms: [...algorithms],
      clockTolerance: TOLERANCE_S,
      requiredClaims: ['exp', 'oid', 'tid', 'scp'],
    }).catch((error: unknown) => {
      throw error instanceof DeskError ? error : refused(error);
    });
    return personIn(payload);
  };
}

/** What a set of keys says of a token. All else that goes wrong there is no fault of the one who sent it. */
const WRONG_KEY: readonly string[] = [
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
  errors.JOSENotSupported.code,
];

/** The keys at an address: fetched when they are first needed, kept, and asked for again where one is not known. */
function keysAt(address: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(address);
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      throw error instanceof errors.JOSEError && WRONG_KEY.includes(error.code) ? error : unavailable(error);
    }
  };
}

/** The tenant that a token claims, to find the keys that prove it. Nothing else is believed before. */
function tenantIn(token: string): string | undefined {
  try {
    const { tid } = decodeJwt(token);
    return typeof tid === 'string' ? tid : undefined;
  } catch {
    return undefined;
  }
}

function personIn({ tid, oid, name, preferred_username: userName, scp }: JWTPayload): Actor {
  const mayCall = typeof scp === 'string' && scp.split(' ').includes(SCOPE);
  if (!mayCall || typeof tid !== 'string' || typeof oid !== 'string' || oid === '') throw refused();
  const names = [name, userName].map((one) => (typeof one === 'string' ? plainName(one) : ''));
  return { tenant: tid, person: oid, name: names.find((one) => one !== '') ?? 'A member of staff' };
}

function refused(cause?: unknown): DeskError {
  return new DeskError(
    'sign-in',
    'We could not check who you are. Close this page and open it again in Teams. If that does not help, sign out of Teams and in again.',
    { cause },
  );
}

function unavailable(cause: unknown): DeskError {
  return new DeskError(
    'unavailable',
    'We cannot check who you are just now. This page tries again by itself. Your cards in Teams still work.',
    { cause },
  );
}
