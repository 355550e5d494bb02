import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answersGiven, countAnswer } from '../../src/store/answers-given.ts';
import { updateCard } from '../../src/store/cards.ts';
import { askedOf, countRaised, lostCards, raisedIn, referredOnFrom, unansweredIn } from '../../src/store/figures.ts';
import { openPostgres, openSqlite, type Store } from '../../src/store/store.ts';
import { keepUnanswered } from '../../src/store/unanswered.ts';
import { at, MINUTE, play, reportedTrust, type Scene } from '../escalation/report/scene.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-figures-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores = [
  ['SQLite', async () => openSqlite(join(folder, 'register'))],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
] as const;

const FROM = at('2026-07-01T00:00:00Z');
const UNTIL = at('2026-10-01T00:00:00Z');

describe.each(stores)('figures from a register on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  const trustCalled = (id: string) => ({ ...reportedTrust(), id });
  const during = (organisation: string) => ({ organisation, from: FROM, until: UNTIL });

  test('what was raised comes in pages, oldest first, each once, also where many share a moment', async () => {
    const trust = trustCalled('many');
    const scenes = Array.from({ length: 620 }, (__, index): Scene => ({ at: FROM + Math.floor(index / 400) * MINUTE }));
    const references = await play(store, trust, [...scenes, { at: FROM - 1 }, { at: UNTIL }, { at: UNTIL - 1 }]);
    const pages: string[][] = [];
    for await (const page of raisedIn(store.db, during('many'))) pages.push(page.map(({ reference }) => reference));
    expect(pages.length).toBeGreaterThan(2);
    const read = pages.flat();
    expect(read).toHaveLength(621);
    expect(new Set(read)).toEqual(new Set([...references.slice(0, 620), references[622]]));
    expect(read.at(-1)).toBe(references[622]);
    expect(await countRaised(store.db, during('many'))).toBe(621);
    expect(await countRaised(store.db, during('nobody'))).toBe(0);
  });

  test('of some referrals it is read what was asked, and to whom they were referred on', async () => {
    const trust = trustCalled('referred');
    const police = { to: 'The police', id: 'police', statutory: true };
    const [first = '', second = ''] = await play(store, trust, [
      { at: FROM, referredOn: [police, police] },
      { at: FROM, referredOn: [{ to: 'Another' }] },
    ]);
    expect((await askedOf(store.db, [first])).map(({ asked }) => JSON.parse(asked).title)).toEqual([
      'Someone is filming',
    ]);
    const told = await referredOnFrom(store.db, [first]);
    expect(told.map(({ referral, details }) => [referral, JSON.parse(details)])).toEqual([
      [first, police],
      [first, police],
    ]);
    expect(await referredOnFrom(store.db, [first, second])).toHaveLength(3);
    expect(await askedOf(store.db, [])).toEqual([]);
    expect(await referredOnFrom(store.db, [])).toEqual([]);
  });

  test('a card is lost that failed or could not be drawn, unless another reached the same place', async () => {
    const trust = trustCalled('lost');
    const toChannel = { role: 'channel', place: 'Referrals' } as const;
    const [failed = '', parked = '', uncertain = '', nudge = '', replaced = ''] = await play(store, trust, [
      { at: FROM, lost: toChannel },
      { at: FROM, lost: toChannel },
      { at: FROM, lost: toChannel },
      { at: FROM, lost: { role: 'nudge', place: 'Grace' } },
      { at: FROM, lost: toChannel },
      { at: UNTIL, lost: toChannel },
    ]);
    await updateCard(store.db, `card-${parked}`, { state: 'parked' });
    await updateCard(store.db, `card-${uncertain}`, { state: 'uncertain' });
    const card = await store.db
      .selectFrom('cards')
      .selectAll()
      .where('id', '=', `card-${replaced}`)
      .executeTakeFirstOrThrow();
    await store.db
      .insertInto('cards')
      .values({ ...card, id: 'another', state: 'delivered' })
      .execute();
    expect(nudge).not.toBe('');
    expect((await lostCards(store.db, during('lost'))).map(({ reference }) => reference)).toEqual([failed, parked]);
  });

  test('answers are counted by day, and summed over days', async () => {
    const answer = { organisation: 'asked', flow: 'filming', outcome: 'tell-senior' };
    for (const day of ['2026-06-30', '2026-07-01', '2026-09-30', '2026-09-30', '2026-10-01']) {
      await countAnswer(store.db, { ...answer, day });
    }
    await countAnswer(store.db, { ...answer, day: '2026-08-01', outcome: 'ask-first' });
    await countAnswer(store.db, { ...answer, day: '2026-08-01', organisation: 'another' });
    const read = await answersGiven(store.db, 'asked', { from: '2026-07-01', to: '2026-09-30' });
    expect(read.toSorted((a, b) => b.times - a.times)).toEqual([
      { flow: 'filming', outcome: 'tell-senior', times: 3 },
      { flow: 'filming', outcome: 'ask-first', times: 1 },
    ]);
  });

  test('answers that several reach at once are all counted', async () => {
    const answer = { organisation: 'busy', day: '2026-07-01', flow: 'filming', outcome: 'tell-senior' };
    await Promise.all(Array.from({ length: 20 }, () => countAnswer(store.db, answer)));
    expect(await answersGiven(store.db, 'busy', { from: '2026-07-01', to: '2026-07-01' })).toMatchObject([
      { times: 20 },
    ]);
  });

  test('messages that found no answer are read newest first', async () => {
    const kept = (text: string, when: number, organisation = 'puzzled') =>
      keepUnanswered(store.db, { organisation, text, at: when });
    await kept('before', FROM - 1);
    await kept('first', FROM);
    await kept('second', at('2026-08-01T00:00:00Z'));
    await kept('after', UNTIL);
    await kept('elsewhere', FROM, 'another');
    const read = await unansweredIn(store.db, during('puzzled'));
    expect(read.map(({ text }) => text)).toEqual(['second', 'first']);
  });
});
