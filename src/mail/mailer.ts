import { Readable } from 'node:stream';
import type { NodemailerError } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection, {
  type SMTPConnectionAuth,
  type SMTPConnectionOptions,
  type SMTPEnvelope,
} from 'nodemailer/lib/smtp-connection';

/** One email to one address, as plain text. The same id is the same email, however often it is sent. */
export type Mail = {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
};

/** What came of an email. A reason holds codes only, such as `EENVELOPE 550 5.1.1`: no address and no words. */
export type MailSent =
  /** The mail server has taken it on. */
  | { readonly result: 'sent' }
  /** It did not leave, and may if it is tried again. */
  | { readonly result: 'retry'; readonly reason: string }
  /** It was handed over, but the mail server did not say whether it has taken it on. */
  | { readonly result: 'uncertain'; readonly reason: string }
  /** The mail server will not have it. */
  | { readonly result: 'refused'; readonly reason: string };

export type Mailer = {
  /** Sends an email once. It throws only where the email cannot be written. */
  send(mail: Mail): Promise<MailSent>;
  /** Ends what is being sent, and sends no more. */
  close(): void;
};

export type MailerNeeds = {
  /** `smtp://` or `smtps://`, as SMTP_URL. */
  readonly url: string;
  /** `name@host` or `Name <name@host>`, as SMTP_FROM. */
  readonly from: string;
  /** How long one email may take in all. */
  readonly patienceMs?: number;
};

/** Shorter than the lease under which an email is sent, so that nobody else begins meanwhile. */
const PATIENCE_MS = 45_000;
/** A server answers within a small part of that, or is not there; searching an email for viruses may take the rest. */
const CONNECTING = 1 / 4;
const IMPLICIT_TLS_PORT = 465;
/** One address, so that none can smuggle in a second one or a header. */
const ONE_ADDRESS = /^[^\s<>()[\],;:"@]+@[^\s<>()[\],;:"@]+$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

type MailServer = { readonly connection: SMTPConnectionOptions; readonly auth: SMTPConnectionAuth | undefined };

/** Sends emails through an SMTP server: each over a connection of its own, which is encrypted unless it stays here. */
export function createMailer({ url, from, patienceMs = PATIENCE_MS }: MailerNeeds): Mailer {
  const server = mailServerAt(url, patienceMs);
  const closing = new AbortController();
  return {
    async send(mail) {
      if (!ONE_ADDRESS.test(mail.to)) return { result: 'refused', reason: 'EENVELOPE' };
      const written = new MailComposer({
        from,
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        // Mailboxes that answer by themselves do not answer this, and it is not mistaken for a person's email.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      }).compile();
      const envelope = written.getEnvelope();
      written.setHeader('Message-ID', messageId(mail.id, String(envelope.from)));
      const ended = AbortSignal.any([closing.signal, AbortSignal.timeout(patienceMs)]);
      return transmit(server, envelope, await written.build(), ended);
    },
    close: () => closing.abort(),
  };
}

/**
 * Read here and not by nodemailer, which takes any of its options from the query of a URL: none may switch off the
 * encryption.
 */
function mailServerAt(address: string, patienceMs: number): MailServer {
  const url = new URL(address);
  const here = LOOPBACK.test(url.hostname);
  const port = url.port === '' ? undefined : Number(url.port);
  const secure = url.protocol === 'smtps:' || port === IMPLICIT_TLS_PORT;
  const connecting = patienceMs * CONNECTING;
  return {
    connection: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      secure,
      requireTLS: !secure && !here,
      // A relay on this machine often offers a certificate that nobody signed, and nothing leaves the machine.
      ignoreTLS: !secure && here,
      dnsTimeout: connecting,
      connectionTimeout: connecting,
      greetingTimeout: connecting,
      socketTimeout: patienceMs,
    },
    auth:
      url.username === ''
        ? undefined
        : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
  };
}

/** Made from the id alone, so that a mailbox that gets an email twice can tell that it is the same one. */
function messageId(id: string, from: string): string {
  const safe = id.replace(/[^\w-]/g, (character) => `=${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `<${safe}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** nodemailer's transport does the same, but does not say whether an email was under way when a connection was lost. */
async function transmit(
  { connection: options, auth }: MailServer,
  envelope: SMTPEnvelope,
  written: Buffer,
  ended: AbortSignal,
): Promise<MailSent> {
  if (ended.aborted) return { result: 'retry', reason: 'EABORT' };
  const { promise, resolve } = Promise.withResolvers<MailSent>();
  let handedOver = false;
  const failed = (error: NodemailerError): void => resolve(judge(error, handedOver));
  const stop = (): void => {
    const code = ended.reason instanceof DOMException && ended.reason.name === 'TimeoutError' ? 'ETIMEDOUT' : 'EABORT';
    failed(Object.assign(new Error(code), { code }));
  };
  ended.addEventListener('abort', stop, { once: true });
  // It is read only after the server has answered DATA: whatever fails before, the server cannot have it.
  const message = new Readable({
    read() {
      handedOver = true;
      this.push(written);
      this.push(null);
    },
  });
  const connection = new SMTPConnection(options);
  const hand = (): void =>
    connection.send(envelope, message, (error) => (error ? failed(error) : resolve({ result: 'sent' })));
  connection.on('error', failed);
  connection.connect((error) => {
    if (error) failed(error);
    else if (auth === undefined || !connection.allowsAuth) hand();
    else connection.login(auth, (refusal) => (refusal ? failed(refusal) : hand()));
  });
  try {
    return await promise;
  } finally {
    ended.removeEventListener('abort', stop);
    connection.close();
  }
}

/** What nodemailer itself finds wrong with an email or a login. Without a reply, it is so again the next time. */
const WRONG_IN_ITSELF = ['EENVELOPE', 'EMESSAGE', 'EAUTH'];

function judge(error: NodemailerError, handedOver: boolean): MailSent {
  const reason = codesOf(error);
  const reply = error.responseCode ?? 0;
  if (reply >= 500) return { result: 'refused', reason };
  // A reply, even after the email, says that the server has not taken it on.
  if (reply >= 400) return { result: 'retry', reason };
  if (handedOver) return { result: 'uncertain', reason };
  return { result: WRONG_IN_ITSELF.includes(error.code ?? '') ? 'refused' : 'retry', reason };
}

/** Its codes and no more: the words of a server's reply often repeat the address. */
function codesOf(error: NodemailerError): string {
  const detail = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(error.response ?? '')?.[1];
  const codes = [error.code, error.originalCode, error.responseCode, detail].filter(Boolean);
  return codes.length > 0 ? codes.join(' ') : 'unknown';
}
