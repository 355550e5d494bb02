import { afterAll, beforeAll, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import type { PersonDriver } from '../../src/sandbox/driver.ts';
import { ACKNOWLEDGE, inMinutes } from '../journeys/escalations/stories.ts';
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
import { DESKTOP, type DeskWindow, opensDesk, rowOf } from './stage.ts';

/** One more page than are all kept up to date at once. */
const PAGES = 6;
/** Pages of one row each, so that a few referrals are many pages. They are asked for a hundred rows at a time. */
const HUNDRED = 100;

describeInChromium('a long register', (browser) => {
  let rehearsal: Rehearsal;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let context: BrowserContext;
  let long: DeskWindow;
  const references: string[] = [];

  const raised = async (): Promise<string> => {
    const reference = referenceOn(await raisesLivestream(amina));
    await sees(grace, reference);
    return reference;
  };

  /** The server is asked for small pages instead of large ones. */
  const withSmallPages = async (page: Page): Promise<Page> => {
    await page.route('**/api/desk/referrals?**', (route) => {
      const url = new URL(route.request().url());
      const limit = Number(url.searchParams.get('limit'));
      url.searchParams.set('limit', String(Math.ceil(limit / HUNDRED)));
      return route.continue({ url: url.href });
    });
    return page;
  };

  const shown = ({ desk }: DeskWindow): Promise<(string | null)[]> =>
    desk.locator('[data-reference]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-reference')));

  beforeAll(async () => {
    rehearsal = await startRehearsal();
    amina = await opensChat(rehearsal.teams, 'amina');
    grace = await opensChat(rehearsal.teams, 'grace');
    await goesOnDuty(grace, 'ward-9', await inMinutes(rehearsal.teams, 600));
    for (let page = 0; page < PAGES; page += 1) references.push(await raised());
    context = await browser().newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
    const page = await withSmallPages(await context.newPage());
    long = await opensDesk(page, rehearsal.signpost.address, 'Priya Nair', '/register');
    for (const reference of references) await rowOf(long, reference).waitFor();
  });
  afterAll(async () => {
    await context.close();
    await rehearsal.stop();
  });

  test('shows by itself what is done with the last row in sight', async () => {
    const last = (await shown(long)).at(-1) ?? '';
    await pressesOn(grace, last, ACKNOWLEDGE);
    await rowOf(long, last).filter({ hasText: 'Acknowledged' }).waitFor();
  });

  test('shows what is new, and what went elsewhere, as it stands in a list that is read anew', async () => {
    await pressesOn(grace, references[0] ?? '', ACKNOWLEDGE);
    const added = await raised();
    await rowOf(long, added).waitFor();
    await rowOf(long, references[0] ?? '')
      .filter({ hasText: 'Acknowledged' })
      .waitFor();
    const page = await context.newPage();
    const anew = await opensDesk(page, rehearsal.signpost.address, 'Priya Nair', '/register');
    await rowOf(anew, added).waitFor();
    const order = JSON.stringify(await shown(anew));
    await waitFor(async () => JSON.stringify(await shown(long)) === order, 'the same order');
  });
});
