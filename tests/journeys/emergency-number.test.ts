import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fillsIn, type Rehearsal, startRehearsal, text, walksToLivestream } from '../support/rehearsal.ts';

/** A site with an emergency team of its own: its number stands wherever the bot speaks of danger. */
describe('an organisation with an emergency number of its own', () => {
  let rehearsal: Rehearsal;
  let policies: string;
  beforeAll(async () => {
    policies = mkdtempSync(join(tmpdir(), 'signpost-policies-'));
    cpSync('policies', policies, { recursive: true });
    rmSync(join(policies, 'south-east-coast-ambulance'), { recursive: true });
    const file = join(policies, 'worcestershire-acute/organisation.yaml');
    const own = 'contacts:\n  emergency: { role: The site emergency team, phone: "2222", clauses: [NAT-999] }\n';
    writeFileSync(file, readFileSync(file, 'utf8').replace('contacts:\n', own));
    rehearsal = await startRehearsal({ POLICIES_DIR: policies });
  });
  afterAll(async () => {
    await rehearsal.stop();
    rmSync(policies, { recursive: true, force: true });
  });

  test('names it on the welcome, in fallback text and before Send', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.opens();
    const welcome = await amina.lastCard();
    expect(text(welcome)).toContain('if someone is in danger, ring 2222 first');
    expect(welcome.card.fallbackText).toContain('ring 2222');
    const check = text(await fillsIn(amina, await walksToLivestream(amina)));
    expect(check).toContain('If someone is in danger, ring 2222 now.');
  });
});
