import type { SmallTalkFile } from '../types.ts';
import { words } from './features.ts';
import { slipsBetween } from './slips.ts';

export type SmallTalk = {
  /** What a message is by its words alone: they are too few for the classifier. */
  readonly kind: 'greeting' | 'danger' | undefined;
  /** The message without what it opens with: "hello someone is dying" is about "someone is dying". */
  readonly body: string;
};

const GREETING_WORDS = 4;
/** Shorter greetings have too many neighbours: "fight" is one slip from "night". In letters. */
const SHORTEST_WITH_SLIP = 6;

/** @param knows Whether the content uses a word, which then is no slip of another. */
export function smallTalkIn(smallTalk: SmallTalkFile, knows: (word: string) => boolean): (typed: string) => SmallTalk {
  const greetings = smallTalk.greetings.map((greeting) => words(greeting).join(' '));
  const openings = smallTalk.openings
    .map(words)
    .filter((opening) => opening.length > 0)
    .sort((one, other) => other.length - one.length);
  const dangerWords = new Set(smallTalk['danger-words'].map((danger) => words(danger).join(' ')).filter(Boolean));
  /** What has no letters, such as an emoji. */
  const dangerSigns = smallTalk['danger-words']
    .filter((danger) => words(danger).length === 0)
    .map((danger) => danger.normalize('NFKC'));

  const isGreeting = (list: readonly string[]): boolean => {
    if (list.length > GREETING_WORDS) return false;
    const typed = list.join(' ');
    const hasSlip = !list.every(knows);
    return greetings.some(
      (greeting) =>
        typed === greeting ||
        (hasSlip && greeting.replaceAll(' ', '').length >= SHORTEST_WITH_SLIP && slipsBetween(typed, greeting) <= 1),
    );
  };
  const openingAt = (list: readonly string[], place: number): readonly string[] | undefined =>
    openings.find((one) => one.every((word, index) => list[place + index] === word));
  /** One after another, and not each within the last: a message may be nothing but thousands of them. */
  const withoutOpenings = (list: readonly string[]): readonly string[] => {
    let place = 0;
    for (let opening = openingAt(list, 0); opening !== undefined; opening = openingAt(list, place)) {
      place += opening.length;
    }
    return list.slice(place);
  };

  return (typed) => {
    const list = words(typed);
    const rest = withoutOpenings(list);
    // One word is too little to be about something: "morning love".
    const body = rest.length === list.length || rest.length < 2 ? typed : rest.join(' ');
    if (dangerWords.has(rest.join(' ')) || dangerSigns.some((sign) => typed.includes(sign))) {
      return { kind: 'danger', body };
    }
    const greets = list.length > 0 && (rest.length === 0 || isGreeting(list) || isGreeting(rest));
    return { kind: greets ? 'greeting' : undefined, body };
  };
}
