import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTIONS } from '../../src/escalation/life.ts';
import { isReferralAction, parsePress } from '../../src/teams/verbs.ts';

const press = (verb: unknown, data?: unknown): unknown => ({ action: { type: 'Action.Execute', verb, data } });
const WALK = { organisation: 'example-trust', flow: 'filming', edition: 'abc', responses: { danger: 'no' } };
const DRAFT = {
  department: 'ward-1',
  description: 'A visitor is filming.',
  callBack: '4455',
  safeToRing: 'yes',
  told: 'police,senior',
  aboutSenior: 'no',
  yourName: 'shown',
};
const KEY = '4f7c9a52-9d1e-4d4b-8f5c-2f1f2f3f4f5f';

const NO_INPUTS = {
  note: '',
  outcome: '',
  question: '',
  colleague: '',
  referredTo: '',
  number: '',
  answer: '',
  addition: '',
  reason: '',
};

describe('a press on a card', () => {
  test.each<[string, object]>([
    ['topics', {}],
    ['choose-organisation', { organisation: 'example-trust', text: 'can I film', scrubbed: true }],
    ['change-organisation', {}],
    ['walk', WALK],
    ['danger', { from: WALK, apart: true }],
    ['none-of-these', { text: 'can I film' }],
    ['raise', { ...WALK, draft: DRAFT }],
    ['check', { ...WALK, ...DRAFT }],
    ['send', { ...WALK, draft: DRAFT, key: KEY }],
    ['my-referrals', {}],
    ['show-referral', { reference: 'K7M-2PXC' }],
    ['duty-form', {}],
    ['duty-on', { department: 'ward-1', until: '07:30', key: KEY }],
    ['duty-off', { department: 'ward-1' }],
    ['ask-take-over', { department: 'ward-1', colleague: 'a-colleague' }],
    ['accept-duty', { handover: 'a-hand-over', until: '07:30' }],
    ['decline-duty', { handover: 'a-hand-over' }],
    ['duty-board', {}],
    ['refresh-referral', { reference: 'K7M-2PXC' }],
    ...ACTIONS.map((action): [string, object] => [
      action,
      { ...NO_INPUTS, reference: 'K7M-2PXC', key: KEY, note: 'A note.', outcome: 'Told.', number: '0042' },
    ]),
  ])('“%s” is read as it was drawn', (verb, data) => {
    expect(parsePress(press(verb, data))).toEqual({ verb, data });
  });

  test('may lack what a card need not say', () => {
    expect(parsePress(press('topics'))).toEqual({ verb: 'topics', data: {} });
    expect(parsePress(press('topics', null))).toEqual({ verb: 'topics', data: {} });
    expect(parsePress(press('danger'))).toEqual({ verb: 'danger', data: { apart: false } });
    expect(parsePress(press('walk', { organisation: 'o', flow: 'f', edition: 'e' }))?.data).toMatchObject({
      responses: {},
    });
    expect(parsePress(press('raise', WALK))).toEqual({ verb: 'raise', data: WALK });
  });

  test('reads inputs that were left empty, and drops what no card of ours sends', () => {
    const { description, ...rest } = DRAFT;
    expect(description).not.toBe('');
    expect(parsePress(press('check', { ...WALK, ...rest, surprise: 'x' }))).toEqual({
      verb: 'check',
      data: { ...WALK, ...rest, description: '' },
    });
  });

  test('is none when its verb is not ours', () => {
    for (const verb of ['', 'Walk', 'delete', '__proto__', 'constructor', 'toString', 7, null, undefined, {}]) {
      expect(parsePress(press(verb, WALK))).toBeUndefined();
    }
  });

  test('is none when what it carries has another shape', () => {
    for (const value of [undefined, null, '', 'walk', 7, [], {}, { action: null }, { action: 'walk' }]) {
      expect(parsePress(value)).toBeUndefined();
    }
    for (const data of [
      'text',
      7,
      true,
      [],
      { ...WALK, flow: 7 },
      { ...WALK, responses: [] },
      { ...WALK, flow: undefined },
    ]) {
      expect(parsePress(press('walk', data))).toBeUndefined();
    }
    expect(parsePress(press('walk', { ...WALK, responses: { danger: { $gt: '' } } }))).toBeUndefined();
    expect(parsePress(press('send', { ...WALK, draft: DRAFT }))).toBeUndefined();
    expect(parsePress(press('send', { ...WALK, draft: DRAFT, key: 'short' }))).toBeUndefined();
    expect(parsePress(press('acknowledge', { key: KEY }))).toBeUndefined();
  });

  test('is none when it carries more than a person types', () => {
    const draft = (length: number): unknown => ({
      ...WALK,
      draft: { ...DRAFT, description: 'x'.repeat(length) },
      key: KEY,
    });
    expect(parsePress(press('send', draft(50_000)))).toBeDefined();
    expect(parsePress(press('send', draft(50_001)))).toBeUndefined();
    expect(parsePress(press('walk', { ...WALK, flow: 'x'.repeat(101) }))).toBeUndefined();
    expect(parsePress(press('walk', { ...WALK, responses: { danger: 'x'.repeat(101) } }))).toBeUndefined();
  });

  test('never throws, and changes no object but its own', () => {
    const verbs = ['walk', 'danger', 'send', 'check', 'note', 'duty-on', 'topics'];
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...verbs), fc.string()),
        fc.anything({ withNullPrototype: true }),
        (verb, data) => {
          const read = parsePress(press(verb, data));
          if (read !== undefined) expect(verbs).toContain(read.verb);
        },
      ),
      { seed: 20260101, numRuns: 500 },
    );
    const hostile = JSON.parse('{"organisation":"o","flow":"f","edition":"e","responses":{"__proto__":"polluted"}}');
    const read = parsePress(press('walk', hostile));
    expect(Object.hasOwn(read?.data ?? {}, 'organisation')).toBe(true);
    expect('polluted' in {}).toBe(false);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('is an action on a referral only for the verbs of its life', () => {
    const verbs = [...ACTIONS, 'topics', 'my-referrals'];
    const act = { reference: 'K7M-2PXC', key: KEY, text: '' };
    const found = verbs.filter((verb) => {
      const read = parsePress(press(verb, act));
      return read !== undefined && isReferralAction(read);
    });
    expect(found).toEqual([...ACTIONS]);
  });
});
