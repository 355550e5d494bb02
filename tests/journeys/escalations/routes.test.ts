import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatDriver, PersonDriver } from '../../../src/sandbox/driver.ts';
import {
  alone,
  cardsAbout,
  fillsIn,
  goesOnDuty,
  opensChat,
  pressesOn,
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  sees,
  text,
  waitFor,
  walksToLivestream,
} from '../../support/rehearsal.ts';
import { type PostOffice, postOffice } from './post-office.ts';
import {
  ACKNOWLEDGE,
  CHANNEL,
  inMinutes,
  type Moment,
  NOBODY_HAS_IT,
  type OwnPolicies,
  ownPolicies,
  raised,
  type Settings,
  startStory,
  waitsFor,
} from './stories.ts';

const MAILBOX = 'information.governance@trust.example';
const LEADS = 'Ward 5 leads';
const wait = { immediate: 10, urgent: 30, routine: 240 };

/** In hours the ward, out of hours the site manager; then the channel and a mailbox; then the telephone. */
function changeRoute(settings: Settings): void {
  settings.roles = [{ id: 'site-manager', name: 'site manager' }];
  for (const department of settings.departments) if (department.id === 'ward-5') department.channel = LEADS;
  Object.assign(settings.contacts['information-governance'] ?? {}, { email: MAILBOX, note: 'Read each morning.' });
  Object.assign(settings.routes['senior-on-duty'] ?? {}, {
    title: 'The ward in hours, the site manager at night',
    steps: [
      { when: 'in-hours', notify: [{ whom: 'on-duty' }, { whom: 'department-channel' }], wait },
      { when: 'out-of-hours', notify: [{ whom: 'role', role: 'site-manager' }], wait },
      {
        notify: [
          { whom: 'channel', name: CHANNEL },
          { whom: 'email', contact: 'information-governance' },
        ],
        wait,
      },
      { notify: [{ whom: 'ring', contact: 'senior-in-charge' }] },
    ],
  });
}

