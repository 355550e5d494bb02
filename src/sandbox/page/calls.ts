import type { Posted, SandboxState } from '../api.ts';
import type { ActionResult } from '../client.ts';
import type { Attachment, MessageView } from '../world.ts';

export type State = SandboxState;
export type Person = State['people'][number];
export type { ActionResult, MessageView };

const API = '/sandbox/api';

async function call<Result>(path: string, body?: object): Promise<Result> {
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${API}/${path}`, init);
  if (!response.ok) throw new Error(`The rehearsal answered ${response.status}.`);
  return (await response.json()) as Result;
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

export async function openChat(person: string): Promise<void> {
  await call(`people/${encodeURIComponent(person)}/open`, {});
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

export async function advanceClock(minutes: number): Promise<void> {
  await call('clock', { advanceMinutes: minutes });
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
