import type { ServerResponse } from 'node:http';

/** What a page hears: a conversation that changed, or that the state (people, channels, clock) did. */
export type SandboxEvent = { readonly conversation: string } | { readonly state: true };

/** Server-sent events to every open page. */
export class EventStream {
  readonly #pages = new Set<ServerResponse>();

  /** Keeps this response open until the page goes away. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': connected\n\n');
    this.#pages.add(response);
    response.on('close', () => this.#pages.delete(response));
  }

  send(event: SandboxEvent): void {
    for (const page of this.#pages) page.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  close(): void {
    for (const page of this.#pages) page.end();
  }
}
