import type { AnswerTimes } from '../../store/answers-given.ts';
import { countTable, type Drawing, mostFirst, nameAnswer, type ReportTable } from './drawing.ts';
import { sayPeriod } from './periods.ts';

/** What staff asked the bot, and what it could not answer. */

/** How often the answers of each flow were reached. */
export function timesByFlow(answers: readonly AnswerTimes[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { flow, times: more } of answers) times.set(flow, (times.get(flow) ?? 0) + more);
  return times;
}

const COUNTED =
  'An answer counts each time that somebody reaches it in the chat with the bot, also when they go back and choose another way. It is not kept who. Pressing “Someone is at risk now” counts as that topic.';

export function topics(drawing: Drawing): ReportTable {
  const { organisation, figures } = drawing;
  const rows = [...timesByFlow(figures.answers)].map(([id, times]) => ({
    id,
    name: organisation.flows.get(id)?.title ?? `${id} (no longer a topic)`,
    times,
  }));
  const about = `How often staff reached an answer of each topic. ${COUNTED}`;
  return mostFirst(
    countTable(
      drawing,
      { id: 'topics', title: 'What staff asked about most', about, first: 'Topic', counted: 'Answers' },
      rows,
    ),
  );
}

/** So many answers are named one by one. */
const MOST = 30;

export function answersGiven(drawing: Drawing): ReportTable {
  const { organisation, figures } = drawing;
  const times = new Map<string, number>();
  for (const answer of figures.answers) {
    const flow = organisation.flows.get(answer.flow);
    const headline = flow?.outcomes[answer.outcome]?.headline ?? `${answer.outcome} (no longer an answer)`;
    const name = nameAnswer(flow?.title ?? answer.flow, headline);
    times.set(name, (times.get(name) ?? 0) + answer.times);
  }
  const most = [...times].sort(([, one], [, other]) => other - one);
  const rows = most.slice(0, MOST).map(([name, number]) => ({ id: name, name, times: number }));
  const others = most.slice(MOST).reduce((sum, [, number]) => sum + number, 0);
  const about = `How often staff reached each answer. Topics and answers are called as they are now, and answers of a topic that say the same are one row. ${COUNTED}`;
  const table = mostFirst(
    countTable(
      drawing,
      { id: 'answers', title: 'What the bot answered most', about, first: 'Topic and answer', counted: 'Answers' },
      rows,
    ),
  );
  return others === 0 ? table : { ...table, rows: [...table.rows, ['All other answers', others]] };
}

export const KEPT =
  'Such messages are kept for 30 days, unless this server is set otherwise: of a longer period the older ones are gone.';

export function unanswered(drawing: Drawing): ReportTable {
  return countTable(
    drawing,
    {
      id: 'unanswered',
      title: 'What could not be answered',
      about: `How many messages found no topic, by month. ${KEPT}`,
      first: 'Month',
      counted: 'Messages',
    },
    drawing.figures.unanswered.map(({ month, times }) => ({ id: month.from, name: sayPeriod(month), times })),
  );
}
