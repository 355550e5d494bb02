import type { Logger } from 'pino';
import type { Guidance, Organisation } from '../guidance/types.ts';
import { addCards, openCardsIn, updateCard, updateCardsIn, wantCards } from '../store/cards.ts';
import { endFault, faultsNow, noteFault } from '../store/faults.ts';
import { findPerson } from '../store/people.ts';
import { lockReferral, openReferrals, readReferral } from '../store/referrals.ts';
import type { CardRow, ChannelRow, ReferralRow, TeamRow } from '../store/schema.ts';
import {
  channelsOf,
  findChannels,
  findTeam,
  type NamedChannel,
  removeTeam,
  saveTeam,
  teamsOf,
} from '../store/teams.ts';
import { channelCard, inPlaceOf, noticeIn, noticeTo } from './owed.ts';
import { goOnWithout, routeOf } from './routes.ts';
import { record } from './telling.ts';
import { type Engine, inOneTransaction, type Work } from './work.ts';

/** The names of the channels that an organisation's routes tell. */
export function channelsNamed({ settings }: Organisation): string[] {
  const names = Object.values(settings.routes).flatMap((route) =>
    route.steps.flatMap((step) =>
      step.notify.flatMap((whom) => {
        if (whom.whom === 'channel') return [whom.name];
        if (whom.whom === 'department-channel') return settings.departments.flatMap(({ channel }) => channel ?? []);
        return [];
      }),
    ),
  );
  return [...new Set(names)];
}

const NO_CHANNEL = 'no-channel';

function missingKey({ id }: Organisation, name: string): string {
  return `${NO_CHANNEL} ${id} ${name}`;
}

/** Notices a channel that is not there, tells those who can mend it, and posts what is open once it is back. */
export async function lookAtChannels(engine: Engine, organisation: Organisation, log: Logger): Promise<void> {
  const { store, clock } = engine;
  const named = channelsNamed(organisation);
  for (const fault of await faultsNow(store.db)) {
    // A route that named it once may not any more.
    const isOurs = fault.kind === NO_CHANNEL && fault.organisation === organisation.id;
    if (isOurs && !named.some((name) => fault.key === missingKey(organisation, name))) {
      await endFault(store.db, fault.key, clock.now());
    }
  }
  for (const name of named) {
    const key = missingKey(organisation, name);
    const found = await findChannels(store.db, engine.teams(organisation.id), name);
    const missing = found.length === 0;
    const known = (await faultsNow(store.db)).find((fault) => fault.key === key);
    if (missing === (known !== undefined)) continue;
    await inOneTransaction(engine, async (work) => {
      if (!missing) {
        await endFault(work.tx, key, work.now);
        const posted = await postWhatIsOpen(work, organisation.id, [name]);
        log.info({ organisation: organisation.id, posted }, 'a channel is there again');
        return;
      }
      const details = { name };
      const isNews = await noteFault(work.tx, {
        key,
        kind: NO_CHANNEL,
        organisation: organisation.id,
        details,
        at: work.now,
      });
      if (!isNews) return;
      log.error({ organisation: organisation.id, channel: name }, 'a channel that receives referrals is not there');
      await tellKeepers(work, organisation.id, { notice: 'no-channel', organisation: organisation.id, name });
    });
  }
}

/** The key of the fault that a channel which is there takes no message. */
export function unreachable(channel: string): string {
  return `channel ${channel}`;
}

/** Somebody who can mend a team's channels: an owner, or who added the bot. */
export type Keeper = { readonly person: string; readonly teamsId: string; readonly name: string };

/** Tells a team's owners, each in their own chat, and the whole team in its General channel. */
export async function tellKeepers(work: Work, organisation: string, details: object): Promise<void> {
  const notices: CardRow[] = [];
  for (const team of await teamsOf(work.tx, work.teams(organisation))) {
    notices.push(...(await noticesFor(work, team, details)));
  }
  await addCards(work.tx, notices);
}

async function noticesFor(work: Work, team: TeamRow, details: object): Promise<CardRow[]> {
  const keepers: readonly Keeper[] = JSON.parse(team.keepers);
  const notices: CardRow[] = [];
  for (const keeper of keepers) {
    const person = await findPerson(work.tx, { tenant: team.tenant, person: keeper.person });
    notices.push(
      noticeTo(
        person ?? {
          tenant: team.tenant,
          person: keeper.person,
          name: keeper.name,
          organisation: null,
          teams_id: keeper.teamsId,
          conversation: null,
          service_url: team.service_url,
          bot_id: team.bot_id,
          updated_at: work.now,
        },
        details,
        work.now,
      ),
    );
  }
  const general = (await channelsOf(work.tx, team.team)).find(({ channel }) => channel === team.team);
  if (general !== undefined) notices.push(noticeIn(team, general.channel, general.name, details, work.now));
  return notices;
}

/** Posts the open referrals that channels of these names should have and have not. @returns how many. */
export async function postWhatIsOpen(work: Work, organisation: string, names: readonly string[]): Promise<number> {
  const channels = await findChannels(work.tx, work.teams(organisation), ...names);
  if (channels.length === 0) return 0;
  let posted = 0;
  for (const referral of await openReferrals(work.tx, organisation)) {
    const told = channelsTold(referral).map(sameName);
    const meant = channels.filter(({ name }) => told.includes(sameName(name)));
    if (meant.length > 0 && (await postWhereItIsMissing(work, referral, meant))) posted += 1;
  }
  return posted;
}

