import type { ClockState, IssuedToken, MessageList, PersonState, Posted, SandboxState, TroubleList } from './api.ts';
import type { ActionResult } from './client.ts';
import type { DialogResult, SearchResult } from './extension.ts';
import type { Telling } from './happenings.ts';
import type { JournalEntry } from './journal.ts';
import type { LimitsState } from './limits.ts';
import type { Trouble, TroubleState } from './troubles.ts';
import type { AdaptiveCard, Attachment, MessageView } from './world.ts';

/** A card as somebody saw it in a message. Keep one to press it again later, when it is stale. */
export type ShownCard = { readonly messageId: string; readonly card: AdaptiveCard };

/** What the presser of a button saw. */
export type PressResult =
  | { readonly card: ShownCard }
  | { readonly message: string }
  | { readonly error: { readonly code: string; readonly message: string } };

type Json = Readonly<Record<string, unknown>>;

type ExecuteAction = { readonly id?: string; readonly verb?: string; readonly data?: Json };

/** Plays people in a sandbox through its HTTP API. Names are matched without regard to case: "amina", "Amina Yusuf". */
export class TeamsDriver {
  readonly #api: string;
  /** Where people are never changes, so it is asked once for each of them. */
  readonly #places = new Map<string, Promise<Place>>();

  /** @param baseUrl where the sandbox's page is, such as `http://127.0.0.1:3978` */
  constructor(baseUrl: string) {
    this.#api = new URL('/sandbox/api/', baseUrl).href;
  }

  person(name: string): PersonDriver {
    return new PersonDriver(this, name);
  }

  /** Those who were generated beside the people who have a part. */
  async crowd(): Promise<{ readonly staff: readonly PersonDriver[]; readonly seniors: readonly PersonDriver[] }> {
    const crowd = (await this.state()).people.filter(({ inCrowd }) => inCrowd);
    const drivers = (isSenior: boolean): readonly PersonDriver[] =>
      crowd.filter(({ role }) => (role === 'Senior nurse') === isSenior).map(({ name }) => this.person(name));
    return { staff: drivers(false), seniors: drivers(true) };
  }

  channel(name: string): { readonly as: (person: string) => ChatDriver } {
    return {
      as: (person) =>
        new ChatDriver(this, async () => {
          const { channels } = await this.state();
          const channel = channels.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
          if (channel === undefined) throw new Error(`The team has no channel "${name}".`);
          return { conversation: channel.id, person: (await this.placeOf(person)).person };
        }),
    };
  }

  state(): Promise<SandboxState> {
    return this.get<SandboxState>('state');
  }

  clock(): Promise<ClockState> {
    return this.get<ClockState>('clock');
  }

  /** Moves the clock forward. */
  async advance(minutes: number): Promise<void> {
    await this.post('clock', { advanceMinutes: minutes });
  }

  /** Moves the clock forward to an instant, in epoch milliseconds or as a date. */
  async moveTo(instant: number | Date): Promise<void> {
    await this.post('clock', { to: Number(instant) });
  }

  /** Begins a trouble: what goes wrong, with which calls of the bot, how often. `person` is matched by name as ever. */
  async trouble(trouble: Trouble): Promise<TroubleState['id']> {
    const person = trouble.person === undefined ? {} : { person: (await this.placeOf(trouble.person)).person };
    return (await this.post<{ id: string }>('troubles', { ...trouble, ...person })).id;
  }

  /** Ends one trouble, or all. */
  async clearTroubles(id?: TroubleState['id']): Promise<void> {
    await this.#request(id === undefined ? 'troubles' : `troubles/${id}`, { method: 'DELETE' });
  }

  /** The troubles that are not over, with how many calls each has met. */
  async troubles(): Promise<readonly TroubleState[]> {
    return (await this.get<TroubleList>('troubles')).troubles;
  }

  /** How many calls of the bot broke one of Teams' limits, and which. */
  limits(): Promise<LimitsState> {
    return this.get<LimitsState>('limits');
  }

  /** What happens to a channel is told to the bot, unless `tellBot` is false: then the event is lost. */
  async createChannel(name: string, telling: Telling = {}): Promise<void> {
    await this.post('channels', { name, ...telling });
  }

  async renameChannel(name: string, newName: string, telling: Telling = {}): Promise<void> {
    await this.post(`channels/${encodeURIComponent(name)}/rename`, { name: newName, ...telling });
  }

