import { describe, expect, test } from '@jest/globals';
import { answerQuery, follow, optionsIn, walkQuery } from '../../../../src/tab/parts/guidance/walk.ts';
import type { FlowView } from '../../../../src/web/desk/contract.ts';
import { flowView } from '../../../../src/web/desk/guidance.ts';
import { loadExampleTrust } from '../../../guidance/example-trust.ts';

function view(id: string): FlowView {
  const flow = flowView(loadExampleTrust(), id, () => '<svg/>');
  if (flow === undefined) throw new Error(`There is no flow ${id}.`);
  return flow;
}

const filming = view('filming');

describe('a topic that is walked in the page', () => {
  test('begins at its first question', () => {
    expect(follow(filming, [])).toMatchObject({ given: [], at: { kind: 'question', id: 'danger' } });
  });

  test('leads by each answer to the next question, and at last to what the policy says', () => {
    expect(follow(filming, ['no'])).toMatchObject({ at: { kind: 'question', id: 'who' } });
    expect(follow(filming, ['no', 'visitor'])).toMatchObject({
      given: [
        { id: 'danger', option: { label: 'No' } },
        { id: 'who', option: { label: 'A visitor' } },
      ],
      at: { kind: 'outcome', id: 'tell-senior' },
    });
  });

  test('goes as far as it can where the link is older than the guidance', () => {
    expect(follow(filming, ['no', 'martian', 'visitor'])).toMatchObject({
      given: [{ id: 'danger' }],
      at: { kind: 'question', id: 'who' },
    });
  });

  test('is at its answer at once where it asks nothing', () => {
    expect(follow(view('at-risk'), [])).toMatchObject({ given: [], at: { kind: 'outcome', id: 'danger-now' } });
  });

  test('leads by every path that it lists to the answer that the path names', () => {
    for (const path of filming.paths) {
      expect(follow(filming, path.options).at).toMatchObject({ kind: 'outcome', id: path.outcome });
    }
  });
});

describe('the address of a place in a topic', () => {
  const read = (query: string): readonly string[] => optionsIn(filming, new URLSearchParams(query));

  test('leads back to the same answers', () => {
    expect(read(walkQuery(['no', 'visitor']))).toEqual(['no', 'visitor']);
    expect(read(walkQuery([]))).toEqual([]);
  });

  test('can name an answer, to which the way is found', () => {
    expect(follow(filming, read(answerQuery('ask-first'))).at).toMatchObject({ kind: 'outcome', id: 'ask-first' });
  });

  test('begins the topic where the answer that it names is gone', () => {
    expect(read(answerQuery('gone'))).toEqual([]);
  });
});
