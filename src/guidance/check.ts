import { OPERATIVE } from './coverage.ts';
import { citationsOf, contactsOf, joinNodes, type OrganisationSource } from './join.ts';
import { EMERGENCY } from './outcome.ts';
import { type FlowPath, paths } from './paths.ts';
import type { Parsed, Path, Problem } from './source.ts';
import { type Contact, type FlowFile, type Outcome, type Question, VERDICTS, type Whom } from './types.ts';

/**
 * What must hold between the files of one organisation. One function for each rule; `check` runs them all.
 * A rule that needs to walk a flow runs only on flows whose links hold.
 */

type Check = (source: OrganisationSource) => Problem[];

export const CHECKS: Readonly<Record<string, Check>> = {
  folderIsNamedAfterItsOrganisation,
  flowsAreNamedAfterTheirFiles,
  sharedNodesHaveOneMeaning,
  everyNextIsThere,
  everyNodeIsReached,
  flowsHaveNoCycle,
  oneFlowIsForDanger,
  groupsExist,
  citationsExist,
  outcomesCiteAClauseOrSaySilent,
  contactsExist,
  emergencyHasANumber,
  escalationsExist,
  retentionCategoriesExist,
  routesEndInAPersonToRing,
  routesReachSomebody,
  dutyPlacesDiffer,
  optionsDiffer,
  noExampleIsInTwoFlows,
  notSureIsNeverLessCautious,
  dangerIsAskedFirst,
  policyDatesMakeSense,
  hoursMakeSense,
  clausesHaveOneMeaning,
  operativeClausesAreAnswered,
  guidanceIsPlain,
};

const STRUCTURE = new Set<string>(['everyNextIsThere', 'flowsHaveNoCycle', 'sharedNodesHaveOneMeaning']);

/** All problems of one organisation's content. */
export function check(source: OrganisationSource): Problem[] {
  const run = (names: string[]): Problem[] => names.flatMap((name) => CHECKS[name]?.(source) ?? []);
  const structural = run(Object.keys(CHECKS).filter((name) => STRUCTURE.has(name)));
  if (structural.length > 0) return structural;
  return run(Object.keys(CHECKS).filter((name) => !STRUCTURE.has(name)));
}

type Node = {
  readonly file: Pick<Parsed<unknown>, 'problem'>;
  readonly path: Path;
  readonly id: string;
};

function questionsOf(source: OrganisationSource): (Node & { question: Question })[] {
  return [...source.flows, ...source.shared].flatMap((file) =>
    Object.entries(file.value.questions).map(([id, question]) => ({ file, path: ['questions', id], id, question })),
  );
}

function outcomesOf(source: OrganisationSource): (Node & { outcome: Outcome })[] {
  return [...source.flows, ...source.shared].flatMap((file) =>
    Object.entries(file.value.outcomes).map(([id, outcome]) => ({ file, path: ['outcomes', id], id, outcome })),
  );
}

/** The folder's name is the organisation's id. */
export function folderIsNamedAfterItsOrganisation({ folder, settings }: OrganisationSource): Problem[] {
  if (settings.value.organisation === folder) return [];
  return [
    settings.problem(
      ['organisation'],
      `the organisation is called "${settings.value.organisation}" but its folder is "${folder}"`,
      'Give both the same name',
    ),
  ];
}

/** flows/a-b.yaml holds the flow a-b. */
export function flowsAreNamedAfterTheirFiles({ flows, folder }: OrganisationSource): Problem[] {
  return flows
    .filter((flow) => flow.path !== `${folder}/flows/${flow.value.flow}.yaml`)
    .map((flow) =>
      flow.problem(
        ['flow'],
        `the flow "${flow.value.flow}" stands in ${flow.path.slice(folder.length + 1)}`,
        `Put it in flows/${flow.value.flow}.yaml, or rename the flow after the file`,
      ),
    );
}

