import { describe, expect, test } from '@jest/globals';
import { loadGuidance } from '../../src/guidance/load.ts';
import { type Change, exampleTrust, lineIn, loadExampleTrust } from './example-trust.ts';

const ORGANISATION = 'example-trust/organisation.yaml';
const CLAUSES = 'example-trust/clauses.yaml';
const DANGER = 'example-trust/shared/danger.yaml';
const FILMING = 'example-trust/flows/filming.yaml';
const LUNCH = 'example-trust/flows/lunch.yaml';
const NATIONAL = 'national/national.yaml';
const PLAIN = 'national/plain-english.yaml';
const SYNONYMS = 'national/synonyms.yaml';

describe('a file that cannot be read', () => {
  test('is named with the line where its YAML breaks, and its organisation is left out', () => {
    const files = exampleTrust({ file: LUNCH, find: 'title: May I post', put: 'title: "May I post' });
    const { guidance, problems } = loadGuidance(files);
    expect(guidance.size).toBe(0);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem).toMatchObject({ severity: 'error', file: LUNCH });
      expect(problem.message).toMatch(/^this is not valid YAML: ./);
      expect(problem.mend).toContain('Check the indentation');
    }
  });

  test('is named with the line where a tab, a doubled key or a lost colon stands', () => {
    const broken: readonly Change[] = [
      { file: LUNCH, find: 'group: filming', put: 'group: filming\ngroup: danger # here' },
      { file: LUNCH, find: '    verdict: yes', put: '\t\tverdict: yes # here' },
      { file: LUNCH, find: 'group: filming', put: 'group: filming: here' },
    ];
    for (const change of broken) {
      const files = exampleTrust(change);
      const [first] = loadGuidance(files).problems;
      expect(first).toMatchObject({ file: LUNCH, line: lineIn(files, LUNCH, 'here') });
      expect(first?.message).toMatch(/^this is not valid YAML: ./);
    }
  });

  test.each<{ wrong: string; change: Change & { file: string }; at: string; says: string }>([
    {
      wrong: 'a verdict that there is not',
      change: { file: LUNCH, find: 'verdict: yes', put: 'verdict: maybe' },
      at: 'verdict: maybe',
      says: 'outcomes > post-it > verdict: ',
    },
    {
      wrong: 'an option longer than a phone shows',
      change: { file: FILMING, find: 'label: A visitor', put: `label: ${'A visitor '.repeat(7)}` },
      at: 'option: visitor',
      says: 'questions > who > options > 0 > label: must fit a phone',
    },
    {
      wrong: 'a link that a browser would run',
      change: { file: ORGANISATION, find: 'phone: "4455"', put: 'link: javascript://example.org/%0Aalert(1)' },
      at: 'link: javascript',
      says: 'contacts > senior > link: must be an address that begins with https://',
    },
    {
      wrong: 'a number where words belong',
      change: { file: ORGANISATION, find: 'phone: "4455"', put: 'phone: 4455' },
      at: 'phone: 4455',
      says: 'contacts > senior > phone: ',
    },
    {
      wrong: 'an id in capitals',
      change: { file: FILMING, find: '  tell-senior:', put: '  Tell_Senior:' },
      at: 'Tell_Senior',
      says: 'outcomes > Tell_Senior: ',
    },
    {
      wrong: 'a day that there is not',
      change: { file: CLAUSES, find: 'approved: 2026-01-01', put: 'approved: 2026-02-30' },
      at: 'approved: 2026-02-30',
      says: 'policy > approved: ',
    },
    {
      wrong: 'a time zone that there is not',
      change: { file: ORGANISATION, find: 'timezone: Europe/London', put: 'timezone: Europe/Londn' },
      at: 'Europe/Londn',
      says: 'timezone: ',
    },
    {
      wrong: 'no answer to a question but one',
      change: {
        file: FILMING,
        find: '      - { option: yes, label: Yes, next: danger-now }\n',
        put: '',
      },
      at: 'options:',
      says: 'questions > danger > options: ',
    },
    {
      wrong: 'empty words',
      change: { file: LUNCH, find: 'headline: Yes, you may', put: 'headline: "  "' },
      at: 'headline:',
      says: 'outcomes > post-it > headline: must not be empty',
    },
  ])('is named with the line that has $wrong', ({ change, at, says }) => {
    const files = exampleTrust(change);
    const { guidance, problems } = loadGuidance(files);
    expect(guidance.size).toBe(0);
    expect(problems).toEqual([
      {
        severity: 'error',
        file: change.file,
        line: lineIn(files, change.file, at),
        message: expect.stringContaining(says),
        mend: expect.stringMatching(/./),
      },
    ]);
  });

  test('a missing key is named, at the thing that it is missing from', () => {
    const files = exampleTrust({ file: LUNCH, find: '    headline: Yes, you may\n', put: '' });
    expect(loadGuidance(files).problems).toMatchObject([
      {
        file: LUNCH,
        line: lineIn(files, LUNCH, '  post-it:'),
        message: expect.stringContaining('outcomes > post-it > headline'),
      },
    ]);
  });

  test('an unknown key is named, on its own line', () => {
    const files = exampleTrust({ file: LUNCH, find: '    verdict: yes', put: '    verdict: yes\n    colour: red' });
    expect(loadGuidance(files).problems).toMatchObject([
      { file: LUNCH, line: lineIn(files, LUNCH, 'colour: red'), message: expect.stringContaining('colour') },
    ]);
  });

  test('words that begin with an asterisk, which YAML takes for an alias, are to be put in quotes', () => {
    const files = exampleTrust({ file: LUNCH, find: 'headline: Yes, you may', put: 'headline: *yes' });
    expect(loadGuidance(files).problems).toEqual([
      {
        severity: 'error',
        file: LUNCH,
        line: lineIn(files, LUNCH, '*yes'),
        message: 'words that begin with * or & mean something else in YAML',
        mend: 'Put the words in quotes',
      },
    ]);
  });

  test.each(['example-trust/flow/extra.yaml', 'example-trust/extra.yaml', 'example-trust/organisation.yml'])(
    '%s is refused, since nothing reads it there',
    (path) => {
      expect(loadGuidance(exampleTrust({ file: path, add: 'flow: extra\n' })).problems).toEqual([
        {
          severity: 'error',
          file: path,
          line: 1,
          message: 'nothing reads this file',
          mend: 'Move it to flows/ or shared/, name it .yaml, or remove it',
        },
      ]);
    },
  );

  test('an empty file is a file of the wrong shape', () => {
    const { problems } = loadGuidance(exampleTrust({ file: LUNCH, add: '' }));
    expect(problems).toMatchObject([{ file: LUNCH, line: 1, message: expect.stringMatching(/^the file: ./) }]);
  });

  test.each([ORGANISATION, CLAUSES, NATIONAL, 'national/small-talk.yaml', PLAIN, SYNONYMS])(
    '%s is missed when it is gone',
    (path) => {
      const { guidance, problems } = loadGuidance(exampleTrust({ remove: path }));
      expect(guidance.size).toBe(0);
      expect(problems).toEqual([
        {
          severity: 'error',
          file: path,
          line: 1,
          message: 'this file is missing',
          mend: 'Add it, after the example of another organisation',
        },
      ]);
    },
  );

  test('one broken organisation does not take the others with it', () => {
    const other = exampleTrust()
      .filter(({ path }) => path.startsWith('example-trust/'))
      .map(({ path, text }) => ({
        path: path.replace('example-trust/', 'other-trust/'),
        text: text.replace('organisation: example-trust', 'organisation: other-trust'),
      }));
    const broken = exampleTrust({ file: LUNCH, find: 'verdict: yes', put: 'verdict: maybe' });
    expect([...loadGuidance([...broken, ...other]).guidance.keys()]).toEqual(['other-trust']);
  });

  test('with no files there is no organisation, and that is said by the files that are missing', () => {
    const { guidance, problems } = loadGuidance([]);
    expect(guidance.size).toBe(0);
    expect(problems.map(({ file }) => file)).toEqual([NATIONAL, 'national/small-talk.yaml', PLAIN, SYNONYMS]);
  });
});

