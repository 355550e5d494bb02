import { z } from 'zod';
import { ACTIONS } from '../escalation/life.ts';
import { isPlainId, storable } from './arrivals.ts';

/**
 * What a press on a card asks for. Nothing in it is trusted: who presses, and for which Trust, comes from the
 * activity. Inputs of a form are added to the button's data by Teams, always as text.
 */

const Id = z.string().max(100).refine(isPlainId);
const Key = z.string().min(8).max(100).refine(isPlainId);
/** More than any flow has questions. */
const MOST_RESPONSES = 100;
const Responses = z
  .record(z.string().max(100), z.string().max(100))
  .refine((given) => Object.keys(given).length <= MOST_RESPONSES)
  .default({});
/** More than a person types, and still a bound. Longer text is sent back to be shortened, not lost. */
const Typed = z.string().max(50_000).transform(storable).default('');

const Walk = z.object({ organisation: Id, flow: Id, edition: Id, responses: Responses });
export type WalkState = z.infer<typeof Walk>;

export const Draft = z.object({
  department: Typed,
  description: Typed,
  callBack: Typed,
  safeToRing: Typed,
  /** Values with commas between them, as Teams sends a choice of several. */
  told: Typed,
  aboutSenior: Typed,
  yourName: Typed,
});
export type Draft = z.infer<typeof Draft>;

/** A referral's action, with the inputs of whichever form was open. */
const Act = z.object({
  reference: Id,
  key: Key,
  note: Typed,
  outcome: Typed,
  question: Typed,
  /** The AAD object id of a colleague. */
  colleague: Typed,
  /** Whom it was referred on to, by id, and the number that they gave. */
  referredTo: Typed,
  number: Typed,
  answer: Typed,
  addition: Typed,
  reason: Typed,
});
export type ActData = z.infer<typeof Act>;

const schemas = {
  topics: z.object({}),
  /** `scrubbed` is whether identifiers were taken out of the text. */
  'choose-organisation': z.object({ organisation: Id, text: Typed, scrubbed: z.boolean().default(false) }),
  'change-organisation': z.object({}),
  /** `again`: a way back to a card that was reached before. */
  walk: Walk.extend({ again: z.boolean().optional() }),
  danger: z.object({ from: Walk.optional(), apart: z.boolean().default(false) }),
  'none-of-these': z.object({ text: Typed }),
  raise: Walk.extend({ draft: Draft.optional() }),
  check: Walk.extend(Draft.shape),
  send: Walk.extend({ draft: Draft, key: Key }),
  'my-referrals': z.object({}),
  'show-referral': z.object({ reference: Id }),
  'duty-form': z.object({}),
  'duty-on': z.object({ department: Typed, until: Typed, key: Key }),
  /** Cards from before they named the organisation mean the one that the presser has chosen. */
  'duty-off': z.object({ organisation: Id.optional(), department: Id.optional() }),
  'ask-take-over': z.object({ organisation: Id.optional(), department: Id, colleague: Typed }),
  'accept-duty': z.object({ handover: Id, until: Typed }),
  'decline-duty': z.object({ handover: Id }),
  'duty-board': z.object({}),
  'refresh-referral': z.object({ reference: Id }),
  acknowledge: Act,
  'take-on': Act,
  'hand-over': Act,
  ask: Act,
  note: Act,
  'refer-on': Act,
  'keep-open': Act,
  close: Act,
  reopen: Act,
  answer: Act,
  add: Act,
  'ask-to-withdraw': Act,
} as const satisfies Record<string, z.ZodType>;

type Schemas = typeof schemas;
export type Verb = keyof Schemas;
export type Press = { [V in Verb]: { readonly verb: V; readonly data: z.infer<Schemas[V]> } }[Verb];

const ActionValue = z.object({ action: z.object({ verb: z.string(), data: z.unknown().optional() }) });

/** The press in an `adaptiveCard/action` invoke, or undefined if it is none that a card of ours could make. */
export function parsePress(value: unknown): Press | undefined {
  const outer = ActionValue.safeParse(value);
  if (!outer.success) return undefined;
  const { verb, data } = outer.data.action;
  if (!isVerb(verb)) return undefined;
  const inner = schemas[verb].safeParse(data ?? {});
  if (!inner.success) return undefined;
  return { verb, data: inner.data } as Press;
}

export const VERBS = Object.keys(schemas) as readonly Verb[];

function isVerb(verb: string): verb is Verb {
  return Object.hasOwn(schemas, verb);
}

export function isReferralAction(press: Press): press is Extract<Press, { verb: (typeof ACTIONS)[number] }> {
  return ACTIONS.some((action) => action === press.verb);
}
