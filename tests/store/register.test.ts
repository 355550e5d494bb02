import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  countHidden,
  countOpen,
  isInSight,
  type RegisterFilter,
  type RegisterKey,
  readRegister,
  type Sight,
  sumUpRegister,
} from '../../src/store/register.ts';
import { CARD_ROLES, CARD_STATES, DESK_ROLES, STATUSES } from '../../src/store/schema.ts';
import { openPostgres, openSqlite, type Store } from '../../src/store/store.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { aCard, aDuty, aReferral } from './rows.ts';

let postgres: Postgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'signpost-register-'));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores = [
  ['SQLite', async () => openSqlite(folder)],
  ['PostgreSQL', async () => openPostgres(await postgres.database())],
] as const;

const NOW = 1_000;
const ME = { tenant: 'tenant', person: 'me' };
const TEAM: Sight = { list: 'desk', reader: ME, isTeam: true, at: NOW };
const SENIOR: Sight = { list: 'desk', reader: ME, isTeam: false, at: NOW };
const MINE: Sight = { list: 'mine', reader: ME };
const ALL = { limit: 200 };

describe.each(stores)('the register of the desk on %s', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    for (const table of ['cards', 'duty', 'referrals'] as const) await store.db.deleteFrom(table).execute();
  });

  const add = async (...rows: readonly Partial<ReturnType<typeof aReferral>>[]): Promise<void> => {
    await store.db
      .insertInto('referrals')
      .values(rows.map((row) => aReferral(row)))
      .execute();
  };
  const found = async (filter: Partial<RegisterFilter> = {}, sight: Sight = TEAM): Promise<string[]> => {
    const { entries } = await readRegister(store.db, sight, { organisation: 'o', ...filter }, ALL);
    return entries.map(({ reference }) => reference);
  };

  describe('shows what presses most first', () => {
    test('whose route is done, then what nobody has, then the rest that is open, then what is closed', async () => {
      await add(
        { reference: 'closed', status: 'closed', closed_at: 500, urgency: 'immediate', raised_at: 1 },
        { reference: 'owned', status: 'in-progress', owner: 'x', urgency: 'immediate', raised_at: 2 },
        { reference: 'waiting', urgency: 'immediate', raised_at: 3 },
        { reference: 'unanswered', urgency: 'routine', unanswered_at: 400, raised_at: 4 },
      );
      expect(await found()).toEqual(['unanswered', 'waiting', 'owned', 'closed']);
    });

    test('within these by urgency, then what has waited longest', async () => {
      await add(
        { reference: 'routine', urgency: 'routine', raised_at: 1 },
        { reference: 'urgent, newer', urgency: 'urgent', raised_at: 3 },
        { reference: 'urgent, older', urgency: 'urgent', raised_at: 2 },
        { reference: 'immediate', urgency: 'immediate', raised_at: 4 },
      );
      expect(await found()).toEqual(['immediate', 'urgent, older', 'urgent, newer', 'routine']);
    });

    test('of what is closed, what was closed last', async () => {
      await add(
        { reference: 'earlier', status: 'closed', closed_at: 10, urgency: 'immediate' },
        { reference: 'later', status: 'closed', closed_at: 20, urgency: 'routine' },
      );
      expect(await found()).toEqual(['later', 'earlier']);
    });

    test('however small its pages are: together they are the whole, each row once', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(aRow, { minLength: 1, maxLength: 25 }),
          fc.integer({ min: 1, max: 7 }),
          async (rows, limit) => {
            await store.db.deleteFrom('referrals').execute();
            await add(...rows.map((row, index) => ({ ...row, reference: `R${index}` })));
            const paged: string[] = [];
            let after: RegisterKey | undefined;
            do {
              const page = await readRegister(store.db, TEAM, { organisation: 'o' }, { after, limit });
              expect(page.entries.length).toBeLessThanOrEqual(limit);
              paged.push(...page.entries.map(({ reference }) => reference));
              after = page.next;
            } while (after !== undefined);
            expect(paged).toEqual(await found());
            expect(new Set(paged).size).toBe(rows.length);
          },
        ),
        { numRuns: 25 },
      );
    });
  });

  describe('is narrowed', () => {
    beforeEach(() =>
      add(
        {
          reference: 'K7M-2PXC',
          urgency: 'immediate',
          category: 'filming',
          department: 'ward-1',
          department_name: 'Ward 1',
          reporter_name: 'Amina Yusuf',
          raised_at: 100,
        },
        {
          reference: 'Q3D-9ABC',
          status: 'acknowledged',
          owner: 'grace',
          owner_name: 'Grace Okafor',
          category: 'posting',
          department: 'ward-2',
          department_name: "Children's 50% ward_2",
          reporter_name: 'Tom Bellamy',
          raised_at: 200,
        },
        {
          reference: 'Z4Z-7WWW',
          organisation: 'another',
          reporter_name: 'Amina Yusuf',
        },
      ),
    );

    test.each<[string, Partial<RegisterFilter>, string[]]>([
      ['to an organisation, always', {}, ['K7M-2PXC', 'Q3D-9ABC']],
      ['by status', { statuses: ['acknowledged', 'closed'] }, ['Q3D-9ABC']],
      ['by urgency', { urgencies: ['immediate'] }, ['K7M-2PXC']],
      ['by category', { category: 'posting' }, ['Q3D-9ABC']],
      ['by department', { department: 'ward-1' }, ['K7M-2PXC']],
      ['by owner', { owner: 'grace' }, ['Q3D-9ABC']],
      ['to what nobody owns', { owner: null }, ['K7M-2PXC']],
      ['by when it was raised: from a moment on', { from: 200 }, ['Q3D-9ABC']],
      ['by when it was raised: before a moment', { before: 200 }, ['K7M-2PXC']],
      ['by several at once', { statuses: ['raised'], department: 'ward-2' }, []],
      ['by a part of a reference', { search: '7m-2' }, ['K7M-2PXC']],
      ['by a part of a department', { search: 'ward 1' }, ['K7M-2PXC']],
      ['by a part of the name of who raised it, in any case', { search: 'AMINA' }, ['K7M-2PXC']],
      ['by a part of the name of who owns it', { search: 'okaf' }, ['Q3D-9ABC']],
      ['by a percent sign, which is only that', { search: '50%' }, ['Q3D-9ABC']],
      ['by an underline, which is only that', { search: 'd_2' }, ['Q3D-9ABC']],
      ['by a backslash, which is only that', { search: '\\' }, []],
    ])('%s', async (_name, filter, references) => {
      expect(await found(filter)).toEqual(references);
      const first = await readRegister(store.db, TEAM, { organisation: 'o', ...filter }, { limit: 1 });
      const { total } = await sumUpRegister(store.db, TEAM, { organisation: 'o', ...filter }, first);
      expect(total).toBe(references.length);
    });

    test('by nobody’s words: what people typed is not searched', async () => {
      await store.db
        .insertInto('words')
        .values({ id: 'w', referral: 'K7M-2PXC', kind: 'description', text: 'A secret.', at: 1 })
        .execute();
      expect(await found({ search: 'secret' })).toEqual([]);
      await store.db.deleteFrom('words').execute();
    });
  });

  test('names those who own something, each once, in the order of their names', async () => {
    await add(
      { reference: '1', status: 'acknowledged', owner: 'p', owner_name: 'Priya' },
      { reference: '2', status: 'closed', closed_at: 1, owner: 'p', owner_name: 'Priya' },
      { reference: '3', status: 'acknowledged', owner: 'g', owner_name: 'Grace' },
      { reference: '4', status: 'acknowledged', owner: 'h', owner_name: 'Hidden', about_senior: 'channel' },
      { reference: '5', organisation: 'another', status: 'acknowledged', owner: 'z', owner_name: 'Zoe' },
    );
    const summary = async (sight: Sight) => {
      const filter = { organisation: 'o', search: 'no such name' };
      return sumUpRegister(store.db, sight, filter, await readRegister(store.db, sight, filter, ALL));
    };
    expect(await summary(TEAM)).toEqual({
      total: 0,
      owners: [
        { id: 'g', name: 'Grace' },
        { id: 'p', name: 'Priya' },
      ],
    });
    expect(await summary(SENIOR)).toEqual({ total: 0, owners: [] });
  });

  test('says how many are open in each organisation', async () => {
    await add(
      { reference: '1' },
      { reference: '2', status: 'in-progress' },
      { reference: '3', status: 'closed', closed_at: 1 },
      { reference: '4', organisation: 'another', status: 'reopened' },
      { reference: '5', organisation: 'not asked for' },
    );
    const open = await countOpen(store.db, ['o', 'another', 'empty']);
    expect([...open].toSorted()).toEqual([
      ['another', 1],
      ['o', 2],
    ]);
    expect((await countOpen(store.db, [])).size).toBe(0);
  });

  test('says of a row whether a card of this round did not arrive', async () => {
    await add({ reference: 'now', round: 1 }, { reference: 'before', round: 1 }, { reference: 'line' });
    const lost = { state: 'failed', person: 'x' } as const;
    await store.db
      .insertInto('cards')
      .values([
        aCard({ id: '1', referral: 'now', role: 'on-duty', round: 1, ...lost }),
        aCard({ id: '2', referral: 'before', role: 'on-duty', round: 0, ...lost }),
        aCard({ id: '3', referral: 'line', role: 'nudge', ...lost }),
      ])
      .execute();
    const { entries } = await readRegister(store.db, TEAM, { organisation: 'o' }, ALL);
    expect(entries.filter((entry) => entry.isUndelivered).map(({ reference }) => reference)).toEqual(['now']);
  });

  test('shows each reader what is theirs to see, in the list and one by one, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, async (history) => {
        for (const table of ['cards', 'duty', 'referrals'] as const) await store.db.deleteFrom(table).execute();
        await add(...history.referrals);
        if (history.duties.length > 0) await store.db.insertInto('duty').values(history.duties).execute();
        if (history.cards.length > 0) await store.db.insertInto('cards').values(history.cards).execute();
        for (const sight of [TEAM, SENIOR, MINE]) {
          const expected = history.referrals
            .filter((one) => maySee(sight, one, history))
            .map(({ reference }) => reference);
          const page = await readRegister(store.db, sight, { organisation: 'o' }, ALL);
          expect(page.entries.map(({ reference }) => reference).sort()).toEqual(expected.sort());
          expect((await sumUpRegister(store.db, sight, { organisation: 'o' }, page)).total).toBe(expected.length);
          for (const { reference } of history.referrals) {
            expect([reference, await isInSight(store.db, sight, reference)]).toEqual([
              reference,
              expected.includes(reference),
            ]);
          }
        }
        const hidden = history.referrals.filter(
          (one) => one.about_senior === 'channel' && !isOwn(one) && !wasSent(one, history),
        );
        expect(await countHidden(store.db, ME, { organisation: 'o' })).toBe(hidden.length);
      }),
      { numRuns: 60 },
    );
  });
});

