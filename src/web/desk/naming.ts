import { canOpenNames, nameRequest } from '../../escalation/names.ts';
import { wordsWith } from '../../escalation/wording.ts';
import type { PersonKey } from '../../store/people.ts';
import { sayFor } from '../../words/say.ts';
import type { Naming } from './contract.ts';
import type { DeskNeeds } from './needs.ts';
import { type AtDesk, isLead } from './rights.ts';

/** What a safeguarding lead can do about the name of one referral; null for everybody else, and where none is kept. */
export async function namingOf(needs: DeskNeeds, who: PersonKey, reading: AtDesk): Promise<Naming | null> {
  const { record } = reading;
  const { name_kept, forgotten_at } = record.referral;
  if (name_kept === 0 || forgotten_at !== null || !isLead(needs, who, reading)) return null;
  const request = nameRequest(record, needs.clock.now());
  const may = await canOpenNames(needs.store.db, record.referral, who);
  const say = sayFor(reading.organisation);
  const wordsOf = (event: number): string | undefined =>
    wordsWith(
      say,
      record,
      record.audit.find(({ sequence }) => sequence === event),
    );
  const isOne = (other: PersonKey | undefined): boolean => other?.tenant === who.tenant && other.person === who.person;
  return {
    request:
      request === undefined
        ? null
        : {
            id: request.event,
            askedBy: request.asker.name,
            askedAt: request.askedAt,
            reason: wordsOf(request.event) ?? null,
            answeredBy: request.answerer?.name ?? null,
            state: request.state,
            until: request.until,
          },
    canAsk: may && request?.state !== 'waiting' && request?.state !== 'agreed',
    canAnswer: may && request?.state === 'waiting' && !isOne(request.asker),
    canLook: may && request?.state === 'agreed' && (isOne(request.asker) || isOne(request.answerer)),
    barred: may ? null : CONCERN,
  };
}

/** Why a lead has no part in it. */
export const CONCERN = 'This may be about you or somebody in your team, so you have no part in opening the name.';
