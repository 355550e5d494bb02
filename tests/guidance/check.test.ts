import { describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/guidance/check.ts';
import { loadGuidance } from '../../src/guidance/load.ts';
import { describeProblem } from '../../src/guidance/source.ts';
import { type Change, exampleTrust, lineIn, sourceOf } from './example-trust.ts';

const ORGANISATION = 'example-trust/organisation.yaml';
const CLAUSES = 'example-trust/clauses.yaml';
const DANGER = 'example-trust/shared/danger.yaml';
const AT_RISK = 'example-trust/flows/at-risk.yaml';
const FILMING = 'example-trust/flows/filming.yaml';
const LUNCH = 'example-trust/flows/lunch.yaml';

const RING_AT_ANY_HOUR =
  'Add a last step without "when", with "whom: ring" and a contact with a phone that is not "in-hours-only", or one who is "in-person"';
const ONLY_IN_HOURS = '- when: in-hours # the last\n        notify: [{ whom: ring, contact: senior }]';

/** A way to break one rule, and what must then be said. `at` is text on the line that the problem must name. */
type Example = {
  readonly breaks: string;
  readonly changes: readonly Change[];
  readonly file: string;
  readonly at: string;
  readonly message: string;
  readonly mend: string;
};

const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  folderIsNamedAfterItsOrganisation: [
    {
      breaks: 'an organisation with another name than its folder',
      changes: [{ file: ORGANISATION, find: 'organisation: example-trust', put: 'organisation: other-trust' }],
      file: ORGANISATION,
      at: 'organisation: other-trust',
      message: 'the organisation is called "other-trust" but its folder is "example-trust"',
      mend: 'Give both the same name',
    },
  ],
  flowsAreNamedAfterTheirFiles: [
    {
      breaks: 'a flow with another name than its file',
      changes: [{ file: LUNCH, find: 'flow: lunch', put: 'flow: dinner' }],
      file: LUNCH,
      at: 'flow: dinner',
      message: 'the flow "dinner" stands in flows/lunch.yaml',
      mend: 'Put it in flows/dinner.yaml, or rename the flow after the file',
    },
    {
      breaks: 'one flow in two folders',
      changes: [{ file: 'example-trust/flows/old/lunch.yaml', add: flowCalled('lunch') }],
      file: 'example-trust/flows/old/lunch.yaml',
      at: 'flow: lunch',
      message: 'the flow "lunch" stands in flows/old/lunch.yaml',
      mend: 'Put it in flows/lunch.yaml, or rename the flow after the file',
    },
  ],
  sharedNodesHaveOneMeaning: [
    {
      breaks: 'a flow that has an id of the shared files',
      changes: [{ file: FILMING, find: 'outcomes:\n', put: `outcomes:\n${outcomeCalled('danger-now')}` }],
      file: FILMING,
      at: '  danger-now:',
      message: 'the id "danger-now" is used twice',
      mend: 'Give one of them another id',
    },
    {
      breaks: 'a question and an outcome with one id',
      changes: [{ file: FILMING, find: 'outcomes:\n', put: `outcomes:\n${outcomeCalled('who')}` }],
      file: FILMING,
      at: '  who: # an outcome',
      message: 'the id "who" is used twice',
      mend: 'Give one of them another id',
    },
    {
      breaks: 'two shared files with one id',
      changes: [{ file: 'example-trust/shared/other.yaml', add: `outcomes:\n${outcomeCalled('danger-now')}` }],
      file: 'example-trust/shared/other.yaml',
      at: '  danger-now:',
      message: 'the id "danger-now" is used twice',
      mend: 'Give one of them another id',
    },
  ],
  everyNextIsThere: [
    {
      breaks: 'an option that leads to nothing',
      changes: [{ file: FILMING, find: 'next: ask-first', put: 'next: ask-frist' }],
      file: FILMING,
      at: 'next: ask-frist',
      message: 'there is no question or outcome "ask-frist"',
      mend: 'Write it, or correct the name',
    },
    {
      breaks: 'an option that leads to a name that every object has',
      changes: [{ file: FILMING, find: 'next: ask-first', put: 'next: constructor' }],
      file: FILMING,
      at: 'next: constructor',
      message: 'there is no question or outcome "constructor"',
      mend: 'Write it, or correct the name',
    },
    {
      breaks: 'a flow that starts at nothing',
      changes: [{ file: LUNCH, find: 'start: post-it', put: 'start: eat-it' }],
      file: LUNCH,
      at: 'start: eat-it',
      message: 'there is no question or outcome "eat-it"',
      mend: 'Write it, or correct the name',
    },
    {
      breaks: "an option that leads into another flow's own outcome",
      changes: [{ file: FILMING, find: 'next: ask-first', put: 'next: post-it' }],
      file: FILMING,
      at: 'next: post-it',
      message: 'there is no question or outcome "post-it"',
      mend: 'Write it, or correct the name',
    },
  ],
  everyNodeIsReached: [
    {
      breaks: 'an outcome that nothing leads to',
      changes: [{ file: FILMING, find: 'outcomes:\n', put: `outcomes:\n${outcomeCalled('lost')}` }],
      file: FILMING,
      at: '  lost:',
      message: 'nothing leads to "lost"',
      mend: 'Point an option at it, or remove it',
    },
    {
      breaks: 'a shared outcome that no flow leads to',
      changes: [{ file: DANGER, find: 'outcomes:\n', put: `outcomes:\n${outcomeCalled('lost')}` }],
      file: DANGER,
      at: '  lost:',
      message: 'nothing leads to "lost"',
      mend: 'Point an option at it, or remove it',
    },
  ],
  flowsHaveNoCycle: [
    {
      breaks: 'a question that leads back to itself',
      changes: [{ file: FILMING, find: 'next: ask-first', put: 'next: danger' }],
      file: FILMING,
      at: '  danger:',
      message: 'the question "danger" leads back to itself',
      mend: 'Break the circle',
    },
  ],
  oneFlowIsForDanger: [
    {
      breaks: 'no flow for danger',
      changes: [
        { file: AT_RISK, find: 'danger: true\n', put: '' },
        {
          file: AT_RISK,
          find: 'start: danger-now\n',
          put: `start: sure\nquestions:\n${questionCalled('sure', 'danger-now')}    danger: true\n`,
        },
      ],
      file: ORGANISATION,
      at: 'organisation: example-trust',
      message: '0 flows are marked "danger: true"',
      mend: 'Mark one flow so: it is the way out on every card',
    },
    {
      breaks: 'two flows for danger',
      changes: [{ file: LUNCH, find: 'group: filming', put: 'group: filming\ndanger: true' }],
      file: ORGANISATION,
      at: 'organisation: example-trust',
      message: '2 flows are marked "danger: true"',
      mend: 'Mark one flow so: it is the way out on every card',
    },
    {
      breaks: 'a danger flow that asks before it answers',
      changes: [
        {
          file: AT_RISK,
          find: 'start: danger-now\n',
          put: `start: sure\nquestions:\n${questionCalled('sure', 'danger-now')}`,
        },
      ],
      file: AT_RISK,
      at: 'start: sure',
      message: 'the danger flow asks a question first',
      mend: 'Start it at an outcome',
    },
    {
      breaks: 'a danger flow that starts at a question of the shared files',
      changes: [
        { file: 'example-trust/shared/more.yaml', add: `questions:\n${questionCalled('sure', 'danger-now')}` },
        { file: AT_RISK, find: 'start: danger-now', put: 'start: sure' },
      ],
      file: AT_RISK,
      at: 'start: sure',
      message: 'the danger flow asks a question first',
      mend: 'Start it at an outcome',
    },
  ],
  groupsExist: [
    {
      breaks: 'a flow in no known group',
      changes: [{ file: LUNCH, find: 'group: filming', put: 'group: food' }],
      file: LUNCH,
      at: 'group: food',
      message: 'there is no group "food"',
      mend: 'Use a group of organisation.yaml, or add it there',
    },
    {
      breaks: 'a group without a flow',
      changes: [{ file: ORGANISATION, find: 'categories:', put: '  - { id: food, title: Food }\ncategories:' }],
      file: ORGANISATION,
      at: 'id: food',
      message: 'no flow is in the group "food"',
      mend: 'Remove the group, or put a flow in it',
    },
  ],
  citationsExist: [
    {
      breaks: 'a step that cites an unknown clause',
      changes: [{ file: LUNCH, find: '[EX-3]', put: '[EX-3, EX-33]' }],
      file: LUNCH,
      at: 'EX-33',
      message: 'there is no clause or national fact "EX-33"',
      mend: 'Correct the id, or add the clause to clauses.yaml',
    },
    {
      breaks: 'a contact that cites an unknown clause',
      changes: [{ file: ORGANISATION, find: 'clauses: [EX-1]', put: 'clauses: [EX-9]' }],
      file: ORGANISATION,
      at: 'EX-9',
      message: 'there is no clause or national fact "EX-9"',
      mend: 'Correct the id, or add the clause to clauses.yaml',
    },
  ],
  outcomesCiteAClauseOrSaySilent: [
    {
      breaks: 'a step without a clause',
      changes: [{ file: LUNCH, find: '[EX-3] }', put: '[EX-3] }\n      - { do: Enjoy it. }' }],
      file: LUNCH,
      at: 'do: Enjoy it.',
      message: 'a step of "post-it" cites no clause',
      mend: 'Cite the clause that says so, or mark the outcome policy-silent',
    },
    {
      breaks: 'a silent policy and nobody to ask',
      changes: [
        {
          file: FILMING,
          find: 'do: Ask the senior person. }\n    contacts: [senior]',
          put: 'do: Ask the senior person. }',
        },
      ],
      file: FILMING,
      at: '  ask-first:',
      message: '"ask-first" says that the policy is silent but names nobody',
      mend: 'Add a contact to ask',
    },
  ],
  contactsExist: [
    {
      breaks: 'an outcome that names nobody we know',
      changes: [{ file: DANGER, find: 'contacts: [emergency]', put: 'contacts: [emergancy]' }],
      file: DANGER,
      at: 'emergancy',
      message: 'there is no contact "emergancy"',
      mend: 'Correct the id, or add the contact to organisation.yaml',
    },
    {
      breaks: 'a route that rings nobody we know',
      changes: [{ file: ORGANISATION, find: 'whom: ring, contact: senior', put: 'whom: ring, contact: boss' }],
      file: ORGANISATION,
      at: '  senior-first:',
      message: 'there is no contact "boss"',
      mend: 'Correct the id, or add the contact to organisation.yaml',
    },
    {
      breaks: 'nobody we know to ring when it cannot wait',
      changes: [{ file: ORGANISATION, find: 'if-it-cannot-wait: [senior]', put: 'if-it-cannot-wait: [boss]' }],
      file: ORGANISATION,
      at: '  senior-first:',
      message: 'there is no contact "boss"',
      mend: 'Correct the id, or add the contact to organisation.yaml',
    },
  ],
  escalationsExist: [
    {
      breaks: 'an escalation on no known route',
      changes: [{ file: FILMING, find: 'route: senior-first', put: 'route: senior-last' }],
      file: FILMING,
      at: '    escalate:',
      message: 'there is no route "senior-last"',
      mend: 'Add it to organisation.yaml',
    },
    {
      breaks: 'an escalation in no known category',
      changes: [{ file: FILMING, find: 'category: filming', put: 'category: food' }],
      file: FILMING,
      at: '    escalate:',
      message: 'there is no category "food"',
      mend: 'Add it to organisation.yaml',
    },
  ],
  retentionCategoriesExist: [
    {
      breaks: 'a time for which a category is kept that is not there',
      changes: [
        {
          file: ORGANISATION,
          find: 'categories:\n  filming: Filming\n',
          put: 'retention:\n  categories: { food: 3 }\ncategories:\n  filming: Filming\n',
        },
      ],
      file: ORGANISATION,
      at: 'categories: { food: 3 }',
      message: 'there is no category "food"',
      mend: 'Write one of those under "categories", or take this line away',
    },
  ],
  routesEndInAPersonToRing: [
    {
      breaks: 'a route whose last step rings nobody',
      changes: [
        { file: ORGANISATION, find: '      - notify: [{ whom: ring, contact: senior }]\n', put: '' },
        {
          file: ORGANISATION,
          find: 'name: Safeguarding referrals }]\n        wait: { immediate: 5, urgent: 15, routine: 60 }',
          put: 'name: Safeguarding referrals }]',
        },
      ],
      file: ORGANISATION,
      at: 'whom: channel',
      message: 'the route "senior-first" does not end in somebody to ring at any hour',
      mend: RING_AT_ANY_HOUR,
    },
    {
      breaks: 'a route whose last step is only for some hours',
      changes: [{ file: ORGANISATION, find: '- notify: [{ whom: ring, contact: senior }]', put: ONLY_IN_HOURS }],
      file: ORGANISATION,
      at: '- when: in-hours # the last',
      message: 'the route "senior-first" does not end in somebody to ring at any hour',
      mend: RING_AT_ANY_HOUR,
    },
    {
      breaks: 'a route that ends in somebody who answers in hours only',
      changes: [{ file: ORGANISATION, find: 'phone: "4455"', put: 'phone: "4455"\n    in-hours-only: true' }],
      file: ORGANISATION,
      at: 'whom: ring, contact: senior',
      message: 'the route "senior-first" does not end in somebody to ring at any hour',
      mend: RING_AT_ANY_HOUR,
    },
    {
      breaks: 'a route that ends in somebody with no phone, whom nobody could go and find',
      changes: [{ file: ORGANISATION, find: '    phone: "4455"\n', put: '' }],
      file: ORGANISATION,
      at: 'whom: ring, contact: senior',
      message: 'the route "senior-first" does not end in somebody to ring at any hour',
      mend: RING_AT_ANY_HOUR,
    },
    {
      breaks: 'a step that would wait for ever',
      changes: [{ file: ORGANISATION, find: '        wait: { immediate: 10, urgent: 30, routine: 240 }\n', put: '' }],
      file: ORGANISATION,
      at: 'whom: on-duty',
      message: 'a step of the route "senior-first" has no waiting time',
      mend: 'Add "wait" with minutes for each urgency',
    },
  ],
  routesReachSomebody: [
    {
      breaks: 'a route that tells a role which nobody can have',
      changes: [{ file: ORGANISATION, find: 'role: site-manager', put: 'role: night-manager' }],
      file: ORGANISATION,
      at: 'role: night-manager',
      message: 'there is no role "night-manager"',
      mend: 'Add it to "roles", or correct the id',
    },
    {
      breaks: 'a route that tells the department’s channel where no department has one',
      changes: [{ file: ORGANISATION, find: ', channel: Ward 2 in charge', put: '' }],
      file: ORGANISATION,
      at: 'whom: department-channel',
      message: 'no department has a channel',
      mend: 'Add "channel" to the departments that have one',
    },
    {
      breaks: 'a route that writes to somebody without an address',
      changes: [{ file: ORGANISATION, find: '    email: site-desk@example.org\n', put: '' }],
      file: ORGANISATION,
      at: 'whom: email',
      message: 'the contact "site-desk" has no email address',
      mend: 'Add "email" to the contact',
    },
  ],
  dutyPlacesDiffer: [
    {
      breaks: 'a role with the id of a department',
      changes: [{ file: ORGANISATION, find: 'roles:\n', put: 'roles:\n  - { id: ward-1, name: ward manager }\n' }],
      file: ORGANISATION,
      at: 'name: ward manager',
      message: '"ward-1" is there twice',
      mend: 'Give every department and role an id of its own',
    },
    {
      breaks: 'two departments with one id',
      changes: [{ file: ORGANISATION, find: 'id: ward-2,', put: 'id: ward-1,' }],
      file: ORGANISATION,
      at: 'name: Ward 2',
      message: '"ward-1" is there twice',
      mend: 'Give every department and role an id of its own',
    },
  ],
  optionsDiffer: [
    {
      breaks: 'two options with one label',
      changes: [{ file: FILMING, find: 'label: A patient', put: 'label: A visitor' }],
      file: FILMING,
      at: '    options: # of who',
      message: 'two options of "who" are the same',
      mend: 'Give each its own id and label',
    },
    {
      breaks: 'two options with one id',
      changes: [{ file: FILMING, find: 'option: patient', put: 'option: visitor' }],
      file: FILMING,
      at: '    options: # of who',
      message: 'two options of "who" are the same',
      mend: 'Give each its own id and label',
    },
  ],
  noExampleIsInTwoFlows: [
    {
      breaks: 'an example in two flows, in other letters',
      changes: [{ file: LUNCH, find: '  - can I post', put: '  - "A visitor is FILMING the ward!"\n  - can I post' }],
      file: LUNCH,
      at: 'A visitor is FILMING the ward!',
      message: 'the example "A visitor is FILMING the ward!" also stands in filming',
      mend: 'Keep it in one flow',
    },
  ],
  notSureIsNeverLessCautious: [
    {
      breaks: '“not sure” that leads to something milder than an answer beside it',
      changes: [
        {
          file: FILMING,
          find: 'label: I am not sure, next: tell-senior',
          put: 'label: I am not sure, next: ask-first',
        },
      ],
      file: FILMING,
      at: '  who:',
      message: 'in "who", "I am not sure" leads to something less cautious than "A visitor"',
      mend: 'Lead the unsure answer to the most cautious outcome beside it',
    },
  ],
  dangerIsAskedFirst: [
    {
      breaks: 'a grave flow that does not ask about danger first',
      changes: [{ file: FILMING, find: '    danger: true\n', put: '' }],
      file: FILMING,
      at: 'start: danger',
      message: 'the flow "filming" can end in "act-now" but does not ask about danger first',
      mend: 'Start it with a question marked "danger: true"',
    },
  ],
  policyDatesMakeSense: [
    {
      breaks: 'a review that is due before the approval',
      changes: [{ file: CLAUSES, find: 'review-due: 2028-01-01', put: 'review-due: 2025-01-01' }],
      file: CLAUSES,
      at: 'review-due',
      message: 'the review is due before the approval',
      mend: 'Correct the dates',
    },
  ],
  emergencyHasANumber: [
    {
      breaks: 'no number to ring in an emergency',
      changes: [{ file: 'national/national.yaml', find: '    phone: "999"\n', put: '' }],
      file: 'national/national.yaml',
      at: '  emergency:',
      message: 'the contact "emergency" has no phone number',
      mend: 'Add one: every card names it',
    },
  ],
  hoursMakeSense: [
    {
      breaks: 'hours that end before they begin',
      changes: [{ file: ORGANISATION, find: 'from: "09:00"', put: 'from: "19:00"' }],
      file: ORGANISATION,
      at: 'from: "19:00"',
      message: 'the hours end before they begin',
      mend: 'Correct "from" and "to"',
    },
    {
      breaks: 'hours that end as they begin',
      changes: [{ file: ORGANISATION, find: 'from: "09:00"', put: 'from: "17:00"' }],
      file: ORGANISATION,
      at: 'from: "17:00"',
      message: 'the hours end before they begin',
      mend: 'Correct "from" and "to"',
    },
  ],
  clausesHaveOneMeaning: [
    {
      breaks: 'two clauses with one id',
      changes: [{ file: CLAUSES, find: '  - { id: EX-3,', put: `${clauseCalled('EX-2', 'duty')}  - { id: EX-3,` }],
      file: CLAUSES,
      at: 'summary: Something.',
      message: 'the clause EX-2 stands twice',
      mend: 'Remove one, or correct its id',
    },
  ],
  operativeClausesAreAnswered: [
    {
      breaks: 'a duty that no outcome rests on',
      changes: [{ file: CLAUSES, find: 'clauses:\n', put: `clauses:\n${clauseCalled('EX-9', 'duty')}` }],
      file: CLAUSES,
      at: 'id: EX-9',
      message: 'no outcome rests on the duty EX-9',
      mend: 'Cite it in an outcome, or say why none can rest on it with "not-decidable"',
    },
  ],
  guidanceIsPlain: [
    {
      breaks: 'a long sentence',
      changes: [
        {
          file: LUNCH,
          find: 'do: Post it.,',
          put: 'do: "Do. One two three four five six seven eight nine ten eleven twelve thirteen.",',
        },
      ],
      file: LUNCH,
      at: 'One two three',
      message: 'a sentence has 13 words: "One two three four five six seven eight nine ten eleven twel…"',
      mend: 'Use at most 12',
    },
    {
      breaks: 'a word that has a plainer one, in any form of it',
      changes: [{ file: CLAUSES, find: 'You may post your lunch.', put: 'Utilised lunches may be posted.' }],
      file: CLAUSES,
      at: 'Utilised',
      message: '"utilise" has a plainer word',
      mend: 'Write "use"',
    },
  ],
};

