import { describe, expect, test } from '@jest/globals';
import { allText, cardOf, type ShownCard, TeamsDriver, text, waitFor } from '../../src/sandbox/driver.ts';

const CARD: ShownCard = {
  messageId: '1',
  card: {
    type: 'AdaptiveCard',
    body: [
      { type: 'TextBlock', text: 'Tell the senior person' },
      { type: 'RichTextBlock', inlines: ['You said: ', { type: 'TextRun', text: 'a visitor' }] },
      { type: 'FactSet', facts: [{ title: 'Reference', value: 'AB-12' }] },
      {
        type: 'Input.ChoiceSet',
        id: 'department',
        label: 'Department',
        choices: [{ title: 'Ward 9', value: 'ward-9' }],
      },
      { type: 'Container', isVisible: false, items: [{ type: 'TextBlock', text: 'The clause' }] },
      { type: 'ActionSet', actions: [{ type: 'Action.Execute', title: 'Back', data: { text: 'carried' } }] },
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'Ring 999', url: 'tel:999' }],
  },
};

const VISIBLE = [
  'Tell the senior person',
  'You said: a visitor',
  'Reference',
  'AB-12',
  'Department',
  'Ward 9',
  'Back',
  'Ring 999',
];

describe('the text of a card', () => {
  test('is what a person reads, without what is hidden and what buttons carry', () => {
    expect(text(CARD).split('\n')).toEqual(VISIBLE);
  });

  test('can include what is hidden until a button shows it', () => {
    expect(allText(CARD).split('\n')).toEqual([...VISIBLE.slice(0, 6), 'The clause', ...VISIBLE.slice(6)]);
  });
});

test('a press that was answered with no card says what came instead', () => {
  expect(() => cardOf({ message: 'Noted.' })).toThrow('Noted.');
});

test('waiting in vain says for what, and why', async () => {
  const failing = waitFor(() => Promise.reject(new Error('no card')), 'the referral card', 120);
  await expect(failing).rejects.toThrow('Waited 0.12 seconds in vain for the referral card.');
  await expect(failing).rejects.toMatchObject({ cause: { message: 'no card' } });
});

test('a button that is not on the card is named, with those that are', async () => {
  const amina = new TeamsDriver('http://127.0.0.1:9').person('amina');
  await expect(amina.presses('Send', { on: CARD })).rejects.toThrow('The card has no button "Send". It has: "Back".');
});
