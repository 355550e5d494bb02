import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BOT, PEOPLE, TENANT_ID } from '../../src/sandbox/people.ts';
import { sendPress, startLive } from '../support/live.ts';
import {
  cardOf,
  FORM,
  fillsIn,
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  text,
  walksToLivestream,
} from '../support/rehearsal.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: what the template language would evaluate, typed by a person.
const NASTY = '<b>bold</b> **stars** [link](http://evil.example) ${1+1} 🩺 مرحبا\u202E </script>';

describe('bad input', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    await opensChat(rehearsal.teams, 'amina');
    await opensChat(rehearsal.teams, 'grace');
  });
  afterAll(() => rehearsal.stop());

  test('20,000 characters are answered', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('filming '.repeat(2_500));
    expect(text(await amina.lastCard())).toContain('Someone is at risk now');
  });

  test.each(['🙈🙈🙈', 'مرحبا', '<img src=x onerror=alert(1)>', '**', '', '     '])(
    '“%s” is answered',
    async (typed) => {
      const amina = rehearsal.teams.person('amina');
      const before = (await amina.messages()).length;
      await amina.says(typed === '' ? '\u200B' : typed);
      expect((await amina.messages()).length).toBe(before + 2);
      expect(text(await amina.lastCard())).toContain('Someone is at risk now');
    },
  );

  test('what was typed is shown as typed, never as formatting, on every card of the referral', async () => {
    const amina = rehearsal.teams.person('amina');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const check = await fillsIn(amina, await walksToLivestream(amina), { description: NASTY, callBack: '<i>12</i>' });
    expect(runs(check.card)).toContain(NASTY);
    const sent = cardOf(await amina.presses('Send', { on: check }));
    const posted = await sees(channel, referenceOn(sent), 'What happened');
    expect(runs(posted.card)).toContain(NASTY);
    expect(JSON.stringify(textBlocks(posted.card))).not.toContain('evil.example');
  });

  test('a picture is not fetched, and the reply says why and what to do', async () => {
    const amina = rehearsal.teams.person('amina');
    const picture = {
      contentType: 'image/png',
      contentUrl: `${rehearsal.signpost.address}/sandbox/picture.png`,
      name: 'bay.png',
    };
    await amina.says('', [picture]);
    const answer = text(await amina.lastCard());
    expect(answer).toContain('I have not opened what you sent');
    expect(answer).toContain('Do not copy it, forward it or look at it again.');
    const journal = await rehearsal.teams.journal();
    expect(journal.filter((entry) => entry.path.includes('picture.png'))).toEqual([]);
  });

  test('a question beside a picture is answered, and the picture is spoken of', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('can I post this photo?', [{ contentType: 'image/png', contentUrl: 'http://127.0.0.1:9/x.png' }]);
    const answer = text(await amina.lastCard());
    expect(answer).toContain('I have not opened what you attached.');
    expect(answer).toContain('Can I post this photo or video?');
  });

  test('a card of another edition says that the guidance has changed, and offers the way in', async () => {
    const amina = rehearsal.teams.person('amina');
    const outcome = await walksToLivestream(amina);
    const data = {
      organisation: 'worcestershire-acute',
      flow: 'filming-on-the-ward',
      edition: 'older',
      responses: { danger: 'no' },
    };
    const answer = cardOf(await amina.executes(outcome, { verb: 'walk', data }));
    expect(text(answer)).toContain('This guidance has changed');
    const again = cardOf(
      await amina.presses('Start again: Someone is filming, photographing or livestreaming', { on: answer }),
    );
    expect(text(again)).toContain('Is anyone in danger');
  });

  test('what was typed into a form of an older edition is given back', async () => {
    const amina = rehearsal.teams.person('amina');
    const outcome = await walksToLivestream(amina);
    const data = { organisation: 'worcestershire-acute', flow: 'filming-on-the-ward', edition: 'older', responses: {} };
    const answer = cardOf(await amina.executes(outcome, { verb: 'check', data }, FORM));
    expect(text(answer)).toContain('This guidance has changed');
    expect(text(answer)).toContain(FORM.description);
  });

  test.each([
    ['an unknown verb', { verb: 'explode', data: {} }],
    [
      'a flow that does not exist',
      { verb: 'walk', data: { organisation: 'worcestershire-acute', flow: '__proto__', edition: 'x', responses: {} } },
    ],
    [
      'an option that does not exist',
      {
        verb: 'walk',
        data: {
          organisation: 'worcestershire-acute',
          flow: 'filming-on-the-ward',
          edition: 'x',
          responses: { danger: 'perhaps' },
        },
      },
    ],
    [
      'responses that are no record',
      {
        verb: 'walk',
        data: { organisation: 'worcestershire-acute', flow: 'filming-on-the-ward', edition: 'x', responses: [1] },
      },
    ],
    [
      'more responses than any flow has questions',
      {
        verb: 'walk',
        data: {
          organisation: 'worcestershire-acute',
          flow: 'filming-on-the-ward',
          edition: 'x',
          responses: Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`question-${index}`, 'yes'])),
        },
      },
    ],
    ['no data at all', { verb: 'walk' }],
    ['a Trust that is not there', { verb: 'choose-organisation', data: { organisation: 'nowhere' } }],
    [
      'a Send without a form',
      { verb: 'send', data: { organisation: 'worcestershire-acute', flow: 'filming-on-the-ward', edition: 'x' } },
    ],
  ])('%s is answered kindly with a card', async (_, action) => {
    const amina = rehearsal.teams.person('amina');
    const answer = cardOf(await amina.executes(await amina.lastCard(), action));
    expect(text(answer)).not.toContain('Something went wrong');
    expect(text(answer)).toContain('Someone is at risk now');
  });

  test('a form with missing fields comes back with what was typed and what to mend', async () => {
    const amina = rehearsal.teams.person('amina');
    const form = cardOf(await amina.presses('Raise this', { on: await walksToLivestream(amina) }));
    const answer = cardOf(
      await amina.presses('Check your answers', {
        on: form,
        inputs: { description: 'Half a story', callBack: '99', department: 'nowhere' },
      }),
    );
    const read = text(answer);
    expect(read).toContain('Please mend this');
    expect(read).toContain('Choose a ward or department from the list.');
    expect(read).toContain('Say whether it is safe to ring this number.');
    expect(read).toContain('Say whether this is about someone who would be told.');
    expect(read).toContain('Half a story');
  });

  test.each([2_001, 20_000, 49_999])(
    '%d characters of what happened come back to be shortened, whole where a card holds them',
    async (length) => {
      const amina = rehearsal.teams.person('amina');
      const form = cardOf(await amina.presses('Raise this', { on: await walksToLivestream(amina) }));
      const description = 'x'.repeat(length);
      const answer = cardOf(await amina.presses('Check your answers', { on: form, inputs: { ...FORM, description } }));
      expect(text(answer)).toContain(`it has ${length.toLocaleString('en-GB')} characters, and 2,000 fit`);
      if (length <= 20_000) expect(text(answer)).toContain(description);
      else expect(text(answer)).toContain('only its beginning is kept here');
    },
  );

  test('a note that is too long or empty is refused beside the card, which keeps what was typed', async () => {
    const amina = rehearsal.teams.person('amina');
    const channel = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const shown = await sees(channel, referenceOn(await raisesLivestream(amina)), 'Add a note');
    expect(await channel.presses('Save note', { on: shown, inputs: { note: 'y'.repeat(2_001) } })).toHaveProperty(
      'message',
      expect.stringContaining('Nothing was saved'),
    );
    expect(await channel.presses('Save note', { on: shown, inputs: { note: '  ' } })).toHaveProperty(
      'message',
      expect.stringContaining('Nothing was saved'),
    );
  });

  test('somebody to whom a referral was not sent cannot act on it, whatever card they forge', async () => {
    const amina = rehearsal.teams.person('amina');
    const daniel = await opensChat(rehearsal.teams, 'daniel');
    const reference = referenceOn(await raisesLivestream(amina));
    const forged = { verb: 'acknowledge', data: { reference, key: 'forged-key-1' } };
    const answer = await daniel.executes(await daniel.lastCard(), forged);
    expect(answer).toHaveProperty('message', expect.stringContaining('was not sent to you'));
    const own = await amina.executes(await amina.lastCard(), forged);
    expect(own).toHaveProperty('message', expect.stringContaining('was not sent to you'));
    expect(text(await sees(amina, reference))).toContain('No one has confirmed reading this yet.');
  });

  test("another person's referral cannot be opened, nor their form sent again", async () => {
    const amina = rehearsal.teams.person('amina');
    const daniel = rehearsal.teams.person('daniel');
    const check = await fillsIn(amina, await walksToLivestream(amina));
    const reference = referenceOn(cardOf(await amina.presses('Send', { on: check })));
    const opened = await daniel.executes(await daniel.lastCard(), { verb: 'show-referral', data: { reference } });
    expect(opened).toHaveProperty('message', 'That referral is not yours, and was not sent to you.');

    const send = findSend(check.card);
    const stolen = text(cardOf(await daniel.executes(await daniel.lastCard(), send)));
    expect(stolen).not.toContain(reference);
  });

  test('two tabs that press at once: one acknowledges, the other sees who did', async () => {
    const amina = rehearsal.teams.person('amina');
    const reference = referenceOn(await raisesLivestream(amina));
    const priya = rehearsal.teams.channel('Safeguarding referrals').as('priya');
    const helen = rehearsal.teams.channel('Safeguarding referrals').as('helen');
    const shown = await sees(priya, reference, 'Acknowledge: I have this');
    const answers = await Promise.all([
      priya.presses('Acknowledge: I have this', { on: shown }),
      helen.presses('Acknowledge: I have this', { on: shown }),
    ]);
    const read = answers.map((answer) => text(cardOf(answer)));
    expect(read.filter((card) => card.includes('got there first')).length).toBe(1);
  });

  test('an activity that is delivered again is answered once', async () => {
    const amina = rehearsal.teams.person('amina');
    const before = (await amina.messages()).length;
    const activity = { ...messageFromAmina(rehearsal), id: 'delivered-twice', text: 'help' };
    await deliver(rehearsal, activity);
    await deliver(rehearsal, activity);
    expect((await amina.messages()).length).toBe(before + 1);
  });

  test('a body that is no activity is refused without a stack trace', async () => {
    for (const body of ['', 'not json', '[]', '{}', '{"type":"message"}']) {
      const response = await fetch(`${rehearsal.signpost.address}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(await response.text()).not.toMatch(/\bat .*\.(ts|js):/);
    }
  });

  test('no free text, name or number reaches the log', async () => {
    const amina = rehearsal.teams.person('amina');
    await amina.says('secretphrase 9434765919 about bed four');
    await raisesLivestream(amina, { description: 'secretstory', callBack: '07700900123' });
    const logged = rehearsal.logged();
    for (const secret of ['secretphrase', '9434765919', 'secretstory', '07700900123', 'Amina', 'Yusuf']) {
      expect(logged).not.toContain(secret);
    }
  });
});

/** Every text run of a card. */
function runs(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(runs);
  if (typeof node !== 'object' || node === null) return [];
  const own = 'type' in node && node.type === 'TextRun' && 'text' in node ? [String(node.text)] : [];
  return [...own, ...Object.values(node).flatMap(runs)];
}

function textBlocks(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textBlocks);
  if (typeof node !== 'object' || node === null) return [];
  const own = 'type' in node && node.type === 'TextBlock' && 'text' in node ? [String(node.text)] : [];
  return [...own, ...Object.values(node).flatMap(textBlocks)];
}

function findSend(card: { actions?: unknown }): { verb: string; data: Record<string, unknown> } {
  const actions = Array.isArray(card.actions) ? card.actions : [];
  const send = actions.find((action) => action.verb === 'send');
  if (send === undefined) throw new Error('There is no Send button.');
  return send;
}

type Activity = Readonly<Record<string, unknown>>;

/** A message as the sandbox would send it for Amina. */
function messageFromAmina(rehearsal: Rehearsal): Activity {
  const amina = PEOPLE.find(({ name }) => name.startsWith('Amina'));
  if (amina === undefined) throw new Error('Amina is not here.');
  return {
    type: 'message',
    channelId: 'msteams',
    serviceUrl: `${rehearsal.signpost.address}/sandbox/connector/`,
    from: { id: amina.id, name: amina.name, aadObjectId: amina.aadObjectId },
    recipient: BOT,
    conversation: { id: amina.conversation, conversationType: 'personal', tenantId: TENANT_ID },
    channelData: { tenant: { id: TENANT_ID } },
  };
}

async function deliver(rehearsal: Rehearsal, activity: Activity): Promise<void> {
  const response = await fetch(`${rehearsal.signpost.address}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity),
  });
  expect(response.status).toBe(200);
}

test('a fault is told, also where more was typed than a card can offer to send again', async () => {
  const live = await startLive();
  live.writes('alter table people rename to elsewhere');
  for (const length of [50, 45_000]) {
    const answer = await live.posts(await sendPress({ draft: { ...FORM, description: 'x'.repeat(length) } }));
    expect(answer.status).toBe(200);
    const told = await answer.text();
    expect(told).toContain('I could not do that');
    expect(told).toContain('Someone is at risk now');
    expect(told.includes('Try again')).toBe(length === 50);
  }
  await live.stop();
});
