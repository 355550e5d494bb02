import { spawn } from 'node:child_process';

/**
 * Microsoft's own Playground against the bot of a running rehearsal. It is fetched when asked for and is no dependency:
 * its licence allows evaluation only.
 */
const VERSION = '0.2.28';
const endpoint = `http://localhost:${process.env.PORT ?? 3978}/api/messages`;

process.stdout.write(`
This fetches @microsoft/m365agentsplayground ${VERSION} from npm and runs it on this machine.
It is Microsoft's, and its licence terms allow evaluation only: read them in the package before you go on using it.
Start the bot in another terminal first (npm start). The Playground speaks to ${endpoint}

`);

const child = spawn(
  'npx',
  [
    '--yes',
    `@microsoft/m365agentsplayground@${VERSION}`,
    'start',
    '-e',
    endpoint,
    '-c',
    'msteams',
    '--disable-telemetry',
  ],
  { stdio: 'inherit', env: { ...process.env, APPLICATION_INSIGHTS_NO_STATSBEAT: 'true' } },
);
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
