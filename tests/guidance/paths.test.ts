import { describe, expect, test } from '@jest/globals';
import { paths } from '../../src/guidance/paths.ts';
import type { Flow } from '../../src/guidance/types.ts';
import { type Change, loadExampleTrust } from './example-trust.ts';

function flowOf(id: string, ...changes: readonly Change[]): Flow {
  const flow = loadExampleTrust(...changes).flows.get(id);
  if (flow === undefined) throw new Error(`There is no flow ${id}.`);
  return flow;
}

describe('the paths of a flow', () => {
  test('are all ways through it, in the order of its options', () => {
    expect(paths(flowOf('filming')).map(({ responses, outcome }) => ({ responses, outcome }))).toEqual([
      { responses: { danger: 'yes' }, outcome: 'danger-now' },
      { responses: { danger: 'no', who: 'visitor' }, outcome: 'tell-senior' },
      { responses: { danger: 'no', who: 'patient' }, outcome: 'ask-first' },
      { responses: { danger: 'no', who: 'unsure' }, outcome: 'tell-senior' },
    ]);
  });

  test('hold the words of each question and answer, first to last', () => {
    const third = paths(flowOf('filming'))[2];
    expect(third?.answers.map(({ question, option }) => [question.ask, option.label])).toEqual([
      ['Is anyone in danger?', 'No'],
      ['Who is filming?', 'A patient'],
    ]);
  });

  test('are one, without an answer, where a flow asks nothing', () => {
    expect(paths(flowOf('lunch'))).toEqual([{ responses: {}, answers: [], outcome: 'post-it' }]);
  });

  test('count a question that two answers lead to once for each of them', () => {
    const flow = flowOf(
      'filming',
      {
        file: 'example-trust/flows/filming.yaml',
        find: 'label: Yes, next: danger-now',
        put: 'label: Yes, next: who',
      },
      {
        file: 'example-trust/flows/filming.yaml',
        find: 'label: A patient, next: ask-first',
        put: 'label: A patient, next: danger-now',
      },
      {
        file: 'example-trust/flows/filming.yaml',
        find: 'label: I am not sure, next: tell-senior',
        put: 'label: I am not sure, next: danger-now',
      },
      {
        file: 'example-trust/flows/filming.yaml',
        find: 'label: No, next: who',
        put: 'label: No, next: ask-first',
      },
    );
    expect(paths(flow).map(({ outcome }) => outcome)).toEqual(['tell-senior', 'danger-now', 'danger-now', 'ask-first']);
  });

  test('go on from the answers that are given', () => {
    const flow = flowOf('filming');
    expect(paths(flow, { danger: 'no' })).toEqual(paths(flow).slice(1));
    expect(paths(flow, { danger: 'perhaps' })).toEqual([]);
  });
});