// The rule once more, in so many words, to hold the queries against.

type Referral = ReturnType<typeof aReferral>;
type History = {
  readonly referrals: readonly Referral[];
  readonly duties: readonly ReturnType<typeof aDuty>[];
  readonly cards: readonly ReturnType<typeof aCard>[];
};

function maySee(sight: Sight, referral: Referral, history: History): boolean {
  if (sight.list === 'mine') return isOwn(referral);
  if (isOwn(referral)) return false;
  if (wasSent(referral, history)) return true;
  if (sight.isTeam) return referral.about_senior !== 'channel';
  if (referral.about_senior !== 'no') return false;
  return history.duties.some((duty) => {
    if (duty.person !== ME.person || duty.department !== referral.department) return false;
    const end = Math.min(duty.until_at, duty.ended_at ?? Number.POSITIVE_INFINITY);
    return referral.raised_at < end && (referral.closed_at ?? NOW + 1) > duty.from_at;
  });
}

function isOwn({ reporter, reporter_tenant }: Referral): boolean {
  return reporter === ME.person && reporter_tenant === ME.tenant;
}

function wasSent({ reference }: Referral, { cards }: History): boolean {
  return cards.some(
    ({ referral, person, tenant, role, state }) =>
      referral === reference &&
      person === ME.person &&
      tenant === ME.tenant &&
      DESK_ROLES.some((one) => one === role) &&
      state !== 'failed',
  );
}

