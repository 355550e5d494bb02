import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { config as loadEnvFile } from 'dotenv';
import { z } from 'zod';
import { parseKeys, type WordsKey } from './store/vault.ts';

/** Settings that are missing or wrong. Its message names each one and says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const optional = z
  .string()
  .trim()
  .transform((value) => value || undefined)
  .optional();

/** `a=b+c;d=e` as a map from `a` to `[b, c]`. */
const listMap = optional.transform((value, context) => {
  if (value === undefined) return undefined;
  const entries = value.split(';').filter((part) => part.trim() !== '');
  const map = new Map<string, readonly string[]>();
  for (const entry of entries) {
    const [key, list, ...rest] = entry.split('=').map((part) => part.trim());
    const values = list?.split('+').map((part) => part.trim()) ?? [];
    if (!key || values.length === 0 || values.includes('') || map.has(key) || rest.length > 0) {
      context.addIssue({
        code: 'custom',
        message: 'must look like "name=value+value;name=value", with each name once',
      });
      return z.NEVER;
    }
    map.set(key, values);
  }
  return map;
});

/** Whether the address of a mail server is whole: a bare "/" in a password would make another server of it. */
function isMailServer(address: string): boolean {
  try {
    const url = new URL(address);
    decodeURIComponent(url.username + url.password);
    const rest = url.pathname.replace(/^\/$/, '') + url.search + url.hash;
    const named = (url.username === '') === (url.password === '');
    return /^smtps?:$/.test(url.protocol) && url.hostname !== '' && named && rest === '';
  } catch {
    return false;
  }
}

function isCollector(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search + url.hash === '';
}

function withoutSlash(address: string): string {
  return address.replace(/\/$/, '');
}

const ADDRESS = String.raw`[^\s<>()[\],;:"@]+@[^\s<>()[\],;:"@]+`;
const NAME = String.raw`[^<>()[\],;:"@\r\n]+`;
/** `name@host`, or `Name <name@host>`. */
const SENDER = new RegExp(`^(?:${ADDRESS}|${NAME}<${ADDRESS}>)$`);

/** A name such as `smba.example.org`: no address, no port, no pattern. */
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

const THIS_MACHINE = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?\/?$/;

const Environment = z.object({
  PORT: z.coerce.number({ error: 'must be a port number, such as 3978' }).int().min(0).max(65_535).default(3978),
  DATA_DIR: z.string().trim().min(1).default('.data'),
  DATABASE_URL: optional.refine((value) => value === undefined || /^postgres(ql)?:\/\//.test(value), {
    message: 'must begin with postgresql://',
  }),
  SANDBOX_URL: optional.refine((value) => value === undefined || THIS_MACHINE.test(value), {
    message: 'must be the address of a rehearsal on this machine, such as http://127.0.0.1:3979',
  }),
  POLICIES_DIR: z.string().trim().min(1).default('policies'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: optional,
  MICROSOFT_APP_ID: optional,
  MICROSOFT_APP_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI']).optional(),
  MICROSOFT_APP_TENANT_ID: optional,
  MICROSOFT_APP_PASSWORD: optional,
  PUBLIC_ADDRESS: optional.transform((value, context) => {
    if (value === undefined) return undefined;
    const url = URL.parse(value);
    if (url?.protocol === 'https:' && url.hostname !== '' && withoutSlash(value) === url.origin) return url.origin;
    context.addIssue({
      code: 'custom',
      message: 'must be https:// and the name of the host, such as https://signpost.example.org',
    });
    return z.NEVER;
  }),
  TEAMS_APP_ID: optional,
  AUDIT_KEY: optional.transform((value, context) => {
    if (value === undefined) return undefined;
    const key = Buffer.from(value, 'base64');
    if (key.length === 32) return key;
    context.addIssue({
      code: 'custom',
      message: 'must be 32 random bytes in base64, such as "openssl rand -base64 32" prints',
    });
    return z.NEVER;
  }),
  WORDS_KEYS: optional.transform((value, context) => {
    const keys = value === undefined ? undefined : parseKeys(value);
    if (value === undefined || keys !== undefined) return keys;
    context.addIssue({
      code: 'custom',
      message:
        'must look like "name=key;name=key", each name once, each key 32 random bytes in base64, such as "openssl rand -base64 32" prints',
    });
    return z.NEVER;
  }),
  TRUSTED_PROXIES: z.coerce
    .number({ error: 'must be how many proxies stand before this server, such as 1' })
    .int()
    .min(0)
    .max(10)
    .default(0),
  TEAMS_SERVICE_HOSTS: optional.transform((value, context) => {
    const hosts = value?.split('+').map((host) => host.trim()) ?? [];
    if (hosts.every((host) => HOST.test(host))) return hosts;
    context.addIssue({
      code: 'custom',
      message: 'must be names of hosts in small letters, without https:// or a port, joined by +',
    });
    return z.NEVER;
  }),
  TENANTS: listMap,
  SAFEGUARDING_TEAMS: listMap,
  DUTY_TEAMS: listMap,
  SAFEGUARDING_LEADS: listMap,
  UNANSWERED_DAYS: z.coerce
    .number({ error: 'must be a number of days, or 0 for none' })
    .int()
    .min(0)
    .max(365)
    .default(30),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional
    .refine((value) => value === undefined || isCollector(value), {
      message: 'must be the address of an OpenTelemetry collector over HTTP, such as http://127.0.0.1:4318',
    })
    .transform((value) => value && withoutSlash(value)),
  METRICS_TOKEN: optional.refine((value) => value === undefined || /^[!-~]{20,}$/.test(value), {
    message: 'must be 20 or more characters without spaces, such as "openssl rand -hex 20" prints',
  }),
  SMTP_URL: optional.refine((value) => value === undefined || isMailServer(value), {
    message:
      'must look like smtp://name:password@host:587 or smtps://host, with each of @ : / ? # % in the name or the password written as its %-code',
  }),
  SMTP_FROM: optional.refine((value) => value === undefined || SENDER.test(value), {
    message: 'must look like "name@host" or "Name <name@host>", with no comma or quotation mark in the name',
  }),
});

