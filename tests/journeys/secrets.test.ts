import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { quietConsole } from '../../src/log.ts';
import { waitFor } from '../../src/sandbox/driver.ts';
import type { BodyOf } from '../../src/web/desk/contract.ts';
import { ENDPOINTS, type EndpointName } from '../../src/web/desk/endpoints.ts';
import { signpost } from '../support/cli.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { type Fields, type Live, message as messageOf, press, sendPress, someone, startLive } from '../support/live.ts';
import { APP, SERVICE_URL, TENANT } from '../support/microsoft.ts';
import { serverProcess } from '../support/process.ts';
import { FORM } from '../support/rehearsal.ts';
import { partsIn, type Secret, secretOf } from '../support/secrets.ts';

/** Secrets are typed through every input, while all that can fail does; then every output is searched for them. */

const TRUST = 'worcestershire-acute';
const TEAM = '19:safeguarding@thread.tacv2';
const CHANNEL = '19:referrals@thread.tacv2';

/** All that comes out of a server, and out of the command line beside it. */
type Output =
  /** Cards in Teams, and answers to presses. */
  | 'cards'
  /** What the desk is answered. */
  | 'desk'
  /** The files of the register as they lie on the disk. */
  | 'register'
  | 'log'
  /** The standard output and the standard error. */
  | 'printed'
  /** The heads and bodies of all answers that refuse. */
  | 'refusals'
  /** `/healthz`, `/readyz` and `/metrics`. */
  | 'health'
  | 'traces'
  | 'emails'
  /** Commands of `signpost`. */
  | 'doctor'
  | 'report'
  | 'unanswered'
  | 'audit export'
  | 'audit verify';

type Due = {
  /** Where it has to be, and may be. */
  readonly in: readonly Output[];
  /** Where it may be as well. */
  readonly maybe?: readonly Output[];
  /** Whether its numbers are taken out wherever it is. */
  readonly scrubbed?: true;
};

const NOWHERE: Due = { in: [] };
/** What people type into a referral is on its cards and at the desk, and encrypted in the register. */
const TYPED: Due = { in: ['cards', 'desk'] };
/** Those who act are named on what they act on, and in the record of it. */
const NAMED: Due = { in: ['cards', 'desk', 'register', 'audit export'] };
/** An email to somebody whom it is referred on to says by whom. */
const NAMED_OUTSIDE: Due = { ...NAMED, maybe: ['emails'] };

/** What nobody could answer is kept for the policy owner, without numbers. */
const UNANSWERED: Due = { in: ['register', 'unanswered', 'report'], scrubbed: true };

/** Each input, and the outputs that are for what is typed there. In all others nothing of it may be. */
const DUE = {
  'a message that finds a topic': { in: ['cards'], scrubbed: true },
  'a message that finds nothing': UNANSWERED,
  'a message about danger': NOWHERE,
  'a message that begins as a command does': UNANSWERED,
  'a message that Teams does not let be answered': UNANSWERED,
  'a message that cannot be checked': NOWHERE,
  'the name of a file': NOWHERE,
  'a search for writing': NOWHERE,
  'a message that somebody asks about': { in: ['cards'], scrubbed: true },
  'the same, as edited': NOWHERE,
  'the name of who wrote it': NOWHERE,
  'a department that is none': { in: ['cards'] },
  'what happened': TYPED,
  'the number to ring': TYPED,
  'who was told': NOWHERE,
  'what happened, under a kept name': TYPED,
  'a question on a card': TYPED,
  'an answer on a card': TYPED,
  'an addition on a card': TYPED,
  'a reason to withdraw on a card': TYPED,
  'a reason to go on on a card': TYPED,
  'a note on a card': TYPED,
  'a number of those it was referred on to on a card': TYPED,
  'an outcome on a card': TYPED,
  'a question at the desk': TYPED,
  'an answer at the desk': TYPED,
  'an addition at the desk': TYPED,
  'a reason to withdraw at the desk': TYPED,
  'a reason to go on at the desk': TYPED,
  'a note at the desk': TYPED,
  'a number of those it was referred on to at the desk': TYPED,
  'an outcome at the desk': TYPED,
  'a reason for opening a kept name': TYPED,
  'the name of who raised it': NAMED,
  'the name of the nurse': NAMED_OUTSIDE,
  'the name of a lead': NAMED_OUTSIDE,
  'the name of who is asked': NAMED,
  'a name that is kept': { in: ['desk', 'register'], maybe: ['cards'] },
  'the name of the team': { in: ['register'] },
  'the name of a channel': { in: ['register'] },
  'the name of the owner of the team': { in: ['register'] },
  'a malformed activity': NOWHERE,
  'a malformed press': NOWHERE,
  'a token that is none': NOWHERE,
  'a token of somebody else': NOWHERE,
  'a path': NOWHERE,
  'a query': NOWHERE,
  'a header': NOWHERE,
  'a body': NOWHERE,
  'a search at the desk': NOWHERE,
  'a filter at the desk': NOWHERE,
  'a field that the desk does not take': NOWHERE,
  'what is sent while Teams fails': { in: ['cards'], maybe: ['desk'] },
  'what is sent while the register fails': { in: ['cards'], maybe: ['desk'] },
  'a message while the register fails': NOWHERE,
  'what a broken row of the register holds': { in: ['register'] },
  'what the mail server says': NOWHERE,
} as const satisfies Record<string, Due>;

