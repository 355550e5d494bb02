import { z } from 'zod';
import { ACTIONS } from '../../escalation/life.ts';
import { LONGEST_REASON, SHORTEST_REASON } from '../../escalation/names.ts';
import { CLAUSE_KINDS, URGENCIES, VERDICTS } from '../../guidance/types.ts';
import { CARD_ROLES, CARD_STATES, STATUSES } from '../../store/schema.ts';
import type { EndpointName } from './endpoints.ts';

/**
 * What the desk's pages and the server say to each other: one schema for each thing that crosses. The server checks what
 * comes in; the pages take their types from here. Moments are epoch milliseconds by the register's clock.
 */

/** PostgreSQL keeps no text with such a character in it, and no text that anybody types has one. */
const NUL = '\0';
const Text = z.string().refine((text) => !text.includes(NUL));
export const Id = Text.min(1).max(100);
const Moment = z.number().int();
const Status = z.enum(STATUSES);
const Urgency = z.enum(URGENCIES);

/** A day in the organisation's own time zone. */
const Day = z.iso.date();

// Who is here

/** What somebody may see of an organisation: all of it, what is theirs as a senior on duty, or only their own. */
export const RIGHTS = ['team', 'senior', 'staff'] as const;
export type Right = (typeof RIGHTS)[number];

const Named = z.object({ id: Id, name: z.string() });

const DeskOrganisation = z.object({
  id: Id,
  name: z.string(),
  shortName: z.string(),
  right: z.enum(RIGHTS),
  timezone: z.string(),
  /** "ward or department", "station or team" */
  departmentWord: z.string(),
  onDutyRole: z.string(),
  departments: z.array(Named),
  categories: z.array(Named),
});
export type DeskOrganisation = z.infer<typeof DeskOrganisation>;

const Me = z.object({
  name: z.string(),
  /** At least one, in the order in which they are to be offered. */
  organisations: z.array(DeskOrganisation),
  /** What the reader must know of what they may see just now; null where there is nothing. */
  notice: z.string().nullable(),
  now: Moment,
  /** The id of the app in Teams, for links to a view; null in a rehearsal. */
  app: z.string().nullable(),
  /** Where a chat with the bot opens; null in a rehearsal. */
  chat: z.string().nullable(),
});
export type Me = z.infer<typeof Me>;

// The register

/** `desk`: what the reader may see as the team or a senior. `mine`: what they raised themselves. */
export const LISTS = ['desk', 'mine'] as const;

const several = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1))
    .optional();

