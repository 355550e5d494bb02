import { z } from 'zod';
import { dutyTeams, hostedOrganisations, problemsBeforeLive, safeguardingTeams } from '../deployment.ts';
import { type Counts, conditionOf } from '../escalation/condition.ts';
import type { Guidance, Organisation } from '../guidance/types.ts';
import { ContentError, loadPolicies } from '../policies.ts';
import { readSettings, type Settings, SettingsError } from '../settings.ts';
import { hasRecord } from '../store/audits.ts';
import type { Store } from '../store/store.ts';
import { teamsOf } from '../store/teams.ts';
import { createVault } from '../store/vault.ts';
import { lookAtAuditKey, lookAtWordsKeys } from './keys.ts';
import { MICROSOFT_LOGIN, tryLogin } from './login.ts';
import { CommandError, count, print } from './organisations.ts';
import { COULD_NOT_LOOK, openRegister, sealBeside, wordsKeysBeside } from './register.ts';

type Options = { readonly json?: boolean; readonly online?: boolean; readonly url?: string; readonly login?: string };

/** In the order in which they are read: what everything stands on comes first. */
const GROUPS = ['credentials', 'server', 'channel', 'duty', 'deliveries', 'referrals'] as const;
type Group = (typeof GROUPS)[number];

type Line = {
  readonly area: Group;
  readonly kind: string;
  readonly organisation?: string;
  readonly severity: 'fault' | 'warning' | 'could-not-look';
  readonly words: string;
};

type Findings = {
  readonly lines: readonly Line[];
  /** What was looked at, and is well or simply so. */
  readonly notes: readonly { readonly area: Group; readonly words: string }[];
  readonly counts: Counts | undefined;
  /** The short names of the organisations, by id, where there are several. */
  readonly names: ReadonlyMap<string, string>;
  /** What was looked at. */
  readonly seen: readonly Group[];
  /** By the register's clock, in epoch milliseconds. */
  readonly at: number;
};

/** `signpost doctor`: what is wrong now, in words, and what to do. */
export async function doctorCommand(options: Options): Promise<void> {
  const findings = await examine(options);
  const has = (severity: Line['severity']): boolean => findings.lines.some((line) => line.severity === severity);
  // Warnings alone are no fault: a ward with nobody on duty at night is no reason to wake anybody.
  process.exitCode = has('could-not-look') ? COULD_NOT_LOOK : has('fault') ? 1 : 0;
  if (options.json) print(asJson(findings, process.exitCode === 0));
  else print(asText(findings));
}

async function examine(options: Options): Promise<Findings> {
  const lines: Line[] = [];
  const notes: { area: Group; words: string }[] = [];
  const settings = settingsOr(lines);
  const answer = await askServer(options, settings);
  lines.push(...answer.lines);
  notes.push(...answer.notes);
  const at = answer.at ?? Date.now();
  if (settings === undefined) return { lines, notes, counts: undefined, names: new Map(), seen: [], at };

  const guidance = await guidanceOr(settings, lines);
  lines.push(...settingsInDoubt(settings, guidance));
  notes.push({ area: 'credentials', words: sayRegistration(settings) });
  if (options.online) await goOnline(settings, options.login ?? MICROSOFT_LOGIN, lines, notes);
  const hosted = hostedOrganisations(settings, guidance);
  const counts = await lookAtRegister(settings, hosted, at, lines);
  const names = new Map(hosted.length < 2 ? [] : hosted.map(({ id, settings: trust }) => [id, trust['short-name']]));
  // Without the guidance nobody knows which channels and departments there should be.
  const seen =
    counts === undefined ? [] : GROUPS.filter((group) => guidance.size > 0 || !FROM_GUIDANCE.includes(group));
  return { lines, notes, counts, names, seen, at };
}

const FROM_GUIDANCE: readonly Group[] = ['channel', 'duty'];

function settingsOr(lines: Line[]): Settings | undefined {
  try {
    return readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const words of error.message.split('\n')) {
      lines.push({ area: 'credentials', kind: 'settings', severity: 'fault', words });
    }
    const words = 'A server does not start with these settings, and the register was not looked at. Mend them first.';
    lines.push({ area: 'credentials', kind: 'settings', severity: 'fault', words });
    return undefined;
  }
}

async function guidanceOr(settings: Settings, lines: Line[]): Promise<Guidance> {
  try {
    return await loadPolicies(settings.policiesFolder);
  } catch (error) {
    const isContent = error instanceof ContentError;
    const words = isContent
      ? `The guidance breaks ${error.problems.length === 1 ? 'a rule' : `${error.problems.length} rules`}, and a server does not start on it. "npm run signpost -- check" names the file, the line and what to mend.`
      : `The guidance could not be read from ${settings.policiesFolder}. Set POLICIES_DIR to its folder.`;
    lines.push({ area: 'credentials', kind: 'guidance', severity: isContent ? 'fault' : 'could-not-look', words });
    return new Map();
  }
}

