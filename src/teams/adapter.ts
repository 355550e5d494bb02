import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConversationReference,
  type InvokeResponse,
  type TurnContext,
} from 'botbuilder';
import { LRUCache } from 'lru-cache';
import type { AppRegistration } from '../settings.ts';
import { RefusedError, readActivity, refusalOf, tokenOf } from './arrivals.ts';
import { ForeignServiceUrlError, type IsServiceUrl, ofTeams, ofThisMachine } from './service-urls.ts';

type Authentication = ConfigurationBotFrameworkAuthentication;
type Given = ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>;
type Factory = ReturnType<Authentication['createConnectorFactory']>;
/** The Bot Connector's REST API. */
export type Connector = Awaited<ReturnType<Factory['create']>>;
type Authenticated = Awaited<ReturnType<Authentication['authenticateRequest']>>;

/** Microsoft's servers, where they are not those of its public cloud. */
export type Microsoft = {
  /** Who makes the tokens that activities come with, and the address of the document that names the keys. */
  readonly signs?: { readonly issuer: string; readonly document: string };
  /** Where the tokens come from that the bot sends. */
  readonly credentials?: Given[1];
  /** How the Bot Connector is reached. */
  readonly connector?: Given[4];
};

/** How long an answer of Teams is waited for: longer than it takes on a bad day. In milliseconds. */
export const PATIENCE_MS = 15_000;

/** Who makes the tokens in Microsoft's public cloud. */
const ISSUER = 'https://api.botframework.com';

/**
 * The SDK speaks to whatever service URL it is given: here to those of Teams alone.
 *
 * The SDK repeats a POST that failed, although posting a message twice makes two messages: here a failure is handed to
 * the worker, which knows what a repeat would mean. It waits for an answer for ever, so that a Teams that hangs would
 * hold up whoever waits for their turn to send: here it does not. It also builds its HTTP clients anew for every turn; here they are
 * kept, one for each service URL, since they hold no state of a turn.
 */
class CarefulAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #isServiceUrl: IsServiceUrl;
  readonly #patienceMs: number;
  readonly #clients = new LRUCache<string, Promise<Connector>>({ max: 50 });
  #tokenClient: ReturnType<Authentication['createUserTokenClient']> | undefined;

  constructor(isServiceUrl: IsServiceUrl, patienceMs: number, ...given: Given) {
    super(...given);
    this.#isServiceUrl = isServiceUrl;
    this.#patienceMs = patienceMs;
  }

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
    factory.create = async (serviceUrl, audience) => {
      if (!this.#isServiceUrl(serviceUrl)) throw new ForeignServiceUrlError();
      const key = `${serviceUrl} ${audience ?? ''}`;
      const client =
        this.#clients.get(key) ?? create(serviceUrl, audience).then((made) => withCare(made, this.#patienceMs));
      this.#clients.set(key, client);
      // A client that could not be made is not kept.
      client.catch(() => this.#clients.delete(key));
      return client;
    };
    return factory;
  }
}

function withCare(client: Connector, patienceMs: number): Connector {
  const pipeline = pipelineOf(client);
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.addPolicy(endsAfter(patienceMs), { afterPhase: 'Sign' });
  // Behind all others, so that whatever fails before it, such as the token, has sent nothing.
  pipeline.addPolicy(NOTES_WHAT_SET_OUT, { afterPhase: 'Sign' });
  return client;
}

type WebRequest = { abortSignal?: AbortSignal };
type SendRequest = (request: WebRequest) => Promise<unknown>;
type Policy = { readonly name: string; sendRequest(...given: [...Parameters<SendRequest>, SendRequest]): unknown };
type Pipeline = {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(policy: Policy, where: { afterPhase: 'Sign' }): unknown;
};

function endsAfter(patienceMs: number): Policy {
  return {
    name: 'signpostEndsAfter',
    sendRequest(request, next) {
      const given = request.abortSignal === undefined ? [] : [request.abortSignal];
      request.abortSignal = AbortSignal.any([...given, AbortSignal.timeout(patienceMs)]);
      return next(request);
    },
  };
}

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

