import { surge } from './surge.ts';

const t = Date.now();
console.log(await surge(Number(process.argv[2] ?? 50), (l) => console.log(l)), Date.now() - t);
process.exit(0);
