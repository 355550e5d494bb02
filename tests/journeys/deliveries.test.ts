import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Troubles } from '../../src/sandbox/connector.ts';
import {
  goesOnDuty,
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  text,
} from '../support/rehearsal.ts';

/** What Teams answers when a new thread is posted in a channel. */
type Trouble = { status: number; times: number };

describe('when Teams does not take a card', () => {
  let rehearsal: Rehearsal;
  let trouble: Trouble = { status: 0, times: 0 };
  const troubles: Troubles = ({ method, path }) => {
    const isNewThread = method === 'POST' && path.join('/') === 'v3/conversations';
    if (!isNewThread || trouble.times === 0) return undefined;
    trouble.times -= 1;
    return { status: trouble.status, body: { error: { code: 'Trouble', message: 'Trouble.' } } };
  };
  beforeAll(async () => {
    rehearsal = await startRehearsal({}, troubles);
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(() => rehearsal.stop());

  const raise = async (status: number, times: number): Promise<string> => {
    trouble = { status, times };
    return referenceOn(await raisesLivestream(rehearsal.teams.person('amina'), { department: 'ward-2' }));
  };

  test('too many requests: it is sent again, once, and not called a double', async () => {
    const reference = await raise(429, 2);
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const card = await sees(channel, reference);
    expect(text(card)).not.toContain('Possible duplicate');
  });

  test('a gateway’s error may hide an arrival: it is sent again as a possible duplicate', async () => {
    const reference = await raise(502, 1);
    const amina = rehearsal.teams.person('amina');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    await sees(amina, reference, 'Could not confirm that it arrived with the channel “Safeguarding referrals”');
    await sees(channel, reference, 'Possible duplicate: this may have reached you already.');
    await sees(amina, reference, 'Sent to the channel');
  });

  test('refused for good, with nobody else reached: the reporter is told to ring, at once', async () => {
    const reference = await raise(403, 1);
    const amina = rehearsal.teams.person('amina');
    await sees(amina, reference, 'It could not be delivered to the channel', 'Ring now.');
  });

  test('refused for good, with a nurse on duty: she still has it, and the reporter sees both', async () => {
    await goesOnDuty(await opensChat(rehearsal.teams, 'grace'), 'ward-2', '23:59');
    const reference = await raise(403, 1);
    const amina = rehearsal.teams.person('amina');
    const card = await sees(amina, reference, 'It could not be delivered to the channel', 'Sent to Grace Okafor');
    expect(text(card)).not.toContain('Ring now.');
    await sees(rehearsal.teams.person('grace'), reference, 'Acknowledge: I have this');
  });
});
