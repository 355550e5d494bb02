import { z } from 'zod';

/**
 * The content format: what a policy owner may write in `policies/`, and the types that the rest of the code reads.
 * Shapes are checked here; what one file says about another is checked in `check.ts`.
 */

const Id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens, such as "tell-the-senior"');
const Text = z.string().trim().min(1, 'must not be empty');
/** A browser follows it from a card and from the desk: an address of another kind might run something there. */
const WebAddress = z.url({ protocol: /^https$/, error: 'must be an address that begins with https://' });
const ClauseId = z.string().regex(/^[A-Z]+-[A-Za-z0-9.]+$/, 'must be the id of a clause, such as WAHT-4.2');
const IsoDate = z.iso.date();

/** How careful an outcome asks its reader to be, from least to most. */
export const VERDICTS = ['information', 'yes', 'yes-if', 'ask-first', 'no', 'report', 'act-now'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How soon somebody must act on a referral, from soonest to latest. */
export const URGENCIES = ['immediate', 'urgent', 'routine'] as const;

const Option = z.strictObject({
  option: Id,
  label: Text.max(60, 'must fit a phone: 60 characters at most'),
  next: Id,
  /** Words in a message that plainly choose this option, so that its question need not be asked. */
  examples: z.array(Text).default([]),
  /** Words that leave this option open, wherever they stand in the message. */
  unless: z.array(Text).default([]),
  /** True where the option means, or includes, "I am not sure". */
  unsure: z.boolean().default(false),
});
export type Option = z.infer<typeof Option>;

const Question = z.strictObject({
  ask: Text,
  /** The words for this question in the list of answers so far: two or three words. */
  short: Text.max(40, 'must fit beside its answer: 40 characters at most'),
  why: Text,
  /** True for the question that asks whether anyone is in danger now. */
  danger: z.boolean().default(false),
  options: z.array(Option).min(2).max(7),
});
export type Question = z.infer<typeof Question>;

const Step = z.strictObject({ do: Text, clauses: z.array(ClauseId).default([]) });
export type Step = z.infer<typeof Step>;

const Escalate = z.strictObject({ route: Id, urgency: z.enum(URGENCIES), category: Id });
export type Escalate = z.infer<typeof Escalate>;

const Outcome = z.strictObject({
  verdict: z.enum(VERDICTS),
  headline: Text,
  steps: z.array(Step).min(1),
  /** What the policy does not say, in so many words. Such an outcome must name a contact. */
  'policy-silent': Text.optional(),
  contacts: z.array(Id).default([]),
  escalate: Escalate.optional(),
});
export type Outcome = z.infer<typeof Outcome>;

export const FlowFile = z.strictObject({
  flow: Id,
  title: Text.max(80),
  /** The group of topics that it is listed under. */
  group: Id,
  /** True for the one flow behind the button "Someone is at risk now". */
  danger: z.boolean().default(false),
  /** True where a message about this may mean that someone is at risk: the danger card then comes first. */
  'danger-first': z.boolean().default(false),
  examples: z.array(Text).min(1),
  /** Messages about a danger-first topic with which nobody is at risk: "who is the Prevent lead?" */
  'calm-examples': z.array(Text).default([]),
  start: Id,
  questions: z.record(Id, Question).default({}),
  outcomes: z.record(Id, Outcome).default({}),
});
export type FlowFile = z.infer<typeof FlowFile>;

/** Questions and outcomes that several flows of one organisation share. */
export const SharedFile = z.strictObject({
  questions: z.record(Id, Question).default({}),
  outcomes: z.record(Id, Outcome).default({}),
});
export type SharedFile = z.infer<typeof SharedFile>;

export const CLAUSE_KINDS = [
  'duty',
  'prohibition',
  'permission',
  'route',
  'warning',
  'definition',
  'reference',
  'monitoring',
] as const;

const Clause = z.strictObject({
  id: ClauseId,
  /** Where to find it in the policy, as the policy numbers it: "4.2", or "4, second point". */
  section: Text,
  kind: z.enum(CLAUSE_KINDS),
  summary: Text,
  /** Why no answer can rest on this clause, where none can. */
  'not-decidable': Text.optional(),
});
export type Clause = z.infer<typeof Clause>;

export const ClausesFile = z.strictObject({
  policy: z.strictObject({
    title: Text,
    version: Text.optional(),
    approved: IsoDate.optional(),
    'review-due': IsoDate.optional(),
    owner: Text,
    link: WebAddress.optional(),
  }),
  clauses: z.array(Clause).min(1),
});
export type ClausesFile = z.infer<typeof ClausesFile>;
export type Policy = ClausesFile['policy'];

const Contact = z.strictObject({
  role: Text,
  phone: Text.optional(),
  email: z.email().optional(),
  link: WebAddress.optional(),
  /** True where phone is answered only in the organisation's hours. */
  'in-hours-only': z.boolean().default(false),
  /** True where somebody who needs them can go and find them, at any hour. */
  'in-person': z.boolean().default(false),
  /** When and how this contact can be reached, in words. */
  note: Text.optional(),
  clauses: z.array(ClauseId).default([]),
  /** True where the policy names nobody, so that a deployment must add a phone or an email before it goes live. */
  'set-before-live': z.boolean().default(false),
});
export type Contact = z.infer<typeof Contact>;

/** Whom a step of a route tells. Every kind ends with a person: a channel's, a chat's, an inbox's, a telephone's. */
const Whom = z.discriminatedUnion('whom', [
  /** Everybody on duty for the department that the concern is about. */
  z.strictObject({ whom: z.literal('on-duty') }),
  /** Everybody on duty in a role of the whole organisation, such as a site manager. */
  z.strictObject({ whom: z.literal('role'), role: Id }),
  /** A channel of the safeguarding team, by its name. */
  z.strictObject({ whom: z.literal('channel'), name: Text }),
  /** The channel that the department names as its own. */
  z.strictObject({ whom: z.literal('department-channel') }),
  /** A contact's email address. The email carries the reference, never the story. */
  z.strictObject({ whom: z.literal('email'), contact: Id }),
  /** A contact whom the reporter is told to ring. */
  z.strictObject({ whom: z.literal('ring'), contact: Id }),
]);
export type Whom = z.infer<typeof Whom>;

const Minutes = z.number().int().positive();
/** Minutes, for each urgency. */
const Waits = z.strictObject({ immediate: Minutes, urgent: Minutes, routine: Minutes });
export type Waits = z.infer<typeof Waits>;
const RouteStep = z.strictObject({
  /** Only in the organisation's hours, or only out of them. At any hour where this is absent. */
  when: z.enum(['in-hours', 'out-of-hours']).optional(),
  notify: z.array(Whom).min(1),
  /** Minutes to wait for an acknowledgement before the next step. The last step, and one that only rings, has none. */
  wait: Waits.optional(),
});
export type RouteStep = z.infer<typeof RouteStep>;

const Route = z.strictObject({
  /** Who this goes to, as the reporter reads it before Send. */
  title: Text,
  /** The contact to ring when it cannot wait. */
  'if-it-cannot-wait': z.array(Id).min(1),
  steps: z.array(RouteStep).min(1),
});
export type Route = z.infer<typeof Route>;

function isTimezone(name: string): boolean {
  return Intl.supportedValuesOf('timeZone').includes(name);
}

/** A code of one language, such as `cy`, or of one as it is used somewhere, such as `en-GB`. */
const LanguageCode = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be the code of a language, such as en-GB or cy');

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "09:00"');

/** How long a referral may rest, in minutes. The policies state none of these: they are the deployment's to set. */
export const Times = z
  .strictObject({
    /** After an acknowledgement with nothing done: the owner is reminded. */
    remind: Waits.default({ immediate: 30, urgent: 120, routine: 1_440 }),
    /** After the reminder with nothing done: it goes back to the route. */
    return: Waits.default({ immediate: 30, urgent: 120, routine: 1_440 }),
    /** While somebody works on it and nothing is added: they are reminded again and again. */
    'in-progress': Minutes.default(4_320),
    /** Before a duty ends with something open: the person on duty is warned. */
    'duty-warning': Minutes.default(30),
  })
  .prefault({});
export type Times = z.infer<typeof Times>;

const Years = z.number().int().min(1, 'must be a whole number of years, at least 1').max(100);
/** How long a referral is kept: so many years, or for ever. */
const Keep = z.union([Years, z.literal('always')], {
  error: 'must be a whole number of years from 1 to 100, or always',
});

/**
 * How long what names or may tell of a person is kept, in years. The policies state none of these: they are the
 * deployment's to set. An open referral is always kept.
 */
export const Retention = z
  .strictObject({
    /** After a referral was closed and the last word of it was written, its words and names are deleted. */
    closed: Keep.default(8),
    /** The same for a category of its own. */
    categories: z.record(Id, Keep).default({}),
    /** After a duty ended, who was on duty is deleted, and who handed over to whom. */
    duty: Years.default(2),
  })
  .prefault({});
export type Retention = z.infer<typeof Retention>;

export const OrganisationFile = z.strictObject({
  organisation: Id,
  name: Text,
  'short-name': Text,
  timezone: Text.refine(isTimezone, 'must be a time zone, such as Europe/London'),
  /** What the bot's own words, its dates and its numbers are written in: a language that words/ has. */
  language: LanguageCode.default('en-GB'),
  hours: z.strictObject({
    days: z.array(z.enum(WEEKDAYS)).min(1),
    from: TimeOfDay,
    to: TimeOfDay,
    /** The country, or the part of one, whose public holidays are out of hours. */
    'bank-holidays': z
      .string()
      .regex(/^[A-Z]{2}(-[A-Z0-9]{2,3})?$/, 'must be a country or a part of one, such as GB-ENG, GB-WLS or IE')
      .default('GB-ENG'),
  }),
  /** What this organisation calls the person who takes escalations for a department. */
  'on-duty-role': Text,
  /** What this organisation calls a department: "ward or department", "station or team". */
  'department-word': Text,
  departments: z
    .array(
      z.strictObject({
        id: Id,
        name: Text,
        /** The department's own channel in the safeguarding team, for routes that tell it. */
        channel: Text.optional(),
      }),
    )
    .min(1),
  /** Roles of the whole organisation that people go on duty in. */
  roles: z.array(z.strictObject({ id: Id, name: Text })).default([]),
  times: Times,
  retention: Retention,
  /** Groups of topics, in the order in which they are listed. */
  groups: z.array(z.strictObject({ id: Id, title: Text.max(60) })).min(1),
  categories: z.record(Id, Text),
  contacts: z.record(Id, Contact),
  routes: z.record(Id, Route),
  /** Whom a referral can be referred on to. Where a contact with an email address is named, that address is told. */
  'refer-on': z
    .array(
      z.strictObject({
        id: Id,
        title: Text,
        contact: Id.optional(),
        /** True where telling them is a report to the police or to social care. */
        statutory: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Where matters go that no policy here covers, for those that the organisation wants to name. */
  elsewhere: z.array(z.strictObject({ about: z.array(Text).min(1), say: Text })).default([]),
});
export type OrganisationFile = z.infer<typeof OrganisationFile>;

/** A fact from a public source that is not the organisation's policy: an emergency number, a national helpline. */
const NationalFact = z.strictObject({
  id: z.string().regex(/^NAT-[A-Za-z0-9.]+$/, 'must begin with NAT-, such as NAT-999'),
  summary: Text,
  source: z.strictObject({ title: Text, link: WebAddress }),
  approval: z.literal('for the policy owner to approve'),
});
export const NationalFile = z.strictObject({
  facts: z.array(NationalFact).min(1),
  contacts: z.record(Id, Contact),
});
export type NationalFile = z.infer<typeof NationalFile>;
export type NationalFact = z.infer<typeof NationalFact>;

/** Messages that no policy here is about, and words of greeting, so that free text is not forced into a flow. */
export const SmallTalkFile = z.strictObject({
  'off-topic': z.array(Text).min(1),
  greetings: z.array(Text).min(1),
  /** Messages that may be about somebody in danger, whatever the organisation. */
  danger: z.array(Text).default([]),
  /** What a message may open with before it says what it is about. */
  openings: z.array(Text).default([]),
  /** What is danger although nothing else is typed. */
  'danger-words': z.array(Text).default([]),
});
export type SmallTalkFile = z.infer<typeof SmallTalkFile>;

/** Approvals of an organisation's guidance. Each holds for the content that it names, and for no other. */
export const SignOffFile = z.strictObject({
  approvals: z.array(z.strictObject({ role: Text, date: IsoDate, content: z.string().min(1) })).default([]),
});
export type SignOffFile = z.infer<typeof SignOffFile>;
export type Approval = SignOffFile['approvals'][number];

/** Shorthand and the plain words that it stands for. */
export const SynonymsFile = z.strictObject({
  synonyms: z.array(z.strictObject({ says: z.array(Text).min(1), means: Text })),
});
export type SynonymsFile = z.infer<typeof SynonymsFile>;

/** How guidance is to be written. */
export const PlainEnglishFile = z.strictObject({
  /** In words. */
  'longest-sentence': z.number().int().positive(),
  jargon: z.array(z.strictObject({ word: Text, instead: Text })),
});
export type PlainEnglishFile = z.infer<typeof PlainEnglishFile>;

/** A flow with the shared questions and outcomes that it reaches, and the hash of all that its cards show. */
export type Flow = Omit<FlowFile, 'questions' | 'outcomes'> & {
  readonly edition: string;
  readonly questions: Readonly<Record<string, Question>>;
  readonly outcomes: Readonly<Record<string, Outcome>>;
};

/** One thing that an outcome may cite. */
export type Citation =
  | { readonly kind: 'clause'; readonly id: string; readonly section: string; readonly summary: string }
  | {
      readonly kind: 'national';
      readonly id: string;
      readonly summary: string;
      readonly source: NationalFact['source'];
    };

/** Everything that one organisation's folder says, with the national facts, read and resolved. */
export type Organisation = {
  readonly id: string;
  readonly settings: OrganisationFile;
  readonly policy: Policy;
  readonly clauses: readonly Clause[];
  /** By id, the organisation's clauses and the national facts. */
  readonly citations: ReadonlyMap<string, Citation>;
  /** By id, the organisation's contacts and the national ones. */
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly smallTalk: SmallTalkFile;
  /** The organisation's shorthand and the national one. */
  readonly synonyms: SynonymsFile['synonyms'];
  /** Hash of every character of the content: what an approval names. */
  readonly content: string;
  /** The approval of this content, if its policy owner has given one. */
  readonly approval: Approval | undefined;
};

/** Every organisation by id. */
export type Guidance = ReadonlyMap<string, Organisation>;
