import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Matter, mattersOf, preparesToSend } from '../../../rehearse/raising.ts';
import { loadPolicies } from '../../../src/policies.ts';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import type { JournalEntry } from '../../../src/sandbox/journal.ts';
import type { Trouble } from '../../../src/sandbox/troubles.ts';
import type { CardRow } from '../../../src/store/schema.ts';
import {
  cardsAbout,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  sees,
  text,
  waitFor,
} from '../../support/rehearsal.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, startStory } from './stories.ts';

const GRACE = 'Grace Okafor, senior nurse on duty';
const SENT = `Sent to ${GRACE} at `;
const SENDING = `Being sent to ${GRACE}.`;
const UNSURE = `We could not confirm that it arrived with ${GRACE}.`;
const AGAIN = ' It is being sent again.';
const NOT_SENT = `It could not be delivered to ${GRACE}.`;
const WAS_UNSURE = `Could not confirm that it arrived with ${GRACE}`;
const MARK = 'Possible duplicate: this may have reached you already.';
const STANDS_IN = 'This stands in for an earlier card that can no longer be brought up to date.';

type Row = {
  readonly trouble: Trouble;
  /** What the reporter reads of Grace while it lasts. */
  readonly line: string;
  /** Whether it is tried again, and after how many seconds at least: 1 and then longer, unless Teams says. */
  readonly again: number | 'never';
  /** The marks on her cards in the end, oldest first. */
  readonly cards: readonly ('plain' | 'marked')[];
};

/** Troubles that last until they are cleared: nothing of hers arrives meanwhile. */
const LASTING: readonly (readonly [string, Row])[] = [
  ['412', { trouble: { is: 'precondition-failed' }, line: SENDING, again: 1, cards: ['plain'] }],
  ['429', { trouble: { is: 'too-many-requests' }, line: SENDING, again: 1, cards: ['plain'] }],
  [
    '429 that says when',
    { trouble: { is: 'too-many-requests', retryAfter: 90 }, line: SENDING, again: 90, cards: ['plain'] },
  ],
  ['500', { trouble: { is: 'server-error' }, line: UNSURE, again: 'never', cards: [] }],
  ['502', { trouble: { is: 'bad-gateway' }, line: UNSURE + AGAIN, again: 1, cards: ['marked'] }],
  ['503', { trouble: { is: 'unavailable' }, line: UNSURE + AGAIN, again: 1, cards: ['marked'] }],
  [
    '503 that says when',
    { trouble: { is: 'unavailable', retryAfter: 90 }, line: UNSURE + AGAIN, again: 90, cards: ['marked'] },
  ],
  ['504', { trouble: { is: 'gateway-timeout' }, line: UNSURE + AGAIN, again: 1, cards: ['marked'] }],
  ['408', { trouble: { is: 'request-timeout' }, line: UNSURE + AGAIN, again: 1, cards: ['marked'] }],
  ['a connection that is cut', { trouble: { is: 'cut' }, line: UNSURE + AGAIN, again: 1, cards: ['marked'] }],
  ['no answer', { trouble: { is: 'no-answer' }, line: UNSURE + AGAIN, again: 1, cards: ['marked'] }],
  ['403, the bot is not there', { trouble: { is: 'not-in-roster' }, line: NOT_SENT, again: 'never', cards: [] }],
  ['403, blocked by her', { trouble: { is: 'blocked' }, line: NOT_SENT, again: 'never', cards: [] }],
  [
    '403, disabled by an administrator',
    { trouble: { is: 'disabled-by-admin' }, line: NOT_SENT, again: 'never', cards: [] },
  ],
  ['403, not hers to get', { trouble: { is: 'forbidden' }, line: NOT_SENT, again: 'never', cards: [] }],
  ['404', { trouble: { is: 'conversation-not-found' }, line: NOT_SENT, again: 'never', cards: [] }],
];

