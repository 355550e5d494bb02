import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { TENANT_ID } from '../../src/sandbox/people.ts';
import { AUDIENCE } from '../../src/sandbox/tokens.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

/** As the server that the tab talks to checks it. */
async function verify(token: string) {
  const issuer = `${stage.url}/sandbox`;
  const keys = createRemoteJWKSet(new URL(`${issuer}/keys`));
  return jwtVerify(token, keys, { issuer, audience: 'signpost-rehearsal', algorithms: ['ES256'] });
}

describe("a token for somebody's tab", () => {
  test('says who they are, and verifies by the published key', async () => {
    const amina = await stage.teams.findPerson('amina');
    const { payload } = await verify(await stage.teams.tokenFor('amina'));
    expect(payload).toMatchObject({
      aud: AUDIENCE,
      tid: TENANT_ID,
      oid: amina.aadObjectId,
      name: 'Amina Yusuf',
      preferred_username: 'amina.yusuf@rehearsal.example',
      scp: 'access_as_user',
    });
  });

  test('is good for an hour by the clock of the system, wherever the clock of the rehearsal is', async () => {
    await stage.teams.advance(24 * 60);
    const before = Math.floor(Date.now() / 1_000);
    const { iat = 0, nbf = 0, exp = 0 } = decodeJwt(await stage.teams.tokenFor('amina'));
    const after = Math.floor(Date.now() / 1_000);
    expect([exp - iat, iat - nbf]).toEqual([3_600, 0]);
    expect([iat >= before, iat <= after]).toEqual([true, true]);
  });

  test('of one rehearsal is worth nothing in another', async () => {
    const other = await startStage();
    const token = await other.teams.tokenFor('amina');
    await other.stop();
    await expect(verify(token)).rejects.toThrow();
  });

  test('is not given to who has left the organisation', async () => {
    await stage.teams.person('amina').leaves();
    await expect(stage.teams.tokenFor('amina')).rejects.toThrow('Amina Yusuf has left the organisation.');
  });

  test('is made with a key that is not published', async () => {
    const { keys } = (await (await fetch(`${stage.url}/sandbox/keys`)).json()) as { keys: object[] };
    expect(keys).toEqual([expect.not.objectContaining({ d: expect.anything() })]);
  });
});
