import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { type Action, LIFE } from '../../src/escalation/life.ts';
import { createReferrals, type Referrals } from '../../src/escalation/referrals.ts';
import type { Engine } from '../../src/escalation/work.ts';
import { firstHits, type Hit } from '../../src/guidance/find/search.ts';
import { dangerFlow } from '../../src/guidance/outcome.ts';
import { paths } from '../../src/guidance/paths.ts';
import type { Escalate, Flow, Guidance, Organisation, Outcome } from '../../src/guidance/types.ts';
import { type Responses, walk } from '../../src/guidance/walk.ts';
import { loadPolicies } from '../../src/policies.ts';
import { saveHandover, startDuty } from '../../src/store/duty.ts';
import { savePerson } from '../../src/store/people.ts';
import type { ReferralRecord } from '../../src/store/referrals.ts';
import type { CardRow, CardState, DutyRow, PersonRow } from '../../src/store/schema.ts';
import { openSqlite, type Store } from '../../src/store/store.ts';
import type { TeamGroups } from '../../src/store/teams.ts';
import { saveTeam } from '../../src/store/teams.ts';
import {
  type Card,
  type CardData,
  type CardName,
  type Cards,
  LARGEST_CARD,
  loadCards,
  sizeOf,
} from '../../src/teams/cards.ts';
import { forDialog } from '../../src/teams/extension/dialog-card.ts';
import { chatLink, deskLink } from '../../src/teams/links.ts';
import { drawReferral } from '../../src/teams/messenger.ts';
import type { Reader } from '../../src/teams/views/common.ts';
import { dutyBoard, dutyForm } from '../../src/teams/views/duty.ts';
import { preview, quote, shared } from '../../src/teams/views/extension.ts';
import {
  askedOf,
  chooseOrganisation,
  offer,
  offers,
  outcome,
  question,
  state,
  welcome,
} from '../../src/teams/views/guidance.ts';
import { message } from '../../src/teams/views/message.ts';
import { answeredNotice, type Notice, noticeView } from '../../src/teams/views/notices.ts';
import { EMPTY_DRAFT, myReferrals, raiseCheck, raiseForm, readDraft } from '../../src/teams/views/raise.ts';
import { sayFor, sayIn } from '../../src/words/say.ts';
import { aSeal } from '../support/keys.ts';

/**
 * Every card that can be drawn from what is in policies/: each question and outcome on each path of each organisation,
 * and the cards around them with invented people and words.
 */

const say = sayIn('en-GB');
const NOW = Date.parse('2026-11-20T14:00:00Z');
const TYPED = 'He said "no" & left.\nC:\\ward\\9 <b>it’s</b> 👩‍⚕️ [x](https://example.org) **y**';

type Drawn = {
  readonly what: string;
  readonly card: Card;
  /** What the card must say to a Teams that cannot show it. */
  readonly says: readonly string[];
};

