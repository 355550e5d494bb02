import { type NameResult, SHORTEST_REASON } from '../../escalation/names.ts';
import type { PersonKey } from '../../store/people.ts';
import type { Actor } from '../../store/referrals.ts';
import type { Acted, CheckedBody, OpenedName } from './contract.ts';
import { CONCERN } from './naming.ts';
import type { DeskNeeds } from './needs.ts';
import { DeskError } from './problems.ts';
import { referralView } from './referral.ts';
import { type AtDesk, isLead, leadsFor, type Reading, readingOf } from './rights.ts';

/** One lead asks for a name, and says why. */
export async function askName(
  needs: DeskNeeds,
  who: Actor,
  typed: string,
  { key, text }: CheckedBody<'askName'>,
): Promise<Acted> {
  const reading = await readingAsLead(needs, who, typed);
  const { reference } = reading.record.referral;
  const leads = await leadsFor(needs, who, reading);
  return answered(needs, who, reference, await needs.names.ask({ reference, lead: who, key, reason: text, leads }));
}

/** Another lead agrees, or does not. */
export async function answerName(
  needs: DeskNeeds,
  who: Actor,
  typed: string,
  { key, request, agrees }: CheckedBody<'answerName'>,
): Promise<Acted> {
  const reference = await referenceForLead(needs, who, typed);
  return answered(needs, who, reference, await needs.names.answer({ reference, lead: who, key, request, agrees }));
}

/** One of the two looks at the name. Each look is on record before it is answered. */
export async function lookAtName(needs: DeskNeeds, who: Actor, typed: string): Promise<OpenedName> {
  const reference = await referenceForLead(needs, who, typed);
  const looked = await needs.names.look({ reference, lead: who });
  if (looked === undefined) {
    throw new DeskError('not-allowed', 'The name is not open to you. Two safeguarding leads must open it together.');
  }
  const { name, until } = looked;
  if (name === null) return { name, until };
  if ('text' in name) return { name: name.text, until };
  throw new DeskError('unavailable', 'The name is there, and cannot be shown just now. Tell whoever runs Signpost.');
}

async function referenceForLead(needs: DeskNeeds, who: PersonKey, typed: string): Promise<string> {
  return (await readingAsLead(needs, who, typed)).record.referral.reference;
}

async function readingAsLead(needs: DeskNeeds, who: PersonKey, typed: string): Promise<AtDesk> {
  const reading: Reading = await readingOf(needs, who, typed);
  if (isLead(needs, who, reading)) return reading;
  throw new DeskError('not-allowed', 'Only a safeguarding lead can do this. Nothing was changed.');
}

/** The referral as it stands now, and why nothing was done where nothing was. */
async function answered(needs: DeskNeeds, who: Actor, reference: string, result: NameResult): Promise<Acted> {
  const notice = NOTICES[result];
  const reading = await readingOf(needs, who, reference);
  // What is done says itself who did it. Whoever is refused has read the referral all the same.
  if (result !== 'done') await needs.referrals.noteRead(reference, who, reading.as);
  return { done: notice === '', notice, referral: await referralView(needs, who, reading) };
}

const NOTICES: Readonly<Record<NameResult, string>> = {
  done: '',
  repeated: '',
  'not-found': 'No name is kept here. Nothing was changed.',
  concern: `${CONCERN} Nothing was changed.`,
  'too-short': `Say more of why the name must be opened: ${SHORTEST_REASON} characters or more. Nothing was saved.`,
  'asked-already': 'Somebody has asked to open this name already. Nothing was saved. Look at what they wrote below.',
  'opened-already': 'Two safeguarding leads have opened this name already. Ask one of them. Nothing was saved.',
  'too-late': 'This was answered already, or its time is over. Nothing was changed. Look at how it stands now.',
  'own-request': 'You asked for this name yourself. Another safeguarding lead must agree. Nothing was changed.',
};
