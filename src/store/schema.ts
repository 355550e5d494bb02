import type { Selectable } from 'kysely';

export type Dialect = 'sqlite' | 'postgres';

/**
 * The tables. Portable columns only: text, integers, epoch milliseconds, JSON as text, and 0 or 1 for a truth.
 * Migrations make them (`migrations.ts`).
 */
export type Database = {
  people: PeopleTable;
  teams: TeamsTable;
  channels: ChannelsTable;
  duty: DutyTable;
  referrals: ReferralsTable;
  words: WordsTable;
  audit: AuditTable;
  cards: CardsTable;
  actions: ActionsTable;
  messages_seen: MessagesSeenTable;
  unanswered: UnansweredTable;
};

/** Someone who has spoken to the bot, and where to reach them. */
type PeopleTable = {
  tenant: string;
  /** The AAD object id: who a person is. */
  person: string;
  name: string;
  /** The Trust that they chose, where the tenant does not say. */
  organisation: string | null;
  teams_id: string;
  /** Their personal chat with the bot; null until they open it. */
  conversation: string | null;
  service_url: string;
  bot_id: string;
  updated_at: number;
};

/** A team that the bot was added to. */
type TeamsTable = {
  team: string;
  tenant: string;
  /** The team's AAD group id, which settings name. */
  group_id: string;
  name: string;
  service_url: string;
  bot_id: string;
  updated_at: number;
};

type ChannelsTable = {
  team: string;
  channel: string;
  name: string;
};

/** Who is on duty for a department, and until when. */
type DutyTable = {
  id: string;
  organisation: string;
  department: string;
  tenant: string;
  person: string;
  name: string;
  from_at: number;
  until_at: number;
  ended_at: number | null;
};

export const STATUSES = ['raised', 'acknowledged', 'in-progress', 'closed', 'reopened'] as const;
export type Status = (typeof STATUSES)[number];

type ReferralsTable = {
  reference: string;
  /** Made when the Send button was drawn: two presses are one referral. */
  raise_key: string;
  organisation: string;
  flow: string;
  edition: string;
  responses: string;
  outcome: string;
  /** JSON of `Asked`: the question, the answers and the clauses as they stood when this was raised. */
  asked: string;
  category: string;
  urgency: 'immediate' | 'urgent' | 'routine';
  department: string;
  department_name: string;
  /** Whether the concern is about someone in charge there. */
  about_senior: 'no' | 'yes' | 'unsure';
  /** JSON list of who had been told already. */
  told: string;
  safe_to_ring: 'yes' | 'no-message' | 'no' | 'not-given';
  reporter_tenant: string;
  reporter: string;
  reporter_name: string;
  status: Status;
  owner_tenant: string | null;
  owner: string | null;
  owner_name: string | null;
  /** Goes up by one with each change that every card shows. */
  version: number;
  /** Goes up by one with each row of the audit. */
  events: number;
  /** JSON of the route as it stood when this was raised. */
  route: string;
  /** Index of the last step of the route that was taken; -1 before the first. */
  route_step: number;
  /** When the next step is due, if nobody acknowledges. */
  next_step_at: number | null;
  raised_at: number;
  acknowledged_at: number | null;
  closed_at: number | null;
};

/** What people typed. Kept apart from everything else, so that it can be deleted and leave the record whole. */
type WordsTable = {
  id: string;
  referral: string;
  kind: 'description' | 'call-back' | 'note' | 'outcome';
  text: string;
  at: number;
};

/** What happened, once. The store refuses to change or delete a row. */
type AuditTable = {
  referral: string;
  /** From 1, without a gap, for each referral. */
  sequence: number;
  at: number;
  kind: string;
  actor_tenant: string | null;
  actor: string | null;
  actor_name: string | null;
  /** JSON of facts; never what people typed. */
  details: string;
  words: string | null;
};

export const CARD_STATES = ['waiting', 'sending', 'delivered', 'uncertain', 'failed'] as const;
export type CardState = (typeof CARD_STATES)[number];
export const CARD_ROLES = ['reporter', 'on-duty', 'channel'] as const;
export type CardRole = (typeof CARD_ROLES)[number];

/** Where one card of a referral is, what it shows and what it should show. */
type CardsTable = {
  id: string;
  referral: string;
  role: CardRole;
  /** Whose chat it is in; null for a channel. */
  tenant: string;
  person: string | null;
  /** The person's or the channel's name, as the reporter reads it. */
  place_name: string;
  team: string | null;
  channel: string | null;
  conversation: string | null;
  activity: string | null;
  service_url: string;
  bot_id: string;
  /** Counts the drawings that were asked for. The card is due whenever this is more than `shown`. */
  wanted: number;
  shown: number;
  state: CardState;
  /** 1 when an earlier send may have arrived, so that this one may be its double. */
  possible_duplicate: number;
  attempts: number;
  last_error: string | null;
  /** When to try next; null when nothing is owed. */
  due_at: number | null;
  lease_until: number;
  created_at: number;
  delivered_at: number | null;
};

/** Keys of card actions that were carried out, so that pressing twice is one action. */
type ActionsTable = {
  key: string;
  referral: string;
  at: number;
};

/** Messages that were answered, so that one delivered twice is answered once. */
type MessagesSeenTable = {
  conversation: string;
  activity: string;
  at: number;
};

/** Messages that found no answer: scrubbed, with no person, for a settable time. */
type UnansweredTable = {
  id: string;
  organisation: string;
  text: string;
  at: number;
};

export type PersonRow = Selectable<PeopleTable>;
export type TeamRow = Selectable<TeamsTable>;
export type ChannelRow = Selectable<ChannelsTable>;
export type DutyRow = Selectable<DutyTable>;
export type ReferralRow = Selectable<ReferralsTable>;
export type WordsRow = Selectable<WordsTable>;
export type AuditRow = Selectable<AuditTable>;
export type CardRow = Selectable<CardsTable>;
