import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { VERSION } from '../../src/version.ts';
import { signpost } from '../support/cli.ts';

const guide = readFileSync('docs/operations.md', 'utf8');

/** Each kind stands after the word "kind", or before its severity. */
function kindsIn(file: string): readonly string[] {
  const source = readFileSync(file, 'utf8');
  const found = [
    /\bkind: '([a-z-]+)'/g,
    /^ +'([a-z-]+)',\n? *'(?:fault|warning)',$/gm,
    /each\(\w+, '([a-z-]+)', '(?:fault|warning)'/g,
  ];
  return found.flatMap((pattern) => [...source.matchAll(pattern)].map(([, kind = '']) => kind));
}

test('docs/operations.md says what to do about everything that doctor and /readyz find', () => {
  const files = ['src/escalation/condition.ts', 'src/cli/doctor.ts', 'src/cli/keys.ts'];
  const kinds = new Set(files.flatMap(kindsIn));
  for (const known of ['card-parked', 'unanswered', 'nobody-on-duty', 'no-token', 'words-key', 'audit-key'])
    expect(kinds).toContain(known);
  expect([...kinds].filter((kind) => !guide.includes(`\`${kind}\``))).toEqual([]);
});

test('and every secret among the settings is named there', () => {
  for (const secret of ['MICROSOFT_APP_PASSWORD', 'DATABASE_URL', 'AUDIT_KEY', 'METRICS_TOKEN', 'SMTP_URL']) {
    expect(guide).toContain(`\`${secret}\``);
  }
});

test('the command line says which version it is', async () => {
  expect((await signpost(['--version'])).output).toBe(`${VERSION}\n`);
});
