import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';

/** One file of content: its path below `policies/`, with forward slashes, and its text. */
export type ContentFile = { readonly path: string; readonly text: string };

/** Something that is wrong with the content, where it stands, and how to mend it. */
export type Problem = {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly mend: string;
};

export type Path = readonly (string | number)[];

/** A file whose shape is right, with the means to point at a line of it. */
export type Parsed<T> = {
  readonly path: string;
  readonly value: T;
  problem(at: Path, message: string, mend: string, severity?: Problem['severity']): Problem;
};

/** "policies/a/b.yaml:12: what is wrong. What to do." */
export function describeProblem(problem: Problem): string {
  return `policies/${problem.file}:${problem.line}: ${problem.message}. ${problem.mend}.`;
}

type Read<T> = { readonly parsed?: Parsed<T>; readonly problems: readonly Problem[] };

/** What each file came to. Whoever changes one file of many waits for that one alone to be read again. */
const alreadyRead = new WeakMap<ContentFile, Map<z.ZodType, Read<unknown>>>();

/**
 * Reads one YAML file against its schema.
 * @returns the value with a locator, or the problems that stand in its way.
 */
export function parseSource<S extends z.ZodType>(file: ContentFile, schema: S): Read<z.output<S>> {
  const bySchema = alreadyRead.get(file) ?? new Map<z.ZodType, Read<unknown>>();
  alreadyRead.set(file, bySchema);
  const read = bySchema.get(schema) ?? readSource(file, schema);
  bySchema.set(schema, read);
  // A schema's own result is all that is kept under it.
  return read as Read<z.output<S>>;
}

function readSource<S extends z.ZodType>(file: ContentFile, schema: S): Read<z.output<S>> {
  const source = parseYaml(file);
  const { document, counter } = source;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      severity: 'error' as const,
      file: file.path,
      line: error.linePos?.[0].line ?? 1,
      message: `this is not valid YAML: ${error.message.split('\n')[0]?.replace(/ at line.*$/, '')}`,
      mend: 'Check the indentation, the quotes and the colons on this line and the one above',
    }));
    return { problems };
  }
  const alias = findAlias(document);
  if (alias !== undefined) {
    const line = counter.linePos(alias).line;
    const message = 'words that begin with * or & mean something else in YAML';
    return { problems: [{ severity: 'error', file: file.path, line, message, mend: 'Put the words in quotes' }] };
  }
  const result = schema.safeParse(document.toJS());
  if (!result.success) {
    const problems = result.error.issues.map((issue) => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      const path = [...issue.path, ...unknown].map((part) => (typeof part === 'symbol' ? String(part) : part));
      return problemIn(
        file,
        source,
        path,
        `${path.join(' > ') || 'the file'}: ${issue.message}`,
        'Compare it with docs/writing-guidance.md',
      );
    });
    return { problems };
  }
  return { parsed: { path: file.path, value: result.data, problem: locatorIn(file) }, problems: [] };
}

/** Lines are asked for where something is wrong. The tree that knows them is large, so it is made again for that. */
function locatorIn(file: ContentFile): Parsed<unknown>['problem'] {
  let source: Source | undefined;
  return (at, message, mend, severity) => {
    source ??= parseYaml(file);
    return problemIn(file, source, at, message, mend, severity);
  };
}

/** The tree of a file, and the means to tell the lines of it. */
type Source = { readonly document: Document.Parsed; readonly counter: LineCounter };

function parseYaml({ text }: ContentFile): Source {
  const counter = new LineCounter();
  return { document: parseDocument(text, { lineCounter: counter }), counter };
}

function problemIn(
  file: ContentFile,
  { document, counter }: Source,
  at: Path,
  message: string,
  mend: string,
  severity: Problem['severity'] = 'error',
): Problem {
  return { severity, file: file.path, line: lineOf(document.contents, at, counter), message, mend };
}

/** Where the first alias stands: content has no use for them, and one that names nothing cannot be read. */
function findAlias(document: Document.Parsed): number | undefined {
  let found: number | undefined;
  visit(document, {
    Alias(_, node) {
      found ??= node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}

/** The line of the deepest part of `at` that exists in the file. */
function lineOf(root: Node | null, at: Path, counter: LineCounter): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of at) {
    const next = child(node, part);
    if (next === undefined) break;
    offset = next.offset;
    node = next.node;
  }
  return counter.linePos(offset).line || 1;
}

function child(node: unknown, part: string | number): { node: unknown; offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
    if (pair === undefined) return undefined;
    return { node: pair.value, offset: isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0 };
  }
  if (isCollection(node) && typeof part === 'number') {
    const item = node.items[part];
    if (item === undefined || isPair(item)) return undefined;
    return { node: item, offset: rangeStart(item) };
  }
  return undefined;
}

function rangeStart(node: unknown): number {
  return isScalar(node) || isCollection(node) ? (node.range?.[0] ?? 0) : 0;
}
