import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Info } from 'luxon';
import type { Guidance } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import type { ChatDriver, PersonDriver, PressResult } from '../../src/sandbox/driver.ts';
import { EXTENSION } from '../../src/sandbox/extension.ts';
import { learnLanguage } from '../../src/words/languages.ts';
import { type Key, type Say, sayEither, sayIn } from '../../src/words/say.ts';
import {
  cardOf,
  FORM,
  type Rehearsal,
  referenceOn,
  type ShownCard,
  sees,
  WORCESTERSHIRE,
  waitFor,
} from '../support/rehearsal.ts';
import { pseudoWords } from '../words/pseudo.ts';
import { type PostOffice, postOffice } from './escalations/post-office.ts';
import { CHANNEL, inMinutes, type OwnPolicies, ownPolicies, startStory } from './escalations/stories.ts';

/**
 * A story in a language whose words are in wide letters. Whatever is shown in plain letters then is content, a name, a
 * date, or what somebody typed; anything else was written into the code or into a card, and is found here.
 */

const TYPED = ['The visitor streams it', 'Which bay was it', 'Bay two', 'It has stopped', 'I was wrong', 'It goes on'];
const NOTES = ['Spoke with the visitor', 'Settled on the ward', 'IG 77'];
const MAILBOX = 'police@trust.example';

let rehearsal: Rehearsal;
let policies: OwnPolicies;
let post: PostOffice;
let guidance: Guidance;
let say: Say;
let amina: PersonDriver;
let grace: PersonDriver;
let daniel: PersonDriver;
let priya: ChatDriver;
/** All that somebody was shown. What was sent to them is in the sandbox's journal. */
const answers: unknown[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-words-'));
  const file = join(folder, 'cy.json');
  writeFileSync(file, JSON.stringify({ draft: true, words: pseudoWords() }));
  learnLanguage('cy', file);
  rmSync(folder, { recursive: true });
  say = sayIn('cy');
  policies = ownPolicies((settings) => {
    Object.assign(settings, {
      language: 'cy',
      'refer-on': [{ id: 'ig', title: 'Records', contact: 'information-governance' }],
    });
    Object.assign(settings.contacts['information-governance'] ?? {}, { email: MAILBOX });
  });
  const other = join(policies.folder, 'south-east-coast-ambulance/organisation.yaml');
  writeFileSync(other, readFileSync(other, 'utf8').replace('language: en-GB', 'language: cy'));
  guidance = await loadPolicies(policies.folder);
  post = await postOffice();
  rehearsal = await startStory({
    POLICIES_DIR: policies.folder,
    SMTP_URL: post.url,
    SMTP_FROM: 'signpost@trust.example',
  });
  const { teams } = rehearsal;
  [amina, grace, daniel] = [teams.person('amina'), teams.person('grace'), teams.person('daniel')];
  priya = teams.channel(CHANNEL).as('priya');
});
afterAll(async () => {
  await rehearsal.stop();
  await post.close();
  policies.remove();
});

type Inputs = Readonly<Record<string, string>>;

async function presses(person: ChatDriver, title: string, inputs: Inputs = {}, on?: ShownCard): Promise<PressResult> {
  const result = await person.presses(title, { inputs, ...(on === undefined ? {} : { on }) });
  answers.push(result);
  return result;
}

/** Presses a button on the newest card that has it and says all of these. */
async function pressesOn(person: ChatDriver, words: readonly string[], title: string, inputs: Inputs = {}) {
  const card = await waitFor(
    async () => {
      const cards = await person.cards();
      return cards.findLast((one) => [...words, title].every((word) => JSON.stringify(one.card).includes(word)));
    },
    `a card with ${title} that says ${words.join(' / ')}`,
  );
  return presses(person, title, inputs, card);
}

async function saysTo(person: ChatDriver, words: string, attachments: Parameters<ChatDriver['says']>[1] = []) {
  await person.says(words, attachments);
  answers.push(await person.lastCard());
}

async function goesOn(person: PersonDriver, department: string, minutes: number): Promise<void> {
  await saysTo(person, say('command.on-duty'));
  const until = await inMinutes(rehearsal.teams, minutes);
  await pressesOn(person, [], say('duty.go-on'), { department, until });
}

