import { createServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { createMailer, type Mail, type Mailer, type MailSent } from '../../src/mail/mailer.ts';
import { ownCertificate } from './certificate.ts';

const FROM = 'Signpost <signpost@trust.example>';
const MAIL: Mail = {
  id: '0198f1c2-7a3e',
  to: 'desk@police.example',
  subject: 'Act now: Signpost referral K7PQ-4',
  text: 'Reference: K7PQ-4\n.\nOpen it in Teams: https://teams.example/l/chat\nNobody reads answers.',
};
/** An address of this machine that does not say so. */
const ELSEWHERE = '0.0.0.0';
const CERTIFICATE = ownCertificate('localhost', [0, 0, 0, 0]);

/** A mail server in this process, what has arrived at it, and the connections to it. */
type Post = {
  readonly port: number;
  readonly arrived: { readonly session: SMTPServerSession; readonly raw: string }[];
  /** Cuts every connection, as a crash or a broken line does. Not under TLS, where it would take Node with it. */
  cut(): void;
};

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

type Behaviour = SMTPServerOptions & {
  /** What it answers to an email that it has read whole. Without this, it takes it on. */
  readonly answers?: (post: Post) => Error | 'nothing';
};

async function postOffice({ answers, ...options }: Behaviour = {}): Promise<Post> {
  const arrived: Post['arrived'] = [];
  const sockets = new Set<Socket>();
  const server = new SMTPServer({
    ...CERTIFICATE,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...options,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        arrived.push({ session: { ...session }, raw: Buffer.concat(chunks).toString() });
        const answer = answers?.(post);
        if (answer !== 'nothing') done(answer);
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => sockets.add(socket));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const port = await listening(server.server, () => server.listen(0, ELSEWHERE));
  opened.push(() => new Promise<void>((closed) => server.close(closed)));
  const post: Post = { port, arrived, cut };
  return post;
}

async function listening(server: Server, listen: () => void): Promise<number> {
  await new Promise<void>((resolve) => {
    server.once('listening', resolve);
    listen();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.');
  return address.port;
}

function mailerTo(url: string, patienceMs?: number): Mailer {
  const mailer = createMailer({ url, from: FROM, patienceMs });
  opened.push(() => mailer.close());
  return mailer;
}

const send = (post: Post, mail: Partial<Mail> = {}): Promise<MailSent> =>
  mailerTo(`smtp://localhost:${post.port}`).send({ ...MAIL, ...mail });

const reply = (code: number, words: string): Error => Object.assign(new Error(words), { responseCode: code });

/** The headers of what arrived, and its text. */
function read(raw: string): { readonly headers: ReadonlyMap<string, string>; readonly text: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return {
    headers: new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])),
    text: rest.join('\r\n\r\n'),
  };
}

describe('an email', () => {
  test('arrives once, as plain text with nothing added', async () => {
    const post = await postOffice();
    expect(await send(post)).toEqual({ result: 'sent' });
    expect(post.arrived).toHaveLength(1);
    const [{ session, raw } = { session: undefined, raw: '' }] = post.arrived;
    expect(session?.envelope).toMatchObject({
      mailFrom: { address: 'signpost@trust.example' },
      rcptTo: [{ address: 'desk@police.example' }],
    });
    const { headers, text } = read(raw);
    expect(Object.fromEntries(headers)).toEqual({
      From: FROM,
      To: 'desk@police.example',
      Subject: 'Act now: Signpost referral K7PQ-4',
      'Message-ID': '<0198f1c2-7a3e@trust.example>',
      'Auto-Submitted': 'auto-generated',
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Transfer-Encoding': '7bit',
      'MIME-Version': '1.0',
      Date: expect.any(String),
    });
    expect(text.trimEnd()).toBe(MAIL.text.replaceAll('\n', '\r\n'));
  });

  test('that is sent again is the same message, and another is not', async () => {
    const post = await postOffice();
    await send(post);
    await send(post);
    await send(post, { id: 'another one>@' });
    expect(post.arrived.map(({ raw }) => read(raw).headers.get('Message-ID'))).toEqual([
      '<0198f1c2-7a3e@trust.example>',
      '<0198f1c2-7a3e@trust.example>',
      '<another=0020one=003e=0040@trust.example>',
    ]);
  });

  test('goes to one address, whatever is in its address or its subject', async () => {
    const post = await postOffice();
    for (const to of [
      'a@one.example, b@two.example',
      'a@one.example>\r\nRCPT TO:<b@two.example',
      'A <a@one.example>',
      '',
    ]) {
      expect(await send(post, { to })).toEqual({ result: 'refused', reason: 'EENVELOPE' });
    }
    expect(post.arrived).toEqual([]);
    expect(await send(post, { subject: 'Urgent\r\nBcc: b@two.example' })).toEqual({ result: 'sent' });
    const [{ session, raw } = { session: undefined, raw: '' }] = post.arrived;
    expect(session?.envelope.rcptTo).toHaveLength(1);
    expect(read(raw).headers.has('Bcc')).toBe(false);
  });
});

describe('to be tried again is an email', () => {
  test('for which the mail server has no time now, at any point', async () => {
    const busy = (done: (error?: Error | null) => void): void => done(reply(451, 'later, desk@police.example'));
    const busyAt: [string, Behaviour][] = [
      ['EENVELOPE 451', { onMailFrom: (_address, _session, done) => busy(done) }],
      ['EENVELOPE 451', { onRcptTo: (_address, _session, done) => busy(done) }],
      ['EMESSAGE 451', { answers: () => reply(451, 'later, desk@police.example') }],
    ];
    for (const [reason, behaviour] of busyAt) {
      for (const hidePIPELINING of [false, true]) {
        const sent = await send(await postOffice({ ...behaviour, hidePIPELINING }));
        expect(sent).toEqual({ result: 'retry', reason: expect.stringContaining(reason) });
        expect(JSON.stringify(sent)).not.toMatch(/later|desk|police/);
      }
    }
    const closed = await postOffice({ onConnect: (_session, done) => done(reply(421, 'closing')) });
    expect(await send(closed)).toEqual({ result: 'retry', reason: expect.stringContaining('421') });
  });

  test('for a server where nobody listens, or that is not there', async () => {
    const server = createServer();
    const port = await listening(server, () => server.listen(0, ELSEWHERE));
    await new Promise((closed) => server.close(closed));
    expect(await mailerTo(`smtp://127.0.0.1:${port}`).send(MAIL)).toEqual({
      result: 'retry',
      reason: 'ESOCKET ECONNREFUSED',
    });
    const lost = await mailerTo('smtp://nowhere.invalid').send(MAIL);
    expect(lost).toEqual({ result: 'retry', reason: expect.stringMatching(/^EDNS/) });
  });

  test('whose connection is cut before it was handed over', async () => {
    for (const hidePIPELINING of [false, true]) {
      let post: Post | undefined;
      const cuts = (): void => post?.cut();
      post = await postOffice({ hidePIPELINING, onRcptTo: cuts });
      expect(await send(post)).toEqual({ result: 'retry', reason: expect.stringMatching(/^E(CONNECTION|SOCKET)/) });
      expect(post.arrived).toEqual([]);
    }
  });

  test('for a server that says nothing', async () => {
    const silent = createServer((socket) => void opened.push(() => void socket.destroy()));
    const port = await listening(silent, () => silent.listen(0, ELSEWHERE));
    opened.push(() => void silent.close());
    const sent = await mailerTo(`smtp://localhost:${port}`, 200).send(MAIL);
    expect(sent).toEqual({ result: 'retry', reason: 'ETIMEDOUT' });
  });

  test('that was to go after the mailer was closed', async () => {
    const post = await postOffice();
    const mailer = mailerTo(`smtp://localhost:${post.port}`);
    mailer.close();
    expect(await mailer.send(MAIL)).toEqual({ result: 'retry', reason: 'EABORT' });
    expect(post.arrived).toEqual([]);
  });
});

describe('refused is an email', () => {
  test('that the mail server will not have, with its codes and none of its words', async () => {
    const will = (code: number): Error => reply(code, 'no desk@police.example here');
    const refusals: [string, Behaviour][] = [
      ['EENVELOPE 553', { onMailFrom: (_address, _session, done) => done(will(553)) }],
      ['EENVELOPE 550', { onRcptTo: (_address, _session, done) => done(will(550)) }],
      ['EMESSAGE 554', { answers: () => will(554) }],
    ];
    for (const [reason, behaviour] of refusals) {
      for (const hidePIPELINING of [false, true]) {
        const sent = await send(await postOffice({ ...behaviour, hidePIPELINING }));
        expect(sent).toEqual({ result: 'refused', reason: expect.stringMatching(`^${reason}( 5\\.\\d\\.\\d)?$`) });
      }
    }
  });

  test('when the mail server does not accept the password, which is not said', async () => {
    const post = await postOffice({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(reply(535, 'hunter2 is wrong')),
    });
    const sent = await mailerTo(`smtp://me:hunter2@localhost:${post.port}`).send(MAIL);
    expect(sent).toEqual({ result: 'refused', reason: expect.stringMatching(/^EAUTH 535( 5\.7\.8)?$/) });
  });
});

describe('it is uncertain whether an email arrived', () => {
  test('when the connection is cut after it was handed over', async () => {
    const post = await postOffice({
      answers: (office) => {
        office.cut();
        return 'nothing';
      },
    });
    expect(await send(post)).toEqual({ result: 'uncertain', reason: expect.stringMatching(/^E(CONNECTION|SOCKET)/) });
    expect(post.arrived).toHaveLength(1);
  });

  test('when the mail server does not answer in time', async () => {
    const post = await postOffice({ answers: () => 'nothing' });
    const sent = await mailerTo(`smtp://localhost:${post.port}`, 3_000).send(MAIL);
    expect(sent).toEqual({ result: 'uncertain', reason: 'ETIMEDOUT' });
    expect(post.arrived).toHaveLength(1);
  });

  test('when the mailer is closed meanwhile', async () => {
    const handedOver = Promise.withResolvers<void>();
    const post = await postOffice({
      answers: () => {
        handedOver.resolve();
        return 'nothing';
      },
    });
    const mailer = mailerTo(`smtp://localhost:${post.port}`);
    const sending = mailer.send(MAIL);
    await handedOver.promise;
    mailer.close();
    expect(await sending).toEqual({ result: 'uncertain', reason: 'EABORT' });
  });
});

describe('what leaves this machine', () => {
  const trusting = (): void => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, CERTIFICATE.cert]);
    opened.push(() => setDefaultCACertificates(before));
  };
  const withPassword: Behaviour = {
    authOptional: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'me@trust' && password === 'p@ss/word'
        ? done(null, { user: 'me' })
        : done(reply(535, 'wrong name or password')),
  };
  const SECRETS = 'me%40trust:p%40ss%2Fword';

  test('is encrypted, by STARTTLS or from the beginning', async () => {
    trusting();
    const starts = await postOffice(withPassword);
    expect(await mailerTo(`smtp://${SECRETS}@${ELSEWHERE}:${starts.port}`).send(MAIL)).toEqual({ result: 'sent' });
    const begins = await postOffice({ ...withPassword, secure: true });
    expect(await mailerTo(`smtps://${SECRETS}@localhost:${begins.port}`).send(MAIL)).toEqual({ result: 'sent' });
    for (const { arrived } of [starts, begins]) expect(arrived[0]?.session.secure).toBe(true);
  });

  test('does not leave to a server that does not encrypt, even when its address asks for that', async () => {
    const post = await postOffice({ disabledCommands: ['STARTTLS'] });
    for (const query of ['', '?ignoreTLS=true&requireTLS=false&opportunisticTLS=true']) {
      const sent = await mailerTo(`smtp://${ELSEWHERE}:${post.port}/${query}`).send(MAIL);
      expect(sent).toEqual({ result: 'refused', reason: expect.stringMatching(/^ETLS 5/) });
    }
    expect(post.arrived).toEqual([]);
  });

  test('does not leave to a server whose certificate nobody signed', async () => {
    const starts = await postOffice();
    const begins = await postOffice({ secure: true });
    for (const url of [`smtp://${ELSEWHERE}:${starts.port}`, `smtps://localhost:${begins.port}`]) {
      expect(await mailerTo(url).send(MAIL)).toEqual({
        result: 'retry',
        reason: 'ESOCKET DEPTH_ZERO_SELF_SIGNED_CERT',
      });
    }
    expect([...starts.arrived, ...begins.arrived]).toEqual([]);
  });

  test('is not what goes to a mail server on this machine', async () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3']) {
      const post = await postOffice({ ...withPassword, allowInsecureAuth: true });
      expect(await mailerTo(`smtp://${SECRETS}@${host}:${post.port}`).send(MAIL)).toEqual({ result: 'sent' });
      expect(post.arrived[0]?.session.secure).toBe(false);
    }
  });
});
