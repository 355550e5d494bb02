import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import type { PersonDriver } from '../../src/sandbox/driver.ts';
import { inMinutes } from '../journeys/escalations/stories.ts';
import { describeInChromium } from '../support/chromium.ts';
import {
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  waitFor,
} from '../support/rehearsal.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** In the page: what axe finds, and whether something is too wide. */
const LOOK = `axe.run().then(({ violations }) => [
  ...violations.map(({ id }) => id),
  ...(document.documentElement.scrollWidth > innerWidth ? ['it scrolls sideways'] : []),
])`;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const AS_TYPED = 'He left.\n<b>Nobody</b> was hurt, see **bay 3**.';

describeInChromium('the page of a referral', (browser) => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let context: BrowserContext;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    amina = await opensChat(rehearsal.teams, 'amina');
    grace = await opensChat(rehearsal.teams, 'grace');
    await goesOnDuty(grace, 'ward-9', await inMinutes(rehearsal.teams, 600));
  });
  afterEach(() => context.close());
  afterAll(() => rehearsal.stop());

  type Opened = { readonly page: Page; readonly desk: Frame };

  const opens = async (person: string, view: string, more: Record<string, string> = {}): Promise<Opened> => {
    context = await browser().newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
    return opensBeside(person, view, more);
  };

  /** Somebody else's page, in the same browser. */
  const opensBeside = async (person: string, view: string, more: Record<string, string> = {}): Promise<Opened> => {
    const page = await context.newPage();
    const address = new URLSearchParams({ person, view, ...more });
    await page.goto(`${rehearsal.signpost.address}/sandbox/page/desk.html?${address}`);
    const element = await page.waitForSelector('iframe');
    const desk = await element.contentFrame();
    if (desk === null) throw new Error('The desk stands in a frame.');
    await desk.waitForSelector('h1');
    return { page, desk };
  };

  const raised = async (): Promise<string> => {
    const reference = referenceOn(await raisesLivestream(amina));
    await sees(grace, reference);
    return reference;
  };

  /** Presses a button as somebody does who has no mouse. */
  const presses = async ({ page, desk }: Opened, name: string): Promise<void> => {
    await desk.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  };

  const shows = (desk: Frame, words: string): Promise<void> => desk.getByText(words).first().waitFor();

  /** What axe finds, and whether it is too wide, on a phone and on a desktop. */
  const axeOn = async ({ page, desk }: Opened): Promise<string[]> => {
    await desk.evaluate(AXE);
    const found: string[] = [];
    for (const size of [PHONE, DESKTOP]) {
      await page.setViewportSize(size);
      found.push(...(await desk.evaluate<string[]>(LOOK)));
    }
    return found;
  };

  const focused = (desk: Frame): Promise<string> =>
    desk.locator(':focus').evaluate((element) => `${element.tagName} ${element.textContent}`);

  test('by keyboard alone: a press is done, said and seen by the reporter, and the focus is not lost', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    await presses(opened, 'Acknowledge: I have this');
    await shows(opened.desk, 'You have this now.');
    expect(await opened.desk.getByRole('status').allTextContents()).toContain('You have this now.');
    expect(await focused(opened.desk)).toMatch(/^H2 Priya Nair acknowledged this/);
    await sees(amina, reference, 'Priya Nair has this');
  });

  test('a press is shown before the server has answered, and taken back where it does not', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk, page } = opened;
    await desk.getByRole('button', { name: 'Acknowledge: I have this' }).waitFor();
    const held = Promise.withResolvers<void>();
    await page.route('**/actions', async (route) => {
      await held.promise;
      await route.abort();
    });
    await presses(opened, 'Acknowledge: I have this');
    await desk.getByRole('heading', { name: 'Priya Nair acknowledged this' }).waitFor();
    await shows(desk, 'Being saved');
    held.resolve();
    await desk.getByRole('heading', { name: 'Nobody has acknowledged this yet' }).waitFor();
    expect(await desk.getByRole('alert').textContent()).toContain('We do not know if this was saved');
  });

  test('an answer that is lost on the way: what was typed is kept, and sent again it counts once', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk, page } = opened;
    await page.route('**/actions', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await presses(opened, 'Add a note');
    await desk.getByLabel('Your note').fill(AS_TYPED);
    await presses(opened, 'Save note');
    await desk.getByRole('alert').waitFor();
    expect(await desk.getByRole('alert').textContent()).toContain('We do not know if this was saved');
    expect(await desk.getByRole('alert').textContent()).toContain('If you change it first, it may be saved twice.');
    expect(await desk.getByLabel('Your note').inputValue()).toBe(AS_TYPED);
    await page.unroute('**/actions');
    await presses(opened, 'Save note');
    await shows(desk, 'Your note is saved.');
    expect(await focused(desk)).toBe('BUTTON Add a note');
    const notes = await desk.getByRole('listitem').filter({ hasText: 'added a note' }).allInnerTexts();
    expect(notes).toEqual([expect.stringContaining(AS_TYPED)]);
  });

  test('what was typed is there again when its writer comes back from another page', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    await presses(opened, 'Ask the reporter');
    await opened.desk.getByLabel('Your question').fill('Which bay?');
    await opened.desk.getByRole('link', { name: 'On duty' }).click();
    await opened.desk.getByRole('heading', { level: 1, name: 'On duty' }).waitFor();
    await opened.desk.evaluate(`history.back()`);
    expect(await opened.desk.getByLabel('Your question').inputValue()).toBe('Which bay?');
  });

  test('each time that it is opened is asked for in full, and so on record, and the looks after it are not', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk, page } = opened;
    const answered = (status: number): Promise<unknown> =>
      page.waitForResponse((response) => response.url().endsWith(reference) && response.status() === status);
    await shows(desk, 'Nobody else yet.');
    await answered(304);
    await desk.getByRole('link', { name: 'On duty' }).click();
    await desk.getByRole('heading', { level: 1, name: 'On duty' }).waitFor();
    const asked = page.waitForRequest((request) => request.url().endsWith(reference));
    const inFull = answered(200);
    await desk.evaluate(`history.back()`);
    expect(Object.keys((await asked).headers())).not.toContain('if-none-match');
    await inFull;
    await desk
      .getByRole('listitem')
      .filter({ hasText: /^Priya Nair, / })
      .waitFor();
    await answered(304);
  });

  test('however its reference is written in a link, it is shown under its own, and so is what is done', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference.replace('-', '').toLowerCase()}`);
    const { desk, page } = opened;
    await desk.getByRole('heading', { level: 1, name: `Referral ${reference}` }).waitFor();
    await desk.getByRole('button', { name: 'Acknowledge: I have this' }).waitFor();
    await page.route(`**/referrals/${reference}`, (route) => route.abort());
    await presses(opened, 'Acknowledge: I have this');
    await shows(desk, 'You have this now.');
    await desk.getByRole('heading', { name: 'Priya Nair acknowledged this' }).waitFor();
  });

  test('whoever has acted has what it came to: their next look asks only for what changed since', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk, page } = opened;
    await desk.getByRole('button', { name: 'Acknowledge: I have this' }).waitFor();
    const isActed = Promise.withResolvers<void>();
    await page.route(`**/referrals/${reference}`, (route) => isActed.promise.then(() => route.continue()));
    const acted = page.waitForResponse('**/actions');
    await presses(opened, 'Acknowledge: I have this');
    const etag = (await acted).headers().etag;
    await shows(desk, 'You have this now.');
    const asks = page.waitForRequest(
      (request) => request.url().endsWith(reference) && request.headers()['if-none-match'] === etag,
    );
    isActed.resolve();
    await asks;
    expect(etag).toBeDefined();
  });

  test('who acts while a form is open is named in it, and a refusal leaves what was typed', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk } = opened;
    await presses(opened, 'Acknowledge: I have this');
    await presses(opened, 'Close');
    await desk.getByLabel('What was the outcome?').fill('He left.');
    await pressesOn(grace, reference, 'Take it on');
    await desk.getByText('Grace Okafor took this on, at').waitFor();
    await presses(opened, 'Close this referral');
    await desk.getByRole('alert').waitFor();
    expect(await desk.getByRole('alert').textContent()).toContain('Grace Okafor has this, and only they can close it.');
    expect(await desk.getByLabel('What was the outcome?').inputValue()).toBe('He left.');
  });

  test('too much, or nothing, is not sent: it says what to do, and cuts nothing off', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk } = opened;
    await presses(opened, 'Add a note');
    await presses(opened, 'Save note');
    await shows(desk, 'Write a few words');
    expect(await focused(desk)).toMatch(/^TEXTAREA/);
    await desk.getByLabel('Your note').fill('x'.repeat(2_050));
    await shows(desk, 'Shorten this by 50 characters');
    await presses(opened, 'Save note');
    expect(await desk.getByLabel('Your note').inputValue()).toHaveLength(2_050);
  });

  test('a report to the police stands out, and so does that there is none', async () => {
    const reference = await raised();
    const opened = await opens('Priya Nair', `/referral/${reference}`);
    const { desk } = opened;
    await desk.getByRole('heading', { name: 'No report to the police or to social care is recorded here' }).waitFor();
    await presses(opened, 'Refer on');
    await desk.getByLabel('Who has been told?').selectOption({ label: 'Police' });
    await desk.getByLabel('Their reference number').fill('22/1234');
    await presses(opened, 'Record it');
    const report = desk.getByRole('region', { name: 'Reported to the police or to social care' });
    expect(await report.getByRole('listitem').textContent()).toMatch(/^Police, by Priya Nair, .* number: 22\/1234$/);
  });

  test('the reporter reads whether anybody has it and whom to ring, and answers what is asked', async () => {
    const reference = await raised();
    const reporter = await opens('Amina Yusuf', `/referral/${reference}`);
    await shows(reporter.desk, 'No one has confirmed reading this yet.');
    const danger = reporter.desk.getByRole('link', { name: 'ring 999', exact: true });
    expect(await danger.getAttribute('href')).toBe('tel:999');
    expect(await reporter.desk.getByRole('button', { name: 'Add a note' }).count()).toBe(0);
    const priya = await opensBeside('Priya Nair', `/referral/${reference}`);
    await presses(priya, 'Ask the reporter');
    await priya.desk.getByLabel('Your question').fill('Which bay?');
    await presses(priya, 'Send question');
    await reporter.desk.getByRole('heading', { name: 'Priya Nair asks you' }).waitFor();
    await presses(reporter, 'Answer');
    await reporter.desk.getByLabel('Your answer').fill('Bay 3');
    await presses(reporter, 'Send answer');
    await shows(reporter.desk, 'Your answer is saved.');
    await priya.desk.getByRole('listitem').filter({ hasText: 'Amina Yusuf answered' }).waitFor();
  });

  test('two leads open a name that is kept, by keyboard alone; it is shown where it is asked for, and not on paper', async () => {
    const reference = referenceOn(await raisesLivestream(amina, { yourName: 'kept', callBack: '', safeToRing: '' }));
    const priya = await opens('Priya Nair', `/referral/${reference}`);
    await shows(priya.desk, 'Name kept confidential');
    await presses(priya, 'Ask to open the name');
    expect(await focused(priya.desk)).toMatch(/^TEXTAREA/);
    await priya.desk.getByLabel('Why must the name be opened?').fill('Needed.');
    await presses(priya, 'Ask another lead to agree');
    await shows(priya.desk, 'Say more of why: 20 characters or more');
    // What was typed is there again when its writer comes back.
    await presses(priya, 'Cancel');
    await presses(priya, 'Ask to open the name');
    expect(await priya.desk.getByLabel('Why must the name be opened?').inputValue()).toBe('Needed.');
    await priya.desk.getByLabel('Why must the name be opened?').fill('The police ask who saw it. A child is at risk.');
    await presses(priya, 'Ask another lead to agree');
    await shows(priya.desk, 'Another safeguarding lead must agree by');
    expect(await focused(priya.desk)).toMatch(/^P Another safeguarding lead must agree by/);
    expect(await axeOn(priya)).toEqual([]);

    const helen = await opensBeside('Helen Marsh', `/referral/${reference}`);
    await shows(helen.desk, 'A child is at risk.');
    expect(await axeOn(helen)).toEqual([]);
    await presses(helen, 'Agree, and open the name');
    // Where the key that it lies under is not at hand, the server's words say whom to tell.
    const why = 'The name is there, and cannot be shown just now. Tell whoever runs Signpost.';
    await helen.page.route('**/name/looks', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'unavailable', message: why } } }),
    );
    await presses(helen, 'Show the name');
    await helen.desk.getByRole('alert').filter({ hasText: why }).waitFor();
    await helen.page.unroute('**/name/looks');
    await presses(helen, 'Show the name');
    await helen.desk.getByText('Amina Yusuf', { exact: true }).waitFor();
    expect(await focused(helen.desk)).toBe('P Amina Yusuf');
    expect(await axeOn(helen)).toEqual([]);
    await helen.page.emulateMedia({ media: 'print' });
    await helen.desk.getByText('Amina Yusuf', { exact: true }).waitFor({ state: 'hidden' });
    await sees(
      amina,
      reference,
      'Your name was opened to two safeguarding leads',
      'Priya Nair asked, and Helen Marsh agreed',
    );
    await presses(priya, 'Show the name');
    await priya.desk.getByText('Amina Yusuf', { exact: true }).waitFor();
    await presses(priya, 'Hide the name');
    expect(await priya.desk.getByText('Amina Yusuf').count()).toBe(0);
  });

  test('somebody whom it was not sent to sees nothing of it but a way back', async () => {
    const reference = await raised();
    const { desk } = await opens('Daniel Reid', `/referral/${reference}`);
    await desk.getByRole('heading', { name: 'This referral cannot be shown' }).waitFor();
    expect(await desk.getByText('streaming the bay').count()).toBe(0);
    await desk.getByRole('link', { name: 'Back to the list' }).waitFor();
  });

  test('axe finds nothing, for both readers, in every theme, on a phone and on a desktop', async () => {
    const reference = await raised();
    const found: string[] = [];
    for (const theme of ['light', 'dark', 'contrast']) {
      for (const person of ['Priya Nair', 'Amina Yusuf']) {
        const opened = await opens(person, `/referral/${reference}`, { theme });
        await presses(opened, person === 'Priya Nair' ? 'Refer on' : 'Add something');
        await opened.desk.evaluate(AXE);
        for (const size of [PHONE, DESKTOP]) {
          await opened.page.setViewportSize(size);
          const wrong = await opened.desk.evaluate<string[]>(LOOK);
          found.push(...wrong.map((what) => `${person}, ${theme}, ${size.width} px: ${what}`));
        }
        await context.close();
      }
    }
    expect(found).toEqual([]);
  });

  test('the page that adds the tab to a channel: Save adds the desk', async () => {
    const { page, desk } = await opens('Priya Nair', '', { configure: '' });
    await desk.getByRole('heading', { name: 'Add Signpost to this channel' }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await waitFor(async () => page.frames().some((frame) => frame.url().includes('/tab/#/register')), 'the desk');
  });
});