async function postWhereItIsMissing(
  work: Work,
  referral: ReferralRow,
  channels: readonly NamedChannel[],
): Promise<boolean> {
  const read = await readReferral(work.tx, work.seal, referral.reference);
  const cards = read?.cards.filter(({ role }) => role === 'channel') ?? [];
  const missing = channels.filter(
    ({ channel }) => !cards.some((card) => card.channel === channel && card.state !== 'failed'),
  );
  if (missing.length === 0) return false;
  for (const place of new Set(missing.map(({ name }) => name))) {
    await record(work, referral, 'channel-is-back', { place });
  }
  await addCards(
    work.tx,
    missing.map((place) => inPlaceOf(channelCard(referral, place, referral.route_step, work.now), cards)),
  );
  await wantCards(work.tx, referral.reference, work.now, 'reporter');
  return true;
}

/** Two names of channels are the same if this gives the same: Teams keeps capitals, and people do not mind them. */
export function sameName(name: string): string {
  return name.trim().toLowerCase();
}

/** The names of the channels that the steps taken so far tell, but for those that the concern may be about. */
function channelsTold(referral: ReferralRow): string[] {
  const { about_senior: about, route_step: last } = referral;
  const route = routeOf(referral);
  return route.steps
    .slice(0, last + 1)
    .flatMap((step) => step.notify)
    .flatMap((whom) => {
      if (whom.whom === 'channel') return about === 'channel' ? [] : [whom.name];
      const isOpen = whom.whom === 'department-channel' && about === 'no';
      return isOpen && route.departmentChannel !== null ? [route.departmentChannel] : [];
    });
}

type Channels = readonly Omit<ChannelRow, 'team'>[];

export type TeamWatch = {
  /** A team as Teams shows it now, with channels made, renamed or deleted. */
  seen(team: TeamRow, channels: Channels): Promise<void>;
  /** The bot was added to a team, perhaps after it had been removed without a word: every channel begins anew. */
  added(team: TeamRow, channels: Channels): Promise<void>;
  /** The bot was removed from a team. */
  gone(team: string): Promise<void>;
};

/** Keeps the register's picture of the teams true, and routes round what is not there any more. */
export function createTeamWatch(engine: Engine, guidance: () => Guidance, log: Logger): TeamWatch {
  const lookAtAll = async (): Promise<void> => {
    for (const organisation of guidance().values()) await lookAtChannels(engine, organisation, log);
  };
  const keep = async (team: TeamRow, channels: Channels, begins: 'all anew' | 'new ones'): Promise<void> => {
    await inOneTransaction(engine, async (work) => {
      const before = (await channelsOf(work.tx, team.team)).map(({ channel }) => channel);
      await saveTeam(work.tx, team, channels);
      await loseChannels(
        work,
        before.filter((id) => !channels.some(({ channel }) => channel === id)),
      );
      const fresh = begins === 'all anew' ? channels : channels.filter(({ channel }) => !before.includes(channel));
      for (const { channel } of fresh) await endFault(work.tx, unreachable(channel), work.now);
      const names = fresh.map(({ name }) => name);
      for (const { id } of guidance().values()) await postWhatIsOpen(work, id, names);
    });
    await lookAtAll();
  };
  return {
    seen: (team, channels) => keep(team, channels, 'new ones'),
    added: (team, channels) => keep(team, channels, 'all anew'),
    async gone(team) {
      await inOneTransaction(engine, async (work) => {
        const row = await findTeam(work.tx, team);
        const channels = await channelsOf(work.tx, team);
        await removeTeam(work.tx, team);
        await loseChannels(
          work,
          channels.map(({ channel }) => channel),
        );
        if (row !== undefined) await tellOfRemoval(work, [...guidance().values()], row);
      });
      await lookAtAll();
    },
  };
}

/**
 * The cards of channels that are not there any more: nobody reads them, so their routes go on. What is closed has no
 * route, however much of it there is.
 */
async function loseChannels(work: Work, channels: readonly string[]): Promise<void> {
  if (channels.length === 0) return;
  // A channel that is gone will never be reached again. That one of its name is missing is a fault of its own.
  for (const channel of channels) await endFault(work.tx, unreachable(channel), work.now);
  const lost = { state: 'failed', last_error: 'the channel is not there', due_at: null } as const;
  for (const card of await openCardsIn(work.tx, channels)) {
    const { id, referral, role, place_name: place } = card;
    if (referral === null) continue;
    await lockReferral(work.tx, work.store, referral);
    await updateCard(work.tx, id, lost);
    if (role !== 'channel') continue;
    await record(work, { reference: referral }, 'channel-gone', { role, place });
    await wantCards(work.tx, referral, work.now, 'reporter');
    await goOnWithout(work, card);
  }
  await updateCardsIn(work.tx, channels, lost);
}

/** Only those who have a chat with the bot can still be told by it. */
async function tellOfRemoval(work: Work, organisations: readonly Organisation[], team: TeamRow): Promise<void> {
  const served = organisations.filter(({ id }) => {
    const groups = work.teams(id);
    return groups === 'any' || groups.includes(team.group_id);
  });
  for (const { id: organisation } of served) {
    const notices = await noticesFor(work, team, { notice: 'removed', organisation, name: team.name });
    await addCards(
      work.tx,
      notices.filter(({ conversation, person }) => conversation !== null && person !== null),
    );
  }
}
