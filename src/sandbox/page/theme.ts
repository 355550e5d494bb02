import { THEMES, type Theme } from './host-configs.ts';
import { byId } from './html.ts';

const THEME_KEY = 'signpost-theme';

/**
 * Shows the page in a theme: that of this name, else the one that was chosen before, else what the system prefers.
 * Calls `changed` when another is chosen in the element `theme`.
 */
export function setUpTheme(name: string | null, changed: (theme: Theme) => void): Theme {
  const theme = themeNamed(name) ?? themeNamed(localStorage.getItem(THEME_KEY)) ?? preferred();
  const chooser = byId('theme') as HTMLSelectElement;
  document.documentElement.dataset.theme = theme;
  chooser.value = theme;
  chooser.addEventListener('change', () => {
    const chosen = themeNamed(chooser.value) ?? 'light';
    localStorage.setItem(THEME_KEY, chosen);
    document.documentElement.dataset.theme = chosen;
    changed(chosen);
  });
  return theme;
}

function themeNamed(name: string | null): Theme | undefined {
  return THEMES.find((theme) => theme === name);
}

function preferred(): Theme {
  if (window.matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
