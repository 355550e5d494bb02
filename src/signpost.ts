import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import {
  dutyTeams,
  hostedOrganisations,
  problemsBeforeLive,
  safeguardingLeads,
  safeguardingTeams,
  sealOf,
} from './deployment.ts';
import { type Clock, systemClock } from './escalation/clock.ts';
import { conditionOf, type Facts } from './escalation/condition.ts';
import { createDuties } from './escalation/duties.ts';
import { createTeamWatch } from './escalation/health.ts';
import { canKeepNames, createNames } from './escalation/names.ts';
import { createPace } from './escalation/rates.ts';
import { createReferrals } from './escalation/referrals.ts';
import type { Engine } from './escalation/work.ts';
import { createWorker } from './escalation/worker.ts';
import { type Finder, trainFinder } from './guidance/find/finder.ts';
import type { Guidance, Organisation } from './guidance/types.ts';
import { createMailer } from './mail/mailer.ts';
import { ContentError, loadPolicies, watchPolicies } from './policies.ts';
import { createSandboxClock, type FollowedClock, followSandboxClock, type SandboxClock } from './sandbox/clock.ts';
import type { Troubles } from './sandbox/connector.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox/sandbox.ts';
import { type Settings, SettingsError } from './settings.ts';
import { hasRecord } from './store/audits.ts';
import { isSignedWith } from './store/checkpoints.ts';
import { keysInUse, lockPlainWords } from './store/relock.ts';
import type { Seal } from './store/seal.ts';
import { openPostgres, openSqlite, type Store } from './store/store.ts';
import { forgetUnansweredBefore, keepUnanswered } from './store/unanswered.ts';
import { type Microsoft, SignpostAdapter } from './teams/adapter.ts';
import { createBot } from './teams/bot.ts';
import { loadCards } from './teams/cards.ts';
import { chatLink, deskLink } from './teams/links.ts';
import { createMessenger } from './teams/messenger.ts';
import type { Finders } from './teams/needs.ts';
import { createRoster, readMembers } from './teams/roster.ts';
import { readTeamAgain } from './teams/team-events.ts';
import { createWriteBack } from './teams/write-back.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { readingsOf } from './telemetry/readings.ts';
import { together } from './telemetry/together.ts';
import { VERSION } from './version.ts';
import { createDesk } from './web/desk/desk.ts';
import { createIdentity, entra, type IdentitySettings, rehearsal } from './web/desk/identity.ts';
import type { HealthNeeds } from './web/health.ts';
import { RATES, type Rates } from './web/limits.ts';
import { framedBy } from './web/pages.ts';
import { lookedAtSeldom } from './web/seldom.ts';
import { close, createServer, drain, listen, PATIENCE, type Patience } from './web/server.ts';
import { languageOf } from './words/languages.ts';

export type Signpost = {
  readonly address: string;
  /** Present in a rehearsal, when no Microsoft app id is set, unless the rehearsal's Teams runs elsewhere. */
  readonly sandbox: Sandbox | undefined;
  /** Takes nothing more, finishes what is in hand, and stops: within half a minute, whatever happens. */
  stop(): Promise<void>;
};

const DAY_MS = 24 * 60 * 60_000;
/** A scraper that asks often does not load the register, and one whose register hangs still learns of the rest. */
const READINGS = { keptMs: 5_000, patienceMs: 3_000 };
const LOOPBACK = '127.0.0.1';
/** How long a server that is being stopped goes on serving, so that those who call it learn that. In milliseconds. */
const LEAVE_MS = 3_000;
/** How long what is in hand may take once a server is being stopped, in milliseconds. */
const STOP_WITHIN_MS = 25_000;
/** The part of that in which callers may finish what they send and read. Teams itself waits for no longer. */
const CALLERS_FINISH = 0.4;
const CARDS = fileURLToPath(new URL('../cards', import.meta.url));
/** Where `npm run build` puts the desk's pages. */
const PAGES = fileURLToPath(new URL('../dist/tab', import.meta.url));