type Input = keyof typeof DUE;
const INPUTS = Object.keys(DUE) as Input[];
const SECRETS = new Map(INPUTS.map((input, index) => [input, secretOf(index)]));

function secret(input: Input): Secret {
  const found = SECRETS.get(input);
  if (found === undefined) throw new Error(`There is no secret of ${input}.`);
  return found;
}
const words = (input: Input): string => secret(input).words;
const named = (id: string, input: Input) => someone(id, `Zebedee ${secret(input).name}`);

const AMINA = named('amina', 'the name of who raised it');
const GRACE = named('grace', 'the name of the nurse');
const PRIYA = named('priya', 'the name of a lead');
const HELEN = named('helen', 'the name of who is asked');
const XANTHE = named('xanthe', 'a name that is kept');
/** Nothing of hers waits, whatever fails for others. */
const ROSA = someone('rosa', 'Rosa Hill');

/** What came out, by where. */
const outputs = new Map<Output, string[]>();
function came(output: Output, ...texts: readonly string[]): void {
  outputs.set(output, [...(outputs.get(output) ?? []), ...texts]);
}
const all = (output: Output): string => (outputs.get(output) ?? []).join('\n');

/** A message with an id as Teams gives it, which says nothing of what is in it. */
const message = (text: string, changes: Fields = {}): Fields => messageOf(text, { id: randomUUID(), ...changes });

let live: Live;

/** Takes down what is answered. */
async function takes(output: Output, response: Response): Promise<string> {
  const body = await response.text();
  const head = JSON.stringify([...response.headers]);
  if (response.status >= 400) came('refusals', head, body);
  else came(output, head, body);
  return body;
}

const sends = async (activity: unknown, authorization?: string): Promise<string> =>
  takes('cards', await live.posts(activity, authorization));

async function asks(path: string, init: RequestInit = {}): Promise<string> {
  return takes('health', await fetch(`${live.address}${path}`, init));
}

async function atDesk<N extends EndpointName>(
  who: Fields,
  name: N,
  wanted: Parameters<ReturnType<Live['desk']>['fetches']>[1] = {},
): Promise<string> {
  return takes('desk', await live.desk(who).fetches(name, wanted as object));
}

/** Raises something. @returns its reference. */
async function raises(who: Fields, draft: Fields): Promise<string> {
  const answer = await sends(await sendPress({ draft: { ...FORM, ...draft } }, who));
  const reference = /[2-9A-HJKMNP-RTV-Z]{3}-[2-9A-HJKMNP-RTV-Z]{4}/.exec(answer)?.[0];
  if (reference === undefined) throw new Error(`Nothing was raised: ${answer}`);
  return reference;
}

const logs = (line: string, times = 1): Promise<true | undefined> =>
  waitFor(async () => live.logged().split(line).length > times || undefined, `“${line}” in the log`);

