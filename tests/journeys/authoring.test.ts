import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  allText,
  cardOf,
  opensChat,
  pressesInTurn,
  type Rehearsal,
  sees,
  startRehearsal,
  text,
  waitFor,
} from '../support/rehearsal.ts';

/** A policy owner edits the guidance beside a running rehearsal. */
describe('while a rehearsal runs', () => {
  let rehearsal: Rehearsal;
  let policies: string;
  let flow: string;
  let before: string;
  beforeAll(async () => {
    policies = mkdtempSync(join(tmpdir(), 'signpost-policies-'));
    cpSync('policies', policies, { recursive: true });
    flow = join(policies, 'worcestershire-acute/flows/filming-on-the-ward.yaml');
    before = readFileSync(flow, 'utf8');
    rehearsal = await startRehearsal({ POLICIES_DIR: policies });
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(async () => {
    await rehearsal.stop();
    rmSync(policies, { recursive: true, force: true });
  });

  const TITLE = 'Someone is filming, photographing or livestreaming';

  test('a changed line is on the next card, and a card drawn before says that the guidance has changed', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('someone is filming on the ward');
    const old = await pressesInTurn(amina, [TITLE]);
    writeFileSync(flow, before.replace('Who is filming, taking photos or livestreaming?', 'Who holds the camera?'));
    await waitFor(async () => rehearsal.logged().includes('The guidance was read again.'), 'the guidance to be read');
    expect(text(cardOf(await amina.presses('No', { on: old })))).toContain('This guidance has changed');

    await amina.says('someone is filming on the ward');
    expect(text(await pressesInTurn(amina, [TITLE, 'No']))).toContain('Who holds the camera?');
  });

  test('a broken line is named with its file, line and mend, and the old guidance goes on', async () => {
    const amina = rehearsal.teams.person('amina');
    writeFileSync(flow, before.replace('next: who }', 'next: whoever }'));
    await waitFor(async () => rehearsal.logged().includes('whoever'), 'the problem to be told');
    expect(rehearsal.logged()).toMatch(
      /policies\/worcestershire-acute\/flows\/filming-on-the-ward\.yaml:\d+: there is no question or outcome \\"whoever\\"\. Write it, or correct the name/,
    );
    await amina.says('topics');
    expect(allText(await sees(amina, 'Hello Amina'))).toContain(TITLE);
  });
});
