import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConversationReference,
  type TurnContext,
} from 'botbuilder';
import { LRUCache } from 'lru-cache';
import type { AppRegistration } from '../settings.ts';

type Authentication = ConfigurationBotFrameworkAuthentication;
type Credentials = ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1];
type Factory = ReturnType<Authentication['createConnectorFactory']>;
/** The Bot Connector's REST API. */
export type Connector = Awaited<ReturnType<Factory['create']>>;
type Authenticated = Awaited<ReturnType<Authentication['authenticateRequest']>>;

/**
 * The SDK repeats a POST that failed, although posting a message twice makes two messages: here a failure is handed to
 * the worker, which knows what a repeat would mean. It also builds its HTTP clients anew for every turn; here they are
 * kept, one for each service URL, since they hold no state of a turn.
 */
class WithoutRepeats extends ConfigurationBotFrameworkAuthentication {
  readonly #clients = new LRUCache<string, Promise<Connector>>({ max: 50 });
  #tokenClient: ReturnType<Authentication['createUserTokenClient']> | undefined;

  override createConnectorFactory(...given: Parameters<Authentication['createConnectorFactory']>): Factory {
    return this.#keepClients(super.createConnectorFactory(...given));
  }

  override async authenticateRequest(
    ...given: Parameters<Authentication['authenticateRequest']>
  ): Promise<Authenticated> {
    const result = await super.authenticateRequest(...given);
    if (result.connectorFactory !== undefined) this.#keepClients(result.connectorFactory);
    return result;
  }

  /** Signpost signs nobody in through the bot, so that one client that is never used is enough. */
  override createUserTokenClient(
    ...given: Parameters<Authentication['createUserTokenClient']>
  ): ReturnType<Authentication['createUserTokenClient']> {
    this.#tokenClient ??= super.createUserTokenClient(...given);
    return this.#tokenClient;
  }

  #keepClients(factory: Factory): Factory {
    const create = factory.create.bind(factory);
    factory.create = (serviceUrl, audience) => {
      const key = `${serviceUrl} ${audience ?? ''}`;
      const client = this.#clients.get(key) ?? create(serviceUrl, audience).then(withoutRepeats);
      this.#clients.set(key, client);
      // A client that could not be made is not kept.
      client.catch(() => this.#clients.delete(key));
      return client;
    };
    return factory;
  }
}

function withoutRepeats(client: Connector): Connector {
  const pipeline = pipelineOf(client);
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  // Behind all others, so that whatever fails before it, such as the token, has sent nothing.
  pipeline.addPolicy(NOTES_WHAT_SET_OUT, { afterPhase: 'Sign' });
  return client;
}

type SendRequest = (request: { readonly abortSignal?: AbortSignal }) => Promise<unknown>;
type Policy = { readonly name: string; sendRequest(...given: [...Parameters<SendRequest>, SendRequest]): unknown };
type Pipeline = {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(policy: Policy, where: { afterPhase: 'Sign' }): unknown;
};

/** What the system says of a connection that was never made. */
const NEVER_CONNECTED: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

const setOut = new WeakSet<object>();

const NOTES_WHAT_SET_OUT: Policy = {
  name: 'signpostNotesWhatSetOut',
  async sendRequest(request, next) {
    request.abortSignal?.throwIfAborted();
    try {
      return await next(request);
    } catch (error) {
      const isObject = typeof error === 'object' && error !== null;
      if (isObject && !('code' in error && NEVER_CONNECTED.includes(error.code))) setOut.add(error);
      throw error;
    }
  },
};

/**
 * Whether the request that an error came of may have reached the Bot Connector. It cannot have where no connection was
 * made, or where it failed before, as when there was no token.
 */
export function mayHaveArrived(error: unknown): boolean {
  return typeof error === 'object' && error !== null && setOut.has(error);
}

/** The SDK keeps the HTTP pipeline in a field that its types do not show. */
function pipelineOf(client: object): Pipeline {
  return (client as { client: { pipeline: Pipeline } }).client.pipeline;
}

/** A CloudAdapter that can also speak to Teams outside a turn. */
export class SignpostAdapter extends CloudAdapter {
  readonly #authentication: Authentication;
  readonly #appId: string;

  /** @param credentials Where tokens come from, if not from Microsoft. */
  constructor(app: AppRegistration | undefined, credentials?: Credentials) {
    // Without a registration the SDK asks for no token and sends none: a rehearsal on this machine.
    const authentication = new WithoutRepeats(
      app === undefined
        ? {}
        : {
            MicrosoftAppId: app.id,
            MicrosoftAppType: app.type,
            MicrosoftAppTenantId: app.tenant,
            MicrosoftAppPassword: app.password,
          },
      credentials,
    );
    super(authentication);
    this.#authentication = authentication;
    this.#appId = app?.id ?? '';
  }

  /** A client for the Bot Connector behind a service URL. */
  async connector(serviceUrl: string): Promise<Connector> {
    const factory = this.#authentication.createConnectorFactory(this.createClaimsIdentity(this.#appId));
    return factory.create(serviceUrl);
  }

  /** Runs a turn in a conversation that the bot knows. */
  async inConversation(
    reference: Partial<ConversationReference>,
    turn: (context: TurnContext) => Promise<void>,
  ): Promise<void> {
    await this.continueConversationAsync(this.#appId, reference, turn);
  }
}
