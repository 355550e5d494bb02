import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Guidance } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { createSandboxClock, type SandboxClock } from '../../src/sandbox/clock.ts';
import type { Troubles } from '../../src/sandbox/connector.ts';
import {
  allText,
  type ChatDriver,
  cardOf,
  type PersonDriver,
  type PressResult,
  type ShownCard,
  TeamsDriver,
  text,
  waitFor,
} from '../../src/sandbox/driver.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { readSettings } from '../../src/settings.ts';
import { type Signpost, startSignpost } from '../../src/signpost.ts';
import { copyEmptyRegister } from './register.ts';

/** The whole server with its sandbox, in this process, on a port and in a folder of its own. */
export type Rehearsal = {
  readonly teams: TeamsDriver;
  readonly sandbox: Sandbox;
  readonly signpost: Signpost;
  readonly folder: string;
  readonly logged: () => string;
  stop(): Promise<void>;
};

let usual: Promise<Guidance> | undefined;

/** The project's own policies, read once for all rehearsals of a test file. */
function usualGuidance(): Promise<Guidance> {
  usual ??= loadPolicies('policies');
  return usual;
}

/** A clock that goes faster than the system's, so that waits for Teams' pace do not take as long. */
function quickClock(faster: number): SandboxClock {
  const clock = createSandboxClock();
  const begun = Date.now();
  const gained = (): number => (Date.now() - begun) * (faster - 1);
  return {
    now: () => clock.now() + gained(),
    advance: clock.advance,
    ahead: () => clock.ahead() + gained(),
  };
}

/** The clock of a story jumps, and what is due then should not be waited for. In milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * @param environment Settings beside those of the rehearsal, such as DATABASE_URL.
 * @param troubles What Teams answers in place of the truth.
 * @param options How long the server waits for an answer of Teams, if not as long as it always does, in milliseconds;
 * how much faster its clock goes than the system's, if nothing beside it reads that; and whether it has learnt what
 * staff type before it is up.
 */
export async function startRehearsal(
  environment: NodeJS.ProcessEnv = {},
  troubles?: Troubles,
  {
    patienceMs,
    faster = 1,
    trainFirst = true,
  }: { readonly patienceMs?: number; readonly faster?: number; readonly trainFirst?: boolean } = {},
): Promise<Rehearsal> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-'));
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const clock = quickClock(faster);
  const settings = readSettings({ PORT: '0', DATA_DIR: folder, ...environment });
  if (settings.databaseUrl === undefined) await copyEmptyRegister(folder);
  const hasUsualPolicies = environment.POLICIES_DIR === undefined;
  const signpost = await startSignpost(settings, log, {
    ...(hasUsualPolicies ? { guidance: await usualGuidance() } : {}),
    sandboxClock: clock,
    troubles,
    patienceMs,
    lookEveryMs: LOOK_EVERY_MS,
    trainFirst,
    keepSandbox: false,
  });
  if (signpost.sandbox === undefined) throw new Error('A rehearsal has a sandbox.');
  return {
    teams: new TeamsDriver(signpost.address),
    sandbox: signpost.sandbox,
    signpost,
    folder,
    logged: () => lines.join(''),
    async stop() {
      await signpost.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const WORCESTERSHIRE = 'Worcestershire Acute Hospitals NHS Trust';
export const SOUTH_EAST_COAST = 'South East Coast Ambulance Service NHS Foundation Trust';

/** Opens somebody's chat and answers the question which Trust is theirs. */
export async function opensChat(teams: TeamsDriver, name: string, trust = WORCESTERSHIRE): Promise<PersonDriver> {
  const person = teams.person(name);
  await person.opens();
  await person.presses(trust);
  return person;
}

/** Signs somebody on duty for a department for the next hours. */
export async function goesOnDuty(person: PersonDriver, department: string, until: string): Promise<void> {
  await person.says('on duty');
  await person.presses('Go on duty', { on: await offered(person, 'Go on duty'), inputs: { department, until } });
}

/** The newest card with this button: a card of a referral may have come in below it meanwhile. */
function offered(person: PersonDriver, title: string): Promise<ShownCard> {
  return waitFor(
    async () => (await person.cards()).findLast((card) => allText(card).includes(title)),
    `a card with the button "${title}"`,
  );
}

/** Presses one button after the other, each on the card that the one before gave. */
export async function pressesInTurn(person: PersonDriver, titles: readonly string[]): Promise<ShownCard> {
  const [first] = titles;
  let shown = first === undefined ? await person.lastCard() : await offered(person, first);
  for (const title of titles) shown = cardOf(await person.presses(title, { on: shown }));
  return shown;
}

export const FORM = {
  department: 'ward-9',
  description: 'A visitor is streaming the bay live.',
  callBack: '4455',
  safeToRing: 'no-message',
  told: 'nobody',
  aboutSenior: 'no',
  yourName: 'shown',
} as const;

/** From a typed message, which says already who films and that it is now, to the outcome. */
export async function walksToLivestream(person: PersonDriver): Promise<ShownCard> {
  await person.says('a visitor is livestreaming the ward');
  return pressesInTurn(person, [
    'Someone is filming, photographing or livestreaming',
    'No',
    'Staff or another patient',
  ]);
}

/** From the outcome to the card that is ready to be sent. */
export async function fillsIn(
  person: PersonDriver,
  outcome: ShownCard,
  changes: Partial<Record<keyof typeof FORM, string>> = {},
): Promise<ShownCard> {
  const form = cardOf(await person.presses('Raise this', { on: outcome }));
  return cardOf(await person.presses('Check your answers', { on: form, inputs: { ...FORM, ...changes } }));
}

/** Raises a livestream on a ward. @returns the reporter's card, as Send was answered. */
export async function raisesLivestream(
  person: PersonDriver,
  changes: Partial<Record<keyof typeof FORM, string>> = {},
): Promise<ShownCard> {
  const check = await fillsIn(person, await walksToLivestream(person), changes);
  return cardOf(await person.presses('Send', { on: check }));
}

/** The reference on a referral's card. */
export function referenceOn(card: ShownCard): string {
  const found = text(card).match(/[2-9A-HJKMNP-RTV-Z]{3}-[2-9A-HJKMNP-RTV-Z]{4}/);
  if (found === null) throw new Error(`There is no reference on this card:\n${text(card)}`);
  return found[0];
}

type Viewer = { cards(): Promise<readonly ShownCard[]> };

/** Words that stand alone: a number to ring may be a part of a moment in milliseconds, which is nobody's. */
export function alone(words: string): RegExp {
  return new RegExp(`(?<!\\d)${words}(?!\\d)`);
}

/** Waits until somebody sees a card that says all of these. */
export function sees(viewer: Viewer, ...words: readonly string[]): Promise<ShownCard> {
  return waitFor(
    async () => {
      const cards = await viewer.cards();
      return cards.findLast((card) => words.every((word) => text(card).includes(word)));
    },
    `a card that says: ${words.join(' / ')}`,
  );
}

/** Every card of one referral that somebody sees, oldest first: its own cards, and the lines about it. */
export async function cardsAbout(viewer: Viewer, reference: string): Promise<readonly ShownCard[]> {
  return (await viewer.cards()).filter((card) => text(card).includes(reference));
}

/** Presses a button on the newest card of a referral that has it. */
export async function pressesOn(
  person: PersonDriver | ChatDriver,
  reference: string,
  title: string,
  inputs: Readonly<Record<string, string>> = {},
): Promise<PressResult> {
  return person.presses(title, { on: await sees(person, reference, title), inputs });
}

export { allText, cardOf, type ShownCard, text, waitFor };
