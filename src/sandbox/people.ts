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
  /** Id of the person's personal conversation with the bot, `a:…`. */
  readonly conversation: string;
  /** Whether the person was generated, to make a crowd beside those who have a part. */
  readonly inCrowd: boolean;
};

/** How many generated people join those who have a part. */
export type Crowd = { readonly staff: number; readonly seniors: number };

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

function person(name: string, role: string, organisation: string, inCrowd = false): Person {
  return {
    id: `29:1${digest(`user ${name}`).toString('base64url')}`,
    aadObjectId: guid(`aad ${name}`),
    name,
    role,
    organisation,
    userPrincipalName: `${name.toLowerCase().replace(' ', '.')}@rehearsal.example`,
    conversation: `a:1${digest(`conversation ${name}`).toString('base64url')}`,
    inCrowd,
  };
}

const WORCESTERSHIRE = 'Worcestershire Acute';
const SOUTH_EAST_COAST = 'South East Coast Ambulance';
const SAFEGUARDING = 'Safeguarding team';

export const PEOPLE: readonly Person[] = [
  person('Amina Yusuf', 'Healthcare assistant', WORCESTERSHIRE),
  person('Tom Bellamy', 'Paramedic', SOUTH_EAST_COAST),
  person('Grace Okafor', 'Senior nurse', WORCESTERSHIRE),
  person('Daniel Reid', 'Senior nurse', WORCESTERSHIRE),
  person('Priya Nair', SAFEGUARDING, WORCESTERSHIRE),
  person('Helen Marsh', SAFEGUARDING, WORCESTERSHIRE),
  person('Sam Cole', 'Porter', WORCESTERSHIRE),
];

/** The id of the one who owns the team. Somebody else adds the bot to it. */
export const TEAM_OWNER = PEOPLE.find(({ name }) => name === 'Helen Marsh')?.id;

/** Ids of those who are in the team when a rehearsal begins. */
export const FIRST_MEMBERS: readonly string[] = PEOPLE.filter(({ role }) => role === SAFEGUARDING).map(({ id }) => id);

/** Everybody in one rehearsal. */
export type Directory = {
  readonly people: readonly Person[];
  /** The person with this Teams user id, Entra object id, personal conversation, or full name. */
  find(key: string): Person | undefined;
};

/** Those who have a part, and after them a crowd, which is the same in every rehearsal of that size. */
export function createDirectory(crowd: Crowd = { staff: 0, seniors: 0 }): Directory {
  const people = [...PEOPLE, ...createCrowd(crowd)];
  const byKey = new Map(
    people.flatMap((person) =>
      [person.id, person.aadObjectId, person.conversation, person.name].map((key) => [key, person] as const),
    ),
  );
  return { people, find: (key) => byKey.get(key) };
}

// None of these is the first name of somebody who has a part: a first name alone then still says who is meant.
const GIVEN_NAMES = (
  'Aisha Alan Anita Beth Carlos Chen Chloe David Deepa Ellen Emeka Fatima Femi Gareth Hana Ian Ines Jamal Joan Kofi ' +
  'Laura Leon Maria Mateusz Megan Musa Nadia Neil Olga Owen Paula Ravi Rosa Ruth Sadia Stefan Tara Victor Wei Zoe'
).split(' ');
const SURNAMES = (
  'Abbott Adeyemi Ahmed Akhtar Allen Bakare Banerjee Begum Bennett Brennan Carter Chowdhury Clarke Costa Davies ' +
  'Dhillon Edwards Evans Ferreira Fletcher Garcia Griffin Hughes Hussain Ibrahim Jackson Jones Kaur Kelly Khan ' +
  'Kowalski Lewis Lloyd Mahmood Mensah Mistry Morgan Mwangi Newton Novak Obi Owusu Palmer Parker Patel Pereira ' +
  'Quinn Rahman Roberts Rossi Saunders Shah Singh Taylor Thomas Tran Walker Watson Wong Young'
).split(' ');
const STAFF_ROLES = ['Staff nurse', 'Healthcare assistant', 'Porter', 'Physiotherapist', 'Ward clerk', 'Doctor'];

function createCrowd({ staff, seniors }: Crowd): readonly Person[] {
  const most = GIVEN_NAMES.length * SURNAMES.length;
  if (staff + seniors > most) throw new Error(`A crowd has ${most} people at most.`);
  return Array.from({ length: staff + seniors }, (_, index) =>
    person(
      crowdName(index),
      index < staff ? (STAFF_ROLES[index % STAFF_ROLES.length] ?? '') : 'Senior nurse',
      WORCESTERSHIRE,
      true,
    ),
  );
}

/** Every given name once, and then again with the next surname: no two are alike. */
function crowdName(index: number): string {
  const given = index % GIVEN_NAMES.length;
  const surname = (given * 7 + Math.floor(index / GIVEN_NAMES.length)) % SURNAMES.length;
  return `${GIVEN_NAMES[given]} ${SURNAMES[surname]}`;
}

export const TENANT_ID = guid('tenant');

export const BOT = { id: '28:signpost', name: 'Signpost' } as const;

export const TEAM = {
  id: channelId('team'),
  name: SAFEGUARDING,
  aadGroupId: guid('team'),
} as const;

/** Name of the channel that referrals go to when the rehearsal begins. */
export const REFERRALS_CHANNEL = 'Safeguarding referrals';