type Options = {
  /** A rehearsal's clock; by default a new one. */
  readonly sandboxClock?: SandboxClock;
  /** What goes wrong in a rehearsal; by default nothing does. */
  readonly troubles?: Troubles;
  /** Who else is in a rehearsal, and whether Teams' limits are kept. */
  readonly sandbox?: Pick<SandboxOptions, 'crowd' | 'limits'>;
  /** False where the chats of a rehearsal need not outlive it: writing them down after each change takes time. */
  readonly keepSandbox?: boolean;
  /** How often the worker looks by itself, in milliseconds. A rehearsal whose clock jumps looks more often. */
  readonly lookEveryMs?: number;
  /** The guidance of the policies' folder, where it has been read already. */
  readonly guidance?: Guidance;
  /**
   * Whether what understands typed text is trained before the server is up. By default a live server's is, so that
   * nobody waits for it; a rehearsal is up sooner, and learns when somebody first types something.
   */
  readonly trainFirst?: boolean;
  /** How long an answer of Teams is waited for, in milliseconds. A rehearsal need not wait as long as it is at worst. */
  readonly patienceMs?: number;
  /** Microsoft's servers, where they are not those of its public cloud. */
  readonly microsoft?: Microsoft;
  /** Who makes the tokens of those who open the desk, if not Microsoft, or the sandbox in a rehearsal. */
  readonly identity?: IdentitySettings;
  /** How often somebody may call. A rehearsal counts nothing by default. */
  readonly rates?: Rates;
  /** How long callers may take. */
  readonly patience?: Patience;
  /** How long a server that is being stopped goes on serving. By default a rehearsal's does not. In milliseconds. */
  readonly leaveMs?: number;
  /** How long what is in hand may take then, in milliseconds. */
  readonly stopWithinMs?: number;
};

/**
 * Puts the whole together and starts it: settings, guidance, store, services, bot, server.
 * @throws SettingsError, ContentError or StoreInUseError where it cannot be trusted to run.
 */
