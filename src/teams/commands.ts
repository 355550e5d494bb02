import { distance } from 'fastest-levenshtein';

/** What can be typed in place of a question. */
export const COMMANDS = [
  { command: 'help', say: 'help', also: ['?', 'what can you do', 'how do i use you', 'how does this work'] },
  { command: 'topics', say: 'topics', also: ['menu', 'all topics'] },
  { command: 'start-again', say: 'start again', also: ['start over', 'restart', 'reset'] },
  { command: 'on-duty', say: 'on duty', also: ['go on duty', 'im on duty', 'duty'] },
  { command: 'off-duty', say: 'off duty', also: ['come off duty', 'im off duty', 'end duty'] },
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
  return COMMANDS.find(({ say, also }) => [say.toLowerCase(), ...also].some((word) => isLike(plain, word)))?.command;
}

/** So many slips of the finger a word may have: none in a short one, which would be another word. */
function isLike(typed: string, word: string): boolean {
  const slips = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
  return typed === word || (Math.abs(typed.length - word.length) <= slips && distance(typed, word) <= slips);
}
