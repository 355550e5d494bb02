import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IntlMessageFormat } from 'intl-messageformat';
import { z } from 'zod';
import { ENGLISH } from '../../words/en-GB.ts';
import { FIRST_LANGUAGE, type Key, parse, speak } from './say.ts';

/** Words that cannot be used. Its message lists what to mend, a line each. */
export class WordsError extends Error {
  override readonly name = 'WordsError';
}

const WordsFile = z.strictObject({
  /** True until somebody who speaks the language has read all of it: it is not used in a live deployment. */
  draft: z.boolean(),
  words: z.record(z.string(), z.string()),
});

export type Language = {
  readonly isDraft: boolean;
  /** What has no words in it, and is said in English. */
  readonly missing: readonly Key[];
};

const FOLDER = fileURLToPath(new URL('../../words', import.meta.url));
const languages = new Map<string, Language>([[FIRST_LANGUAGE, { isDraft: false, missing: [] }]]);

/**
 * What is known of a language, from `words/<language>.json`; undefined where there is no such file.
 * @throws WordsError where the file does not fit the English words.
 */
export function languageOf(code: string): Language | undefined {
  const path = join(FOLDER, `${code}.json`);
  return languages.get(code) ?? (existsSync(path) ? learnLanguage(code, path) : undefined);
}

/**
 * Reads the words of a language and makes it known.
 * @throws WordsError where they do not fit the English words.
 */
export function learnLanguage(code: string, path: string): Language {
  const { draft, words } = read(path);
  const problems = problemsOf(code, words);
  if (problems.length > 0) throw new WordsError(problems.map((problem) => `${path}: ${problem}`).join('\n'));
  const language = { isDraft: draft, missing: KEYS.filter((key) => !Object.hasOwn(words, key)) };
  speak(code, words);
  languages.set(code, language);
  return language;
}

function read(path: string): z.infer<typeof WordsFile> {
  try {
    return WordsFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : 'this is not JSON.';
    throw new WordsError(`${path}: ${why} docs/words.md shows how it is written.`);
  }
}

export function isKey(name: string): name is Key {
  return Object.hasOwn(ENGLISH, name);
}

/** Every message there is. */
export const KEYS: readonly Key[] = Object.keys(ENGLISH).filter(isKey);

/** What keeps words from being used: each says what to mend. */
function problemsOf(language: string, words: Readonly<Record<string, string>>): string[] {
  if (Intl.DateTimeFormat.supportedLocalesOf([language]).length === 0) {
    return [`no dates and plurals are known for “${language}”. Name the file by the code of its language, such as cy.`];
  }
  return Object.entries(words).flatMap(([name, text]) => {
    if (!isKey(name)) return [`“${name}” is not said anywhere. Remove it, or mend its name.`];
    const found = placeholdersIn(text, language);
    if (found === undefined) return [`“${name}” cannot be read. Look at its braces.`];
    const given = valuesOf(name);
    const foreign = [...found].filter((one) => !given.has(one));
    return foreign.map((one) => `“${name}” has {${one}}, and the English has not. It may be misspelt.`);
  });
}

/** The names of what is filled into a message of ours. */
export function valuesOf(key: Key): ReadonlySet<string> {
  return placeholdersIn(ENGLISH[key], FIRST_LANGUAGE) ?? new Set();
}

/** The names of what is filled into a message; undefined where the text is no message. */
export function placeholdersIn(text: string, language: string): ReadonlySet<string> | undefined {
  try {
    return new Set(namesIn(parse(text, language).getAst()));
  } catch {
    return undefined;
  }
}

type Part = ReturnType<IntlMessageFormat['getAst']>[number];
/** The kinds of parts that are plain text: words, and the number of a plural. */
const PLAIN: readonly number[] = [0, 7];

function namesIn(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => {
    if (PLAIN.includes(part.type) || !('value' in part)) return [];
    const branches = 'options' in part ? Object.values(part.options).flatMap((branch) => namesIn(branch.value)) : [];
    return [part.value, ...branches];
  });
}
