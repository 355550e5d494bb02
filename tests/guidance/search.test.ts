import { beforeAll, describe, expect, test } from '@jest/globals';
import { firstHits, type Hit, searchGuidance } from '../../src/guidance/find/search.ts';
import type { Organisation } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';

const NOTHING = { answer: 'none', danger: false, flows: [] } as const;

describe('a search of the guidance', () => {
  let organisation: Organisation;
  beforeAll(async () => {
    const found = (await loadPolicies('policies')).get('worcestershire-acute');
    if (found === undefined) throw new Error('The policies have moved.');
    organisation = found;
  });
  const clauses = (hits: readonly Hit[]): string[] =>
    hits.flatMap((hit) => (hit.kind === 'clause' ? [hit.clause.id] : []));

  test('finds every clause by its id, and by the number of its section', () => {
    for (const { id, section } of organisation.clauses) {
      expect(clauses(searchGuidance(organisation, NOTHING, id.toLowerCase()))[0]).toBe(id);
      const number = section.split(/[,\s]/)[0] ?? '';
      expect(clauses(searchGuidance(organisation, NOTHING, number))).toContain(id);
    }
  });

  test('finds a clause by what it says, bent as one likes', () => {
    const [clause] = organisation.clauses.filter(({ summary }) => /\bpolice\b/i.test(summary));
    expect(clauses(searchGuidance(organisation, NOTHING, 'the Police!'))).toContain(clause?.id);
    expect(clauses(searchGuidance(organisation, NOTHING, 'reporting'))).toEqual(
      clauses(searchGuidance(organisation, NOTHING, 'reports')),
    );
  });

  test('shows what to do first where the words may be about danger, then the topics, and nothing twice', () => {
    const flows = [...organisation.flows.keys()].slice(0, 2).map((flow) => ({ flow, title: '', score: 1 }));
    const hits = searchGuidance(organisation, { answer: 'offer', danger: true, flows }, 'a photo of a patient');
    expect(hits[0]).toMatchObject({ kind: 'answer', outcome: { verdict: 'act-now' } });
    expect(hits.slice(1, 3).map((hit) => hit.kind)).toEqual(['topic', 'topic']);
    const keys = hits.map((hit) => JSON.stringify(hit));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('finds nothing in words that the guidance does not use', () => {
    for (const typed of ['', '  ', '!!', 'zyxwvut', 'the']) {
      expect(searchGuidance(organisation, NOTHING, typed)).toEqual([]);
    }
  });

  test('without words, shows what to do about danger and then every topic once', () => {
    const [first, ...topics] = firstHits(organisation);
    expect(first).toMatchObject({ kind: 'answer', outcome: { verdict: 'act-now' } });
    const ordinary = [...organisation.flows.values()].filter(({ danger }) => !danger).map(({ flow }) => flow);
    const shown = topics.map((hit) => (hit.kind === 'topic' ? hit.flow.flow : ''));
    expect(shown.toSorted()).toEqual(ordinary.toSorted());
  });
});
