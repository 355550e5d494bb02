import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DialogDriver, PersonDriver } from '../../src/sandbox/driver.ts';
import { EXTENSION, type Found, type SearchResult } from '../../src/sandbox/extension.ts';
import {
  allText,
  FORM,
  opensChat,
  type Rehearsal,
  referenceOn,
  SOUTH_EAST_COAST,
  sees,
  startRehearsal,
  text,
  WORCESTERSHIRE,
  waitFor,
} from '../support/rehearsal.ts';

const [ASK, RAISE] = EXTENSION.onMessages.map(({ id }) => id);
const REFERRALS = 'Safeguarding referrals';

let rehearsal: Rehearsal;
let amina: PersonDriver;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  amina = await opensChat(rehearsal.teams, 'Amina');
});
afterAll(() => rehearsal.stop());

/** Looks into the register, beside the server. */
function rows(query: string): unknown[] {
  const register = new DatabaseSync(join(rehearsal.folder, 'signpost.sqlite'), { readOnly: true });
  try {
    return register.prepare(query).all();
  } finally {
    register.close();
  }
}

function found(result: SearchResult): readonly Found[] {
  if ('results' in result) return result.results;
  throw new Error(`The search gave ${JSON.stringify(result)}.`);
}

const titles = (result: SearchResult): string[] => found(result).map(({ title }) => title);
const read = ({ card }: Found): string => allText({ messageId: '', card });

describe('a search from the box for writing', () => {
  test('shows what to do about danger, and topics, before anything is typed', async () => {
    const first = await amina.searches();
    expect(found(first)[0]?.text).toContain('Act now');
    expect(titles(first)).toContain('Can I post this photo or video?');
    // Ten at once: more is too much for a phone.
    expect(found(first)).toHaveLength(10);
  });

  test('finds the topic that the chat would offer, and what to do first where it may be about danger', async () => {
    expect(titles(await amina.searches('can i post a photo of the team'))[0]).toBe('Can I post this photo or video?');
    const danger = found(await amina.searches('he has a knife'));
    expect(danger[0]?.text).toContain('Act now');
    expect(danger[0] && read(danger[0])).toContain('999');
  });

  test('finds a clause by its number and by its words, with the policy and its state on the card', async () => {
    const byNumber = found(await amina.searches('WAHT-4.2'));
    expect(byNumber[0]?.title).toContain('(WAHT-4.2)');
    expect(titles(await amina.searches('4.2'))).toContain(byNumber[0]?.title);
    const card = byNumber[0] === undefined ? '' : read(byNumber[0]);
    for (const words of [
      `Guidance of ${WORCESTERSHIRE}`,
      'Policy',
      'Review due',
      'Draft: the policy owner has not yet approved this guidance.',
      'If someone is in danger, ring 999 now.',
    ]) {
      expect(card).toContain(words);
    }
    expect(titles(await amina.searches('police')).some((title) => title.includes('WAHT-'))).toBe(true);
  });

  test('says so where nothing is found, and keeps nothing of what was typed', async () => {
    const result = await amina.searches('xylophone qwertzuiop');
    expect(result).toEqual({ message: expect.stringContaining('Nothing in the guidance of') });
    expect(JSON.stringify(result)).not.toContain('xylophone');
    expect(rehearsal.logged()).not.toContain('xylophone');
  });

  test('gives cards on which nothing acts: all that can be pressed is a link to a chat of one’s own', async () => {
    const everything = [...found(await amina.searches()), ...found(await amina.searches('a photo without consent'))];
    for (const { card } of everything) {
      const actions = JSON.stringify(card).match(/Action\.\w+/g);
      expect(actions).toEqual(['Action.OpenUrl']);
      expect(JSON.stringify(card)).toContain('https://teams.microsoft.com/l/chat/0/0?users=28%3Asignpost');
    }
  });

  test('a card that somebody sends is theirs, and the bot has nothing to say to it', async () => {
    const [first] = found(await amina.searches('4.2'));
    if (first === undefined) throw new Error('Nothing was found.');
    const before = (await amina.messages()).length;
    expect(await amina.sends(first.card)).toMatchObject({ delivered: true });
    const after = await amina.messages();
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toMatchObject({ from: { name: 'Amina Yusuf', bot: false } });
  });

  test('asks for the Trust of somebody who has not said it', async () => {
    const sam = rehearsal.teams.person('Sam');
    expect(await sam.searches('photo')).toEqual({ message: expect.stringContaining('First say which Trust') });
  });
});

