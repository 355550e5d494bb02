import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in a process of its own, that takes activities. */
export type Target = { readonly name: string; readonly url: string; readonly child: ChildProcess };

/** Takes the bots' own calls, as Teams would, and answers each at once. */
export type Connector = { readonly url: string; close(): void };

const TEAM = '19:general@thread.tacv2';
const CHANNELS = [{ id: TEAM }, { id: '19:referrals@thread.tacv2', name: 'Safeguarding referrals' }];

export async function startConnector(): Promise<Connector> {
  let made = 0;
  const server: Server = createServer((request, response) => {
    request.resume();
    made += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answerTo(request.url ?? '', made)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, close: () => server.close() };
}

function answerTo(path: string, made: number): object {
  if (path.startsWith('/sandbox/api/clock')) return { ahead: 0 };
  if (path.endsWith('/pagedmembers') || path.includes('/pagedmembers?')) return { members: [] };
  if (/^\/v3\/teams\/[^/]+\/conversations/.test(path)) return { conversations: CHANNELS };
  if (path.startsWith('/v3/teams/')) return { id: TEAM, name: 'Safeguarding', aadGroupId: 'bench' };
  if (path === '/v3/conversations') return { id: `${CHANNELS[1]?.id};messageid=${made}`, activityId: String(made) };
  return { id: String(made) };
}

/** @param ready What the server prints once it takes activities. */
export async function start(name: string, script: string, port: number, ready: string, env: object): Promise<Target> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { ...process.env, NODE_ENV: '', PORT: String(port), LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(ready)) resolve();
    });
    child.once('exit', () => reject(new Error(`${name} did not start.`)));
  });
  return { name, url: `http://127.0.0.1:${port}/api/messages`, child };
}

/** @returns what the server answered. @throws Error if it refused. */
export async function post(target: Target, activity: object): Promise<string> {
  const response = await fetch(target.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${target.name} answered ${response.status}: ${answer}`);
  return answer;
}

export type Presser = { readonly name: string; readonly number: number };
const SOMEBODY: Presser = { name: 'Bench', number: 1 };

/** A press on a card in somebody's own chat. */
export function press(serviceUrl: string, verb: string, data: object, by = SOMEBODY, message = 1): object {
  return {
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: 'bench',
    channelId: 'msteams',
    serviceUrl,
    from: {
      id: `29:bench-${by.number}`,
      name: by.name,
      aadObjectId: `00000000-0000-4000-8000-${String(by.number).padStart(12, '0')}`,
    },
    recipient: { id: '28:bench', name: 'Signpost' },
    conversation: { id: `a:bench-${by.number}`, conversationType: 'personal', tenantId: 'bench' },
    channelData: { tenant: { id: 'bench' } },
    replyToId: String(message),
    value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
  };
}

/** The bot is added to the team that receives referrals. */
export function addedToTeam(serviceUrl: string): object {
  return {
    type: 'conversationUpdate',
    id: 'bench-team',
    channelId: 'msteams',
    serviceUrl,
    from: { id: '29:bench-1', aadObjectId: '00000000-0000-4000-8000-000000000001' },
    recipient: { id: '28:bench', name: 'Signpost' },
    conversation: { id: TEAM, conversationType: 'channel', isGroup: true, tenantId: 'bench' },
    channelData: { tenant: { id: 'bench' }, team: { id: TEAM, name: 'Safeguarding', aadGroupId: 'bench' } },
    membersAdded: [{ id: '28:bench' }],
  };
}
