import { BOT, channelId, type Directory, FIRST_MEMBERS, type Person, REFERRALS_CHANNEL, TEAM } from './people.ts';

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

/** A message, and when it last changed for somebody, counted in changes of the world. */
type Kept = { readonly message: Message; changedAt: number };

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
  /** Channels that were deleted and can be restored. */
  readonly deletedChannels: readonly Channel[];
  /** Ids of the people who block the bot, and of those who left the organisation. */
  readonly blockedBy: readonly string[];
  readonly left: readonly string[];
  /** Ids of the people who are in the team. */
  readonly inTeam: readonly string[];
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
    deletedChannels: [],
    blockedBy: [],
    left: [],
    inTeam: FIRST_MEMBERS,
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
  readonly directory: Directory;
  readonly #now: () => number;
  readonly #changed: (conversation?: string) => void;
  readonly #channels: Channel[];
  readonly #deletedChannels: Channel[];
  /** Every message by its id, and those of each conversation, oldest first. */
  readonly #messages = new Map<string, Kept>();
  readonly #byConversation = new Map<string, Kept[]>();
  readonly #conversations = new Map<string, Conversation>();
  readonly #installedFor: Set<string>;
  readonly #blockedBy: Set<string>;
  readonly #left: Set<string>;
  readonly #inTeam: Set<string>;
  /** Where the bot is installed and has not answered yet. After a crash these are installed again. */
  readonly #installing = new Set<string>();
  /** Cards that an Action.Execute answered with: person id, then message id. */
  readonly #userViews = new Map<string, Map<string, AdaptiveCard>>();
  #lastMessageId: number;
  #changes = 0;

  constructor(
    now: () => number,
    changed: (conversation?: string) => void,
    directory: Directory,
    saved: Snapshot = newWorld(),
  ) {
    this.#now = now;
    this.#changed = changed;
    this.directory = directory;
    this.#channels = [...saved.channels];
    this.#deletedChannels = [...saved.deletedChannels];
    this.#installedFor = new Set(saved.installedFor);
    this.#blockedBy = new Set(saved.blockedBy);
    this.#left = new Set(saved.left);
    this.#inTeam = new Set(saved.inTeam);
    this.#lastMessageId = saved.lastMessageId;
    for (const person of directory.people) {
      this.#conversations.set(person.conversation, { type: 'personal', id: person.conversation, person });
    }
    for (const channel of this.#channels) this.#addConversation(channel);
    for (const message of saved.messages) this.#keep(message);
  }

  snapshot(): Snapshot {
    return {
      lastMessageId: this.#lastMessageId,
      installedFor: [...this.#installedFor],
      channels: this.#channels,
      deletedChannels: this.#deletedChannels,
      blockedBy: [...this.#blockedBy],
      left: [...this.#left],
      inTeam: [...this.#inTeam],
      messages: [...this.#messages.values()].map(({ message }) => message),
    };
  }

  /** How often a message has changed for somebody. */
  get changes(): number {
    return this.#changes;
  }

  get messageCount(): number {
    return this.#messages.size;
  }

  channels(): readonly Channel[] {
    return this.#channels;
  }

  /** Channels that were deleted and can be restored. */
  deletedChannels(): readonly Channel[] {
    return this.#deletedChannels;
  }

  /** The channel of this name or id, which may have been deleted. */
  findChannel(nameOrId: string): Channel | undefined {
    return [...this.#channels, ...this.#deletedChannels].find(({ id, name }) => id === nameOrId || name === nameOrId);
  }

  conversations(): readonly Conversation[] {
    return [...this.#conversations.values()];
  }

  /** The conversation with this id, which may name a thread of a channel. */
  findConversation(id: string): Conversation | undefined {
    return this.#conversations.get(splitConversationId(id).id);
  }

  members(conversation: Conversation): readonly Person[] {
    if (conversation.type === 'channel') return this.teamMembers();
    return this.hasLeft(conversation.person) ? [] : [conversation.person];
  }

  /** Those in the team, who joined it first first. Who left the organisation is in no team. */
  teamMembers(): readonly Person[] {
    return [...this.#inTeam].flatMap((id) => this.directory.find(id) ?? []).filter((person) => !this.hasLeft(person));
  }

  /** Whether somebody is in the team, or would be if they came back to the organisation. */
  isInTeam(person: Person): boolean {
    return this.#inTeam.has(person.id);
  }

  setInTeam(person: Person, inTeam: boolean): void {
    if (inTeam) this.#inTeam.add(person.id);
    else this.#inTeam.delete(person.id);
    this.#changed();
  }

  /** Whether the bot is installed for this person or team. */
  installedFor(id: string): boolean {
    return this.#installedFor.has(id) || this.#installing.has(id);
  }

  /** Whether Teams lets the bot write here: it must be installed for the person, or in a team of theirs. */
  botMayWriteTo(conversation: Conversation): boolean {
    const teamHasBot = this.installedFor(TEAM.id);
    if (conversation.type === 'channel') return teamHasBot;
    return this.installedFor(conversation.person.id) || (teamHasBot && this.isInTeam(conversation.person));
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

  blocks(person: Person): boolean {
    return this.#blockedBy.has(person.id);
  }

  setBlocks(person: Person, blocks: boolean): void {
    if (blocks) this.#blockedBy.add(person.id);
    else this.#blockedBy.delete(person.id);
    this.#changed();
  }

  hasLeft(person: Person): boolean {
    return this.#left.has(person.id);
  }

  setLeft(person: Person, left: boolean): void {
    if (left) this.#left.add(person.id);
    else this.#left.delete(person.id);
    this.#changed();
  }

  addChannel(name: string): Channel {
    const channel = { id: channelId(`${name} ${this.#nextId()}`), name };
    this.#channels.push(channel);
    this.#addConversation(channel);
    this.#changed();
    return channel;
  }

  renameChannel(channel: Channel, name: string): void {
    channel.name = name;
    this.#changed();
  }

  deleteChannel(channel: Channel): void {
    this.#channels.splice(this.#channels.indexOf(channel), 1);
    this.#deletedChannels.push(channel);
    this.#conversations.delete(channel.id);
    this.#changed();
  }

  /** Brings a deleted channel back, with its id and its messages. */
  restoreChannel(channel: Channel): void {
    this.#deletedChannels.splice(this.#deletedChannels.indexOf(channel), 1);
    this.#channels.push(channel);
    this.#addConversation(channel);
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
    this.#touch(this.#keep(message));
    return message;
  }

  /** The message with this id, unless it was deleted. */
  findMessage(conversation: Conversation, id: string): Message | undefined {
    const message = this.#messages.get(id)?.message;
    return message?.conversation === conversation.id && !message.deleted ? message : undefined;
  }

  /** The last messages of a conversation, oldest first. */
  lastMessages(conversation: Conversation, count: number): readonly Message[] {
    return (this.#byConversation.get(conversation.id) ?? []).slice(-count).map(({ message }) => message);
  }

  /** Puts new content in the message's place, for everybody. */
  updateMessage(message: Message, content: Content): void {
    message.text = content.text;
    message.attachments = content.attachments;
    message.edited = true;
    this.#changedForAll(message);
  }

  deleteMessage(message: Message): void {
    delete message.text;
    message.attachments = [];
    message.deleted = true;
    this.#changedForAll(message);
  }

  /** Shows one person a card in the message's place, until the bot updates the message or the chat is opened again. */
  showTo(person: Person, message: Message, card: AdaptiveCard): void {
    const views = this.#userViews.get(person.id) ?? new Map<string, AdaptiveCard>();
    this.#userViews.set(person.id, views.set(message.id, card));
    this.#touch(this.#messages.get(message.id));
  }

  /** The card that this person sees in a message: one that was given to them alone, or the posted one. */
  cardSeenBy(person: Person, message: Message): AdaptiveCard | undefined {
    const own = this.#userViews.get(person.id)?.get(message.id);
    return own ?? (postedCard(message)?.content as AdaptiveCard | undefined);
  }

  /** What Teams does when a person opens a chat again: the posted cards come back. */
  forgetUserViews(person: Person, conversation: Conversation): void {
    const views = this.#userViews.get(person.id) ?? new Map<string, AdaptiveCard>();
    for (const id of [...views.keys()]) {
      const kept = this.#messages.get(id);
      if (kept?.message.conversation !== conversation.id) continue;
      views.delete(id);
      this.#changes += 1;
      kept.changedAt = this.#changes;
    }
  }

  /** The messages of a conversation as this person sees them, oldest first; only those that changed after `since`. */
  messagesSeenBy(person: Person, conversation: Conversation, since = -1): readonly MessageView[] {
    return (this.#byConversation.get(conversation.id) ?? [])
      .filter(({ changedAt }) => changedAt > since)
      .map(({ message }) => this.#view(person, message));
  }

  #view(person: Person, message: Message): MessageView {
    const others = message.attachments.filter((attachment) => attachment !== postedCard(message));
    const card = this.cardSeenBy(person, message);
    return {
      id: message.id,
      from: {
        id: message.from,
        name: this.directory.find(message.from)?.name ?? BOT.name,
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

  #addConversation(channel: Channel): void {
    this.#conversations.set(channel.id, { type: 'channel', id: channel.id, channel });
  }

  #keep(message: Message): Kept {
    const kept: Kept = { message, changedAt: 0 };
    this.#messages.set(message.id, kept);
    const list = this.#byConversation.get(message.conversation);
    if (list === undefined) this.#byConversation.set(message.conversation, [kept]);
    else list.push(kept);
    return kept;
  }

  #changedForAll(message: Message): void {
    for (const views of this.#userViews.values()) views.delete(message.id);
    this.#touch(this.#messages.get(message.id));
  }

  #touch(kept: Kept | undefined): void {
    if (kept === undefined) return;
    this.#changes += 1;
    kept.changedAt = this.#changes;
    this.#changed(kept.message.conversation);
  }

  #nextId(): string {
    this.#lastMessageId = Math.max(this.#lastMessageId + 1, this.#now());
    return String(this.#lastMessageId);
  }
}

function postedCard(message: Message): Attachment | undefined {
  return message.attachments.find((attachment) => attachment.contentType === ADAPTIVE_CARD);
}