/** An id means one thing: a flow does not reuse a shared id, nor a question an outcome's. */
export function sharedNodesHaveOneMeaning(source: OrganisationSource): Problem[] {
  const problems: Problem[] = [];
  const sharedIds = new Set(source.shared.flatMap((file) => idsOf(file.value)));
  const seenShared = new Set<string>();
  for (const file of [...source.shared, ...source.flows]) {
    const isShared = source.shared.some((candidate) => candidate === file);
    const seen = new Set<string>();
    for (const kind of ['questions', 'outcomes'] as const) {
      for (const id of Object.keys(file.value[kind])) {
        const taken = seen.has(id) || (isShared ? seenShared.has(id) : sharedIds.has(id));
        if (taken) {
          problems.push(file.problem([kind, id], `the id "${id}" is used twice`, 'Give one of them another id'));
        }
        seen.add(id);
        if (isShared) seenShared.add(id);
      }
    }
  }
  return problems;
}

function idsOf(file: { questions: object; outcomes: object }): string[] {
  return [...Object.keys(file.questions), ...Object.keys(file.outcomes)];
}

/** Every `start` and `next` names a question or an outcome of the flow or of the shared files. */
export function everyNextIsThere(source: OrganisationSource): Problem[] {
  const shared = new Set(source.shared.flatMap((file) => idsOf(file.value)));
  const missing = (file: Parsed<unknown>, at: Path, id: string): Problem =>
    file.problem(at, `there is no question or outcome "${id}"`, 'Write it, or correct the name');
  const problems: Problem[] = [];
  for (const flow of source.flows) {
    const known = new Set([...shared, ...idsOf(flow.value)]);
    if (!known.has(flow.value.start)) problems.push(missing(flow, ['start'], flow.value.start));
  }
  for (const file of [...source.flows, ...source.shared]) {
    const known = new Set([...shared, ...idsOf(file.value)]);
    for (const [id, question] of Object.entries(file.value.questions)) {
      for (const [index, option] of question.options.entries()) {
        if (known.has(option.next)) continue;
        problems.push(missing(file, ['questions', id, 'options', index, 'next'], option.next));
      }
    }
  }
  return problems;
}

/** Every question and outcome can be reached. */
export function everyNodeIsReached(source: OrganisationSource): Problem[] {
  const problems: Problem[] = [];
  const reachedAnywhere = new Set<string>();
  for (const file of source.flows) {
    const reached = reachedFrom(file.value, source);
    for (const id of reached) reachedAnywhere.add(id);
    problems.push(...unreached(file, reached));
  }
  for (const file of source.shared) problems.push(...unreached(file, reachedAnywhere));
  return problems;
}

function unreached(file: Parsed<{ questions: object; outcomes: object }>, reached: ReadonlySet<string>): Problem[] {
  return (['questions', 'outcomes'] as const).flatMap((kind) =>
    Object.keys(file.value[kind])
      .filter((id) => !reached.has(id))
      .map((id) => file.problem([kind, id], `nothing leads to "${id}"`, 'Point an option at it, or remove it')),
  );
}

function reachedFrom(flow: FlowFile, source: OrganisationSource): Set<string> {
  const { questions } = joinNodes(flow, source.shared);
  const reached = new Set<string>();
  const visit = (id: string): void => {
    if (reached.has(id)) return;
    reached.add(id);
    for (const option of own(questions, id)?.options ?? []) visit(option.next);
  };
  visit(flow.start);
  return reached;
}

/** No question leads back to itself. */
export function flowsHaveNoCycle(source: OrganisationSource): Problem[] {
  return source.flows.flatMap((file) => {
    const { questions } = joinNodes(file.value, source.shared);
    const cycle = findCycle(file.value.start, questions, []);
    if (cycle === undefined) return [];
    return [file.problem(['questions', cycle], `the question "${cycle}" leads back to itself`, 'Break the circle')];
  });
}