/** What is set, and does not fit together. */
function settingsInDoubt(settings: Settings, guidance: Guidance): Line[] {
  if (settings.app === undefined || guidance.size === 0) return [];
  const lines: Line[] = problemsBeforeLive(settings, guidance).map((words) => ({
    area: 'credentials',
    kind: 'settings',
    severity: 'fault',
    words,
  }));
  if (settings.databaseUrl !== undefined && !isPrivate(settings.databaseUrl)) {
    const words =
      'DATABASE_URL does not ask for encryption: the names in the register can be read on the way to the database. Add ?sslmode=verify-full to it.';
    lines.push({ area: 'credentials', kind: 'database-in-plain', severity: 'warning', words });
  }
  for (const { id, settings: trust } of hostedOrganisations(settings, guidance)) {
    if (settings.dutyTeams?.has(id)) continue;
    const words = `Anybody at ${trust.name} can go on duty, and is then sent what staff raise there. To keep that to the members of a team, name its group id in DUTY_TEAMS: "${id}=group-id".`;
    lines.push({ area: 'credentials', kind: 'anybody-on-duty', organisation: id, severity: 'warning', words });
  }
  if (settings.mail !== undefined) return lines;
  for (const { id, settings: trust } of hostedOrganisations(settings, guidance)) {
    const steps = Object.values(trust.routes).flatMap((route) => route.steps);
    if (!steps.some(({ notify }) => notify.some(({ whom }) => whom === 'email'))) continue;
    const words = `Routes of ${trust.name} send emails, and none can be sent: those steps reach nobody that way. Set SMTP_URL and SMTP_FROM.`;
    lines.push({ area: 'credentials', kind: 'no-mail', organisation: id, severity: 'warning', words });
  }
  return lines;
}

const THIS_MACHINE: readonly unknown[] = ['', 'localhost', '127.0.0.1', '[::1]'];
const ENCRYPTED: readonly unknown[] = ['require', 'verify-ca', 'verify-full'];

/** Whether nobody on the way to a database can read what goes there. */
function isPrivate(databaseUrl: string): boolean {
  const url = URL.parse(databaseUrl);
  const host = url?.searchParams.get('host') ?? url?.hostname;
  const isHere = THIS_MACHINE.includes(host) || host?.startsWith('/') === true;
  return isHere || ENCRYPTED.includes(url?.searchParams.get('sslmode'));
}

function sayRegistration({ app }: Settings): string {
  if (app === undefined) return 'This is a rehearsal: MICROSOFT_APP_ID is not set, and nothing leaves this machine.';
  const how = app.type === 'SingleTenant' ? 'a single tenant with a client secret' : 'a managed identity';
  return `The bot is registered as ${how}, and all that belongs to it is set.`;
}

async function goOnline(
  { app }: Settings,
  login: string,
  lines: Line[],
  notes: { area: Group; words: string }[],
): Promise<void> {
  if (app === undefined) {
    notes.push({ area: 'credentials', words: 'Microsoft was not asked: a rehearsal has no credentials.' });
    return;
  }
  const result = await tryLogin(app, login);
  if (result.ok) notes.push({ area: 'credentials', words: 'Microsoft gave the bot a token: its credentials work.' });
  else lines.push({ area: 'credentials', kind: 'no-token', severity: 'fault', words: result.words });
}

async function lookAtRegister(
  settings: Settings,
  organisations: readonly Organisation[],
  now: number,
  lines: Line[],
): Promise<Counts | undefined> {
  try {
    const store = await openRegister(settings);
    try {
      const teams = safeguardingTeams(settings);
      const found = await conditionOf(store.db, { now, systemNow: Date.now(), organisations, teams });
      lines.push(...found.problems, ...(await dutyTeamsMissing(store, settings, organisations)));
      lines.push(...(await lookAtKeys(store, settings)));
      return found.counts;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    lines.push({ area: 'server', kind: 'no-register', severity: 'could-not-look', words: error.message });
    return undefined;
  }
}

/** A server that has made no key yet has written nothing with one. */
async function lookAtKeys({ db }: Store, settings: Settings): Promise<Line[]> {
  const words = await lookAtWordsKeys(db, createVault(wordsKeysBeside(settings)));
  return (await hasRecord(db)) ? [...(await lookAtAuditKey(db, sealBeside(settings))), ...words] : words;
}

/** Where members of a team may go on duty and the bot is in none: it cannot ask Teams who they are. */
async function dutyTeamsMissing(
  store: Store,
  settings: Settings,
  organisations: readonly Organisation[],
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { id, settings: trust } of organisations) {
    const groups = dutyTeams(settings)(id);
    if (groups === undefined || (await teamsOf(store.db, groups)).length > 0) continue;
    const words = `The bot is in no team that DUTY_TEAMS names for "${id}", so nobody can go on duty at ${trust.name}. In Teams, add the app to that team.`;
    lines.push({ area: 'duty', kind: 'no-duty-team', organisation: id, severity: 'fault', words });
  }
  return lines;
}

type Answer = Pick<Findings, 'lines' | 'notes'> & { readonly at?: number };

