import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';

function signpost(parts: readonly string[], input = ''): string {
  return execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', ...parts], {
    input,
    encoding: 'utf8',
  });
}

const ORGANISATION = ['--organisation', 'worcestershire-acute'];

describe('signpost ask', () => {
  test('explains one message: what was taken out, understood and decided, and why', () => {
    const said = signpost(['ask', 'a visitor, nhs no 943 476 5919, is livestreaming the ward', ...ORGANISATION]);
    expect(said).toContain('taken out    NHS number');
    expect(said).toContain('answer       offer');
    expect(said).toMatch(/danger {7}no \(0\.\d{3}\)/);
    expect(said).toMatch(/flows\n {2}\d\.\d{3} {2}filming-on-the-ward/);
    expect(said).toContain('understood   who=visitor, when=now');
    expect(said).toMatch(/because of\n {2}\d\.\d{3} {2}(word|letters) "/);
  });

  test('reads one message a line and prints one JSON object a line, in order', () => {
    const lines = signpost(
      ['ask', '--json', ...ORGANISATION],
      'a visitor is livestreaming the ward\nhello\nmy payslip is wrong\n\na man is coming with a knife for the doctor\n',
    );
    const answers = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.length).toBe(5);
    const [filming, greeting, payslip, empty, knife] = answers;
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
});
