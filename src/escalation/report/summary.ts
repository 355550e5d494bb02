import { today } from '../hours.ts';
import { byStatus } from './counts.ts';
import { ALL, type Cell, type Drawing, HIDDEN, isLeftOut, sayMinutes, shown } from './drawing.ts';
import { sayPeriod } from './periods.ts';
import { topics } from './questions.ts';
import { isSmall } from './small-numbers.ts';
import { minutes, shareInTime } from './speeds.ts';

/** What a committee reads first, in sentences. Each says only what the tables show. */
export function summary(drawing: Drawing): string[] {
  const { figures, period, now, organisation, hidden } = drawing;
  const { raised } = figures.tally;
  const isTooFew = hidden !== undefined && isSmall(raised);
  const isOver = today(organisation.settings.timezone, now) > period.to;
  return [
    `${sayPeriod(period)}: ${sentence(shown(drawing, raised), 'referral was raised', 'referrals were raised')}. A year before, in the same days: ${say(shown(drawing, figures.yearBefore))}.`,
    ...whatIsLeftOut(drawing),
    ...(isOver ? [] : ['The period is not over: this is what there was until the report was made.']),
    ...(isTooFew ? ['No more is said of so few, because it could be told who they are about.'] : []),
    ...(isTooFew || raised === 0 ? [] : [...howFast(drawing), ...whatCame(drawing)]),
    ...whatStaffAsked(drawing),
    ...(hidden === undefined ? [] : [WHAT_IS_HIDDEN]),
  ];
}

const WHAT_IS_HIDDEN = `Numbers from 1 to 4 are not shown: they say “fewer than 5”. Where one could be worked out from others, another says “${HIDDEN}”. Referrals and messages are not listed.`;

/** It is said only how many: they can neither be seen at the desk nor be worked out from these tables. */
function whatIsLeftOut(drawing: Drawing): string[] {
  const { leftOut } = drawing.figures;
  if (leftOut === 0) return [];
  const number = shown(drawing, leftOut);
  return [
    `Not in any figure here: ${number === 1 ? '1 referral that may be' : `${say(number)} referrals that may be`} about somebody in the safeguarding team. The command “signpost report” counts them too.`,
  ];
}

function howFast(drawing: Drawing): string[] {
  const all = drawing.figures.timings.get(ALL);
  if (all === undefined) return [];
  const share = shareInTime(drawing);
  const counts = drawing.hidden === undefined ? ` (${all.inTime} of ${all.inTime + all.late + all.overdue})` : '';
  const half = minutes(drawing, all.acknowledging, 50);
  const most = minutes(drawing, all.acknowledging, 90);
  return [
    ...(typeof share === 'number'
      ? [`Acknowledged within the first waiting time of their route: ${share}%${counts}.`]
      : []),
    ...(typeof half === 'number' && typeof most === 'number'
      ? [
          `Of those acknowledged, half were within ${sayMinutes(Math.ceil(half))}, and nine in ten within ${sayMinutes(Math.ceil(most))}.`,
        ]
      : []),
  ];
}

function whatCame(drawing: Drawing): string[] {
  const { tally, lost } = drawing.figures;
  // The rows of this table are in an order of its own: closed first, and last what nobody has.
  const { rows } = byStatus(drawing);
  const [closed, nobody] = [rows.at(0)?.[1], rows.at(-1)?.[1]];
  return [
    ...(closed === undefined || nobody === undefined
      ? []
      : [`Closed by now: ${say(closed)}. Open with nobody who has them: ${say(nobody)}.`]),
    ...(drawing.hidden === undefined
      ? [
          `Reported to the police or to social care, as far as it is recorded: ${say(tally.reported)}.`,
          `Cards and emails that did not arrive: ${say(lost.length)}.`,
        ]
      : []),
  ];
}

function whatStaffAsked(drawing: Drawing): string[] {
  const { answers, messages } = drawing.figures;
  const times = answers.reduce((sum, answer) => sum + answer.times, 0);
  const [most] = topics(drawing).rows;
  const about = typeof most?.[1] === 'number' ? `, most of all about “${most[0]}”` : '';
  return [
    ...(isLeftOut(drawing, 'topics') ? [] : [`Answers that staff reached: ${say(shown(drawing, times))}${about}.`]),
    ...(drawing.hidden === undefined ? [`Messages that found no answer: ${say(messages.length)}.`] : []),
  ];
}

function say(cell: Cell): string {
  if (cell === null) return 'fewer than 5';
  return cell === 0 ? 'none' : typeof cell === 'number' ? cell.toLocaleString('en-GB') : cell;
}

/** "12 referrals were raised", "no referral was raised" */
function sentence(cell: Cell, one: string, several: string): string {
  return cell === 0 ? `no ${one}` : `${say(cell)} ${cell === 1 ? one : several}`;
}
