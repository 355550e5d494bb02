import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** What `npm run check` sees of a folder when it looks at the walls between the folders. */
async function seenIn(folder: string): Promise<{ source: string; imports: string[] }[]> {
  const command = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = await run(process.execPath, [command, folder, '--output-type', 'json'], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { modules }: { modules: { source: string; dependencies: { resolved: string }[] }[] } = JSON.parse(stdout);
  return modules.map(({ source, dependencies }) => ({ source, imports: dependencies.map(({ resolved }) => resolved) }));
}

// Without a compiler that it knows, it would read no TypeScript at all and find every wall whole.
test('whoever watches the walls reads TypeScript, and sees the imports of types too', async () => {
  const walk = (await seenIn('src/guidance')).find(({ source }) => source === 'src/guidance/walk.ts');
  expect(walk?.imports).toContain('src/guidance/types.ts');
});
