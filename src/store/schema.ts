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
  audit_names: AuditNamesTable;
  checkpoints: CheckpointsTable;
  checkpoint_heads: CheckpointHeadsTable;
  cards: CardsTable;
  actions: ActionsTable;
  messages_seen: MessagesSeenTable;
  unanswered: UnansweredTable;
  answers_given: AnswersGivenTable;
  lanes: LanesTable;
  handovers: HandoversTable;
  faults: FaultsTable;
  workers: WorkersTable;
  chores: ChoresTable;
  person_requests: PersonRequestsTable;
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
  /** JSON list of `Keeper`: those who can mend the team's channels. */
  keepers: string;
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
  /** When they were warned that it ends with something open. */
  warned_at: number | null;
};

/** Somebody on duty has asked a colleague to take over. */
type HandoversTable = {
  id: string;
  organisation: string;
  /** The department or role. */
  department: string;
  from_tenant: string;
  from_person: string;
  from_name: string;
  to_tenant: string;
  to_person: string;
  to_name: string;
  /** Until when the one who asks is on duty. */
  until_at: number;
  state: 'asked' | 'accepted' | 'declined';
  asked_at: number;
  answered_at: number | null;
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
  /** Whether the concern is about someone who would be told: someone in charge there, or in the safeguarding team. */
  about_senior: 'no' | 'yes' | 'channel' | 'unsure';
  /** JSON list of who had been told already. */
  told: string;
  safe_to_ring: 'yes' | 'no-message' | 'no' | 'not-given';
  reporter_tenant: string;
  reporter: string;
  /** What others may read. `KEPT_NAME` where the name is kept: the store refuses anything else there. */
  reporter_name: string;
  /** 1 where the reporter's name is kept from those who get this. It is then in `words` alone. */
  name_kept: 0 | 1;
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
  /** How often the route was begun: 0 when raised, and one more each time it went back to the route. */
  round: number;
  /** When the route was done and nobody had acknowledged. */
  unanswered_at: number | null;
  /** When an owner who does nothing is reminded, or loses it to the route. */
  owner_due_at: number | null;
  /** When the owner was last reminded and has done nothing since. */
  reminded_at: number | null;
  /** When the reporter asked to withdraw, while the team has not decided. */
  withdraw_asked_at: number | null;
  /** The audit's number of the last question to the reporter that has no answer. */
  open_question: number | null;
  raised_at: number;
  acknowledged_at: number | null;
  closed_at: number | null;
  /** When its words and names were deleted; null while they are kept. What is left is for counting. */
  forgotten_at: number | null;
  /** Why they were: its time was over, or somebody asked. */
  forgotten_because: 'rule' | 'request' | null;
};

/** What people typed. Kept apart from everything else, so that it can be deleted and leave the record whole. */
type WordsTable = {
  id: string;
  referral: string;
  /** `reporter-name` is a name that is kept: only `kept-names.ts` reads it. */
  kind:
    | 'description'
    | 'call-back'
    | 'note'
    | 'outcome'
    | 'question'
    | 'answer'
    | 'addition'
    | 'reason'
    | 'number'
    | 'reporter-name';
  /** The id of the key that locked them; null where they were typed before there were keys. */
  key: string | null;
  /** Locked by that key, in base64; as it was typed where there is none. */
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
  /** Only in rows from before names were kept apart, as in their details. */
  actor_name: string | null;
  /** JSON of facts; never what people typed. */
  details: string;
  /** JSON of a keyed digest for each name in `audit_names`, by its field; empty in rows from before. */
  names: string;
  words: string | null;
  /** Keyed digest of the words, so that a purge leaves the record whole; empty where there are none. */
  words_digest: string;
  /** Keyed hash of this row and of the one before it. */
  hash: string;
};

/** The names in an audit row. Kept apart from it, so that they can be deleted and leave the record whole. */
type AuditNamesTable = {
  referral: string;
  sequence: number;
  /** `actor`, or the field of the details that names this person. */
  field: string;
  tenant: string;
  person: string;
  name: string;
};

/** The kind of the audit row that says that a referral's words and names were deleted. */
export const FORGOTTEN = 'forgotten';

/** What the audits of all referrals had come to at a moment, signed. The store refuses to change or delete a row. */
type CheckpointsTable = {
  /** From 1, without a gap. */
  number: number;
  at: number;
  /** How many referrals this and the checkpoints before it name, and how many audit rows these had. */
  referrals: number;
  rows: number;
  /** Keyed digest of the audits that this one names. */
  digest: string;
  /** The signature of the one before; empty in the first. */
  previous: string;
  signature: string;
};

/** The last row of an audit that had grown by a checkpoint. The store refuses to change or delete a row. */
type CheckpointHeadsTable = {
  checkpoint: number;
  referral: string;
  events: number;
  /** The hash of that row. */
  hash: string;
};

export const CARD_STATES = ['waiting', 'sending', 'delivered', 'uncertain', 'failed', 'parked'] as const;
/** `failed`: it cannot arrive. `parked`: it could not be drawn, again and again, and somebody must look. */
export type CardState = (typeof CARD_STATES)[number];

