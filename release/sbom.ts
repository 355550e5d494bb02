import { mkdirSync, writeFileSync } from 'node:fs';
import { billOfMaterials } from './components.ts';

/** `npm run sbom`: the bill of materials of this release, in CycloneDX. */
const FILE = 'dist/sbom.json';

const bom = await billOfMaterials();
mkdirSync('dist', { recursive: true });
writeFileSync(FILE, `${JSON.stringify(bom, undefined, 2)}\n`);
process.stdout.write(`${FILE}: ${bom.components.length} components.\n`);
