import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Rehearsal, startRehearsal, text, waitFor } from '../support/rehearsal.ts';

const GENERAL = 'General';

describe('somebody who adds Signpost', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
  });
  afterAll(() => rehearsal.stop());

  /** Sends the bot again what Teams has told it last of this kind, changed. */
  const tellsAgain = async (conversation: string, changes: object = {}): Promise<void> => {
    const told = (await rehearsal.teams.journal()).findLast(
      ({ direction, body }) => direction === 'to the bot' && isInstallation(body, conversation),
    );
    if (told === undefined) throw new Error('Nobody has added the bot there.');
    const response = await fetch(`${rehearsal.signpost.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...(told.body as object), ...changes }),
    });
    expect(response.status).toBe(200);
  };

  test('is greeted once, with what it is for and the question which Trust is theirs', async () => {
    const amina = rehearsal.teams.person('Amina');
    await amina.opens();
    const [first, ...others] = await amina.cards();
    expect(others).toEqual([]);
    expect(first && text(first)).toMatch(/policy says.*\n(?:.*\n)*Which Trust do you work for\?/);
    await amina.opens();
    expect(await amina.messages()).toHaveLength(1);
  });

  test('is not greeted again where Teams tells it twice, or the app has a newer version', async () => {
    const { conversation } = await rehearsal.teams.placeOf('Amina');
    await tellsAgain(conversation);
    await tellsAgain(conversation, { id: 'f:upgrade', action: 'add-upgrade' });
    expect(await rehearsal.teams.person('Amina').messages()).toHaveLength(1);
    // Whoever removes it and adds it again is.
    await tellsAgain(conversation, { id: 'f:again' });
    expect(await rehearsal.teams.person('Amina').messages()).toHaveLength(2);
  });

  test('to a team has the team told once what it does there, and no newcomer is greeted', async () => {
    const general = rehearsal.teams.channel(GENERAL).as('Helen');
    const told = await waitFor(async () => (await general.cards())[0], 'the team to be told');
    expect(text(told)).toContain('Signpost is ready in this team');
    expect(text(told)).toContain('Referrals from');
    const { id } = (await rehearsal.teams.state()).team;
    await tellsAgain(id, { id: 'f:upgrade', action: 'add-upgrade' });
    await rehearsal.teams.person('Sam').joinsTeam();
    expect(await general.messages()).toHaveLength(1);
    expect(await rehearsal.teams.person('Sam').messages()).toEqual([]);
  });
});

function isInstallation(body: unknown, conversation: string): boolean {
  if (typeof body !== 'object' || body === null || !('type' in body) || !('conversation' in body)) return false;
  const place = body.conversation;
  const isThere = typeof place === 'object' && place !== null && 'id' in place && place.id === conversation;
  return body.type === 'installationUpdate' && isThere;
}
