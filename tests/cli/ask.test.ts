import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { QUICK_START } from '../support/process.ts';

function signpost(parts: readonly string[], input = ''): string {
  return execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', ...parts], {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...QUICK_START },
  });
}

const ORGANISATION = ['--organisation', 'worcestershire-acute'];

describe('signpost ask', () => {
  test('explains one message: what was taken out, understood and decided, and why', () => {
    const said = signpost(['ask', 'a visitor is livestreaming the ward, nhs number 943 476 5919', ...ORGANISATION]);
    expect(said).toContain('taken out    NHS number');
    expect(said).toContain('answer       offer');
    expect(said).toMatch(/danger {7}no \(0\.\d{3}\)/);
    expect(said).toMatch(/flows\n {2}\d\.\d{3} {2}filming-on-the-ward/);
    expect(said).toContain('understood   who=visitor, when=now');
    expect(said).toMatch(/what speaks for the first flow\n {2}\d\.\d{3} {2}(word|letters) "/);
    expect(said).toMatch(/no policy {4}0\.\d{3}\ngreeting {5}0\.\d{3}\n/);
    expect(said).not.toContain('command');
  });

  test('explains danger where danger decided, and lists only flows as flows', () => {
    const said = signpost(['ask', 'he has a knife and says he will kill her', ...ORGANISATION]);
    expect(said).toMatch(/danger {7}yes/);
    expect(said).toMatch(/what speaks for danger\n(.*\n)*.*word "knife"/);
    const [, flows = ''] = said.split('flows\n');
    const [listed = ''] = flows.split(/\n\S/);
    expect(listed).toMatch(/threats-stalking-blackmail/);
    expect(listed).not.toMatch(/danger|nothing|greeting/);
  });

  test('names a typed command, which is no question and no danger', () => {
    const said = signpost(['ask', 'whos on dutty now', ...ORGANISATION]);
    expect(said).toMatch(/^command {6}who-is-on-duty\nanswer {7}greeting\ndanger {7}no/);
    expect(said).not.toContain('what speaks for');
  });

  test('reads one message a line and prints one JSON object a line, in order', () => {
    const lines = signpost(
      ['ask', '--json', ...ORGANISATION],
      'a visitor is livestreaming the ward\nhello\nmy payslip is wrong\n\na man is coming with a knife for the doctor\nwho’s on duty\n',
    );
    const answers = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.length).toBe(6);
    const [filming, greeting, payslip, empty, knife, command] = answers;
    expect(filming).toMatchObject({ answer: 'offer', danger: false });
    expect(filming.flows[0]).toMatchObject({
      flow: 'filming-on-the-ward',
      title: expect.any(String),
      score: expect.any(Number),
    });
    expect(filming.flows[0].clauses).toContain('WAHT-4.2');
    expect(filming.flows.length).toBe(3);
    expect(greeting).toEqual({ answer: 'greeting', danger: false, flows: [] });
    expect(payslip).toEqual({ answer: 'none', danger: false, flows: [] });
    expect(empty).toEqual({ answer: 'none', danger: false, flows: [] });
    expect(knife).toMatchObject({ answer: 'offer', danger: true });
    expect(command).toEqual({ answer: 'greeting', danger: false, flows: [] });
  });

  test('an organisation that is not there is named with those that are', () => {
    expect(() => signpost(['ask', 'x', '--organisation', 'nowhere'])).toThrow(
      /There is no organisation "nowhere"\. There are: /,
    );
  });
});

describe('signpost evaluate', () => {
  test('prints each figure with its interval, the confusions and each miss', () => {
    const said = signpost(['evaluate', 'tests/guidance/utterances/own.jsonl']);
    for (const name of [
      'right flow first',
      'right flow among three',
      'in scope kept',
      'out of scope rejected',
      'danger recall',
      'false alarms',
      'small talk known',
    ]) {
      expect(said).toMatch(new RegExp(`${name} +\\d\\.\\d{3} {2}\\(\\d\\.\\d{3} to \\d\\.\\d{3}\\) {2}\\d+ of \\d+`));
    }
    expect(said).toContain('Meant, and what came first:');
    expect(said).toContain('Each miss:');
  });

  test('cross-validates, and refuses fewer than two folds', () => {
    const said = signpost(['evaluate', 'tests/guidance/utterances/own.jsonl', '--folds', '2']);
    expect(said).toContain('Each was answered after learning from those of the other 1 folds.');
    expect(said).toMatch(/right flow first +0\.\d{3}/);
    for (const folds of ['1', '2.5', 'many']) {
      expect(() => signpost(['evaluate', 'tests/guidance/utterances/own.jsonl', '--folds', folds])).toThrow(
        /--folds must be a whole number, 2 or more\./,
      );
    }
  });

  test.each([
    ['not json', /set\.jsonl:2: this line is not JSON\./],
    [
      '{"id":"a","organisation":"WAHT","text":"x","clauses":[]}',
      /set\.jsonl:2: this is not a message of a set\. kinds: /,
    ],
    ['{"id":"a","organisation":"WAHT","text":"x","kinds":["other"],"clauses":[]}', /set\.jsonl:2: .*kinds\.0: /],
    ['[]', /set\.jsonl:2: this is not a message of a set\. The line: /],
  ])('names the line that is wrong: %s', (line, words) => {
    const good = '{"id":"a","organisation":"WAHT","text":"hello","kinds":["smalltalk"],"clauses":[]}';
    expect(refusal(`${good}\n${line}\n`)).toMatchObject({ status: 2, stderr: expect.stringMatching(words) });
  });

  test('says that a set is empty, or missing', () => {
    expect(refusal('\n\n')).toMatchObject({ status: 2, stderr: expect.stringContaining('holds no messages') });
    expect(refusal(undefined)).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no such file.') });
  });
});

/** How `evaluate` refuses a set with this text; undefined for no file at all. */
function refusal(text: string | undefined): { status: number | null; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-set-'));
  try {
    const file = join(folder, 'set.jsonl');
    if (text !== undefined) writeFileSync(file, text);
    const parts = ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', 'evaluate', file];
    const { status, stderr } = spawnSync(process.execPath, parts, {
      encoding: 'utf8',
      env: { ...process.env, ...QUICK_START },
    });
    expect(stderr).not.toMatch(/\n\s+at /);
    return { status, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
