import { sayDate, today } from '../../escalation/hours.ts';
import { uncapital } from '../../escalation/wording.ts';
import type { Command } from '../../guidance/find/commands.ts';
import type { Found } from '../../guidance/find/finder.ts';
import { citationsIn, contactsIn, EMERGENCY, emergencyNumber, reviewState } from '../../guidance/outcome.ts';
import type { Citation, Flow, Organisation, Outcome, Policy, Verdict } from '../../guidance/types.ts';
import { type Answer, back, change, type Position, type Responses, waiting } from '../../guidance/walk.ts';
import { type Say, sayEither, sayFor, sayForAll } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import type { WalkState } from '../verbs.ts';
import { type Choice, type ContactView, contactView, exit, type Reader } from './common.ts';

export const VERDICT_STYLES: Readonly<Record<Verdict, string>> = {
  information: 'accent',
  yes: 'good',
  'yes-if': 'warning',
  'ask-first': 'warning',
  no: 'attention',
  report: 'attention',
  'act-now': 'attention',
};

/** Enough of a question to answer it, and little enough to stand on the card once for each Trust. In characters. */
const TEXT_KEPT = 2_000;

/** The question which Trust it is to be for. Without one, only what is national can be said of danger. */
export function chooseOrganisation(
  organisations: readonly Organisation[],
  more: {
    /** What was typed before the Trust was known, without identifiers; it is answered once it is known. */
    readonly text?: string;
    /** Whether identifiers were taken out of it. */
    readonly scrubbed?: boolean;
    readonly notice?: string;
    /** The moment, where what was typed may be about danger. */
    readonly dangerAt?: number | undefined;
  } = {},
): CardData {
  const { text = '', scrubbed = false, notice = '', dangerAt } = more;
  const say = sayForAll(organisations);
  const emergency = sayEither(say, [...new Set(organisations.map(emergencyNumber))]);
  const isDanger = dangerAt !== undefined;
  const dangerHeadline = ringNow(say, emergency);
  return {
    ...words(say, emergency, isDanger ? `${dangerHeadline}. ${say('trust.which')}` : say('trust.which')),
    ...exit(),
    notice,
    isDanger,
    dangerHeadline,
    contacts: isDanger ? emergencyContacts(organisations, dangerAt) : [],
    headline: 'Signpost',
    what: say('welcome.purpose', { emergency }),
    organisations: organisations.map(
      (organisation): Choice => ({
        label: organisation.settings.name,
        hint: '',
        go: { organisation: organisation.id, text: text.slice(0, TEXT_KEPT), scrubbed },
      }),
    ),
  };
}

export function ringNow(say: Say, emergency: string): string {
  return say('danger.ring-now', { emergency });
}

/** Each number once, although every organisation has it. */
function emergencyContacts(organisations: readonly Organisation[], now: number): ContactView[] {
  const views = organisations.flatMap((organisation) => {
    const contact = organisation.contacts.get(EMERGENCY);
    return contact === undefined ? [] : [contactView(organisation, contact, now)];
  });
  return [...new Map(views.map((view) => [view.reach, view])).values()];
}

/** What each command is called, in the order in which they are named. */
export function commandNames(say: Say): Readonly<Record<Command, string>> {
  return {
    help: say('command.help'),
    topics: say('command.topics'),
    'start-again': say('command.start-again'),
    'on-duty': say('command.on-duty'),
    'off-duty': say('command.off-duty'),
    'who-is-on-duty': say('command.who-is-on-duty'),
    'my-referrals': say('command.my-referrals'),
    'change-trust': say('command.change-trust'),
  };
}

export function welcome(reader: Reader, notice = ''): CardData {
  const { organisation } = reader;
  const emergency = emergencyNumber(organisation);
  const say = sayFor(organisation);
  return {
    ...words(say, emergency, `Signpost. ${say('welcome.purpose', { emergency })}`),
    ...exit(),
    notice,
    headline: say('welcome.hello', { name: firstName(reader.name) }),
    what: say('welcome.purpose', { emergency }),
    trust: say('welcome.answers-for', { trust: organisation.settings.name }),
    groups: topicGroups(say, organisation),
    commands: Object.values(commandNames(say)).join(', '),
    canChange: reader.canChangeOrganisation,
  };
}