const aRow = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    urgency: fc.constantFrom('immediate' as const, 'urgent' as const, 'routine' as const),
    raised_at: fc.integer({ min: 0, max: 5 }),
    unanswered_at: fc.option(fc.constant(9)),
    closed_at: fc.integer({ min: 5, max: 9 }),
  })
  .map((row) => ({ ...row, closed_at: row.status === 'closed' ? row.closed_at : null }));

const WARDS = ['ward-1', 'ward-2'] as const;
const aPerson = fc.constantFrom(
  { tenant: 'tenant', person: 'me' },
  { tenant: 'tenant', person: 'somebody' },
  {
    tenant: 'another tenant',
    person: 'me',
  },
);

/** Duties of one place, one after the other, as going on duty makes them; the last may last still. */
const dutiesAt = (department: string) =>
  fc
    .array(
      fc.record({
        pause: fc.integer({ min: 0, max: 200 }),
        length: fc.integer({ min: 1, max: 400 }),
        early: fc.option(fc.integer({ min: 0, max: 400 })),
      }),
      { maxLength: 4 },
    )
    .map((parts) => {
      let at = 0;
      return parts.flatMap(({ pause, length, early }, index) => {
        const from_at = at + pause;
        if (from_at > NOW) return [];
        const until_at = from_at + length;
        const ended_at = early === null || from_at + early > NOW ? null : from_at + early;
        at = Math.min(until_at, ended_at ?? until_at);
        return [aDuty({ id: `${department} ${index}`, department, from_at, until_at, ended_at })];
      });
    });

