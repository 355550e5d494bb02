import type { ChannelRow, TeamRow } from './schema.ts';
import type { Queries } from './store.ts';

/** Keeps a team that the bot is in, and the channels that it has now. */
export async function saveTeam(
  db: Queries,
  team: TeamRow,
  channels: readonly Omit<ChannelRow, 'team'>[],
): Promise<void> {
  const { team: id, ...fields } = team;
  await db
    .insertInto('teams')
    .values(team)
    .onConflict((conflict) => conflict.column('team').doUpdateSet(fields))
    .execute();
  await db.deleteFrom('channels').where('team', '=', id).execute();
  if (channels.length === 0) return;
  await db
    .insertInto('channels')
    .values(channels.map((channel) => ({ ...channel, team: id })))
    .execute();
}

/** Forgets a team that the bot was removed from. */
export async function removeTeam(db: Queries, team: string): Promise<void> {
  await db.deleteFrom('channels').where('team', '=', team).execute();
  await db.deleteFrom('teams').where('team', '=', team).execute();
}

export type NamedChannel = { readonly channel: string; readonly name: string; readonly team: TeamRow };

/** Group ids of teams, or any team at all: only for a rehearsal. */
export type TeamGroups = readonly string[] | 'any';

/** The channels of these names (in any case) in the teams with these group ids. */
export async function findChannels(
  db: Queries,
  groups: TeamGroups,
  ...names: readonly string[]
): Promise<NamedChannel[]> {
  if (groups.length === 0 || names.length === 0) return [];
  const rows = await db
    .selectFrom('channels')
    .innerJoin('teams', 'teams.team', 'channels.team')
    .selectAll('teams')
    .select(['channels.channel', 'channels.name as channel_name'])
    .$if(groups !== 'any', (query) => query.where('teams.group_id', 'in', groups === 'any' ? [] : groups))
    .orderBy('channels.channel')
    .execute();
  const wanted = names.map((name) => name.trim().toLowerCase());
  return rows
    .filter((row) => wanted.includes(row.channel_name.trim().toLowerCase()))
    .map(({ channel, channel_name, ...team }) => ({ channel, name: channel_name, team }));
}

/** The teams with these group ids. */
export async function teamsOf(db: Queries, groups: TeamGroups): Promise<TeamRow[]> {
  if (groups.length === 0) return [];
  return db
    .selectFrom('teams')
    .selectAll()
    .$if(groups !== 'any', (query) => query.where('group_id', 'in', groups === 'any' ? [] : groups))
    .orderBy('team')
    .execute();
}

export async function channelsOf(db: Queries, team: string): Promise<ChannelRow[]> {
  return db.selectFrom('channels').selectAll().where('team', '=', team).execute();
}

export async function findTeam(db: Queries, team: string): Promise<TeamRow | undefined> {
  return db.selectFrom('teams').selectAll().where('team', '=', team).executeTakeFirst();
}
