import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { diagram } from '../../src/guidance/diagram.ts';
import type { Flow } from '../../src/guidance/types.ts';
import { type Change, loadExampleTrust } from './example-trust.ts';

const FILMING = 'example-trust/flows/filming.yaml';

function filming(...changes: readonly Change[]): Flow {
  const flow = loadExampleTrust(...changes).flows.get('filming');
  if (flow === undefined) throw new Error('There is no flow filming.');
  return flow;
}

describe('the diagram of a flow', () => {
  let graphviz: Graphviz;
  beforeAll(async () => {
    graphviz = await Graphviz.load();
  });
  /** The titles that Graphviz gives to what it draws: "a" for a box, "a->b" for an arrow. */
  const drawn = (flow: Flow): string[] =>
    [...graphviz.dot(diagram(flow)).matchAll(/class="(?:node|edge)">\s*<title>([^<]*)<\/title>/g)]
      .map((match) => (match[1] ?? '').replace('&#45;&gt;', '->').replaceAll('&#45;', '-'))
      .sort();
  /** What stands in its boxes and on its arrows, without line breaks. */
  const words = (flow: Flow): string =>
    [...graphviz.dot(diagram(flow)).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]).join(' ');

  test('has a box for each question and outcome, and an arrow for each option', () => {
    expect(drawn(filming())).toEqual(
      [
        'danger',
        'who',
        'danger-now',
        'tell-senior',
        'ask-first',
        'danger->danger-now',
        'danger->who',
        'who->tell-senior',
        'who->ask-first',
        'who->tell-senior',
      ].sort(),
    );
  });

  test('has the words of each question, option and headline, and each verdict', () => {
    const said = words(filming());
    for (const text of ['Is anyone in danger?', 'A visitor', 'I am not sure', 'Tell the senior person', 'ACT-NOW']) {
      expect(said.replaceAll('&#45;', '-')).toContain(text);
    }
  });

  test('breaks long words into lines and loses none of them', () => {
    const long = 'Is there anybody on the ward or near it who has a camera, a phone or another thing to film with?';
    const flow = filming(
      { file: FILMING, find: 'ask: Who is filming?', put: `ask: ${long}` },
      // The example's own rule for the length of a sentence.
      { file: 'national/plain-english.yaml', find: 'longest-sentence: 12', put: 'longest-sentence: 30' },
    );
    expect(words(flow)).toContain(long);
    const lines = /label="(Is there [^"]*)"/.exec(diagram(flow))?.[1]?.split('\\n') ?? [];
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(26);
  });

  test.each(['Say "stop" now', 'C:\\new\\ward', '<b>Stop</b> & go', '"]; x -> y; ["', '-> {} ; // #'])(
    'draws the headline %s as it is, and nothing more',
    (headline) => {
      const flow = filming({
        file: FILMING,
        find: 'headline: Tell the senior person',
        put: `headline: ${JSON.stringify(headline)}`,
      });
      expect(drawn(flow)).toEqual(drawn(filming()));
      const plain = words(flow)
        .replaceAll('&#45;', '-')
        .replaceAll('&quot;', '"')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&');
      expect(plain).toContain(headline);
    },
  );
});
