import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Finder, type Found, trainFinder } from '../../src/guidance/find/finder.ts';
import type { Guidance, Organisation } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { loadExampleTrust } from './example-trust.ts';

const finderOf = (organisation: Organisation): Finder =>
  trainFinder([...organisation.flows.values()], organisation.smallTalk);

describe('free text about the real policies', () => {
  let guidance: Guidance;
  let finders: Map<string, Finder>;
  beforeAll(async () => {
    guidance = await loadPolicies('policies');
    finders = new Map([...guidance.values()].map((organisation) => [organisation.id, finderOf(organisation)]));
  });
  const eachFinder = (): [Organisation, Finder][] =>
    [...guidance.values()].map((organisation) => {
      const finder = finders.get(organisation.id);
      if (finder === undefined) throw new Error(`There is no finder for ${organisation.id}.`);
      return [organisation, finder];
    });

  test('each flow is found by its own examples', () => {
    for (const [organisation, finder] of eachFinder()) {
      for (const flow of organisation.flows.values()) {
        if (flow.danger) continue;
        const hits = flow.examples.filter((text) => finder.find(text).flows[0]?.flow === flow.flow);
        const share = hits.length / flow.examples.length;
        expect({ flow: flow.flow, isFound: share >= 0.9, share }).toEqual({ flow: flow.flow, isFound: true, share });
      }
    }
  });

  test('nearly every example of danger is flagged', () => {
    for (const [organisation, finder] of eachFinder()) {
      const examples = [...organisation.flows.values()].filter((flow) => flow.danger).flatMap((flow) => flow.examples);
      expect(examples.length).toBeGreaterThan(0);
      const flagged = examples.filter((text) => finder.find(text).danger);
      expect(flagged.length / examples.length).toBeGreaterThan(0.97);
    }
  });

  test('the danger flow is never the first offer unless the message is flagged', () => {
    for (const [organisation, finder] of eachFinder()) {
      const danger = [...organisation.flows.values()].filter((flow) => flow.danger).map(({ flow }) => flow);
      for (const flow of organisation.flows.values()) {
        for (const text of flow.examples) {
          const found = finder.find(text);
          if (!found.danger) expect(danger).not.toContain(found.flows[0]?.flow);
        }
      }
    }
  });

  test('offers are at most three, different, best first, and there only when something is offered', () => {
    for (const [organisation, finder] of eachFinder()) {
      const texts = [
        ...[...organisation.flows.values()].flatMap((flow) => flow.examples),
        ...organisation.smallTalk['off-topic'],
        ...organisation.smallTalk.greetings,
      ];
      for (const text of texts) {
        const { answer, flows } = finder.find(text);
        expect(flows.length).toBeLessThanOrEqual(3);
        expect(new Set(flows.map(({ flow }) => flow)).size).toBe(flows.length);
        expect(flows.map(({ score }) => score)).toEqual(flows.map(({ score }) => score).sort((a, b) => b - a));
        if (answer !== 'offer') expect(flows).toEqual([]);
      }
    }
  });

  test('greetings and matters that no policy is about are known as such', () => {
    for (const [{ smallTalk }, finder] of eachFinder()) {
      const greeted = smallTalk.greetings.filter((text) => finder.find(text).answer === 'greeting');
      const declined = smallTalk['off-topic'].filter((text) => finder.find(text).answer === 'none');
      expect(greeted.length / smallTalk.greetings.length).toBeGreaterThanOrEqual(0.9);
      expect(declined.length / smallTalk['off-topic'].length).toBeGreaterThanOrEqual(0.9);
    }
  });

  test('two trainings on the same content agree on every word', () => {
    const [first] = eachFinder();
    if (first === undefined) throw new Error('There is no organisation.');
    const [organisation, finder] = first;
    const again = finderOf(organisation);
    const examples = [...organisation.flows.values()].flatMap((flow) => flow.examples);
    const texts = [...examples, ...organisation.smallTalk['off-topic']]
      .slice(0, 40)
      .concat(['', 'hello', '🙂', 'x', 'is it ok', 'someone', 'the', 'photo', 'help me', 'MY MANAGER']);
    expect(texts.length).toBe(50);
    for (const text of texts) expect(again.find(text)).toEqual(finder.find(text));
  });
});

