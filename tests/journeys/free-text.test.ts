import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { opensChat, type Rehearsal, startRehearsal, text, WORCESTERSHIRE, waitFor } from '../support/rehearsal.ts';

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

  test.each([
    ['who’s on duty now', 'On duty at Worcestershire Acute'],
    ['show me my referals pls', 'My referrals'],
    ['change my trust', 'Which Trust do you work for?'],
    ['heeelp', 'You can also type:'],
  ])('the command “%s” is known with words around it', async (typed, answer) => {
    expect(await ask(typed)).toContain(answer);
  });

  test.each([
    ['no words', ''],
    ['help', 'help'],
    ['a greeting', 'hello'],
    ['few words', 'is this ok'],
    ['a command', 'on duty'],
    ['a question', 'can i post a photo of the team'],
    ['danger', 'he has a knife'],
  ])(
    'of a picture with %s it says that it was not opened, and not to copy, forward or look again',
    async (_, typed) => {
      const amina = rehearsal.teams.person('amina');
      await amina.says(typed, [
        { contentType: 'image/png', contentUrl: 'http://127.0.0.1:9/picture.png', name: 'a.png' },
      ]);
      const answer = text(await amina.lastCard());
      expect(answer).toContain('I have not opened what you');
      expect(answer).toMatch(/Do not copy it, forward it or look at it again\./);
      if (typed === 'on duty') expect(answer).toContain('To use “on duty”, type it again by itself.');
      if (typed === 'he has a knife') expect(answer).toContain('Ring 999');
    },
  );

  const unanswered = (): unknown[] => JSON.parse(listed(rehearsal.folder, '--json'));

  test('what it could not answer is kept scrubbed, with its day and without a person, for the policy owner to list', async () => {
    await ask('my payslip is wrong, ring me on 07700 900123');
    const [row] = unanswered();
    expect(row).toEqual({
      organisation: 'worcestershire-acute',
      text: 'my payslip is wrong, ring me on [phone number]',
      at: expect.any(Number),
    });
    expect((row as { at: number }).at % DAY_MS).toBe(0);
  });

  test('what was asked is kept too, scrubbed, when none of the topics offered was meant', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('can i post a photo of a bus stop, my number is 07700 900123');
    await amina.presses('None of these');
    expect(text(await amina.lastCard())).toContain('I do not have an answer to that');
    expect(unanswered()).toContainEqual({
      organisation: 'worcestershire-acute',
      text: 'can i post a photo of a bus stop, my number is [phone number]',
      at: expect.any(Number),
    });
  });

  test('what has no words is not kept', async () => {
    const before = unanswered().length;
    for (const noise of ['!!', '🙂🙂', '12', 'x', '943 476 5919']) {
      expect(await ask(noise)).toContain('I do not have an answer to that');
    }
    expect(unanswered().length).toBe(before);
  });

  test('an organisation that is not there is refused, with those that are', () => {
    const { status, stderr } = run(rehearsal.folder, '--organisation', 'nowhere');
    expect(status).toBe(1);
    expect(stderr).toContain('There is no organisation "nowhere". There are: ');
  });
});

describe('a first message, before the Trust is known', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => {
    rehearsal = await startRehearsal();
  });
  afterEach(() => rehearsal.stop());

  test('about danger says whom to ring before it asks which Trust, and is answered with the danger card', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('he has a knife');
    const first = text(await amina.lastCard());
    expect(first).toContain('Ring 999 now if someone is in danger');
    expect(first.indexOf('Ring 999 now')).toBeLessThan(first.indexOf('Which Trust do you work for?'));
    expect(first).toContain('[999](tel:999)');
    await amina.presses(WORCESTERSHIRE);
    expect(text(await amina.lastCard())).toContain('so here is what to do first');
  });

  test('without danger only asks which Trust', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('can i post a photo of the team');
    const first = text(await amina.lastCard());
    expect(first).toContain('Which Trust do you work for?');
    expect(first).not.toContain('Ring 999 now');
  });

  test('that holds identifiers is answered once the Trust is known, still saying that they were not kept', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('can i post a photo of my pt 943 476 5919');
    const first = await amina.lastCard();
    expect(text(first)).toContain('I have not kept it.');
    expect(JSON.stringify(first)).not.toContain('943 476 5919');
    await amina.presses(WORCESTERSHIRE);
    const answer = text(await amina.lastCard());
    expect(answer).toContain('Can I post this photo');
    expect(answer).toContain('I have not kept it.');
  });
});

