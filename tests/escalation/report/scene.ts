import fc from 'fast-check';
import type { Cell, ReportTable } from '../../../src/escalation/report/drawing.ts';
import type { Report } from '../../../src/escalation/reports.ts';
import { freezeRoute } from '../../../src/escalation/routes.ts';
import type { Organisation } from '../../../src/guidance/types.ts';
import { addCards } from '../../../src/store/cards.ts';
import { appendAudit, insertReferral } from '../../../src/store/referrals.ts';
import type { CardRole, CardRow, ReferralRow, Status } from '../../../src/store/schema.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Change, loadExampleTrust } from '../../guidance/example-trust.ts';
import { aSeal } from '../../support/keys.ts';

export const at = (text: string): number => Date.parse(text);
/** When most reports here are made, and on what: the third quarter, which begins and ends in summer time. */
export const LATER = at('2027-06-01T12:00:00Z');
export const QUARTER = { from: '2026-07-01', to: '2026-09-30' };
const FIRST = at('2026-06-30T23:00:00Z');
const END = at('2026-09-30T23:00:00Z');
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

const REPORTED: readonly Change[] = [
  {
    file: 'example-trust/organisation.yaml',
    find: 'categories:\n  filming: Filming\n',
    put: 'categories:\n  filming: Filming\n  threats: Threats\n  posts: Posts\n',
  },
  {
    file: 'example-trust/organisation.yaml',
    find: '{ id: police, title: The police }',
    put: '{ id: police, title: The police, statutory: true }',
  },
  {
    file: 'example-trust/organisation.yaml',
    find: '{ id: ward-1, name: Ward 1 }',
    put: '{ id: ward-1, name: Ward 1 }\n  - { id: ward-3, name: Ward 3 }',
  },
];

/** Example Trust with more to report on. */
export function reportedTrust(): Organisation {
  return loadExampleTrust(...REPORTED);
}

type Kind = Pick<ReferralRow, 'flow' | 'outcome' | 'category' | 'urgency'> & {
  readonly route: string;
  readonly title: string;
  readonly headline: string;
};

/** What referrals are raised from. In office hours both routes begin with a wait, and out of them too. */
export const KINDS = {
  filming: {
    flow: 'filming',
    outcome: 'tell-senior',
    category: 'filming',
    urgency: 'urgent',
    route: 'senior-first',
    title: 'Someone is filming',
    headline: 'Tell the senior person',
  },
  photo: {
    flow: 'filming',
    outcome: 'ask-senior',
    category: 'filming',
    urgency: 'routine',
    route: 'senior-first',
    title: 'Someone is filming',
    headline: 'Ask the senior person',
  },
  post: {
    flow: 'posting',
    outcome: 'take-it-down',
    category: 'posts',
    urgency: 'routine',
    route: 'by-the-hour',
    title: 'May I post this?',
    headline: 'Take it down',
  },
  threat: {
    flow: 'threats',
    outcome: 'report-it',
    category: 'threats',
    urgency: 'immediate',
    route: 'by-the-hour',
    title: 'Threats',
    headline: 'Report it',
  },
} as const satisfies Record<string, Kind>;
export type KindName = keyof typeof KINDS;

/** One referral as it came to be. Times are minutes after it was raised. */
export type Scene = {
  readonly at: number;
  readonly kind?: KindName;
  readonly department?: 'ward-1' | 'ward-2' | 'ward-3';
  readonly acknowledged?: number;
  readonly closed?: number;
  /** Where it stands, if that does not follow. */
  readonly status?: Status;
  readonly aboutSenior?: ReferralRow['about_senior'];
  readonly referredOn?: readonly object[];
  /** A card that failed. */
  readonly lost?: { readonly role: CardRole; readonly place: string };
};

const DEPARTMENTS = { 'ward-1': 'Ward 1', 'ward-2': 'Ward 2', 'ward-3': 'Ward 3' } as const;
const seal = aSeal();

/** Writes scenes into a register. @returns their references, in the same order. */
export async function play(store: Store, organisation: Organisation, scenes: readonly Scene[]): Promise<string[]> {
  return store.transaction(async (tx) => {
    const references: string[] = [];
    for (const scene of scenes) {
      const row = referralOf(organisation, scene, `${organisation.id}-${references.length}`);
      await insertReferral(tx, row);
      for (const details of scene.referredOn ?? []) {
        await appendAudit(tx, seal, row.reference, { kind: 'refer-on', at: scene.at, details: { ...details } });
      }
      if (scene.lost !== undefined) await addCards(tx, [cardOf(row, scene.lost)]);
      references.push(row.reference);
    }
    return references;
  });
}

