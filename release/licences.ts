import type { Component } from './components.ts';

/** Licences that let a Trust run, change and pass on what they cover, with no more than a notice. */
const PERMISSIVE: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

/** Packages that do not say it where npm looks, as somebody has read it in their files. */
const READ_IN_THEIR_FILES: Readonly<Record<string, string>> = {
  'escape-regexp-component@1.0.2': 'MIT',
  'jspath@0.4.0': 'MIT',
};

export type Licence = {
  /** Name and version. */
  readonly of: string;
  /** An SPDX expression, or "unknown". */
  readonly licence: string;
  readonly permissive: boolean;
};

/** What each component may be used under, by name. */
export function licencesOf(components: readonly Component[]): readonly Licence[] {
  return components
    .map((component) => {
      const of = `${component.name}@${component.version}`;
      const licence = expressionOf(component) ?? READ_IN_THEIR_FILES[of];
      return { of, licence: licence ?? 'unknown', permissive: licence !== undefined && isPermissive(licence) };
    })
    .sort((a, b) => (a.of < b.of ? -1 : 1));
}

function expressionOf({ licenses = [] }: Component): string | undefined {
  const all = licenses.map((one) =>
    'expression' in one ? one.expression : (one.license.id ?? one.license.name ?? ''),
  );
  // Several that npm lists are several that hold.
  return all.length === 0 ? undefined : all.map((one) => (all.length > 1 ? `(${one})` : one)).join(' AND ');
}

/** Whether an SPDX expression leaves a choice in which all that holds is permissive. What it cannot read is not. */
export function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let holds = both();
    while (tokens[at] === 'OR') {
      at += 1;
      holds = both() || holds;
    }
    return holds;
  };
  const both = (): boolean => {
    let holds = one();
    while (tokens[at] === 'AND') {
      at += 1;
      holds = one() && holds;
    }
    return holds;
  };
  const one = (): boolean => {
    const token = tokens[at] ?? '';
    at += 1;
    if (token !== '(') return PERMISSIVE.includes(token);
    const holds = either();
    if (tokens[at] !== ')') return false;
    at += 1;
    return holds;
  };
  return either() && at === tokens.length;
}