/** Raises a livestream on a ward. @returns its reference. */
async function raises(department: string, changes: Inputs = {}): Promise<string> {
  await saysTo(amina, 'a visitor is livestreaming the ward');
  await presses(amina, 'Someone is filming, photographing or livestreaming');
  await presses(amina, 'No');
  await presses(amina, 'Staff or another patient');
  await presses(amina, say('outcome.raise'));
  await presses(amina, say('raise-form.check'), {
    ...FORM,
    department,
    description: TYPED[0] ?? '',
    ...changes,
  });
  return referenceOn(cardOf(await presses(amina, say('raise-check.send'))));
}

describe('in a second language', () => {
  test('somebody asks, and gets answers and the way to raise it', async () => {
    await amina.opens();
    answers.push(await amina.lastCard());
    await saysTo(amina, 'he has a knife');
    await presses(amina, WORCESTERSHIRE);
    for (const words of ['hello', 'help', 'my referrals', 'change trust', 'xylophone qwertzuiop', '943 476 5919']) {
      await saysTo(amina, words);
    }
    await saysTo(amina, say('command.who-is-on-duty'));
    await saysTo(amina, '', [{ contentType: 'image/png', contentUrl: 'https://example.org/a.png', name: 'a.png' }]);
    await saysTo(amina, 'look', [{ contentType: 'image/png', contentUrl: 'https://example.org/a.png', name: 'a.png' }]);
    await saysTo(amina, 'a visitor is livestreaming the ward');
    await presses(amina, say('offer.none'));
    await presses(amina, say('button.all-topics'));
    await presses(amina, say('button.danger'));
    await saysTo(amina, 'he has a knife');
    const shown = await amina.lastCard();
    answers.push(await amina.executes(shown, { verb: 'no-such-button' }));
    answers.push(await amina.executes(shown, { verb: 'show-referral', data: { reference: 'K7M-2PXC' } }));
    const old = { flow: 'filming-on-the-ward', edition: 'an older one', responses: {} };
    for (const organisation of ['worcestershire-acute', 'south-east-coast-ambulance']) {
      answers.push(await amina.executes(shown, { verb: 'walk', data: { organisation, ...old } }));
    }
    answers.push(await amina.executes(shown, { verb: 'choose-organisation', data: { organisation: 'another' } }));
    for (const words of [undefined, 'photo', 'xylophone qwertzuiop']) answers.push(await amina.searches(words));
  });

  test('a nurse goes on duty and raises nothing without saying where and what', async () => {
    for (const nurse of [grace, daniel]) {
      await nurse.opens();
      await presses(nurse, WORCESTERSHIRE);
      await goesOn(nurse, 'ward-9', 300);
    }
    await presses(grace, say('duty.go-on'), { department: 'none', until: 'soon' });
    await priya.says(`@Signpost ${say('command.who-is-on-duty')}`);
    await sees(priya, say('in-team.which-trust'));
    await priya.says('@Signpost can i post this photo');
    await sees(priya, say('in-team.ask-in-chat'));
    await saysTo(amina, 'a visitor is livestreaming the ward');
    await presses(amina, 'Someone is filming, photographing or livestreaming');
    await presses(amina, 'No');
    await presses(amina, say('button.back'));
    await presses(amina, 'A visitor or relative');
    await presses(amina, 'Staff or another patient');
    await presses(amina, 'They are filming or livestreaming now');
    await presses(amina, say('outcome.raise'));
    const mistakes = { callBack: '1'.repeat(50), description: ' ', yourName: 'shown' };
    await presses(amina, say('raise-form.check'), mistakes);
    await presses(amina, say('raise-form.check'), { ...mistakes, yourName: 'kept', description: 'x'.repeat(3_000) });
  });

  test('it is raised, acknowledged, asked about, answered, referred on, closed and opened again', async () => {
    const reference = await raises('ward-9');
    const about = [reference];
    const stale = await sees(daniel, reference, say('button.acknowledge'));
    await pressesOn(grace, about, say('button.acknowledge'));
    await sees(daniel, reference, say('event.acknowledge', { who: 'Grace Okafor' }));
    await presses(daniel, say('button.acknowledge'), {}, stale);
    await pressesOn(daniel, about, say('button.take-on'));
    await pressesOn(daniel, about, say('desk.send-question'), { question: TYPED[1] ?? '' });
    await pressesOn(amina, about, say('reporter.send-answer'), { answer: TYPED[2] ?? '' });
    await pressesOn(amina, about, say('reporter.send-it'), { addition: TYPED[3] ?? '' });
    await pressesOn(amina, about, say('reporter.ask'), { reason: TYPED[4] ?? '' });
    await pressesOn(daniel, about, say('desk.tell-goes-on'), { reason: TYPED[5] ?? '' });
    await pressesOn(daniel, about, say('desk.save-note'), { note: NOTES[0] ?? '' });
    await pressesOn(daniel, about, say('desk.save-note'), { note: ' ' });
    await pressesOn(daniel, about, say('desk.save-note'), { note: 'x'.repeat(3_000) });
    await pressesOn(daniel, about, say('desk.record-it'), { referredTo: 'ig', number: NOTES[2] ?? '' });
    await pressesOn(daniel, about, say('desk.ask-them'), { colleague: 'nobody' });
    await pressesOn(daniel, about, say('desk.close-this'), { outcome: NOTES[1] ?? '' });
    await pressesOn(grace, about, say('button.reopen'));
    await pressesOn(amina, about, say('button.danger'));
    await pressesOn(amina, about, say('button.my-referrals'));
    await saysTo(amina, say('command.my-referrals'));
    const [email = ''] = await waitFor(async () => {
      const emails = post.aboutThis('').filter((one) => decoded(one).includes(reference));
      return emails.length > 0 && emails;
    }, 'the email');
    expect(leaksIn([decoded(email)])).toEqual([]);
  });

  test('it is raised by somebody who keeps their name, and may be about somebody in charge', async () => {
    const reference = await raises('ward-9', { yourName: 'kept', callBack: '', told: '', aboutSenior: 'unsure' });
    await pressesOn(priya, [reference], say('button.acknowledge'));
    await pressesOn(priya, [reference], say('desk.send-question'), { question: TYPED[1] ?? '' });
    await pressesOn(amina, [reference], say('reporter.send-answer'), { answer: TYPED[2] ?? '' });
  });

  test('nobody acknowledges it in time, its owner does nothing, and a duty ends', async () => {
    const reference = await raises('ward-9');
    await sees(grace, reference);
    await rehearsal.teams.advance(11);
    await sees(grace, reference, say('event.not-acknowledged'));
    await pressesOn(grace, [reference], say('button.acknowledge'));
    await rehearsal.teams.advance(31);
    await sees(grace, reference, say('nudge.nothing-done'));
    await rehearsal.teams.advance(31);
    await sees(daniel, reference, say('event.returned', { owner: 'Grace Okafor' }));
    await pressesOn(daniel, [reference], say('button.acknowledge'));
    await rehearsal.teams.advance(200);
    await sees(daniel, say('duty-ends.hand-over'));
  });

  test('a duty is handed over, and a channel is gone', async () => {
    await goesOn(grace, 'ward-3', 300);
    const form = await sees(grace, say('button.hand-over'), 'Daniel Reid');
    const colleague = /"value":"([^"]+)","title":"Daniel Reid"|"title":"Daniel Reid","value":"([^"]+)"/
      .exec(JSON.stringify(form.card))
      ?.slice(1)
      .find((id) => id !== undefined);
    for (const answer of ['notice.decline', 'notice.accept'] as const satisfies readonly Key[]) {
      await pressesOn(grace, [], say('duty.hand-over-place', { place: 'Ward 3' }), { colleague: colleague ?? '' });
      const until = await inMinutes(rehearsal.teams, 120);
      await pressesOn(daniel, [say('take-over.asks', { from: 'Grace Okafor', place: 'Ward 3' })], say(answer), {
        until,
      });
    }
    await saysTo(daniel, say('command.off-duty'));
    await saysTo(daniel, say('command.off-duty'));
    await rehearsal.teams.renameChannel(CHANNEL, 'Another name');
    await raises('ward-3');
    await rehearsal.teams.renameChannel('Another name', CHANNEL);
    await rehearsal.teams.removeBotFromTeam();
    await rehearsal.teams.addBotToTeam();
  });

  test('somebody asks about a message of another', async () => {
    const { id } = await priya.says('a visitor is livestreaming the ward');
    for (const { id: command } of EXTENSION.onMessages) {
      answers.push((await priya.opensDialog(id, command)).shown);
    }
    const chat = rehearsal.teams.person('priya');
    await chat.opens();
    await presses(chat, WORCESTERSHIRE);
    for (const { id: command } of EXTENSION.onMessages) {
      const dialog = await priya.opensDialog(id, command);
      answers.push(dialog.shown);
      answers.push(await dialog.presses(say('quote.use')));
    }
  });

  test('and nothing of all that is said in the words of another language', async () => {
    const sent = (await rehearsal.teams.journal()).flatMap(({ direction, body }) =>
      direction === 'from the bot' ? [body] : [],
    );
    const shown = readableIn([...sent, ...answers]);
    expect(shown.length).toBeGreaterThan(1_000);
    expect(leaksIn(shown)).toEqual([]);
  });
});

