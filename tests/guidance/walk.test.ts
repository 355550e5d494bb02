import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { paths } from '../../src/guidance/paths.ts';
import type { Flow } from '../../src/guidance/types.ts';
import { answer, back, change, type Position, type Responses, walk } from '../../src/guidance/walk.ts';
import { loadPolicies } from '../../src/policies.ts';

/** Laws that hold for every flow that is really there, whatever it says. */

const SEED = 20260101;
/** Names that every object inherits: none of them is an answer. */
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

let flows: Flow[];
beforeAll(async () => {
  const guidance = await loadPolicies('policies');
  flows = [...guidance.values()].flatMap((organisation) => [...organisation.flows.values()]);
});

/** Every place that a flow can be in: the responses of each question and outcome on each path. */
function places(flow: Flow, responses: Responses = {}): { responses: Responses; position: Position }[] {
  const position = walk(flow, responses);
  const here = [{ responses, position }];
  if (position.at !== 'question') return here;
  return [
    ...here,
    ...position.question.options.flatMap(({ option }) => places(flow, { ...responses, [position.id]: option })),
  ];
}

describe('a walk through any flow', () => {
  test('there are flows to walk', () => {
    expect(flows.length).toBeGreaterThan(0);
  });

  test('ends in an outcome of the flow, whatever is answered', () => {
    for (const flow of flows) {
      const ends = places(flow).filter(({ position }) => position.at !== 'question');
      expect(ends.length).toBeGreaterThan(0);
      for (const { position } of ends) {
        expect(position.at).toBe('outcome');
        if (position.at === 'outcome') expect(position.outcome).toBe(flow.outcomes[position.id]);
      }
      expect(ends.length).toBe(paths(flow).length);
    }
  });

  test('never asks a question twice', () => {
    for (const flow of flows) {
      for (const { answers } of paths(flow)) {
        expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length);
      }
    }
  });

  test('is its responses: their order does not matter', () => {
    for (const flow of flows) {
      for (const { responses } of paths(flow)) {
        const turned = Object.fromEntries(Object.entries(responses).reverse());
        expect(walk(flow, turned)).toEqual(walk(flow, responses));
      }
    }
  });

  test('goes one question back, and the same answer leads to the same place', () => {
    for (const flow of flows) {
      for (const { responses, position } of places(flow)) {
        if (position.at === 'nowhere') throw new Error('A real place is somewhere.');
        const last = position.answers.at(-1);
        const before = back(flow, responses);
        if (last === undefined) {
          expect(before).toEqual({});
          continue;
        }
        expect(walk(flow, before)).toMatchObject({ at: 'question', id: last.id });
        expect(answer(flow, before, last.id, last.option.option)).toEqual(responses);
      }
    }
  });

  test('keeps the later answers that still apply when an earlier one is changed, and no others', () => {
    let changed = 0;
    for (const flow of flows) {
      for (const path of paths(flow)) {
        for (const { id, question, option } of path.answers) {
          expect(walk(flow, change(path.responses, id))).toMatchObject({ at: 'question', id });
          for (const other of question.options.filter((candidate) => candidate !== option)) {
            const after = answer(flow, change(path.responses, id), id, other.option);
            const position = walk(flow, after);
            if (position.at === 'nowhere') throw new Error('A real option leads somewhere.');
            expect(Object.keys(after)).toEqual(position.answers.map((given) => given.id));
            for (const [asked, given] of Object.entries(after)) {
              expect(given).toBe(asked === id ? other.option : path.responses[asked]);
            }
            // Where it stops to ask, it asks what was not answered before.
            if (position.at === 'question') expect(path.responses[position.id]).toBeUndefined();
            changed += 1;
          }
        }
      }
    }
    expect(changed).toBeGreaterThan(0);
  });

  test('stands nowhere when a response is no option of its question, and Back begins again', () => {
    for (const flow of flows) {
      for (const { responses, position } of places(flow)) {
        if (position.at !== 'question') continue;
        for (const option of ['', 'no such option', ...INHERITED]) {
          const wrong = { ...responses, [position.id]: option };
          expect(walk(flow, wrong)).toEqual({ at: 'nowhere', id: position.id });
          expect(back(flow, wrong)).toEqual({});
        }
      }
    }
  });

  test('ignores responses to questions that it does not ask', () => {
    for (const flow of flows) {
      const strangers: Responses = Object.fromEntries(['no such question', ...INHERITED].map((id) => [id, 'yes']));
      for (const { responses, position } of places(flow)) {
        expect(walk(flow, { ...strangers, ...responses })).toEqual(position);
      }
    }
  });

  test('leaves every object as it was when an answer is called __proto__', () => {
    for (const flow of flows) {
      const after = answer(flow, {}, '__proto__', 'polluted');
      expect(walk(flow, after)).toEqual(walk(flow, {}));
      expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
      expect('polluted' in {}).toBe(false);
    }
  });
});

