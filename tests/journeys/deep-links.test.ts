import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PersonDriver } from '../../src/sandbox/driver.ts';
import { chatLink, deskLink } from '../../src/teams/links.ts';
import { deskReader } from '../support/desk.ts';
import {
  goesOnDuty,
  opensChat,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  type ShownCard,
  sees,
  startRehearsal,
} from '../support/rehearsal.ts';

const REFERRALS = 'Safeguarding referrals';

function linksOn({ card }: ShownCard): string[] {
  return [...JSON.stringify(card).matchAll(/"type":"Action\.OpenUrl","title":"Open at the desk","url":"([^"]*)"/g)].map(
    ([, url]) => url ?? '',
  );
}

describe('a referral’s card', () => {
  let rehearsal: Rehearsal;
  let grace: PersonDriver;
  let reference: string;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    grace = await opensChat(rehearsal.teams, 'Grace');
    await goesOnDuty(grace, 'ward-9', '23:45');
    reference = referenceOn(await raisesLivestream(await opensChat(rehearsal.teams, 'Amina')));
  });
  afterAll(() => rehearsal.stop());

  test('opens that referral at the desk, for those who work on it', async () => {
    const channel = rehearsal.teams.channel(REFERRALS).as('Priya');
    for (const card of [await sees(grace, reference), await sees(channel, reference)]) {
      const [link = '', ...others] = linksOn(card);
      expect(others).toEqual([]);
      expect(new URL(link).searchParams.get('view')).toBe(`/referral/${reference}`);
      expect((await fetch(link)).status).toBe(200);
    }
  });

  test('has the way back on its page: to the post in the channel', async () => {
    const channel = rehearsal.teams.channel(REFERRALS).as('Priya');
    const { messageId } = await sees(channel, reference);
    const { deliveries } = await deskReader(rehearsal.signpost.address, () =>
      rehearsal.teams.tokenFor('Priya'),
    ).opensAtDesk(reference);
    const posts = deliveries.flatMap(({ role, post }) => (post === null ? [] : [{ role, post }]));
    const { channels } = await rehearsal.teams.state();
    const id = channels.find(({ name }) => name === REFERRALS)?.id ?? '';
    expect(posts).toMatchObject([{ role: 'channel' }]);
    expect(new URL(posts[0]?.post ?? '').pathname).toBe(
      `/l/message/${encodeURIComponent(id)}/${encodeURIComponent(messageId)}`,
    );
  });
});

describe('a link of Teams', () => {
  test('to the desk names the app, the tab and the view', () => {
    const link = new URL(deskLink('11111111-2222-4333-8444-555555555555', '/referral/K7M-2PXC'));
    expect(link.origin + link.pathname).toBe(
      'https://teams.microsoft.com/l/entity/11111111-2222-4333-8444-555555555555/desk',
    );
    expect(JSON.parse(link.searchParams.get('context') ?? '')).toEqual({ subEntityId: '/referral/K7M-2PXC' });
  });

  test('to the chat names the bot', () => {
    expect(new URL(chatLink('28:1')).searchParams.get('users')).toBe('28:1');
  });
});