/** A mail server that takes the first email, and repeats in words what it refuses. */
async function startPost(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const isFirst = all('emails') === '';
        came('emails', Buffer.concat(chunks).toString());
        const refusal = Object.assign(new Error(words('what the mail server says')), { responseCode: 554 });
        done(isFirst ? undefined : refusal);
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Takes down what is printed, and keeps it from being. @returns what ends that. */
function watchPrinting(): () => void {
  const streams = [process.stdout, process.stderr];
  const before = streams.map((stream) => stream.write);
  for (const stream of streams) {
    stream.write = (printed: string | Uint8Array) => {
      came('printed', String(printed));
      return true;
    };
  }
  return () => {
    for (const [index, stream] of streams.entries()) stream.write = before[index] ?? stream.write;
  };
}

/** Before anybody is let in: once the keys are known, they are not asked for again. */
async function keysAreAway(): Promise<void> {
  live.microsoft.issuer.trouble(503);
  await sends(message(words('a message that cannot be checked'), AMINA));
  await atDesk(PRIYA, 'register', { query: { organisation: TRUST, search: words('a search at the desk') } });
  live.microsoft.issuer.trouble(undefined);
}

async function people(): Promise<void> {
  // Teams has told of the team before: the SDK asks it what a team is called over a client that no test can reach.
  const { name: owner } = secret('the name of the owner of the team');
  const keepers = JSON.stringify([{ person: 'object-owner', teamsId: '29:owner', name: owner }]);
  live.writes(
    `insert into teams (team, tenant, group_id, name, service_url, bot_id, keepers, updated_at)
     values ('${TEAM}', '${TENANT}', 'group-1', '${secret('the name of the team').name}', '${SERVICE_URL}', '28:${APP}', '${keepers}', 1);
     insert into channels (team, channel, name)
     values ('${TEAM}', '${CHANNEL}', 'Safeguarding referrals'),
            ('${TEAM}', '19:other@thread.tacv2', '${secret('the name of a channel').name}')`,
  );
  const members = ['priya', 'helen'].map((id) => ({ id: `29:${id}`, aadObjectId: `object-${id}`, name: id }));
  live.microsoft.answers(new RegExp(`/v3/conversations/${encodeURIComponent(TEAM)}/(paged)?members`), { members });
  live.microsoft.answers(/\/v3\/conversations$/, { id: `${CHANNEL};messageid=1`, activityId: 'thread-1' });
  for (const who of [AMINA, GRACE, PRIYA, HELEN, XANTHE]) await sends(message('hello', who));
  await sends(press('duty-on', { department: 'ward-9', until: '23:59', key: randomUUID() }, GRACE));
}

async function messages(): Promise<void> {
  await sends(message(`can I post a photo of ${words('a message that finds a topic')}`));
  await sends(message(`xylophone ${words('a message that finds nothing')}`));
  await sends(message(`he has a knife and says he will kill ${words('a message about danger')}`));
  await sends(message(`on duty ${words('a message that begins as a command does')}`));
  const file = { contentType: 'image/png', name: words('the name of a file'), contentUrl: 'https://files.example/a' };
  await sends(message('', { attachments: [file] }));
  const invoke = (name: string, value: unknown) => press('x', {}, { name, value });
  const parameters = [{ name: 'words', value: words('a search for writing') }];
  await sends(invoke('composeExtension/query', { commandId: 'clauses', parameters }));
  const commandId = 'ask-about-message';
  const quoted = words('a message that somebody asks about');
  const messagePayload = {
    from: { user: { displayName: words('the name of who wrote it') } },
    body: { contentType: 'html', content: `<p>${quoted}</p>` },
  };
  await sends(invoke('composeExtension/fetchTask', { commandId, messagePayload }));
  const data = { press: { verb: 'use-words', data: {} }, text: `xylophone ${words('the same, as edited')}` };
  await sends(invoke('composeExtension/submitAction', { commandId, data }));
}

async function referrals(): Promise<void> {
  const form = (await sendPress()) as { value: { action: { data: Fields } } };
  const wrong = { ...FORM, department: words('a department that is none') };
  await sends(press('check', { ...form.value.action.data, ...wrong }, AMINA));
  const callBack = `${secret('the number to ring').name} ${secret('the number to ring').phone}`;
  const told = words('who was told');
  const onCards = await raises(AMINA, { description: words('what happened'), callBack, told });
  const atDesks = await raises(AMINA, {});
  const kept = await raises(XANTHE, {
    description: words('what happened, under a kept name'),
    callBack: '',
    safeToRing: '',
    yourName: 'kept',
  });

  const on = async (who: Fields, verb: string, more: Fields = {}): Promise<string> =>
    sends(press(verb, { reference: onCards, key: randomUUID(), ...more }, who));
  await on(GRACE, 'acknowledge');
  await on(GRACE, 'ask', { question: words('a question on a card') });
  await on(AMINA, 'answer', { answer: words('an answer on a card') });
  await on(AMINA, 'add', { addition: words('an addition on a card') });
  await on(AMINA, 'ask-to-withdraw', { reason: words('a reason to withdraw on a card') });
  await on(GRACE, 'keep-open', { reason: words('a reason to go on on a card') });
  await on(GRACE, 'note', { note: words('a note on a card') });
  const number = words('a number of those it was referred on to on a card');
  await on(GRACE, 'refer-on', { referredTo: 'integrated-safeguarding-team', number });
  await waitFor(async () => all('emails') !== '' || undefined, 'an email');
  await on(GRACE, 'close', { outcome: words('an outcome on a card') });
  await on(GRACE, 'refresh-referral');

  const at = async (who: Fields, action: BodyOf<'act'>['action'], text = '', more: object = {}): Promise<string> =>
    atDesk(who, 'act', { in: { reference: atDesks }, body: { action, key: randomUUID(), text, ...more } });
  await at(PRIYA, 'take-on');
  await at(PRIYA, 'ask', words('a question at the desk'));
  await at(AMINA, 'answer', words('an answer at the desk'));
  await at(AMINA, 'add', words('an addition at the desk'));
  await at(AMINA, 'ask-to-withdraw', words('a reason to withdraw at the desk'));
  await at(PRIYA, 'keep-open', words('a reason to go on at the desk'));
  await at(PRIYA, 'note', words('a note at the desk'));
  const given = words('a number of those it was referred on to at the desk');
  await at(PRIYA, 'refer-on', given, { referredTo: 'integrated-safeguarding-team' });
  await at(PRIYA, 'close', words('an outcome at the desk'));
  for (const reference of [onCards, atDesks, kept]) {
    for (const who of [AMINA, PRIYA]) await atDesk(who, 'referral', { in: { reference } });
  }

  const name = { in: { reference: kept } };
  const text = words('a reason for opening a kept name');
  await atDesk(PRIYA, 'askName', { ...name, body: { key: randomUUID(), text } });
  const opened = JSON.parse(await atDesk(HELEN, 'referral', name));
  const request: unknown = opened.naming.request.id;
  await atDesk(HELEN, 'answerName', { ...name, body: { key: randomUUID(), request: Number(request), agrees: true } });
  await atDesk(PRIYA, 'lookAtName', { ...name, body: {} });
}

async function nonsense(): Promise<void> {
  const bad = words('a malformed activity');
  const fields = ['type', 'id', 'text', 'name', 'from', 'recipient', 'conversation', 'channelData', 'attachments'];
  for (const field of fields) await sends({ ...message('x', AMINA), [field]: { id: { name: bad }, name: [bad] } });
  for (const field of ['type', 'name', 'action', 'serviceUrl', 'channelId', 'deliveryMode']) {
    await sends({ ...message('x', AMINA), [field]: bad });
    await sends({ ...press('topics', {}, AMINA), [field]: bad });
  }
  await sends(`{"text": "${bad}`);
  const wrong = words('a malformed press');
  await sends(press(wrong, { key: wrong }, AMINA));
  for (const verb of ['walk', 'send', 'note', 'duty-on', 'accept-duty', 'show-referral']) {
    await sends(press(verb, wrong, AMINA));
    const data = { organisation: wrong, flow: wrong, edition: wrong, responses: { [wrong]: wrong }, reference: wrong };
    await sends(press(verb, { ...data, department: 'ward-9', until: wrong, key: wrong, draft: wrong }, AMINA));
  }
}

async function edges(): Promise<void> {
  const path = encodeURIComponent(words('a path'));
  const query = `?${new URLSearchParams({ name: words('a query') })}`;
  const header = words('a header');
  const headers = { 'user-agent': header, traceparent: header, tracestate: header, referer: header, cookie: header };
  for (const place of ['healthz', 'readyz', 'metrics']) await asks(`/${place}${query}`, { headers });
  await asks('/metrics', { headers: { ...headers, 'x-forwarded-for': header, authorization: header } });
  const method = 'POST';
  for (const place of ['', 'api/', 'api/desk/', 'api/desk/referrals/', 'tab/', 'assets/']) {
    await asks(`/${place}${path}${query}`, { headers });
    await asks(`/${place}${path}`, { method, headers, body: words('a body') });
  }
  const body = words('a body');
  for (const type of ['application/json', 'text/plain', header.slice(0, 10)]) {
    await asks('/api/messages', { method, headers: { 'content-type': type }, body });
    await asks('/api/desk/referrals/x/actions', { method, headers: { 'content-type': type }, body });
  }
  await asks('/api/messages', { method, headers: { 'content-encoding': 'gzip' }, body });

  const search = words('a search at the desk');
  const filter = words('a filter at the desk');
  for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
    const places = { reference: words('a path'), flow: words('a path') };
    const more = { status: filter, owner: filter, from: filter, category: filter, after: filter, department: filter };
    const isPost = ENDPOINTS[name].method === 'POST';
    const field = words('a field that the desk does not take');
    const given = { ...(isPost ? { body: { action: field, [field]: field, key: field } } : {}), in: places, headers };
    await atDesk(PRIYA, name, { ...given, query: { organisation: TRUST, search } } as object);
    await atDesk(PRIYA, name, { ...given, query: { organisation: TRUST, ...more } } as object);
    await atDesk(PRIYA, name, { ...given, query: { organisation: filter } } as object);
  }
}

