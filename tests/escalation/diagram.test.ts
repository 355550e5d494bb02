import { existsSync, readFileSync } from 'node:fs';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { lifeDiagram } from '../../src/escalation/diagram.ts';
import { type Action, BY_TIME, LIFE, TIME_EVENTS } from '../../src/escalation/life.ts';
import { Times } from '../../src/guidance/types.ts';
import { STATUSES, type Status } from '../../src/store/schema.ts';
import { sayIn } from '../../src/words/say.ts';
import { HOUR, kindsOf, NURSE, openHouse } from './house.ts';

const PAGE = 'docs/escalations.md';
const PICTURE = 'docs/pictures/life.svg';

describe('what time alone does', () => {
  /** How a referral comes to each status, and stays there if nobody does anything. */
  const WAYS: Readonly<Record<Exclude<Status, 'closed'>, readonly Action[]>> = {
    raised: [],
    acknowledged: ['acknowledge'],
    'in-progress': ['take-on'],
    reopened: ['acknowledge', 'close', 'reopen'],
  };

  test.each(Object.entries(WAYS))('is what its table says for one that is %s', async (status, way) => {
    const house = await openHouse();
    try {
      await house.goesOnDuty(NURSE);
      const record = await house.raises();
      await house.settle();
      for (const action of way) await house.acts(record, action, { text: 'Done.' });
      const before = await house.read(record);
      expect(before.referral.status).toBe(status);

      const happened = new Set<string>();
      let came: Status = before.referral.status;
      // Until it leaves its status, or longer than any of the waits.
      for (let hours = 0; hours < 400 && came === status; hours += 1) {
        await house.later(HOUR);
        const now = await house.read(record);
        for (const kind of kindsOf(now).slice(before.audit.length)) happened.add(kind);
        came = now.referral.status;
      }

      const expected = TIME_EVENTS.filter((event) => BY_TIME[event].from.some((from) => from === status));
      expect(TIME_EVENTS.filter((event) => happened.has(event))).toEqual(expected);
      expect(came).toBe(expected.map((event) => BY_TIME[event].to).find((to) => to !== undefined) ?? status);
    } finally {
      await house.close();
    }
  });

  test('is nothing to one that is closed', async () => {
    const house = await openHouse();
    try {
      await house.goesOnDuty(NURSE);
      const record = await house.raises();
      await house.settle();
      await house.acts(record, 'acknowledge');
      await house.acts(record, 'close', { text: 'Done.' });
      await house.settle();
      const before = await house.read(record);
      await house.later(400 * HOUR);
      expect(kindsOf(await house.read(record))).toEqual(kindsOf(before));
      for (const event of TIME_EVENTS) expect(BY_TIME[event].from).not.toContain('closed');
    } finally {
      await house.close();
    }
  });
});

describe('the diagram of a referral’s life', () => {
  let svg: string;
  beforeAll(async () => {
    svg = plain((await Graphviz.load()).dot(lifeDiagram()));
  });
  /** From where to where, by status. A way back is written from its end, with the arrow's head at its beginning. */
  const arrows = (): string[] =>
    [...lifeDiagram().matchAll(/"([\w-]+)" -> "([\w-]+)" \[label=([^\n]*)\];/g)].map(([, one, other, attributes]) =>
      attributes?.includes('dir=back') ? `${other} to ${one}` : `${one} to ${other}`,
    );
  const words = (): string => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]).join(' ');

  test('has an arrow for each way from one status to another, and no other', () => {
    const ways = STATUSES.flatMap((from) =>
      [...Object.values(LIFE), ...Object.values(BY_TIME)].flatMap(({ from: sources, to }) =>
        sources.includes(from) && to !== undefined && to !== from ? [`${from} to ${to}`] : [],
      ),
    );
    expect(arrows().sort()).toEqual(ways.sort());
    expect(svg.match(/class="edge"/g)?.length).toBeGreaterThanOrEqual(ways.length);
  });

  test('names each status, and everything that anybody or time can do', () => {
    for (const status of STATUSES) expect(words()).toContain(sayIn('en-GB')(`status.${status}`));
    const can = [
      'acknowledge',
      'take it on',
      'hand over',
      'ask the reporter',
      'add a note',
      'refer on',
      'go on with it',
    ];
    const more = [
      'close',
      'reopen',
      'answer a question',
      'add something',
      'ask to withdraw',
      'a reminder',
      'end of the route',
    ];
    const said = words().replace(/\s+/g, ' ');
    for (const text of [...can, ...more]) expect(said).toContain(text);
  });

  test('says in words what time does, and not by the look of a line alone', () => {
    const dashed = svg.match(/stroke-dasharray/g) ?? [];
    const returns = BY_TIME.returned.from.length;
    expect(dashed).toHaveLength(returns);
    expect(words().match(/Time alone: +back to the +route/g)).toHaveLength(returns);
  });
});

describe('the page on escalations', () => {
  const page = (): string => readFileSync(PAGE, 'utf8');

  test('shows the life of a referral as the code draws it now', async () => {
    const drawn = `${(await Graphviz.load()).dot(lifeDiagram())}\n`;
    // If this fails: npm run --silent signpost -- life > docs/pictures/life.svg, and read the page again.
    expect(readFileSync(PICTURE, 'utf8')).toBe(drawn);
    expect(page()).toMatch(/!\[[^\]]{100,}\]\(pictures\/life\.svg\)/);
  });

  test('names only files that are there', () => {
    const named = [...page().matchAll(/`((?:src|tests|rehearse|policies|docs|env)\/[\w./-]+)`/g)].map(
      ([, file = '']) => file,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  test('states the times that hold where an organisation sets none', () => {
    const { remind, return: back, 'in-progress': working, 'duty-warning': warning } = Times.parse({});
    const row = (name: string): string =>
      page()
        .split('\n')
        .find((line) => line.includes(`\`${name}\``)) ?? '';
    const says = (name: string, minutes: number): void => expect(row(name)).toMatch(new RegExp(`\\b${minutes}\\b`));
    for (const minutes of Object.values(remind)) says('times: remind', minutes);
    for (const minutes of Object.values(back)) says('times: return', minutes);
    says('times: in-progress', working);
    says('times: duty-warning', warning);
  });
});

/** Without the escapes that Graphviz writes. */
function plain(drawn: string): string {
  return drawn.replaceAll('&#45;', '-').replaceAll('&gt;', '>').replaceAll('&#160;', ' ');
}