/** Marks that tell two like lines apart. They are comments, so they change nothing. */
const MARKS: readonly Change[] = [
  {
    file: FILMING,
    find: '    options:\n      - { option: visitor',
    put: '    options: # of who\n      - { option: visitor',
  },
];

describe('the checks of content', () => {
  test('the smallest good content passes them all', () => {
    expect(loadGuidance(exampleTrust()).problems).toEqual([]);
    expect(loadGuidance(exampleTrust(...MARKS)).problems).toEqual([]);
    expect([...loadGuidance(exampleTrust()).guidance.keys()]).toEqual(['example-trust']);
  });

  test('every check has an example here', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(CHECKS).sort());
  });

  const all = Object.entries(EXAMPLES).flatMap(([name, examples]) =>
    examples.map((example) => ({ name, example, breaks: example.breaks })),
  );

  test.each(all)('$name finds $breaks', ({ name, example }) => {
    const marks = MARKS.filter((mark) => example.at.includes('# of who') && 'file' in mark);
    const files = exampleTrust(...marks, ...example.changes);
    const expected = {
      severity: 'error',
      file: example.file,
      line: lineIn(files, example.file, example.at),
      message: example.message,
      mend: example.mend,
    };
    const check = CHECKS[name];
    expect(check?.(sourceOf(exampleTrust(...marks)))).toEqual([]);
    expect(check?.(sourceOf(files))).toEqual([expected]);
    const loaded = loadGuidance(files);
    expect(loaded.problems).toEqual([expected]);
    expect(loaded.guidance.has('example-trust')).toBe(false);
  });

  test('a clause need not be answered that asks nothing, or that says why no answer can rest on it', () => {
    for (const clause of [
      clauseCalled('EX-9', 'definition'),
      clauseCalled('EX-9', 'duty', ', not-decidable: It asks nothing of staff.'),
    ]) {
      const change = { file: CLAUSES, find: 'clauses:\n', put: `clauses:\n${clause}` };
      expect(loadGuidance(exampleTrust(change)).problems).toEqual([]);
    }
  });

  test('a flow is not walked while its links are broken', () => {
    const { problems } = loadGuidance(
      exampleTrust(
        { file: FILMING, find: 'next: ask-first', put: 'next: danger' },
        { file: LUNCH, find: '[EX-3]', put: '[EX-3, EX-33]' },
      ),
    );
    expect(problems.map(({ message }) => message)).toEqual(['the question "danger" leads back to itself']);
  });

  test('a problem reads as file, line, what is wrong and what to do', () => {
    const files = exampleTrust({ file: LUNCH, find: 'group: filming', put: 'group: food' });
    expect(loadGuidance(files).problems.map(describeProblem)).toEqual([
      'policies/example-trust/flows/lunch.yaml:3: there is no group "food". Use a group of organisation.yaml, or add it there.',
    ]);
  });
});

function outcomeCalled(id: string): string {
  return `  ${id}: # an outcome
    verdict: report
    headline: Something
    steps:
      - { do: Something., clauses: [EX-1] }
`;
}

function clauseCalled(id: string, kind: string, more = ''): string {
  return `  - { id: ${id}, section: "9", kind: ${kind}, summary: Something.${more} }\n`;
}

function flowCalled(id: string): string {
  return `flow: ${id}
title: Something
group: filming
examples:
  - something that no other flow has
start: here
outcomes:
${outcomeCalled('here')}`;
}

function questionCalled(id: string, next: string): string {
  return `  ${id}:
    ask: Sure?
    short: Sure
    why: To be sure.
    options:
      - { option: yes, label: Yes, next: ${next} }
      - { option: no, label: No, next: ${next} }
`;
}
