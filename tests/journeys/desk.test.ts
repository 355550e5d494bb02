import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PersonDriver } from '../../src/sandbox/driver.ts';
import { Problem } from '../../src/web/desk/contract.ts';
import { type DeskReader, deskReader } from '../support/desk.ts';
import {
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
} from '../support/rehearsal.ts';

const TRUST = 'worcestershire-acute';

describe('the desk in a rehearsal', () => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let reference: string;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    grace = await opensChat(rehearsal.teams, 'Grace');
    await goesOnDuty(grace, 'ward-9', '23:59');
    amina = await opensChat(rehearsal.teams, 'Amina');
    reference = referenceOn(await raisesLivestream(amina));
  });
  afterAll(() => rehearsal.stop());

  /** Somebody with the token that Teams gives their tab. */
  const at = (name: string): DeskReader => deskReader(rehearsal.signpost.address, () => rehearsal.teams.tokenFor(name));

  test('knows who opens it: the team, a senior, a member of staff', async () => {
    const rightOf = async (name: string) => {
      const { name: called, organisations } = await at(name).gets('me');
      return [called, organisations.find(({ id }) => id === TRUST)?.right];
    };
    expect(await rightOf('Priya')).toEqual(['Priya Nair', 'team']);
    expect(await rightOf('Grace')).toEqual(['Grace Okafor', 'senior']);
    expect(await rightOf('Sam')).toEqual(['Sam Cole', 'staff']);
  });

  test('shows what was raised in Teams, and what is done here shows in Teams', async () => {
    expect(await at('Priya').lists(TRUST)).toEqual([reference]);
    expect(await at('Priya').acts(reference, 'acknowledge')).toMatchObject({ done: true });
    await sees(amina, reference, 'Priya Nair has this');
    await sees(grace, reference, 'Priya Nair acknowledged this');
  });

  test('shows what is done on a card with the next look', async () => {
    const priya = at('Priya');
    const first = await priya.fetches('referral', { in: { reference } });
    const etag = first.headers.get('etag') ?? '';
    await pressesOn(grace, reference, 'Take it on');
    const next = await priya.fetches('referral', { in: { reference }, headers: { 'if-none-match': etag } });
    expect(next.status).toBe(200);
    expect(await next.json()).toMatchObject({ status: 'in-progress', owner: 'Grace Okafor' });
  });

  test('writes no name, number or word of a referral into the log', () => {
    expect(rehearsal.logged()).not.toMatch(/Priya|Amina|Grace|streaming the bay/);
  });

  test('takes the rights of the team from whoever leaves it at once, and gives them to whoever joins', async () => {
    const helen = rehearsal.teams.person('Helen');
    const sam = rehearsal.teams.person('Sam');
    expect(await at('Helen').lists(TRUST)).toEqual([reference]);
    await helen.leavesTeam();
    await sam.joinsTeam();
    expect(await at('Helen').lists(TRUST)).toEqual([]);
    expect(await at('Helen').isRefused('referral', { in: { reference } })).toMatchObject({ code: 'not-found' });
    expect(await at('Sam').lists(TRUST)).toEqual([reference]);
  });

  test('takes them within two minutes where Teams tells nothing', async () => {
    const sam = rehearsal.teams.person('Sam');
    await sam.leavesTeam({ tellBot: false });
    expect(await at('Sam').lists(TRUST)).toEqual([reference]);
    await rehearsal.teams.advance(2);
    expect(await at('Sam').lists(TRUST)).toEqual([]);
  });

  test('takes them from everybody when the bot is removed from the team', async () => {
    expect(await at('Priya').lists(TRUST)).toEqual([reference]);
    await rehearsal.teams.removeBotFromTeam();
    expect(await at('Priya').lists(TRUST)).toEqual([]);
    await rehearsal.teams.addBotToTeam();
    expect(await at('Priya').lists(TRUST)).toEqual([reference]);
  });

  test('answers what is no call of it in words', async () => {
    const { address } = rehearsal.signpost;
    const token = await rehearsal.teams.tokenFor('Priya');
    const post = (body: string, path = `/api/desk/referrals/${reference}/actions`) =>
      fetch(address + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
      });
    const answers = await Promise.all([
      fetch(`${address}/api/desk/nothing`),
      fetch(`${address}/api/desk/referrals`, { method: 'DELETE' }),
      post('{ this is no JSON'),
      post(JSON.stringify({ action: 'note', key: 'some-key', text: 'x'.repeat(600_000) })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 405, 400, 413]);
    for (const answer of answers) {
      const { error } = Problem.parse(await answer.json());
      expect(error.message).toMatch(/^[A-Z][^{}<>]*\.$/);
      expect(error.message).not.toMatch(/JSON|Error|\n/);
    }
  });

  test('is not there without a token, whoever asks', async () => {
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }]) {
      const response = await fetch(`${rehearsal.signpost.address}/api/desk/me`, { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });
});
