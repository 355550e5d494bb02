import type { IssuedToken, Posted, SandboxState } from '../api.ts';
import type { ActionResult } from '../client.ts';
import type { DialogResult, Found, SearchResult } from '../extension.ts';
import type { Trouble } from '../troubles.ts';
import type { Attachment, MessageView } from '../world.ts';

export type State = SandboxState;
export type Person = State['people'][number];
export type { ActionResult, DialogResult, Found, MessageView, SearchResult, Trouble };

const API = '/sandbox/api';

/** The rehearsal answered that this cannot be done, and says why. */
export class Refused extends Error {}

async function call<Result>(path: string, body?: object, method = 'POST'): Promise<Result> {
  const init = body && {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${API}/${path}`, init);
  const answer = (await response.json()) as Result & { readonly error?: { readonly message: string } };
  if (!response.ok) throw new Refused(answer.error?.message ?? `The rehearsal answered ${response.status}.`);
  return answer;
}

function messagesPath(conversation: string): string {
  return `conversations/${encodeURIComponent(conversation)}/messages`;
}

export function getState(): Promise<State> {
  return call<State>('state');
}

export async function getMessages(conversation: string, viewer: string): Promise<readonly MessageView[]> {
  const path = `${messagesPath(conversation)}?viewer=${encodeURIComponent(viewer)}`;
  return (await call<{ messages: readonly MessageView[] }>(path)).messages;
}

/** Opens a chat or a channel, as Teams does when somebody comes to it. */
export async function openConversation(conversation: string, person: string): Promise<void> {
  await call(`conversations/${encodeURIComponent(conversation)}/open`, { person });
}

export function postMessage(
  conversation: string,
  person: string,
  text: string,
  attachments: readonly Attachment[],
): Promise<Posted> {
  return call<Posted>(messagesPath(conversation), { person, text, attachments });
}

/** `data` is the button's data with the inputs merged in, as the card renderer hands it over. */
export function postAction(
  conversation: string,
  messageId: string,
  action: { readonly person: string; readonly id?: string; readonly verb?: string; readonly data: object },
): Promise<ActionResult> {
  return call<ActionResult>(`${messagesPath(conversation)}/${messageId}/actions`, action);
}

/** Searches from the box for writing; without a text, as when it has just been opened. */
export function search(conversation: string, person: string, text: string | undefined): Promise<SearchResult> {
  return call<SearchResult>(`conversations/${encodeURIComponent(conversation)}/search`, { person, text });
}

/** Sends a card that was found. */
export function sendCard(conversation: string, person: string, card: object): Promise<Posted> {
  return call<Posted>(`conversations/${encodeURIComponent(conversation)}/cards`, { person, card });
}

/** Chooses a command of the app on a message. */
export function openDialog(
  conversation: string,
  messageId: string,
  person: string,
  command: string,
): Promise<DialogResult> {
  return call<DialogResult>(`${messagesPath(conversation)}/${messageId}/dialog`, { person, command });
}

/** Presses a button in a dialog. `data` is the button's data with the inputs merged in. */
export function submitDialog(
  conversation: string,
  person: string,
  command: string,
  data: object,
): Promise<DialogResult> {
  return call<DialogResult>(`conversations/${encodeURIComponent(conversation)}/dialog`, { person, command, data });
}

export async function advanceClock(minutes: number): Promise<void> {
  await call('clock', { advanceMinutes: minutes });
}

export async function beginTrouble(trouble: Trouble): Promise<void> {
  await call('troubles', trouble);
}

/** Ends one trouble, or all. */
export async function endTrouble(id?: string): Promise<void> {
  await call(id === undefined ? 'troubles' : `troubles/${id}`, {}, 'DELETE');
}

/** A token that says who this is, for the tab. */
export async function getToken(person: string): Promise<string> {
  return (await call<IssuedToken>(`people/${encodeURIComponent(person)}/token`, {})).token;
}

/** What somebody does beside chatting. */
export async function personDoes(
  person: string,
  what: 'block' | 'unblock' | 'leave' | 'come-back' | 'join-team' | 'leave-team' | 'remove-bot',
  tellBot: boolean,
): Promise<void> {
  await call(`people/${encodeURIComponent(person)}/${what}`, { tellBot });
}

export async function changeTeam(what: 'add-bot' | 'remove-bot', tellBot: boolean): Promise<void> {
  await call(`team/${what}`, { tellBot });
}

export async function changeChannel(channel: string, what: 'delete' | 'restore', tellBot: boolean): Promise<void> {
  await call(`channels/${encodeURIComponent(channel)}/${what}`, { tellBot });
}

export async function renameChannel(channel: string, name: string, tellBot: boolean): Promise<void> {
  await call(`channels/${encodeURIComponent(channel)}/rename`, { name, tellBot });
}

/** Calls `changed` with the conversation that changed, or with nothing when anything may have. */
export function listen(changed: (conversation?: string) => void): void {
  const source = new EventSource(`${API}/events`);
  source.onmessage = (event) => {
    changed((JSON.parse(String(event.data)) as { conversation?: string }).conversation);
  };
  // After the server was away, whatever was missed is fetched.
  source.onopen = () => changed();
}