let folder: string;
let store: Store;
let guidance: Guidance;
let cards: Cards;
let drawn: Drawn[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-every-card-'));
  store = await openSqlite(folder);
  guidance = await loadPolicies('policies');
  cards = loadCards('cards');
  drawn = drawAround();
  for (const organisation of guidance.values()) {
    const reader: Reader = { organisation, name: REPORTER.name, canChangeOrganisation: true, now: NOW };
    for (const flow of organisation.flows.values()) drawn.push(...drawFlow(reader, flow));
    drawn.push(
      ...drawOutside(organisation),
      ...drawForms(reader),
      ...(await drawReferrals(organisation)),
      ...(await drawNotices(organisation)),
    );
  }
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('every card that can be drawn', () => {
  test('there is one for each question and outcome of each flow', () => {
    for (const organisation of guidance.values()) {
      for (const flow of organisation.flows.values()) {
        const ids = new Set(paths(flow).flatMap((path) => [path.outcome, ...path.answers.map(({ id }) => id)]));
        for (const id of ids) {
          const what = `${organisation.id} ${flow.flow} ${id}`;
          expect(drawn.some((one) => one.what.startsWith(what))).toBe(true);
        }
      }
    }
  });

  test('is understood by Microsoft’s own parser, without a word of complaint', () => {
    expect(faults(({ card }) => complaintsOf(card))).toEqual([]);
  });

  const SCHEMA = '../shared/schemas/adaptive-card-1.5.json';
  // The schema may not be copied into the project: where it is not beside it, this one test is skipped.
  (existsSync(SCHEMA) ? test : test.skip)(`keeps the Adaptive Cards 1.5 schema (needs ${SCHEMA})`, () => {
    const validate = compileSchema(SCHEMA);
    expect(
      faults(({ card }) => (validate(withoutAllowed(card)) ? [] : [JSON.stringify(validate.errors?.slice(0, 3))])),
    ).toEqual([]);
  });

  test('is small enough for Teams', () => {
    expect(faults(({ card }) => (sizeOf(card) < LARGEST_CARD ? [] : [`${sizeOf(card)} bytes`]))).toEqual([]);
  });

  test('has no placeholder left in it', () => {
    const left = (text: string): boolean => text.includes('$' + '{');
    expect(faults(({ card }) => stringsIn(card).filter(left))).toEqual([]);
  });

  test('has a title on every button and everything that can be pressed', () => {
    expect(
      faults(({ card }) =>
        objectsIn(card)
          .filter((node) => typeof node.type === 'string' && node.type.startsWith('Action.'))
          .filter((node) => typeof node.title !== 'string' || node.title.trim() === '')
          .map((node) => JSON.stringify(node)),
      ),
    ).toEqual([]);
  });

  test('has a label on every input', () => {
    expect(
      faults(({ card }) =>
        objectsIn(card)
          .filter((node) => typeof node.type === 'string' && node.type.startsWith('Input.'))
          .filter((node) => typeof node.label !== 'string' || node.label.trim() === '')
          .map((node) => JSON.stringify(node)),
      ),
    ).toEqual([]);
  });

  test('has a name of its own for every input', () => {
    expect(
      faults(({ card }) => {
        const names = objectsIn(card)
          .filter((node) => typeof node.type === 'string' && node.type.startsWith('Input.'))
          .map((node) => String(node.id ?? ''));
        return names.filter((name, index) => name === '' || names.indexOf(name) !== index);
      }),
    ).toEqual([]);
  });

  test('never has a person’s name in a TextBlock, which would read it as Markdown', () => {
    // Both people are called by a link, and both are on some card.
    for (const { name } of [NURSE, REPORTER]) {
      expect(drawn.some(({ card }) => stringsIn(card).some((text) => text.includes(name)))).toBe(true);
    }
    expect(
      faults(({ card }) =>
        objectsIn(card)
          .filter((node) => node.type === 'TextBlock' && String(node.text).includes(LINK))
          .map((node) => String(node.text)),
      ),
    ).toEqual([]);
  });

  test('says what matters even where it cannot be shown, and aloud', () => {
    expect(
      faults(({ card, says }) => {
        const fallback = String(card.fallbackText ?? '');
        return [
          ...(fallback.trim() === '' ? ['an empty fallbackText'] : []),
          ...(String(card.speak ?? '').trim() === '' ? ['an empty speak'] : []),
          ...says.filter((words) => !fallback.includes(words)).map((words) => `not in fallbackText: ${words}`),
        ];
      }),
    ).toEqual([]);
  });

  test('has the way out on it, unless it is the way out, or is for a chat where nothing can be pressed', () => {
    expect(
      faults((one) => {
        const exits = objectsIn(one.card).filter((node) => node.verb === 'danger');
        return exits.length === (isTheWayOut(one) || isForOthers(one) ? 0 : 1) ? [] : [`${exits.length} ways out`];
      }),
    ).toEqual([]);
  });

  test('has nothing that acts, where it is for a chat among people', () => {
    const sent = drawn.filter(isForOthers);
    expect(sent.length).toBeGreaterThan(50);
    for (const { card } of sent) {
      const actions = objectsIn(card).filter((node) => String(node.type).startsWith('Action.'));
      expect(actions.map(({ type }) => type)).toEqual(['Action.OpenUrl']);
    }
  });

  test('keeps the way out in a dialog, where every press is one that Teams sends from there', () => {
    expect(
      faults((one) => {
        const nodes = objectsIn(forDialog(one.card));
        const presses = nodes.filter((node) => node.type === 'Action.Submit').map(({ data }) => JSON.stringify(data));
        const isGone = !isTheWayOut(one) && !isForOthers(one) && !presses.some((data) => data.includes('"danger"'));
        return [
          ...nodes.filter((node) => node.type === 'Action.Execute').map((node) => JSON.stringify(node)),
          ...presses.filter((data) => !data.startsWith('{"press":{"verb":"')),
          ...(isGone ? ['no way out'] : []),
        ];
      }),
    ).toEqual([]);
  });
});

describe('the card of a referral', () => {
  test('has no button to the desk where no desk would open', async () => {
    const record = await someRecord();
    for (const [role, places] of [
      ['channel', 1],
      ['nudge', 1],
      ['reporter', 0],
    ] as const) {
      const links = (at: typeof deskAt | (() => undefined)): number => {
        const card = drawReferral({ cards, guidance: () => guidance, clock: { now: () => NOW }, deskAt: at }, record, {
          role,
          possible_duplicate: 0,
          person: null,
          tenant: '',
        });
        return objectsIn(card).filter(({ type }) => type === 'Action.OpenUrl').length;
      };
      expect([links(deskAt), links(() => undefined)]).toEqual([places, 0]);
    }
  });
});

/** A referral that somebody has raised. */
async function someRecord(): Promise<ReferralRecord> {
  const [organisation] = [...guidance.values()];
  const [one] = organisation === undefined ? [] : escalated(organisation);
  if (organisation === undefined || one === undefined) throw new Error('Nothing can be raised.');
  return raise(createReferrals(engine(() => [])), organisation, one);
}

describe('a card with very much to say', () => {
  test.each([
    ['25 long notes', 25, 'x'.repeat(1_900)],
    ['100 short notes', 100, 'Seen.'],
  ])('is drawn after %s, with the last of them on it', async (_, amount, words) => {
    const [organisation] = [...guidance.values()];
    const [one] = organisation === undefined ? [] : escalated(organisation);
    if (organisation === undefined || one === undefined) throw new Error('Nothing can be raised.');
    const referrals = createReferrals(engine(() => []));
    const { referral } = await raise(referrals, organisation, one);
    const act = (action: Action, text?: string) =>
      referrals.act({
        reference: referral.reference,
        action,
        actor: NURSE,
        key: randomUUID(),
        conversation: '19:0',
        text,
      });
    await act('acknowledge');
    for (let number = 1; number <= amount; number += 1) await act('note', `${number}: ${words}`);
    const record = await referrals.read(referral.reference);
    if (record === undefined) throw new Error('The referral is gone.');
    // Drawing throws where a card is too large for Teams.
    const desk = drawRecord(record, 'after many notes').filter(({ what }) => / for (on-duty|channel)$/.test(what));
    expect(desk.length).toBeGreaterThan(0);
    for (const { card } of desk) expect(stringsIn(card).some((text) => text.startsWith(`“${amount}: `))).toBe(true);
  });

  test('keeps a first message of 20,000 characters, as far as there is room, while the Trust is asked', () => {
    const card = cards.draw(
      'choose-organisation',
      chooseOrganisation([...guidance.values()], { text: 'x'.repeat(20_000) }),
    );
    expect(stringsIn(card).some((text) => text.includes('x'.repeat(1_000)))).toBe(true);
  });
});

function isTheWayOut({ what }: Drawn): boolean {
  return [...guidance.values()].some((one) => what.startsWith(`${one.id} ${dangerFlow(one)} `));
}

function isForOthers({ what }: Drawn): boolean {
  return / shared \d+$/.test(what);
}

function engine(teams: () => TeamGroups): Engine {
  const seal = aSeal();
  return { store, clock: { now: () => NOW }, seal, teams, mails: true, wake: () => undefined };
}

/** What is wrong with any of the cards, ten lines at most. */
function faults(of: (one: Drawn) => readonly string[]): string[] {
  expect(drawn.length).toBeGreaterThan(50);
  const found: string[] = [];
  for (const one of drawn) {
    found.push(...of(one).map((fault) => `${one.what}: ${fault}`));
    if (found.length >= 10) break;
  }
  return found;
}

// Drawing.

function drawFlow(reader: Reader, flow: Flow, responses: Responses = {}): Drawn[] {
  const { organisation } = reader;
  const position = walk(flow, responses);
  if (position.at === 'nowhere') throw new Error(`${flow.flow} leads nowhere.`);
  const what = `${organisation.id} ${flow.flow} ${position.id} ${JSON.stringify(responses)}`;
  if (position.at === 'question') {
    const says = [position.question.ask, ...position.question.options.map(({ label }) => label)];
    return [
      { what, card: cards.draw('question', question(reader, flow, responses, position)), says },
      ...position.question.options.flatMap(({ option }) =>
        drawFlow(reader, flow, { ...responses, [position.id]: option }),
      ),
    ];
  }
  const says = [position.outcome.headline, ...position.outcome.steps.map((step) => step.do)];
  const one = (more: Parameters<typeof outcome>[4], variant: string): Drawn => ({
    what: `${what}${variant}`,
    card: cards.draw('outcome', outcome(reader, flow, responses, position, more)),
    says,
  });
  if (!flow.danger) return [one({}, '')];
  // The danger card also comes from other cards, and before the flows that a message may have been about.
  const from = state(organisation, flow, {});
  return [
    one({}, ''),
    one({ from, notice: TYPED, offers: offers(organisation, foundIn(organisation)) }, ' from a card'),
  ];
}

function foundIn(organisation: Organisation) {
  const flows = [...organisation.flows.values()].filter((flow) => !flow.danger).slice(0, 3);
  return {
    answer: 'offer' as const,
    danger: false,
    flows: flows.map(({ flow, title }) => ({ flow, title, score: 0.3 })),
  };
}

/** Cards that belong to no one organisation. */
function drawAround(): Drawn[] {
  const organisations = [...guidance.values()];
  const one = (name: CardName, data: CardData, says: string[]): Drawn => ({
    what: `${name} of nobody`,
    card: cards.draw(name, data),
    says,
  });
  return [
    one('choose-organisation', chooseOrganisation(organisations), ['Which Trust']),
    one('choose-organisation', chooseOrganisation(organisations, { text: TYPED, notice: TYPED }), ['Which Trust']),
    one('choose-organisation', chooseOrganisation(organisations, { text: TYPED, dangerAt: NOW }), [
      'Ring 999 now if someone is in danger',
      'Which Trust',
    ]),
    one('message', message(say, 'A headline', ['One line.', TYPED]), ['A headline', 'One line.']),
    one('message', message(say, 'A headline', [], { typed: TYPED, reference: 'K7M-2PXC' }), ['A headline']),
  ];
}

/** What a message in a chat among people is shown as, and what somebody sends there. */
function drawOutside(organisation: Organisation): Drawn[] {
  const draw = (name: CardName, what: string, data: CardData, ...says: string[]): Drawn => ({
    what: `${organisation.id} ${name} ${what}`,
    card: cards.draw(name, data),
    says: [...says, 'ring 999'],
  });
  // Some of each kind: they are all alike, and there are hundreds.
  const hits: readonly Hit[] = [
    ...firstHits(organisation),
    ...organisation.clauses.slice(-5).map((clause): Hit => ({ kind: 'clause', clause })),
    ...[...organisation.flows.values()].flatMap((flow) =>
      Object.entries(flow.outcomes)
        .slice(0, 1)
        .map(([id, one]): Hit => ({ kind: 'answer', flow, id, outcome: one })),
    ),
  ];
  return [
    ...hits.map((hit, index) =>
      draw(
        'shared',
        String(index),
        shared(organisation, hit, chatLink('28:0'), NOW),
        preview(sayFor(organisation), hit).title,
      ),
    ),
    ...(['ask', 'raise'] as const).flatMap((about) =>
      [true, false].map((isDanger) =>
        draw('quote', about, quote(organisation, { about, text: TYPED, notice: TYPED, isDanger, now: NOW })),
      ),
    ),
  ];
}

const OFFERED = { notice: '', understand: () => ({}), text: TYPED };

const NO_DUTIES = {
  duties: [],
  colleagues: [],
  asked: [],
  key: 'key',
  draft: { department: '', until: '' },
  problems: [],
  notice: '',
};

function drawForms(reader: Reader): Drawn[] {
  const { organisation } = reader;
  const [department] = organisation.settings.departments;
  const one = (name: CardName, data: CardData | undefined, ...says: string[]): Drawn => {
    if (data === undefined) throw new Error(`There is nothing to draw on ${name}.`);
    return { what: `${organisation.id} ${name}`, card: cards.draw(name, data), says };
  };
  const duty = dutyOf(organisation);
  return [
    one('welcome', welcome(reader), 'ring 999'),
    one('welcome', welcome({ ...reader, name: TYPED, canChangeOrganisation: false }, TYPED), 'ring 999'),
    one('offer', offer(reader, foundIn(organisation), { ...OFFERED, notice: TYPED }), 'I think you mean'),
    one('offer', offer(reader, { ...foundIn(organisation), flows: foundIn(organisation).flows.slice(0, 1) }, OFFERED)),
    one(
      'message',
      message(say, 'A headline', ['One line.'], {
        organisation,
        contacts: [...organisation.contacts.values()],
        now: NOW,
        choices: offers(organisation, foundIn(organisation)),
        typed: TYPED,
        retry: { verb: 'send', data: { key: randomUUID() } },
      }),
      'A headline',
      'One line.',
    ),
    one('duty', dutyForm(reader, NO_DUTIES), organisation.settings['on-duty-role']),
    one(
      'duty',
      dutyForm(reader, {
        ...NO_DUTIES,
        duties: [duty],
        colleagues: [NURSE],
        draft: { department: department?.id ?? '', until: TYPED },
        problems: [TYPED],
        notice: TYPED,
      }),
    ),
    one('duty', dutyForm(reader, { ...NO_DUTIES, duties: [duty, duty] })),
    one('my-referrals', myReferrals(reader, []), '0'),
    ...escalated(organisation).flatMap(({ flow, responses, found }) => {
      const here = state(organisation, flow, responses);
      const draft = {
        department: department?.id ?? '',
        description: TYPED,
        callBack: '4455',
        safeToRing: 'no-message',
        told: 'police,senior',
        aboutSenior: 'no',
        yourName: 'shown',
      };
      const { filled, problems } = readDraft(reader, draft, true);
      if (filled === undefined) throw new Error(problems.join(' '));
      const unsure = { ...filled, aboutSenior: 'unsure' as const, callBack: '' };
      const kept = { ...unsure, nameKept: true };
      const empty = { headline: found.headline, draft: EMPTY_DRAFT, problems: [], canKeepName: true };
      return [
        one('raise-form', raiseForm(reader, flow, here, { ...empty, canKeepName: false }), 'Raise this', 'ring 999'),
        one('raise-form', raiseForm(reader, flow, here, { ...empty, draft, problems: [TYPED] }), 'Raise this'),
        one(
          'raise-check',
          raiseCheck(reader, flow, here, draft, filled, found.escalate, [duty], randomUUID()),
          'not a report to the police',
        ),
        one('raise-check', raiseCheck(reader, flow, here, draft, unsure, found.escalate, [], randomUUID())),
        one('raise-check', raiseCheck(reader, flow, here, draft, kept, found.escalate, [duty], randomUUID())),
      ];
    }),
  ];
}

type Escalated = { flow: Flow; responses: Responses; id: string; found: Outcome & { escalate: Escalate } };

/** Each outcome of an organisation that can be raised, once, with a way to it. */
function escalated(organisation: Organisation): Escalated[] {
  const found = new Map<string, Escalated>();
  for (const flow of organisation.flows.values()) {
    for (const { responses, outcome: id } of paths(flow)) {
      const at = flow.outcomes[id];
      if (at?.escalate === undefined) continue;
      found.set(`${flow.flow} ${id}`, { flow, responses, id, found: { ...at, escalate: at.escalate } });
    }
  }
  return [...found.values()];
}

/** Referrals on the reporter's and the desk's cards, through all of their life, and with all that may befall a card. */
async function drawReferrals(organisation: Organisation): Promise<Drawn[]> {
  let groups: TeamGroups = 'any';
  const referrals = createReferrals(engine(() => groups));
  for (const person of [REPORTER, NURSE, COLLEAGUE]) await savePerson(store.db, person);
  await startDuty(store.db, dutyOf(organisation));
  const channels = Object.values(organisation.settings.routes)
    .flatMap((route) => route.steps.flatMap((step) => step.notify))
    .flatMap((whom) => (whom.whom === 'channel' ? whom.name : []));
  await saveTeam(
    store.db,
    { ...NURSE_ADDRESS, team: 'team', group_id: 'group', name: 'Team', keepers: '[]', updated_at: NOW },
    [...new Set(channels)].map((name, index) => ({ channel: `19:${index}`, name })),
  );

  const result: Drawn[] = [];
  const routes = new Set<string>();
  for (const one of escalated(organisation)) {
    groups = 'any';
    const raised = await raise(referrals, organisation, one);
    const isNew = !routes.has(one.found.escalate.route);
    routes.add(one.found.escalate.route);
    result.push(...drawRecord(raised, 'raised'));
    if (!isNew) continue;
    for (const cardState of ['delivered', 'uncertain', 'failed'] satisfies CardState[]) {
      result.push(...drawRecord(withCards(raised, cardState), `raised, ${cardState}`));
    }
    const life: [Action, string?][] = [
      ['ask', TYPED],
      ['answer', TYPED],
      ['add', TYPED],
      ['ask-to-withdraw', TYPED],
      ['acknowledge'],
      ['keep-open', TYPED],
      ['hand-over'],
      ['take-on'],
      ['note', TYPED],
      ['refer-on', TYPED],
      ['ask', TYPED],
      ['close', TYPED],
      ['note', TYPED],
      ['reopen'],
    ];
    for (const [action, text] of life) {
      const acted = await referrals.act({
        reference: raised.referral.reference,
        action,
        actor: LIFE[action].by === 'reporter' ? REPORTER : NURSE,
        ...(action === 'hand-over' ? { to: COLLEAGUE, team: [COLLEAGUE] } : {}),
        ...(action === 'refer-on' ? { referredTo: { id: 'police', title: 'Police', statutory: true } } : {}),
        key: randomUUID(),
        conversation: '19:0',
        text,
      });
      if (!('record' in acted) || acted.result !== 'done') throw new Error(`${action} was ${acted.result}.`);
      result.push(...drawRecord(acted.record, action));
    }
    result.push(...drawRecord(await raise(referrals, organisation, one, 'no', true), 'name kept'));
    // Nobody on duty may see it, and there is no channel: only the telephone is left.
    groups = [];
    result.push(...drawRecord(await raise(referrals, organisation, one, 'unsure'), 'ring'));
  }
  const reader: Reader = { organisation, name: REPORTER.name, canChangeOrganisation: true, now: NOW };
  const own = (
    await store.db.selectFrom('referrals').selectAll().where('organisation', '=', organisation.id).execute()
  ).slice(0, 20);
  result.push({
    what: `${organisation.id} my-referrals, ${own.length}`,
    card: cards.draw('my-referrals', myReferrals(reader, own, TYPED)),
    says: [String(own.length)],
  });
  return result;
}

function raise(
  referrals: Referrals,
  organisation: Organisation,
  { flow, responses, id, found }: Escalated,
  aboutSenior: 'no' | 'unsure' = 'no',
  nameKept = false,
): Promise<ReferralRecord> {
  const position = walk(flow, responses);
  return referrals.raise({
    key: randomUUID(),
    organisation,
    flow: flow.flow,
    edition: flow.edition,
    responses,
    outcome: id,
    asked: askedOf(organisation, flow, found, position.at === 'outcome' ? position.answers : []),
    escalate: found.escalate,
    department: organisation.settings.departments[0]?.id ?? '',
    description: `${TYPED} `.repeat(20),
    callBack: aboutSenior === 'no' ? '4455' : '',
    safeToRing: aboutSenior === 'no' ? 'no-message' : 'not-given',
    told: ['police', 'senior'],
    aboutSenior,
    nameKept,
    reporter: REPORTER,
    message: { conversation: 'a:reporter', activity: 'form' },
  });
}

function withCards(record: ReferralRecord, cardState: CardState): ReferralRecord {
  const change = { state: cardState, delivered_at: cardState === 'delivered' ? NOW : null };
  return { ...record, cards: record.cards.map((card): CardRow => ({ ...card, ...change })) };
}

/** Where the desk would be. */
function deskAt(view: string): string {
  return deskLink('00000000-0000-4000-8000-000000000000', view);
}

/** A referral as the reporter, the person on duty, a possible second time, and the channel see it. */
function drawRecord(record: ReferralRecord, when: string): Drawn[] {
  const { organisation, reference } = record.referral;
  const as = (role: CardRow['role'], possible_duplicate: number, notice: string): Drawn => ({
    what: `${organisation} referral (${record.referral.flow}, ${when}) for ${role}`,
    card: drawReferral(
      { cards, guidance: () => guidance, clock: { now: () => NOW }, deskAt },
      record,
      { role, possible_duplicate, replaced: possible_duplicate, person: NURSE.person, tenant: NURSE.tenant },
      notice,
      { colleagues: [{ person: REPORTER.person, name: REPORTER.name }], refreshFor: ['29:nurse'] },
    ),
    says: [reference],
  });
  return [
    as('reporter', 0, ''),
    as('on-duty', 0, ''),
    as('on-duty', 1, TYPED),
    as('channel', 0, ''),
    ...nudges(record),
  ];
}

/** The line about each thing that happened. */
function nudges(record: ReferralRecord): Drawn[] {
  const { organisation, reference } = record.referral;
  return record.audit.map(({ kind, sequence }) => ({
    what: `${organisation} nudge about ${kind}`,
    card: drawReferral({ cards, guidance: () => guidance, clock: { now: () => NOW }, deskAt }, record, {
      role: 'nudge',
      possible_duplicate: 0,
      person: NURSE.person,
      tenant: NURSE.tenant,
      details: JSON.stringify({ event: sequence }),
    }),
    says: [reference],
  }));
}

/** What is sent about no referral: a duty that ends, a hand-over, a channel that is not there. */
async function drawNotices(organisation: Organisation): Promise<Drawn[]> {
  const { id } = organisation;
  const [department] = organisation.settings.departments;
  const handover = {
    id: randomUUID(),
    organisation: id,
    department: department?.id ?? '',
    from_tenant: NURSE.tenant,
    from_person: NURSE.person,
    from_name: NURSE.name,
    to_tenant: REPORTER.tenant,
    to_person: REPORTER.person,
    to_name: REPORTER.name,
    until_at: NOW + 3_600_000,
    state: 'asked' as const,
    asked_at: NOW,
    answered_at: null,
  };
  await saveHandover(store.db, handover);
  const notices: Notice[] = [
    { notice: 'duty-ends', organisation: id, department: handover.department, until: NOW, open: ['K7M-2PXC'] },
    {
      notice: 'duty-ends',
      organisation: id,
      department: handover.department,
      until: NOW,
      open: ['K7M-2PXC', 'K7M-2PXD'],
    },
    { notice: 'take-over', handover: handover.id },
    { notice: 'take-over-accepted', handover: handover.id },
    { notice: 'take-over-declined', handover: handover.id },
    ...(['name-asked', 'name-agreed', 'name-refused'] as const).map(
      (kind): Notice => ({ notice: kind, organisation: id, reference: 'K7M-2PXC', by: NURSE.name }),
    ),
    { notice: 'no-channel', organisation: id, name: 'Safeguarding referrals' },
    { notice: 'channel-unreachable', organisation: id, name: 'Safeguarding referrals' },
    { notice: 'removed', organisation: id, name: 'Safeguarding' },
  ];
  const views = await Promise.all(
    notices.map((notice) =>
      noticeView(
        { guidance: () => guidance, clock: { now: () => NOW }, store, deskAt },
        { details: JSON.stringify(notice) },
      ),
    ),
  );
  const reader: Reader = { organisation, name: REPORTER.name, canChangeOrganisation: true, now: NOW };
  return [
    ...views.map((view, index) => ({
      what: `${id} notice ${notices[index]?.notice}`,
      card: cards.draw('notice', view),
      says: [],
    })),
    {
      what: `${id} answered notice`,
      card: cards.draw('notice', answeredNotice(say, 'You are on duty', [TYPED])),
      says: [],
    },
    { what: `${id} duty board`, card: cards.draw('duty-board', dutyBoard(reader, [dutyOf(organisation)])), says: [] },
    { what: `${id} empty duty board`, card: cards.draw('duty-board', dutyBoard(reader, [])), says: [] },
  ];
}

const NURSE_ADDRESS = { tenant: 'tenant', service_url: 'https://smba.example', bot_id: 'bot' };
/** What would be a link where Markdown is read. */
const LINK = '](https://example.org/a-name)';
const NURSE: PersonRow = person(`Grace [Okafor${LINK}`, 'nurse');
const REPORTER: PersonRow = person(`Amina [Yusuf${LINK}`, 'reporter');
const COLLEAGUE: PersonRow = person(`Helen [Doyle${LINK}`, 'colleague');

function person(name: string, id: string): PersonRow {
  return {
    ...NURSE_ADDRESS,
    person: id,
    name,
    organisation: null,
    teams_id: `29:${id}`,
    conversation: `a:${id}`,
    updated_at: NOW,
  };
}

function dutyOf(organisation: Organisation): DutyRow {
  return {
    id: randomUUID(),
    organisation: organisation.id,
    department: organisation.settings.departments[0]?.id ?? '',
    tenant: NURSE.tenant,
    person: NURSE.person,
    name: NURSE.name,
    from_at: NOW - 1,
    until_at: NOW + 3_600_000,
    ended_at: null,
    warned_at: null,
  };
}

// Reading cards.

const require = createRequire(import.meta.url);
// The package's own entry is written for bundlers.
const AdaptiveCards: typeof import('adaptivecards') = require('adaptivecards/dist/adaptivecards.js');

function complaintsOf(card: Card): string[] {
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
  const parsed = new AdaptiveCards.AdaptiveCard();
  parsed.parse(card, context);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index));
  return events.map(({ message }) => message).filter((message) => !isAboutLanguage(message));
}

/** The parser takes two letters for a language, and by a slip in its own pattern not even those every time. */
function isAboutLanguage(complaint: string): boolean {
  return /^Invalid value "en(-GB)?" for property "lang"\.$/.test(complaint);
}

function compileSchema(path: string): ValidateFunction {
  const { id, ...schema } = JSON.parse(readFileSync(path, 'utf8'));
  expect(id).toBe('http://adaptivecards.io/schemas/adaptive-card.json');
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
  return ajv.compile(schema);
}

/** A card without the three things that Teams knows and the schema does not. Nothing else is allowed. */
function withoutAllowed(card: Card): unknown {
  const { msteams, ...rest } = card;
  return JSON.parse(JSON.stringify(rest), (_, value) => {
    if (value?.type !== 'Input.ChoiceSet') return value;
    const { 'choices.data': data, style, ...choice } = value;
    return style === 'filtered' || style === undefined ? choice : { ...choice, style };
  });
}

function objectsIn(node: unknown): Record<string, unknown>[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(objectsIn);
  return Array.isArray(node) ? below : [node as Record<string, unknown>, ...below];
}

function stringsIn(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (typeof node !== 'object' || node === null) return [];
  return [...Object.keys(node), ...Object.values(node).flatMap(stringsIn)];
}
