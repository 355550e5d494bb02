import { IntlMessageFormat } from 'intl-messageformat';
import { ENGLISH } from '../../words/en-GB.ts';

/** The language that every word is written in first, and that stands in where a translation has a gap. */
export const FIRST_LANGUAGE = 'en-GB';

/** The name of one message, such as `status.raised`. */
export type Key = keyof typeof ENGLISH;

/** What can stand in a message. It is shown as it is, and never read as a message itself. */
export type Value = string | number;

/** Whatever follows each opening brace: the name of a value, or the words of one branch of a plural or a choice. */
type AfterBraces<Text> = Text extends `${string}{${infer Rest}` ? Rest | AfterBraces<Rest> : never;
type UpToComma<Text> = Text extends `${infer Head},${string}` ? Head : Text;
type UpToBrace<Text> = Text extends `${infer Head}}${string}` ? Head : Text;
/** A name is one word in small letters at first; the words of a branch are more than that. */
type IfName<Text> = Text extends '' | `${string} ${string}` | `#${string}` | `${string}{${string}` ? never : Text;
type NamesIn<Text> = IfName<UpToComma<UpToBrace<AfterBraces<Text>>>>;
type ValuesOf<K extends Key> = { readonly [Name in NamesIn<(typeof ENGLISH)[K]>]: Value };

/** Says a message in one language. Every value that the English message names must be given. */
export type Say = {
  <K extends Key>(key: K, ...values: [NamesIn<(typeof ENGLISH)[K]>] extends [never] ? [] : [ValuesOf<K>]): string;
  /** As in `lang` of a page: `en-GB`. */
  readonly language: string;
};

/**
 * Says a message whose name is known only when a file is read. Whoever calls it has checked that the values fit.
 */
export function sayNamed(say: Say, key: Key, values: Readonly<Record<string, Value>>): string {
  const loose: (key: Key, values: Readonly<Record<string, Value>>) => string = say as never;
  return loose(key, values);
}

type Compiled = { says(values: Readonly<Record<string, Value>>): string };
export type Translation = Readonly<Partial<Record<Key, string>>>;

const translations = new Map<string, Translation>();
const speakers = new Map<string, Say>();

/** Makes a language known, or replaces what was known of it. */
export function speak(language: string, translation: Translation): void {
  translations.set(language, translation);
  speakers.delete(language);
}

/** Says what is to be said to an organisation's people, in the language that it has set. */
export function sayFor({ settings }: { readonly settings: { readonly language: string } }): Say {
  return sayIn(settings.language);
}

/** Says what is to be said to people of several organisations: in the language that all share, or else in English. */
export function sayForAll(organisations: readonly { readonly settings: { readonly language: string } }[]): Say {
  const languages = new Set(organisations.map(({ settings }) => settings.language));
  const [language = FIRST_LANGUAGE] = languages;
  return sayIn(languages.size === 1 ? language : FIRST_LANGUAGE);
}

/** "A, B and C", as a language lists them. */
export function sayAll(say: Say, items: readonly string[]): string {
  return new Intl.ListFormat(say.language, { type: 'conjunction' }).format(items);
}

/** "A, B or C", as a language lists what can be chosen from. */
export function sayEither(say: Say, items: readonly string[]): string {
  return new Intl.ListFormat(say.language, { type: 'disjunction' }).format(items);
}

/** Says what is to be said in a language; in English where that has no word for it, or is not known at all. */
export function sayIn(language: string): Say {
  const known = speakers.get(language);
  if (known !== undefined) return known;
  const say = speakerOf(language);
  speakers.set(language, say);
  return say;
}

function speakerOf(language: string): Say {
  const translation = translations.get(language);
  const compiled = new Map<Key, Compiled>();
  const say = (key: Key, values: Readonly<Record<string, Value>> = {}): string => {
    const translated = translation?.[key];
    const message =
      compiled.get(key) ??
      (translated === undefined ? compile(ENGLISH[key], FIRST_LANGUAGE) : compile(translated, language));
    compiled.set(key, message);
    return message.says(values);
  };
  return Object.assign(say, { language: translation === undefined ? FIRST_LANGUAGE : language });
}

/** Tags are not read: a message is plain text, and so is what stands in it. */
function compile(text: string, language: string): Compiled {
  const message = parse(text, language);
  return { says: (values) => String(message.format(values)) };
}

/** @throws SyntaxError where the text is no message. */
export function parse(text: string, language: string): IntlMessageFormat {
  return new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
}
