import { z } from 'zod';
import { type BotCall, CALL_KINDS } from './bot-calls.ts';
import { Refusal, type Reply } from './routes.ts';
import type { World } from './world.ts';

/** Troubles that are an answer of Teams, with its status and the code and message that its body carries. */
const ANSWERS = {
  'request-timeout': [408, 'ServiceError', 'The request timed out.'],
  'server-error': [500, 'ServiceError', 'Internal server error.'],
  'bad-gateway': [502, 'ServiceError', 'Bad gateway.'],
  unavailable: [503, 'ServiceError', 'Service unavailable.'],
  'gateway-timeout': [504, 'ServiceError', 'Gateway timed out.'],
  'too-many-requests': [429, 'TooManyRequests', 'Too many requests.'],
  'precondition-failed': [412, 'PreconditionFailed', 'Precondition failed, please try again.'],
  'not-in-roster': [403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.'],
  blocked: [403, 'MessageWritesBlocked', 'The user blocked the conversation with the bot.'],
  'disabled-by-admin': [403, 'BotDisabledByAdmin', 'The tenant admin disabled this bot.'],
  forbidden: [403, 'ForbiddenOperationException', "The bot is not installed in the user's personal scope."],
  'conversation-not-found': [404, 'ConversationNotFound', 'Conversation not found.'],
  'activity-not-found': [404, 'ActivityNotFoundInConversation', 'The activity is not found in the conversation.'],
} as const satisfies Readonly<Record<string, readonly [number, string, string]>>;

type AnswerName = keyof typeof ANSWERS;

const ANSWER_NAMES = Object.keys(ANSWERS) as AnswerName[];

/** Troubles that leave open whether the call did what it asked. */
const MAY_HAVE_DELIVERED: readonly string[] = [
  'request-timeout',
  'server-error',
  'bad-gateway',
  'unavailable',
  'gateway-timeout',
  'cut',
  'no-answer',
  'slow',
];

/** Troubles whose answer may say when to try again. */
const MAY_SAY_WHEN: readonly string[] = ['too-many-requests', 'unavailable'];

const LONGEST_DELAY_MS = 10 * 60_000;

const Kind = z.enum(CALL_KINDS);

/** Something that goes wrong with the bot's calls. Without `on` and a place it meets every call. */
export const TroubleSchema = z
  .strictObject({
    /** An error that Teams answers, or: the connection is cut, no answer ever comes, or it comes late. */
    is: z.enum([...ANSWER_NAMES, 'cut', 'no-answer', 'slow']),
    on: z.union([Kind, z.array(Kind).min(1)]).optional(),
    /** The channel of this name or id. */
    channel: z.string().optional(),
    /** The chat of the person of this name or id. */
    person: z.string().optional(),
    /** The conversation of this id. */
    conversation: z.string().optional(),
    /** How many calls it meets before it is over. By default it lasts until it is cleared. */
    times: z.number().int().positive().optional(),
    /** How likely it meets a call that fits. By default it always does. */
    probability: z.number().min(0).max(1).optional(),
    /** The same seed makes the same choices by `probability`. */
    seed: z.number().int().optional(),
    /** The call does first what it asks, and only then does the answer go wrong. */
    delivered: z.boolean().optional(),
    /** The seconds that Retry-After says, where Teams may say it. By default there is no such header. */
    retryAfter: z.number().int().positive().optional(),
    /** For `slow`: how long the bot waits, in milliseconds of the system's time. */
    ms: z.number().int().positive().max(LONGEST_DELAY_MS).optional(),
  })
  .refine(({ is, delivered }) => !delivered || MAY_HAVE_DELIVERED.includes(is), {
    message: `only these can follow a delivery: ${MAY_HAVE_DELIVERED.join(', ')}`,
    path: ['delivered'],
  })
  .refine(({ is, ms }) => (is === 'slow') === (ms !== undefined), {
    message: 'is needed for "slow", and for nothing else',
    path: ['ms'],
  })
  .refine(({ is, retryAfter }) => retryAfter === undefined || MAY_SAY_WHEN.includes(is), {
    message: `is for these only: ${MAY_SAY_WHEN.join(', ')}`,
    path: ['retryAfter'],
  });

export type Trouble = z.input<typeof TroubleSchema>;

/** A trouble that was made, and how often it has met a call. */
export type TroubleState = Trouble & { readonly id: string; readonly met: number };

/** What becomes of one call. Without `instead` it is answered as if nothing were wrong, at most late. */
export type Fate = {
  readonly instead?: { readonly answer: Reply | 'cut' | 'no-answer'; readonly delivered: boolean };
  readonly delay?: { readonly ms: number; readonly delivered: boolean };
};

export type TroubleBook = {
  /** Begins a trouble. @returns its id. @throws Refusal where its channel or person is not there. */
  add(trouble: Trouble): string;
  /** Ends the trouble of this id, or all of them. */
  clear(id?: string): void;
  /** The troubles that are not over yet, in the order in which they began. */
  list(): readonly TroubleState[];
  /** Asks, once for each call, what becomes of it: the first trouble that fits decides, and any may make it late. */
  meet(call: BotCall): Fate;
};

type Open = {
  readonly id: string;
  readonly trouble: Trouble;
  readonly place: string | undefined;
  readonly dice: () => number;
  met: number;
};

/** Keeps the troubles of a rehearsal. `changed` is called when one begins, has met a call, or is over. */
export function createTroubleBook(world: World, changed: () => void): TroubleBook {
  let open: readonly Open[] = [];
  let begun = 0;
  return {
    add(trouble) {
      const place = placeOf(trouble, world);
      begun += 1;
      const id = `trouble-${begun}`;
      open = [...open, { id, trouble, place, dice: createDice(trouble.seed ?? begun), met: 0 }];
      changed();
      return id;
    },
    clear(id) {
      open = id === undefined ? [] : open.filter((one) => one.id !== id);
      changed();
    },
    list: () => open.map(({ id, trouble, met }) => ({ ...trouble, id, met })),
    meet(call) {
      let fate: Fate = {};
      let met = false;
      for (const one of open) {
        const decided = one.trouble.is === 'slow' ? fate.delay : fate.instead;
        if (decided !== undefined || !fits(one, call)) continue;
        one.met += 1;
        met = true;
        fate = { ...fate, ...fateBy(one.trouble) };
      }
      if (met) {
        open = open.filter(({ trouble, met: times }) => times < (trouble.times ?? Number.POSITIVE_INFINITY));
        changed();
      }
      return fate;
    },
  };
}

function placeOf({ channel, person, conversation }: Trouble, world: World): string | undefined {
  if (channel !== undefined) {
    const found = world.findChannel(channel);
    if (found === undefined) throw new Refusal(404, 'NotFound', `The team has no channel "${channel}".`);
    return found.id;
  }
  if (person !== undefined) {
    const found = world.directory.find(person);
    if (found === undefined) throw new Refusal(404, 'NotFound', `There is nobody called "${person}".`);
    return found.conversation;
  }
  return conversation;
}

function fits({ trouble: { on, probability = 1 }, place, dice }: Open, call: BotCall): boolean {
  const kinds = on === undefined ? CALL_KINDS : [on].flat();
  if (!kinds.includes(call.kind) || (place !== undefined && place !== call.conversation)) return false;
  return probability === 1 || dice() < probability;
}

function fateBy(trouble: Trouble): Fate {
  const { is, delivered = false, ms = 0 } = trouble;
  if (is === 'slow') return { delay: { ms, delivered } };
  return { instead: { answer: is === 'cut' || is === 'no-answer' ? is : answerOf(is, trouble), delivered } };
}

function answerOf(name: AnswerName, { retryAfter }: Trouble): Reply {
  const [status, code, message] = ANSWERS[name];
  return new Refusal(
    status,
    code,
    message,
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  ).reply();
}

/** Numbers from 0 up to 1 that look random and are the same for the same seed (the generator mulberry32). */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
