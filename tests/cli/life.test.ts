import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

function signpost(...given: readonly string[]): Promise<string> {
  const program = ['--disable-warning=ExperimentalWarning', 'src/cli/signpost.ts', ...given];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, program, (error, output) => (error === null ? resolve(output) : reject(error)));
  });
}

describe('signpost life', () => {
  test('draws the life of a referral as SVG, as it stands in the docs', async () => {
    expect(await signpost('life')).toBe(readFileSync('docs/pictures/life.svg', 'utf8'));
  });

  test('gives it as text in the DOT language', async () => {
    const dot = await signpost('life', '--dot');
    expect(dot).toMatch(/^digraph "The life of a referral" \{\n/);
    expect(dot).toContain('"raised" -> "acknowledged"');
  });
});
