import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { BrowserContext, BrowserContextOptions, Locator, Request, Response } from 'playwright-core';
import type { PersonDriver } from '../../src/sandbox/driver.ts';
import { ACKNOWLEDGE, CHANNEL, inMinutes, NOBODY_HAS_IT } from '../journeys/escalations/stories.ts';
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
} from '../support/rehearsal.ts';
import { DESKTOP, type DeskWindow, opensDesk, PHONE, paneOf, presses, reads, rowOf } from './stage.ts';

describeInChromium('the desk, with people before it', (browser) => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    amina = await opensChat(rehearsal.teams, 'amina');
    grace = await opensChat(rehearsal.teams, 'grace');
    await goesOnDuty(grace, 'ward-9', await inMinutes(rehearsal.teams, 600));
    await opensChat(rehearsal.teams, 'priya');
  });
  afterAll(() => rehearsal.stop());

  /** A browser of somebody's own, on a computer unless it says otherwise. */
  const openBrowser = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    browser().newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });

  describe('a livestream, as three people live it at once', () => {
    let onPhone: BrowserContext;
    let atNurse: BrowserContext;
    let atDesk: BrowserContext;
    let reporter: Locator;
    let nurse: Locator;
    let channel: Locator;
    let register: DeskWindow;
    let referral: DeskWindow;
    let reference: string;
    beforeAll(async () => {
      const { address } = rehearsal.signpost;
      [onPhone, atNurse, atDesk] = await Promise.all([
        openBrowser({ viewport: PHONE, hasTouch: true, isMobile: true }),
        openBrowser(),
        openBrowser(),
      ]);
      const phone = await onPhone.newPage();
      await phone.goto(address);
      reporter = paneOf(phone, "Amina Yusuf's chat with Signpost");
      const ward = await atNurse.newPage();
      await ward.goto(address);
      nurse = paneOf(ward, "Grace Okafor's chat with Signpost");
      channel = paneOf(ward, `the channel ${CHANNEL}, as Priya Nair`);
      await atDesk.clock.install();
      register = await opensDesk(await atDesk.newPage(), address, 'Priya Nair', '/register');
    });
    afterAll(async () => {
      for (const context of [onPhone, atNurse, atDesk]) await context.close();
    });

    /** When what is shown was loaded. */
    const loadedAt = ({ desk }: DeskWindow): Promise<number> => desk.evaluate(() => performance.timeOrigin);

    test('the reporter raises it on a phone', async () => {
      await reporter.getByLabel('Write as Amina Yusuf').fill('a visitor is livestreaming the ward');
      await presses(reporter, 'Send message');
      await presses(reporter, 'Someone is filming, photographing or livestreaming');
      await presses(reporter, 'No');
      await presses(reporter, 'Staff or another patient');
      await presses(reporter, 'Raise this');
      await reporter.getByRole('combobox', { name: 'Which ward or department is this about?' }).fill('Ward 9');
      await reporter.getByRole('textbox', { name: 'What happened?' }).fill('A visitor is streaming the bay live.');
      await reporter.getByLabel('Nobody yet').check();
      await reporter.getByRole('radio', { name: /would be told.* No$/ }).check();
      await presses(reporter, 'Check your answers');
      await reads(reporter, 'You are raising this as');
    });

    test('it is at the desk within two seconds, by itself', async () => {
      const { clock } = atDesk;
      const { page, desk } = register;
      const isOfList = (sent: Request | Response): boolean => new URL(sent.url()).pathname === '/api/desk/referrals';
      await reads(desk.locator('body'), 'No referrals yet');
      await clock.pauseAt(new Date(await page.evaluate(() => Date.now() + 1_000)));
      // Time stands still at the desk from just after it has looked.
      const looked = page.waitForResponse(isOfList).then(() => true);
      while (!(await Promise.race([looked, clock.runFor(100).then(() => false)])));
      await presses(reporter, 'Send');
      await reads(reporter, NOBODY_HAS_IT);
      reference = referenceOn(await sees(amina, NOBODY_HAS_IT));
      expect(await rowOf(register, reference).count()).toBe(0);

      const looksAgain = page.waitForRequest(isOfList);
      await clock.runFor(2_000);
      await looksAgain;
      await clock.resume();
      await rowOf(register, reference).filter({ hasText: 'Not yet acknowledged' }).waitFor();
      await reads(rowOf(register, reference), 'Act now');
    });

    test('what the nurse does on her card stands in the list and in the open referral, without loading them again', async () => {
      const { address } = rehearsal.signpost;
      referral = await opensDesk(await atDesk.newPage(), address, 'Priya Nair', `/referral/${reference}`);
      const before = [await loadedAt(register), await loadedAt(referral)];
      await referral.desk.getByRole('heading', { name: 'Nobody has acknowledged this yet' }).waitFor();
      await presses(nurse, ACKNOWLEDGE);
      await referral.desk.getByRole('heading', { name: 'Grace Okafor acknowledged this' }).waitFor();
      await rowOf(register, reference)
        .filter({ hasText: 'Acknowledged' })
        .filter({ hasText: 'Grace Okafor' })
        .waitFor();
      expect([await loadedAt(register), await loadedAt(referral)]).toEqual(before);
      await reads(reporter, 'Grace Okafor has this');
    });

    test('who takes it on at the desk is named on every card', async () => {
      await presses(referral.desk, 'Take it on');
      for (const card of [nurse, channel, reporter]) await reads(card, 'Priya Nair took this on');
      await rowOf(register, reference).filter({ hasText: 'In progress' }).filter({ hasText: 'Priya Nair' }).waitFor();
    });

    test('what the desk asks, the reporter answers on the phone', async () => {
      await presses(referral.desk, 'Ask the reporter');
      await referral.desk.getByLabel('Your question').fill('Which bay?');
      await presses(referral.desk, 'Send question');
      await reads(reporter, 'Which bay?');
      await presses(reporter, 'Answer');
      await reporter.getByLabel('Your answer').last().fill('Bay 3');
      await presses(reporter, 'Send answer');
      await referral.desk.getByRole('listitem').filter({ hasText: 'Amina Yusuf answered' }).waitFor();
      await reads(referral.desk, 'Bay 3');
    });

    test('who reported it to the police, and by which number, stands out at the desk', async () => {
      await referral.desk
        .getByRole('heading', { name: 'No report to the police or to social care is recorded here' })
        .waitFor();
      await presses(referral.desk, 'Refer on');
      await referral.desk.getByLabel('Who has been told?').selectOption('Police');
      await referral.desk.getByLabel('Their reference number').fill('22/1234');
      await presses(referral.desk, 'Record it');
      const report = referral.desk.getByRole('region', { name: 'Reported to the police or to social care' });
      await report.getByText('Their number: 22/1234').waitFor();
      for (const card of [nurse, channel]) await reads(card, 'Priya Nair referred this on to: Police');
    });

    test('what came of it is on the reporter’s card and on the channel’s, and the report still stands out', async () => {
      await presses(referral.desk, 'Close');
      await referral.desk.getByLabel('What was the outcome?').fill('The stream was stopped.');
      await presses(referral.desk, 'Close this referral');
      for (const card of [nurse, channel, reporter]) {
        await reads(card, 'Priya Nair closed this');
        await reads(card, 'The stream was stopped.');
      }
      await rowOf(register, reference).filter({ hasText: 'Closed' }).waitFor();
      await referral.desk.getByRole('heading', { name: 'Priya Nair closed this' }).waitFor();
      await referral.desk.getByRole('heading', { name: 'Reported to the police or to social care' }).waitFor();
    });
  });

  /** A livestream on a ward, once those who are to have it have it. @returns its reference. */
  const raised = async (department = 'ward-9'): Promise<string> => {
    const reference = referenceOn(await raisesLivestream(amina, { department }));
    await sees(amina, reference, `Sent to the channel “${CHANNEL}”`);
    return reference;
  };

  describe('for one person at a time', () => {
    let context: BrowserContext;
    beforeEach(async () => {
      context = await openBrowser();
    });
    afterEach(() => context.close());

    const opens = async (person: string, view = ''): Promise<DeskWindow> =>
      opensDesk(await context.newPage(), rehearsal.signpost.address, person, view);

    const pagesOf = ({ desk }: DeskWindow): Promise<string[]> =>
      desk.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();

    test('who acknowledges a moment too late sees at once that it is theirs, and then who was first', async () => {
      const reference = await raised();
      const { page, desk } = await opens('Priya Nair', `/referral/${reference}`);
      await desk.getByRole('heading', { name: 'Nobody has acknowledged this yet' }).waitFor();
      const hears = Promise.withResolvers<void>();
      const isSent = Promise.withResolvers<void>();
      await page.route(`**/api/desk/referrals/${reference}`, (route) => hears.promise.then(() => route.continue()));
      await page.route('**/actions', (route) => isSent.promise.then(() => route.continue()));
      await pressesOn(grace, reference, ACKNOWLEDGE);
      await presses(desk, ACKNOWLEDGE);
      await desk.getByRole('heading', { name: 'Priya Nair acknowledged this' }).waitFor();
      isSent.resolve();
      await desk.getByRole('heading', { name: 'Grace Okafor acknowledged this' }).waitFor();
      expect(await desk.getByRole('alert').textContent()).toMatch(/Grace Okafor got there first, at \d+:\d\d[ap]m/);
      hears.resolve();
    });

    test('while the server is away what was typed is kept, and then it is sent', async () => {
      const reference = await raised();
      const { page, desk } = await opens('Priya Nair', `/referral/${reference}`);
      await presses(desk, 'Add a note');
      await desk.getByLabel('Your note').fill('Spoke to the visitor.');
      await page.route('**/api/**', (route) => route.abort());
      await presses(desk, 'Save note');
      await desk.getByRole('alert').waitFor();
      await reads(desk, 'This may have changed since');
      expect(await desk.getByLabel('Your note').inputValue()).toBe('Spoke to the visitor.');
      await page.unroute('**/api/**');
      await presses(desk, 'Save note');
      await sees(grace, reference, '“Spoke to the visitor.”');
    });

    test('a member of staff has what they raised and the topics, and no register', async () => {
      const reference = await raised();
      const mine = await opens('Amina Yusuf');
      await mine.desk.getByRole('heading', { level: 1, name: 'My referrals' }).waitFor();
      await mine.desk.getByRole('link', { name: 'Someone is at risk now' }).waitFor();
      expect(await pagesOf(mine)).toEqual(['My referrals', 'Topics']);
      await reads(mine.desk, reference);
      const led = await opens('Amina Yusuf', '/register');
      await led.desk.getByRole('heading', { level: 1, name: 'My referrals' }).waitFor();
    });

    test('a senior nurse has the register of her ward, and of no other', async () => {
      const hers = await raised('ward-9');
      const another = await raised('ward-2');
      const register = await opens('Grace Okafor', '/register');
      await rowOf(register, hers).waitFor();
      expect(await rowOf(register, another).count()).toBe(0);
      expect(await pagesOf(register)).toEqual(['Register', 'My referrals', 'Topics', 'On duty']);
    });

    test('an outsider reads the same of a referral that there is and of one that there is not', async () => {
      const reference = await raised();
      const wordsAt = async (view: string): Promise<string | null> => {
        const { desk } = await opens('Sam Cole', view);
        await desk.getByRole('heading', { name: 'This referral cannot be shown' }).waitFor();
        return desk.getByRole('main').textContent();
      };
      const words = await wordsAt(`/referral/${reference}`);
      expect(words).toContain('There is no referral of this reference that you can open.');
      expect(words?.replace(reference, NO_REFERENCE)).toBe(await wordsAt(`/referral/${NO_REFERENCE}`));
    });

    test('who is taken out of the team loses the register, without loading it again', async () => {
      const helen = await opensChat(rehearsal.teams, 'helen');
      const reference = await raised();
      const register = await opens('Helen Marsh', '/register');
      const referral = await opens('Helen Marsh', `/referral/${reference}`);
      await rowOf(register, reference).waitFor();
      await reads(referral.desk, 'A visitor is streaming the bay live.');
      await helen.leavesTeam();
      await reads(register.desk, 'No referrals yet');
      await reads(referral.desk, 'This referral cannot be shown');
      expect(await referral.desk.getByText('A visitor is streaming the bay live.').count()).toBe(0);
      const again = await opens('Helen Marsh');
      expect(await pagesOf(again)).toEqual(['My referrals', 'Topics']);
    });

    test('a referral is opened, worked and left by keyboard alone, and the focus comes back to its row', async () => {
      const reference = await raised();
      await raised();
      const { page, desk } = await opens('Priya Nair', '/register');
      await rowOf({ page, desk }, reference).waitFor();
      const keys = page.keyboard;
      const focus = desk.locator(':focus');
      const has = async (what: Locator): Promise<boolean> => (await focus.and(what).count()) === 1;
      const goesTo = async (what: Locator, key: string): Promise<void> => {
        for (let presses = 0; !(await has(what)); presses += 1) {
          if (presses === FAR) throw new Error(`${FAR} times ${key} did not lead to ${what}.`);
          await keys.press(key);
        }
      };
      const button = (name: string): Locator => desk.getByRole('button', { name, exact: true });

      await goesTo(desk.locator('[role=grid] [tabindex="0"]'), 'Tab');
      await goesTo(rowOf({ page, desk }, reference), 'ArrowDown');
      await keys.press('Enter');
      await desk.getByRole('heading', { level: 1, name: `Referral ${reference}` }).waitFor();
      await goesTo(button('Add a note'), 'Tab');
      await keys.press('Enter');
      await keys.type('Spoke to the visitor.');
      await keys.press('Escape');
      expect(await has(button('Add a note'))).toBe(true);
      await keys.press('Enter');
      expect(await desk.getByLabel('Your note').inputValue()).toBe('Spoke to the visitor.');
      await goesTo(button('Save note'), 'Tab');
      await keys.press('Enter');
      await reads(desk, 'Your note is saved.');
      expect(await has(button('Add a note'))).toBe(true);
      await goesTo(desk.getByRole('link', { name: 'Back to the list' }), 'Shift+Tab');
      await keys.press('Enter');
      await desk.getByRole('heading', { level: 1, name: 'Register' }).waitFor();
      await rowOf({ page, desk }, reference).and(focus).waitFor();
    });
  });
});

/** Well formed, and nobody's. */
const NO_REFERENCE = 'K7M-2PXC';
/** No page of the desk has so many places where the focus can be. */
const FAR = 60;
