import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../src/sandbox/driver.ts';
import { AMINA, GRACE, graceGoesOnDuty, type Live, message, press, raises, startLive } from '../support/live.ts';

/** A server that is told to stop, as SIGTERM tells it. */
describe('a server that is stopped', () => {
  let live: Live;
  beforeEach(async () => {
    live = await startLive();
  });
  afterEach(() => live.stop());

  const isAsked = (words: string) =>
    waitFor(async () => live.microsoft.asked.find(({ body, url }) => `${url} ${body}`.includes(words)), words);

  /** A connection over which something was asked and answered, and which is kept. */
  async function idleConnection(): Promise<Socket> {
    const { hostname, port } = new URL(live.address);
    const socket = connect(Number(port), hostname);
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    return socket;
  }

  test('answers what it has in hand, takes nothing more, and closes a connection that rests at once', async () => {
    const release = live.microsoft.hold();
    const answering = live.posts(message('help'));
    await isAsked('a%3Aamina');
    const idle = await idleConnection();
    let stopped = false;
    const stopping = live.signpost.stop().then(() => {
      stopped = true;
    });
    await once(idle.resume(), 'close');
    await expect(fetch(`${live.address}/healthz`)).rejects.toThrow();
    expect(stopped).toBe(false);
    release();
    expect((await answering).status).toBe(200);
    await stopping;
    // That it was answered is written down.
    expect(live.rows()).toContain('message of help');
  });

  test('posts what a press has still to post after its answer', async () => {
    await live.posts(press('topics', {}, AMINA));
    const release = live.microsoft.hold();
    expect((await live.posts(press('danger', { apart: true }, AMINA))).status).toBe(200);
    const stopping = live.signpost.stop();
    release();
    await stopping;
    expect(live.microsoft.asked.filter(({ method }) => method === 'POST').length).toBe(1);
  });

  test('gives back what it was sending to, once that is sent, and sends no more: all that is left is due', async () => {
    await live.posts(message('hello', GRACE));
    await graceGoesOnDuty(live);
    await live.posts(message('hello', AMINA));
    live.microsoft.asked.length = 0;
    const release = live.microsoft.hold();
    const reference = await raises(live);
    const sent = await isAsked('a%3Agrace');
    expect(sent.body).toContain(reference);
    const held = () => live.all('select lane from lanes where holder is not null or lease_until > 0');
    expect(held().length).toBeGreaterThan(0);
    const stopping = live.signpost.stop();
    release();
    await stopping;
    expect(held()).toEqual([]);
    const cards = live.all("select state, shown, wanted, due_at from cards where role = 'on-duty'");
    expect(cards).toEqual([expect.objectContaining({ state: 'delivered' })]);
    // The reporter's card says by now that it was sent; where that was not shown yet, another server does at once.
    for (const { shown, wanted, due_at: due } of live.all('select shown, wanted, due_at from cards')) {
      if (shown !== wanted) expect(due).not.toBeNull();
    }
    expect(live.all('select * from workers')).toEqual([]);
  });
});

test('a server that is being stopped says so to whoever balances the load, and still answers for a while', async () => {
  const live = await startLive({}, { leaveMs: 400 });
  await waitFor(async () => ((await fetch(`${live.address}/readyz`)).status === 200 ? true : undefined), 'ready');
  const stopping = live.signpost.stop();
  const ready = await fetch(`${live.address}/readyz`);
  expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
  expect(await ready.json()).toMatchObject({ ready: false, because: ['This server is being stopped.'] });
  expect((await live.posts(message('help'))).status).toBe(200);
  await stopping;
  expect(live.microsoft.asked.length).toBe(1);
  await live.stop();
});

test('a server ends though what it has in hand never does', async () => {
  const live = await startLive({}, { stopWithinMs: 200 });
  const release = live.microsoft.hold();
  const answering = live.posts(message('help')).catch(() => undefined);
  await waitFor(async () => live.microsoft.asked[0], 'an answer on its way');
  await live.signpost.stop();
  expect(live.logged()).toContain('stopped before all in hand was finished');
  release();
  await answering;
  await live.stop();
});

test('a caller who is slow, or means to be, keeps no server from ending as it should', async () => {
  const live = await startLive({}, { stopWithinMs: 1_000 });
  const { hostname, port } = new URL(live.address);
  const slow = connect(Number(port), hostname).on('error', () => undefined);
  slow.write('POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{');
  expect((await fetch(`${live.address}/healthz`)).status).toBe(200);
  await live.signpost.stop();
  expect(live.logged()).not.toContain('stopped before all in hand was finished');
  await live.stop();
});
