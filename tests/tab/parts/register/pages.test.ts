import { describe, expect, test } from '@jest/globals';
import {
  type Ask,
  asksFor,
  PAGE_ROWS,
  type Pages,
  rowsOf,
  withAnswers,
} from '../../../../src/tab/parts/register/pages.ts';
import type { Register, RegisterRow } from '../../../../src/web/desk/contract.ts';

/** A register of numbers in order. A place in it is a number too: what is after it is larger. */
class Numbers {
  numbers: number[];
  now = 0;

  constructor(count: number) {
    this.numbers = Array.from({ length: count }, (_, index) => index);
  }

  answer({ after, limit }: Pick<Ask, 'after' | 'limit'>): Register {
    this.now += 1;
    const rest = this.numbers.filter((number) => after === undefined || number > Number(after)).sort((a, b) => a - b);
    const rows = rest.slice(0, limit);
    return {
      rows: rows.map(row),
      next: rest.length > limit ? String(rows.at(-1)) : null,
      total: null,
      owners: null,
      hidden: null,
      now: this.now,
    };
  }

  /** The first so many pages, as a reader loads them. */
  load(count: number): Pages {
    const list: { pages: Register[]; pageParams: (string | undefined)[] } = { pages: [], pageParams: [] };
    let after: string | undefined;
    for (let page = 0; page < count; page += 1) {
      const answer = this.answer({ after, limit: PAGE_ROWS });
      list.pages.push(answer);
      list.pageParams.push(after);
      after = answer.next ?? undefined;
    }
    return list;
  }

  refresh(list: Pages, seen?: readonly [number, number], turn = 0): Pages | undefined {
    const asks = asksFor(list, seen && { from: String(seen[0]), to: String(seen[1]) }, turn);
    return withAnswers(
      list,
      asks,
      asks.map((ask) => this.answer(ask)),
    );
  }
}

const row = (number: number): RegisterRow => ({
  reference: String(number),
  status: 'raised',
  urgency: 'urgent',
  category: '',
  department: '',
  about: '',
  reporter: '',
  nameKept: false,
  owner: null,
  raisedAt: 0,
  acknowledgedAt: null,
  closedAt: null,
  nextStepAt: null,
  forgotten: null,
  flags: [],
});

const numbersOf = (list: Pages | undefined): number[] =>
  rowsOf(list?.pages ?? []).map(({ reference }) => Number(reference));

const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

describe('what is asked for again', () => {
  const pagesAsked = (asks: readonly Ask[]): number[] => asks.filter(({ limit }) => limit > 1).map(({ page }) => page);

  test('of a short list, every page', () => {
    expect(pagesAsked(asksFor(new Numbers(900).load(5), undefined, 0))).toEqual([0, 1, 2, 3, 4]);
  });

  test('of a long list the first page, those in sight, and of the others one in turn', () => {
    const list = new Numbers(9_000).load(80);
    const seen = { from: '4095', to: '4105' };
    expect(pagesAsked(asksFor(list, seen, 7))).toEqual([0, 7, 40, 41]);
    expect(pagesAsked(asksFor(list, seen, 88))).toEqual([0, 8, 40, 41]);
    expect(asksFor(list, seen, 7)).toHaveLength(7);
  });
});

describe('a list that is kept up to date page by page', () => {
  test('shows what came above, and keeps every row between the pages', () => {
    const register = new Numbers(1_000);
    const list = register.load(8);
    register.numbers.push(-1, 0.5, 399.5);
    const later = register.refresh(list, [400, 410]);
    expect(numbersOf(later)).toEqual([-1, 0, 0.5, ...upTo(400).slice(1), 399.5, ...upTo(800).slice(400)]);
  });

  test('loses what has left a page, and the others stay where they are', () => {
    const register = new Numbers(1_000);
    const list = register.load(8);
    register.numbers = register.numbers.filter((number) => number < 395 || number > 405);
    const later = register.refresh(list, [400, 410], 3);
    expect(numbersOf(later)).toEqual(upTo(800).filter((number) => number < 395 || number > 405));
  });

  test('shows a row that moved once, where the newer page has it', () => {
    const page = (now: number, ...numbers: number[]): Register => ({
      ...new Numbers(0).answer({ after: undefined, limit: 1 }),
      now,
      rows: numbers.map(row),
    });
    const orderOf = (...pages: Register[]): number[] => numbersOf({ pages, pageParams: [] });
    expect(orderOf(page(1, 1, 2), page(2, 3, 2))).toEqual([1, 3, 2]);
    expect(orderOf(page(2, 1, 2), page(1, 3, 2))).toEqual([1, 2, 3]);
  });

  test('ends where the register now ends', () => {
    const register = new Numbers(1_000);
    const list = register.load(8);
    register.numbers = upTo(20);
    expect(numbersOf(register.refresh(register.load(5)))).toEqual(upTo(20));
    expect(register.refresh(list, [400, 410])?.pages[0]?.rows).toHaveLength(20);
  });

  test('is to be read again where more came into one page than the server sends at once', () => {
    const register = new Numbers(1_000);
    const list = register.load(8);
    register.numbers.push(...upTo(150).map((number) => 10 + number / 1_000));
    expect(register.refresh(list)).toBeUndefined();
  });
});
