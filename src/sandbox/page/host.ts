import type { Theme } from './host-configs.ts';

/** What the tab asks of its host, as teams-js 2.58 writes it down. */
type Request = {
  readonly id: number;
  readonly uuidAsString?: string;
  readonly func: string;
  readonly args?: readonly unknown[];
};

/** What a tab is opened as: a page to read and work in, or the one that sets a channel's tab up. */
export type FrameContext = 'content' | 'settings';

/** What the page that sets a tab up says about it. */
export type TabSettings = { readonly contentUrl: string; readonly entityId: string };

export type HostOptions = {
  readonly frameContext: FrameContext;
  /** Where the tab is served from. Nothing is answered to a page from elsewhere. */
  readonly origin: string;
  /** Who looks at what, in the words of teams-js, without the theme. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly theme: Theme;
  /** A token that says who looks. @throws Error where Teams would give none. */
  readonly token: () => Promise<string>;
  /** The tab wants a link to be opened, in Teams or elsewhere. */
  readonly openLink: (url: string) => void;
  /** The tab offers a link to one of its views. */
  readonly shareLink: (view: string, label: string) => void;
  /** The tab says that it could not be opened. */
  readonly failed: (why: string) => void;
  /** The page that sets the tab up may be saved now, or not yet. */
  readonly mayBeSaved?: (may: boolean) => void;
  /** The page that sets the tab up has saved it. */
  readonly saved?: (settings: TabSettings) => void;
};

/** The names by which teams-js knows the themes. */
const THEME_NAMES: Readonly<Record<Theme, string>> = { light: 'default', dark: 'dark', contrast: 'contrast' };

/** What this Teams can do for a tab. teams-js refuses the rest before it asks. */
const RUNTIME = { apiVersion: 4, isLegacyTeams: false, supports: { pages: { config: {} } } };

/** The version of the host. teams-js compares it with the first that can do what is asked. */
const VERSION = '2.58.0';

/**
 * Teams around a tab: answers what the teams-js in this frame asks, and tells it of a new theme.
 * The tab must be of this page's origin. teams-js takes messages from its own origin, from Microsoft's addresses, and
 * from those that the tab gave to `app.initialize`: a tab that gave none does not hear a host elsewhere.
 */
export class TabHost {
  readonly #frame: HTMLIFrameElement;
  readonly #options: HostOptions;
  readonly #listening = new AbortController();
  #theme: Theme;
  #settings: TabSettings | undefined;

  constructor(frame: HTMLIFrameElement, options: HostOptions) {
    this.#frame = frame;
    this.#options = options;
    this.#theme = options.theme;
    window.addEventListener('message', (event) => void this.#hear(event), { signal: this.#listening.signal });
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#post({ func: 'themeChange', args: [THEME_NAMES[theme]] });
  }

  /** Somebody pressed Save while the tab is set up. */
  save(): void {
    this.#post({ func: 'settings.save', args: [{}] });
  }

  /** Answers no more. */
  close(): void {
    this.#listening.abort();
  }

  async #hear({ source, origin, data }: MessageEvent<unknown>): Promise<void> {
    if (source !== this.#frame.contentWindow || origin !== this.#options.origin || !isRequest(data)) return;
    const args = await this.#answer(data.func, data.args ?? []);
    if (args !== undefined) this.#post({ id: data.id, uuidAsString: data.uuidAsString, args });
  }

  /** What teams-js gets back, or nothing where it waits for nothing or this Teams does not know what was asked. */
  #answer(func: string, args: readonly unknown[]): readonly unknown[] | undefined | Promise<readonly unknown[]> {
    const { frameContext, context, openLink, shareLink, failed, mayBeSaved, saved } = this.#options;
    switch (func) {
      case 'initialize':
        return [frameContext, 'web', JSON.stringify(RUNTIME), VERSION];
      case 'getContext':
        return [{ ...context, frameContext, theme: THEME_NAMES[this.#theme] }];
      case 'authentication.getAuthToken':
        return this.#token();
      case 'appInitialization.failure':
        failed(String(args[1] ?? args[0] ?? ''));
        return undefined;
      case 'executeDeepLink':
        openLink(String(args[0]));
        return [true];
      case 'shareDeepLink':
        shareLink(String(args[0]), String(args[1]));
        return undefined;
      case 'settings.setValidityState':
        mayBeSaved?.(args[0] === true);
        return undefined;
      case 'settings.setSettings':
        this.#settings = args[0] as TabSettings;
        return [true];
      case 'settings.getSettings':
        return [this.#settings ?? {}];
      case 'settings.save.success':
        if (this.#settings !== undefined) saved?.(this.#settings);
        return undefined;
      case 'settings.save.failure':
        failed(String(args[0] ?? ''));
        return undefined;
      default:
        return undefined;
    }
  }

  async #token(): Promise<readonly unknown[]> {
    try {
      return [true, await this.#options.token()];
    } catch (error) {
      return [false, error instanceof Error ? error.message : 'Teams gave no token.'];
    }
  }

  #post(message: object): void {
    this.#frame.contentWindow?.postMessage(message, this.#options.origin);
  }
}

function isRequest(data: unknown): data is Request {
  return typeof data === 'object' && data !== null && 'func' in data && typeof data.func === 'string' && 'id' in data;
}
