import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createSandboxServer } from './server.ts';

/** How long until the bot is tried again while none of its servers listens, in milliseconds. */
const TRY_AGAIN_MS = 1_000;

const USAGE = `
A Teams to rehearse in, on its own. Any number of Signpost servers can use it: start each with SANDBOX_URL set to its
address.

  node src/sandbox/main.ts [--port 3979] [--bot http://127.0.0.1:3978] [--bot …] [--file rehearsal.json]
                           [--staff 0] [--seniors 0] [--no-limits]

  --bot        the address of a Signpost server; give it once for each
  --file       where to keep the rehearsal; without it, it is gone when this stops
  --staff, --seniors   how many generated people to add
  --no-limits  do not keep Teams' limits
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3979' },
    bot: { type: 'string', multiple: true, default: ['http://127.0.0.1:3978'] },
    file: { type: 'string' },
    staff: { type: 'string', default: '0' },
    seniors: { type: 'string', default: '0' },
    'no-limits': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const server = await createSandboxServer({
  bots: values.bot,
  port: Number(values.port),
  crowd: { staff: Number(values.staff), seniors: Number(values.seniors) },
  limits: !values['no-limits'],
  log: pino({ level: 'silent' }),
  ...(values.file === undefined ? {} : { file: values.file }),
});
process.stdout.write(`The rehearsal's Teams is ready: ${server.address}\nIt delivers to ${values.bot.join(', ')}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

// The bot's servers may start later than Teams, in any order.
while (!(await server.sandbox.addToTeam())) await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
process.stdout.write('The bot is in the team.\n');