describe('a server that has not learnt the topics yet', () => {
  test('looks for the words alone, with what to do about danger in case, and for topics once it has', async () => {
    // Policies that are read anew have not been learnt from.
    const young = await startRehearsal({ POLICIES_DIR: 'policies' }, undefined, { trainFirst: false });
    try {
      const person = await opensChat(young.teams, 'Amina');
      const first = found(await person.searches('police'));
      expect(first[0]?.text).toContain('Act now');
      expect(first.some(({ title }) => title.includes('WAHT-'))).toBe(true);
      expect(first.some(({ text: words }) => words.startsWith('Topic'))).toBe(false);
      await waitFor(
        async () => found(await person.searches('police')).some(({ text: words }) => words.startsWith('Topic')),
        'topics',
      );
    } finally {
      await young.stop();
    }
  });
});

describe('a message that somebody else wrote', () => {
  const posted = async (words: string, attachments: Parameters<PersonDriver['says']>[1] = []): Promise<string> => {
    const { id } = await rehearsal.teams.channel(REFERRALS).as('Helen').says(words, attachments);
    return id;
  };
  let priya: PersonDriver;
  const opens = async (words: string, command = ASK, attachments: Parameters<PersonDriver['says']>[1] = []) =>
    rehearsal.teams
      .channel(REFERRALS)
      .as('Priya')
      .opensDialog(await posted(words, attachments), command ?? '');
  beforeAll(async () => {
    priya = await opensChat(rehearsal.teams, 'Priya');
  });

  const press = async (dialog: DialogDriver, list: readonly string[]): Promise<string> => {
    for (const title of list) await dialog.presses(title);
    return text(dialog.card);
  };

  test('is shown without identifiers before it is used, and never who wrote it', async () => {
    const dialog = await opens('A visitor films the bay, ring her on 07700 900123 <today> & now');
    const shown = text(dialog.card);
    expect(shown).toContain('A visitor films the bay, ring her on [phone number] <today> & now');
    expect(shown).toContain('I have taken out what may identify a person');
    expect(JSON.stringify(dialog.shown)).not.toMatch(/900123|Helen/);
  });

  test('leads to the topics that the chat would offer, and on to the answer, in the dialog', async () => {
    const dialog = await opens('a visitor is livestreaming the ward');
    expect(await press(dialog, ['Use these words'])).toContain('I think you mean');
    expect(
      await press(dialog, ['Someone is filming, photographing or livestreaming', 'No', 'Staff or another patient']),
    ).toContain('Raise this');
    // Back and Change work as in a chat.
    expect(await press(dialog, ['Back'])).toContain('Your answers');
  });

  test('can be put in other words first, or left out', async () => {
    const other = await opens('something long ago');
    await other.presses('Use these words', { text: 'can I post this photo?' });
    expect(text(other.card)).toContain('Can I post this photo or video?');
    const none = await opens('a visitor is livestreaming the ward');
    expect(await press(none, ['Do not use them'])).toContain('choose a topic');
  });

  test('that may be about danger has the number to ring on the first card, and the way out on every one', async () => {
    const dialog = await opens('he says he has a knife and will stab the nurse');
    expect(text(dialog.card)).toContain('Ring 999 now if someone is in danger');
    expect(await press(dialog, ['Someone is at risk now'])).toContain('999');
  });

  test('with a picture has it left where it is, and says what to do about it', async () => {
    const picture = { contentType: 'image/png', contentUrl: `${rehearsal.signpost.address}/secret.png`, name: 'a.png' };
    const dialog = await opens('', ASK, [picture]);
    expect(text(dialog.card)).toContain('I have not opened it and left it where it is. Do not copy it, forward it');
    expect(text(dialog.card)).toContain('There are no words in the message');
    const asked = (await rehearsal.teams.journal()).filter(({ path }) => path.includes('secret.png'));
    expect(asked).toEqual([]);
  });

  test('leaves nothing behind: not in the log, and not among what found no answer', async () => {
    const dialog = await opens('zephyrine quokka marmalade');
    expect(await press(dialog, ['Use these words'])).toContain('I do not have an answer to that');
    expect(rehearsal.logged()).not.toContain('quokka');
    // What somebody asks themselves is kept for the policy owner.
    await priya.says('own zephyrine wombat');
    const kept = JSON.stringify(rows('select text from unanswered'));
    expect(kept).toContain('wombat');
    expect(kept).not.toContain('quokka');
  });

  test('can end in a referral, of which the reporter’s card comes in their own chat, and no word of the message', async () => {
    const dialog = await opens('a visitor is livestreaming bay 7, says Helen', RAISE);
    await press(dialog, [
      'Use these words',
      'Someone is filming, photographing or livestreaming',
      'No',
      'Staff or another patient',
      'Raise this',
    ]);
    await dialog.presses('Check your answers', { ...FORM, description: 'A visitor is streaming.' });
    await dialog.presses('Send');
    const reference = referenceOn(dialog.card);
    expect(text(dialog.card)).toContain('What becomes of it comes in your chat with me.');
    // In the dialog nothing of it can be pressed but the way out.
    expect(JSON.stringify(dialog.shown).match(/"type":"Action\.\w+"/g)).toEqual(['"type":"Action.Submit"']);
    const own = await sees(priya, reference);
    expect(allText(own)).not.toContain('bay 7');
    expect(text(own)).not.toContain('What you see here does not change.');
    const posts = (await rehearsal.teams.channel(REFERRALS).as('Priya').cards()).filter((card) =>
      text(card).includes(reference),
    );
    for (const post of posts) expect(allText(post)).not.toContain('bay 7');
  });

  test('can be raised by somebody who has never opened the chat: their card begins it', async () => {
    const helen = rehearsal.teams.person('Helen');
    const inChannel = rehearsal.teams.channel(REFERRALS).as('Helen');
    await press(await inChannel.opensDialog(await posted('something'), RAISE ?? ''), [WORCESTERSHIRE]);
    expect(await helen.messages()).toEqual([]);
    const dialog = await inChannel.opensDialog(await posted('a visitor is livestreaming the bay'), RAISE ?? '');
    await press(dialog, [
      'Use these words',
      'Someone is filming, photographing or livestreaming',
      'No',
      'Staff or another patient',
      'Raise this',
    ]);
    await dialog.presses('Check your answers', FORM);
    await dialog.presses('Send');
    const card = await sees(helen, referenceOn(dialog.card));
    expect(allText(card)).toContain('Helen Marsh raised this');
  });

  test('is not used before the Trust is known, and danger does not wait for that', async () => {
    const message = await posted('he says he has a knife');
    await rehearsal.teams.person('Sam').joinsTeam();
    const dialog = await rehearsal.teams
      .channel(REFERRALS)
      .as('Sam')
      .opensDialog(message, ASK ?? '');
    expect(text(dialog.card)).toContain('Ring 999 now');
    expect(text(dialog.card)).toContain('Choose your Trust, then use “Ask about this message” again.');
    expect(JSON.stringify(dialog.shown)).not.toContain('knife');
    expect(await press(dialog, [SOUTH_EAST_COAST])).toContain('South East Coast');
  });
});

