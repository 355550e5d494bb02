import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CARD_NAMES, CardTooLargeError, LARGEST_CARD, loadCards, sizeOf } from '../../src/teams/cards.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-cards-'));
  cpSync('cards', folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a card of our own in place of a real one. */
function replace(name: string, template: unknown): void {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(template));
}

type Element = Readonly<Record<string, unknown>>;

/** Every object of a template, at any depth. */
function elementsIn(value: unknown): Element[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(elementsIn);
  return Array.isArray(value) ? inside : [value as Element, ...inside];
}

const WORDS = { language: 'en-GB', fallback: 'fallback', speak: 'speak' };
/** Built from two pieces, since a placeholder in plain quotes looks like a mistake. */
const PLACEHOLDER = (expression: string): string => ['$', '{', expression, '}'].join('');

describe('card templates', () => {
  test('are all there', () => {
    expect(() => loadCards(folder)).not.toThrow();
  });

  test.each([...CARD_NAMES])('without %s.json are refused, and it is named', (name) => {
    rmSync(join(folder, `${name}.json`));
    expect(() => loadCards(folder)).toThrow(`The card template ${join(folder, `${name}.json`)} is missing.`);
  });

  test('that name a part which is not there are refused, and it is named', () => {
    replace('message', { type: 'AdaptiveCard', body: [{ part: 'no-such-part' }] });
    expect(() => loadCards(folder)).toThrow('There is no card part called no-such-part.');
    rmSync(join(folder, 'parts', 'danger-exit.json'));
    replace('message', { type: 'AdaptiveCard', body: [] });
    expect(() => loadCards(folder)).toThrow('There is no card part called danger-exit.');
  });

  test('cut nothing off on a phone: text and options go on to the next line', () => {
    const files = readdirSync('cards', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    const cut = files.flatMap((name) =>
      elementsIn(JSON.parse(readFileSync(join('cards', name), 'utf8')))
        .filter(({ type, style }) => type === 'TextBlock' || (type === 'Input.ChoiceSet' && style === 'expanded'))
        .filter(({ wrap }) => wrap !== true)
        .map((element) => `${name}: ${JSON.stringify(element)}`),
    );
    expect(cut).toEqual([]);
  });

  test('share their parts, each bound to the data of its own card', () => {
    mkdirSync(join(folder, 'parts'), { recursive: true });
    writeFileSync(join(folder, 'parts', 'sign.json'), JSON.stringify({ type: 'TextBlock', text: PLACEHOLDER('sign') }));
    for (const name of ['message', 'offer']) replace(name, { type: 'AdaptiveCard', body: [{ part: 'sign' }] });
    const cards = loadCards(folder);
    expect(cards.draw('message', { ...WORDS, sign: 'one' }).body).toEqual([{ type: 'TextBlock', text: 'one' }]);
    expect(cards.draw('offer', { ...WORDS, sign: 'two' }).body).toEqual([{ type: 'TextBlock', text: 'two' }]);
  });
});

describe('what was typed', () => {
  const TEMPLATE = {
    type: 'AdaptiveCard',
    body: [
      { type: 'TextBlock', text: PLACEHOLDER('typed') },
      { type: 'TextBlock', text: `Said: ${PLACEHOLDER('typed')}.` },
      { type: 'Container', $data: PLACEHOLDER('list'), items: [{ type: 'TextBlock', text: PLACEHOLDER('text') }] },
    ],
    actions: [{ type: 'Action.Execute', title: 'Send', data: PLACEHOLDER('go') }],
  };
  const drawTyped = (typed: string): unknown => {
    replace('message', TEMPLATE);
    const data = { ...WORDS, typed, list: [{ text: typed }], go: { draft: { description: typed } } };
    return loadCards(folder).draw('message', data);
  };
  const asTyped = (typed: string): unknown => ({
    type: 'AdaptiveCard',
    body: [
      { type: 'TextBlock', text: typed },
      { type: 'TextBlock', text: `Said: ${typed}.` },
      { type: 'Container', items: [{ type: 'TextBlock', text: typed }] },
    ],
    actions: [{ type: 'Action.Execute', title: 'Send', data: { draft: { description: typed } } }],
  });

  test.each([
    ['a placeholder', PLACEHOLDER('typed')],
    ['a placeholder that counts', `How many? ${PLACEHOLDER('count(list)')}`],
    ['a placeholder that never closes', `$` + '{ typed'],
    ['double quotes', 'He said "stop", then "go"'],
    ['single quotes', "it's his 'phone'"],
    ['backslashes', 'C:\\photos\\ward\\n and \\\\server\\share'],
    ['new lines and tabs', 'first\nsecond\r\n\tthird'],
    ['braces', '{"type":"Action.OpenUrl"} {{x}} $when $data'],
    ['what looks like a number', '0117'],
    ['what looks like a truth', 'false'],
    ['nothing at all', ''],
    ['letters of every kind', 'café, Łódź, 山田, 👩‍⚕️, \u202Eright to left'],
  ])('comes out as it was, with %s in it', (_, typed) => {
    expect(drawTyped(typed)).toEqual(asTyped(typed));
  });

  test('comes out as it was, whatever it is', () => {
    replace('message', TEMPLATE);
    const cards = loadCards(folder);
    const pieces = fc.constantFrom('$', '{', '}', '${', '"', "'", '\\', '\n', 'typed', '@', '`', ' ', 'x', '(', ')');
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: pieces }));
    fc.assert(
      fc.property(text, (typed) => {
        const data = { ...WORDS, typed, list: [{ text: typed }], go: { draft: { description: typed } } };
        expect(cards.draw('message', data)).toEqual(asTyped(typed));
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });
});

describe('a card that Teams would refuse', () => {
  test('is not drawn', () => {
    replace('message', { type: 'AdaptiveCard', body: [{ type: 'TextBlock', text: PLACEHOLDER('typed') }] });
    const cards = loadCards(folder);
    const empty = sizeOf(cards.draw('message', { ...WORDS, typed: 'x' })) - 2;
    const room = (LARGEST_CARD - empty) / 2;
    expect(sizeOf(cards.draw('message', { ...WORDS, typed: 'x'.repeat(room) }))).toBe(LARGEST_CARD);
    expect(() => cards.draw('message', { ...WORDS, typed: 'x'.repeat(room + 1) })).toThrow(CardTooLargeError);
    expect(() => cards.draw('message', { ...WORDS, typed: 'x'.repeat(room + 1) })).toThrow(
      `The card message has ${LARGEST_CARD + 2} bytes.`,
    );
  });

  test('is measured as Teams measures it, two bytes for each unit of UTF-16', () => {
    expect(sizeOf('aé山')).toBe(2 * '"aé山"'.length);
    expect(sizeOf('👍')).toBe(2 * 4);
  });
});