async function tokens(): Promise<void> {
  const none = words('a token that is none');
  const { issuer, token } = live.microsoft;
  const encoded = Buffer.from(JSON.stringify({ alg: 'RS256', iss: none })).toString('base64url');
  const others = words('a token of somebody else');
  for (const authorization of [
    none,
    `Bearer ${none}`,
    `Bearer ${encoded}.${encoded}.${encoded}`,
    `Bearer ${await token({ aud: others, name: others })}`,
    `Bearer ${await token({ serviceurl: others })}`,
    `Bearer ${await issuer.token({ aud: APP, name: others, tid: others })}`,
    `Bearer ${await token({}, { kid: others })}`,
  ]) {
    await sends(message('hello', AMINA), authorization);
    await takes('desk', await fetch(`${live.address}/api/desk/me`, { headers: { authorization } }));
  }
}

/** Cards that cannot be drawn: what stands in the register is no JSON, and the error quotes it. */
async function drawingFails(): Promise<void> {
  const broken = await raises(ROSA, { department: 'ward-1' });
  const row = words('what a broken row of the register holds');
  const where = `where reference = '${broken}'`;
  live.writes(`create table whole as select asked from referrals ${where}`);
  live.writes(`update referrals set asked = '${row}' ${where}`);
  await sends(press('add', { reference: broken, key: randomUUID(), addition: 'more' }, ROSA));
  await atDesk(PRIYA, 'referral', { in: { reference: broken } });
  await logs('a card could not be drawn');
  await report();
  live.writes(`update referrals set asked = (select asked from whole) ${where}; drop table whole`);
}