describe('what Teams sends from a chat between people', () => {
  /** Sends what a dialog or a search sent before again, changed. */
  const again = async (name: string, changes: object): Promise<{ status: number; body: unknown }> => {
    const journal = await rehearsal.teams.journal();
    const sent = journal.findLast(({ body }) => isInvoke(body, name))?.body;
    if (sent === undefined) throw new Error(`Teams has sent no ${name}.`);
    const response = await fetch(`${rehearsal.signpost.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...sent, ...changes }),
    });
    return { status: response.status, body: await response.json() };
  };

  test('never becomes the place where a person’s own cards go', async () => {
    await amina.searches('photo');
    const conversation = { conversationType: 'personal', id: '19:two-people@unq.gbl.spaces' };
    expect(await again('composeExtension/query', { conversation })).toMatchObject({ status: 200 });
    const { conversation: own } = await rehearsal.teams.placeOf('Amina');
    expect(rows("select conversation from people where name = 'Amina Yusuf'")).toMatchObject([{ conversation: own }]);
  });

  test.each([
    ['composeExtension/query', { value: { parameters: 'no', queryOptions: { count: -1 } } }],
    ['composeExtension/query', { value: null }],
    ['composeExtension/fetchTask', { value: { commandId: 'ask-about-message', messagePayload: 7 } }],
    ['composeExtension/fetchTask', { value: 'no' }],
    ['composeExtension/submitAction', { value: { data: { press: { verb: 'walk', data: 'no' } } } }],
    ['composeExtension/submitAction', { value: { data: { press: { verb: 'acknowledge', data: {} } } } }],
    ['composeExtension/submitAction', { value: undefined }],
    ['composeExtension/submitAction', { name: 'task/submit', value: {} }],
    ['composeExtension/fetchTask', { name: 'task/fetch', value: {} }],
  ])('is answered in the shape that Teams reads, however wrong it is: %s %j', async (name, changes) => {
    const { status, body } = await again(name, changes);
    expect(status).toBe(200);
    expect(Object.keys(body as object)).toEqual([name.endsWith('query') ? 'composeExtension' : 'task']);
  });
});

function isInvoke(body: unknown, name: string): boolean {
  return typeof body === 'object' && body !== null && 'name' in body && body.name === name;
}