/** An activity of which it is proved that Teams itself sent it. */
export type Arrival = { readonly activity: Activity; readonly proof: Authenticated };

type Options = {
  /** Hosts of service URLs beside Teams' own. */
  readonly serviceHosts?: readonly string[];
  readonly microsoft?: Microsoft | undefined;
  /** How long an answer of Teams is waited for, in milliseconds. */
  readonly patienceMs?: number;
};

/** A CloudAdapter that takes nothing on trust, and that can also speak to Teams outside a turn. */
export class SignpostAdapter extends CloudAdapter {
  readonly #authentication: Authentication;
  readonly #appId: string;
  readonly #isServiceUrl: IsServiceUrl;
  readonly #issuer: string;
  readonly #running = new Set<Promise<unknown>>();

  constructor(
    app: AppRegistration | undefined,
    { serviceHosts, microsoft = {}, patienceMs = PATIENCE_MS }: Options = {},
  ) {
    const isServiceUrl = app === undefined ? ofThisMachine : ofTeams(serviceHosts);
    const authentication = new CarefulAuthentication(
      isServiceUrl,
      patienceMs,
      // Without a registration the SDK asks for no token and sends none: a rehearsal on this machine.
      app === undefined ? {} : { ...registered(app), ...signedBy(microsoft.signs) },
      microsoft.credentials,
      undefined,
      undefined,
      microsoft.connector,
    );
    super(authentication);
    this.#authentication = authentication;
    this.#appId = app?.id ?? '';
    this.#isServiceUrl = isServiceUrl;
    this.#issuer = microsoft.signs?.issuer ?? ISSUER;
  }

  /**
   * Proves that Teams sent an activity, before anything is done with it.
   * @param authorization The header of that name.
   * @throws RefusedError
   */
  async prove(authorization: string | undefined, body: unknown): Promise<Arrival> {
    const token = this.#appId === '' ? '' : tokenOf(authorization, this.#issuer);
    const activity = readActivity(body);
    if (!this.#isServiceUrl(activity.serviceUrl)) throw new RefusedError(403, 'a service URL that is not of Teams');
    try {
      return { activity, proof: await this.#authentication.authenticateRequest(activity, token) };
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Runs the turn of an activity. @returns what an invoke is answered with. */
  take(
    { activity, proof }: Arrival,
    turn: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.#inHand(this.processActivity(proof, activity, turn));
  }

  /** A client for the Bot Connector behind a service URL. @throws ForeignServiceUrlError */
  async connector(serviceUrl: string): Promise<Connector> {
    const factory = this.#authentication.createConnectorFactory(this.createClaimsIdentity(this.#appId));
    return factory.create(serviceUrl);
  }

  /** Runs a turn in a conversation that the bot knows. @throws ForeignServiceUrlError */
  async inConversation(
    reference: Partial<ConversationReference>,
    turn: (context: TurnContext) => Promise<void>,
  ): Promise<void> {
    await this.#inHand(this.continueConversationAsync(this.#appId, reference, turn));
  }

  /** Waits for the turns in hand, and for those that they begin. */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #inHand<T>(turn: Promise<T>): Promise<T> {
    const running: Promise<unknown> = turn
      .catch(() => undefined)
      // What a turn leaves for after its answer begins in the next round of the loop.
      .then(() => new Promise(setImmediate))
      .then(() => this.#running.delete(running));
    this.#running.add(running);
    return turn;
  }
}

function registered(app: AppRegistration): Given[0] {
  return {
    MicrosoftAppId: app.id,
    MicrosoftAppType: app.type,
    MicrosoftAppTenantId: app.tenant,
    MicrosoftAppPassword: app.password,
  } as Given[0];
}

/** The SDK takes all of these together, or none. */
function signedBy(signs: Microsoft['signs']): Given[0] {
  if (signs === undefined) return {};
  return {
    ToBotFromChannelTokenIssuer: signs.issuer,
    ToBotFromChannelOpenIdMetadataUrl: signs.document,
    ToBotFromEmulatorOpenIdMetadataUrl: signs.document,
    ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
    ToChannelFromBotOAuthScope: ISSUER,
    OAuthUrl: ISSUER,
  };
}
