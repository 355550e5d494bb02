import type { DeskOrganisation, RegisterRow } from '../../../web/desk/contract.ts';
import { deletedInWords, howLong, STATUS_NAMES, shortMoment } from '../../words.ts';

const MINUTE_MS = 60_000;

/** Whether nobody has said yet that they have it. */
export function isWaiting({ status, acknowledgedAt }: RegisterRow): boolean {
  return status === 'raised' || (status !== 'closed' && acknowledgedAt === null);
}

/** "Waiting 44 min", growing as time goes on, or how long it took. */
export function waitInWords(row: RegisterRow, now: number): string {
  if (isWaiting(row))
    return now - row.raisedAt < MINUTE_MS ? 'Raised just now' : `Waiting ${howLong(now - row.raisedAt)}`;
  if (row.acknowledgedAt === null) return '';
  return `Acknowledged in ${howLong(row.acknowledgedAt - row.raisedAt)}`;
}

/** "Next person told in 12 min"; empty where the route has nothing more to do. */
export function nextStepInWords({ nextStepAt }: RegisterRow, now: number): string {
  if (nextStepAt === null) return '';
  return nextStepAt - now < MINUTE_MS ? 'Next person told soon' : `Next person told in ${howLong(nextStepAt - now)}`;
}

/** "27 Nov, 2:05pm, by Amina Yusuf" */
export function raisedInWords(row: RegisterRow, now: number, organisation: DeskOrganisation): string {
  const when = shortMoment(row.raisedAt, now, organisation);
  return `${when}${row.forgotten === null ? ',' : '.'} ${byWhom(row, organisation)}`;
}

/** Who raised it, while that is held: "by Amina Yusuf", "name kept confidential", "Its words were deleted by rule on …" */
export function byWhom(
  { reporter, nameKept, forgotten }: RegisterRow,
  organisation: Pick<DeskOrganisation, 'timezone'>,
): string {
  if (forgotten !== null) return `Its words were ${deletedInWords(forgotten, organisation)}`;
  return nameKept ? reporter : `by ${reporter}`;
}

export function categoryName({ category }: RegisterRow, { categories }: DeskOrganisation): string {
  return categories.find(({ id }) => id === category)?.name ?? category;
}

export function ownerInWords({ owner, status }: RegisterRow): string {
  return owner ?? (status === 'closed' ? 'Nobody owned it' : 'Nobody has it yet');
}

export const statusName = ({ status }: RegisterRow): string => STATUS_NAMES[status];

/** Urgent, and nobody has it: what the eye must find first. */
export function isPressing(row: RegisterRow): boolean {
  return isWaiting(row) && (row.urgency === 'immediate' || row.flags.includes('unanswered'));
}