const aHistory: fc.Arbitrary<History> = fc
  .record({
    referrals: fc.array(
      fc.record({
        department: fc.constantFrom(...WARDS, 'ward-3'),
        about: fc.constantFrom('no' as const, 'yes' as const, 'channel' as const, 'unsure' as const),
        raiser: aPerson,
        raised_at: fc.integer({ min: 0, max: NOW }),
        open: fc.option(fc.integer({ min: 0, max: 600 })),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    duties: fc.tuple(...WARDS.map(dutiesAt)).map((lists) => lists.flat()),
    cards: fc.array(
      fc.record({
        of: fc.nat(5),
        to: aPerson,
        role: fc.constantFrom(...CARD_ROLES),
        state: fc.constantFrom(...CARD_STATES),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ referrals, duties, cards }) => ({
    referrals: referrals.map(({ department, about, raiser, raised_at, open }, index) => {
      const closed_at = open === null || raised_at + open > NOW ? null : raised_at + open;
      return aReferral({
        reference: `R${index}`,
        department,
        about_senior: about,
        reporter: raiser.person,
        reporter_tenant: raiser.tenant,
        raised_at,
        closed_at,
        status: closed_at === null ? 'raised' : 'closed',
      });
    }),
    duties,
    cards: cards
      .filter(({ of }) => of < referrals.length)
      .map(({ of, to, role, state }, index) => aCard({ id: `card-${index}`, referral: `R${of}`, ...to, role, state })),
  }));