/** Where what is sent fails, the errors hold what was sent. */
async function teamsFails(): Promise<void> {
  const description = words('what is sent while Teams fails');
  for (const trouble of [400, 403, 500, 502, 'cut'] as const) {
    live.microsoft.repeats(trouble);
    const before = live.logged().split('card not shown').length - 1;
    await raises(AMINA, { description });
    await sends(message(`xylophone ${words('a message that Teams does not let be answered')}`));
    await logs('card not shown', before + 1);
  }
  live.microsoft.repeats(undefined);
}

async function registerFails(): Promise<void> {
  const [{ reference } = { reference: '' }] = live.all('select reference from referrals order by raised_at limit 1');
  for (const table of ['words', 'people']) {
    live.writes(`alter table ${table} rename to ${table}_away`);
    const text = words('what is sent while the register fails');
    await sends(await sendPress({ draft: { ...FORM, description: text } }, AMINA));
    await sends(press('note', { reference, key: randomUUID(), note: text }, GRACE));
    await atDesk(PRIYA, 'act', {
      in: { reference: String(reference) },
      body: { action: 'note', key: text.slice(0, 90), text },
    });
    if (table === 'people') await sends(message(`xylophone ${words('a message while the register fails')}`));
    live.writes(`alter table ${table}_away rename to ${table}`);
  }
  live.writes('alter table referrals rename to referrals_away');
  await asks('/readyz');
  await asks('/metrics');
  live.writes('alter table referrals_away rename to referrals');
}

const YEAR = new Date().getFullYear();
const PERIOD = ['--from', `${YEAR}-01-01`, '--to', `${YEAR}-12-31`];

/** Runs the command line. @returns the code that it ended with. */
async function runs(output: Output, ...given: readonly string[]): Promise<number> {
  const { code, output: printed, errors } = await signpost(given, live.environment);
  came(output, printed, errors);
  return code;
}

const report = (): Promise<number> => runs('report', 'report', '--organisation', TRUST, ...PERIOD);

