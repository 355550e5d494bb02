import { createServer, type RequestListener } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { type Microsoft, mayHaveArrived, SignpostAdapter } from '../../src/teams/adapter.ts';

const REGISTERED = {
  id: '11111111-1111-4111-8111-111111111111',
  type: 'SingleTenant',
  tenant: '22222222-2222-4222-8222-222222222222',
  password: 'password',
} as const;

const CHAT = { id: 'a:somebody', conversationType: 'personal', isGroup: false, name: '' };

/** A Microsoft that gives nobody a token. @param reached What is called when the Bot Connector would be. */
const noTokens = (reached: () => void): Microsoft => ({
  credentials: {
    isValidAppId: async () => true,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({ signRequest: () => Promise.reject(new Error('There is no token.')) }),
  },
  connector: {
    httpClient: {
      sendRequest: async () => {
        reached();
        throw new Error('It was reached.');
      },
    },
  },
});

/** What comes of posting a message to a Bot Connector at an address. */
async function errorOf(adapter: SignpostAdapter, address: string, patienceMs = 5_000): Promise<unknown> {
  try {
    const { conversations } = await adapter.connector(address);
    const options = { abortSignal: AbortSignal.timeout(patienceMs) };
    await conversations.sendToConversation('a:somebody', { type: 'message' }, options);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function withServer(listener: RequestListener, act: (address: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.');
  try {
    await act(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a message that failed', () => {
  const adapter = new SignpostAdapter(undefined);

  test('cannot have arrived where nothing listens', async () => {
    let gone = '';
    await withServer(
      () => undefined,
      async (address) => {
        gone = address;
      },
    );
    const error = await errorOf(adapter, gone);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(mayHaveArrived(error)).toBe(false);
  });

  test('cannot have arrived where there was no token to send it with', async () => {
    let calls = 0;
    const microsoft = noTokens(() => {
      calls += 1;
    });
    const registered = new SignpostAdapter(REGISTERED, { microsoft });
    const error = await errorOf(registered, 'https://smba.trafficmanager.net/uk/');
    expect(error).toMatchObject({ message: 'There is no token.' });
    expect(mayHaveArrived(error)).toBe(false);
    expect(calls).toBe(0);
  });

  test('may have arrived where the connection was cut', async () => {
    await withServer(
      ({ socket }) => socket.destroy(),
      async (address) => expect(mayHaveArrived(await errorOf(adapter, address))).toBe(true),
    );
  });

  test('may have arrived where no answer came in time', async () => {
    await withServer(
      () => undefined,
      async (address) => expect(mayHaveArrived(await errorOf(adapter, address, 50))).toBe(true),
    );
  });

  test('is given up where no answer comes at all, though whoever sends it waits', async () => {
    const impatient = new SignpostAdapter(undefined, { patienceMs: 50 });
    await withServer(
      () => undefined,
      async (address) => {
        const turn = impatient.inConversation({ serviceUrl: address, conversation: CHAT }, async (context) => {
          await context.sendActivity('hello');
        });
        await expect(turn).rejects.toThrow();
      },
    );
  });
});
