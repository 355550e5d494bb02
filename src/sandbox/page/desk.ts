import * as calls from './calls.ts';
import { DeskFrame, type DeskOptions } from './desk-frame.ts';
import type { TabSettings } from './host.ts';
import type { Theme } from './host-configs.ts';
import { byId, make } from './html.ts';
import { setUpTheme } from './theme.ts';

/** The page that sets up a channel's tab, below the address of the tab. */
const SET_UP = '#/config';

/**
 * The desk on a page of its own. In its address:
 * `person` who looks, by name; `theme`; `view` where in the desk, such as `/referral/K7M-2PXC`;
 * `channel` whose tab it is, by name; `configure` begins with the page that sets such a tab up.
 */
class DeskPage {
  readonly #state: calls.State;
  readonly #person = byId('person') as HTMLSelectElement;
  readonly #save = byId('save') as HTMLButtonElement;
  readonly #view: string | undefined;
  readonly #channel: calls.State['channels'][number] | undefined;
  #theme: Theme;
  #frame: DeskFrame | undefined;

  constructor(state: calls.State, wanted: URLSearchParams) {
    this.#state = state;
    this.#view = wanted.get('view') ?? undefined;
    this.#channel = state.channels.find(({ name }) => name === wanted.get('channel'));
    this.#theme = setUpTheme(wanted.get('theme'), (theme) => {
      this.#theme = theme;
      this.#frame?.setTheme(theme);
    });
    this.#person.append(...state.people.map(({ id, name }) => make('option', { value: id, textContent: name })));
    this.#person.addEventListener('change', () => this.#chosen());
    this.#save.addEventListener('click', () => this.#frame?.save());
    const name = wanted.get('person') ?? 'Priya Nair';
    const person = state.people.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    this.#person.value = person?.id ?? state.people[0]?.id ?? '';
    if (wanted.has('configure')) this.#configure();
    else this.#show({ view: this.#view });
    if (person === undefined) this.#frame?.say(`There is nobody called “${name}” here. Choose somebody above.`);
  }

  /** Shows the desk as somebody else, also when the page is loaded again. */
  #chosen(): void {
    const address = new URL(location.href);
    address.searchParams.set('person', this.#person.selectedOptions[0]?.textContent ?? '');
    address.searchParams.delete('configure');
    history.replaceState(null, '', address);
    this.#show({ view: this.#view });
  }

  #show({ view, path }: { readonly view?: string; readonly path?: string }): void {
    this.#put({ view, path });
    this.#save.hidden = true;
  }

  /** Shows the page that sets a channel's tab up, and after Save the tab that was set up. */
  #configure(): void {
    this.#put({
      path: SET_UP,
      frameContext: 'settings',
      mayBeSaved: (may) => {
        this.#save.disabled = !may;
      },
      saved: ({ contentUrl }: TabSettings) => this.#show({ path: contentUrl }),
    });
    this.#save.hidden = false;
  }

  #put(options: Pick<DeskOptions, 'view' | 'path' | 'frameContext' | 'mayBeSaved' | 'saved'>): void {
    const person = this.#state.people.find(({ id }) => id === this.#person.value);
    if (person === undefined) throw new Error('There is nobody in the rehearsal.');
    const where = this.#channel === undefined ? '' : `, in ${this.#channel.name}`;
    byId('role').textContent = `${person.role}, ${person.organisation}${where}`;
    this.#frame?.close();
    this.#frame = new DeskFrame({ ...options, state: this.#state, person, theme: this.#theme, channel: this.#channel });
    byId('desk').replaceChildren(this.#frame.element);
  }
}

new DeskPage(await calls.getState(), new URLSearchParams(location.search));
