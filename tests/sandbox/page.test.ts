import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitFor } from '../../src/sandbox/driver.ts';
import { describeInChromium } from '../support/chromium.ts';
import { REFERRALS, type Stage, startStage } from './stage.ts';

describeInChromium('the three windows', (browser) => {
  let stage: Stage;
  let page: Page;
  beforeEach(async () => {
    stage = await startStage();
    page = await (await browser().newContext()).newPage();
    await page.goto(stage.url);
  });
  afterEach(async () => {
    await page.context().close();
    await stage.stop();
  });

  test('show the chat of who was taken out of the team, in place of its channel', async () => {
    await page.getByLabel(`Messages in the channel ${REFERRALS}, as Priya Nair`).waitFor();
    await page.getByRole('button', { name: 'Trouble' }).click();
    await page.getByLabel('Who').selectOption('Priya Nair');
    await page.getByLabel('Is in the safeguarding team').uncheck();
    await page.getByLabel("Messages in Priya Nair's chat with Signpost").waitFor();
    const places = page.getByLabel('Window 3: chat, channel or desk').locator('option');
    expect(await places.allTextContents()).toEqual(['Chat with Signpost', 'The desk']);
    await waitFor(
      async () => stage.bot.activities.some(({ membersRemoved }) => membersRemoved !== undefined),
      'the bot to be told',
    );
    await page.getByLabel('Is in the safeguarding team').check();
    await places.filter({ hasText: REFERRALS }).waitFor({ state: 'attached' });
  });

  test('say so where the desk cannot open, because the bot is elsewhere', async () => {
    await page.getByLabel('Window 1: chat, channel or desk').selectOption('The desk');
    await page.getByText('This rehearsal runs apart from Signpost').waitFor();
  });

  test('say how to open the desk', async () => {
    const link = page.getByRole('link', { name: 'Open the desk as Priya' });
    expect(await link.getAttribute('href')).toBe('/sandbox/page/desk.html?person=Priya%20Nair');
  });
});
