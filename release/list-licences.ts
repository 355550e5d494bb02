import { billOfMaterials } from './components.ts';
import { licencesOf } from './licences.ts';

/** `npm run licences`: the licence of everything that is shipped. Exit code 1 where one is not known to be permissive. */
const licences = licencesOf((await billOfMaterials()).components);
for (const { of, licence } of licences) process.stdout.write(`${of}\t${licence}\n`);
const others = licences.filter(({ permissive }) => !permissive);
if (others.length > 0) {
  process.stderr.write(
    `Not on the list of permissive licences (release/licences.ts):\n${others.map(({ of, licence }) => `  ${of}: ${licence}`).join('\n')}\nRead the licence in the package's files. If it will do, add it to the list, or else use another package.\n`,
  );
  process.exitCode = 1;
}