  async deleteChannel(name: string, telling: Telling = {}): Promise<void> {
    await this.post(`channels/${encodeURIComponent(name)}/delete`, telling);
  }

  /** Brings a deleted channel back, with what was posted in it. */
  async restoreChannel(name: string, telling: Telling = {}): Promise<void> {
    await this.post(`channels/${encodeURIComponent(name)}/restore`, telling);
  }

  async addBotToTeam(): Promise<void> {
    await this.post('team/add-bot', {});
  }

  async removeBotFromTeam(telling: Telling = {}): Promise<void> {
    await this.post('team/remove-bot', telling);
  }

  /** What Teams gives the tab of somebody: an access token for the bot's server, good for an hour. */
  async tokenFor(name: string): Promise<string> {
    const { person } = await this.placeOf(name);
    return (await this.post<IssuedToken>(`people/${encodeURIComponent(person)}/token`, {})).token;
  }

  /** The last 1000 requests to and from the bot, oldest first. */
  async journal(): Promise<readonly JournalEntry[]> {
    return (await this.get<{ entries: readonly JournalEntry[] }>('journal')).entries;
  }

  async findPerson(name: string): Promise<PersonState> {
    const wanted = name.toLowerCase();
    const { people } = await this.state();
    const person = people.find((candidate) => {
      const full = candidate.name.toLowerCase();
      return full === wanted || full.split(' ')[0] === wanted;
    });
    if (person === undefined) throw new Error(`There is nobody called "${name}" in the sandbox.`);
    return person;
  }

  /** A person's id and chat. */
  placeOf(name: string): Promise<Place> {
    const key = name.toLowerCase();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const asked = this.findPerson(name).then(({ id, conversation }) => ({ person: id, conversation }));
    this.#places.set(key, asked);
    // A failure is not kept: the sandbox may have been away.
    asked.catch(() => this.#places.delete(key));
    return asked;
  }

  get<Result>(path: string): Promise<Result> {
    return this.#request<Result>(path);
  }

  post<Result>(path: string, body: object): Promise<Result> {
    return this.#request<Result>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #request<Result>(path: string, init?: RequestInit): Promise<Result> {
    const response = await fetch(this.#api + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as Result;
  }
}

type Place = { readonly conversation: string; readonly person: string };

/** One person in one conversation. */
export class ChatDriver {
  protected readonly teams: TeamsDriver;
  readonly #place: () => Promise<Place>;

  constructor(teams: TeamsDriver, place: () => Promise<Place>) {
    this.teams = teams;
    this.#place = place;
  }

  /** Sends a message, and returns when the bot has answered the request that carried it. */
  async says(text: string, attachments: readonly Attachment[] = []): Promise<Posted> {
    const { person, path } = await this.#where();
    return this.teams.post<Posted>(`${path}/messages`, { person, text, attachments });
  }

  /** Opens the chat or channel: the posted cards show again, and those that ask for it are fetched anew. */
  async opens(): Promise<void> {
    const { person, path } = await this.#where();
    await this.teams.post(`${path}/open`, { person });
  }

  /** The messages as this person sees them, oldest first. */
  async messages(): Promise<readonly MessageView[]> {
    return (await this.messagesSince()).messages;
  }

  /** The messages that changed since `changes` of an earlier list, for those who read long conversations often. */
  async messagesSince(changes?: number): Promise<MessageList> {
    const { person, path } = await this.#where();
    const since = changes === undefined ? '' : `&since=${changes}`;
    return this.teams.get<MessageList>(`${path}/messages?viewer=${encodeURIComponent(person)}${since}`);
  }

  /** Every card that this person sees, oldest message first. */
  async cards(): Promise<readonly ShownCard[]> {
    const messages = await this.messages();
    return messages.flatMap(({ id, card }) => (card === undefined ? [] : [{ messageId: id, card }]));
  }

  /** The card of the newest message that has one. @throws Error when there is none. */
  async lastCard(): Promise<ShownCard> {
    const card = (await this.cards()).at(-1);
    if (card === undefined) throw new Error('There is no card in this conversation.');
    return card;
  }

  /**
   * Presses the button of this title on a card, by default the last one. The card's inputs are sent with the values
   * that the card gives them, and with those in `inputs` (by input id) typed over them; nothing is checked first.
   * @throws Error when the card has no such button.
   */
  async presses(
    title: string,
    { inputs = {}, on }: { readonly inputs?: Readonly<Record<string, string>>; readonly on?: ShownCard } = {},
  ): Promise<PressResult> {
    const shown = on ?? (await this.lastCard());
    const action = findAction(shown.card, title);
    const defaults = action.associatedInputs === 'none' ? {} : inputValues(shown.card);
    return this.executes(shown, action, { ...defaults, ...inputs });
  }

  /** Posts an Action.Execute from a message, whatever card the message shows. */
  async executes(
    { messageId }: { readonly messageId: string },
    action: ExecuteAction,
    inputs: Json = {},
  ): Promise<PressResult> {
    const { person, path } = await this.#where();
    const { id, verb, data } = action;
    const result = await this.teams.post<ActionResult>(`${path}/messages/${messageId}/actions`, {
      person,
      id,
      verb,
      data,
      inputs,
    });
    return 'card' in result ? { card: { messageId, card: result.card } } : result;
  }

  /** Searches from the box for writing; without words, as when it has just been opened. */
  async searches(words?: string): Promise<SearchResult> {
    const { person, path } = await this.#where();
    return this.teams.post<SearchResult>(`${path}/search`, { person, ...(words === undefined ? {} : { text: words }) });
  }

  /** Sends a card that a search has found. */
  async sends(card: AdaptiveCard): Promise<Posted> {
    const { person, path } = await this.#where();
    return this.teams.post<Posted>(`${path}/cards`, { person, card });
  }

  /** Chooses a command of the app on a message, by the command's id. */
  async opensDialog(messageId: string, command: string): Promise<DialogDriver> {
    const { person, path } = await this.#where();
    const result = await this.teams.post<DialogResult>(`${path}/messages/${messageId}/dialog`, { person, command });
    return new DialogDriver(result, (data) =>
      this.teams.post<DialogResult>(`${path}/dialog`, { person, command, data }),
    );
  }

  async #where(): Promise<{ readonly person: string; readonly path: string }> {
    const { conversation, person } = await this.#place();
    return { person, path: `conversations/${encodeURIComponent(conversation)}` };
  }
}

/** A dialog that somebody has open. */
export class DialogDriver {
  #shown: DialogResult;
  readonly #submit: (data: Json) => Promise<DialogResult>;