function referralOf(organisation: Organisation, scene: Scene, reference: string): ReferralRow {
  const { at, acknowledged, closed, department = 'ward-1', aboutSenior = 'no' } = scene;
  const { route, title, headline, ...kind } = KINDS[scene.kind ?? 'filming'];
  const { policy } = organisation;
  const status = closed !== undefined ? 'closed' : acknowledged !== undefined ? 'acknowledged' : 'raised';
  return {
    ...kind,
    reference,
    raise_key: reference,
    organisation: organisation.id,
    edition: 'edition',
    responses: '{}',
    asked: JSON.stringify({ title, headline, verdict: 'report', answers: [], citations: [], policy }),
    department,
    department_name: DEPARTMENTS[department],
    about_senior: aboutSenior,
    told: '[]',
    safe_to_ring: 'not-given',
    reporter_tenant: 'tenant-1',
    reporter: 'person-1',
    reporter_name: 'Amina',
    name_kept: 0,
    status: scene.status ?? status,
    owner_tenant: null,
    owner: null,
    owner_name: null,
    version: 1,
    events: 0,
    route: JSON.stringify(freezeRoute(organisation, route, department)),
    route_step: 0,
    next_step_at: null,
    round: 0,
    unanswered_at: null,
    owner_due_at: null,
    reminded_at: null,
    withdraw_asked_at: null,
    open_question: null,
    raised_at: at,
    acknowledged_at: acknowledged === undefined ? null : at + acknowledged * MINUTE,
    closed_at: closed === undefined ? null : at + closed * MINUTE,
    forgotten_at: null,
    forgotten_because: null,
  };
}

function cardOf({ reference, raised_at }: ReferralRow, { role, place }: NonNullable<Scene['lost']>): CardRow {
  return {
    id: `card-${reference}`,
    referral: reference,
    role,
    lane: `lane-${reference}`,
    priority: 0,
    step: 0,
    round: 0,
    tenant: 'tenant-1',
    person: role === 'channel' ? null : 'person-2',
    teams_id: null,
    place_name: place,
    place_role: role === 'on-duty' ? 'nurse in charge' : '',
    address: null,
    details: '{}',
    team: null,
    channel: null,
    conversation: null,
    activity: null,
    service_url: '',
    bot_id: '',
    wanted: 1,
    shown: 0,
    state: 'failed',
    possible_duplicate: 0,
    replaced: 0,
    attempts: 1,
    last_error: 'gone',
    due_at: null,
    created_at: raised_at,
    delivered_at: null,
    posted_at: null,
  };
}

/** Anything that could be raised: most of it in the quarter, some at its very ends, some long before. */
export function anyScene(): fc.Arbitrary<Scene> {
  return fc.record({
    at: fc.oneof(
      fc.integer({ min: FIRST, max: END - 1 }),
      fc.integer({ min: FIRST - 400 * DAY, max: END + 10 * DAY }),
      fc.constantFrom(FIRST - 1, FIRST, END - 1, END),
    ),
    kind: fc.constantFrom(...(Object.keys(KINDS) as KindName[])),
    department: fc.constantFrom('ward-1', 'ward-2', 'ward-3'),
    acknowledged: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
    referredOn: fc.subarray([{ to: 'The police' }, { to: 'Information Governance' }]),
  });
}

// What a report says

export function tableOf({ tables }: Report, id: string): ReportTable {
  const table = tables.find((one) => one.id === id);
  if (table === undefined) throw new Error(`There is no table ${id}. There are: ${tables.map((one) => one.id)}.`);
  return table;
}

/** The rows of a table by their names: their other cells, or the only one. */
export function rowsOf(report: Report, id: string): Record<string, unknown> {
  return Object.fromEntries(
    tableOf(report, id).rows.map(([name, ...cells]) => [String(name), cells.length === 1 ? cells[0] : cells]),
  );
}

/** A row by the titles of its columns. */
export function rowOf(report: Report, id: string, row: string): Record<string, Cell | undefined> {
  const { columns, rows } = tableOf(report, id);
  const found = rows.find(([name]) => name === row);
  return Object.fromEntries(columns.slice(1).map(({ title }, index) => [title, found?.[index + 1]]));
}