describe('a walk with any responses at all', () => {
  /** Responses that mix what a flow knows with what it does not. */
  const responsesFor = (flow: Flow): fc.Arbitrary<Responses> => {
    const asked = Object.keys(flow.questions);
    const options = Object.values(flow.questions).flatMap((question) => question.options.map(({ option }) => option));
    const some = (known: readonly string[]): fc.Arbitrary<string> =>
      fc.oneof(
        ...(known.length > 0 ? [{ weight: 6, arbitrary: fc.constantFrom(...known) }] : []),
        { weight: 1, arbitrary: fc.constantFrom(...INHERITED) },
        { weight: 1, arbitrary: fc.string() },
      );
    return fc.array(fc.tuple(some(asked), some(options))).map((pairs) => Object.fromEntries(pairs));
  };
  const anywhere = (): fc.Arbitrary<{ flow: Flow; responses: Responses }> =>
    fc.constantFrom(...flows).chain((flow) => responsesFor(flow).map((responses) => ({ flow, responses })));

  test('never throws, and is somewhere that the flow has or nowhere', () => {
    fc.assert(
      fc.property(anywhere(), ({ flow, responses }) => {
        const position = walk(flow, responses);
        if (position.at === 'question') expect(position.question).toBe(flow.questions[position.id]);
        else if (position.at === 'outcome') expect(position.outcome).toBe(flow.outcomes[position.id]);
        else expect(position).toEqual({ at: 'nowhere', id: expect.any(String) });
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  test('Back is always one answer shorter, and stands at a question unless there was nothing to take back', () => {
    fc.assert(
      fc.property(anywhere(), ({ flow, responses }) => {
        const position = walk(flow, responses);
        const before = back(flow, responses);
        if (position.at === 'nowhere') expect(before).toEqual({});
        else expect(Object.keys(before).length).toBe(Math.max(0, position.answers.length - 1));
        expect(walk(flow, before).at).not.toBe('nowhere');
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  test('an answer leaves no response that is off the path', () => {
    let somewhere = 0;
    fc.assert(
      fc.property(anywhere(), fc.nat(), fc.nat(), ({ flow, responses }, which, what) => {
        const asked = Object.keys(flow.questions);
        const id = asked[which % Math.max(1, asked.length)];
        if (id === undefined) return;
        const options = flow.questions[id]?.options ?? [];
        const after = answer(flow, responses, id, options[what % options.length]?.option ?? '');
        const position = walk(flow, after);
        if (position.at === 'nowhere') return;
        somewhere += 1;
        expect(after).toEqual(Object.fromEntries(position.answers.map((given) => [given.id, given.option.option])));
      }),
      { seed: SEED, numRuns: 1_000 },
    );
    expect(somewhere).toBeGreaterThan(100);
  });

  test('taking an answer out takes out that one and no other', () => {
    fc.assert(
      fc.property(anywhere(), ({ flow, responses }) => {
        for (const id of [...Object.keys(responses), ...Object.keys(flow.questions)]) {
          const after = change(responses, id);
          expect(Object.hasOwn(after, id)).toBe(false);
          const others = Object.keys(responses).filter((key) => key !== id);
          expect(Object.keys(after).sort()).toEqual(others.sort());
          for (const key of others) expect(after[key]).toBe(responses[key]);
        }
      }),
      { seed: SEED },
    );
  });
});
