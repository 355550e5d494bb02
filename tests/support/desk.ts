import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  type AnswerOf,
  type BodyOf,
  CONTRACT,
  Problem,
  type ProblemCode,
  type QueryOf,
} from '../../src/web/desk/contract.ts';
import { ENDPOINTS, type EndpointName } from '../../src/web/desk/endpoints.ts';

type Wanted<N extends EndpointName> = {
  readonly in?: Readonly<Record<string, string>>;
  readonly query?: QueryOf<N>;
  readonly body?: Partial<BodyOf<N>>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Refused = { readonly status: number; readonly code: ProblemCode; readonly message: string };

/** Somebody at the desk, over HTTP, as a page calls it. What comes back is held against the contract. */
export type DeskReader = {
  /** The plain answer, whatever it is. */
  fetches<N extends EndpointName>(name: N, wanted?: Wanted<N>): Promise<Response>;
  /** @throws Error where it is refused. */
  gets<N extends EndpointName>(name: N, wanted?: Wanted<N>): Promise<AnswerOf<N>>;
  /** @throws Error where it is not refused. */
  isRefused<N extends EndpointName>(name: N, wanted?: Wanted<N>): Promise<Refused>;
  /** The references on the first page of a list. */
  lists(organisation: string, query?: Partial<QueryOf<'register'>>): Promise<readonly string[]>;
  opens(reference: string): Promise<AnswerOf<'referral'>>;
  /** Opens it, as one who deals with it. @throws Error where it is shown as to the one who raised it. */
  opensAtDesk(reference: string): Promise<Extract<AnswerOf<'referral'>, { reader: 'desk' }>>;
  acts(reference: string, action: BodyOf<'act'>['action'], more?: Partial<BodyOf<'act'>>): Promise<AnswerOf<'act'>>;
};

export function deskReader(address: string, token: () => Promise<string>): DeskReader {
  const reader: DeskReader = {
    async fetches(name, { in: places = {}, query = {}, body, headers = {} } = {}) {
      const { method, path } = ENDPOINTS[name];
      const filled = path.replace(/:(\w+)/g, (_, place: string) => encodeURIComponent(places[place] ?? ''));
      const given = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
      return fetch(`${address}${filled}?${new URLSearchParams(given)}`, {
        method,
        headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    async gets<N extends EndpointName>(name: N, wanted: Wanted<N> = {}) {
      const response = await reader.fetches(name, wanted);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${name} was answered ${response.status}: ${text}`);
      const given: unknown = JSON.parse(text);
      const answer = CONTRACT[name].answer.parse(given);
      // Nothing goes out that the contract does not name.
      expect(given).toEqual(answer);
      return answer as AnswerOf<N>;
    },
    async isRefused(name, wanted = {}) {
      const response = await reader.fetches(name, wanted);
      const text = await response.text();
      if (response.ok) throw new Error(`${name} was not refused: ${text}`);
      const { error } = Problem.parse(JSON.parse(text));
      return { status: response.status, ...error };
    },
    async lists(organisation, query = {}) {
      const { rows } = await reader.gets('register', { query: { organisation, ...query } });
      return rows.map(({ reference }) => reference);
    },
    opens: (reference) => reader.gets('referral', { in: { reference } }),
    async opensAtDesk(reference) {
      const referral = await reader.opens(reference);
      if (referral.reader !== 'desk') throw new Error(`${reference} is shown as to the one who raised it.`);
      return referral;
    },
    acts: (reference, action, more = {}) =>
      reader.gets('act', { in: { reference }, body: { action, key: randomUUID(), ...more } }),
  };
  return reader;
}
