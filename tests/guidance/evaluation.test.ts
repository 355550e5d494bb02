import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { answerAll, answerByFolds, organisationByPrefix, readUtterances } from '../../src/cli/ask.ts';
import { type Evaluation, evaluate, type Utterance, wilson } from '../../src/guidance/find/evaluate.ts';
import { words } from '../../src/guidance/find/features.ts';
import { foldsOf, withExamples } from '../../src/guidance/find/folds.ts';
import type { Organisation } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { loadExampleTrust } from './example-trust.ts';

const SET = 'tests/guidance/utterances/own.jsonl';

/**
 * What the committed content reaches on the project's own set. A change of content may raise these; one that falls
 * below makes the bot understand staff less well, and must not go unseen.
 */
const COMMITTED = JSON.parse(readFileSync('tests/guidance/utterances/committed.json', 'utf8'));

describe('messages that the finder has never seen', () => {
  let organisations: Organisation[];
  let utterances: Utterance[];
  let result: Evaluation;
  beforeAll(async () => {
    organisations = [...(await loadPolicies('policies')).values()];
    utterances = await readUtterances(SET);
    result = evaluate(answerAll(utterances, ({ organisation }) => organisationByPrefix(organisations, organisation)));
  });

  test('are at least 200, in both organisations, of every kind, and none is an example', () => {
    expect(utterances.length).toBeGreaterThanOrEqual(200);
    for (const organisation of ['WAHT', 'SECAMB']) {
      for (const kind of ['in_scope', 'red_flag', 'out_of_scope', 'smalltalk'] as const) {
        const some = utterances.filter((one) => one.organisation === organisation && one.kinds.includes(kind));
        expect(some.length).toBeGreaterThanOrEqual(10);
      }
    }
    const plain = (text: string): string => words(text).join(' ');
    const examples = new Set(
      organisations
        .flatMap(({ flows, smallTalk }) => [
          ...[...flows.values()].flatMap((flow) => [flow.title, ...flow.examples, ...flow['calm-examples']]),
          ...Object.values(smallTalk).flat(),
        ])
        .map(plain),
    );
    const known = utterances.filter(({ text }) => examples.has(plain(text)));
    expect(known.map(({ id }) => id)).toEqual([]);
  });

  test.each(['top1', 'top3', 'kept', 'rejected', 'dangerRecall', 'smallTalk'] as const)(
    '%s is no worse than committed',
    (figure) => {
      expect(result[figure].share).toBeGreaterThanOrEqual(COMMITTED[figure]);
    },
  );

  test('the mean reciprocal rank is no worse than committed', () => {
    expect(result.meanReciprocalRank).toBeGreaterThanOrEqual(COMMITTED.meanReciprocalRank);
  });

  test('false alarms are no more than committed', () => {
    expect(result.falseAlarms.share).toBeLessThanOrEqual(COMMITTED.falseAlarms);
  });
});

describe('the figures themselves', () => {
  test('a Wilson interval is honest at the edges', () => {
    expect(wilson(10, 10)).toMatchObject({ share: 1, high: expect.closeTo(1, 5), low: expect.closeTo(0.722, 2) });
    expect(wilson(0, 10).low).toBeCloseTo(0, 5);
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1 });
  });

  test('each kind of miss is counted and named', () => {
    const utterance = (id: string, kinds: Utterance['kinds'], clauses: string[] = []): Utterance => ({
      id,
      organisation: 'X',
      text: id,
      kinds,
      clauses,
    });
    const flow = { flow: 'f', title: 'F', score: 1 };
    const measured = evaluate([
      {
        utterance: utterance('right', ['in_scope'], ['X-1']),
        found: { answer: 'offer', danger: false, flows: [flow] },
        ranks: [true],
      },
      {
        utterance: utterance('second', ['in_scope'], ['X-1']),
        found: { answer: 'offer', danger: false, flows: [flow, flow] },
        ranks: [false, true],
      },
      {
        utterance: utterance('lost', ['in_scope'], ['X-1']),
        found: { answer: 'none', danger: false, flows: [] },
        ranks: [],
      },
      {
        utterance: utterance('missed', ['red_flag'], ['X-2']),
        found: { answer: 'offer', danger: false, flows: [flow] },
        ranks: [false],
      },
      {
        utterance: utterance('alarm', ['smalltalk']),
        found: { answer: 'offer', danger: true, flows: [flow] },
        ranks: [],
      },
      {
        utterance: utterance('forced', ['out_of_scope']),
        found: { answer: 'offer', danger: false, flows: [flow] },
        ranks: [],
      },
    ]);
    expect([measured.top1.hits, measured.top1.of]).toEqual([1, 4]);
    expect([measured.top3.hits, measured.kept.hits]).toEqual([2, 3]);
    expect(measured.meanReciprocalRank).toBeCloseTo(1.5 / 4);
    expect([measured.rejected.hits, measured.rejected.of]).toEqual([0, 1]);
    expect([measured.dangerRecall.hits, measured.falseAlarms.hits, measured.falseAlarms.of]).toEqual([0, 1, 5]);
    expect([measured.smallTalk.hits, measured.smallTalk.of]).toEqual([0, 1]);
    expect(measured.misses.map(({ id, why }) => `${id}: ${why}`)).toEqual([
      'second: right second: f, f',
      'lost: not kept: none',
      'missed: danger missed',
      'missed: not among three: f',
      'alarm: false alarm',
      'alarm: small talk: f',
      'forced: forced fit: f',
    ]);
  });
});

describe('cross-validation', () => {
  const utterance = (id: string, kinds: Utterance['kinds'], text: string, clauses: string[] = []): Utterance => ({
    id,
    organisation: 'EX',
    text,
    kinds,
    clauses,
  });

  test('every message is left out once, and learnt from in every other fold', () => {
    const folds = foldsOf([0, 1, 2, 3, 4, 5, 6], 3);
    expect(folds.map(({ held }) => held)).toEqual([
      [0, 3, 6],
      [1, 4],
      [2, 5],
    ]);
    for (const { held, others } of folds) expect([...held, ...others].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('a message becomes an example of what it was about, and the organisation itself stays as it was', () => {
    const organisation = loadExampleTrust();
    const grown = withExamples(organisation, [
      { utterance: utterance('a', ['in_scope'], 'a drone over the garden', ['EX-1']), flow: 'filming' },
      { utterance: utterance('b', ['red_flag'], 'he has an axe') },
      { utterance: utterance('c', ['out_of_scope'], 'my locker is stuck') },
      { utterance: utterance('d', ['smalltalk'], 'ey up') },
    ]);
    expect(grown.flows.get('filming')?.examples).toContain('a drone over the garden');
    expect(grown.smallTalk.danger).toContain('he has an axe');
    expect(grown.smallTalk['off-topic']).toContain('my locker is stuck');
    expect(grown.smallTalk.greetings).toContain('ey up');
    expect(organisation.flows.get('filming')?.examples).not.toContain('a drone over the garden');
    expect(organisation.smallTalk.danger).not.toContain('he has an axe');
  });

  test('what one fold says is learnt for the others, but never for itself', () => {
    const organisation = loadExampleTrust();
    const alike = (amount: number): Utterance[] =>
      Array.from({ length: amount }, (_, index) => utterance(String(index), ['red_flag'], `zeppelin zonked ${index}`));
    const flagged = (utterances: readonly Utterance[]): boolean[] =>
      answerByFolds(utterances, 2, () => organisation).map(({ found }) => found.danger);
    expect(flagged(alike(1))).toEqual([false]);
    expect(flagged(alike(4))).toEqual([true, true, true, true]);
  });
});
