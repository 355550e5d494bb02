import type { TeamsClient } from './client.ts';
import { type Person, TEAM } from './people.ts';
import { Refusal } from './routes.ts';
import type { Channel, Conversation, World } from './world.ts';

/** Whether the bot is told. Teams' events can be lost, and then it must find out by itself. */
export type Telling = { readonly tellBot?: boolean };

/** What happens in Teams beside chats. Channels go by name or id, people by id or full name. */
export type Happenings = {
  createChannel(name: string, telling?: Telling): Promise<Channel>;
  renameChannel(channel: string, newName: string, telling?: Telling): Promise<void>;
  deleteChannel(channel: string, telling?: Telling): Promise<void>;
  /** Brings a deleted channel back, with what was posted in it. */
  restoreChannel(channel: string, telling?: Telling): Promise<void>;
  /** Adds the bot to the team and tells it. @returns whether it is there now: it is not when the bot does not answer. */
  addToTeam(): Promise<boolean>;
  removeFromTeam(telling?: Telling): Promise<void>;
  /** Adds the bot to somebody's own apps and tells it, as when they open its chat the first time. */
  addFor(person: string): Promise<void>;
  removeFor(person: string, telling?: Telling): Promise<void>;
  /** Somebody blocks the bot, or no longer does. Teams tells it neither. */
  setBlocks(person: string, blocks: boolean): Promise<void>;
  /** Somebody leaves the organisation, or comes back. Only the team, if they are in it, tells the bot. */
  setLeft(person: string, left: boolean, telling?: Telling): Promise<void>;
  /** Somebody joins the team, or leaves it. */
  setInTeam(person: string, inTeam: boolean, telling?: Telling): Promise<void>;
};

/** Changes the world, and tells the bot as Teams does. Every method throws a Refusal for what is not there. */
export function createHappenings(world: World, client: TeamsClient): Happenings {
  const channelOf = (nameOrId: string, channels: readonly Channel[]): Channel => {
    const channel = channels.find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (channel === undefined) throw new Refusal(404, 'NotFound', `The team has no channel "${nameOrId}".`);
    return channel;
  };
  const personOf = (key: string): Person => {
    const person = world.directory.find(key);
    if (person === undefined) throw new Refusal(404, 'NotFound', `There is nobody with the id "${key}".`);
    return person;
  };
  const teamOwner = (): Person => {
    const [owner] = world.teamMembers();
    if (owner === undefined) throw new Refusal(409, 'Conflict', 'Nobody is left in the team.');
    return owner;
  };
  const isHeard = ({ tellBot = true }: Telling): boolean => tellBot && world.installedFor(TEAM.id);
  const chatOf = (person: Person): Conversation => ({ type: 'personal', id: person.conversation, person });

  return {
    async createChannel(name, telling = {}) {
      refuseTaken(world, name);
      const channel = world.addChannel(name);
      if (isHeard(telling)) await client.channelEvent(teamOwner(), 'channelCreated', channel);
      return channel;
    },
    async renameChannel(nameOrId, newName, telling = {}) {
      const channel = channelOf(nameOrId, world.channels());
      refuseTaken(world, newName);
      world.renameChannel(channel, newName);
      if (isHeard(telling)) await client.channelEvent(teamOwner(), 'channelRenamed', channel);
    },
    async deleteChannel(nameOrId, telling = {}) {
      const channel = channelOf(nameOrId, world.channels());
      if (channel.id === TEAM.id) throw new Refusal(409, 'Conflict', 'A team always has its first channel.');
      world.deleteChannel(channel);
      if (isHeard(telling)) await client.channelEvent(teamOwner(), 'channelDeleted', channel);
    },
    async restoreChannel(nameOrId, telling = {}) {
      const channel = channelOf(nameOrId, world.deletedChannels());
      refuseTaken(world, channel.name);
      world.restoreChannel(channel);
      if (isHeard(telling)) await client.channelEvent(teamOwner(), 'channelRestored', channel);
    },
    async addToTeam() {
      if (!world.installedFor(TEAM.id)) await world.install(TEAM.id, () => client.installedInTeam(teamOwner()));
      return world.installedFor(TEAM.id);
    },
    async removeFromTeam({ tellBot = true } = {}) {
      world.uninstall(TEAM.id);
      if (tellBot) await client.removedFromTeam(teamOwner());
    },
    async addFor(key) {
      const person = personOf(key);
      if (world.installedFor(person.id)) return;
      await world.install(person.id, () => client.installedFor(person, chatOf(person)));
    },
    async removeFor(key, { tellBot = true } = {}) {
      const person = personOf(key);
      world.uninstall(person.id);
      if (tellBot) await client.removedFor(person, chatOf(person));
    },
    async setBlocks(key, blocks) {
      world.setBlocks(personOf(key), blocks);
    },
    async setLeft(key, left, telling = {}) {
      const person = personOf(key);
      if (left === world.hasLeft(person)) return;
      world.setLeft(person, left);
      if (world.isInTeam(person) && isHeard(telling)) await client.memberEvent(teamOwner(), person, left);
    },
    async setInTeam(key, inTeam, telling = {}) {
      const person = personOf(key);
      if (inTeam === world.isInTeam(person)) return;
      if (world.hasLeft(person)) throw new Refusal(409, 'Conflict', `${person.name} has left the organisation.`);
      world.setInTeam(person, inTeam);
      if (!isHeard(telling)) return;
      // The last one in the team leaves it without anybody else's doing.
      const [owner = person] = world.teamMembers();
      await client.memberEvent(owner, person, !inTeam);
    },
  };
}

function refuseTaken(world: World, name: string): void {
  if (world.channels().some((channel) => channel.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(409, 'Conflict', `The team has a channel "${name}" already.`);
  }
}