describe('free text about a tiny organisation', () => {
  const finder = finderOf(loadExampleTrust());
  const NOTHING: Found = { answer: 'none', danger: false, flows: [] };

  test.each([
    ['nothing', ''],
    ['only spaces', ' \n\t '],
    ['only emoji', '😀🎉👩‍⚕️'],
    ['only marks', '?!… — ""'],
  ])('%s is not about anything', (_, text) => {
    expect(finder.find(text)).toEqual(NOTHING);
  });

  test('letters that no example has are not about anything', () => {
    expect(finder.find('ωωω')).toEqual(NOTHING);
  });

  test('20,000 characters are answered, and as their beginning would be', () => {
    const text = 'a visitor is filming the ward '.repeat(700).slice(0, 20_000);
    expect(text.length).toBe(20_000);
    expect(finder.find(text).flows[0]?.flow).toBe('filming');
    expect(finder.find(text)).toEqual(finder.find(`${text} can I post a picture of my sandwich`));
  });

  test('danger at the end of a long message is flagged, and without it the same message is not', () => {
    const long = 'a visitor is filming the ward '.repeat(80);
    expect(finder.find(long).danger).toBe(false);
    expect(finder.find(`${long} he has a knife he has a knife`).danger).toBe(true);
  });

  test('capitals, apostrophes and marks make no difference', () => {
    const plain = finder.find('shes going to hurt herself');
    expect(plain.danger).toBe(true);
    expect(finder.find('SHE’S going… to “hurt” herself!!!')).toEqual(plain);
    expect(finder.find("She's going to hurt herself")).toEqual(plain);
  });

  test('text that looks like code, or like the names of objects, is only text', () => {
    for (const text of [
      '__proto__',
      'constructor',
      '{{1+1}}',
      '<script>alert(1)</script>',
      "'; drop table cards; --",
    ]) {
      expect(['offer', 'none', 'greeting']).toContain(finder.find(text).answer);
    }
  });

  test('a new flow with fifteen examples can be found', () => {
    const examples = [
      'my neighbour keeps bees',
      'a bee stung me at work',
      'there is a swarm in the car park',
      'who do I tell about a hive on the roof',
      'bees have got into the linen room',
      'wasps or bees by the bins',
      'can I put up a picture of the hive',
      'the beekeeper has come',
      'a hornet in the corridor',
      'we found honeycomb in the loft',
      'somebody opened the hive',
      'stings on the day unit',
      'the swarm is back',
      'may I keep a hive on the estate',
      'bees near the front door',
    ];
    const unseen = ['a swarm of bees outside', 'hive by the entrance', 'stung by a bee'];
    for (const text of unseen) expect(finder.find(text).flows[0]?.flow).not.toBe('bees');
    const organisation = loadExampleTrust({
      file: 'example-trust/flows/bees.yaml',
      add: `flow: bees
title: Bees at work
group: filming
examples:
${examples.map((text) => `  - ${text}`).join('\n')}
start: keep-away
outcomes:
  keep-away:
    verdict: report
    headline: Keep away
    steps:
      - { do: Keep away., clauses: [EX-1] }
`,
    });
    const grown = finderOf(organisation);
    for (const text of unseen) {
      expect(grown.find(text)).toMatchObject({ answer: 'offer' });
      expect(grown.find(text).flows[0]).toMatchObject({ flow: 'bees', title: 'Bees at work' });
    }
    expect(grown.find('a visitor is filming the ward').flows[0]?.flow).toBe('filming');
    expect(grown.find('he has a knife').danger).toBe(true);
  });
});
