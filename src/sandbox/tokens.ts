import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { type JSONWebKeySet, SignJWT } from 'jose';
import { type Person, TENANT_ID } from './people.ts';

/** For whom the tokens of a rehearsal are: the server that the tab talks to. */
export const AUDIENCE = 'signpost-rehearsal';

/** Gives the tokens by which a tab says who is there, as Microsoft Entra does for Teams. */
export type TokenOffice = {
  /** The public key that the tokens are signed with, to check them by. */
  readonly keys: JSONWebKeySet;
  /** A token that says who this is, good for an hour by the system's clock, which Entra's is. */
  issue(person: Person): Promise<string>;
};

/**
 * Makes a key of its own, which lives as long as the process: a token from before a restart is good no more.
 * @param issuer what the tokens name as their maker; asked for each of them.
 */
export function createTokenOffice(issuer: () => string): TokenOffice {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const header = { alg: 'ES256', kid: randomUUID() } as const;
  return {
    keys: { keys: [{ ...publicKey.export({ format: 'jwk' }), ...header, use: 'sig' }] },
    issue: ({ aadObjectId, name, userPrincipalName }) =>
      new SignJWT({
        tid: TENANT_ID,
        oid: aadObjectId,
        name,
        preferred_username: userPrincipalName,
        scp: 'access_as_user',
      })
        .setProtectedHeader({ ...header, typ: 'JWT' })
        .setIssuer(issuer())
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setNotBefore(new Date())
        .setExpirationTime('1h')
        .sign(privateKey),
  };
}
