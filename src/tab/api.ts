import type { AnswerOf, BodyOf, ProblemCode, QueryOf } from '../web/desk/contract.ts';
import { ENDPOINTS, type EndpointName } from '../web/desk/endpoints.ts';

/** What the server would not do, or that it could not be reached. The message is for the reader. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: ProblemCode | 'offline';

  constructor(code: ProblemCode | 'offline', message: string) {
    super(message);
    this.code = code;
  }
}

type Wanted<N extends EndpointName> = {
  /** What stands in the path, such as the reference. */
  readonly in?: Readonly<Record<string, string>>;
  readonly query?: QueryOf<N>;
  readonly body?: BodyOf<N>;
  readonly signal?: AbortSignal;
};

export type Api = {
  /** @throws CallError */
  call<N extends EndpointName>(name: N, wanted: Wanted<N>): Promise<AnswerOf<N>>;
  /** The same, for an answer that is a file. @throws CallError */
  file<N extends EndpointName>(name: N, wanted: Wanted<N>): Promise<Blob>;
  /** Lets go of a kept answer: the next one is sent in full, and the server notes who read it. */
  forget<N extends EndpointName>(name: N, wanted: Wanted<N>): void;
  /** The time by the register's clock, as far as the last answers told it. This computer's may be wrong. */
  now(): number;
};

type Kept = { readonly etag: string; readonly answer: unknown };

/** How many answers are kept, in case the server says that they have not changed. */
const KEPT = 100;

/** Calls the desk's server. An answer that has not changed is not sent again, and the earlier one is given back. */
export function createApi(token: () => Promise<string>): Api {
  const kept = new Map<string, Kept>();
  let ahead = 0;

  /** Keeps the answers that were asked for last: a page that is open all day must not fill the computer's memory. */
  const keep = (url: string, answer: Kept): void => {
    kept.delete(url);
    kept.set(url, answer);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  };

  const send = async <N extends EndpointName>(
    name: N,
    wanted: Wanted<N>,
  ): Promise<{ response: Response; url: string; earlier: Kept | undefined }> => {
    const url = addressOf(name, wanted);
    const { body, signal } = wanted;
    const earlier = kept.get(url);
    const bearer = await token().catch(() => {
      throw new CallError(
        'sign-in',
        'Teams did not say who you are. Close this page, sign in to Teams and open it again.',
      );
    });
    const response = await fetch(url, {
      method: ENDPOINTS[name].method,
      // What is read here must not lie on a shared computer's disk.
      cache: 'no-store',
      signal,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(earlier === undefined ? {} : { 'if-none-match': earlier.etag }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new CallError('offline', 'Signpost does not answer. Check your network. This page tries again by itself.');
    });
    if (!response.ok && response.status !== 304) throw await problemIn(response);
    return { response, url, earlier };
  };

  return {
    async call(name, wanted) {
      const { response, url, earlier } = await send(name, wanted);
      // Only this page sent the ETag, so that what is given back is of the type that was asked for.
      if (response.status === 304 && earlier !== undefined) {
        keep(url, earlier);
        return earlier.answer as AnswerOf<typeof name>;
      }
      const answer = (await response.json()) as AnswerOf<typeof name>;
      if ('now' in answer) ahead = answer.now - Date.now();
      const etag = response.headers.get('etag');
      if (etag === null) return answer;
      if (ENDPOINTS[name].method === 'GET') keep(url, { etag, answer });
      // An action is answered with the referral, under the ETag that the referral itself has.
      else if ('referral' in answer) keep(addressOfReferral(answer.referral), { etag, answer: answer.referral });
      return answer;
    },
    async file(name, wanted) {
      return (await send(name, wanted)).response.blob();
    },
    forget: (name, wanted) => void kept.delete(addressOf(name, wanted)),
    now: () => Date.now() + ahead,
  };
}

function addressOfReferral({ reference }: Pick<AnswerOf<'referral'>, 'reference'>): string {
  return addressOf('referral', { in: { reference } });
}

function addressOf<N extends EndpointName>(name: N, { in: places = {}, query }: Wanted<N>): string {
  const path = ENDPOINTS[name].path.replace(/:(\w+)/g, (_, place: string) => encodeURIComponent(places[place] ?? ''));
  const given = Object.entries(query ?? {}).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

async function problemIn(response: Response): Promise<CallError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { code, message } = (body as { error?: { code?: ProblemCode; message?: string } } | undefined)?.error ?? {};
  return new CallError(
    code ?? 'fault',
    message ??
      'Something is wrong at our end. This page tries again by itself. If it goes on, tell your IT service desk.',
  );
}
