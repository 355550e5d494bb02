import { z } from 'zod';
import type { TeamsClient } from './client.ts';
import { EXTENSION, messageValue } from './extension.ts';
import type { Person } from './people.ts';
import { parseBody, Refusal, type Route } from './routes.ts';
import { ADAPTIVE_CARD, type Conversation, type Message, type World } from './world.ts';

const JsonObject = z.record(z.string(), z.unknown());
const Search = z.strictObject({ person: z.string(), text: z.string().optional() });
const SentCard = z.strictObject({ person: z.string(), card: z.looseObject({ type: z.literal('AdaptiveCard') }) });
const Opening = z.strictObject({ person: z.string(), command: z.string() });
const Submitting = z.strictObject({ person: z.string(), command: z.string().optional(), data: JsonObject });

type Options = {
  readonly world: World;
  readonly client: TeamsClient;
  readonly requirePerson: (id: string) => Person;
  /** The conversation, if this person is in it. */
  readonly requireConversation: (id: string, person: Person) => Conversation;
  /** Tells the bot of a message, where Teams would. @returns whether the bot took it. */
  readonly tellBot: (person: Person, conversation: Conversation, message: Message) => Promise<boolean>;
};

/** What the page and the tests call for the app's commands beside the bot's own chats. */
export function extensionRoutes(options: Options): readonly Route[] {
  const { world, client, requirePerson, requireConversation, tellBot } = options;
  return [
    {
      method: 'POST',
      path: 'conversations/:conversation/search',
      async handle({ conversation = '' }, { body }) {
        const { person: id, text } = parseBody(Search, body);
        const person = requirePerson(id);
        return { status: 200, body: await client.search(person, requireConversation(conversation, person), text) };
      },
    },
    {
      method: 'POST',
      path: 'conversations/:conversation/cards',
      async handle({ conversation: id = '' }, { body }) {
        const { person: personId, card } = parseBody(SentCard, body);
        const person = requirePerson(personId);
        const conversation = requireConversation(id, person);
        const attachments = [{ contentType: ADAPTIVE_CARD, content: card }];
        const message = world.addMessage(conversation, person.id, { attachments });
        return { status: 201, body: { id: message.id, delivered: await tellBot(person, conversation, message) } };
      },
    },
    {
      method: 'POST',
      path: 'conversations/:conversation/messages/:message/dialog',
      async handle({ conversation: id = '', message: messageId = '' }, { body }) {
        const { person: personId, command } = parseBody(Opening, body);
        const person = requirePerson(personId);
        const conversation = requireConversation(id, person);
        const message = world.findMessage(conversation, messageId);
        if (message === undefined) throw new Refusal(404, 'NotFound', 'There is no such message.');
        if (!EXTENSION.onMessages.some((one) => one.id === command)) {
          throw new Refusal(400, 'BadSyntax', `command: the app offers no "${command}" on a message`);
        }
        const value = messageValue(command, message, world.directory.find(message.from));
        return { status: 200, body: await client.dialog(person, conversation, 'composeExtension/fetchTask', value) };
      },
    },
    {
      method: 'POST',
      path: 'conversations/:conversation/dialog',
      async handle({ conversation = '' }, { body }) {
        const { person: id, command, data } = parseBody(Submitting, body);
        const person = requirePerson(id);
        return {
          status: 200,
          body: await client.submit(person, requireConversation(conversation, person), data, command),
        };
      },
    },
  ];
}
