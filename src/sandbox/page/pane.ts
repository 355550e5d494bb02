import * as calls from './calls.ts';
import { type Execute, renderCard } from './card.ts';
import { DeskFrame, isChatWithBot } from './desk-frame.ts';
import { showDialog } from './dialog.ts';
import type { Theme } from './host-configs.ts';
import { at, initials, make } from './html.ts';
import { SearchBox } from './search-box.ts';

/** The place that is no conversation: the tab. */
export const DESK = 'desk';

/** Who is looking, and at what: a conversation by its id, or the desk. */
export type Choice = { readonly person: string; readonly place: string };

type PaneEvents = {
  /** The person or the place was chosen anew. */
  readonly chosen: () => void;
  /** A message arrived. */
  readonly arrived: () => void;
};

/** A drawn message, and what it was drawn from. */
type Drawn = { readonly element: HTMLElement; readonly source: string };

/** Pictures stay where they are: the bot gets this address, as from Teams, and must not fetch it. */
const PICTURE_URL = `${location.origin}/sandbox/connector/v3/attachments/picture/views/original`;

const DESK_PAGE = '/sandbox/page/desk.html';

const NEAR_BOTTOM_PX = 80;

/** One person's window: choosers, and either the messages of a conversation with a box to write in, or the desk. */
export class Pane {
  readonly element: HTMLElement;
  choice: Choice;
  readonly #number: number;
  readonly #events: PaneEvents;
  readonly #people = make('select', { className: 'chooser person' });
  readonly #places = make('select', { className: 'chooser place' });
  readonly #avatar = make('span', { className: 'avatar' });
  readonly #role = make('p', { className: 'role' });
  readonly #chat = make('div', { className: 'chat' });
  readonly #list = make('div', { className: 'messages' });
  readonly #status = make('p', { className: 'status' });
  readonly #box = make('textarea', { rows: 1, maxLength: 28_000 });
  readonly #search = new SearchBox({
    search: (text) => calls.search(this.choice.place, this.choice.person, text),
    send: (card) => void this.#sendCard(card),
  });
  readonly #drawn = new Map<string, Drawn>();
  #state: calls.State;
  #theme: Theme;
  #desk: DeskFrame | undefined;
  #refreshing = false;
  #refreshAgain = false;
  /** Whether the line below the messages says that something could not be fetched. */
  #failed = false;

  constructor(number: number, state: calls.State, choice: Choice, theme: Theme, events: PaneEvents) {
    this.#number = number;
    this.#state = state;
    this.#theme = theme;
    this.#events = events;
    this.choice = choice;
    this.element = this.#build();
    this.#showChoice();
  }

  get person(): calls.Person {
    const person = this.#state.people.find(({ id }) => id === this.choice.person);
    if (person === undefined) throw new Error('This person is not in the rehearsal.');
    return person;
  }

  /** What is shown, in a word or two. */
  get placeName(): string {
    return this.#isDesk ? 'The desk' : (this.#channel ?? 'Chat');
  }

  get #isDesk(): boolean {
    return this.choice.place === DESK;
  }

  /** The name of the channel that is shown, if it is one. */
  get #channel(): string | undefined {
    return this.#channels().find(({ id }) => id === this.choice.place)?.name;
  }

  /** The team's channels, and of the deleted ones the one that is shown. */
  #channels(): calls.State['channels'] {
    const { channels, deletedChannels } = this.#state;
    return [
      ...channels,
      ...deletedChannels
        .filter(({ id }) => id === this.choice.place)
        .map(({ id, name }) => ({ id, name: `${name} (deleted)` })),
    ];
  }

  /** Opens the place as Teams does, and shows it. */
  async open(): Promise<void> {
    this.#showDesk();
    if (this.#isDesk) return;
    const { place, person } = this.choice;
    await this.#attempt(() => calls.openConversation(place, person));
    await this.refresh();
  }

  /** Shows the desk anew where that was chosen, in the place of the chat. */
  #showDesk(): void {
    this.#desk?.close();
    this.#desk = undefined;
    this.#chat.hidden = this.#isDesk;
    if (!this.#isDesk) return;
    const { person } = this;
    this.#desk = new DeskFrame({
      state: this.#state,
      person,
      theme: this.#theme,
      openChat: () => this.#choose({ person: person.id, place: person.conversation }),
    });
    this.element.append(this.#desk.element);
  }

  /** Call when the pane became visible: what arrived while it was hidden is at the end. */
  shown(): void {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  setState(state: calls.State): void {
    this.#state = state;
    const { id, inTeam, conversation } = this.person;
    if (this.#channel !== undefined && !inTeam) this.#choose({ person: id, place: conversation });
    else this.#showChoice();
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#desk?.setTheme(theme);
    this.#clear();
    void this.refresh();
  }

  /** Fetches the messages and draws what changed. Calls that come meanwhile are one more fetch. */
  async refresh(): Promise<void> {
    if (this.#isDesk) return;
    if (this.#refreshing) {
      this.#refreshAgain = true;
      return;
    }
    this.#refreshing = true;
    do {
      this.#refreshAgain = false;
      await this.#attempt(() => this.#fetchAndDraw());
    } while (this.#refreshAgain);
    this.#refreshing = false;
  }

  async #fetchAndDraw(): Promise<void> {
    const { place, person } = this.choice;
    const messages = await calls.getMessages(place, person);
    if (place === this.choice.place && person === this.choice.person) this.#draw(messages);
  }

  async #attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
      if (this.#failed) this.#say('');
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#say(error instanceof calls.Refused ? error.message : 'The rehearsal does not answer. Is it still running?');
    }
  }

  #build(): HTMLElement {
    const label = `Window ${this.#number}`;
    this.#avatar.setAttribute('aria-hidden', 'true');
    this.#people.setAttribute('aria-label', `${label}: person`);
    this.#places.setAttribute('aria-label', `${label}: chat, channel or desk`);
    this.#people.append(...this.#options(false));
    const crowd = this.#options(true);
    if (crowd.length > 0) this.#people.append(make('optgroup', { label: 'Others' }, ...crowd));
    this.#people.addEventListener('change', () => this.#choosePerson(this.#people.value));
    this.#places.addEventListener('change', () => this.#choose({ ...this.choice, place: this.#places.value }));
    this.#list.tabIndex = 0;
    this.#list.role = 'log';
    this.#status.role = 'status';
    const header = make('header', {}, this.#avatar, this.#people, this.#places, this.#role);
    this.#chat.append(this.#list, this.#status, this.#search.element, this.#buildComposer());
    return make('section', { className: 'pane' }, header, this.#chat);
  }

  /** Those who have a part, or the crowd. */
  #options(inCrowd: boolean): HTMLOptionElement[] {
    return this.#state.people
      .filter((person) => person.inCrowd === inCrowd)
      .map(({ id, name }) => make('option', { value: id, textContent: name }));
  }

  #buildComposer(): HTMLElement {
    const attach = iconButton('Attach a picture', '#icon-picture');
    const send = iconButton('Send message', '#icon-send');
    attach.type = 'button';
    const search = iconButton(this.#state.extension.search.title, '#icon-search');
    search.type = 'button';
    search.addEventListener('click', () => (this.#search.isOpen ? this.#search.close() : this.#search.open()));
    attach.addEventListener('click', () => void this.#send('', [pictureAttachment()]));
    const form = make('form', { className: 'composer' }, this.#box, search, attach, send);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#box.value;
      if (text.trim() === '') return;
      this.#box.value = '';
      void this.#send(text, []);
    });
    this.#box.dir = 'auto';
    this.#box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    return form;
  }

  #choosePerson(id: string): void {
    const person = this.#state.people.find((candidate) => candidate.id === id);
    if (person === undefined) return;
    this.#choose({ person: id, place: this.#isDesk ? DESK : person.conversation });
  }

  #choose(choice: Choice): void {
    this.choice = choice;
    this.#clear();
    this.#search.close();
    this.#say('');
    this.#showChoice();
    this.#events.chosen();
    void this.open();
  }

  #showChoice(): void {
    const { name, role, organisation, inTeam, conversation, blocks, left } = this.person;
    const places = [
      make('option', { value: conversation, textContent: 'Chat with Signpost' }),
      ...(inTeam
        ? this.#channels().map((channel) => make('option', { value: channel.id, textContent: channel.name }))
        : []),
      make('option', { value: DESK, textContent: 'The desk' }),
    ];
    this.#people.value = this.choice.person;
    this.#places.replaceChildren(...places);
    this.#places.value = this.choice.place;
    this.#avatar.textContent = initials(name);
    const doing = left ? ', has left' : blocks ? ', blocks Signpost' : '';
    this.#role.textContent = `${role}, ${organisation}${doing}`;
    const channel = this.#channel;
    const where = channel === undefined ? `${name}'s chat with Signpost` : `the channel ${channel}, as ${name}`;
    this.element.setAttribute('aria-label', this.#isDesk ? `The desk, as ${name}` : where);
    this.#list.setAttribute('aria-label', `Messages in ${where}`);
    this.#list.dataset.empty = channel === undefined ? 'No messages yet' : 'No posts in this channel yet';
    this.#box.setAttribute('aria-label', `Write as ${name}`);
    this.#box.placeholder = channel === undefined ? 'Type a message' : 'Post, or ask @Signpost';
  }

  #clear(): void {
    this.#drawn.clear();
    this.#list.replaceChildren();
  }

  #draw(messages: readonly calls.MessageView[]): void {
    const first = this.#drawn.size === 0;
    const atBottom = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR_BOTTOM_PX;
    let newest: HTMLElement | undefined;
    for (const message of inThreads(messages)) {
      const source = JSON.stringify(message);
      const drawn = this.#drawn.get(message.id);
      if (drawn?.source === source) continue;
      const element = this.#message(message);
      this.#drawn.set(message.id, { element, source });
      if (drawn === undefined) {
        newest = element;
        this.#insert(element, message);
      } else {
        replaceKeepingFocus(drawn.element, element);
        if (atBottom) newest = element;
      }
    }
    if (first) this.#list.scrollTop = this.#list.scrollHeight;
    if (newest === undefined) return;
    if (atBottom || first) this.#reveal(newest);
    if (!first) this.#events.arrived();
  }

  /** New messages go to the end; replies to the end of their thread. */
  #insert(element: HTMLElement, { threadOf }: calls.MessageView): void {
    if (threadOf === undefined) {
      this.#list.append(element);
      return;
    }
    const thread = [...this.#list.children].filter(
      (child) => child instanceof HTMLElement && child.dataset.thread === threadOf,
    );
    (thread.at(-1) ?? this.#list.lastElementChild)?.after(element);
  }

  /** Scrolls so that the whole message shows, or its beginning when it is taller than the window. */
  #reveal(element: HTMLElement): void {
    const tall = element.offsetHeight > this.#list.clientHeight;
    const top = tall ? element.offsetTop - 8 : this.#list.scrollHeight;
    this.#list.scrollTo({ top });
  }

  #message(message: calls.MessageView): HTMLElement {
    const own = message.from.id === this.choice.person;
    const element = make('article', { className: own ? 'message own' : 'message' });
    element.dataset.thread = message.threadOf ?? message.id;
    if (message.threadOf !== undefined) element.classList.add('reply');
    const name = make('span', { className: 'name', textContent: message.from.name });
    const time = make('time', {
      dateTime: new Date(message.at).toISOString(),
      textContent: at(message.at, this.#state.now),
    });
    const meta = make('p', { className: 'meta' }, name, time);
    if (message.edited && !message.deleted) meta.append(make('span', { textContent: 'Edited' }));
    if (!message.deleted) meta.append(this.#menu(message));
    const avatar = make('span', {
      className: message.from.bot ? 'avatar bot' : 'avatar',
      textContent: message.from.bot ? 'S' : initials(message.from.name),
    });
    avatar.setAttribute('aria-hidden', 'true');
    const content = make('div', { className: 'content' }, meta, ...this.#content(message));
    element.append(avatar, content);
    return element;
  }

  /** What the app offers on a message, as Teams does behind its three dots. */
  #menu({ id, from }: calls.MessageView): HTMLElement {
    const menu = make('details', { className: 'menu' });
    const summary = make('summary', { title: 'More', textContent: '⋯' });
    summary.setAttribute('aria-label', `More on the message of ${from.name}`);
    const items = this.#state.extension.onMessages.map(({ id: command, title }) => {
      const item = make('button', { type: 'button', className: 'menu-item', textContent: title });
      item.addEventListener('click', () => {
        menu.open = false;
        this.#openDialog(id, command);
      });
      return item;
    });
    menu.append(summary, make('div', { className: 'menu-items' }, ...items));
    menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && menu.contains(relatedTarget))) menu.open = false;
    });
    return menu;
  }

  #openDialog(messageId: string, command: string): void {
    const { place, person } = this.choice;
    void showDialog({
      theme: this.#theme,
      open: () => calls.openDialog(place, messageId, person, command),
      submit: (data) => calls.submitDialog(place, person, command, data),
      link: (url) => this.#openLink(url),
    });
  }

  /** Opens what Teams would open within itself: the chat with the bot, and the desk as the one who looks. */
  #openLink(address: string): boolean {
    if (isChatWithBot(address)) {
      const { id, conversation } = this.person;
      this.#choose({ person: id, place: conversation });
      return true;
    }
    const url = new URL(address, location.href);
    if (url.pathname !== DESK_PAGE) return false;
    url.searchParams.set('person', this.person.name);
    window.open(`${DESK_PAGE}${url.search}`, '_blank', 'noopener');
    return true;
  }

  async #sendCard(card: object): Promise<void> {
    const { place, person } = this.choice;
    this.#list.scrollTop = this.#list.scrollHeight;
    await this.#attempt(async () => {
      await calls.sendCard(place, person, card);
      await this.refresh();
    });
  }

  #content(message: calls.MessageView): HTMLElement[] {
    if (message.deleted)
      return [make('p', { className: 'bubble deleted', textContent: 'This message has been deleted.' })];
    const parts: HTMLElement[] = [];
    if (message.text) parts.push(make('p', { className: 'bubble', dir: 'auto', textContent: message.text }));
    for (const { name, contentType } of message.attachments ?? []) {
      parts.push(make('p', { className: 'bubble attachment', textContent: name ?? contentType }));
    }
    if (message.card !== undefined) parts.push(this.#card(message, message.card));
    return parts;
  }

  #card(message: calls.MessageView, json: object): HTMLElement {
    const notice = make('p', { className: 'notice' });
    notice.role = 'status';
    const holder = make('div', { className: 'card', tabIndex: -1 });
    holder.role = 'group';
    holder.setAttribute('aria-label', `Card from ${message.from.name}`);
    const show = (text: string, isError: boolean): void => {
      notice.textContent = text;
      notice.classList.toggle('error', isError);
      notice.scrollIntoView({ block: 'nearest' });
    };
    const drawn = renderCard(json, this.#theme, {
      execute: (action) => void this.#press(message.id, action, holder, show),
      link: (url) => this.#openLink(url),
      unsupported: (why) => show(why, true),
    });
    holder.append(drawn ?? make('p', { textContent: 'This card cannot be shown.' }));
    return make('div', { className: 'card-and-notice' }, holder, notice);
  }

  /** Sends the press of a button. Until the answer comes, further presses on the card do nothing. */
  async #press(
    messageId: string,
    action: Execute,
    card: HTMLElement,
    show: (text: string, isError: boolean) => void,
  ): Promise<void> {
    if (card.ariaBusy === 'true') return;
    const { place, person } = this.choice;
    card.ariaBusy = 'true';
    show('', false);
    try {
      const result = await calls.postAction(place, messageId, { person, ...action });
      if ('message' in result) show(result.message, false);
      if ('error' in result) show(result.error.message, true);
      if ('card' in result) await this.refresh();
    } catch (error) {
      show(
        error instanceof calls.Refused ? error.message : 'The rehearsal does not answer. Is it still running?',
        true,
      );
    } finally {
      card.ariaBusy = 'false';
    }
  }

  async #send(text: string, attachments: Parameters<typeof calls.postMessage>[3]): Promise<void> {
    const { place, person } = this.choice;
    this.#say('');
    this.#list.scrollTop = this.#list.scrollHeight;
    try {
      const { delivered } = await calls.postMessage(place, person, text, attachments);
      if (!delivered) this.#say('Signpost did not answer.');
    } catch (error) {
      const why = error instanceof calls.Refused ? error.message : 'Is the rehearsal still running?';
      this.#say(`That was not sent. ${why}`);
      if (this.#box.value === '') this.#box.value = text;
    }
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }
}

function pictureAttachment() {
  return { contentType: 'image/png', contentUrl: PICTURE_URL, name: 'picture.png' };
}

/** Posts in order, each followed by its replies. */
function inThreads(messages: readonly calls.MessageView[]): readonly calls.MessageView[] {
  const roots = messages.filter(({ threadOf }) => threadOf === undefined);
  return roots.flatMap((root) => [root, ...messages.filter(({ threadOf }) => threadOf === root.id)]);
}

/** Puts a message in the place of another. Whoever was within its card is then on the new card. */
function replaceKeepingFocus(old: HTMLElement, replacement: HTMLElement): void {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(replacement);
  if (hadFocus) replacement.querySelector<HTMLElement>('.card')?.focus({ preventScroll: true });
}

const SVG = 'http://www.w3.org/2000/svg';

function iconButton(label: string, icon: string): HTMLButtonElement {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', icon);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  const button = make('button', { className: 'icon', title: label }, svg);
  button.setAttribute('aria-label', label);
  return button;
}
