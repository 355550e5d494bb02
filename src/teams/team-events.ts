import { type Activity, TeamsInfo, type TurnContext } from 'botbuilder';
import { channelsNamed, type Keeper } from '../escalation/health.ts';
import type { Organisation } from '../guidance/types.ts';
import type { ChannelRow, TeamRow } from '../store/schema.ts';
import { findTeam } from '../store/teams.ts';
import { sayAll, sayForAll } from '../words/say.ts';
import { messageWith } from './messenger.ts';
import type { BotNeeds } from './needs.ts';
import { inTeam } from './views/common.ts';
import { message } from './views/message.ts';

/** Whether an activity tells of a team: the bot added or removed, a channel made, renamed or deleted. */
export function isTeamEvent(activity: Activity): boolean {
  const isEvent = activity.type === 'installationUpdate' || activity.type === 'conversationUpdate';
  return isEvent && typeof activity.channelData?.team?.id === 'string';
}

/** Keeps the register's picture of a team true, and tells the team what is missing. */
export async function answerTeamEvent(needs: BotNeeds, context: TurnContext): Promise<void> {
  const { activity } = context;
  const team: string = activity.channelData.team.id;
  // Whoever was added or removed has the rights of the team from now on, or has them no more.
  needs.roster.forget(team);
  const removed =
    (activity.type === 'installationUpdate' && activity.action?.startsWith('remove')) ||
    (activity.membersRemoved ?? []).some((member) => member.id === activity.recipient.id);
  if (removed) {
    await needs.teamWatch.gone(team);
    needs.log.warn({ team }, 'the bot was removed from a team');
    return;
  }
  const known = await findTeam(needs.store.db, team);
  const { row, channels } = await readTeam(context, team, needs.clock.now(), known);
  // A newer version of the app ("add-upgrade") is in a team that knows Signpost already.
  const isAdded = activity.type === 'installationUpdate' && activity.action === 'add';
  await (isAdded ? needs.teamWatch.added(row, channels) : needs.teamWatch.seen(row, channels));
  if (isAdded) {
    await tellTeam(needs, context, { id: row.group_id, channels: channels.map(({ name }) => name) });
  }
}

type ReadTeam = { readonly row: TeamRow; readonly channels: readonly Omit<ChannelRow, 'team'>[] };

/** Reads a team, its channels and its owners from Teams. */
async function readTeam(
  context: TurnContext,
  team: string,
  now: number,
  known: TeamRow | undefined,
): Promise<ReadTeam> {
  const { activity } = context;
  const details = await TeamsInfo.getTeamDetails(context, team);
  const channels = (await TeamsInfo.getTeamChannels(context, team)).flatMap(({ id, name }) =>
    // Teams gives the General channel no name.
    id ? [{ channel: id, name: name ?? 'General' }] : [],
  );
  const row = {
    team,
    tenant: activity.channelData?.tenant?.id ?? activity.conversation.tenantId ?? '',
    group_id: details.aadGroupId ?? '',
    name: details.name ?? '',
    service_url: activity.serviceUrl,
    bot_id: activity.recipient.id,
    keepers: JSON.stringify(await keepersOf(context, team, known === undefined ? [] : JSON.parse(known.keepers))),
    updated_at: now,
  };
  return { row, channels };
}

/**
 * The owners, where Teams names them, and whoever added the bot, which Teams says only once: those who can mend the
 * team's channels.
 */
async function keepersOf(context: TurnContext, team: string, known: readonly Keeper[]): Promise<Keeper[]> {
  const { members } = await TeamsInfo.getPagedTeamMembers(context, team, ROSTER_PAGE);
  const isAddedNow = context.activity.type === 'installationUpdate';
  return members.flatMap(({ id, aadObjectId, name, userRole }) => {
    const hasAdded = isAddedNow && aadObjectId === context.activity.from?.aadObjectId;
    const isKeeper = userRole === 'owner' || hasAdded || known.some(({ person }) => person === aadObjectId);
    return isKeeper && aadObjectId ? [{ person: aadObjectId, teamsId: id, name: name ?? '' }] : [];
  });
}

/** Owners come early in a roster, and few teams are larger. */
const ROSTER_PAGE = 500;

/** Reads a team again, outside a turn, because Teams has refused one of its channels. */
export async function readTeamAgain(
  needs: Pick<BotNeeds, 'adapter' | 'store' | 'teamWatch' | 'clock'>,
  team: string,
): Promise<void> {
  const known = await findTeam(needs.store.db, team);
  if (known === undefined) return;
  const reference = {
    serviceUrl: known.service_url,
    channelId: 'msteams',
    bot: { id: known.bot_id, name: '' },
    conversation: { id: team, isGroup: true, conversationType: 'channel', name: '', tenantId: known.tenant },
  };
  await needs.adapter.inConversation(reference, async (context) => {
    const { row, channels } = await readTeam(context, team, needs.clock.now(), known);
    await needs.teamWatch.seen({ ...row, tenant: known.tenant, bot_id: known.bot_id }, channels);
  });
}

async function tellTeam(
  needs: BotNeeds,
  context: TurnContext,
  group: { id: string; channels: string[] },
): Promise<void> {
  const organisations = [...needs.guidance().values()].filter((organisation) => {
    const groups = needs.teams(organisation.id);
    return groups === 'any' || groups.includes(group.id);
  });
  const view = organisations.length > 0 ? channelView(organisations, group.channels) : otherTeamView(needs, group.id);
  await context.sendActivity(messageWith(needs.cards.draw('message', { ...view, ...inTeam, showExit: false })));
}

/** A team that receives nothing: its members may go on duty, or it is in no setting. */
function otherTeamView({ guidance, dutyTeams }: BotNeeds, group: string) {
  const all = [...guidance().values()];
  const forDuty = all.filter(({ id }) => dutyTeams(id)?.includes(group));
  if (forDuty.length === 0) {
    const say = sayForAll(all);
    return message(say, say('team.not-set-up'), [say('team.name-it', { group }), say('team.nothing-until')]);
  }
  const say = sayForAll(forDuty);
  const trusts = sayAll(
    say,
    forDuty.map(({ settings }) => settings.name),
  );
  const lines = [say('team.how-to-go-on-duty'), say('team.no-referrals-here')];
  return message(say, say('team.ready-for-duty', { trusts }), lines);
}

function channelView(organisations: readonly Organisation[], channels: readonly string[]) {
  const say = sayForAll(organisations);
  const present = new Set(channels.map((name) => name.trim().toLowerCase()));
  const wanted = new Set(organisations.flatMap(channelsNamed));
  const missing = [...wanted].filter((name) => !present.has(name.trim().toLowerCase()));
  const names = organisations.map((organisation) => organisation.settings.name);
  const trusts = sayAll(say, names);
  if (missing.length === 0) {
    return message(say, say('team.ready'), [
      say('team.posted-in', { trusts, count: wanted.size, channels: [...wanted].join('”, “') }),
      say('team.can-act'),
    ]);
  }
  return message(say, say('team.no-channel', { channels: missing.join('”, “') }), [
    say('team.make-channel', { trusts }),
    say('channel.until-then'),
  ]);
}
