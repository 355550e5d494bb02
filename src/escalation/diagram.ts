import { STATUSES, type Status } from '../store/schema.ts';
import { FIRST_LANGUAGE, sayIn } from '../words/say.ts';
import { ACTIONS, type Action, BY_TIME, LIFE, type Rule, TIME_EVENTS, type TimeEvent } from './life.ts';

const SAY_ACTION: Readonly<Record<Action, string>> = {
  acknowledge: 'acknowledge',
  'take-on': 'take it on',
  'hand-over': 'hand over',
  ask: 'ask the reporter',
  note: 'add a note',
  'refer-on': 'refer on',
  'keep-open': 'go on with it, if asked to withdraw',
  close: 'close',
  reopen: 'reopen',
  answer: 'answer a question',
  add: 'add something',
  'ask-to-withdraw': 'ask to withdraw',
};

const SAY_TIME: Readonly<Record<TimeEvent, string>> = {
  'not-acknowledged': 'the next step of the route',
  unanswered: 'the end of the route, and the reporter is told to ring',
  reminded: 'a reminder',
  returned: 'back to the route',
};

/** Who may do something, as the diagram has it. */
type Who = 'Those told' | 'Only its owner' | 'The reporter' | 'Time alone';

function whoMay({ by, ownerOnly }: Rule): Who {
  if (by === 'reporter') return 'The reporter';
  return ownerOnly ? 'Only its owner' : 'Those told';
}

/** Something that can happen to a referral, whether somebody does it or time does. */
type Happening = Pick<Rule, 'from' | 'to'> & { readonly who: Who; readonly say: string };

const HAPPENINGS: readonly Happening[] = [
  ...ACTIONS.map((action) => ({ ...LIFE[action], who: whoMay(LIFE[action]), say: SAY_ACTION[action] })),
  ...TIME_EVENTS.map((event) => ({ ...BY_TIME[event], who: 'Time alone' as const, say: SAY_TIME[event] })),
];

const isChange = ({ to }: Happening): boolean => to !== undefined;
const ANY_TIME = HAPPENINGS.filter((one) => !isChange(one) && STATUSES.every((status) => one.from.includes(status)));
const WHILE_OPEN = HAPPENINGS.filter(
  (one) => !isChange(one) && STATUSES.every((status) => one.from.includes(status) === (status !== 'closed')),
);

/**
 * The life of a referral as a graph in the DOT language: a box for each status, with what can happen there, and an
 * arrow for each way to another. What time does has a dashed arrow, and says so in words.
 */
export function lifeDiagram(): string {
  return [
    'digraph "The life of a referral" {',
    // Its own white ground, so that it reads the same on a dark page; narrow, so that it can be read on a phone.
    '  rankdir=TB; nodesep=0.25; ranksep=0.3; bgcolor="#ffffff"; pad=0.1;',
    '  node [fontname="Arial", fontsize=11, shape=box, style=rounded, margin="0.06,0.04"];',
    '  edge [fontname="Arial", fontsize=11];',
    '  send [label="Send", shape=ellipse];',
    '  send -> raised;',
    ...STATUSES.map((status) => `  ${quote(status)} [label=${box(status)}];`),
    ...STATUSES.flatMap((from) => STATUSES.flatMap((to) => arrows(from, to))),
    `  "while open" [label=${table('Until it is closed', WHILE_OPEN)}, shape=plain];`,
    `  "any time" [label=${table('At any time', ANY_TIME)}, shape=plain];`,
    // Under the rest, in this order.
    '  reopened -> "while open" -> "any time" [style=invis];',
    '}',
  ].join('\n');
}

/** A status, and what can happen there that leaves it as it is. What can happen in every open one is said once, below. */
function box(status: Status): string {
  const here = HAPPENINGS.filter((one) => one.from.includes(status) && (one.to ?? status) === status);
  return table(
    sayIn(FIRST_LANGUAGE)(`status.${status}`),
    here.filter((one) => !ANY_TIME.includes(one) && !WHILE_OPEN.includes(one)),
  );
}

/** A title, and under it a paragraph for each of those who can do something. */
function table(title: string, happenings: readonly Happening[]): string {
  const rows = [...Map.groupBy(happenings, ({ who }) => who)].map(([who, theirs]) => {
    const [first = '', ...rest] = wrap(`${who}: ${theirs.map(({ say }) => say).join('; ')}`, 32);
    const lines = [first.replace(`${who}:`, `<b>${who}:</b>`), ...rest];
    return `<tr><td align="left" balign="left">${lines.join('<br/>')}</td></tr>`;
  });
  const name = `<tr><td><font point-size="13"><b>${title}</b></font></td></tr>`;
  return `<<table border="0" cellborder="0" cellspacing="0" cellpadding="3">${name}${rows.join('')}</table>>`;
}

function arrows(from: Status, to: Status): string[] {
  if (from === to) return [];
  return HAPPENINGS.filter((one) => one.to === to && one.from.includes(from)).map(({ who, say }) => {
    const label = who === 'Those told' ? say : `${who}: ${say}`;
    const style = who === 'Time alone' ? ', style=dashed' : '';
    // A space on both sides keeps the words off the lines.
    const lines = wrap(label, 14).map((line) => ` ${line} `);
    const attributes = `[label=${quote(lines.join('\n'))}${style}`;
    // The statuses stand below one another in their own order: a way back is drawn from its end.
    return STATUSES.indexOf(to) > STATUSES.indexOf(from)
      ? `  ${quote(from)} -> ${quote(to)} ${attributes}];`
      : `  ${quote(to)} -> ${quote(from)} ${attributes}, dir=back];`;
  });
}

function quote(text: string): string {
  return `"${text.replaceAll('\n', '\\n')}"`;
}

/** Lines of about the same length. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