/** Troubles after which her card is there although the server was told otherwise. */
const DELIVERED: readonly (readonly [string, Row])[] = [
  ['500', { trouble: { is: 'server-error' }, line: UNSURE, again: 'never', cards: ['plain'] }],
  ['502', { trouble: { is: 'bad-gateway' }, line: WAS_UNSURE, again: 1, cards: ['plain', 'marked'] }],
  ['503', { trouble: { is: 'unavailable' }, line: WAS_UNSURE, again: 1, cards: ['plain', 'marked'] }],
  ['504', { trouble: { is: 'gateway-timeout' }, line: WAS_UNSURE, again: 1, cards: ['plain', 'marked'] }],
  ['408', { trouble: { is: 'request-timeout' }, line: WAS_UNSURE, again: 1, cards: ['plain', 'marked'] }],
  ['a connection that is cut', { trouble: { is: 'cut' }, line: WAS_UNSURE, again: 1, cards: ['plain', 'marked'] }],
  ['no answer', { trouble: { is: 'no-answer' }, line: WAS_UNSURE, again: 1, cards: ['plain', 'marked'] }],
];

/** Troubles with bringing her card up to date, after which it is the same message, with no mark. */
const UPDATES: readonly (readonly [string, Trouble])[] = [
  ['412', { is: 'precondition-failed' }],
  ['429', { is: 'too-many-requests' }],
  ['502', { is: 'bad-gateway', delivered: true }],
  ['503', { is: 'unavailable' }],
  ['504', { is: 'gateway-timeout' }],
  ['408', { is: 'request-timeout' }],
  ['a connection that is cut', { is: 'cut', delivered: true }],
];

/** Troubles after which her card cannot be brought up to date any more. */
const STALE: readonly (readonly [string, Trouble])[] = [
  ['404', { is: 'activity-not-found' }],
  ['403', { is: 'forbidden' }],
  ['500', { is: 'server-error' }],
];

