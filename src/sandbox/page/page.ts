import * as calls from './calls.ts';
import { byId, dayAndTime, make } from './html.ts';
import { type Choice, DESK, Pane } from './pane.ts';
import { setUpTheme } from './theme.ts';
import { TroublePanel } from './trouble.ts';

const PANES_KEY = 'signpost-panes';

const WIDE = window.matchMedia('(min-width: 900px)');

/** A healthcare assistant, a senior nurse, and the channel as one of the safeguarding team sees it. */
function firstChoices({ people, channels }: calls.State): Choice[] {
  const chat = (name: string): Choice => {
    const person = people.find((candidate) => candidate.name === name) ?? people[0];
    if (person === undefined) throw new Error('There is nobody in the rehearsal.');
    return { person: person.id, place: person.conversation };
  };
  const priya = chat('Priya Nair');
  const referrals = channels.find(({ name }) => name === 'Safeguarding referrals');
  return [chat('Amina Yusuf'), chat('Grace Okafor'), { ...priya, place: referrals?.id ?? priya.place }];
}

/** What was chosen before the page was loaded again, where that is still there. */
function readChoices(state: calls.State): Choice[] {
  const kept = JSON.parse(sessionStorage.getItem(PANES_KEY) ?? '[]') as Choice[];
  return firstChoices(state).map((first, index) => {
    const choice = kept[index];
    const person = state.people.find(({ id }) => id === choice?.person);
    const there = choice?.place === DESK || state.conversations.some(({ id }) => id === choice?.place);
    return choice !== undefined && person !== undefined && there ? choice : first;
  });
}

class Page {
  readonly #panes: readonly Pane[];
  readonly #tabs: readonly HTMLButtonElement[];
  readonly #trouble: TroublePanel;
  #ahead: number;

  constructor(state: calls.State) {
    const theme = setUpTheme(null, (chosen) => {
      for (const pane of this.#panes) pane.setTheme(chosen);
    });
    this.#ahead = state.now - Date.now();
    this.#panes = readChoices(state).map(
      (choice, index) =>
        new Pane(index + 1, state, choice, theme, {
          chosen: () => this.#chosen(),
          arrived: () => this.#arrived(index),
        }),
    );
    this.#tabs = this.#panes.map((pane, index) => this.#tab(pane, index));
    byId('panes').replaceChildren(...this.#panes.map(({ element }) => element));
    byId('tabs').replaceChildren(...this.#tabs);
    this.#labelTabs();
    this.#select(0);
    WIDE.addEventListener('change', () => this.#setRoles());
    this.#trouble = new TroublePanel(state);
    this.#setUpClock();
  }

  async open(): Promise<void> {
    await Promise.all(this.#panes.map((pane) => pane.open()));
    calls.listen((conversation) => void this.#changed(conversation));
  }

  async #changed(conversation: string | undefined): Promise<void> {
    if (conversation === undefined) await this.#refreshState();
    for (const pane of this.#panes) {
      if (conversation === undefined || pane.choice.place === conversation) void pane.refresh();
    }
  }

  async #refreshState(): Promise<void> {
    const state = await calls.getState().catch(() => undefined);
    if (state === undefined) return;
    this.#ahead = state.now - Date.now();
    for (const pane of this.#panes) pane.setState(state);
    this.#trouble.setState(state);
    this.#labelTabs();
    this.#showClock();
  }

  #chosen(): void {
    sessionStorage.setItem(PANES_KEY, JSON.stringify(this.#panes.map(({ choice }) => choice)));
    this.#labelTabs();
  }

  #arrived(index: number): void {
    const tab = this.#tabs[index];
    if (tab?.ariaSelected === 'false') tab.classList.add('unread');
  }

  #tab(pane: Pane, index: number): HTMLButtonElement {
    const tab = make('button', { type: 'button', id: `tab-${index}` });
    pane.element.id = `pane-${index}`;
    tab.role = 'tab';
    tab.setAttribute('aria-controls', pane.element.id);
    tab.addEventListener('click', () => this.#select(index));
    tab.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const next = (index + step + this.#tabs.length) % this.#tabs.length;
      this.#select(next);
      this.#tabs[next]?.focus();
    });
    return tab;
  }

  #select(selected: number): void {
    for (const [index, tab] of this.#tabs.entries()) {
      tab.ariaSelected = String(index === selected);
      tab.tabIndex = index === selected ? 0 : -1;
      this.#panes[index]?.element.classList.toggle('selected', index === selected);
    }
    this.#tabs[selected]?.classList.remove('unread');
    this.#setRoles();
    this.#panes[selected]?.shown();
  }

  /** Side by side, the panes are regions; one at a time, they are the panels of the tabs. */
  #setRoles(): void {
    for (const { element } of this.#panes) element.role = WIDE.matches ? 'region' : 'tabpanel';
  }

  #labelTabs(): void {
    for (const [index, { person, placeName }] of this.#panes.entries()) {
      const [firstName = ''] = person.name.split(' ');
      this.#tabs[index]?.replaceChildren(
        make('span', { className: 'tab-name', textContent: firstName }),
        make('span', { className: 'tab-place', textContent: placeName }),
      );
    }
  }

  #setUpClock(): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-minutes]')) {
      button.addEventListener('click', () => void calls.advanceClock(Number(button.dataset.minutes)));
    }
    this.#showClock();
    setInterval(() => this.#showClock(), 1000);
  }

  #showClock(): void {
    const text = dayAndTime(Date.now() + this.#ahead);
    const clock = byId('clock');
    if (clock.textContent !== text) clock.textContent = text;
  }
}

/** Lets the buttons of the bar open and close their sections, of which one is open at most. */
function setUpSections(): void {
  const sections = ['guide', 'trouble'].map((id) => ({ section: byId(id), button: byId(`${id}-button`) }));
  const open = (opened: HTMLElement | undefined): void => {
    for (const { section, button } of sections) {
      section.hidden = section !== opened;
      button.setAttribute('aria-expanded', String(section === opened));
    }
  };
  for (const { section, button } of sections) {
    button.addEventListener('click', () => open(section.hidden ? section : undefined));
  }
  open(WIDE.matches ? byId('guide') : undefined);
}

setUpSections();
await new Page(await calls.getState()).open();
