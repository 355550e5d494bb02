import { kills } from './kills.ts';
const t=Date.now();
process.stdout.write(JSON.stringify(await kills(Number(process.argv[2]??3), process.argv[3] as 'sqlite'|'postgres', Math.random, (l)=>process.stdout.write(l+'\n')),null,1)+(Date.now()-t)+'\n');
process.exit(0);
