import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Frame, Locator, Page } from 'playwright-core';
import { ACKNOWLEDGE, inMinutes, waitsFor } from '../journeys/escalations/stories.ts';
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
import { DESKTOP, opensDesk, PHONE } from './stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** In the desk: what is wrong with the page as it stands, in words, once it has changed to the colours of the theme. */
const LOOK = `(async () => {
  const changes = () => document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  do {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(changes().map(({ finished }) => finished));
  } while (changes().length > 0);
  const { violations } = await axe.run();
  const titles = document.querySelectorAll('h1').length;
  return [
    ...violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')),
    ...(titles === 1 ? [] : [titles + ' titles']),
    ...(document.documentElement.scrollWidth > innerWidth ? ['it scrolls sideways'] : []),
  ];
})()`;

const BACKGROUND = `getComputedStyle(document.querySelector('.fui-FluentProvider')).backgroundColor`;

/** Each theme as Teams calls it, and what Fluent draws a page on in it. */
const THEMES = [
  ['Light', 'rgb(250, 250, 250)'],
  ['Dark', 'rgb(36, 36, 36)'],
  ['High contrast', 'rgb(0, 0, 0)'],
] as const;

const TOPIC = 'filming-on-the-ward';
const TOPIC_TITLE = 'Someone is filming, photographing or livestreaming';

type Seeded = {
  /** A referral that was reported to the police. */
  readonly reported: string;
  /** One whose reporter is asked something. */
  readonly asked: string;
};

type Shows = (desk: Frame) => Locator;
const title =
  (name: string): Shows =>
  (desk) =>
    desk.getByRole('heading', { level: 1, name, exact: true });
const part =
  (name: string): Shows =>
  (desk) =>
    desk.getByRole('region', { name, exact: true });

/** A page, who opens it, where it is, and what it shows that no other does. */
type Case = readonly [name: string, person: string, view: (seeded: Seeded) => string, shows: Shows];

// Those of one person stand together: the window stays theirs.
const PAGES: readonly Case[] = [
  ['the register', 'Priya Nair', () => '/register', title('Register')],
  ['a referral, for the team', 'Priya Nair', ({ reported }) => `/referral/${reported}`, part('What has happened')],
  ['who is on duty', 'Priya Nair', () => '/duty', title('On duty')],
  ['the report', 'Priya Nair', () => '/reports', title('Report')],
  ['the guidance by topic', 'Priya Nair', () => '/guidance', part('Topics')],
  ['the guidance by clause', 'Priya Nair', () => '/guidance?view=clauses', part('Clauses')],
  ['the guidance by path', 'Priya Nair', () => '/guidance?view=paths', part('Paths')],
  ['a topic, for the team', 'Priya Nair', () => `/guidance/${TOPIC}`, title(TOPIC_TITLE)],
  ['what somebody raised', 'Amina Yusuf', () => '/mine', title('My referrals')],
  ['a referral, for who raised it', 'Amina Yusuf', ({ asked }) => `/referral/${asked}`, part('What has happened')],
  ['the topics', 'Amina Yusuf', () => '/topics', title('Topics')],
  ['a topic, for staff', 'Amina Yusuf', () => `/topics/${TOPIC}`, title(TOPIC_TITLE)],
];

describeInChromium('everybody can use', (browser) => {
  let rehearsal: Rehearsal;
  let seeded: Seeded;
  let page: Page;
  let desk: Frame;
  let reader = '';
  /** What the browser complained of. */
  let complaints: string[] = [];

  beforeAll(async () => {
    rehearsal = await startRehearsal();
    seeded = await seed(rehearsal);
    page = await (await browser().newContext({ viewport: DESKTOP, reducedMotion: 'reduce' })).newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes(LIST_OF_MICROSOFT)) complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await page.context().close();
    await rehearsal.stop();
  });

  const opens = async (person: string, view: string, shows: Shows): Promise<void> => {
    if (person === reader) {
      await desk.evaluate(`location.hash = ${JSON.stringify(view)}`);
    } else {
      ({ desk } = await opensDesk(page, rehearsal.signpost.address, person, view));
      await desk.evaluate(AXE);
      reader = person;
    }
    await shows(desk).waitFor();
    await desk.getByRole('progressbar').first().waitFor({ state: 'detached' });
  };

  const chooses = async (theme: string, background: string): Promise<void> => {
    await page.getByLabel('Theme').selectOption(theme);
    await waitFor(async () => (await desk.evaluate(BACKGROUND)) === background, `the theme ${theme}`);
  };

  test.each(PAGES)(
    '%s, in every theme, which it follows, on a phone and on a desktop',
    async (...[, who, view, shows]) => {
      complaints = [];
      const found: string[] = [];
      await opens(who, view(seeded), shows);
      for (const [theme, background] of THEMES) {
        await chooses(theme, background);
        for (const size of [PHONE, DESKTOP]) {
          await page.setViewportSize(size);
          const wrong = (await desk.evaluate(LOOK)) as readonly string[];
          found.push(...wrong.map((what) => `${theme}, ${size.width} px: ${what}`));
        }
      }
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});

/** teams-js looks for it. The pages may not, and it has its own copy. */
const LIST_OF_MICROSOFT = 'https://res.cdn.office.net/teams-js/validDomains/json/validDomains.json';

/** Referrals as a register has them: new, unanswered, acknowledged, closed, and with what must not be overlooked. */
async function seed({ teams }: Rehearsal): Promise<Seeded> {
  await waitsFor(teams, 'a Tuesday morning');
  const amina = await opensChat(teams, 'amina');
  const grace = await opensChat(teams, 'grace');
  await goesOnDuty(grace, 'ward-9', await inMinutes(teams, 600));
  await opensChat(teams, 'priya');
  const raised = async (changes?: Parameters<typeof raisesLivestream>[1]): Promise<string> => {
    const reference = referenceOn(await raisesLivestream(amina, changes));
    await sees(amina, reference, 'Sent to');
    return reference;
  };
  const [reported, asked, closed] = [await raised(), await raised(), await raised()];
  for (const reference of [reported, asked, closed]) await pressesOn(grace, reference, ACKNOWLEDGE);
  await pressesOn(grace, reported, 'Record it', { referredTo: 'police', number: '22/1234' });
  await pressesOn(grace, asked, 'Send question', { question: 'Which bay?' });
  await pressesOn(amina, reported, 'Ask', { reason: 'It was a mistake.' });
  await pressesOn(grace, closed, 'Close this referral', { outcome: 'The stream was stopped.' });
  const unanswered = await raised({ department: 'ward-2', aboutSenior: 'unsure' });
  await teams.advance(11);
  await sees(amina, unanswered, 'We could not get an answer for you.');
  await raised();
  return { reported, asked };
}
