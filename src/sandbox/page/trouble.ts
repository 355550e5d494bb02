import * as calls from './calls.ts';
import { byId, make } from './html.ts';

type Preset = { readonly words: string; readonly trouble: calls.Trouble };

const SENDING = ['create', 'send', 'update'] as const;

/** The troubles that have a switch, in words for people who know no status codes. */
const PRESETS: readonly Preset[] = [
  {
    words: 'Teams is busy: everything is refused, “come back in 10 seconds”',
    trouble: { is: 'too-many-requests', on: [...SENDING], retryAfter: 10 },
  },
  { words: 'Teams is slow: everything takes 5 seconds', trouble: { is: 'slow', on: [...SENDING], ms: 5_000 } },
  {
    words: 'Teams is unclear: messages arrive, but Signpost hears that they failed',
    trouble: { is: 'bad-gateway', on: [...SENDING], delivered: true },
  },
  { words: 'Teams fails: nothing arrives', trouble: { is: 'server-error', on: [...SENDING] } },
  { words: 'The line is cut: nothing arrives, nothing is heard', trouble: { is: 'cut', on: [...SENDING] } },
];

/** The switches for what goes wrong in a rehearsal. */
export class TroublePanel {
  readonly #switches = PRESETS.map(({ words, trouble }) => {
    const box = make('input', { type: 'checkbox' });
    box.addEventListener('change', () => this.#try(() => this.#switch(trouble, box.checked)));
    byId('trouble-switches').append(make('label', {}, box, make('span', { textContent: words })));
    return { box, trouble };
  });
  readonly #person = byId('trouble-person') as HTMLSelectElement;
  readonly #blocks = byId('trouble-blocks') as HTMLInputElement;
  readonly #left = byId('trouble-left') as HTMLInputElement;
  readonly #member = byId('trouble-member') as HTMLInputElement;
  readonly #inTeam = byId('trouble-in-team') as HTMLInputElement;
  readonly #told = byId('trouble-told') as HTMLInputElement;
  readonly #channel = byId('trouble-channel') as HTMLSelectElement;
  readonly #delete = byId('trouble-delete') as HTMLButtonElement;
  readonly #name = byId('trouble-name') as HTMLInputElement;
  readonly #remove = byId('trouble-remove') as HTMLButtonElement;
  #state: calls.State;

  constructor(state: calls.State) {
    this.#state = state;
    this.#person.append(...state.people.map(({ id, name }) => make('option', { value: id, textContent: name })));
    this.#person.addEventListener('change', () => this.#show());
    this.#channel.addEventListener('change', () => this.#showChannel());
    this.#setUpPeople();
    this.#setUpTeam();
    this.setState(state);
  }

  setState(state: calls.State): void {
    this.#state = state;
    const { channels, deletedChannels } = state;
    const chosen = this.#channel.value || channels.find(({ name }) => name === 'Safeguarding referrals')?.id;
    this.#channel.replaceChildren(
      ...channels.map(({ id, name }) => make('option', { value: id, textContent: name })),
      ...deletedChannels.map(({ id, name }) => make('option', { value: id, textContent: `${name} (deleted)` })),
    );
    if (chosen !== undefined) this.#channel.value = chosen;
    this.#show();
  }

  #show(): void {
    for (const { box, trouble } of this.#switches) box.checked = this.#running(trouble) !== undefined;
    const { refused, on } = this.#state.limits;
    const count = refused.sends + refused.roster + refused.tenant;
    byId('trouble-limits').textContent = on
      ? `Refused so far because Signpost was faster than Teams allows: ${count}.`
      : 'Teams’ limits are switched off.';
    const person = this.#state.people.find(({ id }) => id === this.#person.value);
    this.#blocks.checked = person?.blocks === true;
    this.#left.checked = person?.left === true;
    this.#member.checked = person?.inTeam === true;
    this.#member.disabled = person?.left === true;
    this.#remove.disabled = person?.opened !== true;
    this.#inTeam.checked = this.#state.team.hasBot;
    this.#showChannel();
    this.#showCount();
  }

  #showChannel(): void {
    const isDeleted = this.#isDeleted();
    this.#delete.textContent = isDeleted ? 'Restore' : 'Delete';
    // The first channel has the id of its team, and cannot be deleted.
    this.#delete.disabled = this.#channel.value === this.#state.team.id;
    for (const element of (byId('trouble-rename') as HTMLFormElement).elements) {
      (element as HTMLInputElement | HTMLButtonElement).disabled = isDeleted;
    }
    this.#name.placeholder = isDeleted ? 'Restore it to rename it' : 'New name';
  }

  /** The button says how many things are wrong, so that nobody wonders with the panel closed. */
  #showCount(): void {
    const { troubles, people, deletedChannels, team } = this.#state;
    const count =
      troubles.length +
      people.filter(({ blocks, left }) => blocks || left).length +
      deletedChannels.length +
      (team.hasBot ? 0 : 1);
    const button = byId('trouble-button');
    button.textContent = count === 0 ? 'Trouble' : `Trouble (${count})`;
    button.classList.toggle('on', count > 0);
  }

  #isDeleted(): boolean {
    return this.#state.deletedChannels.some(({ id }) => id === this.#channel.value);
  }

  /** The trouble that this switch began, while it lasts. */
  #running(preset: calls.Trouble): calls.State['troubles'][number] | undefined {
    return this.#state.troubles.find(({ id, met, ...trouble }) => sameTrouble(trouble, preset));
  }

  async #switch(trouble: calls.Trouble, on: boolean): Promise<void> {
    const running = this.#running(trouble);
    if (on && running === undefined) await calls.beginTrouble(trouble);
    if (!on && running !== undefined) await calls.endTrouble(running.id);
  }

  #setUpPeople(): void {
    this.#blocks.addEventListener('change', () => {
      this.#try(() => calls.personDoes(this.#person.value, this.#blocks.checked ? 'block' : 'unblock', false));
    });
    this.#left.addEventListener('change', () => {
      const what = this.#left.checked ? 'leave' : 'come-back';
      this.#try(() => calls.personDoes(this.#person.value, what, this.#told.checked));
    });
    this.#member.addEventListener('change', () => {
      const what = this.#member.checked ? 'join-team' : 'leave-team';
      this.#try(() => calls.personDoes(this.#person.value, what, this.#told.checked));
    });
    this.#remove.addEventListener('click', () => {
      this.#try(
        () => calls.personDoes(this.#person.value, 'remove-bot', true),
        'Removed. It is added again when they open its chat.',
      );
    });
  }

  #setUpTeam(): void {
    this.#inTeam.addEventListener('change', () => {
      this.#try(() => calls.changeTeam(this.#inTeam.checked ? 'add-bot' : 'remove-bot', this.#told.checked));
    });
    this.#delete.addEventListener('click', () => {
      const what = this.#isDeleted() ? 'restore' : 'delete';
      this.#try(() => calls.changeChannel(this.#channel.value, what, this.#told.checked));
    });
    byId('trouble-rename').addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.#name.value;
      this.#try(async () => {
        await calls.renameChannel(this.#channel.value, name, this.#told.checked);
        this.#name.value = '';
      });
    });
  }

  /** Does it, says what came of it, and shows the switches as things are where it could not be done. */
  #try(task: () => Promise<void>, success = ''): void {
    const say = (words: string): void => {
      byId('trouble-status').textContent = words;
    };
    task().then(
      () => say(success),
      (error: unknown) => {
        say(error instanceof calls.Refused ? error.message : 'The rehearsal does not answer. Is it still running?');
        this.#show();
      },
    );
  }
}

function sameTrouble(one: calls.Trouble, other: calls.Trouble): boolean {
  const normal = (trouble: calls.Trouble): string => JSON.stringify(Object.entries(trouble).sort());
  return normal(one) === normal(other);
}
