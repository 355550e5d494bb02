import { onDuty } from '../store/duty.ts';
import { sayFor } from '../words/say.ts';
import { newKey } from './answers.ts';
import { type Card, CardTooLargeError } from './cards.ts';
import { drawReferral } from './messenger.ts';
import type { Answer, BotNeeds, Speaker } from './needs.ts';
import type { Draft, Press, WalkState } from './verbs.ts';
import type { Reader } from './views/common.ts';
import { askedOf } from './views/guidance.ts';
import { EMPTY_DRAFT, raiseCheck, raiseForm, readDraft } from './views/raise.ts';
import { stand, step } from './walks.ts';
import type { Place } from './write-back.ts';

/** The form, the check and the Send of raising something. */
export async function raise(
  needs: BotNeeds,
  speaker: Speaker,
  reader: Reader,
  press: Extract<Press, { verb: 'raise' | 'check' | 'send' }>,
  place: Place | undefined,
): Promise<Answer> {
  const draft = draftOf(press);
  const here: WalkState = {
    organisation: press.data.organisation,
    flow: press.data.flow,
    edition: press.data.edition,
    responses: press.data.responses,
  };
  const stood = stand(needs, reader, here, draft);
  if (!('flow' in stood)) return stood;
  const { flow, position } = stood;
  if (position.at !== 'outcome' || position.outcome.escalate === undefined) return step(needs, reader, here);
  const { escalate, headline } = position.outcome;

  const canKeepName = needs.keepsNames(reader.organisation.id);
  const form = (shown: Draft, problems: readonly string[] = []): Card =>
    needs.cards.draw('raise-form', raiseForm(reader, flow, here, { headline, draft: shown, problems, canKeepName }));

  if (press.verb === 'raise') return { card: form(draft) };
  const { filled, problems } = readDraft(reader, draft, canKeepName);
  if (filled === undefined) return { card: mend(form, draft, problems, sayFor(reader.organisation)('form.cut')) };
  if (press.verb === 'check') {
    // Whoever keeps their name gets it like the others who are on duty.
    const duty = (await onDuty(needs.store.db, reader.organisation.id, filled.department, reader.now)).filter(
      (row) => filled.nameKept || row.person !== speaker.person.person,
    );
    const view = raiseCheck(reader, flow, here, draft, filled, escalate, duty, newKey());
    return { card: needs.cards.draw('raise-check', view) };
  }
  // From here on the worker draws this message.
  if (place !== undefined) await needs.writeBack.release(place);
  const record = await needs.referrals.raise({
    key: press.data.key,
    organisation: reader.organisation,
    flow: flow.flow,
    edition: flow.edition,
    responses: here.responses,
    outcome: position.id,
    asked: askedOf(reader.organisation, flow, position.outcome, position.answers),
    escalate,
    ...filled,
    reporter: speaker.person,
    message: {
      conversation: speaker.person.conversation ?? place?.reference.conversation?.id ?? null,
      activity: place?.activity,
    },
  });
  const card = { role: 'reporter', possible_duplicate: 0, person: null, tenant: '' } as const;
  // In a dialog nothing is drawn again: the card that goes on is in the reporter's own chat.
  const notice = place === undefined ? sayFor(reader.organisation)('reporter.goes-on-in-chat') : '';
  return { card: drawReferral(needs, record, card, notice), tracked: true };
}

function draftOf(press: Extract<Press, { verb: 'raise' | 'check' | 'send' }>): Draft {
  if (press.verb === 'check') {
    const { department, description, callBack, safeToRing, told, aboutSenior, yourName } = press.data;
    return { department, description, callBack, safeToRing, told, aboutSenior, yourName };
  }
  return press.data.draft ?? EMPTY_DRAFT;
}

/** The form again, with what was typed and what to mend. Only text that no card can hold is cut, and that is said. */
function mend(
  form: (draft: Draft, problems: readonly string[]) => Card,
  draft: Draft,
  problems: readonly string[],
  sayCut: string,
): Card {
  try {
    return form(draft, problems);
  } catch (error) {
    if (!(error instanceof CardTooLargeError)) throw error;
    const cut = Object.fromEntries(Object.entries(draft).map(([name, text]) => [name, text.slice(0, 4_000)])) as Draft;
    return form(cut, [...problems, sayCut]);
  }
}