/** Where the words of a card, a message or a list stand. The rest of it is for machines. */
const READ = ['text', 'title', 'label', 'placeholder', 'errorMessage', 'altText', 'fallbackText', 'speak', 'message'];

function readableIn(node: unknown, name = ''): string[] {
  if (typeof node === 'string') return READ.includes(name) ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((item) => readableIn(item, name));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    // What buttons carry is for the bot. The value of a fact is read, the value of an input is not.
    if (key === 'data' || key === 'refresh') return [];
    return readableIn(value, key === 'value' && name === 'facts' ? 'text' : key);
  });
}

/** What is shown in plain letters and is no content, no name, no date and nothing that was typed. */
function leaksIn(texts: readonly string[]): string[] {
  const known = new Set(knownWords());
  const longestFirst = [...known].sort((one, other) => other.length - one.length);
  const lines = new Set(texts.flatMap((text) => text.split('\n').map((line) => line.trim())));
  return [...lines].filter((line) => {
    if (known.has(line)) return false;
    if (line.endsWith('…') && longestFirst.some((words) => words.startsWith(line.slice(0, -1)))) return false;
    // Addresses of links, and references of referrals.
    let rest = line.replace(/\]\([^)]*\)/g, ']').replace(/\b[0-9A-Z]{3}-[0-9A-Z]{4}\b/g, '');
    for (const words of longestFirst) {
      if (!PLAIN.test(rest)) return false;
      rest = rest.replaceAll(words, '');
    }
    return PLAIN.test(rest);
  });
}

