import type { WorkerRow } from './schema.ts';
import type { Queries } from './store.ts';

/** A server has looked for work, at `passed_at` by the system's time. */
export async function recordPass(db: Queries, row: WorkerRow): Promise<void> {
  await db
    .insertInto('workers')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ passed_at: row.passed_at }))
    .execute();
}

/** The servers that have looked for work since a moment. */
export async function workersSince(db: Queries, at: number): Promise<WorkerRow[]> {
  return db.selectFrom('workers').selectAll().where('passed_at', '>=', at).orderBy('started_at').execute();
}

export async function forgetWorker(db: Queries, id: string): Promise<void> {
  await db.deleteFrom('workers').where('id', '=', id).execute();
}

export async function forgetWorkersBefore(db: Queries, at: number): Promise<void> {
  await db.deleteFrom('workers').where('passed_at', '<', at).execute();
}