function findCycle(
  id: string,
  questions: Readonly<Record<string, Question>>,
  above: readonly string[],
): string | undefined {
  if (above.includes(id)) return id;
  for (const option of own(questions, id)?.options ?? []) {
    const found = findCycle(option.next, questions, [...above, id]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Exactly one flow is behind the button "Someone is at risk now", and it needs no answer. */
export function oneFlowIsForDanger({ flows, settings, shared }: OrganisationSource): Problem[] {
  const danger = flows.filter((flow) => flow.value.danger);
  if (danger.length === 1) {
    return danger
      .filter((flow) => !Object.hasOwn(joinNodes(flow.value, shared).outcomes, flow.value.start))
      .map((flow) => flow.problem(['start'], 'the danger flow asks a question first', 'Start it at an outcome'));
  }
  return [
    settings.problem(
      ['organisation'],
      `${danger.length} flows are marked "danger: true"`,
      'Mark one flow so: it is the way out on every card',
    ),
  ];
}

/** Every flow is listed under a group of the organisation, and every group lists a flow. */
export function groupsExist({ flows, settings }: OrganisationSource): Problem[] {
  const groups = settings.value.groups.map(({ id }) => id);
  const used = new Set(flows.map((flow) => flow.value.group));
  return [
    ...flows
      .filter((flow) => !groups.includes(flow.value.group))
      .map((flow) =>
        flow.problem(
          ['group'],
          `there is no group "${flow.value.group}"`,
          'Use a group of organisation.yaml, or add it there',
        ),
      ),
    ...groups.flatMap((group, index) =>
      used.has(group)
        ? []
        : [
            settings.problem(
              ['groups', index],
              `no flow is in the group "${group}"`,
              'Remove the group, or put a flow in it',
            ),
          ],
    ),
  ];
}

/** Every clause that is cited exists. */
export function citationsExist(source: OrganisationSource): Problem[] {
  const known = citationsOf(source);
  const unknown = (file: Pick<Parsed<unknown>, 'problem'>, at: Path, id: string): Problem =>
    file.problem(
      at,
      `there is no clause or national fact "${id}"`,
      'Correct the id, or add the clause to clauses.yaml',
    );
  const inSteps = outcomesOf(source).flatMap(({ file, path, outcome }) =>
    outcome.steps.flatMap((step, index) =>
      step.clauses.filter((id) => !known.has(id)).map((id) => unknown(file, [...path, 'steps', index, 'clauses'], id)),
    ),
  );
  const inContacts = Object.entries(source.settings.value.contacts).flatMap(([contact, { clauses }]) =>
    clauses.filter((id) => !known.has(id)).map((id) => unknown(source.settings, ['contacts', contact, 'clauses'], id)),
  );
  return [...inSteps, ...inContacts];
}

/** Every step of an outcome rests on a clause, or the outcome says that the policy is silent and names a person. */
export function outcomesCiteAClauseOrSaySilent(source: OrganisationSource): Problem[] {
  return outcomesOf(source).flatMap(({ file, path, id, outcome }) => {
    if (outcome['policy-silent'] !== undefined) {
      if (outcome.contacts.length > 0) return [];
      return [file.problem(path, `"${id}" says that the policy is silent but names nobody`, 'Add a contact to ask')];
    }
    return outcome.steps.flatMap((step, index) =>
      step.clauses.length > 0
        ? []
        : [
            file.problem(
              [...path, 'steps', index],
              `a step of "${id}" cites no clause`,
              'Cite the clause that says so, or mark the outcome policy-silent',
            ),
          ],
    );
  });
}

/** Every contact that an outcome or a route names exists. */
export function contactsExist(source: OrganisationSource): Problem[] {
  const known = contactsOf(source);
  const unknown = (file: Pick<Parsed<unknown>, 'problem'>, at: Path, id: string): Problem =>
    file.problem(at, `there is no contact "${id}"`, 'Correct the id, or add the contact to organisation.yaml');
  const inOutcomes = outcomesOf(source).flatMap(({ file, path, outcome }) =>
    outcome.contacts.filter((id) => !known.has(id)).map((id) => unknown(file, [...path, 'contacts'], id)),
  );
  const inRoutes = Object.entries(source.settings.value.routes).flatMap(([id, route]) => {
    const rung = route.steps.flatMap((step) =>
      step.notify.flatMap((whom) => (whom.whom === 'ring' || whom.whom === 'email' ? whom.contact : [])),
    );
    return [...route['if-it-cannot-wait'], ...rung]
      .filter((contact) => !known.has(contact))
      .map((contact) => unknown(source.settings, ['routes', id], contact));
  });
  const inReferOn = source.settings.value['refer-on'].flatMap(({ contact }, index) =>
    contact === undefined || known.has(contact) ? [] : [unknown(source.settings, ['refer-on', index], contact)],
  );
  return [...inOutcomes, ...inRoutes, ...inReferOn];
}

/** There is a number to ring in an emergency: the national contact, or the organisation's own in its place. */
export function emergencyHasANumber(source: OrganisationSource): Problem[] {
  if (contactsOf(source).get(EMERGENCY)?.phone !== undefined) return [];
  const file = Object.hasOwn(source.settings.value.contacts, EMERGENCY) ? source.settings : source.national;
  return [
    file.problem(
      ['contacts', EMERGENCY],
      `the contact "${EMERGENCY}" has no phone number`,
      'Add one: every card names it',
    ),
  ];
}

/** Every escalation names a route and a category of the organisation. */
export function escalationsExist(source: OrganisationSource): Problem[] {
  const { routes, categories } = source.settings.value;
  return outcomesOf(source).flatMap(({ file, path, outcome }) => {
    const { escalate } = outcome;
    if (escalate === undefined) return [];
    const problems: Problem[] = [];
    const at = [...path, 'escalate'];
    if (!Object.hasOwn(routes, escalate.route)) {
      problems.push(file.problem(at, `there is no route "${escalate.route}"`, 'Add it to organisation.yaml'));
    }
    if (!Object.hasOwn(categories, escalate.category)) {
      problems.push(file.problem(at, `there is no category "${escalate.category}"`, 'Add it to organisation.yaml'));
    }
    return problems;
  });
}

/** A time for which a category is kept is that of a category of the organisation. */
export function retentionCategoriesExist({ settings }: OrganisationSource): Problem[] {
  const { categories, retention } = settings.value;
  return Object.keys(retention.categories)
    .filter((category) => !Object.hasOwn(categories, category))
    .map((category) =>
      settings.problem(
        ['retention', 'categories', category],
        `there is no category "${category}"`,
        'Write one of those under "categories", or take this line away',
      ),
    );
}

/** Whether somebody can be reached at any hour: by a telephone that is answered then, or by going to find them. */
function isThereAtAnyHour(contact: Contact | undefined): boolean {
  // That there is no such contact is a problem of its own.
  if (contact === undefined) return true;
  return contact['in-person'] || (contact.phone !== undefined && !contact['in-hours-only']);
}

/**
 * The last step of every route is somebody to ring, or to go and find, at any hour, and every other step says how long
 * to wait.
 */
export function routesEndInAPersonToRing(source: OrganisationSource): Problem[] {
  const { settings } = source;
  const contacts = contactsOf(source);
  return Object.entries(settings.value.routes).flatMap(([id, route]) =>
    route.steps.flatMap((step, index) => {
      const at = ['routes', id, 'steps', index];
      if (index < route.steps.length - 1) {
        // Whoever rings does not wait for the bot.
        const onlyRings = step.notify.every(({ whom }) => whom === 'ring');
        return step.wait !== undefined || onlyRings
          ? []
          : [
              settings.problem(
                at,
                `a step of the route "${id}" has no waiting time`,
                'Add "wait" with minutes for each urgency',
              ),
            ];
      }
      const atAnyHour = step.notify.some(
        (whom) => whom.whom === 'ring' && isThereAtAnyHour(contacts.get(whom.contact)),
      );
      return step.when === undefined && atAnyHour
        ? []
        : [
            settings.problem(
              at,
              `the route "${id}" does not end in somebody to ring at any hour`,
              'Add a last step without "when", with "whom: ring" and a contact with a phone that is not "in-hours-only", or one who is "in-person"',
            ),
          ];
    }),
  );
}

/** The roles, department channels and addresses that a route tells exist. */
export function routesReachSomebody(source: OrganisationSource): Problem[] {
  const { settings } = source;
  const { departments, roles, routes } = settings.value;
  const contacts = contactsOf(source);
  const problemWith = (whom: Whom): [string, string] | undefined => {
    switch (whom.whom) {
      case 'role':
        return roles.some(({ id }) => id === whom.role)
          ? undefined
          : [`there is no role "${whom.role}"`, 'Add it to "roles", or correct the id'];
      case 'department-channel':
        return departments.some(({ channel }) => channel !== undefined)
          ? undefined
          : ['no department has a channel', 'Add "channel" to the departments that have one'];
      case 'email': {
        const contact = contacts.get(whom.contact);
        return contact === undefined || contact.email !== undefined || contact['set-before-live']
          ? undefined
          : [`the contact "${whom.contact}" has no email address`, 'Add "email" to the contact'];
      }
      default:
        return undefined;
    }
  };
  return Object.entries(routes).flatMap(([id, route]) =>
    route.steps.flatMap((step, index) =>
      step.notify.flatMap((whom, place) => {
        const problem = problemWith(whom);
        return problem === undefined
          ? []
          : [settings.problem(['routes', id, 'steps', index, 'notify', place], ...problem)];
      }),
    ),
  );
}

/** Departments and roles have ids of their own, since people go on duty for either. */
export function dutyPlacesDiffer({ settings }: OrganisationSource): Problem[] {
  const seen = new Set<string>();
  const { departments, roles } = settings.value;
  const places = [
    ...departments.map(({ id }, index) => ({ id, at: ['departments', index] })),
    ...roles.map(({ id }, index) => ({ id, at: ['roles', index] })),
  ];
  return places.flatMap(({ id, at }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [settings.problem(at, `"${id}" is there twice`, 'Give every department and role an id of its own')];
  });
}

/** The options of a question have different ids and labels. */
export function optionsDiffer(source: OrganisationSource): Problem[] {
  return questionsOf(source).flatMap(({ file, path, id, question }) => {
    const repeated = (values: string[]): boolean => new Set(values).size < values.length;
    if (
      !repeated(question.options.map(({ option }) => option)) &&
      !repeated(question.options.map(({ label }) => label))
    ) {
      return [];
    }
    return [
      file.problem([...path, 'options'], `two options of "${id}" are the same`, 'Give each its own id and label'),
    ];
  });
}

/** An example leads to one flow. */
export function noExampleIsInTwoFlows({ flows }: OrganisationSource): Problem[] {
  const seen = new Map<string, string>();
  const problems: Problem[] = [];
  for (const file of flows) {
    const examples = [...file.value.examples, ...file.value['calm-examples']];
    for (const [index, example] of examples.entries()) {
      const key = example
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
      const other = seen.get(key);
      if (other !== undefined) {
        problems.push(
          file.problem(
            placeOf(file.value, index),
            `the example "${example}" also stands in ${other}`,
            'Keep it in one flow',
          ),
        );
      }
      seen.set(key, file.value.flow);
    }
  }
  return problems;
}

/** Where an example stands, counting the calm ones after the others. */
function placeOf({ examples }: FlowFile, index: number): Path {
  return index < examples.length ? ['examples', index] : ['calm-examples', index - examples.length];
}

/** The gravest outcome behind "not sure" is at least as cautious as the gravest behind any answer beside it. */
export function notSureIsNeverLessCautious(source: OrganisationSource): Problem[] {
  return source.flows.flatMap((file) => {
    const { outcomes } = joinNodes(file.value, source.shared);
    const walked = pathsOf(file.value, source);
    const caution = (path: FlowPath): number => VERDICTS.indexOf(outcomes[path.outcome]?.verdict ?? 'information');
    const gravest = (question: string, option: string): number =>
      Math.max(-1, ...walked.filter(({ responses }) => responses[question] === option).map(caution));
    const { questions } = joinNodes(file.value, source.shared);
    return Object.entries(questions).flatMap(([id, question]) =>
      question.options
        .filter((option) => option.unsure)
        .flatMap((unsure) => {
          const beside = question.options.find((option) => gravest(id, option.option) > gravest(id, unsure.option));
          if (beside === undefined) return [];
          return [
            file.problem(
              ['questions', id],
              `in "${id}", "${unsure.label}" leads to something less cautious than "${beside.label}"`,
              'Lead the unsure answer to the most cautious outcome beside it',
            ),
          ];
        }),
    );
  });
}

/** A flow that may end in "act now" asks about danger before anything else. */
export function dangerIsAskedFirst(source: OrganisationSource): Problem[] {
  return source.flows
    .filter((file) => !file.value.danger)
    .flatMap((file) => {
      const { questions, outcomes } = joinNodes(file.value, source.shared);
      const grave = Object.values(outcomes).some((outcome) => outcome.verdict === 'act-now');
      const first = questions[file.value.start];
      if (!grave || first?.danger === true) return [];
      return [
        file.problem(
          ['start'],
          `the flow "${file.value.flow}" can end in "act-now" but does not ask about danger first`,
          'Start it with a question marked "danger: true"',
        ),
      ];
    });
}

/** The review is due after the approval. */
export function policyDatesMakeSense({ clauses }: OrganisationSource): Problem[] {
  const { approved, 'review-due': due } = clauses.value.policy;
  if (approved === undefined || due === undefined || approved < due) return [];
  return [clauses.problem(['policy', 'review-due'], 'the review is due before the approval', 'Correct the dates')];
}

/** The hours end after they begin. */
export function hoursMakeSense({ settings }: OrganisationSource): Problem[] {
  const { from, to } = settings.value.hours;
  if (from < to) return [];
  return [settings.problem(['hours', 'to'], 'the hours end before they begin', 'Correct "from" and "to"')];
}

/** A clause id stands once. */
export function clausesHaveOneMeaning({ clauses }: OrganisationSource): Problem[] {
  const ids = clauses.value.clauses.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [clauses.problem(['clauses', index, 'id'], `the clause ${id} stands twice`, 'Remove one, or correct its id')],
  );
}

/** Every clause that asks or allows something is cited by an outcome that can be reached, or says why none can be. */
export function operativeClausesAreAnswered(source: OrganisationSource): Problem[] {
  const cited = new Set(
    source.flows.flatMap((file) =>
      Object.values(joinNodes(file.value, source.shared).outcomes).flatMap((outcome) =>
        outcome.steps.flatMap((step) => step.clauses),
      ),
    ),
  );
  return source.clauses.value.clauses.flatMap((clause, index) =>
    !OPERATIVE.includes(clause.kind) || cited.has(clause.id) || clause['not-decidable'] !== undefined
      ? []
      : [
          source.clauses.problem(
            ['clauses', index],
            `no outcome rests on the ${clause.kind} ${clause.id}`,
            'Cite it in an outcome, or say why none can rest on it with "not-decidable"',
          ),
        ],
  );
}

/** Sentences are short, and no word has a plainer one. */
export function guidanceIsPlain(source: OrganisationSource): Problem[] {
  const rules = source.plainEnglish.value;
  const judge = (file: Pick<Parsed<unknown>, 'problem'>, at: Path, text: string): Problem[] => {
    const long = text.split(/(?<=[.!?])\s+/).find((sentence) => countWords(sentence) > rules['longest-sentence']);
    const jargon = rules.jargon.find(({ word }) => new RegExp(`\\b${word}`, 'i').test(text));
    return [
      ...(long === undefined
        ? []
        : [
            file.problem(
              at,
              `a sentence has ${countWords(long)} words: "${long.slice(0, 60)}…"`,
              `Use at most ${rules['longest-sentence']}`,
            ),
          ]),
      ...(jargon === undefined
        ? []
        : [file.problem(at, `"${jargon.word}" has a plainer word`, `Write "${jargon.instead}"`)]),
    ];
  };
  return [
    ...questionsOf(source).flatMap(({ file, path, question }) => [
      ...judge(file, [...path, 'ask'], question.ask),
      ...judge(file, [...path, 'why'], question.why),
      ...question.options.flatMap((option, index) => judge(file, [...path, 'options', index], option.label)),
    ]),
    ...outcomesOf(source).flatMap(({ file, path, outcome }) => [
      ...judge(file, [...path, 'headline'], outcome.headline),
      ...judge(file, [...path, 'policy-silent'], outcome['policy-silent'] ?? ''),
      ...outcome.steps.flatMap((step, index) => judge(file, [...path, 'steps', index], step.do)),
    ]),
    ...source.clauses.value.clauses.flatMap((clause, index) =>
      judge(source.clauses, ['clauses', index, 'summary'], clause.summary),
    ),
  ];
}

/** Looks an id up without finding what every object inherits. */
function own<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

function countWords(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function pathsOf(flow: FlowFile, source: OrganisationSource): FlowPath[] {
  return paths({ ...flow, ...joinNodes(flow, source.shared), edition: '' });
}