const Ready = z.object({ ready: z.boolean(), because: z.array(z.string()), at: z.iso.datetime() });
/** Longer than a server takes whose store hangs. In milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Asks the running server whether it is ready. In a rehearsal it is asked even without --url, since its clock may have
 * been moved, but a rehearsal that does not run is not missed.
 */
async function askServer({ url }: Options, settings: Settings | undefined): Promise<Answer> {
  const isRehearsal = settings !== undefined && settings.app === undefined;
  const address = url ?? (isRehearsal ? `http://127.0.0.1:${settings.port}` : undefined);
  if (address === undefined) return { lines: [], notes: [] };
  const asked = await readiness(address);
  if (typeof asked !== 'string') {
    const at = isRehearsal ? Date.parse(asked.at) : undefined;
    const lines: Line[] = asked.because.map((words) => ({
      area: 'server',
      kind: 'not-ready',
      severity: 'fault',
      words: `The server at ${address} is not ready: ${words} Its log says more.`,
    }));
    const notes = asked.ready ? [{ area: 'server' as const, words: `The server at ${address} is ready.` }] : [];
    return { lines, notes, at };
  }
  if (url === undefined) return { lines: [], notes: [] };
  return { lines: [{ area: 'server', kind: 'no-answer', severity: 'fault', words: asked }], notes: [] };
}

async function readiness(address: string): Promise<z.output<typeof Ready> | string> {
  let answer: Response;
  try {
    answer = await fetch(new URL('/readyz', address), { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return `Nothing answers at ${address}. Check the address, that the server is running, and what stands between.`;
  }
  const body = Ready.safeParse(await answer.json().catch(() => undefined));
  if (body.success) return body.data;
  return `What answers at ${address} is not Signpost (HTTP ${answer.status} at /readyz). Check the address, and what stands between.`;
}

function asJson({ lines, counts, at }: Findings, ok: boolean): string {
  return JSON.stringify({ ok, at: new Date(at).toISOString(), problems: lines, counts: counts ?? null }, undefined, 2);
}

const TITLES: Readonly<Record<Group, string>> = {
  credentials: 'Settings and credentials',
  server: 'Server',
  channel: 'Teams and channels',
  duty: 'On duty',
  deliveries: 'Deliveries',
  referrals: 'Referrals',
};
const MARKS: Readonly<Record<Line['severity'], string>> = {
  fault: 'FAULT   ',
  warning: 'warning ',
  'could-not-look': 'UNKNOWN ',
};

function asText(findings: Findings): string {
  const blocks = GROUPS.map((group) => {
    const lines = findings.lines.filter(({ area }) => area === group);
    const notes = findings.notes.filter(({ area }) => area === group).map(({ words }) => words);
    const isSeen = findings.seen.includes(group);
    if (isSeen && findings.counts !== undefined) notes.push(...sayCounts(group, findings.counts));
    const nothing = isSeen ? '  ok       All is well.' : '  -        This was not looked at.';
    return [
      TITLES[group],
      ...lines
        .toSorted((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity))
        .map((line) => sayLine(line, findings.names)),
      ...notes.map((note) => `  ${lines.length === 0 ? 'ok' : '  '}       ${note}`),
      ...(lines.length + notes.length === 0 ? [nothing] : []),
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n\n${sum(findings)}`;
}

const RANK: readonly Line['severity'][] = ['could-not-look', 'fault', 'warning'];

function sayLine({ severity, words, organisation = '' }: Line, names: Findings['names']): string {
  const name = names.get(organisation);
  return `  ${MARKS[severity]} ${name === undefined ? '' : `${name}: `}${words}`;
}

/** What is well, or simply so. What is wrong has a line of its own. */
function sayCounts(group: Group, counts: Counts): string[] {
  switch (group) {
    case 'server':
      return counts.servers === 0 ? [] : [`${count(counts.servers, 'server')} at work.`];
    case 'duty':
      return counts.places === 0
        ? ['No route waits for anybody on duty.']
        : [`Somebody is on duty for ${counts.places - counts.withoutDuty} of ${counts.places} places.`];
    case 'deliveries':
      return [counts.owed === 0 ? 'Nothing waits to be delivered.' : `${count(counts.owed, 'message')} on the way.`];
    case 'referrals':
      return [
        counts.open === 0
          ? 'No referral is open.'
          : `${count(counts.open, 'referral')} open, ${counts.unacknowledged} of them not acknowledged.`,
      ];
    default:
      return [];
  }
}

function sum({ lines }: Findings): string {
  const of = (severity: Line['severity']): number => lines.filter((line) => line.severity === severity).length;
  if (of('could-not-look') > 0) return 'Something could not be looked at: see UNKNOWN above.';
  if (of('fault') === 0 && of('warning') === 0) return 'All is well.';
  if (of('fault') === 0) return `Nothing is broken. ${count(of('warning'), 'warning')}.`;
  return `${count(of('fault'), 'fault')} to mend, ${count(of('warning'), 'warning')}.`;
}
