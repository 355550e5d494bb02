import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isCalendar } from './escalation/hours.ts';
import { loadGuidance } from './guidance/load.ts';
import { type ContentFile, describeProblem, type Problem } from './guidance/source.ts';
import type { Guidance, Organisation } from './guidance/types.ts';
import { languageOf, WordsError } from './words/languages.ts';

/** Content that breaks a rule. Its message lists every problem with file, line and mend. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.problems = problems;
  }
}

/** Each file as it was read last, by its full path. */
const lastRead = new Map<string, ContentFile>();

/** Every YAML file below a folder, with paths relative to it. One that has not changed is the same object again. */
export async function readContent(folder: string): Promise<ContentFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => {
      const now = { path: relative(folder, path).split(sep).join('/'), text: await readFile(path, 'utf8') };
      const last = lastRead.get(resolve(path));
      if (last?.path === now.path && last.text === now.text) return last;
      lastRead.set(resolve(path), now);
      return now;
    }),
  );
}

/** The guidance of every organisation below a folder, and everything that is wrong with it. */
export async function readGuidance(folder: string): Promise<{ guidance: Guidance; problems: readonly Problem[] }> {
  const { guidance, problems } = loadGuidance(await readContent(folder));
  return { guidance, problems: [...problems, ...[...guidance.values()].flatMap(problemsOfPlace)] };
}

/**
 * The guidance of every organisation below a folder.
 * @throws ContentError if any rule is broken: a server must not start on guidance that it cannot trust.
 */
export async function loadPolicies(folder: string): Promise<Guidance> {
  const { guidance, problems } = await readGuidance(folder);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new ContentError(errors);
  if (guidance.size === 0) throw new ContentError([noOrganisation]);
  return guidance;
}

/** What is wrong with an organisation's language and calendar, which guidance itself knows nothing of. */
function problemsOfPlace({ id, settings }: Organisation): Problem[] {
  const calendar = settings.hours['bank-holidays'];
  const problem = (message: string, mend: string): Problem => ({
    severity: 'error',
    file: `${id}/organisation.yaml`,
    line: 1,
    message,
    mend,
  });
  const problems: Problem[] = [];
  if (!isCalendar(calendar)) {
    const mend = 'Set bank-holidays to a country or a part of one, such as GB-ENG, GB-WLS or IE';
    problems.push(problem(`no public holidays are known for "${calendar}"`, mend));
  }
  try {
    if (languageOf(settings.language) === undefined) {
      const mend = `Add words/${settings.language}.json, as docs/words.md says, or set language to en-GB`;
      problems.push(problem(`there are no words in the language "${settings.language}"`, mend));
    }
  } catch (error) {
    if (!(error instanceof WordsError)) throw error;
    problems.push(problem(`its language cannot be used: ${error.message}`, 'Mend the words, or set language to en-GB'));
  }
  return problems;
}

/** An editor saves in several steps: wait until it has done. In milliseconds. */
const SETTLE_MS = 300;

/**
 * Reads the guidance again after each change of a file, so that an author sees it without a restart.
 * @param changed gets the new guidance, or the error that says what to mend.
 * @returns a function that stops watching.
 */
export function watchPolicies(folder: string, changed: (result: Guidance | ContentError) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    loadPolicies(folder).then(changed, (error: unknown) => {
      // A file that is half written, or gone for a moment, is read again with the next change.
      if (error instanceof ContentError) changed(error);
    });
  };
  const watcher = watch(folder, { recursive: true }, (_, name) => {
    if (name !== null && !/\.ya?ml$/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

const noOrganisation: Problem = {
  severity: 'error',
  file: '',
  line: 1,
  message: 'there is no organisation',
  mend: 'Add a folder with organisation.yaml, clauses.yaml and flows/',
};