const RegisterQuery = z.object({
  organisation: Id,
  list: z.enum(LISTS).default('desk'),
  /** Statuses with commas between them. */
  status: several(STATUSES),
  urgency: several(URGENCIES),
  category: Id.optional(),
  department: Id.optional(),
  /** The AAD object id of an owner, or "nobody". */
  owner: Id.optional(),
  /** Raised on this day or later, and on this day or earlier. */
  from: Day.optional(),
  to: Day.optional(),
  /** A reference, a department, or a person's name, or a part of one. What people typed is not searched. */
  search: Text.trim().max(100).optional(),
  /** From the page before. */
  after: Text.max(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** What a reader of the list must not overlook, most pressing first. */
export const FLAGS = ['unanswered', 'not-delivered', 'reminded', 'withdraw', 'question', 'take-care'] as const;
export type Flag = (typeof FLAGS)[number];

const RegisterRow = z.object({
  reference: Id,
  status: Status,
  urgency: Urgency,
  category: z.string(),
  department: z.string(),
  /** The title of the topic. */
  about: z.string(),
  reporter: z.string(),
  /** Whether their name is kept: `reporter` then holds the words that stand in its place. */
  nameKept: z.boolean(),
  owner: z.string().nullable(),
  raisedAt: Moment,
  acknowledgedAt: Moment.nullable(),
  closedAt: Moment.nullable(),
  /** When its route takes its next step, while nobody has acknowledged it. */
  nextStepAt: Moment.nullable(),
  /** When and why its words and names were deleted; null while they are kept. */
  forgotten: z.object({ at: Moment, because: z.enum(['rule', 'request']) }).nullable(),
  flags: z.array(z.enum(FLAGS)),
});
export type RegisterRow = z.infer<typeof RegisterRow>;

const Register = z.object({
  rows: z.array(RegisterRow),
  /** Asks for the next page; null where this is the last. */
  next: z.string().nullable(),
  /** How many fit the filter; only with the first page. */
  total: z.number().int().nullable(),
  /** Those who own something here, for the filter; only with the first page. */
  owners: z.array(Named).nullable(),
  /** How many fit that are not shown, because they may be about somebody in the reader's team; only with the first page. */
  hidden: z.number().int().nullable(),
  now: Moment,
});
export type Register = z.infer<typeof Register>;

// A referral

const Contact = z.object({
  role: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  note: z.string(),
});
export type DeskContact = z.infer<typeof Contact>;

const Happening = z.object({
  /** The audit's number. */
  sequence: z.number().int(),
  at: Moment,
  kind: z.string(),
  what: z.string(),
  /** What was typed; null where nothing was, or where it has been deleted. */
  words: z.string().nullable(),
});
export type Happening = z.infer<typeof Happening>;

const Delivery = z.object({
  id: Id,
  /** "Grace Okafor, senior nurse on duty", "the channel “Safeguarding referrals”" */
  place: z.string(),
  role: z.enum(CARD_ROLES),
  state: z.enum(CARD_STATES),
  /** What came of it, in words. */
  what: z.string(),
  owedAt: Moment,
  deliveredAt: Moment.nullable(),
  possibleDuplicate: z.boolean(),
  /** Where Teams opens the post in its channel; null where there is none. */
  post: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

const Told = z.object({ to: z.string(), by: z.string(), at: Moment, number: z.string().nullable() });

const Answered = z.object({ question: z.string(), answer: z.string() });

const Cited = z.object({ id: Id, section: z.string().nullable(), summary: z.string() });

/** What somebody at the desk may do next, with what the form for it offers. */
const Possible = z.object({
  actions: z.array(z.enum(ACTIONS)),
  /** Whom it can be handed over to. */
  colleagues: z.array(Named),
  /** Whom it can be referred on to. */
  referOn: z.array(Named),
});

const Head = RegisterRow.extend({
  organisation: Id,
  timezone: z.string(),
  statusName: z.string(),
  /** One line on who has it. */
  headline: z.string(),
  /** Goes up with every change. */
  version: z.number().int(),
  now: Moment,
});

/** Where it stands whether the name that is kept is opened. */
const NameRequest = z.object({
  /** The audit's number of the request. */
  id: z.number().int(),
  askedBy: z.string(),
  askedAt: Moment,
  /** Why, as they wrote it; null where it is not kept any more. */
  reason: z.string().nullable(),
  /** Who agreed or refused; null while nobody has. */
  answeredBy: z.string().nullable(),
  state: z.enum(['waiting', 'agreed', 'refused', 'over']),
  /** Until when it can be answered, and once it is agreed to, until when both can look. */
  until: Moment,
});

/** What a safeguarding lead can do about a name that is kept. */
const Naming = z.object({
  /** The last request; null where nobody ever asked. */
  request: NameRequest.nullable(),
  canAsk: z.boolean(),
  canAnswer: z.boolean(),
  canLook: z.boolean(),
  /** Why this lead can do none of it; null where they can. */
  barred: z.string().nullable(),
});
export type Naming = z.infer<typeof Naming>;

const DeskReferral = Head.extend({
  reader: z.literal('desk'),
  /** Whether the name of the person who raised it is kept: `reporter` then holds the words that stand in its place. */
  nameKept: z.boolean(),
  /** Null where no name is kept, and for everybody but the safeguarding leads. */
  naming: Naming.nullable(),
  /** The person who reads has taken responsibility for it. */
  isOwner: z.boolean(),
  description: z.string().nullable(),
  callBack: z.string().nullable(),
  /** "Is it safe to ring?", answered in words. */
  safeToRing: z.string(),
  /** Who had been told already, in words. */
  told: z.string(),
  /** What the reader must know before speaking of it to anybody; null where nothing. */
  takeCare: z.string().nullable(),
  asked: z.object({
    title: z.string(),
    verdict: z.enum(VERDICTS),
    headline: z.string(),
    answers: z.array(Answered),
    /** As they stood when this was raised. */
    citations: z.array(Cited),
    policy: z.object({ title: z.string(), version: z.string().nullable(), approved: z.string().nullable() }),
    edition: z.string(),
  }),
  /** Who made a report to the police or to social care, and when. Empty means that nobody has said so. */
  statutory: z.array(Told),
  /** Everybody else who was told outside. */
  referredOn: z.array(Told),
  /** Why the reporter asked to withdraw; null unless the team has still to decide. */
  wish: z.string().nullable(),
  /** The question to the reporter that has no answer yet. */
  openQuestion: z.string().nullable(),
  /** Oldest first. */
  timeline: z.array(Happening),
  deliveries: z.array(Delivery),
  /** Whom its route should have reached by now and did not, in sentences. */
  missing: z.array(z.string()),
  route: z.object({
    title: z.string(),
    steps: z.array(
      z.object({
        /** Whom the step tells, in words. */
        tells: z.string(),
        /** How long it waits, in minutes; null where it does not. */
        wait: z.number().nullable(),
        state: z.enum(['taken', 'skipped', 'waiting', 'to come', 'not needed']),
        at: Moment.nullable(),
      }),
    ),
  }),
  possible: Possible,
  /** Who has opened this at the desk, newest first, each once. */
  opened: z.array(z.object({ name: z.string(), at: Moment })),
});
export type DeskReferral = z.infer<typeof DeskReferral>;

const ReporterReferral = Head.extend({
  reader: z.literal('reporter'),
  /** What is known, in sentences: recorded, sent to whom, who has it. */
  truths: z.array(z.string()),
  description: z.string().nullable(),
  /** Whom to ring if it cannot wait, while nobody has acknowledged it. */
  ring: z.object({ headline: z.string(), contacts: z.array(Contact) }).nullable(),
  /** The number to ring where someone is in danger. */
  emergency: z.string(),
  question: z.object({ asker: z.string(), words: z.string() }).nullable(),
  timeline: z.array(Happening),
  possible: Possible,
});
export type ReporterReferral = z.infer<typeof ReporterReferral>;

const Referral = z.discriminatedUnion('reader', [DeskReferral, ReporterReferral]);
export type Referral = z.infer<typeof Referral>;

// Acting on it

export const LONGEST_TEXT = 2_000;

const ActBody = z.object({
  action: z.enum(ACTIONS),
  /** Made when the form was opened: the same key is one action, however often it is sent. */
  key: Text.min(8).max(100),
  text: Text.max(LONGEST_TEXT, `must fit ${LONGEST_TEXT.toLocaleString('en-GB')} characters`).default(''),
  /** For `hand-over`: the AAD object id of a colleague. */
  colleague: Id.optional(),
  /** For `refer-on`: whom it was referred on to, by id. `text` is the number that they gave. */
  referredTo: Id.optional(),
});

const Acted = z.object({
  /** Whether it was done, now or by the same press before. */
  done: z.boolean(),
  /** Why not, or what to know, in words; empty where there is nothing to say. */
  notice: z.string(),
  referral: Referral,
});
export type Acted = z.infer<typeof Acted>;

// Opening a name that is kept

export { LONGEST_REASON, SHORTEST_REASON };

/** Made when the form was opened: the same key is one action, however often it is sent. */
const PressKey = Text.min(8).max(100);

const AskNameBody = z.object({
  key: PressKey,
  text: Text.max(LONGEST_REASON, `must fit ${LONGEST_REASON.toLocaleString('en-GB')} characters`),
});

const AnswerNameBody = z.object({
  key: PressKey,
  /** The id of the request that was on screen. */
  request: z.number().int().positive(),
  agrees: z.boolean(),
});

const OpenedName = z.object({
  /** Null where it is not kept any more. */
  name: z.string().nullable(),
  /** Until when it can be looked at. */
  until: Moment,
});
export type OpenedName = z.infer<typeof OpenedName>;

// Who is on duty

const InOrganisation = z.object({ organisation: Id });

const DutyPlace = Named.extend({
  kind: z.enum(['department', 'role']),
  people: z.array(z.object({ name: z.string(), from: Moment, until: Moment })),
  /** When nobody is there, from now until the end of `today` and `tonight`, whichever is later. */
  gaps: z.array(z.object({ from: Moment, until: Moment })),
  /** Whether a route tells those on duty here. */
  isTold: z.boolean(),
});
const DutyBoard = z.object({
  /** Gaps first: nobody now, then nobody later, then covered. */
  places: z.array(DutyPlace),
  /**
   * By day, `today` is from now until the evening, and `tonight` the night after it. In the night, `tonight` is from now
   * until the morning, and `today` the day after it: by the calendar that may be tomorrow.
   */
  today: z.object({ from: Moment, until: Moment }),
  tonight: z.object({ from: Moment, until: Moment }),
  now: Moment,
});
export type DutyBoard = z.infer<typeof DutyBoard>;

// Guidance

const Approval = z.object({ role: z.string(), date: z.string() });

const GuidanceList = z.object({
  policy: z.object({
    title: z.string(),
    version: z.string().nullable(),
    approved: z.string().nullable(),
    reviewDue: z.string().nullable(),
    owner: z.string(),
    link: z.string().nullable(),
  }),
  /** Null while the guidance is a draft. */
  approval: Approval.nullable(),
  /** The name of this content: what an approval names. */
  content: z.string(),
  groups: z.array(Named),
  flows: z.array(
    z.object({
      id: Id,
      title: z.string(),
      group: Id,
      /** The flow behind "Someone is at risk now". */
      danger: z.boolean(),
      paths: z.number().int(),
      outcomes: z.number().int(),
      edition: z.string(),
    }),
  ),
  clauses: z.array(
    z.object({
      id: Id,
      section: z.string(),
      kind: z.enum(CLAUSE_KINDS),
      summary: z.string(),
      /** The answers that rest on it. */
      usedIn: z.array(z.object({ flow: Id, title: z.string(), outcome: Id, headline: z.string() })),
      /** Why no answer can rest on it. */
      notDecidable: z.string().nullable(),
    }),
  ),
});
export type GuidanceList = z.infer<typeof GuidanceList>;

/** One way through a topic: the answers that lead along it, and what it comes to. */
const Path = z.object({
  answers: z.array(Answered),
  /** The option at each of these answers. */
  options: z.array(Id),
  outcome: Id,
  headline: z.string(),
  verdict: z.enum(VERDICTS),
  clauses: z.array(Id),
});

const FlowQuery = InOrganisation;

const FlowView = z.object({
  id: Id,
  title: z.string(),
  start: Id,
  edition: z.string(),
  /** SVG of the whole flow. */
  diagram: z.string(),
  questions: z.record(
    z.string(),
    z.object({
      ask: z.string(),
      why: z.string(),
      danger: z.boolean(),
      options: z.array(z.object({ option: Id, label: z.string(), next: Id })),
    }),
  ),
  outcomes: z.record(
    z.string(),
    z.object({
      verdict: z.enum(VERDICTS),
      headline: z.string(),
      steps: z.array(z.object({ do: z.string(), clauses: z.array(Id) })),
      /** What the policy does not say. */
      policySilent: z.string().nullable(),
      contacts: z.array(Contact),
      citations: z.array(Cited),
      /** How it can be raised: the route in words and how soon; null where it cannot. */
      raise: z.object({ route: z.string(), urgency: Urgency, category: z.string() }).nullable(),
    }),
  ),
  /** Every way through, one to a line. */
  paths: z.array(Path),
});
export type FlowView = z.infer<typeof FlowView>;

/** Every way through every topic: for the policy owner, who reads them all. */
const GuidancePaths = z.object({
  flows: z.array(z.object({ id: Id, title: z.string(), paths: z.array(Path) })),
});
export type GuidancePaths = z.infer<typeof GuidancePaths>;

// Reports

const ReportQuery = z.object({
  organisation: Id,
  /** The first and the last day, by the organisation's clock. */
  from: Day,
  to: Day,
  /** Whether counts of 1 to 4 are hidden. */
  suppress: z.enum(['true', 'false']).default('false'),
  /** `csv` gives one table as a file. */
  format: z.enum(['json', 'csv']).default('json'),
  table: Id.optional(),
});

/** A cell: a number, words, or null where it was suppressed. */
const Cell = z.union([z.number(), z.string(), z.null()]);
/**
 * One table of a report. The first column names the row. A chart shows the same numbers; `chart` says of which kind, and
 * `series` which columns it draws.
 */
const ReportTable = z.object({
  id: Id,
  title: z.string(),
  /** How the figures are computed, in a sentence or two. */
  about: z.string(),
  columns: z.array(z.object({ id: Id, title: z.string(), unit: z.enum(['count', 'minutes', 'percent', 'words']) })),
  rows: z.array(z.array(Cell)),
  chart: z.enum(['bars', 'lines', 'none']),
  series: z.array(Id),
});
export type ReportTable = z.infer<typeof ReportTable>;

const Report = z.object({
  organisation: z.object({ id: Id, name: z.string() }),
  policy: z.string(),
  from: Day,
  to: Day,
  /** "October to December 2026" */
  period: z.string(),
  madeAt: Moment,
  suppressed: z.boolean(),
  /** What a committee reads first, in sentences. */
  summary: z.array(z.string()),
  tables: z.array(ReportTable),
});
export type Report = z.infer<typeof Report>;

// Everything

const None = z.object({});

/** For each endpoint: what it takes in its query and its body, and what it answers. */
export const CONTRACT = {
  me: { query: None, body: None, answer: Me },
  register: { query: RegisterQuery, body: None, answer: Register },
  referral: { query: None, body: None, answer: Referral },
  act: { query: None, body: ActBody, answer: Acted },
  askName: { query: None, body: AskNameBody, answer: Acted },
  answerName: { query: None, body: AnswerNameBody, answer: Acted },
  lookAtName: { query: None, body: None, answer: OpenedName },
  duty: { query: InOrganisation, body: None, answer: DutyBoard },
  guidance: { query: InOrganisation, body: None, answer: GuidanceList },
  flow: { query: FlowQuery, body: None, answer: FlowView },
  paths: { query: InOrganisation, body: None, answer: GuidancePaths },
  report: { query: ReportQuery, body: None, answer: Report },
} as const satisfies Record<EndpointName, { query: z.ZodType; body: z.ZodType; answer: z.ZodType }>;

type Contract = typeof CONTRACT;
/** What a page gives, before it is checked. */
export type QueryOf<N extends EndpointName> = z.input<Contract[N]['query']>;
export type BodyOf<N extends EndpointName> = z.input<Contract[N]['body']>;
/** What the server works with, once it is checked. */
export type CheckedQuery<N extends EndpointName> = z.output<Contract[N]['query']>;
export type CheckedBody<N extends EndpointName> = z.output<Contract[N]['body']>;
export type AnswerOf<N extends EndpointName> = z.output<Contract[N]['answer']>;

/** What went wrong, for a person. `code` is for the page. */
export const PROBLEMS = [
  'sign-in',
  'not-allowed',
  'not-found',
  'bad-input',
  'too-long',
  'too-many',
  'fault',
  'unavailable',
] as const;
export const Problem = z.object({ error: z.object({ code: z.enum(PROBLEMS), message: z.string() }) });
export type ProblemCode = (typeof PROBLEMS)[number];
