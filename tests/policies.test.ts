import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { dangerFlow } from '../src/guidance/outcome.ts';
import { ContentError, loadPolicies, readContent } from '../src/policies.ts';
import { type Change, exampleTrust, lineIn } from './guidance/example-trust.ts';

const LUNCH = 'example-trust/flows/lunch.yaml';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-policies-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(...changes: readonly Change[]): ReturnType<typeof exampleTrust> {
  const files = exampleTrust(...changes);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return files;
}

async function refusal(): Promise<ContentError> {
  const error: unknown = await loadPolicies(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ContentError);
  return error as ContentError;
}

describe('the folder of policies', () => {
  test('that is really there is without a fault', async () => {
    const guidance = await loadPolicies('policies');
    expect(guidance.size).toBeGreaterThan(0);
    for (const [id, organisation] of guidance) {
      expect(organisation.id).toBe(id);
      expect(organisation.flows.get(dangerFlow(organisation))?.danger).toBe(true);
      expect(organisation.flows.size).toBeGreaterThan(1);
    }
  });

  test('is read with paths that are the same on every system, and nothing but YAML', async () => {
    const files = write();
    writeFileSync(join(folder, 'example-trust', 'notes.txt'), 'flow: not a flow');
    const read = await readContent(folder);
    const byPath = (a: { path: string }, b: { path: string }): number => a.path.localeCompare(b.path);
    expect(read.sort(byPath)).toEqual(files.sort(byPath));
  });

  test('with one broken file is refused, naming file, line and mend', async () => {
    const files = write({ file: LUNCH, find: 'verdict: yes', put: 'verdict: maybe' });
    const error = await refusal();
    const line = lineIn(files, LUNCH, 'verdict: maybe');
    expect(error.message).toMatch(new RegExp(`^policies/${LUNCH}:${line}: outcomes > post-it > verdict: .+\\. .+\\.$`));
    expect(error.problems).toMatchObject([{ severity: 'error', file: LUNCH, line }]);
  });

  test('with one broken rule is refused, in words', async () => {
    const files = write({ file: LUNCH, find: '[EX-3]', put: '[EX-3, EX-33]' });
    expect((await refusal()).message).toBe(
      `policies/${LUNCH}:${lineIn(files, LUNCH, 'EX-33')}: there is no clause or national fact "EX-33". Correct the id, or add the clause to clauses.yaml.`,
    );
  });

  test('with several problems is refused with a line for each', async () => {
    write(
      { file: LUNCH, find: '[EX-3]', put: '[EX-3, EX-33]' },
      { file: 'example-trust/flows/filming.yaml', find: 'category: filming', put: 'category: food' },
    );
    const { message, problems } = await refusal();
    expect(problems.length).toBe(2);
    expect(message.split('\n').length).toBe(2);
  });

  test('is refused whole, though another organisation in it is right', async () => {
    const files = write({ file: LUNCH, find: 'verdict: yes', put: 'verdict: maybe' });
    for (const { path, text } of exampleTrust().filter((file) => files.some((one) => one.path === file.path))) {
      if (!path.startsWith('example-trust/')) continue;
      const other = join(folder, path.replace('example-trust', 'other-trust'));
      mkdirSync(dirname(other), { recursive: true });
      writeFileSync(other, text.replace('organisation: example-trust', 'organisation: other-trust'));
    }
    const { problems } = await refusal();
    expect(problems.map(({ file }) => file)).toEqual([LUNCH]);
  });

  test('that holds national facts alone is refused: there is nobody to answer for', async () => {
    for (const { path, text } of exampleTrust().filter((file) => file.path.startsWith('national/'))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    expect((await refusal()).message).toContain('there is no organisation');
  });

  test('that is empty is refused', async () => {
    expect((await refusal()).problems.length).toBeGreaterThan(0);
  });
});
