import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import type { Guidance } from '../../src/guidance/types.ts';
import { loadPolicies } from '../../src/policies.ts';
import { readSettings } from '../../src/settings.ts';
import { startSignpost } from '../../src/signpost.ts';
import { APP, type LocalMicrosoft, SERVICE_URL, startMicrosoft, TENANT } from './microsoft.ts';
import { copyEmptyRegister } from './register.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A server that is registered with Microsoft, where Microsoft is on this machine. */
export type Live = {
  readonly address: string;
  readonly microsoft: LocalMicrosoft;
  readonly logged: () => string;
  /** Every row of the register, but for those that say that the server is at work. */
  rows(): string;
  /** Posts to the bot as Teams does, with a right token. `authorization` goes in its place. */
  posts(activity: unknown, authorization?: string | null): Promise<Response>;
  stop(): Promise<void>;
};

type Options = Parameters<typeof startSignpost>[2];

let usual: Promise<Guidance> | undefined;

export async function startLive(environment: NodeJS.ProcessEnv = {}, options: Options = {}): Promise<Live> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-live-'));
  await copyEmptyRegister(folder);
  const microsoft = await startMicrosoft();
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const settings = readSettings({
    PORT: '0',
    DATA_DIR: folder,
    MICROSOFT_APP_ID: APP,
    MICROSOFT_APP_TYPE: 'SingleTenant',
    MICROSOFT_APP_TENANT_ID: TENANT,
    MICROSOFT_APP_PASSWORD: 'a client secret',
    PUBLIC_ADDRESS: 'https://signpost.example.org',
    TENANTS: `${TENANT}=worcestershire-acute`,
    SAFEGUARDING_TEAMS: 'worcestershire-acute=group-1',
    ...environment,
  });
  usual ??= loadPolicies('policies');
  const signpost = await startSignpost(settings, log, {
    guidance: await usual,
    microsoft: microsoft.options,
    trainFirst: false,
    leaveMs: 0,
    ...options,
  });
  return {
    address: signpost.address,
    microsoft,
    logged: () => lines.join(''),
    rows: () => rowsIn(join(folder, 'signpost.sqlite')),
    async posts(activity, authorization) {
      const header = authorization === undefined ? `Bearer ${await microsoft.token()}` : authorization;
      return fetch(`${signpost.address}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(header === null ? {} : { authorization: header }) },
        body: typeof activity === 'string' ? activity : JSON.stringify(activity),
      });
    },
    async stop() {
      await signpost.stop();
      await microsoft.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A message as Teams sends it, in the sender's own chat. */
export function message(text: string, changes: Fields = {}): Fields {
  return {
    type: 'message',
    id: `message of ${text}`,
    text,
    channelId: 'msteams',
    serviceUrl: SERVICE_URL,
    from: { id: '29:amina', name: 'Amina Yusuf', aadObjectId: 'object-amina' },
    recipient: { id: `28:${APP}`, name: 'Signpost' },
    conversation: { id: 'a:amina', conversationType: 'personal', tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
    ...changes,
  };
}

/** A press on a card as Teams sends it. */
export function press(verb: string, data: unknown, changes: Fields = {}): Fields {
  const value = { action: { type: 'Action.Execute', verb, data } };
  return message('', { type: 'invoke', name: 'adaptiveCard/action', value, text: undefined, ...changes });
}

const NOT_COMPARED = ['workers'];

/** Every row of every table in a register's file, in words. */
export function rowsIn(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db.prepare("select name from sqlite_master where type = 'table' order by name").all();
    return tables
      .map(({ name }) => String(name))
      .filter((name) => !NOT_COMPARED.includes(name))
      .map((name) => `${name}: ${JSON.stringify(db.prepare(`select * from "${name}"`).all())}`)
      .join('\n');
  } finally {
    db.close();
  }
}
