import { describe, expect, test } from '@jest/globals';
import { coverageOf, pathLine, pathsOf } from '../../src/guidance/coverage.ts';
import { type Change, loadExampleTrust } from './example-trust.ts';

const CLAUSES = 'example-trust/clauses.yaml';
const FILMING = 'example-trust/flows/filming.yaml';

describe('the coverage of an organisation', () => {
  test('names for each clause the outcomes that rest on it, and for each outcome its clauses', () => {
    expect(coverageOf(loadExampleTrust())).toEqual({
      organisation: 'example-trust',
      clauses: [
        { id: 'EX-1', kind: 'duty', outcomes: ['filming/tell-senior'] },
        { id: 'EX-2', kind: 'prohibition', outcomes: ['filming/tell-senior'] },
        { id: 'EX-3', kind: 'permission', outcomes: ['lunch/post-it'] },
      ],
      outcomes: [
        { outcome: 'at-risk/danger-now', clauses: ['NAT-999'] },
        { outcome: 'filming/tell-senior', clauses: ['EX-1', 'EX-2'] },
        { outcome: 'filming/ask-first', clauses: [] },
        { outcome: 'filming/danger-now', clauses: ['NAT-999'] },
        { outcome: 'lunch/post-it', clauses: ['EX-3'] },
      ],
    });
  });

  test('names a clause once for an outcome of which several steps rest on it', () => {
    const { clauses, outcomes } = coverageOf(loadExampleTrust({ file: FILMING, find: '[EX-2]', put: '[EX-2, EX-1]' }));
    expect(clauses[0]?.outcomes).toEqual(['filming/tell-senior']);
    expect(outcomes.find(({ outcome }) => outcome === 'filming/tell-senior')?.clauses).toEqual(['EX-1', 'EX-2']);
  });

  test('says why no answer rests on a clause, where the policy owner has said so', () => {
    const change: Change = {
      file: CLAUSES,
      find: 'clauses:\n',
      put: 'clauses:\n  - { id: EX-9, section: "9", kind: duty, summary: Be kind., not-decidable: It asks no one thing. }\n',
    };
    expect(coverageOf(loadExampleTrust(change)).clauses[0]).toEqual({
      id: 'EX-9',
      kind: 'duty',
      outcomes: [],
      'not-decidable': 'It asks no one thing.',
    });
  });
});

describe('the list of paths', () => {
  test('has every way through every flow, with what it comes to, the danger flow first', () => {
    const filming = { organisation: 'example-trust', flow: 'filming' };
    const told = {
      ...filming,
      outcome: 'tell-senior',
      verdict: 'report',
      clauses: ['EX-1', 'EX-2'],
      route: 'senior-first',
      urgency: 'urgent',
    };
    const danger = { outcome: 'danger-now', verdict: 'act-now', clauses: ['NAT-999'] };
    expect(pathsOf(loadExampleTrust())).toEqual([
      { organisation: 'example-trust', flow: 'at-risk', responses: {}, ...danger },
      { ...filming, responses: { danger: 'yes' }, ...danger },
      { ...told, responses: { danger: 'no', who: 'visitor' } },
      {
        ...filming,
        responses: { danger: 'no', who: 'patient' },
        outcome: 'ask-first',
        verdict: 'ask-first',
        clauses: [],
      },
      { ...told, responses: { danger: 'no', who: 'unsure' } },
      {
        organisation: 'example-trust',
        flow: 'lunch',
        responses: {},
        outcome: 'post-it',
        verdict: 'yes',
        clauses: ['EX-3'],
      },
    ]);
  });

  test('reads as one line for each path', () => {
    expect(pathsOf(loadExampleTrust()).map(pathLine)).toEqual([
      'at-risk: -> danger-now | act-now | NAT-999 | not raised',
      'filming: danger=yes -> danger-now | act-now | NAT-999 | not raised',
      'filming: danger=no who=visitor -> tell-senior | report | EX-1 EX-2 | senior-first urgent',
      'filming: danger=no who=patient -> ask-first | ask-first |  | not raised',
      'filming: danger=no who=unsure -> tell-senior | report | EX-1 EX-2 | senior-first urgent',
      'lunch: -> post-it | yes | EX-3 | not raised',
    ]);
  });

  test('shows a change of content as a change of just those lines that it touches', () => {
    const before = pathsOf(loadExampleTrust()).map(pathLine);
    const after = pathsOf(loadExampleTrust({ file: FILMING, find: 'verdict: ask-first', put: 'verdict: no' })).map(
      pathLine,
    );
    expect(after.filter((line) => !before.includes(line))).toEqual([
      'filming: danger=no who=patient -> ask-first | no |  | not raised',
    ]);
    expect(after.length).toBe(before.length);
  });
});
