import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Browser, Frame, Page } from 'playwright-core';
import restify from 'restify';
import { createSandboxClock } from '../../src/sandbox/clock.ts';
import { TeamsDriver } from '../../src/sandbox/driver.ts';
import { TEAM, TENANT_ID } from '../../src/sandbox/people.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { describeInChromium } from '../support/chromium.ts';
import { REFERRALS } from './stage.ts';

const require = createRequire(import.meta.url);
const TEAMS_JS = readFileSync(require.resolve('@microsoft/teams-js'), 'utf8');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A tab that enters Teams by the real teams-js, shows the theme, and leaves the rest to the test. */
const TAB = `<!doctype html><title>A tab</title><script src="/tab/teams.js"></script><output></output><script>
  const { app, pages } = microsoftTeams;
  const show = (theme) => { document.querySelector('output').textContent = theme; };
  app.initialize().then(async () => {
    const { app: { theme }, page: { frameContext } } = await app.getContext();
    app.registerOnThemeChangeHandler(show);
    if (frameContext === 'settings') {
      pages.config.registerOnSaveHandler((saving) =>
        pages.config.setConfig({ entityId: 'x', contentUrl: location.origin + '/tab/#/from-settings' })
          .then(() => saving.notifySuccess()));
      pages.config.setValidityState(true);
    }
    app.notifySuccess();
    show(theme);
  });
</script>`;

/** A frame within the tab that speaks to the host as a tab does. */
const STRANGER = `new Promise((done) => {
  const stranger = document.createElement('iframe');
  stranger.srcdoc = '<script>top.postMessage({ id: 1, func: "executeDeepLink", args: ["https://stranger.example"] }, "*")</script>';
  stranger.onload = done;
  document.body.append(stranger);
})`;

/** What teams-js tells a tab, as far as these tests look into it. */
type TeamsJs = {
  readonly app: {
    getContext(): Promise<Record<string, unknown>>;
    openLink(url: string): Promise<void>;
    notifyFailure(failure: { reason: string; message: string }): void;
  };
  readonly authentication: { getAuthToken(): Promise<string> };
  readonly pages: { shareDeepLink(link: { subPageId: string; subPageLabel: string }): void };
};
declare const microsoftTeams: TeamsJs;
declare const axe: { run(options: object): Promise<{ readonly violations: readonly { readonly id: string }[] }> };

type Running = { readonly url: string; readonly teams: TeamsDriver; stop(): Promise<void> };

/** A sandbox on a server that also plays the bot's: it takes what it is told, and serves the tab. */
async function run(): Promise<Running> {
  const server = restify.createServer();
  const sandbox = createSandbox({
    clock: createSandboxClock(),
    log: { info: () => undefined, error: () => undefined },
  });
  sandbox.mount(server);
  server.post('/api/messages', async (_request, response) => {
    response.send(200);
  });
  const serve = (path: string, type: string, content: string): void => {
    server.get(path, async (_request, response) => {
      response.sendRaw(200, content, { 'content-type': type });
    });
  };
  serve('/tab/', 'text/html', TAB);
  serve('/tab/teams.js', 'text/javascript', TEAMS_JS);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await sandbox.start();
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    teams: new TeamsDriver(url),
    async stop() {
      sandbox.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        (server.server as Server).closeAllConnections();
      });
    },
  };
}