export async function startSignpost(settings: Settings, log: Logger, options: Options = {}): Promise<Signpost> {
  const followed = settings.sandboxUrl === undefined ? undefined : await followClock(settings.sandboxUrl);
  let guidance = options.guidance ?? (await loadPolicies(settings.policiesFolder));
  for (const language of new Set([...guidance.values()].map(({ settings: { language } }) => language))) {
    const missing = languageOf(language)?.missing ?? [];
    if (missing.length > 0) log.warn({ language, missing }, 'some words have no translation and are said in English');
  }
  const isRehearsal = settings.app === undefined;
  if (!isRehearsal) {
    const problems = problemsBeforeLive(settings, guidance);
    if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  }
  let finders = findersOf(guidance, (options.trainFirst ?? !isRehearsal) ? 'now' : 'when asked');
  const hasSandbox = isRehearsal && followed === undefined;
  const sandboxClock = hasSandbox ? (options.sandboxClock ?? createSandboxClock()) : undefined;
  const clock: Clock = followed ?? sandboxClock ?? systemClock;

  const store =
    settings.databaseUrl === undefined
      ? await openSqlite(settings.dataFolder)
      : await openPostgres(settings.databaseUrl);
  const seal = await openRecord(store, settings, log).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const adapter = new SignpostAdapter(settings.app, {
    serviceHosts: settings.serviceHosts,
    microsoft: options.microsoft,
  });
  const cards = loadCards(CARDS);
  const teams = safeguardingTeams(settings);
  const leads = safeguardingLeads(settings);
  const mailer = settings.mail === undefined ? undefined : createMailer(settings.mail);
  const engine: Engine = {
    store,
    clock,
    seal,
    teams,
    mails: mailer !== undefined,
    wake: () => worker.wake(),
  };
  const pace = createPace();
  const deskAt = (view: string): string | undefined => {
    if (settings.app !== undefined) return settings.teamsAppId && deskLink(settings.teamsAppId, view);
    // A rehearsal's Teams that runs elsewhere cannot show the desk.
    if (!hasSandbox) return undefined;
    return `http://${LOOPBACK}:${server.address().port}/sandbox/page/desk.html?${new URLSearchParams({ view })}`;
  };
  /** The channels of organisations that nobody here works for are nobody's worry. */
  const hosted = (): Guidance => new Map(hostedOrganisations(settings, guidance).map((one) => [one.id, one]));
  const teamWatch = createTeamWatch(engine, hosted, log);
  const messenger = createMessenger({
    adapter,
    cards,
    guidance: () => guidance,
    clock,
    store,
    mailer,
    deskAt,
    link: settings.app === undefined ? undefined : linkTo(settings.app.id),
    patienceMs: options.patienceMs,
  });
  const facts = (): Facts => ({
    now: clock.now(),
    systemNow: Date.now(),
    organisations: hostedOrganisations(settings, guidance),
    teams,
  });
  const metrics = createMetrics({
    version: VERSION,
    readings: lookedAtSeldom(
      () =>
        readingsOf(store.db, facts()).catch((error: unknown) => {
          log.error({ err: error }, 'the register could not be measured');
          return undefined;
        }),
      READINGS,
    ),
    lastPass: () => worker.lastPass(),
  });
  const { tracesEndpoint } = settings;
  const traces =
    tracesEndpoint === undefined
      ? undefined
      : await (await import('./telemetry/traces.ts')).startTraces(tracesEndpoint, VERSION);
  const telemetry = traces === undefined ? metrics.telemetry : together(metrics.telemetry, traces.telemetry);
  const worker = createWorker({
    engine,
    guidance: hosted,
    messenger,
    pace,
    log,
    telemetry,
    everyMs: options.lookEveryMs,
    forget: (now) => forgetUnansweredBefore(store.db, now - settings.unansweredDays * DAY_MS),
    lookAgain(team) {
      readTeamAgain({ adapter, store, teamWatch, clock }, team).catch((error: unknown) =>
        log.warn({ err: error, team }, 'a team could not be read again'),
      );
    },
  });
  const roster = createRoster({ read: readMembers(adapter), clock, log });
  const referrals = createReferrals(engine);
  const organisationsOf = (tenant: string): readonly string[] =>
    settings.tenants?.get(tenant) ?? (isRehearsal ? [...guidance.keys()] : []);
  const writeBack = createWriteBack({ adapter, pace, clock, log });
  const bot = createBot({
    adapter,
    cards,
    guidance: () => guidance,
    finders: () => finders,
    store,
    referrals,
    duties: createDuties(engine),
    teams,
    teamWatch,
    roster,
    dutyTeams: dutyTeams(settings),
    keepsNames: (organisation) => canKeepNames(leads(organisation)),
    organisationsOf,
    clock,
    pace,
    deskAt,
    writeBack,
    async keepUnanswered(organisation, text) {
      if (settings.unansweredDays === 0) return;
      await keepUnanswered(store.db, { organisation, text, at: clock.now() });
    },
    telemetry,
    log,
  });
  let stopping: Promise<void> | undefined;
  const health: HealthNeeds = {
    isStopping: () => stopping !== undefined,
    lastPass: () => worker.lastPass(),
    now: () => clock.now(),
    condition: () => conditionOf(store.db, facts()),
  };
  const desk = createDesk({
    store,
    referrals,
    names: createNames(engine),
    leads,
    guidance: () => guidance,
    clock,
    teams,
    roster,
    organisationsOf,
    app: settings.app === undefined ? null : (settings.teamsAppId ?? null),
    chat: settings.app === undefined ? null : linkTo(settings.app.id),
  });
  const identity = createIdentity(options.identity ?? identityOf(settings, () => server.address().port));
  const server = createServer({
    adapter,
    bot,
    health,
    metrics: { scrape: metrics.scrape, token: settings.metricsToken },
    telemetry,
    desk: { identity, handlers: desk },
    edge: {
      isStopping: health.isStopping,
      isPublic: !isRehearsal,
      proxies: settings.proxies,
      rates: options.rates ?? (isRehearsal ? undefined : RATES),
      patience: options.patience ?? PATIENCE,
    },
    pages: { folder: PAGES, frames: framedBy(isRehearsal ? { sandboxUrl: settings.sandboxUrl } : undefined) },
    log,
  });

  let sandbox: Sandbox | undefined;
  if (sandboxClock !== undefined) {
    mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
    sandbox = createSandbox({
      ...options.sandbox,
      ...(options.keepSandbox === false ? {} : { file: join(settings.dataFolder, 'sandbox.json') }),
      clock: sandboxClock,
      log,
      troubles: options.troubles,
    });
    sandbox.mount(server);
  }
  const port = await listen(server, settings.port, isRehearsal ? LOOPBACK : '0.0.0.0').catch(async (error: unknown) => {
    await store.close();
    throw portError(error, settings.port);
  });
  // A rehearsal's team is there before the worker looks for it.
  await sandbox?.start();
  await worker.start();
  // In a rehearsal an author sees a change at once. A live server changes its guidance when it is started again.
  const stopWatching = isRehearsal
    ? watchPolicies(settings.policiesFolder, (result) => {
        if (result instanceof ContentError) {
          log.error(`The guidance was not read again. Mend this first:\n${result.message}`);
          return;
        }
        guidance = result;
        finders = findersOf(result, 'when asked');
        log.info('The guidance was read again.');
      })
    : () => undefined;

  /** The worker gives back what it holds at once, so that another server goes on while this one still answers. */
  async function finish(withinMs: number): Promise<void> {
    stopWatching();
    const worked = worker.stop();
    await wait(options.leaveMs ?? (isRehearsal ? 0 : LEAVE_MS));
    // A sandbox on this server takes what the turns in hand still send.
    if (sandbox === undefined) await drain(server, withinMs * CALLERS_FINISH);
    await adapter.finish();
    await writeBack.finish();
    await worked;
    sandbox?.close();
    mailer?.close();
    await close(server);
    await store.close();
    await traces?.stop();
    followed?.stop();
  }

  return {
    address: `http://${LOOPBACK}:${port}`,
    sandbox,
    stop() {
      const withinMs = options.stopWithinMs ?? STOP_WITHIN_MS;
      stopping ??= Promise.race([finish(withinMs), tooLate(withinMs, log)]);
      return stopping;
    },
  };
}