/** Names come from Teams and stand in a heading: only their letters are shown there. */
function firstName(name: string): string {
  return name.match(/^[\p{L}\p{M}'’-]+/u)?.[0] ?? '';
}

type TopicGroup = {
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  readonly open: boolean;
  readonly topics: readonly Choice[];
};

/** So many topics fit a phone without folding them away. */
const TOPICS_UNFOLDED = 6;

/** Every flow but the danger flow, under its group. */
function topicGroups(say: Say, organisation: Organisation): TopicGroup[] {
  const flows = [...organisation.flows.values()].filter((flow) => !flow.danger);
  return organisation.settings.groups.flatMap(({ id, title }) => {
    const topics = flows.filter((flow) => flow.group === id).map((flow) => flowChoice(organisation, flow));
    if (topics.length === 0) return [];
    const amount = say('welcome.topics', { count: topics.length });
    return [{ id, title, amount, open: flows.length <= TOPICS_UNFOLDED, topics }];
  });
}

/** @param responses What the reader has said already. */
function flowChoice(organisation: Organisation, flow: Flow, responses: Responses = {}): Choice {
  return { label: flow.title, hint: '', go: state(organisation, flow, responses) };
}

/** The flows that a message may be about, best first. */
export function offers(
  organisation: Organisation,
  found: Found,
  understand: (flow: Flow) => Responses = () => ({}),
): Choice[] {
  return found.flows.flatMap((ranked) => {
    const flow = organisation.flows.get(ranked.flow);
    // The danger flow has a card and a button of its own.
    return flow === undefined || flow.danger ? [] : [flowChoice(organisation, flow, understand(flow))];
  });
}

/** What of a message is kept where nothing answers it, in characters. */
const UNANSWERED_KEPT = 500;

export function offer(
  reader: Reader,
  found: Found,
  more: {
    readonly notice: string;
    readonly understand: (flow: Flow) => Responses;
    /** What was asked, without identifiers: it is kept if none of these is meant. */
    readonly text: string;
  },
): CardData | undefined {
  const [best, ...others] = offers(reader.organisation, found, more.understand);
  if (best === undefined) return undefined;
  const say = sayFor(reader.organisation);
  return {
    ...words(say, emergencyNumber(reader.organisation), say('offer.aloud', { topic: best.label })),
    ...exit(),
    notice: more.notice,
    best,
    others,
    none: { text: more.text.slice(0, UNANSWERED_KEPT) },
  };
}

export function state(organisation: Organisation, flow: Flow, responses: Responses): WalkState {
  return { organisation: organisation.id, flow: flow.flow, edition: flow.edition, responses: { ...responses } };
}

export function question(
  reader: Reader,
  flow: Flow,
  responses: Responses,
  position: Extract<Position, { at: 'question' }>,
): CardData {
  const { organisation } = reader;
  const say = sayFor(organisation);
  const here = state(organisation, flow, responses);
  return {
    ...words(
      say,
      emergencyNumber(organisation),
      say('question.aloud', {
        ask: position.question.ask,
        options: position.question.options.map(({ label }) => label).join(say('question.or')),
      }),
    ),
    ...exit(here),
    notice: '',
    topic: flow.title,
    answers: answers(reader, flow, responses, position.answers),
    waiting: answers(reader, flow, responses, waiting(flow, responses)),
    ask: position.question.ask,
    why: position.question.why,
    options: position.question.options.map(
      (option): Choice => ({
        label: option.label,
        hint: '',
        go: state(organisation, flow, { ...responses, [position.id]: option.option }),
      }),
    ),
    ...wayBack(reader, flow, responses, position.answers),
  };
}

export function outcome(
  reader: Reader,
  flow: Flow,
  responses: Responses,
  position: Extract<Position, { at: 'outcome' }>,
  options: { readonly from?: WalkState; readonly notice?: string; readonly offers?: readonly Choice[] } = {},
): CardData {
  const { organisation, now } = reader;
  const { outcome: found } = position;
  const say = sayFor(organisation);
  const here = state(organisation, flow, responses);
  const verdict = say(`verdict.${found.verdict}`);
  const route = found.escalate && organisation.settings.routes[found.escalate.route];
  const ringsFirst = found.contacts.includes('emergency');
  return {
    language: say.language,
    fallback: `${verdict}: ${found.headline}\n${found.steps.map((step, index) => `${index + 1}. ${step.do}`).join('\n')}`,
    speak: `${found.headline} ${found.steps[0]?.do ?? ''}`,
    ...exit(here),
    showExit: !flow.danger,
    showTopics: true,
    notice: options.notice ?? '',
    offers: options.offers ?? [],
    topic: flow.title,
    style: VERDICT_STYLES[found.verdict],
    verdict,
    headline: found.headline,
    steps: found.steps.map((step, index) => ({
      // Without a full stop: Markdown would make a list of it.
      number: `${index + 1}`,
      text: step.do,
      source: sources(say, organisation, step.clauses),
    })),
    silent: found['policy-silent'] ?? '',
    contacts: contactsIn(organisation, found).map((contact) => contactView(organisation, contact, now)),
    canRaise: route !== undefined,
    raiseText: ringsFirst
      ? say('outcome.raise-after-ringing')
      : say('outcome.raise-here', { people: uncapital(route?.title ?? '') }),
    raise: here,
    citations: citationsIn(organisation, found).map((citation) => citationView(say, citation)),
    policyFacts: policyFacts(say, organisation.policy),
    answers: answers(reader, flow, responses, position.answers),
    status: statusLine(say, organisation, today(organisation.settings.timezone, now)),
    hasFrom: options.from !== undefined,
    from: { ...options.from, again: true },
    ...wayBack(reader, flow, responses, position.answers),
  };
}

function answers(reader: Reader, flow: Flow, responses: Responses, given: readonly Answer[]): unknown[] {
  return given.map((answer) => ({
    question: answer.question.short,
    answer: answer.option.label,
    change: state(reader.organisation, flow, change(responses, answer.id)),
  }));
}

function wayBack(reader: Reader, flow: Flow, responses: Responses, given: readonly Answer[]): object {
  return {
    hasBack: given.length > 0,
    back: state(reader.organisation, flow, back(flow, responses)),
    restart: state(reader.organisation, flow, {}),
  };
}

/** "Policy section 4.2; national: GOV.UK" */
export function sources(say: Say, organisation: Organisation, ids: readonly string[]): string {
  return ids
    .flatMap((id) => organisation.citations.get(id) ?? [])
    .map((citation) =>
      citation.kind === 'clause' ? say('source.policy', { section: citation.section }) : citation.source.title,
    )
    .join(' · ');
}

export function citationView(say: Say, citation: Citation): object {
  if (citation.kind === 'clause') {
    return { name: `${citation.section} (${citation.id})`, summary: citation.summary, source: '' };
  }
  return {
    name: say('source.national'),
    summary: citation.summary,
    source: say('source.to-approve', { source: `[${citation.source.title}](${citation.source.link})` }),
  };
}

export function policyFacts(say: Say, policy: Policy): object[] {
  const date = (value: string | undefined): string =>
    value === undefined ? say('policy.not-stated') : sayDate(say, value);
  return [
    { title: say('policy.title'), value: policy.title },
    { title: say('policy.version'), value: policy.version ?? say('policy.not-stated') },
    { title: say('policy.approved'), value: date(policy.approved) },
    { title: say('policy.review-due'), value: date(policy['review-due']) },
    { title: say('policy.owner'), value: policy.owner },
    ...(policy.link === undefined
      ? []
      : [{ title: say('policy.full-text'), value: `[${say('policy.open')}](${policy.link})` }]),
  ];
}

export function statusLine(say: Say, { policy, approval }: Organisation, day: string): string {
  const state =
    approval === undefined
      ? say('policy.draft')
      : say('policy.approved-by', { role: approval.role, date: sayDate(say, approval.date) });
  if (reviewState(policy, day) !== 'overdue' || policy['review-due'] === undefined) return state;
  return `${state} ${say('policy.was-due', { date: sayDate(say, policy['review-due']) })}`;
}

function words(say: Say, emergency: string, text: string): Pick<CardData, 'language' | 'fallback' | 'speak'> {
  return { language: say.language, fallback: `${text} ${say('danger.if-ring', { emergency })}`, speak: text };
}

/** Everything that a person could be told about an outcome, for the record of a referral. */
export function askedOf(
  organisation: Organisation,
  flow: Flow,
  found: Outcome,
  given: readonly Answer[],
): {
  title: string;
  verdict: Verdict;
  headline: string;
  answers: { question: string; answer: string }[];
  citations: Citation[];
  policy: Policy;
} {
  return {
    title: flow.title,
    verdict: found.verdict,
    headline: found.headline,
    answers: given.map((answer) => ({ question: answer.question.short, answer: answer.option.label })),
    citations: citationsIn(organisation, found),
    policy: organisation.policy,
  };
}
