import { type Picture, type Pixel, readPng } from './png.ts';

/** What of a manifest the checks look at. */
export type Manifest = {
  readonly version: string;
  readonly bots: readonly { readonly botId: string }[];
  readonly composeExtensions: readonly { readonly botId: string }[];
  readonly staticTabs: readonly { readonly contentUrl?: string }[];
  readonly configurableTabs: readonly { readonly configurationUrl: string }[];
  readonly webApplicationInfo: { readonly id: string; readonly resource: string };
  readonly permissions: readonly string[];
  readonly validDomains: readonly string[];
};

/** What the app asks of whoever installs it, and nothing more. docs/teams.md says what for. */
const PERMISSIONS: readonly string[] = ['identity', 'messageTeamMembers'];

/** What is wrong with a manifest beside its shape, each with what to do; empty where nothing is. */
export function manifestProblems(manifest: Manifest, version: string): string[] {
  return [
    ...(manifest.version === version
      ? []
      : [`The manifest has version ${manifest.version} and package.json ${version}. Give both the same.`]),
    ...addressProblems(manifest),
    ...identityProblems(manifest),
    ...manifest.permissions
      .filter((permission) => !PERMISSIONS.includes(permission))
      .map((permission) => `The manifest asks for the permission "${permission}", which nothing needs. Remove it.`),
  ];
}

/** Teams shows pages of the valid domains alone, and takes links from them: only those that the tabs are on. */
function addressProblems({ staticTabs, configurableTabs, validDomains }: Manifest): string[] {
  const pages = [
    ...staticTabs.flatMap(({ contentUrl }) => contentUrl ?? []),
    ...configurableTabs.map(({ configurationUrl }) => configurationUrl),
  ];
  const hosts = new Set(pages.map((page) => new URL(page).host));
  const missing = [...hosts].filter((host) => !validDomains.includes(host));
  const unused = validDomains.filter((domain) => !hosts.has(domain));
  return [
    ...pages.filter((page) => !page.startsWith('https://')).map((page) => `${page} must begin with https://.`),
    ...missing.map((host) => `validDomains must hold ${host}: a tab is there.`),
    ...unused.map((domain) => `validDomains holds ${domain}, and no tab is there. Remove it.`),
  ];
}

/** One registration is the bot, its extension and what the desk's tokens are for. */
function identityProblems({ bots, composeExtensions, webApplicationInfo, validDomains }: Manifest): string[] {
  const { id, resource } = webApplicationInfo;
  const others = [...bots, ...composeExtensions].filter(({ botId }) => botId !== id);
  const wanted = `api://${validDomains[0] ?? ''}/${id}`;
  return [
    ...others.map(({ botId }) => `The bot is ${botId} and webApplicationInfo ${id}. Use one registration for both.`),
    ...(resource === wanted ? [] : [`webApplicationInfo.resource must be ${wanted}.`]),
  ];
}

const COLOR_SIZE = 192;
const OUTLINE_SIZE = 32;
/** Teams may round the colour icon or lay things over its edge: the symbol stands within this square in its middle. */
const SAFE_SIZE = 120;

/** What is wrong with the icons, each with what to do; empty where nothing is. */
export function iconProblems(color: Buffer, outline: Buffer): string[] {
  return [
    ...picture('color.png', color, COLOR_SIZE, colorProblems),
    ...picture('outline.png', outline, OUTLINE_SIZE, outlineProblems),
  ];
}

function picture(name: string, file: Buffer, size: number, problems: (read: Picture) => string[]): string[] {
  try {
    const read = readPng(file);
    if (read.width !== size || read.height !== size) {
      return [`${name} has ${read.width} x ${read.height} pixels, and must have ${size} x ${size}.`];
    }
    return problems(read).map((problem) => `${name} ${problem}`);
  } catch (error) {
    return [`${name} ${error instanceof Error ? error.message : 'cannot be read'}.`];
  }
}

function colorProblems(read: Picture): string[] {
  const edge = (read.width - SAFE_SIZE) / 2;
  const isOutside = (x: number): boolean => x < edge || x >= read.width - edge;
  const all = pixelsOf(read);
  const ground = read.at(0, 0);
  const outside = all.filter(({ x, y }) => isOutside(x) || isOutside(y));
  const inside = all.filter(({ x, y }) => !isOutside(x) && !isOutside(y));
  return [
    ...(all.every(({ pixel }) => pixel[3] === 255) ? [] : ['must have no transparent part.']),
    ...(outside.every(({ pixel }) => isSame(pixel, ground))
      ? []
      : [`must have its symbol within ${SAFE_SIZE} x ${SAFE_SIZE} pixels in the middle, on one colour.`]),
    ...(inside.some(({ pixel }) => !isSame(pixel, ground)) ? [] : ['has no symbol.']),
  ];
}

function outlineProblems(read: Picture): string[] {
  const all = pixelsOf(read).map(({ pixel }) => pixel);
  const seen = all.filter(([, , , opacity]) => opacity > 0);
  return [
    ...(seen.every(([red, green, blue]) => red === 255 && green === 255 && blue === 255)
      ? []
      : ['must be white and nothing else.']),
    ...(seen.length < all.length ? [] : ['must have a transparent ground.']),
    ...(seen.length > 0 ? [] : ['has no symbol.']),
  ];
}

function pixelsOf(read: Picture): { readonly x: number; readonly y: number; readonly pixel: Pixel }[] {
  return Array.from({ length: read.width * read.height }, (_, index) => {
    const [x, y] = [index % read.width, Math.floor(index / read.width)];
    return { x, y, pixel: read.at(x, y) };
  });
}

function isSame(one: Pixel, other: Pixel): boolean {
  return one.every((part, index) => part === other[index]);
}
