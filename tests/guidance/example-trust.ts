import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OrganisationSource } from '../../src/guidance/join.ts';
import { loadGuidance } from '../../src/guidance/load.ts';
import { type ContentFile, type Parsed, parseSource } from '../../src/guidance/source.ts';
import {
  ClausesFile,
  FlowFile,
  NationalFile,
  type Organisation,
  OrganisationFile,
  PlainEnglishFile,
  SharedFile,
  SmallTalkFile,
  SynonymsFile,
} from '../../src/guidance/types.ts';

/** A tiny invented organisation that keeps every rule, as its policy owner would write it. */
const FILES: Readonly<Record<string, string>> = {
  'national/national.yaml': `facts:
  - id: NAT-999
    summary: Ring 999 if someone is in danger now.
    source: { title: An invented source, link: "https://example.org/999" }
    approval: for the policy owner to approve
contacts:
  emergency:
    role: Emergency services
    phone: "999"
    clauses: [NAT-999]
`,
  'national/small-talk.yaml': `off-topic:
  - when is payday
  - the printer is broken
  - where is the canteen
greetings:
  - hello
  - good morning
`,
  'national/synonyms.yaml': `synonyms:
  - { says: [pt], means: patient }
`,
  'national/plain-english.yaml': `longest-sentence: 12
jargon:
  - { word: utilise, instead: use }
`,
  'example-trust/organisation.yaml': `organisation: example-trust
name: Example Trust
short-name: Example
timezone: Europe/London
hours: { days: [monday, tuesday, wednesday, thursday, friday], from: "09:00", to: "17:00", bank-holidays: GB-ENG }
on-duty-role: nurse in charge
department-word: ward
departments:
  - { id: ward-1, name: Ward 1 }
  - { id: ward-2, name: Ward 2, channel: Ward 2 in charge }
roles:
  - { id: site-manager, name: site manager }
groups:
  - { id: danger, title: Danger }
  - { id: filming, title: Filming }
categories:
  filming: Filming
contacts:
  senior:
    role: Senior person in charge
    phone: "4455"
    clauses: [EX-1]
  site-desk:
    role: Site desk
    phone: "5566"
    email: site-desk@example.org
    clauses: [EX-2]
routes:
  senior-first:
    title: The nurse in charge and the channel
    if-it-cannot-wait: [senior]
    steps:
      - notify: [{ whom: on-duty }]
        wait: { immediate: 10, urgent: 30, routine: 240 }
      - notify: [{ whom: channel, name: Safeguarding referrals }]
        wait: { immediate: 5, urgent: 15, routine: 60 }
      - notify: [{ whom: ring, contact: senior }]
  by-the-hour:
    title: The nurse in charge in hours, and the site manager out of hours
    if-it-cannot-wait: [site-desk]
    steps:
      - when: in-hours
        notify:
          - { whom: on-duty }
          - { whom: department-channel }
        wait: { immediate: 6, urgent: 20, routine: 120 }
      - when: out-of-hours
        notify:
          - { whom: role, role: site-manager }
        wait: { immediate: 6, urgent: 20, routine: 120 }
      - notify:
          - { whom: email, contact: site-desk }
        wait: { immediate: 6, urgent: 20, routine: 120 }
      - notify:
          - { whom: ring, contact: site-desk }
refer-on:
  - { id: police, title: The police }
  - { id: information-governance, title: Information Governance, contact: site-desk }
`,
  'example-trust/clauses.yaml': `policy:
  title: Example policy
  approved: 2026-01-01
  review-due: 2028-01-01
  owner: Head of Safeguarding
clauses:
  - { id: EX-1, section: "1", kind: duty, summary: Tell the senior person. }
  - { id: EX-2, section: "2", kind: prohibition, summary: Do not film patients. }
  - { id: EX-3, section: "3", kind: permission, summary: You may post your lunch. }
`,
  'example-trust/shared/danger.yaml': `outcomes:
  danger-now:
    verdict: act-now
    headline: Ring 999 now
    steps:
      - { do: Ring 999., clauses: [NAT-999] }
    contacts: [emergency]
`,
  'example-trust/flows/at-risk.yaml': `flow: at-risk
title: Someone is at risk now
group: danger
danger: true
examples:
  - he has a knife
  - she is going to hurt herself
start: danger-now
`,
  'example-trust/flows/filming.yaml': `flow: filming
title: Someone is filming
group: filming
examples:
  - a visitor is filming the ward
  - somebody takes photos of patients
start: danger
questions:
  danger:
    ask: Is anyone in danger?
    short: Danger
    why: Danger comes first.
    danger: true
    options:
      - { option: yes, label: Yes, next: danger-now }
      - { option: no, label: No, next: who }
  who:
    ask: Who is filming?
    short: Who
    why: The rules differ.
    options:
      - { option: visitor, label: A visitor, next: tell-senior }
      - { option: patient, label: A patient, next: ask-first }
      - { option: unsure, label: I am not sure, next: tell-senior, unsure: true }
outcomes:
  tell-senior:
    verdict: report
    headline: Tell the senior person
    steps:
      - { do: Find the senior person., clauses: [EX-1] }
      - { do: Do not film anything yourself., clauses: [EX-2] }
    contacts: [senior]
    escalate: { route: senior-first, urgency: urgent, category: filming }
  ask-first:
    verdict: ask-first
    headline: The policy does not say
    policy-silent: The policy does not say what a patient may film.
    steps:
      - { do: Ask the senior person. }
    contacts: [senior]
`,
  'example-trust/flows/lunch.yaml': `flow: lunch
title: May I post my lunch?
group: filming
examples:
  - can I post a picture of my sandwich
  - is it fine to share my salad online
start: post-it
outcomes:
  post-it:
    verdict: yes
    headline: Yes, you may
    steps:
      - { do: Post it., clauses: [EX-3] }
`,
};

