import { type Figures, type MonthFigures, nameIn } from './drawing.ts';
import { type Period, quarterOf } from './periods.ts';
import { timesByFlow } from './questions.ts';
import { type Alike, isSmall, type Protection, protect } from './small-numbers.ts';

/** What is hidden in a report on a period beside the numbers from 1 to 4. */
export function whatToHide({ tally, answerNames, months, answers }: Figures, period: Period): Protection {
  // An answer gives a referral its urgency, its category and its route, and anybody can read which: so whoever knows how
  // many came from each answer knows the others, and the other way round.
  const kinds = [...tally.kinds.values()].map((kind): Alike => {
    const { times, category, urgency, route } = kind;
    return { times, rows: { category, urgency, route, outcome: nameIn(answerNames, kind) } };
  });
  const departments = new Map([...tally.departments].map(([id, { times }]) => [id, times]));
  return new Map([
    ...protect(kinds, { shown: ['urgency', 'category'], spare: ['route', 'outcome'], known: [] }),
    ...protect(alone('department', departments), { shown: ['department'], known: [] }),
    ...protect(alone('status', tally.statuses), { shown: ['status'], known: [] }),
    ...protect(alone('topics', timesByFlow(answers)), { shown: ['topics'], known: [] }),
    ...protect(byMonth(months, period), { shown: ['months'], known: ['sums'] }),
  ]);
}

/** What is counted in one table only, each row for itself. */
function alone(table: string, rows: ReadonlyMap<string, number>): Alike[] {
  return [...rows].map(([id, times]) => ({ times, rows: { [table]: id } }));
}

/**
 * The report on each quarter says how many were raised in it, and this one how many in its period: both sums are known,
 * unless they are small themselves and so are said nowhere.
 */
function byMonth(months: readonly MonthFigures[], { from, to }: Period): Alike[] {
  const counted = months.flatMap(({ month, before, raised, raisedBefore }) => {
    const isInPeriod = month.to >= from && month.from <= to;
    return [
      { id: month.from, times: raised, sum: `${quarterOf(month.from)} ${isInPeriod}` },
      { id: before.from, times: raisedBefore, sum: `${quarterOf(before.from)} ${isInPeriod}` },
    ];
  });
  const sums = new Map<string, number>();
  for (const { sum, times } of counted) sums.set(sum, (sums.get(sum) ?? 0) + times);
  /** Those raised at some other time, in numbers that nobody knows from here. */
  const elsewhere: Alike = { times: 1_000, rows: {} };
  return [
    elsewhere,
    ...counted.map(({ id, times, sum }): Alike => {
      const isKnown = !isSmall(sums.get(sum) ?? 0);
      return { times, rows: { months: id, ...(isKnown ? { sums: sum } : {}) } };
    }),
  ];
}