describe('what was read', () => {
  test('an outcome that flows share is in each flow that reaches it, and in no other', () => {
    const { flows } = loadExampleTrust();
    expect(Object.keys(flows.get('at-risk')?.outcomes ?? {})).toEqual(['danger-now']);
    expect(Object.keys(flows.get('filming')?.outcomes ?? {}).sort()).toEqual([
      'ask-first',
      'danger-now',
      'tell-senior',
    ]);
    expect(Object.keys(flows.get('lunch')?.outcomes ?? {})).toEqual(['post-it']);
  });

  test("the organisation's own contact wins over the national one", () => {
    const organisation = loadExampleTrust({
      file: ORGANISATION,
      find: 'contacts:\n',
      put: 'contacts:\n  emergency: { role: Our own switchboard, phone: "2222" }\n',
    });
    expect(organisation.contacts.get('emergency')?.phone).toBe('2222');
    expect(organisation.contacts.get('senior')?.phone).toBe('4455');
  });

  test('clauses and national facts can both be cited, and are told apart', () => {
    const { citations } = loadExampleTrust();
    expect(citations.get('EX-1')).toEqual({
      kind: 'clause',
      id: 'EX-1',
      section: '1',
      summary: 'Tell the senior person.',
    });
    expect(citations.get('NAT-999')).toMatchObject({ kind: 'national', source: { link: 'https://example.org/999' } });
  });
});

