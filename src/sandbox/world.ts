import { BOT, channelId, findPerson, PEOPLE, type Person, REFERRALS_CHANNEL, TEAM } from './people.ts';

/** An adaptive card as JSON. */
export type AdaptiveCard = Readonly<Record<string, unknown>>;

export const ADAPTIVE_CARD = 'application/vnd.microsoft.card.adaptive';

export type Attachment = {
  readonly contentType: string;
  readonly content?: unknown;
  readonly contentUrl?: string;
  readonly name?: string;
};

export type Channel = { readonly id: string; name: string };

export type Message = {
  /** Epoch milliseconds as digits, unique in the world, as in a Teams channel. */
  readonly id: string;
  /** The personal conversation or the channel (never `…;messageid=…`). */
  readonly conversation: string;
  /** Id of the message that began the thread; absent on that message, and in personal chats. */
  readonly threadOf?: string;
  /** Id of the person or the bot. */
  readonly from: string;
  /** Epoch milliseconds. */
  readonly at: number;
  text?: string;
  attachments: readonly Attachment[];
  edited: boolean;
  deleted: boolean;
};

/** What a person or the bot puts into a message. */
export type Content = { readonly text?: string; readonly attachments: readonly Attachment[] };

export type Conversation =
  | { readonly type: 'personal'; readonly id: string; readonly person: Person }
  | { readonly type: 'channel'; readonly id: string; readonly channel: Channel };

/** A message as one viewer sees it. */
export type MessageView = {
  readonly id: string;
  readonly from: { readonly id: string; readonly name: string; readonly bot: boolean };
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text?: string;
  /** What is attached beside the card. */
  readonly attachments?: readonly Attachment[];
  /** The adaptive card that this viewer sees. */
  readonly card?: AdaptiveCard;
  readonly threadOf?: string;
  readonly edited: boolean;
  readonly deleted: boolean;
};

/** What survives a restart. User-specific views do not, as in Teams. */
export type Snapshot = {
  readonly lastMessageId: number;
  /** Where the bot is installed, and has been told so: ids of people, and of the team. */
  readonly installedFor: readonly string[];
  readonly channels: readonly Channel[];
  readonly messages: readonly Message[];
};

function newWorld(): Snapshot {
  return {
    lastMessageId: 0,
    installedFor: [],
    channels: [
      { id: TEAM.id, name: 'General' },
      { id: channelId(REFERRALS_CHANNEL), name: REFERRALS_CHANNEL },
    ],
    messages: [],
  };
}

/** Splits `19:…;messageid=root` into the channel and the root of the thread. */
export function splitConversationId(id: string): { readonly id: string; readonly threadOf?: string } {
  const [conversation = '', threadOf] = id.split(';messageid=');
  return threadOf === undefined ? { id: conversation } : { id: conversation, threadOf };
}

/** The id by which Teams names a message's conversation to a bot: in a channel, that of its thread. */
export function conversationIdOf(message: Message, conversation: Conversation): string {
  return conversation.type === 'personal'
    ? conversation.id
    : `${conversation.id};messageid=${message.threadOf ?? message.id}`;
}

/**
 * The state of the rehearsal: who has the bot, the team's channels, and every message. It knows no HTTP.
 * `changed` is called after each change with the conversation that it touched, or with nothing for the world at large.
 */
export class World {
  readonly #now: () => number;
  readonly #changed: (conversation?: string) => void;
  readonly #channels: Channel[];
  readonly #messages: Message[];
  readonly #installedFor: Set<string>;
  /** Where the bot is installed and has not answered yet. After a crash these are installed again. */
  readonly #installing = new Set<string>();
  /** Cards that an Action.Execute answered with: message id, then person id. */
  readonly #userViews = new Map<string, Map<string, AdaptiveCard>>();
  #lastMessageId: number;

  constructor(now: () => number, changed: (conversation?: string) => void, saved: Snapshot = newWorld()) {
    this.#now = now;
    this.#changed = changed;
    this.#channels = [...saved.channels];
    this.#messages = [...saved.messages];
    this.#installedFor = new Set(saved.installedFor);
    this.#lastMessageId = saved.lastMessageId;
  }