  constructor(shown: DialogResult, submit: (data: Json) => Promise<DialogResult>) {
    this.#shown = shown;
    this.#submit = submit;
  }

  /** What it shows now. */
  get shown(): DialogResult {
    return this.#shown;
  }

  /** The card that it shows. @throws Error saying what it shows instead. */
  get card(): ShownCard {
    if ('card' in this.#shown) return { messageId: '', card: this.#shown.card };
    throw new Error(`The dialog shows ${JSON.stringify(this.#shown)} and no card.`);
  }

  /** Presses a button of its card, with what the card's inputs hold and with `inputs` typed over that. */
  async presses(title: string, inputs: Readonly<Record<string, string>> = {}): Promise<DialogResult> {
    const { card } = this.card;
    const action = findAction(card, title, 'Action.Submit');
    const defaults = action.associatedInputs === 'none' ? {} : inputValues(card);
    const typed = action.associatedInputs === 'none' ? {} : inputs;
    this.#shown = await this.#submit({ ...action.data, ...defaults, ...typed });
    return this.#shown;
  }
}

/** A person in their own chat with the bot. Opening it the first time installs the bot. */
export class PersonDriver extends ChatDriver {
  readonly name: string;

  constructor(teams: TeamsDriver, name: string) {
    super(teams, () => teams.placeOf(name));
    this.name = name;
  }

  /** Blocks the bot, which is not told: what it sends is refused. */
  blocks(): Promise<void> {
    return this.#does('block');
  }

  unblocks(): Promise<void> {
    return this.#does('unblock');
  }

  /** Leaves the organisation. Only a team that they were in tells the bot. */
  leaves(telling: Telling = {}): Promise<void> {
    return this.#does('leave', telling);
  }

  comesBack(telling: Telling = {}): Promise<void> {
    return this.#does('come-back', telling);
  }

  /** Joins the team. */
  joinsTeam(telling: Telling = {}): Promise<void> {
    return this.#does('join-team', telling);
  }

  leavesTeam(telling: Telling = {}): Promise<void> {
    return this.#does('leave-team', telling);
  }

