import type { Clock } from '../../escalation/clock.ts';
import type { Names, SafeguardingLeads } from '../../escalation/names.ts';
import type { Referrals } from '../../escalation/referrals.ts';
import type { SafeguardingTeams } from '../../escalation/work.ts';
import type { Guidance } from '../../guidance/types.ts';
import type { Store } from '../../store/store.ts';
import type { Roster } from '../../teams/roster.ts';

/** What the desk stands on. */
export type DeskNeeds = {
  readonly store: Store;
  readonly referrals: Referrals;
  readonly names: Names;
  /** Who the safeguarding leads are. */
  readonly leads: SafeguardingLeads;
  readonly guidance: () => Guidance;
  readonly clock: Clock;
  readonly teams: SafeguardingTeams;
  readonly roster: Pick<Roster, 'has' | 'members'>;
  /** The organisations of a tenant; none where the tenant may not use Signpost. */
  readonly organisationsOf: (tenant: string) => readonly string[];
  /** The id of the app in Teams; null in a rehearsal, or where it is not set. */
  readonly app: string | null;
  /** Where a chat with the bot opens; null in a rehearsal. */
  readonly chat: string | null;
};
