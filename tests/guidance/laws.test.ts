import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Sent } from '../../src/escalation/deliveries.ts';
import { createPace } from '../../src/escalation/rates.ts';
import { createReferrals } from '../../src/escalation/referrals.ts';
import type { FrozenRoute, StepTaken } from '../../src/escalation/routes.ts';
import type { Engine } from '../../src/escalation/work.ts';
import { createWorker } from '../../src/escalation/worker.ts';
import { OPERATIVE, pathsOf } from '../../src/guidance/coverage.ts';
import { type FlowPath, paths } from '../../src/guidance/paths.ts';
import { type ContentFile, type Parsed, type Path, parseSource } from '../../src/guidance/source.ts';
import {
  type Contact,
  type Escalate,
  type Flow,
  type Guidance,
  type Organisation,
  type Outcome,
  type Question,
  SharedFile,
  VERDICTS,
} from '../../src/guidance/types.ts';
import { type Responses, walk } from '../../src/guidance/walk.ts';
import { loadPolicies, readContent } from '../../src/policies.ts';
import { openSqlite, type Store } from '../../src/store/store.ts';
import { saveTeam } from '../../src/store/teams.ts';
import { rehearsedTeams } from '../escalation/rehearsed-teams.ts';
import { aSeal } from '../support/keys.ts';

/**
 * What must hold of the guidance that is really there, on every path of every flow. Each fault is named with its file
 * and line, so that whoever writes the content can mend it.
 */