describeInChromium('the tab in its frame', (browser) => {
  let running: Running;
  let page: Page;
  beforeEach(async () => {
    running = await run();
    page = await openPage(browser());
  });
  afterEach(async () => {
    await page.context().close();
    await running.stop();
  });

  /** Opens the desk on a page of its own. */
  const openDesk = async (query: Record<string, string>): Promise<Frame> => {
    await page.goto(`${running.url}/sandbox/page/desk.html?${new URLSearchParams(query)}`);
    return tabIn(page);
  };
  /** Opens the three panes, and the desk in the third, which is Priya's. */
  const openPane = async (): Promise<Frame> => {
    await page.goto(running.url);
    await page.getByLabel('Window 3: chat, channel or desk').selectOption('The desk');
    return tabIn(page);
  };

  test('learns who looks, in which tenant, at what and in which theme', async () => {
    const tab = await openDesk({ person: 'Priya Nair', theme: 'dark', view: '/referral/K7M-2PXC' });
    const priya = await running.teams.findPerson('priya');
    expect(await tab.evaluate(() => microsoftTeams.app.getContext())).toMatchObject({
      app: { theme: 'dark', locale: 'en-gb', host: { name: 'Teams', clientType: 'web' } },
      page: { id: 'desk', subPageId: '/referral/K7M-2PXC', frameContext: 'content' },
      user: {
        id: priya.aadObjectId,
        displayName: 'Priya Nair',
        userPrincipalName: 'priya.nair@rehearsal.example',
        tenant: { id: TENANT_ID },
      },
    });
  });

  test('of a channel learns which channel and team it is in', async () => {
    const tab = await openDesk({ person: 'Priya Nair', channel: REFERRALS });
    expect(await tab.evaluate(() => microsoftTeams.app.getContext())).toMatchObject({
      channel: { displayName: REFERRALS },
      team: { internalId: TEAM.id, groupId: TEAM.aadGroupId, displayName: TEAM.name },
    });
  });

  test('gets a token that verifies by the published key', async () => {
    const tab = await openPane();
    const token = await tab.evaluate(() => microsoftTeams.authentication.getAuthToken());
    const issuer = `${running.url}/sandbox`;
    const keys = createRemoteJWKSet(new URL(`${issuer}/keys`));
    const { payload } = await jwtVerify(token, keys, { issuer, audience: 'signpost-rehearsal' });
    expect(payload.name).toBe('Priya Nair');
  });

  test('is told why there is no token', async () => {
    const tab = await openPane();
    await running.teams.person('priya').leaves();
    await expect(tab.evaluate(() => microsoftTeams.authentication.getAuthToken())).rejects.toThrow(
      'Priya Nair has left the organisation.',
    );
  });

  test.each([
    ['three panes', openPane],
    ['a page of its own', () => openDesk({ theme: 'light' })],
  ])('follows the theme live in %s', async (_, open) => {
    const tab = await open();
    await tab.getByText('default').waitFor();
    await page.getByLabel('Theme').selectOption('High contrast');
    await tab.getByText('contrast').waitFor();
    await page.getByLabel('Theme').selectOption('Dark');
    await tab.getByText('dark').waitFor();
  });

  test('is opened anew for another person', async () => {
    await openPane();
    await page.getByLabel('Window 3: person').selectOption('Helen Marsh');
    await page.getByTitle('The desk, as Helen Marsh').waitFor();
    const context = await (await tabIn(page)).evaluate(() => microsoftTeams.app.getContext());
    expect(context).toMatchObject({ user: { displayName: 'Helen Marsh' } });
  });

  test('stays what the pane shows when the page is loaded again', async () => {
    await openPane();
    await page.reload();
    await tabIn(page);
    expect(await page.getByTitle('The desk, as Priya Nair').count()).toBe(1);
  });

  test('opens the chat with Signpost in its pane, and says what Teams would open otherwise', async () => {
    const tab = await openPane();
    await tab.evaluate(() => microsoftTeams.app.openLink('https://www.example.org/policy'));
    await page.getByText('In Teams, this opens https://www.example.org/policy').waitFor();
    await tab.evaluate(() => {
      void microsoftTeams.app.openLink('https://teams.microsoft.com/l/chat/0/0?users=28:signpost');
    });
    await page.getByLabel('Write as Priya Nair').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
  });

  test('shares a link that leads to the same view', async () => {
    const tab = await openPane();
    await tab.evaluate(() =>
      microsoftTeams.pages.shareDeepLink({ subPageId: '/duty', subPageLabel: 'Who is on duty' }),
    );
    const href = await page.getByRole('link', { name: 'Who is on duty' }).getAttribute('href');
    await page.goto(running.url + href);
    const context = await (await tabIn(page)).evaluate(() => microsoftTeams.app.getContext());
    expect(context).toMatchObject({ user: { displayName: 'Priya Nair' }, page: { subPageId: '/duty' } });
  });

  test('that cannot be opened says why', async () => {
    const tab = await openPane();
    await tab.evaluate(() => microsoftTeams.app.notifyFailure({ reason: 'Other', message: 'No network.' }));
    await page.getByText('The desk could not do that. No network.').waitFor();
  });

  test('is set up for a channel, and then shown', async () => {
    await openDesk({ person: 'Priya Nair', channel: REFERRALS, configure: '' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('iframe[src$="/tab/#/from-settings"]').waitFor();
    const context = await (await tabIn(page)).evaluate(() => microsoftTeams.app.getContext());
    expect(context).toMatchObject({ page: { frameContext: 'content' }, channel: { displayName: REFERRALS } });
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });

  test('is the only one that is heard', async () => {
    const tab = await openPane();
    await tab.evaluate(STRANGER);
    // The host hears in turn: when it answers this, it has heard the stranger or never will.
    await tab.evaluate(() => microsoftTeams.app.getContext());
    expect(await page.getByText('stranger.example').count()).toBe(0);
  });

  test.each(['Light', 'Dark', 'High contrast'])(
    'stands on pages that anybody can use, in the theme %s',
    async (theme) => {
      for (const open of [openPane, () => openDesk({})]) {
        await open();
        await page.getByLabel('Theme').selectOption(theme);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => axe.run({ iframes: false }));
        expect(violations.map(({ id }) => id)).toEqual([]);
      }
    },
  );

  test('says so where nobody has the name that was asked for', async () => {
    await openDesk({ person: 'Nobody Known' });
    await page.getByText('There is nobody called “Nobody Known” here.').waitFor();
  });
});

async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ colorScheme: 'light' });
  return context.newPage();
}

/** The newest frame of the page, once its tab has entered Teams. */
async function tabIn(page: Page): Promise<Frame> {
  const handle = await page.waitForSelector('iframe');
  const frame = await handle.contentFrame();
  if (frame === null) throw new Error('The frame shows no page.');
  await frame.locator('output:not(:empty)').waitFor();
  return frame;
}
