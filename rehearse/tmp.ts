import { writeFileSync } from "node:fs";
import fc from 'fast-check';
import { loadPolicies } from '../src/policies.ts';
import { histories, play, setStage } from './histories.ts';
const stage = setStage(await loadPolicies('policies'));
let n=0; const t=Date.now();
const r = await fc.check(fc.asyncProperty(histories, async (h)=>{const b=Date.now(); writeFileSync("/tmp/lasth.json",JSON.stringify(h)); await play(stage,h); const d=Date.now()-b; if(d>1500) process.stderr.write(`${d} ${h.length}\n`); n++; if(n%25===0) process.stderr.write(`n ${n} ${Date.now()-t}\n`)}), {numRuns:300, seed:20261123, endOnFailure:true});
process.stdout.write(String((r.errorInstance as Error|undefined)?.stack).slice(0,2000)+'\n'+JSON.stringify(r.counterexample)?.slice(0,4000)+r.numRuns+' '+(Date.now()-t)+' '+r.counterexamplePath);
process.exit(0);