/** The bot's registration with Microsoft. Without one, the server is a rehearsal on this machine only. */
export type AppRegistration = {
  readonly id: string;
  readonly type: 'SingleTenant' | 'UserAssignedMSI';
  readonly tenant: string;
  readonly password: string | undefined;
};

/** @property address Where staff reach this server, such as `https://signpost.example.org`. */
type RegisteredApp = AppRegistration & { readonly address: string };

/** The server that sends emails, and the address that they come from. */
export type MailSettings = { readonly url: string; readonly from: string };

export type Settings = {
  readonly port: number;
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  readonly policiesFolder: string;
  readonly logLevel: string;
  readonly production: boolean;
  readonly app: RegisteredApp | undefined;
  /** Hosts of the Bot Connector beside those of Microsoft's public cloud. */
  readonly serviceHosts: readonly string[];
  /** How many proxies stand before this server and say in X-Forwarded-For who called them. */
  readonly proxies: number;
  /** The id of the app in Teams, by which a link opens a view of its tab. */
  readonly teamsAppId: string | undefined;
  /** The key that chains the audit, 32 bytes. Absent where the server makes one in its own data folder. */
  readonly auditKey: Buffer | undefined;
  /** What encrypts what people typed: the first does, and all decrypt. Absent where the server makes one in its folder. */
  readonly wordsKeys: readonly WordsKey[] | undefined;
  /** The organisations of each Microsoft 365 tenant that may use the bot. Absent in a rehearsal: all of them. */
  readonly tenants: ReadonlyMap<string, readonly string[]> | undefined;
  /** The group ids of the teams that receive each organisation's referrals. Absent in a rehearsal: any team. */
  readonly safeguardingTeams: ReadonlyMap<string, readonly string[]> | undefined;
  /** The group ids of the teams whose members may go on duty, for each organisation that has any. Others: anybody there. */
  readonly dutyTeams: ReadonlyMap<string, readonly string[]> | undefined;
  /**
   * The AAD object ids of each organisation's safeguarding leads. Absent in a rehearsal: everybody in its team. Absent
   * elsewhere: nobody, and no name is kept.
   */
  readonly safeguardingLeads: ReadonlyMap<string, readonly string[]> | undefined;
  /** How long messages that found no answer are kept, in days. 0 keeps none. */
  readonly unansweredDays: number;
  /** Where the rehearsal's Teams runs, if it is not to be this server's own. */
  readonly sandboxUrl: string | undefined;
  /** What a scraper of the metrics sends. Absent: only this machine may read them. */
  readonly metricsToken: string | undefined;
  /** Where traces go, such as `http://127.0.0.1:4318`. Absent: none are made. */
  readonly tracesEndpoint: string | undefined;
  /** Absent: no emails are sent. */
  readonly mail: MailSettings | undefined;
};

/** What must be set together with a Microsoft app id, and what to put there. */
const GOING_LIVE = {
  MICROSOFT_APP_TYPE: 'Set it to SingleTenant or UserAssignedMSI, as the bot is registered',
  MICROSOFT_APP_TENANT_ID: 'Set it to the tenant of the bot registration',
  PUBLIC_ADDRESS:
    'Set it to the address where staff reach this server, such as https://signpost.example.org: Teams opens the desk there',
  TENANTS: 'Set it to the tenants that may use the bot and their organisations: "tenant-id=organisation+organisation"',
  SAFEGUARDING_TEAMS:
    'Set it to the group id of the team that receives each organisation\'s referrals: "organisation=group-id"',
} as const;