const PLAIN = /[A-Za-z]{2}/;

function knownWords(): string[] {
  const content = [...guidance.values()].flatMap(({ settings, policy, clauses, contacts, flows, citations }) =>
    stringsIn([settings, policy, clauses, ...contacts.values(), ...citations.values(), ...flows.values()]),
  );
  const people = [
    'Amina Yusuf',
    'Amina',
    'Grace Okafor',
    'Grace',
    'Daniel Reid',
    'Daniel',
    'Priya Nair',
    'Priya',
    'Signpost',
  ];
  const dates = (['months', 'weekdays'] as const).flatMap((names) => Info[names]('long', { locale: 'cy' }));
  const times = Info.meridiems({ locale: 'cy' }).map((name) => name.toLowerCase());
  const or = sayEither(say, ['', '']).trim();
  return [...content, ...people, ...dates, ...times, or, ...TYPED, ...NOTES, CHANNEL, MAILBOX, 'look', 'Another name']
    .flatMap((words) => words.split('\n'))
    .filter((words) => words.length > 1);
}

/** Every piece of content, as it is written and as it stands within a sentence. */
function stringsIn(node: unknown): string[] {
  if (typeof node === 'string') {
    const [first = '', rest = node.slice(1)] = [node.charAt(0)];
    return [node.trim(), first.toLowerCase() + rest, first.toUpperCase() + rest];
  }
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(stringsIn) : [];
}

/** What an email says, without the lines that are for mail servers. */
function decoded(email: string): string {
  const [head = '', ...body] = email.split('\r\n\r\n');
  const subject = /^Subject: (.*(?:\r\n\s.*)*)/m.exec(head)?.[1] ?? '';
  const words = subject.replace(/=\?UTF-8\?([BQ])\?(.*?)\?=\s*/gi, (_, kind: string, text: string) =>
    kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString() : unquoted(text.replaceAll('_', ' ')),
  );
  const text = body.join('\r\n\r\n');
  return `${words}\n${/base64/i.test(head) ? Buffer.from(text, 'base64').toString() : unquoted(text)}`;
}

function unquoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
