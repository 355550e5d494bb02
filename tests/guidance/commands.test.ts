import { describe, expect, test } from '@jest/globals';
import { COMMANDS, parseCommand } from '../../src/guidance/find/commands.ts';

describe('a typed command', () => {
  test('is known by each of its ways to say it, in any case', () => {
    for (const { command, say, also } of COMMANDS) {
      for (const words of [say, ...also]) {
        expect(parseCommand(words)).toBe(command);
        expect(parseCommand(words.toUpperCase())).toBe(command);
      }
    }
  });

  test('is known with spaces, full stops, exclamation and question marks about it', () => {
    for (const { command, say } of COMMANDS) {
      expect(parseCommand(`${say}?`)).toBe(command);
      expect(parseCommand(`  ${say}!! `)).toBe(command);
      expect(parseCommand(`${say}.`)).toBe(command);
      expect(parseCommand(say.replaceAll(' ', '  \n '))).toBe(command);
    }
  });

  test('is known with either apostrophe, or none', () => {
    for (const words of ["I'm on duty", 'I’m on duty', 'im on duty']) expect(parseCommand(words)).toBe('on-duty');
  });

  test('to come off duty is never taken for going on duty, nor the other way round', () => {
    for (const words of ["I'm off duty", 'im off duty', 'off duty', 'come off duty']) {
      expect(parseCommand(words)).toBe('off-duty');
    }
    for (const words of ["I'm on duty", 'im on duty', 'on duty', 'go on duty']) {
      expect(parseCommand(words)).toBe('on-duty');
    }
    for (const words of ['of duty', 'im of duty', 'Im of duty pls']) expect(parseCommand(words)).toBe('off-duty');
    // A slip that lies as near to the one as to the other is neither.
    expect(parseCommand('im oq duty')).toBeUndefined();
  });

  test('to see who is on duty is never taken for going on duty', () => {
    for (const words of ['who is on duty', 'Who’s on duty?', 'whos on dutty', 'duty board']) {
      expect(parseCommand(words)).toBe('who-is-on-duty');
    }
  });

  test.each([
    ['who’s on duty now', 'who-is-on-duty'],
    ['can you show me who is on duty please', 'who-is-on-duty'],
    ['show me my referrals', 'my-referrals'],
    ['see my referals pls', 'my-referrals'],
    ['change my trust', 'change-trust'],
    ['please change my organisation', 'change-trust'],
    ['restart pls', 'start-again'],
    ['start over please', 'start-again'],
    ['begin again', 'start-again'],
    ['help pls', 'help'],
    ['heeelp', 'help'],
    ['im on duty now', 'on-duty'],
    ['topics, please', 'topics'],
  ])('is known with good manners about it: “%s”', (words, command) => {
    expect(parseCommand(words)).toBe(command);
  });

  test('is never two commands', () => {
    const all = COMMANDS.flatMap(({ say, also }) => [say, ...also].map((words) => words.toLowerCase()));
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([
    '',
    ' ',
    '!',
    'helping hands',
    'help me he has a knife',
    'can I go on duty and film',
    'my referrals are late',
    'who is on duty of care training',
    'constructor',
  ])('is not seen in “%s”', (text) => {
    expect(parseCommand(text)).toBeUndefined();
  });
});
