import { createHash } from 'node:crypto';
import { check } from './check.ts';
import { citationsOf, contactsOf, joinNodes, type OrganisationSource } from './join.ts';
import { type ContentFile, type Parsed, type Problem, parseSource } from './source.ts';
import {
  type Approval,
  type Citation,
  ClausesFile,
  type Contact,
  type Flow,
  FlowFile,
  type Guidance,
  NationalFile,
  type Organisation,
  OrganisationFile,
  PlainEnglishFile,
  SharedFile,
  SignOffFile,
  SmallTalkFile,
  SynonymsFile,
} from './types.ts';

export type Loaded = { readonly guidance: Guidance; readonly problems: readonly Problem[] };

const NATIONAL = 'national';
export const SIGN_OFF = 'sign-off.yaml';

/**
 * Reads every organisation from the files below `policies/`, and checks them.
 * The guidance holds only organisations without errors; problems say what is wrong with the others.
 */
export function loadGuidance(files: readonly ContentFile[]): Loaded {
  const problems: Problem[] = [];
  const keep = <T>(result: { parsed?: Parsed<T>; problems: readonly Problem[] }): Parsed<T> | undefined => {
    problems.push(...result.problems);
    return result.parsed;
  };
  const one = <S extends Parameters<typeof parseSource>[1]>(path: string, schema: S) => {
    const file = files.find((candidate) => candidate.path === path);
    if (file !== undefined) return keep(parseSource(file, schema));
    problems.push({
      severity: 'error',
      file: path,
      line: 1,
      message: 'this file is missing',
      mend: 'Add it, after the example of another organisation',
    });
    return undefined;
  };

  const national = one(`${NATIONAL}/national.yaml`, NationalFile);
  const smallTalk = one(`${NATIONAL}/small-talk.yaml`, SmallTalkFile);
  const plainEnglish = one(`${NATIONAL}/plain-english.yaml`, PlainEnglishFile);
  const nationalSynonyms = one(`${NATIONAL}/synonyms.yaml`, SynonymsFile);
  const guidance = new Map<string, Organisation>();
  problems.push(...strayFiles(files));
  for (const folder of organisationFolders(files)) {
    const settings = one(`${folder}/organisation.yaml`, OrganisationFile);
    const clauses = one(`${folder}/clauses.yaml`, ClausesFile);
    const sharedFiles = below(files, `${folder}/shared/`);
    const flowFiles = below(files, `${folder}/flows/`);
    const shared = sharedFiles.flatMap((file) => keep(parseSource(file, SharedFile)) ?? []);
    const flows = flowFiles.flatMap((file) => keep(parseSource(file, FlowFile)) ?? []);
    const signOffFile = files.find((file) => file.path === `${folder}/${SIGN_OFF}`);
    const signOff = signOffFile === undefined ? undefined : keep(parseSource(signOffFile, SignOffFile));
    const ownFile = files.find((file) => file.path === `${folder}/synonyms.yaml`);
    const ownSynonyms = ownFile === undefined ? undefined : keep(parseSource(ownFile, SynonymsFile));
    if (ownFile !== undefined && ownSynonyms === undefined) continue;
    if (!national || !smallTalk || !plainEnglish || !nationalSynonyms || !settings || !clauses) continue;
    if (signOffFile !== undefined && signOff === undefined) continue;
    if (shared.length < sharedFiles.length || flows.length < flowFiles.length) continue;
    const source = {
      folder,
      settings,
      clauses,
      shared,
      flows,
      national,
      smallTalk,
      plainEnglish,
      synonyms: ownSynonyms === undefined ? [nationalSynonyms] : [nationalSynonyms, ownSynonyms],
    };
    const found = check(source);
    problems.push(...found);
    if (found.every((problem) => problem.severity !== 'error')) {
      guidance.set(folder, joinSource(source, contentHash(folder, files), signOff?.value.approvals ?? []));
    }
  }
  return { guidance, problems };
}

const FILES_READ =
  /^[^/]+\/(organisation|clauses|sign-off|national|small-talk|plain-english|synonyms|(flows|shared)\/.+)\.yaml$/;

/** Files that look like content and that nothing reads. */
function strayFiles(files: readonly ContentFile[]): Problem[] {
  return files
    .filter(({ path }) => !FILES_READ.test(path))
    .map(({ path }) => ({
      severity: 'error',
      file: path,
      line: 1,
      message: 'nothing reads this file',
      mend: 'Move it to flows/ or shared/, name it .yaml, or remove it',
    }));
}

function organisationFolders(files: readonly ContentFile[]): string[] {
  const folders = new Set(files.map((file) => file.path.split('/')[0] ?? ''));
  folders.delete(NATIONAL);
  return [...folders].sort();
}

function below(files: readonly ContentFile[], folder: string): ContentFile[] {
  return files
    .filter((file) => file.path.startsWith(folder) && FILES_READ.test(file.path))
    .sort((a, b) => a.path.localeCompare(b.path));
}

/**
 * Names the content of an organisation by every character of its files and of the national ones, without its
 * approvals.
 */
function contentHash(folder: string, files: readonly ContentFile[]): string {
  const hash = createHash('sha256');
  const own = files.filter(
    ({ path }) =>
      (path.startsWith(`${folder}/`) && path !== `${folder}/${SIGN_OFF}`) || path.startsWith(`${NATIONAL}/`),
  );
  for (const file of own.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(JSON.stringify([file.path, file.text]));
  }
  return hash.digest('hex').slice(0, 16);
}

function joinSource(source: OrganisationSource, content: string, approvals: readonly Approval[]): Organisation {
  const citations = citationsOf(source);
  const contacts = contactsOf(source);
  const flows = source.flows.map((flow) => joinFlow(flow.value, source, citations, contacts));
  return {
    id: source.settings.value.organisation,
    settings: source.settings.value,
    policy: source.clauses.value.policy,
    clauses: source.clauses.value.clauses,
    citations,
    contacts,
    flows: new Map(flows.map((flow) => [flow.flow, flow])),
    smallTalk: source.smallTalk.value,
    synonyms: source.synonyms.flatMap((file) => file.value.synonyms),
    content,
    approval: approvals.findLast((approval) => approval.content === content),
  };
}

function joinFlow(
  flow: FlowFile,
  source: OrganisationSource,
  citations: ReadonlyMap<string, Citation>,
  contacts: ReadonlyMap<string, Contact>,
): Flow {
  const nodes = joinNodes(flow, source.shared);
  const outcomes = Object.values(nodes.outcomes);
  const cited = outcomes.flatMap((outcome) => outcome.steps.flatMap((step) => step.clauses));
  const named = outcomes.flatMap((outcome) => outcome.contacts);
  const shown = {
    title: flow.title,
    start: flow.start,
    ...nodes,
    cited: [...new Set(cited)].sort().map((id) => citations.get(id)),
    named: [...new Set(named)].sort().map((id) => contacts.get(id)),
  };
  const edition = createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 12);
  return { ...flow, ...nodes, edition };
}
