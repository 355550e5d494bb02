import * as calls from './calls.ts';
import { renderCard } from './card.ts';
import type { Theme } from './host-configs.ts';
import { make } from './html.ts';

type Options = {
  readonly theme: Theme;
  readonly open: () => Promise<calls.DialogResult>;
  readonly submit: (data: object) => Promise<calls.DialogResult>;
  /** Opens a link, and says whether it did. */
  readonly link: (url: string) => boolean;
};

/** Shows a dialog of the app over the page, until it is closed. */
export async function showDialog({ theme, open, submit, link }: Options): Promise<void> {
  const title = make('h2', { textContent: 'Signpost' });
  const close = make('button', { type: 'button', className: 'dialog-close', textContent: 'Close' });
  const holder = make('div', { className: 'card dialog-card', tabIndex: -1 });
  const line = make('p', { className: 'notice' });
  line.role = 'status';
  const dialog = make('dialog', { className: 'dialog' }, make('header', {}, title, close), holder, line);
  dialog.setAttribute('aria-label', 'Signpost');
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  const say = (text: string, isError: boolean): void => {
    line.textContent = text;
    line.classList.toggle('error', isError);
  };
  const show = async (task: () => Promise<calls.DialogResult>): Promise<void> => {
    if (holder.ariaBusy === 'true') return;
    holder.ariaBusy = 'true';
    say('', false);
    try {
      draw(await task());
    } catch (error) {
      say(error instanceof calls.Refused ? error.message : 'The rehearsal does not answer. Is it still running?', true);
    } finally {
      holder.ariaBusy = 'false';
    }
  };
  const draw = (result: calls.DialogResult): void => {
    if ('closed' in result) dialog.close();
    else if ('error' in result) say(result.error.message, true);
    else if ('message' in result) {
      holder.replaceChildren();
      say(result.message, false);
    } else {
      title.textContent = result.title;
      const card = renderCard(result.card, theme, {
        submit: (data) => void show(() => submit(data)),
        link,
        unsupported: (why) => say(why, true),
      });
      holder.replaceChildren(card ?? make('p', { textContent: 'This card cannot be shown.' }));
      holder.scrollTop = 0;
      holder.focus();
    }
  };
  await show(open);
}
