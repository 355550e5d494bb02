import { beforeAll, describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/guidance/find/commands.ts';
import { type Finder, type Found, trainFinder } from '../../src/guidance/find/finder.ts';
import type { Guidance, Organisation } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { loadExampleTrust } from './example-trust.ts';

const finderOf = (organisation: Organisation): Finder =>
  trainFinder([...organisation.flows.values()], organisation.smallTalk, organisation.synonyms);

/** A finder that answers each message once: several tests ask for all examples. */
function remembering(finder: Finder): Finder {
  const answers = new Map<string, Found>();
  return {
    ...finder,
    find(text) {
      const found = answers.get(text) ?? finder.find(text);
      answers.set(text, found);
      return found;
    },
  };
}

describe('free text about the real policies', () => {
  let guidance: Guidance;
  let finders: Map<string, Finder>;
  beforeAll(async () => {
    guidance = await loadPolicies('policies');
    finders = new Map(
      [...guidance.values()].map((organisation) => [organisation.id, remembering(finderOf(organisation))]),
    );
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

  test.each(['?', 'hi ', 'please ', 'filming ', '\ufdfa'])('“%s” 200,000 letters long keeps nobody waiting', (part) => {
    const typed = `${part.repeat(200_000 / part.length)} is not it`;
    for (const [{ flows }, finder] of eachFinder()) {
      expect(finder.find(typed).danger).toBe(false);
      // How it ends may turn it round: it is asked, and not guessed.
      for (const flow of flows.values()) expect(finder.understand(flow, typed)).toEqual({});
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

  test.each([
    ['hello someone is dying'],
    ['Hi there, my patient is being hurt'],
    ['someone at risk'],
    ['Someone is at risk now'],
    ['rape'],
    ['stab'],
    ['kill'],
    ['SOS'],
    ['🆘'],
    ['999'],
    ['hiya rape'],
    ['hello he has a knife'],
  ])('“%s” is danger, whatever it opens with and however short it is', (text) => {
    for (const [, finder] of eachFinder()) expect(finder.find(text)).toMatchObject({ answer: 'offer', danger: true });
  });

  test.each(['fight', 'wound', 'texting', 'warning'])(
    '“%s” is a word of its own, not a greeting with a slip',
    (text) => {
      for (const [, finder] of eachFinder()) expect(finder.find(text).answer).not.toBe('greeting');
    },
  );

  test.each([
    ...['hiiii', 'heyyy', 'heeelp', 'helo', 'helllooo', 'Good mornign', 'thnaks', 'hello good morning', 'morning love'],
    ...['ty', 'tysm', 'thx so much', 'help pls', 'who made you then', 'hello thanks', 'hello can someone help me'],
  ])('“%s” is a greeting', (text) => {
    for (const [, finder] of eachFinder())
      expect(finder.find(text)).toEqual({ answer: 'greeting', danger: false, flows: [] });
  });

  test('a typed command is a greeting without danger, and is named', () => {
    for (const [, finder] of eachFinder()) {
      for (const { command, say, also } of COMMANDS) {
        for (const text of [say, ...also, `${say} please`, `show me ${say}`]) {
          expect(finder.explain(text)).toMatchObject({ answer: 'greeting', danger: false, flows: [], command });
        }
      }
    }
  });

  test.each(['x', 'a', ' X! ', 'a b c', '7', '12', '943 476 5919'])(
    '“%s” says too little to be about anything',
    (text) => {
      for (const [, finder] of eachFinder())
        expect(finder.find(text)).toEqual({ answer: 'none', danger: false, flows: [] });
    },
  );

  test.each([
    [
      'south-east-coast-ambulance',
      'worried-about-someone',
      'crewmates story says everyone would be better off without her',
    ],
    ['south-east-coast-ambulance', 'worried-about-someone', 'kid 13 says a man online wants to meet her'],
    ['south-east-coast-ambulance', 'worried-about-someone', 'found indecent pictures of a child on a patients tablet'],
    ['south-east-coast-ambulance', 'worried-about-someone', 'she says she will take all her tablets tonight'],
    ['south-east-coast-ambulance', 'threats-and-stalking', 'hes outside my house again'],
    ['south-east-coast-ambulance', 'threats-and-stalking', 'my ex is going to post my nudes unless i pay'],
    ['south-east-coast-ambulance', 'threats-and-stalking', 'he messages me every night saying he knows where i park'],
    ['worcestershire-acute', 'self-harm-or-suicide', 'rather not wake up tomorrow'],
    ['worcestershire-acute', 'self-harm-or-suicide', 'she has taken tablets'],
    ['worcestershire-acute', 'self-harm-or-suicide', "patient says he'll kill himself and he's put it on facebook"],
    ['worcestershire-acute', 'child-contact-and-grooming', 'a man online has asked the girl in bed 2 to meet him'],
    ['worcestershire-acute', 'child-indecent-images', 'his phone has pictures of naked kids'],
    ['worcestershire-acute', 'threats-stalking-blackmail', 'my ex is threatening to post my nudes'],
    ['worcestershire-acute', 'self-harm-or-suicide', 'she wants to kill herself'],
    ['worcestershire-acute', 'radicalisation', 'my mate says he wants to join isis'],
    ['worcestershire-acute', 'adult-at-risk-online', 'her carer takes her phone and her money and films her'],
  ])('in %s, the first topic under the danger card is %s for “%s”', (id, flow, text) => {
    const found = finders.get(id)?.find(text);
    expect(found).toMatchObject({ danger: true });
    expect(found?.flows[0]?.flow).toBe(flow);
  });

  test('what decided is what is explained', () => {
    for (const [, finder] of eachFinder()) {
      const grave = finder.explain('he has a knife and says he will kill her');
      expect(grave.decided).toBe('danger');
      expect(grave.because.map(({ feature }) => feature)).toContain('w:knife');
      const calm = finder.explain('can i post a photo of my lunch');
      expect(calm.decided).toBe('topic');
      expect(calm.topics[0]).toEqual(calm.flows[0]);
      expect(finder.explain('hello').because).toEqual([]);
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
