import type { Microsoft } from '../../src/teams/adapter.ts';
import { type Issuer, startIssuer } from './issuer.ts';

/** The app that the server under test is registered as, and its own tenant. */
export const APP = '66666666-7777-4888-9999-000000000000';
export const TENANT = '11111111-2222-4333-8444-555555555555';
export const SERVICE_URL = 'https://smba.trafficmanager.net/uk/';
export const ISSUER = 'https://api.botframework.com';

/** Something that the bot asked of the Bot Connector, or tried to. */
export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
};

/** A Microsoft on this machine: it signs what it sends, gives tokens, and takes what the bot sends to Teams. */
export type LocalMicrosoft = {
  readonly issuer: Issuer;
  readonly options: Microsoft;
  /** All that was sent to any host, oldest first. */
  readonly asked: Asked[];
  /** What the Bot Connector answers a URL that matches, in place of an id. */
  answers(url: RegExp, body: unknown): void;
  /**
   * Answers everything from now on with this status and a body that repeats what was sent, or cuts it off with an error
   * that does, until it is undefined again.
   */
  repeats(trouble: number | 'cut' | undefined): void;
  /** Leaves what is sent from now on without an answer. @returns what answers it all. */
  hold(): () => void;
  /** A token as Teams sends one. `claims` and `headers` change it. */
  token(claims?: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<string>;
  stop(): Promise<void>;
};

type Headers = { get(name: string): string | undefined; set(name: string, value: string): void };
type WebRequest = { url: string; method: string; headers: Headers; body?: unknown };

export async function startMicrosoft(): Promise<LocalMicrosoft> {
  const issuer = await startIssuer();
  const asked: Asked[] = [];
  const answers: [RegExp, unknown][] = [];
  let held: Promise<void> = Promise.resolve();
  let trouble: number | 'cut' | undefined;
  const client = {
    async sendRequest(request: WebRequest) {
      const authorization = request.headers.get('authorization');
      asked.push({ method: request.method, url: request.url, authorization, body: String(request.body ?? '') });
      const [, body = { id: `activity-${asked.length}` }] = answers.find(([url]) => url.test(request.url)) ?? [];
      await held;
      const headers = { toJson: () => ({ 'content-type': 'application/json' }) };
      if (trouble === undefined) return { request, status: 200, headers, bodyAsText: JSON.stringify(body) };
      const sent = String(request.body ?? '');
      if (trouble === 'cut') throw Object.assign(new Error(sent), { code: 'ECONNRESET', body: sent });
      return {
        request,
        status: trouble,
        headers,
        bodyAsText: JSON.stringify({ error: { code: sent, message: sent } }),
      };
    },
  };
  return {
    issuer,
    asked,
    answers: (url, body) => void answers.push([url, body]),
    repeats(now) {
      trouble = now;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    options: {
      signs: { issuer: ISSUER, document: issuer.document },
      credentials: {
        isValidAppId: async (id) => id === APP,
        isAuthenticationDisabled: async () => false,
        createCredentials: async () => ({
          async signRequest(request) {
            request.headers.set('authorization', 'Bearer the-token-of-the-bot');
            return request;
          },
        }),
      },
      // The SDK's types for this are those of a library of its own.
      connector: { httpClient: client } as unknown as Microsoft['connector'],
    },
    token(claims = {}, headers = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const usual = { iss: ISSUER, aud: APP, serviceurl: SERVICE_URL, nbf: now - 60, exp: now + 3_600 };
      return issuer.token({ ...usual, ...claims }, headers);
    },
    stop: () => issuer.stop(),
  };
}
