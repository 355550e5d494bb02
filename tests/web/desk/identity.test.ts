import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { createIdentity, entra, type Identity } from '../../../src/web/desk/identity.ts';
import { DeskError } from '../../../src/web/desk/problems.ts';
import { type Issuer, startIssuer } from '../../support/issuer.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const APP = '66666666-7777-4888-9999-000000000000';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const AUDIENCES = [APP, `api://signpost.example.org/${APP}`];

const seconds = (fromNow: number): number => Math.floor(Date.now() / 1_000) + fromNow;

/** What Entra says of somebody who has opened the tab. */
function claims(changes: Readonly<Record<string, unknown>> = {}): JWTPayload {
  return {
    iss: ISSUER,
    aud: APP,
    tid: TENANT,
    oid: 'person-1',
    name: 'Priya Nair',
    scp: 'access_as_user',
    nbf: seconds(-10),
    exp: seconds(600),
    ...changes,
  };
}

describe('who calls the desk', () => {
  let issuer: Issuer;
  let other: Issuer;
  let identity: Identity;
  beforeAll(async () => {
    [issuer, other] = await Promise.all([startIssuer(), startIssuer()]);
  });
  afterAll(async () => {
    await Promise.all([issuer.stop(), other.stop()]);
  });
  beforeEach(() => {
    identity = believing(issuer);
  });
  const believing = ({ keys }: Issuer): Identity =>
    createIdentity({
      issuerOf: (tenant) => (tenant === TENANT ? { issuer: ISSUER, keys } : undefined),
      audiences: AUDIENCES,
      algorithms: ['RS256'],
    });
  const says = async (changes: Readonly<Record<string, unknown>> = {}) =>
    identity(`Bearer ${await issuer.token(claims(changes))}`);
  const codeOf = async (answer: Promise<unknown>): Promise<string> => {
    try {
      await answer;
    } catch (error) {
      if (error instanceof DeskError) return `${error.status} ${error.code}`;
      throw error;
    }
    return 'was let in';
  };

  test('is the person whom the token names', async () => {
    expect(await says()).toEqual({ tenant: TENANT, person: 'person-1', name: 'Priya Nair' });
  });

  test.each(AUDIENCES)('is believed if the token is for %s', async (aud) => {
    expect(await says({ aud })).toMatchObject({ person: 'person-1' });
  });

  test('is called by their user name where the token has no name', async () => {
    expect(await says({ name: undefined, preferred_username: 'priya@example.org' })).toMatchObject({
      name: 'priya@example.org',
    });
    expect(await says({ name: '  ' })).toMatchObject({ name: 'A member of staff' });
  });

  test('has a name on one line, that turns no sentence round', async () => {
    const name = 'Priya\n\nNair \u202e\u2066moc.elpmaxe\u0000';
    expect(await says({ name })).toMatchObject({ name: 'Priya Nair moc.elpmaxe' });
    expect(await says({ name: '\u202e\n' })).toMatchObject({ name: 'A member of staff' });
  });

  test('may have the scope among others', async () => {
    expect(await says({ scp: 'openid access_as_user' })).toMatchObject({ person: 'person-1' });
  });

  test('may have a clock that is a few seconds off', async () => {
    expect(await says({ nbf: seconds(30) })).toMatchObject({ person: 'person-1' });
    expect(await says({ exp: seconds(-30) })).toMatchObject({ person: 'person-1' });
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['is for another app', { aud: 'another-app' }],
    ['is for nobody', { aud: undefined }],
    ['is made by somebody else', { iss: 'https://login.microsoftonline.com/another/v2.0' }],
    ['is of the older kind', { iss: `https://sts.windows.net/${TENANT}/` }],
    ['has no maker', { iss: undefined }],
    ['is of another tenant', { tid: 'another-tenant' }],
    ['has no tenant', { tid: undefined }],
    ['has a tenant that is no text', { tid: 7 }],
    ['is over', { exp: seconds(-120) }],
    ['never ends', { exp: undefined }],
    ['does not hold yet', { nbf: seconds(300) }],
    ['names no person', { oid: undefined }],
    ['names an empty person', { oid: '' }],
    ['is of an app alone, with no scope', { scp: undefined, roles: ['access_as_user'] }],
    ['has another scope', { scp: 'access_as_somebody' }],
    ['has the scope as a part of another', { scp: 'no_access_as_user' }],
  ])('is turned away if the token %s', async (_, changes) => {
    expect(await codeOf(says(changes))).toBe('401 sign-in');
  });

  test('is turned away if another key has signed, though it says that it is ours', async () => {
    expect(await codeOf(identity(`Bearer ${await other.token(claims())}`))).toBe('401 sign-in');
    expect(await codeOf(identity(`Bearer ${await other.token(claims(), { kid: 'unknown' })}`))).toBe('401 sign-in');
  });

  test('is turned away if nobody has signed', async () => {
    const unsigned = new UnsecuredJWT(claims()).encode();
    expect(await codeOf(identity(`Bearer ${unsigned}`))).toBe('401 sign-in');
    // With a signature of some letters, so that it has three parts.
    expect(await codeOf(identity(`Bearer ${unsigned}abc`))).toBe('401 sign-in');
  });

  test('is turned away if a secret has signed, be it our own public key', async () => {
    const { keys } = (await (await fetch(issuer.keys)).json()) as { keys: readonly { n: string }[] };
    const secret = Buffer.from(keys[0]?.n ?? '', 'base64url');
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(secret);
    expect(await codeOf(identity(`Bearer ${token}`))).toBe('401 sign-in');
  });

  test('is turned away if what was signed was changed', async () => {
    const [header, , signature] = (await issuer.token(claims())).split('.');
    const changed = Buffer.from(JSON.stringify(claims({ oid: 'another' }))).toString('base64url');
    expect(await codeOf(identity(`Bearer ${header}.${changed}.${signature}`))).toBe('401 sign-in');
  });

  test('is turned away if the token is signed as only a rehearsal may', async () => {
    const elliptic = await startIssuer('ES256');
    try {
      expect(await codeOf(believing(elliptic)(`Bearer ${await elliptic.token(claims())}`))).toBe('401 sign-in');
    } finally {
      await elliptic.stop();
    }
  });

  test.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['a name and a password', 'Basic bmFtZTpwYXNzd29yZA=='],
    ['a bearer of nothing', 'Bearer '],
    ['two parts of a token', 'Bearer a.b'],
    ['three parts that are no token', 'Bearer a.b.c'],
    ['something after the token', 'Bearer a.b.c d'],
  ])('is turned away with %s', async (_, header) => {
    const before = issuer.asked();
    expect(await codeOf(identity(header))).toBe('401 sign-in');
    expect(issuer.asked()).toBe(before);
  });

  test('is believed with a new key as soon as the maker has it', async () => {
    issuer.changeKey();
    expect(await says()).toMatchObject({ person: 'person-1' });
  });

  test('is asked for keys once, however many call', async () => {
    const before = issuer.asked();
    await Promise.all(Array.from({ length: 10 }, () => says()));
    await says();
    expect(issuer.asked()).toBe(before + 1);
  });

  test('is not turned away but put off while the keys cannot be had', async () => {
    issuer.trouble(503);
    expect(await codeOf(says())).toBe('503 unavailable');
    issuer.trouble(undefined);
    expect(await says()).toMatchObject({ person: 'person-1' });
    const gone = await startIssuer();
    await gone.stop();
    expect(await codeOf(believing(gone)(`Bearer ${await gone.token(claims())}`))).toBe('503 unavailable');
  });

  test('is told in words what to do', async () => {
    await expect(identity(undefined)).rejects.toThrow(/We could not check who you are\. Close this page and open it/);
  });
});

describe('a deployment', () => {
  const settings = entra(APP, new Set([TENANT]), 'https://signpost.example.org:8443');

  test('takes the tokens of its own tenants from Microsoft Entra, and of no other', () => {
    expect(settings.issuerOf(TENANT)).toEqual({
      issuer: ISSUER,
      keys: new URL(`https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`),
    });
    for (const tenant of ['common', 'organizations', '', '../common', `${TENANT}/`]) {
      expect(settings.issuerOf(tenant)).toBeUndefined();
    }
  });

  test('takes those that are for its app, by its id or by its address', () => {
    expect(settings.audiences).toEqual([APP, `api://signpost.example.org:8443/${APP}`]);
    expect(settings.algorithms).toEqual(['RS256']);
  });
});
