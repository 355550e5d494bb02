import { loadPolicies } from '../src/policies.ts';
import { play, setStage, type Event } from './histories.ts';
const stage = setStage(await loadPolicies('policies'));
const h = JSON.parse(process.argv[2] ?? '[]') as Event[];
process.stdout.write('begin\n');
setTimeout(() => { const i = (process as unknown as {getActiveResourcesInfo(): string[]}).getActiveResourcesInfo(); process.stdout.write(`hang ${i}\n`); process.exit(1); }, 3000);
await play(stage, h).then(() => process.stdout.write('ok\n'), (e: unknown) => process.stdout.write(`${e}\n`));
process.exit(0);
