import type { AuditNameRow, AuditRow, StoredAuditRow } from './schema.ts';

/** The field of whoever did what an audit row says. Every other field is one of its details, or `list.index` in one. */
export const ACTOR = 'actor';

/** Rows of one referral's audit with the names that are still there in their places. Rows from before hold their own. */
export function namesIn(rows: readonly StoredAuditRow[], names: readonly AuditNameRow[]): AuditRow[] {
  const byRow = Map.groupBy(names, ({ sequence }) => sequence);
  return rows.map(({ names: _, ...row }) => {
    const own = byRow.get(row.sequence) ?? [];
    const others = own.filter(({ field }) => field !== ACTOR);
    return {
      ...row,
      actor_name: own.find(({ field }) => field === ACTOR)?.name ?? row.actor_name,
      details: others.length === 0 ? row.details : named(row.details, others),
    };
  });
}

function named(details: string, names: readonly AuditNameRow[]): string {
  const facts: Record<string, unknown> = JSON.parse(details);
  for (const { field, name } of names) {
    const [key = '', index] = field.split('.');
    const list = facts[key];
    facts[key] = Array.isArray(list) ? list.map((one, at) => (String(at) === index ? name : one)) : name;
  }
  return JSON.stringify(facts);
}
