import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { readSettings } from '../../src/settings.ts';
import { type Signpost, startSignpost } from '../../src/signpost.ts';

const log = pino({ level: 'silent' });

const LIVE = {
  PORT: '0',
  MICROSOFT_APP_ID: '66666666-7777-4888-9999-000000000000',
  MICROSOFT_APP_TYPE: 'SingleTenant',
  MICROSOFT_APP_TENANT_ID: '11111111-2222-4333-8444-555555555555',
  MICROSOFT_APP_PASSWORD: 'a client secret',
  PUBLIC_ADDRESS: 'https://signpost.example.org',
  TENANTS: '11111111-2222-4333-8444-555555555555=worcestershire-acute',
  SAFEGUARDING_TEAMS: 'worcestershire-acute=group',
};

describe('with a Microsoft app id', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-live-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (changes: NodeJS.ProcessEnv = {}): Promise<Signpost> =>
    startSignpost(readSettings({ ...LIVE, DATA_DIR: folder, ...changes }), log, { leaveMs: 0 });

  test.each([
    ['a single tenant with a client secret', {}],
    ['a user-assigned managed identity', { MICROSOFT_APP_TYPE: 'UserAssignedMSI', MICROSOFT_APP_PASSWORD: '' }],
  ])('%s starts, has no rehearsal, and turns away a message without a token', async (_, changes) => {
    const signpost = await start(changes);
    try {
      expect(signpost.sandbox).toBeUndefined();
      for (const path of ['/', '/sandbox/api/state']) {
        expect((await fetch(signpost.address + path)).status).toBe(404);
      }
      const response = await fetch(`${signpost.address}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          type: 'message',
          id: '1',
          text: 'hello',
          channelId: 'msteams',
          serviceUrl: 'https://smba.trafficmanager.net/uk/',
          conversation: { id: 'a:1', conversationType: 'personal' },
          from: { id: '29:1', aadObjectId: 'x' },
          recipient: { id: '28:1' },
          channelData: { tenant: { id: '11111111-2222-4333-8444-555555555555' } },
        }),
      });
      expect(response.status).toBe(401);
    } finally {
      await signpost.stop();
    }
  });

  test('an organisation that is not there stops the start', async () => {
    const tenants = { TENANTS: 'tenant=nowhere', SAFEGUARDING_TEAMS: 'nowhere=group' };
    await expect(start(tenants)).rejects.toThrow('There is no organisation "nowhere" in the policies folder.');
  });

  test('an organisation whose referrals nobody receives stops the start', async () => {
    await expect(start({ SAFEGUARDING_TEAMS: 'south-east-coast-ambulance=group' })).rejects.toThrow(
      'SAFEGUARDING_TEAMS: no team receives the referrals of "worcestershire-acute". Add "worcestershire-acute=group-id".',
    );
  });

  test.each([
    ['worcestershire-acute=only-one', '"worcestershire-acute" has one lead, and it takes two to open a name.'],
    ['worcestershire-acute=one+one', '"worcestershire-acute" has one lead, and it takes two to open a name.'],
    ['nowhere=one+two', '"nowhere" is no organisation of TENANTS.'],
  ])('safeguarding leads who could not open a name stop the start: %s', async (leads, why) => {
    await expect(start({ SAFEGUARDING_LEADS: leads })).rejects.toThrow(`SAFEGUARDING_LEADS: ${why}`);
  });

  test('South East Coast Ambulance does not start until its safeguarding contact is set', async () => {
    const changes = {
      TENANTS: 'tenant=south-east-coast-ambulance',
      SAFEGUARDING_TEAMS: 'south-east-coast-ambulance=group',
    };
    await expect(start(changes)).rejects.toThrow(
      /policies\/south-east-coast-ambulance\/organisation\.yaml: the contact "safeguarding-team" has no phone and no email/,
    );
  });
});
