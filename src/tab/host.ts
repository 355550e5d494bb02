import { app, authentication, FrameContexts, pages } from '@microsoft/teams-js';

export const THEMES = ['default', 'dark', 'contrast'] as const;
export type ThemeName = (typeof THEMES)[number];

/** Teams around this page, as far as the page needs it. */
export type Host = {
  /** As Teams showed itself when the page was opened. */
  readonly theme: ThemeName;
  /** Calls back with each later theme. */
  onTheme(changed: (theme: ThemeName) => void): void;
  /** Where a link to this page leads, such as `/referral/K7M-2PXC`; empty where it leads nowhere special. */
  readonly view: string;
  /** A token that says who reads. Teams keeps it until it is old. @throws where Teams gives none. */
  token(): Promise<string>;
  /** Offers a link to a view of this page, to be copied or sent. */
  shareLink(view: string, label: string): void;
  openLink(address: string): Promise<void>;
  /** Tells Teams that the page can be seen. */
  ready(): void;
  /** In the window that adds a tab to a channel, lets its Save add this one. @returns whether this is that window. */
  offerTab(): boolean;
};

/** @throws where the page is not in Teams. */
export async function enterTeams(): Promise<Host> {
  await app.initialize();
  const context = await app.getContext();
  return {
    theme: themeNamed(context.app.theme),
    onTheme: (changed) => app.registerOnThemeChangeHandler((theme) => changed(themeNamed(theme))),
    view: context.page.subPageId ?? '',
    token: () => authentication.getAuthToken(),
    shareLink: (view, label) => pages.shareDeepLink({ subPageId: view, subPageLabel: label }),
    openLink: (address) => app.openLink(address),
    ready: () => app.notifySuccess(),
    offerTab() {
      if (context.page.frameContext !== FrameContexts.settings) return false;
      pages.config.registerOnSaveHandler((save) => {
        pages.config.setConfig(TAB).then(
          () => save.notifySuccess(),
          () => save.notifyFailure('Teams could not add the tab.'),
        );
      });
      pages.config.setValidityState(true);
      return true;
    },
  };
}

/** The tab of a channel. The app package names the same for the personal one. */
const TAB = { entityId: 'desk', contentUrl: `${location.origin}/tab/`, suggestedDisplayName: 'Signpost' };

function themeNamed(name: string): ThemeName {
  return THEMES.find((theme) => theme === name) ?? 'default';
}
