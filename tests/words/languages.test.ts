import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { problemsBeforeLive } from '../../src/deployment.ts';
import { isInHours, sayDate, sayHours, sayTime } from '../../src/escalation/hours.ts';
import type { Guidance } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { readSettings } from '../../src/settings.ts';
import { KEYS, languageOf, learnLanguage, placeholdersIn, valuesOf } from '../../src/words/languages.ts';
import { sayIn } from '../../src/words/say.ts';
import { ENGLISH } from '../../words/en-GB.ts';
import { type Change, exampleTrust } from '../guidance/example-trust.ts';
import { pseudoWords } from './pseudo.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-words-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of words with this in it. */
function written(content: unknown): string {
  const path = join(folder, 'words.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const CODE = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');
const CARDS = readdirSync('cards', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');

describe('the English words', () => {
  test('are all messages that can be read', () => {
    expect(KEYS.filter((key) => placeholdersIn(ENGLISH[key], 'en-GB') === undefined)).toEqual([]);
  });

  test('are all said somewhere', () => {
    // Said by a name that is put together, such as `status.${status}`.
    const made = [...CODE.matchAll(/`([a-z-]+\.[a-z-]*)\$\{[^}]+\}([a-z-]*)`/g)].map(
      ([, before = '', after = '']) => new RegExp(`^${before.replace('.', '[.]')}[a-z-]+${after}$`),
    );
    const isSaid = (key: string): boolean =>
      CODE.includes(`'${key}'`) || CARDS.includes(`"${key}"`) || made.some((name) => name.test(key));
    expect(KEYS.filter((key) => !isSaid(key))).toEqual([]);
  });
});

describe('another language', () => {
  test('has every message of the English, with the same values, once it is complete', () => {
    const path = written({ draft: true, words: pseudoWords() });
    expect(learnLanguage('fy', path)).toEqual({ isDraft: true, missing: [] });
    for (const [key, text] of Object.entries(pseudoWords())) {
      expect([key, placeholdersIn(text, 'fy')]).toEqual([key, valuesOf(key as (typeof KEYS)[number])]);
    }
  });

  test('is complete where it is there and no draft', () => {
    const codes = readdirSync('words').flatMap((name) => (name.endsWith('.json') ? [name.replace('.json', '')] : []));
    for (const code of ['en-GB', ...codes]) {
      const language = languageOf(code);
      expect({ code, complete: language?.isDraft || language?.missing.length === 0 }).toEqual({ code, complete: true });
    }
  });

  test('may have gaps, which are named, and are said in English', () => {
    const { missing } = learnLanguage('cy', 'tests/words/cy.json');
    expect(missing).toContain('status.raised');
    expect(missing).not.toContain('status.closed');
    expect([sayIn('cy')('status.raised'), sayIn('cy')('status.closed')]).toEqual(['Not yet acknowledged', 'Wedi cau']);
  });

  test.each([
    [
      'a name that is said nowhere',
      { draft: false, words: { 'status.closd': 'Wedi cau' } },
      '“status.closd” is not said',
    ],
    ['a brace that does not close', { draft: false, words: { 'status.closed': 'Wedi {cau' } }, 'Look at its braces'],
    [
      'a value that the English has not',
      { draft: false, words: { 'headline.acknowledged': '{perchennog} sydd â hwn' } },
      '“headline.acknowledged” has {perchennog}',
    ],
    ['words for no draft and no live use', { words: {} }, 'draft'],
    ['no JSON', 'Wedi cau', 'this is not JSON'],
  ])('with %s is refused, and it is said what to mend', (_, content, says) => {
    expect(() => learnLanguage('cy', written(content))).toThrow(says);
  });

  test('that nobody knows the dates of is refused', () => {
    expect(() => learnLanguage('tlh', written({ draft: false, words: {} }))).toThrow('“tlh”');
  });
});

describe('Welsh', () => {
  const say = () => sayIn('cy');
  beforeAll(() => {
    learnLanguage('cy', 'tests/words/cy.json');
  });

  test('chooses among its six plurals', () => {
    const topics = [0, 1, 2, 3, 6, 7].map((count) => say()('welcome.topics', { count }));
    expect(topics).toEqual(['dim pynciau', 'un pwnc', 'dau bwnc', 'tri phwnc', 'chwe phwnc', '7 pwnc']);
  });

  test('names days and months, by the organisation’s clock', () => {
    const at = Date.parse('2026-11-21T14:05:00Z');
    expect(sayTime(say(), 'Europe/London', at, at - 24 * 60 * 60_000)).toMatch(/^2:05\S+, Dydd Sadwrn 21 Tachwedd$/);
    expect(sayDate(say(), '2025-02-02')).toBe('2 Chwefror 2025');
    const hours = { days: ['monday', 'friday'] as ('monday' | 'friday')[], from: '09:00', to: '17:00' };
    expect(sayHours(say(), { timezone: 'Europe/London', hours: { ...hours, 'bank-holidays': 'GB-WLS' } })).toMatch(
      /^Dydd Llun, Dydd Gwener, 9\S+ tan 5\S+, ac eithrio gwyliau banc$/,
    );
  });
});

describe('an organisation', () => {
  const SETTINGS = 'example-trust/organisation.yaml';
  const HOLIDAYS = ', bank-holidays: GB-ENG';
  const inLanguage = (code: string): Change => ({
    file: SETTINGS,
    find: 'timezone: Europe/London',
    put: `timezone: Europe/London\nlanguage: ${code}`,
  });

  /** The Example Trust with these settings, from a folder of its own. */
  async function loaded(...changes: readonly Change[]): Promise<Guidance> {
    const policies = mkdtempSync(join(folder, 'policies-'));
    for (const { path, text } of exampleTrust(...changes)) {
      mkdirSync(dirname(join(policies, path)), { recursive: true });
      writeFileSync(join(policies, path), text);
    }
    return loadPolicies(policies);
  }

  test('speaks English and keeps the bank holidays of England where it says nothing', async () => {
    const guidance = await loaded({ file: SETTINGS, find: HOLIDAYS, put: '' });
    const settings = guidance.get('example-trust')?.settings;
    expect([settings?.language, settings?.hours['bank-holidays']]).toEqual(['en-GB', 'GB-ENG']);
  });

  test('may keep those of another country', async () => {
    const guidance = await loaded({ file: SETTINGS, find: HOLIDAYS, put: ', bank-holidays: IE' });
    const settings = guidance.get('example-trust')?.settings;
    if (settings === undefined) throw new Error('The Example Trust is there.');
    const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);
    // Saint Patrick's Day and Saint Andrew's Day, a Tuesday and a Monday.
    expect([isInHours(settings, noon('2026-03-17')), isInHours(settings, noon('2026-11-30'))]).toEqual([false, true]);
  });

  test('that sets a language without words, or a calendar that nobody knows, is refused', async () => {
    await expect(loaded(inLanguage('ga'))).rejects.toThrow('there are no words in the language "ga"');
    await expect(loaded({ file: SETTINGS, find: HOLIDAYS, put: ', bank-holidays: GB-XYZ' })).rejects.toThrow(
      'no public holidays are known for "GB-XYZ"',
    );
    await expect(loaded({ file: SETTINGS, find: HOLIDAYS, put: ', bank-holidays: England' })).rejects.toThrow(
      'such as GB-ENG, GB-WLS or IE',
    );
  });

  test('does not go live in a language that is a draft', async () => {
    learnLanguage('cy', 'tests/words/cy.json');
    const settings = readSettings({
      MICROSOFT_APP_ID: 'app-id',
      MICROSOFT_APP_TYPE: 'UserAssignedMSI',
      MICROSOFT_APP_TENANT_ID: 'bot-tenant',
      PUBLIC_ADDRESS: 'https://signpost.example.org',
      TENANTS: 'tenant-1=example-trust',
      SAFEGUARDING_TEAMS: 'example-trust=group-1',
    });
    expect(problemsBeforeLive(settings, await loaded(inLanguage('cy'))).join()).toContain('words/cy.json is a draft');
    expect(problemsBeforeLive(settings, await loaded()).join()).not.toContain('draft');
  });
});
