import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitFor } from '../../src/sandbox/driver.ts';
import { describeInChromium } from '../support/chromium.ts';
import { CARD_TYPE, card, type Json, type Stage, startStage } from './stage.ts';

/** A card as a dialog has it. */
function dialogCard(words: string): Json {
  const actions = [{ type: 'Action.Submit', title: 'Next', data: { press: { verb: 'walk', data: {} } } }];
  return { task: { type: 'continue', value: { title: words, card: { content: card(words, { actions }) } } } };
}

describeInChromium('a window', (browser) => {
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

  test('finds what the app’s search finds, and sends the one that is chosen as the person who chose it', async () => {
    stage.bot.onInvoke = () => {
      const preview = { contentType: CARD_TYPE, content: { title: 'Section 4.2', text: 'About photos' } };
      const attachments = [{ contentType: CARD_TYPE, content: card('All of it', { actions: [] }), preview }];
      return { composeExtension: { type: 'result', attachmentLayout: 'list', attachments } };
    };
    const amina = page.getByLabel("Amina Yusuf's chat with Signpost", { exact: true });
    await amina.getByRole('button', { name: 'Search the guidance' }).click();
    await amina.getByRole('searchbox').fill('photos');
    await waitFor(
      async () => JSON.stringify(stage.bot.last('invoke').value).includes('"value":"photos"'),
      'the bot to be asked',
    );
    await amina.getByRole('button', { name: 'Section 4.2' }).click();
    await amina.locator('.message.own').getByText('All of it').waitFor();
  });

  test('says what the search says where it finds nothing', async () => {
    stage.bot.onInvoke = () => ({ composeExtension: { type: 'message', text: 'Nothing here.' } });
    const amina = page.getByLabel("Amina Yusuf's chat with Signpost", { exact: true });
    await amina.getByRole('button', { name: 'Search the guidance' }).click();
    await amina.getByText('Nothing here.').waitFor();
  });

  test('opens a dialog on a message, and goes on in it with what is typed', async () => {
    stage.bot.onInvoke = () => dialogCard('First card');
    await stage.teams.person('Amina').says('something happened');
    const own = page.locator('.message.own');
    await own.getByText('something happened').waitFor();
    await own.locator('summary').click();
    await own.getByRole('button', { name: 'Ask about this message' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'First card' }).waitFor();
    stage.bot.onInvoke = () => dialogCard('Second card');
    await dialog.getByLabel('Note').fill('typed here');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByRole('heading', { name: 'Second card' }).waitFor();
    expect(stage.bot.last('invoke')).toMatchObject({
      name: 'composeExtension/submitAction',
      value: { commandId: 'ask-about-message', data: { press: { verb: 'walk' }, note: 'typed here' } },
    });
    stage.bot.onInvoke = () => ({});
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});