describe('what was left unanswered', () => {
  /** How many are kept in the register itself. */
  const kept = (folder: string): number => {
    const database = new DatabaseSync(join(folder, 'signpost.sqlite'), { readOnly: true });
    try {
      return Number(database.prepare('select count(*) as amount from unanswered').get()?.amount);
    } finally {
      database.close();
    }
  };

  test('is forgotten when its time is over, although nothing else is left unanswered', async () => {
    const rehearsal = await startRehearsal({ UNANSWERED_DAYS: '2' });
    try {
      const amina = await opensChat(rehearsal.teams, 'amina');
      await amina.says('my payslip is wrong');
      expect(kept(rehearsal.folder)).toBe(1);
      await rehearsal.teams.advance(3 * 24 * 60);
      await waitFor(async () => kept(rehearsal.folder) === 0 || undefined, 'the message is forgotten');
    } finally {
      await rehearsal.stop();
    }
  });

  test('is forgotten at start where nothing is to be kept any more, and nothing more is kept', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signpost-kept-'));
    try {
      const before = await startRehearsal({ DATA_DIR: folder });
      const amina = await opensChat(before.teams, 'amina');
      await amina.says('my payslip is wrong');
      await before.stop();
      expect(kept(folder)).toBe(1);
      const after = await startRehearsal({ DATA_DIR: folder, UNANSWERED_DAYS: '0' });
      await waitFor(async () => kept(folder) === 0 || undefined, 'the message is forgotten');
      const again = await opensChat(after.teams, 'amina').catch(() => after.teams.person('amina'));
      await again.says('my payslip is wrong');
      expect(kept(folder)).toBe(0);
      await after.stop();
      expect(listed(folder)).toBe('Nothing was left unanswered.\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a matter that the organisation names a place for', () => {
  let rehearsal: Rehearsal;
  let policies: string;
  beforeAll(async () => {
    policies = mkdtempSync(join(tmpdir(), 'signpost-policies-'));
    cpSync('policies', policies, { recursive: true });
    const place = `elsewhere:\n  - { about: [payslip, pay day], say: "For pay, ask the payroll team." }\n`;
    appendFileSync(join(policies, 'worcestershire-acute/organisation.yaml'), place);
    rehearsal = await startRehearsal({ POLICIES_DIR: policies });
    await opensChat(rehearsal.teams, 'amina');
  });
  afterAll(async () => {
    await rehearsal.stop();
    rmSync(policies, { recursive: true, force: true });
  });

  test.each([
    ['my payslip is wrong', true],
    ['When is pay-day?', true],
    ['the printer is broken', false],
  ])('is sent there, and no other is: “%s”', async (typed, isNamed) => {
    const amina = rehearsal.teams.person('amina');
    await amina.says(typed);
    const answer = text(await amina.lastCard());
    expect(answer).toContain('I do not have an answer to that');
    expect(answer.includes('For pay, ask the payroll team.')).toBe(isNamed);
  });
});

const DAY_MS = 24 * 60 * 60_000;

function run(folder: string, ...more: string[]): { status: number | null; stdout: string; stderr: string } {
  const parts = ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', 'unanswered', ...more];
  return spawnSync(process.execPath, parts, { encoding: 'utf8', env: { ...process.env, DATA_DIR: folder } });
}

function listed(folder: string, ...more: string[]): string {
  return run(folder, ...more).stdout;
}