/** What is not finished by now is left as it is: nothing that was recorded is lost by that. */
async function tooLate(afterMs: number, log: Logger): Promise<void> {
  await wait(afterMs, undefined, { ref: false });
  log.warn('the server was stopped before all in hand was finished');
}

async function followClock(sandboxUrl: string): Promise<FollowedClock> {
  try {
    return await followSandboxClock(sandboxUrl);
  } catch {
    throw new SettingsError(
      `SANDBOX_URL: no rehearsal answers at ${sandboxUrl}. Start it first ("node src/sandbox/main.ts"), or unset SANDBOX_URL.`,
    );
  }
}

/** @throws KeysError where the record cannot be kept with the keys at hand. */
async function openRecord(store: Store, settings: Settings, log: Logger): Promise<Seal> {
  const seal = sealOf(settings, {
    record: await hasRecord(store.db),
    words: (await keysInUse(store.db)).some((key) => key !== null),
  });
  if (!(await isSignedWith(store.db, seal)))
    log.error('AUDIT_KEY is not the key of this register, or its record was changed: run "signpost audit verify"');
  const locked = await lockPlainWords(store, seal);
  if (locked > 0) log.info({ words: locked }, 'words from before they were encrypted were encrypted');
  return seal;
}

/** Who makes the tokens of those who open the desk. @param ownPort Where this server listens. */
function identityOf({ app, tenants, sandboxUrl }: Settings, ownPort: () => number): IdentitySettings {
  if (app !== undefined) return entra(app.id, new Set(tenants?.keys() ?? []), app.address);
  // A sandbox names itself by this machine's own address, however its setting does.
  return rehearsal(() => `http://${LOOPBACK}:${sandboxUrl === undefined ? ownPort() : new URL(sandboxUrl).port}`);
}

/** Where a reader of an email opens Signpost: its chat in Teams. */
function linkTo(appId: string): string {
  return chatLink(`28:${appId}`);
}

/** What was trained stays good as long as the guidance that it was trained on. */
const TRAINED = new WeakMap<Organisation, Finder>();

function finderOf(organisation: Organisation): Finder {
  const finder =
    TRAINED.get(organisation) ??
    trainFinder([...organisation.flows.values()], organisation.smallTalk, organisation.synonyms);
  TRAINED.set(organisation, finder);
  return finder;
}

/** The finder of each organisation, trained now or when somebody first types something there. */
function findersOf(guidance: Guidance, when: 'now' | 'when asked'): Finders {
  if (when === 'now') for (const organisation of guidance.values()) finderOf(organisation);
  return {
    get(id) {
      const organisation = guidance.get(id);
      return organisation === undefined ? undefined : finderOf(organisation);
    },
    trained(id) {
      const organisation = guidance.get(id);
      return organisation === undefined ? undefined : TRAINED.get(organisation);
    },
  };
}

function portError(error: unknown, port: number): unknown {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE') {
    return new SettingsError(`PORT: ${port} is in use. Stop what uses it, or set PORT to another number.`);
  }
  return error;
}