  snapshot(): Snapshot {
    return {
      lastMessageId: this.#lastMessageId,
      installedFor: [...this.#installedFor],
      channels: this.#channels,
      messages: this.#messages,
    };
  }

  channels(): readonly Channel[] {
    return this.#channels;
  }

  conversations(): readonly Conversation[] {
    return [
      ...PEOPLE.map((person) => ({ type: 'personal', id: person.conversation, person }) as const),
      ...this.#channels.map((channel) => ({ type: 'channel', id: channel.id, channel }) as const),
    ];
  }

  /** The conversation with this id, which may name a thread of a channel. */
  findConversation(id: string): Conversation | undefined {
    const base = splitConversationId(id).id;
    return this.conversations().find((conversation) => conversation.id === base);
  }

  members(conversation: Conversation): readonly Person[] {
    return conversation.type === 'personal' ? [conversation.person] : this.teamMembers();
  }

  teamMembers(): readonly Person[] {
    return PEOPLE.filter((person) => person.inTeam);
  }

  /** Whether the bot is installed for this person or team. */
  installedFor(id: string): boolean {
    return this.#installedFor.has(id) || this.#installing.has(id);
  }

  /** Whether Teams lets the bot write here: it must be installed for the person, or in a team of theirs. */
  botMayWriteTo(conversation: Conversation): boolean {
    const inTeam = this.installedFor(TEAM.id);
    if (conversation.type === 'channel') return inTeam;
    return this.installedFor(conversation.person.id) || (inTeam && conversation.person.inTeam);
  }

  /** Installs the bot for this person or team while `tell` tells it; a bot that cannot be told is not installed. */
  async install(id: string, tell: () => Promise<boolean>): Promise<void> {
    this.#installing.add(id);
    this.#changed();
    const told = await tell();
    this.#installing.delete(id);
    if (told) this.#installedFor.add(id);
    this.#changed();
  }

  uninstall(id: string): void {
    this.#installedFor.delete(id);
    this.#changed();
  }

  addChannel(name: string): Channel {
    const channel = { id: channelId(`${name} ${this.#nextId()}`), name };
    this.#channels.push(channel);
    this.#changed();
    return channel;
  }

  renameChannel(channel: Channel, name: string): void {
    channel.name = name;
    this.#changed();
  }

  deleteChannel(channel: Channel): void {
    this.#channels.splice(this.#channels.indexOf(channel), 1);
    this.#changed();
  }

  addMessage(conversation: Conversation, from: string, content: Content, threadOf?: string): Message {
    const message: Message = {
      id: this.#nextId(),
      conversation: conversation.id,
      ...(threadOf === undefined ? {} : { threadOf }),
      from,
      at: this.#now(),
      ...content,
      edited: false,
      deleted: false,
    };
    this.#messages.push(message);
    this.#changed(conversation.id);
    return message;
  }

  /** The message with this id, unless it was deleted. */
  findMessage(conversation: Conversation, id: string): Message | undefined {
    return this.#messages.find(
      (message) => message.conversation === conversation.id && message.id === id && !message.deleted,
    );
  }

  /** Puts new content in the message's place, for everybody. */
  updateMessage(message: Message, content: Content): void {
    message.text = content.text;
    message.attachments = content.attachments;
    message.edited = true;
    this.#userViews.delete(message.id);
    this.#changed(message.conversation);
  }

  deleteMessage(message: Message): void {
    delete message.text;
    message.attachments = [];
    message.deleted = true;
    this.#userViews.delete(message.id);
    this.#changed(message.conversation);
  }

  /** Shows one person a card in the message's place, until the bot updates the message or the chat is opened again. */
  showTo(person: Person, message: Message, card: AdaptiveCard): void {
    const views = this.#userViews.get(message.id) ?? new Map<string, AdaptiveCard>();
    this.#userViews.set(message.id, views.set(person.id, card));
    this.#changed(message.conversation);
  }

  /** What Teams does when a person opens their chats again: the posted cards come back. */
  forgetUserViews(person: Person): void {
    for (const views of this.#userViews.values()) views.delete(person.id);
  }

  /** The messages of a conversation as this person sees them, oldest first. */
  messagesSeenBy(person: Person, conversation: Conversation): readonly MessageView[] {
    return this.#messages
      .filter((message) => message.conversation === conversation.id)
      .map((message) => this.#view(person, message));
  }

  #view(person: Person, message: Message): MessageView {
    const posted = message.attachments.find((attachment) => attachment.contentType === ADAPTIVE_CARD);
    const others = message.attachments.filter((attachment) => attachment !== posted);
    const card = this.#userViews.get(message.id)?.get(person.id) ?? (posted?.content as AdaptiveCard | undefined);
    return {
      id: message.id,
      from: {
        id: message.from,
        name: findPerson(message.from)?.name ?? BOT.name,
        bot: message.from === BOT.id,
      },
      at: message.at,
      ...(message.text ? { text: message.text } : {}),
      ...(others.length > 0 ? { attachments: others } : {}),
      ...(card === undefined ? {} : { card }),
      ...(message.threadOf === undefined ? {} : { threadOf: message.threadOf }),
      edited: message.edited,
      deleted: message.deleted,
    };
  }

  #nextId(): string {
    this.#lastMessageId = Math.max(this.#lastMessageId + 1, this.#now());
    return String(this.#lastMessageId);
  }
}
