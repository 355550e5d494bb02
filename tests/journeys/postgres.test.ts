import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openPostgres, openPostgresBeside, StoreTooNewError } from '../../src/store/store.ts';
import { SERVER_KEYS } from '../support/keys.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import {
  cardOf,
  fillsIn,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
  text,
  walksToLivestream,
} from '../support/rehearsal.ts';

describe('the same story on PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.database();
    rehearsal = await startRehearsal({ DATABASE_URL: url, ...SERVER_KEYS });
  });
  afterAll(async () => {
    await rehearsal.stop();
    await postgres.stop();
  });

  test('raised twice at once, acknowledged twice at once, noted and closed', async () => {
    const { teams } = rehearsal;
    const amina = await opensChat(teams, 'amina');
    const grace = await opensChat(teams, 'grace');
    await goesOnDuty(grace, 'ward-9', '23:59');
    const check = await fillsIn(amina, await walksToLivestream(amina));
    const sent = await Promise.all([1, 2, 3].map(() => amina.presses('Send', { on: check })));
    const references = new Set(sent.map((answer) => referenceOn(cardOf(answer))));
    expect(references.size).toBe(1);
    const [reference = ''] = references;

    const priya = teams.channel('Safeguarding referrals').as('priya');
    const atNurse = await sees(grace, reference, 'Acknowledge: I have this');
    const atChannel = await sees(priya, reference, 'Acknowledge: I have this');
    const answers = await Promise.all([
      grace.presses('Acknowledge: I have this', { on: atNurse }),
      priya.presses('Acknowledge: I have this', { on: atChannel }),
    ]);
    const late = answers.map((answer) => text(cardOf(answer))).filter((card) => card.includes('got there first'));
    expect(late.length).toBe(1);

    const [owner, viewer] = late[0]?.includes('Grace Okafor got there first') ? [grace, priya] : [priya, grace];
    const card = await sees(owner, reference, 'Close this referral');
    await owner.presses('Close this referral', { on: card, inputs: { outcome: 'Dealt with.' } });
    for (const person of [viewer, amina]) await sees(person, reference, '“Dealt with.”');
  });

  test('and goes on where a newer version updates the register meanwhile, which an older server does not start on', async () => {
    const newer = openPostgresBeside(url, 'writes');
    await sql`alter table referrals add column later text not null default ''`.execute(newer.db);
    await sql`create table later (referral text references referrals (reference))`.execute(newer.db);
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', '2030')`.execute(newer.db);
    await newer.close();
    await expect(openPostgres(url)).rejects.toThrow(StoreTooNewError);

    const { teams } = rehearsal;
    const [amina, grace] = [teams.person('amina'), teams.person('grace')];
    const reference = referenceOn(await raisesLivestream(amina));
    await pressesOn(grace, reference, 'Acknowledge: I have this');
    await sees(amina, reference, 'Grace Okafor has this');
  });
});
