import type * as AdaptiveCardsModule from 'adaptivecards';
import type MarkdownIt from 'markdown-it';
import { hostConfig, type Theme } from './host-configs.ts';

// Both libraries are classic scripts of index.html.
declare const AdaptiveCards: typeof AdaptiveCardsModule;
declare const markdownit: typeof MarkdownIt;

const SAFE_LINK = /^(https?|mailto|tel):/i;

const markdown = markdownit({ html: false, linkify: false }).disable('image');

AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

export type Execute = { readonly id?: string; readonly verb?: string; readonly data: object };

export type CardEvents = {
  /** An Action.Execute was pressed in a chat, and the inputs are as the card requires. */
  readonly execute?: (action: Execute) => void;
  /** An Action.Submit was pressed in a dialog; `data` holds the inputs too. */
  readonly submit?: (data: object) => void;
  /** Opens a link within the rehearsal. @returns whether it did; other links open beside it. */
  readonly link: (url: string) => boolean;
  /** Something was pressed that does nothing here; says why. */
  readonly unsupported: (why: string) => void;
};

/** Draws an adaptive card with Microsoft's renderer. Returns nothing when it cannot be drawn. */
export function renderCard(json: object, theme: Theme, events: CardEvents): HTMLElement | undefined {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(hostConfig(theme));
  card.onExecuteAction = (action) => {
    if (action instanceof AdaptiveCards.OpenUrlAction) openLink(action.url ?? '', events);
    else if (events.execute !== undefined && action instanceof AdaptiveCards.ExecuteAction) {
      events.execute(readExecute(action));
    } else if (events.submit !== undefined && isSubmit(action)) {
      events.submit(typeof action.data === 'object' ? action.data : {});
    } else events.unsupported('This kind of button does nothing in the rehearsal.');
  };
  card.onAnchorClicked = (_element, anchor) => {
    openLink(anchor.href, events);
    return true;
  };
  card.parse(json);
  const element = card.render();
  if (element === undefined) return undefined;
  showTitlesInTypeaheads(card);
  nameTypeaheads(element);
  separateRadioGroups(element);
  return element;
}

/** In the library an Action.Execute is a kind of Action.Submit. */
function isSubmit(action: AdaptiveCardsModule.Action): action is AdaptiveCardsModule.SubmitAction {
  return action instanceof AdaptiveCards.SubmitAction && !(action instanceof AdaptiveCards.ExecuteAction);
}

function readExecute(action: AdaptiveCardsModule.ExecuteAction): Execute {
  const { id, verb, data } = action;
  return {
    ...(id === undefined ? {} : { id }),
    ...(verb ? { verb } : {}),
    data: typeof data === 'object' ? data : {},
  };
}

function openLink(url: string, events: CardEvents): void {
  if (!SAFE_LINK.test(url)) {
    events.unsupported('That link is of a kind that Teams does not open.');
    return;
  }
  if (events.link(url)) return;
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.click();
}

/** The renderer puts a typeahead's initial value into its box, where Teams shows the title of that choice. */
function showTitlesInTypeaheads(card: AdaptiveCardsModule.AdaptiveCard): void {
  for (const input of card.getAllInputs()) {
    if (!(input instanceof AdaptiveCards.ChoiceSetInput)) continue;
    const box = input.renderedElement?.querySelector('input[list]');
    const chosen = input.choices.find((choice) => choice.value === input.defaultValue);
    if (box instanceof HTMLInputElement && chosen?.title) box.value = chosen.title;
  }
}

/** The renderer labels the box around a typeahead's input, which leaves the input without its label. */
function nameTypeaheads(card: HTMLElement): void {
  for (const box of card.querySelectorAll('input[list]')) {
    const labels = box.parentElement?.getAttribute('aria-labelledby');
    if (labels) box.setAttribute('aria-labelledby', labels);
  }
}

let cardsDrawn = 0;

/** The renderer names radio buttons by the input's id alone: two cards on one page would share a group. */
function separateRadioGroups(card: HTMLElement): void {
  cardsDrawn += 1;
  for (const radio of card.querySelectorAll<HTMLInputElement>('input[type="radio"]')) {
    radio.name = `card-${cardsDrawn}-${radio.name}`;
  }
}
