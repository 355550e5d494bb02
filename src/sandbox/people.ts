import { createHash } from 'node:crypto';

/** Someone in the rehearsal. Names are invented. */
export type Person = {
  /** Teams user id, `29:…`. */
  readonly id: string;
  /** Microsoft Entra object id, a GUID. */
  readonly aadObjectId: string;
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
  readonly userPrincipalName: string;
  /** Whether the person is a member of the team. */
  readonly inTeam: boolean;
  /** Id of the person's personal conversation with the bot, `a:…`. */
  readonly conversation: string;
};

function digest(seed: string): Buffer {
  return createHash('sha256').update(`signpost sandbox: ${seed}`).digest();
}

// Ids are made from names so that they are the same after every restart.
function guid(seed: string): string {
  const hex = digest(seed).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A channel id as Teams forms it. The id of a team is that of its General channel. */
export function channelId(seed: string): string {
  return `19:${digest(seed).toString('hex').slice(0, 32)}@thread.tacv2`;
}

function person(name: string, role: string, organisation: string, inTeam = false): Person {
  return {
    id: `29:1${digest(`user ${name}`).toString('base64url')}`,
    aadObjectId: guid(`aad ${name}`),
    name,
    role,
    organisation,
    userPrincipalName: `${name.toLowerCase().replace(' ', '.')}@rehearsal.example`,
    inTeam,
    conversation: `a:1${digest(`conversation ${name}`).toString('base64url')}`,
  };
}

const WORCESTERSHIRE = 'Worcestershire Acute';
const SOUTH_EAST_COAST = 'South East Coast Ambulance';

export const PEOPLE: readonly Person[] = [
  person('Amina Yusuf', 'Healthcare assistant', WORCESTERSHIRE),
  person('Tom Bellamy', 'Paramedic', SOUTH_EAST_COAST),
  person('Grace Okafor', 'Senior nurse', WORCESTERSHIRE),
  person('Daniel Reid', 'Senior nurse', WORCESTERSHIRE),
  person('Priya Nair', 'Safeguarding team', WORCESTERSHIRE, true),
  person('Helen Marsh', 'Safeguarding team', WORCESTERSHIRE, true),
  person('Sam Cole', 'Porter', WORCESTERSHIRE),
];

/** The person with this Teams user id or Entra object id. */
export function findPerson(id: string): Person | undefined {
  return PEOPLE.find((person) => person.id === id || person.aadObjectId === id);
}

export const TENANT_ID = guid('tenant');

export const BOT = { id: '28:signpost', name: 'Signpost' } as const;

export const TEAM = {
  id: channelId('team'),
  name: 'Safeguarding team',
  aadGroupId: guid('team'),
} as const;

/** Name of the channel that referrals go to when the rehearsal begins. */
export const REFERRALS_CHANNEL = 'Safeguarding referrals';
