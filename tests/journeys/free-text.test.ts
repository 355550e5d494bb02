import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { opensChat, type Rehearsal, startRehearsal, text } from '../support/rehearsal.ts';

describe('free text', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(() => rehearsal.stop());

  const ask = async (typed: string): Promise<string> => {
    const amina = rehearsal.teams.person('amina');
    await amina.says(typed);
    return text(await amina.lastCard());
  };

  test('a message that holds a patient’s identifiers is answered, and the reply says kindly that they were not kept', async () => {
    const answer = await ask('can i post a photo of my pt 943 476 5919 dob 3/4/52');
    expect(answer).toContain('You typed something that may identify a person. I have not kept it.');
    expect(answer).toContain('Can I post this photo');
  });

  test.each(['helo', 'thnaks', 'hiya', 'Good mornign'])(
    '“%s” is a greeting, answered with the topics',
    async (typed) => {
      expect(await ask(typed)).toContain('Hello Amina');
    },
  );

  test.each([
    ['hlep', 'You can also type:'],
    ['topcis', 'You can also type:'],
    ['on dutty', 'Go on duty for which'],
    ['my referals', 'My referrals'],
    ['chnage trust', 'Which Trust do you work for?'],
    ['strat again', 'You can also type:'],
  ])('the command “%s” is known though misspelt', async (typed, answer) => {
    expect(await ask(typed)).toContain(answer);
  });

  test('what it could not answer is kept scrubbed, without a person, for the policy owner to list', async () => {
    await ask('my payslip is wrong, ring me on 07700 900123');
    const listed = execFileSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', 'unanswered', '--json'],
      { encoding: 'utf8', env: { ...process.env, DATA_DIR: rehearsal.folder } },
    );
    const [row] = JSON.parse(listed);
    expect(row).toEqual({
      organisation: 'worcestershire-acute',
      text: 'my payslip is wrong, ring me on [phone number]',
      at: expect.any(Number),
    });
  });
});

describe('with UNANSWERED_DAYS=0', () => {
  test('nothing that was typed is kept', async () => {
    const rehearsal = await startRehearsal({ UNANSWERED_DAYS: '0' });
    try {
      const amina = await opensChat(rehearsal.teams, 'amina');
      await amina.says('my payslip is wrong');
      const listed = execFileSync(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', 'unanswered'],
        { encoding: 'utf8', env: { ...process.env, DATA_DIR: rehearsal.folder } },
      );
      expect(listed).toBe('Nothing was left unanswered.\n');
    } finally {
      await rehearsal.stop();
    }
  });
});
