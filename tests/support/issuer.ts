import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { type JWTPayload, SignJWT } from 'jose';

/** One who makes tokens, as Microsoft Entra does: its keys are at an address, over HTTP. */
export type Issuer = {
  readonly keys: URL;
  /** The address of the document that names the keys, as OpenID has it. */
  readonly document: string;
  /** A token signed with its newest key. `headers` changes what the token says of itself. */
  token(claims: JWTPayload, headers?: Readonly<Record<string, string>>): Promise<string>;
  /** Signs with another key from now on, which joins those at the address. */
  changeKey(): void;
  /** How often its keys were asked for. */
  asked(): number;
  /** What it answers in place of its keys, until that is undefined again. */
  trouble(status: number | undefined): void;
  stop(): Promise<void>;
};

const DOCUMENT = '/.well-known/openidconfiguration';

type Algorithm = 'RS256' | 'ES256';
type Key = { readonly id: string; readonly privateKey: KeyObject; readonly jwk: object };

function newKey(id: string, algorithm: Algorithm): Key {
  const { publicKey, privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: id, alg: algorithm, use: 'sig' } };
}

export async function startIssuer(algorithm: Algorithm = 'RS256'): Promise<Issuer> {
  const made: Key[] = [newKey('key-1', algorithm)];
  let asked = 0;
  let status: number | undefined;
  const server = createServer((request, response) => {
    response.writeHead(status ?? 200, { 'content-type': 'application/json' });
    if (request.url === DOCUMENT) {
      response.end(JSON.stringify({ jwks_uri: `http://${request.headers.host}/keys` }));
      return;
    }
    asked += 1;
    response.end(status === undefined ? JSON.stringify({ keys: made.map(({ jwk }) => jwk) }) : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    keys: new URL(`http://127.0.0.1:${port}/keys`),
    document: `http://127.0.0.1:${port}${DOCUMENT}`,
    token(claims, headers = {}) {
      const newest = made.at(-1);
      if (newest === undefined) throw new Error('There is no key to sign with.');
      return new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid: newest.id, ...headers })
        .sign(newest.privateKey);
    },
    changeKey: () => void made.push(newKey(`key-${made.length + 1}`, algorithm)),
    asked: () => asked,
    trouble(now) {
      status = now;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