  /** Removes the bot from their own apps. */
  removesBot(telling: Telling = {}): Promise<void> {
    return this.#does('remove-bot', telling);
  }

  async #does(what: string, telling: Telling = {}): Promise<void> {
    const { person } = await this.teams.placeOf(this.name);
    await this.teams.post(`people/${encodeURIComponent(person)}/${what}`, telling);
  }
}

/** A result's card. @throws Error saying what came instead. */
export function cardOf(result: PressResult): ShownCard {
  if ('card' in result) return result.card;
  throw new Error(`The press was answered with ${JSON.stringify(result)} and no card.`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object within a card, outermost and first first, unless `enter` says no. Data that buttons carry is left out. */
function* objectsIn(value: unknown, enter: (object: Json) => boolean = () => true): Generator<Json> {
  if (Array.isArray(value)) {
    for (const item of value) yield* objectsIn(item, enter);
  } else if (isObject(value) && enter(value)) {
    yield value;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== 'data' && key !== 'refresh' && key !== 'fallback') yield* objectsIn(inner, enter);
    }
  }
}

/** The button of this title, wherever in the card it is. */
function findAction(card: AdaptiveCard, title: string, type = 'Action.Execute'): ExecuteAction & Json {
  const actions = [...objectsIn(card)].filter((object) => object.type === type);
  const action = actions.find((candidate) => candidate.title === title);
  if (action === undefined) {
    const titles = actions.map((candidate) => JSON.stringify(candidate.title)).join(', ');
    throw new Error(`The card has no button ${JSON.stringify(title)}. It has: ${titles || 'none'}.`);
  }
  return action;
}

/** The values that a card's inputs begin with, by input id; like the renderer, empty ones are left out. */
function inputValues(card: AdaptiveCard): Json {
  const values: Record<string, string> = {};
  for (const { type, id, value, valueOff = 'false' } of objectsIn(card)) {
    if (typeof type !== 'string' || typeof id !== 'string' || !type.startsWith('Input.')) continue;
    const initial = type === 'Input.Toggle' ? (value ?? valueOff) : value;
    if (initial !== undefined && initial !== '') values[id] = String(initial);
  }
  return values;
}

/**
 * What a person can read on a card: text, facts, labels, choices and the titles of buttons, one to a line.
 * Leaves out what is hidden until a button shows it.
 */
export function text(card: ShownCard): string {
  return textsOf(card, (object) => object.isVisible !== false);
}

/** Like `text`, with what is hidden until a button shows it. */
export function allText(card: ShownCard): string {
  return textsOf(card, () => true);
}

function textsOf({ card }: ShownCard, enter: (object: Json) => boolean): string {
  return [...objectsIn(card, enter)]
    .flatMap(readable)
    .filter((part) => typeof part === 'string')
    .join('\n');
}

/** What is read of this element or action itself, without what it holds. */
function readable(object: Json): readonly unknown[] {
  switch (object.type) {
    case 'TextBlock':
      return [object.text];
    case 'RichTextBlock':
      return [list(object.inlines).map(inlineText).join('')];
    case 'FactSet':
      return list(object.facts).flatMap((fact) => (isObject(fact) ? [fact.title, fact.value] : []));
    case 'Image':
      return [object.altText];
    case 'Input.ChoiceSet':
      return [object.label, ...list(object.choices).map((choice) => isObject(choice) && choice.title)];
    case 'Input.Text':
      return [object.label, object.value];
    case 'TextRun':
      return [];
    default:
      return [object.label, object.title].filter((part) => object.type !== undefined && part !== undefined);
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function inlineText(inline: unknown): string {
  return typeof inline === 'string' ? inline : isObject(inline) ? String(inline.text ?? '') : '';
}

/**
 * Waits until `predicate` gives something, asking every 50 milliseconds, and returns it.
 * @throws Error naming `what` when that takes longer than `limitMs`; an error that `predicate` throws counts as no.
 */
export async function waitFor<Result>(
  predicate: () => Promise<Result | undefined | false>,
  what: string,
  limitMs = 10_000,
): Promise<Result> {
  const deadline = Date.now() + limitMs;
  let cause: unknown;
  while (Date.now() < deadline) {
    try {
      const result = await predicate();
      if (result) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited ${limitMs / 1000} seconds in vain for ${what}.`, { cause });
}
