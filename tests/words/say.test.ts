import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placeholdersIn } from '../../src/words/languages.ts';
import { sayIn, speak } from '../../src/words/say.ts';

const LONDON = { time: '2:05pm', day: 'Friday 20 November' };

describe('a message', () => {
  test('is said in English, filled in', () => {
    expect(sayIn('en-GB')('time.another-day', LONDON)).toBe('2:05pm on Friday 20 November');
  });

  test('is said in another language where that has it, and in English where it has not', () => {
    speak('gd', { 'time.another-day': '{day}, {time}' });
    const say = sayIn('gd');
    expect(say.language).toBe('gd');
    expect(say('time.another-day', LONDON)).toBe('Friday 20 November, 2:05pm');
    expect(say('status.closed')).toBe('Closed');
  });

  test('is said in English where a language is not known at all', () => {
    const say = sayIn('ga');
    expect([say.language, say('status.closed')]).toEqual(['en-GB', 'Closed']);
  });

  test('shows what is filled in as it is, and never reads it as a message', () => {
    const say = sayIn('en-GB');
    const typed = fc.oneof(
      fc.string(),
      fc.constantFrom('{time}', "'{'", '<b>{day}</b>', '{x, plural, other {#}}', '$&'),
    );
    fc.assert(
      fc.property(typed, typed, (time, day) => {
        expect(say('time.another-day', { time, day })).toBe(`${time} on ${day}`);
      }),
    );
  });

  test('names what is to be filled into it, in its branches too', () => {
    const text =
      'For {name}: {count, plural, one {# card of {owner}} other {# cards}} {which, select, a {x} other {y}}';
    expect(placeholdersIn(text, 'en-GB')).toEqual(new Set(['name', 'count', 'owner', 'which']));
    expect(placeholdersIn('{count, plural, one {#', 'en-GB')).toBeUndefined();
  });
});
