import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  ClausesFile,
  FlowFile,
  NationalFile,
  OrganisationFile,
  PlainEnglishFile,
  SharedFile,
  SmallTalkFile,
  SynonymsFile,
} from '../guidance/types.ts';
import { type PoliciesOption, print } from './organisations.ts';

const SCHEMAS = {
  organisation: OrganisationFile,
  clauses: ClausesFile,
  flow: FlowFile,
  shared: SharedFile,
  national: NationalFile,
  'plain-english': PlainEnglishFile,
  'small-talk': SmallTalkFile,
  synonyms: SynonymsFile,
} as const;

/** The JSON Schemas that give authors completion and errors in their editor, by file name. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      `${name}.schema.json`,
      `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), undefined, 2)}\n`,
    ]),
  );
}

/** `signpost schema`: writes the schemas anew, after a change to the content format. */
export async function schemaCommand(options: PoliciesOption): Promise<void> {
  const folder = join(options.policies, 'schema');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemaFiles()) writeFileSync(join(folder, name), text);
  print(`Wrote ${schemaFiles().size} schemas to ${folder}.`);
}