/** Each way in which Teams fails, and what becomes of a card: how it is repeated, marked, and spoken of. */
describe('when Teams answers a card of a nurse with', () => {
  let rehearsal: Rehearsal;
  let register: DatabaseSync;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let channel: ChatDriver;
  let matter: Matter;
  beforeAll(async () => {
    const [first] = mattersOf(await loadPolicies('policies'), 'worcestershire-acute');
    if (first === undefined) throw new Error('There is nothing to raise.');
    matter = first;
    rehearsal = await startStory({}, 2_000);
    register = new DatabaseSync(join(rehearsal.folder, 'signpost.sqlite'));
    const { teams } = rehearsal;
    amina = await opensChat(teams, 'amina');
    grace = await opensChat(teams, 'grace');
    channel = teams.channel(CHANNEL).as('priya');
    await goesOnDuty(grace, 'ward-1', await inMinutes(teams, 1_200));
  });
  afterEach(() => rehearsal.teams.clearTroubles());
  afterAll(async () => {
    register.close();
    await rehearsal.stop();
  });

  const raises = async (): Promise<string> => (await preparesToSend(amina, matter, 'ward-1')).press();
  const hasGrace = async (trouble: Trouble): Promise<void> => {
    await rehearsal.teams.trouble({ ...trouble, person: GRACE.split(',')[0] });
  };
  const lineOf = async (reference: string): Promise<string | undefined> =>
    text(await sees(amina, reference))
      .split('\n')
      .find((line) => line.includes(GRACE));
  const cardOf = (reference: string): Pick<CardRow, 'attempts' | 'due_at' | 'state'> =>
    register
      .prepare("select attempts, due_at, state from cards where referral = ? and role = 'on-duty'")
      .get(reference) as unknown as Pick<CardRow, 'attempts' | 'due_at' | 'state'>;
  /** When the server tried to post her card of a referral, and when it is to try again. */
  const triesOf = async (reference: string): Promise<number[]> => {
    const { conversation } = await rehearsal.teams.placeOf('grace');
    const isHers = ({ direction, method, path, body }: JournalEntry): boolean =>
      direction === 'from the bot' &&
      method === 'POST' &&
      path.includes(conversation) &&
      JSON.stringify(body).includes(reference);
    return (await rehearsal.teams.journal()).filter(isHers).map(({ at }) => at);
  };
  const marksOf = async (reference: string): Promise<readonly string[]> =>
    (await cardsAbout(grace, reference)).map((card) => (text(card).includes(MARK) ? 'marked' : 'plain'));
  const isOver = async (reference: string, { cards }: Row): Promise<void> => {
    await waitFor(async () => (await marksOf(reference)).length >= cards.length, `${cards.length} cards`);
    if (cards.length > 0) await sees(grace, reference, ACKNOWLEDGE);
    expect(await marksOf(reference)).toEqual(cards);
  };
  /** No two tries were closer than Teams asks for. */
  const areApart = async (reference: string, seconds: number): Promise<void> => {
    const tries = await triesOf(reference);
    for (const [index, at] of tries.slice(1).entries()) {
      expect(at - (tries[index] ?? 0)).toBeGreaterThanOrEqual(seconds * 1_000);
    }
  };

  test.each(LASTING)('%s', async (_, row) => {
    await hasGrace(row.trouble);
    const reference = await raises();
    await waitFor(async () => (await lineOf(reference)) === row.line, row.line);
    expect(await cardsAbout(grace, reference)).toEqual([]);
    if (row.again === 'never') {
      expect(cardOf(reference)).toMatchObject({ due_at: null, state: 'failed' });
      await sees(amina, reference, 'so the next step was taken at once');
      await rehearsal.teams.clearTroubles();
      await rehearsal.teams.advance(4);
      // A later card of hers shows that there was time for this one too.
      await isOver(await raises(), { ...row, cards: ['plain'] });
      expect((await triesOf(reference)).length).toBe(1);
      return isOver(reference, row);
    }
    await waitFor(async () => cardOf(reference).attempts > 0, 'a first try');
    await rehearsal.teams.clearTroubles();
    if (row.again > 60) {
      await rehearsal.teams.advance(1);
      expect(cardOf(reference).due_at).toBeGreaterThan((await rehearsal.teams.clock()).now);
    }
    await rehearsal.teams.advance(2);
    await isOver(reference, row);
    await waitFor(async () => (await lineOf(reference))?.startsWith(SENT), SENT);
    await areApart(reference, row.again);
  });

  test.each(DELIVERED)('%s, although it has delivered it', async (_, row) => {
    await hasGrace({ ...row.trouble, delivered: true, times: 1 });
    const reference = await raises();
    await sees(amina, reference, row.line);
    await rehearsal.teams.advance(2);
    await isOver(reference, row);
    if (row.again === 'never') {
      expect(await lineOf(reference)).toBe(row.line);
      expect((await triesOf(reference)).length).toBe(1);
    } else {
      await waitFor(async () => (await lineOf(reference))?.startsWith(SENT), SENT);
      await areApart(reference, row.again);
    }
    // Whichever of them she presses is hers.
    const [card] = await cardsAbout(grace, reference);
    if (card === undefined) throw new Error('She has no card.');
    await grace.presses(ACKNOWLEDGE, { on: card });
    await sees(amina, reference, 'Grace Okafor has this');
  });

  test('a slow answer: nothing is claimed before it, and nothing is repeated', async () => {
    await hasGrace({ is: 'slow', ms: 600, times: 1, on: 'send' });
    const reference = await raises();
    expect(await lineOf(reference)).toBe(SENDING);
    await waitFor(async () => (await lineOf(reference))?.startsWith(SENT), SENT);
    expect(await marksOf(reference)).toEqual(['plain']);
    expect((await triesOf(reference)).length).toBe(1);
  });

  test('nothing, because nobody can reach it: it is tried until it is there, and is no possible duplicate', async () => {
    const where = "name like 'Grace%'";
    const { service_url: right } = register.prepare(`select service_url from people where ${where}`).get() as {
      service_url: string;
    };
    register.prepare(`update people set service_url = 'http://127.0.0.1:9/' where ${where}`).run();
    const reference = await raises();
    register.prepare(`update people set service_url = ? where ${where}`).run(right);
    await sees(amina, reference, `Sent to the channel “${CHANNEL}”`);
    const hers = "role = 'on-duty' and referral = ?";
    const last = (): unknown => register.prepare(`select last_error from cards where ${hers}`).get(reference);
    await waitFor(async () => JSON.stringify(last()).includes('ECONNREFUSED'), 'a try that nobody took');
    expect(await lineOf(reference)).toBe(SENDING);
    register.prepare(`update cards set service_url = ? where ${hers}`).run(right, reference);
    await rehearsal.teams.advance(2);
    await waitFor(async () => (await lineOf(reference))?.startsWith(SENT), SENT);
    expect(await marksOf(reference)).toEqual(['plain']);
  });

  test.each(UPDATES)('%s to an update: it is the same message afterwards', async (_, trouble) => {
    const reference = await raises();
    const before = await sees(grace, reference, ACKNOWLEDGE);
    await sees(amina, reference, SENT);
    await hasGrace({ ...trouble, on: 'update' });
    await pressesOn(channel, reference, ACKNOWLEDGE);
    await waitFor(async () => cardOf(reference).attempts > 0, 'a try that failed');
    await rehearsal.teams.clearTroubles();
    await rehearsal.teams.advance(2);
    const after = await sees(grace, reference, 'Priya Nair acknowledged this');
    expect(after.messageId).toBe(before.messageId);
    expect(await marksOf(reference)).toEqual(['plain']);
  });

  test.each(STALE)('%s to an update: a fresh card stands in for the one that was there', async (_, trouble) => {
    const reference = await raises();
    const before = await sees(grace, reference, ACKNOWLEDGE);
    const line = await waitFor(async () => {
      const found = await lineOf(reference);
      return found?.startsWith(SENT) && found;
    }, SENT);
    await rehearsal.teams.advance(2);
    await hasGrace({ ...trouble, on: 'update' });
    await pressesOn(channel, reference, ACKNOWLEDGE);
    const after = await sees(grace, reference, STANDS_IN, 'Priya Nair acknowledged this');
    expect(after.messageId).not.toBe(before.messageId);
    expect(text(after)).not.toContain(MARK);
    expect((await cardsAbout(grace, reference)).length).toBe(2);
    // The reporter reads when the one was posted that she can read this on.
    await waitFor(async () => {
      const now = await lineOf(reference);
      return now?.startsWith(SENT) && now !== line;
    }, 'another moment at which it was sent');
  });
});

describe('when a chat with somebody cannot be begun', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startStory();
  });
  afterAll(() => rehearsal.stop());

  test.each<Trouble>([{ is: 'bad-gateway', delivered: true }, { is: 'cut' }])(
    'because of $is, it is tried again, and nothing is a possible duplicate: no message was posted',
    async (trouble) => {
      const { teams } = rehearsal;
      await teams.trouble({ ...trouble, on: 'create', person: 'Priya Nair', times: 1 });
      await teams.createChannel(`For ${trouble.is}`);
      await teams.renameChannel(CHANNEL, 'Concerns');
      await waitFor(async () => (await teams.troubles()).length === 0, 'a try');
      await teams.advance(1);
      await sees(teams.person('priya'), `There is no channel “${CHANNEL}”`);
      const register = new DatabaseSync(join(rehearsal.folder, 'signpost.sqlite'), { readOnly: true });
      const marked = register.prepare('select count(*) as n from cards where possible_duplicate = 1').get();
      register.close();
      expect(marked).toEqual({ n: 0 });
      await teams.renameChannel('Concerns', CHANNEL);
    },
  );
});