let guidance: Guidance;
let files: readonly Nodes[];
beforeAll(async () => {
  guidance = await loadPolicies('policies');
  files = (await readContent('policies')).filter(({ path }) => /\/(flows|shared)\//.test(path)).map(readNodes);
});

describe('every way through every flow', () => {
  test('ends in an outcome, whatever is answered', () => {
    expect(
      places().flatMap(({ organisation, flow, responses }) => {
        const position = walk(flow, responses);
        return position.at === 'nowhere' ? [`${organisation.id} ${flow.flow} ${JSON.stringify(responses)}`] : [];
      }),
    ).toEqual([]);
    for (const { flow } of flows()) {
      const ends = paths(flow);
      expect(ends.length).toBeGreaterThan(0);
      for (const { outcome } of ends) expect(Object.keys(flow.outcomes)).toContain(outcome);
    }
  });

  test('asks four questions at most', () => {
    expect(
      flows().flatMap(({ organisation, flow }) =>
        paths(flow)
          .filter(({ answers }) => answers.length > 4)
          .map(({ answers }) => `${where(organisation, flow, 'questions', answers[4]?.id ?? '')} is a fifth question`),
      ),
    ).toEqual([]);
  });

  test('is never less cautious after “not sure” than after the most cautious answer beside it', () => {
    const asked = questions().filter(({ question }) => question.options.some((option) => option.unsure));
    expect(asked.length).toBeGreaterThan(0);
    expect(
      asked.flatMap(({ organisation, flow, id, question, responses }) => {
        const gravest = (option: string): number =>
          Math.max(...paths(flow, { ...responses, [id]: option }).map((path) => caution(flow, path)));
        const most = Math.max(...question.options.map(({ option }) => gravest(option)));
        return question.options
          .filter((option) => option.unsure && gravest(option.option) < most)
          .map((option) => `${where(organisation, flow, 'questions', id)} “${option.label}” is too mild`);
      }),
    ).toEqual([]);
  });

  test('knows an answer that means “not sure” as such', () => {
    expect(
      questions().flatMap(({ organisation, flow, id, question }) =>
        question.options
          .filter(
            (option) =>
              /not sure|unsure|^(I )?(don[’']t|do not|cannot) (know|tell)\b/i.test(option.label) && !option.unsure,
          )
          .map((option) => `${where(organisation, flow, 'questions', id)} “${option.label}” lacks "unsure: true"`),
      ),
    ).toEqual([]);
  });
});

describe('a flow that may be about a child', () => {
  const FAMILY = /\b(famil(y|ies)|parents?|mothers?|fathers?|mums?|dads?|carers?|next of kin)\b/i;
  const SPEAKING = /\b(speak|talk|tell|ring|call|ask|raise|raising|contact|inform|go to|goes to|explain|say)/i;
  const AUTHORITY = /\b(police|social care)\b/i;
  /** Not to, or only once somebody else was asked. */
  const HELD_BACK = /\b(do not|don[’']t|never|must not|should not|ask (if|whether|who|before))\b/i;
  const FIRST_AUTHORITY = /\b(before|together|decided)\b/i;

  /** The steps that would have a reader speak to the family before the police or social care were spoken to. */
  function familyFirst(steps: readonly string[]): number[] {
    return steps.flatMap((step, index) => {
      const earlier = steps.slice(0, index).join(' ');
      const sentences = step.split(/(?<=[.!?])\s+/);
      const isFault = sentences.some((sentence, number) => {
        const family = FAMILY.exec(sentence);
        if (family === null || !SPEAKING.test(sentence)) return false;
        const until = sentence.slice(0, family.index);
        if (HELD_BACK.test(until)) return false;
        // What is said of the family must send the reader elsewhere first, and it must have been said where.
        const said = [earlier, ...sentences.slice(0, number), until].join(' ');
        return !(FIRST_AUTHORITY.test(sentence) && AUTHORITY.test(said));
      });
      return isFault ? [index] : [];
    });
  }

  const isAboutAChild = (flow: Flow): boolean =>
    Object.values(flow.outcomes).some(
      (outcome) =>
        outcome.escalate?.category === 'child-harm' ||
        outcome.steps.some((step) => step.clauses.some((id) => id.startsWith('WAHT-4.4.')) || /\bchild/i.test(step.do)),
    );

  test.each([
    ['Speak to the family.'],
    ['Tell the parents first. Then ring the police.'],
    ['Ring the police.', 'Now tell the mother what you saw.'],
    ['You should talk to them before you raise it with the family.'],
    ['Ring the police if it is urgent. If not, speak to the family.'],
  ])('would be caught saying “%s %s”', (...steps) => {
    expect(familyFirst(steps)).not.toEqual([]);
  });

  test.each([
    ['Do not speak to the family first.'],
    ['Ask if it is safe to speak to the family.'],
    ['Speak with the police or social care before you raise it with the family.'],
    ['Contact the police.', 'You should talk to them before you raise it with the parents.'],
    ['Small facts can show who the family is.'],
  ])('may say “%s %s”', (...steps) => {
    expect(familyFirst(steps)).toEqual([]);
  });

  test('never tells the reader to speak to the family before the police or social care', () => {
    const about = outcomes().filter(({ flow }) => isAboutAChild(flow));
    expect(about.length).toBeGreaterThan(0);
    expect(
      about.flatMap(({ organisation, flow, id, outcome }) =>
        familyFirst(outcome.steps.map((step) => step.do)).map((index) => stepAt(organisation, flow, id, index)),
      ),
    ).toEqual([]);
  });
});

describe('every answer about danger now', () => {
  const answersAboutDanger = () => outcomes().filter(({ id }) => /^danger-now/.test(id));

  test('tells, for a child, of police and children’s social care, and not to tell the family first', () => {
    expect(answersAboutDanger().length).toBeGreaterThan(0);
    for (const { outcome } of answersAboutDanger()) {
      const ofAChild = outcome.steps.map((step) => step.do).find((step) => /Do not tell the family first\./.test(step));
      expect(ofAChild).toMatch(/child/);
      expect(ofAChild).toMatch(/police/);
      expect(ofAChild).toMatch(/social care/i);
    }
  });

  test('names children’s social care as a contact where the organisation has it', () => {
    const having = answersAboutDanger().filter(({ organisation }) =>
      organisation.contacts.has('childrens-social-care'),
    );
    expect(having.length).toBeGreaterThan(0);
    for (const { outcome } of having) expect(outcome.contacts).toContain('childrens-social-care');
  });
});

describe('every escalation', () => {
  /** Three in the morning of Christmas Day, a Friday: no office answers. */
  const CHRISTMAS = Date.parse('2026-12-25T03:00:00Z');
  const DAY = 24 * 60 * 60_000;

  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signpost-laws-'));
    store = await openSqlite(folder);
    const names = [...guidance.values()].flatMap((organisation) =>
      Object.values(organisation.settings.routes)
        .flatMap((route) => route.steps.flatMap((step) => step.notify))
        .flatMap((whom) => (whom.whom === 'channel' ? whom.name : [])),
    );
    const team = { ...ADDRESS, team: 'team', group_id: 'group', name: 'Team', keepers: '[]', updated_at: CHRISTMAS };
    await saveTeam(store.db, team, [...[...new Set(names)].map((name, index) => ({ channel: `19:${index}`, name }))]);
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Raises something and lets two days go by in which nobody answers. */
  async function raisedAndUnanswered(one: Escalated, groups: string[], sent?: Sent) {
    let time = CHRISTMAS;
    const clock = { now: () => time };
    const messenger = rehearsedTeams(clock.now);
    messenger.trouble = (card) => (card.role === 'reporter' ? undefined : sent);
    const teams = () => groups;
    const log = pino({ level: 'silent' });
    const engine: Engine = {
      store,
      clock,
      seal: aSeal(),
      teams,
      mails: false,
      wake: () => worker.wake(),
    };
    const worker = createWorker({ engine, guidance: () => guidance, messenger, pace: createPace(), log, everyMs: DAY });
    const referrals = createReferrals(engine);
    const { referral } = await referrals.raise(raising(one));
    for (let looks = 0; looks < 2 * one.steps + 4; looks += 1) {
      await worker.start();
      await worker.stop();
      time += DAY / 2;
    }
    const record = await referrals.read(referral.reference);
    const taken: StepTaken[] = (record?.audit ?? [])
      .filter(({ kind }) => kind === 'step')
      .map(({ details }) => JSON.parse(details));
    const route: FrozenRoute = JSON.parse(referral.route);
    return { ring: (taken.at(-1)?.ring ?? []).map((id) => route.contacts[id]), next: record?.referral.next_step_at };
  }

  /** Somebody whom a reader can ring at any hour, or go and find. */
  const answersAtAnyHour = (contact: Contact | undefined): boolean =>
    contact !== undefined && (contact['in-person'] || (contact.phone !== undefined && !contact['in-hours-only']));

  test.each([
    ['nobody is on duty and there is no channel', [], undefined],
    ['a channel gets it and nobody there answers', ['group'], undefined],
    ['Teams refuses every card', ['group'], { result: 'refused', reason: 'HTTP 403' } as const],
  ])('comes to a person to ring, at night on a bank holiday, when %s', async (_, groups, sent) => {
    const all = escalations();
    expect(all.length).toBeGreaterThan(0);
    const faults: string[] = [];
    for (const one of all) {
      const { ring, next } = await raisedAndUnanswered(one, groups, sent);
      if (next !== null || !ring.some(answersAtAnyHour)) faults.push(`${one.at}: the route ${one.escalate.route}`);
    }
    expect(faults).toEqual([]);
  });

  test('names somebody to ring at any hour when it cannot wait', () => {
    expect(
      escalations()
        .filter(({ organisation, escalate }) => {
          const route = organisation.settings.routes[escalate.route];
          return !route?.['if-it-cannot-wait'].some((id) => answersAtAnyHour(organisation.contacts.get(id)));
        })
        .map(({ at }) => at),
    ).toEqual([]);
  });
});

describe('a number that is answered in hours only', () => {
  test('stands in no step without the words “in hours”', () => {
    const numbers = [...guidance.values()].flatMap((organisation) =>
      [...organisation.contacts.values()]
        .filter((contact) => contact['in-hours-only'] && contact.phone !== undefined)
        .map((contact) => ({ organisation: organisation.id, phone: contact.phone ?? '' })),
    );
    expect(numbers).toContainEqual({ organisation: 'worcestershire-acute', phone: '33735' });
    expect(
      outcomes().flatMap(({ organisation, flow, id, outcome }) =>
        outcome.steps.flatMap((step, index) =>
          numbers.some((one) => one.organisation === organisation.id && step.do.includes(one.phone)) &&
          !/\bin hours\b/i.test(step.do)
            ? [stepAt(organisation, flow, id, index)]
            : [],
        ),
      ),
    ).toEqual([]);
  });
});

describe('every clause', () => {
  const TABLE = '../shared/policies/clauses.tsv';
  // The list of clauses is no part of the project: where it is not beside it, this one test is skipped.
  (existsSync(TABLE) ? test : test.skip)(`of the source policies stands in clauses.yaml (needs ${TABLE})`, () => {
    const [, ...rows] = readFileSync(TABLE, 'utf8').trim().split('\n');
    const listed = rows.map((row) => row.split('\t')).map(([id = '', kind]) => ({ id, kind }));
    const written = new Map(
      [...guidance.values()].flatMap(({ clauses }) => clauses.map(({ id, kind }) => [id, kind] as const)),
    );
    expect(listed.filter(({ id, kind }) => written.get(id) !== kind)).toEqual([]);
    const operative = listed.filter(({ kind }) => OPERATIVE.some((one) => one === kind));
    expect(operative.length).toBe(83);
    const cited = citedOnAPath();
    expect(operative.filter(({ id }) => !cited.has(id))).toEqual([]);
  });

  test('is cited by an outcome that somebody can reach; one that asks nothing of staff may say why it is not', () => {
    const cited = citedOnAPath();
    const all = [...guidance.values()].flatMap(({ clauses }) => clauses);
    expect(all.length).toBeGreaterThan(0);
    expect(
      all
        .filter(({ id }) => !cited.has(id))
        .filter((clause) => OPERATIVE.includes(clause.kind) || clause['not-decidable'] === undefined)
        .map(({ id, kind }) => `${kind} ${id}`),
    ).toEqual([]);
  });

  test('against grievances online stands beside the ways to raise a concern', () => {
    const against = outcomes().filter(({ outcome }) => clausesIn(outcome).has('SECAMB-4.4.f'));
    expect(against.length).toBeGreaterThan(0);
    expect(
      against
        .filter(({ outcome }) => !clausesIn(outcome).has('SECAMB-8.2'))
        .map(({ organisation, flow, id }) => where(organisation, flow, 'outcomes', id)),
    ).toEqual([]);
  });
});

describe('people', () => {
  const SOURCES = '../shared/policies';
  const found = existsSync(SOURCES) ? readdirSync(SOURCES).filter((name) => name.endsWith('.txt')) : [];
  // The policies name their authors, and are no part of the project: where they are not beside it, this is skipped.
  (found.length > 0 ? test : test.skip)(`who wrote the policies are named nowhere (needs ${SOURCES})`, () => {
    const names = found.flatMap((name) => authorsIn(readFileSync(join(SOURCES, name), 'utf8')));
    expect(names.length).toBeGreaterThan(5);
    expect(
      outcomes().flatMap(({ organisation, flow, id, outcome }) => {
        const said = JSON.stringify([outcome, outcome.contacts.map((one) => organisation.contacts.get(one))]);
        const isNamed = names.some((name) => said.toLowerCase().includes(name.toLowerCase()));
        return isNamed ? [where(organisation, flow, 'outcomes', id)] : [];
      }),
    ).toEqual([]);
  });

  /** First name and surname, from the lines "Originator: Name Role" and from the tables of names and designations. */
  function authorsIn(text: string): string[] {
    const originator = /Originator:<\/b>\s*(\p{Lu}\S+ \p{Lu}\S+)/u.exec(text)?.[1] ?? [];
    const lines = text.split('\n');
    const table = lines.findIndex((line) => line.includes('<b>Name</b>') && line.includes('<b>Designation</b>'));
    const rows = table < 0 ? [] : lines.slice(table + 1);
    const end = rows.findIndex((line) => !line.includes('\t') || line.startsWith('This '));
    const listed = rows.slice(0, Math.max(end, 0)).flatMap((line) => line.split('\t')[0]?.trim() || []);
    return [originator, listed].flat();
  }
});

// Reading flows.

type InFlow = { readonly organisation: Organisation; readonly flow: Flow };

function flows(): InFlow[] {
  const all = [...guidance.values()].flatMap((organisation) =>
    [...organisation.flows.values()].map((flow) => ({ organisation, flow })),
  );
  expect(all.length).toBeGreaterThan(0);
  return all;
}

/** Every place of every flow: before its first answer, after each, and at each outcome. */
function places(): (InFlow & { responses: Responses })[] {
  const below = (flow: Flow, responses: Responses): Responses[] => {
    const position = walk(flow, responses);
    if (position.at !== 'question') return [responses];
    const next = position.question.options.map(({ option }) => ({ ...responses, [position.id]: option }));
    return [responses, ...next.flatMap((more) => below(flow, more))];
  };
  return flows().flatMap(({ organisation, flow }) =>
    below(flow, {}).map((responses) => ({ organisation, flow, responses })),
  );
}

/** Every question wherever it is asked, with the answers before it. */
function questions(): (InFlow & { id: string; question: Question; responses: Responses })[] {
  return places().flatMap(({ organisation, flow, responses }) => {
    const position = walk(flow, responses);
    if (position.at !== 'question') return [];
    return [{ organisation, flow, responses, id: position.id, question: position.question }];
  });
}

/** Every outcome that some path of a flow ends in, once for each flow. */
function outcomes(): (InFlow & { id: string; outcome: Outcome })[] {
  return flows().flatMap(({ organisation, flow }) =>
    [...new Set(paths(flow).map((path) => path.outcome))].flatMap((id) => {
      const outcome = flow.outcomes[id];
      return outcome === undefined ? [] : [{ organisation, flow, id, outcome }];
    }),
  );
}

function caution(flow: Flow, path: FlowPath): number {
  return VERDICTS.indexOf(flow.outcomes[path.outcome]?.verdict ?? 'information');
}

function clausesIn(outcome: Outcome): ReadonlySet<string> {
  return new Set(outcome.steps.flatMap((step) => step.clauses));
}

function citedOnAPath(): ReadonlySet<string> {
  return new Set([...guidance.values()].flatMap((organisation) => pathsOf(organisation).flatMap((one) => one.clauses)));
}

// Raising.

const ADDRESS = { tenant: 'tenant', service_url: 'https://smba.example', bot_id: 'bot' };

type Escalated = InFlow & { id: string; outcome: Outcome; escalate: Escalate; steps: number; at: string };

/** One outcome for each route and urgency that any outcome of an organisation is raised on. */
function escalations(): Escalated[] {
  const found = new Map<string, Escalated>();
  for (const { organisation, flow, id, outcome } of outcomes()) {
    const { escalate } = outcome;
    if (escalate === undefined) continue;
    const steps = organisation.settings.routes[escalate.route]?.steps.length ?? 0;
    const at = where(organisation, flow, 'outcomes', id);
    const key = `${organisation.id} ${escalate.route} ${escalate.urgency}`;
    found.set(key, { organisation, flow, id, outcome, escalate, steps, at });
  }
  return [...found.values()];
}

function raising({ organisation, flow, id, outcome, escalate }: Escalated) {
  return {
    key: randomUUID(),
    organisation,
    flow: flow.flow,
    edition: flow.edition,
    responses: {},
    outcome: id,
    asked: {
      title: flow.title,
      verdict: outcome.verdict,
      headline: outcome.headline,
      answers: [],
      citations: [],
      policy: organisation.policy,
    },
    escalate,
    department: organisation.settings.departments[0]?.id ?? '',
    description: 'Something happened.',
    callBack: '',
    safeToRing: 'not-given' as const,
    told: [],
    aboutSenior: 'no' as const,
    nameKept: false,
    reporter: {
      ...ADDRESS,
      person: 'reporter',
      name: 'Amina',
      organisation: null,
      teams_id: '29:reporter',
      conversation: 'a:reporter',
      updated_at: 0,
    },
    message: { conversation: 'a:reporter', activity: undefined },
  };
}

// Finding the line.

type Nodes = Parsed<{ questions: object; outcomes: object }>;

/** The questions and outcomes of a file of flows or of what they share, with the means to point at a line of it. */
function readNodes(file: ContentFile): Nodes {
  const { parsed } = parseSource(file, SharedFile.loose());
  if (parsed === undefined) throw new Error(`${file.path} cannot be read.`);
  return parsed;
}

/** "policies/a/flows/b.yaml:12", for a question or an outcome that a flow has of its own or shares. */
function where({ id: organisation }: Organisation, { flow }: Flow, ...at: Path): string {
  const [kind = '', id = ''] = at;
  const has = (file: Nodes): boolean =>
    Object.hasOwn(kind === 'questions' ? file.value.questions : file.value.outcomes, id);
  const file =
    files.find((one) => one.path === `${organisation}/flows/${flow}.yaml` && has(one)) ??
    files.find((one) => one.path.startsWith(`${organisation}/shared/`) && has(one));
  if (file === undefined) throw new Error(`${organisation} ${flow} has no ${at.join(' ')}.`);
  const { line } = file.problem(at, '', '');
  return `policies/${file.path}:${line} (${id})`;
}

function stepAt(organisation: Organisation, flow: Flow, outcome: string, index: number): string {
  const words = flow.outcomes[outcome]?.steps[index]?.do;
  return `${where(organisation, flow, 'outcomes', outcome, 'steps', index)} ${words}`;
}
