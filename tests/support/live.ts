import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JWTPayload } from 'jose';
import type { Logger } from 'pino';
import { paths } from '../../src/guidance/paths.ts';
import type { Guidance } from '../../src/guidance/types.ts';
import { createLog } from '../../src/log.ts';
import { loadPolicies } from '../../src/policies.ts';
import { readSettings } from '../../src/settings.ts';
import { type Signpost, startSignpost } from '../../src/signpost.ts';
import { type DeskReader, deskReader } from './desk.ts';
import { APP, type LocalMicrosoft, SERVICE_URL, startMicrosoft, TENANT } from './microsoft.ts';
import { copyEmptyRegister } from './register.ts';
import { FORM } from './rehearsal.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A server that is registered with Microsoft, where Microsoft is on this machine. */
export type Live = {
  readonly address: string;
  readonly microsoft: LocalMicrosoft;
  /** The folder of the register. */
  readonly folder: string;
  /** The settings that it has, for the command line beside it. */
  readonly environment: NodeJS.ProcessEnv;
  /** The server's own log, and all that is in it. */
  readonly log: Logger;
  readonly logged: () => string;
  /** Every row of the register, but for those that say that the server is at work. */
  rows(): string;
  /** Gives a read of the register's tables while the server runs. */
  all(query: string): readonly Fields[];
  /** Writes into the register, as somebody who got at the database would. */
  writes(statement: string): void;
  readonly signpost: Signpost;
  /** Somebody at the desk, as `someone` names them. */
  desk(who: Fields): DeskReader;
  /** Posts to the bot as Teams does, with a right token. `authorization` goes in its place. */
  posts(activity: unknown, authorization?: string | null): Promise<Response>;
  stop(): Promise<void>;
};

type Options = Parameters<typeof startSignpost>[2];

let usual: Promise<Guidance> | undefined;

export async function startLive(environment: NodeJS.ProcessEnv = {}, options: Options = {}): Promise<Live> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-live-'));
  await copyEmptyRegister(folder);
  const file = join(folder, 'signpost.sqlite');
  const microsoft = await startMicrosoft();
  const lines: string[] = [];
  const log = createLog({ logLevel: 'trace', production: true }, { write: (line) => void lines.push(line) });
  const given = {
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
  };
  const settings = readSettings(given);
  usual ??= loadPolicies('policies');
  const signpost = await startSignpost(settings, log, {
    guidance: await usual,
    microsoft: microsoft.options,
    identity: {
      issuerOf: (tenant) =>
        settings.tenants?.has(tenant) ? { issuer: `maker of ${tenant}`, keys: microsoft.issuer.keys } : undefined,
      audiences: [APP],
      algorithms: ['RS256'],
    },
    trainFirst: false,
    leaveMs: 0,
    ...options,
  });
  return {
    address: signpost.address,
    microsoft,
    folder,
    environment: given,
    log,
    logged: () => lines.join(''),
    signpost,
    desk: (who) => deskReader(signpost.address, () => microsoft.issuer.token(claimsOf(who))),
    rows: () => rowsIn(file),
    all: (query) => reading(file, (db) => db.prepare(query).all()),
    writes(statement) {
      const db = new DatabaseSync(file);
      db.exec(statement);
      db.close();
    },
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

/** What the token of somebody at the desk says, with the same ids as their activities. */
function claimsOf(who: Fields): JWTPayload {
  const { from, channelData } = who as ReturnType<typeof someone>;
  const tid = channelData.tenant.id;
  const exp = Math.floor(Date.now() / 1_000) + 600;
  const claims = { aud: APP, iss: `maker of ${tid}`, tid, oid: from.aadObjectId, name: from.name, exp };
  return { ...claims, scp: 'access_as_user' };
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

const REFERENCE = /[2-9A-HJKMNP-RTV-Z]{3}-[2-9A-HJKMNP-RTV-Z]{4}/;

/** The nurse who goes on duty, as fields of an activity in her own chat. */
export const GRACE: Fields = someone('grace', 'Grace Okafor');
export const AMINA: Fields = someone('amina', 'Amina Yusuf');

/** Somebody in their own chat. */
export function someone(id: string, name: string, tenant = TENANT) {
  return {
    from: { id: `29:${id}`, name, aadObjectId: `object-${id}` },
    conversation: { id: `a:${id}`, conversationType: 'personal', tenantId: tenant },
    channelData: { tenant: { id: tenant } },
  };
}

/** The press of Send on something that ends in a referral to the senior on duty. */
export async function sendPress(changes: Fields = {}, by: Fields = AMINA): Promise<Fields> {
  usual ??= loadPolicies('policies');
  const organisation = (await usual).get('worcestershire-acute');
  const flow = organisation?.flows.get('filming-on-the-ward');
  const path = flow && paths(flow).find(({ outcome }) => flow.outcomes[outcome]?.escalate !== undefined);
  if (flow === undefined || path === undefined) throw new Error('No way through this topic is raised.');
  const { responses } = path;
  const walk = { organisation: 'worcestershire-acute', flow: flow.flow, edition: flow.edition, responses };
  return press('send', { ...walk, draft: FORM, key: randomUUID(), ...changes }, by);
}

/** Signs Grace on duty on Ward 9. */
export async function graceGoesOnDuty(live: Live): Promise<void> {
  const data = { department: 'ward-9', until: '23:59', key: 'a key of Grace' };
  await live.posts(press('duty-on', data, GRACE));
}

/** Raises something as Amina. @returns its reference. */
export async function raises(live: Live, description: string = FORM.description): Promise<string> {
  const response = await live.posts(await sendPress({ draft: { ...FORM, description } }));
  const found = REFERENCE.exec(await response.text());
  if (found === null) throw new Error('Nothing was raised.');
  return found[0];
}

function reading<T>(file: string, read: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

const NOT_COMPARED = ['workers'];

/** Every row of every table in a register's file, in words. */
export function rowsIn(file: string): string {
  return reading(file, (db) => {
    const tables = db.prepare("select name from sqlite_master where type = 'table' order by name").all();
    return tables
      .map(({ name }) => String(name))
      .filter((name) => !NOT_COMPARED.includes(name))
      .map((name) => `${name}: ${JSON.stringify(db.prepare(`select * from "${name}"`).all())}`)
      .join('\n');
  });
}
