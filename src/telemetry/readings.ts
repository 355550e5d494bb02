import { type Condition, conditionOf, emptyPlaces, type Facts } from '../escalation/condition.ts';
import { oldestUnacknowledged } from '../store/figures.ts';
import type { ReferralRow } from '../store/schema.ts';
import type { Queries } from '../store/store.ts';

const URGENCIES: readonly ReferralRow['urgency'][] = ['immediate', 'urgent', 'routine'];

/** What the register says at one moment, in numbers. */
export type Readings = {
  readonly condition: Condition;
  /** For each organisation and urgency, how long the oldest has waited, in seconds; 0 where none does. */
  readonly oldest: readonly {
    readonly organisation: string;
    readonly urgency: ReferralRow['urgency'];
    readonly seconds: number;
  }[];
  readonly gaps: readonly { readonly organisation: string; readonly empty: number }[];
};

/** Reads from the register what metrics say of it. It writes nothing. */
export async function readingsOf(db: Queries, facts: Facts): Promise<Readings> {
  const { organisations, now } = facts;
  const raised = await oldestUnacknowledged(db);
  const secondsOf = (organisation: string, urgency: ReferralRow['urgency']): number => {
    const found = raised.find((one) => one.organisation === organisation && one.urgency === urgency);
    return found === undefined ? 0 : Math.max(0, (now - found.raised_at) / 1_000);
  };
  const gaps: { organisation: string; empty: number }[] = [];
  for (const organisation of organisations) {
    const { empty } = await emptyPlaces(db, organisation, now);
    gaps.push({ organisation: organisation.id, empty: empty.length });
  }
  return {
    condition: await conditionOf(db, facts),
    oldest: organisations.flatMap(({ id: organisation }) =>
      URGENCIES.map((urgency) => ({ organisation, urgency, seconds: secondsOf(organisation, urgency) })),
    ),
    gaps,
  };
}
