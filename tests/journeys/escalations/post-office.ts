import { SMTPServer } from 'smtp-server';

/** A mail server in this process, and what has arrived at it. */
export type PostOffice = {
  readonly url: string;
  /** The emails that name a referral, as they arrived. */
  aboutThis(reference: string): readonly string[];
  /** Takes every email, as it does at first. */
  takes(): void;
  /** Turns every recipient away for good. */
  refuses(): void;
  close(): Promise<void>;
};

export async function postOffice(): Promise<PostOffice> {
  const arrived: string[] = [];
  let isOpen = true;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_, __, done) =>
      done(isOpen ? undefined : Object.assign(new Error('No such mailbox.'), { responseCode: 550 })),
    onData(stream, _, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        arrived.push(Buffer.concat(chunks).toString());
        done();
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
    aboutThis: (reference) => arrived.filter((email) => email.includes(reference)),
    takes() {
      isOpen = true;
    },
    refuses() {
      isOpen = false;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