async function commands(): Promise<void> {
  const codes = await Promise.all([
    report(),
    runs('audit verify', 'audit', 'verify'),
    runs('audit export', 'audit', 'export', '--format', 'jsonl', ...PERIOD),
    runs('unanswered', 'unanswered', '--json'),
    runs('doctor', 'doctor', '--json', '--url', live.address),
  ]);
  // But for the last, which finds all that went wrong, each has done its work.
  expect(codes.slice(0, -1)).toEqual([0, 0, 0, 0]);
}

beforeAll(async () => {
  const collector: Collector = await startCollector();
  const post = await startPost();
  const plenty = { burst: 100_000, perSecond: 100_000 };
  live = await startLive(
    {
      LOG_LEVEL: 'trace',
      SAFEGUARDING_LEADS: `${TRUST}=object-priya+object-helen`,
      SMTP_URL: post.url,
      SMTP_FROM: 'signpost@trust.example',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    },
    { rates: { chat: plenty, desk: plenty, unproven: plenty } },
  );
  const printing = watchPrinting();
  process.stderr.write('Printing is watched.');
  const loud = quietConsole(live.log);
  try {
    for (const part of [
      keysAreAway,
      people,
      messages,
      referrals,
      nonsense,
      edges,
      tokens,
      drawingFails,
      teamsFails,
      registerFails,
      commands,
    ]) {
      await part();
    }
    for (const { body } of live.microsoft.asked) came('cards', body);
    for (const file of readdirSync(live.folder)) came('register', readFileSync(join(live.folder, file), 'latin1'));
  } finally {
    loud();
    printing();
    await live.stop();
    await post.stop();
    await collector.stop();
  }
  came('log', live.logged());
  came('traces', ...collector.bodies);
}, 120_000);

afterAll(() => outputs.clear());

/** Which outputs hold what of a secret. */
function placesOf(input: Input): readonly (readonly [Output, readonly string[]])[] {
  return [...outputs.keys()]
    .map((output) => [output, partsIn(all(output), secret(input))] as const)
    .filter(([, parts]) => parts.length > 0);
}

test.each(INPUTS)('%s is where it is due, and nowhere else', (input) => {
  const { in: due, maybe = [], scrubbed } = DUE[input] as Due;
  const found = placesOf(input);
  const places = found.map(([output]) => output);
  expect(places).toEqual(expect.arrayContaining([...due]));
  expect(places.filter((output) => ![...due, ...maybe].includes(output))).toEqual([]);
  if (scrubbed) expect(found.filter(([, parts]) => parts.includes('numbers'))).toEqual([]);
});

test('the search finds a secret that is put into an output on purpose, as it stands there or in another case', () => {
  const { words: typed, nhsNumber, name } = secret('what happened');
  expect(partsIn(all('log'), secret('what happened'))).toEqual([]);
  for (const put of [typed, JSON.stringify({ typed }), encodeURIComponent(typed), typed.toUpperCase()]) {
    expect(partsIn(all('log') + put, secret('what happened'))).toEqual(['name', 'numbers']);
  }
  expect(partsIn(nhsNumber, secret('what happened'))).toEqual(['numbers']);
  expect(partsIn(name, secret('a note on a card'))).toEqual([]);
});

test('there was something to search in each of them, with the faults that were made', () => {
  expect([...outputs.keys()].filter((output) => all(output).trim() === '')).toEqual([]);
  expect(outputs.size).toBe(14);
  const log = all('log');
  for (const line of [
    'an activity could not be checked',
    'an activity was refused',
    'a turn failed',
    'a fault could not be told',
    'card not shown',
    'a card could not be drawn',
    'a call of the desk failed',
    'HTTP 403',
    'EMESSAGE 554',
  ]) {
    expect(log).toContain(line);
  }
  expect(all('report')).toContain('Something is wrong with Signpost itself.');
  expect(all('traces')).toContain('signpost.turn');
});

test('a fault that nothing catches ends the server with a line that says where, and quotes nothing', async () => {
  const { words: typed, name } = secret('what happened');
  // Once the server is up, and in none of its threads.
  const fault = `import { isMainThread } from 'node:worker_threads';
  const timer = setInterval(() => {
    if (!isMainThread || process.listenerCount('uncaughtException') === 0) return;
    clearInterval(timer);
    Promise.reject(new RangeError(${JSON.stringify(typed)}));
  }, 20);`;
  const server = await serverProcess({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` });
  try {
    await server.start();
    await waitFor(async () => server.output().includes('RangeError') || undefined, 'the fault in the log');
    expect(server.output()).toContain('the server ended by a fault');
    expect(server.output()).not.toContain(name);
  } finally {
    await server.remove();
  }
});
