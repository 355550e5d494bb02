import { pino } from 'pino';
import restify from 'restify';
import { createNames } from '../../../src/escalation/names.ts';
import type { Organisation } from '../../../src/guidance/types.ts';
import type { PersonKey } from '../../../src/store/people.ts';
import type { TeamGroups } from '../../../src/store/teams.ts';
import { createRoster, type Roster } from '../../../src/teams/roster.ts';
import { createDesk } from '../../../src/web/desk/desk.ts';
import { createIdentity } from '../../../src/web/desk/identity.ts';
import { serveDesk } from '../../../src/web/desk/serve.ts';
import { close, listen } from '../../../src/web/server.ts';
import { type House, type Options, openHouse } from '../../escalation/house.ts';
import { loadExampleTrust } from '../../guidance/example-trust.ts';
import { type DeskReader, deskReader } from '../../support/desk.ts';
import { startIssuer } from '../../support/issuer.ts';

export const TRUST = 'example-trust';
/** In the same tenant, and without a team that receives its referrals. */
export const NEIGHBOUR = 'neighbour-trust';
/** In a tenant of its own. */
export const FAR_TRUST = 'far-trust';

/** The desk over a register of its own, with tokens that are signed and checked, and a team that a test can change. */
export type OpenDesk = {
  readonly house: House;
  readonly address: string;
  /** The AAD object ids of those in the team, as Teams would say. */
  readonly members: Set<string>;
  readonly roster: Roster;
  /** The AAD object ids of the safeguarding leads. */
  readonly leads: string[];
  /** Whether Teams says who is in its teams. */
  answers: boolean;
  as(person: PersonKey & { readonly name: string }): DeskReader;
  close(): Promise<void>;
};

const AUDIENCE = 'app';
const POLICE_ARE_STATUTORY = {
  file: 'example-trust/organisation.yaml',
  find: 'title: The police }',
  put: 'title: The police, statutory: true }',
};

/** @param options As for any house. */
export async function openDesk(options: Options = {}): Promise<OpenDesk> {
  const house = await openHouse(options);
  const issuer = await startIssuer('ES256');
  const members = new Set<string>();
  const log = pino({ level: 'silent' });
  const roster = createRoster({
    async read() {
      if (!desk.answers) throw new Error('502');
      return new Set(members);
    },
    clock: { now: house.now },
    log,
  });
  const trust = loadExampleTrust(POLICE_ARE_STATUTORY);
  const named = (id: string): [string, Organisation] => [id, { ...trust, id }];
  const guidance = new Map([TRUST, NEIGHBOUR, FAR_TRUST].map(named));
  const tenants = new Map([
    ['tenant-1', [TRUST, NEIGHBOUR]],
    ['tenant-2', [FAR_TRUST]],
  ]);
  const handlers = createDesk({
    store: house.store,
    referrals: house.referrals,
    names: createNames(house.engine),
    leads: (organisation) => (organisation === TRUST ? desk.leads : []),
    guidance: () => guidance,
    clock: { now: house.now },
    teams: (organisation): TeamGroups => (organisation === TRUST ? ['group-1'] : []),
    roster,
    organisationsOf: (tenant) => tenants.get(tenant) ?? [],
    app: null,
    chat: null,
  });
  const identity = createIdentity({
    issuerOf: (tenant) => (tenants.has(tenant) ? { issuer: `maker of ${tenant}`, keys: issuer.keys } : undefined),
    audiences: [AUDIENCE],
    algorithms: ['ES256'],
  });
  const server = restify.createServer();
  server.use(restify.plugins.bodyParser({ mapParams: false }));
  serveDesk(server, { identity, handlers, log });
  const address = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const desk: OpenDesk = {
    house,
    address,
    members,
    roster,
    leads: [],
    answers: true,
    as: ({ tenant, person, name }) =>
      deskReader(address, () => {
        const exp = Math.floor(Date.now() / 1_000) + 600;
        const claims = { aud: AUDIENCE, iss: `maker of ${tenant}`, tid: tenant, oid: person, name, exp };
        return issuer.token({ ...claims, scp: 'access_as_user' });
      }),
    async close() {
      await close(server);
      await issuer.stop();
      await house.close();
    },
  };
  return desk;
}
