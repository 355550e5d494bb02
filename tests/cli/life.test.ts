import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { signpost } from '../support/cli.ts';

describe('signpost life', () => {
  test('draws the life of a referral as SVG, as it stands in the docs', async () => {
    const { output } = await signpost(['life']);
    expect(output).toBe(readFileSync('docs/pictures/life.svg', 'utf8'));
  });

  test('gives it as text in the DOT language', async () => {
    const { output: dot } = await signpost(['life', '--dot']);
    expect(dot).toMatch(/^digraph "The life of a referral" \{\n/);
    expect(dot).toContain('"raised" -> "acknowledged"');
  });
});
