import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Action } from '../../../src/escalation/life.ts';
import { nameRequest } from '../../../src/escalation/names.ts';
import { readKeptName } from '../../../src/store/kept-names.ts';
import { savePerson } from '../../../src/store/people.ts';
import type { ReferralRecord } from '../../../src/store/referrals.ts';
import type { CardRow, PersonRow } from '../../../src/store/schema.ts';
import { loadCards } from '../../../src/teams/cards.ts';
import { drawReferral, extrasFor } from '../../../src/teams/messenger.ts';
import { referralMail } from '../../../src/teams/views/mail.ts';
import { HOUR, MEMBER, MINUTE, NURSE, personCalled, SECOND_NURSE } from '../../escalation/house.ts';
import { type OpenDesk, openDesk, TRUST } from './open-desk.ts';

/**
 * Whatever happens to a referral whose reporter keeps their name, nobody else can tell from anything that they are shown
 * who raised it.
 */

const RUTH = MEMBER;
const PRIYA = personCalled('Priya');
const LENA = personCalled('Lena');
/** In no list, and in nobody else's name or id. */
const XANTHE = personCalled('Xanthe');
/** Longer than Teams makes a full chat wait. */
const QUIET_MS = 15_000;
const CARDS = loadCards('cards');

/** What is done next, by whom. */
type Step = Action | 'time' | 'look at page' | 'ask name' | 'agree' | 'refuse' | 'look at name' | 'block';

const STEPS: readonly Step[] = [
  ...(['acknowledge', 'take-on', 'hand-over', 'ask', 'note', 'refer-on', 'keep-open', 'close', 'reopen'] as const),
  ...(['answer', 'add', 'ask-to-withdraw', 'answer', 'add', 'ask'] as const),
  ...(['time', 'look at page', 'ask name', 'agree', 'refuse', 'look at name', 'block'] as const),
];
const story = fc.array(fc.constantFrom(...STEPS), { minLength: 4, maxLength: 9 });

/** The same house each time, but for who raises there. */
type Scene = { readonly desk: OpenDesk; readonly reporter: PersonRow };

/** Grace and Helen are on duty, and Ruth, Priya and Lena are the team and its leads, whoever raises. */
async function open(reporter: PersonRow): Promise<Scene> {
  const desk = await openDesk({ mails: true });
  const { house } = desk;
  for (const person of [XANTHE, PRIYA, LENA]) await savePerson(house.store.db, person);
  for (const { person } of [RUTH, PRIYA, LENA]) {
    desk.members.add(person);
    desk.leads.push(person);
  }
  for (const person of [NURSE, SECOND_NURSE]) {
    await house.goesOnDuty(person, 'ward-1', 1_000 * HOUR);
    house.moveClock(MINUTE);
  }
  return { desk, reporter };
}

async function raises({ desk: { house }, reporter }: Scene): Promise<ReferralRecord> {
  house.teams.trouble = undefined;
  house.moveClock(MINUTE);
  const message = { conversation: reporter.conversation ?? '', activity: `form-${randomUUID()}` };
  const raised = await house.raises({ nameKept: true, reporter, message });
  await house.later(QUIET_MS);
  return raised;
}

const BY_REPORTER: readonly Step[] = ['answer', 'add', 'ask-to-withdraw'];

async function does({ desk, reporter }: Scene, raised: ReferralRecord, step: Step): Promise<void> {
  const { house } = desk;
  const { reference } = raised.referral;
  const body = (more: object) => ({ in: { reference }, body: { key: randomUUID(), ...more } });
  switch (step) {
    case 'time':
      return house.later(20 * MINUTE);
    case 'block':
      house.teams.trouble = ({ role }) =>
        role === 'reporter' ? { result: 'refused', reason: 'HTTP 403 MessageWritesBlocked' } : undefined;
      return;
    case 'look at page':
      await desk.as(reporter).fetches('referral', { in: { reference } });
      return;
    case 'ask name':
      await desk.as(RUTH).fetches('askName', body({ text: 'Somebody may come to harm, so we must know.' }));
      return house.later(QUIET_MS);
    case 'agree':
    case 'refuse': {
      const request = nameRequest(await house.read(raised), house.now())?.event ?? 1;
      await desk.as(LENA).fetches('answerName', body({ request, agrees: step === 'agree' }));
      return house.later(QUIET_MS);
    }
    case 'look at name':
      await desk.as(RUTH).fetches('lookAtName', { in: { reference }, body: {} });
      return;
    default: {
      const by = BY_REPORTER.includes(step) ? reporter : RUTH;
      const choice = { colleague: NURSE.person, referredTo: 'information-governance' };
      await desk.as(by).fetches('act', body({ action: step, text: 'So it is.', ...choice }));
      return house.later(QUIET_MS);
    }
  }
}

