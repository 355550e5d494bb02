/** How Adaptive Cards are drawn, to look as they do in Teams: sizes in pixels, colours for each of its three themes. */

export const THEMES = ['light', 'dark', 'contrast'] as const;

export type Theme = (typeof THEMES)[number];

type Foreground = {
  readonly text: string;
  readonly subtle: string;
  readonly accent: string;
  readonly good: string;
  readonly warning: string;
  readonly attention: string;
};

type Palette = {
  readonly foreground: Foreground;
  readonly line: string;
  /** Background and border of each container style. */
  readonly containers: Readonly<
    Record<'default' | 'emphasis' | 'good' | 'warning' | 'attention' | 'accent', [string, string]>
  >;
};

const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    foreground: {
      text: '#242424',
      subtle: '#5c5c5c',
      accent: '#4f52b2',
      good: '#0b6a0b',
      warning: '#835c00',
      attention: '#b3141d',
    },
    line: '#e0e0e0',
    containers: {
      default: ['#ffffff', '#e0e0e0'],
      emphasis: ['#f3f3f6', '#e0e0e0'],
      good: ['#ebf5ea', '#a7cfa4'],
      warning: ['#fdf5e3', '#e5c88a'],
      attention: ['#fcedee', '#e3a4a8'],
      accent: ['#eeeffb', '#b6b9ea'],
    },
  },
  dark: {
    foreground: {
      text: '#f5f5f5',
      subtle: '#bdbdbd',
      accent: '#a8abf5',
      good: '#8fd18c',
      warning: '#f0c75e',
      attention: '#ff9aa2',
    },
    line: '#4a4a4a',
    containers: {
      default: ['#2b2b2b', '#4a4a4a'],
      emphasis: ['#363636', '#4a4a4a'],
      good: ['#1d3320', '#3f6b42'],
      warning: ['#3a2f14', '#75602a'],
      attention: ['#41201f', '#874341'],
      accent: ['#2c2d4d', '#565995'],
    },
  },
  contrast: {
    foreground: {
      text: '#ffffff',
      subtle: '#ffffff',
      accent: '#ffff00',
      good: '#3ff23f',
      warning: '#ffd700',
      attention: '#ff8a8a',
    },
    line: '#ffffff',
    containers: {
      default: ['#000000', '#ffffff'],
      emphasis: ['#000000', '#ffffff'],
      good: ['#000000', '#3ff23f'],
      warning: ['#000000', '#ffd700'],
      attention: ['#000000', '#ff8a8a'],
      accent: ['#000000', '#ffff00'],
    },
  },
};

function color(main: string, subtle: string): object {
  return { default: main, subtle };
}

function containerStyle([backgroundColor, borderColor]: readonly [string, string], foreground: Foreground): object {
  const { text, subtle, accent, good, warning, attention } = foreground;
  return {
    backgroundColor,
    borderColor,
    foregroundColors: {
      default: color(text, subtle),
      dark: color(text, subtle),
      light: color(subtle, subtle),
      accent: color(accent, accent),
      good: color(good, good),
      warning: color(warning, warning),
      attention: color(attention, attention),
    },
  };
}

/** The host configuration of a theme, as JSON for `new AdaptiveCards.HostConfig`. */
export function hostConfig(theme: Theme): object {
  const { foreground, line, containers } = PALETTES[theme];
  const containerStyles = Object.fromEntries(
    Object.entries(containers).map(([name, colors]) => [name, containerStyle(colors, foreground)]),
  );
  return {
    supportsInteractivity: true,
    fontFamily: '"Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", Arial, sans-serif',
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
    lineHeights: { small: 16, default: 20, medium: 22, large: 24, extraLarge: 32 },
    fontWeights: { lighter: 400, default: 400, bolder: 600 },
    spacing: { small: 4, default: 8, medium: 12, large: 20, extraLarge: 28, padding: 16 },
    separator: { lineThickness: 1, lineColor: line },
    imageSizes: { small: 32, medium: 52, large: 100 },
    imageSet: { imageSize: 'medium', maxImageHeight: 100 },
    containerStyles,
    textStyles: {
      heading: { size: 'large', weight: 'bolder', color: 'default', isSubtle: false, fontType: 'default' },
      columnHeader: { size: 'default', weight: 'bolder', color: 'default', isSubtle: false, fontType: 'default' },
    },
    textBlock: { headingLevel: 3 },
    factSet: {
      title: { weight: 'bolder', wrap: true, maxWidth: 130 },
      value: { weight: 'default', wrap: true },
      spacing: 12,
    },
    inputs: {
      label: {
        inputSpacing: 'small',
        requiredInputs: { weight: 'bolder' },
        optionalInputs: { weight: 'bolder' },
      },
      errorMessage: { color: 'attention', size: 'default', weight: 'default' },
    },
    actions: {
      maxActions: 6,
      spacing: 'medium',
      buttonSpacing: 8,
      showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
      preExpandSingleShowCardAction: false,
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
      allowTitleToWrap: true,
    },
    adaptiveCard: { allowCustomStyle: false },
  };
}
