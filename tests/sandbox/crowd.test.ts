import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDirectory, PEOPLE } from '../../src/sandbox/people.ts';
import { cardMessage, REFERRALS, type Stage, startStage } from './stage.ts';

describe('a crowd', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ crowd: { staff: 200, seniors: 20 }, limits: false });
  });
  afterAll(() => stage.stop());

  test('joins those who have a part, who are still found by their first names', async () => {
    const { people } = await stage.teams.state();
    const { staff, seniors } = await stage.teams.crowd();
    expect([people.length, staff.length, seniors.length]).toEqual([PEOPLE.length + 220, 200, 20]);
    for (const { name } of PEOPLE) {
      expect((await stage.teams.findPerson(name.split(' ')[0] ?? '')).name).toBe(name);
    }
  });

  test('chats like everybody else', async () => {
    const { staff } = await stage.teams.crowd();
    const [first, second] = staff;
    await first?.says('hello');
    expect(stage.bot.last('message')).toMatchObject({ text: 'hello', from: { name: first?.name } });
    expect((await second?.messages())?.length).toBe(0);
  });

  test('makes long conversations, of which one need not read all to see what is new', async () => {
    for (const index of Array(150).keys()) await stage.postIn(REFERRALS, cardMessage(`Referral ${index}`));
    const channel = stage.teams.channel(REFERRALS).as('priya');
    const { messages, changes } = await channel.messagesSince();
    expect(messages.length).toBe(150);
    await stage.postIn(REFERRALS, cardMessage('The last'));
    expect((await channel.messagesSince(changes)).messages.length).toBe(1);
  });
});

describe('the people of a crowd', () => {
  test('are the same every time, and no two share a name or an id', () => {
    const { people } = createDirectory({ staff: 1_000, seniors: 100 });
    expect(createDirectory({ staff: 1_000, seniors: 100 }).people).toEqual(people);
    for (const key of ['id', 'aadObjectId', 'name', 'userPrincipalName', 'conversation'] as const) {
      expect(new Set(people.map((person) => person[key])).size).toBe(1_100 + PEOPLE.length);
    }
  });

  test('have no first name of somebody who has a part', () => {
    const firstName = ({ name }: { name: string }) => name.split(' ')[0];
    const taken = new Set(PEOPLE.map(firstName));
    const crowd = createDirectory({ staff: 100, seniors: 0 }).people.filter(({ inCrowd }) => inCrowd);
    expect(crowd.filter((person) => taken.has(firstName(person)))).toEqual([]);
  });

  test('are as many as there are names for', () => {
    expect(() => createDirectory({ staff: 1_000_000, seniors: 0 })).toThrow('at most');
  });
});