/** A Trust whose routes differ by the hour, and reach roles, channels of wards, mailboxes and telephones. */
describe('routes', () => {
  let rehearsal: Rehearsal;
  let policies: OwnPolicies;
  let post: PostOffice;
  let amina: PersonDriver;
  let grace: PersonDriver;
  let daniel: PersonDriver;
  let leads: ChatDriver;
  let channel: ChatDriver;
  beforeAll(async () => {
    post = await postOffice();
    policies = ownPolicies(changeRoute);
    rehearsal = await startStory({
      POLICIES_DIR: policies.folder,
      SMTP_URL: post.url,
      SMTP_FROM: 'signpost@trust.example',
    });
    const { teams } = rehearsal;
    await rehearsal.sandbox.createChannel(LEADS);
    amina = await opensChat(teams, 'amina');
    grace = await opensChat(teams, 'grace');
    daniel = await opensChat(teams, 'daniel');
    leads = teams.channel(LEADS).as('helen');
    channel = teams.channel(CHANNEL).as('priya');
  });
  afterEach(() => post.takes());
  afterAll(async () => {
    await rehearsal.stop();
    await post.close();
    policies.remove();
  });

  /** Grace has the ward, Daniel the whole site. */
  const bothComeOnDuty = async (moment: Moment): Promise<void> => {
    await waitsFor(rehearsal.teams, moment);
    const until = await inMinutes(rehearsal.teams, 300);
    await goesOnDuty(grace, 'ward-5', until);
    await goesOnDuty(daniel, 'site-manager', until);
  };

  test('in hours it goes to the nurse on duty and the ward’s own channel, and to nobody of the night', async () => {
    await bothComeOnDuty('a Tuesday morning');
    const check = text(await fillsIn(amina, await walksToLivestream(amina), { department: 'ward-5' }));
    expect(check).toContain('Grace Okafor, senior nurse on duty for Ward 5');
    expect(check).toContain(`The channel “${LEADS}”`);
    expect(check).not.toContain('site manager');

    const reference = await raised(amina, 'ward-5', ['Grace Okafor', `the channel “${LEADS}”`]);
    await sees(leads, reference, ACKNOWLEDGE);
    await sees(grace, reference, ACKNOWLEDGE);
    expect(await cardsAbout(daniel, reference)).toEqual([]);
    expect(await cardsAbout(channel, reference)).toEqual([]);
  });

  test('not acknowledged, it goes to the safeguarding channel and by email, then to the telephone', async () => {
    await bothComeOnDuty('a Tuesday morning');
    const reference = await raised(amina, 'ward-5', ['Grace Okafor', `the channel “${LEADS}”`]);
    await rehearsal.teams.advance(11);
    await sees(channel, reference, ACKNOWLEDGE);
    const sent = await sees(amina, reference, 'Sent to Information Governance team, by email');
    expect(text(sent)).toContain('Nobody acknowledged this in time');
    expect(text(sent)).toContain(NOBODY_HAS_IT);
    expect(text(sent)).not.toContain('Ring now.');
    expect(post.aboutThis(reference)).toHaveLength(1);

    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Recorded, but nobody has answered', 'We could not get an answer for you. Ring now.');
    await sees(leads, reference, 'there is nobody left to tell');
  });

  test('referred on to somebody with an address: an email goes there, with the reference and not the story', async () => {
    await bothComeOnDuty('a Tuesday morning');
    const reference = await raised(amina, 'ward-5', ['Grace Okafor']);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await pressesOn(grace, reference, 'Record it', { referredTo: 'information-governance', number: 'IG 77' });
    const [email = '', ...others] = await waitFor(async () => {
      const emails = post.aboutThis(reference);
      return emails.length > 0 && emails;
    }, 'the email');
    expect(others).toEqual([]);
    expect(email).toContain(`To: ${MAILBOX}`);
    expect(email).toContain('Grace Okafor has referred this on to you.');
    expect(email).toContain(`Reference: ${reference}`);
    for (const words of ['streaming the bay', 'IG 77', 'Amina']) expect(email).not.toContain(words);
    await sees(grace, reference, 'Grace Okafor referred this on to: Information Governance team', '“IG 77”');
    await sees(amina, reference, 'Sent to Information Governance team, by email');
  });

  test('referred on to somebody without an address: that is recorded, and no email goes', async () => {
    await bothComeOnDuty('a Tuesday morning');
    const reference = await raised(amina, 'ward-5', ['Grace Okafor']);
    await pressesOn(grace, reference, ACKNOWLEDGE);
    await pressesOn(grace, reference, 'Record it', { referredTo: 'police', number: 'CAD 1' });
    await sees(grace, reference, 'Grace Okafor referred this on to: Police');
    await pressesOn(grace, reference, 'Record it', { referredTo: 'information-governance', number: '' });
    await sees(amina, reference, 'Sent to Information Governance team, by email');
    expect(post.aboutThis(reference).length).toBe(1);
  });

  test('the email names the referral and where to read it, and says nothing of what happened', async () => {
    await bothComeOnDuty('a Tuesday morning');
    const reference = await raised(amina, 'ward-5', ['Grace Okafor']);
    await rehearsal.teams.advance(11);
    const [email = ''] = await waitFor(async () => {
      const emails = post.aboutThis(reference);
      return emails.length > 0 && emails;
    }, 'the email');
    expect(email).toContain(`To: ${MAILBOX}`);
    expect(email).toContain(`Subject: Act now: Signpost referral ${reference}`);
    expect(email).toContain('Signpost, in Teams');
    expect(email).toContain('Please do not write about it by email.');
    for (const word of ['streaming', 'Amina', 'Ward 5', '4455', 'livestream']) expect(email).not.toContain(word);
  });

  test('a mailbox that refuses the email: the reporter is told, and the channel still has its time', async () => {
    post.refuses();
    await bothComeOnDuty('a Tuesday morning');
    const reference = await raised(amina, 'ward-5', ['Grace Okafor']);
    await rehearsal.teams.advance(11);
    const card = await sees(
      amina,
      reference,
      'It could not be delivered to Information Governance team, by email.',
      `Sent to the channel “${CHANNEL}”`,
    );
    expect(text(card)).not.toContain('Ring now.');
    expect(post.aboutThis(reference)).toEqual([]);
  });

  test.each<Moment>(['a Tuesday night', 'a Saturday morning', 'Christmas Day, on a working day of the week'])(
    'on %s it goes to the site manager, and nobody on the ward is woken',
    async (moment) => {
      await bothComeOnDuty(moment);
      const check = text(await fillsIn(amina, await walksToLivestream(amina), { department: 'ward-5' }));
      expect(check).toContain('Whoever is on duty as site manager');
      expect(check).not.toContain('Grace Okafor');

      const reference = await raised(amina, 'ward-5', ['Daniel Reid, site manager']);
      expect(await cardsAbout(grace, reference)).toEqual([]);
      expect(await cardsAbout(leads, reference)).toEqual([]);
      await pressesOn(daniel, reference, ACKNOWLEDGE);
      await sees(amina, reference, 'Daniel Reid has this');
    },
  );

  test('with no site manager at night, the next step is taken at once and the reporter sees why', async () => {
    await waitsFor(rehearsal.teams, 'a Tuesday night');
    const reference = await raised(amina, 'ward-5', [`the channel “${CHANNEL}”`]);
    const card = text(await sees(amina, reference, 'Nobody is signed on in a role that should get it.'));
    expect(card).toContain(NOBODY_HAS_IT);
    expect(text(await sees(channel, reference))).toContain('Nobody is signed on in a role that should get it.');
  });

  test('a route that changes leaves the referrals that are under way on the old one', async () => {
    await bothComeOnDuty('a Tuesday morning');
    const reference = await raised(amina, 'ward-5', ['Grace Okafor']);
    const before = rehearsal.logged().split('The guidance was read again.').length;
    policies.change((settings) => {
      Object.assign(settings.routes['senior-on-duty'] ?? {}, {
        steps: [{ notify: [{ whom: 'ring', contact: 'senior-in-charge' }] }],
      });
    });
    await waitFor(
      async () => rehearsal.logged().split('The guidance was read again.').length > before,
      'the guidance to be read again',
      30_000,
    );
    await rehearsal.teams.advance(11);
    await sees(amina, reference, 'Sent to Information Governance team, by email');

    // What is raised now takes the new route: there is only somebody to ring.
    const sent = await raisesLivestream(amina, { department: 'ward-5' });
    expect(referenceOn(sent)).not.toBe(reference);
    expect(text(sent)).toContain('Recorded, but nobody has been told');
    expect(text(sent)).toContain('Nobody here has this. Ring now.');
    expect(text(sent)).toContain('Senior member of the department');
  });

  test('nothing that anybody wrote is in the log', () => {
    for (const words of ['streaming the bay', '4455']) expect(rehearsal.logged()).not.toMatch(alone(words));
  });
});
