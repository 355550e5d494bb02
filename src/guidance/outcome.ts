import type { Citation, Contact, Organisation, Outcome, Policy } from './types.ts';

/** The clauses and national facts that an outcome rests on, each once, in the order of its steps. */
export function citationsIn(organisation: Organisation, outcome: Outcome): Citation[] {
  const ids = new Set(outcome.steps.flatMap((step) => step.clauses));
  return [...ids].flatMap((id) => organisation.citations.get(id) ?? []);
}

/** The people and teams that an outcome names. */
export function contactsIn(organisation: Organisation, outcome: Outcome): Contact[] {
  return outcome.contacts.flatMap((id) => organisation.contacts.get(id) ?? []);
}

export type ReviewState = 'in-date' | 'due-soon' | 'overdue' | 'not-stated';

const NOTICE_DAYS = 90;

/** How a policy stands with its review on a day (`YYYY-MM-DD`). */
export function reviewState(policy: Policy, today: string): ReviewState {
  const due = policy['review-due'];
  if (due === undefined) return 'not-stated';
  if (today >= due) return 'overdue';
  const days = (Date.parse(due) - Date.parse(today)) / 86_400_000;
  return days <= NOTICE_DAYS ? 'due-soon' : 'in-date';
}

/** Contacts that must be given a phone number or an email address before the organisation may go live. */
export function contactsToSet(organisation: Organisation): string[] {
  return Object.entries(organisation.settings.contacts)
    .filter(([, contact]) => contact['set-before-live'] && contact.phone === undefined && contact.email === undefined)
    .map(([id]) => id);
}

/** The flow behind "Someone is at risk now". */
export function dangerFlow(organisation: Organisation): string {
  const flow = [...organisation.flows.values()].find((candidate) => candidate.danger);
  if (flow === undefined) throw new Error(`No flow of ${organisation.id} is marked "danger: true".`);
  return flow.flow;
}

/** The number to ring when someone is in danger: the national one, or the organisation's own. */
export function emergencyNumber(organisation: Organisation): string {
  const number = organisation.contacts.get(EMERGENCY)?.phone;
  if (number === undefined) throw new Error(`${organisation.id} has no number for an emergency.`);
  return number;
}

/** The contact whom every card names for danger. */
export const EMERGENCY = 'emergency';
