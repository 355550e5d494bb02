import { describe, expect, test } from '@jest/globals';
import {
  addressOf,
  asQuery,
  EVERYTHING,
  filtersIn,
  describe as inWords,
  isFiltered,
  NOBODY,
  type View,
  viewIn,
} from '../../../../src/tab/parts/register/view.ts';
import type { DeskOrganisation } from '../../../../src/web/desk/contract.ts';

const organisation: DeskOrganisation = {
  id: 'worcestershire-acute',
  name: 'Worcestershire Acute Hospitals NHS Trust',
  shortName: 'Worcestershire Acute',
  right: 'team',
  timezone: 'Europe/London',
  departmentWord: 'ward or department',
  onDutyRole: 'senior nurse on duty',
  departments: [{ id: 'ward-9', name: 'Ward 9' }],
  categories: [{ id: 'filming', name: 'Filming' }],
};

const narrow: View = {
  statuses: ['raised', 'reopened'],
  urgencies: ['immediate'],
  category: 'filming',
  department: 'ward-9',
  owner: NOBODY,
  from: '2026-11-01',
  to: '2026-11-27',
  search: 'Amina',
};

const viewAt = (address: string): View => viewIn(new URLSearchParams(address), organisation);
const addressFor = (view: View, earlier = ''): string => String(addressOf(view, new URLSearchParams(earlier)));

describe('a view of the register', () => {
  test('is in its address, and comes back from it', () => {
    expect(viewAt(addressFor(narrow))).toEqual(narrow);
    expect(viewAt('')).toEqual(EVERYTHING);
  });

  test('takes out of the address what is no longer looked for, and leaves what else stands there', () => {
    expect(addressFor(EVERYTHING, 'trust=worcestershire-acute&status=raised&search=x')).toBe(
      'trust=worcestershire-acute',
    );
  });

  test('leaves out what makes no sense in an address', () => {
    expect(
      viewAt('status=raised,lost&urgency=soon&category=none&department=moon&from=yesterday&to=2026-13-45&owner='),
    ).toEqual({ ...EVERYTHING, statuses: ['raised'] });
  });

  test('asks the server for no more of a search than it takes, and for none that is blank', () => {
    expect(viewAt(`search=${'a'.repeat(150)}`).search).toHaveLength(100);
    expect(asQuery({ ...EVERYTHING, search: '  ' }).search).toBeUndefined();
  });

  test('counts its filters, of which the search is none', () => {
    expect(filtersIn(narrow)).toBe(7);
    expect(filtersIn({ ...EVERYTHING, search: 'Amina' })).toBe(0);
    expect(isFiltered({ ...EVERYTHING, search: 'Amina' })).toBe(true);
    expect(isFiltered(EVERYTHING)).toBe(false);
  });

  test('is described on paper', () => {
    expect(inWords(narrow, organisation, [])).toBe(
      'Not yet acknowledged or Reopened; Act now; Filming; Ward 9; owned by nobody; raised on 1 November 2026 or later; raised on 27 November 2026 or earlier; search for “Amina”',
    );
    expect(inWords({ ...EVERYTHING, owner: 'h' }, organisation, [{ id: 'h', name: 'Helen Marsh' }])).toBe(
      'owned by Helen Marsh',
    );
    expect(inWords(EVERYTHING, organisation, [])).toBe('');
  });
});