/**
 * Reads the settings once, from the environment and from env/.env where there is one. The environment wins.
 * @throws SettingsError naming each setting that is missing or wrong, and what to do.
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env, folder = process.cwd()): Settings {
  const file = resolve(folder, 'env/.env');
  const fromFile: Record<string, string> = {};
  if (existsSync(file)) loadEnvFile({ path: file, processEnv: fromFile, quiet: true });
  const result = Environment.safeParse(withoutBlanks({ ...fromFile, ...environment }));
  if (!result.success) {
    throw new SettingsError(
      result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join('\n'),
    );
  }
  const values = result.data;
  const missing = [
    ...missingForTheApp(values),
    ...missingForSeveral(values),
    ...missingForMail(values),
    ...rehearsalAndReal(values),
  ];
  if (missing.length > 0) throw new SettingsError(missing.join('\n'));
  return {
    port: values.PORT,
    dataFolder: resolve(folder, values.DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    policiesFolder: resolve(folder, values.POLICIES_DIR),
    logLevel: values.LOG_LEVEL,
    production: values.NODE_ENV === 'production',
    app: appRegistration(values),
    serviceHosts: values.TEAMS_SERVICE_HOSTS,
    proxies: values.TRUSTED_PROXIES,
    teamsAppId: values.TEAMS_APP_ID,
    auditKey: values.AUDIT_KEY,
    wordsKeys: values.WORDS_KEYS,
    tenants: values.TENANTS,
    safeguardingTeams: values.SAFEGUARDING_TEAMS,
    dutyTeams: values.DUTY_TEAMS,
    safeguardingLeads: values.SAFEGUARDING_LEADS,
    unansweredDays: values.UNANSWERED_DAYS,
    sandboxUrl: values.SANDBOX_URL,
    metricsToken: values.METRICS_TOKEN,
    tracesEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    mail: mailSettings(values),
  };
}

/** A setting without a value is as good as not there. */
function withoutBlanks(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
}

type Values = z.output<typeof Environment>;

/**
 * Instances that share a database must share its keys too, or each would think the others' rows forged, and could not
 * read what people typed there.
 */
function missingForSeveral({ DATABASE_URL, AUDIT_KEY, WORDS_KEYS }: Values): readonly string[] {
  if (DATABASE_URL === undefined) return [];
  const random = 'the same for every server on this database: "openssl rand -base64 32" prints some';
  return [
    ...(AUDIT_KEY === undefined ? [`AUDIT_KEY: is missing. Set it to 32 random bytes in base64, ${random}.`] : []),
    ...(WORDS_KEYS === undefined
      ? [`WORDS_KEYS: is missing. Set it to a name, "=" and 32 random bytes in base64, ${random}.`]
      : []),
  ];
}

function missingForTheApp(values: Values): readonly string[] {
  if (values.MICROSOFT_APP_ID === undefined) {
    if (values.NODE_ENV !== 'production') return [];
    return [
      'MICROSOFT_APP_ID: is missing. Set it to the id of the bot registration, or unset NODE_ENV to rehearse on this machine.',
    ];
  }
  const missing = Object.entries(GOING_LIVE)
    .filter(([name]) => values[name as keyof typeof GOING_LIVE] === undefined)
    .map(([name, mend]) => `${name}: is missing. ${mend}.`);
  if (values.MICROSOFT_APP_TYPE === 'SingleTenant' && values.MICROSOFT_APP_PASSWORD === undefined) {
    missing.push(
      'MICROSOFT_APP_PASSWORD: is missing. Set it to a client secret of the bot registration, or use UserAssignedMSI.',
    );
  }
  return missing;
}

/** A bot that speaks to the real Teams must not take calls or its clock from a rehearsal. */
function rehearsalAndReal(values: Values): readonly string[] {
  if (values.SANDBOX_URL === undefined || values.MICROSOFT_APP_ID === undefined) return [];
  return ['SANDBOX_URL: is for a rehearsal. Unset it, or unset MICROSOFT_APP_ID.'];
}

function appRegistration(values: Values): RegisteredApp | undefined {
  if (values.MICROSOFT_APP_ID === undefined) return undefined;
  return {
    id: values.MICROSOFT_APP_ID,
    type: values.MICROSOFT_APP_TYPE ?? 'SingleTenant',
    tenant: values.MICROSOFT_APP_TENANT_ID ?? '',
    password: values.MICROSOFT_APP_PASSWORD,
    address: values.PUBLIC_ADDRESS ?? '',
  };
}

function missingForMail(values: Values): readonly string[] {
  if (values.SMTP_URL === undefined || values.SMTP_FROM !== undefined) return [];
  return ['SMTP_FROM: is missing. Set it to the address that emails come from, or unset SMTP_URL to send none.'];
}

function mailSettings(values: Values): MailSettings | undefined {
  if (values.SMTP_URL === undefined || values.SMTP_FROM === undefined) return undefined;
  return { url: values.SMTP_URL, from: values.SMTP_FROM };
}