/** All of one referral that anybody but the reporter can see, by what it is. */
async function shownToOthers({ desk, reporter }: Scene, raised: ReferralRecord): Promise<Map<string, string>> {
  const { house } = desk;
  const { reference } = raised.referral;
  const shown = new Map<string, string>();
  const needs = {
    cards: CARDS,
    guidance: () => new Map([[TRUST, house.organisation]]),
    clock: { now: house.now },
    deskAt: () => undefined,
  };
  for (const [activity, { card, record }] of house.teams.messages) {
    if (card.lane === reporter.conversation) continue;
    // A message to another lead is about no referral of its own.
    if (card.role === 'notice' && card.details.includes(reference))
      shown.set(`notice in ${card.lane}, ${activity}`, card.details);
    if (record?.referral.reference !== reference) continue;
    const extras = await extrasFor({ store: house.store, clock: needs.clock }, record, card);
    shown.set(`${card.role} in ${card.lane}, ${activity}`, drawn(needs, record, card, extras));
  }
  const asked: readonly [PersonRow, 'referral' | 'register', object][] = [
    [RUTH, 'referral', { in: { reference } }],
    [NURSE, 'referral', { in: { reference } }],
    [RUTH, 'register', { query: { organisation: TRUST } }],
    [RUTH, 'register', { query: { organisation: TRUST, search: reporter.name } }],
  ];
  for (const [reader, name, wanted] of asked) {
    const response = await desk.as(reader).fetches(name, wanted);
    shown.set(`${name} for ${reader.name}, ${JSON.stringify(wanted)}`, await response.text());
  }
  const { audit, referral, cards } = await house.read(raised);
  const places = cards.map(({ role, place_name, place_role, details }) => [role, place_name, place_role, details]);
  shown.set('where its cards went', JSON.stringify(places.map((place) => place.join(' ')).sort()));
  shown.set('the audit', JSON.stringify(audit));
  shown.set('what stands for the name', referral.reporter_name);
  return shown;
}

function drawn(
  needs: Parameters<typeof drawReferral>[0],
  record: ReferralRecord,
  card: CardRow,
  extras: Awaited<ReturnType<typeof extrasFor>>,
): string {
  if (card.role !== 'email') return JSON.stringify(drawReferral(needs, record, card, '', extras));
  return JSON.stringify(referralMail({ guidance: needs.guidance, link: 'link' }, card, card.address ?? '', record));
}

/** What of it names Xanthe, her Teams id, her AAD object id or her chat. */
function naming(shown: ReadonlyMap<string, string>): string[] {
  return [...shown].filter(([, text]) => /xanthe/i.test(text)).map(([what]) => what);
}

/** The same without what is drawn by chance. What came at the same moment comes in any order. */
function alike(shown: ReadonlyMap<string, string>, { reporter }: Scene): string[] {
  const plain = (text: string): string =>
    text
      .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'id')
      .replace(/[2-9A-HJKMNP-RTV-Z]{3}-[2-9A-HJKMNP-RTV-Z]{4}/g, 'REFERENCE')
      .replace(/posted-\d+/g, 'posted')
      // Two chats are served at once: either may be first.
      .replace(/(Grace|Helen), nurse in charge|(?<=place\\":\\")(Grace|Helen)/g, 'one of two')
      .replace(/"(hash|words_digest)":"[^"]*"/g, '');
  return [...shown]
    .filter(([what]) => ![SECOND_NURSE.conversation, PRIYA.conversation].some((lane) => what.includes(`in ${lane},`)))
    .filter(([what]) => !what.includes('"search"'))
    .map(([what, text]) => `${plain(what)}: ${inOrder(plain(text))}`)
    .map((text) => text.replaceAll(reporter.conversation ?? '', 'chat'))
    .sort();
}

function inOrder(text: string): string {
  if (!text.includes('"deliveries":[')) return text;
  const page: { deliveries: object[] } = JSON.parse(text);
  return JSON.stringify({ ...page, deliveries: page.deliveries.map((one) => JSON.stringify(one)).sort() });
}

let stranger: Scene;
let scenes: readonly Scene[];
beforeAll(async () => {
  stranger = await open(XANTHE);
  scenes = [stranger, await open(SECOND_NURSE), await open(PRIYA)];
});
afterAll(async () => {
  for (const { desk } of scenes) await desk.close();
});

test('nothing names the reporter to others, and all is the same if they are on duty there or in the team', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const raised = await Promise.all(scenes.map(raises));
      for (const step of steps) {
        const shown: (readonly string[])[] = [];
        for (const [index, scene] of scenes.entries()) {
          const of = raised[index];
          if (of === undefined) throw new Error('It was raised in each.');
          await does(scene, of, step);
          const now = await shownToOthers(scene, of);
          if (scene === stranger) expect(naming(now)).toEqual([]);
          shown.push(alike(now, scene));
        }
        expect(shown).toEqual(scenes.map(() => shown[0]));
      }
    }),
    { numRuns: 12, seed: 20261127 },
  );
  // It was looked for in vain, and is there for those who open it, and on the reporter's own page.
  const { referral } = await raises(stranger);
  const { store, engine } = stranger.desk.house;
  expect(await readKeptName(store.db, engine.seal, referral.reference)).toEqual({ text: XANTHE.name });
  expect(await stranger.desk.as(XANTHE).opens(referral.reference)).toMatchObject({ reader: 'reporter' });
}, 60_000);

test('no report, no log and nobody else’s list says who raised what', async () => {
  const { desk } = stranger;
  await raises(stranger);
  const range = { organisation: TRUST, from: '2026-01-01', to: '2026-12-31' } as const;
  const answers = await Promise.all([
    desk.as(RUTH).fetches('report', { query: range }),
    desk.as(RUTH).fetches('report', { query: { ...range, format: 'csv' } }),
    desk.as(NURSE).fetches('register', { query: { organisation: TRUST, list: 'mine' } }),
    desk.as(RUTH).fetches('me'),
  ]);
  for (const answer of answers) expect(await answer.text()).not.toMatch(/xanthe/i);
  expect(desk.house.logged.join('')).not.toMatch(/xanthe/i);
});
