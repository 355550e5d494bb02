import type { AnswersGivenTable } from './schema.ts';
import type { Queries } from './store.ts';

/** An answer that somebody reached, and on which day. It names nobody. */
export type AnswerGiven = Omit<AnswersGivenTable, 'times'>;

/** Counts one answer that a walk has reached. */
export async function countAnswer(db: Queries, answer: AnswerGiven): Promise<void> {
  await db
    .insertInto('answers_given')
    .values({ ...answer, times: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['organisation', 'day', 'flow', 'outcome'])
        .doUpdateSet((eb) => ({ times: eb('answers_given.times', '+', 1) })),
    )
    .execute();
}

/** How often each answer of an organisation was reached. */
export type AnswerTimes = Omit<AnswersGivenTable, 'organisation' | 'day'>;

/** @param from The first day, and `to` the last, as `YYYY-MM-DD` in the organisation's time zone. */
export async function answersGiven(
  db: Queries,
  organisation: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<AnswerTimes[]> {
  const rows = await db
    .selectFrom('answers_given')
    .select((eb) => ['flow', 'outcome', eb.fn.sum<number | string>('times').as('times')])
    .where('organisation', '=', organisation)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .groupBy(['flow', 'outcome'])
    .execute();
  return rows.map((row) => ({ ...row, times: Number(row.times) }));
}
