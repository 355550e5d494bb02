import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { reviewWarning } from '../../src/cli/check.ts';
import { schemaFiles } from '../../src/cli/schema.ts';
import type { Coverage, PathRecord } from '../../src/guidance/coverage.ts';
import { loadGuidance } from '../../src/guidance/load.ts';
import { paths } from '../../src/guidance/paths.ts';
import type { Guidance, Organisation, Policy } from '../../src/guidance/types.ts';
import { walk } from '../../src/guidance/walk.ts';
import { loadPolicies, readContent } from '../../src/policies.ts';
import { type Change, exampleTrust, lineIn, writeExampleTrust } from '../guidance/example-trust.ts';
import { type Run, signpost as run } from '../support/cli.ts';

/** The real command line, on the real policies and on copies of them in a folder of the test's own. */

const LUNCH = 'example-trust/flows/lunch.yaml';
const FILMING = 'example-trust/flows/filming.yaml';

const signpost = (...given: readonly string[]): Promise<Run> => run(given);

let guidance: Guidance;
beforeAll(async () => {
  guidance = await loadPolicies('policies');
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Example Trust as files in the test's own folder. */
const write = (...changes: readonly Change[]) => writeExampleTrust(folder, ...changes);

describe('signpost check', () => {
  test('finds nothing wrong with the policies that are there, and counts them', async () => {
    const { code, output, errors } = await signpost('check');
    expect(errors).not.toContain('error:');
    expect(code).toBe(0);
    for (const { id, flows } of guidance.values()) {
      const ways = [...flows.values()].flatMap((flow) => paths(flow)).length;
      expect(output).toContain(`${id}: ${flows.size} flows, ${ways} paths, no error.`);
    }
  });

  test('fails on a broken copy, and names file, line and mend', async () => {
    const files = write({ file: LUNCH, find: '[EX-3]', put: '[EX-3, EX-33]' });
    const { code, output, errors } = await signpost('check', '--policies', folder);
    expect(code).toBe(1);
    const line = lineIn(files, LUNCH, 'EX-33');
    expect(errors).toBe(
      `error: policies/${LUNCH}:${line}: there is no clause or national fact "EX-33". Correct the id, or add the clause to clauses.yaml.\n`,
    );
    expect(output).not.toContain('example-trust');
  });

  const policy: Policy = { title: 'A policy', owner: 'Its owner', 'review-due': '2028-01-28' };
  const warned = (today: string, of: Policy = policy) => reviewWarning({ id: 'example-trust', policy: of }, today);

  test('says nothing of a review that is more than 90 days away, or of which the policy states no date', () => {
    expect(warned('2027-10-29')).toBeUndefined();
    expect(warned('2030-01-01', { title: 'A policy', owner: 'Its owner' })).toBeUndefined();
  });

  test('warns from 90 days before the review, and once it is overdue', () => {
    expect(warned('2027-10-30')).toContain('is due for review on 2028-01-28');
    expect(warned('2028-01-27')).toContain('is due for review on 2028-01-28');
    expect(warned('2028-01-28')).toContain('was due for review on 2028-01-28');
  });
});

describe('signpost coverage', () => {
  test('as JSON names outcomes for clauses and clauses for outcomes, and both agree', async () => {
    const { code, output } = await signpost('coverage', '--json');
    expect(code).toBe(0);
    const all: Coverage[] = JSON.parse(output);
    expect(all.map(({ organisation }) => organisation)).toEqual([...guidance.keys()]);
    for (const { organisation, clauses, outcomes } of all) {
      const known = guidance.get(organisation);
      expect(clauses.map(({ id, kind }) => ({ id, kind }))).toEqual(
        known?.clauses.map(({ id, kind }) => ({ id, kind })),
      );
      const byClause = clauses.flatMap(({ id, outcomes: resting }) => resting.map((outcome) => `${outcome} ${id}`));
      const byOutcome = outcomes.flatMap(({ outcome, clauses: cited }) => cited.map((id) => `${outcome} ${id}`));
      expect(byClause.sort()).toEqual(byOutcome.filter((line) => !line.includes(' NAT-')).sort());
      expect(byClause.length).toBeGreaterThan(0);
    }
  });

  test('in words says how many operative clauses are answered', async () => {
    write();
    const { output } = await signpost('coverage', '--policies', folder);
    expect(output).toContain('example-trust: 3 of 3 operative clauses are answered.');
    expect(output).toContain('EX-3 (permission)\n  lunch/post-it\n');
    expect(output).toContain('filming/tell-senior: EX-1 EX-2\n');
  });

  test('of an organisation that there is not says which there are', async () => {
    write();
    const { code, errors } = await signpost('coverage', '--policies', folder, '--organisation', 'other-trust');
    expect(code).toBe(1);
    expect(errors).toBe('There is no organisation "other-trust". There are: example-trust.\n');
  });
});

describe('signpost paths', () => {
  test('as JSON has each way through each flow, and where it leads when it is walked', async () => {
    const { code, output } = await signpost('paths', '--json');
    expect(code).toBe(0);
    const records: PathRecord[] = JSON.parse(output);
    const ways = [...guidance.values()].flatMap(({ flows }) => [...flows.values()].flatMap((flow) => paths(flow)));
    expect(records.length).toBe(ways.length);
    for (const record of records) {
      const flow = guidance.get(record.organisation)?.flows.get(record.flow);
      if (flow === undefined) throw new Error(`There is no flow ${record.organisation} ${record.flow}.`);
      const position = walk(flow, record.responses);
      if (position.at !== 'outcome') throw new Error(`${record.flow} ends in no outcome.`);
      const { verdict, steps, escalate } = position.outcome;
      expect(record).toEqual({
        organisation: record.organisation,
        flow: record.flow,
        responses: Object.fromEntries(position.answers.map(({ id, option }) => [id, option.option])),
        outcome: position.id,
        verdict,
        clauses: [...new Set(steps.flatMap(({ clauses }) => clauses))],
        ...(escalate === undefined ? {} : { route: escalate.route, urgency: escalate.urgency }),
      });
    }
  });

  test('is the list that is committed beside the content of each organisation', async () => {
    const { output } = await signpost('paths');
    let rest = output;
    for (const id of guidance.keys()) {
      const file = `policies/${id}/paths.txt`;
      const committed = readFileSync(file, 'utf8');
      if (!rest.startsWith(committed)) {
        throw new Error(
          `${file} is not what the guidance comes to now. Run "npm run signpost -- paths --write", and read the diff: each line that changed is a way through a flow that changed.`,
        );
      }
      rest = rest.slice(committed.length);
    }
    expect(rest).toBe('');
  });

  test('writes that list for each organisation, and asks to have it read', async () => {
    write();
    const { output } = await signpost('paths', '--write', '--policies', folder);
    expect(output).toContain('Read its diff before you commit it.');
    const list = readFileSync(join(folder, 'example-trust', 'paths.txt'), 'utf8');
    expect(list).toBe((await signpost('paths', '--policies', folder)).output);
    expect(list.split('\n').length).toBe(7);
  });

  test('of content with a fault says what to mend, and lists nothing', async () => {
    write({ file: LUNCH, find: '[EX-3]', put: '[EX-3, EX-33]' });
    const { code, output, errors } = await signpost('paths', '--policies', folder);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toContain('there is no clause or national fact "EX-33"');
  });
});

describe('signpost diagram', () => {
  test('draws a flow as SVG, with a box for each question and outcome', async () => {
    const [organisation] = [...guidance.values()];
    if (organisation === undefined) throw new Error('There is no organisation.');
    const [flow] = [...organisation.flows.values()].filter(({ questions }) => Object.keys(questions).length > 1);
    if (flow === undefined) throw new Error('No flow asks anything.');
    const { code, output } = await signpost('diagram', flow.flow, '--organisation', organisation.id);
    expect(code).toBe(0);
    expect(output).toMatch(/<svg [\s\S]*<\/svg>\s*$/);
    for (const id of [...Object.keys(flow.questions), ...Object.keys(flow.outcomes)]) {
      expect(output).toContain(`<title>${id.replaceAll('-', '&#45;')}</title>`);
    }
  });

  test('of a flow that there is not says how to find one', async () => {
    const { code, output, errors } = await signpost('diagram', 'no-such-flow');
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toBe('There is no flow "no-such-flow". signpost paths lists them all.\n');
  });

  test('of a flow that several organisations have asks whose is meant', async () => {
    write();
    for (const { path, text } of exampleTrust().filter((file) => file.path.startsWith('example-trust/'))) {
      const other = join(folder, path.replace('example-trust', 'other-trust'));
      mkdirSync(dirname(other), { recursive: true });
      writeFileSync(other, text.replace('organisation: example-trust', 'organisation: other-trust'));
    }
    const { code, output, errors } = await signpost('diagram', 'lunch', '--policies', folder);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toBe(
      'Several organisations have a flow "lunch". Add --organisation example-trust or other-trust.\n',
    );
    const one = await signpost('diagram', 'lunch', '--policies', folder, '--organisation', 'other-trust');
    expect(one).toMatchObject({ code: 0, errors: '' });
  });
});

describe('the document that signpost sign-off writes', () => {
  let out: string;
  let documents: Map<Organisation, string>;
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'signpost-sign-off-'));
    const { code, errors } = await signpost('sign-off', '--out', out);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    documents = new Map(
      [...guidance.values()].map((one) => [one, readFileSync(join(out, `sign-off-${one.id}.html`), 'utf8')]),
    );
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test('holds every flow with its diagram, and every outcome’s headline and steps', () => {
    for (const [organisation, html] of documents) {
      for (const flow of organisation.flows.values()) {
        const section = between(html, `<section class="flow" id="${flow.flow}">`, '</section>');
        expect(section).toContain(`<h2>${escaped(flow.title)}</h2>`);
        expect(section).toMatch(/<svg [\s\S]*<\/svg>/);
        for (const [id, outcome] of Object.entries(flow.outcomes)) {
          expect(section).toContain(escaped(outcome.headline));
          // An answer that several flows share is printed once, and each of them leads to it.
          const isShared = section.includes(`href="#shared-${id}"`);
          const said = isShared ? between(html, `<div id="shared-${id}">`, '</article>') : section;
          for (const step of outcome.steps) expect(said).toContain(escaped(step.do));
        }
      }
    }
  });

  test('has no link within itself that leads nowhere', () => {
    for (const html of documents.values()) {
      const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
      const links = [...html.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
      expect(links.length).toBeGreaterThan(0);
      expect(links.filter((link) => !ids.has(link))).toEqual([]);
    }
  });

  test('holds coverage both ways round: every clause, and every answer', () => {
    for (const [organisation, html] of documents) {
      const byClause = html.slice(html.indexOf('Every clause, and the answers that rest on it'));
      for (const { id, summary } of organisation.clauses) {
        expect(byClause).toContain(`<th scope="row">${id}</th>`);
        expect(byClause).toContain(escaped(summary));
      }
      const byAnswer = html.slice(html.indexOf('Every answer, and its clauses'));
      for (const flow of organisation.flows.values()) {
        for (const id of Object.keys(flow.outcomes)) expect(byAnswer).toContain(`<td>${flow.flow}/${id}</td>`);
      }
    }
  });

  test('names the content, says that it is a draft, and how to approve it', () => {
    for (const [organisation, html] of documents) {
      expect(html).toContain(organisation.content);
      expect(html.includes('Draft: not yet approved')).toBe(organisation.approval === undefined);
      expect(html).toContain(`npm run signpost -- approve --organisation ${organisation.id} --role`);
    }
  });

  test('has no script in it and loads nothing', () => {
    for (const html of documents.values()) {
      expect(html).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
      expect(html).not.toMatch(/<script|javascript:|\son[a-z]+="|<link|<img|<iframe/i);
    }
  });

  test('holds what the content says as text, whatever it looks like', async () => {
    const nasty = '<i>x</i> & "y"';
    const put = JSON.stringify(nasty);
    write(
      { file: 'example-trust/organisation.yaml', find: 'name: Example Trust', put: `name: ${put}` },
      { file: 'example-trust/organisation.yaml', find: 'role: Senior person in charge', put: `role: ${put}` },
      { file: 'example-trust/clauses.yaml', find: 'title: Example policy', put: `title: ${put}` },
      { file: 'example-trust/clauses.yaml', find: 'owner: Head of Safeguarding', put: `owner: ${put}` },
      { file: 'example-trust/clauses.yaml', find: 'summary: Do not film patients.', put: `summary: ${put}` },
      { file: FILMING, find: 'title: Someone is filming', put: `title: ${put}` },
      { file: FILMING, find: 'ask: Who is filming?', put: `ask: ${put}` },
      { file: FILMING, find: 'label: A patient', put: `label: ${put}` },
      { file: FILMING, find: 'headline: Tell the senior person', put: `headline: ${put}` },
      { file: FILMING, find: 'do: Find the senior person.', put: `do: ${put}` },
      {
        file: FILMING,
        find: 'policy-silent: The policy does not say what a patient may film.',
        put: `policy-silent: ${put}`,
      },
    );
    expect(await signpost('sign-off', '--policies', folder, '--out', folder)).toMatchObject({ code: 0, errors: '' });
    const html = readFileSync(join(folder, 'sign-off-example-trust.html'), 'utf8');
    expect(html).not.toContain('<i>');
    expect(html.split(escaped(nasty)).length).toBeGreaterThan(10);
  });
});

describe('signpost approve', () => {
  test('records an approval that holds until one character changes, in this organisation or in the national files', async () => {
    cpSync('policies', folder, { recursive: true });
    const [id = '', other = ''] = [...guidance.keys()];
    const before = (await loadPolicies(folder)).get(other)?.approval;
    const done = await signpost(
      'approve',
      '--policies',
      folder,
      '--organisation',
      id,
      '--role',
      'Head of Safeguarding',
    );
    expect(done).toMatchObject({ code: 0, errors: '' });
    const files = await readContent(folder);
    const approved = loadGuidance(files).guidance;
    expect(approved.get(id)?.approval).toEqual({
      role: 'Head of Safeguarding',
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      content: approved.get(id)?.content,
    });
    // The other organisation's approval is its own.
    expect(approved.get(other)?.approval).toEqual(before);

    const own = files.filter(({ path }) => path.startsWith(`${id}/`) || path.startsWith('national/'));
    expect(own.length).toBeGreaterThan(5);
    for (const changed of own.filter(({ path }) => path !== `${id}/sign-off.yaml`)) {
      const after = own.map((file) => (file === changed ? { ...file, text: `${file.text}\n` } : file));
      const organisation = loadGuidance(after).guidance.get(id);
      expect({ file: changed.path, isThere: organisation !== undefined, approval: organisation?.approval }).toEqual({
        file: changed.path,
        isThere: true,
        approval: undefined,
      });
    }
    const elsewhere = files.map((file) =>
      file.path === `${other}/clauses.yaml` ? { ...file, text: `${file.text}\n` } : file,
    );
    expect(loadGuidance(elsewhere).guidance.get(id)?.approval).toBeDefined();
  });

  test('keeps the earlier approvals, and shows the newest that holds', async () => {
    write();
    for (const role of ['Deputy', 'Head of Safeguarding']) {
      await signpost('approve', '--policies', folder, '--organisation', 'example-trust', '--role', role);
    }
    expect((await loadPolicies(folder)).get('example-trust')?.approval?.role).toBe('Head of Safeguarding');
    const kept = parse(readFileSync(join(folder, 'example-trust', 'sign-off.yaml'), 'utf8'));
    expect(kept.approvals.map((approval: { role: string }) => approval.role)).toEqual([
      'Deputy',
      'Head of Safeguarding',
    ]);
  });

  test('asks for the organisation and for the role', async () => {
    write();
    const nobody = await signpost('approve', '--policies', folder, '--organisation', 'example-trust');
    expect(nobody.code).toBe(1);
    expect(nobody.errors).toContain('--role <role>');
    const nowhere = await signpost('approve', '--policies', folder, '--role', 'Head of Safeguarding');
    expect(nowhere.code).toBe(1);
    expect(nowhere.errors).toContain('--organisation <id>');
  });
});

describe('signpost schema', () => {
  test('writes the schemas that are committed in policies/schema', async () => {
    expect(await signpost('schema', '--policies', folder)).toMatchObject({ code: 0, errors: '' });
    const read = (at: string) =>
      new Map(
        readdirSync(join(at, 'schema'))
          .sort()
          .map((name) => [name, readFileSync(join(at, 'schema', name), 'utf8')]),
      );
    expect(read(folder)).toEqual(new Map([...schemaFiles()].sort(([a], [b]) => (a < b ? -1 : 1))));
    const written = read(folder);
    const stale = [...written].filter(([name, text]) => read('policies').get(name) !== text).map(([name]) => name);
    if (stale.length > 0 || read('policies').size !== written.size) {
      throw new Error(`policies/schema is out of date (${stale.join(', ')}). Run "npm run signpost -- schema".`);
    }
  });

  const ajv = new Ajv2020.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validators = new Map(
    [...schemaFiles()].map(([name, text]) => [name.replace('.schema.json', ''), ajv.compile(JSON.parse(text))]),
  );
  /** "flow" for a/flows/b.yaml, "shared" for a/shared/b.yaml, and the file's own name for the others. */
  const schemaOf = (path: string): string => {
    if (path.includes('/flows/')) return 'flow';
    if (path.includes('/shared/')) return 'shared';
    return path.replace(/^.*\//, '').replace('.yaml', '');
  };

  test('is a schema that every file of the real content keeps', async () => {
    const files = (await readContent('policies')).filter(({ path }) => !path.endsWith('/sign-off.yaml'));
    expect(new Set(files.map(({ path }) => schemaOf(path)))).toEqual(new Set(validators.keys()));
    expect(
      files.flatMap(({ path, text }) => {
        const validate = validators.get(schemaOf(path));
        if (validate?.(parse(text))) return [];
        return [`${path}: ${JSON.stringify(validate?.errors?.slice(0, 2) ?? 'there is no schema')}`];
      }),
    ).toEqual([]);
  });

  test.each<{ wrong: string; change: Change & { file: string } }>([
    { wrong: 'a key that there is not', change: { file: LUNCH, find: 'verdict: yes', put: 'verdict: yes\n    x: y' } },
    { wrong: 'a verdict that there is not', change: { file: LUNCH, find: 'verdict: yes', put: 'verdict: maybe' } },
    { wrong: 'a missing title', change: { file: LUNCH, find: 'title: May I post my lunch?\n', put: '' } },
    { wrong: 'an id in capitals', change: { file: FILMING, find: 'next: ask-first', put: 'next: Ask_First' } },
  ])('shows an author $wrong', ({ change }) => {
    const text = exampleTrust(change).find(({ path }) => path === change.file)?.text ?? '';
    expect(validators.get('flow')?.(parse(text))).toBe(false);
    const before = exampleTrust().find(({ path }) => path === change.file)?.text ?? '';
    expect(validators.get('flow')?.(parse(before))).toBe(true);
  });
});

/** The text from a mark to the next end after it. */
function between(text: string, mark: string, end: string): string {
  const start = text.indexOf(mark);
  if (start < 0) throw new Error(`There is no ${mark} here.`);
  return text.slice(start, text.indexOf(end, start));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
