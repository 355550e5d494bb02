import { slipsBetween } from '../guidance/find/slips.ts';

/** What can be typed in place of a question. */
export const COMMANDS = [
  { command: 'help', say: 'help', also: ['?', 'what can you do', 'how do i use you', 'how does this work'] },
  { command: 'topics', say: 'topics', also: ['menu', 'all topics'] },
  { command: 'start-again', say: 'start again', also: ['start over', 'restart', 'reset'] },
  { command: 'on-duty', say: 'on duty', also: ['go on duty', 'im on duty', 'duty'] },
  { command: 'off-duty', say: 'off duty', also: ['come off duty', 'im off duty', 'end duty'] },
  {
    command: 'who-is-on-duty',
    say: 'who is on duty',
    also: ['whos on duty', 'who is on', 'duty board', 'on duty now'],
  },
  { command: 'my-referrals', say: 'my referrals', also: ['my referral', 'referrals'] },
  { command: 'change-trust', say: 'change Trust', also: ['change organisation', 'wrong trust'] },
] as const;

export type Command = (typeof COMMANDS)[number]['command'];

/** The command that a message is, or undefined if it is a question. */
export function parseCommand(text: string): Command | undefined {
  const plain = text
    .toLowerCase()
    .replace(/['’]/gu, '')
    .replace(/[!.\s]+/gu, ' ')
    .trim()
    .replace(/(?<=.) ?\?+$/u, '');
  const close = COMMANDS.map(({ command, say, also }) => ({
    command,
    slips: Math.min(...[say.toLowerCase(), ...also].map((word) => slipsBetween(plain, word))),
  })).sort((one, other) => one.slips - other.slips);
  const [best, next] = close;
  // As near to two commands as to one is near to neither.
  return best === undefined || best.slips === Number.POSITIVE_INFINITY || best.slips === next?.slips
    ? undefined
    : best.command;
}