/** One change to the example: `find` in `file` becomes `put`, or the file goes, or a new one comes. */
export type Change =
  | { readonly file: string; readonly find: string; readonly put: string }
  | { readonly file: string; readonly add: string }
  | { readonly remove: string };

/** Example Trust with some changes. A change that changes nothing is a mistake in a test, and throws. */
export function exampleTrust(...changes: readonly Change[]): ContentFile[] {
  const files = new Map(Object.entries(FILES));
  for (const change of changes) {
    if ('remove' in change) {
      if (!files.delete(change.remove)) throw new Error(`There is no ${change.remove} to remove.`);
    } else if ('add' in change) {
      files.set(change.file, change.add);
    } else {
      const text = files.get(change.file) ?? '';
      if (text.split(change.find).length !== 2) throw new Error(`"${change.find}" is not once in ${change.file}.`);
      files.set(
        change.file,
        text.replace(change.find, () => change.put),
      );
    }
  }
  return [...files].map(([path, text]) => ({ path, text }));
}

/** Example Trust, with some changes, as files below a folder. */
export function writeExampleTrust(folder: string, ...changes: readonly Change[]): ContentFile[] {
  const files = exampleTrust(...changes);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return files;
}

/** The line, from 1, on which some text stands. */
export function lineIn(files: readonly ContentFile[], path: string, text: string): number {
  const lines = files.find((file) => file.path === path)?.text.split('\n') ?? [];
  const index = lines.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`"${text}" is not in ${path}.`);
  return index + 1;
}

/** Example Trust, read and found to be right. */
export function loadExampleTrust(...changes: readonly Change[]): Organisation {
  const { guidance, problems } = loadGuidance(exampleTrust(...changes));
  const organisation = guidance.get('example-trust');
  if (organisation === undefined) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return organisation;
}

/** The files of one folder as the checks read them. */
export function sourceOf(files: readonly ContentFile[], folder = 'example-trust'): OrganisationSource {
  const read = <T>(file: ContentFile, schema: Parameters<typeof parseSource>[1]): Parsed<T> => {
    const { parsed, problems } = parseSource(file, schema);
    if (parsed === undefined) throw new Error(problems.map((problem) => problem.message).join('\n'));
    return parsed as Parsed<T>;
  };
  const one = <T>(path: string, schema: Parameters<typeof parseSource>[1]): Parsed<T> =>
    read(files.find((file) => file.path === path) ?? { path, text: '' }, schema);
  const below = <T>(path: string, schema: Parameters<typeof parseSource>[1]): Parsed<T>[] =>
    files.filter((file) => file.path.startsWith(path)).map((file) => read<T>(file, schema));
  return {
    folder,
    settings: one(`${folder}/organisation.yaml`, OrganisationFile),
    clauses: one(`${folder}/clauses.yaml`, ClausesFile),
    shared: below(`${folder}/shared/`, SharedFile),
    flows: below(`${folder}/flows/`, FlowFile),
    national: one('national/national.yaml', NationalFile),
    smallTalk: one('national/small-talk.yaml', SmallTalkFile),
    plainEnglish: one('national/plain-english.yaml', PlainEnglishFile),
    synonyms: [one('national/synonyms.yaml', SynonymsFile)],
  };
}
