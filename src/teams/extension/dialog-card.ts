import type { Card } from '../cards.ts';
import type { Verb } from '../verbs.ts';

/** What can be pressed in a dialog. All else belongs to a card that stands in a chat. */
const IN_A_DIALOG: ReadonlySet<string> = new Set<Verb | DialogVerb>([
  'walk',
  'danger',
  'topics',
  'none-of-these',
  'choose-organisation',
  'change-organisation',
  'raise',
  'check',
  'send',
  'use-words',
]);

/** What only a dialog asks for. */
export type DialogVerb = 'use-words';

/**
 * The same card for a dialog. There Teams sends an Action.Submit to the bot, and an Action.Execute nowhere, so that
 * each press becomes one. What makes no sense in a dialog is left out.
 */
export function forDialog(card: Card): Card {
  return withActions(card, (action) =>
    IN_A_DIALOG.has(String(action.verb)) ? { ...submitOf(action), data: pressOf(action) } : undefined,
  ) as Card;
}

type Action = Readonly<Record<string, unknown>>;

function submitOf({ verb: _verb, ...rest }: Action): Action {
  return { ...rest, type: 'Action.Submit' };
}

/** What is typed comes beside it, by the names of the inputs. */
function pressOf({ verb, data }: Action): Action {
  return { press: { verb, data: data ?? {} } };
}

/** A card with every Action.Execute replaced, or taken out where there is nothing in its place. */
function withActions(node: unknown, replace: (execute: Action) => Action | undefined): unknown {
  if (Array.isArray(node)) {
    return node.map((item) => withActions(item, replace)).filter((item) => item !== undefined);
  }
  if (!isObject(node)) return node;
  if (node.type === 'Action.Execute') return replace(node);
  const entries = Object.entries(node)
    // What a button carries is no part of the card, and a dialog is not fetched anew.
    .filter(([key]) => key !== 'refresh')
    .map(([key, value]) => [key, key === 'data' ? value : withActions(value, replace)] as const)
    .filter(([, value]) => value !== undefined);
  const left = Object.fromEntries(entries);
  return isEmptied(node, left) ? undefined : left;
}

/** Whether all that a row of buttons, or a card behind a button, was for has gone. */
function isEmptied(before: Action, after: Action): boolean {
  if (before.type === 'ActionSet') return isEmpty(after.actions);
  if (before.type !== 'Action.ShowCard' || !isObject(after.card)) return false;
  return isEmpty(after.card.actions);
}

function isEmpty(actions: unknown): boolean {
  return !Array.isArray(actions) || actions.length === 0;
}

function isObject(node: unknown): node is Action {
  return typeof node === 'object' && node !== null;
}