/**
 * What stands wherever a reporter's name would, if it is kept: in the register, in the audit, and as the place of their
 * own card. The migration that keeps names writes it out, so it must stay as it is.
 */
export const KEPT_NAME = 'Name kept confidential';

/** Those who may act on a referral. */
export const DESK_ROLES = ['on-duty', 'role', 'colleague', 'channel'] as const;
/** Cards that always show their referral as it is now. The others are sent once. */
export const LIVING_ROLES = ['reporter', ...DESK_ROLES] as const;
export const CARD_ROLES = [...LIVING_ROLES, 'email', 'nudge', 'notice'] as const;
/**
 * `nudge`: one line about something that happened, since an updated card makes no sound. `notice`: a message that is
 * about no referral.
 */
export type CardRole = (typeof CARD_ROLES)[number];

/** Where one card is, what it shows and what it should show. */
type CardsTable = {
  id: string;
  /** Null for a notice. */
  referral: string | null;
  role: CardRole;
  /** The conversation that it is sent in, as `lanes` knows it. */
  lane: string;
  /** 0 is sent first. */
  priority: number;
  /** The step of the route that it belongs to, and the round of the route. */
  step: number | null;
  round: number;
  /** Whose chat it is in; null for a channel. */
  tenant: string;
  person: string | null;
  /** The person's Teams id, to begin a chat where there is none. */
  teams_id: string | null;
  /** The person's or the channel's name, as the reporter reads it. */
  place_name: string;
  /** What a person is on duty as; empty for others. */
  place_role: string;
  /** Where an email goes. */
  address: string | null;
  /** JSON of what a nudge or a notice says. */
  details: string;
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
  /** 1 when a send may have arrived without our knowing, so that a later one may be its double. */
  possible_duplicate: number;
  /** 1 when it stands in for a message that could not be updated any more. */
  replaced: number;
  attempts: number;
  last_error: string | null;
  /** When to try next; null when nothing is owed. */
  due_at: number | null;
  created_at: number;
  /** When it first arrived for certain. */
  delivered_at: number | null;
  /** When the message that it is in now was posted; null while there is none. */
  posted_at: number | null;
};

/** The order and pace of one conversation: one card at a time, no faster than Teams allows. */
type LanesTable = {
  lane: string;
  tenant: string;
  /** When something is due here; null when nothing is owed. */
  due_at: number | null;
  /** When Teams takes the next message here. Whatever becomes due meanwhile waits until then. */
  not_before: number;
  /** The most urgent of what is due. */
  priority: number;
  lease_until: number;
  /** The worker that serves it now. */
  holder: string | null;
  /** JSON of `Sends`: what was sent here lately. */
  sends: string;
};

/** What is wrong now, or was: a channel that is not there, a chat that is blocked. */
type FaultsTable = {
  key: string;
  kind: string;
  organisation: string;
  /** JSON of facts. */
  details: string;
  since: number;
  ended_at: number | null;
};

/** The servers at work. By the system's time, in milliseconds. */
type WorkersTable = {
  id: string;
  started_at: number;
  passed_at: number;
  /** The ids of the keys that it opens words with, with commas between them. */
  keys: string;
};

/** Work that is done now and then, by one server at a time. */
type ChoresTable = {
  name: string;
  due_at: number;
  lease_until: number;
  /** The worker that does it now. */
  holder: string | null;
};

/** That somebody was given what is kept about them, or had it deleted. It names nobody. */
type PersonRequestsTable = {
  id: string;
  kind: 'export' | 'erase';
  /** Keyed digest of who it was about: whoever asks about a person finds theirs, and nobody can read it back. */
  person_digest: string;
  at: number;
  /** Who ran the command, as they said or as the machine knows them. */
  run_by: string;
  reason: string;
  /** JSON of counts. */
  details: string;
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

/** How often each answer was reached, day by day. It names nobody. */
export type AnswersGivenTable = {
  organisation: string;
  /** `YYYY-MM-DD` in the organisation's time zone. */
  day: string;
  flow: string;
  outcome: string;
  times: number;
};

export type PersonRow = Selectable<PeopleTable>;
export type TeamRow = Selectable<TeamsTable>;
export type ChannelRow = Selectable<ChannelsTable>;
export type DutyRow = Selectable<DutyTable>;
export type ReferralRow = Selectable<ReferralsTable>;
export type WordsRow = Selectable<WordsTable>;
export type StoredAuditRow = Selectable<AuditTable>;
/** A row of the audit as it is read: the names that are still there stand in their places, also in its details. */
export type AuditRow = Omit<StoredAuditRow, 'names'>;
export type CheckpointRow = Selectable<CheckpointsTable>;
export type HeadRow = Selectable<CheckpointHeadsTable>;
export type AuditNameRow = Selectable<AuditNamesTable>;
export type CardRow = Selectable<CardsTable>;
export type LaneRow = Selectable<LanesTable>;
export type HandoverRow = Selectable<HandoversTable>;
export type FaultRow = Selectable<FaultsTable>;
export type WorkerRow = Selectable<WorkersTable>;
export type PersonRequestRow = Selectable<PersonRequestsTable>;
