import * as calls from './calls.ts';
import { type FrameContext, TabHost, type TabSettings } from './host.ts';
import type { Theme } from './host-configs.ts';
import { make } from './html.ts';

export type DeskOptions = {
  readonly state: calls.State;
  readonly person: calls.Person;
  readonly theme: Theme;
  /** Where in the tab, such as `/referral/K7M-2PXC`. */
  readonly view?: string;
  /** The channel whose tab it is. Without one it is the person's own. */
  readonly channel?: calls.State['channels'][number];
  /** The page below the tab's address; by default its first. */
  readonly path?: string;
  readonly frameContext?: FrameContext;
  /** Opens the person's chat with Signpost. Where there is no place for it, a line says what Teams would do. */
  readonly openChat?: () => void;
  readonly mayBeSaved?: (may: boolean) => void;
  readonly saved?: (settings: TabSettings) => void;
};

/** What Teams lets a tab do. */
const ALLOWED =
  'allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox ' +
  'allow-pointer-lock allow-downloads';

/** The tab in its frame, as one person sees it, and a line for what Teams would do beside it. */
export class DeskFrame {
  readonly element: HTMLElement;
  readonly #host: TabHost;
  readonly #line = make('p', { className: 'desk-line' });

  constructor(options: DeskOptions) {
    const { state, person, theme, path = '', frameContext = 'content', openChat, mayBeSaved, saved } = options;
    const tab = new URL(state.tab, location.href);
    const frame = make('iframe', { title: `The desk, as ${person.name}`, src: new URL(path, tab).href });
    frame.setAttribute('sandbox', ALLOWED);
    this.#line.role = 'status';
    this.element = make('div', { className: 'desk' }, frame, this.#line);
    this.#host = new TabHost(frame, {
      frameContext,
      origin: tab.origin,
      context: contextOf(options),
      theme,
      token: () => calls.getToken(person.id),
      openLink: (url) => {
        if (openChat !== undefined && isChatWithBot(url)) openChat();
        else this.say(`In Teams, this opens ${url}`);
      },
      shareLink: (view, label) => this.#share(person, view, label),
      failed: (why) => this.say(`The desk could not do that. ${why}`),
      mayBeSaved,
      saved,
    });
    if (tab.origin !== location.origin) {
      this.say(
        'This rehearsal runs apart from Signpost, so the desk cannot open here. Start Signpost alone to see it.',
      );
    }
  }

  setTheme(theme: Theme): void {
    this.#host.setTheme(theme);
  }

  /** Somebody pressed Save while the tab is set up. */
  save(): void {
    this.#host.save();
  }

  /** Says something below the frame, until it is closed or something else is said. */
  say(text: string, ...more: readonly Element[]): void {
    const close = make('button', { type: 'button', textContent: 'Close' });
    close.addEventListener('click', () => this.#line.replaceChildren());
    this.#line.replaceChildren(make('span', { textContent: text }, ...more), close);
  }

  close(): void {
    this.#host.close();
    this.element.remove();
  }

  #share(person: calls.Person, view: string, label: string): void {
    const href = `/sandbox/page/desk.html?${new URLSearchParams({ person: person.name, view })}`;
    const link = make('a', { href, target: '_blank', rel: 'noopener', textContent: label });
    this.say('In Teams, you can now copy a link to this view: ', link);
  }
}

/** What teams-js calls the context: who looks, and from where. */
function contextOf({ state, person, channel, view }: DeskOptions): Readonly<Record<string, unknown>> {
  const { team, tenant } = state;
  return {
    locale: 'en-gb',
    hostName: 'Teams',
    hostClientType: 'web',
    entityId: 'desk',
    subEntityId: view,
    userObjectId: person.aadObjectId,
    userDisplayName: person.name,
    userPrincipalName: person.userPrincipalName,
    loginHint: person.userPrincipalName,
    tid: tenant,
    ...(channel === undefined
      ? {}
      : {
          channelId: channel.id,
          channelName: channel.name,
          channelType: 'Regular',
          teamId: team.id,
          teamName: team.name,
          groupId: team.aadGroupId,
        }),
  };
}

const TEAMS_HOSTS = ['teams.microsoft.com', 'teams.cloud.microsoft'];

/** Whether this is a link of Teams to a chat with a bot. Their ids begin with 28, and there is one bot here. */
export function isChatWithBot(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { host, pathname, searchParams } = new URL(url);
  return (
    TEAMS_HOSTS.includes(host) &&
    pathname.startsWith('/l/chat/') &&
    searchParams.get('users')?.startsWith('28:') === true
  );
}
