import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { lifeDiagram } from '../escalation/diagram.ts';
import { print } from './organisations.ts';

/** `signpost life`: the life of a referral as a picture. */
export async function lifeCommand(options: { dot?: boolean }): Promise<void> {
  const dot = lifeDiagram();
  print(options.dot ? dot : (await Graphviz.load()).dot(dot));
}
