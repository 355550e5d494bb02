import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { config as loadEnvFile } from 'dotenv';
import { z } from 'zod';

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

const Environment = z.object({
  PORT: z.coerce.number({ error: 'must be a port number, such as 3978' }).int().min(0).max(65_535).default(3978),
  DATA_DIR: z.string().trim().min(1).default('.data'),
  DATABASE_URL: optional.refine((value) => value === undefined || /^postgres(ql)?:\/\//.test(value), {
    message: 'must begin with postgresql://',
  }),
  POLICIES_DIR: z.string().trim().min(1).default('policies'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: optional,
  MICROSOFT_APP_ID: optional,
  MICROSOFT_APP_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI']).optional(),
  MICROSOFT_APP_TENANT_ID: optional,
  MICROSOFT_APP_PASSWORD: optional,
  TENANTS: listMap,
  SAFEGUARDING_TEAMS: listMap,
  UNANSWERED_DAYS: z.coerce
    .number({ error: 'must be a number of days, or 0 for none' })
    .int()
    .min(0)
    .max(365)
    .default(30),
});

/** The bot's registration with Microsoft. Without one, the server is a rehearsal on this machine only. */
export type AppRegistration = {
  readonly id: string;
  readonly type: 'SingleTenant' | 'UserAssignedMSI';
  readonly tenant: string;
  readonly password: string | undefined;
};

export type Settings = {
  readonly port: number;
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  readonly policiesFolder: string;
  readonly logLevel: string;
  readonly production: boolean;
  readonly app: AppRegistration | undefined;
  /** The organisations of each Microsoft 365 tenant that may use the bot. Absent in a rehearsal: all of them. */
  readonly tenants: ReadonlyMap<string, readonly string[]> | undefined;
  /** The group ids of the teams that receive each organisation's referrals. Absent in a rehearsal: any team. */
  readonly safeguardingTeams: ReadonlyMap<string, readonly string[]> | undefined;
  /** How long messages that found no answer are kept, in days. 0 keeps none. */
  readonly unansweredDays: number;
};

/** What must be set together with a Microsoft app id, and what to put there. */
const GOING_LIVE = {
  MICROSOFT_APP_TYPE: 'Set it to SingleTenant or UserAssignedMSI, as the bot is registered',
  MICROSOFT_APP_TENANT_ID: 'Set it to the tenant of the bot registration',
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
  return {
    port: values.PORT,
    dataFolder: resolve(folder, values.DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    policiesFolder: resolve(folder, values.POLICIES_DIR),
    logLevel: values.LOG_LEVEL,
    production: values.NODE_ENV === 'production',
    app: appRegistration(values),
    tenants: values.TENANTS,
    safeguardingTeams: values.SAFEGUARDING_TEAMS,
    unansweredDays: values.UNANSWERED_DAYS,
  };
}

/** A setting without a value is as good as not there. */
function withoutBlanks(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
}

function appRegistration(values: z.output<typeof Environment>): AppRegistration | undefined {
  if (values.MICROSOFT_APP_ID === undefined) {
    if (values.NODE_ENV === 'production') {
      throw new SettingsError(
        'MICROSOFT_APP_ID: is missing. Set it to the id of the bot registration, or unset NODE_ENV to rehearse on this machine.',
      );
    }
    return undefined;
  }
  const missing = Object.entries(GOING_LIVE)
    .filter(([name]) => values[name as keyof typeof GOING_LIVE] === undefined)
    .map(([name, mend]) => `${name}: is missing. ${mend}.`);
  if (values.MICROSOFT_APP_TYPE === 'SingleTenant' && values.MICROSOFT_APP_PASSWORD === undefined) {
    missing.push(
      'MICROSOFT_APP_PASSWORD: is missing. Set it to a client secret of the bot registration, or use UserAssignedMSI.',
    );
  }
  if (missing.length > 0) throw new SettingsError(missing.join('\n'));
  return {
    id: values.MICROSOFT_APP_ID,
    type: values.MICROSOFT_APP_TYPE ?? 'SingleTenant',
    tenant: values.MICROSOFT_APP_TENANT_ID ?? '',
    password: values.MICROSOFT_APP_PASSWORD,
  };
}
