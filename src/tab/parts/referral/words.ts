import type { Delivery, LONGEST_TEXT as Longest, Referral } from '../../../web/desk/contract.ts';

export type Action = Referral['possible']['actions'][number];

/** As the server has it: the compiler holds the two together. In characters. */
const LONGEST_TEXT: typeof Longest = 2_000;
/** A reference number of the police or of another team. In characters. */
const LONGEST_NUMBER = 100;

/** What is asked before an action is sent. */
export type Form = {
  /** Somebody to choose, from what the server offers. */
  readonly choice?: { readonly of: 'colleagues' | 'referOn'; readonly label: string; readonly missing: string };
  readonly text?: {
    readonly label: string;
    readonly longest: number;
    readonly lines: 'one' | 'many';
    readonly isRequired: boolean;
  };
  readonly hint: string;
  readonly submit: string;
};

export type ActionWords = {
  readonly label: string;
  /** What somebody did, after their name; `chosen` is whom they chose in the form. */
  did(chosen: string): string;
  /** What the one who did it is told. */
  readonly done: string;
  /** Absent where one press is enough. */
  readonly form?: Form;
};

const words = (label: string): Form['text'] => ({ label, longest: LONGEST_TEXT, lines: 'many', isRequired: true });

/** In the order in which they are offered. */
export const ACTIONS: Readonly<Record<Action, ActionWords>> = {
  acknowledge: {
    label: 'Acknowledge: I have this',
    did: () => 'acknowledged this',
    done: 'You have this now.',
  },
  'take-on': { label: 'Take it on', did: () => 'took this on', done: 'You have taken this on.' },
  reopen: { label: 'Reopen', did: () => 'opened this again', done: 'It is open again, and you have it.' },
  'keep-open': {
    label: 'Go on with it',
    did: () => 'decided to go on with this',
    done: 'The person who raised this is told that it goes on.',
    form: {
      text: words('Why does this go on?'),
      hint: 'The person who raised this will see what you write here.',
      submit: 'Tell them that it goes on',
    },
  },
  answer: {
    label: 'Answer',
    did: () => 'answered',
    done: 'Your answer is saved.',
    form: { text: words('Your answer'), hint: 'Those who have this will see it.', submit: 'Send answer' },
  },
  ask: {
    label: 'Ask the reporter',
    did: () => 'asked the person who raised this',
    done: 'Your question is saved, and is sent to the person who raised this.',
    form: {
      text: words('Your question'),
      hint: 'It reaches the person who raised this in their own chat, with your name. Their answer comes back here.',
      submit: 'Send question',
    },
  },
  note: {
    label: 'Add a note',
    did: () => 'added a note',
    done: 'Your note is saved.',
    form: {
      text: words('Your note'),
      hint: 'The person who raised this cannot see notes. Leave out names and numbers of patients.',
      submit: 'Save note',
    },
  },
  'refer-on': {
    label: 'Refer on',
    did: (chosen) => `referred this on to: ${chosen}`,
    done: 'It is recorded that they have been told.',
    form: {
      choice: { of: 'referOn', label: 'Who has been told?', missing: 'Choose who has been told' },
      text: {
        label: 'Their reference number, if they gave one',
        longest: LONGEST_NUMBER,
        lines: 'one',
        isRequired: false,
      },
      hint: 'This records that you have told them. It does not tell the police or social care for you.',
      submit: 'Record it',
    },
  },
  'hand-over': {
    label: 'Hand over',
    did: (chosen) => `asked ${chosen} to take this on`,
    done: 'They are asked. It stays yours until they take it on.',
    form: {
      choice: { of: 'colleagues', label: 'Ask which colleague to take this on?', missing: 'Choose a colleague' },
      hint: 'It stays yours until they take it on.',
      submit: 'Ask them',
    },
  },
  close: {
    label: 'Close',
    did: () => 'closed this',
    done: 'It is closed.',
    form: {
      text: words('What was the outcome?'),
      hint: 'The person who raised this will see what you write here. Leave out names and numbers of patients.',
      submit: 'Close this referral',
    },
  },
  add: {
    label: 'Add something',
    did: () => 'added something',
    done: 'What you added is saved.',
    form: {
      text: words('What do you want to add?'),
      hint: 'Those who have this will see it. Leave out names and numbers of patients.',
      submit: 'Send it',
    },
  },
  'ask-to-withdraw': {
    label: 'Ask to withdraw',
    did: () => 'asked to withdraw this',
    done: 'You have asked. The team decides, and nothing stops meanwhile.',
    form: {
      text: words('Why would you like to withdraw this?'),
      hint: 'The team decides. Nothing stops meanwhile, and it may go on if somebody could come to harm.',
      submit: 'Ask',
    },
  },
};

const IN_ORDER = Object.keys(ACTIONS).filter(isAction);

/** Whether an entry of the history is what somebody did, and not what the clock or a delivery did. */
export function isAction(kind: string): kind is Action {
  return Object.hasOwn(ACTIONS, kind);
}

/** What can be done now, in the order in which it is offered. */
export function offered({ possible }: Referral): readonly Action[] {
  return IN_ORDER.filter((action) => possible.actions.includes(action));
}

/** What was sent, beside who was to get it. */
export const DELIVERY_NAMES: Readonly<Record<Delivery['role'], string>> = {
  reporter: 'Card',
  'on-duty': 'Card',
  role: 'Card',
  colleague: 'Card',
  channel: 'Card',
  email: 'Email',
  nudge: 'Short message',
  notice: 'Message',
};

/** Whether it arrived, where there is no moment to name. */
export const ARRIVED_NAMES: Readonly<Record<Delivery['state'], string>> = {
  waiting: 'Not yet',
  sending: 'Not yet',
  delivered: 'Yes',
  uncertain: 'Not known',
  failed: 'No',
  parked: 'No',
};

/** "Ward or department" */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
