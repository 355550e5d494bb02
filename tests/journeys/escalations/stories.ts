import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { parse, stringify } from 'yaml';
import { type PersonDriver, type TeamsDriver, text } from '../../../src/sandbox/driver.ts';
import {
  type Rehearsal,
  raisesLivestream,
  referenceOn,
  type ShownCard,
  sees,
  startRehearsal,
  waitFor,
} from '../../support/rehearsal.ts';

/** What the stories of an escalation share. */

export const CHANNEL = 'Safeguarding referrals';
export const ACKNOWLEDGE = 'Acknowledge: I have this';
export const NOBODY_HAS_IT = 'No one has confirmed reading this yet.';

/** A rehearsal whose clock goes four times as fast. @param patienceMs As for any rehearsal. */
export function startStory(environment: NodeJS.ProcessEnv = {}, patienceMs?: number): Promise<Rehearsal> {
  return startRehearsal(environment, undefined, { faster: 4, ...(patienceMs === undefined ? {} : { patienceMs }) });
}

const ZONE = 'Europe/London';

/** The time of the rehearsal, on a wall in England. */
export async function wallTime(teams: TeamsDriver): Promise<DateTime> {
  return DateTime.fromMillis((await teams.state()).now, { zone: ZONE, locale: 'en-GB' });
}

/** What the clock on the wall will show in so many minutes, such as "07:30". */
export async function inMinutes(teams: TeamsDriver, minutes: number): Promise<string> {
  return (await wallTime(teams)).plus({ minutes }).toFormat('HH:mm');
}

const A_WORKING_DAY = (local: DateTime): boolean => local.weekday === 2 && !isNear(local);
/** Weeks with a bank holiday, or with the clocks changing, are left out of ordinary days. */
const isNear = (local: DateTime): boolean => ![2, 3, 6, 7, 9, 11].includes(local.month) || local.day < 3;

const MOMENTS = {
  'a Tuesday morning': { hour: 10, is: A_WORKING_DAY },
  'a Tuesday night': { hour: 2, is: A_WORKING_DAY },
  'a Saturday morning': { hour: 10, is: (local: DateTime) => local.weekday === 6 },
  'Christmas Day, on a working day of the week': {
    hour: 10,
    is: (local: DateTime) => local.month === 12 && local.day === 25 && local.weekday <= 5,
  },
} as const;
export type Moment = keyof typeof MOMENTS;

/** Moves the clock forward to the next such moment. */
export async function waitsFor(teams: TeamsDriver, moment: Moment): Promise<void> {
  const { hour, is } = MOMENTS[moment];
  const now = await wallTime(teams);
  let then = now.set({ hour, minute: 0, second: 0, millisecond: 0 });
  while (then <= now || !is(then)) then = then.plus({ days: 1 });
  for (let minutes = then.diff(now, 'minutes').minutes; minutes > 0; minutes -= A_YEAR) {
    await teams.advance(Math.min(minutes, A_YEAR));
  }
}

const A_YEAR = 365 * 24 * 60;

/** A policy folder of one's own, with changed settings of Worcestershire. */
export type OwnPolicies = {
  readonly folder: string;
  change(edit: (settings: Settings) => void): void;
  remove(): void;
};

/** `organisation.yaml` as it is written. */
export type Settings = {
  roles?: { id: string; name: string }[];
  departments: { id: string; name: string; channel?: string }[];
  contacts: Record<string, { role: string; email?: string; phone?: string; note?: string }>;
  routes: Record<string, { title: string; 'if-it-cannot-wait': string[]; steps: object[] }>;
  times: Record<string, unknown>;
};

export function ownPolicies(edit: (settings: Settings) => void): OwnPolicies {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-policies-'));
  cpSync('policies', folder, { recursive: true });
  const file = join(folder, 'worcestershire-acute/organisation.yaml');
  const change = (how: (settings: Settings) => void): void => {
    const settings = parse(readFileSync(file, 'utf8')) as Settings;
    how(settings);
    writeFileSync(file, stringify(settings, { aliasDuplicateObjects: false }));
  };
  change(edit);
  return { folder, change, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Raises a livestream on a ward, and waits until all who are to have it, have it. @returns the reference. */
export async function raised(
  reporter: PersonDriver,
  department: string,
  arrivesWith: readonly string[],
  changes: Parameters<typeof raisesLivestream>[1] = {},
): Promise<string> {
  const reference = referenceOn(await raisesLivestream(reporter, { department, ...changes }));
  await sees(reporter, reference, ...arrivesWith.map((place) => `Sent to ${place}`));
  return reference;
}

/** The button of this title on a card, as it can be pressed from anywhere. */
export function buttonOf({ card }: ShownCard, title: string): Button {
  const found = buttonsIn(card).find((button) => button.title === title);
  if (found === undefined) throw new Error(`The card has no button "${title}".`);
  return found;
}

type Button = { readonly title?: unknown; readonly verb: string; readonly data: Readonly<Record<string, unknown>> };

function buttonsIn(part: unknown): Button[] {
  if (typeof part !== 'object' || part === null) return [];
  const inner = Object.values(part).flatMap(buttonsIn);
  return 'type' in part && part.type === 'Action.Execute' ? [part as unknown as Button, ...inner] : inner;
}

/** Waits until so many of somebody's cards say all of these, and gives them, oldest first. */
export function seesTimes(
  viewer: { cards(): Promise<readonly ShownCard[]> },
  times: number,
  ...words: readonly string[]
): Promise<readonly ShownCard[]> {
  return waitFor(
    async () => {
      const cards = (await viewer.cards()).filter((card) => words.every((word) => text(card).includes(word)));
      return cards.length >= times && cards;
    },
    `${times} cards that say: ${words.join(' / ')}`,
  );
}