describe('the edition of a flow', () => {
  const before = loadExampleTrust();
  const changedBy = (change: Change): string[] => {
    const after = loadExampleTrust(change);
    return [...before.flows.values()]
      .filter((flow) => after.flows.get(flow.flow)?.edition !== flow.edition)
      .map((flow) => flow.flow)
      .sort();
  };

  test('is the same for the same content', () => {
    const again = loadExampleTrust();
    expect([...again.flows.values()].map(({ edition }) => edition)).toEqual(
      [...before.flows.values()].map(({ edition }) => edition),
    );
    expect(new Set([...before.flows.values()].map(({ edition }) => edition)).size).toBe(before.flows.size);
  });

  test.each<{ word: string; change: Change; flows: string[] }>([
    {
      word: 'a question',
      change: { file: FILMING, find: 'ask: Who is filming?', put: 'ask: Who has a camera?' },
      flows: ['filming'],
    },
    {
      word: 'why it is asked',
      change: { file: FILMING, find: 'why: The rules differ.', put: 'why: It matters.' },
      flows: ['filming'],
    },
    {
      word: 'an option',
      change: { file: FILMING, find: 'label: A visitor', put: 'label: A guest' },
      flows: ['filming'],
    },
    {
      word: 'where an option leads',
      change: {
        file: FILMING,
        find: 'option: visitor, label: A visitor, next: tell-senior',
        put: 'option: visitor, label: A visitor, next: ask-first',
      },
      flows: ['filming'],
    },
    {
      word: 'a headline',
      change: { file: FILMING, find: 'headline: Tell the senior person', put: 'headline: Tell them' },
      flows: ['filming'],
    },
    {
      word: 'a verdict',
      change: { file: FILMING, find: 'verdict: ask-first', put: 'verdict: no' },
      flows: ['filming'],
    },
    {
      word: 'a step',
      change: { file: FILMING, find: 'do: Find the senior', put: 'do: Ring the senior' },
      flows: ['filming'],
    },
    {
      word: 'what the policy does not say',
      change: { file: FILMING, find: 'say what a patient may film', put: 'speak of what a patient may film' },
      flows: ['filming'],
    },
    {
      word: 'how urgent a referral is',
      change: { file: FILMING, find: 'urgency: urgent', put: 'urgency: routine' },
      flows: ['filming'],
    },
    { word: 'the title', change: { file: LUNCH, find: 'post my lunch', put: 'post my dinner' }, flows: ['lunch'] },
    {
      word: 'an outcome that two flows share',
      change: { file: DANGER, find: 'headline: Ring 999 now', put: 'headline: Ring 999 at once' },
      flows: ['at-risk', 'filming'],
    },
    {
      word: 'the summary of a clause that is cited',
      change: { file: CLAUSES, find: 'Do not film patients.', put: 'Never film patients.' },
      flows: ['filming'],
    },
    {
      word: 'the section of a clause that is cited',
      change: { file: CLAUSES, find: 'id: EX-3, section: "3"', put: 'id: EX-3, section: "3.1"' },
      flows: ['lunch'],
    },
    {
      word: 'a national fact that is cited',
      change: { file: NATIONAL, find: 'Ring 999 if someone', put: 'Ring 999 when someone' },
      flows: ['at-risk', 'filming'],
    },
    {
      word: 'the number of a contact that is named',
      change: { file: ORGANISATION, find: 'phone: "4455"', put: 'phone: "4456"' },
      flows: ['filming'],
    },
    {
      word: 'a national contact that is named',
      change: { file: NATIONAL, find: 'role: Emergency services', put: 'role: Police' },
      flows: ['at-risk', 'filming'],
    },
  ])('changes with $word, in each flow that shows it', ({ change, flows }) => {
    expect(changedBy(change)).toEqual(flows);
  });

  test('does not change with what no card of the flow shows', () => {
    const quiet: readonly Change[] = [
      { file: FILMING, find: 'a visitor is filming the ward', put: 'a guest is filming the ward' },
      { file: ORGANISATION, find: 'name: Ward 2', put: 'name: Ward Two' },
      { file: 'national/small-talk.yaml', find: 'when is payday', put: 'when do I get paid' },
      { file: LUNCH, find: 'flow: lunch', put: '# a comment\nflow: lunch' },
      {
        file: CLAUSES,
        find: 'clauses:\n',
        put: 'clauses:\n  - { id: EX-9, section: "9", kind: definition, summary: Unused. }\n',
      },
    ];
    for (const change of quiet) expect(changedBy(change)).toEqual([]);
  });
});
