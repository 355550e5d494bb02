/** A service URL that is not one of Teams' own: no token and no card goes there. Its message holds nothing of it. */
export class ForeignServiceUrlError extends Error {
  override readonly name = 'ForeignServiceUrlError';

  constructor() {
    super('The service URL is not one of Teams.');
  }
}

/**
 * The hosts of the Bot Connector for Teams in Microsoft's public cloud, as Microsoft's own SDK for Teams lists them.
 * The service URL of an activity names one; it differs by region in its path.
 */
const TEAMS_HOSTS = [
  'smba.trafficmanager.net',
  'smba.onyx.prod.teams.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
] as const;

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;

/** Whether a URL is one that activities may come from and cards may go to. */
export type IsServiceUrl = (url: unknown) => url is string;

/** The service URLs of Teams itself. @param more Hosts beside its own. */
export function ofTeams(more: readonly string[] = []): IsServiceUrl {
  const hosts: readonly string[] = [...TEAMS_HOSTS, ...more];
  return (url): url is string => {
    const read = plainUrl(url);
    return read?.protocol === 'https:' && read.port === '' && hosts.includes(read.hostname);
  };
}

/** Those of a rehearsal: this machine alone. */
export const ofThisMachine: IsServiceUrl = (url): url is string => {
  const read = plainUrl(url);
  return read?.protocol === 'http:' && LOOPBACK_HOSTS.some((host) => host === read.hostname);
};

/**
 * A URL of a host and a path, written as every reader of URLs would write it: what two of them may understand
 * differently is none.
 */
function plainUrl(url: unknown): URL | undefined {
  if (typeof url !== 'string') return undefined;
  const read = URL.parse(url);
  if (read === null || read.username !== '' || read.password !== '' || read.search !== '' || read.hash !== '') {
    return undefined;
  }
  return read.href === url || read.href === `${url}/` ? read : undefined;
}
