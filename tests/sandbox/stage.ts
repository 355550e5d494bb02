import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TeamsDriver } from '../../src/sandbox/driver.ts';
import { createSandboxServer, type SandboxServer, type SandboxServerOptions } from '../../src/sandbox/server.ts';
import type { AdaptiveCard } from '../../src/sandbox/world.ts';

export type Json = Record<string, unknown>;

/** An activity as far as these tests look into it. */
export type Activity = Json & {
  readonly type: string;
  readonly id: string;
  readonly conversation: { readonly id: string };
  readonly serviceUrl: string;
  readonly from: { readonly id: string; readonly aadObjectId: string };
};

export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

export function card(words: string, extra: Json = {}): AdaptiveCard {
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      { type: 'TextBlock', text: words },
      { type: 'Input.Text', id: 'note', label: 'Note', value: 'as drawn' },
    ],
    actions: [{ type: 'Action.Execute', title: 'Acknowledge', verb: 'acknowledge', data: { key: 'k1' } }],
    ...extra,
  };
}

export function cardMessage(words: string, extra: Json = {}): Json {
  return { type: 'message', attachments: [{ contentType: CARD_TYPE, content: card(words, extra) }] };
}

/** A bot that keeps what it is sent, and answers invokes by `onInvoke`. It has no pages. */
export class FakeBot {
  readonly activities: Activity[] = [];
  onInvoke: () => Json = () => ({ statusCode: 200, type: CARD_TYPE, value: card('Answer') });
  /** How many requests it still takes and then drops without an answer, as a server that is killed does. */
  drops = 0;
  readonly #server: Server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(404);
      response.end();
      return;
    }
    void readJson(request).then((activity) => {
      this.activities.push(activity as Activity);
      if (this.drops > 0) {
        this.drops -= 1;
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(activity.type === 'invoke' ? JSON.stringify(this.onInvoke()) : undefined);
    });
  });

  /** @returns its address. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  last(type: string): Activity {
    const activity = this.activities.findLast((candidate) => candidate.type === type);
    if (activity === undefined) throw new Error(`The bot was sent no activity of type ${type}.`);
    return activity;
  }
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
}

/** What the connector answered. */
export type Answer = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Json & { error?: Json };
};

/** A sandbox that plays Teams to a bot of the test. */
export type Stage = {
  readonly url: string;
  readonly server: SandboxServer;
  readonly teams: TeamsDriver;
  readonly bot: FakeBot;
  /** Calls the connector as a bot does. Segments are encoded. */
  connector(method: string, segments: readonly string[], body?: Json, signal?: AbortSignal): Promise<Answer>;
  /** Sends to the chat of the person of this name. */
  sendTo(person: string, activity: Json): Promise<Answer>;
  /** Posts a new thread in the channel of this name. */
  postIn(channel: string, activity: Json): Promise<Answer>;
  stop(): Promise<void>;
};

export async function startStage(options: Partial<SandboxServerOptions> = {}): Promise<Stage> {
  const bot = new FakeBot();
  const server = await createSandboxServer({ bots: [await bot.listen()], ...options });
  await server.sandbox.start();
  const teams = new TeamsDriver(server.address);
  const connector: Stage['connector'] = async (method, segments, body, signal) => {
    const path = segments.map(encodeURIComponent).join('/');
    const response = await fetch(`${server.address}/sandbox/connector/v3/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: answer === '' ? {} : JSON.parse(answer),
    };
  };
  return {
    url: server.address,
    server,
    teams,
    bot,
    connector,
    async sendTo(person, activity) {
      const { conversation } = await teams.placeOf(person);
      return connector('POST', ['conversations', conversation, 'activities'], activity);
    },
    async postIn(channel, activity) {
      const { channels, deletedChannels } = await teams.state();
      const id = [...channels, ...deletedChannels].find(({ name }) => name === channel)?.id;
      return connector('POST', ['conversations'], { channelData: { channel: { id } }, activity });
    },
    async stop() {
      await server.stop();
      await bot.close();
    },
  };
}

export const REFERRALS = 'Safeguarding referrals';
