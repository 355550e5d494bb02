import type { Logger } from 'pino';
import type { Clock } from '../escalation/clock.ts';
import type { Duties } from '../escalation/duties.ts';
import type { TeamWatch } from '../escalation/health.ts';
import type { Pace } from '../escalation/rates.ts';
import type { Referrals } from '../escalation/referrals.ts';
import type { Telemetry } from '../escalation/telemetry.ts';
import type { SafeguardingTeams } from '../escalation/work.ts';
import type { Finder } from '../guidance/find/finder.ts';
import type { Guidance, Organisation } from '../guidance/types.ts';
import type { PersonRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import type { Say } from '../words/say.ts';
import type { SignpostAdapter } from './adapter.ts';
import type { Card, Cards } from './cards.ts';
import type { Roster } from './roster.ts';
import type { Reader } from './views/common.ts';
import type { WriteBack } from './write-back.ts';

/** What understands typed text, for each organisation by its id. */
export type Finders = {
  /** Trains it first where that has not been done, which may take seconds. */
  get(organisation: string): Finder | undefined;
  /** Only what is trained already. */
  trained(organisation: string): Finder | undefined;
};

export type BotNeeds = {
  readonly adapter: SignpostAdapter;
  readonly cards: Cards;
  readonly guidance: () => Guidance;
  readonly finders: () => Finders;
  readonly store: Store;
  readonly referrals: Referrals;
  readonly duties: Duties;
  readonly teams: SafeguardingTeams;
  readonly teamWatch: TeamWatch;
  readonly roster: Pick<Roster, 'forget' | 'has'>;
  /** The group ids of the teams whose members may go on duty for an organisation. Undefined: anybody there may. */
  readonly dutyTeams: (organisation: string) => readonly string[] | undefined;
  /** Whether an organisation has safeguarding leads who could open a name, so that one may be kept. */
  readonly keepsNames: (organisation: string) => boolean;
  /** The organisations of a tenant; none where the tenant may not use the bot. */
  readonly organisationsOf: (tenant: string) => readonly string[];
  readonly clock: Clock;
  /** The address of a view of the desk; undefined where none would open there. */
  readonly deskAt: (view: string) => string | undefined;
  readonly pace: Pace;
  readonly writeBack: WriteBack;
  /** Keeps a message that found no answer, already scrubbed, for the policy owner. */
  readonly keepUnanswered: (organisation: string, text: string) => Promise<void>;
  readonly telemetry: Telemetry;
  readonly log: Logger;
};

/** Who speaks, and for which Trust, as far as the activity and the register say. */
export type Speaker = {
  readonly person: PersonRow;
  readonly organisations: readonly Organisation[];
  /** Absent until the person has said which Trust is theirs. */
  readonly reader: Reader | undefined;
  /** Speaks their Trust's language, or that of those which they can choose from. */
  readonly say: Say;
};

/** What a press is answered with: a card in place of the pressed one, or a few words beside it. */
export type Answer =
  | { readonly card: Card /** True where the worker keeps this message up to date. */; readonly tracked?: boolean }
  | { readonly words: string /** A card to post below, as a message of its own. */; readonly below?: Card };
