import * as calls from './calls.ts';
import { make } from './html.ts';

/** Longer than between two letters, in milliseconds: Teams waits as well. */
const TYPING_MS = 300;

type Options = {
  readonly search: (text: string | undefined) => Promise<calls.SearchResult>;
  /** Somebody has chosen what was found. */
  readonly send: (card: object) => void;
};

/** The app's search above the box for writing: words, and below them what was found. */
export class SearchBox {
  readonly element: HTMLElement;
  readonly #options: Options;
  readonly #box = make('input', { type: 'search', className: 'search-words', maxLength: 200 });
  readonly #found = make('ul', { className: 'found' });
  readonly #line = make('p', { className: 'found-line' });
  #timer: number | undefined;
  #asked = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#box.setAttribute('aria-label', 'Search the guidance');
    this.#box.placeholder = 'Words, or the number of a section';
    this.#box.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#search(), TYPING_MS);
    });
    this.#line.role = 'status';
    this.element = make('div', { className: 'search', hidden: true }, this.#box, this.#line, this.#found);
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(): void {
    this.element.hidden = false;
    this.#box.value = '';
    this.#box.focus();
    void this.#search();
  }

  close(): void {
    this.element.hidden = true;
    this.#found.replaceChildren();
  }

  async #search(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const text = this.#box.value.trim();
    const result = await this.#options.search(text === '' ? undefined : text).catch(
      (error: unknown): calls.SearchResult => ({
        message: error instanceof calls.Refused ? error.message : 'The rehearsal does not answer.',
      }),
    );
    // An older answer may come late.
    if (asked !== this.#asked) return;
    this.#line.textContent = 'message' in result ? result.message : 'error' in result ? result.error.message : '';
    this.#found.replaceChildren(...('results' in result ? result.results.map((one) => this.#row(one)) : []));
  }

  #row({ title, text, card }: calls.Found): HTMLElement {
    const button = make(
      'button',
      { type: 'button', className: 'found-one' },
      make('span', { className: 'found-title', textContent: title }),
      make('span', { className: 'found-text', textContent: text }),
    );
    button.addEventListener('click', () => {
      this.close();
      this.#options.send(card);
    });
    return make('li', {}, button);
  }
}
