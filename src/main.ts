import { flushCompileCache } from 'node:module';
import { createLog, quietConsole } from './log.ts';
import { ContentError } from './policies.ts';
import { readSettings, SettingsError } from './settings.ts';
import { startSignpost } from './signpost.ts';
import { KeysError } from './store/key-files.ts';
import { StoreInUseError, StoreTooNewError } from './store/store.ts';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

try {
  const settings = readSettings();
  const log = createLog(settings);
  quietConsole(log);
  const signpost = await startSignpost(settings, log);
  // Node would print the error itself, with the text that it arose from.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'the server ended by a fault');
    process.exit(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      signpost.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'the server did not stop as it should');
          process.exit(1);
        },
      );
    });
  }
  if (signpost.sandbox !== undefined) print(welcome(signpost.address, settings.dataFolder));
  else if (settings.sandboxUrl !== undefined) print(`Signpost is ready in the rehearsal at ${settings.sandboxUrl}`);
  else log.info({ port: settings.port }, 'listening');
  // Where NODE_COMPILE_CACHE keeps what was compiled, it is kept however this process ends.
  flushCompileCache();
} catch (error) {
  // What a person can mend is said plainly; anything else is a fault of ours, with its trace.
  const mendable = [SettingsError, ContentError, StoreInUseError, StoreTooNewError, KeysError].some(
    (kind) => error instanceof kind,
  );
  process.stderr.write(
    mendable ? `Signpost did not start.\n${(error as Error).message}\n` : `${(error as Error).stack}\n`,
  );
  process.exit(1);
}

function welcome(address: string, folder: string): string {
  return `
Signpost is ready to rehearse:  ${address}

Open that page in a browser. It shows three people side by side. Try this:
  1. As Grace, a senior nurse, type "on duty" and choose Ward 9.
  2. As Amina, a healthcare assistant, type "a visitor is livestreaming the ward",
     follow the questions, press "Raise this", and send it about Ward 9.
  3. As Grace, press "Acknowledge", and watch the channel and Amina's card change.
  4. As anybody, type "can I post this photo?".
  5. Open the safeguarding team's desk, as Priya:
     ${address}/sandbox/page/desk.html?person=Priya%20Nair

Nothing leaves this computer. What you do is kept in ${folder}
Press Ctrl+C to stop.
`;
}
