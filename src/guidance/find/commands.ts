import { squeeze } from './features.ts';
import { slipsBetween } from './slips.ts';

/** What can be typed in place of a question. */
export const COMMANDS = [
  { command: 'help', say: 'help', also: ['?', 'what can you do', 'how do i use you', 'how does this work'] },
  { command: 'topics', say: 'topics', also: ['menu', 'all topics'] },
  { command: 'start-again', say: 'start again', also: ['start over', 'begin again', 'restart', 'reset'] },
  { command: 'on-duty', say: 'on duty', also: ['go on duty', 'im on duty', 'duty'] },
  {
    command: 'off-duty',
    say: 'off duty',
    // "of duty" is as near to "on duty" as to "off duty", and means the second.
    also: ['of duty', 'come off duty', 'im off duty', 'im of duty', 'end duty'],
  },
  {
    command: 'who-is-on-duty',
    say: 'who is on duty',
    also: ['whos on duty', 'who is on', 'duty board', 'on duty now'],
  },
  { command: 'my-referrals', say: 'my referrals', also: ['my referral', 'referrals'] },
  {
    command: 'change-trust',
    say: 'change Trust',
    also: ['change my trust', 'change organisation', 'change my organisation', 'wrong trust'],
  },
] as const;

export type Command = (typeof COMMANDS)[number]['command'];

/** What can be asked in a team: all else is for a chat of one's own. */
export const TEAM_COMMANDS: readonly Command[] = ['who-is-on-duty'];

/** Words around a command that change nothing of it. */
const BEFORE = /^(?:please|pls|plz|can i|can you|could you|show me|show|see|view|i want to|take me to|go to) /u;
const AFTER = / (?:please|pls|plz|now|thanks|thx|ta)$/u;

/** What a command is called besides, in the language of those who type it. */
export type CommandNames = Readonly<Partial<Record<Command, string>>>;

/** A longer message is no command, whatever stands around it: it need not be read to the end. In characters. */
const LONGEST_COMMAND = 200;

/** The command that a message is, or undefined if it is a question. */
export function parseCommand(text: string, names: CommandNames = {}): Command | undefined {
  if (text.length > LONGEST_COMMAND) return undefined;
  const typed = text
    .toLowerCase()
    .replace(/['’]/gu, '')
    .replace(/[!.,\s]+/gu, ' ')
    .trim()
    .replace(/(?<=.) ?\?+$/u, '')
    .split(' ')
    .map(squeeze)
    .join(' ');
  return closestTo(typed, names) ?? closestTo(withoutManners(typed), names);
}

function withoutManners(typed: string): string {
  const bare = typed.replace(BEFORE, '').replace(AFTER, '');
  return bare === typed ? bare : withoutManners(bare);
}

function closestTo(typed: string, names: CommandNames): Command | undefined {
  const close = COMMANDS.map(({ command, say, also }) => ({
    command,
    slips: Math.min(
      ...[say.toLowerCase(), ...also, names[command]?.toLowerCase() ?? say].map((words) => slipsBetween(typed, words)),
    ),
  })).sort((one, other) => one.slips - other.slips);
  const [best, next] = close;
  // As near to two commands as to one is near to neither.
  return best === undefined || best.slips === Number.POSITIVE_INFINITY || best.slips === next?.slips
    ? undefined
    : best.command;
}
